# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which roles somebody has, and where: a set of facts that is added to, taken from, or replaced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from .._base.errors import AnswerError, ApiError, CrdbError, OptionError, explained, lacks_role
from .._http.answers import TEXT, ListOf, Object, told
from .access import SERVICE_ACCOUNT
from .cluster import CLUSTER
from .declared import NIL_ID, UUID, Scope, resolved, segment
from .field import Field
from .folder import FOLDER
from .grants import MEMBER, OPTIONS, WHOLE, Grant, Mark, checked, kind_of
from .noun import Desired, Noun, Reader, Row
from .people import LOOKERS
from .plan import UPDATE, Plan, Step
from .scim import SCIM_GROUP, SCIM_USER

PLACED = {noun.name: noun for noun in (CLUSTER, FOLDER)}
# One of the organization has to keep these.
ADMIN = frozenset({"ORG_ADMIN", "CLUSTER_ADMIN"})
# The first version with roles has this in front of each.
PREFIX, PLAIN_SINCE = "ORG_ROLE_", "2023-04-10"
GRANT = Object({"name": TEXT, "resource": Object({"type": TEXT}, {"id": TEXT})})
FROM_GROUPS = {"group_roles": ListOf(Object({"role": GRANT}, {"group_names": ListOf(TEXT)}))}
LISTED = Object({"user_id": TEXT, "roles": ListOf(GRANT)})
BY_GROUPS = Object(known={"user_group_grants": ListOf(Object({"user_id": TEXT}, FROM_GROUPS))})
KEY = Object({"service_account_id": TEXT})
HOLDERS = {"user": "person", "service_account": "service account", "group": "group", "user_id": "user"}


def grant_of(row: Row) -> Grant:
    """A grant of the API, with the name that completed() has found."""
    where = row["resource"]
    kind, role = where["type"].lower(), row["name"].removeprefix(PREFIX)
    return Grant(role) if kind == WHOLE else Grant(role, kind, where.get("id") or "", where.get("called") or "")


def held(row: Row) -> dict[Mark, Grant]:
    """What somebody has been given, by what tells it from the rest."""
    return {grant.mark: grant for grant in map(grant_of, row["roles"])}


def shown(grants: Iterable[Grant]) -> list[dict[str, str]]:
    return [
        grant.shown for grant in sorted(grants, key=lambda grant: (grant.role, grant.kind, grant.called or grant.id))
    ]


def on_the_whole(grants: Iterable[Grant]) -> set[str]:
    return {grant.role for grant in grants if grant.kind == WHOLE}


def rows(reader: Reader, noun: Noun) -> list[dict[str, Any]]:
    """The objects of *noun*; none where the key may not list them, or the API version has none."""
    try:
        return reader.all_of(noun) if noun.since <= reader.api.version else []
    except ApiError as error:
        if not lacks_role(error):
            raise
        return []


def names(reader: Reader, noun: Noun) -> dict[str, str]:
    """How the objects of *noun* are called, by id."""
    return {str(row[noun.address[0]]): noun.called(noun.identity(row)) for row in rows(reader, noun)}


def everybody(reader: Reader) -> list[dict[str, Any]]:
    """Who has roles, and which: ``user_id``, ``roles`` and ``group_roles`` of each. The service may leave some out."""
    found: dict[str, dict[str, Any]] = {}
    try:
        bodies = list(reader.api.pages("/roles", "grants", shape=LISTED))
    except CrdbError as error:
        raise explained(error, "list who has which roles", LOOKERS) from None
    for body in bodies:
        if flaw := BY_GROUPS.flaw(body):
            raise AnswerError(f"The list of who has which roles can't be used: {told(flaw)}")
        for row in (*body["grants"], *(body.get("user_group_grants") or ())):
            mine = found.setdefault(row["user_id"], {"user_id": row["user_id"], "roles": [], "group_roles": []})
            mine["roles"] += row.get("roles") or ()
            mine["group_roles"] += row.get("group_roles") or ()
    return [*found.values()]


def own_account(reader: Reader) -> str:
    """The id of the service account whose key is in use; "" where the key may not read that, or is none."""
    if not reader.api.own_key or reader.api.version < PLAIN_SINCE:
        return ""
    try:
        return str(reader.api.get(f"/api-keys/{reader.api.own_key}", shape=KEY)["service_account_id"])
    except ApiError as error:
        if error.status not in (400, 403, 404):
            raise error.during("read whose key is in use") from None
        return ""


