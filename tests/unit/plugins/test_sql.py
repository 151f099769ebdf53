# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telling reads from writes, quoting names, sending statements."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.sql import SqlError, execute, is_read, quoted
from ansible_collections.crdb.cloud.plugins.module_utils._http.session import READ, WRITE, Answer
from crdb_emulator.cluster_api.sql.errors import SqlError as ServerError
from crdb_emulator.cluster_api.sql.lexer import Kind, tokenize

READS = (
    "SELECT 1",
    "  \n\t select 1",
    "(SELECT 1)",
    "WITH a AS (SELECT 1) SELECT * FROM a",
    "VALUES (1), (2)",
    "TABLE accounts",
    "EXPLAIN SELECT 1",
    "EXPLAIN ANALYZE (DEBUG) SELECT 1",
    "SHOW CREATE TABLE t",
    "SHOW GRANTS ON DATABASE bank",
    "SHOW BACKUP LATEST IN 'x'",
    "SELECT 'INSERT INTO t'",
    "SELECT 'it''s DELETE'",
    'SELECT "UPDATE" FROM "DROP ""TABLE"" x"',
    "SELECT 1 -- DELETE FROM t",
    "-- DELETE\nSELECT 1",
    "/* DROP TABLE t */ SELECT 1",
    "SELECT /* 'x */ 1 /* ' INSERT */",
    "SELECT deleted, updates, insert_time FROM t",
    "SELECT $1, $2 FROM t WHERE id = $3",
)
WRITES = (
    "",
    "   ",
    "-- only a comment",
    "INSERT INTO t VALUES (1)",
    "UPSERT INTO t VALUES (1)",
    "WITH a AS (INSERT INTO t VALUES (1) RETURNING id) SELECT * FROM a",
    "WITH a AS (SELECT 1) DELETE FROM t",
    "EXPLAIN ANALYZE INSERT INTO t VALUES (1)",
    "EXPLAIN ANALYZE (DEBUG) uPdAtE t SET a = 1",
    "SELECT * FROM t FOR UPDATE",
    "SELECT * FROM t FOR NO KEY UPDATE",
    "SELECT * FROM [INSERT INTO t VALUES (1) RETURNING id]",
    "SELECT * FROM [CANCEL JOB 1]",
    "SHOW JOBS SELECT id FROM [CANCEL JOB 1]",
    "SHOW JOBS WITH x AS (DELETE FROM t RETURNING id) SELECT id FROM x",
    "SELECT nextval('s')",
    "SELECT setval('s', 1)",
    "SET CLUSTER SETTING a = 1",
    "BEGIN",
    "CALL p()",
    "SELECT pg_terminate_backend(1)",
    "/**/DELETE FROM t",
    '"SELECT" 1',
    # Backslashes do not escape in ordinary strings ...
    "SELECT '\\' FROM [DELETE FROM t RETURNING 1] --'",
    # ... but in these; and a string goes on after a line break.
    "SELECT e'a'\n'\\' x' FROM [DELETE FROM t RETURNING 1] AS y -- '",
    # $$ is part of a name here.
    "SELECT a$$ FROM [DELETE FROM t RETURNING 1] AS b$$",
    # Comments nest.
    "SELECT 1 /* /* */ ' */ FROM [DELETE FROM t RETURNING 1] -- '",
    # The server folds these to ASCII.
    "SELECT * FROM [\u0130NSERT INTO t VALUES (1) RETURNING 1]",
    "REVO\u212aE ALL ON t FROM x",
)


@pytest.mark.parametrize("sql", READS)
def test_reads(sql: str) -> None:
    assert is_read(sql)


@pytest.mark.parametrize("sql", WRITES)
def test_writes(sql: str) -> None:
    assert not is_read(sql)


PIECES = st.sampled_from(
    [
        "'",
        '"',
        "''",
        "\\",
        "$$",
        "$a$",
        "--",
        "\n",
        "/*",
        "*/",
        "e",
        "b",
        "x",
        "[",
        "]",
        "DELETE",
        "SELECT",
        " ",
        ";",
        "1",
    ]
)


@pytest.mark.slow
@settings(max_examples=1000)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_what_the_server_sees_as_a_write_is_never_a_read(tail: str) -> None:
    """The emulator has a lexer of its own: a bare DELETE that it finds is found here too."""
    sql = f"SELECT {tail} DELETE FROM t"
    try:
        tokens = tokenize(sql)
    except ServerError:
        return
    if any(token.kind is Kind.WORD and token.text.upper() == "DELETE" for token in tokens):
        assert not is_read(sql)


@given(st.text(min_size=1).filter(lambda name: "\0" not in name), st.text())
def test_nothing_ends_the_quotes(name: str, other: str) -> None:
    text = quoted(name)
    assert re.fullmatch(r'"(?:[^"]|"")+"', text, re.DOTALL)
    assert text[1:-1].replace('""', '"') == name
    if other and "\0" not in other:
        assert quoted(name, other) == f"{text}.{quoted(other)}"


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_what_can_not_be_a_name(name: str) -> None:
    with pytest.raises(OptionError, match="can't be the name"):
        quoted("fine", name)


class Api:
    """Answers with *body* and keeps what was asked."""

    def __init__(self, body: Any, status: int = 200) -> None:
        self.answer = Answer(status, {}, "text" if body is None else "{}", body, body is not None)
        self.asked: dict[str, Any] = {}

    def call(self, method: str, path: str, **more: Any) -> Answer:
        self.asked = {"method": method, "path": path, **more}
        return self.answer


def test_what_is_sent() -> None:
    api = Api({"execution": {"txn_results": [{"tag": "SELECT", "columns": [{"name": "a"}], "rows": [{"a": 1}]}, {}]}})
    found = execute(api, [("SELECT $1", ["x"]), ("SELECT 2", [])], effect=READ, run=False, timeout=2.5, database="bank")  # type: ignore[arg-type]
    assert found[0] == {"tag": "SELECT", "rows_affected": 0, "columns": ["a"], "rows": [{"a": 1}]}
    assert found[1] == {"tag": None, "rows_affected": 0, "columns": [], "rows": []}
    assert (api.asked["method"], api.asked["path"], api.asked["effect"]) == ("POST", "/sql", READ)
    assert api.asked["secrets"] == ("x",)
    assert api.asked["body"] == {
        "statements": [{"sql": "SELECT $1", "arguments": ["x"]}, {"sql": "SELECT 2"}],
        "execute": False,
        "application_name": "crdb.cloud",
        "database": "bank",
        "timeout": "2.5s",
    }


@pytest.mark.parametrize(
    ("body", "status", "message", "code"),
    [
        ({"error": {"code": "42601", "message": "bad planted-secret"}}, 200, "bad ********", "42601"),
        ({"execution": {"txn_results": [{}, {"error": {"message": "x"}}]}}, 200, "x", ""),
        ({"error": "odd"}, 400, "odd", ""),
        (None, 400, "text", ""),
    ],
)
def test_errors(body: Any, status: int, message: str, code: str) -> None:
    with pytest.raises(SqlError) as caught:
        execute(Api(body, status), [("SELECT $1", ["planted-secret"])], effect=WRITE)  # type: ignore[arg-type]
    assert (caught.value.message, caught.value.code) == (message, code)
    assert ("SQLSTATE" in caught.value.summary()) is bool(code)
