# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An organization as the options of a fleet: what is there, by the listings of all nouns, in the words of their options."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from .._base.errors import CrdbError, OptionError, ends_all
from .._base.spelling import nearest
from .._fleet.entries import CLOSED_SINCE, EMPTY_ALLOWLIST, LABEL
from .._nouns import cluster_state as state
from .._nouns.allowlist_entry import ALLOWLIST_ENTRY
from .._nouns.cluster import CLUSTER
from .._nouns.compare import equal
from .._nouns.declared import UUID, Scope
from .._nouns.field import Field
from .._nouns.folder import FOLDER, checked_path, path_of
from .._nouns.limits import SPEND_LIMIT_GONE as ADVANCED_SINCE
from .._nouns.noun import Desired, Noun
from .._nouns.options import Option
from .._nouns.registry import CHILDREN, LISTS, NOUNS, ORDER, list_name
from .._reconcile.outcome import Run
from .._reconcile.reconciler import Reconciler
from .document import Secret, Secrets, unwritable

Row = dict[str, Any]
NOTHING: dict[str, Any] = {"str": "", "json": "", "list": [], "dict": {}}
CLUSTERS = CLUSTER.plural
NAMES = (CLUSTERS, *(list_name(noun) for noun in (*LISTS, *CHILDREN)))


@dataclass
class Survey:
    """What there is of *noun*, in the organization or below a *cluster*: pairs of the options that say where, and an object."""

    noun: Noun
    cluster: Row | None = None
    found: list[tuple[Mapping[str, Any], Row]] = field(default_factory=list)
    problem: str = ""


@dataclass
class Exported:
    """The *variables* of a fleet, those for *secrets*, what is *not_exported* and why.

    *folders* has the folder of each cluster, and *marks* the label of its fleet, which no fleet can be told.
    """

    variables: Row = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    not_exported: list[Row] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    marks: list[Row] = field(default_factory=list)


