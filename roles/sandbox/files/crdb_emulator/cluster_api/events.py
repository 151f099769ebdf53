# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event log, newest first, the same in every run. The shape is that of ``/events/`` [H]: ``info`` is JSON inside
a string, statements and values of settings are redacted.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from crdb_emulator.cluster_api.gojson import go_json
from crdb_emulator.cluster_api.nodes import NODE_IDS
from crdb_emulator.cluster_api.profiles import Profile
from crdb_emulator.cluster_api.sqlsessions import go_time
from crdb_emulator.times import SECOND, parse_ns

_FIRST = parse_ns("2026-01-10T06:00:30Z")
_GAP = 37 * SECOND
_HIDDEN = "<hidden>"
_KINDS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("node_join", 1, {"NodeID": 1, "StartedAt": 1_768_024_800_000_000_000}),
    ("create_database", 104, {"Statement": _HIDDEN, "Tag": "CREATE DATABASE", "User": "root", "DatabaseName": "movr"}),
    ("create_table", 106, {"Statement": _HIDDEN, "Tag": "CREATE TABLE", "User": "root", "TableName": "users"}),
    ("set_cluster_setting", 0, {"Tag": "SET CLUSTER SETTING", "User": "root", "SettingName": "v", "Value": _HIDDEN}),
    ("create_role", 0, {"Statement": _HIDDEN, "Tag": "CREATE ROLE", "User": "root", "RoleName": "maxroach"}),
    ("change_table_privilege", 121, {"Statement": _HIDDEN, "Tag": "GRANT", "User": "root", "Grantee": "maxroach"}),
    ("alter_table", 106, {"Statement": _HIDDEN, "Tag": "ALTER TABLE", "User": "root", "TableName": "users"}),
    ("finish_schema_change", 106, {"InstanceID": 1, "DescriptorID": 106}),
    ("node_restart", 2, {"NodeID": 2, "LastUp": 1_768_024_900_000_000_000}),
    ("drop_table", 140, {"Statement": _HIDDEN, "Tag": "DROP TABLE", "User": "root", "TableName": "old"}),
)


class EventLog:
    """``total`` events; number 0 is the oldest."""

    def __init__(self, total: int, profile: Profile) -> None:
        self.total = total
        self._profile = profile
        self._made: dict[int, dict[str, Any]] = {}

    def listing(self, kind: str, target: int | None) -> list[int]:
        """Numbers of events, newest first; of one type, and where the version knows targets also of one target."""
        wanted = {
            place
            for place, (name, target_id, _unused) in enumerate(_KINDS)
            if (not kind or name == kind) and (target is None or not self._profile.targets or target_id == target)
        }
        return [number for number in range(self.total - 1, -1, -1) if number % len(_KINDS) in wanted]

    def event_json(self, number: int) -> dict[str, Any]:
        """One event."""
        made = self._made.get(number)
        if made is None:
            made = self._made[number] = self._make(number)
        return made

    def _make(self, number: int) -> dict[str, Any]:
        kind, target, info = _KINDS[number % len(_KINDS)]
        at = _FIRST + number * _GAP
        details = {"Timestamp": at, "EventType": kind, **info}
        event: dict[str, Any] = {"timestamp": go_time(at), "event_type": kind}
        if self._profile.targets and target:
            event["target_id"] = target
        event["reporting_id"] = number % len(NODE_IDS) + 1
        event["info"] = go_json(details).decode()
        event["unique_id"] = base64.b64encode(hashlib.sha256(f"event/{number}".encode()).digest()[:16]).decode()
        return event
