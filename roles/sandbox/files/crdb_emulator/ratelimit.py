# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rate limit of the service: a token bucket for each key, 10 requests a second by default [D].

[D] Over the limit the answer has a ``Retry-After`` header and the message ``rate limit exceeded``; the documentation
leaves the status open, hence an option (429, 403 or 503).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from crdb_emulator.errors import ApiError

_CODES = {429: 8, 403: 7, 503: 14}


class RateLimiter:
    """Token buckets that hold one second's worth of requests."""

    def __init__(self, rate: float, status: int = 429, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self.status = status
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> None:
        """Take one token; raises ``ApiError`` when the bucket is empty."""
        if self.rate <= 0:
            return
        now = self._clock()
        size = max(self.rate, 1.0)
        tokens, seen = self._buckets.get(key, (size, now))
        tokens = min(size, tokens + (now - seen) * self.rate)
        if tokens < 1.0:
            self._buckets[key] = (tokens, now)
            raise ApiError(self.status, _CODES[self.status], "rate limit exceeded", {"retry-after": "1"})
        self._buckets[key] = (tokens - 1.0, now)
