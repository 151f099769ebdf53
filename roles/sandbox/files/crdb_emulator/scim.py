# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People and groups by SCIM 2.0, ``/api/scim/v2``.

[D] Lists have ``filter``, ``attributes``, ``excludedAttributes`` and, since 2024-09-16, ``count`` (20) and ``startIndex``
(1); ``POST .search`` asks the same in a body. Keys are camelCase, ``PUT`` replaces all of an object, ``PATCH`` is a list
of operations, carried out all or none; ``DELETE`` of a person removes the person from the organization. Everybody of the
organization is a person here [G]. A ``userName`` stands once, case aside [C: RFC 7643; an option]. Of filters ``<attribute> eq "..."``
is understood alone [G]. Errors are those of the rest of the API [G].
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from crdb_emulator.context import Call, Reply, json_bytes
from crdb_emulator.errors import already_exists, invalid, not_found
from crdb_emulator.grants import set_grants
from crdb_emulator.jsonin import Message
from crdb_emulator.objects import Row
from crdb_emulator.pagination import integer
from crdb_emulator.scim_facts import CONFIG, RESOURCE_TYPES, SCHEMAS
from crdb_emulator.surface import surface
from crdb_emulator.times import format_ns

BASE = "scim/v2"
_PAGE = 20
_CORE, _LIST = "urn:ietf:params:scim:schemas:core:2.0:", "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_FILTER = re.compile(r'\s*([\w.]+)\s+eq\s+"((?:[^"\\]|\\.)*)"\s*', re.IGNORECASE)
_MEMBER = re.compile(r'(\w+)\[value eq "([^"]*)"\]', re.IGNORECASE)
_ALWAYS = frozenset({"schemas", "id"})
Handler = Callable[[Call], Reply]


@dataclass(frozen=True)
class Resource:
    """A kind of resource: its schema, the collection that it is kept in, the attribute that it is sorted and known by."""

    schema: str
    collection: str
    name: str

    @property
    def path(self) -> str:
        """The path of the list."""
        return f"{BASE}/{self.schema}s"

    def rows(self, call: Call) -> dict[str, Row]:
        """All of them by id."""
        return call.store.objects.rows(self.collection)

    def shown(self, call: Call, row: Row) -> Row:
        """A row as answers have it."""
        meta = {"resourceType": self.schema, "location": f"/api/{self.path}/{row['id']}", **row.get("_meta", {})}
        common = {"schemas": [_CORE + self.schema], "meta": meta}
        if self is GROUPS:
            return {**common, "members": [], **row}
        email = row.get("email", "")
        groups = [
            {"value": group["id"], "display": group.get("displayName", "")}
            for group in GROUPS.rows(call).values()
            if any(member.get("value") == row["id"] for member in group.get("members", ()))
        ]
        first = {"userName": email, "emails": [{"value": email, "primary": True}], "active": True}
        return {**common, **first, "displayName": email, "name": {}, "groups": groups, **row}


USERS, GROUPS = Resource("User", "persons", "userName"), Resource("Group", "groups", "displayName")


def _listing(resource: Resource, call: Call) -> Reply:
    return _found(resource, call, call.query, f"GET {resource.path}")


def _search(resource: Resource, call: Call) -> Reply:
    return _found(resource, call, _asked(call), f"POST {resource.path}/.search")


def _found(resource: Resource, call: Call, asked: Mapping[str, str], operation: str) -> Reply:
    rows = [resource.shown(call, row) for row in resource.rows(call).values()]
    rows = sorted(filter(_filter(asked.get("filter", "")), rows), key=lambda row: (str(row[resource.name]), row["id"]))
    start, count = 1, len(rows)
    if "count" in surface(call.version).operations[f"GET {resource.path}"].query:
        start = max(integer(asked, "startIndex"), 1)
        count = max(integer(asked, "count"), 0) if asked.get("count") else _PAGE
    page = [_chosen(row, asked) for row in rows[start - 1 : start - 1 + count]]
    answer = {"schemas": [_LIST], "totalResults": len(rows), "itemsPerPage": len(page), "startIndex": start}
    return _answer(call, operation, {**answer, "Resources": page})


def _asked(call: Call) -> dict[str, str]:
    return {name: str(value) for name, value in _message(call).fields.items() if value is not None}


def _filter(text: str) -> Callable[[Row], bool]:
    if not text:
        return lambda _row: True
    found = _FILTER.fullmatch(text)
    if found is None:
        raise invalid("the filter is not understood")
    name, value = found[1], re.sub(r"\\(.)", r"\1", found[2])
    if name == "userName":
        return lambda row: str(row.get(name, "")).casefold() == value.casefold()
    return lambda row: row.get(name) == value


def _chosen(row: Row, asked: Mapping[str, str]) -> Row:
    """The attributes that are asked for."""
    only, but = (
        {name.strip() for name in asked.get(each, "").split(",") if name.strip()}
        for each in ("attributes", "excludedAttributes")
    )
    return {
        name: value
        for name, value in row.items()
        if name in _ALWAYS or ((not only or name in only) and name not in but)
    }


def _get(resource: Resource, call: Call) -> Reply:
    row = resource.shown(call, _one(resource, call))
    return _answer(call, f"GET {resource.path}/*", _chosen(row, call.query))


def _search_one(resource: Resource, call: Call) -> Reply:
    row = resource.shown(call, _one(resource, call))
    return _answer(call, f"GET {resource.path}/*", _chosen(row, _asked(call)))


def _create(resource: Resource, call: Call) -> Reply:
    id_ = str(uuid.uuid4())
    row = {"id": id_, **_read(resource, call, "POST", resource.path)}
    _check(resource, call, row)
    row["_meta"] = {"created": format_ns(call.store.now), "lastModified": format_ns(call.store.now)}
    resource.rows(call)[id_] = row
    set_grants(call.store, id_, [])
    return _answer(call, f"POST {resource.path}", resource.shown(call, row))


def _put(resource: Resource, call: Call) -> Reply:
    row = _one(resource, call)
    return _write(resource, call, row, _read(resource, call, "PUT", f"{resource.path}/*"))


def _patch(resource: Resource, call: Call) -> Reply:
    """[D] ``{schemas, Operations: [{op, path, value}]}``; the ones after a wrong one are not carried out, nor those before."""
    row = _one(resource, call)
    operations = _message(call).messages("Operations")
    if not operations:
        raise invalid("Operations is required")
    after = {
        name: value for name, value in resource.shown(call, row).items() if name not in ("meta", "schemas", "groups")
    }
    for each in operations:
        after = _operate(after, (each.string("op") or "").lower(), each.string("path") or "", each.fields.get("value"))
    known = surface(call.version).fields(surface(call.version).operations[f"PUT {resource.path}/*"].body)
    return _write(resource, call, row, {name: value for name, value in after.items() if name in known})


def _operate(row: Row, op: str, path: str, value: Any) -> Row:
    if op not in ("add", "replace", "remove"):
        raise invalid(f"op '{op}' is not one of add, replace and remove")
    if not path:
        if op == "remove" or not isinstance(value, dict):
            raise invalid("without a path the value must be an object")
        for name, inner in value.items():
            row = _operate(row, op, name, inner)
        return row
    name, _dot, inner = path.partition(".")
    if inner:
        return {**row, name: _operate(dict(row.get(name) or {}), op, inner, value)}
    if one := _MEMBER.fullmatch(path):
        if op != "remove":
            raise invalid("only remove takes a filter in the path")
        return {**row, one[1]: [each for each in row.get(one[1]) or () if each.get("value") != one[2]]}
    if op == "remove":
        return {other: each for other, each in row.items() if other != name}
    if op == "add" and isinstance(row.get(name), list):
        new = value if isinstance(value, list) else [value]
        return {**row, name: [*row[name], *(each for each in new if each not in row[name])]}
    return {**row, name: value}


def _delete(resource: Resource, call: Call) -> Reply:
    """[D] 200 with nothing. Who is gone is in no group any more."""
    row = _one(resource, call)
    del resource.rows(call)[row["id"]]
    call.store.objects.rows("grants").pop(row["id"], None)
    for group in GROUPS.rows(call).values():
        group["members"] = [each for each in group.get("members", ()) if each.get("value") != row["id"]]
    return Reply(200, b"{}")


def _write(resource: Resource, call: Call, row: Row, after: Row) -> Reply:
    new = {"id": row["id"], **after}
    _check(resource, call, new)
    new["_meta"] = {**row.get("_meta", {}), "lastModified": format_ns(call.store.now)}
    row.clear()
    row.update(new)
    return _answer(call, f"PUT {resource.path}/*", resource.shown(call, row))


def _read(resource: Resource, call: Call, method: str, path: str) -> Row:
    facts = surface(call.version)
    found = facts.read(facts.operations[f"{method} {path}"].body, _message(call))
    return {name: value for name, value in found.items() if name not in ("schemas", "id")}


def _check(resource: Resource, call: Call, row: Row) -> None:
    """Refuse what can't be; notes the address that a person is found by elsewhere."""
    if resource is GROUPS:
        if not row.get("displayName"):
            raise invalid("displayName is required")
        for member in row.get("members") or ():
            if member.get("value") not in USERS.rows(call):
                raise invalid(f"the member '{member.get('value')}' does not exist")
        row["members"] = list({member["value"]: member for member in row.get("members") or ()}.values())
        return
    emails = row.get("emails") or []
    if not emails:
        raise invalid("emails is required")
    first = next((each for each in emails if each.get("primary")), emails[0])
    row.setdefault("userName", first["value"])
    row["email"] = first["value"]
    for other in USERS.rows(call).values() if USERS.collection in call.settings.unique else ():
        if other["id"] != row["id"] and _name(call, other).casefold() == row["userName"].casefold():
            raise already_exists(f"a user '{row['userName']}' already exists")


def _name(call: Call, row: Row) -> str:
    return str(USERS.shown(call, row)["userName"])


def _one(resource: Resource, call: Call) -> Row:
    row = resource.rows(call).get(call.params[0])
    if row is None:
        raise not_found(f"{resource.schema.lower()} '{call.params[0]}' not found")
    return row


def _message(call: Call) -> Message:
    """The body with its names as they are."""
    return Message.decode(call.body, snaked=False)


def _answer(call: Call, operation: str, answer: Row) -> Reply:
    facts = surface(call.version)
    return Reply(200, json_bytes(facts.shaped(facts.operations[operation].answer, answer, sparse=True)))


def _facts(name: str, rows: Iterable[Row], call: Call) -> Reply:
    answer = {"schemas": [_LIST], "totalResults": len([*rows]), "itemsPerPage": len([*rows]), "startIndex": 1}
    return _answer(call, f"GET {BASE}/{name}", {**answer, "Resources": [*rows]})


def _fact(name: str, rows: Iterable[Row], call: Call) -> Reply:
    for row in rows:
        if row["id"] == call.params[0]:
            return _answer(call, f"GET {BASE}/{name}/*", row)
    raise not_found(f"'{call.params[0]}' not found")


def config(call: Call) -> Reply:
    """What of SCIM the service can do."""
    return _answer(call, f"GET {BASE}/ServiceProviderConfig", CONFIG)


# What each operation on people and groups is: method and end of the path, what answers it, and the end of its action.
_OPERATIONS: tuple[tuple[str, Callable[[Resource, Call], Reply], str], ...] = (
    ("POST {}/.search", _search, ""),
    ("PUT {}/.search", _search, ""),
    ("POST {}/*/.search", _search_one, ""),
    ("PUT {}/*/.search", _search_one, ""),
    ("GET {}", _listing, ""),
    ("POST {}", _create, "CREATE"),
    ("GET {}/*", _get, ""),
    ("PUT {}/*", _put, "UPDATE"),
    ("PATCH {}/*", _patch, "UPDATE"),
    ("DELETE {}/*", _delete, "DELETE"),
)
OPERATIONS: tuple[tuple[str, Handler, str], ...] = tuple(
    (line.format(resource.path), partial(handler, resource), action and f"{action}_{resource.schema.upper()}")
    for resource in (USERS, GROUPS)
    for line, handler, action in _OPERATIONS
)
FACTS: tuple[tuple[str, Handler], ...] = (
    (f"GET {BASE}/ServiceProviderConfig", config),
    (f"GET {BASE}/ResourceTypes", partial(_facts, "ResourceTypes", RESOURCE_TYPES)),
    (f"GET {BASE}/ResourceTypes/*", partial(_fact, "ResourceTypes", RESOURCE_TYPES)),
    (f"GET {BASE}/Schemas", partial(_facts, "Schemas", SCHEMAS)),
    (f"GET {BASE}/Schemas/*", partial(_fact, "Schemas", SCHEMAS)),
)
