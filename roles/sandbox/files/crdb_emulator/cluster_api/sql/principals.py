# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CREATE and DROP of databases, users and roles."""

from __future__ import annotations

from typing import Any

from crdb_emulator.cluster_api.accounts import ADMIN, RESERVED, ROOT
from crdb_emulator.cluster_api.catalog import SYSTEM
from crdb_emulator.cluster_api.sql import syntax
from crdb_emulator.cluster_api.sql.context import Result, Session
from crdb_emulator.cluster_api.sql.errors import SqlError, denied, no_database, no_role
from crdb_emulator.cluster_api.sql.values import evaluate

_DEPENDENT = "2BP01"
_RESERVED_PREFIXES = ("pg_", "crdb_internal_")


def create_database(session: Session, statement: syntax.CreateDatabase) -> Result:
    """42P04 when it exists, 42501 without the right."""
    if not session.is_admin and not session.cluster.system_acl.has(session.identities, "CREATEDB"):
        raise denied("permission denied to create database")
    if statement.name not in session.catalog.databases:
        session.catalog.add_database(statement.name, session.user)
    elif not statement.if_not_exists:
        raise SqlError("42P04", f'database "{statement.name}" already exists')
    return Result()


def drop_database(session: Session, statement: syntax.DropDatabase) -> Result:
    """3D000 when it is not there; tables go with it unless RESTRICT is said [H]."""
    found = session.catalog.databases.get(statement.name)
    if found is None:
        if statement.if_exists:
            return Result()
        raise no_database(statement.name)
    if found.name == SYSTEM:
        raise denied(f"user {session.user} does not have DROP privilege on database {SYSTEM}")
    session.require(found.acl, found.owner, "DROP", f"database {found.name}")
    if statement.restrict and any(found.tables()):
        raise SqlError(_DEPENDENT, f'database "{found.name}" is not empty and RESTRICT was specified')
    del session.catalog.databases[found.name]
    return Result()


def _may_manage_roles(session: Session) -> None:
    if not session.is_admin and not session.cluster.system_acl.has(session.identities, "CREATEROLE"):
        raise denied(f"user {session.user} does not have CREATEROLE privilege")


def create_role(session: Session, statement: syntax.CreateRole) -> Result:
    """42710 when it exists, 42939 for a reserved name."""
    _may_manage_roles(session)
    name = session.role(statement.name)
    if name in RESERVED or name.startswith(_RESERVED_PREFIXES):
        raise SqlError("42939", f'role name "{name}" is reserved')
    if name in session.accounts:
        if statement.if_not_exists:
            return Result()
        raise SqlError("42710", f"a role/user named {name} already exists")
    password: Any = None
    if statement.password is not None:
        password = evaluate(session, statement.password, None).value
        if password is not None and not isinstance(password, str):
            raise SqlError("42804", "argument of PASSWORD must be type string")
    session.cluster.create_account(name, password, login=statement.login)
    return Result()


def drop_role(session: Session, statement: syntax.DropRole) -> Result:
    """42704 when it is not there, 2BP01 while it has privileges or owns something."""
    _may_manage_roles(session)
    names = [session.role(name) for name in statement.names]
    for name in names:
        if name in (ROOT, ADMIN):
            raise SqlError("42501", f"cannot drop special role {name}")
        if name not in session.accounts:
            if statement.if_exists:
                continue
            raise no_role(name)
        where = _depends_on(session, name)
        if where:
            raise SqlError(_DEPENDENT, f"cannot drop role/user {name}: grants still exist on {where}")
    for name in names:
        if name in session.accounts:
            session.cluster.drop_account(name)
    return Result()


def _depends_on(session: Session, name: str) -> str:
    """The first object on which a role has privileges or which it owns."""
    for database in session.catalog.databases.values():
        if name in database.acl.entries or database.owner == name:
            return database.name
        for schema in database.schemas.values():
            if name in schema.acl.entries:
                return f"{database.name}.{schema.name}"
        for table in database.tables():
            if name in table.acl.entries or table.owner == name:
                return f"{database.name}.{table.schema}.{table.name}"
    return ""
