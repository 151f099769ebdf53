# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases of a cluster.

[D] ``GET`` lists them by name, ``POST {name}`` creates, ``PATCH {name, new_name}`` renames, since 2023-04-10 also
``PATCH .../{name}`` with ``{new_name}``, and ``DELETE .../{name}`` deletes; each answers ``{name, table_count}``. [C]
``defaultdb`` and ``postgres`` are there from the start. A name that is taken is 409 [G]. The databases of the running
cluster are others: this side only counts tables.
"""

from __future__ import annotations

from typing import Any

from crdb_emulator.context import Call, Reply, json_bytes
from crdb_emulator.errors import already_exists, invalid, not_found
from crdb_emulator.model import Cluster


def list_databases(call: Call) -> Reply:
    cluster = call.ready_cluster()
    names = sorted(cluster.databases)
    page, block = call.pager.cut(f"databases/{cluster.id}", names, [(name,) for name in names], call.query)
    return Reply(200, json_bytes({"databases": [_row(cluster, name) for name in page], "pagination": block}))


def create_database(call: Call) -> Reply:
    cluster = call.ready_cluster()
    return _put(cluster, call.message.string("name") or "", 0)


def rename_database(call: Call) -> Reply:
    cluster = call.ready_cluster()
    name = _existing(cluster, call.params[1] if len(call.params) > 1 else call.message.string("name") or "")
    reply = _put(cluster, call.message.string("new_name") or "", cluster.databases[name])
    del cluster.databases[name]
    return reply


def delete_database(call: Call) -> Reply:
    cluster = call.ready_cluster()
    row = _row(cluster, _existing(cluster, call.params[1]))
    del cluster.databases[row["name"]]
    return Reply(200, json_bytes(row))


def _row(cluster: Cluster, name: str) -> dict[str, Any]:
    return {"name": name, "table_count": str(cluster.databases[name])}


def _put(cluster: Cluster, name: str, tables: int) -> Reply:
    if not name:
        raise invalid("name is required")
    if name in cluster.databases:
        raise already_exists(f"a database with the name '{name}' already exists")
    cluster.databases[name] = tables
    return Reply(200, json_bytes(_row(cluster, name)))


def _existing(cluster: Cluster, name: str) -> str:
    if name not in cluster.databases:
        raise not_found(f"database '{name}' not found")
    return name
