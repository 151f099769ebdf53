# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expressions: parsing. The grammar is in ``parser.py``."""

from __future__ import annotations

import math

from crdb_emulator.cluster_api.sql import syntax
from crdb_emulator.cluster_api.sql.errors import SqlError
from crdb_emulator.cluster_api.sql.lexer import Kind
from crdb_emulator.cluster_api.sql.stream import MAX_DEPTH, Stream

_MAX_DIGITS = 300
_COMPARISONS = ("=", "<>", "!=", "<", ">", "<=", ">=")
_SUMS = ("+", "-")
_PRODUCTS = ("*", "/", "//", "%")
# [H] Words that are functions without parentheses.
_BARE_CALLS = ("current_user", "session_user", "current_timestamp", "current_catalog", "current_schema")
_CONSTANTS = {"true": True, "false": False, "null": None}


def expression(stream: Stream) -> syntax.Expression:
    """``or``."""
    stream.depth += 1
    if stream.depth > MAX_DEPTH:
        raise stream.error("expression nested too deeply")
    left = _conjunction(stream)
    while stream.accept("or"):
        left = syntax.Binary("or", left, _conjunction(stream))
    stream.depth -= 1
    return left


def _conjunction(stream: Stream) -> syntax.Expression:
    left = _negation(stream)
    while stream.accept("and"):
        left = syntax.Binary("and", left, _negation(stream))
    return left


def _negation(stream: Stream) -> syntax.Expression:
    negations = 0
    while stream.accept("not"):
        negations += 1
    operand = _comparison(stream)
    for _unused in range(negations):
        operand = syntax.Unary("not", operand)
    return operand


def _comparison(stream: Stream) -> syntax.Expression:
    left = _sum(stream)
    if stream.accept("is"):
        operator = "is not" if stream.accept("not") else "is"
        stream.expect("null")
        return syntax.Binary(operator, left, syntax.Literal(None))
    for symbol in _COMPARISONS:
        if stream.accept_symbol(symbol):
            return syntax.Binary("<>" if symbol == "!=" else symbol, left, _sum(stream))
    return left


def _sum(stream: Stream) -> syntax.Expression:
    left = _product(stream)
    while stream.at_symbol(*_SUMS):
        symbol = stream.token.text
        stream.expect_symbol(symbol)
        left = syntax.Binary(symbol, left, _product(stream))
    return left


def _product(stream: Stream) -> syntax.Expression:
    left = _sign(stream)
    while stream.at_symbol(*_PRODUCTS):
        symbol = stream.token.text
        stream.expect_symbol(symbol)
        left = syntax.Binary(symbol, left, _sign(stream))
    return left


def _sign(stream: Stream) -> syntax.Expression:
    signs = 0
    while stream.at_symbol(*_SUMS):
        signs += stream.token.text == "-"
        stream.expect_symbol(stream.token.text)
    operand = _primary(stream)
    return syntax.Unary("-", operand) if signs % 2 else operand


def _primary(stream: Stream) -> syntax.Expression:
    kind = stream.token.kind
    if kind is Kind.PLACEHOLDER:
        return syntax.Placeholder(int(stream.constant(kind).text))
    if kind is Kind.STRING:
        return syntax.Literal(stream.constant(kind).text)
    if kind is Kind.INTEGER:
        return syntax.Literal(int(_number(stream)))
    if kind is Kind.DECIMAL:
        return syntax.Literal(float(_number(stream)))
    if stream.accept_symbol("("):
        inner = expression(stream)
        stream.expect_symbol(")")
        return inner
    for word, value in _CONSTANTS.items():
        if stream.accept(word):
            return syntax.Literal(value)
    for word in _BARE_CALLS:
        if stream.accept(word):
            if stream.accept_symbol("("):
                stream.expect_symbol(")")
            return syntax.Call(word)
    name = stream.identifier()
    return _call(stream, name) if stream.accept_symbol("(") else syntax.Reference(name)


def _number(stream: Stream) -> str:
    text = stream.token.text
    if len(text) > _MAX_DIGITS or math.isinf(float(text)):
        raise SqlError("22003", "numeric value out of range")
    stream.constant(stream.token.kind)
    return text


def _call(stream: Stream, name: str) -> syntax.Expression:
    arguments: list[syntax.Expression] = []
    if name == "count" and stream.accept_symbol("*"):
        stream.expect_symbol(")")
        return syntax.Call("count")
    if not stream.accept_symbol(")"):
        arguments.append(expression(stream))
        while stream.accept_symbol(","):
            arguments.append(expression(stream))
        stream.expect_symbol(")")
    return syntax.Call(name, tuple(arguments))
