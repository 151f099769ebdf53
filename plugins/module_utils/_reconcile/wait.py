# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Polling until something is settled, has failed, or the time is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .._base.errors import WaitError

HEARTBEAT = 60.0


@dataclass
class Waiter:
    """How long to wait, in seconds: *timeout* in whole, *interval* between two looks.

    Without an interval the looks grow apart, from one second to what suits the thing that is waited for: soon for what is
    quick, cheap for what takes an hour.
    *notify* gets a line whenever the state changes, and one a minute so that a job's log shows that it lives.
    """

    timeout: float
    interval: float | None = None
    enabled: bool = True
    notify: Callable[[str], None] = lambda line: None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def until(
        self,
        label: str,
        read: Callable[[], Any],
        *,
        settled: Callable[[Any], bool],
        failed: Callable[[Any], str],
        describe: Callable[[Any], str],
        latest: Any = None,
        slowest: float = 15.0,
        shown: str = "object",
        name: str = "",
        public: Callable[[Any], Any] = lambda row: row,
    ) -> Any:
        """Return the first object from *read* that is settled; *latest* is one that is already at hand, *slowest* how many
        seconds the looks may grow apart to, *name* what the lines for *notify* begin with, and
        *public* makes of an object what everybody may see.

        Raises WaitError, with the last object under the result's key *shown*, when *failed* gives a reason or the
        time is over.
        """
        started = self.clock()
        pause, said, said_at = 1.0, "", started
        while True:
            if latest is not None:
                status, elapsed = describe(latest), self.clock() - started
                reason = failed(latest)
                if reason:
                    raise WaitError(f"{label}: {reason}", **{shown: public(latest)})
                done = settled(latest)
                if (status != said and not (done and not said)) or elapsed - (said_at - started) >= HEARTBEAT:
                    self.notify(f"{name or label}: {status}, {elapsed:.0f}s")
                    said, said_at = status, self.clock()
                if done:
                    return latest
                if elapsed >= self.timeout:
                    raise WaitError(
                        f"{label} is still {status} after {elapsed:.0f} seconds (wait_timeout)",
                        "It goes on by itself: run the task again to go on waiting, or raise wait_timeout",
                        **{shown: public(latest)},
                    )
            step = self.interval if self.interval is not None else pause
            left = self.timeout - (self.clock() - started)
            self.sleep(max(0.0, min(step, left)))
            pause = grown(pause, slowest)
            latest = read()

    def last(self, seconds: float, label: str) -> None:
        """Let *seconds* pass, and say from time to time how many are left."""
        end = self.clock() + seconds
        while (left := end - self.clock()) > 0:
            self.notify(f"{label}, {left:.0f}s left")
            self.sleep(min(left, HEARTBEAT))


def grown(pause: float, slowest: float) -> float:
    """The pause between two looks after *pause*, in seconds."""
    return min(pause * 1.5, slowest)
