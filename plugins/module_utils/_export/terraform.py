# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of a fleet from the resources of a Terraform state, and what of them could not be taken over. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._base.errors import OptionError
from .._base.members import secrets_in
from .._nouns.cluster import CLUSTER
from .._nouns.folder import FOLDER
from .._nouns.noun import Noun
from .._nouns.options import Option
from .._nouns.registry import NOUNS, list_name
from .._nouns.role_grant import ROLE_GRANT
from .document import Secrets, unwritable
from .terraform_file import PREFIX, Resource, State
from .terraform_types import DOMAIN_NAMES, HOLDERS, TYPES, Attributes, Kind, Names, NotTaken, identifier

# How many addresses a warning names.
NAMED = 5
# A part of a cluster that is a noun of its own here.
BACKUPS = Kind("backup_configuration", "enabled frequency_minutes retention_days", "id")
UNKNOWN = Kind(reason="this version of crdb.cloud does not know the type")
PLAIN: Mapping[str, tuple[tuple[type, ...], str]] = {
    "bool": ((bool,), "true or false"),
    "int": ((int,), "a number"),
    "float": ((int, float), "a number"),
    "list": ((list,), "a list"),
    "dict": ((dict,), "an object"),
}
TEXT = ((str,), "text")


@dataclass
class Takeover:
    """What came of a state: *variables* of a fleet with Secret where a secret would stand, *counts* of what was taken over by type,
    *not_taken_over* with ``address``, ``type`` and ``reason``, *secrets* by the names of their variables, *warnings*.
    """

    variables: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    not_taken_over: list[dict[str, str]] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass
class _Entry:
    """An object as the fleet has it: *values* are its options, *hidden* those that are secret, *called* tells it from others of the
    *noun* at the same place. *cluster* is the id of the one that it is below, *own* its own id.
    """

    noun: Noun
    resource: Resource
    values: dict[str, Any]
    hidden: list[str]
    called: str
    cluster: str = ""
    own: str = ""


def take_over(state: State) -> Takeover:
    """What the variables of a fleet are for what Terraform manages in *state*."""
    return _Taking(state).result()


