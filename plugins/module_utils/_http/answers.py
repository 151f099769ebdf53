# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an answer has to look like before anybody works with it. Pure.

A shape names the members that the collection relies on and nothing else: members that nobody knows, and values of an
enumeration that are new, fit. A member that is null or lacking fits too, unless it is needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Protocol

ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
KINDS = {bool: "true or false", str: "text", int: "a number", float: "a number", list: "a list", dict: "an object"}


class Shape(Protocol):
    def flaw(self, value: Any) -> str:
        """What keeps *value* from having this shape, to be read behind its name; "" where it has it."""


class Kind:
    """A plain value of one of *kinds*."""

    def __init__(self, *kinds: type) -> None:
        self._kinds = kinds

    def flaw(self, value: Any) -> str:
        return "" if type(value) in self._kinds else _is_not(KINDS[self._kinds[0]], value)


class Anything:
    def flaw(self, value: Any) -> str:
        return ""


class Object:
    """An object with the members *needed*; these and the *known* ones have the shapes that are named."""

    def __init__(self, needed: Mapping[str, Shape] | None = None, known: Mapping[str, Shape] | None = None) -> None:
        self._needed = tuple(needed or ())
        self._known = tuple({**(needed or {}), **(known or {})}.items())

    def flaw(self, value: Any) -> str:
        if not isinstance(value, dict):
            return _is_not("an object", value)
        for name in self._needed:
            if value.get(name) is None:
                return f".{name} is {'null' if name in value else 'missing'}"
        for name, shape in self._known:
            inner = value.get(name)
            if inner is not None and (flaw := shape.flaw(inner)):
                return f".{name}{flaw}"
        return ""


class ListOf:
    """A list whose elements all have the shape *each*."""

    def __init__(self, each: Shape) -> None:
        self._each = each

    def flaw(self, value: Any) -> str:
        if not isinstance(value, list):
            return _is_not("a list", value)
        for number, item in enumerate(value):
            if flaw := self._each.flaw(item):
                return f"[{number}]{flaw}"
        return ""


class MapOf:
    """An object of any members, whose values have the shape *each* or are null; their names are numbers where *numbered*."""

    def __init__(self, each: Shape, *, numbered: bool = False) -> None:
        self._each = each
        self._numbered = numbered

    def flaw(self, value: Any) -> str:
        if not isinstance(value, dict):
            return _is_not("an object", value)
        for name, item in value.items():
            if self._numbered and not (name.isascii() and name.isdigit() and len(name) < 20):
                return " has a member whose name is no number"
            if item is not None and (flaw := self._each.flaw(item)):
                return f"[*]{flaw}"
        return ""


class Either:
    """One of several shapes."""

    def __init__(self, *shapes: Shape) -> None:
        self._shapes = shapes

    def flaw(self, value: Any) -> str:
        flaws = [shape.flaw(value) for shape in self._shapes]
        return "" if "" in flaws else flaws[-1]


class Wrapped:
    """An object of the shape *each*, mostly as the member *name* of another one; see inside()."""

    def __init__(self, name: str, each: Shape) -> None:
        self._name = name
        self._each = each

    def flaw(self, value: Any) -> str:
        return self._each.flaw(inside(self._name, value))


def inside(name: str, answer: Any) -> Any:
    """The object that *answer* has as its member *name*, in whatever case that is written; *answer* where it has none."""
    members = answer.items() if isinstance(answer, Mapping) else ()
    return next((each for key, each in members if key.lower() == name and isinstance(each, Mapping)), answer)


ANYTHING = Anything()
TEXT, WHOLE, TRUTH = Kind(str), Kind(int), Kind(bool)
ANY_OBJECT = Object()
# Each paging dialect's way to the next page: a token, or an offset.
PAGINATION = Object(known={"next_page": TEXT, "next": Either(WHOLE, TEXT)})
# An object, which may be a page of a listing of either API.
ANY_PAGE = Object(known={"pagination": PAGINATION, "next": Either(WHOLE, TEXT)})


def told(flaw: str) -> str:
    """A *flaw* of a whole answer as the end of a sentence."""
    return flaw[1:] if flaw.startswith(".") else f"it{flaw}"


def page(key: str, row: Shape) -> Object:
    """The answer of a listing whose rows stand in the list *key*."""
    return Object({key: ListOf(row)}, {"pagination": PAGINATION})


def harmless(value: Any) -> Any:
    """*value* with lone surrogates replaced: text with one can be neither printed nor sent."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {harmless(key): harmless(item) for key, item in value.items()}
    if isinstance(value, list):
        return [harmless(item) for item in value]
    return value


def loaded(text: str) -> Any:
    """The value that *text* is in JSON, made harmless(); ValueError or RecursionError where it is none that can be used."""
    value = json.loads(text)
    return harmless(value) if ESCAPED_SURROGATE.search(text) else value


def _is_not(wanted: str, value: Any) -> str:
    return f" must be {wanted}, and is {'null' if value is None else KINDS.get(type(value), 'something else')}"
