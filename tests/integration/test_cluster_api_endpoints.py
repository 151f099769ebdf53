# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every endpoint of the Cluster API through its module, on every server version; on the newest as plain modules too."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from contract.helpers.specs import directory
from integration.helpers.results import Run
from integration.helpers.runner import BOTH_WAYS, IN_PROCESS
from integration.helpers.running import DOORS, VERSIONS, WITH_SQL, Cluster, fails, outcomes, same, task

# Path of the seed's table: the tasks that ask it.
ENDPOINTS: dict[str, tuple[str, ...]] = {
    "/databases": ("databases",),
    "/databases/{database}": ("database",),
    "/databases/{database}/grants": ("database grants",),
    "/databases/{database}/tables": ("tables",),
    "/databases/{database}/tables/{table}": ("table",),
    "/events": ("events",),
    "/health": ("health",),
    "/nodes": ("nodes",),
    "/nodes/{node_id}/ranges": ("node ranges",),
    "/ranges/hot": ("hot ranges",),
    "/ranges/{range_id}": ("range",),
    "/sessions": ("sessions",),
    "/users": ("users",),
    "/login": ("login",),
    "/logout": ("logout",),
}
BEYOND = {"rules": VERSIONS[1:], "query": WITH_SQL, "grant": WITH_SQL, "restart safety": VERSIONS[-1:]}
TASKS = (
    task("databases", "database_info"),
    task("database", "database_info", {"name": "bank", "tables": True, "grants": True}),
    task("database grants", "database_grant_info", {"database": "movr"}),
    task("tables", "table_info", {"database": "movr"}),
    task("table", "table_info", {"database": "bank", "table": "public.accounts"}),
    task("events", "event_info", {"type": "create_table", "limit": 3}),
    task("health", "health_info"),
    task("nodes", "node_info"),
    task("metrics", "node_info", {"metrics": True, "limit": 1}),
    task("node ranges", "node_range_info", {"node_id": "2", "ranges": [3, 5, 999999]}),
    task("hot ranges", "hot_range_info", {"node_id": "1", "page_size": 7}),
    task("range", "range_info", {"range_id": 5}),
    task("no range", "range_info", {"range_id": 999999}),
    task("sessions", "sql_session_info", {"exclude_closed": True}),
    task("users", "user_info"),
    task("login", "session", register="session", no_log=True),
    task("nodes by token", "node_info", {"cluster_api_session": "{{ session.session }}"}),
    task("logout", "session", {"state": "absent", "cluster_api_session": "{{ session.session }}"}),
    task("rules", "rule_info", {"kind": "alert"}, ignore_errors=True),
    task("restart safety", "restart_safety_info", ignore_errors=True),
    task("query", "query", {"query": "SELECT id FROM accounts LIMIT 1", "database": "bank"}, ignore_errors=True),
    task("grant", "grant", {"user": "reader", "database": "postgres", "privileges": ["CONNECT"]}, ignore_errors=True),
)


def test_every_row_of_the_seed_is_here() -> None:
    rows = (directory("seeds", "CRDB_SEED_DIR", "cluster-api-v2.txt") / "cluster-api-v2.txt").read_text("utf-8")
    assert set(re.findall(r"^(/\S+) [A-Z]", rows, re.MULTILINE)) == set(ENDPOINTS)


@pytest.mark.smoke
@pytest.mark.parametrize("version", VERSIONS)
def test_every_endpoint(running: Callable[..., Cluster], version: str) -> None:
    cluster = running("--cluster-version", version)
    both = version == VERSIONS[-1]
    run = cluster(TASKS, hosts=BOTH_WAYS if both else IN_PROCESS)
    every_endpoint_was_asked(cluster, version)
    shapes(run, version)
    assert cluster.state["logins"] > (2 if both else 1) * 10
    what_a_version_lacks(run, version)

    before = cluster.state["grants"]
    checked = cluster(TASKS, both=False, check=True)
    posts = [entry for entry in cluster.requests() if entry["method"] != "GET"]
    assert cluster.writes() == []
    assert {entry["path"] for entry in posts} <= {*DOORS, "/api/v2/sql/"}
    assert cluster.state["grants"] == before
    for name in ("databases", "database", "tables", "table", "events", "health", "range", "users", "no range"):
        assert plain(checked[name].result) == plain(run[name, "in-process"].result), name


def plain(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name != "invocation"}


