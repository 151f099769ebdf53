# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two paging styles [H], with all that is odd about them.

* ``limit`` and ``offset``: a ``limit`` that is missing, no number or not positive means everything, and then the
  offset is ignored too; an offset that is no number is 0. ``next`` comes in two flavours: ``exact`` (nodes, node
  ranges, databases) has it only when there is more, ``full`` (events, grants, tables) whenever the page is full.
* ``limit`` and ``start``: the token is base64url of ``queried,|inProgress|index|toQuery,`` and is always there.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_TOKEN = re.compile(r"((?:[0-9]{1,9},)*)\|([0-9]{1,9})\|([0-9]{1,9})\|((?:[0-9]{1,9},)*)", re.ASCII)


def atoi(text: str | None) -> int | None:
    """Go's ``strconv.Atoi``; ``None`` where it errs."""
    return int(text) if text is not None and _INTEGER.fullmatch(text) else None


def limit_of(query: Mapping[str, str]) -> int:
    """The limit; 0 is without one."""
    return max(0, atoi(query.get("limit")) or 0)


@dataclass(slots=True)
class Page(Generic[T]):
    """Items and the offset of the next page, 0 when there is none."""

    items: list[T]
    next: int = 0


def cut(items: Sequence[T], query: Mapping[str, str], *, exact: bool) -> Page[T]:
    """A page of the offset style."""
    limit = limit_of(query)
    if not limit:
        return Page(list(items))
    offset = max(0, atoi(query.get("offset")) or 0)
    page = list(items[offset : offset + limit])
    end = offset + len(page)
    more = end < len(items) if exact else len(page) >= limit
    return Page(page, end if more else 0)


@dataclass(slots=True)
class NodeCursor:
    """Where a listing over all nodes stands."""

    queried: list[int] = field(default_factory=list)
    in_progress: int = 0
    index: int = 0
    to_query: list[int] = field(default_factory=list)

    @classmethod
    def parse(cls, token: str) -> NodeCursor:
        """Read a token; anything else is the first page."""
        try:
            found = _TOKEN.fullmatch(base64.b64decode(token.encode(), b"-_", validate=True).decode("ascii"))
        except ValueError:
            found = None
        if found is None:
            return cls()
        queried, node, index, to_query = found.groups()
        return cls(_numbers(queried), int(node), int(index), _numbers(to_query))

    def token(self) -> str:
        """The text for ``next``."""
        ends = ("".join(f"{node}," for node in nodes) for nodes in (self.queried, self.to_query))
        text = f"{next(ends)}|{self.in_progress}|{self.index}|{next(ends)}"
        return base64.urlsafe_b64encode(text.encode()).decode()

    def merge(self, nodes: Sequence[int]) -> None:
        """Take in nodes the token does not know, and start with the first one."""
        known = {*self.queried, self.in_progress, *self.to_query}
        self.to_query += [node for node in nodes if node not in known]
        if not self.in_progress:
            self._advance()

    def _advance(self) -> None:
        self.index = 0
        self.in_progress = self.to_query.pop(0) if self.to_query else 0

    def collect(self, limit: int, items_of: Callable[[int], Sequence[T]]) -> list[T]:
        """The next ``limit`` items; moves the cursor."""
        page: list[T] = []
        while self.in_progress and len(page) < limit:
            items = items_of(self.in_progress)
            start = min(self.index, len(items))
            taken = items[start : start + limit - len(page)]
            page += taken
            self.index = start + len(taken)
            if self.index >= len(items):
                self.queried.append(self.in_progress)
                self._advance()
        return page


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part]
