# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who has which roles: ``/roles``.

[D] ``PUT /roles/{user}`` replaces the explicit set, ``POST`` and ``DELETE /roles/{user}/{type}/{id}/{role}`` add and take
one; the organization's id is an empty segment. Every answer is the whole new set, and what comes through groups. ORG_ADMIN
may assign anything, CLUSTER_ADMIN the roles of a cluster, FOLDER_ADMIN those of a folder. The last one with both ORG_ADMIN
and CLUSTER_ADMIN keeps them. In 2022-09-20 names begin with ``ORG_ROLE_``, and there are no folders and groups. A set
without ORG_MEMBER is taken and keeps it [C], or refused (an option). The statuses and texts of refusals are [G].
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crdb_emulator.context import ORGANIZATION_ID, Call, Reply, json_bytes
from crdb_emulator.errors import forbidden, invalid, not_found
from crdb_emulator.grants import (
    CLUSTER,
    FOLDER,
    ORGANIZATION,
    ROLES,
    SCOPES,
    admins,
    exists,
    from_groups,
    grant,
    granted,
    known,
    place_of,
    places_of_cluster,
    places_of_folder,
    roles_at,
    same,
    set_grants,
)
from crdb_emulator.objects import Row
from crdb_emulator.surface import surface, uuid_of
from crdb_emulator.versions import ApiVersion

_PREFIX = "ORG_ROLE_"
_CLUSTER_ADMIN_MAY = frozenset({"CLUSTER_ADMIN", "CLUSTER_OPERATOR_WRITER", "CLUSTER_DEVELOPER"})


def list_roles(call: Call) -> Reply:
    """``GET /roles`` -> ``{grants, user_group_grants, pagination}``, by user."""
    store = call.store
    users = sorted(key for key, row in store.objects.rows("grants").items() if row["roles"])
    page, block = call.pager.cut("roles", users, [(user,) for user in users], call.query)
    answer = {
        "grants": [{"user_id": user, "roles": _as_sent(call, granted(store, user))} for user in page],
        "user_group_grants": [
            {"user_id": user, "group_roles": _group_roles(call, user)} for user in page if from_groups(store, user)
        ],
        "pagination": block,
    }
    return _answer(call, "GET roles", answer)


def get_roles(call: Call) -> Reply:
    """``GET /roles/{user}`` -> ``{roles, group_roles}``."""
    return _roles(call, _user(call))


def put_roles(call: Call) -> Reply:
    """Exactly these; ``null`` is none."""
    user = _user(call)
    sent = call.message.messages("roles") or []
    facts = surface(call.version)
    # By this way older names come in, too, and the enumerations are checked.
    wanted = [_plain(facts.read("BuiltInRole", each)) for each in sent]
    if call.settings.org_member_required and not any(same(row, grant("ORG_MEMBER")) for row in wanted):
        raise invalid("roles must contain ORG_MEMBER")
    check_grants(call, wanted)
    before = granted(call.store, user)
    changed = [row for row in before if not _has(wanted, row)] + [row for row in wanted if not _has(before, row)]
    return _write(call, user, wanted, changed)


def add_role(call: Call) -> Reply:
    """One more; nothing happens where it is there."""
    user, row = _user(call), _of_path(call)
    check_grants(call, [row])
    return _write(call, user, [*granted(call.store, user), row], [row])


def remove_role(call: Call) -> Reply:
    """One less; 404 where it is not there."""
    user, row = _user(call), _of_path(call)
    before = granted(call.store, user)
    if not _has(before, row):
        raise not_found("the user does not have this role")
    return _write(call, user, [each for each in before if not same(each, row)], [row])


def check_grants(call: Call, rows: Iterable[Row]) -> None:
    """Refuse roles where they cannot be, and on what is not there."""
    for row in rows:
        kind, place = place_of(row)
        if row["name"] not in SCOPES[kind]:
            raise invalid(f"role {row['name']} cannot be assigned at {kind} scope")
        if not exists(call.store, (kind, place)):
            raise invalid(f"{kind.lower()} '{place}' does not exist")


def keep_an_admin(call: Call, user: str, after: Sequence[Row]) -> None:
    """Refuse to take the last administrator's roles."""
    held = {row["name"] for row in after if place_of(row)[0] == ORGANIZATION}
    if admins(call.store) == {user} and not {"ORG_ADMIN", "CLUSTER_ADMIN"} <= held:
        raise call.refused("at least one user must have the roles ORG_ADMIN and CLUSTER_ADMIN")


def _has(rows: Iterable[Row], row: Row) -> bool:
    return any(same(row, each) for each in rows)


def _write(call: Call, user: str, after: Sequence[Row], changed: Iterable[Row]) -> Reply:
    for row in changed:
        if row["name"] != "ORG_MEMBER" and not _may_assign(call, row):
            raise forbidden("permission denied: the service account must not assign this role")
    keep_an_admin(call, user, after)
    set_grants(call.store, user, after)
    return _roles(call, user)


def _may_assign(call: Call, row: Row) -> bool:
    store, caller = call.store, call.caller
    kind, place = place_of(row)
    if "ORG_ADMIN" in caller.roles:
        return True
    if kind == CLUSTER:
        held = roles_at(store, caller.id, places_of_cluster(store, store.clusters[place]))
        return "CLUSTER_ADMIN" in held and row["name"] in _CLUSTER_ADMIN_MAY
    return kind == FOLDER and "FOLDER_ADMIN" in roles_at(store, caller.id, places_of_folder(store, place))


def _user(call: Call) -> str:
    user = uuid_of(call.params[0], "user id")
    if not known(call.store, user):
        raise (
            not_found(f"user '{user}' not found")
            if call.settings.unknown_user_status == 404
            else invalid("invalid userId")
        )
    return user


def _of_path(call: Call) -> Row:
    _user_id, kind, place, name = call.params
    if kind not in SCOPES or (kind == FOLDER and _old(call)):
        raise invalid(
            f'type mismatch, parameter: resource_type, error: invalid value for enum type: "{kind}"', prefix=False
        )
    if (_old(call) and not name.startswith(_PREFIX)) or name.removeprefix(_PREFIX) not in ROLES:
        raise invalid(
            f'type mismatch, parameter: role_name, error: invalid value for enum type: "{name}"', prefix=False
        )
    return _plain({"name": name, "resource": {"type": kind, "id": place}})


def _old(call: Call) -> bool:
    return call.version < ApiVersion.V2023_04_10


def _plain(row: Row) -> Row:
    return grant(row["name"].removeprefix(_PREFIX), *place_of(row))


def _as_sent(call: Call, rows: Iterable[Row]) -> list[Row]:
    """Grants in the words of the version; those it has no word for are left out later."""
    prefix = _PREFIX if _old(call) else ""
    whole = ORGANIZATION_ID if call.settings.organization_id_in_roles else ""
    found = []
    for row in rows:
        kind, place = place_of(row)
        found.append(grant(prefix + row["name"], kind, place or whole))
    return found


def _group_roles(call: Call, user: str) -> list[Row]:
    return [{**each, "role": _as_sent(call, [each["role"]])[0]} for each in from_groups(call.store, user)]


def _roles(call: Call, user: str) -> Reply:
    rows = _as_sent(call, granted(call.store, user))
    return _answer(call, "GET roles/*", {"roles": rows, "group_roles": _group_roles(call, user)})


def _answer(call: Call, operation: str, answer: Row) -> Reply:
    facts = surface(call.version)
    return Reply(200, json_bytes(facts.shaped(facts.operations[operation].answer, answer)))
