# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What networks and services do to requests, and what comes of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from hostile_server import ENOUGH, HostileServer
from hostile_server import WAYS as HOSTILE_WAYS
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.runner import BOTH_WAYS, Runner

PASSWORD = "planted-fault-password"
CLUSTER = {"name": "orders", "provider": "GCP", "regions": ["us-central1"], "wait_interval": 0.1}
USER = {"cluster": "orders", "name": "app", "password": "{{ password }}", "wait_interval": 0.1}
SECRET = {"variables": {"password": PASSWORD}, "secrets": [PASSWORD]}


@pytest.mark.parametrize(
    ("fault", "direct"),
    [("drop_after", True), ("garbage", True), ("drop_after", False)],
    ids=["drop_after-direct", "garbage-direct", "drop_after-plain"],
)
def test_a_lost_answer_to_a_post_creates_once(playbook: Runner, emulator: Emulator, direct: bool, fault: str) -> None:
    emulator.fault(fault, "POST", "/clusters$")
    emulator.fault(fault, "POST", "/sql-users$")
    emulator.fault(fault, "POST", "/allowlist$")
    entry = {"cluster": "orders", "cidr": "192.0.2.1", "name": "home"}
    run = playbook(
        [
            {"name": "cluster", "crdb.cloud.cluster": {**CLUSTER, "labels": {"a": "b"}}},
            {"name": "user", "crdb.cloud.sql_user": USER},
            {"name": "entry", "crdb.cloud.allowlist_entry": entry},
        ],
        direct=direct,
        warns=[
            "create cluster 'orders' was lost .* nothing was created twice",
            "create SQL user 'app'",
            "allowlist entry",
        ],
        **SECRET,
    )
    assert emulator.fired() == [1, 1, 1]
    cluster = emulator.cluster("orders")
    state = emulator.state()
    assert state["sql_users"][cluster["id"]] == ["app"]
    assert len(state["allowlists"][cluster["id"]]) == 2
    assert run["cluster"].changed
    assert run["cluster"]["cluster"]["id"] == cluster["id"]
    assert run["cluster"]["cluster"]["state"] == "CREATED"
    assert run["user"]["sql_user"] == {"name": "app"}
    posts = [entry for entry in emulator.writes() if entry["method"] == "POST"]
    assert len(posts) == 3
    # Nobody knows whose password the found user has, so ours is set.
    assert run["user"].writes[-1].startswith("PUT ")
    mark = hashlib.sha256(PASSWORD.encode()).hexdigest()[:16]
    assert state["sql_user_fingerprints"][cluster["id"]] == {"app": mark}


@pytest.mark.slow
def test_a_post_that_was_never_performed_ends_with_an_unknown_outcome(playbook: Runner, emulator: Emulator) -> None:
    emulator.add_cluster("present")
    emulator.fault("drop_before", "POST", "/clusters$", times=2)
    emulator.fault("status", "POST", "/sql-users$", times=2, status=503, body="upstream connect error")
    hosts = {
        f"{kind}-{way}": {**values, "kind": kind} for kind in ("cluster", "user") for way, values in BOTH_WAYS.items()
    }
    user = {**USER, "cluster": "present"}
    run = playbook(
        [
            {"name": "cluster", "crdb.cloud.cluster": CLUSTER, "when": "kind == 'cluster'", "ignore_errors": True},
            {"name": "user", "crdb.cloud.sql_user": user, "when": "kind == 'user'", "ignore_errors": True},
        ],
        direct=None,
        hosts=hosts,
        play={"strategy": "free"},
        **SECRET,
    )
    for way in BOTH_WAYS:
        run["cluster", f"cluster-{way}"].fails_with(
            "Failed to create cluster 'orders'", "the outcome is unknown", "Run the task again"
        )
        run["user", f"user-{way}"].fails_with(
            "Failed to create SQL user 'app'", "HTTP 503", "the outcome is unknown", "Run the task again"
        )
    assert emulator.clusters("orders") == []
    # Each was sent once: a POST whose fate is unknown is never sent again.
    assert len(emulator.writes()) == 4
    run.no_traceback()


PASSING = {
    "503": ("status", {"status": 503}),
    "502": ("status", {"status": 502, "body": "<html>bad gateway</html>"}),
    "504": ("status", {"status": 504}),
    "dropped before": ("drop_before", {}),
    "dropped after": ("drop_after", {}),
    "garbage": ("garbage", {}),
    "429": ("status", {"status": 429, "headers": {"Retry-After": "1"}}),
    "slow": ("slow_body", {"delay_ms": 600}),
}


