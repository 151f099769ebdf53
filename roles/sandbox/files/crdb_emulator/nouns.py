# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Handlers for nouns that behave like most: each is a row of ``kinds.py``, its fields are those of the surface."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from crdb_emulator.auth import OPERATE_CLUSTERS, VIEW_CLUSTERS
from crdb_emulator.context import Call, Reply, json_bytes
from crdb_emulator.errors import already_exists, cluster_locked, invalid, not_found
from crdb_emulator.model import CREATED, Cluster
from crdb_emulator.objects import Row
from crdb_emulator.store import SortKey, Store
from crdb_emulator.surface import Operation, surface, uuid_of

Handler = Callable[[Call], Reply]
Roles = frozenset[str]


def _nothing(*_unused: Any) -> Row:
    return {}


@dataclass(frozen=True)
class Kind:
    """What no description says of a noun. ``path`` is that of one object, ``*`` standing for variables.

    * ``rows``: the key of the list, empty for a noun of which each cluster has one;
    * ``id``: the field of the last variable. ``mine``: the caller says it, else the service makes it, and a UUID
      unless ``uuids`` is false;
    * ``may``: the roles by method, ``""`` for all others; ``audit``: the actions of the audit log by method;
    * ``unique``: what may not stand twice, where the option ``--unique`` has the noun (with ``mine`` the id);
    * ``order``, ``newest``: the field by which the list is sorted, and whether descending;
    * ``moves``: the field of the state, the state at first and the settled one; ``leaves``: the state while it goes;
      ``dead``: states of what may be made anew;
    * ``plans``: of clusters that may have it; ``locks``: it needs the cluster's exclusive lock,
      and keeps it under this name of an operation (``None``: it does not keep it);
    * ``sparse``: what is not set is not in answers; ``wraps``: the member of answers about one that holds it;
    * ``turns(call, row)``: the fields that a change sets at once, those that it sets at its end, and (else it takes as
      long as others) in how many seconds that is;
    * ``check(call, after, before)`` refuses, ``makes(call, row)`` adds what the service adds, ``shows(call, row)`` what
      it works out for each answer, ``told(call, row)`` is the answer to the creation, ``settled(call, row)`` what is set at
      the end, ``left(call, row)`` what is left of it (``None``: nothing), ``goes(call, row)`` refuses to delete, and
      deletes what hangs on it, ``only(call)`` is the filter of the list, ``fills(store, cluster, rows)`` adds what
      has come by itself.
    """

    noun: str
    path: str
    rows: str = ""
    id: str = "id"
    mine: bool = False
    uuids: bool = True
    may: Mapping[str, Roles] = field(default_factory=lambda: {"GET": VIEW_CLUSTERS, "": OPERATE_CLUSTERS})
    audit: Mapping[str, str] = field(default_factory=dict)
    unique: tuple[str, ...] = ()
    order: str = "name"
    newest: bool = False
    moves: tuple[str, str, str] | None = None
    leaves: str = ""
    dead: frozenset[str] = frozenset()
    plans: tuple[str, ...] = ()
    locks: Callable[[Call, Row], str | None] | None = None
    sparse: bool = False
    wraps: str = ""
    turns: Callable[[Call, Row], tuple[Row, Row] | tuple[Row, Row, float]] | None = None
    check: Callable[[Call, Row, Row], object] = _nothing
    makes: Callable[[Call, Row], Row] = _nothing
    shows: Callable[[Call, Row], Row] = _nothing
    told: Callable[[Call, Row], Row] | None = None
    settled: Callable[[Call, Row], Row] = _nothing
    left: Callable[[Call, Row], Row | None] = lambda _call, _row: None
    goes: Callable[[Call, Row], object] = _nothing
    only: Callable[[Call], Callable[[Row], bool]] | None = None
    fills: Callable[[Store, Cluster, dict[str, Row]], object] = _nothing

    def sort_key(self, row: Row) -> SortKey:
        """Its place in the list."""
        return (str(row.get(self.order, "")), str(row[self.id]))

    @property
    def name(self) -> str:
        """The name of its collections, ``folders``."""
        return self.collection.rsplit("/", 1)[-1]

    @property
    def collection(self) -> str:
        """The path of the list."""
        return self.path.removesuffix("/*")

    def operation(self, call: Call, method: str) -> Operation:
        """The facts of the operation that a method is in the version of a call."""
        return surface(call.version).operations[
            f"{method} {self.path if len(call.params) == self._depth else self.collection}"
        ]

    @property
    def _depth(self) -> int:
        return self.path.count("*")

    def cluster(self, call: Call) -> Cluster | None:
        """The cluster it is below, if it is below one; 404 while that is being created [C]."""
        return call.ready_cluster() if self.path.startswith("clusters/") else None

    def place(self, call: Call) -> dict[str, Row]:
        """The rows of the collection."""
        cluster = self.cluster(call)
        rows = call.store.objects.rows(self.name, cluster.id if cluster else "")
        if cluster:
            self.fills(call.store, cluster, rows)
        return rows

    def reply(self, call: Call, row: Row, method: str) -> Reply:
        """A row as the answer to a method."""
        full = {**row, **self.shows(call, row)}
        kind, facts = self.operation(call, method).answer, surface(call.version)
        if self.wraps and kind != "object":
            # [D] Of a rule the descriptions require "rule", and declare "Rule".
            known = facts.fields(kind).items()
            full = {name: full for name, (inner, _need) in known if name.lower() == self.wraps and inner != "any"}
        return Reply(200, json_bytes(facts.shaped(kind, full, sparse=self.sparse)))