def every_endpoint_was_asked(cluster: Cluster, version: str) -> None:
    asked = [(entry["path"], entry["status"]) for entry in cluster.requests()]
    for template in ENDPOINTS:
        pattern = re.compile("/api/v2" + re.sub(r"\{\w+\}", "[^/]+", template) + "/")
        assert any(pattern.fullmatch(path) and status == 200 for path, status in asked), template
    # Every path of the API ends in a slash.
    assert all(path.endswith("/") for path, _status in asked)
    assert all(entry["query"] == "" for entry in cluster.requests() if entry["path"] == "/api/v2/users/")


def what_a_version_lacks(run: Run, version: str) -> None:
    for name, versions in BEYOND.items():
        if version in versions:
            assert not any(outcome.failed for outcome in outcomes(run, name)), name
        else:
            fails(run, name, "The CockroachDB version of this cluster does not have this endpoint", "HTTP 404")


def shapes(run: Run, version: str) -> None:
    """What the versions have in common, and what they differ in."""
    names = {row["name"] for row in same(run, "databases", "databases")}
    assert {"bank", "movr", "my-db", "system"} <= names
    (bank,) = same(run, "database", "databases")
    assert bank["tables"] == ["public.accounts", "public.transfers"]
    assert bank["descriptor_id"] > 0
    held = {row["user"]: row["privileges"] for row in bank["grants"]}
    assert held["admin"] == ["ALL"]
    assert {row["user"] for row in same(run, "database grants", "grants")} >= {"admin", "root"}
    assert {"name": 'reporting."Daily Totals"'} in same(run, "tables", "tables")
    (accounts,) = same(run, "table", "tables")
    assert [column["name"] for column in accounts["columns"]] == ["id", "owner", "balance"]
    assert accounts["zone_config_level_name"] == "CLUSTER"
    events = same(run, "events", "events")
    assert len(events) == 3
    assert {event["event_type"] for event in events} == {"create_table"}
    assert all(event["info"]["Tag"] == "CREATE TABLE" for event in events)
    assert ("target_id" in events[0]) is (version in ("21.2", "22.1"))
    assert same(run, "health", "health") == {"healthy": True, "ready": True, "reason": None}

    nodes = outcomes(run, "nodes")[0]["nodes"]
    assert [node["node_id"] for node in nodes] == [1, 2, 3]
    for node in nodes:
        assert (node["liveness"], node["liveness_status"]) == ("LIVE", 3)
        assert node["version"].startswith(f"v{version}.")
        assert node["started_at"] > 2**53
        assert node["started_at_time"].startswith("2026-01-10T06:00:")
        assert "metrics" not in node
        assert "store_metrics" not in node
    metrics = outcomes(run, "metrics")[0]["nodes"]
    assert len(metrics) == 1
    assert metrics[0]["metrics"]["sql.conns"] > 0
    assert ("store_metrics" in metrics[0]) is (version in ("24.2", "25.4"))

    assert [row["desc"]["range_id"] for row in same(run, "node ranges", "ranges")] == [3, 5]
    hot = same(run, "hot ranges", "hot_ranges")
    assert same(run, "hot ranges", "errors") == []
    assert len(hot) == len({row["range_id"] for row in hot}) > 7
    assert all(row["node_id"] == 1 and row["qps"] > 0 for row in hot)
    assert all((row["databases"] == []) is (version == "21.2") for row in hot)
    kind = {"21.2": "start_key", "25.4": "databases"}.get(version, "database_name")
    assert kind in hot[0]["raw"]
    assert [row["node_id"] for row in same(run, "range", "ranges")] == [1, 2, 3]
    assert same(run, "no range", "ranges") == []
    sessions = same(run, "sessions", "sessions")
    assert {row["status_name"] for row in sessions} <= {"ACTIVE", "IDLE"}
    assert any(row["active_queries"][0]["phase_name"] == "EXECUTING" for row in sessions if row["active_queries"])
    assert {row["username"] for row in same(run, "users", "users")} >= {"owner", "monitor", "reader", "root"}
    assert [node["node_id"] for node in outcomes(run, "nodes by token")[0]["nodes"]] == [1, 2, 3]
    assert same(run, "logout", "session") is None

    if version in BEYOND["rules"]:
        assert same(run, "rules", "rules")[0]["alert"] == "InstanceDead"
    if version in BEYOND["restart safety"]:
        assert same(run, "restart safety", "restart_safe") is False
        assert same(run, "restart safety", "details")["store_not_draining_count"] == 1
    if version in WITH_SQL:
        assert same(run, "query", "rows") == [{"id": 1}]
        assert any(outcome.changed for outcome in outcomes(run, "grant"))
