# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request budget for all processes of this user that speak to the same URL with the same key.

The service allows ten requests a second and user. Forks of one run, and runs side by side, share a slot file:
each reserves its slot under a lock, gives the lock back, and only then sleeps.
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

try:
    import fcntl
except ImportError:  # no file locks on this platform: every process keeps a budget of its own
    fcntl = None  # type: ignore[assignment]

BURST = 4
FARTHEST = 120.0


def cache_directory() -> Path:
    """The user's cache directory for this collection (not created here)."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "crdb.cloud"


class Pacer:
    """Hands out slots at *rate* a second (0: no pacing), with up to four at once after a pause.

    *identity* tells budgets apart (URL and key); only its hash reaches the disk. Where no file can be shared
    the budget is that of this process alone.
    """

    def __init__(
        self,
        rate: float,
        identity: str,
        *,
        directory: Path | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = 1.0 / rate if rate > 0 else 0.0
        self._path = (directory or cache_directory()) / f"pace-{hashlib.sha256(identity.encode()).hexdigest()[:32]}"
        self._clock = clock
        self._sleep = sleep
        self._own_next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Reserve the next slot and sleep until it comes."""
        if self._interval:
            pause = self._move(self._reserve)
            if pause > 0:
                self._sleep(pause)

    def hold(self, seconds: float) -> None:
        """Let nobody start a request for *seconds*: the server has said that it is too much."""
        if self._interval:
            self._move(lambda free_at, now: (max(free_at, now + seconds + BURST * self._interval), 0.0))

    def _reserve(self, free_at: float, now: float) -> tuple[float, float]:
        free_at = max(free_at, now)
        return free_at + self._interval, free_at - now - (BURST - 1) * self._interval

    def _move(self, step: Callable[[float, float], tuple[float, float]]) -> float:
        descriptor = self._open()
        if descriptor is not None:
            try:
                return self._move_shared(descriptor, step)
            except OSError:
                pass  # a full disk, or a file system without locks
            finally:
                os.close(descriptor)
        with self._lock:
            self._own_next, pause = step(self._sane(self._own_next), self._clock())
        return pause

    def _move_shared(self, descriptor: int, step: Callable[[float, float], tuple[float, float]]) -> float:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            stored = float(os.pread(descriptor, 64, 0) or b"0")
        except ValueError:
            stored = 0.0
        free_at, pause = step(self._sane(stored), self._clock())
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, repr(free_at).encode(), 0)
        return pause

    def _sane(self, free_at: float) -> float:
        # A stamp from the far future (a clock set back, a damaged file) must not stop anybody for long.
        now = self._clock()
        return free_at if 0 <= free_at <= now + FARTHEST else now

    def _open(self) -> int | None:
        if fcntl is None:
            return None
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError:
            return None
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            os.close(descriptor)
            return None
        return descriptor
