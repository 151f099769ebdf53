# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``POST /sql/``: the JSON around statements, queries, transactions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

COUNT = "SELECT count(*) FROM bank.public.accounts"


def post(cluster: Any, content: Any, kind: str | None = "application/json", user: str = "ann") -> tuple[int, Any]:
    headers = {"X-Cockroach-API-Session": cluster.token(user)}
    if kind is not None:
        headers["Content-Type"] = kind
    answer = cluster.node.post("/api/v2/sql/", content=content, headers=headers)
    assert answer.headers["content-type"] == "application/json"
    return answer.status_code, answer.json()


def test_shape(cluster: Any) -> None:
    answer = cluster.post_sql(("SELECT 1, 'a' AS b, $1, true, NULL", [2.5])).json()
    assert list(answer) == ["num_statements", "execution"]
    (result,) = answer["execution"]["txn_results"]
    assert (result["statement"], result["tag"], result["rows_affected"]) == (1, "SELECT", 0)
    assert [(column["type"], column["oid"]) for column in result["columns"]] == [
        ("INT8", 20), ("STRING", 25), ("FLOAT8", 701), ("BOOL", 16), ("UNKNOWN", 705),
    ]  # fmt: skip
    assert result["rows"] == [{"?column?": 1, "b": "a", "?column?_1": 2.5, "?column?_2": True, "?column?_3": None}]
    assert result["start"] <= result["end"]


def test_without_execute_it_only_parses(cluster: Any) -> None:
    answer = cluster.post_sql(("insert  into bank.accounts values ($1)", [1]), "drop database bank", execute=False)
    assert answer.status_code == 200
    assert answer.json() == {
        "num_statements": 2,
        "request": {
            "timeout": "5s",
            "max_result_size": 1_000_000,
            "database": "system",
            "application_name": "$ api-v2-sql",
            "execute": False,
            "separate_txns": False,
            "stop_on_error": False,
            "statements": [
                {"sql": "INSERT INTO bank.accounts VALUES ($1)", "arguments": [1]},
                {"sql": "DROP DATABASE bank"},
            ],
        },
    }
    assert cluster.rows(COUNT) == [[10]]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "unexpected end of JSON input"),
        ("{", "invalid character looking for beginning of value"),
        ('{"max_result_size": NaN}', "invalid character looking for beginning of value"),
        ("[]", "json: cannot unmarshal array into Go value of type server.requestType"),
        ("{}", "no statements specified"),
        ('{"statements": []}', "no statements specified"),
        ('{"statements": "x"}', "json: cannot unmarshal string into Go struct field requestType.statements"),
        ('{"execute": "yes"}', "json: cannot unmarshal string into Go struct field requestType.execute of type bool"),
        ('{"timeout": "abcdef", "statements": [{"sql": "SELECT 1"}]}', 'time: invalid duration "abcdef"'),
        ('{"statements": [{"sql": ""}]}', "parsing statement 1: expecting 1 statement, found 0"),
        ('{"statements": [{"sql": "SELECT 1; SELECT 2"}]}', "parsing statement 1: expecting 1 statement, found 2"),
        ('{"statements": [{"sql": "SELECT $1"}]}', "parsing statement 1: expected 1 placeholder(s), got 0"),
        ('{"statements": [{"sql": "SELECT 1", "arguments": [1]}]}', "expected 0 placeholder(s), got 1"),
    ],
)
def test_bad_requests(cluster: Any, body: str, message: str) -> None:
    status, answer = post(cluster, body)
    assert status == 400
    assert list(answer) == ["error"]
    assert answer["error"]["code"] == "XXUUU"
    assert message in answer["error"]["message"]


def test_a_syntax_error_is_400(cluster: Any) -> None:
    status, answer = post(
        cluster, '{"execute": true, "statements": [{"sql": "SELECT 1"}, {"sql": "INSERT INTO WHERE"}]}'
    )
    assert status == 400
    assert answer["error"] == {
        "code": "42601", "message": 'parsing statement 2: at or near "where": syntax error', "severity": "ERROR",
    }  # fmt: skip


def test_methods_and_types(cluster: Any) -> None:
    answer = cluster.get("sql/")
    assert (answer.status_code, answer.json()["error"]["message"]) == (405, "only POST supported")
    body = '{"statements": [{"sql": "SELECT 1"}]}'
    assert post(cluster, body, None)[0] == 200
    assert post(cluster, body, "application/octet-stream")[0] == 200
    for kind in ("text/plain", "application/json; charset=utf-8"):
        status, found = post(cluster, body, kind)
        assert (status, found["error"]["message"]) == (400, f'expecting content-type json: "{kind}"')
    assert cluster.node.post("/api/v2/sql/", content=body).status_code == 401


