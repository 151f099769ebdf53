# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading request bodies the way the gateway of the service does.

[D] The content type is not enforced (``curl --data`` works), keys come in snake_case or camelCase, unknown keys are
ignored. [C] 64-bit integers come as numbers or strings, ``null`` is the same as absent, and an unknown enum value is
answered with ``proto: (line 1:42): invalid value for enum type: "HAHA"``. An empty body is an empty message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from crdb_emulator.errors import invalid

# The keys of these maps are the user's data, not field names: they keep their spelling.
_MAP_FIELDS = frozenset({"labels", "region_nodes"})
_UPPER = re.compile(r"(?<=[a-z0-9])([A-Z])")
_INTEGER = re.compile(r"[+-]?\d{1,19}$")


def snake(key: str) -> str:
    """camelCase to snake_case; snake_case stays."""
    return _UPPER.sub(lambda found: "_" + found.group(1).lower(), key) if not key.islower() else key


def _normalise(value: Any) -> Any:
    if isinstance(value, dict):
        result: dict[str, Any] = {}
        for key, item in value.items():
            name = snake(key)
            result[name] = item if name in _MAP_FIELDS else _normalise(item)
        return result
    if isinstance(value, list):
        return [_normalise(item) for item in value]
    return value


def _reject_constant(_text: str) -> float:
    raise ValueError("not JSON")


class Message:
    """A decoded JSON object with typed getters; each raises ``ApiError`` 400 code 3 on a wrong type."""

    __slots__ = ("_text", "fields")

    def __init__(self, fields: dict[str, Any], text: str = "") -> None:
        self.fields = fields
        self._text = text

    @classmethod
    def decode(cls, body: bytes, *, snaked: bool = True) -> Message:
        """Decode a request body, its names in snake_case; raises ``ApiError`` 400 on text that is not a JSON object."""
        if not body.strip():
            return cls({})
        try:
            text = body.decode("utf-8")
            value = json.loads(text, parse_constant=_reject_constant)
            value = _normalise(value) if snaked else value
        except json.JSONDecodeError as error:
            raise invalid(
                f"proto: syntax error (line {error.lineno}:{error.colno}): {error.msg}", prefix=False
            ) from None
        except (UnicodeDecodeError, ValueError, RecursionError):
            raise invalid("proto: syntax error (line 1:1): invalid JSON", prefix=False) from None
        if not isinstance(value, dict):
            raise invalid("proto: syntax error (line 1:1): unexpected token", prefix=False)
        return cls(value, text)

    def _wrong(self, kind: str, value: Any) -> Exception:
        token = json.dumps(value, ensure_ascii=False)
        offset = max(self._text.find(token), 0)
        line = self._text.count("\n", 0, offset) + 1
        column = offset - (self._text.rfind("\n", 0, offset) + 1) + 1
        return invalid(f"proto: (line {line}:{column}): invalid value for {kind} type: {token}", prefix=False)

    def has(self, name: str) -> bool:
        """Whether the field is given and not ``null``."""
        return self.fields.get(name) is not None

    def string(self, name: str) -> str | None:
        """A string field, ``None`` when absent."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, str):
            raise self._wrong("string", value)
        return value

    def integer(self, name: str, *, bits: int = 32) -> int | None:
        """An integer field given as a number or as a string, ``None`` when absent."""
        value = self.fields.get(name)
        if value is None:
            return None
        number: int | None = None
        if isinstance(value, int) and not isinstance(value, bool):
            number = value
        elif (isinstance(value, float) and value.is_integer()) or (isinstance(value, str) and _INTEGER.match(value)):
            number = int(value)
        limit = 1 << (bits - 1)
        if number is None or not -limit <= number < limit:
            raise self._wrong(f"int{bits}", value)
        return number

    def boolean(self, name: str) -> bool | None:
        """A boolean field, ``None`` when absent."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, bool):
            raise self._wrong("bool", value)
        return value

    def enum(self, name: str, allowed: Collection[str]) -> str | None:
        """An enum field: the exact upper-case name, ``None`` when absent."""
        value = self.fields.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or value not in allowed:
            raise self._wrong("enum", value)
        return value

    def enums(self, name: str, allowed: Collection[str]) -> list[str] | None:
        """A list of enum names, ``None`` when absent."""
        values = self.strings(name)
        for value in values or ():
            if value not in allowed:
                raise self._wrong("enum", value)
        return values

    def message(self, name: str) -> Message | None:
        """A nested object, ``None`` when absent."""
        value = self.fields.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self._wrong("object", value)
        return Message(value, self._text)

    def messages(self, name: str) -> list[Message] | None:
        """A list of objects, ``None`` when absent."""
        value = self.fields.get(name)
        if value is None:
            return None
        for item in value if isinstance(value, list) else (value,):
            if not isinstance(value, list) or not isinstance(item, dict):
                raise self._wrong("object" if isinstance(value, list) else "list", item)
        return [Message(item, self._text) for item in value]

    def strings(self, name: str) -> list[str] | None:
        """A list of strings, ``None`` when absent."""
        value = self.fields.get(name)
        if value is None:
            return None
        if not isinstance(value, list):
            raise self._wrong("list", value)
        for item in value:
            if not isinstance(item, str):
                raise self._wrong("string", item)
        return list(value)

    def integers(self, name: str) -> list[int] | None:
        """A list of 32-bit integers, ``None`` when absent."""
        value = self.fields.get(name)
        if value is None:
            return None
        if not isinstance(value, list):
            raise self._wrong("list", value)
        return [Message({name: item}).integer(name) or 0 for item in value]

    def string_map(self, name: str) -> dict[str, str] | None:
        """A map of strings, ``None`` when absent."""
        found = self.message(name)
        if found is None:
            return None
        return {key: found.string(key) or "" for key in found.fields}

    def integer_map(self, name: str) -> dict[str, int] | None:
        """A map of strings to 32-bit integers, ``None`` when absent."""
        found = self.message(name)
        if found is None:
            return None
        return {key: found.integer(key) or 0 for key in found.fields}

    def masked(self, paths: Collection[str]) -> Message:
        """Only the fields named by a field mask (``serverless.spend_limit,dedicated``)."""
        result: dict[str, Any] = {}
        for path in paths:
            source: Any = self.fields
            target = result
            names = [snake(name) for name in path.split(".")]
            for name in names[:-1]:
                source = source.get(name) if isinstance(source, dict) else None
                target = target.setdefault(name, {})
            if isinstance(source, dict) and names[-1] in source:
                target[names[-1]] = source[names[-1]]
        return Message(result, self._text)