def listing(kind: Kind, call: Call) -> Reply:
    """``{rows, pagination}``, filtered by the parameters of the query that are fields."""
    facts, operation, rows = surface(call.version), kind.operation(call, "GET"), kind.place(call)
    paged = "pagination" in facts.fields(operation.answer)
    only = kind.only(call) if kind.only else partial(_matches, call, operation)
    items: Sequence[Row] = sorted((row for row in rows.values() if only(row)), key=kind.sort_key)
    block = None
    if paged:
        query = {**({"pagination.sort_order": "DESC"} if kind.newest else {}), **call.query}
        where = "/".join((kind.collection, *call.params))
        items, block = call.pager.cut(where, items, [kind.sort_key(row) for row in items], query)
    found = {kind.rows: [{**row, **kind.shows(call, row)} for row in items]}
    answer = facts.shaped(operation.answer, found, sparse=kind.sparse)
    if paged:
        answer["pagination"] = block
    return Reply(200, json_bytes(answer))


def _matches(call: Call, operation: Operation, row: Row) -> bool:
    return all(not call.query.get(name) or row.get(name) == call.query[name] for name in operation.query)


def one(kind: Kind, call: Call) -> tuple[dict[str, Row], str]:
    """The collection and the key of the object of the path; 404 code 5 when unknown, 400 on an id of another form."""
    rows = kind.place(call)
    key = call.params[-1] if kind.rows else ""
    if kind.rows and kind.uuids and not kind.mine:
        key = uuid_of(key, f"{kind.noun} id")
    if key not in rows:
        raise not_found(f"{kind.noun} '{key}' not found" if key else f"the cluster has no {kind.noun}")
    return rows, key


def get(kind: Kind, call: Call) -> Reply:
    """The object."""
    rows, key = one(kind, call)
    return kind.reply(call, rows[key], "GET")


def create(kind: Kind, call: Call, method: str = "POST") -> Reply:
    """``POST``, or the ``POST`` or ``PUT`` of what each cluster has one of, which replaces it."""
    rows = kind.place(call)
    row = surface(call.version).read(kind.operation(call, method).body, call.message)
    again = row.pop("idempotency_key", "")
    known = next((other for other in rows.values() if again and other.get("_request") == again), None)
    if known is not None:
        # [D] The same request once more.
        return kind.reply(call, known, method)
    _writable(kind, call)
    kind.check(call, row, {})
    twin = _twin(kind, call, rows, row, "")
    if twin is not None and kind.mine:
        return kind.reply(call, twin, method)
    row.update(kind.makes(call, row))
    if kind.rows and kind.id not in row:
        row[kind.id] = str(uuid.uuid4())
    key = row[kind.id] if kind.rows else ""
    rows[key] = {**row, **({"_request": again} if again else {})}
    row = rows[key]
    answer = kind.told(call, row) if kind.told else {}
    _lock(kind, call, row)
    _move(kind, call, rows, key)
    if answer:
        return Reply(200, json_bytes(surface(call.version).shaped(kind.operation(call, method).answer, answer)))
    return kind.reply(call, row, method)


