# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading what is there: objects by name and by id, what they live in, what they refer to, and until they are settled."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, TypeVar

from .._base.errors import ApiError, CrdbError, OptionError, explained
from .._nouns.declared import NIL_ID, UUID, Scope, segment
from .._nouns.lifecycle import Lifecycle
from .._nouns.noun import Desired, Noun
from .._nouns.referred import REFERRED, referred
from .items import Item
from .outcome import Run, not_there_yet
from .wait import Watch

Seen = TypeVar("Seen", bound="Finder")
GONE: dict[str, Any] = {}
# A noun's name, and the mark of one of its objects.
Coming: TypeAlias = tuple[str, tuple[Any, ...]]


def listing(path: str, query: Mapping[str, Any] | None) -> str:
    """What a listing of *path*, narrowed by *query*, is kept under."""
    return f"{path}?{sorted(query.items())}" if query else path


@dataclass
class Parent:
    """An object that others live in: as somebody has *given* it, by name or id. It may be missing."""

    noun: Noun
    given: str
    id: str = ""
    row: dict[str, Any] | None = None
    missing: bool = False

    @property
    def label(self) -> str:
        return f"{self.noun.words} '{self.given}'"

    @property
    def called(self) -> str:
        """Its name, where that is known."""
        return str((self.row or {}).get("name") or self.given)


class Live(list[dict[str, Any]]):
    """The rows of a listing that are not gone, never changed. *marks* has them by what names them, where somebody has asked."""

    marks: Mapping[tuple[Any, ...], list[dict[str, Any]]] | None = None


