# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource: what the engine needs to know of a noun. Everything here is pure: no I/O, no Ansible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from .._base.errors import OptionError
from .._http.answers import ANY_OBJECT, Object
from .compare import differences, given
from .options import Option
from .plan import CREATE, DELETE, UPDATE, Plan, Step


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


@dataclass(frozen=True, slots=True)
class Wish:
    """What a user wants of one object: *key* says which one, *values* are the fields that were set, or it shall be *absent*."""

    resource: Resource
    key: Mapping[str, Any]
    values: Mapping[str, Any]
    absent: bool = False

    @property
    def label(self) -> str:
        return self.resource.label(self.key)


class Resource:
    """A noun that lives in a collection below a cluster.

    *path* is its collection, *rows* the key of the list in its answers, *identity* the fields that tell two of them
    apart, *key_options* the options that say them (with *key_rules*, such as mutually_exclusive), *fields* the options
    that are compared and sent, *plural* the name of a list of them. Irregular nouns override the methods they differ in.
    """

    noun = ""
    plural = ""
    # Whether a list of them can be complete, so that what is not listed is deleted.
    purgeable = True
    title = ""
    path = ""
    rows = ""
    # What the collection relies on in one of its objects.
    shape: Object = ANY_OBJECT
    identity: tuple[str, ...] = ()
    key_options: tuple[Option, ...] = ()
    key_rules: Mapping[str, Any] = {}
    fields: tuple[Option, ...] = ()
    update_method = "PATCH"
    # The first version of the API that has it, where that is not the first of all.
    since = ""
    # Key in the collection's answers that is true while a change is still being rolled out.
    propagating = ""
    roles = "CLUSTER_ADMIN or CLUSTER_OPERATOR_WRITER"

    @property
    def many(self) -> str:
        """Several of them, in words."""
        return f"{self.title.removesuffix('y')}ies" if self.title.endswith("y") else f"{self.title}s"

    def collection(self, cluster_id: str) -> str:
        return self.path.format(cluster_id=segment(cluster_id))

    def item(self, cluster_id: str, key: Mapping[str, Any]) -> str:
        return "/".join([self.collection(cluster_id), *(segment(key[name]) for name in self.identity)])

    def key(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The identity that the options name, as the server spells it; OptionError where it can't be one."""
        return {name: params[name] for name in self.identity}

    def wish(self, params: Mapping[str, Any], version: str) -> Wish:
        """What *params* ask for; OptionError where they make no sense."""
        return Wish(self, self.key(params), self.wanted(params, version), params.get("state") == "absent")

    def mark(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """What tells the object of *row* (or of a key) from all others of its collection."""
        return tuple(row.get(name) for name in self.identity)

    def same(self, key: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
        return self.mark(key) == self.mark(row)

    def key_of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The identity of an object of the API, as its path takes it."""
        return {name: row[name] for name in self.identity}

    def key_of_name(self, name: str) -> dict[str, Any]:
        """The identity that a person means by *name*: the reverse of called()."""
        return self.key({self.key_options[0].name: name})

    def can_be_called(self, name: str) -> bool:
        """Whether *name* can be that of one of these at all."""
        try:
            self.key_of_name(name)
        except OptionError:
            return False
        return True

    def called(self, key: Mapping[str, Any]) -> str:
        """The object's name as a person writes it."""
        return "/".join(str(key[name]) for name in self.identity)

    def by_mark(self, rows: Iterable[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
        return {self.mark(row): row for row in rows}

    def find(self, known: Mapping[tuple[Any, ...], dict[str, Any]], wish: Wish) -> dict[str, Any] | None:
        """The object that *wish* speaks of among those by_mark(), None where there is none yet."""
        return known.get(self.mark(wish.key))

    def label(self, key: Mapping[str, Any]) -> str:
        return f"{self.title} '{self.called(key)}'"

    def initial(self, cluster: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows that a new cluster begins with, where *cluster* is what was wanted of it."""
        return []

    def wanted(self, params: Mapping[str, Any], version: str) -> dict[str, Any]:
        """What the user set, and only that, by field."""
        return {
            option.name: given(params[option.name]) for option in self.fields if params.get(option.name) is not None
        }

    def view(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The comparable fields of an object of the API."""
        return {option.name: row.get(option.name) for option in self.fields if not option.secret}

    def shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The object as a module returns it."""
        return dict(row)

    def create(
        self, where: str, cluster_id: str, key: Mapping[str, Any], wanted: Mapping[str, Any], version: str
    ) -> Plan:
        body = {
            **key,
            **{option.name: option.create_default for option in self.fields if option.create_default is not None},
            **wanted,
        }
        shown = {name: value for name, value in body.items() if name not in self._secret_names()}
        step = Step(
            CREATE,
            f"create {self.label(key)} on {where}",
            "POST",
            self.collection(cluster_id),
            body,
            changes={name: (None, value) for name, value in shown.items()},
            secret_fields=tuple(name for name in body if name in self._secret_names()),
            secrets=self.secrets(wanted),
        )
        return Plan([step], {}, shown, self.shown(self.predict({}, key, shown)))

    def update(
        self,
        where: str,
        cluster_id: str,
        key: Mapping[str, Any],
        wanted: Mapping[str, Any],
        row: Mapping[str, Any],
        version: str,
    ) -> Plan:
        """The plan that changes *row* into what is wanted; without steps where nothing differs."""
        found = self.view(row)
        changes = differences(self.fields, wanted, found)
        self.check_immutable(where, key, changes)
        steps = []
        if changes:
            whole = {
                option.name: wanted.get(option.name, found[option.name]) for option in self.fields if not option.secret
            }
            steps = [
                Step(
                    UPDATE,
                    f"update {self.label(key)} on {where}",
                    self.update_method,
                    self.item(cluster_id, key),
                    self.update_body(key, whole, version),
                    changes=changes,
                )
            ]
        managed = [name for name in wanted if name not in self._secret_names()]
        after = {name: wanted[name] if name in changes else found[name] for name in managed}
        return Plan(
            steps,
            {**key, **{name: found[name] for name in managed}},
            {**key, **after},
            self.shown(self.predict(row, key, after)),
        )

    def check_delete(self, where: str, row: Mapping[str, Any], wish: Wish) -> None:
        """OptionError where *row* must not be deleted without a further word."""

    def farewell(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What a module's result says of the object that it has deleted, beside the noun, which is null then."""
        return {}

    def delete(self, where: str, cluster_id: str, key: Mapping[str, Any], row: Mapping[str, Any], version: str) -> Plan:
        step = Step(DELETE, f"delete {self.label(key)} from {where}", "DELETE", self.item(cluster_id, key))
        return Plan([step], {**key, **self.view(row)}, {}, None)

    def adopt(
        self,
        where: str,
        cluster_id: str,
        key: Mapping[str, Any],
        wanted: Mapping[str, Any],
        row: Mapping[str, Any],
        version: str,
    ) -> Plan:
        """What remains to be done to an object that our own lost request seems to have made."""
        return self.update(where, cluster_id, key, wanted, row, version)

    def is_ours(self, wanted: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
        """Whether an object that appeared after our POST got lost can be the one that we asked for."""
        return True

    def predict(self, row: Mapping[str, Any], key: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
        return {**row, **key, **after}

    def update_body(self, key: Mapping[str, Any], whole: Mapping[str, Any], version: str) -> dict[str, Any]:
        return dict(whole)

    def check_immutable(self, where: str, key: Mapping[str, Any], changes: Mapping[str, tuple[Any, Any]]) -> None:
        for option in self.fields:
            if option.immutable and option.name in changes:
                before, after = changes[option.name]
                raise OptionError(
                    f"{option.name} of {self.label(key)}{where and f' on {where}'} is '{before}' and can't become '{after}'",
                    option.immutable,
                )

    def secrets(self, wanted: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(wanted[name] for name in self._secret_names() if wanted.get(name))

    def _secret_names(self) -> tuple[str, ...]:
        return tuple(option.name for option in self.fields if option.secret)
