# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""GRANT and REVOKE of privileges and of roles."""

from __future__ import annotations

from collections.abc import Iterable

from crdb_emulator.cluster_api.accounts import ADMIN, ROOT
from crdb_emulator.cluster_api.acl import ALL, DATABASE, PRIVILEGES, SCHEMA, SYSTEM, TABLE, Acl
from crdb_emulator.cluster_api.catalog import SYSTEM as SYSTEM_DATABASE
from crdb_emulator.cluster_api.sql import syntax
from crdb_emulator.cluster_api.sql.context import Result, Session
from crdb_emulator.cluster_api.sql.errors import UNCATEGORIZED, SqlError, denied
from crdb_emulator.cluster_api.sql.objects import database_of, schemas_of, tables_of

_INVALID_GRANT = "0LP01"
_NOT_GRANTED = "01007"


class _Object:
    """Something with privileges."""

    def __init__(self, acl: Acl, owner: str, kind: str, name: str, *, system: bool = False) -> None:
        self.acl = acl
        self.owner = owner
        self.kind = kind
        self.name = name
        self.system = system


def _objects(session: Session, target: syntax.Target) -> list[_Object]:
    if target.kind == SYSTEM:
        return [_Object(session.cluster.system_acl, "", "system", "system")]
    if target.kind == DATABASE:
        databases = [database_of(session, name.parts[0]) for name in target.names]
        return [
            _Object(found.acl, found.owner, DATABASE, found.name, system=found.name == SYSTEM_DATABASE)
            for found in databases
        ]
    if target.kind == SCHEMA:
        found = schemas_of(session, target.names)
        return [
            _Object(schema.acl, schema.owner, SCHEMA, schema.name, system=database.name == SYSTEM_DATABASE)
            for database, schema in found
        ]
    return [
        _Object(table.acl, table.owner, TABLE, table.name, system=table.database == SYSTEM_DATABASE)
        for table in tables_of(session, target)
    ]


def grant(session: Session, statement: syntax.Grant) -> Result:
    """GRANT privileges; without rows."""
    grantees = _checked(session, statement.privileges, statement.target, statement.grantees)
    for found in _objects(session, statement.target):
        _may_change(session, found, statement.privileges, "GRANT")
        for name in grantees:
            if name not in (ROOT, ADMIN):
                found.acl.grant(name, statement.privileges, option=statement.option)
    return Result()


def revoke(session: Session, statement: syntax.Revoke) -> Result:
    """REVOKE privileges, or the right to pass them on; without rows, and no error when there is nothing to revoke."""
    grantees = _checked(session, statement.privileges, statement.target, statement.grantees)
    for found in _objects(session, statement.target):
        _may_change(session, found, statement.privileges, "REVOKE")
        for name in grantees:
            if name in (ROOT, ADMIN) and statement.target.kind != SYSTEM:
                raise SqlError(
                    UNCATEGORIZED, f'user {name} must have exactly [ALL] privileges on {found.kind} "{found.name}"'
                )
            found.acl.revoke(name, statement.privileges, option_only=statement.option_only)
    return Result()


def _checked(
    session: Session, privileges: tuple[str, ...], target: syntax.Target, grantees: Iterable[str]
) -> list[str]:
    found = session.roles(grantees)
    for name in privileges:
        if name != ALL and name not in PRIVILEGES[target.kind]:
            raise SqlError(_INVALID_GRANT, f"invalid privilege type {name} for {target.kind}")
    return found


def _may_change(session: Session, found: _Object, privileges: tuple[str, ...], verb: str) -> None:
    if found.system:
        raise denied(f"cannot {verb} on system object")
    if session.is_admin or found.owner in session.identities:
        return
    missing = [name for name in privileges if not found.acl.may_pass(session.identities, name)]
    if missing:
        names = ", ".join(sorted(privileges))
        which = names if len(privileges) == 1 else f"one or more of {names}"
        raise SqlError(_NOT_GRANTED, f"user {session.user} missing WITH GRANT OPTION privilege on {which}")


def grant_role(session: Session, statement: syntax.GrantRole) -> Result:
    """GRANT role TO user; a second grant never takes the ADMIN OPTION away."""
    roles = session.roles(statement.roles, public=False)
    members = session.roles(statement.members, public=False)
    for role in roles:
        _may_administer(session, role)
        for member in members:
            if member == role or member in session.accounts.roles_of(role):
                raise _circle(role, member)
            held = session.accounts.by_name[member].member_of
            held[role] = held.get(role, False) or statement.option
    return Result()


def _circle(role: str, member: str) -> SqlError:
    if role == member:
        return SqlError("0LP01", f"{role} cannot be a member of itself")
    return SqlError("0LP01", f"making {member} a member of {role} would create a cycle")


def revoke_role(session: Session, statement: syntax.RevokeRole) -> Result:
    """REVOKE role FROM user, or only its ADMIN OPTION."""
    roles = session.roles(statement.roles, public=False)
    members = session.roles(statement.members, public=False)
    for role in roles:
        _may_administer(session, role)
        for member in members:
            if (role, member) == (ADMIN, ROOT):
                raise SqlError(
                    "55006", f"role/user {ROOT} cannot be removed from role {ADMIN} or lose the ADMIN OPTION"
                )
            held = session.accounts.by_name[member].member_of
            if role in held and statement.option_only:
                held[role] = False
            elif not statement.option_only:
                held.pop(role, None)
    return Result()


def _may_administer(session: Session, role: str) -> None:
    # [H] Members of admin may give every role, but admin itself only with its ADMIN OPTION.
    if session.accounts.may_administer(session.user, role) or (role != ADMIN and session.is_admin):
        return
    raise denied(f'must have admin option on role "{role}"')
