# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster that is disrupted for some time is healed, however the run ends."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import execute
from integration.helpers.runner import Runner
from integration.test_audit_export import runs
from integration.test_upkeep import ADVANCED

OFF = "regional_disruptor_specifications"
WEST, EAST = {"region": "us-west2"}, {"region": "us-east1", "azs": ["b", "a"], "pods": []}
TOLD = [
    {"region_code": "us-east1", "is_whole_region": False, "azs": ["a", "b"]},
    {"region_code": "us-west2", "is_whole_region": True},
]
REGIONS = [WEST, EAST]


@pytest.fixture
def path(emulator: Emulator) -> str:
    return f"/clusters/{emulator.add_cluster('orders', **ADVANCED)['id']}/disrupt"


def disrupt(emulator: Emulator, *, check: bool = False, **more: Any) -> dict[str, Any]:
    return execute("cluster_disruption", {"cluster": "orders", "wait_interval": 0.02, **more}, emulator, check=check)


def disrupted(emulator: Emulator, path: str) -> Any:
    return emulator.api("GET", path)[OFF]


def test_said_in_any_order_and_healed(emulator: Emulator, path: str) -> None:
    assert disrupt(emulator, regions=REGIONS)["cluster_disruption"] == {OFF: TOLD}
    assert not disrupt(emulator, regions=[{**EAST, "azs": ["a", "b"]}, WEST])["changed"]
    # What is not named any more is healed.
    assert disrupt(emulator, regions=[WEST])["cluster_disruption"] == {OFF: TOLD[1:]}
    assert disrupt(emulator, regions=[])["cluster_disruption"] is None
    assert not disrupt(emulator, state="absent")["changed"] and disrupted(emulator, path) == []


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"regions": [WEST, WEST]}, "regions has a region twice"),
        ({"regions": [WEST], "duration": "long"}, "duration: 'long' is no length of time"),
        ({"regions": [WEST], "duration": "0m"}, "duration: '0m' is no length of time"),
        ({"duration": "10m"}, "duration needs regions"),
        ({"regions": [WEST], "duration": "10m", "wait": False}, "takes a while"),
        ({}, "There is no cluster disruption of cluster 'orders' yet"),
    ],
)
def test_one_sentence_for_what_is_wrong(emulator: Emulator, path: str, options: dict[str, Any], problem: str) -> None:
    for check in (True, False):
        assert problem in disrupt(emulator, **options, check=check)["msg"]
    assert emulator.writes() == []


@pytest.mark.parametrize("left_over", [None, TOLD[1:], TOLD[:1]], ids=["healthy", "the same", "another"])
def test_for_a_while(emulator: Emulator, path: str, left_over: Any) -> None:
    """The next run also heals what a run that was killed has left."""
    if left_over:
        emulator.patch(objects={"disrupt/orders": {"": {OFF: left_over}}})
    task = {"regions": [WEST], "duration": "0.2s"}
    predicted = disrupt(emulator, **task, check=True)
    assert emulator.writes() == []
    began = time.monotonic()
    done = disrupt(emulator, **task)
    assert predicted == done and done["cluster_disruption"] is None
    assert time.monotonic() - began >= 0.2
    assert [step["action"] for step in done["plan"]] == ["update" if left_over else "create", "delete"]
    # One that the cluster was too busy for is sent again.
    assert [each["status"] for each in emulator.writes() if each["status"] != 503] == [200, 200]
    assert disrupted(emulator, path) == []


@pytest.mark.parametrize(
    ("left_over", "status", "writes"),
    [(None, 400, 1), (TOLD, 400, 2), (None, 500, 2)],
    ids=["nothing to heal", "what was there", "who knows"],
)
def test_a_request_that_fails(emulator: Emulator, path: str, left_over: Any, status: int, writes: int) -> None:
    if left_over:
        emulator.patch(objects={"disrupt/orders": {"": {OFF: left_over}}})
    body = {"code": 3, "message": "no such pod", "details": []}
    emulator.fault("status", "PUT", "/disrupt$", status=status, body=body)
    assert "no such pod" in disrupt(emulator, regions=[WEST], duration="1h")["msg"]
    assert len(emulator.writes()) == writes and disrupted(emulator, path) == []


def meanwhile(emulator: Emulator, path: str, number: int) -> Callable[[], None]:
    """Send a signal to ansible-playbook and its processes, as a terminal does, once the cluster is disrupted."""

    def watch() -> None:
        deadline = time.monotonic() + 60
        while not disrupted(emulator, path) and time.monotonic() < deadline:
            time.sleep(0.05)
        for group in {os.getpgid(pid) for pid in runs()} - {os.getpgrp()}:
            os.killpg(group, number)

    thread = threading.Thread(target=watch)
    thread.start()
    return thread.join


@pytest.mark.parametrize(
    ("number", "direct"),
    [(signal.SIGINT, True), (signal.SIGTERM, True), (signal.SIGTERM, False)],
    ids=["ctrl-c", "terminated", "terminated-plain"],
)
def test_interrupted(playbook: Runner, path: str, number: int, direct: bool) -> None:
    join = meanwhile(playbook.emulator, path, number)
    task = {"crdb.cloud.cluster_disruption": {"cluster": "orders", "regions": [WEST], "duration": "5m"}}
    run = playbook([task], direct=direct, verbosity=0, warns=None, fails=None)
    join()
    deadline = time.monotonic() + 10
    while disrupted(playbook.emulator, path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert disrupted(playbook.emulator, path) == [] and run.rc != 0 and run.seconds < 60


def test_a_task_that_times_out(playbook: Runner, path: str) -> None:
    task = {"crdb.cloud.cluster_disruption": {"cluster": "orders", "regions": [WEST], "duration": "5m"}, "timeout": 1}
    run = playbook([{"name": "game day", **task}], verbosity=0, warns=None, fails=True)
    assert run.seconds < 60 and disrupted(playbook.emulator, path) == []
