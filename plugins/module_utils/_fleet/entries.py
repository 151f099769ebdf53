# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fleet is asked for: its lists as they were given, checked without a request, and what is wrong with them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from .._base.errors import OptionError
from .._cloud_api.client import first_version_with
from .._nouns import cluster_rules as rules
from .._nouns.allowlist_entry import ALLOWLIST_ENTRY
from .._nouns.cluster import CLUSTER
from .._nouns.compare import given
from .._nouns.noun import Desired, Noun
from .._nouns.registry import CHILDREN, LISTS, list_name

# The label that says which fleet a cluster belongs to. A fleet without a name sets none and heeds none.
LABEL = "crdb-cloud-fleet"
EMPTY_ALLOWLIST = "with_empty_ip_allowlist"
CLOSED_SINCE = next(option.since for option in CLUSTER.fields if option.name == EMPTY_ALLOWLIST)
EVERYBODY = ALLOWLIST_ENTRY.mark(ALLOWLIST_ENTRY.key_of({"cidr": "0.0.0.0/0"}))
# How many mistakes a message holds before it only counts the rest.
MISTAKES_NAMED = 100


@dataclass
class Ask:
    """One object that somebody wants: *params* are the options of the module of *noun*, *at* is their place, as ``egress_rules[1]``.

    *desired* is what they ask for; None where that depends on what is there.
    """

    noun: Noun
    params: Mapping[str, Any]
    at: str
    desired: Desired | None = None


@dataclass
class Asked:
    """What one option asks for: *asks*, and with *purge* that nothing else is there but what is *protected*."""

    noun: Noun
    asks: list[Ask]
    purge: bool = False
    protected: frozenset[tuple[Any, ...]] = frozenset()


@dataclass
class Entry:
    """One cluster that the user listed: which one it is, what its fields shall be, and what shall be below it.

    *at* is its place in the list, as ``clusters[3]``.
    """

    name: str | None
    id: str | None
    wanted: dict[str, Any]
    children: list[Asked] = field(default_factory=list)
    at: str = ""

    @property
    def label(self) -> str:
        return str(self.name or self.id)

    @property
    def allowlist(self) -> Asked | None:
        """What is wanted of the allowlist; None where nothing is said about it."""
        return next((asked for asked in self.children if asked.noun is ALLOWLIST_ENTRY), None)

    @property
    def narrows(self) -> bool:
        """Whether it lists who may reach the cluster, and that is not everybody."""
        networks = self.allowlist
        if networks is None or EVERYBODY in networks.protected:
            return False
        present = [ask.desired for ask in networks.asks if ask.desired and not ask.desired.absent]
        return bool(present) and all(ALLOWLIST_ENTRY.mark(desired.key) != EVERYBODY for desired in present)

    def begins_with(self, wanted: Mapping[str, Any], version: str) -> dict[str, Any]:
        """What a new cluster is made with beside *wanted*: whoever lists networks does not mean the whole world, too."""
        networks = self.allowlist
        if networks is None or not (networks.asks or networks.purge) or EMPTY_ALLOWLIST in wanted:
            return {}
        if version < CLOSED_SINCE or rules.inferred_plan(wanted) == "ADVANCED":
            return {}
        return {EMPTY_ALLOWLIST: True}


