# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People and groups as an identity provider keeps them, by SCIM 2.0: it has pages, changes and names of its own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .._base.errors import CrdbError, OptionError
from .._http.answers import TEXT, TRUTH, WHOLE, ListOf, Object
from .declared import Scope
from .field import Field, put
from .noun import Desired, Noun, Reader, Row
from .plan import Plan, Step

# Since then there are pages, and changes of single attributes.
PATCHED_SINCE = "2024-09-16"
PAGE = 100
URN = "urn:ietf:params:scim:schemas:core:2.0:"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
MEMBERS = "members"


def text(value: Any) -> str:
    return value or ""


def addresses(entries: Iterable[Row] | None) -> list[dict[str, Any]]:
    """E-mail addresses in the form of the API; where none is said to be the first choice, it is the first one."""
    found = [
        {**{name: entry[name] for name in ("value", "type") if entry.get(name)}, "primary": bool(entry.get("primary"))}
        for entry in entries or ()
    ]
    if found and not any(entry["primary"] for entry in found):
        found[0]["primary"] = True
    return found


def ids_of(entries: Iterable[Row] | None) -> list[str]:
    return sorted(str(entry.get("value")) for entry in entries or ())


def references(ids: Iterable[str]) -> list[dict[str, str]]:
    return [{"value": id_} for id_ in sorted(ids)]


@dataclass(frozen=True, eq=False)
class Scim(Noun):
    """A resource of SCIM. *schema* is the end of its URN, *blank* what each new one has."""

    schema: str = ""
    blank: Mapping[str, Any] = field(default_factory=dict)

    def pages(self, api: Any, path: str, query: Row | None) -> list[dict[str, Any]]:
        """All pages as one. A filter stands in a body, since it has e-mail addresses, and URLs are what gets into logs."""
        shape, paged = Object({"totalResults": WHOLE}, {self.rows: ListOf(self.shape)}), api.version >= PATCHED_SINCE
        asked = {**(query or {}), **({"count": PAGE} if paged else {})}
        if query:
            bodies = [api.get(f"{path}/.search", shape=shape, body=asked)]
        else:
            bodies = list(api.followed(path, asked, shape=shape))
        # The list is left out where it is empty.
        rows, total = [row for body in bodies for row in body.get(self.rows) or ()], bodies[-1]["totalResults"]
        if len(rows) < total:
            raise CrdbError(
                f"GET {path} says that there are {total} {self.many}, and shows {len(rows)}; the listing can't be completed",
                "Run the task again",
            )
        return [{self.rows: rows}]

    def shown(self, row: Row) -> dict[str, Any]:
        found = {name: value for name, value in row.items() if name not in ("schemas", "meta")}
        for option in self.all_fields:
            put(found, option.at, option.sent(option.read(row)))
        return found

    def predict(self, row: Row, desired: Desired, after: Row) -> dict[str, Any]:
        return super().predict(self.shown(row) if row else {}, desired, after)

    def create(self, scope: Scope, desired: Desired) -> Plan:
        plan = super().create(scope, desired)
        plan.steps = [
            replace(step, body={"schemas": [URN + self.schema], **self.blank, **step.body}) for step in plan.steps
        ]
        return plan

    def _update(
        self,
        scope: Scope,
        desired: Desired,
        values: Row,
        found: Row,
        changes: Mapping[str, tuple[Any, Any]],
        row: Row | None = None,
    ) -> Step:
        step = super()._update(scope, desired, values, found, changes, row)
        if scope.version >= PATCHED_SINCE:
            changed = [option for option in self.all_fields if option.name in changes]
            operations = [one for option in changed for one in self.operations(option, *changes[option.name])]
            return replace(step, body={"schemas": [PATCH], "Operations": operations})
        known = {option.at[0] for option in self.all_fields}
        body = {"schemas": [URN + self.schema], **{name: value for name, value in (row or {}).items() if name in known}}
        for option in self.all_fields:
            if option.name in changes:
                put(body, option.at, option.sent(changes[option.name][1]))
        return replace(step, method="PUT", body=body)

    def operations(self, option: Field, before: Any, after: Any) -> list[dict[str, Any]]:
        """The operations of a patch that make *after* of *before*."""
        return [{"op": "replace", "path": ".".join(option.at), "value": option.sent(after)}]


class ScimUser(Scim):
    def mark(self, key: Row) -> tuple[Any, ...]:
        return (str(key.get("user_name") or "").casefold(),)

    def spelled(self, reader: Reader, params: Row) -> Row:
        """*params* in words of all nouns: only what is to be deleted is absent, the others are active or not."""
        if params["state"] == "deleted":
            return {**params, "state": "absent"}
        if params["state"] == "absent":
            unset = {option.name: None for option in self.fields}
            return {**params, **unset, "active": False, "state": "inactive"}
        return params

    def create(self, scope: Scope, desired: Desired) -> Plan:
        name = desired.key["user_name"]
        if desired.values["state"] == "inactive":
            return Plan([], {}, {}, None)
        if "emails" not in desired.values and "@" not in name:
            raise OptionError(f"{desired.label} is no e-mail address, so emails is needed to create it")
        usual = {"emails": addresses([{"value": name}]), "display_name": name, "active": True}
        return super().create(scope, replace(desired, values={**usual, **desired.values}))

    def exported(self, row: Row) -> dict[str, Any]:
        found = super().exported(row)
        emails = [{name: value for name, value in each.items() if value} for each in found["emails"]]
        return {**found, "emails": emails}

    def check(self, reader: Reader, scope: Scope, desired: Desired, row: dict[str, Any] | None, plan: Plan) -> None:
        if row and not row.get("active") and not desired.absent and "active" not in desired.values:
            reader.warn(f"{self.label(self.identity(row))} is not active, and stays so: active: true is the way back")


