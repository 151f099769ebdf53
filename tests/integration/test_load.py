# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tasks at once stay below the rate limit of the service, and many items cost little."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.runner import LOCAL, Runner
from integration.helpers.secrets import API_KEY

PASSWORD = "planted-load-password"
SECRET = {"variables": {"password": PASSWORD}, "secrets": [PASSWORD]}


@pytest.mark.slow
@pytest.mark.parametrize(("tasks", "direct"), [(40, True), (16, False)], ids=["40-direct", "16-plain"])
def test_tasks_over_ten_forks_make_no_storm(
    launch: Launch, playbook_on: Callable[[Emulator], Runner], tasks: int, direct: bool
) -> None:
    emulator = launch("--api-key", API_KEY, "--rate-limit", "10", "--create-seconds", "0", fast=False)
    row = emulator.add_cluster("orders")
    user = {"cluster": "orders", "name": "{{ inventory_hostname }}", "password": "{{ password }}"}
    run = playbook_on(emulator)(
        [{"name": "user", "crdb.cloud.sql_user": user}],
        direct=direct,
        hosts={f"user-{number:02d}": LOCAL for number in range(tasks)},
        arguments=["--forks", "10"],
        rate_limit=None,
        verbosity=1,
        **SECRET,
    )
    assert [outcome.status for outcome in run.outcomes] == ["ok"] * tasks
    assert all(outcome.changed for outcome in run.outcomes)
    answers = [entry["status"] for entry in emulator.requests()]
    assert len(answers) >= 3 * tasks
    assert answers.count(429) <= 0.05 * len(answers)
    assert len(emulator.state()["sql_users"][row["id"]]) == tasks


@pytest.mark.slow
def test_a_loop_without_changes_is_cheap(playbook: Runner, emulator: Emulator) -> None:
    """CPU of the whole run, start included. The plain loop is measured with 1 and 11 items and drawn out to 100."""
    names = [f"user-{number:03d}" for number in range(100)]
    row = emulator.add_cluster("orders")
    emulator.add_users(row["id"], names)
    user = {"cluster": "orders", "name": "{{ item }}", "password": "{{ password }}"}

    def cpu(items: int, *, debug: bool = False, direct: bool = True) -> float:
        task = {"ansible.builtin.debug": {"msg": "{{ item }}"}} if debug else {"crdb.cloud.sql_user": user}
        emulator.reset("requests")
        run = playbook([{"name": "loop", **task, "loop": names[:items]}], direct=direct, verbosity=0, **SECRET)
        assert len(run["loop"].items) == items
        assert not run["loop"].changed
        return run.cpu

    debug = min(cpu(100, debug=True) for _try in range(2))
    in_process = min(cpu(100) for _try in range(2))
    # One listing of the clusters, one page of users, no writes.
    assert len(emulator.requests()) == 2
    one, some = cpu(1, direct=False), cpu(11, direct=False)
    plain = one + (some - one) / 10 * 99
    print(f"CPU seconds for 100 items: debug {debug:.2f}, in process {in_process:.2f}, plain {plain:.2f}")
    assert in_process <= plain / 8
    assert in_process <= 3 * debug
