# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Cluster API of the emulator and what the modules send, held against the specifications of it.

That of the documentation is frozen at 21.2; there is none for later versions but one that was put together from the
sources of the server. Both are checked for shape: operations, query parameters, and the members of the answers.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import pytest
from contract.conftest import Play
from contract.helpers.recorder import Record, Recorder
from contract.helpers.specs import UNDECLARED, Operation, Spec, directory, pointer
from integration.helpers.emulator import FAST, Emulator
from integration.helpers.running import PASSWORDS, USERS, VERSIONS, task

MODERN, DOCUMENTED = "cluster-api-v2-modern-reconstructed.json", "cluster-api-v2-docs.json"
PLACE = directory("spec", "CRDB_SPEC_DIR", DOCUMENTED)
directory("spec", "CRDB_SPEC_DIR", MODERN)
PREFIX = "/api/v2"
QUERY = {"query": "SELECT owner FROM bank.public.accounts WHERE id = $1", "arguments": [1]}
TASKS = (
    task("databases", "database_info", {"page_size": 2}),
    task("database", "database_info", {"name": "bank", "tables": True, "grants": True}),
    task("table", "table_info", {"database": "bank", "table": "public.accounts"}),
    task("small table", "table_info", {"database": "movr", "table": "promo_codes"}),
    task("events", "event_info", {"page_size": 17}),
    task("some events", "event_info", {"type": "create_table"}),
    task("health", "health_info"),
    task("nodes", "node_info", {"page_size": 2, "metrics": True}),
    task("node ranges", "node_range_info", {"node_id": "2", "page_size": 25}),
    task("local ranges", "node_range_info", {"ranges": [3, 5, 999999]}),
    task("hot ranges", "hot_range_info", {"page_size": 25}),
    task("local hot ranges", "hot_range_info", {"node_id": "local"}),
    task("range", "range_info", {"range_id": 5}),
    task("sessions", "sql_session_info", {"page_size": 2}),
    task("some sessions", "sql_session_info", {"exclude_closed": True, "username": "app"}),
    task("users", "user_info"),
    task("rules", "rule_info", ignore_errors=True),
    task("restart safety", "restart_safety_info", ignore_errors=True),
    task("query", "query", QUERY, ignore_errors=True),
    task("grant", "grant", {"user": "reader", "database": "bank", "privileges": ["CREATE"]}, ignore_errors=True),
)


@dataclass(frozen=True)
class Breach:
    """*where* is ``GET /nodes/: nodes[].attrs``, *kind* the JSON Schema keyword, or what is undeclared."""

    where: str
    kind: str
    message: str


@dataclass(frozen=True)
class Defect:
    """A named exception: what a specification gets wrong, or what it says of another version than this one."""

    name: str
    versions: tuple[str, ...]
    excuses: Callable[[Breach], bool]


BYTES = (".start_key", ".end_key", ".unique_id", ".sessions[].id")
UUIDS = (".txn_id", ".active_txn.id")
LACKING = ("POST /sql/", "GET /rules/", "GET /health/restart_safety/")
DEFECTS = (
    Defect(
        "bytes and UUIDs are arrays of numbers",
        ("21.2",),
        lambda it: it.kind == "type" and it.where.endswith(BYTES + UUIDS) and "is not of type 'array'" in it.message,
    ),
    Defect("a nil list is null", VERSIONS, lambda it: it.message.startswith("None is not of type 'array'")),
    Defect(
        "endpoints of later versions, asked and refused",
        VERSIONS[:4],
        lambda it: it.where.removesuffix(": 404") in LACKING and it.message.endswith("-> 404"),
    ),
    Defect(
        "exclude_closed_sessions came later, and is ignored before",
        ("21.2",),
        lambda it: it.where == "GET /sessions/: ?exclude_closed_sessions",
    ),
    Defect(
        "hot ranges with one name of each kind",
        VERSIONS[1:4],
        lambda it: re.fullmatch(r"GET /ranges/hot/:\.ranges\[\]\.(database|table|index)_name", it.where) is not None,
    ),
    Defect("events with a target", ("22.1",), lambda it: it.where == "GET /events/:.events[].target_id"),
)


