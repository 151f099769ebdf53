# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Noun: from what is wanted of an object and what is there to the requests that lie between. Pure: no I/O, no Ansible.

Most nouns are their data. One that is irregular overrides the methods it differs in, in a file of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from .._base.errors import OptionError
from .._http.answers import ANY_OBJECT, page
from .compare import differences, given
from .declared import NIL_ID, Declared, Scope, resolved, shape_of
from .field import put, without
from .lifecycle import Lifecycle
from .plan import CREATE, DELETE, UPDATE, Plan, Step

Row = Mapping[str, Any]


class Reader(Protocol):
    """What a noun may ask of the world before a plan: more than its own objects, and reading alone."""

    api: Any
    # The ids of what the same plan deletes, or takes administration from.
    doomed: set[str]

    @property
    def params(self) -> Mapping[str, Any]:
        """The options of the task."""

    @property
    def check_mode(self) -> bool:
        """Whether nothing may be sent that changes anything."""

    @property
    def now(self) -> float:
        """The time in seconds, the same for the whole run."""

    def warn(self, text: str) -> None:
        """Warn whoever runs the task."""

    def rows_at(self, path: str, key: str, query: Any = None, *, shape: Any, doing: str, roles: str) -> list[Any]:
        """The rows of a listing."""

    def all_of(self, noun: Noun) -> list[dict[str, Any]]:
        """The objects of *noun* of the organization."""

    def id_of(self, ref: str, called: str, *, needed: bool = True) -> str:
        """The id of the object of the noun *ref* with this name or id."""

    def wish_of(self, ref: str, called: str) -> Mapping[str, Any]:
        """The options with which the same plan makes that object; none where it does not."""

    def object_of(self, ref: str, called: str) -> dict[str, Any] | None:
        """That object itself, once it can be used."""

    def parent(self, name: str, given: str) -> Any:
        """What *given* names, as a parent."""

    def parent_row(self, parent: Any) -> dict[str, Any] | None:
        """The object that a parent is."""


@dataclass(frozen=True)
class Desired:
    """What somebody wants of one object: *key* says which one, *values* are the fields that were set, or it shall be *absent*.

    *ids* are those of the objects that it refers to, *id* its own where the person gave it, *called* how the person calls it.
    """

    noun: Noun
    key: Row
    values: Row
    absent: bool = False
    ids: Mapping[tuple[str, str], str] = field(default_factory=dict)
    id: str = ""
    called: str = ""

    @property
    def label(self) -> str:
        return f"{self.noun.words} '{self.called}'" if self.called else self.noun.label(self.key)

    def of(self, row: Row) -> Desired:
        """The same of *row*: where its id alone says which one is meant, it keeps the rest of its identity."""
        if not self.id:
            return self
        found = self.noun.identity(row)
        return replace(
            self, key={name: found.get(name) if value is None else value for name, value in self.key.items()}
        )


