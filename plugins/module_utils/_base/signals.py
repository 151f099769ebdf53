# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ending in order where the process is told to end: something is undone first."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


# The signals that are to end a block of undone_by() which is still at its own work.
_heard: list[int] = []


class Ended(BaseException):
    """The process was told to end, and does so once everything is undone."""


def heed() -> None:
    """Raise Ended where a signal came. What its handler raised gets lost where Python was just calling a finalizer."""
    if _heard and threading.current_thread() is threading.main_thread():
        raise Ended


@contextmanager
def undone_by(undo: Callable[[], None]) -> Iterator[None]:
    """Call *undo* where an error ends the block early, or a signal. The signal has its effect after that.

    Signals that come while it is at work wait as well. Outside of the main thread nobody can hold them back.
    """
    came: list[int] = []
    at_work = False

    def end(number: int, _frame: object) -> None:
        came.append(number)
        if len(came) == 1 and not at_work:
            _heard.append(number)
            raise Ended

    handlers = {}
    if threading.current_thread() is threading.main_thread():
        ours = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
        handlers = {number: signal.signal(number, end) for number in ours}
    try:
        yield
    except BaseException:
        at_work = True
        _heard.clear()
        undo()
        raise
    finally:
        at_work = True
        _heard.clear()
        for number, handler in handlers.items():
            signal.signal(number, handler or signal.SIG_DFL)
        if came:
            os.kill(os.getpid(), came[0])
