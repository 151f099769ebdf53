# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the service may work on a cluster."""

from __future__ import annotations

import re
from typing import Any

from .._base.errors import OptionError
from .._http.answers import TEXT, Object
from .declared import OPERATORS, Scope
from .field import Field
from .noun import Desired, Noun, Row
from .plan import Plan

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINUTE, HOUR, DAY = 60, 3600, 86400
WEEK = 7 * DAY
SHORTEST = 6 * HOUR
DURATION = re.compile(r"(?=.)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?")
TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")


def seconds(text: Any) -> float | None:
    """How many seconds *text* means: ``93600``, ``93600s``, ``6h``, ``1d2h30m``; None where it is nothing of that kind."""
    match = DURATION.fullmatch(str(text).replace(" ", ""))
    if not match:
        return None
    return sum(float(part or 0) * size for part, size in zip(match.groups(), (DAY, HOUR, MINUTE, 1), strict=True))


def spoken(value: float) -> str:
    """*value* seconds as people write it, the reverse of seconds()."""
    hours, rest = divmod(value, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    parts = ((hours, "h"), (minutes, "m"), (rest, "s"))
    return "".join(f"{part:g}{unit}" for part, unit in parts if part) or "0s"


def told(value: float) -> str:
    """*value* seconds as the API has it."""
    return f"{value:.9f}".rstrip("0").rstrip(".") + "s"


def misread_time(value: Any) -> str:
    return 'must be in quotes, such as "02:00": YAML reads it as a number' if isinstance(value, int) else ""


class MaintenanceWindow(Noun):
    def values(self, params: Row, version: str) -> dict[str, Any]:
        """Both durations in seconds, whichever way they were said."""
        found = {}
        for name, human, least, most in (
            ("offset_duration", "start", 0, WEEK),
            ("window_duration", "duration", SHORTEST, WEEK),
        ):
            option = name if params.get(name) is not None else human
            if params.get(option) is None:
                continue
            value = _start(params["day"], params["start"]) if option == "start" else seconds(params[option])
            if value is None:
                raise OptionError(
                    f"{option}: '{params[option]}' is no length of time", "Write it as 6h, 1d2h30m, 93600s or 93600"
                )
            if not least <= value < most:
                raise OptionError(
                    f"{option} must be at least {spoken(least)} and less than a week ({spoken(most)}), got '{params[option]}'"
                )
            found[name] = value
        return found

    def shown(self, row: Row) -> dict[str, Any]:
        """The window as the API has it, and as people say it; null where it can't be said so."""
        offset, length = self.view(row).values()
        day, start = divmod(offset or 0, DAY)
        hours, rest = divmod(start, HOUR)
        minutes, rest = divmod(rest, MINUTE)
        clock = f"{hours:02.0f}:{minutes:02.0f}" + (f":{rest:02g}" if rest else "")
        known = offset is not None and day < len(DAYS)
        return {
            **row,
            "day": DAYS[int(day)] if known else None,
            "start": clock if known else None,
            "duration": None if length is None else spoken(length),
        }

    def exported(self, row: Row) -> dict[str, Any]:
        shown = self.shown(row)
        return {name: shown[name] for name in ("day", "start", "duration")} if shown["day"] else dict(row)

    def predict(self, row: Row, desired: Desired, after: Row) -> dict[str, Any]:
        return self.shown(super().predict(row, desired, after))

    def create(self, scope: Scope, desired: Desired) -> Plan:
        if len(desired.values) < len(self.fields):
            raise OptionError(
                f"There is no {self.words}{scope.behind('of')} yet, so both its beginning and its length are needed",
                "Give day, start and duration, or offset_duration and window_duration",
            )
        return super().create(scope, desired)


def _start(day: str, clock: str) -> float:
    match = TIME.fullmatch(clock.strip())
    if not match:
        raise OptionError(f"start: '{clock}' is no time of day", 'Write hours and minutes in quotes, such as "02:00"')
    hours, minutes, rest = (int(part or 0) for part in match.groups())
    return float(DAYS.index(day) * DAY + hours * HOUR + minutes * MINUTE + rest)


MAINTENANCE_WINDOW = MaintenanceWindow(
    "maintenance_window",
    "clusters/{cluster}/maintenance-window",
    """
    Says when the service may work on an Advanced cluster, each week at the same time.
    V(absent) gives it back the schedule that it has by itself.
    offset_duration: From Monday 00:00 UTC to the beginning of the window, less than a week: seconds such as V(93600) or V(93600s), or V(1d2h). It can be given
      instead of O(day) and O(start).
    window_duration: How long the window is, at least six hours and less than a week, written as O(offset_duration). It can be given instead of O(duration).
    day: The day on which the window begins, in UTC.
    start: When the window begins on O(day), in UTC, in quotes, such as V(02:00).
    duration: How long the window is, such as V(6h), which is the least.
    = offset_duration (str): From Monday 00:00 UTC to the beginning of the window, in seconds, such as V(93600s).
    = window_duration (str): How long the window is, in seconds, such as V(21600s).
    = day (str): The day on which it begins, in UTC.
    = start (str): When it begins on that day, in UTC, such as V(02:00).
    = duration (str): How long it is, such as V(6h).
    """,
    shape=Object({"offset_duration": TEXT, "window_duration": TEXT}),
    fields=(
        Field("offset_duration", to_api=told, from_api=seconds),
        Field("window_duration", to_api=told, from_api=seconds),
    ),
    how=(Field("day", choices=DAYS), Field("start", misread=misread_time), Field("duration")),
    rules={
        "required_together": [("day", "start")],
        "mutually_exclusive": [
            ("offset_duration", "day"),
            ("offset_duration", "start"),
            ("window_duration", "duration"),
        ],
    },
    creates="PUT",
    updates="PUT",
    whole=True,
    requires={"plan": ("ADVANCED",)},
    since="2023-04-10",
    readers=OPERATORS,
)
