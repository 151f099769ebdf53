# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL over the Cluster API: rows, errors, what read_only lets through, check mode, secret arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from integration.helpers.running import Cluster, fails, outcomes, same, task

SECRET = 'planted-argument"<&>'
NOTES = "bank.public.accounts"
INSERT = f"INSERT INTO {NOTES} (id, owner, balance) VALUES ($1, $2, $3)"
COUNT = f"SELECT count(*) AS n FROM {NOTES}"
# Statements that read_only: true refuses, with the word that the message names.
WRITES = {
    f"INSERT INTO {NOTES} (id) VALUES (1)": "INSERT",
    f"WITH gone AS (DELETE FROM {NOTES} RETURNING id) SELECT * FROM gone": "WITH",
    f"EXPLAIN ANALYZE INSERT INTO {NOTES} (id) VALUES (1)": "EXPLAIN",
    f"SELECT * FROM {NOTES} FOR UPDATE": "SELECT",
    f"SELECT * FROM [INSERT INTO {NOTES} (id) VALUES (1) RETURNING id]": "SELECT",
    f"SHOW JOBS SELECT id FROM [DELETE FROM {NOTES} RETURNING id]": "SHOW",
    f"/* SELECT */ DELETE FROM {NOTES}": "DELETE",
    f"-- SELECT\ndElEtE FROM {NOTES}": "DELETE",
    f"SELECT '\\' FROM [DELETE FROM {NOTES} RETURNING id] --'": "SELECT",
    f"SELECT 1 /* /* */ ' */ FROM [DELETE FROM {NOTES} RETURNING 1] -- '": "SELECT",
    "SELECT nextval('s')": "SELECT",
    "SET TRANSACTION READ WRITE": "SET",
    "GRANT admin TO reader": "GRANT",
    "DROP DATABASE bank": "DROP",
    "BEGIN": "BEGIN",
}
# Statements that only read, whatever their strings, names and comments say; the emulator knows them all.
READS: dict[str, list[dict[str, Any]]] = {
    "SELECT 'DELETE FROM x; it''s' AS text": [{"text": "DELETE FROM x; it's"}],
    'SELECT 1 AS "update"': [{"update": 1}],
    "SELECT /* INSERT */ 2 AS n -- DROP": [{"n": 2}],
    "  -- GRANT\n SELECT 3 AS n": [{"n": 3}],
    "SELECT deleted_at FROM (SELECT 1)": [],
    "SHOW GRANTS ON DATABASE postgres FOR reader": [],
    "SHOW DATABASES": [],
}
NOT_IN_THE_GRAMMAR = {"SELECT deleted_at FROM (SELECT 1)"}


@pytest.mark.smoke
def test_rows(running: Callable[..., Cluster]) -> None:
    cluster = running()
    several = {
        "statements": [
            {"sql": INSERT, "arguments": [501, "{{ secret }}", 1]},
            {"sql": f"SELECT id FROM {NOTES} WHERE owner = $1", "arguments": ["{{ secret }}"]},
            {"sql": COUNT},
        ],
        "read_only": False,
    }
    wrong = f"SELECT id FROM {NOTES} WHERE nowhere = $1"
    run = cluster(
        [
            task("rows", "query", {"query": "SELECT id, owner FROM accounts ORDER BY id LIMIT 2", "database": "bank"}),
            task("none", "query", {"query": f"SELECT id FROM {NOTES} WHERE id = $1", "arguments": [-1]}),
            task("types", "query", {"query": "SELECT $1 AS a, true AS b, NULL AS c", "arguments": [7]}),
            task("several", "query", several),
            task("duplicate", "query", {**several, "statements": several["statements"][:1]}, ignore_errors=True),
            task("wrong", "query", {"query": wrong, "arguments": ["{{ secret }}"]}, ignore_errors=True),
            task("syntax", "query", {"query": "SELECT FROM WHERE"}, ignore_errors=True),
            task("too few", "query", {"query": "SELECT $1, $2", "arguments": ["{{ secret }}"]}, ignore_errors=True),
            task("two in one", "query", {"query": "SELECT 1; SELECT 2"}, ignore_errors=True),
            task("empty", "query", {"query": "  "}, ignore_errors=True),
            task("too long", "query", {"query": f"SELECT * FROM {NOTES}", "max_result_size": 10}, ignore_errors=True),
            task("both", "query", {**several, "query": "SELECT 1"}, ignore_errors=True),
        ],
        both=False,
        secrets=[SECRET],
        variables={"secret": SECRET},
    )
    assert [set(row) for row in run["rows"]["rows"]] == [{"id", "owner"}] * 2
    assert run["rows"]["results"][0]["columns"] == ["id", "owner"]
    assert not run["rows"].changed
    assert run["none"]["rows"] == []
    assert run["types"]["rows"] == [{"a": 7, "b": True, "c": None}]
    assert run["several"].changed
    assert run["several"]["results"][0]["rows_affected"] == 1
    assert run["several"]["results"][1]["rows"] == [{"id": 501}]
    assert run["several"]["rows"] == run["several"]["results"][2]["rows"]
    run["wrong"].fails_with("Failed to run the SQL statement", "SQLSTATE 42703")
    assert run["wrong"]["error"]["code"] == "42703"
    run["syntax"].fails_with("syntax error", "SQLSTATE 42601")
    run["too few"].fails_with("placeholder")
    run["two in one"].fails_with("expecting 1 statement, found 2")
    run["empty"].fails_with("A statement is empty")
    run["too long"].fails_with("max result size exceeded")
    run["both"].fails_with("mutually exclusive")
    for name in ("rows", "none", "types", "several"):
        assert run[name]["invocation"]["module_args"].get("arguments") in (None, HIDDEN)
    assert [row["arguments"] for row in run["several"]["invocation"]["module_args"]["statements"][:2]] == [HIDDEN] * 2


HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def test_secret_arguments(running: Callable[..., Cluster]) -> None:
    """Even where the server sends them back."""
    cluster = running()
    run = cluster(
        [
            task("echo", "query", {"query": "SELECT $1 AS text", "arguments": ["{{ secret }}"]}),
            task(
                "error", "query", {"query": "SELECT count($1, $1)", "arguments": ["{{ secret }}"]}, ignore_errors=True
            ),
            task("cast", "query", {"query": "SELECT 1 + $1 AS n", "arguments": ["{{ secret }}"]}, ignore_errors=True),
        ],
        secrets=[SECRET],
        variables={"secret": SECRET},
    )
    assert same(run, "echo", "rows") == [{"text": "********"}]
    assert all(outcome.failed for outcome in outcomes(run, "error") + outcomes(run, "cast"))


def test_read_only(running: Callable[..., Cluster]) -> None:
    cluster = running()
    writes = [task(f"write {sql}", "query", {"query": sql}, ignore_errors=True) for sql in WRITES]
    second = {"statements": [{"sql": "SELECT 1"}, {"sql": f"DELETE FROM {NOTES}"}]}
    reads = [task(f"read {sql}", "query", {"query": sql}, ignore_errors=True) for sql in READS]
    run = cluster([*writes, task("second", "query", second, ignore_errors=True), *reads], both=False)
    for sql, word in WRITES.items():
        run[f"write {sql}"].fails_with(f"begins with {word} may change something, and read_only is true")
    run["second"].fails_with("begins with DELETE")
    for sql, rows in READS.items():
        outcome = run[f"read {sql}"]
        if sql in NOT_IN_THE_GRAMMAR:
            outcome.fails_with("SQLSTATE 42601")
        else:
            assert not outcome.changed
            assert not rows or outcome["rows"] == rows, sql
    # What is refused is refused before anything is sent.
    assert cluster.paths() == ["/api/v2/sql/"] * len(READS)
    assert cluster.writes() == []


def test_check_mode_only_parses(running: Callable[..., Cluster]) -> None:
    cluster = running()
    run = cluster(
        [
            task("write", "query", {"query": INSERT, "arguments": [901, "x", 1], "read_only": False}),
            task("create", "query", {"query": "CREATE DATABASE IF NOT EXISTS reports", "read_only": False}),
            task("read", "query", {"query": COUNT}),
            task("syntax", "query", {"query": "DELETE FORM x", "read_only": False}, ignore_errors=True),
            task("refused", "query", {"query": f"DELETE FROM {NOTES}"}, ignore_errors=True),
            task("for real", "query", {"query": COUNT}, check_mode=False),
        ],
        check=True,
    )
    for name, changed in (("write", True), ("create", True), ("read", False)):
        assert [outcome.changed for outcome in outcomes(run, name)] == [changed] * 2
        assert same(run, name, "rows") == same(run, name, "results") == []
    fails(run, "syntax", "SQLSTATE 42601")
    fails(run, "refused", "read_only is true")
    assert same(run, "for real", "rows") == [{"n": 10}]
    assert cluster.writes() == []
