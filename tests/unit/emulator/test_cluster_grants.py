# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQL of privileges, roles, databases and users."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

FRESH = [["movr", "admin", "ALL", True], ["movr", "public", "CONNECT", False], ["movr", "root", "ALL", True]]


def columns(cluster: Any, statement: str, **more: Any) -> list[str]:
    result = cluster.post_sql(statement, **more).json()["execution"]["txn_results"][0]
    return [column["name"] for column in result["columns"]]


def of(cluster: Any, user: str, statement: str) -> list[list[Any]]:
    """Object, privilege and grantable of what one user has by itself."""
    rows = cluster.rows(f"{statement} FOR {user}")
    return [[row[-4], row[-2], row[-1]] for row in rows if row[-3] == user]


def test_fresh_objects(cluster: Any) -> None:
    assert cluster.rows("SHOW GRANTS ON DATABASE movr") == FRESH
    assert cluster.rows("SHOW GRANTS ON SCHEMA movr.public") == [
        ["movr", "public", "admin", "ALL", True],
        ["movr", "public", "public", "CREATE", False],
        ["movr", "public", "public", "USAGE", False],
        ["movr", "public", "root", "ALL", True],
    ]
    assert cluster.rows("SHOW GRANTS ON bank.public.accounts") == [
        ["bank", "public", "accounts", "admin", "ALL", True], ["bank", "public", "accounts", "root", "ALL", True],
    ]  # fmt: skip
    assert cluster.rows("SHOW GRANTS ON DATABASE system")[0] == ["system", "admin", "CONNECT", True]


def test_columns(cluster: Any) -> None:
    last = ["grantee", "privilege_type", "is_grantable"]
    assert columns(cluster, "SHOW GRANTS ON DATABASE movr") == ["database_name", *last]
    assert columns(cluster, "SHOW GRANTS ON SCHEMA movr.public") == ["database_name", "schema_name", *last]
    assert columns(cluster, "SHOW GRANTS ON TABLE movr.users") == ["database_name", "schema_name", "table_name", *last]
    assert columns(cluster, "SHOW GRANTS") == ["database_name", "schema_name", "object_name", "object_type", *last]
    assert columns(cluster, "SHOW SYSTEM GRANTS") == last
    assert columns(cluster, "SHOW GRANTS ON ROLE") == ["role_name", "member", "is_admin"]
    assert columns(cluster, "SHOW DATABASES")[:2] == ["database_name", "owner"]
    assert columns(cluster, "SHOW TABLES FROM movr")[:3] == ["schema_name", "table_name", "type"]
    assert columns(cluster, "SHOW SCHEMAS FROM movr") == ["schema_name", "owner"]
    assert columns(cluster, "SHOW USERS")[:3] == ["username", "options", "member_of"]


def test_older_names_of_columns(make_cluster: Callable[..., Any]) -> None:
    cluster = make_cluster(version="23.1")
    assert columns(cluster, "SHOW GRANTS", database="bank")[:4] == [
        "database_name", "schema_name", "relation_name", "grantee",
    ]  # fmt: skip
    assert columns(cluster, "SHOW ROLES") == ["username", "options", "member_of"]


def test_grant_and_revoke(cluster: Any) -> None:
    show = "SHOW GRANTS ON DATABASE movr"
    cluster.rows("GRANT CONNECT, CREATE ON DATABASE movr TO bob")
    assert of(cluster, "bob", show) == [["movr", "CONNECT", False], ["movr", "CREATE", False]]
    cluster.rows("GRANT CREATE ON DATABASE movr TO bob WITH GRANT OPTION")
    assert of(cluster, "bob", show) == [["movr", "CONNECT", False], ["movr", "CREATE", True]]
    cluster.rows("REVOKE GRANT OPTION FOR CREATE ON DATABASE movr FROM bob")
    assert of(cluster, "bob", show) == [["movr", "CONNECT", False], ["movr", "CREATE", False]]
    cluster.rows("GRANT ALL ON DATABASE movr TO bob WITH GRANT OPTION")
    assert of(cluster, "bob", show) == [["movr", "ALL", True]]
    cluster.rows("REVOKE CONNECT ON DATABASE movr FROM bob")
    assert of(cluster, "bob", show) == [
        ["movr", name, True] for name in ("BACKUP", "CREATE", "DROP", "RESTORE", "ZONECONFIG")
    ]
    cluster.rows("REVOKE ALL ON DATABASE movr FROM bob")
    assert cluster.rows(show) == FRESH
    cluster.rows("REVOKE ALL ON DATABASE movr FROM bob")


