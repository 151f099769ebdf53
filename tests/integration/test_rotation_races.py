# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several runs that set generated passwords at one moment: the passwords on the clusters are those in the files."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.results import Run
from integration.helpers.runner import LOCAL, Runner
from integration.test_sql_users_role import ROLE, marks, prints

# 30 show more, by hand: ROTATION_ROUNDS=30.
ROUNDS = int(os.environ.get("ROTATION_ROUNDS", "2"))
CLUSTERS = ("orders", "stock-prod")
USERS = ("app", "reporting")


@pytest.fixture
def place(launch: Launch, tmp_path: Path) -> tuple[Emulator, Path]:
    """An emulator of its own, on which requests of killed runs can go on, and a directory of passwords."""
    emulator = launch()
    for name in CLUSTERS:
        emulator.add_users(emulator.add_cluster(name)["id"], list(USERS))
    return emulator, tmp_path / "passwords"


def stored(directory: Path, cluster: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((directory / f"{cluster}.json").read_text())
    return found


def rotation(directory: Path, **more: Any) -> dict[str, Any]:
    """Variables of a rotation without a name, which sets new passwords each time."""
    return {
        "sql_users_users": ",".join(USERS),
        "sql_users_directory": str(directory),
        "sql_users_generate": True,
        "sql_users_rotate": True,
        "sql_users_rotation": "",
        **more,
    }


def test_two_rotations_at_one_moment(
    place: tuple[Emulator, Path], playbook_on: Callable[[Emulator], Runner], tmp_path: Path
) -> None:
    emulator, directory = place
    inventory = tmp_path / "clusters.ini"
    inventory.write_text("[crdb_clusters]\n" + "\n".join(CLUSTERS))
    runners = [playbook_on(emulator) for _each in range(2)]
    emulator.fault("delay", "PUT", "/password$", probability=0.5, seed=1, delay_ms=300)

    def rotate(runner: Runner) -> Run:
        return runner(
            playbook="crdb.cloud.rotate_passwords",
            arguments=["-i", str(inventory)],
            variables=rotation(directory),
            direct=None,
            verbosity=0,
        )

    lost = []
    for number in range(ROUNDS):
        emulator.reset("requests")
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(rotate, runners))
        assert len(emulator.writes()) == 2 * len(CLUSTERS) * len(USERS)
        for cluster in CLUSTERS:
            kept = stored(directory, cluster)
            assert kept["pending"] == {}
            lost += [
                (number, cluster, name)
                for name, mark in prints(kept["passwords"]).items()
                if mark != marks(emulator, cluster)[name]
            ]
    assert lost == []


def test_a_slow_run_is_not_overtaken(place: tuple[Emulator, Path], playbook_on: Callable[[Emulator], Runner]) -> None:
    """Two more rotations while a password of the first is on its way: it must not arrive after theirs."""
    emulator, directory = place
    variables = rotation(directory, sql_users_cluster="orders")
    emulator.fault("delay", "PUT", "/reporting/password$", delay_ms=15000)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(playbook_on(emulator), [ROLE], variables=variables)
        emulator.until(lambda: bool(emulator.writes()), 60.0)
        for _time in range(2):
            playbook_on(emulator)([ROLE], variables=variables)
        slow.result()
    kept = stored(directory, "orders")
    assert kept["pending"] == {} and marks(emulator) == prints(kept["passwords"])


def test_a_run_waits_for_another_one_and_goes_on_when_that_is_killed(
    place: tuple[Emulator, Path], playbook_on: Callable[[Emulator], Runner]
) -> None:
    emulator, directory = place
    first, second = (playbook_on(emulator) for _each in range(2))
    variables = rotation(directory, sql_users_cluster="orders")
    emulator.fault("delay", "PUT", "/reporting/password$", delay_ms=40000)

    def waits() -> bool:
        listings = [entry for entry in emulator.requests() if entry["path"].endswith("/clusters")]
        # The second run has looked for the cluster; what it does next is to ask for the lock.
        return len(listings) == 2 and time.sleep(1) is None

    with ThreadPoolExecutor(2) as pool:
        dying = pool.submit(first, [ROLE], variables=variables, fails=None, kill_when=waits)
        emulator.until(lambda: bool(emulator.writes()), 60.0)
        going = pool.submit(second, [ROLE], variables=variables)
        dead, done = dying.result(), going.result()
    assert dead.rc != 0
    kept = stored(directory, "orders")
    assert kept["pending"] == {} and marks(emulator) == prints(kept["passwords"])
    assert "orders: waiting for another run that sets passwords of" in done.stdout


@pytest.mark.parametrize("other", [True, False], ids=["direct", "plain"])
def test_two_hosts_of_a_play_that_stand_for_one_cluster(
    place: tuple[Emulator, Path], playbook_on: Callable[[Emulator], Runner], other: bool
) -> None:
    emulator, directory = place
    same: Mapping[str, Any] = {**LOCAL, "sql_users_cluster": "orders", "sql_users_file_name": "orders"}
    hosts = {"one": {**same, "crdb_direct": True}, "two": {**same, "crdb_direct": other}}
    playbook_on(emulator)([ROLE], hosts=hosts, variables=rotation(directory), direct=None)
    kept = stored(directory, "orders")
    assert kept["pending"] == {} and marks(emulator) == prints(kept["passwords"])
    assert len(emulator.writes()) == 4
