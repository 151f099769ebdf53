# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The statements of one request, run one after the other.

Unless ``separate_txns`` is set they share a transaction: the first error ends it and undoes all of them [H]. Whether
they share the *modes* of that transaction is another matter. The handler's own comment says "There is no session
state shared across the statements. For example, SET statements are ineffective", and that a client cannot use
BEGIN, COMMIT or ROLLBACK [H]. So there are two ways, ``--sql-modes``:

* ``request``: ``BEGIN READ ONLY`` and ``SET TRANSACTION READ ONLY`` hold until the end of the request (or COMMIT or
  ROLLBACK), and a write is refused with 25006;
* ``statement``: as the source reads. They change nothing for the statements behind them, and BEGIN, COMMIT and
  ROLLBACK are errors [the codes L].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from crdb_emulator.cluster_api.options import PER_REQUEST
from crdb_emulator.cluster_api.sql import principals, privileges, queries, show, syntax
from crdb_emulator.cluster_api.sql.context import Result, Session
from crdb_emulator.cluster_api.sql.errors import UNCATEGORIZED, SqlError
from crdb_emulator.cluster_api.sql.parser import Parsed
from crdb_emulator.cluster_api.sqlsessions import go_time
from crdb_emulator.times import now_ns

_RULES: dict[type[syntax.Statement], Callable[[Session, Any], Result]] = {
    syntax.ShowDatabases: show.show_databases,
    syntax.ShowRoles: show.show_roles,
    syntax.ShowUsers: show.show_roles,
    syntax.ShowTables: show.show_tables,
    syntax.ShowSchemas: show.show_schemas,
    syntax.ShowGrants: show.show_grants,
    syntax.ShowRoleGrants: show.show_role_grants,
    syntax.Grant: privileges.grant,
    syntax.Revoke: privileges.revoke,
    syntax.GrantRole: privileges.grant_role,
    syntax.RevokeRole: privileges.revoke_role,
    syntax.CreateDatabase: principals.create_database,
    syntax.DropDatabase: principals.drop_database,
    syntax.CreateRole: principals.create_role,
    syntax.DropRole: principals.drop_role,
    syntax.Select: queries.select,
    syntax.Insert: queries.insert,
    syntax.Delete: queries.delete,
}
_SIZES = {"INT8": 8, "FLOAT8": 8, "BOOL": 1, "UUID": 16, "TIMESTAMP": 24, "TIMESTAMPTZ": 24, "DECIMAL": 40}
_STRING_SIZE = 16


@dataclass(slots=True)
class Work:
    """A parsed statement and its arguments."""

    parsed: Parsed
    arguments: tuple[Any, ...]


@dataclass(slots=True)
class Runner:
    """Runs the statements of a request."""

    session: Session
    modes: str
    separate: bool
    stop_on_error: bool
    max_size: int
    read_only: bool = False
    size: int = 0
    results: list[dict[str, Any]] = field(default_factory=list)
    _restore: Callable[[], None] | None = None

    def run(self, works: list[Work]) -> SqlError | None:
        """Fills ``results``; returns the error of the request as a whole."""
        self._mark(works)
        outer: SqlError | None = None
        for number, work in enumerate(works, 1):
            error = self._one(number, work)
            if error is None:
                continue
            self._undo()
            if not self.separate:
                return error
            outer = outer or SqlError(UNCATEGORIZED, "separate transaction payload encountered transaction error(s)")
            if self.stop_on_error:
                break
        return outer

    def _mark(self, works: list[Work]) -> None:
        if any(work.parsed.statement.effect == syntax.WRITE for work in works):
            self._restore = self.session.cluster.snapshot()

    def _undo(self) -> None:
        if self._restore is not None:
            self._restore()
            self._restore = self.session.cluster.snapshot()

    def _one(self, number: int, work: Work) -> SqlError | None:
        statement = work.parsed.statement
        entry: dict[str, Any] = {"statement": number, "tag": statement.tag, "start": go_time(now_ns())}
        entry |= {"end": "", "rows_affected": 0}
        self.results.append(entry)
        error: SqlError | None = None
        try:
            self._check_size()
            self._perform(work, entry)
            if self.separate and self._restore is not None and statement.effect == syntax.WRITE:
                self._restore = self.session.cluster.snapshot()
        except SqlError as raised:
            error = raised.wrapped(f"executing stmt {number}")
            entry["error"] = error.to_json()
        entry["end"] = go_time(now_ns())
        return error

    def _perform(self, work: Work, entry: dict[str, Any]) -> None:
        try:
            self.session.arguments = work.arguments
            result = self._execute(work.parsed.statement)
        except RecursionError:
            raise SqlError("54001", "statement is too complex") from None
        except SqlError as error:
            raise error.wrapped("run-query-via-api") from None
        entry["rows_affected"] = result.affected
        names = _distinct([name for name, _unused in result.columns])
        columns = result.columns_json()
        for column, name in zip(columns, names, strict=False):
            column["name"] = name
        entry["columns"] = columns
        kinds = [kind for _unused, kind in result.columns]
        for row in result.rows:
            entry.setdefault("rows", []).append({name: _plain(cell) for name, cell in zip(names, row, strict=True)})
            self.size += sum(_size(cell, kind) for cell, kind in zip(row, kinds, strict=True))
            self._check_size()

    def _check_size(self) -> None:
        if self.size > self.max_size:
            raise SqlError(UNCATEGORIZED, "max result size exceeded")

    def _execute(self, statement: syntax.Statement) -> Result:
        if isinstance(statement, (syntax.Begin, syntax.Commit, syntax.Rollback, syntax.SetTransaction)):
            return self._move(statement)
        if isinstance(statement, syntax.Set):
            return Result()
        if self.read_only and statement.effect == syntax.WRITE:
            raise SqlError("25006", f"cannot execute {statement.tag} in a read-only transaction")
        return _RULES[type(statement)](self.session, statement)

    def _move(self, statement: syntax.Statement) -> Result:
        shared = self.modes == PER_REQUEST and not self.separate
        if isinstance(statement, syntax.SetTransaction):
            if shared and statement.read_only is not None:
                self.read_only = statement.read_only
        elif self.modes != PER_REQUEST and isinstance(statement, syntax.Begin):
            raise SqlError("25001", "there is already a transaction in progress")
        elif self.modes != PER_REQUEST:
            raise SqlError("25P01", "there is no transaction in progress")
        elif shared and isinstance(statement, syntax.Begin):
            self.read_only = bool(statement.read_only)
        elif shared:
            self.read_only = False
            if isinstance(statement, syntax.Rollback):
                self._undo()
            elif self._restore is not None:
                self._restore = self.session.cluster.snapshot()
        return Result()


def _distinct(names: list[str]) -> list[str]:
    """A second column of a name gets ``_1`` behind it, a third ``_2`` [H]."""
    seen: dict[str, int] = {}
    found: list[str] = []
    for name in names:
        count = seen.get(name, 0)
        seen[name] = count + 1
        found.append(f"{name}_{count}" if count else name)
    return found


def _plain(value: Any) -> Any:
    # Go prints a float without a fraction as an integer.
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e21 else value


def _size(value: Any, kind: str) -> int:
    if value is None:
        return 0
    return _SIZES.get(kind) or _STRING_SIZE + len(str(value).encode())