class ScimGroup(Scim):
    def exported(self, row: Row) -> dict[str, Any]:
        return {**super().exported(row), "exactly": True}

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        wanted = desired.values.get(MEMBERS)
        if wanted is not None:
            others = () if desired.values["exactly"] else self.view(row)[MEMBERS]
            desired = replace(desired, values={**desired.values, MEMBERS: sorted({*others, *wanted})})
        return super().update(scope, desired, row)

    def operations(self, option: Field, before: Any, after: Any) -> list[dict[str, Any]]:
        if option.name != MEMBERS:
            return super().operations(option, before, after)
        # Only those who come and go: somebody else may change the rest at this moment.
        added = references({*after} - {*before})
        gone = [
            {"op": "remove", "path": f"{MEMBERS}[value eq {json.dumps(id_)}]"} for id_ in sorted({*before} - {*after})
        ]
        return [*([{"op": "add", "path": MEMBERS, "value": added}] if added else []), *gone]


def searched(noun: Scim, params: Row) -> dict[str, Any]:
    """The query for the one whom *params* name."""
    name = params[noun.key[0].name]
    return {"filter": f"{noun.key[0].api} eq {json.dumps(name, ensure_ascii=False)}"} if name else {}


SCIM_USER = ScimUser(
    "scim_user",
    "api/scim/v2/Users/{id}",
    """
    Manages one person of the organization by SCIM 2.0: makes, changes, deactivates, deletes.
    Where an identity provider keeps them by SCIM, too, it may undo what is changed here. This is for emergencies, and for organizations
      without one.
    user_name: What the person signs in as, usually the e-mail address. Case does not count.
    emails: All e-mail addresses. A new person has that of O(user_name) if this is not set.
    emails.value: The address.
    emails.primary: Whether it is the first choice. If none is, the first one is.
    emails.type: What it is for, such as V(work).
    display_name: The name that is shown. A new person has O(user_name) if this is not set.
    given_name: The first name.
    family_name: The last name.
    external_id: What the identity provider calls the person.
    active: Whether the person may sign in. A new one may if this is not set.
    | Who is not active stays so without it, even with O(state=present): the identity provider will have its reasons.
    state: V(absent) deactivates the person, who keeps roles and groups. Who is not there is left so.
    | V(deleted) removes the person from the organization, with all roles.
    = emails (list[dict]): All e-mail addresses, each with C(value) and C(primary), and C(type) where it has one.
    = displayName (str): The name that is shown.
    = name.givenName (str): The first name.
    = name.familyName (str): The last name.
    = externalId (str): What the identity provider calls the person.
    = active (bool): Whether the person may sign in.
    = groups (list[dict], by the service): The groups that the person is in, each with C(value), which is the id, and C(display).
    """,
    title="SCIM user",
    rows="Resources",
    shape=Object({"id": TEXT}, {"userName": TEXT, "active": TRUTH, "emails": ListOf(Object({"value": TEXT}))}),
    key=(Field("user_name", api="userName"),),
    fields=(
        Field(
            "emails",
            type="list",
            elements="dict",
            to_api=addresses,
            from_api=addresses,
            compare=lambda entries: sorted(addresses(entries), key=repr),
            options=(Field("value", required=True), Field("primary", type="bool"), Field("type")),
        ),
        Field("display_name", api="displayName", from_api=text),
        Field("given_name", api="name.givenName", from_api=text),
        Field("family_name", api="name.familyName", from_api=text),
        Field("external_id", api="externalId", from_api=text),
        Field("active", type="bool", from_api=bool),
    ),
    how=(Field("state", choices=("present", "absent", "deleted"), default="present"),),
    rules={"required_one_of": [("user_name", "id")]},
    schema="User",
    blank={"name": {}},
    renames=True,
    since="2023-04-10",
    roles="ORG_ADMIN",
    readers="ORG_ADMIN",
)
SCIM_GROUP = ScimGroup(
    "scim_group",
    "api/scim/v2/Groups/{id}",
    """
    Manages one group of people by SCIM 2.0. Its members have the roles that M(crdb.cloud.role_grant) gives to it.
    Where an identity provider keeps them by SCIM, too, it may undo what is changed here. This is for emergencies, and for organizations
      without one.
    name: Name of the group.
    external_id: What the identity provider calls the group.
    members: People who shall be in the group.
    exactly: Whether all others, who are not in O(members), are taken out of the group.
    = members (list[dict]): Who is in it, each with C(value), which is the id.
    = externalId (str): What the identity provider calls the group.
    """,
    title="group",
    rows="Resources",
    shape=Object({"id": TEXT}, {"displayName": TEXT, MEMBERS: ListOf(Object())}),
    key=(Field("name", api="displayName"),),
    fields=(
        Field("external_id", api="externalId", from_api=text),
        Field(MEMBERS, type="list", elements="str", ref="scim_user", to_api=references, from_api=ids_of, compare="set"),
    ),
    how=(Field("exactly", type="bool", default=False),),
    rules={"required_one_of": [("name", "id")]},
    schema="Group",
    renames=True,
    since="2023-04-10",
    roles="ORG_ADMIN",
    readers="ORG_ADMIN",
)
