# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, databases and tables: what the server asks its own SQL for, as the user."""

from __future__ import annotations

from typing import Any

from crdb_emulator.cluster_api import paging
from crdb_emulator.cluster_api.acl import Acl
from crdb_emulator.cluster_api.call import Call
from crdb_emulator.cluster_api.catalog import PUBLIC_SCHEMA, Database, Table
from crdb_emulator.cluster_api.gojson import omit
from crdb_emulator.cluster_api.names import quoted
from crdb_emulator.cluster_api.reply import HttpError, internal, json_reply
from crdb_emulator.cluster_api.sql.show import visible_databases, visible_tables
from crdb_emulator.context import Reply

_RANGE_MIN, _RANGE_MAX, _TTL = 134_217_728, 536_870_912, 14_400
_BYTES_A_RANGE = 1_500_000


def users(call: Call) -> Reply:
    """``{users}``, by name, roles excluded; any positive ``limit`` is 500 [M], and so is a user who is no admin."""
    if paging.limit_of(call.query) or not call.cluster.accounts.is_admin(call.user):
        raise internal()
    return json_reply({"users": [omit(username=name) for name in call.cluster.accounts.users()] or None})


def databases(call: Call) -> Reply:
    """``{databases?, next?}``: those the user sees; no key at all when there are none."""
    names = [database.name for database in visible_databases(call.sql)]
    page = paging.cut(names, call.query, exact=True)
    return json_reply(omit(databases=page.items, next=page.next))


def _database(call: Call) -> Database:
    found = call.cluster.catalog.databases.get(call.params[0])
    if found is None:
        raise HttpError(404, "database not found")
    return found


def database(call: Call) -> Reply:
    """``{descriptor_id}`` and nothing else."""
    return json_reply(omit(descriptor_id=_database(call).id))


def _grants(acl: Acl) -> list[dict[str, Any]]:
    """One privilege an entry, as SHOW GRANTS has them."""
    return [omit(user=grantee, privileges=[privilege]) for grantee, privilege, _unused in acl.rows()]


def database_grants(call: Call) -> Reply:
    """``{grants, next?}``."""
    page = paging.cut(_grants(_database(call).acl), call.query, exact=False)
    return json_reply({"grants": page.items or None, **omit(next=page.next)})


def database_tables(call: Call) -> Reply:
    """``{table_names?, next?}``: schema and name, quoted where needed, by name of the table."""
    found = sorted(visible_tables(call.sql, _database(call)), key=lambda table: (table.name, table.schema))
    page = paging.cut([table.full_name for table in found], call.query, exact=False)
    return json_reply(omit(table_names=page.items, next=page.next))


def table(call: Call) -> Reply:
    """Everything of one table. Who is no admin needs ZONECONFIG on it, else one of the queries fails: 500 [M]."""
    found = _table(call)
    identities = call.cluster.accounts.identities(call.user)
    if not call.cluster.accounts.is_admin(call.user) and not found.acl.has(identities, "ZONECONFIG"):
        raise internal()
    return json_reply(_table_json(call, found))


def _table(call: Call) -> Table:
    name, _unused, rest = call.params[1].partition(".")
    schema, name = (name, rest) if rest else (PUBLIC_SCHEMA, name)
    base = call.cluster.catalog.databases.get(call.params[0])
    found = base.schemas[schema].tables.get(name) if base and schema in base.schemas else None
    if found is None:
        raise HttpError(404, "database or table not found")
    return found


def _table_json(call: Call, found: Table) -> dict[str, Any]:
    tables = call.cluster.user_tables()
    count = call.cluster.ranges.count_of(tables.index(found), len(tables))
    version = call.cluster.profile.number
    result: dict[str, Any] = {
        "grants": _grants(found.acl) or None,
        "columns": [
            omit(
                name=column.name,
                type=column.type,
                nullable=column.nullable,
                default_value=column.default,
                hidden=column.hidden,
            )
            for column in found.columns
        ],
        "indexes": _indexes(found),
        **omit(range_count=count, create_table_statement=create_statement(found)),
        "zone_config": {
            **omit(range_min_bytes=_RANGE_MIN, range_max_bytes=_RANGE_MAX, gc={"ttl_seconds": _TTL}, num_replicas=3),
            "constraints": None,
            "voter_constraints": None,
            "inherited_constraints": True,
            "null_voter_constraints_is_empty": False,
            "lease_preferences": None,
            "inherited_lease_preferences": True,
            "subzones": None,
            "subzone_spans": None,
        },
        "zone_config_level": 1,
        "descriptor_id": found.id,
        "configure_zone_statement": _zone_statement(),
    }
    if version >= (22, 1):
        result["stats_last_created_at"] = "2026-01-15T06:00:00Z"
    if version >= (24, 2):
        size = count * _BYTES_A_RANGE
        result |= {"data_total_bytes": size, "data_live_bytes": size // 4 * 3, "data_live_percentage": 0.75}
    return result


def _indexes(found: Table) -> list[dict[str, Any]]:
    """One entry for each column of each index; the primary one stores the rest, the others have its key implied."""
    result: list[dict[str, Any]] = []
    key = found.indexes[0].columns
    for index in found.indexes:
        rest = [column.name for column in found.columns if column.name not in index.columns]
        extra = rest if index.primary else [name for name in key if name not in index.columns]
        for number, name in enumerate((*index.columns, *extra), 1):
            stored = index.primary and name in rest
            result.append(
                omit(
                    name=index.name,
                    unique=index.unique,
                    seq=number,
                    column=name,
                    direction="N/A" if stored else "ASC",
                    storing=stored,
                    implicit=not index.primary and name in extra,
                )
            )
    return result


def create_statement(found: Table) -> str:
    """``SHOW CREATE TABLE``."""
    lines = [
        f"{quoted(column.name)} {column.type} {'NULL' if column.nullable else 'NOT NULL'}"
        + (f" DEFAULT {column.default}" if column.default else "")
        for column in found.columns
    ]
    for index in found.indexes:
        columns = ", ".join(f"{quoted(name)} ASC" for name in index.columns)
        kind = f"CONSTRAINT {quoted(index.name)} PRIMARY KEY" if index.primary else f"INDEX {quoted(index.name)}"
        lines.append(f"{kind} ({columns})")
    return f"CREATE TABLE {found.full_name} (\n\t" + ",\n\t".join(lines) + "\n)"


def _zone_statement() -> str:
    return (
        "ALTER RANGE default CONFIGURE ZONE USING\n"
        f"\trange_min_bytes = {_RANGE_MIN},\n\trange_max_bytes = {_RANGE_MAX},\n\tgc.ttlseconds = {_TTL},\n"
        "\tnum_replicas = 3,\n\tconstraints = '[]',\n\tlease_preferences = '[]'"
    )
