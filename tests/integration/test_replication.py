# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Physical replication: begun when its erasing is asked for, failed over once, canceled, and never waited for in vain."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import Clock, execute

from ansible_collections.crdb.cloud.plugins.module_utils._edge import module as edge
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.wait import Waiter

NAME = "physical_replication_stream"
HARDWARE = {"machine_spec": {"num_virtual_cpus": 4}, "storage_gib": 15}
NIL_ID = "00000000-0000-0000-0000-000000000000"


def spec(*regions: str) -> dict[str, Any]:
    return {"dedicated": {"region_nodes": dict.fromkeys(regions, 3), "hardware": HARDWARE}}


@pytest.fixture
def pair(emulator: Emulator) -> dict[str, str]:
    """The ids of a cluster and of one that can be its standby."""
    regions = {"orders": "us-central1", "orders-dr": "us-east1"}
    return {name: str(emulator.add_cluster(name, **spec(region))["id"]) for name, region in regions.items()}


def stream(emulator: Emulator, *, check: bool = False, clock: Clock | None = None, **more: Any) -> dict[str, Any]:
    given = {"primary": "orders", "standby": "orders-dr", "wait_interval": 0.02, "wait_timeout": 20.0, **more}
    return execute(NAME, given, emulator, check=check, clock=clock)


