# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fleet is asked for: its clusters as they were listed, checked without a request, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .._base.errors import OptionError
from .._nouns import cluster_rules as rules
from .._nouns.allowlist_entry import ALLOWLIST_ENTRY
from .._nouns.cluster import CLUSTER
from .._nouns.compare import given
from .._nouns.registry import CHILDREN
from .._reconcile.items import Wanted, wanted_of

# The label that says which fleet a cluster belongs to. A fleet without a name sets none and heeds none.
LABEL = "crdb-cloud-fleet"
EMPTY_ALLOWLIST = "with_empty_ip_allowlist"
CLOSED_SINCE = next(option.since for option in CLUSTER.fields if option.name == EMPTY_ALLOWLIST)
EVERYBODY = ALLOWLIST_ENTRY.mark(ALLOWLIST_ENTRY.key_of({"cidr": "0.0.0.0/0"}))
# How many mistakes a message holds before it only counts the rest.
MISTAKES_NAMED = 100


@dataclass
class Entry:
    """One cluster that the user listed: which one it is, what its fields shall be, and what shall be below it.

    *at* is its place in the list, as ``clusters[3]``.
    """

    name: str | None
    id: str | None
    wanted: dict[str, Any]
    children: list[Wanted] = field(default_factory=list)
    at: str = ""

    @property
    def label(self) -> str:
        return str(self.name or self.id)

    @property
    def allowlist(self) -> Wanted | None:
        """What is wanted of the allowlist; None where nothing is said about it."""
        return next((wanted for wanted in self.children if wanted.noun is ALLOWLIST_ENTRY), None)

    @property
    def narrows(self) -> bool:
        """Whether it lists who may reach the cluster, and that is not everybody."""
        networks = self.allowlist
        if networks is None or EVERYBODY in networks.protected:
            return False
        present = [desired for desired in networks.objects if not desired.absent]
        return bool(present) and all(ALLOWLIST_ENTRY.mark(desired.key) != EVERYBODY for desired in present)

    def begins_with(self, wanted: Mapping[str, Any], version: str) -> dict[str, Any]:
        """What a new cluster is made with beside *wanted*: whoever lists networks does not mean the whole world, too."""
        networks = self.allowlist
        if networks is None or not (networks.objects or networks.purge) or EMPTY_ALLOWLIST in wanted:
            return {}
        if version < CLOSED_SINCE or rules.inferred_plan(wanted) == "ADVANCED":
            return {}
        return {EMPTY_ALLOWLIST: True}


class Mistaken(OptionError):
    """Several mistakes below one cluster: *places* has for each its place, as ``.sql_users[1]``, and what is wrong."""

    def __init__(self, places: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{place.lstrip('.')}: {text}" for place, text in places))
        self.places = places


class Mistakes:
    """All that is wrong with a fleet, each with its cluster and its place in the list."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def add(self, entry: Entry | None, error: OptionError) -> None:
        """Note *error*, which is about *entry*, or about none of them."""
        if entry is None:
            self._found.append(str(error))
            return
        for place, text in error.places if isinstance(error, Mistaken) else [("", str(error))]:
            name = "" if f"'{entry.label}'" in text else f"'{entry.label}', "
            self._found.append(f"{name}{entry.at}{place}: {text}")

    def refuse(self) -> None:
        """Stop before the first write where anything is wrong."""
        if not self._found:
            return
        shown = self._found[:MISTAKES_NAMED]
        more = [f"and {len(self._found) - MISTAKES_NAMED} more"] if len(self._found) > MISTAKES_NAMED else []
        raise OptionError(f"The fleet can't be planned, and nothing was changed: {'; '.join([*shown, *more])}")


def read_entries(clusters: Sequence[Mapping[str, Any]], version: str, fleet: str | None) -> list[Entry]:
    """The entries of *clusters*; OptionError says all that is wrong with them."""
    entries: list[Entry] = []
    mistakes = Mistakes()
    seen: set[str] = set()
    for number, raw in enumerate(clusters):
        params = given(raw)
        entry = Entry(params.get("name"), params.get("id"), {}, at=f"clusters[{number}]")
        for read in (_read_fields, _read_children):
            try:
                read(entry, params, version, fleet)
            except OptionError as error:
                mistakes.add(entry, error)
        if entry.label in seen:
            mistakes.add(entry, OptionError("it is listed twice"))
        seen.add(entry.label)
        entries.append(entry)
    mistakes.refuse()
    return entries


def _read_fields(entry: Entry, params: Mapping[str, Any], version: str, fleet: str | None) -> None:
    entry.wanted = CLUSTER.values(params, version)
    if fleet is not None and entry.wanted.get("labels", {}).get(LABEL, fleet) != fleet:
        raise OptionError(f"the label {LABEL} is set by the fleet; take it out of labels")


def _read_children(entry: Entry, params: Mapping[str, Any], version: str, _fleet: str | None) -> None:
    entry.children = wanted_children(params, version)


def wanted_children(params: Mapping[str, Any], version: str) -> list[Wanted]:
    """What is wanted below a cluster, by the lists in *params*; OptionError says all that is wrong with them."""
    purged = params.get("purge_children") or ()
    found, wrong = [], []
    for noun in CHILDREN:
        if params.get(noun.plural) is None and noun.plural not in purged:
            continue
        rows = params.get(noun.plural) or ()
        protected = [name for name in params.get("protected") or () if noun.can_be_called(name)]
        try:
            found.append(wanted_of(noun, rows, version, purge=noun.plural in purged, protected=protected))
        except OptionError as error:
            wrong += mistaken(noun.plural, rows, partial(noun.desired, version=version), error)
    if wrong:
        raise Mistaken(wrong)
    return found


def mistaken(
    plural: str, rows: Iterable[Any], check: Callable[[Any], Any], error: OptionError
) -> list[tuple[str, str]]:
    """Where in the list *plural* the *error* comes from, as places of Mistaken: all *rows* that *check* refuses, else the list."""
    found = []
    for number, row in enumerate(rows):
        try:
            check(row)
        except OptionError as refused:
            found.append((f".{plural}[{number}]", str(refused)))
    return found or [(f".{plural}", str(error))]
