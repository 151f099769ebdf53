# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Cluster API: what the five server versions differ in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

VERSIONS = ("21.2", "22.1", "23.1", "24.2", "25.4")


@pytest.mark.parametrize("version", VERSIONS)
def test_profiles(make_cluster: Callable[..., Any], version: str) -> None:
    cluster = make_cluster(version=version, sessions=9)
    at = tuple(int(part) for part in version.split("."))
    node = cluster.json("nodes/")["nodes"][0]
    names = ("major", "minor") if at >= (22, 1) else ("major_val", "minor_val")
    assert node["ServerVersion"] == {names[0]: at[0], names[1]: at[1], "patch": 0, "internal": 0}
    assert ("store_metrics" in node) == (at >= (23, 2))
    events = cluster.json("events/")["events"]
    assert any("target_id" in event for event in events) == (at < (22, 2))
    sessions = cluster.json("sessions/")["sessions"]
    assert any("status" in each for each in sessions) == (at >= (23, 1))
    assert len(sessions) == (9 if at >= (23, 1) else 6)
    assert ("pg_backend_pid" in sessions[0]) == (at >= (24, 2))
    assert cluster.get("rules/", user=None).status_code == (200 if at >= (22, 1) else 404)
    assert cluster.get("sql/").status_code == (405 if at >= (23, 1) else 404)
    assert cluster.get("health/restart_safety/", user=None).status_code == (503 if at >= (25, 4) else 404)
    assert cluster.get("database_metadata/").status_code == 404
    details = cluster.json("databases/bank/tables/accounts/")
    assert ("data_total_bytes" in details) == (at >= (24, 2))
    assert ("stats_last_created_at" in details) == (at >= (22, 1))
    grants = cluster.json("databases/bank/grants/")["grants"]
    assert ({"user": "public", "privileges": ["CONNECT"]} in grants) == (at >= (22, 2))


def test_hot_ranges_have_three_shapes(make_cluster: Callable[..., Any]) -> None:
    old = make_cluster(version="21.2").json("ranges/hot/")
    assert set(old) == {"ranges_by_node_id", "next"}
    assert set(old["ranges_by_node_id"]) == {"1", "2", "3"}
    assert set(old["ranges_by_node_id"]["1"][0]) == {
        "range_id", "start_key", "end_key", "store_id", "queries_per_second",
    }  # fmt: skip
    for version in ("22.1", "23.1", "24.2"):
        single = make_cluster(version=version).json("ranges/hot/")["ranges"][0]
        assert {"table_name", "database_name", "index_name", "schema_name"} <= set(single)
        assert single["schema_name"] == "public"
    many = make_cluster(version="25.4").json("ranges/hot/")["ranges"][0]
    assert {"databases", "tables", "indexes", "cpu_time_per_second"} <= set(many)
    assert many["schema_name"] == ""
    assert "table_name" not in many


def test_targets_filter_where_they_are_known(make_cluster: Callable[..., Any]) -> None:
    old = make_cluster(version="22.1")
    assert {event["target_id"] for event in old.json("events/", targetID="106")["events"]} == {106}
    assert len(old.json("events/", targetID="x")["events"]) == 40
    assert len(make_cluster(version="23.1").json("events/", targetID="106")["events"]) == 40


def test_rules_are_yaml(cluster: Any) -> None:
    answer = cluster.node.get("/api/v2/rules/")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.startswith("rules/alerts:\n    rules:\n")
    assert "- record: node:capacity" in answer.text