def streams(emulator: Emulator, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = execute(f"{NAME}_info", {"primary": "orders", **more}, emulator)[f"{NAME}s"]
    return found


def begun(emulator: Emulator) -> dict[str, Any]:
    row: dict[str, Any] = stream(emulator, erase_standby=True)[NAME]
    return row


def patch(emulator: Emulator, id_: str, **change: Any) -> None:
    emulator.patch(objects={f"{NAME}s".replace("_", "-"): {id_: change}})


def test_the_erasing_is_to_be_named(emulator: Emulator, pair: dict[str, str]) -> None:
    for check in (True, False):
        refused = stream(emulator, check=check)
        assert "a new one erases all that is in the standby" in refused["msg"] and not emulator.writes()
    predicted, made = (stream(emulator, erase_standby=True, check=check) for check in (True, False))
    assert predicted["plan"] == made["plan"] and made[NAME]["status"] == predicted[NAME]["status"] == "REPLICATING"
    # Where there is a stream, nothing is erased.
    for same in ({}, {"primary": pair["orders"], "standby": pair["orders-dr"]}, {"id": made[NAME]["id"]}):
        again = stream(emulator, **same)
        assert not again["changed"] and again[NAME] == made[NAME]
    assert len(emulator.writes()) == 1


def test_failed_over_once(emulator: Emulator, pair: dict[str, str]) -> None:
    assert "that could fail over" in stream(emulator, state="failed_over")["msg"]
    made = begun(emulator)
    predicted, done = (stream(emulator, state="failed_over", check=check) for check in (True, False))
    assert predicted["plan"] == done["plan"] and predicted["warnings"] == done["warnings"]
    assert f"after {made['replicated_time']} is lost" in done["warnings"][0]
    assert done[NAME].items() >= predicted[NAME].items() and done[NAME]["status"] == "COMPLETED"
    for again in (stream(emulator, state="failed_over"), stream(emulator, state="failed_over", check=True)):
        assert not again["changed"] and again[NAME] == done[NAME]
    assert not stream(emulator, state="canceled")["changed"]
    assert streams(emulator) == [] and streams(emulator, show_completed=True) == [done[NAME]]
    # To fail back is a stream of its own, the other way round, and erases again.
    back = {"primary": "orders-dr", "standby": "orders"}
    assert "erase_standby: true" in stream(emulator, **back)["msg"]
    assert stream(emulator, **back, erase_standby=True)["changed"]
    assert "is over" in stream(emulator, id=done[NAME]["id"])["msg"]


def test_canceled(emulator: Emulator, pair: dict[str, str]) -> None:
    """Not as in the provider, which can't cancel a stream."""
    first = stream(emulator, erase_standby=True, wait=False)[NAME]
    assert first["status"] == "STARTING"
    predicted = stream(emulator, state="canceled", check=True)
    # It has to begin before it can be ended.
    done = stream(emulator, state="canceled")
    assert predicted["plan"] == done["plan"] and predicted[NAME] is done[NAME] is None and done["changed"]
    assert not stream(emulator, state="canceled")["changed"]
    assert [row["status"] for row in streams(emulator, show_completed=True)] == ["CANCELED"]
    assert "that could fail over" in stream(emulator, state="failed_over")["msg"]
    assert stream(emulator, erase_standby=True)[NAME]["id"] != first["id"]


@pytest.mark.parametrize("state", ["present", "failed_over"])
def test_one_that_is_canceled_meanwhile_ends_the_wait(
    emulator: Emulator, pair: dict[str, str], monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    """Not as in the provider, which waits until its time is over."""
    made, clock = begun(emulator), Clock()
    monkeypatch.setattr(edge, "Waiter", lambda **given: Waiter(**given, clock=clock, sleep=clock.sleep))
    patch(emulator, made["id"], status="STARTING" if state == "present" else "FAILING_OVER")
    clock.meanwhile = lambda: patch(emulator, made["id"], status="CANCELED")
    result = stream(emulator, state=state, clock=clock, wait_timeout=7200.0)
    assert result["failed"] and "it is CANCELED" in result["msg"] and clock.slept < 3


def test_a_failover_that_lies_ahead_is_waited_for(emulator: Emulator, pair: dict[str, str]) -> None:
    """Not as in the provider, which gives up after ten minutes."""
    begun(emulator)
    soon = datetime.now(timezone.utc) + timedelta(seconds=1.5)
    at_once = stream(emulator, state="failed_over", failover_at=soon.isoformat(), wait=False)
    assert at_once[NAME]["status"] == "FAILING_OVER" and at_once["changed"]
    assert "is failing over" in stream(emulator)["msg"]
    done = stream(emulator, state="failed_over")
    assert not done["changed"] and done[NAME]["status"] == "COMPLETED" and time.time() >= soon.timestamp()


def test_a_moment_that_is_out_of_reach(emulator: Emulator, pair: dict[str, str]) -> None:
    begun(emulator)
    for days in (-1, 1):
        at = (datetime.now(timezone.utc) + timedelta(days=days)).isoformat()
        for check in (True, False):
            assert "is out of reach" in stream(emulator, state="failed_over", failover_at=at, check=check)["msg"]
    assert "needs state: failed_over" in stream(emulator, failover_at=at)["msg"]
    assert len(emulator.writes()) == 1


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"standby": "orders"}, "primary and standby are the same cluster"),
        ({"standby": "wide-one"}, "cluster 'wide-one' is no Advanced cluster in one region"),
        ({"standby": "small-one"}, "cluster 'small-one' is no Advanced cluster in one region"),
        ({"standby": "other-one"}, "The primary has the provider GCP, and the standby AWS"),
        ({"standby": "older-one"}, "The primary has the version v25.4, and the standby v24.3"),
        ({"standby": "missing"}, "There is no cluster 'missing'"),
    ],
)
def test_refused_before_anything_is_erased(
    emulator: Emulator, pair: dict[str, str], given: dict[str, Any], problem: str
) -> None:
    emulator.add_cluster("wide-one", **spec("us-east1", "us-west2"))
    emulator.add_cluster("small-one")
    emulator.add_cluster("older-one", **spec("us-east1"))
    emulator.patch(clusters={"older-one": {"cockroach_version": "v24.3"}, "orders": {"cockroach_version": "v25.4"}})
    emulator.add_cluster("other-one", provider="AWS", **spec("us-east-1"))
    result = stream(emulator, erase_standby=True, **given)
    assert result["failed"] and problem in result["msg"] and emulator.writes() == []


def test_a_cluster_that_is_still_to_come(emulator: Emulator, pair: dict[str, str]) -> None:
    predicted = stream(emulator, erase_standby=True, standby="new", check=True)
    assert predicted["changed"] and predicted[NAME]["standby_cluster_id"] == NIL_ID
    assert "There is no cluster 'new' yet" in predicted["warnings"][0]


def test_a_lost_answer_makes_no_two(emulator: Emulator, pair: dict[str, str]) -> None:
    begun(emulator)
    stream(emulator, state="failed_over")
    emulator.fault("drop_after", "POST", "/physical-replication-streams$")
    result = stream(emulator, erase_standby=True, api_retries=1)
    assert result[NAME]["status"] == "REPLICATING" and "nothing was created twice" in result["warnings"][0]
    assert len(streams(emulator)) == 1 and len(streams(emulator, show_completed=True)) == 2