def test_errors_of_the_execution_are_200(cluster: Any) -> None:
    answer = cluster.post_sql("SELECT 1", "SELECT * FROM nothing", "SELECT 2")
    assert answer.status_code == 200
    found = answer.json()
    error = {
        "code": "42P01",
        "message": 'executing stmt 2: run-query-via-api: relation "nothing" does not exist',
        "severity": "ERROR",
    }
    assert found["error"] == error
    results = found["execution"]["txn_results"]
    assert [result["statement"] for result in results] == [1, 2]
    assert results[1]["error"] == error
    assert "columns" not in results[1]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT 1 + 2 * 3 - -4, 7 // 2, -7 // 2, -7 % 3, (1 + 2) * 3", [[11, 3, -3, -1, 9]]),
        ("SELECT 1 / 2, 1.5 * 2", [[0.5, 3]]),
        ("SELECT current_user, current_user(), current_database()", [["ann", "ann", "bank"]]),
        (
            "SELECT id, owner FROM accounts WHERE balance >= 2750 AND id <> 9 ORDER BY id DESC",
            [[10, "Jonas"], [8, "Hana"]],
        ),
        ("SELECT id FROM accounts WHERE owner = 'Bea'", [[2]]),
        ("SELECT id FROM public.accounts WHERE id = '3'", [[3]]),
        ("SELECT id FROM bank.accounts ORDER BY owner LIMIT 2", [[1], [2]]),
        ("SELECT id + 1 AS n FROM bank.public.accounts ORDER BY id DESC LIMIT 1", [[11]]),
        ("SELECT count(*) FROM accounts WHERE owner IS NOT NULL", [[10]]),
        ("SELECT count(*) FROM accounts WHERE NULL = NULL", [[0]]),
        ("SELECT count(*) FROM accounts WHERE id = 1 OR id = 2 AND balance = 0", [[1]]),
        ("SELECT NOT false, NOT NULL IS NULL", [[True, False]]),
        ('SELECT text FROM "my-db".notes', [["hello"]]),
        ('SELECT revenue FROM movr.reporting."Daily Totals"', [[91]]),
        ("SELECT username FROM system.users WHERE username = 'admin'", [["admin"]]),
    ],
)
def test_queries(cluster: Any, query: str, rows: Any) -> None:
    assert cluster.rows(query, database="bank") == rows


def test_functions(cluster: Any) -> None:
    ((version, now),) = cluster.rows("SELECT version(), now()")
    assert version.startswith("CockroachDB CCL v25.4.4 ")
    assert now == "2026-01-15T12:00:00Z"
    assert cluster.rows("SELECT id, owner, balance FROM bank.accounts LIMIT 1") == cluster.rows(
        "SELECT * FROM bank.accounts LIMIT 1"
    )


def test_arguments(cluster: Any) -> None:
    assert cluster.rows(("SELECT owner FROM bank.accounts WHERE id = $1 AND owner = $2", [2, "Bea"])) == [["Bea"]]
    assert cluster.rows(("SELECT $1, $2, $1", ["it's", None])) == [["it's", None, "it's"]]
    assert cluster.sql_error(("SELECT * FROM bank.accounts WHERE id = $1", ["2"])) == (
        "22023", "unsupported comparison operator: <int> = <string>",
    )  # fmt: skip
    assert cluster.sql_error(("SELECT 1 LIMIT $1", [1])) == (
        "42804", "argument of LIMIT must be type int, not type float",
    )  # fmt: skip
    assert cluster.sql_error(("SELECT $1", [[1]]))[0] == "XX000"
    assert cluster.sql_error(("SELECT $1", [10**400]))[0] == "22003"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT x FROM bank.accounts", "42703"),
        ("SELECT x", "42703"),
        ("SELECT *", "42602"),
        ("SELECT id FROM bank.accounts ORDER BY x", "42703"),
        ("SELECT count(*), id FROM bank.accounts", "42803"),
        ("SELECT nothing()", "42883"),
        ("SELECT 1 + 'a'", "22023"),
        ("SELECT 1 // 0", "22012"),
        ("SELECT 9223372036854775807 + 1", "22003"),
        ("SELECT 1e308 * 10", "22003"),
        ("SELECT 1 WHERE 1", "42804"),
        ("SELECT 1 AND true", "42804"),
        ("SELECT id FROM bank.accounts WHERE id = 'x'", "22P02"),
        ("SELECT 1 LIMIT -1", "2201W"),
        ("SELECT " + "+".join(["1"] * 20_000), "54001"),
        ("INSERT INTO bank.accounts VALUES (1, 'x', 2)", "23505"),
        ("INSERT INTO bank.accounts (id) VALUES (77)", "23502"),
        ("INSERT INTO bank.accounts (nope) VALUES (77)", "42703"),
        ("INSERT INTO bank.accounts VALUES (1, 'x', 2, 3)", "42601"),
        ("INSERT INTO bank.accounts VALUES ('x', 'x', 2)", "22P02"),
        ("INSERT INTO bank.accounts VALUES (true, 'x', 2)", "42804"),
        ("INSERT INTO nothing.accounts VALUES (1)", "42P01"),
        ("INSERT INTO system.users VALUES ('x')", "42501"),
    ],
)
def test_errors(cluster: Any, query: str, code: str) -> None:
    assert cluster.sql_error(query)[0] == code
    assert cluster.rows(COUNT) == [[10]]