def _place_called(reader: Reader, noun: Noun, given: str) -> str:
    """The name of the place that an entry has *given*, by name or id."""
    by_id = UUID.fullmatch(given) and names(reader, noun).get(given.lower(), given.lower())
    return by_id or noun.called(noun.key_of_name(given))


def holder(params: Row) -> tuple[str, str]:
    """The option that says whose roles are meant, and its value; both "" where none does."""
    return next(((name, params[name]) for name in HOLDERS if params.get(name) is not None), ("", ""))


class RoleGrant(Noun):
    def label(self, key: Row) -> str:
        return "the roles"

    # --- whose they are, and on what -----------------------------------------------------------------------------

    def place(self, reader: Reader) -> tuple[dict[str, str], str]:
        option, given = holder(reader.params)
        ref = next(field.ref for field in self.how if field.name == option)
        if not ref and not UUID.fullmatch(given):
            raise OptionError(f"user_id: '{given}' is not an id", "Names are for user, service_account and group")
        needed = reader.params.get("state") != "absent"
        user = reader.id_of(ref, given, needed=needed) if ref else given.lower()
        return {"user_id": user}, f"{HOLDERS[option]} '{given}'"

    def spelled(self, reader: Reader, params: Row) -> Row:
        """*params* with the names of what roles are on, also where an id was given."""
        entries = []
        for number, entry in enumerate(params["roles"]):
            checked(entry, f"roles[{number}]")
            if entry["role"] == MEMBER and params["state"] == "absent":
                raise OptionError(f"{MEMBER} can't be taken away, since everybody in the organization has it")
            if noun := PLACED.get(kind_of(entry)):
                entry = {**entry, "called": _place_called(reader, noun, entry[noun.name])}
            entries.append(entry)
        return {**params, "roles": entries}

    def _asked(self, params: Row) -> tuple[Field, ...]:
        return self.fields

    def desired(self, params: Row, version: str, ids: Mapping[tuple[str, str], str] | None = None) -> Desired:
        grants = {}
        for entry in params["roles"]:
            place, kind = resolved(OPTIONS, entry, ids or {}), kind_of(entry)
            grant = Grant(entry["role"], kind, place.get(kind, ""), entry.get("called", ""))
            grants[grant.mark] = grant
        option, called = holder(params)
        values = {"roles": grants, "state": params["state"], "holder": option}
        return Desired(self, {}, values, ids=ids or {}, called=called)

    def informed(self, reader: Reader, desired: Desired) -> Desired:
        """*desired* with the roles that somebody begins with who is made by the same plan."""
        option, called = holder(reader.params)
        ref = next(field.ref for field in self.how if field.name == option)
        begins = [] if option == "group" else [Grant(MEMBER)]
        for entry in (reader.wish_of(ref, called).get("roles") or ()) if ref else ():
            kind = kind_of(entry)
            noun = PLACED.get(kind)
            place = (reader.id_of(kind, entry[kind]), _place_called(reader, noun, entry[kind])) if noun else ()
            begins.append(Grant(entry["role"], kind, *place))
        return replace(desired, values={**desired.values, "begins": begins})

    def completed(self, reader: Reader, row: dict[str, Any]) -> dict[str, Any]:
        for grant in [*row["roles"], *(entry["role"] for entry in row.get("group_roles") or ())]:
            if noun := PLACED.get(grant["resource"]["type"].lower()):
                grant["resource"]["called"] = names(reader, noun).get(grant["resource"].get("id"), "")
        return row if "user_id" in row else {"user_id": self.place(reader)[0]["user_id"], **row}

    def shown(self, row: Row) -> dict[str, Any]:
        inherited = [
            {**grant_of(entry["role"]).shown, "groups": sorted(entry.get("group_names") or ())}
            for entry in row.get("group_roles") or ()
        ]
        roles = shown(held(row).values())
        return {"user_id": row["user_id"], "roles": roles, "group_roles": sorted(inherited, key=repr)}

    def view(self, row: Row) -> dict[str, Any]:
        """The roles as options have them, which is how a prediction has them, too."""
        roles = row["roles"]
        return {"roles": roles if all("role" in entry for entry in roles) else shown(held(row).values())}

    # --- what an export of the organization says -----------------------------------------------------------------

    def gathered(self, reader: Reader) -> list[tuple[Row, dict[str, Any]]]:
        """What everybody has, also who has nothing, each by name where that is theirs alone."""
        found = {row["user_id"]: row for row in everybody(reader)}
        holders: dict[str, dict[str, str]] = {}
        for option, noun in (("service_account", SERVICE_ACCOUNT), ("group", SCIM_GROUP), ("user", SCIM_USER)):
            known = names(reader, noun)
            once = Counter(map(str.casefold, known.values()))
            for id_, called in known.items():
                # What looks like an id is taken for one.
                alone = (
                    once[called.casefold()] == 1 and not UUID.fullmatch(called) and (option != "user" or "@" in called)
                )
                holders[id_] = {option: called} if alone else {"user_id": id_}
        pairs: list[tuple[Row, dict[str, Any]]] = []
        for id_ in {**dict.fromkeys(holders), **found}:
            where, row = holders.get(id_, {"user_id": id_}), found.get(id_) or {"user_id": id_, "roles": []}
            pairs.append((where, {**row, "by_id": "user_id" in where}))
        return pairs

    def exported(self, row: Row) -> dict[str, Any]:
        grants = (grant for grant in held(row).values() if grant.role != MEMBER)
        roles = [{"role": grant.role, **({grant.kind: grant.id} if grant.id else {})} for grant in grants]
        # An id can be that of a group, which is no member, and would become one.
        member = any(grant.role == MEMBER for grant in held(row).values())
        state = "present" if row.get("by_id") and not member else "exactly"
        return {"roles": sorted(roles, key=repr), "state": state}

    def omitted(self, row: Row) -> str:
        return "roles that are held through groups" if row.get("group_roles") else ""

    # --- the plan ------------------------------------------------------------------------------------------------

    def create(self, scope: Scope, desired: Desired) -> Plan:
        """The plan for somebody who is not there yet, as check mode predicts it."""
        user, absent = scope.ids["user_id"], desired.values["state"] == "absent"
        if absent:
            return Plan([], {}, {}, None)
        if user != NIL_ID:
            raise OptionError(f"There is no {scope.label}", "Correct the id")
        rows = [grant.body() for grant in desired.values["begins"]]
        for row, grant in zip(rows, desired.values["begins"], strict=True):
            row["resource"]["called"] = grant.called
        return self.update(scope, desired, {"user_id": user, "roles": rows})

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        before = held(row)
        added, removed = self._changes(desired, before)
        after = {mark: grant for mark, grant in {**before, **added}.items() if mark not in removed}
        path, prefix = self.collection(scope.ids), PREFIX if scope.version < PLAIN_SINCE else ""
        steps, now = [], dict(before)
        if desired.values["state"] == "exactly" and (added or removed):
            body = {"roles": [grant.body(prefix) for grant in after.values()]}
            changes = {"roles": (shown(before.values()), shown(after.values()))}
            steps = [Step(UPDATE, f"set the roles of {scope.label}", "PUT", path, body, changes=changes)]
            added, removed = {}, {}
        # A request for each: to set all of them would undo what somebody else changes at this moment.
        for mark, grant in {**added, **removed}.items():
            was, gives = shown(now.values()), mark in added
            now = {**now, mark: grant} if gives else {other: each for other, each in now.items() if other != mark}
            doing = f"give {grant} to {scope.label}" if gives else f"take {grant} from {scope.label}"
            where = "/".join((path, grant.kind.upper(), segment(grant.id), segment(prefix + grant.role)))
            changes = {"roles": (was, shown(now.values()))}
            steps.append(Step(UPDATE, doing, "POST" if gives else "DELETE", where, changes=changes))
        predicted = {**self.shown(row), "roles": shown(after.values())}
        return Plan(steps, {"roles": shown(before.values())}, {"roles": predicted["roles"]}, predicted)

    @staticmethod
    def _changes(desired: Desired, before: Mapping[Mark, Grant]) -> tuple[dict[Mark, Grant], dict[Mark, Grant]]:
        """What is to be given, and what to be taken, of those who have *before*."""
        listed, state = desired.values["roles"], desired.values["state"]
        if state == "absent":
            return {}, {mark: grant for mark, grant in before.items() if mark in listed}
        if state == "present":
            return {mark: grant for mark, grant in listed.items() if mark not in before}, {}
        member = Grant(MEMBER)
        if desired.values["holder"] != "group":
            listed = {member.mark: member, **listed}
        removed = {mark: grant for mark, grant in before.items() if mark not in listed and mark != member.mark}
        return {mark: grant for mark, grant in listed.items() if mark not in before}, removed

    def check(self, reader: Reader, scope: Scope, desired: Desired, row: dict[str, Any] | None, plan: Plan) -> None:
        """Refuse to take the roles of the account in use, or those that the last administrator has to keep."""
        before = held(row) if row else {}
        added, removed = self._changes(desired, before)
        if added and row and not before and desired.values["holder"] == "user_id":
            # The service answers for what it has deleted, too.
            plan.notes.append(f"{scope.label} has no roles at all, and may be a service account that was deleted")
        if not removed:
            return
        user = scope.ids["user_id"]
        if not (reader.api.own_key and desired.values["holder"] in ("user", "group")):
            own = own_account(reader)
            if own == user:
                raise OptionError(
                    f"The task uses a key of {scope.label}, and takes no roles from its own account; nothing was changed",
                    "Use a key of another account",
                )
            if not own:
                plan.notes.append(f"It can't be told whether the task calls the API as {scope.label}, who loses roles")
        rest = on_the_whole(grant for mark, grant in before.items() if mark not in removed)
        for needed in (frozenset({"ORG_ADMIN"}), ADMIN):
            if needed <= on_the_whole(before.values()) and not needed <= rest:
                self._keep_admin(reader, scope, desired, needed)
        created = {each["id"]: each["name"] for each in rows(reader, CLUSTER) if each.get("creator_id") == user}
        for grant in removed.values():
            if grant.role == "CLUSTER_ADMIN" and grant.id in created:
                plan.notes.append(f"{scope.label} made cluster '{created[grant.id]}', and loses CLUSTER_ADMIN on it")

    @staticmethod
    def _keep_admin(reader: Reader, scope: Scope, desired: Desired, needed: frozenset[str]) -> None:
        """OptionError where nobody else has the roles *needed* on the organization."""
        by_groups = desired.values["holder"] in ("user", "service_account")
        for row in everybody(reader):
            inherited = [entry["role"] for entry in row["group_roles"]] if by_groups else []
            if row["user_id"] in (scope.ids["user_id"], *reader.doomed):
                continue
            if needed <= on_the_whole(map(grant_of, [*row["roles"], *inherited])):
                # Nor can somebody else's be taken by the same plan because these are still there.
                reader.doomed.add(scope.ids["user_id"])
                return
        raise OptionError(
            f"{scope.label} is the last one with {' and '.join(sorted(needed, reverse=True))} on the organization, which somebody has "
            "to have; nothing was changed",
            "Give the same to somebody else first",
        )


