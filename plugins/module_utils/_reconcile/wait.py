# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Polling until something is settled, has failed, or the time is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, TypeVar

from .._base.errors import WaitError
from .._base.signals import heed
from .._nouns.declared import Scope
from .._nouns.noun import Noun

HEARTBEAT = 60.0
# How often, in seconds, somebody who lets time pass looks whether there was a signal.
HEED_EVERY = 1.0
Result = TypeVar("Result")


@dataclass
class Watch:
    """Something that is waited for: *read* looks at it, *label* says what it is. What is read is *settled*, or has *failed* (and why,
    else ""), and *describe* tells its state.

    *latest* is what is already known of it; *at_once* asks for a look before the first pause. *slowest* is how many seconds the looks may grow
    apart to, *name* what the lines of progress begin with. An error has the object under *shown*, as *public* makes it.
    *place* is the collection that lists it, with the *address* that it has there, where one listing does for many that are waited for; for one
    that is not in it *read* is asked, unless *absent_ends* the wait.
    """

    label: str
    read: Callable[[], Any]
    settled: Callable[[Any], bool]
    failed: Callable[[Any], str]
    describe: Callable[[Any], str]
    latest: Any = None
    at_once: bool = False
    slowest: float = 15.0
    shown: str = "object"
    name: str = ""
    public: Callable[[Any], Any] = lambda row: row
    place: tuple[Noun, Scope] | None = None
    address: tuple[str, ...] = ()
    absent_ends: bool = False

    def check(self, row: Any) -> None:
        """Note *row* as the latest; WaitError where waiting is pointless."""
        self.latest = row
        if reason := self.failed(row):
            raise self._error(f"{self.label}: {reason}")

    def is_over(self, elapsed: float, timeout: float) -> bool:
        """Whether the latest look ends the wait; WaitError where the time is over, after *elapsed* seconds."""
        if self.settled(self.latest):
            return True
        if elapsed >= timeout:
            raise self._error(
                f"{self.label} is still {self.describe(self.latest)} after {elapsed:.0f} seconds (wait_timeout)",
                "It goes on by itself: run the task again to go on waiting, or raise wait_timeout",
            )
        return False

    def _error(self, message: str, hint: str = "") -> WaitError:
        return WaitError(message, hint, **{self.shown: self.public(self.latest)})


@dataclass
class Nap:
    """Some *seconds* that have to pass, *doing* something that people are told of, if anything."""

    seconds: float
    doing: str = ""


# Work that has to wait now and then, and gets what it waited for; in the end there is a result.
Waits: TypeAlias = Generator[Watch | Nap, Any, Result]


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

    def until(self, label: str, read: Callable[[], Any], **how: Any) -> Any:
        """Return the first object from *read* that is settled; *how* has the other fields of Watch."""
        return self.follow(Watch(label, read, **how))

    def follow(self, watch: Watch) -> Any:
        """Return the first object that ends the *watch*; WaitError where none will."""
        started = self.clock()
        pause, said, said_at = 1.0, "", started
        latest = watch.read() if watch.at_once else watch.latest
        while True:
            if latest is not None:
                watch.check(latest)
                status, elapsed = watch.describe(latest), self.clock() - started
                done = watch.settled(latest)
                if (status != said and not (done and not said)) or elapsed - (said_at - started) >= HEARTBEAT:
                    self.notify(f"{watch.name or watch.label}: {status}, {elapsed:.0f}s")
                    said, said_at = status, self.clock()
                if watch.is_over(elapsed, self.timeout):
                    return latest
            step = self.interval if self.interval is not None else pause
            left = self.timeout - (self.clock() - started)
            self.sleep(max(0.0, min(step, left)))
            pause = grown(pause, watch.slowest)
            latest = watch.read()

    def through(self, work: Waits[Result]) -> Result:
        """What *work* returns, waiting for one thing after the other that it has to wait for."""
        try:
            return self._through(work)
        finally:
            # Whatever ends this, what was begun ends as well, and not when somebody comes by to tidy up.
            work.close()

    def _through(self, work: Waits[Result]) -> Result:
        resume: Callable[[], Watch | Nap] = partial(next, work)
        while True:
            try:
                wait = resume()
            except StopIteration as end:
                result: Result = end.value
                return result
            try:
                found = None
                if isinstance(wait, Watch):
                    found = self.follow(wait)
                else:
                    self._pass(wait)
            except BaseException as error:  # pylint: disable=broad-exception-caught
                # Signals, too, are the business of whoever has begun something that has to end.
                resume = partial(work.throw, error)
            else:
                resume = partial(work.send, found)

    def _pass(self, nap: Nap) -> None:
        """Let some time pass, and say now and then how much of it is left where something is being done."""
        if not nap.doing:
            self.sleep(nap.seconds)
            return
        end, said_at = self.clock() + nap.seconds, -HEARTBEAT
        while (left := end - self.clock()) > 0:
            heed()
            if self.clock() - said_at >= HEARTBEAT:
                self.notify(f"{nap.doing}, {left:.0f}s left")
                said_at = self.clock()
            self.sleep(min(left, HEED_EVERY))


def grown(pause: float, slowest: float) -> float:
    """The pause between two looks after *pause*, in seconds."""
    return min(pause * 1.5, slowest)
