# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ranges: how many there are, which table each belongs to, and the shapes of the three endpoints.

Every range has a replica on each of the three nodes; node ``number % 3 + 1`` holds its lease. The first ranges are
those with problems, as many as the control plane says.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from crdb_emulator.cluster_api.catalog import Table
from crdb_emulator.cluster_api.gojson import omit
from crdb_emulator.cluster_api.nodes import NODE_IDS, RangeCounts
from crdb_emulator.cluster_api.profiles import HOT_ARRAYS, HOT_MAP, Profile
from crdb_emulator.times import SECOND, parse_ns

_LEASED = parse_ns("2026-01-10T06:05:00Z")
_SMALL_ID = 109


@dataclass(slots=True)
class Ranges:
    """All ranges, computed when asked for."""

    total: int
    underreplicated: int = 0
    unavailable: int = 0

    def leaseholder(self, number: int) -> int:
        """The node that serves a range."""
        return number % len(NODE_IDS) + 1

    def led_by(self, node_id: int) -> range:
        """The ranges whose lease a node holds, ascending."""
        return range((node_id - 2) % 3 + 1, self.total + 1, len(NODE_IDS))

    def counts(self) -> RangeCounts:
        """What the nodes report."""
        leases = {node_id: len(self.led_by(node_id)) for node_id in NODE_IDS}
        return RangeCounts(self.total, self.underreplicated, self.unavailable, leases)

    def table_of(self, number: int, tables: list[Table]) -> tuple[Table, int]:
        """The table a range belongs to, and its place among that table's ranges."""
        return tables[(number - 1) % len(tables)], (number - 1) // len(tables)

    def count_of(self, place: int, tables: int) -> int:
        """How many ranges the table of a place has; every table has one."""
        return max(1, len(range(place + 1, self.total + 1, tables)))


def _qps(number: int) -> float:
    return round(1 + 997 * ((number * 2_654_435_761) % 1009) / 1009, 3)


def _keys(table: Table, part: int, more: bool) -> tuple[str, str, str, str]:
    """Start and end key, pretty and base64."""
    pretty = [f"/Table/{table.id}" + (f"/1/{part * 1000}" if part else "")]
    raw = [_table_key(table.id) + (b"\x89" + _int_key(part * 1000) if part else b"")]
    if more:
        pretty.append(f"/Table/{table.id}/1/{(part + 1) * 1000}")
        raw.append(_table_key(table.id) + b"\x89" + _int_key((part + 1) * 1000))
    else:
        pretty.append(f"/Table/{table.id + 1}")
        raw.append(_table_key(table.id + 1))
    start, end = (base64.b64encode(key).decode() for key in raw)
    return pretty[0], pretty[1], start, end


def _table_key(number: int) -> bytes:
    return bytes([136 + number]) if number <= _SMALL_ID else _int_key(number)


def _int_key(number: int) -> bytes:
    size = (number.bit_length() + 7) // 8
    return bytes([0xF5 + size]) + number.to_bytes(size, "big")


def range_json(ranges: Ranges, number: int, node_id: int, tables: list[Table], profile: Profile) -> dict[str, Any]:
    """``rangeInfo`` of a replica [H]; ``store_id`` and ``queries_per_second`` of ``desc`` are always 0 here [H]."""
    table, part = ranges.table_of(number, tables)
    more = number + len(tables) <= ranges.total
    pretty_start, pretty_end, start, end = _keys(table, part, more)
    leader = ranges.leaseholder(number) == node_id
    qps = _qps(number) if leader else 0.0
    stats = {"queries_per_second": qps, "writes_per_second": round(qps / 4, 3)}
    if profile.range_rates:
        stats |= {
            "requests_per_second": round(qps * 1.1, 3),
            "reads_per_second": round(qps * 3, 3),
            "write_bytes_per_second": round(qps * 64, 3),
            "read_bytes_per_second": round(qps * 512, 3),
            "cpu_time_per_second": round(qps * 21_000, 3),
        }
    return {
        "desc": {
            "range_id": number,
            **omit(start_key=start, end_key=end),
            "store_id": 0,
            "queries_per_second": 0,
        },
        "span": omit(start_key=pretty_start, end_key=pretty_end),
        **omit(source_node_id=node_id, source_store_id=node_id),
        "lease_history": [_lease(ranges.leaseholder(number), number)],
        "problems": omit(unavailable=number <= ranges.unavailable, underreplicated=number <= ranges.underreplicated),
        "stats": omit(**stats),
        **omit(quiescent=not leader, ticking=leader),
    }


def _lease(node_id: int, number: int) -> dict[str, Any]:
    at = {"wall_time": _LEASED + number * SECOND}
    return {
        "start": at,
        "replica": {"node_id": node_id, "store_id": node_id, "replica_id": node_id},
        "proposed_ts": at,
        "epoch": 1,
        "sequence": 1,
    }


def unreachable_json(error: str) -> dict[str, Any]:
    """The entry of a node that could not be asked: an error and a zero ``range_info`` [H]."""
    empty: dict[str, Any] = {
        "desc": {"range_id": 0, "store_id": 0, "queries_per_second": 0},
        "span": {},
        "lease_history": None,
        "problems": {},
        "stats": {},
    }
    return {"range_info": empty, "error": error}


def hot_json(ranges: Ranges, number: int, tables: list[Table], profile: Profile) -> dict[str, Any]:
    """A hot range in the shape of the version: three there are, see the reference."""
    table, part = ranges.table_of(number, tables)
    node_id = ranges.leaseholder(number)
    qps = _qps(number)
    if profile.hot == HOT_MAP:
        _unused, _unused, start, end = _keys(table, part, number + len(tables) <= ranges.total)
        keys = omit(start_key=start, end_key=end)
        return {"range_id": number, **keys, "store_id": node_id, "queries_per_second": qps}
    index = table.indexes[0].name
    result: dict[str, Any] = {"range_id": number, "node_id": node_id, "qps": qps}
    rates = {
        "writes_per_second": round(qps / 4, 3),
        "reads_per_second": round(qps * 3, 3),
        "write_bytes_per_second": round(qps * 64, 3),
        "read_bytes_per_second": round(qps * 512, 3),
        "cpu_time_per_second": round(qps * 21_000, 3),
    }
    if profile.hot == HOT_ARRAYS:
        # [H] The name of the schema is always empty in this shape.
        names = {
            "databases": [table.database],
            "tables": [f"{table.schema}.{table.name}"],
            "indexes": [index],
            "schema_name": "",
        }
        return {**result, **rates, "leaseholder_node_id": node_id, **names, **_replicas(node_id)}
    names = {
        "table_name": table.name,
        "database_name": table.database,
        "index_name": index,
        "schema_name": table.schema,
    }
    extra = rates if profile.range_rates else {}
    return {**result, **extra, "leaseholder_node_id": node_id, **names, **_replicas(node_id)}


def _replicas(node_id: int) -> dict[str, Any]:
    return {"replica_node_ids": list(NODE_IDS), "store_id": node_id}


def hot_of_node(ranges: Ranges, node_id: int) -> list[int]:
    """The ranges a node reports as hot: those whose lease it holds, the hottest first."""
    return sorted(ranges.led_by(node_id), key=lambda number: (-_qps(number), number))