class Organization:
    """Reads what *run* has asked for: its options are ``folders``, ``labels``, ``names``, ``include``, ``exclude``, ``parallel``, ``defaults``."""

    def __init__(self, run: Run) -> None:
        self.run, self.params = run, run.params
        self.finder = Reconciler(run)
        self.version = run.api.version
        self.secrets = Secrets()
        self.result = Exported()
        self._called: dict[str, dict[str, str]] = {}

    def exported(self) -> Exported:
        """All of it; CrdbError where nothing can be read at all."""
        self._check_lists()
        clusters = self._clusters() if self._wants(CLUSTERS) else []
        surveys = [Survey(noun.at_version(self.version)) for noun in LISTS if self._asks(noun)]
        below = [noun.at_version(self.version) for noun in CHILDREN if self._asks(noun)]
        inside = [[Survey(noun, row) for noun in below if _may_have(noun, row)] for row in clusters]
        self._read([*surveys, *(each for some in inside for each in some)])
        lists: dict[str, Any] = {list_name(each.noun): self.said(each) for each in surveys}
        named = Counter(row["name"] for row in clusters)
        lists[CLUSTERS] = [
            self._cluster(row, some, twins=named[row["name"]] > 1) for row, some in zip(clusters, inside, strict=True)
        ]
        ordered = {list_name(noun): lists.get(list_name(noun)) for noun in ORDER}
        self.result.variables = {name: value for name, value in ordered.items() if value}
        self.result.secrets = self.secrets.given
        return self.result

    # --- what is asked for ---------------------------------------------------------------------------------------

    def _check_lists(self) -> None:
        for option in ("include", "exclude"):
            for name in self.params[option] or ():
                if name not in NAMES:
                    near = nearest(name, NAMES)
                    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(NAMES)}"
                    raise OptionError(f"{option}: a fleet has no list '{name}'", hint)

    def _wants(self, name: str) -> bool:
        include = self.params["include"]
        return (include is None or name in include) and name not in (self.params["exclude"] or ())

    def _asks(self, noun: Noun) -> bool:
        """Whether objects of *noun* are to be read; what speaks against that is noted."""
        name = list_name(noun)
        if not self._wants(name):
            return False
        if noun.passing:
            self._leave_out(name, noun.passing)
        elif noun.since > self.version:
            self._leave_out(name, f"unknown, since api_version {self.version} does not have it")
        return not noun.passing and noun.since <= self.version

    def _clusters(self) -> list[Row]:
        """The clusters that are to be exported, by name."""
        found = []
        for row in sorted(self._listed(CLUSTER), key=lambda row: (str(row["name"]), str(row["id"]))):
            if not self._is_asked_for(row):
                continue
            if (row.get("config") or {}).get("virtual"):
                reason = "it is a virtual cluster, and what is in it is not exported"
            elif problem := unwritable(row["name"]):
                reason = f"its name has {problem}"
            elif state.is_advanced(row) and self.version < ADVANCED_SINCE:
                reason = f"Advanced clusters are not managed with api_version {self.version}"
            else:
                reason = CLUSTER.unexported(row) or ("it is still being made" if row["state"] == state.CREATING else "")
            if reason:
                self._leave_out(CLUSTERS, reason, name=row["name"])
            else:
                found.append(row)
        return found

    def _is_asked_for(self, row: Row) -> bool:
        names, labels, there = self.params["names"], self.params["labels"] or {}, row.get("labels") or {}
        return (
            (names is None or any(fnmatchcase(str(row["name"]), str(name)) for name in names))
            and all(there.get(key) == str(value) for key, value in labels.items())
            and self._is_in_folder(self.folder_of(row))
        )

    def _is_in_folder(self, path: str, *, above: bool = False) -> bool:
        """Whether *path* is one of the folders that are asked for, or in it; *above* takes those that they lie in, too."""
        folders = self.params["folders"]
        wanted = ["" if each in ("root", "/") else checked_path(each) for each in folders or ()]
        return folders is None or any(
            f"{path}/".startswith(f"{each}/") or (above and f"{each}/".startswith(f"{path}/")) for each in wanted
        )

    def folder_of(self, row: Mapping[str, Any]) -> str:
        """The path of the folder that a cluster is in, "" for none; its id where that can't be read."""
        parent = row.get("parent_id") or "root"
        return "" if parent == "root" else self._names(FOLDER.name).get(parent, parent)

    # --- what is there -------------------------------------------------------------------------------------------

    def _read(self, surveys: Iterable[Survey]) -> None:
        """Fill all *surveys*, side by side. One that can't be read has its problem."""
        with ThreadPoolExecutor(self.params["parallel"], "crdb-export") as pool:
            try:
                for future in [pool.submit(self._survey, each) for each in surveys]:
                    future.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _survey(self, survey: Survey) -> None:
        try:
            survey.found = list(self._found(survey))
        except CrdbError as error:
            if ends_all(error):
                raise
            survey.problem = f"unknown: {error}"

    def _found(self, survey: Survey) -> Iterator[tuple[Mapping[str, Any], Row]]:
        noun, cluster = survey.noun, survey.cluster
        choices = [option for option in (noun.chosen,) if option]
        for chosen in [{option.name: choice} for option in choices for choice in self._offered(option)] or [{}]:
            # The cluster's name costs no request, unlike its id, where that is read.
            finder = self.finder.about({**self.params, "cluster": cluster and self._place(cluster), **chosen})
            gathered = noun.gathered(finder)
            if gathered is not None:
                yield from gathered
            elif noun.part:
                yield chosen, cluster or {}
            elif noun.rows and cluster is None:
                yield from ((chosen, row) for row in self._listed(noun) if self._is_meant(noun, row))
            elif noun.rows:
                rows = [row for body in finder.pages_of(noun) for row in body[noun.rows]]
                yield from ((chosen, row) for row in rows if not noun.is_gone(row))
            else:
                row = finder.only_one(noun)
                yield from [(chosen, row)] if row else []

    def _listed(self, noun: Noun) -> list[Row]:
        """All objects of the organization, which are read once."""
        try:
            return self.finder.listed(noun, Scope())
        except CrdbError as error:
            raise noun.explained(error, f"list the {noun.many}") from None

    def _is_meant(self, noun: Noun, row: Row) -> bool:
        """Whether *row* is among what the options choose: they choose clusters of all kinds, and folders."""
        if noun.nested:
            return self._is_in_folder(path_of(row), above=True)
        return noun.rows != CLUSTER.rows or self._is_asked_for(row)

    def _offered(self, option: Field) -> list[str]:
        since = option.choices_since or {}
        return [choice for choice in option.choices if since.get(choice, "") <= self.version]

    def _place(self, cluster: Row) -> str:
        called = self._names(CLUSTER.name).get(cluster["id"])
        return str(called or cluster["id"])

    def _names(self, ref: str) -> dict[str, str]:
        """How people call the objects of the noun *ref*, by id; those that share a name, or have what looks like an id, are not in it."""
        if ref not in self._called:
            noun = NOUNS[ref]
            try:
                rows = self.finder.listed(noun, Scope()) if noun.listed and not noun.parents else []
            except CrdbError as error:
                if ends_all(error):
                    raise
                rows = []
            mine = [row for row in rows if all(noun.identity(row).get(key.name) for key in noun.key[:1])]
            by_mark = noun.by_mark(mine).values()
            once = [(some[0], noun.called(noun.identity(some[0]))) for some in by_mark if len(some) == 1]
            self._called[ref] = {str(row[noun.address[0]]): name for row, name in once if not UUID.fullmatch(name)}
        return self._called[ref]

    # --- what is said of it --------------------------------------------------------------------------------------

    def _cluster(self, row: Row, surveys: Iterable[Survey], *, twins: bool) -> Row:
        entry = self._entry(Survey(CLUSTER.at_version(self.version), row), {}, row, twins=twins)
        labels = entry.get("labels", {})
        mark = {LABEL: labels.pop(LABEL)} if LABEL in labels else {}
        self.result.marks.append(mark)
        if mark:
            self._leave_out(CLUSTERS, f"the label {LABEL}, by which a fleet knows its own", name=row["name"])
        below = {list_name(each.noun): (each, self.said(each)) for each in surveys}
        allowlist, networks = below.get(ALLOWLIST_ENTRY.plural, (None, None))
        if (
            allowlist
            and not allowlist.problem
            and not networks
            and not state.is_advanced(row)
            and self.version >= CLOSED_SINCE
        ):
            entry[EMPTY_ALLOWLIST] = True
        self.result.folders.append(self.folder_of(row))
        return {**entry, **{name: said for name, (_survey, said) in below.items() if said}}

    def said(self, survey: Survey) -> Any:
        """The entries for what *survey* has found; for what is there once its options, or None."""
        noun = survey.noun
        if survey.problem:
            self._note(survey, survey.problem)
        groups: dict[Any, list[tuple[Mapping[str, Any], Row]]] = {}
        for where, row in survey.found:
            reason = noun.unexported(row)
            if reason:
                self._note(survey, reason, row, where)
            elif all(noun.identity(row).get(option.name) is not None for option in noun.key if option.required):
                groups.setdefault((repr(where), noun.mark_of(row)), []).append((where, row))
        entries = []
        for group in groups.values():
            rows = [row for _where, row in group]
            usable = noun.usable(Desired(noun, noun.identity(rows[0]), {}), rows)
            for where, row in group:
                if row not in usable:
                    self._note(survey, "a newer one has its name", row, where)
                elif entry := self._entry(survey, where, row, twins=len(usable) > 1):
                    entries.append(entry)
        entries.sort(key=lambda entry: [str(entry.get(option.name) or "") for option in (*noun.how, *noun.key)])
        return entries if noun.plural else next(iter(entries), None)

    def _entry(self, survey: Survey, where: Mapping[str, Any], row: Row, *, twins: bool) -> Row:
        """The options that ask for *row*, in the order of the module's; {} where nobody has to ask for it."""
        noun = survey.noun
        said = noun.exported(row)
        if not said:
            return {}
        said = {**said, **where, **({"id": row[noun.address[0]]} if twins else {})}
        entry, secrets = {}, noun.needed_secrets(row)
        for option in sorted(noun.options, key=lambda option: option.name not in where):
            if option.name in secrets and (option.since or "") <= self.version:
                entry[option.name] = self._secret(survey, where, row, option)
            elif option.name in said and self._is_worth_saying(noun, option, said[option.name]):
                value = _stated(option, said[option.name])
                entry[option.name] = self._by_name(option, value)
                if problem := unwritable(entry[option.name]):
                    self._note(survey, f"{option.name} has {problem}", row, where)
                    if option in noun.key or option.name in where:
                        return {}
                    del entry[option.name]
        if what := noun.omitted(row):
            self._note(survey, what, row, where)
        return entry

    def _is_worth_saying(self, noun: Noun, option: Field, value: Any) -> bool:
        if option.secret or (option.since or "") > self.version or (option not in noun.fields and value is None):
            return False
        if option not in noun.fields or (option.required and value is not None):
            return True
        if option.compare == "ignore" or (option.choices and value not in option.choices):
            return False
        if isinstance(value, str) and (option.choices_since or {}).get(value, "") > self.version:
            return False
        usual = NOTHING.get(option.type) if option.create_default is None else option.create_default
        if value is None:
            return bool(noun.updates and self.params["defaults"] and usual == NOTHING.get(option.type, 0)) and equal(
                option, usual, None
            )
        is_usual = usual is not None and equal(option, usual, value)
        # What says whether there is one at all is always said.
        return (
            not is_usual
            or option.at[0] in noun.off
            or bool(noun.updates and not option.immutable and self.params["defaults"])
        )

    def _by_name(self, option: Option, value: Any) -> Any:
        """*value* with names for the ids of what it refers to."""
        if isinstance(value, list):
            found = [self._by_name(option, each) for each in value]
            sorts = option.compare == "set" or any(isinstance(inner, Field) and inner.ref for inner in option.options)
            return sorted(found, key=str) if sorts else found
        if isinstance(option, Field) and option.ref:
            return self._names(option.ref).get(value, value)
        if option.options and isinstance(value, dict):
            inner = {each.name: each for each in option.options}
            return {name: self._by_name(inner[name], each) for name, each in value.items()}
        return value

    def _secret(self, survey: Survey, where: Mapping[str, Any], row: Row, option: Field) -> Secret:
        """The place of a secret, named after the cluster or the object around it, the object, and the option where that is no password."""
        outer = [str(survey.cluster["name"])] if survey.cluster else []
        names = self._names_of(survey.noun, where, row, chosen=False)
        return self.secrets.of(*outer, *names, *([] if option.name == "password" else [option.name]))

    def _names_of(self, noun: Noun, where: Mapping[str, Any], row: Row, *, chosen: bool = True) -> list[str]:
        """What people say to name *row*, from the outside in; without the one of several that is *chosen* where that is not wanted."""
        key = {**where, **noun.identity(row)}
        options = [each for each in (*noun.how, *noun.key) if key.get(each.name) is not None]
        return [str(self._by_name(each, key[each.name])) for each in options if chosen or each != noun.chosen]

    # --- what is not said ----------------------------------------------------------------------------------------

    def _note(
        self, survey: Survey, reason: str, row: Row | None = None, where: Mapping[str, Any] | None = None
    ) -> None:
        noun, cluster = survey.noun, survey.cluster
        name = "" if row is None else "/".join(self._names_of(noun, where or {}, row))
        self._leave_out(list_name(noun), reason, name=name or None, cluster=str(cluster["name"]) if cluster else None)

    def _leave_out(self, what: str, reason: str, *, name: str | None = None, cluster: str | None = None) -> None:
        self.result.not_exported.append({"list": what, "name": name, "cluster": cluster, "reason": reason})


def _may_have(noun: Noun, cluster: Row) -> bool:
    """Whether a cluster of this kind can have objects of *noun*."""
    view = CLUSTER.view(cluster)
    known = {option.name: option.choices for option in CLUSTER.fields}
    return all(
        view.get(name) in allowed or view.get(name) not in known[name] for name, allowed in noun.requires.items()
    )


def _stated(option: Option, value: Any) -> Any:
    """*value* as the option takes it: "" and the like for what is None, and of members those that are options and known."""
    if value is None:
        return NOTHING[option.type]
    if isinstance(value, (list, tuple)):
        return [_stated(option, each) for each in value]
    if option.options and isinstance(value, Mapping):
        return {
            each.name: _stated(each, value[each.name]) for each in option.options if value.get(each.name) is not None
        }
    return dict(value) if isinstance(value, Mapping) else value


def in_folders(rows: Iterable[Row], folders: Iterable[str]) -> dict[str, list[Row]]:
    """*rows*, which lie in *folders* side by side, by folder."""
    found: dict[str, list[Row]] = {}
    for row, folder in zip(rows, folders, strict=True):
        found.setdefault(folder, []).append(row)
    return found
