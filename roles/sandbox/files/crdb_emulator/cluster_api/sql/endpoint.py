# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON of ``POST /sql/`` [H].

Request: ``{statements: [{sql, arguments}], execute, database, timeout, max_result_size, application_name,
separate_txns, stop_on_error}``, one statement in each ``sql``. Answer: ``{num_statements, execution: {txn_results:
[{statement, tag, start, end, rows_affected, columns, rows, error}]}}`` and ``error`` when something failed; with
``execute`` false ``{num_statements, request}``, where ``request`` is what was understood. What is wrong with the
request itself, its SQL syntax included, is 400; an error of the execution is 200. All of it is JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crdb_emulator.cluster_api.reply import json_reply
from crdb_emulator.cluster_api.running import RunningCluster
from crdb_emulator.cluster_api.sql import syntax
from crdb_emulator.cluster_api.sql.context import Session
from crdb_emulator.cluster_api.sql.errors import UNCATEGORIZED, SqlError
from crdb_emulator.cluster_api.sql.parser import parse
from crdb_emulator.cluster_api.sql.transaction import Runner, Work
from crdb_emulator.cluster_api.sqlsessions import go_time
from crdb_emulator.context import Reply

_JSON_TYPES = ("application/json", "application/octet-stream")
_DURATION = re.compile(r"[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|[-+]?0", re.ASCII)
_FIELDS: dict[str, tuple[type, Any]] = {
    "timeout": (str, "5s"),
    "max_result_size": (int, 10_000),
    "database": (str, "system"),
    "application_name": (str, "$ api-v2-sql"),
    "execute": (bool, False),
    "separate_txns": (bool, False),
    "stop_on_error": (bool, False),
}
_GO_TYPES = {str: "string", int: "int", bool: "bool"}


class _Bad(Exception):
    """What is wrong with the request: 400."""

    def __init__(self, error: SqlError) -> None:
        super().__init__(error.message)
        self.error = error


def _bad(message: str) -> _Bad:
    return _Bad(SqlError(UNCATEGORIZED, message))


@dataclass(slots=True)
class _Request:
    options: dict[str, Any]
    works: list[Work] = field(default_factory=list)


def effect_of(body: bytes) -> str:
    """``read`` when the request provably changes nothing: it only parses, or it only reads."""
    try:
        found = _read(body)
    except _Bad:
        return syntax.WRITE
    if not found.options["execute"]:
        return syntax.READ
    changes = any(work.parsed.statement.effect == syntax.WRITE for work in found.works)
    return syntax.WRITE if changes else syntax.READ


def run_sql(cluster: RunningCluster, user: str, method: str, headers: Mapping[str, str], body: bytes) -> Reply:
    """Answer a request."""
    if method != "POST":
        return _failure(405, SqlError(UNCATEGORIZED, "only POST supported"))
    kind = headers.get("content-type") or "application/octet-stream"
    if kind not in _JSON_TYPES:
        return _failure(400, SqlError(UNCATEGORIZED, f"expecting content-type json: {json.dumps(kind)}"))
    try:
        request = _read(body)
    except _Bad as bad:
        return _failure(400, bad.error)
    options = request.options
    if not options["execute"]:
        return _json({"num_statements": len(request.works), "request": _echo(request)})
    runner = Runner(
        session=Session(cluster, user, options["database"], go_time(cluster.store.now)),
        modes=cluster.options.sql_modes,
        separate=options["separate_txns"],
        stop_on_error=options["stop_on_error"],
        max_size=options["max_result_size"],
    )
    error = runner.run(request.works)
    answer: dict[str, Any] = {"error": error.to_json()} if error else {}
    answer |= {"num_statements": len(request.works), "execution": {"txn_results": runner.results}}
    return _json(answer)


def _failure(status: int, error: SqlError) -> Reply:
    return _json({"error": error.to_json()}, status)


def _json(value: Any, status: int = 200) -> Reply:
    reply = json_reply(value, status)
    reply.headers["x-content-type-options"] = "nosniff"
    return reply


def _echo(request: _Request) -> dict[str, Any]:
    statements = []
    for work in request.works:
        one: dict[str, Any] = {"sql": work.parsed.text}
        statements.append(one | {"arguments": list(work.arguments)} if work.arguments else one)
    return {**request.options, "statements": statements}


def _read(body: bytes) -> _Request:
    if not body.strip():
        raise _bad("unexpected end of JSON input")
    try:
        given = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise _bad("invalid character looking for beginning of value") from None
    if not isinstance(given, dict):
        raise _bad(f"json: cannot unmarshal {_go_kind(given)} into Go value of type server.requestType")
    options = {name: _option(given, name) for name in _FIELDS}
    if not _DURATION.fullmatch(options["timeout"]):
        raise _bad(f"time: invalid duration {json.dumps(options['timeout'])}")
    statements = _typed(given.get("statements"), list, "statements") or []
    if not statements:
        raise _bad("no statements specified")
    return _Request(options, [_work(number, statement) for number, statement in enumerate(statements, 1)])


def _refuse(word: str) -> Any:
    # NaN and Infinity are JSON in Python only.
    raise ValueError(word)


def _option(given: dict[str, Any], name: str) -> Any:
    kind, default = _FIELDS[name]
    return _typed(given.get(name), kind, name) or default


def _typed(value: Any, kind: type, name: str) -> Any:
    # bool is an int in Python, not in Go.
    if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
        wanted = _GO_TYPES.get(kind, "[]struct")
        raise _bad(f"json: cannot unmarshal {_go_kind(value)} into Go struct field requestType.{name} of type {wanted}")
    return value


def _go_kind(value: Any) -> str:
    kinds = ((bool, "bool"), (str, "string"), (list, "array"), (dict, "object"))
    return next((word for kind, word in kinds if isinstance(value, kind)), "number")


def _work(number: int, given: Any) -> Work:
    where = f"parsing statement {number}"
    one = _typed(given, dict, "statements") or {}
    sql = _typed(one.get("sql"), str, "statements.sql") or ""
    arguments = _typed(one.get("arguments"), list, "statements.arguments") or []
    try:
        found = parse(sql)
    except SqlError as error:
        raise _Bad(error.wrapped(where)) from None
    if len(found) != 1:
        raise _bad(f"{where}: expecting 1 statement, found {len(found)}")
    if found[0].placeholders != len(arguments):
        raise _bad(f"{where}: expected {found[0].placeholders} placeholder(s), got {len(arguments)}")
    return Work(found[0], tuple(arguments))