class Noun(Declared):
    """A noun of the API: its data, and how most nouns are named, compared and changed."""

    def __post_init__(self, prose: str) -> None:
        super().__post_init__(prose)
        if self.shape is ANY_OBJECT:
            object.__setattr__(self, "shape", shape_of(self))

    # --- names ---------------------------------------------------------------------------------------------------

    def key_of(self, params: Row) -> dict[str, Any]:
        """The identity that the options name, as the server spells it; OptionError where it can't be one."""
        return {option.name: params.get(option.name) for option in self.key}

    def identity(self, row: Row) -> dict[str, Any]:
        """The identity of an object of the API."""
        return {option.name: option.read(row) for option in self.key}

    def mark(self, key: Row) -> tuple[Any, ...]:
        """What tells the object with this identity from all others of its collection."""
        return tuple(key.get(option.name) for option in self.key)

    def mark_of(self, row: Row) -> tuple[Any, ...]:
        return self.mark(self.identity(row))

    def key_of_name(self, name: str) -> dict[str, Any]:
        """The identity that a person means by *name*: the reverse of called()."""
        return self.key_of({self.key[0].name: name})

    def can_be_called(self, name: str) -> bool:
        """Whether *name* can be that of one of these at all."""
        try:
            self.key_of_name(name)
        except OptionError:
            return False
        return True

    def called(self, key: Row) -> str:
        """The object's name as a person writes it."""
        return "/".join(str(key[option.name]) for option in self.key if key.get(option.name) is not None)

    def label(self, key: Row) -> str:
        name = f" '{self.called(key)}'" if self.rows or self.called(key) else ""
        return f"{self.words}{name}" if self.rows else f"the {self.words}{name}"

    def former(self, desired: Desired) -> dict[str, Any] | None:
        """The identity that the object has before it is renamed."""
        name = desired.values.get("renamed_from")
        return None if desired.absent or not name else self.key_of({**desired.key, self.key[-1].name: name})

    def by_mark(self, rows: Iterable[dict[str, Any]]) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
        found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        for row in rows:
            found.setdefault(self.mark_of(row), []).append(row)
        return found

    def find(self, known: Mapping[tuple[Any, ...], list[dict[str, Any]]], desired: Desired) -> list[dict[str, Any]]:
        """The objects among those by_mark() that *desired* can mean: by id, by name, else those that are to get that name."""
        if desired.id:
            return [row for rows in known.values() for row in rows if str(row.get(self.address[0])) == desired.id]
        found, former = known.get(self.mark(desired.key), []), self.former(desired)
        return found if found or former is None else known.get(self.mark(former), [])

    def usable(self, desired: Desired, found: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
        """Those of *found* that make another one needless. Beside the others a new one is made, as of a job that failed."""
        return found

    def watched(self, desired: Desired, *, asked: bool) -> Lifecycle | None:
        """The lifecycle of an object as *desired* has it waited for: before, or when the service was *asked* for a change."""
        return self.lifecycle

    # --- what is wanted, and what is there -----------------------------------------------------------------------

    def values(self, params: Row, version: str) -> dict[str, Any]:
        """What the user set, and only that, by field; OptionError where it makes no sense."""
        options = (*self.fields, *self.how)
        found = {option.name: given(params[option.name]) for option in options if params.get(option.name) is not None}
        if params.get("renamed_from") is not None:
            found["renamed_from"] = params["renamed_from"]
        return found

    def desired(self, params: Row, version: str, ids: Mapping[tuple[str, str], str] | None = None) -> Desired:
        """What *params* ask for, with the *ids* of what they refer to."""
        known = ids or {}
        chosen = resolved(self._asked(params), params, known) if known else {}
        called = self.called({option.name: params.get(option.name) for option in self.key}) if known else ""
        params = {**params, **chosen}
        key = self.key_of(params)
        values = self.values(params, version)
        absent = params.get("state") == "absent" or (bool(self.off) and self.body(values) == self.off)
        return Desired(self, key, values, absent, known, str(params.get("id") or ""), called)

    def view(self, row: Row) -> dict[str, Any]:
        """The comparable fields of an object of the API, secrets left out."""
        return {option.name: option.read(row) for option in self.fields if not option.secret}

    def shown(self, row: Row) -> dict[str, Any]:
        """The object as a module returns it."""
        found = dict(row)
        for option in self.all_fields:
            if option.secret:
                found = without(found, option.at)
        return found

    def told(self, shown: Row | None) -> dict[str, Any]:
        """What the result of a module has of the object that is *shown*, None where there is none."""
        return {self.name: shown}

    def initial(self, parent: Row) -> list[dict[str, Any]]:
        """The rows that a new parent begins with, where *parent* is what was wanted of it."""
        return []

    # --- the plan ------------------------------------------------------------------------------------------------

    def key_body(self, desired: Desired) -> dict[str, Any]:
        """What a body says of the object's identity."""
        body: dict[str, Any] = {}
        for option in self.key:
            if option.name in desired.key and option != self.chosen:
                put(body, option.at, option.sent(desired.key[option.name]))
        return body

    def body(self, values: Row) -> dict[str, Any]:
        """*values* as a body has them."""
        body: dict[str, Any] = {}
        for option in self.fields:
            if option.name in values:
                put(body, option.at, option.sent(values[option.name]))
        return body

    def create(self, scope: Scope, desired: Desired) -> Plan:
        """The plan that makes the object."""
        if not self.creates:
            raise OptionError(
                f"There is no {desired.label}{scope.behind('on')}, and the API makes none", "Correct the name"
            )
        defaults = {option.name: option.create_default for option in self.fields if option.create_default is not None}
        wanted = {**defaults, **self._of_fields(desired.values)}
        if self.off and not wanted:
            raise OptionError(
                f"There is no {self.words}{scope.behind('of')} yet, so the task has to say what it shall be",
                f"Give {' or '.join(option.name for option in (*self.fields, *self.how))}, or state: absent",
            )
        later = {option.name for option in self.fields if option.later}
        first = {name: value for name, value in wanted.items() if name not in later}
        secret = self.secret_names()
        said = {**desired.key, **{name: value for name, value in first.items() if name not in secret}}
        verb, where = ("create", scope.behind("on")) if self.rows else ("set", scope.behind("of"))
        step = Step(
            CREATE,
            f"{verb} {desired.label}{where}",
            self.creates,
            self.collection(scope.ids),
            {**self.key_body(desired), **self.body(first)} or None,
            changes={name: (None, value) for name, value in said.items()},
            secret_fields=tuple(name for name in first if name in secret),
            secrets=self.secrets(first),
            wait=self.lifecycle is not None,
            locks=self.lifecycle is not None and bool(later & set(wanted)),
        )
        rest = {name: value for name, value in wanted.items() if name in later}
        steps = [
            step,
            *([self._update(scope, desired, rest, {}, {n: (None, v) for n, v in rest.items()})] if rest else []),
        ]
        managed = {name: value for name, value in wanted.items() if name not in secret}
        unseen = self.unseen_names()
        row = self.predict({}, desired, {name: value for name, value in managed.items() if name not in unseen})
        if self.has_ids:
            row.setdefault(self.address[0], NIL_ID)
        return self.ending(Plan(steps, {}, {**desired.key, **managed}, row))

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        """The plan that changes *row* into what is wanted; without steps where nothing differs."""
        found, values = self.view(row), self._of_fields(desired.values)
        changes = differences(self.fields, values, found)
        self.check_immutable(scope, desired, changes)
        life = self.lifecycle
        if life and life.mends and life.status(row) in life.failed:
            changes[life.field] = (life.prefix + life.status(row), life.prefix + life.settled[0])
        key = self.identity(row)
        if self.mark(key) != self.mark(desired.key):
            changes = {**{n: (key.get(n), v) for n, v in desired.key.items() if key.get(n) != v}, **changes}
        steps = (
            [self._update(scope, desired, values, found, changes, row)] if changes or self.renews(desired, row) else []
        )
        managed = [name for name in values if name not in self.unseen_names()]
        after = {name: values[name] if name in changes else found[name] for name in managed}
        before = {name: found[name] for name in managed}
        plan = Plan(steps, {**key, **before}, {**desired.key, **after}, self.predict(row, desired, after))
        return self.ending(plan, row) if steps else plan

    def _update(
        self,
        scope: Scope,
        desired: Desired,
        values: Row,
        found: Row,
        changes: Mapping[str, tuple[Any, Any]],
        row: Row | None = None,
    ) -> Step:
        if not self.updates:
            raise OptionError(
                f"{desired.label}{scope.behind('of')} can't be changed ({', '.join(changes)})",
                "Delete it and create it again",
            )
        secret = self.secret_names()
        if self.whole:
            # What is not sent would be lost. Secrets can't be read back: they go along where they are given.
            kept = {name: value for name, value in found.items() if value is not None}
            sent = {**kept, **values}
        else:
            sent = {name: values[name] for name in values if name in changes or name in secret}
        renamed = any(name in desired.key for name in changes)
        body = {**(self.key_body(desired) if renamed else {}), **self.body(sent)}
        verb = "update" if self.rows else "change"
        return Step(
            UPDATE,
            f"{verb} {desired.label}{scope.behind('on' if self.rows else 'of')}",
            self.updates,
            self.item(scope.ids, row) if row is not None else "",
            self.update_body(desired, body, scope.version) or None,
            changes=changes,
            secret_fields=tuple(name for name in sent if name in secret),
            secrets=self.secrets(sent),
            wait=self.lifecycle is not None,
        )

    def update_body(self, desired: Desired, body: dict[str, Any], version: str) -> dict[str, Any]:
        return body

    def check_delete(self, scope: Scope, desired: Desired, row: Row) -> None:
        """OptionError where *row* must not be deleted without a further word."""

    def delete(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        """The plan that removes *row*, which was read in this run."""
        verb, where = ("delete", scope.behind("from")) if self.rows else ("remove", scope.behind("of"))
        path, wait = self.item(scope.ids, row), self.lifecycle is not None
        body = dict(self.off) if self.off and self.deletes != "DELETE" else None
        step = Step(DELETE, f"{verb} {desired.label}{where}", self.deletes, path, body, wait=wait)
        return Plan([step], {**self.identity(row), **self.view(row)}, {}, None)

    def farewell(self, row: Row) -> dict[str, Any]:
        """What a module's result says of the object that it has deleted, beside the noun, which is null then."""
        return {}

    def adopt(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        """What remains to be done to an object that our own lost request seems to have made."""
        return self.update(scope, desired, row)

    def is_ours(self, desired: Desired, row: Row) -> bool:
        """Whether an object that appeared after our POST got lost can be the one that we asked for."""
        return True

    def predict(self, row: Row, desired: Desired, after: Row) -> dict[str, Any]:
        """*row* as it is once the fields are as *after* says, without what only the service knows then."""
        unknown = ("updated_at", self.lifecycle.reason if self.lifecycle else "")
        found = {name: value for name, value in row.items() if name not in unknown}
        for option in self.all_fields:
            values = desired.key if option in self.key else after
            if option.name in values:
                put(found, option.at, option.sent(values[option.name]))
        return found

    def ending(self, plan: Plan, row: Row | None = None) -> Plan:
        """*plan* with the states in which it ends: when all has settled, and when nobody waits for that.

        A change of *row* does not begin its life anew, unless it is made as that was: right after it the state is the one that it had.
        """
        if self.lifecycle and plan.predicted is not None:
            after = plan.predicted
            plan.predicted = self.lifecycle.ideal(after)
            anew = row is None or self.updates == self.creates
            at_once = self.lifecycle.ideal(after, settled=False) if anew else after
            plan.unsettled = [at_once for _step in plan.steps]
        return plan

    def check_immutable(self, scope: Scope, desired: Desired, changes: Mapping[str, tuple[Any, Any]]) -> None:
        for option in self.fields:
            if option.immutable and option.name in changes:
                before, after = changes[option.name]
                raise OptionError(
                    f"{option.name} of {desired.label}{scope.behind('on')} is '{before}' and can't become '{after}'",
                    option.immutable,
                )

    def secrets(self, values: Row) -> tuple[Any, ...]:
        return tuple(values[name] for name in self.secret_names() if values.get(name))

    def secret_names(self) -> tuple[str, ...]:
        return tuple(option.name for option in self.fields if option.secret)

    def unseen_names(self) -> tuple[str, ...]:
        """Fields that are sent, and that an object does not show as they were sent."""
        return tuple(option.name for option in self.fields if option.secret or option.compare == "ignore")

    def renews(self, desired: Desired, row: Row) -> bool:
        """Whether the secrets of *row* are sent again although nothing else differs."""
        return desired.values.get("update_secret") == "always" and bool(self.secrets(desired.values))

    def _of_fields(self, values: Row) -> dict[str, Any]:
        return {option.name: values[option.name] for option in self.fields if option.name in values}

    # --- what an export of the organization says -----------------------------------------------------------------

    def exported(self, row: Row) -> dict[str, Any]:
        """The options that ask for *row* as it is, with the ids of what it refers to; {} where nobody has to ask for it."""
        return {**self.identity(row), **self.view(row)}

    def unexported(self, row: Row) -> str:
        """Why an export leaves *row* out; "" where it does not."""
        life = self.lifecycle
        return (
            "" if life is None else life.failure(row) or (f"it is {life.status(row)}" if life.is_leaving(row) else "")
        )

    def omitted(self, row: Row) -> str:
        """What of *row* an export leaves out, in words; "" where that is nothing."""
        return ""

    def needed_secrets(self, row: Row) -> tuple[str, ...]:
        """The options that somebody has to give to make *row* anew, since the API does not tell them."""
        return (*self.secret_names(), *(["secret_path"] if self.reveals else []))

    # --- what an irregular noun asks the world -------------------------------------------------------------------

    def place(self, reader: Reader) -> tuple[dict[str, str], str]:
        """Values for variables of the path that are the names of no noun, and in words where that is; see Scope."""
        option = self.chosen
        return ({option.name: option.sent(reader.params[option.name])} if option else {}), ""

    def pages(self, api: Any, path: str, query: Row | None) -> list[dict[str, Any]]:
        """The bodies of the listing at *path*, narrowed by *query*; each has the list ``rows``."""
        if self.paged:
            return list(api.pages(path, self.rows, query, shape=self.shape))
        return [api.get(path, query, shape=page(self.rows, self.shape))]

    def gathered(self, reader: Reader) -> list[tuple[Row, dict[str, Any]]] | None:
        """All objects, each with the options that say where it is, where one listing does not have them; None where it has."""
        return None

    def completed(self, reader: Reader, row: dict[str, Any]) -> dict[str, Any]:
        """*row*, which is there once, with what other listings say of it, or the path."""
        return {self.chosen.name: reader.params[self.chosen.name], **row} if self.chosen else row

    def spelled(self, reader: Reader, params: Row) -> Row:
        """*params* as the noun's other methods take them, where only what is there says how that is."""
        return params

    def informed(self, reader: Reader, desired: Desired) -> Desired:
        """*desired*, of which there is none to be used yet, with what only the service knows."""
        return desired

    def first(self, params: Row) -> Sequence[Row]:
        """The parameters of objects of the same noun that must be there before, in order."""
        return ()

    def check(self, reader: Reader, scope: Scope, desired: Desired, row: dict[str, Any] | None, plan: Plan) -> None:
        """Refuse, before the first write, what the service does not have; the *plan* may be added to."""

    def outlived(
        self, reader: Reader, desired: Desired, row: Row | None, others: Sequence[Row], plan: Plan
    ) -> Sequence[Row]:
        """Of the objects that *desired* can mean, *row* and *others*, those that are deleted when the *plan* for *row* is done."""
        return ()