class Finder:
    """What is there, seen through one run. Listings are shared by the items of a loop."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.api: Any = run.api
        # Listings as they are kept, each with what is there of it. Several nouns may share one, and name what is in it otherwise.
        self._live: dict[tuple[str, str], tuple[list[Any], Live]] = {}
        # The options of the object that it is about.
        self.params: Mapping[str, Any] = run.params
        # What this run is about to make or rename, by its noun and what tells it from others: its id, NIL_ID where it has none yet.
        self.coming: dict[Coming, str] = {}
        # With which options.
        self._wishes: dict[Coming, Mapping[str, Any]] = {}
        # Those of them that were asked for.
        self.awaited: set[Coming] = set()
        # The ids of what this run is about to delete, or to take administration from.
        self.doomed: set[str] = set()
        # What the object that is looked at lives in.
        self.own_parent: Parent | None = None
        # What says CrdbError of an item that must not be carried out, or of what it lives in.
        self.guards: list[Callable[[Item, Parent | None], None]] = []

    def comes(self, noun: Noun, key: Mapping[str, Any], id_: str, wish: Mapping[str, Any] | None = None) -> Coming:
        """Note that there will be an object of *noun* with the identity *key*, which *wish* are the options for."""
        mark = (noun.name, noun.mark(key))
        self.coming[mark] = id_
        if wish:
            self._wishes[mark] = wish
        return mark

    def wish_of(self, ref: str, called: str) -> Mapping[str, Any]:
        """The options with which the same plan makes the object of the noun *ref* that is called so; none where it does not."""
        noun = referred(ref)
        return self._wishes.get((ref, noun.mark(noun.key_of_name(called))), {})

    def _is_coming(self, noun: Noun, called: str) -> bool:
        return (noun.name, noun.mark(noun.key_of_name(called))) in self.coming

    def _awaited(self, noun: Noun, called: str) -> str:
        """The id of what is coming and called so, as far as it has one; "" where nothing is."""
        mark = (noun.name, noun.mark(noun.key_of_name(called)))
        if mark not in self.coming:
            return ""
        self.awaited.add(mark)
        return self.coming[mark]

    def about(self: Seen, params: Mapping[str, Any], parent: Parent | None = None) -> Seen:
        """The same world, seen for an object with the options *params* that lives in *parent*; it notes for itself what was awaited."""
        found = copy(self)
        found.params, found.own_parent, found.awaited = params, parent, set()
        return found

    @property
    def check_mode(self) -> bool:
        return self.run.check_mode

    @property
    def now(self) -> float:
        """The time of day in seconds, as objects have it."""
        return time.time()

    def warn(self, text: str) -> None:
        self.run.warn(text)

    # --- objects -------------------------------------------------------------------------------------------------

    def listed(
        self, noun: Noun, scope: Scope, desired: Desired | None = None, *, fresh: bool = False
    ) -> list[dict[str, Any]]:
        """All objects of *noun* in *scope* that are not gone, narrowed to those that *desired* can mean where the API can."""
        path, query = noun.collection(scope.ids), noun.narrowed(desired.key) if desired else {}

        def read() -> list[Any]:
            return [row for body in noun.pages(self.api, path, query or None) for row in body[noun.rows]]

        kept = listing(path, query)
        rows = self.run.listings.rows(kept, read, fresh=fresh)
        known = self._live.get((noun.name, kept))
        if known is None or known[0] is not rows:
            self._live[noun.name, kept] = known = (rows, Live(row for row in rows if not noun.is_gone(row)))
        return known[1]

    @staticmethod
    def meant(noun: Noun, rows: list[dict[str, Any]], desired: Desired) -> list[dict[str, Any]]:
        """Those of *rows* that *desired* can mean. Those of a listing are sorted once, however many are looked for in it."""
        if not isinstance(rows, Live):
            return noun.find(noun.by_mark(rows), desired)
        if rows.marks is None:
            rows.marks = noun.by_mark(rows)
        return noun.find(rows.marks, desired)

    def by_id(self, noun: Noun, scope: Scope, id_: str) -> dict[str, Any] | None:
        """The object with this id, None where there is none; one that is gone may still answer."""
        path = noun.collection(scope.ids)
        try:
            if not noun.gets:
                rows = self.listed(noun, scope, fresh=True)
                return next((row for row in rows if str(row[noun.address[0]]) == id_), None)
            row, _told = noun.unwrapped(self.api.get(f"{path}/{segment(id_)}", shape=noun.answer))
        except CrdbError as error:
            if isinstance(error, ApiError) and error.status == 404:
                return None
            raise noun.explained(error, f"read {noun.words} '{id_}'") from None
        name = noun.address[0]
        self.run.listings.replace(path, lambda item: item.get(name) == row.get(name), row)
        return row

    def named(self, noun: Noun, name: str, *, fresh: bool = False) -> dict[str, Any] | None:
        """The one live object of *noun* in the organization that is called so; several are an error, never a choice."""
        desired = Desired(noun, noun.key_of_name(name), {})
        try:
            found = self.meant(noun, self.listed(noun, Scope(), desired, fresh=fresh), desired)
        except CrdbError as error:
            raise noun.explained(error, f"list the {noun.many}") from None
        if len(found) > 1:
            ids = ", ".join(sorted(str(row.get(noun.address[0])) for row in found))
            raise OptionError(
                f"There are {len(found)} {noun.many} named '{name}'", f"Give the id of the one that is meant: {ids}"
            )
        return found[0] if found else None

    def single(self, noun: Noun, scope: Scope) -> dict[str, Any] | None:
        """The object that is there once in *scope*; None where it is not, or is switched off."""
        if NIL_ID in scope.ids.values():
            return None
        row = self.answer(noun, scope)
        return None if row is None or noun.is_gone(row) else noun.completed(self, row)

    def answer(self, noun: Noun, scope: Scope) -> dict[str, Any] | None:
        """What the API tells of the object that is there once in *scope*; None where it is not."""
        try:
            return noun.unwrapped(self.api.get(noun.collection(scope.ids), shape=noun.answer))[0]
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    # --- what they live in, and refer to -------------------------------------------------------------------------

    def parent(self, name: str, given: str) -> Parent:
        """Find what the option *name* of that noun names. An id costs no request."""
        noun = referred(name)
        if not given.strip():
            raise OptionError(f"{name} must say which one is meant, by name or id; it is empty")
        if self.own_parent and (self.own_parent.noun.name, self.own_parent.given) == (name, given):
            return self.own_parent
        if given == NIL_ID:
            return Parent(noun, given, missing=True)
        if UUID.fullmatch(given):
            return Parent(noun, given, given)
        row = self.named(noun, given)
        if row is None:
            self._awaited(noun, given)
        return Parent(noun, given, str(row[noun.address[0]]), row) if row else Parent(noun, given, missing=True)

    def parent_of(self, noun: Noun) -> Parent | None:
        """What objects of *noun* live in, by the options of this run; None for the organization."""
        names = [name for name in noun.parents if name in REFERRED]
        return self.parent(names[-1], self.params[names[-1]]) if names else None

    def scope(self, noun: Noun, parent: Parent | None) -> Scope:
        version = self.api.version
        ids, label = noun.place(self)
        if parent:
            return Scope({**ids, parent.noun.name: parent.id or NIL_ID}, parent.label, version)
        return Scope(ids, label, version)

    def parent_row(self, parent: Parent) -> dict[str, Any] | None:
        """The parent's object, read where it was given by id. It is noted where there is none."""
        if parent.row is None and not parent.missing:
            parent.row = self.by_id(parent.noun, Scope(), parent.id)
            parent.missing = self._is_gone(parent.noun, parent.row)
        return None if parent.missing else parent.row

    @staticmethod
    def _is_gone(noun: Noun, row: dict[str, Any] | None) -> bool:
        return row is None or noun.is_gone(row)

    def id_of(self, ref: str, called: str, *, needed: bool = True) -> str:
        """The id of the object of the noun *ref* that is called so; an id costs no request.

        It is NIL_ID where there is none, and none is *needed*, or in check mode.
        """
        noun = referred(ref)
        if UUID.fullmatch(called) or called in noun.constants:
            return called.lower()
        # What no list tells of is asked for again when it may have been made.
        row = self.named(noun, called, fresh=not noun.listed and self._is_coming(noun, called))
        if row is None and (coming := self._awaited(noun, called)):
            return coming
        if row is None:
            self._explain_referred(noun, called, needed=needed)
        return str(row[noun.address[0]]) if row else NIL_ID

    def object_of(self, ref: str, called: str) -> dict[str, Any] | None:
        """The object of the noun *ref* of this name or id, once it can be used; None where it can't be yet, in check mode alone."""
        parent = self.parent(ref, called)
        row, life = self.parent_row(parent), parent.noun.lifecycle
        if row is None and parent.missing and self._awaited(parent.noun, called):
            return None
        if row is None:
            self._explain_referred(parent.noun, called)
        elif life and life.is_young(row):
            if self.check_mode:
                return None
            self.ready_parent(parent)
        return parent.row

    def _explain_referred(self, noun: Noun, called: str, *, needed: bool = True) -> None:
        problem = f"There is no {noun.words} '{called}'"
        if not needed:
            self.run.warn(f"{problem}, so what refers to it is taken as absent")
        elif not noun.creates:
            raise OptionError(problem, "Correct the name, or give an id")
        else:
            hint = f"Create it first with the module {noun.name}, or correct the name"
            not_there_yet(self.run, problem, "what refers to it", hint)

    def all_of(self, noun: Noun) -> list[dict[str, Any]]:
        """The objects of *noun* of the organization, shared by a loop's items."""
        try:
            return self.listed(noun, Scope())
        except CrdbError as error:
            raise explained(error, f"list the {noun.many}", noun.readers) from None

    def rows_at(
        self, path: str, key: str, query: Mapping[str, Any] | None = None, *, shape: Any, doing: str, roles: str
    ) -> list[Any]:
        """The rows of any other listing of the API, shared by a loop's items."""
        try:
            return self.run.listings.rows(listing(path, query), lambda: self.api.rows(path, key, query, shape=shape))
        except CrdbError as error:
            raise explained(error, doing, roles) from None

    # --- until something is settled ------------------------------------------------------------------------------

    def parent_status(self, parent: Parent) -> str:
        life = parent.noun.lifecycle
        return life.status(parent.row or {}) if life else ""

    def within(self, parent: Parent | None, doing: str, noun: Noun, read: Any) -> Any:
        """What *read* returns, which asks for something in *parent*; None where that is missing, or (in check mode) not ready yet.

        A parent that is still being made answers as if it were not there, so it is looked at, and waited for.
        """
        try:
            return read(False)
        except CrdbError as error:
            life = parent.noun.lifecycle if parent else None
            if parent is None or life is None or not isinstance(error, ApiError) or error.status != 404:
                raise noun.explained(error, doing) from None
            parent.row = None
            if self.parent_row(parent) is None:
                return None
            if self.run.check_mode and not life.is_settled(parent.row or {}):
                if life.is_young(parent.row or {}):
                    return None
                raise noun.explained(error, doing) from None
        # It may have become ready between the two requests.
        if not life.is_settled(parent.row or {}):
            self.ready_parent(parent)
        try:
            return read(True)
        except CrdbError as error:
            raise noun.explained(error, doing) from None

    def rows_of(
        self, noun: Noun, parent: Parent | None, desired: Desired | None = None, *, fresh: bool = False
    ) -> list[Any] | None:
        """The objects of a collection; None where the parent is missing, or (in check mode) not ready yet."""
        scope = self.scope(noun, parent)
        doing = f"list the {noun.many}{scope.behind('of')}"
        found: list[Any] | None = self.within(
            parent, doing, noun, lambda again: self.listed(noun, scope, desired, fresh=fresh or again)
        )
        return found

    def ready_parent(self, parent: Parent) -> None:
        """Wait until the parent can be used; OptionError where nobody waits."""
        if not self.run.waiter.enabled:
            status = self.parent_status(parent)
            raise OptionError(f"{parent.label} is still {status}", "Set wait: true to wait until it is ready")
        self.await_parent(parent)

    def await_parent(self, parent: Parent) -> dict[str, Any]:
        """Wait until nothing runs on the parent any more, and return it."""
        row: dict[str, Any] = self.run.waiter.follow(self.settling_parent(parent))
        parent.row = row
        return row

    def settling_parent(self, parent: Parent) -> Watch:
        """What ends when nothing runs on the parent any more."""
        look = partial(self.by_id, parent.noun, Scope(), parent.id)
        place: Any = {"place": (parent.noun, Scope()), "address": (parent.id,)}
        return self.settling(parent.noun, parent.label, look, parent.row, **place)

    def settling(
        self,
        noun: Noun,
        label: str,
        read: Callable[[], dict[str, Any] | None],
        row: dict[str, Any] | None,
        life: Lifecycle | None = None,
        **place: Any,
    ) -> Watch:
        """What ends with an object that *read* looks at when nothing runs on it any more; *row* is what is known of it.

        *life* says when that is, where it is not the lifecycle of *noun* itself; *place* are place and address of the Watch.
        """
        life = _given(life or noun.lifecycle)
        return Watch(
            label,
            lambda: read() or GONE,
            settled=lambda row: bool(row) and life.is_settled(row),
            failed=lambda row: life.failure(row) if row else "it was deleted",
            describe=lambda row: life.status(row) if row else "DELETED",
            latest=row,
            **self._shown(noun, row, life),
            **place,
        )

    def leaving(
        self,
        noun: Noun,
        label: str,
        read: Callable[[], dict[str, Any] | None],
        row: dict[str, Any] | None,
        life: Lifecycle | None = None,
        *,
        stays: bool = False,
        **place: Any,
    ) -> Watch:
        """What ends when an object that *read* looks at is no longer there; the rest is as in settling().

        It ends with what is left of it: nothing, or the object where it *stays* as likely, and is settled.
        """
        life = _given(life or noun.lifecycle)
        return Watch(
            label,
            lambda: read() or GONE,
            settled=lambda row: not row or life.is_gone(row) or (stays and life.is_settled(row)),
            failed=lambda row: life.failure(row) if stays and row else "",
            describe=lambda row: (
                "DELETED"
                if not row or life.is_gone(row)
                else life.status(row)
                if stays
                else f"deleting ({life.status(row)})"
            ),
            at_once=True,
            absent_ends=True,
            **self._shown(noun, row, life),
            **place,
        )

    def _shown(self, noun: Noun, row: dict[str, Any] | None, life: Lifecycle) -> dict[str, Any]:
        """How a Watch of an object of *noun* is shown, and how often it is looked at."""
        return {
            "slowest": life.patience(row or {}),
            "shown": noun.name,
            "name": self.shown_as(noun, row),
            "public": lambda row: noun.shown(row) if row else None,
        }

    @staticmethod
    def shown_as(noun: Noun, row: dict[str, Any] | None) -> str:
        """What lines of progress begin with; "" for the whole label."""
        return "" if noun.parents or not row else noun.called(noun.identity(row))


def _given(life: Lifecycle | None) -> Lifecycle:
    if life is None:
        raise AssertionError("life is missing")
    return life
