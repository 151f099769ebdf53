# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Cluster API: nodes, ranges, SQL sessions, events, health."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

INTERNAL = "An internal server error has occurred. Please check your CockroachDB logs for more details."


def test_nodes(cluster: Any) -> None:
    nodes = cluster.json("nodes/")["nodes"]
    assert [node["node_id"] for node in nodes] == [1, 2, 3]
    first = nodes[0]
    assert first["address"] == {
        "network_field": "tcp", "address_field": "sandbox-advanced-0.sandbox-advanced:26258",
    }  # fmt: skip
    assert first["attrs"] == {}
    assert first["locality"]["tiers"][0] == {"key": "region", "value": "us-east1"}
    assert first["ServerVersion"] == {"major": 25, "minor": 4, "patch": 0, "internal": 0}
    assert (first["build_tag"], first["liveness_status"]) == ("v25.4.4", 3)
    assert first["started_at"] > 2**53
    assert isinstance(first["metrics"]["sys.uptime"], float)
    assert first["store_metrics"]["1"]["ranges.underreplicated"] == 0
    assert sum(node["store_metrics"][str(node["node_id"])]["ranges"] for node in nodes) == 60


def test_nodes_can_be_patched(cluster: Any) -> None:
    cluster.patch(
        nodes={
            "2": {"liveness_status": 1},
            "3": {"minor": 3, "build_tag": "v25.3.9", "metrics": {"sql.conns": 7}, "started_at": 5, "draining": True},
        },
        ranges={"underreplicated": 4, "unavailable": 1},
    )
    nodes = cluster.json("nodes/")["nodes"]
    assert [node["liveness_status"] for node in nodes] == [3, 1, 6]
    assert nodes[2]["ServerVersion"]["minor"] == 3
    assert (nodes[2]["build_tag"], nodes[2]["metrics"]["sql.conns"], nodes[2]["started_at"]) == ("v25.3.9", 7, 5)
    stores = [node["store_metrics"][str(node["node_id"])] for node in nodes]
    assert sum(store["ranges.underreplicated"] for store in stores) == 4
    assert sum(store["ranges.unavailable"] for store in stores) == 1
    cluster.patch(nodes={"3": {"minor": None, "build_tag": None}})
    assert cluster.json("nodes/")["nodes"][2]["build_tag"] == "v25.4.4"


def test_node_ranges(cluster: Any) -> None:
    found = cluster.json("nodes/2/ranges/", ranges="7,9,7,100000")["ranges"]
    assert [each["desc"]["range_id"] for each in found] == [7, 9]
    first = found[0]
    assert (first["desc"]["store_id"], first["desc"]["queries_per_second"]) == (0, 0)
    assert base64.b64decode(first["desc"]["start_key"])
    assert first["span"]["start_key"].startswith("/Table/")
    assert (first["source_node_id"], first["problems"]) == (2, {})
    assert first["lease_history"][0]["replica"] == {"node_id": 2, "store_id": 2, "replica_id": 2}
    local, numbered = cluster.json("nodes/local/ranges/"), cluster.json("nodes/1/ranges/")
    assert local == numbered
    assert len(local["ranges"]) == 60
    assert cluster.json("nodes/1/ranges/", ranges="999") == {"ranges": []}
    for node in ("0", "-1", "abc"):
        assert cluster.text(f"nodes/{node}/ranges/") == (400, "invalid node ID")
    for ranges in ("1,x", "1,,2"):
        assert cluster.text("nodes/1/ranges/", ranges=ranges) == (400, "invalid range ID")
    assert cluster.text("nodes/9/ranges/") == (500, INTERNAL)
    cluster.patch(nodes={"2": {"liveness_status": 1}})
    assert cluster.text("nodes/2/ranges/") == (500, INTERNAL)


def test_one_range(cluster: Any) -> None:
    answers = cluster.json("ranges/7/")["responses_by_node_id"]
    assert list(answers) == ["1", "2", "3"]
    assert {answer["range_info"]["desc"]["range_id"] for answer in answers.values()} == {7}
    assert cluster.json("ranges/99999/") == {"responses_by_node_id": {}}
    cluster.patch(nodes={"3": {"liveness_status": 2}}, ranges={"unavailable": 7, "underreplicated": 6})
    answers = cluster.json("ranges/7/")["responses_by_node_id"]
    assert answers["1"]["range_info"]["problems"] == {"unavailable": True}
    assert "NODE_STATUS_UNAVAILABLE" in answers["3"]["error"]
    assert answers["3"]["range_info"]["lease_history"] is None
    assert answers["3"]["range_info"]["desc"]["range_id"] == 0