class Mistaken(OptionError):
    """Several mistakes: *places* has for each its place, as ``sql_users[1]``, and what is wrong."""

    def __init__(self, places: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{place}: {text}" for place, text in places))
        self.places = places


class Mistakes:
    """All that is wrong with a fleet, each with its cluster and its place in the list."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def add(self, entry: Entry | None, error: OptionError) -> None:
        """Note *error*, which is about the cluster *entry*, or about none of them."""
        for place, text in error.places if isinstance(error, Mistaken) else [("", str(error))]:
            name = "" if entry is None or f"'{entry.label}'" in text else f"'{entry.label}', "
            where = ".".join(filter(None, (entry.at if entry else "", place)))
            self._found.append(f"{name}{where}: {text}" if where else text)

    def refuse(self) -> None:
        """Stop before the first write where anything is wrong."""
        if not self._found:
            return
        shown = self._found[:MISTAKES_NAMED]
        more = [f"and {len(self._found) - MISTAKES_NAMED} more"] if len(self._found) > MISTAKES_NAMED else []
        raise OptionError(f"The fleet can't be planned, and nothing was changed: {'; '.join([*shown, *more])}")


def read_entries(
    clusters: Sequence[Mapping[str, Any]], version: str, fleet: str | None, mistakes: Mistakes
) -> list[Entry]:
    """The entries of *clusters*; *mistakes* gets all that is wrong with them."""
    entries: list[Entry] = []
    seen: set[str] = set()
    for number, raw in enumerate(clusters):
        params = given(raw)
        entry = Entry(params.get("name"), params.get("id"), {}, at=f"clusters[{number}]")
        try:
            _read_fields(entry, params, version, fleet)
        except OptionError as error:
            mistakes.add(entry, error)
        try:
            entry.children = wanted_children(raw, version)
        except OptionError as error:
            mistakes.add(entry, error)
        if entry.label in seen:
            mistakes.add(entry, OptionError("it is listed twice"))
        seen.add(entry.label)
        entries.append(entry)
    return entries


def _read_fields(entry: Entry, params: Mapping[str, Any], version: str, fleet: str | None) -> None:
    entry.wanted = CLUSTER.values(params, version)
    if fleet is not None and entry.wanted.get("labels", {}).get(LABEL, fleet) != fleet:
        raise OptionError(f"the label {LABEL} is set by the fleet; take it out of labels")


def wanted_children(params: Mapping[str, Any], version: str) -> list[Asked]:
    """What is wanted below a cluster, by the options in *params*; OptionError says all that is wrong with them."""
    return _read_all(CHILDREN, params, version, params.get("purge_children") or (), params.get("protected") or ())


def wanted_lists(params: Mapping[str, Any], version: str) -> list[Asked]:
    """What is wanted in the organization, by the options in *params*, in their order of work; OptionError as in wanted_children()."""
    return _read_all(LISTS, params, version)


def _read_all(
    nouns: Iterable[Noun],
    params: Mapping[str, Any],
    version: str,
    purged: Iterable[str] = (),
    protected: Iterable[str] = (),
) -> list[Asked]:
    found: list[Asked] = []
    wrong: list[tuple[str, str]] = []
    for noun in nouns:
        name = list_name(noun)
        value, purge = params.get(name), name in purged
        if value is None and not purge:
            continue
        try:
            asked = Asked(noun.at_version(version), _read(noun, value, name, version), purge)
            kept = [noun.mark(noun.key_of_name(called)) for called in protected if noun.can_be_called(called)]
            asked.protected = frozenset(kept)
            _check_protected(asked)
            found.append(asked)
        except Mistaken as error:
            wrong += error.places
        except OptionError as error:
            wrong.append((name, str(error)))
    if wrong:
        raise Mistaken(wrong)
    return found


def _read(noun: Noun, value: Any, name: str, version: str) -> list[Ask]:
    """The objects that the option *name* lists as *value*, or the one where it is a dictionary; Mistaken says all that is wrong."""
    several = noun.plural != ""
    rows = (value or ()) if several else [value]
    if rows and version < noun.since:
        what = "list" if several else "option"
        raise OptionError(
            f"The {what} {name} does not work with api_version {version}", f"It needs {first_version_with(noun.since)}"
        )
    asks, wrong, seen, files = [], [], set(), set[str]()
    for number, row in enumerate(rows):
        ask = Ask(noun, row, f"{name}[{number}]" if several else name)
        try:
            mark, label = check(ask, version)
        except OptionError as error:
            wrong.append((ask.at, str(error)))
            continue
        if mark in seen:
            wrong.append((name, f"{label} is listed twice"))
        seen.add(mark)
        if noun.reveals and (path := row.get("secret_path")):
            if os.path.abspath(path) in files:
                wrong.append((ask.at, f"secret_path: '{path}' is the file of another one, whose secret would be lost"))
            files.add(os.path.abspath(path))
        asks.append(ask)
    if wrong:
        raise Mistaken(wrong)
    return asks


def _check_protected(asked: Asked) -> None:
    for ask in asked.asks:
        if ask.desired and ask.desired.absent and asked.noun.mark(ask.desired.key) in asked.protected:
            raise OptionError(
                f"{ask.desired.label} is protected, and listed with state: absent", "Take it out of one of the two"
            )


class Unasked(Exception):
    """Only what is there tells, and nobody has looked."""


class Offline:
    """A Reader that knows the options alone; whoever asks for more gets Unasked."""

    check_mode = False

    def __init__(self, params: Mapping[str, Any]) -> None:
        self.params, self.now = params, time.time()

    def __getattr__(self, name: str) -> NoReturn:
        raise Unasked(name)


def check(ask: Ask, version: str) -> tuple[tuple[Any, ...], str]:
    """Refuse what makes no sense whatever is there, and note what is desired where that is certain.

    Returns what tells *ask* from others, and what it is called.
    """
    noun, params = ask.noun.at_version(version), ask.params
    place = [params.get(option.name) for option in noun.how if option.ref or option.name in noun.variables]
    by_id = (("id", params.get("id"), *place), f"{noun.words} '{params.get('id')}'")
    try:
        spelled = noun.spelled(Offline(params), params)
    except Unasked:
        return by_id if params.get("id") else ((repr(params),), noun.words)
    if not noun.references(spelled):
        desired = noun.desired(spelled, version)
        if type(noun).spelled is Noun.spelled:
            ask.desired = desired
    if params.get("id"):
        return by_id
    if noun.rows and not noun.key:
        # What has no name is told by all that is said of it.
        return (repr(given(params)),), noun.words
    key = noun.key_of(spelled)
    whose = "" if noun.key else "".join(f" of '{each}'" for each in place if each)
    return (*noun.mark(key), *place), noun.label(key) + whose