class _Taking:
    def __init__(self, state: State) -> None:
        self._state = state
        self._managed = sorted((each for each in state.resources if not each.data), key=lambda each: each.address)
        self._names = Names(state.resources)
        self._found = Takeover()
        self._refused: dict[tuple[str, bool], dict[str, str]] = {}
        self._secrets = Secrets(self._found.secrets)

    def result(self) -> Takeover:
        entries: list[_Entry] = []
        for resource in self._managed:
            try:
                entries += self._entries(resource)
            except (NotTaken, OptionError) as error:
                self._refuse(resource, str(error))
        self._lay_out(self._alone(entries))
        self._found.not_taken_over = sorted(self._refused.values(), key=lambda each: each["address"])
        refused = Counter(each["type"] for each in self._found.not_taken_over)
        counts = Counter(PREFIX + each.type for each in self._managed) - refused
        self._found.counts = dict(sorted(counts.items()))
        self._warn()
        return self._found

    def _refuse(self, resource: Resource, reason: str) -> None:
        told = {"address": resource.address, "type": PREFIX + resource.type, "reason": reason}
        # Several parts of one resource are refused as one.
        self._refused.setdefault((resource.address, resource.leaving), told)

    # --- one resource --------------------------------------------------------------------------------------------

    def _entries(self, resource: Resource) -> list[_Entry]:
        if resource.leaving:
            raise NotTaken("Terraform has replaced it, and has yet to delete it")
        if resource.type == DOMAIN_NAMES:
            self._check_endpoint(resource)
            return []
        kind = TYPES.get(resource.type, UNKNOWN)
        if kind.reason:
            raise NotTaken(kind.reason)
        entry = self._entry(resource, kind)
        backups = resource.attributes.get("backup_config") if entry.noun is CLUSTER else None
        if not isinstance(backups, dict) or entry.values.get("plan") == "BASIC":
            return [entry]
        inner = Resource(resource.address, resource.type, {**backups, "id": resource.attributes["id"]})
        return [entry, self._entry(inner, BACKUPS)]

    def _check_endpoint(self, resource: Resource) -> None:
        """Domain names stand in the entry of their endpoint."""
        of = identifier(resource.attributes.get("endpoint_id"))
        ends = [each for each in self._managed if each.type == "egress_private_endpoint"]
        if of not in [identifier(each.attributes.get("id")) for each in ends] or of not in self._names.domain_names:
            raise NotTaken("the state does not have the egress private endpoint that it is about")

    def _entry(self, resource: Resource, kind: Kind) -> _Entry:
        noun, row = NOUNS[kind.noun], Attributes(resource)
        names = [option.name for option in noun.key]
        values, hidden = kind.taken(row, resource, self._names), []
        options = {option.name: option for option in (*noun.key, *noun.how, *noun.fields)}
        for name, attribute in kind.attributes().items():
            top = attribute.partition(".")[0]
            if resource.attributes.get(top) in (None, ""):
                continue
            if options[name].secret or (top in resource.hidden and name not in names):
                hidden.append(name)
            else:
                values[name] = row(attribute)
        values = {name: _kept(option, values.get(name)) for name, option in options.items()}
        values = {name: value for name, value in values.items() if value is not None}
        for name, option in options.items():
            if option.required and name not in (*values, *hidden):
                raise NotTaken(f"nothing says its {name}")
        for name, value in values.items():
            if flaw := _flaw(options[name], value) or unwritable(value):
                raise NotTaken(f"its {name} can't be used: {flaw}")
        cluster = row(kind.cluster) if kind.cluster else ""
        if kind.cluster and not (isinstance(cluster, str) and cluster):
            raise NotTaken(f"its attribute {kind.cluster} does not say which cluster it is of")
        own = identifier(resource.attributes.get("id")) if _has_id(noun) else ""
        return _Entry(noun, resource, values, hidden, _called(noun, values), cluster, own)

    # --- all of them ---------------------------------------------------------------------------------------------

    def _alone(self, entries: Iterable[_Entry]) -> list[_Entry]:
        """*entries* with each object once: those with an id of their own get that said where others are called the same."""
        found: dict[tuple[str, ...], _Entry] = {}
        alike: dict[tuple[str, ...], list[_Entry]] = {}
        for entry in entries:
            place = (entry.noun.name, identifier(entry.cluster))
            first = found.setdefault((*place, entry.own or entry.called), entry)
            if first is entry:
                alike.setdefault((*place, entry.called), []).append(entry)
            elif entry.noun is ROLE_GRANT:
                self._join(first, entry)
            else:
                self._refuse(entry.resource, f"it is the same object as {first.resource.address}")
        for same in alike.values():
            for entry in same if len(same) > 1 else ():
                entry.values = {"id": entry.own, **entry.values}
                if entry.noun is CLUSTER:
                    # The name would be that of the other one.
                    del entry.values["name"]
        return list(found.values())

    def _join(self, first: _Entry, other: _Entry) -> None:
        """Let the roles of *first* be those of *other*, too: each may be one of several resources about somebody."""
        exactly = "exactly" in (first.values.get("state"), other.values.get("state"))
        if exactly:
            self._found.warnings.append(
                f"{first.resource.address} and {other.resource.address} both say what roles {first.called} has; all of them are taken over"
            )
            first.values["state"] = "exactly"
        first.values["roles"] += [role for role in other.values["roles"] if role not in first.values["roles"]]

    def _lay_out(self, entries: Sequence[_Entry]) -> None:
        """Put *entries* where the options of a fleet have them."""
        clusters: dict[str, dict[str, Any]] = {}
        lists: dict[str, list[Any]] = {}
        for entry in sorted(entries, key=lambda each: (order(each.noun), each.called, each.own)):
            if entry.noun is CLUSTER:
                clusters[entry.own] = self._written(entry, "")
            elif not entry.cluster:
                lists.setdefault(entry.noun.plural, []).append(self._written(entry, ""))
        for entry in sorted(entries, key=lambda each: (order(each.noun), each.called, each.own)):
            if not entry.cluster:
                continue
            cluster = self._names.of("cluster", entry.cluster)
            by = "id" if cluster == entry.cluster else "name"
            below = clusters.setdefault(identifier(entry.cluster), {by: cluster})
            written = self._written(entry, cluster)
            name = list_name(entry.noun)
            below[name] = [*below.get(name, ()), written] if entry.noun.plural else written
        if clusters:
            lists[CLUSTER.plural] = sorted(clusters.values(), key=lambda each: str(each.get("name") or each["id"]))
        self._found.variables = lists

    def _written(self, entry: _Entry, cluster: str) -> dict[str, Any]:
        found = dict(entry.values)
        for name in entry.hidden:
            # Of what is there once the option says enough.
            words = [cluster, entry.called if entry.noun.rows else "", "" if name == "password" else name]
            found[name] = self._secrets.of(*filter(None, words))
        return found

    def _warn(self) -> None:
        """Say of what nobody should be surprised later."""
        bare = [
            each.address
            for each in self._state.resources
            if any(each.attributes.get(name) for name in each.hidden) or secrets_in(each.attributes)
        ]
        tainted = [each.address for each in self._managed if each.tainted]
        if bare:
            self._found.warnings.append(
                f"The state holds secrets that whoever may read it can read: {_some(bare)}. None of them was copied. Keep the state "
                "safe, and change these secrets when it is no longer needed"
            )
        if tainted:
            self._found.warnings.append(f"Terraform was about to replace what stays as it is here: {_some(tainted)}")
        if len(self._state.configurations) > 1:
            self._found.warnings.append(
                f"The state has resources of {len(self._state.configurations)} configurations of the provider, which may be of several "
                "organizations; the variables are of all of them"
            )