@pytest.mark.parametrize("kind", PASSING)
def test_passing_faults_are_overcome(playbook: Runner, emulator: Emulator, kind: str) -> None:
    action, more = PASSING[kind]
    row = emulator.add_cluster("orders")
    emulator.add_users(row["id"], ["app"])
    for method, path in (
        ("GET", "/clusters$"),
        ("GET", "/sql-users$"),
        ("PUT", "/password$"),
        ("PATCH", "/clusters/"),
        ("DELETE", "/sql-users/app$"),
    ):
        emulator.fault(action, method, path, **more)
    run = playbook(
        [
            {"name": "PUT", "crdb.cloud.sql_user": {**USER, "update_password": "always"}},
            {
                "name": "PATCH",
                "crdb.cloud.spend_limit": {"cluster": "orders", "spend_limit": 700, "wait_interval": 0.1},
            },
            {"name": "DELETE", "crdb.cloud.sql_user": {"cluster": "orders", "name": "app", "state": "absent"}},
        ],
        warns=["set the spend limit .* was lost, but it was carried out"]
        if kind in ("dropped after", "garbage")
        else (),
        **SECRET,
    )
    assert emulator.fired() == [1] * 5
    assert all(outcome.changed for outcome in run.outcomes)
    limits = run["PATCH"]["spend_limit"]["usage_limits"]
    assert limits == emulator_limits(emulator) == {"request_unit_limit": 28_000_000, "storage_mib_limit": 2867}
    assert emulator.state()["sql_users"][row["id"]] == []


def emulator_limits(emulator: Emulator) -> dict[str, int]:
    limits = emulator.cluster("orders")["config"]["serverless"]["usage_limits"]
    return {name: int(value) for name, value in limits.items() if value is not None}


def test_a_rate_limited_post_is_sent_again(playbook: Runner, emulator: Emulator) -> None:
    emulator.fault("status", "POST", "/clusters$", status=429, headers={"Retry-After": "1"})
    run = playbook([{"name": "cluster", "crdb.cloud.cluster": CLUSTER}])
    assert run["cluster"].changed
    assert [entry["status"] for entry in emulator.writes()] == [429, 200]
    assert run.seconds >= 1.0


