# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reconciler: looks at what is there, plans, and applies, for any noun. Check mode stops between plan and apply, nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from .._base.errors import ApiError, CrdbError, OptionError, WaitError, ends_all, explained, lacks_role
from .._http.answers import page
from .._nouns.declared import NIL_ID, Scope
from .._nouns.noun import Desired, Noun
from .._nouns.plan import Plan
from .apply import Applier
from .finder import Finder, Parent
from .items import FAILED, SKIPPED, Item, Wanted, merged, plan_item, plan_items, rows_after, wanted_of
from .outcome import concluded, not_there_yet, unreached, unseen
from .wait import Waits, Watch
from .work import Keeper, Work

Found = TypeVar("Found")


class Completion(Protocol):
    """What completes the entries of a collection, once its *rows* are known, and notes that before anything is sent."""

    def fill(
        self, entries: Iterable[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]
    ) -> Iterable[Mapping[str, Any]]:
        """The *entries*, completed."""

    def write_down(self) -> None:
        """Note what was completed, before anything is sent."""


class Reconciler(Finder):
    """Brings objects to what is wanted of them, within one run."""

    # Why nothing more is tried, once that is so.
    stop = ""

    # --- one object ----------------------------------------------------------------------------------------------

    def ensure(self, noun: Noun, keeper: Keeper | None = None) -> dict[str, Any]:
        """Bring the object that the options name to the wanted state, and return the module's result.

        *keeper* takes what only a creation tells.
        """
        work = self.work(noun, keeper=keeper)
        plan, item, noun, parent = work.plan(), work.item, work.item.noun, work.parent
        work.expect()

        def apply() -> dict[str, Any]:
            row = self.run.waiter.through(work.carried_out())
            if parent:
                self.run.waiter.through(self.in_force(noun, parent))
            return noun.told(row)

        result = concluded(self.run, plan, noun.told(item.current), noun.told(plan.predicted), apply)
        return {**result, **noun.farewell(item.row)} if item.desired.absent and item.row else result

    def work(self, noun: Noun, parent: Parent | None = None, keeper: Keeper | None = None) -> Work:
        """All that brings the object that the options name to the wanted state, below *parent* or what the options name for it.

        *keeper* takes what only a creation tells.
        """
        noun = noun.at_version(self.api.version)
        params = noun.spelled(self, self.params)
        if not noun.references(params):
            # What makes no sense, whatever is there, is refused before anything is asked.
            noun.desired(params, self.api.version)
        parent = parent or self.parent_of(noun)
        scope = self.scope(noun, parent)
        chain = [*self.first(noun, params), params]
        items = []
        for each in chain:
            items.append(self._item(noun, each, parent, scope))
            if not items[-1].desired.absent:
                self.comes(noun, items[-1].desired.key, items[-1].address or NIL_ID, each)
        *before, item = items

        def renew(number: int) -> Item:
            return self._item(noun, chain[number], parent, scope)

        return Work(self, item, scope, parent, before, self._outlived(noun, item, scope), renew, keeper)

    def first(self, noun: Noun, params: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """The parameters of what has to be there before, in order."""
        return noun.first(params)

    def rereads(self, noun: Noun) -> bool:
        """Whether a listing from memory is too old: of what tells a secret once, nothing may be missed."""
        return bool(noun.reveals)

    def _outlived(self, noun: Noun, item: Item, scope: Scope) -> list[Item]:
        """The plans that delete what is no longer needed when that of *item* is done."""
        rows = noun.outlived(self, item.desired, item.row, item.others, item.plan)
        names = [str(row[noun.address[0]]) for row in rows]
        wanted = [
            Desired(noun, noun.identity(row), {}, absent=True, called=name)
            for row, name in zip(rows, names, strict=True)
        ]
        return [plan_item(desired, scope, [dict(row)]) for desired, row in zip(wanted, rows, strict=True)]

    def _item(self, noun: Noun, params: Mapping[str, Any], parent: Parent | None, scope: Scope) -> Item:
        """What *params* ask for, and the plan that leads there."""
        desired = self.desired(noun, params)
        found = self._found(noun, desired, parent, scope)
        if found is None:
            if parent is None:
                raise AssertionError("parent is missing")
            self._explain_missing(parent, desired.label, desired.absent)
        usable = list(noun.usable(desired, found or []))
        if usable and not desired.absent:
            usable = self._ready(noun, desired, usable, parent, scope)
        if not usable and not desired.absent:
            desired = noun.informed(self, desired)
        item = self.planned(desired, scope, usable, parent)
        if noun.has_ids:
            item.known = frozenset(str(row.get(noun.address[0])) for row in found or [])
            item.others = [row for row in found or [] if row is not item.row]
        if not self.run.waiter.enabled:
            _check_without_waiting(item.plan)
        return item

    def desired(self, noun: Noun, params: Mapping[str, Any]) -> Desired:
        """What *params* ask for, with the ids of what they refer to."""
        wanted, needed = noun.references(params), params.get("state") != "absent"
        ids = {(ref, called): self.id_of(ref, called, needed=needed) for ref, called in sorted(wanted)}
        return noun.desired(params, self.api.version, ids)

    def planned(
        self, desired: Desired, scope: Scope, found: list[dict[str, Any]], parent: Parent | None = None
    ) -> Item:
        """The plan for one object of which *found* are the rows that it can mean, checked against what the service offers."""
        return self._checked(plan_item(desired, scope, found), scope, parent)

    def _checked(self, item: Item, scope: Scope, parent: Parent | None) -> Item:
        if item.plan.steps:
            self._check_requirements(item.noun, item.desired, parent)
        item.noun.check(self, scope, item.desired, item.row, item.plan)
        return item

    def _all_ready(
        self, wanted: Wanted, rows: list[dict[str, Any]], parent: Parent, scope: Scope
    ) -> list[dict[str, Any]]:
        """*rows* when nothing runs any more on those that shall be there."""
        noun = wanted.noun
        for desired in wanted.objects if noun.lifecycle else ():
            found = [] if desired.absent else noun.find(noun.by_mark(rows), desired)
            if len(found) == 1:
                ready = self._ready(noun, desired, found, parent, scope)
                rows = [*(row for row in rows if row is not found[0]), *ready]
        return rows

    def _check_requirements(self, noun: Noun, desired: Desired, parent: Parent | None) -> None:
        if not noun.requires or desired.absent or parent is None:
            return
        row = self.parent_row(parent)
        view = parent.noun.view(row) if row else {}
        for option in parent.noun.fields if row else ():
            value, allowed = view.get(option.name), noun.requires.get(option.name, ())
            # Older versions may use one word for several of them.
            if allowed and value in option.choices and value not in allowed:
                raise OptionError(
                    f"{parent.label} has the {option.name.replace('_', ' ')} {value}, and {noun.label(desired.key)} "
                    f"needs {' or '.join(allowed)}"
                )

    def _found(self, noun: Noun, desired: Desired, parent: Parent | None, scope: Scope) -> list[dict[str, Any]] | None:
        """The rows that *desired* can mean; None where what they live in is missing, or not ready yet."""
        if parent and parent.missing:
            return None
        if noun.part:
            if parent is None:
                raise AssertionError("parent is missing")
            row = self.parent_row(parent)
            return None if row is None else [row]
        if not noun.rows:
            return self._single_found(noun, parent, scope)
        if desired.id:
            return self._by_given_id(noun, desired, scope)
        # What refers to something that is not there yet is not there either.
        if NIL_ID in (*desired.key.values(), *scope.ids.values()):
            return []
        try:
            rows = self.rows_of(noun, parent, desired, fresh=self.rereads(noun))
        except ApiError as error:
            if desired.absent or not noun.unique or not lacks_role(error):
                raise
            self.run.warn(unseen(noun, f"{desired.label} is"))
            rows = []
        return None if rows is None else self.meant(noun, rows, desired)

    def _single_found(self, noun: Noun, parent: Parent | None, scope: Scope) -> list[dict[str, Any]] | None:
        try:
            row = self.single(noun, scope)
            if row is None and parent:
                # A parent that is missing or still being made answers in the same way.
                life = parent.noun.lifecycle
                owner = parent.row or self.parent_row(parent)
                if owner is None or life is None:
                    return None if owner is None else []
                if life.is_young(owner):
                    if self.check_mode:
                        return None
                    self.ready_parent(parent)
                    row = self.single(noun, scope)
        except ApiError as error:
            raise noun.explained(error, f"read {noun.label({})}{scope.behind('of')}") from None
        return [row] if row else []

    def _by_given_id(self, noun: Noun, desired: Desired, scope: Scope) -> list[dict[str, Any]]:
        return self.checked_by_id(noun, desired, self.by_id(noun, scope, desired.id))

    @staticmethod
    def checked_by_id(noun: Noun, desired: Desired, row: dict[str, Any] | None) -> list[dict[str, Any]]:
        """The *row* that the id of *desired* has led to; OptionError where there is none, or it is another one."""
        if row is None or noun.is_gone(row):
            if not desired.absent:
                raise OptionError(
                    f"There is no {noun.words} with the id '{desired.id}'",
                    "An id is never created: give the name without an id to make a new one",
                )
            return []
        if desired.absent and noun.mark_of(row) != noun.mark(desired.of(row).key):
            called = noun.called(noun.identity(row))
            raise OptionError(
                f"The {noun.words} with id '{desired.id}' is named '{called}', not '{noun.called(desired.key)}'; nothing was deleted"
            )
        return [row]

    def _ready(
        self, noun: Noun, desired: Desired, found: list[dict[str, Any]], parent: Parent | None, scope: Scope
    ) -> list[dict[str, Any]]:
        """*found* when nothing runs on it any more, where the task waits at all."""
        row, life = found[-1], noun.watched(desired, asked=False)
        waits = self.run.waiter.enabled
        if len(found) > 1:
            return found
        outer = parent.noun.lifecycle if noun.part and parent else None
        # What is a field alone can be given to a parent that is still being made, what takes a while can't.
        if parent and outer and outer.is_young(row) and (waits or noun.lifecycle) and not self.run.check_mode:
            self.ready_parent(parent)
            return [parent.row or row]
        if not waits or life is None or life.is_settled(row) or (outer and outer.is_young(row)):
            return found
        label = noun.label(noun.identity(row)) if noun.key else desired.label
        if not life.is_leaving(row) and (reason := life.failure(row)):
            if life.mends:
                return found
            shown: dict[str, Any] = {noun.name: noun.shown(row)}
            raise WaitError(f"{label}{scope.behind('of')}: {reason}", **shown)
        if self.run.check_mode:
            return [] if life.is_leaving(row) else found
        watch = Applier(self, Item(desired, row, Plan([], {}, {}, None)), scope, parent).ready()
        left = self.run.waiter.follow(watch)
        return [left] if left else []

    def _explain_missing(self, parent: Parent, label: str, absent: bool) -> None:
        problem = f"There is no {parent.label}"
        if not parent.missing:
            problem = f"{parent.label} is still {self.parent_status(parent)}"
        if absent:
            self.run.warn(f"{problem}, so {label} is taken as absent")
        else:
            name = parent.noun.name
            not_there_yet(
                self.run, problem, label, f"Create it first with the module {name}, or correct the option {name}"
            )

    # --- many objects --------------------------------------------------------------------------------------------

    def ensure_all(
        self, noun: Noun, entries: Iterable[Mapping[str, Any]], completion: Completion | None = None
    ) -> dict[str, Any]:
        """Bring many objects of one collection to the wanted state: one listing, only the writes that differ.

        *completion* adds to the entries what can only be said when it is known what is there.
        """
        params, version = self.params, self.api.version
        noun, entries = noun.at_version(version), list(entries)
        rest = {"purge": params["purge"], "protected": params["protected"]}
        wanted = wanted_of(noun, entries, version, **rest)
        parent = self.parent_of(noun)
        if parent is None:
            raise AssertionError("parent is missing")
        rows = None if parent.missing else self.rows_of(noun, parent, fresh=completion is not None)
        if rows is None:
            absent = all(desired.absent for desired in wanted.objects)
            self._explain_missing(parent, f"its {noun.many}", absent)
        rows = rows or []
        if completion:
            wanted = wanted_of(noun, completion.fill(entries, rows), version, **rest)
        scope = self.scope(noun, parent)
        rows = self._all_ready(wanted, rows, parent, scope)
        items = [self._checked(item, scope, parent) for item in plan_items(wanted, scope, rows)]
        plan = merged(noun.plural, items)

        def outcome(results: list[dict[str, Any]], after: list[dict[str, Any]]) -> dict[str, Any]:
            return {"results": results, noun.plural: after}

        def apply() -> dict[str, Any]:
            if completion:
                completion.write_down()
            results, reached = self.apply_items(items, parent)
            self.await_rollouts(reached, parent)
            after = rows_after(noun, rows, reached)
            return {**outcome(results, after), **unreached(results, f"{noun.many} of {parent.label}", noun.called)}

        planned = outcome([item.result() for item in items], rows_after(noun, rows, items))
        return concluded(self.run, plan, planned, planned, apply)

    def apply_items(self, items: Iterable[Item], parent: Parent) -> tuple[list[dict[str, Any]], list[Item]]:
        """Carry the plans of *items* out, one after the other: the results of all, and the items that got there.

        One that fails does not keep the others from being tried, unless nothing can be reached any more.
        """
        results, reached = [], []
        for item in items:
            if self.stop and item.plan.steps:
                results.append(item.result(SKIPPED, self.stop))
                continue
            if item.plan.steps:
                written = self.api.written_here
                scope = self.scope(item.noun, parent)
                try:
                    Applier(self, item, scope, parent).apply()
                except CrdbError as error:
                    touched = self.api.written_here > written
                    results.append(item.result(FAILED, str(error), touched=touched))
                    self.run.listings.forget(item.noun.collection(scope.ids))
                    if ends_all(error):
                        self.halt(error)
                    continue
            results.append(item.result())
            reached.append(item)
        return results, reached

    def await_rollouts(self, reached: Iterable[Item], parent: Parent) -> None:
        """Wait until what apply_items() has changed is in force, once for each noun."""
        self.run.waiter.through(self.all_in_force(reached, parent))

    def all_in_force(self, reached: Iterable[Item], parent: Parent) -> Waits[None]:
        """Wait until what was changed of *reached*, below *parent*, is in force, once for each noun."""
        for noun in {item.noun.name: item.noun for item in reached if item.plan.steps}.values():
            yield from self.in_force(noun, parent)

    def in_force(self, noun: Noun, parent: Parent) -> Waits[None]:
        """Wait until changes of a collection are in force, where the API says so."""
        if not noun.propagating or not self.run.waiter.enabled:
            return
        path, shape = noun.collection(self.scope(noun, parent).ids), page(noun.rows, noun.shape)

        def read() -> dict[str, Any]:
            return dict(self.api.get(path, {"pagination.limit": 1}, shape=shape))

        latest = read()
        if latest.get(noun.propagating):
            yield Watch(
                f"{noun.words} on {parent.label}",
                read,
                settled=lambda body: not body.get(noun.propagating),
                failed=lambda body: "",
                describe=lambda body: "propagating" if body.get(noun.propagating) else "in force",
                latest=latest,
            )

    def halt(self, error: CrdbError) -> None:
        """Try nothing more, since nothing else can succeed after *error*."""
        self.stop = self.stop or f"Not tried, since an earlier request failed: {error.summary()}"

    # --- reading alone -------------------------------------------------------------------------------------------

    def pages_below(
        self, name: str, what: str, tail: str, key: str, query: dict[str, Any] | None, roles: str, *, shape: Any
    ) -> list[dict[str, Any]]:
        """Every page of the collection *key* below the object of the noun *name* that the options name, for reading alone."""
        parent = self.parent(name, self.params[name])

        def read() -> list[dict[str, Any]]:
            path = parent.noun.item({}, {parent.noun.address[0]: parent.id})
            return list(self.api.pages(f"{path}{tail}", key, query, shape=shape))

        return self._only_read(parent, what, roles, read) or []

    def pages_of(self, noun: Noun, query: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Every page of the listing of *noun*, in what the options name, for reading alone; *query* narrows it."""
        parent = self.parent_of(noun)

        def read() -> list[dict[str, Any]]:
            ids = self.scope(noun, parent).ids
            return [] if NIL_ID in ids.values() else noun.pages(self.api, noun.collection(ids), query)

        return self._only_read(parent, noun.many, noun.readers, read, limited=noun.enrolled) or []

    def only_one(self, noun: Noun) -> dict[str, Any] | None:
        """The object of *noun* that is there once in what the options name, for reading alone; None where it is not."""
        parent = self.parent_of(noun)

        def read() -> dict[str, Any] | None:
            return self.single(noun, self.scope(noun, parent))

        found = self._only_read(parent, noun.words, noun.readers, read, limited=noun.enrolled)
        # A parent that was given by its id, and is missing, answers as if only the object were.
        if parent and parent.id and found is None and self.parent_row(parent) is None:
            self._explain_missing(parent, f"its {noun.words}", absent=False)
        return found

    def _only_read(
        self, parent: Parent | None, what: str, roles: str, read: Callable[[], Found], *, limited: str = ""
    ) -> Found | None:
        """What *read* returns of *parent*; None where that is still being created, or, in check mode, is not there yet."""
        try:
            if parent is None or not parent.missing:
                return read()
        except CrdbError as error:
            if not self._speaks_of_parent(error, parent):
                where = f" of {parent.label}" if parent else ""
                raise explained(error, f"list the {what}{where}", roles, limited=limited) from None
        if parent is None:
            raise AssertionError("parent is missing")
        if parent.missing:
            self._explain_missing(parent, f"its {what}", absent=False)
        else:
            self.run.warn(f"{parent.label} is still {self.parent_status(parent)}, so it has no {what} yet")
        return None

    def _speaks_of_parent(self, error: CrdbError, parent: Parent | None) -> bool:
        """Whether *error* comes from a parent that is missing, or still being created."""
        if parent is None or not isinstance(error, ApiError) or error.status != 404:
            return False
        parent.row = None
        life = parent.noun.lifecycle
        row = self.parent_row(parent)
        return row is None or (life is not None and life.is_young(row))


def _check_without_waiting(plan: Plan) -> None:
    """Refuse what can't be done without waiting, and predict what is there when nobody waits."""
    locking = next((step for step in plan.steps[:-1] if step.locks), None)
    if locking:
        raise OptionError(
            f"To {locking.doing} takes a while, and what comes after it has to wait for that",
            "Set wait: true, or ask for the rest in a later task",
        )
    plan.without_waiting(len(plan.steps))