def test_insert_and_delete(cluster: Any) -> None:
    inserted = cluster.post_sql("INSERT INTO bank.accounts (id, owner) VALUES (50, 'x'), (51, 'y')").json()
    (result,) = inserted["execution"]["txn_results"]
    assert (result["tag"], result["rows_affected"]) == ("INSERT", 2)
    assert result["columns"] == [{"name": "rows_affected", "type": "INT8", "oid": 20}]
    assert "rows" not in result
    assert cluster.rows("SELECT * FROM bank.accounts WHERE id = 51") == [[51, "y", 0]]
    gone = cluster.post_sql(("DELETE FROM bank.accounts WHERE id >= $1", [50])).json()
    assert gone["execution"]["txn_results"][0]["rows_affected"] == 2
    assert cluster.rows(COUNT) == [[10]]


def test_one_transaction_for_all(cluster: Any) -> None:
    assert cluster.sql_error(
        "DELETE FROM bank.accounts", "CREATE USER carl", "GRANT admin TO carl", "SELECT * FROM nothing"
    )[0] == "42P01"  # fmt: skip
    assert cluster.rows(COUNT) == [[10]]
    assert "carl" not in [row[0] for row in cluster.rows("SHOW USERS")]


def test_separate_transactions(cluster: Any) -> None:
    statements = (
        "DELETE FROM bank.accounts WHERE id = 1",
        "SELECT * FROM nothing",
        "DELETE FROM bank.accounts WHERE id = 2",
    )
    answer = cluster.post_sql(*statements, separate_txns=True).json()
    assert answer["error"] == {
        "code": "XXUUU",
        "message": "separate transaction payload encountered transaction error(s)",
        "severity": "ERROR",
    }
    assert ["error" in result for result in answer["execution"]["txn_results"]] == [False, True, False]
    assert cluster.rows(COUNT) == [[8]]
    answer = cluster.post_sql(*statements, separate_txns=True, stop_on_error=True).json()
    assert len(answer["execution"]["txn_results"]) == 2


def test_results_have_a_size(cluster: Any) -> None:
    answer = cluster.post_sql(*["SELECT 1"] * 4, max_result_size=23, separate_txns=True).json()
    results = answer["execution"]["txn_results"]
    assert ["rows" in result for result in results] == [True, True, True, False]
    assert [result.get("error", {}).get("message") for result in results] == [
        None, None, "executing stmt 3: max result size exceeded", "executing stmt 4: max result size exceeded",
    ]  # fmt: skip
    assert cluster.sql_error("SHOW GRANTS", database="movr", max_result_size=100)[1] == (
        "executing stmt 1: max result size exceeded"
    )


@pytest.mark.parametrize("first", ["BEGIN READ ONLY", "SET TRANSACTION READ ONLY", "START TRANSACTION READ ONLY"])
def test_read_only_transactions(make_cluster: Callable[..., Any], first: str) -> None:
    write = "INSERT INTO bank.accounts VALUES (50, 'x', 1)"
    cluster = make_cluster()
    refused = ("25006", "cannot execute INSERT in a read-only transaction")
    assert cluster.sql_error(first, write) == refused
    assert cluster.sql_error(first, "GRANT admin TO bob")[1] == "cannot execute GRANT in a read-only transaction"
    assert cluster.rows(first, "SELECT 1", "COMMIT", "SELECT 2") == [[2]]
    assert cluster.rows(COUNT) == [[10]]
    cluster.rows(first, "COMMIT", write)
    assert cluster.rows(COUNT) == [[11]]
    assert "error" not in cluster.post_sql(first, "DELETE FROM bank.accounts", separate_txns=True).json()


def test_as_the_source_reads_modes_are_not_shared(make_cluster: Callable[..., Any]) -> None:
    cluster = make_cluster(sql_modes="statement")
    cluster.rows("SET TRANSACTION READ ONLY", "DELETE FROM bank.accounts WHERE id = 1")
    assert cluster.rows(COUNT) == [[9]]
    assert cluster.sql_error("BEGIN READ ONLY") == ("25001", "there is already a transaction in progress")
    assert cluster.sql_error("COMMIT")[0] == "25P01"


def test_rollback_and_commit(cluster: Any) -> None:
    cluster.rows("BEGIN", "DELETE FROM bank.accounts", "ROLLBACK", "SELECT 1")
    assert cluster.rows(COUNT) == [[10]]
    assert cluster.sql_error("BEGIN", "DELETE FROM bank.accounts WHERE id = 1", "COMMIT", "SELECT x")[0] == "42703"
    assert cluster.rows(COUNT) == [[9]]


def test_set_changes_nothing(cluster: Any) -> None:
    assert cluster.rows("SET database = bank", "SELECT current_database()") == [["system"]]
