# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SHOW statements, with the server's columns and order [H]."""

from __future__ import annotations

from typing import Any

from crdb_emulator.cluster_api.accounts import PUBLIC
from crdb_emulator.cluster_api.acl import DATABASE, SCHEMA, SYSTEM, Acl
from crdb_emulator.cluster_api.catalog import PUBLIC_SCHEMA, Database, Table
from crdb_emulator.cluster_api.sql import syntax
from crdb_emulator.cluster_api.sql.context import Result, Session
from crdb_emulator.cluster_api.sql.errors import no_schema
from crdb_emulator.cluster_api.sql.objects import schemas_of, tables_of

_GRANT_COLUMNS = [("grantee", "STRING"), ("privilege_type", "STRING"), ("is_grantable", "BOOL")]
# First versions of columns [M].
_OBJECT_TYPES = (23, 2)
_SEEN_LAST = (25, 1)
_Row = list[Any]


def show_databases(session: Session, _statement: syntax.Statement) -> Result:
    """Those the user may connect to; admins see all."""
    names = ("database_name", "owner", "primary_region", "secondary_region")
    columns = [(name, "STRING") for name in names] + [("regions", "STRING"), ("survival_goal", "STRING")]
    rows: list[list[Any]] = [
        [database.name, _owner(database), None, None, "{}", None] for database in visible_databases(session)
    ]
    return Result(columns, rows)


def _owner(database: Database) -> str:
    return "node" if database.name == "system" else database.owner


def visible_databases(session: Session) -> list[Database]:
    """Sorted by name."""
    found = sorted(session.catalog.databases.values(), key=lambda database: database.name)
    return [database for database in found if session.is_admin or database.acl.has_any(session.identities)]


def show_roles(session: Session, _statement: syntax.Statement) -> Result:
    """Users and roles; reads ``system.users``, so a plain user may not."""
    _may_read_system(session, "users")
    columns = [("username", "STRING"), ("options", "STRING"), ("member_of", "STRING")]
    if session.cluster.profile.number >= _SEEN_LAST:
        columns.append(("estimated_last_login_time", "TIMESTAMPTZ"))
    rows: list[list[Any]] = []
    for name in sorted(session.accounts.by_name):
        account = session.accounts.by_name[name]
        # An array is shown as text, as the server's JSON does not know arrays of this type either [L].
        row = [name, "{}" if account.login else "{NOLOGIN}", "{" + ",".join(sorted(account.member_of)) + "}", None]
        rows.append(row[: len(columns)])
    return Result(columns, rows)


def _may_read_system(session: Session, table: str) -> None:
    found = session.catalog.table(("system", PUBLIC_SCHEMA, table), "system")
    if found is not None:
        session.require(found.acl, "", "SELECT", f"relation {table}")


def visible_tables(session: Session, database: Database) -> list[Table]:
    """Tables of a database on which the user has any privilege, by schema and name."""
    found = sorted(database.tables(), key=lambda table: (table.schema, table.name))
    return [table for table in found if session.is_admin or table.acl.has_any(session.identities)]


def show_tables(session: Session, statement: syntax.ShowTables) -> Result:
    """Tables of a database, or of one of its schemas."""
    parts = statement.source.parts if statement.source else (session.database,)
    schema: str | None = parts[1] if len(parts) == 2 else None
    database = session.catalog.databases.get(parts[0])
    if database is None and len(parts) == 1:
        database, schema = session.catalog.databases.get(session.database), parts[0]
    if database is None or (schema is not None and schema not in database.schemas):
        raise no_schema()
    names = ("schema_name", "table_name", "type", "owner")
    columns = [(name, "STRING") for name in names] + [("estimated_row_count", "INT8"), ("locality", "STRING")]
    rows: list[list[Any]] = [
        [table.schema, table.name, "table", table.owner, len(table.rows), None]
        for table in visible_tables(session, database)
        if schema in (None, table.schema)
    ]
    return Result(columns, rows)