def test_tables_of_every_kind(cluster: Any) -> None:
    for statement in (
        "GRANT SELECT ON ALL TABLES IN SCHEMA movr.public TO bob",
        "GRANT SELECT ON movr.* TO bob",
        "GRANT SELECT ON TABLE movr.public.* TO bob",
    ):
        cluster.rows(statement)
        assert len(of(cluster, "bob", "SHOW GRANTS ON movr.*")) == 6
        assert of(cluster, "bob", "SHOW GRANTS ON movr.reporting.*") == []
        cluster.rows("REVOKE SELECT ON movr.* FROM bob")
    cluster.rows("GRANT INSERT, SELECT ON bank.accounts, bank.public.transfers TO bob, vera")
    assert of(cluster, "vera", "SHOW GRANTS ON TABLE bank.*") == [
        [name, privilege, False] for name in ("accounts", "transfers") for privilege in ("INSERT", "SELECT")
    ]
    cluster.rows('GRANT SELECT ON movr.reporting."Daily Totals" TO bob')
    assert of(cluster, "bob", "SHOW GRANTS ON movr.reporting.*") == [["Daily Totals", "SELECT", False]]


def test_what_a_user_inherits_is_shown(make_cluster: Callable[..., Any]) -> None:
    assert make_cluster(version="24.2").rows("SHOW GRANTS ON DATABASE movr FOR ann") == [FRESH[0]]
    assert make_cluster().rows("SHOW GRANTS ON DATABASE movr FOR ann") == FRESH[:2]
    assert make_cluster().rows("SHOW GRANTS ON DATABASE movr FOR bob") == [FRESH[1]]


def test_privileges_are_needed(cluster: Any) -> None:
    query = "SELECT count(*) FROM bank.accounts"
    refused = ("42501", "user bob does not have SELECT privilege on relation accounts")
    assert cluster.sql_error(query, user="bob") == refused
    cluster.rows("CREATE ROLE readers", "GRANT SELECT ON bank.accounts TO readers", "GRANT readers TO bob")
    assert cluster.rows(query, user="bob") == [[10]]
    assert cluster.sql_error("DELETE FROM bank.accounts", user="bob")[1] == (
        "user bob does not have DELETE privilege on relation accounts"
    )
    cluster.rows("REVOKE readers FROM bob", "GRANT INSERT ON bank.accounts TO public")
    assert cluster.sql_error(query, user="bob") == refused
    cluster.rows("INSERT INTO bank.accounts VALUES (60, 'x', 1)", user="bob")


def test_passing_on(cluster: Any) -> None:
    grant = "GRANT SELECT ON bank.accounts TO vera"
    assert cluster.sql_error(grant, user="bob") == (
        "01007", "user bob missing WITH GRANT OPTION privilege on SELECT",
    )  # fmt: skip
    cluster.rows("GRANT SELECT ON bank.accounts TO bob WITH GRANT OPTION")
    cluster.rows(grant, user="bob")
    assert cluster.sql_error("GRANT SELECT, INSERT ON bank.accounts TO vera", user="bob")[1].endswith(
        "privilege on one or more of INSERT, SELECT"
    )


