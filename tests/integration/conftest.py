# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the integration tests: real runs of ansible-playbook against a real emulator, nothing mocked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from integration.helpers.emulator import FAST, Emulator, Launch
from integration.helpers.runner import ANSIBLE_PLAYBOOK, CHECKOUT, COLLECTIONS, Runner
from integration.helpers.running import USERS, Cluster

# Files with tests of a minute. Where one of them comes last, the other workers wait for it.
LONGEST = ("test_sandbox_playbooks", "test_awx_templates", "test_awx", "test_rotation_races", "test_provision_hosts")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.stem not in LONGEST)


@pytest.fixture(scope="session", autouse=True)
def _installed() -> None:
    """The tests speak to the collection in this checkout and to the Ansible of this environment."""
    link = COLLECTIONS / "ansible_collections" / "crdb" / "cloud"
    assert link.resolve() == CHECKOUT, f"{link} does not lead to the checkout: run make link"
    assert ANSIBLE_PLAYBOOK.exists(), f"there is no {ANSIBLE_PLAYBOOK}"


@pytest.fixture(autouse=True)
def _measured(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Coverage makes a short run of Ansible take three times as long: only marked tests measure what nothing else runs."""
    if not request.node.get_closest_marker("measured"):
        for name in [name for name in os.environ if name.startswith("COVERAGE_PROCESS_")]:
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path_factory.mktemp("emulator"), *FAST)
    yield emulator
    emulator.stop()


@pytest.fixture
def emulator(_shared: Emulator) -> Emulator:
    """The emulator that the tests of one worker share, as good as new."""
    _shared.reset()
    return _shared


@pytest.fixture
def launch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launch]:
    """``launch(*options)``: an emulator of the test's own, with FAST options unless *fast* is false."""
    started: list[Emulator] = []

    def start(*options: str, fast: bool = True, **settings: str) -> Emulator:
        directory = tmp_path_factory.mktemp("emulator")
        started.append(Emulator(directory, *(FAST if fast else ()), *options, **settings))
        return started[-1]

    yield start
    for emulator in started:
        emulator.stop()


@pytest.fixture
def playbook(tmp_path_factory: pytest.TempPathFactory, emulator: Emulator) -> Runner:
    """Runs ansible-playbook against the shared emulator."""
    return Runner(tmp_path_factory.mktemp("run"), emulator)


@pytest.fixture
def playbook_on(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Emulator], Runner]:
    """``playbook_on(emulator)``: the same against another emulator."""
    return lambda emulator: Runner(tmp_path_factory.mktemp("run"), emulator)


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """ansible-runner hands the environment of the tests on to its jobs: there is nothing in it."""
    for name in set(os.environ) - {"PYTEST_CURRENT_TEST", "HOME"}:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", f"{ANSIBLE_PLAYBOOK.parent}:/usr/bin:/bin")


@pytest.fixture
def running(tmp_path_factory: pytest.TempPathFactory, launch: Launch) -> Callable[..., Cluster]:
    """``running(*options)``: the running cluster of an emulator of the test's own, with the users of the helpers."""

    def start(*options: str) -> Cluster:
        emulator = launch(*USERS, *options)
        return Cluster(emulator, Runner(tmp_path_factory.mktemp("run"), emulator))

    return start
