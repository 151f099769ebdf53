# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a DELETE of any path would delete, and whether that is what somebody has confirmed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from .._base.errors import ApiError, OptionError
from .._nouns import cluster_state as state
from .._nouns.cluster_checks import refuse_protected
from .rows import list_keys, rows_of

# Answers to a GET of what is not there, and of what only other methods know. No description tells them apart for certain.
NOTHING, UNREADABLE = 404, frozenset({404, 405, 501})
# /api/v1, or /api/scim/v2.
PREFIX_PARTS = 2
# The names that lead from a listing to one of its rows: those of an allowlist are an address and a mask.
MOST_NAMES = 2
NAMES = ("name", "id", "displayName", "userName", "username")
Row = Mapping[str, Any]


def check_confirmed(api: Any, path: str, confirm: str) -> Row | None:
    """The object that DELETE *path* deletes, None where there is none.

    OptionError where *confirm* is neither its name nor its id (of what is there once: those of what it lies in), or it is protected.
    """
    row, below = present(api, path)
    if row is None:
        return None
    names, ways = _names(row, below), _ways_up(path)
    while not names:
        above, below = next(ways, ("", []))
        if not above:
            raise OptionError(
                f"What is at {path} has neither name nor id, so it can't be confirmed; nothing was deleted"
            )
        (row_above, *_pages) = read(api, above, also=UNREADABLE) or [{}]
        names = [] if list_keys(row_above) else _names(row_above, [_segments(above)[-1]])
    if confirm not in names:
        called = " or ".join(f"'{name}'" for name in names)
        raise OptionError(
            f"confirm is '{confirm}', and what would be deleted is called {called}; nothing was deleted",
            "Set confirm to that, if it is what is meant",
        )
    refuse_protected(f"cluster '{names[0]}'", row)
    return row


def present(api: Any, path: str) -> tuple[Row | None, list[str]]:
    """The object at *path*, None where there is none, and the names of *path* that lead to it from what it was read in.

    What GET can't read is looked for in the listing above.
    """
    status, segments = 200, _segments(path)
    try:
        (body, *_pages) = list(api.followed(path))
    except ApiError as error:
        if error.status not in UNREADABLE:
            raise
        status = error.status
    else:
        if list_keys(body):
            raise OptionError(f"There is a listing at {path}; nothing was deleted", "Give the path of one object")
        inner = list(body.values())
        row = inner[0] if len(inner) == 1 and isinstance(inner[0], dict) else body
        return (None if row.get("state") == state.DELETED else row), segments[-1:]
    for above, below in _ways_up(path):
        bodies = read(api, above, also=UNREADABLE)
        if not bodies:
            continue
        if list_keys(bodies[0]):
            rows = [(row, set(_values(row))) for row in rows_of(bodies)]
            found = next((row for row, values in rows if set(below) <= values), None)
            if found is not None or len(below) <= MOST_NAMES or not any(below[0] in values for _row, values in rows):
                return found, below
        elif status == NOTHING:
            return None, below
        break
    raise OptionError(
        f"GET can't read what is at {path} (HTTP {status}), so it can't be confirmed; nothing was deleted",
        "Use the module that is made for it, where there is one",
    )


def read(api: Any, path: str, query: Row | None = None, *, also: Collection[int] = ()) -> list[Any]:
    """The object at *path*, or all pages of a listing; an empty list where there is nothing (404, and what *also* means that)."""
    try:
        return list(api.followed(path, query))
    except ApiError as error:
        if error.status != NOTHING and error.status not in also:
            raise
        return []


def _segments(path: str) -> list[str]:
    return [unquote(name) for name in path.strip("/").split("/")]


def _ways_up(path: str) -> Iterator[tuple[str, list[str]]]:
    """What lies above *path*, the nearest first, each with the names that lead from there to it."""
    parts, names = path.strip("/").split("/"), _segments(path)
    for count in range(len(parts) - 1, PREFIX_PARTS if parts[0] == "api" else 0, -1):
        yield "/" + "/".join(parts[:count]), names[count:]


def _names(row: Row, below: list[str]) -> list[str]:
    """What *row* may be called in a confirmation: its name, its id, and what its path says where that is one of its members."""
    found = [row[name] for name in NAMES if isinstance(row.get(name), str) and row[name]]
    own = "/".join(below)
    return list(dict.fromkeys([*found, *([own] if set(below) <= set(_values(row)) else [])]))


def _values(row: Any) -> Iterator[str]:
    """The plain members of *row*, also those of objects in it, as a path spells them."""
    for value in row.values() if isinstance(row, Mapping) else ():
        if isinstance(value, Mapping):
            yield from _values(value)
        else:
            yield str(value)
