# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log of requests that the control plane shows: what came in, what was answered.

An entry is ``{"at", "api", "method", "path", "query", "status", "effect", "key", "api_version", "duration_ms"}``;
``api`` is ``"cloud"`` or ``"cluster"``, ``path`` as sent (still escaped), ``status`` the number that was sent or
``"dropped"``, ``key`` a fingerprint of the bearer or the session, or ``null``. ``effect`` is ``"read"`` for GET,
HEAD and searches of SCIM, else ``"write"``; of the POSTs of the Cluster API login and logout are reads, and statements that are only parsed
or only read. Neither bodies nor headers are kept, nor a password in a query. An entry is there before its answer
leaves, so a test that has the answer finds the entry.
"""

from __future__ import annotations

import json
import time
from collections import deque
from pathlib import Path
from typing import IO, Any

from crdb_emulator.times import format_ns

# Old entries go first; a run that never resets must not eat the machine.
MAX_ENTRIES = 200_000


class RequestLog:
    """Entries in memory and, if asked, one JSON line each in a file."""

    def __init__(self, path: str | None = None) -> None:
        self.entries: deque[dict[str, Any]] = deque(maxlen=MAX_ENTRIES)
        self._file: IO[str] | None = Path(path).open("a", encoding="utf-8", buffering=1) if path else None  # noqa: SIM115

    def add(
        self,
        at: int,
        method: str,
        path: str,
        query: str,
        status: int | str,
        key: str | None,
        version: str | None,
        *,
        api: str,
        effect: str,
    ) -> None:
        """Note one request."""
        entry: dict[str, Any] = {
            "at": format_ns(at),
            "api": api,
            "method": method,
            "path": path,
            "query": query,
            "status": status,
            "effect": effect,
            "key": key,
            "api_version": version,
            "duration_ms": round((time.time_ns() - at) / 1e6, 3),
        }
        self.entries.append(entry)
        if self._file is not None:
            self._file.write(json.dumps(entry) + "\n")

    def clear(self) -> None:
        """Forget the entries in memory; the file keeps its lines."""
        self.entries.clear()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
