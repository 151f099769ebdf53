# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is undone where a process is told to end, and that it ends then."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from ansible_collections.crdb.cloud.plugins.module_utils._base.signals import ENDING, Ended, heed, undone_by


@pytest.fixture
def came() -> Iterator[list[int]]:
    """The signals that reach those who had handlers before."""
    found: list[int] = []
    before = {number: signal.signal(number, lambda given, _frame: found.append(given)) for number in ENDING}
    yield found
    for number, handler in before.items():
        signal.signal(number, handler)


def test_nothing_is_undone_where_nothing_happens(came: list[int]) -> None:
    undone: list[str] = []
    with undone_by(lambda: undone.append("it")):
        pass
    assert (undone, came) == ([], [])


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_what_ends_the_block_undoes_it(came: list[int], error: type[BaseException]) -> None:
    undone: list[str] = []
    with pytest.raises(error), undone_by(lambda: undone.append("it")):
        raise error
    assert (undone, came) == (["it"], [])


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_has_its_effect_when_all_is_undone(came: list[int], number: int) -> None:
    undone: list[list[int]] = []

    def undo() -> None:
        # Impatience does not help.
        os.kill(os.getpid(), number)
        undone.append([*came])

    with pytest.raises(Ended), undone_by(undo):
        os.kill(os.getpid(), number)
    assert undone == [[]] and came == [number]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_is_heeded_later_where_python_loses_what_its_handler_raises(came: list[int]) -> None:
    class Finalized:
        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGTERM)

    undone: list[list[int]] = []
    with pytest.raises(Ended), undone_by(lambda: undone.append([*came])):
        thing = Finalized()
        del thing
        undone.append([])
        heed()
        undone.append([0])
    assert undone == [[], []] and came == [signal.SIGTERM]
    heed()


def test_a_signal_that_is_ignored_stays_so(came: list[int]) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with undone_by(lambda: None):
        os.kill(os.getpid(), signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_outside_of_the_main_thread_errors_undo_it_as_well() -> None:
    undone: list[str] = []

    def run() -> None:
        with pytest.raises(ValueError, match="planted"), undone_by(lambda: undone.append("it")):
            raise ValueError("planted")

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert undone == ["it"]
