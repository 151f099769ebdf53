# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying a plan out: one request after the other, also where something is busy or an answer is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from .._base.errors import ApiError, CrdbError, LostAnswerError, OptionError, TransportError, lacks_role
from .._base.signals import undone_by
from .._http.answers import ANY_OBJECT, TEXT, Object, Shape
from .._nouns.declared import Scope
from .._nouns.lifecycle import Lifecycle
from .._nouns.noun import Noun
from .._nouns.plan import CREATE, DELETE, Plan, Step
from .finder import Finder, Parent, listing
from .items import Item
from .wait import Nap, Waits, Watch

# A created object can take a moment to show up in a listing.
LOOK_FOR = 30.0
LOOK_EVERY = 2.0
BLIND = "This key has no role to look: see in the Cloud Console whether it is there before you run the task again"
UNKNOWN_ROUTE = frozenset({404, 405, 501})
# What a client error says that has nothing to do with how far the creation of an object is.
NEVER_FOR_YOUTH = frozenset({401, 403, 404})


@dataclass
class Applier:
    """Carries the plan of *item* out, which lives in *scope*, below *parent* where it has one. *keep* takes what only its creation tells.

    *done* are the steps that are behind it, those of others before it included, *left* the steps of others that come after it. *waits* says
    that it waits for what takes a while, if the task does.
    """

    finder: Finder
    item: Item
    scope: Scope
    parent: Parent | None = None
    keep: Callable[[str], None] | None = None
    done: list[str] = field(default_factory=list)
    left: tuple[str, ...] = ()
    # The steps that were sent, whether or not they are behind it already.
    sent: list[Step] = field(default_factory=list)
    waits: bool = True

    def __post_init__(self) -> None:
        self.waits = self.waits and self.finder.run.waiter.enabled
        self.row: dict[str, Any] | None = self.item.row
        self._remade = 0
        self._ending: Sequence[Step] = ()

    @property
    def noun(self) -> Noun:
        return self.item.noun

    @property
    def plan(self) -> Plan:
        return self.item.plan

    def apply(self) -> dict[str, Any] | None:
        """Carry all steps out, and return the object as it is then; None where it was deleted."""
        return self.finder.run.waiter.through(self.applied())

    def applied(self) -> Waits[dict[str, Any] | None]:
        """The same as work that waits where it has to."""
        with undone_by(self._undo) if any(step.lasts for step in self.plan.steps) else nullcontext():
            yield from self._carry_out()
        if self.plan.steps[-1].action == DELETE:
            return self._remember(None)
        if self.row is None:
            self.row = self.plan.predicted
        return self._remember(self.row)

    def _carry_out(self) -> Waits[None]:
        steps, touched = self.plan.steps, bool(self.done)
        for number, step in enumerate(steps):
            try:
                if step.lasts:
                    self._ending = steps[number + 1 :]
                self.row = yield from self.send(step)
                self.sent.append(step)
                touched = True
                if step.wait:
                    yield from self._settle(step, last=number + 1 == len(steps))
                if step.lasts:
                    yield Nap(step.lasts, step.doing)
                if step.action == DELETE and number + 1 < len(steps):
                    # What is made in its place is another one.
                    self._remember(None)
                self.done.append(step.doing)
            except CrdbError as error:
                if not touched and self.item.row is None and isinstance(error, ApiError) and error.status < 500:
                    # It was refused, so nothing was begun that would have to end.
                    self._ending = ()
                if touched:
                    error.extra.setdefault("changed", True)
                self._tell(error, [*(other.doing for other in steps[number + 1 :]), *self.left])
                raise self.noun.explained(error, step.doing) from None

    def _undo(self) -> None:
        """Send the steps that end what was to last for some time only: something keeps them from being sent in their turn."""
        for step in self._ending:
            try:
                self.row = self.finder.run.waiter.through(self.send(step))
            except CrdbError as error:
                self.finder.run.warn(f"Failed to {step.doing} after that ({error.message}): the next run does it")

    def _tell(self, error: CrdbError, left: list[str]) -> None:
        """Say in *error* what was done before it, and what is *left*."""
        if not self.done:
            return
        parts = [
            f"{error.hint}." if error.hint else "",
            f"Done: {'; '.join(self.done)}.",
            f"Not done: {'; '.join(left)}." if left else "",
            "Run the task again to go on",
        ]
        error.hint = " ".join(filter(None, parts))

    def look(self) -> dict[str, Any] | None:
        """The object as it is now."""
        noun = self.noun
        if noun.part:
            if self.parent is None:
                raise AssertionError("parent is missing")
            return self.finder.by_id(self.parent.noun, Scope(), self.parent.id)
        if not noun.rows:
            return self.finder.single(noun, self.scope)
        if noun.has_ids and self.row:
            return self.finder.by_id(noun, self.scope, str(self.row[noun.address[0]]))
        rows = self.finder.rows_of(noun, self.parent, self.item.desired, fresh=True) or []
        found = [
            row for row in noun.find(noun.by_mark(rows), self.item.desired) if self._id(row) not in self.item.known
        ]
        if noun.has_ids and len(found) > 1:
            raise OptionError(
                f"There are {len(found)} {noun.many} named '{self.item.desired.called or self.item.called}' now",
                f"Their ids: {', '.join(sorted(self._id(row) for row in found))}",
            )
        return found[-1] if found else None

    def _id(self, row: dict[str, Any]) -> str:
        return str(row.get(self.noun.address[0]) or "") if self.noun.has_ids else ""

    def _remember(self, found: dict[str, Any] | None) -> dict[str, Any] | None:
        noun, item, listings = self.noun, self.item, self.finder.run.listings
        if noun.part and found is not None:
            if self.parent is None:
                raise AssertionError("parent is missing")
            return noun.shown(found)
        if noun.rows:
            mark, path = noun.mark(item.desired.key), noun.collection(self.scope.ids)
            own = self._id(found or item.row or {})

            def same(row: dict[str, Any]) -> bool:
                return own == self._id(row) != "" if noun.has_ids else row == item.row or noun.mark_of(row) == mark

            for query in ({}, noun.narrowed({}), noun.narrowed(item.desired.key)) if noun.filters else ({},):
                listings.replace(listing(path, query), same, found)
            if noun.nested and item.row:
                # Others may be called after it.
                listings.forget(path)
        return noun.shown(found) if found else None

    # --- one request ---------------------------------------------------------------------------------------------

    def send(self, step: Step) -> Waits[dict[str, Any] | None]:
        """Send one step; its result is the object after it. Where something is busy: wait, and send again. Where the answer is lost: look."""
        api, waiter = self.finder.api, self.finder.run.waiter
        method, path, body = step.method, step.path or self.noun.item(self.scope.ids, self.row or {}), step.body
        give_up = waiter.clock() + waiter.timeout
        lost_writes = 0
        if step.action == CREATE:
            # Where there is one already, it is another one that is made.
            self.row = None
        while True:
            try:
                answer = api.write(method, path, body, step.secrets, shape=self._shape(step))
            except LostAnswerError as lost:
                if step.action == CREATE and self.noun.rows:
                    return (yield from self._adopt(step, lost))
                if step.action == DELETE or (method != "PATCH" and self.noun.rows):
                    raise
                lost_writes += 1
                if (yield from self._is_done(step)):
                    self.finder.run.warn(f"The answer to the request to {step.doing} was lost, but it was carried out")
                    return self.look()
                if lost_writes > api.http.settings.retries:
                    raise
                yield Nap(min(0.5 * 2**lost_writes, 10.0))
            except ApiError as error:
                if error.busy and self.waits and waiter.clock() < give_up:
                    yield from self._await_turn()
                elif step.instead and method == step.method and error.status in UNKNOWN_ROUTE:
                    # A 404 can also speak of the parent; the request that follows then says so.
                    self.finder.run.warn(
                        f"The server does not know {method} {path.rsplit('/', 1)[-1]} (HTTP {error.status}); {step.instead[0]} was used instead"
                    )
                    method, path, body = step.instead
                elif error.status == 404 and step.action == DELETE:
                    return None
                elif error.status == 404 and method == "DELETE":
                    # A part of the object, which was there when it was read.
                    return self.look() or self.row
                elif step.action == DELETE and self._is_young(error):
                    yield from self._await_creation(error, give_up)
                else:
                    raise
            else:
                return (yield from self._after(step, answer))

    def _shape(self, step: Step) -> Shape:
        if step.action == CREATE and self.noun.reveals:
            return Object({self.noun.wrapped: self.noun.shape, self.noun.reveals: TEXT})
        return self.noun.answer if step.action != DELETE or self.noun.lifecycle else ANY_OBJECT

    def _after(self, step: Step, answer: dict[str, Any]) -> Waits[dict[str, Any] | None]:
        noun = self.noun
        if not answer and step.action == CREATE and noun.rows:
            row = None if noun.reveals else self.look()
            return row or (yield from self._adopt(step, LostAnswerError("The answer was empty")))
        if not answer:
            return self.look() if step.action == CREATE or noun.part else self.row
        row, told = noun.unwrapped(answer)
        if told and self.keep:
            try:
                self.keep(told)
            except CrdbError as error:
                self._unmake(row, error)
                raise
        return row if noun.rows or noun.part else noun.completed(self.finder, row)

    def _unmake(self, row: dict[str, Any], reason: CrdbError) -> None:
        """Delete what was made, since nobody has the secret that it told."""
        item = Item(self.item.desired, row, self.noun.delete(self.scope, self.item.desired, row))
        try:
            Applier(self.finder, item, self.scope, self.parent).apply()
        except CrdbError as error:
            reason.hint = f"Delete {self.noun.words} {self._id(row)}, which nobody has the secret of: {error.summary()}"
        else:
            reason.hint = " ".join(
                filter(None, (f"{reason.hint}." if reason.hint else "", "What was made is deleted again"))
            )

    def _life(self) -> tuple[Parent | None, Lifecycle | None]:
        """What has to be free before a request can be carried out, and how it is seen: the parent, or the object itself."""
        return (self.parent, self.parent.noun.lifecycle) if self.parent else (None, self.noun.lifecycle)

    def _await_turn(self) -> Waits[None]:
        finder, (parent, life) = self.finder, self._life()
        if parent:
            row = finder.by_id(parent.noun, Scope(), parent.id) if parent.id else None
        else:
            row = self.look() if self.row else None
        if life is None or row is None or life.is_settled(row):
            yield Nap(1.0)
        elif parent:
            parent.row = row
            parent.row = yield finder.settling_parent(parent)
        else:
            self.row = yield self.settling(row)

    def _is_young(self, error: ApiError) -> bool:
        """Whether an object can't be deleted because it is still being created; the text of the error says nothing certain."""
        life = self.noun.lifecycle
        if life is None or error.status in NEVER_FOR_YOUTH or not 400 <= error.status < 500:
            return False
        row = self.look()
        return row is not None and life.is_young(row)

    def _await_creation(self, error: ApiError, give_up: float) -> Waits[None]:
        waiter, life = self.finder.run.waiter, self.noun.lifecycle
        if life is None:
            raise AssertionError("life is missing")
        if not self.waits:
            status = life.status(self.look() or {})
            error.hint = f"It is still {status}: run the task again when that is over, or set wait: true"
            raise error
        if waiter.clock() >= give_up:
            raise error
        yield Watch(
            self.label,
            lambda: self.look() or {},
            settled=lambda row: not row or not life.is_young(row),
            failed=lambda row: "",
            describe=life.status,
            slowest=life.patience(self.row or {}),
            shown=self.noun.name,
            name=self.finder.shown_as(self.noun, self.row),
            **self._place(),
        )

    @property
    def label(self) -> str:
        return self.noun.label(self.noun.identity(self.row)) if self.row and self.noun.key else self.item.desired.label

    # --- a lost answer -------------------------------------------------------------------------------------------

    def _is_done(self, step: Step) -> Waits[bool]:
        if not step.changes:
            # A secret alone can't be seen.
            return False
        try:
            row, life = self.look(), self.noun.lifecycle
            if row and life and life.is_young(row) and life.is_leaving(row) and self.waits:
                # In such a state nothing of the object is seen.
                row = yield self.settling(row)
        except (ApiError, TransportError):
            return False
        if row is None:
            return False
        rest = self.noun.update(self.scope, self.item.desired, row).steps
        return not any(set(other.changes) & set(step.changes) for other in rest)

    def _adopt(self, step: Step, lost: LostAnswerError) -> Waits[dict[str, Any] | None]:
        """The answer to a POST is lost. Never send it again blindly: look whether the object is there, and take it over.

        One that told a secret is of no use any more: it is deleted, and made again.
        """
        run, noun, desired = self.finder.run, self.noun, self.item.desired
        row = yield from self._appeared(lost)
        if not noun.is_ours(desired, row):
            raise CrdbError(
                f"{lost.message}; {desired.label} exists now, but is not what was asked for, so somebody else seems to have made it",
                "Look at it, and run the task again if it is the right one",
            ) from None
        self.row = row
        if noun.reveals:
            run.warn(
                f"The answer to the request to {step.doing} was lost, and the {noun.reveals} in it; what it made, {self._id(row)}, is deleted, and made again"
            )
            yield from self.send(noun.delete(self.scope, desired, row).steps[0])
            self.item.known |= {self._id(row)}
            self._remade += 1
            if self._remade > max(1, self.finder.api.http.settings.retries):
                raise lost
            return (yield from self.send(step))
        run.warn(
            f"The answer to the request to {step.doing} was lost ({lost.message}); it was found afterwards and taken over, nothing was created twice"
        )
        for rest in noun.adopt(self.scope, desired, row).steps:
            if rest.wait:
                self.row = yield self.settling(self.row, noun.watched(desired, asked=True))
            self.row = (yield from self.send(rest)) or self.row
        return self.row

    def _appeared(self, lost: LostAnswerError) -> Waits[dict[str, Any]]:
        """The object that a lost request has made, as soon as it shows up."""
        waiter, label = self.finder.run.waiter, self.item.desired.label
        deadline = waiter.clock() + LOOK_FOR
        while True:
            blind = False
            try:
                row = self.look()
            except OptionError as error:
                raise CrdbError(
                    f"{lost.message}: the outcome is unknown. {error.message}, and none was deleted", error.hint
                ) from None
            except (ApiError, TransportError) as error:
                row, blind = None, lacks_role(error)
            if row is not None:
                return row
            if waiter.clock() + LOOK_EVERY > deadline:
                raise CrdbError(
                    f"{lost.message}, and {label} did not appear within {LOOK_FOR:.0f} seconds: the outcome is unknown",
                    BLIND if blind else "Run the task again: it looks first, and creates only what is missing",
                ) from None
            yield Nap(LOOK_EVERY)

    # --- until it is settled -------------------------------------------------------------------------------------

    def _settle(self, step: Step, *, last: bool) -> Waits[None]:
        life = self.noun.watched(self.item.desired, asked=True)
        if life is None:
            raise AssertionError("life is missing")
        if step.action == DELETE:
            self.row = self.row or self.item.row
            if self.waits and not life.is_gone(self.row):
                yield self.finder.leaving(self.noun, self.label, self.look, self.row, life, **self._place())
            return
        if life.is_settled(self.row or {}):
            return
        if self.waits:
            self.row = yield self.settling(self.row, life)
        elif not last:
            raise OptionError("wait: false does not allow the next step, which has to wait for this one")

    def settling(self, row: dict[str, Any] | None, life: Lifecycle | None = None) -> Watch:
        """What ends when nothing runs on the object any more; *row* is what is known of it, *life* says when that is, if not its noun."""
        return self.finder.settling(self.noun, self.label, self.look, row, life, **self._place())

    def ready(self) -> Watch:
        """What ends when the object that was there is settled, or gone where it was on its way out."""
        row, life = self.item.row or {}, self.noun.watched(self.item.desired, asked=False)
        if life and life.is_leaving(row):
            # Of a state that says nothing of the direction it may be there afterwards.
            return self.finder.leaving(self.noun, self.label, self.look, row, stays=life.is_young(row), **self._place())
        return self.settling(row, life)

    def _place(self) -> dict[str, Any]:
        """Where a listing tells of the object, as a Watch has it; {} where none does."""
        noun, row = self.noun, self.row or self.item.row
        if noun.part and self.parent:
            return {"place": (self.parent.noun, Scope()), "address": (self.parent.id,)}
        if not noun.rows or not noun.listed or row is None:
            return {}
        return {"place": (noun, self.scope), "address": tuple(str(row.get(name)) for name in noun.address)}
