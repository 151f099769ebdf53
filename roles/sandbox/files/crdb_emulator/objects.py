# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of all nouns that are kept as plain rows, and what becomes of them when their time has come.

They lie in collections: the name of a noun, and the id of the cluster they are below (empty: the organization). A row is
a dictionary by the names of the API; keys that begin with an underscore never leave the emulator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from crdb_emulator.times import SECOND

Row = dict[str, Any]


class Objects:
    """Every collection. ``outcomes`` says by noun how the next object made of it shall end, as fields to set."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._collections: dict[tuple[str, str], dict[str, Row]] = {}
        self.outcomes: dict[str, Row] = {}

    def clear(self) -> None:
        """Forget everything."""
        self._collections.clear()
        self.outcomes.clear()

    def forget(self, cluster_id: str) -> None:
        """A cluster is gone, and all that was below it."""
        for key in [key for key in self._collections if key[1] == cluster_id]:
            del self._collections[key]

    def rows(self, noun: str, parent: str = "") -> dict[str, Row]:
        """The rows of a collection by id, as they are now."""
        rows = self._collections.setdefault((noun, parent), {})
        for key, row in list(rows.items()):
            if row.get("_due", self._now() + 1) <= self._now():
                del row["_due"]
                _become(rows, key, row.pop("_then"))
        return rows

    def __iter__(self) -> Iterator[tuple[str, str, dict[str, Row]]]:
        """Noun, parent and rows of each collection that is not empty."""
        for noun, parent in sorted(self._collections):
            rows = self.rows(noun, parent)
            if rows:
                yield noun, parent, rows

    def later(self, rows: dict[str, Row], key: str, seconds: float, then: Row | None) -> None:
        """Let a row change to ``then``, or go where that is ``None``, in so many seconds; at once without any."""
        rows[key].pop("_due", None)
        if seconds <= 0:
            _become(rows, key, then)
        else:
            rows[key].update(_due=self._now() + int(seconds * SECOND), _then=then)

    def patch(self, noun: str, parent: str, key: str, change: Row | None) -> None:
        """Merge fields into a row, or put it there; ``None`` removes it. What was under way is forgotten."""
        rows = self.rows(noun, parent)
        if change is None:
            rows.pop(key, None)
            return
        row = rows.setdefault(key, {})
        row.pop("_due", None)
        row.pop("_then", None)
        _become(rows, key, change)


def shown(row: Row) -> Row:
    """A row without what never leaves the emulator."""
    return {name: value for name, value in row.items() if not name.startswith("_")}


def _become(rows: dict[str, Row], key: str, then: Row | None) -> None:
    if then is None:
        del rows[key]
        return
    rows[key].update(then)
    for name in [name for name, value in then.items() if value is None]:
        del rows[key][name]
