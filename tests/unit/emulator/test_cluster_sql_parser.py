# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQL of ``POST /sql/``: tokens, grammar, spelling."""

from __future__ import annotations

import contextlib
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdb_emulator.cluster_api.accounts import fold
from crdb_emulator.cluster_api.names import RESERVED, literal, quoted
from crdb_emulator.cluster_api.sql import syntax
from crdb_emulator.cluster_api.sql.errors import SqlError
from crdb_emulator.cluster_api.sql.lexer import Kind, tokenize
from crdb_emulator.cluster_api.sql.parser import CURRENT_USER, parse
from crdb_emulator.cluster_api.sql.syntax import Name, Target

NAMES = st.text(min_size=1, max_size=30).map(lambda text: unicodedata.normalize("NFC", text)).filter(bool)

WORDS = (
    *("GRANT", "SELECT", "ON", "ALL", "TABLES", "TO", "FROM", "SHOW", "NOT", "AND"),
    *("x", ",", ".", "(", ")", "*", ";", "1", "'a'", "$1", "="),
)


def one(text: str) -> Any:
    (found,) = parse(text)
    return found.statement


def in_quotes(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@given(NAMES, NAMES, NAMES)
def test_quoted_identifiers_come_back(database: str, schema: str, table: str) -> None:
    path = ".".join(in_quotes(part) for part in (database, schema, table))
    assert one(f"SELECT * FROM {path}") == syntax.Select((syntax.Item(None),), Name((database, schema, table)))
    assert one(f"SHOW GRANTS ON DATABASE {in_quotes(database)}").target == Target("database", (Name((database,)),))
    grant = one(f"GRANT SELECT ON TABLE {path} TO {in_quotes(table)}")
    assert (grant.target.names, grant.grantees) == ((Name((database, schema, table)),), (fold(table),))


@given(NAMES)
def test_what_is_printed_reads_the_same(name: str) -> None:
    (first,) = parse(f"CREATE DATABASE {in_quotes(name)}")
    (second,) = parse(first.text)
    assert second == first
    assert first.text == f"CREATE DATABASE {quoted(name)}"


@given(st.text(max_size=40))
def test_strings_come_back(text: str) -> None:
    for written in ("'" + text.replace("'", "''") + "'", literal(text)):
        (found,) = parse(f"SELECT {written}")
        assert found.statement.items[0].expression == syntax.Literal(text)
        assert parse(found.text)[0].statement == found.statement


@given(st.text(max_size=60))
def test_any_text_is_sql_or_a_syntax_error(text: str) -> None:
    with contextlib.suppress(SqlError):
        parse(text)


@given(st.lists(st.sampled_from(WORDS)))
def test_any_words_are_sql_or_a_syntax_error(words: list[str]) -> None:
    text = " ".join(words)
    try:
        found = parse(text)
    except SqlError as error:
        assert error.code == "42601"
    else:
        for each in found:
            assert parse(each.text)[0].statement == each.statement


def test_tokens() -> None:
    tokens = tokenize(
        "SELECT Foo, \"Foo\", 'it''s', e'a\\n\\x41\\u00e9\\101', $12, 1.5e3 -- end\n/* a /* b */ c */ >= ::: x"
    )
    assert [(token.kind, token.text) for token in tokens] == [
        (Kind.WORD, "select"),
        (Kind.WORD, "foo"),
        (Kind.SYMBOL, ","),
        (Kind.QUOTED, "Foo"),
        (Kind.SYMBOL, ","),
        (Kind.STRING, "it's"),
        (Kind.SYMBOL, ","),
        (Kind.STRING, "a\nAéA"),
        (Kind.SYMBOL, ","),
        (Kind.PLACEHOLDER, "12"),
        (Kind.SYMBOL, ","),
        (Kind.DECIMAL, "1.5e3"),
        (Kind.SYMBOL, ">="),
        (Kind.SYMBOL, ":::"),
        (Kind.WORD, "x"),
        (Kind.END, ""),
    ]


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("show databases", syntax.ShowDatabases()),
        ("SHOW USERS", syntax.ShowUsers()),
        ("SHOW ROLES;", syntax.ShowRoles()),
        ("SHOW TABLES", syntax.ShowTables(None)),
        ("SHOW TABLES FROM movr.reporting", syntax.ShowTables(Name(("movr", "reporting")))),
        ("SHOW SCHEMAS FROM movr", syntax.ShowSchemas("movr")),
        ("SHOW GRANTS", syntax.ShowGrants(None, ())),
        ("SHOW GRANTS FOR a, CURRENT_USER", syntax.ShowGrants(None, ("a", CURRENT_USER))),
        (
            "SHOW GRANTS ON DATABASE a, b FOR c",
            syntax.ShowGrants(Target("database", (Name(("a",)), Name(("b",)))), ("c",)),
        ),
        ("SHOW GRANTS ON SCHEMA a.b", syntax.ShowGrants(Target("schema", (Name(("a", "b")),)), ())),
        ("SHOW GRANTS ON a.b.c", syntax.ShowGrants(Target("table", (Name(("a", "b", "c")),)), ())),
        ("SHOW GRANTS ON TABLE a.*", syntax.ShowGrants(Target("table", (Name(("a",), star=True),)), ())),
        ("SHOW GRANTS ON ROLE", syntax.ShowRoleGrants((), ())),
        ("SHOW GRANTS ON ROLE FOR x", syntax.ShowRoleGrants((), ("x",))),
        ("SHOW GRANTS ON ROLE admin, b FOR x", syntax.ShowRoleGrants(("admin", "b"), ("x",))),
        ("SHOW SYSTEM GRANTS FOR x", syntax.ShowGrants(Target("system"), ("x",))),
        ("GRANT ALL ON DATABASE a TO b", syntax.Grant(("ALL",), Target("database", (Name(("a",)),)), ("b",), False)),
        (
            "GRANT select, INSERT ON ALL TABLES IN SCHEMA a.b, c TO d, e WITH GRANT OPTION",
            syntax.Grant(
                ("SELECT", "INSERT"),
                Target("table", (Name(("a", "b")), Name(("c",))), in_schemas=True),
                ("d", "e"),
                True,
            ),
        ),
        (
            "GRANT SYSTEM VIEWACTIVITY TO b",
            syntax.Grant(("VIEWACTIVITY",), Target("system"), ("b",), False),
        ),
        ("GRANT system TO b", syntax.GrantRole(("system",), ("b",), False)),
        ("GRANT Admin TO B WITH ADMIN OPTION", syntax.GrantRole(("admin",), ("b",), True)),
        (
            "REVOKE GRANT OPTION FOR ALL PRIVILEGES ON SCHEMA a FROM b",
            syntax.Revoke(("ALL",), Target("schema", (Name(("a",)),)), ("b",), True),
        ),
        ("REVOKE ADMIN OPTION FOR a FROM b", syntax.RevokeRole(("a",), ("b",), True)),
        ("REVOKE a, c FROM b", syntax.RevokeRole(("a", "c"), ("b",), False)),
        ("CREATE DATABASE IF NOT EXISTS a", syntax.CreateDatabase("a", True)),
        ("DROP DATABASE IF EXISTS a RESTRICT", syntax.DropDatabase("a", True, True)),
        ("CREATE USER a WITH PASSWORD 'x'", syntax.CreateRole("a", True, False, syntax.Literal("x"))),
        ("CREATE USER a PASSWORD $1", syntax.CreateRole("a", True, False, syntax.Placeholder(1))),
        ("CREATE ROLE IF NOT EXISTS a", syntax.CreateRole("a", False, True, None)),
        ("DROP USER a, b", syntax.DropRole(("a", "b"), False)),
        ("SET application_name = 'x'", syntax.Set("application_name")),
        ("SET SESSION x TO on, off", syntax.Set("x")),
        ("SET TRANSACTION READ ONLY", syntax.SetTransaction(True)),
        ("SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE", syntax.SetTransaction(False)),
        ("BEGIN", syntax.Begin(None)),
        ("BEGIN READ ONLY", syntax.Begin(True)),
        ("START TRANSACTION READ ONLY", syntax.Begin(True)),
        ("COMMIT", syntax.Commit()),
        ("END TRANSACTION", syntax.Commit()),
        ("ROLLBACK", syntax.Rollback()),
        (
            "INSERT INTO a.b (c) VALUES (1), ($1)",
            syntax.Insert(Name(("a", "b")), ("c",), ((syntax.Literal(1),), (syntax.Placeholder(1),))),
        ),
        ("DELETE FROM a", syntax.Delete(Name(("a",)), None)),
    ],
)
def test_statements(text: str, statement: Any) -> None:
    assert one(text) == statement
    (again,) = parse(parse(text)[0].text.replace("'*****'", "'x'"))
    assert again.statement == statement


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("", None),
        ("INSERT INTO WHERE", "where"),
        ("UPDATE a SET b = 1", "update"),
        ("EXPLAIN SELECT 1", "explain"),
        ("SELECT", "EOF"),
        ("SELECT FROM x", "from"),
        ("SELECT 1 FROM", "EOF"),
        ("SELECT 1 1", "1"),
        ("SELECT * FROM a.b.c.d", "."),
        ("SELECT * FROM 'a'", "a"),
        ("SELECT (1", "EOF"),
        ("SHOW", "EOF"),
        ("SHOW GRANTS ON", "EOF"),
        ("SHOW GRANTS FOR user", "user"),
        ("GRANT SELECT, ALL ON DATABASE a TO b", "all"),
        ("GRANT ALL TO b", "to"),
        ("GRANT SELECT ON a TO", "EOF"),
        ("GRANT a, b", "EOF"),
        ("REVOKE SELECT ON a TO b", "to"),
        ("DROP TABLE a", "table"),
        ("CREATE TABLE a (b INT)", "table"),
        ("SELECT 1; DROP", "EOF"),
        ("SELECT ,", ","),
        ("WITH a AS (SELECT 1) SELECT * FROM a", "with"),
    ],
)
def test_syntax_errors(text: str, near: str | None) -> None:
    if near is None:
        assert parse(text) == []
        return
    with pytest.raises(SqlError) as caught:
        parse(text)
    assert (caught.value.code, caught.value.message) == ("42601", f'at or near "{near}": syntax error')


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 'a",
        'SELECT "a',
        'SELECT ""',
        "SELECT e'a",
        "SELECT /* a",
        "SELECT $0",
        "SELECT $99999",
        "SELECT §",
        "SELECT e'\\xff\\U99999999'",
    ],
)
def test_lexical_errors(text: str) -> None:
    with pytest.raises(SqlError) as caught:
        parse(text)
    assert caught.value.code == "42601"


def test_an_unknown_privilege() -> None:
    with pytest.raises(SqlError, match=r'syntax error: not a valid privilege: "foo"$'):
        parse("GRANT foo ON DATABASE a TO b")


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_reserved_words_are_no_names(word: str) -> None:
    with pytest.raises(SqlError):
        parse(f"CREATE DATABASE {word}")
    assert one(f'CREATE DATABASE "{word}"').name == word


def test_deep_nesting_is_refused() -> None:
    assert one("SELECT " + "(" * 50 + "1" + ")" * 50)
    with pytest.raises(SqlError, match="nested too deeply"):
        parse("SELECT " + "(" * 5000 + "1" + ")" * 5000)
    assert one("SELECT " + "- " * 5000 + "1")
    assert one("SELECT " + "not " * 5000 + "true")


def test_a_password_is_not_printed() -> None:
    (found,) = parse("create user a with password 'geheim'")
    assert found.text == "CREATE USER a WITH PASSWORD '*****'"
