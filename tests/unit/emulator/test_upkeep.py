# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows, deferrals, backup configurations, disruptions and streams: what each of them refuses, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from crdb_emulator.times import DAY, format_ns

OFF = "regional_disruptor_specifications"
STREAMS = "physical-replication-streams"
TICKET = "invalid argument: cluster already has a retention policy set, open a support ticket to change it"


def at(api: Any, days: float) -> str:
    return format_ns(api.clock.now + int(days * DAY))


def test_blackout_windows(api: Any) -> None:
    path = f"clusters/{api.advanced()['id']}/blackout-windows"

    def ends(start: float, end: float) -> dict[str, str]:
        return {"start_time": at(api, start), "end_time": at(api, end)}

    for start, end in ((6.9, 8), (8, 8), (8, 22.1), (85, 93)):
        assert api.error("POST", path, ends(start, end))[:2] == (400, 3), (start, end)
    assert api.error("POST", path, {**ends(8, 9), "end_time": "soon"})[:2] == (400, 3)
    made = api.ok("POST", path, ends(7, 21))
    # One that has come near can still end earlier or later, but not begin at another time.
    api.clock.advance(10 * 86400)
    one = f"{path}/{made['id']}"
    assert api.error("PATCH", one, {"start_time": at(api, 1)})[:2] == (400, 3)
    later = api.ok("PATCH", one, {"end_time": at(api, 8)})
    assert later["start_time"] == made["start_time"] and api.ok("GET", path)["blackout_windows"] == [later]
    assert api.ok("DELETE", one) == later and api.error("DELETE", one)[:2] == (404, 5)
    basic = f"clusters/{api.create(name='basic')['id']}/blackout-windows"
    message = "invalid argument: blackout windows are supported for advanced clusters only"
    assert api.error("POST", basic, ends(8, 9)) == (400, 3, message)


def test_a_deferral_is_always_there(api: Any) -> None:
    path = f"clusters/{api.advanced()['id']}/version-deferral"
    assert api.ok("GET", path) == {"deferral_policy": "NOT_DEFERRED"}
    assert api.ok("PUT", path, {"deferral_policy": "DEFERRAL_90_DAYS"}) == api.ok("GET", path)
    assert api.error("PUT", path, {"deferral_policy": "HAHA"})[:2] == (400, 3)
    assert api.error("PUT", path, {"deferral_policy": "DEFERRAL_90_DAYS"}, version="2023-04-10")[:2] == (400, 3)


def test_backup_configurations(api: Any) -> None:
    path = f"clusters/{api.advanced()['id']}/backups-config"
    assert api.ok("GET", path) == {"enabled": True, "frequency_minutes": 60, "retention_days": 30}
    for bad in ({"frequency_minutes": 120}, {"retention_days": 60}, {"enabled": False, "frequency_minutes": 5}):
        assert api.error("PATCH", path, bad)[:2] == (400, 3), bad
    # What it is already uses nothing up; a change does, also of one that makes no backups.
    api.ok("PATCH", path, {"retention_days": 30})
    api.ok("PATCH", path, {"enabled": False})
    assert api.ok("PATCH", path, {"retention_days": 7})["retention_days"] == 7
    assert api.error("PATCH", path, {"retention_days": 30}) == (400, 3, TICKET)
    basic = f"clusters/{api.create(name='basic')['id']}/backups-config"
    assert api.ok("GET", basic)["frequency_minutes"] == 1440
    assert api.error("PATCH", basic, {"frequency_minutes": 60})[:2] == (400, 3)


def test_disruptions(api: Any) -> None:
    cluster = api.advanced()["id"]
    path, region = f"clusters/{cluster}/disrupt", {"region_code": "us-central1", "is_whole_region": True}
    assert api.ok("GET", path) == {OFF: []}
    for bad in ({"is_whole_region": False}, {"pods": ["cockroachdb-0"]}):
        assert api.error("PUT", path, {OFF: [{**region, **bad}]})[:2] == (400, 3), bad
    assert api.ok("PUT", path, {OFF: [region]}) == api.ok("GET", path) == {OFF: [region]}
    api.control("POST", "state", {"clusters": {cluster: {"state": "LOCKED"}}})
    assert api.error("PUT", path, {})[0] == 503
    api.control("POST", "state", {"clusters": {cluster: {"state": "CREATED"}}})
    assert api.ok("PUT", path, {}) == {OFF: []}


@pytest.fixture
def pair(api: Any) -> dict[str, str]:
    return {f"{name}_cluster_id": api.advanced(name=name)["id"] for name in ("primary", "standby")}


def test_a_stream_begins_fails_over_and_is_over(api: Any, pair: dict[str, str]) -> None:
    made = api.ok("POST", STREAMS, pair)
    one = f"{STREAMS}/{made['id']}"
    assert made["status"] == "STARTING" and "replicated_time" not in made
    assert api.error("PATCH", one, {"status": "CANCELED"})[:2] == (400, 9)
    api.clock.advance(5)
    assert api.ok("GET", one).keys() >= {"replicated_time", "retained_time", "replication_lag_seconds"}
    for bad in ({"status": "STARTING"}, {"status": "FAILING_OVER", "failover_at": at(api, 1)}):
        assert api.error("PATCH", one, bad)[0] == 400, bad
    soon = at(api, 0.5 / 24)
    assert api.ok("PATCH", one, {"status": "FAILING_OVER", "failover_at": soon})["failover_at"] == soon
    assert api.error("PATCH", one, {"status": "CANCELED"})[:2] == (400, 9)
    api.clock.advance(1790)
    assert api.ok("GET", one)["status"] == "FAILING_OVER"
    api.clock.advance(20)
    done = api.ok("GET", one)
    assert (done["status"], done["activated_at"]) == ("COMPLETED", soon) and "replicated_time" not in done


def test_streams_that_are_over_are_listed_on_request(api: Any, pair: dict[str, str]) -> None:
    made = api.ok("POST", STREAMS, pair)["id"]
    api.clock.advance(5)

    def listed(**query: str) -> list[str]:
        path = f"{STREAMS}?{'&'.join(f'{name}={value}' for name, value in query.items())}"
        return [row["id"] for row in api.ok("GET", path)["physical_replication_streams"]]

    standby = pair["standby_cluster_id"]
    assert listed() == listed(standby_cluster_id=standby) == listed(cluster_id=standby) == [made]
    assert listed(primary_cluster_id=standby) == []
    assert "canceled_at" in api.ok("PATCH", f"{STREAMS}/{made}", {"status": "CANCELED"})
    assert listed() == [] and listed(show_completed="true") == [made]
    actions = [each["action"] for each in api.ok("GET", "auditlogevents")["entries"]]
    assert "AUDIT_LOG_ACTION_CANCEL_PHYSICAL_REPLICATION_STREAM" in actions


def test_clusters_that_can_be_replicated(api: Any, pair: dict[str, str]) -> None:
    first = pair["primary_cluster_id"]
    others = {
        "itself": first,
        "basic": api.create(name="basic")["id"],
        "wide": api.advanced({"us-east1": 3, "us-west2": 3}, name="wide")["id"],
        "aws": api.advanced({"us-east-1": 3}, name="aws", provider="AWS")["id"],
    }
    for what, other in others.items():
        assert api.error("POST", STREAMS, {**pair, "standby_cluster_id": other})[:2] == (400, 3), what
    unknown = {**pair, "standby_cluster_id": "11111111-2222-4333-8444-555555555555"}
    assert api.error("POST", STREAMS, unknown)[:2] == (404, 5)
