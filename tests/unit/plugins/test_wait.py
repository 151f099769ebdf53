# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Polling."""

from __future__ import annotations

import pytest
from plugin_fakes import Clock

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import WaitError
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.wait import HEARTBEAT, Waiter


class Job:
    """A waiter, and an object that goes through *states* (the last one stays)."""

    def __init__(self, *states, **settings):
        self.clock, self.lines, self.reads, self.states = Clock(), [], 0, states
        settings.setdefault("timeout", 600)
        self.waiter = Waiter(notify=self.lines.append, clock=self.clock, sleep=self.clock.sleep, **settings)

    def read(self):
        self.reads += 1
        return self.states[min(self.reads, len(self.states)) - 1]

    def until(self, **more):
        return self.waiter.until(
            "orders",
            self.read,
            settled=lambda state: state == "CREATED",
            failed=lambda state: "it failed" if state == "FAILED" else "",
            describe=str,
            shown="cluster",
            **more,
        )


def test_what_is_settled_costs_nothing():
    job = Job("CREATING")
    assert job.until(latest="CREATED") == "CREATED"
    assert (job.reads, job.clock.sleeps, job.lines) == (0, [], [])


def test_it_looks_soon_and_then_less_often():
    job = Job(*["CREATING"] * 12, "CREATED")
    assert job.until() == "CREATED"
    sleeps = job.clock.sleeps
    assert sleeps[0] == 1.0 and sleeps == sorted(sleeps) and sleeps[-1] == 15.0


def test_a_fixed_interval():
    job = Job("CREATING", "CREATING", "CREATED", interval=4)
    job.until(latest="CREATING")
    assert job.clock.sleeps == [4, 4, 4]


def test_progress_is_said_when_something_changes():
    job = Job("CREATING", "CREATING", "LOCKED", "CREATED")
    job.until(latest="CREATING")
    assert [line.rsplit(",", 1)[0] for line in job.lines] == ["orders: CREATING", "orders: LOCKED", "orders: CREATED"]


def test_a_heartbeat_when_nothing_changes():
    job = Job("CREATING", timeout=10 * HEARTBEAT, interval=10)
    with pytest.raises(WaitError):
        job.until(latest="CREATING")
    assert 9 <= len(job.lines) <= 11


def test_a_failure_ends_it_at_once_with_the_object():
    job = Job("CREATING", "FAILED", "CREATED")
    with pytest.raises(WaitError, match="orders: it failed") as error:
        job.until()
    assert job.reads == 2 and error.value.as_result()["cluster"] == "FAILED"


@pytest.mark.parametrize("timeout", [0, 1, 30, 100])
def test_the_time_is_kept_and_the_last_state_told(timeout):
    job = Job("CREATING", timeout=timeout)
    with pytest.raises(WaitError, match=f"still CREATING after {timeout} seconds") as error:
        job.until(latest="CREATING")
    assert job.clock.now == 1000 + timeout
    assert error.value.as_result()["cluster"] == "CREATING" and "wait_timeout" in str(error.value)


def test_what_settles_at_the_last_moment_is_no_timeout():
    job = Job("CREATED", timeout=10, interval=100)
    assert job.until(latest="CREATING") == "CREATED"
    assert job.clock.sleeps == [10]
