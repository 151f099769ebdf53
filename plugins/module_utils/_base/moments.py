# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moments as people and the API write them, in nanoseconds since 1970: a float or a datetime would lose some."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

from .errors import OptionError

SECOND = 1_000_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# YAML makes of a stamp without quotes one with a blank in it.
STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)")


def moment(text: Any) -> int | None:
    """The moment that an RFC 3339 stamp in any zone means; None where it is none."""
    match = STAMP.fullmatch(str(text))
    if not match:
        return None
    date, clock, fraction, zone = match.groups()
    try:
        found = datetime.fromisoformat(f"{date}T{clock}{'+00:00' if zone in 'Zz' else zone}")
    except ValueError:
        return None
    since = found - EPOCH
    return (since.days * 86400 + since.seconds) * SECOND + int((fraction or "").ljust(9, "0"))


def checked_moment(option: str, text: str) -> int:
    """The moment that the *option* names; OptionError where it names none."""
    found = moment(text)
    if found is None:
        raise OptionError(f"{option}: '{text}' is no moment", "Write it as 2026-11-20T03:00:00Z, with a zone")
    return found


def stamp(nanoseconds: int) -> str:
    """The RFC 3339 stamp of a moment, in UTC, with no more digits than it needs."""
    seconds, rest = divmod(nanoseconds, SECOND)
    digits = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%dT%H:%M:%S}{digits}Z"


def spelled(text: Any) -> Any:
    """The moment that *text* means in the spelling of stamp(); *text* itself where it is none."""
    found = moment(text)
    return text if found is None else stamp(found)
