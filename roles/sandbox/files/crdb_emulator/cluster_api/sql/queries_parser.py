# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SELECT, INSERT and DELETE: parsing. The grammar is in ``parser.py``."""

from __future__ import annotations

from crdb_emulator.cluster_api.names import RESERVED
from crdb_emulator.cluster_api.sql import syntax
from crdb_emulator.cluster_api.sql.expressions import expression
from crdb_emulator.cluster_api.sql.lexer import Kind
from crdb_emulator.cluster_api.sql.stream import Stream


def select(stream: Stream) -> syntax.Statement:
    """Behind SELECT."""
    items = [_item(stream)]
    while stream.accept_symbol(","):
        items.append(_item(stream))
    table = stream.name() if stream.accept("from") else None
    where = expression(stream) if stream.accept("where") else None
    order: list[tuple[str, bool]] = []
    if stream.accept("order", "by"):
        order.append(_order(stream))
        while stream.accept_symbol(","):
            order.append(_order(stream))
    limit = expression(stream) if stream.accept("limit") else None
    return syntax.Select(tuple(items), table, where, tuple(order), limit)


def _item(stream: Stream) -> syntax.Item:
    if stream.accept_symbol("*"):
        return syntax.Item(None)
    value = expression(stream)
    if stream.accept("as"):
        # [H] After AS any word may stand.
        return syntax.Item(value, stream.keyword() if stream.token.kind is Kind.WORD else stream.identifier())
    named = stream.token.kind is Kind.QUOTED or (stream.token.kind is Kind.WORD and stream.token.text not in RESERVED)
    return syntax.Item(value, stream.identifier() if named else None)


def _order(stream: Stream) -> tuple[str, bool]:
    column = stream.identifier()
    descending = stream.accept("desc")
    if not descending:
        stream.accept("asc")
    return column, descending


def insert(stream: Stream) -> syntax.Statement:
    """Behind INSERT."""
    stream.expect("into")
    table = stream.name()
    columns: list[str] = []
    if stream.accept_symbol("("):
        columns.append(stream.identifier())
        while stream.accept_symbol(","):
            columns.append(stream.identifier())
        stream.expect_symbol(")")
    stream.expect("values")
    rows = [_row(stream)]
    while stream.accept_symbol(","):
        rows.append(_row(stream))
    return syntax.Insert(table, tuple(columns), tuple(rows))


def _row(stream: Stream) -> tuple[syntax.Expression, ...]:
    stream.expect_symbol("(")
    values = [expression(stream)]
    while stream.accept_symbol(","):
        values.append(expression(stream))
    stream.expect_symbol(")")
    return tuple(values)


def delete(stream: Stream) -> syntax.Statement:
    """Behind DELETE."""
    stream.expect("from")
    table = stream.name()
    return syntax.Delete(table, expression(stream) if stream.accept("where") else None)
