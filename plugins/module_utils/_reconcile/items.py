# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of one noun in one place: what is wanted of each, compared with one listing. Pure, no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._base.errors import OptionError
from .._cloud_api.client import first_version_with
from .._nouns.declared import Scope
from .._nouns.noun import Desired, Noun
from .._nouns.plan import CREATE, DELETE, UPDATE, Plan, Step

DONE = {CREATE: "created", UPDATE: "updated", DELETE: "deleted"}
UNCHANGED, FAILED, SKIPPED = "unchanged", "failed", "skipped"


@dataclass(slots=True)
class Item:
    """What is *desired* of an object, the *row* that is there for it (None where there is none), and the plan between the two.

    *known* are the ids of all objects with its name, as they were before anything was sent, *others* those beside *row*.
    """

    desired: Desired
    row: dict[str, Any] | None
    plan: Plan
    known: frozenset[str] = frozenset()
    others: Sequence[dict[str, Any]] = ()

    @property
    def noun(self) -> Noun:
        return self.desired.noun

    @property
    def called(self) -> str:
        return self.noun.called(self.desired.key)

    @property
    def title(self) -> str:
        """What a person calls it, where its key has ids in the place of names as well; "" for what is there once."""
        known = not self.noun.key or any(option.ref for option in self.noun.key)
        return (self.desired.called if known else "") or self.called

    @property
    def address(self) -> str | None:
        """What ends the path of the object that is there, as one text; None where there is none, or it is there once."""
        return self.noun.addressed(self.row) or None if self.row else None

    def stamped(self, cluster: str = "") -> list[Step]:
        """Its steps as those of a plan about several objects: each says what it is about, and on which *cluster* that is.

        The name is the one that a person has given, that of the cluster for what is there once; what is made has no id.
        """
        name, noun, there = self.title or cluster, self.noun.name, self.address
        return [
            replace(step, noun=noun, name=name, id=None if step.action == CREATE else there, cluster=cluster)
            for step in self.plan.steps
        ]

    @property
    def outcome(self) -> str:
        """What becomes of it: created, updated, deleted or unchanged. One that is deleted and made anew is updated."""
        if not self.plan.steps:
            return UNCHANGED
        first, last = self.plan.steps[0].action, self.plan.steps[-1].action
        return DONE[UPDATE if (first, last) == (DELETE, CREATE) else first]

    @property
    def current(self) -> dict[str, Any] | None:
        return self.noun.shown(self.row) if self.row else None

    def result(self, outcome: str = "", message: str = "", *, touched: bool = False) -> dict[str, Any]:
        """The entry of a module's ``results``: the identity, what became of it, and why not where it failed.

        *touched* says that something may have been done although it failed.
        """
        outcome = outcome or self.outcome
        found = {**self.desired.key, "action": outcome, "changed": touched or outcome in DONE.values()}
        return {**found, "msg": message} if message else found


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a whole collection: *objects*, and with *purge* that nothing else is there but what is *protected*."""

    noun: Noun
    objects: Sequence[Desired]
    purge: bool = False
    protected: frozenset[tuple[Any, ...]] = frozenset()


def wanted_of(
    noun: Noun, entries: Iterable[Mapping[str, Any]], version: str, *, purge: bool, protected: Iterable[str]
) -> Wanted:
    """Check *entries* (options of the noun, and state) and say what they ask for; each object at most once."""
    objects, seen = [], set()
    entries = list(entries)
    if entries and version < noun.since:
        raise OptionError(
            f"The list {noun.plural} does not work with api_version {version}",
            f"It needs {first_version_with(noun.since)}",
        )
    for entry in entries:
        desired = noun.desired(entry, version)
        mark = noun.mark(desired.key)
        if mark in seen:
            raise OptionError(f"{desired.label} is listed twice")
        seen.add(mark)
        objects.append(desired)
    kept = frozenset(noun.mark(noun.key_of_name(name)) for name in protected)
    for desired in objects:
        if desired.absent and noun.mark(desired.key) in kept:
            raise OptionError(
                f"{desired.label} is protected, and listed with state: absent", "Take it out of one of the two"
            )
    return Wanted(noun, objects, purge, kept)


def plan_item(desired: Desired, scope: Scope, found: Sequence[dict[str, Any]]) -> Item:
    """The plan that brings one object to what is wanted of it; *found* are the rows that it can mean, of which several are an error."""
    noun, row = desired.noun, found[-1] if found else None
    if noun.has_ids and len(found) > 1:
        ids = ", ".join(sorted(str(other.get(noun.address[0])) for other in found))
        raise OptionError(
            f"There are {len(found)} {noun.many} named '{desired.called or noun.called(desired.key)}'{scope.behind('on')}",
            f"Give the id of the one that is meant: {ids}",
        )
    desired = desired.of(row) if row else desired
    if desired.absent and row:
        noun.check_delete(scope, desired, row)
    if desired.absent:
        plan = noun.delete(scope, desired, row) if row else Plan([], {}, {}, None)
    elif row is None:
        plan = noun.create(scope, desired)
    else:
        plan = noun.update(scope, desired, row)
    return Item(desired, row, plan)


def plan_items(wanted: Wanted, scope: Scope, rows: Sequence[dict[str, Any]]) -> list[Item]:
    """The plans of all objects in their order, then those that delete what nobody listed."""
    noun = wanted.noun
    known = noun.by_mark(rows)
    # An object that is what one entry asks for is not what another one makes of it.
    named = {noun.mark(desired.key) for desired in wanted.objects}
    free = {mark: found for mark, found in known.items() if mark not in named}
    before = frozenset(str(row.get(noun.address[0])) for row in rows) if noun.has_ids else frozenset()
    items = []
    for desired in wanted.objects:
        own = noun.mark(desired.key) in known
        item = plan_item(desired, scope, noun.find(known if own or desired.id else free, desired))
        item.known = before
        items.append(item)
        if item.row:
            free.pop(noun.mark_of(item.row), None)
    if wanted.purge:
        for item in items:
            if item.row:
                known.pop(noun.mark_of(item.row), None)
        for mark, found in known.items():
            if mark not in wanted.protected:
                items += [plan_item(Desired(noun, noun.identity(row), {}, absent=True), scope, [row]) for row in found]
    return items


def rows_after(noun: Noun, rows: Iterable[dict[str, Any]], items: Iterable[Item]) -> list[dict[str, Any]]:
    """The collection as it looks when *items* are carried out, as a module returns it."""
    found = {noun.mark_of(row): noun.shown(row) for row in rows}
    for item in items:
        if item.row:
            found.pop(noun.mark_of(item.row), None)
        if item.plan.predicted is not None:
            found[noun.mark(item.desired.key)] = item.plan.predicted
    return [found[mark] for mark in sorted(found, key=repr)]


def merged(plural: str, items: Iterable[Item]) -> Plan:
    """The plans of all items as one, for check mode and diff mode."""
    touched = [item for item in items if item.plan.steps]
    before = {item.noun.called(item.desired.key): item.plan.before for item in touched if item.row}
    after = {item.noun.called(item.desired.key): item.plan.after for item in touched if item.plan.predicted}
    return Plan(
        [step for item in touched for step in item.plan.steps],
        {plural: before},
        {plural: after},
        None,
        [*dict.fromkeys(note for item in touched for note in item.plan.notes)],
    )