def show_schemas(session: Session, statement: syntax.ShowSchemas) -> Result:
    """Schemas of a database, the virtual ones among them."""
    database = session.catalog.databases.get(statement.database or session.database)
    if database is None:
        raise no_schema()
    owners: dict[str, str | None] = {schema.name: schema.owner for schema in database.schemas.values()}
    owners |= dict.fromkeys(("crdb_internal", "information_schema", "pg_catalog", "pg_extension"))
    rows: list[list[Any]] = [[name, owners[name]] for name in sorted(owners)]
    return Result([("schema_name", "STRING"), ("owner", "STRING")], rows)


def show_grants(session: Session, statement: syntax.ShowGrants) -> Result:
    """One privilege a row, sorted by all columns; FOR a user also shows what it inherits from its roles [H]."""
    target = statement.target
    columns, rows = _all_grants(session) if target is None else _targeted(session, target)
    if statement.grantees:
        wanted = session.roles(statement.grantees)
        shown = set(wanted)
        for name in wanted:
            shown |= session.accounts.roles_of(name)
        if session.cluster.profile.show_public:
            # [H] In newer versions what everybody has through public is shown as well.
            shown.add(PUBLIC)
        grantee = len(columns) - len(_GRANT_COLUMNS)
        rows = [row for row in rows if row[grantee] in shown]
    return Result(columns, sorted(rows, key=_sort_key))


def _sort_key(row: _Row) -> list[tuple[bool, Any]]:
    return [(value is not None, value if value is not None else "") for value in row]


def _targeted(session: Session, target: syntax.Target) -> tuple[list[tuple[str, str]], list[_Row]]:
    if target.kind == SYSTEM:
        return _columns(), _prefixed([], session.cluster.system_acl)
    rows: list[_Row] = []
    if target.kind == DATABASE:
        for name in target.names:
            database = session.catalog.databases.get(name.parts[0])
            if database is None:
                raise no_schema()
            rows += _prefixed([database.name], database.acl)
        return _columns("database_name"), rows
    if target.kind == SCHEMA:
        for database, schema in schemas_of(session, target.names, no_schema):
            rows += _prefixed([database.name, schema.name], schema.acl)
        return _columns("database_name", "schema_name"), rows
    for table in tables_of(session, target):
        rows += _prefixed([table.database, table.schema, table.name], table.acl)
    return _columns("database_name", "schema_name", "table_name"), rows


def _columns(*names: str) -> list[tuple[str, str]]:
    return [(name, "STRING") for name in names] + _GRANT_COLUMNS


def _all_grants(session: Session) -> tuple[list[tuple[str, str]], list[_Row]]:
    """Everything in the current database."""
    typed = session.cluster.profile.number >= _OBJECT_TYPES
    rows: list[_Row] = []

    def add(prefix: list[Any], kind: str, acl: Acl) -> None:
        rows.extend(_prefixed([*prefix, kind] if typed else prefix, acl))

    for database in session.catalog.databases.values():
        if session.database and database.name != session.database:
            continue
        add([database.name, None, None], "database", database.acl)
        for schema in database.schemas.values():
            add([database.name, schema.name, None], "schema", schema.acl)
        for table in database.tables():
            add([database.name, table.schema, table.name], "table", table.acl)
    last = ("object_name", "object_type") if typed else ("relation_name",)
    return _columns("database_name", "schema_name", *last), rows


def _prefixed(prefix: list[Any], acl: Acl) -> list[_Row]:
    return [[*prefix, *row] for row in acl.rows()]


def show_role_grants(session: Session, statement: syntax.ShowRoleGrants) -> Result:
    """Direct memberships; reads ``system.role_members``, so a plain user may not."""
    _may_read_system(session, "role_members")
    roles = {session.role(name) for name in statement.roles}
    members = {session.role(name) for name in statement.members}
    for name in sorted(roles | members):
        session.roles((name,))
    rows: list[list[Any]] = [
        [role, member, option]
        for role, member, option in session.accounts.memberships()
        if (not roles or role in roles) and (not members or member in members)
    ]
    return Result([("role_name", "STRING"), ("member", "STRING"), ("is_admin", "BOOL")], rows)