def test_a_busy_cluster_is_waited_for(playbook: Runner, emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    locked = {"code": 14, "message": "couldn't lock cluster", "details": []}
    emulator.fault("status", "PATCH", "/clusters/", times=2, status=503, body=locked)
    run = playbook(
        [{"name": "limit", "crdb.cloud.spend_limit": {"cluster": "orders", "spend_limit": 100, "wait_interval": 0.1}}]
    )
    assert [entry["status"] for entry in emulator.writes()] == [503, 503, 200]
    assert run["limit"].changed


def test_a_locked_cluster_is_waited_for(playbook: Runner, emulator: Emulator) -> None:
    spec = {"region_nodes": {"us-east1": 3}, "hardware": {"machine_spec": {"num_virtual_cpus": 4}}}
    row = emulator.add_cluster("orders", dedicated=spec)
    emulator.api("PATCH", f"/clusters/{row['id']}", {"dedicated": {"region_nodes": {"us-east1": 5}}})
    assert emulator.cluster("orders")["state"] == "LOCKED"
    run = playbook(
        [{"name": "labels", "crdb.cloud.cluster": {"name": "orders", "labels": {"a": "b"}, "wait_interval": 0.1}}]
    )
    assert run["labels"]["cluster"]["labels"] == {"a": "b"}
    assert run["labels"]["cluster"]["regions"][0]["node_count"] == 5


def test_waiting_that_leads_nowhere(playbook: Runner, emulator: Emulator) -> None:
    """A creation that fails, one that takes too long, and an operation that fails: one sentence each."""
    emulator.add_cluster("broken")
    emulator.add_cluster("locked")
    emulator.patch(
        fail_next_create=True,
        clusters={
            "broken": {"operation_status": "CRDB_SCALE_FAILED", "state": "LOCKED"},
            "locked": {"operation_status": "MAINTENANCE_RUNNING", "state": "LOCKED"},
        },
    )
    quick = {"wait_interval": 0.1, "wait_timeout": 0.5}
    run = playbook(
        [
            {"name": "failed", "crdb.cloud.cluster": CLUSTER, "ignore_errors": True},
            {
                "name": "broken",
                "crdb.cloud.cluster": {"name": "broken", "labels": {"a": "b"}, **quick},
                "ignore_errors": True,
            },
            {
                "name": "locked",
                "crdb.cloud.cluster": {"name": "locked", "labels": {"a": "b"}, **quick},
                "ignore_errors": True,
            },
        ]
    )
    run["failed"].fails_with("cluster 'orders': its creation failed (state CREATION_FAILED)", "delete it")
    assert run["failed"]["cluster"]["state"] == "CREATION_FAILED"
    run["broken"].fails_with("cluster 'broken'", "CRDB_SCALE_FAILED")
    run["locked"].fails_with(
        "cluster 'locked' is still LOCKED, MAINTENANCE_RUNNING", "(wait_timeout)", "run the task again"
    )
    assert run["locked"]["cluster"]["state"] == "LOCKED"
    run.no_traceback()


def test_a_wait_that_times_out_during_creation(playbook: Runner, emulator: Emulator) -> None:
    emulator.fault("status", "GET", "/clusters/[0-9a-f-]{36}$", times=1000, status=200, body=creating())
    run = playbook([{"name": "cluster", "crdb.cloud.cluster": {**CLUSTER, "wait_timeout": 1}, "ignore_errors": True}])
    run["cluster"].fails_with("cluster 'orders' is still CREATING after 1 seconds (wait_timeout)", "run the task again")
    assert run["cluster"]["cluster"]["state"] == "CREATING"
    assert run["cluster"].changed


def creating() -> dict:
    return {
        "id": "a",
        "name": "orders",
        "state": "CREATING",
        "operation_status": "UNSPECIFIED",
        "plan": "BASIC",
        "regions": [],
    }


@pytest.mark.parametrize("direct", [True, False], ids=["direct", "plain"])
def test_a_partial_failure_says_what_was_done(playbook: Runner, emulator: Emulator, direct: bool) -> None:
    hardware = {"machine_spec": {"num_virtual_cpus": 4}}
    emulator.add_cluster(
        "orders", dedicated={"region_nodes": {"us-east1": 3}, "hardware": hardware, "cockroach_version": "v25.2"}
    )
    # The labels go first, in a request of their own; the version is refused after that.
    emulator.fault("delay", "PATCH", "/clusters/", delay_ms=1)
    refusal = {"code": 3, "message": "invalid argument: unsupported version: v25.3", "details": []}
    emulator.fault("status", "PATCH", "/clusters/", status=400, body=refusal)
    task = {
        "name": "upgrade",
        "crdb.cloud.cluster": {
            "name": "orders",
            "labels": {"a": "b"},
            "cockroach_version": "v25.3",
            "wait_interval": 0.1,
        },
        "ignore_errors": True,
    }
    run = playbook([task], direct=direct)
    run["upgrade"].fails_with(
        "Failed to upgrade to v25.3",
        "unsupported version",
        "HTTP 400",
        "Done: update cluster 'orders'",
        "Run the task again",
    )
    assert run["upgrade"].changed
    assert emulator.cluster("orders")["labels"] == {"a": "b"}


def test_time_limits_of_one_request(launch: Launch, playbook_on: Callable[[Emulator], Runner]) -> None:
    # Its own emulator: the answer that nobody waits for would show up in a later test.
    emulator = launch()
    emulator.add_cluster("orders")
    emulator.fault("delay", "GET", "/clusters$", delay_ms=3000)
    emulator.fault("slow_body", "GET", "/organization$", delay_ms=4000)
    impatient = {"api_timeout": 0.5, "api_retries": 0}
    run = playbook_on(emulator)(
        [
            {"name": "no answer", "crdb.cloud.cluster_info": impatient, "ignore_errors": True},
            {"name": "slow answer", "crdb.cloud.organization_info": impatient, "ignore_errors": True},
        ]
    )
    ran_out = "api_timeout of 0.5 seconds ran out while reading the answer to GET"
    run["no answer"].fails_with("Failed to list the clusters", f"{ran_out} {emulator.url}/api/v1/clusters")
    run["slow answer"].fails_with("Failed to read the organization", f"{ran_out} {emulator.url}/api/v1/organization")
    assert run.seconds < 20


def test_servers_that_never_end_an_answer(playbook: Runner) -> None:
    """Reads and writes of both APIs, one after the other, each from a process of its own."""
    with HostileServer(*HOSTILE_WAYS["header"]) as drips, HostileServer(*HOSTILE_WAYS["gzip"]) as packs:
        cloud = {"api_url": drips.url, "api_timeout": 0.5, "api_retries": 0}
        cluster = {"cluster_api_url": packs.url, "api_timeout": 0.5, "api_retries": 0}
        run = playbook(
            [
                {"name": "read", "crdb.cloud.cluster_info": cloud, "ignore_errors": True},
                {"name": "write", "crdb.cloud.cluster": {**CLUSTER, **cloud}, "ignore_errors": True},
                {"name": "cluster", "crdb.cloud.cluster_api_node_info": cluster, "ignore_errors": True},
            ]
        )
    ran_out = "api_timeout of 0.5 seconds ran out while reading the answer to GET"
    for name in ("read", "write"):
        run[name].fails_with(
            "Failed to list the clusters", f"{ran_out} {drips.url}/api/v1/clusters", "Raise api_timeout"
        )
    run["cluster"].fails_with("Failed to list the nodes", f"{ran_out} {packs.url}/api/v2/nodes/", "Raise api_timeout")
    assert (drips.asked, packs.asked) == (2, 1)
    assert run.seconds < 3 * ENOUGH