def test_hot_ranges(cluster: Any) -> None:
    whole = cluster.json("ranges/hot/")
    assert len(whole["ranges"]) == 60
    assert "response_error" not in whole
    only = cluster.json("ranges/hot/", node_id="2", limit=100)["ranges"]
    assert {each["node_id"] for each in only} == {2}
    assert [each["qps"] for each in only] == sorted((each["qps"] for each in only), reverse=True)
    # Without a limit the node is not heeded, but it is checked.
    assert len(cluster.json("ranges/hot/", node_id="2")["ranges"]) == 60
    assert cluster.text("ranges/hot/", node_id="x") == (400, "invalid node ID")
    cluster.patch(nodes={"2": {"liveness_status": 1}})
    partial = cluster.json("ranges/hot/", limit=100)
    assert [error["node_id"] for error in partial["response_error"]] == [2]
    assert len(partial["ranges"]) == 40


def test_sql_sessions(cluster: Any) -> None:
    answer = cluster.json("sessions/")
    assert (answer["errors"], answer["internal_app_name_prefix"]) == ([], "$ internal")
    sessions = answer["sessions"]
    assert [each["start"] for each in sessions] == sorted(each["start"] for each in sessions)
    assert [each.get("status", 0) for each in sessions] == [0, 2, 1, 2, 1]
    active, closed = sessions[0], sessions[2]
    assert "status" not in active
    assert active["active_queries"][0]["phase"] == 1
    assert active["active_txn"]["deadline"] == "0001-01-01T00:00:00Z"
    assert len(base64.b64decode(active["id"])) == 16
    assert "end" in closed
    assert closed["active_queries"] == []
    assert len(cluster.json("sessions/", exclude_closed_sessions="true")["sessions"]) == 3
    assert len(cluster.json("sessions/", exclude_closed_sessions="1")["sessions"]) == 5
    mine = cluster.json("sessions/", username="app")["sessions"]
    assert {each["username"] for each in mine} == {"app"}


def test_events(cluster: Any) -> None:
    events = cluster.json("events/")["events"]
    assert len(events) == 40
    times = [event["timestamp"] for event in events]
    assert times == sorted(times, reverse=True)
    tables = cluster.json("events/", type="create_table")["events"]
    assert {event["event_type"] for event in tables} == {"create_table"}
    info = json.loads(tables[0]["info"])
    assert (info["EventType"], info["Statement"]) == ("create_table", "<hidden>")
    assert "\\u003chidden\\u003e" in tables[0]["info"]
    assert len(base64.b64decode(tables[0]["unique_id"])) == 16
    assert cluster.json("events/", type="nothing") == {"events": None}


def test_health(cluster: Any) -> None:
    def health(path: str = "health/", **query: Any) -> tuple[int, Any]:
        answer = cluster.node.get(f"/api/v2/{path}", params=query)
        return answer.status_code, answer.text

    assert health() == health(ready="true") == health(ready="1") == health(ready="F") == (200, "{}")
    assert health(ready="yes") == health(ready="") == (400, "invalid ready value\n")
    cluster.patch(ready=False)
    assert health() == health(ready="0") == (200, "{}")
    assert health(ready="true") == (500, INTERNAL + "\n")
    legacy = cluster.node.get("/health", params={"ready": "1"})
    assert legacy.status_code == 503
    assert legacy.json() == {
        "error": "node is not healthy", "code": 14, "message": "node is not healthy", "details": [],
    }  # fmt: skip
    assert cluster.node.get("/health").status_code == 200
    cluster.patch(ready=True, nodes={"2": {"ready": False}})
    assert health(ready="true")[0] == 200
    assert health(ready="true", remote_node_id="2")[0] == 500
    cluster.patch(nodes={"2": {"ready": True, "draining": True}})
    assert health(ready="true", remote_node_id="2")[0] == 500


def test_restart_safety(cluster: Any) -> None:
    def ask(**query: Any) -> tuple[int, Any]:
        answer = cluster.node.get("/api/v2/health/restart_safety/", params=query)
        return answer.status_code, answer.json()

    unsafe = {"node_id": 1, "raft_leadership_on_node_count": 20, "store_not_draining_count": 1}
    assert ask() == (503, unsafe)
    cluster.patch(nodes={"2": {"draining": True}})
    assert ask(remote_node_id="2") == (200, {"node_id": 2, "is_restart_safe": True})
    cluster.patch(ranges={"underreplicated": 3})
    assert ask(remote_node_id="2") == (503, {"node_id": 2, "underreplicated_range_count": 3})
    assert cluster.node.post("/api/v2/health/restart_safety/").status_code == 405


@pytest.mark.parametrize(("remote", "status"), [("2", 200), ("local", 200), ("9", 500), ("x", 400)])
def test_requests_can_go_to_another_node(cluster: Any, remote: str, status: int) -> None:
    assert cluster.get("databases/", remote_node_id=remote).status_code == status


def test_everything_is_the_same_in_every_run(make_cluster: Callable[..., Any]) -> None:
    paths = ("nodes/", "nodes/1/ranges/", "ranges/hot/", "sessions/", "events/", "databases/movr/tables/users/")
    first, second = make_cluster(), make_cluster()
    for path in paths:
        assert first.json(path) == second.json(path)
