# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What names in a statement stand for; raises the server's errors when there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from crdb_emulator.cluster_api.catalog import Database, Schema, Table
from crdb_emulator.cluster_api.sql.context import Session
from crdb_emulator.cluster_api.sql.errors import SqlError, no_database, no_relation, no_schema
from crdb_emulator.cluster_api.sql.syntax import Name, Target


def database_of(session: Session, name: str) -> Database:
    """A database; raises 3D000."""
    found = session.catalog.databases.get(name)
    if found is None:
        raise no_database(name)
    return found


def unknown_schema(name: Name) -> SqlError:
    """3F000."""
    return SqlError("3F000", f'unknown schema "{name.parts[-1]}"')


def schemas_of(
    session: Session, names: Iterable[Name], problem: Callable[[], SqlError] | None = None
) -> list[tuple[Database, Schema]]:
    """Schemas by ``schema``, ``database.schema`` or ``database.*``."""
    found: list[tuple[Database, Schema]] = []
    for name in names:
        if name.star:
            database = session.catalog.databases.get(name.parts[0] if name.parts else session.database)
            if database is None:
                raise problem() if problem else no_database(name.parts[0] if name.parts else session.database)
            found += [(database, database.schemas[key]) for key in sorted(database.schemas)]
            continue
        one = session.catalog.schema(name.parts, session.database)
        if one is None:
            raise problem() if problem else _missing_schema(session, name)
        found.append(one)
    return found


def _missing_schema(session: Session, name: Name) -> SqlError:
    if len(name.parts) == 2 and name.parts[0] not in session.catalog.databases:
        return no_database(name.parts[0])
    return unknown_schema(name)


def table_of(session: Session, name: Name) -> Table:
    """A table; raises 42P01."""
    found = session.catalog.table(name.parts, session.database)
    if found is None:
        raise no_relation(str(name))
    return found


def tables_of(session: Session, target: Target) -> list[Table]:
    """Tables by name, by ``database.*``, ``schema.*`` or ``*``, or all those in schemas."""
    found: dict[int, Table] = {}
    if target.in_schemas:
        for _unused, schema in schemas_of(session, target.names):
            found |= {table.id: table for table in schema.tables.values()}
        return list(found.values())
    for name in target.names:
        if not name.star:
            table = table_of(session, name)
            found[table.id] = table
            continue
        place = session.catalog.prefix(name.parts, session.database)
        if place is None:
            raise no_schema()
        found |= {table.id: table for table in place[1].tables.values()}
    return list(found.values())
