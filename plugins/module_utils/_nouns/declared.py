# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a noun of the API is, as data: where it lives, what names it, what of it can change, when it is settled. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import quote

from .._base.errors import CrdbError, OptionError, explained
from .._http.answers import (
    ANY_OBJECT,
    ANYTHING,
    TEXT,
    TRUTH,
    WHOLE,
    ListOf,
    Object,
    Shape,
    Wrapped,
    inside,
)
from .field import Field
from .lifecycle import Lifecycle
from .options import Option
from .prose import read

UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.I)
NIL_ID = "00000000-0000-0000-0000-000000000000"
OPERATORS = "CLUSTER_ADMIN or CLUSTER_OPERATOR_WRITER"
READERS = "CLUSTER_DEVELOPER, CLUSTER_OPERATOR_WRITER or CLUSTER_ADMIN"


KINDS: Mapping[str, Shape] = {"str": TEXT, "json": TEXT, "int": WHOLE, "bool": TRUTH, "dict": ANY_OBJECT}


def segment(value: Any) -> str:
    """*value* as one segment of a URL path."""
    return quote(str(value), safe="")


def checked_name(option: str, value: str, noun: str) -> str:
    """*value* where it can be the name of *noun* and a segment of a path; OptionError otherwise."""
    if not value.strip() or value in (".", "..") or len(value) > 63 or not value.isprintable():
        raise OptionError(
            f"{option}: '{value}' can't be {noun}: 1 to 63 printable characters are allowed, and not only dots"
        )
    return value


@dataclass(frozen=True)
class Scope:
    """Where objects of a noun live: *ids* for the variables of its path, *label* as in "cluster 'orders'", "" for the organization."""

    ids: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    version: str = ""

    def behind(self, preposition: str) -> str:
        """ " on cluster 'orders'", with *preposition*; "" in the organization."""
        return f" {preposition} {self.label}" if self.label else ""


