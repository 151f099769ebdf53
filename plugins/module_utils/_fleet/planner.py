# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning many objects of all nouns in one go: each listing is read once, and nothing is waited for before the plan is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from graphlib import TopologicalSorter
from typing import Any

from .._base.errors import CrdbError, OptionError, WaitError
from .._nouns.declared import NIL_ID, Scope
from .._nouns.noun import Desired, Noun
from .._reconcile.finder import Parent
from .._reconcile.keeper import SecretKeeper
from .._reconcile.reconciler import Reconciler
from .._reconcile.work import Work
from .entries import Ask, Asked, Mistaken

Row = dict[str, Any]
UNTOLD = OptionError(
    "The key would have to be made, and a fleet returns no secret", "Give secret_path, a file for the secret of the key"
)


class Planner(Reconciler):
    """Plans as the reconciler does, from whole listings. What takes a while is left to who carries the plan out."""

    # What the parent was asked to be, where it is not there yet, or still being made.
    begins: Mapping[str, Any] | None = None
    # What tells the objects from others that the same option lists.
    siblings: frozenset[tuple[Any, ...]] = frozenset()
    # Whether something runs on the object, so that its plan is made anew when that is over, or why that is pointless.
    deferred = False
    failure: CrdbError | None = None

    # Where an object is that is there once, and what the API tells of it, where that was asked ahead.
    place: Scope | None = None
    ahead: Future[Row | None] | None = None

    # --- as the reconciler asks ----------------------------------------------------------------------------------

    def listed(self, noun: Noun, scope: Scope, desired: Desired | None = None, *, fresh: bool = False) -> list[Row]:
        """All objects: one listing serves every entry, unless the API tells only of one that is named."""
        if desired and noun.listed:
            desired = replace(desired, key={})
        return super().listed(noun, scope, desired, fresh=fresh)

    def rereads(self, noun: Noun) -> bool:
        return False

    def scope(self, noun: Noun, parent: Parent | None) -> Scope:
        return self.place or super().scope(noun, parent)

    def answer(self, noun: Noun, scope: Scope) -> Row | None:
        ahead, self.ahead = self.ahead, None
        return ahead.result() if ahead else super().answer(noun, scope)

    def first(self, noun: Noun, params: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """They are entries of their own."""
        return ()

    def _found(self, noun: Noun, desired: Desired, parent: Parent | None, scope: Scope) -> list[Row]:
        if self.begins is None or parent is None:
            found = super()._found(noun, desired, parent, scope) or []
        elif noun.part:
            # What a new one is predicted to be need not say how all of it begins.
            found = [{**each, **(parent.row or {})} for each in noun.initial(self.begins)]
        else:
            found = noun.find(noun.by_mark(noun.initial(self.begins) if noun.rows else []), desired)
        # An object that is what one entry asks for is not what another one makes of it.
        if desired.id or not self.siblings:
            return found
        return [row for row in found if noun.mark_of(row) not in self.siblings - {noun.mark(desired.key)}]

    def _by_given_id(self, noun: Noun, desired: Desired, scope: Scope) -> list[Row]:
        """From the listing, where there is one."""
        if not noun.listed:
            return super()._by_given_id(noun, desired, scope)
        rows = self.rows_of(noun, self.own_parent, desired) or []
        found = [row for row in rows if str(row.get(noun.address[0])) == desired.id]
        return self.checked_by_id(noun, desired, found[0] if found else None)

    def _ready(self, noun: Noun, desired: Desired, found: list[Row], parent: Parent | None, scope: Scope) -> list[Row]:
        """*found* as it is: who carries the plan out waits until nothing runs on it."""
        life, row = noun.watched(desired, asked=False), found[-1]
        if len(found) > 1 or not self.run.waiter.enabled or life is None or life.is_settled(row):
            return found
        leaves, reason = life.is_leaving(row), life.failure(row)
        if reason and not leaves and not life.mends:
            self.failure = WaitError(
                f"{noun.label(noun.identity(row)) if noun.key else desired.label}{scope.behind('of')}: {reason}"
            )
        self.deferred = not reason or leaves
        return [] if leaves else found

    # --- all that an option asks for -----------------------------------------------------------------------------

    def plan(self, asked: Asked, parent: Parent | None = None, begins: Mapping[str, Any] | None = None) -> list[Work]:
        """The work on all that is *asked* for in *parent*, and with purge on the rest, which is deleted.

        *begins* is what the parent was asked to be, where it is not there yet. Mistaken says all that can't be planned.
        """
        noun, taken = asked.noun, set[str]()
        views = [(ask, self._view(ask.params, parent, begins)) for ask in asked.asks]
        views = self._in_order(noun, views, parent, begins)
        named = frozenset(mark for ask, view in views if (mark := _mark(noun, view.params)))
        found, wrong = [], []
        if parent is None and not noun.rows:
            self._read_ahead(noun, [view for _ask, view in views])
        for ask, view in views:
            view.siblings = named if noun.rows else frozenset()
            try:
                work = view.work_on(noun, parent)
                told = bool(noun.key) or not noun.rows
                place = noun.item(work.scope.ids, work.item.row) if work.item.row and told else ""
                if place in taken:
                    raise OptionError(f"{work.item.desired.label} is listed twice")
                taken |= {place} - {""}
                found.append(work)
            except OptionError as error:
                wrong.append((ask.at, str(error)))
        if asked.purge:
            view = self._view({}, parent, begins)
            for row in view._rest(asked, parent, taken):
                try:
                    found.append(view.deletion(noun, row, parent))
                except OptionError as error:
                    wrong.append((noun.plural, str(error)))
        if wrong:
            raise Mistaken(wrong)
        return found

    def _read_ahead(self, noun: Noun, views: Sequence[Planner]) -> None:
        """Read what is there for all *views*, side by side."""
        with ThreadPoolExecutor(self.run.params["parallel"], "crdb-read") as pool:
            for view in views:
                try:
                    view.place = view.scope(noun, None)
                except CrdbError:
                    # It is said in its turn.
                    continue
                if NIL_ID not in view.place.ids.values():
                    view.ahead = pool.submit(Reconciler.answer, view, noun, view.place)

    def work_on(self, noun: Noun, parent: Parent | None) -> Work:
        """The work on the object that the options name."""
        keeper = None
        if noun.reveals:
            keeper = SecretKeeper(self.params.get("secret_path"), UNTOLD)
            self.params = {**self.params, "stored": keeper.stored()}
        work = self.work(noun, parent, keeper)
        work.expect()
        return work

    def deletion(self, noun: Noun, row: Row, parent: Parent | None = None) -> Work:
        """The work that deletes *row*, which nobody lists."""
        scope = self.scope(noun, parent)
        desired = Desired(noun, noun.identity(row), {}, absent=True)
        return Work(self, self.planned(desired, scope, [row], parent), scope, parent)

    def _rest(self, asked: Asked, parent: Parent | None, taken: set[str]) -> list[Row]:
        """What is there and nobody lists, but for what is protected."""
        noun, scope = asked.noun, self.scope(asked.noun, parent)
        rows = noun.initial(self.begins) if self.begins is not None else self.rows_of(noun, parent) or []
        return [
            row
            for mark, some in noun.by_mark(rows).items()
            for row in some
            if mark not in asked.protected and noun.item(scope.ids, row) not in taken
        ]

    def _view(self, params: Mapping[str, Any], parent: Parent | None, begins: Mapping[str, Any] | None) -> Planner:
        view = self.about({**({parent.noun.name: parent.given} if parent else {}), **params}, parent)
        view.begins = begins
        return view

    def _in_order(
        self, noun: Noun, views: list[tuple[Ask, Planner]], parent: Parent | None, begins: Mapping[str, Any] | None
    ) -> list[tuple[Ask, Planner]]:
        """*views*, and those of what has to be there before, each behind what it lies in."""
        if not noun.nested:
            return views
        known: dict[Any, tuple[Ask, Planner]] = {}
        spelled = [(ask, view, noun.spelled(view, view.params)) for ask, view in views]
        for ask, view, params in spelled:
            known[_mark(noun, params) or ask.at] = (ask, view)
        for ask, _view, params in spelled:
            for outer in noun.first(params):
                known.setdefault(_mark(noun, outer), (ask, self._view(outer, parent, begins)))
        above = {
            mark: [
                noun.mark(noun.key_of_name(called))
                for ref, called in noun.references(noun.spelled(view, view.params))
                if ref == noun.name and called not in noun.constants
            ]
            for mark, (_ask, view) in known.items()
        }
        return [known[mark] for mark in TopologicalSorter(above).static_order() if mark in known]


def _mark(noun: Noun, params: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """What tells the object that *params* name from others; None where only its id does."""
    if params.get("id") or not noun.key:
        return None
    return noun.mark(noun.key_of(params))


def planner_of(work: Work) -> Planner:
    """Who has planned *work*."""
    if not isinstance(work.finder, Planner):
        raise AssertionError("the work was planned by somebody else")
    return work.finder
