# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the audit log to an end: no entry lost, none twice, whether the server takes the cursor as inclusive or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .._cloud_api.client import PREFIX
from .._http.answers import TEXT, ListOf, Object, loaded
from .._http.paging import PageCount

PATH = "/auditlogevents"
UTC = ("Z", "+00:00")
SHAPE = Object({"entries": ListOf(Object(known={"id": TEXT, "created_at": TEXT}))}, {"next_starting_from": TEXT})


@dataclass(frozen=True)
class Page:
    """The *entries* of a page that were not known before, and where to go on behind them.

    *next_starting_from* is None where there is nothing to go on from, *next_exclude_ids* are the ids of entries already
    read that a server with an inclusive cursor would send again, *complete* is false where more may follow.
    """

    entries: list[dict[str, Any]]
    next_starting_from: str | None
    next_exclude_ids: list[str]
    complete: bool


def read_audit_log(
    get: Callable[[dict[str, Any]], dict[str, Any]],
    *,
    starting_from: str | None,
    exclude_ids: Iterable[str],
    sort_order: str,
    limit: int | None,
    max_entries: int | None,
) -> dict[str, Any]:
    """All that audit_log_pages() reads, payloads parsed, and what its last page says."""
    pages = list(
        audit_log_pages(
            get,
            starting_from=starting_from,
            exclude_ids=exclude_ids,
            sort_order=sort_order,
            limit=limit,
            max_entries=max_entries,
        )
    )
    return {
        "entries": [{**entry, "payload": parsed(entry.get("payload"))} for page in pages for entry in page.entries],
        "next_starting_from": pages[-1].next_starting_from,
        "next_exclude_ids": pages[-1].next_exclude_ids,
        "complete": pages[-1].complete,
    }


def audit_log_pages(
    get: Callable[[dict[str, Any]], dict[str, Any]],
    *,
    starting_from: str | None,
    exclude_ids: Iterable[str],
    sort_order: str,
    limit: int | None,
    max_entries: int | None,
) -> Iterator[Page]:
    """Follow the cursor until there is nothing behind it, the server gives none, or *max_entries* are read.

    *get* takes the query and returns a page. What is remembered is bounded by the entries of a page.
    """
    reading = _Reading(starting_from, list(exclude_ids), sort_order)
    cursor, complete, asked, widest, count = starting_from, False, limit, 0, 0
    # The cursors since the last new entry.
    cursors = {starting_from}
    pages = PageCount(
        f"GET {PREFIX}{PATH}",
        "Read it in parts, with starting_from; audit_log_export goes on behind what it has written",
    )
    while not complete and (max_entries is None or count < max_entries):
        query = {"sort_order": sort_order, "starting_from": cursor, "limit": asked}
        pages.ask()
        page = get({name: value for name, value in query.items() if value})
        pages.took(page)
        rows = page["entries"]
        new = reading.take(rows, cursor)
        following = page.get("next_starting_from")
        if following and cursor and reading.passed(following, cursor):
            following = cursor
        # A page of nothing but known entries is no end as long as the server moves on from it. Where it does not (an
        # inclusive cursor), only a longer page can show whether there is more behind it.
        stuck = not new and following in cursors
        complete = not following or not rows or (stuck and len(rows) <= widest)
        asked, widest = (2 * len(rows), len(rows)) if stuck else (limit, 0)
        cursors = {following} if new else cursors | {following}
        cursor = following or (cursor if sort_order == "ASC" else None)
        if max_entries is not None and count + len(new) > max_entries:
            new, complete = new[: max_entries - count], False
            reading.note(new)
            cursor = reading.whole or starting_from
        else:
            reading.note(new)
        count += len(new)
        again = [] if complete and cursor is None else reading.sent_again(cursor)
        yield Page(new, cursor, again, complete)
        reading.forget(cursor)


class _Reading:
    """What is remembered of the entries that were read: those that the server may send again."""

    def __init__(self, starting_from: str | None, given_ids: list[str], sort_order: str) -> None:
        self._starting_from = starting_from
        self._given = dict.fromkeys(given_ids)
        self._ascending = sort_order == "ASC"
        self._known: dict[Any, Any] = {}
        self._last: Any = None
        # The last timestamp before that of the last entry: entries of the last one may be missing where a cap cuts them off.
        self.whole: Any = None

    def take(self, rows: list[dict[str, Any]], cursor: str | None) -> list[dict[str, Any]]:
        """The rows that are new; a row on the far side of the *cursor* that was asked for has been read before."""
        for row in rows:
            if row.get("id") in self._given:
                self._known[row["id"]] = row.get("created_at")
        return [
            row
            for row in rows
            if row.get("id") not in self._known
            and row.get("id") not in self._given
            and not (cursor and self.passed(row.get("created_at"), cursor))
        ]

    def note(self, entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            moment = entry.get("created_at")
            if moment != self._last:
                self.whole, self._last = self._last, moment
            self._known[entry.get("id")] = moment

    def sent_again(self, cursor: str | None) -> list[Any]:
        """The ids of entries that a server with an inclusive cursor would send again from *cursor* on."""
        if cursor is None or cursor == self._starting_from:
            names = [*self._given, *(name for name in self._known if name not in self._given)]
        else:
            names = [name for name, moment in self._known.items() if not self._before(moment, cursor)]
        return [name for name in names if name is not None]

    def forget(self, cursor: str | None) -> None:
        """Forget what lies before *cursor* and before the last whole timestamp."""
        if cursor is not None and cursor != self._starting_from and self.whole is not None:
            self._known = {
                name: moment
                for name, moment in self._known.items()
                if not (self._before(moment, cursor) and self._before(moment, self.whole))
            }

    def passed(self, stamp: Any, cursor: str) -> bool:
        """As _before(), where both are certain to be UTC: a user's start can be in any zone."""
        return str(stamp).endswith(UTC) and cursor.endswith(UTC) and self._before(stamp, cursor)

    def _before(self, stamp: Any, cursor: str) -> bool:
        """Whether *stamp* lies strictly on the side of *cursor* that a server will not send again."""
        one, other = _moment(stamp), _moment(cursor)
        return one < other if self._ascending else one > other


def _moment(stamp: Any) -> tuple[str, str]:
    """A sortable form of an RFC 3339 stamp in UTC with any number of fractional digits."""
    whole, _dot, fraction = str(stamp).removesuffix("Z").removesuffix("+00:00").partition(".")
    return whole, fraction.ljust(9, "0")


def parsed(payload: Any) -> Any:
    """*payload* as an object where it is JSON text."""
    if not isinstance(payload, str) or not payload:
        return payload
    try:
        return loaded(payload)
    except (ValueError, RecursionError):
        return payload