@dataclass(frozen=True, eq=False)
class Declared:
    """A noun's data.

    *path* is that of one object. Its variables are first the options that name parents (``{cluster}``), then, where *rows* is the
    key of a list, the members of an object that address it. A noun without *rows* is there once for each parent.
    *key* are the options that name an object, *fields* the others. *creates*, *updates* and *deletes* are methods, "" where the API
    has none; *whole* says that an update sends all fields. *wrapped* is the member of an answer about one object that holds it, if one does,
    *reveals* the one beside it that is a secret, told this once. *renames* says that it can get another name. *requires* has what
    the parent must be: values of its fields. *before* has, for a version, the fields that differ in those before it.
    *limited* says that the service gives it to enrolled organizations alone.
    """

    name: str
    path: str
    # The documentation of the module and of its options, and what returned objects have beside the fields, as prose.py has it.
    prose: InitVar[str] = ""
    text: str | tuple[str, ...] = ""
    rows: str = ""
    plural: str = ""
    title: str = ""
    key: tuple[Field, ...] = ()
    fields: tuple[Field, ...] = ()
    # Options that say how something is done, and are no part of the object.
    how: tuple[Field, ...] = ()
    rules: Mapping[str, Any] = field(default_factory=dict)
    # Members of a returned object beside the fields, each with its type and text (and when it is returned, if not always), None for a
    # field that is none of them. It is None itself where the documentation of the result is written by hand.
    shows: Mapping[str, tuple[str, ...] | None] | None = field(default_factory=dict)
    # What the API's objects have to look like; where it is not said, as the fields say it.
    shape: Object = ANY_OBJECT
    lifecycle: Lifecycle | None = None
    creates: str = "POST"
    updates: str = "PATCH"
    deletes: str = "DELETE"
    whole: bool = False
    wrapped: str = ""
    reveals: str = ""
    renames: bool = False
    # Whether a list of them can be complete, so that what is not listed is deleted.
    purgeable: bool = True
    # Whether names are unique at the server, so that a key that may not list them can make one.
    unique: bool = False
    since: str = ""
    roles: str = OPERATORS
    # The roles that allow to list it.
    readers: str = READERS
    limited: bool = False
    # Whether it is fields of its parent, and nothing with an address of its own.
    part: bool = False
    # Whether objects lie in others of the same noun, and are named after them.
    nested: bool = False
    paged: bool = True
    # Whether the API lists all of them; otherwise one has to be named.
    listed: bool = True
    # Whether it tells one of them by its id; otherwise that is looked for in the list.
    gets: bool = True
    # Whether others may only refer to it: no module manages or reads it.
    referred: bool = False
    # Options of the key that a listing can be narrowed to.
    filters: tuple[str, ...] = ()
    # What people may say for an id, beside names.
    constants: tuple[str, ...] = ()
    requires: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # What a body says to switch off what is always there: an object that says so counts as absent, and absent means to say so.
    off: Mapping[str, Any] = field(default_factory=dict)
    # The member of the collection's answers that is true while a change is still being rolled out.
    propagating: str = ""
    before: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)
    # Why what an organization shall be has none of these in it; "" where it has.
    passing: str = ""

    def __post_init__(self, prose: str) -> None:
        if self.rows and not self.plural:
            object.__setattr__(self, "plural", f"{self.name}s")
        if not prose:
            return
        said = read(prose)
        found: dict[str, Any] = {name: said.given(getattr(self, name)) for name in ("key", "fields", "how")}
        if said.options:
            raise ValueError(
                f"The prose of {self.name} has texts for what is no option of it: {', '.join(said.options)}"
            )
        if self.shows is not None:
            found["shows"] = said.shows
        for name, value in {**found, "text": tuple(said.text)}.items():
            object.__setattr__(self, name, value)

    @cached_property
    def words(self) -> str:
        """The noun in words, such as "SQL user"."""
        return self.title or self.name.replace("_", " ")

    @cached_property
    def many(self) -> str:
        """Several of them, in words."""
        if self.words.endswith("s"):
            return self.words
        return f"{self.words[:-1]}ies" if re.search("[^aeiou]y$", self.words) else f"{self.words}s"

    @cached_property
    def variables(self) -> tuple[str, ...]:
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    @cached_property
    def address(self) -> tuple[str, ...]:
        """The members of an object that end its path."""
        parts = self.path.split("/") if self.rows else []
        found: list[str] = []
        while parts and parts[-1].startswith("{"):
            found.insert(0, parts.pop()[1:-1])
        return tuple(found)

    def addressed(self, row: Mapping[str, Any]) -> str:
        """What ends the path of the object *row*, as one text; "" where it is there once."""
        return "/".join(str(row.get(name)) for name in self.address)

    @cached_property
    def parents(self) -> tuple[str, ...]:
        """The options that name what it lives in, from the outside in."""
        return self.variables[: len(self.variables) - len(self.address)]

    @cached_property
    def chosen(self) -> Field | None:
        """The option that says which of several is meant, where each of its choices is there once."""
        return next((option for option in self.key if not self.rows and option.name in self.variables), None)

    @cached_property
    def has_ids(self) -> bool:
        """Whether the server makes the ids of objects."""
        names = {option.at[-1] for option in self.key}
        return len(self.address) == 1 and self.address[0] not in names

    @cached_property
    def all_fields(self) -> tuple[Field, ...]:
        return (*self.key, *self.fields)

    @cached_property
    def options(self) -> tuple[Field, ...]:
        """The options of its module behind those that name the parent, but for state."""
        words, name = self.words, self.key[-1].name if self.key else ""
        given = f"Id of an existing {words}. If there is none, nothing is created."
        renamed = (
            (
                f"The name that the {words} may still have. Where there is no {words} O({name}), this one is renamed; "
                f"where there is neither, O({name}) is created."
            ),
            "Where both exist, nothing is renamed. What refers to it by name has to use the new one from then on.",
        )
        # What can be neither changed nor deleted is never asked for by its id.
        by_id = self.has_ids and (self.updates or self.deletes)
        return (
            *((Field("id", text=given),) if by_id else ()),
            *self.key,
            *((Field("renamed_from", text=renamed),) if self.renames else ()),
            *self.fields,
            *self.how,
        )

    def is_gone(self, row: Mapping[str, Any]) -> bool:
        """Whether an object that answers counts as absent."""
        off = bool(self.off) and all(row.get(name) in (None, value) for name, value in self.off.items())
        return off or (self.lifecycle is not None and self.lifecycle.is_gone(row))

    def at_version(self, version: str) -> Any:
        """The noun as *version* of the API has it."""
        found = self
        for limit in sorted(self.before, reverse=True):
            if version < limit:
                other = {option.name: option for option in self.before[limit]}
                key, fields = (
                    [other.get(option.name, option) for option in part] for part in (found.key, found.fields)
                )
                found = replace(found, key=tuple(key), fields=tuple(fields))
        return found

    def collection(self, ids: Mapping[str, str]) -> str:
        """The path of the list, or of the object that is there once."""
        parts = self.path.split("/")
        return self._filled(parts[: len(parts) - len(self.address)], ids)

    def item(self, ids: Mapping[str, str], row: Mapping[str, Any]) -> str:
        """The path of the object *row*."""
        return self._filled(self.path.split("/"), {**ids, **{name: row[name] for name in self.address}})

    @staticmethod
    def _filled(parts: Iterable[str], values: Mapping[str, Any]) -> str:
        return "/" + "/".join(segment(values[part[1:-1]]) if part.startswith("{") else part for part in parts)

    def narrowed(self, key: Mapping[str, Any]) -> dict[str, Any]:
        """The query that narrows a listing to what has this identity, as far as the API can."""
        values = {option.at[-1]: key.get(option.name) for option in self.key if option.name in self.filters}
        return {name: value for name, value in values.items() if value}

    def references(self, params: Mapping[str, Any]) -> set[tuple[str, str]]:
        """The objects that *params* refer to, as pairs of a noun and a name or id."""
        return set(_references(self._asked(params), params))

    def _asked(self, params: Mapping[str, Any]) -> tuple[Field, ...]:
        """The fields that are looked at: what shall be absent has no others than those that name it."""
        return self.key if params.get("state") == "absent" else self.all_fields

    @cached_property
    def answer(self) -> Shape:
        """The shape of an answer about one object."""
        return Wrapped(self.wrapped, self.shape) if self.wrapped else self.shape

    def explained(self, error: CrdbError, doing: str) -> CrdbError:
        """*error* with what was being done, and what may be lacking for it."""
        return explained(error, doing, self.roles, limited=self.enrolled)

    @property
    def enrolled(self) -> str:
        """What an organization may have to be enrolled for, in words; "" where that is nothing."""
        return self.many if self.limited else ""

    def unwrapped(self, answer: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        """The object in an answer, and what it tells this once ("" where nothing)."""
        found = dict(inside(self.wrapped, answer))
        return {name: value for name, value in found.items() if name != self.reveals}, str(
            answer.get(self.reveals) or ""
        )


def shape_of(noun: Declared) -> Object:
    """What an object of *noun* has to look like, as its options say it: one in a list needs what names it and its state."""
    known = {option.at[0]: _shape(option) for option in noun.all_fields if len(option.at) == 1 and not option.secret}
    needed = [*noun.address, *(option.at[0] for option in noun.key)]
    if noun.lifecycle and not noun.lifecycle.each:
        needed.append(noun.lifecycle.field)
    return Object({name: known.get(name, TEXT) for name in needed if noun.rows}, known)


def _shape(option: Field) -> Shape:
    if option.from_api:
        return ANYTHING
    if option.type == "list":
        return ListOf(KINDS.get(option.elements, ANYTHING))
    return KINDS.get(option.type, ANYTHING)


def _references(options: Iterable[Option], params: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for option in options:
        value = params.get(option.name)
        if value is None:
            continue
        if isinstance(option, Field) and option.ref:
            yield from ((option.ref, str(each)) for each in (value if isinstance(value, list) else [value]))
        elif option.options:
            for entry in value if isinstance(value, list) else [value]:
                yield from _references(option.options, entry)


def resolved(
    options: Iterable[Option], params: Mapping[str, Any], ids: Mapping[tuple[str, str], str]
) -> dict[str, Any]:
    """*params* with the *ids* of the objects that they refer to, and without what nobody set."""
    found: dict[str, Any] = {}
    for option in options:
        value = params.get(option.name)
        if value is None:
            continue
        if isinstance(option, Field) and option.ref:
            found[option.name] = (
                [ids[option.ref, str(each)] for each in value]
                if isinstance(value, list)
                else ids[option.ref, str(value)]
            )
        elif option.options:
            several = isinstance(value, list)
            inner = [resolved(option.options, entry, ids) for entry in (value if several else [value])]
            found[option.name] = inner if several else inner[0]
        else:
            found[option.name] = value
    return found
