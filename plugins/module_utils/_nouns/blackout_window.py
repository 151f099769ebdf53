# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the service must not touch a cluster. A window has no name: it is known by its two ends, as moments."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from .._base.errors import OptionError
from .._base.moments import SECOND, checked_moment, moment, spelled, stamp
from .._http.answers import TEXT, Object
from .declared import OPERATORS, Scope
from .field import Field
from .noun import Desired, Noun, Reader, Row
from .plan import Plan, Step

DAY = 86400 * SECOND
AHEAD, LONGEST = 7 * DAY, 14 * DAY
# The longest three months. What lies between is the service's to refuse, and so is what a clock that is a little off lets through.
LATEST = 92 * DAY
OFF = 300 * SECOND
LIMITS = "It has to begin 7 days ahead or later, may last 14 days, and ends within three months"


class BlackoutWindow(Noun):
    def key_of(self, params: Row) -> dict[str, Any]:
        key = {option.name: stamp(checked_moment(option.name, params[option.name])) for option in self.key}
        if self._moments(key)[0] >= self._moments(key)[1]:
            raise OptionError(
                f"A blackout window can't end at {params['end_time']}, as it begins at {params['start_time']}"
            )
        return key

    def key_of_name(self, name: str) -> dict[str, Any]:
        start, _slash, end = name.partition("/")
        return self.key_of({"start_time": start, "end_time": end})

    def by_mark(self, rows: Iterable[dict[str, Any]]) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
        """The windows that are not over: the others are history, and no task changes that."""
        return super().by_mark(row for row in rows if not self._is_over(self.identity(row)))

    def find(self, known: Mapping[tuple[Any, ...], list[dict[str, Any]]], desired: Desired) -> list[dict[str, Any]]:
        """The window itself, else those of which one end is to be another one."""
        found = super().find(known, desired)
        if found or desired.absent or desired.id:
            return found
        ends = self.mark(desired.key)
        return [row for mark, rows in known.items() if any(map(str.__eq__, mark, ends)) for row in rows]

    def shown(self, row: Row) -> dict[str, Any]:
        return {**row, **self.identity(row)}

    def unexported(self, row: Row) -> str:
        return "it is over" if self._is_over(self.identity(row)) else ""

    def create(self, scope: Scope, desired: Desired) -> Plan:
        if self._is_over(desired.key):
            return Plan([], {}, {}, None)
        self._check_limits(scope, desired, desired.key)
        return super().create(scope, desired)

    def _update(
        self,
        scope: Scope,
        desired: Desired,
        values: Row,
        found: Row,
        changes: Mapping[str, tuple[Any, Any]],
        row: Row | None = None,
    ) -> Step:
        """The change of one end alone: the other one may be past what can be set now."""
        self._check_limits(scope, desired, changes)
        step = super()._update(scope, desired, values, found, changes, row)
        return replace(step, body={name: step.body[name] for name in changes})

    def check(self, reader: Reader, scope: Scope, desired: Desired, row: dict[str, Any] | None, plan: Plan) -> None:
        if row is None and not desired.absent and not plan.steps:
            reader.warn(f"{desired.label}{scope.behind('of')} is over, so nothing is done about it")

    def _moments(self, key: Row) -> tuple[int, int]:
        return moment(key["start_time"]) or 0, moment(key["end_time"]) or 0

    def _is_over(self, key: Row) -> bool:
        return self._moments(key)[1] <= time.time_ns()

    def _check_limits(self, scope: Scope, desired: Desired, changed: Iterable[str]) -> None:
        (start, end), now = self._moments(desired.key), time.time_ns()
        for broken, problem in (
            ("start_time" in changed and start < now + AHEAD - OFF, "begins too soon"),
            (end - start > LONGEST, "is too long"),
            (end > now + LATEST + OFF, "ends too late"),
        ):
            if broken:
                raise OptionError(f"{desired.label}{scope.behind('of')} {problem}", LIMITS)


BLACKOUT_WINDOW = BlackoutWindow(
    "blackout_window",
    "clusters/{cluster}/blackout-windows/{id}",
    f"""
    Keeps the service from work on an Advanced cluster that restarts nodes or may be felt, from one moment to another.
    {LIMITS}. A window that is there as it is asked for is left as it is, however near it is.
    A window is known by its two ends. One that has one of them, and is not over, gets the other one.
    A window that is over is neither made, nor changed, nor deleted.
    start_time: When it begins, an RFC 3339 timestamp in any zone.
    end_time: When it ends, an RFC 3339 timestamp in any zone.
    = cluster_id (str): Id of the cluster.
    """,
    rows="blackout_windows",
    shape=Object({"id": TEXT, "start_time": TEXT, "end_time": TEXT}),
    key=tuple(Field(name, required=True, from_api=spelled) for name in ("start_time", "end_time")),
    requires={"plan": ("ADVANCED",)},
    since="2024-09-16",
    readers=OPERATORS,
    limited=True,
)