def change(kind: Kind, call: Call) -> Reply:
    """``PATCH``: what is given changes, maps and lists in it as a whole."""
    rows, key = one(kind, call)
    sent = surface(call.version).read(kind.operation(call, "PATCH").body, call.message, whole=False)
    _writable(kind, call)
    sent.pop("idempotency_key", None)
    after = {**rows[key], **sent}
    kind.check(call, after, rows[key])
    _twin(kind, call, rows, after, key)
    rows[key].update(after)
    _lock(kind, call, after)
    if kind.turns:
        now, end, *seconds = kind.turns(call, after)
        rows[key].update(now)
        outcome = call.store.objects.outcomes.pop(kind.name, None)
        (wait,) = seconds or [call.settings.operation_seconds]
        call.store.objects.later(rows, key, wait, end if outcome is None else outcome)
    else:
        _move(kind, call, rows, key)
    return kind.reply(call, rows[key], "PATCH")


def delete(kind: Kind, call: Call) -> Reply:
    """``DELETE``: the object that was there, or nothing, as the description has it."""
    rows, key = one(kind, call)
    row = rows[key]
    _writable(kind, call)
    kind.goes(call, row)
    leaving = {kind.moves[0]: kind.leaves} if kind.moves and kind.leaves else {}
    reply, left = kind.reply(call, {**row, **leaving}, "DELETE"), kind.left(call, row)
    _lock(kind, call, row)
    row.update(leaving)
    call.store.objects.later(rows, key, call.settings.operation_seconds if kind.leaves else 0, left)
    return reply


def _twin(kind: Kind, call: Call, rows: dict[str, Row], row: Row, own: str) -> Row | None:
    """The live row that has the same as this one where that is to be unique; 409 where it may not be [G]."""
    fields = (kind.id,) if kind.mine else kind.unique
    for key, other in rows.items():
        dead = kind.moves is not None and other.get(kind.moves[0]) in kind.dead
        if key != own and not dead and fields and all(other.get(each) == row.get(each) for each in fields):
            if kind.name in call.settings.unique:
                raise already_exists(f"a {kind.noun} with the same {' and '.join(fields)} already exists")
            return other
    return None


def _move(kind: Kind, call: Call, rows: dict[str, Row], key: str) -> None:
    """Let a row that was written be in its first state, and end in its settled one, or as a test has asked."""
    if not kind.moves:
        return
    state, first, last = kind.moves
    rows[key][state] = first
    outcome = call.store.objects.outcomes.pop(kind.name, None)
    then = {state: last, **(kind.settled(call, rows[key]) if outcome is None else outcome)}
    call.store.objects.later(rows, key, call.settings.operation_seconds, then)


def _writable(kind: Kind, call: Call) -> None:
    cluster = kind.cluster(call)
    if cluster is None:
        return
    if kind.plans and cluster.plan not in kind.plans and call.body:
        plans = " and ".join(kind.plans).lower()
        raise invalid(f"{kind.noun}s are supported for {plans} clusters only")
    if kind.locks and cluster.state != CREATED:
        raise cluster_locked()


def _lock(kind: Kind, call: Call, row: Row) -> None:
    cluster = kind.cluster(call)
    operation = kind.locks(call, row) if kind.locks else None
    if cluster is not None and operation is not None:
        call.store.operate(cluster, operation, lambda _cluster, _now: None)


_HANDLERS: dict[tuple[str, bool], Callable[[Kind, Call], Reply]] = {
    ("GET", True): listing,
    ("POST", True): create,
    ("GET", False): get,
    ("POST", False): create,
    ("PUT", False): partial(create, method="PUT"),
    ("PATCH", False): change,
    ("DELETE", False): delete,
}


def operations(kind: Kind) -> Iterator[tuple[str, Handler]]:
    """Every operation that the descriptions have on the paths of a kind, with its handler."""
    for path in dict.fromkeys((kind.collection, kind.path)):
        for (method, many), handler in _HANDLERS.items():
            if many is (bool(kind.rows) and path == kind.collection):
                yield f"{method} {path}", partial(handler, kind)