ROLE_GRANT = RoleGrant(
    "role_grant",
    "roles/{user_id}",
    """
    Gives roles of the organization, of folders and of clusters to a person, a service account or a group, and takes them away.
    They say what somebody may do in the Cloud Console and with this API. Privileges in databases are granted by M(crdb.cloud.cluster_api_grant).
    What somebody has from a group is shown, does not count as given, and can't be taken away here.
    Roles are neither taken from the account whose key the task uses, nor from the last one with C(ORG_ADMIN) on the organization.
    roles: The roles. One without O(roles[].cluster) and O(roles[].folder) is for the organization.
    user: The person, by the e-mail address.
    service_account: The service account.
    group: The group of SCIM. Its members have its roles.
    user_id: The id of any of them.
    state: With V(present) the roles of O(roles) that are lacking are given, with V(absent) those that are there are taken away.
    | With V(exactly) all others are taken away, too, except C(ORG_MEMBER), which everybody has.
    = user_id (str): Id of the person, service account or group.
    = roles (list[dict]): What was given, each with C(role), and C(cluster) or C(folder): a name or path, or the id where the key can't see it.
    = group_roles (list[dict]): What comes from groups, in the same form, and the names of these C(groups).
    """,
    plural="role_grants",
    shape=Object({"roles": ListOf(GRANT)}, FROM_GROUPS),
    fields=(
        Field(
            "roles",
            type="list",
            elements="dict",
            required=True,
            options=OPTIONS,
            rules={"mutually_exclusive": [("cluster", "folder")]},
        ),
    ),
    how=(
        Field("user", ref="person", since="2023-04-10"),
        Field("service_account", ref="service_account", since="2023-04-10"),
        Field("group", ref="scim_group", since="2023-04-10"),
        Field("user_id"),
        Field("state", choices=("present", "absent", "exactly"), default="present"),
    ),
    rules={"required_one_of": [tuple(HOLDERS)], "mutually_exclusive": [tuple(HOLDERS)]},
    creates="",
    deletes="",
    since="2022-09-20",
    roles="ORG_ADMIN, on folders FOLDER_ADMIN, on clusters CLUSTER_ADMIN",
    readers=LOOKERS,
)
