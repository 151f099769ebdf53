# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The running cluster and the Cloud API beside it: shared SQL users, request log, control plane, faults."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from crdb_emulator.cluster_api.command import read_user
from crdb_emulator.cluster_api.options import UserOption

HEADER = "X-Cockroach-API-Session"


def users_path(cluster: Any) -> str:
    return f"clusters/{cluster.cloud_cluster()}/sql-users"


def add_user(cluster: Any, name: str = "app", password: str = "geheim") -> None:
    cluster.ok("POST", users_path(cluster), {"name": name, "password": password})


def open_doors(cluster: Any, token: str) -> bool:
    return bool(cluster.node.get("/api/v2/databases/", headers={HEADER: token}).status_code == 200)


def test_nothing_is_there_unless_asked_for(make_cluster: Callable[..., Any]) -> None:
    plain = make_cluster()
    assert plain.ok("GET", "clusters")["clusters"] == []
    assert plain.control("GET", "state")["cluster_api"]["cloud_cluster_id"] is None
    seeded = make_cluster(seed=True)
    (found,) = seeded.ok("GET", "clusters")["clusters"]
    assert (found["name"], found["state"], found["plan"]) == ("sandbox-advanced", "CREATED", "ADVANCED")
    assert found["cockroach_version"] == "v25.4.4"
    seeded.control("POST", "reset")
    assert [each["id"] for each in seeded.ok("GET", "clusters")["clusters"]] == [found["id"]]


def test_a_cloud_user_is_an_admin_here(make_cluster: Callable[..., Any]) -> None:
    cluster = make_cluster(seed=True)
    add_user(cluster)
    token = cluster.login("app", "geheim").json()["session"]
    assert cluster.login("App", "geheim").status_code == 200
    assert cluster.node.get("/api/v2/nodes/", headers={HEADER: token}).status_code == 200
    assert cluster.rows("SHOW GRANTS ON ROLE FOR app") == [["admin", "app", True]]
    assert "app" in [user["username"] for user in cluster.json("users/")["users"]]
    cluster.ok("PUT", f"{users_path(cluster)}/app/password", {"password": "neu"})
    assert cluster.login("app", "geheim").status_code == 401
    assert cluster.login("app", "neu").status_code == 200
    assert open_doors(cluster, token)
    cluster.ok("DELETE", f"{users_path(cluster)}/app")
    assert not open_doors(cluster, token)
    assert cluster.login("app", "neu").status_code == 401


def test_who_comes_back_is_somebody_new(make_cluster: Callable[..., Any]) -> None:
    cluster = make_cluster(seed=True)
    add_user(cluster)
    token = cluster.login("app", "geheim").json()["session"]
    cluster.rows("GRANT SELECT ON bank.accounts TO app", "REVOKE admin FROM app")
    cluster.ok("DELETE", f"{users_path(cluster)}/app")
    add_user(cluster)
    assert not open_doors(cluster, token)
    assert cluster.rows("SHOW GRANTS ON ROLE FOR app") == [["admin", "app", True]]
    assert cluster.rows("SHOW GRANTS ON bank.accounts FOR app")[0][3] == "admin"
    old = cluster.cloud_cluster()
    token = cluster.login("app", "geheim").json()["session"]
    cluster.ok("DELETE", f"clusters/{old}")
    assert not open_doors(cluster, token)


def test_a_cluster_made_through_the_cloud_api(make_cluster: Callable[..., Any]) -> None:
    cluster = make_cluster(name="orders-test")
    made = cluster.advanced(wait=False)
    assert cluster.control("GET", "state")["cluster_api"]["cloud_cluster_id"] is None
    cluster.clock.advance(5)
    assert cluster.cloud_cluster() == made["id"]
    add_user(cluster)
    assert cluster.login("app", "geheim").status_code == 200


def test_a_serverless_cluster_has_no_cluster_api(make_cluster: Callable[..., Any]) -> None:
    cluster = make_cluster(name="orders-test")
    made = cluster.create()
    cluster.ok("POST", f"clusters/{made['id']}/sql-users", {"name": "app", "password": "geheim"})
    assert cluster.login("app", "geheim").status_code == 401


def test_users_made_by_sql_are_shared(make_cluster: Callable[..., Any]) -> None:
    cluster = make_cluster(seed=True)
    cluster.rows("CREATE USER carl WITH PASSWORD 'geheim'", "CREATE ROLE readers")
    assert cluster.ok("GET", users_path(cluster))["users"] == [{"name": "carl"}]
    assert cluster.rows("SHOW GRANTS ON ROLE FOR carl") == []
    assert cluster.login("carl", "geheim").status_code == 200
    assert cluster.sql_error("DROP USER carl", "SELECT x")[0] == "42703"
    assert cluster.ok("GET", users_path(cluster))["users"] == [{"name": "carl"}]
    cluster.rows("DROP USER carl")
    assert cluster.ok("GET", users_path(cluster))["users"] == []


def test_least_privilege(make_cluster: Callable[..., Any]) -> None:
    cluster = make_cluster(seed=True)
    add_user(cluster)
    cluster.rows("REVOKE admin FROM app", "GRANT SELECT ON ALL TABLES IN SCHEMA bank.public TO app")
    headers = {HEADER: cluster.login("app", "geheim").json()["session"]}
    assert cluster.node.get("/api/v2/nodes/", headers=headers).status_code == 403

    def run(sql: str) -> Any:
        body = {"execute": True, "statements": [{"sql": sql}]}
        return cluster.node.post("/api/v2/sql/", json=body, headers=headers).json()

    assert "error" not in run("SELECT count(*) FROM bank.accounts")
    assert run("SELECT count(*) FROM movr.users")["error"]["code"] == "42501"
    assert run("DELETE FROM bank.accounts")["error"]["code"] == "42501"


