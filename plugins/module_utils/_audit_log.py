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
    """Follow the cursor until a page adds nothing new, the server gives no cursor, or *max_entries* are read.

    *get* takes the query and returns a page. Returns ``entries`` (payloads parsed), ``next_starting_from`` (None
    where there is nothing to go on from), ``next_exclude_ids``: the ids of entries already read that a server with an
    inclusive cursor would send again, and ``complete``: false where max_entries ended it.
    """
    given_ids = list(exclude_ids)
    seen = set(given_ids)
    entries: list[dict[str, Any]] = []
    cursor, complete = starting_from, False
    while not complete and (max_entries is None or len(entries) < max_entries):
        query = {"sort_order": sort_order, "starting_from": cursor, "limit": limit}
        page = get({name: value for name, value in query.items() if value})
        new = [entry for entry in page.get("entries") or [] if entry.get("id") not in seen]
        seen.update(entry.get("id") for entry in new)
        entries += new
        following = page.get("next_starting_from")
        complete = not following or not new
        cursor = following or (cursor if sort_order == "ASC" else None)
    if max_entries is not None and len(entries) > max_entries:
        entries, complete = entries[:max_entries], False
        cursor = _last_whole_moment(entries, starting_from)
    again = [entry["id"] for entry in entries if cursor is None or not _before(entry, cursor, sort_order)]
    again += given_ids if cursor == starting_from else []
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
