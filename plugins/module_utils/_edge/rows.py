# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers whose form nobody has declared: is it an object or a listing, and which of its rows is meant? Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._base.errors import OptionError
from .._base.members import member

# Members that listings have beside their rows. An answer that is nothing but one list is a listing as well.
PAGING = frozenset({"pagination", "next", "totalResults", "itemsPerPage", "startIndex"})


def list_keys(body: Any) -> list[str]:
    """The members of *body* that hold the rows of a listing; none where it is no listing."""
    if not isinstance(body, Mapping):
        return []
    lists = [str(name) for name, value in body.items() if isinstance(value, list) and name != "schemas"]
    return lists if PAGING & set(body) or len(body) == 1 else []


def rows_of(bodies: Iterable[Any]) -> list[Any]:
    """The rows of all pages *bodies* of a listing; the object itself where it is none."""
    found: list[Any] = []
    for body in bodies:
        keys = list_keys(body)
        found += [row for key in keys for row in body[key]] if keys else [body]
    return found


def found_row(bodies: Iterable[Any], where: Mapping[str, Any]) -> Any:
    """The first row of *bodies* whose members are what *where* says; None where there is none."""
    rows = [row for row in rows_of(bodies) if row]
    return next((row for row in rows if all(_is(row, name, value) for name, value in where.items())), None)


def tells(body: Any, where: Mapping[str, Any]) -> bool:
    """Whether *body* can say if something is what *where* says: it is a listing, or has one of these members."""
    return bool(list_keys(body) or (set(body) & {name.partition(".")[0] for name in where} if where else body))


def merged(path: str, bodies: list[Any]) -> Any:
    """One listing of all its pages *bodies*, without what leads from one to the next."""
    keys = list_keys(bodies[0])
    if not keys:
        raise OptionError(f"The answer to GET {path} is no listing", "Leave pages out")
    rest = {name: value for name, value in bodies[0].items() if name not in PAGING}
    return {**rest, **{key: rows_of({key: body[key]} for body in bodies if key in list_keys(body)) for key in keys}}


def _is(row: Any, name: str, wanted: Any) -> bool:
    try:
        value = member(row, name)
    except LookupError:
        value = None
    if isinstance(value, bool):
        return str(value).lower() == str(wanted).lower()
    # What comes from a template is text, whatever it was.
    return bool(value == wanted) or (value is not None and str(value) == str(wanted))
