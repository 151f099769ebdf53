# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of a sorted list, in the three dialects the service has had.

* Since 2022-09-20 [D]: ``pagination.page`` (an opaque token), ``pagination.limit``, ``pagination.sort_order``; the
  answer has ``{"next_page", "previous_page"}``, or ``null`` when everything fits one page.
* 2022-03-31 [D]: ``pagination.start_key``, ``pagination.direction``, ``pagination.limit``, ``pagination.order``; the
  answer has ``{"next", "last", "limit", "time", "order"}`` with strings.
* 2022-03-31 in the seed profile [D]: ``pagination.start`` is an offset; ``next`` and ``last`` are the offsets of the
  next and the previous page (0 for none), with ``total_results``. Always present.

Tokens carry the sort key of an item, not an offset, so that a page neither repeats nor skips items when others go. A
token is valid only for the list and order it was made for [G]; anything else is answered with 400.
"""

from __future__ import annotations

import base64
import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from crdb_emulator.errors import invalid
from crdb_emulator.store import SortKey
from crdb_emulator.times import format_ns, parse_ns
from crdb_emulator.versions import ApiVersion

Item = TypeVar("Item")
Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pager:
    """How a request wants its pages: the version it speaks, the profile, the page size, the time."""

    version: ApiVersion
    seed: bool
    page_size: int
    now: int

    def cut(
        self, what: str, items: Sequence[Item], keys: Sequence[SortKey], query: Query
    ) -> tuple[Sequence[Item], Any]:
        """One page of ``items`` (ascending by ``keys``) and the pagination block; raises ``ApiError`` 400."""
        limit = self._limit(query)
        old = self.version == ApiVersion.V2022_03_31
        descending = _order(query, "pagination.order" if old else "pagination.sort_order") == "DESC"
        _timestamp(query, "pagination.time" if old else "pagination.as_of_time")
        if old and self.seed:
            return self._offsets(items, query, limit, descending=descending)
        token = query.get("pagination.start_key" if old else "pagination.page", "")
        backward = False
        key: SortKey | None = None
        if token:
            key, backward = _decode(token, what, descending=descending)
        if old:
            direction = query.get("pagination.direction", "")
            if direction not in ("", "PAGE_DIRECTION_NEXT", "PAGE_DIRECTION_LAST"):
                raise _bad_enum("pagination.direction", direction)
            backward = bool(token) and (backward or direction == "PAGE_DIRECTION_LAST")
        low, high = _window(keys, key, limit, descending=descending, backward=backward)
        page = items[low:high]
        if descending:
            page = page[::-1]
        if low == 0 and high == len(items):
            return page, None
        first, last = (high - 1, low) if descending else (low, high - 1)
        more = low > 0 if descending else high < len(items)
        less = high < len(items) if descending else low > 0
        following = _encode(keys[last], what, descending=descending, backward=False) if more and page else ""
        previous = _encode(keys[first], what, descending=descending, backward=True) if less and page else ""
        if old:
            order = "DESC" if descending else "ASC"
            return page, {
                "next": following,
                "last": previous,
                "limit": limit,
                "time": format_ns(self.now),
                "order": order,
            }
        return page, {"next_page": following, "previous_page": previous}

    def _limit(self, query: Query) -> int:
        asked = integer(query, "pagination.limit")
        if asked < 0:
            raise invalid("pagination.limit must not be negative")
        return min(asked, self.page_size) if asked else self.page_size

    def _offsets(
        self, items: Sequence[Item], query: Query, limit: int, *, descending: bool
    ) -> tuple[Sequence[Item], Any]:
        start = integer(query, "pagination.start")
        if start < 0:
            raise invalid("pagination.start must not be negative")
        ordered = items[::-1] if descending else items
        page = ordered[start : start + limit]
        return page, {
            "next": start + limit if start + limit < len(items) else 0,
            "last": max(start - limit, 0),
            "limit": limit,
            "total_results": len(items),
            "time": format_ns(self.now),
            "order": "DESC" if descending else "ASC",
        }


def _window(
    keys: Sequence[SortKey], key: SortKey | None, limit: int, *, descending: bool, backward: bool
) -> tuple[int, int]:
    total = len(keys)
    if descending != backward:
        high = total if key is None else bisect_left(keys, key)
        return max(high - limit, 0), high
    low = 0 if key is None else bisect_right(keys, key)
    return low, min(low + limit, total)


def _encode(key: SortKey, what: str, *, descending: bool, backward: bool) -> str:
    text = json.dumps([what, int(descending), int(backward), list(key)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(token: str, what: str, *, descending: bool) -> tuple[SortKey, bool]:
    try:
        text = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        name, order, backward, key = json.loads(text)
        if name != what or bool(order) != descending or not isinstance(key, list) or not key:
            raise ValueError(token)
        if not all(isinstance(part, (int, float, str)) for part in key):
            raise ValueError(token)
    except (ValueError, TypeError, RecursionError):
        raise invalid("invalid page token") from None
    return tuple(key), bool(backward)


def _order(query: Query, name: str) -> str:
    order = query.get(name, "")
    if order not in ("", "ASC", "DESC"):
        raise _bad_enum(name, order)
    return order


def _timestamp(query: Query, name: str) -> None:
    text = query.get(name, "")
    if text:
        try:
            parse_ns(text)
        except ValueError:
            raise invalid(f'type mismatch, parameter: {name}, error: bad timestamp "{text}"', prefix=False) from None


def _bad_enum(name: str, value: str) -> Exception:
    return invalid(f'type mismatch, parameter: {name}, error: invalid value for enum type: "{value}"', prefix=False)


def integer(query: Query, name: str) -> int:
    """A 32-bit integer of the query, 0 when absent; raises ``ApiError`` 400 with the gateway's text [G]."""
    text = query.get(name, "")
    if not text:
        return 0
    if (
        not text.lstrip("+-").isascii()
        or not text.lstrip("+-").isdigit()
        or len(text) > 11
        or not -(2**31) <= int(text) < 2**31
    ):
        raise invalid(
            f'type mismatch, parameter: {name}, error: strconv.ParseInt: parsing "{text}": invalid syntax', prefix=False
        )
    return int(text)


def boolean(query: Query, name: str) -> bool:
    """A boolean of the query as Go reads it (``1 t T true TRUE True`` ...), false when absent.

    Raises ``ApiError`` 400.
    """
    text = query.get(name, "")
    if text in ("1", "t", "T", "true", "TRUE", "True"):
        return True
    if text in ("", "0", "f", "F", "false", "FALSE", "False"):
        return False
    raise invalid(
        f'type mismatch, parameter: {name}, error: strconv.ParseBool: parsing "{text}": invalid syntax', prefix=False
    )


def enum(query: Query, name: str, allowed: Sequence[str]) -> str:
    """An enum of the query, empty when absent; raises ``ApiError`` 400."""
    value = query.get(name, "")
    if value and value not in allowed:
        raise _bad_enum(name, value)
    return value
