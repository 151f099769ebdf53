# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expressions: what they are worth, and of which type. SQL's three values of truth: NULL is unknown."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crdb_emulator.cluster_api.sql import syntax
from crdb_emulator.cluster_api.sql.context import UNKNOWN, Session, argument
from crdb_emulator.cluster_api.sql.errors import SqlError

_INT_MIN, _INT_MAX = -(2**63), 2**63 - 1
_NUMBERS = frozenset({"INT8", "FLOAT8", "DECIMAL"})
_TEXTS = frozenset({"STRING", "VARCHAR", "NAME", "UUID", "TIMESTAMP", "TIMESTAMPTZ"})
_SHOWN = {
    "INT8": "int",
    "STRING": "string",
    "VARCHAR": "varchar",
    "BOOL": "bool",
    "FLOAT8": "float",
    "DECIMAL": "decimal",
    "UUID": "uuid",
    "TIMESTAMP": "timestamp",
    "TIMESTAMPTZ": "timestamptz",
    "NAME": "name",
    "BYTES": "bytes",
    UNKNOWN: "unknown",
}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Value:
    """A value and its type; ``constant`` when it was written as text, so that it takes any type it can."""

    value: Any
    type: str
    constant: bool = False


Row = Mapping[str, Value]


def evaluate(session: Session, expression: syntax.Expression, row: Row | None) -> Value:
    """The value of an expression; ``row`` has the columns it may name."""
    match expression:
        case syntax.Literal(value):
            return Value(value, _type_of(value), constant=isinstance(value, str))
        case syntax.Placeholder(number):
            return Value(*argument(session.arguments[number - 1]))
        case syntax.Reference(name):
            if row is None or name not in row:
                raise SqlError("42703", f'column "{name}" does not exist')
            return row[name]
        case syntax.Call(name, arguments):
            return _call(session, name, [evaluate(session, each, row) for each in arguments])
        case syntax.Unary("not", operand):
            return _logic("not", evaluate(session, operand, row), None)
        case syntax.Unary(_, operand):
            return _arithmetic("-", Value(0, "INT8"), evaluate(session, operand, row))
        case syntax.Binary(("and" | "or") as word, left, right):
            return _logic(word, evaluate(session, left, row), evaluate(session, right, row))
        case syntax.Binary("is", left, _):
            return Value(evaluate(session, left, row).value is None, "BOOL")
        case syntax.Binary("is not", left, _):
            return Value(evaluate(session, left, row).value is not None, "BOOL")
        case syntax.Binary(symbol, left, right):
            pair = evaluate(session, left, row), evaluate(session, right, row)
            return compare(symbol, *pair) if symbol in _COMPARISONS else _arithmetic(symbol, *pair)
    raise SqlError("0A000", "unimplemented: this expression is not supported")


def _type_of(value: Any) -> str:
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "BOOL"
    if isinstance(value, int):
        return "INT8" if _INT_MIN <= value <= _INT_MAX else "DECIMAL"
    return "DECIMAL" if isinstance(value, float) else "STRING"


def _call(session: Session, name: str, arguments: list[Value]) -> Value:
    if not arguments:
        profile = session.cluster.profile
        results: dict[str, tuple[Any, str]] = {
            "now": (session.now, "TIMESTAMPTZ"),
            "current_timestamp": (session.now, "TIMESTAMPTZ"),
            "version": (f"CockroachDB CCL {profile.build_tag} (x86_64-pc-linux-gnu, emulated)", "STRING"),
            "current_user": (session.user, "STRING"),
            "session_user": (session.user, "STRING"),
            "current_database": (session.database, "STRING"),
            "current_catalog": (session.database, "STRING"),
            "current_schema": ("public", "STRING"),
        }
        if name in results:
            return Value(*results[name])
    raise SqlError("42883", f"unknown function: {name}()")


def _mismatch(symbol: str, left: Value, right: Value, what: str) -> SqlError:
    return SqlError("22023", f"unsupported {what} operator: <{_SHOWN[left.type]}> {symbol} <{_SHOWN[right.type]}>")