class ClusterSpec(Spec):
    """A Swagger 2.0 file, as far as the shape of things goes."""

    def breaches(self, record: Record) -> Iterator[Breach]:
        path = record.path.removeprefix(PREFIX)
        operation = self.operation(record.method, path)
        if operation is None:
            yield Breach(f"{record.method} {path}", "unknown operation", str(record))
            return
        declared = {name for place, name in operation.parameters if place == "query"}
        for name in sorted({name for name, _value in parse_qsl(record.query)} - declared):
            yield Breach(f"{operation}: ?{name}", UNDECLARED, str(record))
        yield from self._answer(operation, record)

    def _answer(self, operation: Operation, record: Record) -> Iterator[Breach]:
        answers = operation.definition["responses"]
        if str(record.status) not in answers:
            yield Breach(f"{operation}: {record.status}", UNDECLARED, str(record))
            return
        if "json" not in record.headers.get("content-type", "") or "schema" not in answers[str(record.status)]:
            return
        where = ("paths", operation.template, operation.method.lower(), "responses", str(record.status), "schema")
        for error in self.errors(pointer(*where), body_of(record)):
            path = "".join("[]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
            yield Breach(f"{operation}:{path}", str(error.validator), error.message[:200])


def body_of(record: Record) -> Any:
    packed = record.headers.get("content-encoding") == "gzip"
    return json.loads(gzip.decompress(record.answer) if packed else record.answer)


def spec_of(version: str) -> ClusterSpec:
    return ClusterSpec(PLACE / (DOCUMENTED if version == "21.2" else MODERN))


def report(breaches: list[Breach]) -> str:
    seen: dict[tuple[str, str], str] = {}
    for breach in breaches:
        seen.setdefault((breach.where, breach.kind), breach.message)
    return "\n" + "\n".join(f"{where} {kind}: {message}" for (where, kind), message in sorted(seen.items()))


@pytest.fixture
def recorded(tmp_path_factory: pytest.TempPathFactory, playbook_on: Play) -> Iterator[Callable[[str], list[Record]]]:
    """``recorded(version)``: everything that the modules sent to a server of that version, with its answers."""
    emulators = []

    def run(version: str) -> list[Record]:
        emulator = Emulator(tmp_path_factory.mktemp("emulator"), *FAST, *USERS, "--cluster-version", version)
        emulators.append(emulator)
        with Recorder(emulator.cluster_url) as recorder:
            env = {
                "CRDB_CLUSTER_API_URL": recorder.url,
                "CRDB_CLUSTER_API_USERNAME": "owner",
                "CRDB_CLUSTER_API_PASSWORD": PASSWORDS["owner"],
            }
            playbook_on(emulator)(TASKS, env=env, secrets=PASSWORDS.values())
            return list(recorder.records)

    yield run
    for emulator in emulators:
        emulator.stop()


@pytest.mark.parametrize("version", VERSIONS)
def test_shapes(recorded: Callable[[str], list[Record]], version: str) -> None:
    spec, records = spec_of(version), recorded(version)
    assert len({record.path for record in records}) > 16
    excused, others = set(), []
    for record in records:
        for breach in spec.breaches(record):
            name = next((item.name for item in DEFECTS if version in item.versions and item.excuses(breach)), None)
            if name:
                excused.add(name)
            else:
                others.append(breach)
    assert others == [], report(others)
    # An exception that excuses nothing is none.
    assert excused == {item.name for item in DEFECTS if version in item.versions}


JSON = {"content-type": "application/json"}
CONTROLS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "undeclared": ("GET /nodes/:.nodes[].invented", lambda body: body["nodes"][0].update(invented=1)),
    "another type": ("GET /nodes/:.nodes[].num_cpus", lambda body: body["nodes"][0].update(num_cpus="4")),
    "no list": ("GET /nodes/:.nodes", lambda body: body.update(nodes={})),
    "not an integer": ("GET /nodes/:.nodes[].node_id", lambda body: body["nodes"][0].update(node_id=1.5)),
    "a word": ("GET /nodes/:.nodes[].liveness_status", lambda body: body["nodes"][0].update(liveness_status="LIVE")),
}


@pytest.mark.parametrize("version", ["21.2", "25.4"])
def test_negative_control(recorded: Callable[[str], list[Record]], version: str) -> None:
    """What breaks the specification is found."""
    spec = spec_of(version)
    good = next(record for record in recorded(version) if record.path == "/api/v2/nodes/" and record.status == 200)

    def found(record: Record) -> set[str]:
        return {breach.where for breach in spec.breaches(record)}

    for where, change in CONTROLS.values():
        body = body_of(good)
        change(body)
        broken = Record(good.method, good.path, good.query, good.sent_headers, b"", 200, JSON, dump(body))
        assert found(broken) - found(good) == {where}
    for path, query, status in (
        ("/api/v2/nodes", "", 200),
        ("/api/v2/nodez/", "", 200),
        ("/api/v2/nodes/", "page=2", 200),
        ("/api/v2/nodes/", "", 418),
    ):
        other = Record("GET", path, query, good.sent_headers, b"", status, good.headers, good.answer)
        assert found(other) - found(good), (path, query, status)


def dump(body: Any) -> bytes:
    return json.dumps(body).encode()
