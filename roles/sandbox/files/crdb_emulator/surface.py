# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of the published descriptions, for the operations that kinds serve: ``surface.json``, made by a tool.

A type is ``string``, ``string date-time``, ``integer int32`` and the like, ``[X]``, ``{X}``, or the name of a schema: an
enumeration, or fields, of which required ones have a star. Each version has what differs from the one before it.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from crdb_emulator.errors import invalid
from crdb_emulator.jsonin import Message
from crdb_emulator.versions import ApiVersion

Row = dict[str, Any]
_EMPTY: dict[str, Any] = {"string": "", "integer": 0, "number": 0.0, "boolean": False}


@dataclass(frozen=True)
class Operation:
    """The types of the body and the answer, those of the query but its pages, and the first version that has it."""

    since: ApiVersion
    body: str = ""
    answer: str = ""
    query: dict[str, str] = field(default_factory=dict)


class Surface:
    """One version."""

    def __init__(self, operations: dict[str, Operation], schemas: dict[str, Any]) -> None:
        self.operations = operations
        self._schemas = schemas

    def fields(self, kind: str) -> dict[str, tuple[str, bool]]:
        """The fields of a schema, each with its type and whether it is required."""
        return {name.rstrip("*"): (inner, name.endswith("*")) for name, inner in self._schemas[kind].items()}

    def blank(self, kind: str) -> Any:
        """What stands for a field that is not set [C]: ``null`` for messages and timestamps."""
        known = self._schemas.get(kind)
        if isinstance(known, list):
            return known[0]
        if kind[0] in "[{":
            return [] if kind[0] == "[" else {}
        return None if known is not None or kind.endswith("date-time") else _EMPTY.get(kind.partition(" ")[0])

    def shaped(self, kind: str, value: Any, *, sparse: bool = False) -> Any:
        """``value`` with the fields that this version has, and no others. ``sparse`` leaves out what is not set.

        Of a list, what this version has no word for is left out.
        """
        if kind == "object":
            return {}
        if kind.startswith("["):
            return [self.shaped(kind[1:-1], each, sparse=sparse) for each in value if self._fits(kind[1:-1], each)]
        if value is None or not isinstance(self._schemas.get(kind), dict):
            return value
        found = {}
        for name, (inner, required) in self.fields(kind).items():
            if value.get(name) is not None:
                found[name] = self.shaped(inner, value[name], sparse=sparse)
            elif required or not sparse:
                found[name] = self.blank(inner)
        return found

    def _fits(self, kind: str, value: Any) -> bool:
        known = self._schemas.get(kind)
        if isinstance(known, list):
            return value in known
        if not isinstance(known, dict) or not isinstance(value, dict):
            return True
        return all(
            self._fits(inner, value[name]) for name, (inner, _need) in self.fields(kind).items() if name in value
        )

    def read(self, kind: str, message: Message, *, whole: bool = True) -> Row:
        """The fields of a body; raises ``ApiError`` 400 where a type is wrong or, with ``whole``, one is missing."""
        found: Row = {}
        for name, (inner, required) in self.fields(kind).items() if kind else ():
            value = self._value(inner, name, message)
            if value is not None:
                found[name] = value
            elif required and whole:
                raise invalid(f"{name} is required")
        return found

    def _value(self, kind: str, name: str, message: Message) -> Any:
        known, base = self._schemas.get(kind.strip("[]{}")), kind.partition(" ")[0]
        if kind.startswith("[") and isinstance(known, dict):
            many = message.messages(name)
            return None if many is None else [self.read(kind[1:-1], each) for each in many]
        if kind.startswith("["):
            if kind.startswith("[integer"):
                return message.integers(name)
            return message.strings(name) if known is None else message.enums(name, known)
        if isinstance(known, list):
            return message.enum(name, known)
        if kind.startswith("{"):
            return message.string_map(name)
        if known is not None:
            inner = message.message(name)
            return None if inner is None else self.read(kind, inner)
        if base == "string":
            text = message.string(name)
            if text is not None and kind.endswith(" uuid"):
                return uuid_of(text, name)
            return text
        if base == "any":
            return message.fields.get(name)
        return message.boolean(name) if base == "boolean" else message.integer(name)


def uuid_of(text: str, name: str) -> str:
    """A UUID in lower case; raises ``ApiError`` 400 with the text observed for users [C], ``invalid userId``."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        camel = re.sub(r"[_ ](\w)", lambda found: found.group(1).upper(), name)
        raise invalid(f"invalid {camel}") from None


@cache
def surface(version: ApiVersion) -> Surface:
    """The facts of a version."""
    operations: dict[str, Operation] = {}
    schemas: dict[str, Any] = {}
    table = json.loads((Path(__file__).parent / "surface.json").read_text(encoding="utf-8"))
    for each in ApiVersion:
        if each <= version and each.text in table:
            for name, facts in table[each.text]["operations"].items():
                since = operations[name].since if name in operations else each
                operations[name] = Operation(since, **facts)
            schemas.update(table[each.text]["schemas"])
    return Surface(operations, schemas)
