# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RFC 3339 timestamps with up to nine fractional digits, kept as integer nanoseconds since the epoch.

[D] The service writes UTC with up to microseconds, in places with nanoseconds, so ``datetime`` alone would lose digits.
"""

from __future__ import annotations

import re
import time
from calendar import timegm
from datetime import datetime, timezone

SECOND = 1_000_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
_PATTERN = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$")


def now_ns() -> int:
    """The current time; microseconds, as the service has them."""
    return time.time_ns() // 1000 * 1000


def format_ns(value: int) -> str:
    """``2022-03-22T20:23:11.285067Z``; six digits, nine only where they are needed."""
    seconds, fraction = divmod(value, SECOND)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    digits = f"{fraction:09d}"
    return f"{stamp}.{digits if fraction % 1000 else digits[:6]}Z"


def parse_ns(text: str) -> int:
    """Parse an RFC 3339 timestamp.

    Raises ``ValueError``. A blank in place of ``+`` (unescaped in a query) is accepted.
    """
    found = _PATTERN.match(re.sub(r" (\d\d:\d\d)$", r"+\1", text.strip()))
    if found is None:
        raise ValueError(f"not an RFC 3339 timestamp: {text!r}")
    date, clock, fraction, zone = found.groups()
    moment = datetime.fromisoformat(f"{date}T{clock}{'+00:00' if zone in 'Zz' else zone}")
    return timegm(moment.astimezone(timezone.utc).timetuple()) * SECOND + int((fraction or "0").ljust(9, "0"))
