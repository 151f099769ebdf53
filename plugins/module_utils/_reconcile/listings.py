# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listings that the items of one task's loop share: read once, kept true by our own writes, never older than a minute."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

OLDEST = 60.0


class Listings:
    """Rows of collections by path, none older than *oldest* seconds.

    One object belongs to one client, so to one URL, key and API version.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, oldest: float = OLDEST) -> None:
        self._clock = clock
        self._oldest = oldest
        self._known: dict[str, tuple[float, list[Any]]] = {}
        self._lock = threading.Lock()

    def rows(self, path: str, read: Callable[[], list[Any]], *, fresh: bool = False) -> list[Any]:
        """The rows of *path*, from memory where they are young enough and *fresh* does not forbid it."""
        known = self._known.get(path)
        if fresh or known is None or self._clock() - known[0] > self._oldest:
            known = (self._clock(), read())
            self._known[path] = known
        return known[1]

    def known(self, path: str) -> list[Any] | None:
        """The rows of *path* where somebody has read it; None otherwise."""
        found = self._known.get(path)
        return found[1] if found else None

    def replace(self, path: str, same: Callable[[Any], bool], row: Any | None) -> None:
        """Note that we changed (or with *row* None: removed) the row for which *same* holds."""
        with self._lock:
            known = self._known.get(path)
            if known is None:
                return
            rows = [item for item in known[1] if not same(item)]
            if row is not None:
                rows.append(row)
            self._known[path] = (known[0], rows)

    def forget(self, path: str | None = None) -> None:
        """Read *path* (or everything) anew the next time: what is there now is anybody's guess."""
        with self._lock:
            if path is None:
                self._known.clear()
            else:
                self._known.pop(path, None)
