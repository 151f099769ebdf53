# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the audit log to an end: no entry lost, none twice, whether the server takes the cursor as inclusive or not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

PATH = "/auditlogevents"


def read_audit_log(
    get: Callable[[dict[str, Any]], dict[str, Any]],
    *,
    starting_from: str | None,
    exclude_ids: Iterable[str],
    sort_order: str,
    limit: int | None,
    max_entries: int | None,
) -> dict[str, Any]:
    """Follow the cursor until there is nothing behind it, the server gives none, or *max_entries* are read.

    *get* takes the query and returns a page. Returns ``entries`` (payloads parsed), ``next_starting_from`` (None
    where there is nothing to go on from), ``next_exclude_ids``: the ids of entries already read that a server with an
    inclusive cursor would send again, and ``complete``: false where max_entries ended it.
    """
    given_ids = list(exclude_ids)
    seen = set(given_ids)
    entries: list[dict[str, Any]] = []
    sent_again: dict[Any, dict[str, Any]] = {}
    cursor, complete, asked, cursors, widest = starting_from, False, limit, {starting_from}, 0
    while not complete and (max_entries is None or len(entries) < max_entries):
        query = {"sort_order": sort_order, "starting_from": cursor, "limit": asked}
        page = get({name: value for name, value in query.items() if value})
        rows = page.get("entries") or []
        new = [entry for entry in rows if entry.get("id") not in seen]
        sent_again.update((entry["id"], entry) for entry in rows if entry.get("id") in given_ids)
        seen.update(entry.get("id") for entry in new)
        entries += new
        following = page.get("next_starting_from")
        # A page of nothing but known entries is no end as long as the server moves on from it. Where it does not (an
        # inclusive cursor), only a longer page can show whether there is more behind it.
        stuck = not new and following in cursors
        complete = not following or not rows or (stuck and len(rows) <= widest)
        asked, widest = (2 * len(rows), len(rows)) if stuck else (limit, 0)
        cursors.add(following)
        cursor = following or (cursor if sort_order == "ASC" else None)
    if max_entries is not None and len(entries) > max_entries:
        entries, complete = entries[:max_entries], False
        cursor = _last_whole_moment(entries, starting_from)
    if cursor is None or cursor == starting_from:
        again = [*given_ids, *(entry["id"] for entry in entries)]
    else:
        known = [*sent_again.values(), *entries]
        again = [entry["id"] for entry in known if not _before(entry, cursor, sort_order)]
    return {
        "entries": [{**entry, "payload": _parsed(entry.get("payload"))} for entry in entries],
        "next_starting_from": cursor,
        "next_exclude_ids": [] if complete and cursor is None else again,
        "complete": complete,
    }


def _last_whole_moment(entries: list[dict[str, Any]], starting_from: str | None) -> str | None:
    """The last timestamp before that of the last entry: entries of the last one may be missing where a cap cut them off."""
    last = entries[-1].get("created_at") if entries else None
    return next((entry["created_at"] for entry in reversed(entries) if entry.get("created_at") != last), starting_from)


def _before(entry: dict[str, Any], cursor: str, sort_order: str) -> bool:
    """Whether *entry* lies strictly on the side of *cursor* that a server will not send again."""
    moment = _moment(entry.get("created_at"))
    return moment < _moment(cursor) if sort_order == "ASC" else moment > _moment(cursor)


def _moment(stamp: Any) -> tuple[str, str]:
    """A sortable form of an RFC 3339 stamp in UTC with any number of fractional digits."""
    whole, _dot, fraction = str(stamp).removesuffix("Z").removesuffix("+00:00").partition(".")
    return whole, fraction.ljust(9, "0")


def _parsed(payload: Any) -> Any:
    if not isinstance(payload, str) or not payload:
        return payload
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return payload
