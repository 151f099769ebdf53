# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log: one entry for each call that changes something, success or failure.

[D] ``GET /auditlogevents`` takes ``starting_from``, ``sort_order`` and ``limit`` (200; approximate, because all
entries of the last timestamp are always returned) and answers ``{"entries", "next_starting_from"}``; ascending, the
latter is always there; descending, until the oldest entry is reached. The specification calls ``starting_from``
exclusive, the documentation page inclusive: an option. The payload is an object before 2024-09-16 and JSON text
since; secrets never get into it.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from crdb_emulator.times import format_ns
from crdb_emulator.versions import ApiVersion

PREFIX = "AUDIT_LOG_ACTION_"
SOURCE = "AUDIT_LOG_SOURCE_CC_API"
DEFAULT_LIMIT = 200
_STEP = 1000
_SECRET = re.compile("password|secret|shared_key|api_key|otlp_headers")


@dataclass(slots=True)
class AuditEntry:
    """An entry; ``payload`` is kept as an object."""

    id: str
    created: int
    action: str
    source: str = SOURCE
    cluster_id: str = ""
    cluster_name: str = ""
    trace_id: str = ""
    session_id: str = ""
    user_email: str = ""
    service_account_name: str = ""
    error: str = ""
    ip_address: str = ""
    payload: Any = field(default_factory=dict)

    def to_json(self, version: ApiVersion) -> dict[str, Any]:
        """The shape of a version."""
        text = version >= ApiVersion.V2024_09_16
        return {
            "id": self.id,
            "created_at": format_ns(self.created),
            "action": self.action,
            "source": self.source,
            "cluster_id": self.cluster_id,
            "cluster_name": self.cluster_name,
            "user_email": self.user_email,
            "service_account_name": self.service_account_name,
            "session_id": self.session_id,
            "trace_id": self.trace_id,
            "error": self.error,
            "metadata": {"ip_address": self.ip_address},
            "payload": json.dumps(self.payload, ensure_ascii=False) if text else self.payload,
        }


def without_passwords(value: Any) -> Any:
    """A copy of a request body without anything that is called as secrets are."""
    if isinstance(value, dict):
        return {key: without_passwords(item) for key, item in value.items() if not _SECRET.search(key.lower())}
    return [without_passwords(item) for item in value] if isinstance(value, list) else value


_created = attrgetter("created")


class AuditLog:
    """Entries in the order of their timestamps."""

    def __init__(self, *, inclusive: bool = False) -> None:
        self.inclusive = inclusive
        self.entries: list[AuditEntry] = []
        self._last = 0

    def clear(self) -> None:
        """Forget every entry."""
        self.entries.clear()
        self._last = 0

    def unique_time(self, now: int) -> int:
        """A timestamp later than that of every earlier call, so that the order of calls stays visible."""
        self._last = max(now, self._last + _STEP)
        return self._last

    def add(self, entry: AuditEntry) -> None:
        """Insert an entry at its place, behind others of the same timestamp."""
        self.entries.insert(bisect_right(self.entries, entry.created, key=_created), entry)

    def page(
        self, start: int | None, limit: int, origin: int, now: int, *, descending: bool
    ) -> tuple[list[AuditEntry], int | None]:
        """Entries from ``start`` on, and the timestamp to go on from (``None``: the oldest entry was reached)."""
        if descending:
            return self._backward(now + 1 if start is None else start, limit, inclusive=self.inclusive or start is None)
        return self._forward(start, limit, origin)

    def _forward(self, start: int | None, limit: int, origin: int) -> tuple[list[AuditEntry], int | None]:
        entries = self.entries
        first = bisect_left if self.inclusive else bisect_right
        low = 0 if start is None else first(entries, start, key=_created)
        high = min(low + limit, len(entries))
        if high > low:
            high = bisect_right(entries, entries[high - 1].created, key=_created)
        page = entries[low:high]
        if not self.inclusive:
            return page, page[-1].created if page else (origin if start is None else start)
        if high < len(entries):
            return page, entries[high].created
        return page, page[-1].created + _STEP if page else (origin if start is None else start)

    def _backward(self, start: int, limit: int, *, inclusive: bool) -> tuple[list[AuditEntry], int | None]:
        entries = self.entries
        high = (bisect_right if inclusive else bisect_left)(entries, start, key=_created)
        low = max(high - limit, 0)
        if high > low:
            low = bisect_left(entries, entries[low].created, key=_created)
        page = entries[low:high][::-1]
        if low == 0:
            return page, None
        return page, entries[low - 1].created if self.inclusive else entries[low].created
