# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the contract tests: a real emulator, a recorder before it, and the judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from contract.helpers.judge import Judge
from contract.helpers.recorder import Recorder
from integration.helpers.emulator import FAST, Emulator
from integration.helpers.runner import Runner

QUICKER = ("--create-seconds", "0.1", "--operation-seconds", "0.1")
Play = Callable[[Emulator], Runner]
Record = Callable[..., tuple[Emulator, Recorder]]


@pytest.fixture(scope="session")
def judge() -> Judge:
    """Every specification. Modules that use it call specifications() first, to be skipped where there is none."""
    return Judge()


@pytest.fixture
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    """``record(*options)``: an emulator of the test's own with these options, and the recorder that leads to it."""
    with ExitStack() as stack:

        def start(*options: str) -> tuple[Emulator, Recorder]:
            emulator = Emulator(tmp_path_factory.mktemp("emulator"), *FAST, *QUICKER, *options)
            stack.callback(emulator.stop)
            return emulator, stack.enter_context(Recorder(emulator.url))

        yield start


@pytest.fixture
def playbook_on(tmp_path_factory: pytest.TempPathFactory) -> Play:
    """``playbook_on(emulator)``: what runs ansible-playbook; a short name, since sockets lie below it."""
    return lambda emulator: Runner(tmp_path_factory.mktemp("run"), emulator)
