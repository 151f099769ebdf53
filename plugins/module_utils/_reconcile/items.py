# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of one kind below one cluster: what is wanted of each, compared with one listing. Pure, no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._base.errors import OptionError
from .._cloud_api.client import first_version_with
from .._nouns.base import Resource, Wish
from .._nouns.plan import CREATE, DELETE, UPDATE, Plan

DONE = {CREATE: "created", UPDATE: "updated", DELETE: "deleted"}
UNCHANGED, FAILED, SKIPPED = "unchanged", "failed", "skipped"


@dataclass(slots=True)
class Item:
    """A wish, the *row* that is there for it (None where there is none), and the plan between the two."""

    wish: Wish
    row: dict[str, Any] | None
    plan: Plan

    @property
    def outcome(self) -> str:
        """What becomes of it: created, updated, deleted or unchanged."""
        return DONE[self.plan.steps[0].action] if self.plan.steps else UNCHANGED

    @property
    def current(self) -> dict[str, Any] | None:
        return self.wish.resource.shown(self.row) if self.row else None

    def result(self, outcome: str = "", message: str = "", *, touched: bool = False) -> dict[str, Any]:
        """The entry of a module's ``results``: the identity, what became of it, and why not where it failed.

        *touched* says that something may have been done although it failed.
        """
        outcome = outcome or self.outcome
        found = {**self.wish.key, "action": outcome, "changed": touched or outcome in DONE.values()}
        return {**found, "msg": message} if message else found


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a whole collection: *wishes*, and with *purge* that nothing else is there but what is *protected*."""

    resource: Resource
    wishes: Sequence[Wish]
    purge: bool = False
    protected: frozenset[tuple[Any, ...]] = frozenset()


def wanted_of(
    resource: Resource, entries: Iterable[Mapping[str, Any]], version: str, *, purge: bool, protected: Iterable[str]
) -> Wanted:
    """Check *entries* (options of the resource, and state) and say what they ask for; each object at most once."""
    wishes, seen = [], set()
    entries = list(entries)
    if entries and version < resource.since:
        raise OptionError(
            f"The list {resource.plural} does not work with api_version {version}",
            f"It needs {first_version_with(resource.since)}",
        )
    for entry in entries:
        wish = resource.wish(entry, version)
        mark = resource.mark(wish.key)
        if mark in seen:
            raise OptionError(f"{wish.label} is listed twice")
        seen.add(mark)
        wishes.append(wish)
    kept = frozenset(resource.mark(resource.key_of_name(name)) for name in protected)
    for wish in wishes:
        if wish.absent and resource.mark(wish.key) in kept:
            raise OptionError(
                f"{wish.label} is protected, and listed with state: absent", "Take it out of one of the two"
            )
    return Wanted(resource, wishes, purge, kept)


def plan_item(wish: Wish, where: str, cluster_id: str, row: dict[str, Any] | None, version: str) -> Item:
    """The plan that brings one object to what is wanted of it."""
    resource = wish.resource
    if wish.absent and row:
        resource.check_delete(where, row, wish)
    if wish.absent:
        plan = resource.delete(where, cluster_id, wish.key, row, version) if row else Plan([], {}, {}, None)
    elif row is None:
        plan = resource.create(where, cluster_id, wish.key, wish.values, version)
    else:
        plan = resource.update(where, cluster_id, wish.key, wish.values, row, version)
    return Item(wish, row, plan)


def plan_items(wanted: Wanted, where: str, cluster_id: str, rows: Sequence[dict[str, Any]], version: str) -> list[Item]:
    """The plans of all wishes in their order, then those that delete what nobody listed."""
    resource = wanted.resource
    known = resource.by_mark(rows)
    items = [plan_item(wish, where, cluster_id, resource.find(known, wish), version) for wish in wanted.wishes]
    if wanted.purge:
        for item in items:
            if item.row:
                known.pop(resource.mark(item.row), None)
        for mark, row in known.items():
            if mark not in wanted.protected:
                wish = Wish(resource, resource.key_of(row), {}, absent=True)
                items.append(plan_item(wish, where, cluster_id, row, version))
    return items


def rows_after(resource: Resource, rows: Sequence[dict[str, Any]], items: Iterable[Item]) -> list[dict[str, Any]]:
    """The collection as it looks when *items* are carried out, as a module returns it."""
    found = {resource.mark(row): resource.shown(row) for row in rows}
    for item in items:
        if item.row:
            found.pop(resource.mark(item.row), None)
        if item.plan.predicted is not None:
            found[resource.mark(item.wish.key)] = item.plan.predicted
    return [found[mark] for mark in sorted(found, key=repr)]


def merged(plural: str, items: Iterable[Item]) -> Plan:
    """The plans of all items as one, for check mode and diff mode."""
    touched = [item for item in items if item.plan.steps]
    before = {item.wish.resource.called(item.wish.key): item.plan.before for item in touched if item.row}
    after = {item.wish.resource.called(item.wish.key): item.plan.after for item in touched if item.plan.predicted}
    return Plan(
        [step for item in touched for step in item.plan.steps],
        {plural: before},
        {plural: after},
        None,
        [note for item in touched for note in item.plan.notes],
    )
