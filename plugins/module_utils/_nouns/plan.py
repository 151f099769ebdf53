# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan: the requests with a write effect that lead from what is there to what is wanted. Data, made without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CREATE, UPDATE, DELETE = "create", "update", "delete"


@dataclass(frozen=True, slots=True)
class Step:
    """One request with a write effect. *path* is relative to the API's prefix.

    *changes* maps fields to (before, after), never a secret; *secret_fields* names what is sent but not shown.
    *wait* says that the object must be settled again before the next step, *locks* that it takes a while to. *instead* is (method, path, body) of a
    request that does the same where the server does not know this one. *lasts* is how many seconds what it does shall last: then the
    steps after it are sent, and they are sent as well where something ends the run before. Where a plan is about several objects,
    *noun*, *name* and *id* say which one is meant (see Item.stamped()), and *cluster* which cluster that is or is in.
    """

    action: str
    doing: str
    method: str
    path: str
    body: Any = None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    secret_fields: tuple[str, ...] = ()
    secrets: tuple[Any, ...] = ()
    wait: bool = False
    locks: bool = False
    instead: tuple[str, str, Any] | None = None
    cluster: str = ""
    lasts: float = 0.0
    noun: str = ""
    name: str = ""
    id: str | None = None

    def describe(self) -> dict[str, Any]:
        """The step for people and for playbooks, without bodies and secrets."""
        changes = {name: {"before": before, "after": after} for name, (before, after) in self.changes.items()}
        changes.update({name: {"before": "(hidden)", "after": "(hidden)"} for name in self.secret_fields})
        where: dict[str, Any] = {"noun": self.noun, "name": self.name, "id": self.id} if self.noun else {}
        if self.cluster:
            where["cluster"] = self.cluster
        return {**where, "action": self.action, "summary": self.doing, "changes": changes}


@dataclass(slots=True)
class Plan:
    """Steps in order, the managed fields *before* and *after* them, and the object that is *predicted* to result.

    *text* is what diff mode shows instead of *before* and *after*, where it is not empty. *unsettled* has for each step
    the object right after it, where nobody waits; it may be empty.
    """

    steps: list[Step]
    before: dict[str, Any]
    after: dict[str, Any]
    predicted: dict[str, Any] | None
    notes: list[str] = field(default_factory=list)
    text: str = ""
    unsettled: list[dict[str, Any]] = field(default_factory=list)

    def without_waiting(self, kept: int) -> None:
        """Keep only the first *kept* steps, and predict what is there right after the last of them."""
        self.steps = self.steps[:kept]
        if kept and self.unsettled:
            self.predicted = self.unsettled[kept - 1]

    @property
    def changed(self) -> bool:
        return bool(self.steps)

    def describe(self) -> list[dict[str, Any]]:
        return [step.describe() for step in self.steps]
