# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that brings one object to what is wanted of it: what has to be there before, itself, and what is deleted after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from .._base.errors import CrdbError
from .._nouns.declared import NIL_ID, Scope
from .._nouns.plan import CREATE, Plan, Step
from .apply import Applier
from .finder import Finder, Parent
from .items import Item
from .wait import Waits, Watch


class Keeper(Protocol):
    """What takes a secret that is told once. It is entered before the secret is asked for, so that there is room for it."""

    @property
    def told(self) -> str | None:
        """What was told, where it is returned."""

    def expect(self) -> None:
        """A secret will be told: CrdbError where it must not be, in check mode, too."""

    def __enter__(self) -> object:
        """Make room for it."""

    def __exit__(self, *exception: object) -> None:
        """Give the room back that was not used."""

    def keep(self, secret: str) -> None:
        """Take what was told."""


@dataclass
class Work:
    """What *finder* sees, and the plan of one *item*, which lives in *scope*, below *parent* where it has one; those of the items that have
    to be there *before* it, in order, and those that delete what is no longer needed *after* it.

    *renew* plans again what stands at a place of (before, item), once those in front of it have ids. *keeper* takes what only a creation
    tells. *waits* says that it waits for what takes a while, if the task does.
    """

    finder: Finder
    item: Item
    scope: Scope
    parent: Parent | None = None
    before: Sequence[Item] = ()
    after: Sequence[Item] = ()
    renew: Callable[[int], Item] | None = None
    keeper: Keeper | None = None
    waits: bool = True
    # The steps that were sent.
    sent: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.items = [*self.before, self.item, *self.after]
        self._own: Applier | None = None
        self._gone = False
        # The object as a module returns it, as far as this has come.
        self.outcome = self.item.current

    @property
    def steps(self) -> list[Step]:
        return [step for item in self.items for step in item.plan.steps]

    @property
    def row(self) -> dict[str, Any] | None:
        """The object as far as it is known at this moment."""
        if self.is_deleted:
            return None
        return self._own.row if self._own else self.item.row

    @property
    def is_deleted(self) -> bool:
        """Whether it is no longer there because that was wanted."""
        return self._gone

    @property
    def left(self) -> list[Step]:
        """The steps that were not sent."""
        return self.steps[len(self.sent) :]

    @property
    def is_early(self) -> bool:
        """Whether it was planned before something was there that it lives in, or refers to."""
        desired = self.item.desired
        said = (self.scope.ids, desired.ids, desired.key, desired.values)
        return bool(self.finder.awaited) or any(NIL_ID in values.values() for values in said)

    def without_waiting(self, kept: int) -> None:
        """Keep only the first *kept* steps, and predict what is there right after the last of them."""
        for item in self.items:
            own = min(kept, len(item.plan.steps))
            item.plan.without_waiting(own)
            kept -= own

    def ready(self) -> Watch:
        """What ends when the object that was there is settled, or gone where it was on its way out."""
        return Applier(self.finder, self.item, self.scope, self.parent).ready()

    def plan(self) -> Plan:
        """All of it as one plan."""
        own = self.item.plan
        plan = replace(own, steps=self.steps)
        if self.after:
            plural = self.item.noun.plural
            plan.before = {**own.before, plural: [other.desired.called for other in self.after]}
            plan.after = {**own.after, plural: []}
        return plan

    def expect(self) -> None:
        """Have it refused where what a creation tells must not be told."""
        if self.keeper and self._tells:
            self.keeper.expect()

    @property
    def _tells(self) -> bool:
        return any(step.action == CREATE for step in self.steps)

    def carried_out(self) -> Waits[dict[str, Any] | None]:
        """Carry everything out; the result is the object as it is then, None where it was deleted."""
        row, done = self.item.current, list[str]()
        keeping: Any = self.keeper if self.keeper and self._tells else nullcontext()
        with keeping:
            for number in range(len(self.before) + 1):
                if done and self.renew:
                    # What has just been made has an id now.
                    self.items[number] = self.renew(number)
                row = self.outcome = yield from self._applied(number, done)
        for number in range(len(self.before) + 1, len(self.items)):
            try:
                yield from self._applied(number, done)
            except CrdbError as error:
                if not self.keeper or not self.keeper.told:
                    raise
                # A failure would lose what was told.
                self.finder.warn(str(error))
        return row

    def _applied(self, number: int, done: list[str]) -> Waits[dict[str, Any] | None]:
        item = self.items[number]
        if not item.plan.steps:
            return item.current
        for guard in self.finder.guards:
            guard(item, self.parent)
        left = tuple(step.doing for other in self.items[number + 1 :] for step in other.plan.steps)
        keep = self.keeper.keep if self.keeper else None
        applier = Applier(
            self.finder, item, self.scope, self.parent, keep, done=done, left=left, sent=self.sent, waits=self.waits
        )
        if number == len(self.before):
            self._own = applier
        row = yield from applier.applied()
        self._gone = self._gone or (applier is self._own and row is None)
        return row
