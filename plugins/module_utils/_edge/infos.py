# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The info module of any noun, made from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import replace
from typing import Any

from .._nouns.declared import NIL_ID, resolved
from .._nouns.field import Field
from .._nouns.noun import Noun
from .._reconcile.outcome import Run
from .._reconcile.reconciler import Reconciler
from .module import Module, info_module, parent_options

Row = dict[str, Any]


def noun_info(
    noun: Noun,
    *more: Field,
    name: str = "",
    by: Iterable[str] | None = None,
    complete: Callable[[Reconciler, list[Row]], list[Row]] | None = None,
    query: Callable[[Row], Row] | None = None,
    **rules: Any,
) -> Module:
    """The module that reads objects of *noun*, ``<noun>_info`` or *name*: all below the parent, or those that its other options name.

    These options are *by*; by default all of the noun's key, and ``id`` where the server makes ids. Their objects are the list
    ``noun.plural`` of the result; of a noun that is there once it is the object ``noun.name``, or null. *more* options are for
    *complete*, which gets the rows that were found and returns them as they are to be shown, or for *query*, which makes of the
    module's parameters what narrows the listing. Of a noun that is there once for each of several, and has a plural,
    *complete* finds the rows. *rules* are those of the options.
    """
    ids = (Field("id"),) if noun.has_ids else ()
    keys = (*ids, *noun.key) if noun.rows or noun.chosen else ()
    named = [replace(option, required=option.required and not noun.listed, default=None) for option in keys]
    offered = [option for option in named if by is None or option.name in by]

    def read(run: Run) -> Row:
        finder, current = Reconciler(run), noun.at_version(run.api.version)
        if not noun.rows and complete:
            return {noun.plural: [current.shown(row) for row in complete(finder, [])]}
        if noun.chosen:
            return {noun.plural: _each(run, current, noun.chosen)}
        if not noun.rows:
            row = finder.only_one(current)
            return noun.told(row and current.shown(row))
        return _listed(finder, current, _named(finder, offered), query(dict(run.params)) if query else {}, complete)

    name = name or f"{noun.name}_info"
    return info_module(name, "", read, (*parent_options(noun), *offered, *more), since=noun.since, **rules)


def _each(run: Run, noun: Noun, option: Field) -> dict[str, Row | None]:
    """What is there of each choice of *option*, or of the one that the options name; None where nothing is."""
    found: dict[str, Row | None] = {}
    for choice in [run.params[option.name]] if run.params[option.name] else option.choices:
        there = run.api.version >= (option.choices_since or {}).get(choice, "")
        one = copy(run)
        one.params = {**run.params, option.name: choice}
        row = Reconciler(one).only_one(noun) if there else None
        found[choice] = noun.shown(row) if row else None
    return found


def _named(finder: Reconciler, offered: Iterable[Field]) -> dict[str, Any]:
    """What the options say of the identity, with ids for what they refer to."""
    said = {option.name: finder.params[option.name] for option in offered}
    refs = {(option.ref, str(said[option.name])) for option in offered if option.ref and said[option.name] is not None}
    return resolved(offered, said, {(ref, called): finder.id_of(ref, called) for ref, called in sorted(refs)})


def _listed(
    finder: Reconciler,
    noun: Noun,
    named: Mapping[str, Any],
    narrowed: Row,
    complete: Callable[[Reconciler, list[Row]], list[Row]] | None,
) -> Row:
    known = {option.at[-1]: named[option.name] for option in noun.key if option.name in {*noun.filters} & {*named}}
    query = {**known, **narrowed}
    # What refers to an object that is not there yet has none itself.
    bodies = [] if NIL_ID in named.values() else finder.pages_of(noun, query or None)
    rows = [row for body in bodies for row in body[noun.rows]]
    rows = [row for row in rows if not noun.is_gone(row) and _is(noun, row, named)]
    shown = [noun.shown(row) for row in (complete(finder, rows) if complete else rows)]
    rollout = {noun.propagating: any(body.get(noun.propagating) for body in bodies)} if noun.propagating else {}
    return {noun.plural: shown, **rollout}


def _is(noun: Noun, row: Row, named: Mapping[str, Any]) -> bool:
    if "id" in named and str(row.get(noun.address[0])) != named["id"]:
        return False
    key = {option.name: named[option.name] for option in noun.key if option.name in named}
    if len(key) == len(noun.key):
        return noun.mark_of(row) == noun.mark(noun.key_of(key))
    identity = noun.identity(row) if key else {}
    return all(identity.get(name) == value for name, value in key.items())