def test_requests_are_logged(cluster: Any) -> None:
    token = cluster.token()
    cluster.node.post("/api/v2/login/", params={"username": "ann", "password": "ann-pw"})
    cluster.get("nodes/", limit=1)
    cluster.rows("SELECT 'secret-statement'")
    cluster.rows("INSERT INTO bank.accounts VALUES (70, 'x', 1)")
    cluster.post_sql("INSERT INTO bank.accounts VALUES (71, 'x', 1)", execute=False)
    cluster.post_sql("BEGIN READ ONLY", "SHOW GRANTS", "COMMIT")
    cluster.post_sql("NONSENSE")
    cluster.get("databases/", method="POST")
    cluster.node.post("/api/v2/logout/", headers={HEADER: token})
    cluster.ok("GET", "clusters")
    log = cluster.control("GET", "requests")["requests"]
    assert log == cluster.node.get("/_emulator/requests").json()["requests"]
    assert set(log[0]) == {
        "at", "api", "method", "path", "query", "status", "effect", "key", "api_version", "duration_ms",
    }  # fmt: skip
    assert [(each["method"], each["path"].removeprefix("/api/v2/"), each["effect"]) for each in log] == [
        ("POST", "login/", "read"),
        ("POST", "login/", "read"),
        ("GET", "nodes/", "read"),
        ("POST", "sql/", "read"),
        ("POST", "sql/", "write"),
        ("POST", "sql/", "read"),
        ("POST", "sql/", "read"),
        ("POST", "sql/", "write"),
        ("POST", "databases/", "write"),
        ("POST", "logout/", "read"),
        ("GET", "/api/v1/clusters", "read"),
    ]
    assert [each["api"] for each in log] == ["cluster"] * 10 + ["cloud"]
    assert log[1]["query"] == "username=ann&password=%2A%2A%2A"
    assert (log[0]["key"], log[2]["api_version"]) == (None, "25.4")
    assert len(log[2]["key"]) == 12
    text = json.dumps(log)
    for secret in ("ann-pw", "secret-statement", token):
        assert secret not in text


def test_state(cluster: Any) -> None:
    cluster.token()
    cluster.rows("GRANT SELECT ON bank.accounts TO bob WITH GRANT OPTION")
    state = cluster.node.get("/_emulator/state").json()["cluster_api"]
    assert state["version"] == "25.4"
    assert (state["sessions_open"], state["logins"], state["logouts"]) == (1, 1, 0)
    assert state["users"]["ann"] == ["admin"]
    assert state["grants"] == [
        {"on": "system", "grantee": "vera", "privilege": "VIEWCLUSTERMETADATA", "grantable": False},
        {"on": "bank.public.accounts", "grantee": "bob", "privilege": "SELECT", "grantable": True},
    ]
    assert "ann-pw" not in json.dumps(state)
    cluster.control("POST", "reset", {"what": ["state"]})
    state = cluster.control("GET", "state")["cluster_api"]
    assert (state["sessions_open"], state["logins"], len(state["grants"])) == (0, 0, 1)


def test_amounts_can_be_patched(cluster: Any) -> None:
    cluster.patch(ranges={"total": 7}, sessions=2, events=3)
    assert len(cluster.json("nodes/1/ranges/")["ranges"]) == 7
    assert len(cluster.json("sessions/")["sessions"]) == 2
    assert len(cluster.json("events/")["events"]) == 3


@pytest.mark.parametrize(
    "change",
    [
        [],
        {"nothing": 1},
        {"ready": "no"},
        {"expire_sessions": 1},
        {"sessions": -1},
        {"ranges": {"nothing": 1}},
        {"ranges": {"unavailable": True}},
        {"nodes": {"4": {}}},
        {"nodes": {"x": {}}},
        {"nodes": {"1": 5}},
        {"nodes": {"1": {"liveness_status": 7}}},
        {"nodes": {"1": {"metrics": {"a": "b"}}}},
        {"nodes": {"1": {"build_tag": 5}}},
        {"nodes": {"1": {"id": 5}}},
        {"ready": False, "nodes": {"1": {"ready": "x"}}},
    ],
)
def test_bad_patches(cluster: Any, change: Any) -> None:
    before = cluster.control("GET", "state")
    answer = cluster.client.post("/_emulator/state", json={"cluster_api": change})
    assert answer.status_code == 400
    assert "\n" not in answer.json()["error"]
    assert cluster.control("GET", "state") == before


def test_faults(cluster: Any) -> None:
    token = cluster.token()
    fault = {"path": "/nodes/$", "action": "status", "status": 503, "body": "busy"}
    assert cluster.node.post("/_emulator/faults", json=fault).status_code == 200
    answer = cluster.get("nodes/")
    assert (answer.status_code, answer.text) == (503, "busy")
    assert cluster.get("nodes/").status_code == 200
    cluster.control("POST", "faults", {"path": "/logout/", "action": "garbage"})
    assert "502" in cluster.node.post("/api/v2/logout/", headers={HEADER: token}).text
    assert cluster.control("GET", "state")["cluster_api"]["logouts"] == 1
    statuses = [each["status"] for each in cluster.control("GET", "requests")["requests"]]
    assert statuses == [200, 503, 200, 200]


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("Ann:pw", UserOption("ann", "pw", "admin")),
        ("ann:pw:plain", UserOption("ann", "pw", "plain")),
        ("ann:p:w:VIEWCLUSTERMETADATA", UserOption("ann", "p:w", "VIEWCLUSTERMETADATA")),
        ("ann:p:w", UserOption("ann", "p:w", "admin")),
    ],
)
def test_users_of_the_command_line(text: str, user: UserOption) -> None:
    assert read_user(text) == user
