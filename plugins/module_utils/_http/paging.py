# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An end for every listing, also for one whose server always names another page."""

from __future__ import annotations

from typing import Any

from .._base.errors import CrdbError

MOST_PAGES = 1000
MOST_ROWS = 500_000


class PageCount:
    """Counts the pages of one listing, which errors call *name*; *way_out* is their hint."""

    def __init__(self, name: str, way_out: str = "") -> None:
        self._name = name
        self._way_out = way_out
        self._pages = self._rows = 0

    def ask(self) -> None:
        """Call this before each page is asked for; CrdbError where there have been too many."""
        if self._pages >= MOST_PAGES or self._rows >= MOST_ROWS:
            raise CrdbError(
                f"{self._name} names another page after {self._pages} pages with {self._rows} rows, and no more than "
                f"{MOST_PAGES} pages or {MOST_ROWS} rows are read; the listing can't be completed",
                self._way_out,
            )
        self._pages += 1

    def took(self, body: Any) -> None:
        """Call this with each page."""
        if isinstance(body, dict):
            self._rows += sum(len(rows) for rows in body.values() if isinstance(rows, list))
