# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL sessions, the same in every run: who is connected, and what they do. The shape is that of ``/sessions/`` [H]."""

from __future__ import annotations

import base64
import hashlib
import time
import uuid
from typing import Any

from crdb_emulator.cluster_api.gojson import omit
from crdb_emulator.cluster_api.nodes import NODE_IDS
from crdb_emulator.cluster_api.profiles import Profile
from crdb_emulator.times import SECOND, parse_ns

ACTIVE, CLOSED, IDLE = 0, 1, 2
INTERNAL_PREFIX = "$ internal"

_FIRST = parse_ns("2026-01-15T08:00:00Z")
_STATES = (ACTIVE, IDLE, CLOSED)
_USERS = ("app", "root", "maxroach", "reporting")
_APPS = ("orders", "$ cockroach sql", "billing", "metabase")
_SQL = "SELECT balance FROM bank.public.accounts WHERE id = {}"
_NO_CONSTANTS = "SELECT balance FROM bank.public.accounts WHERE id = _"
_NO_DEADLINE = "0001-01-01T00:00:00Z"
_LAST_SUMMARY = "SELECT balance FROM bank.public.acc..."


def go_time(value: int) -> str:
    """``time.RFC3339Nano`` in UTC: no trailing zeros in the fraction."""
    seconds, fraction = divmod(value, SECOND)
    digits = f".{fraction:09d}".rstrip("0").rstrip(".")
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}{digits}Z"


class SqlSessions:
    """``total`` sessions; number ``i`` (from 0) is on node ``i % 3 + 1`` and started ``i`` seconds after the first."""

    def __init__(self, total: int) -> None:
        self.total = total

    def of_node(self, node_id: int, *, user: str, closed: bool) -> list[int]:
        """The numbers of a node's sessions, by start."""
        return [
            number
            for number in range(node_id - 1, self.total, len(NODE_IDS))
            if (not user or user_of(number) == user) and (closed or status_of(number) != CLOSED)
        ]


def user_of(number: int) -> str:
    """The SQL user of a session."""
    return _USERS[number % len(_USERS)]


def status_of(number: int) -> int:
    """The status of a session."""
    # Not in step with the nodes, so that each node has sessions of each kind.
    return _STATES[(number + number // 3) % 3]


def session_json(number: int, profile: Profile) -> dict[str, Any]:
    """One session in the shape of the version."""
    digest = hashlib.sha256(f"session/{number}".encode()).digest()
    start = _FIRST + number * SECOND + number * 1_000
    status = status_of(number)
    active = status == ACTIVE
    name = _APPS[number % len(_APPS)]
    result = omit(
        node_id=number % len(NODE_IDS) + 1,
        username=user_of(number),
        client_address=f"192.0.2.{number % 250 + 1}:{50_000 + number % 10_000}",
        application_name=name,
    )
    result["active_queries"] = [_query(number, digest, start, profile)] if active else []
    result["start"] = go_time(start)
    result |= omit(
        last_active_query="" if active else _SQL.format(number % 10 + 1),
        id=base64.b64encode(digest[:16]).decode(),
        alloc_bytes=0 if status == CLOSED else 10_240,
        max_alloc_bytes=0 if status == CLOSED else 20_480,
    )
    if active:
        result["active_txn"] = _transaction(number, digest, start, profile)
    result |= omit(last_active_query_no_constants="" if active else _NO_CONSTANTS)
    if profile.session_status:
        result |= omit(status=status)
        if status == CLOSED:
            result["end"] = go_time(start + 90 * SECOND)
        result |= omit(num_txns_executed=number % 7 + 1)
        result["txn_fingerprint_ids"] = [int.from_bytes(digest[16:23], "big")]
        result["total_active_time"] = 1_500_000 * (number % 7 + 1)
    if profile.backend_pid:
        result |= omit(pg_backend_pid=100_000 + number, trace_id=number % 5, goroutine_id=300 + number)
    return result


def _query(number: int, digest: bytes, start: int, profile: Profile) -> dict[str, Any]:
    result = {
        **omit(id=digest[:16].hex()),
        "txn_id": str(uuid.UUID(bytes=digest[:16])),
        "sql": _SQL.format(number % 10 + 1),
        "start": go_time(start + SECOND),
        "phase": 1,
        "sql_no_constants": _NO_CONSTANTS,
    }
    if profile.number >= (22, 1):
        result["sql_summary"] = _LAST_SUMMARY
    if profile.session_status:
        result |= {"elapsed_time": 2_000_000_000, "database": "bank"}
    return result


def _transaction(number: int, digest: bytes, start: int, profile: Profile) -> dict[str, Any]:
    result = {
        "id": str(uuid.UUID(bytes=digest[:16])),
        "start": go_time(start + SECOND),
        "txn_description": f'"sql txn" meta={{id={digest[:4].hex()} key=/Min}} rw=false',
        "num_statements_executed": number % 4 + 1,
        "deadline": _NO_DEADLINE,
        "implicit": True,
        "alloc_bytes": 10_240,
        "max_alloc_bytes": 10_240,
        "priority": "normal",
    }
    if profile.number >= (22, 1):
        result["quality_of_service"] = "regular"
    if profile.session_status:
        result["elapsed_time"] = 2_000_000_000
    if profile.number >= (23, 2):
        result["isolation_level"] = "SERIALIZABLE"
    return result
