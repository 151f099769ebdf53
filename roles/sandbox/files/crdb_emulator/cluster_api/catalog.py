# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases, schemas and tables, and how a name finds one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from crdb_emulator.cluster_api.acl import ALL, DATABASE, SCHEMA, TABLE, Acl
from crdb_emulator.cluster_api.names import quoted

PUBLIC_SCHEMA = "public"
SYSTEM = "system"
OIDS = {
    "BOOL": 16,
    "BYTES": 17,
    "NAME": 19,
    "INT8": 20,
    "STRING": 25,
    "FLOAT8": 701,
    "VARCHAR": 1043,
    "TIMESTAMP": 1114,
    "TIMESTAMPTZ": 1184,
    "DECIMAL": 1700,
    "UUID": 2950,
    "JSONB": 3802,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``default`` is SQL text."""

    name: str
    type: str
    nullable: bool = True
    default: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    """An index over some columns; the primary one stores all the others."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    primary: bool = False


@dataclass(slots=True)
class Table:
    """A table with its rows, each a list in the order of the columns."""

    id: int
    database: str
    schema: str
    name: str
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...]
    owner: str = "root"
    rows: list[list[Any]] = field(default_factory=list)
    acl: Acl = field(default_factory=lambda: Acl(TABLE))

    @property
    def full_name(self) -> str:
        """``public.accounts``, quoted where needed."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"

    def column(self, name: str) -> int | None:
        """The place of a column."""
        return next((at for at, column in enumerate(self.columns) if column.name == name), None)


@dataclass(slots=True)
class Schema:
    """A schema and its tables by name."""

    name: str
    owner: str = "root"
    tables: dict[str, Table] = field(default_factory=dict)
    acl: Acl = field(default_factory=lambda: Acl(SCHEMA))


@dataclass(slots=True)
class Database:
    """A database and its schemas by name."""

    id: int
    name: str
    owner: str = "root"
    schemas: dict[str, Schema] = field(default_factory=dict)
    acl: Acl = field(default_factory=lambda: Acl(DATABASE))

    def tables(self) -> Iterator[Table]:
        """Every table."""
        for schema in self.schemas.values():
            yield from schema.tables.values()


class Catalog:
    """All databases by name."""

    def __init__(self, *, public_connects: bool) -> None:
        self.databases: dict[str, Database] = {}
        self.public_connects = public_connects
        self._next_id = 200

    def add_database(self, name: str, owner: str = "root", number: int | None = None) -> Database:
        """A new database with its schema public and the privileges a fresh one has [H]."""
        if number is None:
            number, self._next_id = self._next_id, self._next_id + 2
        database = Database(number, name, owner)
        self.databases[name] = database
        powers = ("CONNECT",) if name == SYSTEM else (ALL,)
        for grantee in dict.fromkeys(("admin", "root", owner)):
            database.acl.grant(grantee, powers, option=True)
        if self.public_connects:
            database.acl.grant("public", ("CONNECT",))
        self.add_schema(database, PUBLIC_SCHEMA)
        return database

    def add_schema(self, database: Database, name: str) -> Schema:
        """A new schema; everybody may use public, and create in it before SQL says otherwise [H]."""
        schema = Schema(name, "admin" if name == PUBLIC_SCHEMA else database.owner)
        for grantee in ("admin", "root"):
            schema.acl.grant(grantee, (ALL,), option=True)
        if name == PUBLIC_SCHEMA:
            schema.acl.grant("public", ("CREATE", "USAGE"))
        database.schemas[name] = schema
        return schema

    def add_table(self, table: Table) -> Table:
        """Take in a table, with the privileges a fresh one has [H]."""
        powers = ("DELETE", "INSERT", "SELECT", "UPDATE") if table.database == SYSTEM else (ALL,)
        for grantee in dict.fromkeys(("admin", "root", table.owner)):
            table.acl.grant(grantee, powers, option=True)
        self.databases[table.database].schemas[table.schema].tables[table.name] = table
        return table

    def tables(self) -> Iterator[Table]:
        """Every table of every database."""
        for database in self.databases.values():
            yield from database.tables()

    def schema(self, parts: tuple[str, ...], current: str) -> tuple[Database, Schema] | None:
        """The schema of ``schema`` or ``database.schema``."""
        database = self.databases.get(parts[0] if len(parts) == 2 else current)
        schema = database.schemas.get(parts[-1]) if database else None
        return (database, schema) if database and schema else None

    def prefix(self, parts: tuple[str, ...], current: str) -> tuple[Database, Schema] | None:
        """Where ``t``, ``schema.t``, ``database.t`` or ``database.schema.t`` lives; ``parts`` without the ``t``."""
        if not parts:
            return self.schema((PUBLIC_SCHEMA,), current)
        found = self.schema(parts, current)
        if found is None and len(parts) == 1:
            found = self.schema((parts[0], PUBLIC_SCHEMA), current)
        return found

    def table(self, parts: tuple[str, ...], current: str) -> Table | None:
        """A table by a name of up to three parts; a first part is a schema rather than a database [H]."""
        found = self.prefix(parts[:-1], current)
        table = found[1].tables.get(parts[-1]) if found else None
        if table is None and len(parts) == 2:
            found = self.schema((parts[0], PUBLIC_SCHEMA), current)
            table = found[1].tables.get(parts[-1]) if found else None
        return table
