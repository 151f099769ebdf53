# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody who waits for a fleet gets to read meanwhile: how far it is, and what is being done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from typing import Any

from .._reconcile.wait import HEARTBEAT, Waiter

# How often, in seconds, work is spoken of.
TOLD_EVERY = 5.0
STATES_SHOWN = 3


class Progress:
    """Says how far a fleet is: waiting when something has changed and once a minute, work every few seconds."""

    def __init__(self, waiter: Waiter, fleet: str) -> None:
        self._waiter = waiter
        self._fleet = fleet
        self._started = self._said_at = waiter.clock()
        self._all: set[object] = set()
        self._said = ""

    @property
    def elapsed(self) -> float:
        return self._waiter.clock() - self._started

    @property
    def is_due(self) -> bool:
        """Whether nothing was said for so long that work has to be spoken of."""
        return self._waiter.clock() - self._said_at >= TOLD_EVERY

    def say(self, text: str) -> None:
        self._waiter.notify(f"{self._fleet}: {text}")
        self._said_at = self._waiter.clock()

    def waits_for(self, what: object) -> None:
        self._all.add(what)

    def waiting(self, states: Sequence[str]) -> None:
        """Say how many are ready, and in which *states* the others are, where that has changed or nothing was said for long."""
        shown = ", ".join(f"{count} {name}" for name, count in Counter(states).most_common(STATES_SHOWN))
        ready = f"{len(self._all) - len(states)}/{len(self._all)} ready"
        if f"{ready}{shown}" != self._said or self._waiter.clock() - self._said_at >= HEARTBEAT:
            self.say(f"{ready}, {self.elapsed:.0f}s{f' ({shown})' if shown else ''}")
            self._said = f"{ready}{shown}"

    def working(self, busy: Sequence[str], done: int, planned: int) -> None:
        """Say how many requests are *done*, and what those that are *busy* do."""
        if not busy:
            return
        others = f", and {len(busy) - 1} more at the same time" if len(busy) > 1 else ""
        self.say(f"{done}/{max(done, planned)} done, {self.elapsed:.0f}s ({busy[0]}{others})")

    def read(self, future: Future[Any], number: int, count: int) -> None:
        """Wait for a cluster being read, of which *number* out of *count* are there, and say so every few seconds."""
        while not wait_for([future], TOLD_EVERY).done:
            if self.is_due:
                self.say(f"{number}/{count} clusters read, {self.elapsed:.0f}s")
        if self.is_due:
            self.say(f"{number + 1}/{count} clusters read, {self.elapsed:.0f}s")