def _has_id(noun: Noun) -> bool:
    return any(option.name == "id" for option in noun.options)


def order(noun: Noun) -> int:
    """Where *noun* stands among all."""
    return [*NOUNS].index(noun.name)


def _called(noun: Noun, values: Mapping[str, Any]) -> str:
    """What tells an object from others of its kind at the same place; NotTaken where nothing does."""
    if noun is ROLE_GRANT:
        return next(str(values[name]) for name in (*HOLDERS, "user_id") if name in values)
    if not noun.key:
        return ""
    if noun is FOLDER and "path" not in values:
        return f"{values.get('parent')}/{values['name']}"
    found = noun.called(noun.key_of({option.name: values.get(option.name) for option in noun.options}))
    if not found:
        raise NotTaken("it has no name")
    return found


def _kept(option: Option, value: Any) -> Any:
    """*value* without what was not set, and what the option does not have."""
    if value == "" and option.compare == "text":
        return None
    if not option.options or not isinstance(value, (dict, list)):
        return value
    if isinstance(value, list):
        return [_kept(option, each) for each in value]
    inner = {each.name: _kept(each, value.get(each.name)) for each in option.options}
    return {name: each for name, each in inner.items() if each is not None}


def _flaw(option: Option, value: Any) -> str:
    """What keeps *value* from being one of *option*; "" where nothing does."""
    types, words = PLAIN.get(option.type, TEXT)
    if type(value) not in types:
        return f"it must be {words}"
    if option.choices and value not in option.choices:
        return f"it must be one of {', '.join(map(str, option.choices))}"
    if option.options:
        for each in value if isinstance(value, list) else [value]:
            if not isinstance(each, dict):
                return "it must be a list of objects"
            for inner in option.options:
                if inner.name not in each:
                    found = "it is needed" if inner.required else ""
                else:
                    found = _flaw(inner, each[inner.name])
                if found:
                    return f"{inner.name}: {found}"
    elif option.type == "list":
        types, words = PLAIN.get(option.elements, TEXT)
        return "" if all(type(each) in types for each in value) else f"each must be {words}"
    elif option.type == "dict":
        return "" if all(type(each) in (str, int) for each in value.values()) else "its members must be text"
    return ""


def _some(addresses: Sequence[str]) -> str:
    more = len(addresses) - NAMED
    return ", ".join(addresses[:NAMED]) + (f" and {more} more" if more > 0 else "")