def compare(symbol: str, left: Value, right: Value) -> Value:
    """A comparison; values of different types cannot be compared, but text that is written out takes any type."""
    if left.constant and right.type not in _TEXTS | {UNKNOWN}:
        left = convert(left, right.type)
    elif right.constant and left.type not in _TEXTS | {UNKNOWN}:
        right = convert(right, left.type)
    elif UNKNOWN not in (left.type, right.type) and _family(left.type) != _family(right.type):
        raise _mismatch(symbol, left, right, "comparison")
    if left.value is None or right.value is None:
        return Value(None, "BOOL")
    return Value(_COMPARISONS[symbol](left.value, right.value), "BOOL")


def _family(kind: str) -> str:
    return "number" if kind in _NUMBERS else "text" if kind in _TEXTS else kind


def _logic(word: str, left: Value, right: Value | None) -> Value:
    for side in (left, right):
        if side is not None and side.type not in ("BOOL", UNKNOWN):
            raise SqlError("42804", f"incompatible {word.upper()} argument type: {_SHOWN[side.type]}")
    if right is None:
        return Value(None if left.value is None else not left.value, "BOOL")
    sides = (left.value, right.value)
    decisive = word == "or"
    if decisive in sides:
        return Value(decisive, "BOOL")
    return Value(None if None in sides else not decisive, "BOOL")


def _arithmetic(symbol: str, left: Value, right: Value) -> Value:
    if not {left.type, right.type} <= _NUMBERS | {UNKNOWN}:
        raise _mismatch(symbol, left, right, "binary")
    kind = "INT8" if {left.type, right.type} <= {"INT8", UNKNOWN} else "FLOAT8"
    if "DECIMAL" in (left.type, right.type) or (symbol == "/" and kind == "INT8"):
        kind = "DECIMAL"
    one, other = left.value, right.value
    if one is None or other is None:
        return Value(None, kind)
    if symbol in ("/", "//", "%") and other == 0:
        raise SqlError("22012", "division by zero")
    try:
        value = _compute(symbol, one, other)
    except OverflowError:
        raise SqlError("22003", "numeric value out of range") from None
    if isinstance(value, float) and not math.isfinite(value):
        raise SqlError("22003", "numeric value out of range")
    if kind == "INT8" and not _INT_MIN <= value <= _INT_MAX:
        raise SqlError("22003", "integer out of range")
    return Value(value, kind)


def _compute(symbol: str, one: Any, other: Any) -> Any:
    if symbol == "/":
        return one / other
    if symbol == "//":
        # Towards zero, as Go divides.
        return abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1)
    if symbol == "%":
        return abs(one) % abs(other) * (-1 if one < 0 else 1)
    return {"+": operator.add, "-": operator.sub, "*": operator.mul}[symbol](one, other)


def convert(value: Value, kind: str) -> Value:
    """A value as a column of a type wants it; raises 22P02 or 42804."""
    if value.value is None:
        return Value(None, kind)
    content = value.value
    if isinstance(content, str) and kind not in _TEXTS | {"BYTES", "JSONB"}:
        if not value.constant:
            raise SqlError("42804", f"value type {_SHOWN[value.type]} doesn't match type {_SHOWN[kind]}")
        return Value(_parse(content, kind), kind)
    if _family(value.type) != _family(kind) and not (kind in _TEXTS and not isinstance(content, bool)):
        raise SqlError("42804", f"value type {_SHOWN[value.type]} doesn't match type {_SHOWN[kind]}")
    if kind == "INT8":
        if abs(content) > _INT_MAX:
            raise SqlError("22003", "integer out of range")
        return Value(round(content), kind)
    if kind in _TEXTS:
        return Value(str(content), kind)
    return Value(content if kind == "BOOL" else float(content), kind)


def _parse(text: str, kind: str) -> Any:
    words: dict[str, Any] = {"true": True, "t": True, "false": False, "f": False}
    try:
        if kind == "INT8":
            return int(text)
        value = words[text.strip().lower()] if kind == "BOOL" else float(text)
        # JSON has no NaN and no infinity, so neither have we.
        if math.isfinite(value):
            return value
    except (ValueError, KeyError):
        pass
    raise SqlError("22P02", f'could not parse "{text}" as type {_SHOWN[kind]}')