@pytest.mark.parametrize(
    ("statement", "code", "message"),
    [
        ("GRANT SELECT ON DATABASE movr TO bob", "0LP01", "invalid privilege type SELECT for database"),
        ("GRANT CONNECT ON movr.users TO bob", "0LP01", "invalid privilege type CONNECT for table"),
        ("GRANT CONNECT ON DATABASE nope TO bob", "3D000", 'database "nope" does not exist'),
        ("GRANT USAGE ON SCHEMA movr.nope TO bob", "3F000", 'unknown schema "nope"'),
        ("GRANT USAGE ON SCHEMA nope.public TO bob", "3D000", 'database "nope" does not exist'),
        ("GRANT SELECT ON movr.nope TO bob", "42P01", 'relation "movr.nope" does not exist'),
        ("GRANT SELECT ON nope.* TO bob", "3F000", "target database or schema does not exist"),
        ("GRANT CONNECT ON DATABASE movr TO nope", "42704", 'role/user "nope" does not exist'),
        ("GRANT nope TO bob", "42704", 'role/user "nope" does not exist'),
        ("GRANT admin TO public", "42704", 'role/user "public" does not exist'),
        ("GRANT bob TO bob", "0LP01", "bob cannot be a member of itself"),
        ("GRANT ann TO admin", "0LP01", "making admin a member of ann would create a cycle"),
        ("GRANT CONNECT ON DATABASE system TO bob", "42501", "cannot GRANT on system object"),
        (
            "REVOKE CONNECT ON DATABASE movr FROM root",
            "XXUUU",
            'user root must have exactly [ALL] privileges on database "movr"',
        ),
        (
            "REVOKE admin FROM root",
            "55006",
            "role/user root cannot be removed from role admin or lose the ADMIN OPTION",
        ),
        ("SHOW GRANTS ON DATABASE nope", "3F000", "target database or schema does not exist"),
        ("SHOW GRANTS ON DATABASE movr FOR nope", "42704", 'role/user "nope" does not exist'),
        ("SHOW GRANTS ON movr.nope", "42P01", 'relation "movr.nope" does not exist'),
        ("SHOW TABLES FROM nope", "3F000", "target database or schema does not exist"),
        ("SHOW SCHEMAS FROM nope", "3F000", "target database or schema does not exist"),
        ("CREATE DATABASE movr", "42P04", 'database "movr" already exists'),
        ("DROP DATABASE nope", "3D000", 'database "nope" does not exist'),
        ("DROP DATABASE movr RESTRICT", "2BP01", 'database "movr" is not empty and RESTRICT was specified'),
        ("CREATE USER bob", "42710", "a role/user named bob already exists"),
        ("CREATE USER public", "42939", 'role name "public" is reserved'),
        ("DROP USER nope", "42704", 'role/user "nope" does not exist'),
        ("DROP ROLE admin", "42501", "cannot drop special role admin"),
    ],
)
def test_errors(cluster: Any, statement: str, code: str, message: str) -> None:
    assert cluster.sql_error(statement) == (code, message)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("SHOW USERS", "user bob does not have SELECT privilege on relation users"),
        ("SHOW GRANTS ON ROLE admin", "user bob does not have SELECT privilege on relation role_members"),
        ("CREATE DATABASE x", "permission denied to create database"),
        ("DROP DATABASE movr", "user bob does not have DROP privilege on database movr"),
        ("CREATE USER x", "user bob does not have CREATEROLE privilege"),
        ("DROP USER ann", "user bob does not have CREATEROLE privilege"),
        ("GRANT admin TO bob", 'must have admin option on role "admin"'),
        ("REVOKE admin FROM ann", 'must have admin option on role "admin"'),
    ],
)
def test_a_plain_user_may_little(cluster: Any, statement: str, message: str) -> None:
    assert cluster.sql_error(statement, user="bob") == ("42501", message)


def test_memberships(cluster: Any) -> None:
    assert cluster.rows("SHOW GRANTS ON ROLE admin") == [["admin", "ann", True], ["admin", "root", True]]
    cluster.rows("GRANT admin TO bob")
    assert cluster.rows("SHOW GRANTS ON ROLE FOR bob") == [["admin", "bob", False]]
    # Without the ADMIN OPTION even an admin cannot pass admin on, but any other role.
    assert cluster.sql_error("GRANT admin TO vera", user="bob")[0] == "42501"
    cluster.rows("CREATE ROLE r", "GRANT r TO vera", user="bob")
    cluster.rows("GRANT admin TO bob WITH ADMIN OPTION", "GRANT admin TO bob")
    assert cluster.rows("SHOW GRANTS ON ROLE FOR bob") == [["admin", "bob", True]]
    cluster.rows("REVOKE ADMIN OPTION FOR admin FROM bob")
    assert cluster.rows("SHOW GRANTS ON ROLE FOR bob") == [["admin", "bob", False]]
    cluster.rows("REVOKE admin FROM bob", "REVOKE admin FROM bob")
    assert cluster.rows("SHOW GRANTS ON ROLE FOR bob") == []
    assert cluster.rows("SHOW GRANTS ON ROLE r") == [["r", "vera", False]]


