# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SELECT, INSERT and DELETE over the tables of the catalog."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crdb_emulator.cluster_api.catalog import SYSTEM, Table
from crdb_emulator.cluster_api.sql import syntax
from crdb_emulator.cluster_api.sql.context import UNKNOWN, Result, Session
from crdb_emulator.cluster_api.sql.errors import SqlError, denied
from crdb_emulator.cluster_api.sql.objects import table_of
from crdb_emulator.cluster_api.sql.values import Row, Value, convert, evaluate

_COUNT = syntax.Call("count")


def select(session: Session, statement: syntax.Select) -> Result:
    """Rows of a table, or one row of constants."""
    table = table_of(session, statement.table) if statement.table is not None else None
    if table is not None:
        session.require(table.acl, table.owner, "SELECT", f"relation {table.name}")
    rows = _matching(session, table, statement.where)
    if any(item.expression == _COUNT for item in statement.items):
        return _counted(statement, len(rows))
    rows = _ordered(rows, table, statement)
    if statement.limit is not None:
        rows = rows[: _limit(session, statement.limit)]
    columns: list[tuple[str, str]] = []
    types_from = _blank(table)
    for item in statement.items:
        if item.expression is None:
            if table is None:
                raise SqlError("42602", 'cannot use "*" without a FROM clause')
            columns += [(column.name, column.type) for column in table.columns if not column.hidden]
        else:
            kind = evaluate(session, item.expression, types_from).type
            columns.append((item.alias or _name_of(item.expression), kind))
    return Result(columns, [_project(session, statement, row, table) for row in rows])


def _name_of(expression: syntax.Expression) -> str:
    return expression.name if isinstance(expression, (syntax.Reference, syntax.Call)) else "?column?"


def _project(session: Session, statement: syntax.Select, row: Row, table: Table | None) -> list[Any]:
    found: list[Any] = []
    for item in statement.items:
        if item.expression is not None:
            found.append(evaluate(session, item.expression, row).value)
        elif table is not None:
            found += [row[column.name].value for column in table.columns if not column.hidden]
    return found


def _counted(statement: syntax.Select, number: int) -> Result:
    columns: list[tuple[str, str]] = []
    for item in statement.items:
        if item.expression != _COUNT:
            raise SqlError("42803", "a column must appear in the GROUP BY clause or be used in an aggregate function")
        columns.append((item.alias or "count", "INT8"))
    return Result(columns, [[number for _unused in columns]])


def _blank(table: Table | None) -> Row:
    return {column.name: Value(None, column.type) for column in table.columns} if table is not None else {}


def _rows_of(session: Session, table: Table) -> list[list[Any]]:
    if table.database != SYSTEM:
        return table.rows
    accounts = session.accounts
    if table.name == "users":
        names = sorted(accounts.by_name)
        return [[name, None, not accounts.by_name[name].login, number] for number, name in enumerate(names, 1)]
    if table.name == "role_members":
        return [list(row) for row in accounts.memberships()]
    log = session.cluster.events
    events = [log.event_json(number) for number in log.listing("", None)]
    return [[event["timestamp"], event["event_type"], event["reporting_id"], event["info"]] for event in events]


def _matching(session: Session, table: Table | None, where: syntax.Expression | None) -> list[Row]:
    rows: list[Row] = [{}]
    if table is not None:
        rows = [
            {column.name: Value(cell, column.type) for column, cell in zip(table.columns, cells, strict=True)}
            for cells in _rows_of(session, table)
        ]
    if where is None:
        return rows
    _truth(session, where, _blank(table))
    return [row for row in rows if _truth(session, where, row)]


def _truth(session: Session, where: syntax.Expression, row: Row) -> bool:
    value = evaluate(session, where, row)
    if value.type not in ("BOOL", UNKNOWN):
        raise SqlError("42804", f"argument of WHERE must be type bool, not type {value.type.lower()}")
    return bool(value.value)


def _ordered(rows: list[Row], table: Table | None, statement: syntax.Select) -> list[Row]:
    for name, descending in reversed(statement.order_by):
        if table is None or table.column(name) is None:
            raise SqlError("42703", f'column "{name}" does not exist')
        # NULL comes first when ascending [H].
        rows = sorted(rows, key=_order_key(name), reverse=descending)
    return rows


def _order_key(name: str) -> Callable[[Row], tuple[bool, Any]]:
    return lambda row: (row[name].value is not None, row[name].value)


def _limit(session: Session, expression: syntax.Expression) -> int:
    found = evaluate(session, expression, None)
    if found.type not in ("INT8", UNKNOWN):
        raise SqlError("42804", f"argument of LIMIT must be type int, not type {found.type.lower().rstrip('8')}")
    if found.value is not None and found.value < 0:
        raise SqlError("2201W", "negative value for LIMIT")
    return 2**62 if found.value is None else int(found.value)


def insert(session: Session, statement: syntax.Insert) -> Result:
    """INSERT; 23505 on a duplicate key, 23502 on a missing value."""
    table = _writable(session, statement.table, "INSERT")
    names = statement.columns or tuple(column.name for column in table.columns)
    for name in names:
        if table.column(name) is None:
            raise SqlError("42703", f'column "{name}" does not exist')
    for values in statement.rows:
        if len(values) > len(names):
            raise SqlError(
                "42601", f"INSERT has more expressions than target columns, {len(values)} expressions for {len(names)}"
            )
        given = dict(zip(names, values, strict=False))
        row: list[Any] = []
        for column in table.columns:
            if column.name in given:
                cell = convert(evaluate(session, given[column.name], None), column.type).value
            else:
                cell = _default(column.default)
            if cell is None and not column.nullable:
                raise SqlError("23502", f'null value in column "{column.name}" violates not-null constraint')
            row.append(cell)
        _check_key(table, row)
        table.rows.append(row)
    return Result(affected=len(statement.rows))


def _default(text: str) -> Any:
    head = text.partition(":::")[0]
    return int(head) if head else None


def _check_key(table: Table, row: list[Any]) -> None:
    places = [place for name in table.indexes[0].columns if (place := table.column(name)) is not None]
    key = [row[place] for place in places]
    if any([other[place] for place in places] == key for other in table.rows):
        raise SqlError("23505", f'duplicate key value violates unique constraint "{table.indexes[0].name}"')


def delete(session: Session, statement: syntax.Delete) -> Result:
    """DELETE; needs SELECT as well when there is a condition [H]."""
    table = _writable(session, statement.table, "DELETE")
    if statement.where is not None:
        session.require(table.acl, table.owner, "SELECT", f"relation {table.name}")
    gone = {tuple(value.value for value in row.values()) for row in _matching(session, table, statement.where)}
    before = len(table.rows)
    table.rows[:] = [row for row in table.rows if tuple(row) not in gone]
    return Result(affected=before - len(table.rows))


def _writable(session: Session, name: syntax.Name, privilege: str) -> Table:
    table = table_of(session, name)
    session.require(table.acl, table.owner, privilege, f"relation {table.name}")
    if table.database == SYSTEM:
        # What is in these tables is computed; the emulator lets nobody write there.
        raise denied(f"user {session.user} does not have {privilege} privilege on relation {table.name}")
    return table
