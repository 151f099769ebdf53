# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an object comes and goes by itself: which of its states are final, failed, or gone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Lifecycle:
    """*field* holds the state. In *making* states the object is not usable yet, in *settled* ones nothing runs, *failed* ones end
    a wait with what *reason* says, in *leaving* ones it is on its way out, and rows in *gone* ones count as absent.
    *prefix* is what the states may begin with, and those here do not.
    *mends* says that a change brings one that has failed back.
    *slowest* is how many seconds the looks at it may grow apart to. *each* is the list of an object whose members have the
    states, where one object is about several things.
    """

    field: str = "state"
    making: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    reason: str = ""
    slowest: float = 15.0
    each: str = ""
    prefix: str = ""
    mends: bool = False

    def status(self, row: Mapping[str, Any]) -> str:
        """The state; of several the one that is farthest from being settled."""
        rows = (row.get(self.each) or ()) if self.each else (row,)
        found = [str(inner.get(self.field)).removeprefix(self.prefix) for inner in rows]
        return max(found, key=lambda state: (state in self.failed, state not in self.settled), default="absent")

    def is_settled(self, row: Mapping[str, Any]) -> bool:
        return self.status(row) in self.settled

    def is_young(self, row: Mapping[str, Any]) -> bool:
        """Whether it is still being made: nothing is in it yet, and it may refuse to be deleted."""
        return self.status(row) in self.making

    def is_leaving(self, row: Mapping[str, Any]) -> bool:
        return self.status(row) in self.leaving

    def is_gone(self, row: Mapping[str, Any] | None) -> bool:
        return row is None or self.status(row) in (*self.gone, "absent")

    def failure(self, row: Mapping[str, Any]) -> str:
        """Why waiting for it is pointless, or ""."""
        if self.is_gone(row):
            return "it was deleted"
        status = self.status(row)
        if status not in self.failed:
            return ""
        why = row.get(self.reason) if self.reason else None
        return f"it is {status}" + (f" ({why})" if why else "")

    def patience(self, row: Mapping[str, Any]) -> float:
        """How many seconds may lie between two looks."""
        return self.slowest

    def ideal(self, row: dict[str, Any], *, settled: bool = True) -> dict[str, Any]:
        """*row* as it will be when it has settled, or is right after it was made."""
        states = self.settled if settled else self.making
        if not states:
            return row
        state = {self.field: self.prefix + states[0]}
        return {**row, self.each: [{**inner, **state} for inner in row[self.each]]} if self.each else {**row, **state}