def test_databases_come_and_go(cluster: Any) -> None:
    cluster.rows('CREATE DATABASE "Odd ""one"""', 'CREATE DATABASE IF NOT EXISTS "Odd ""one"""')
    assert 'Odd "one"' in cluster.json("databases/")["databases"]
    assert cluster.rows('SHOW GRANTS ON DATABASE "Odd ""one"""')[1] == ['Odd "one"', "ann", "ALL", True]
    cluster.rows('DROP DATABASE "Odd ""one"""', "DROP DATABASE IF EXISTS nope", "DROP DATABASE bank")
    assert cluster.json("databases/")["databases"] == ["defaultdb", "movr", "my-db", "postgres", "system"]
    assert cluster.text("databases/bank/") == (404, "database not found")


def test_users_come_and_go(cluster: Any) -> None:
    cluster.rows(("CREATE USER Carl WITH PASSWORD $1", ["geheim"]), "CREATE USER dora", "CREATE ROLE r LOGIN")
    assert cluster.login("carl", "geheim").status_code == 200
    assert cluster.login("dora", "").status_code == 401
    names = [user["username"] for user in cluster.json("users/")["users"]]
    assert names == ["ann", "bob", "carl", "dora", "r", "root", "vera"]
    cluster.rows("GRANT SELECT ON bank.accounts TO carl", "GRANT admin TO dora")
    assert cluster.sql_error("DROP USER carl") == (
        "2BP01", "cannot drop role/user carl: grants still exist on bank.public.accounts",
    )  # fmt: skip
    token = cluster.login("carl", "geheim").json()["session"]
    cluster.rows("REVOKE ALL ON bank.accounts FROM carl", "DROP USER carl, dora", "DROP USER IF EXISTS nope")
    headers = {"X-Cockroach-API-Session": token}
    assert cluster.node.get("/api/v2/databases/", headers=headers).status_code == 401


def test_what_is_undone_takes_sessions_back(cluster: Any) -> None:
    cluster.rows("CREATE USER carl WITH PASSWORD 'geheim'")
    headers = {"X-Cockroach-API-Session": cluster.login("carl", "geheim").json()["session"]}
    assert cluster.sql_error("DROP USER carl", "SELECT x")[0] == "42703"
    assert cluster.node.get("/api/v2/databases/", headers=headers).status_code == 200


def test_the_endpoints_show_grants(cluster: Any) -> None:
    cluster.rows("GRANT CONNECT, CREATE ON DATABASE bank TO bob", "GRANT SELECT ON bank.accounts TO bob")
    assert cluster.json("databases/bank/grants/")["grants"] == [
        {"user": "admin", "privileges": ["ALL"]},
        {"user": "bob", "privileges": ["CONNECT"]},
        {"user": "bob", "privileges": ["CREATE"]},
        {"user": "public", "privileges": ["CONNECT"]},
        {"user": "root", "privileges": ["ALL"]},
    ]
    assert {"user": "bob", "privileges": ["SELECT"]} in cluster.json("databases/bank/tables/accounts/")["grants"]
    assert cluster.json("databases/bank/tables/", user="bob") == {"table_names": ["public.accounts"]}


def test_tables_by_the_endpoints(cluster: Any) -> None:
    tables = cluster.json("databases/movr/tables/")["table_names"]
    assert tables[0] == 'reporting."Daily Totals"'
    assert "public.vehicle_location_histories" in tables
    assert cluster.json("databases/postgres/tables/") == {}
    found = cluster.json("databases/bank/tables/accounts/")
    assert found == cluster.json("databases/bank/tables/public.accounts/")
    assert found["columns"][2] == {"name": "balance", "type": "INT8", "default_value": "0:::INT8"}
    assert [index["column"] for index in found["indexes"]] == ["id", "owner", "balance", "owner", "id"]
    assert found["create_table_statement"].startswith("CREATE TABLE public.accounts (\n\tid INT8 NOT NULL,\n")
    assert (found["range_count"], found["descriptor_id"], found["zone_config_level"]) == (4, 121, 1)
    assert found["zone_config"]["num_replicas"] == 3
    for path in ("nope/tables/x/", "bank/tables/nope/", "bank/tables/nope.accounts/"):
        assert cluster.text(f"databases/{path}") == (404, "database or table not found")
    for path in ("nope/", "nope/grants/", "nope/tables/"):
        assert cluster.text(f"databases/{path}") == (404, "database not found")
    assert cluster.json("databases/bank/") == {"descriptor_id": 120}
