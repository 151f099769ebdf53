# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator in this process behind the modules' own HTTP client, and what a hostile server could make of its answers."""

from __future__ import annotations

import importlib
import io
import json
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from plugin_fakes import Clock
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from ansible_collections.crdb.cloud.plugins.module_utils._cloud_api.client import CloudApi
from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.client import ClusterApi
from ansible_collections.crdb.cloud.plugins.module_utils._edge import module as _module
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLOUD, Module, Session
from ansible_collections.crdb.cloud.plugins.module_utils._http import session as _http
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.listings import Listings
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.wait import Waiter
from crdb_emulator.app import CloudApp
from crdb_emulator.cluster_api.app import ClusterApp
from crdb_emulator.cluster_api.options import ClusterOptions, UserOption
from crdb_emulator.context import Emulator
from crdb_emulator.service import Request
from crdb_emulator.settings import DEFAULT_API_KEY, Settings
from crdb_emulator.statepatch import apply_patch
from crdb_emulator.times import SECOND

CLOUD_URL, CLUSTER_URL = "http://127.0.0.1:1001", "http://127.0.0.1:1002"
CONNECTIONS = {
    CLOUD: {"api_url": CLOUD_URL, "api_key": DEFAULT_API_KEY, "api_rate_limit": 0, "api_retries": 0},
    "cluster_api": {
        "cluster_api_url": [CLUSTER_URL],
        "cluster_api_username": "ann",
        "cluster_api_password": "ann-pw",
        "api_retries": 0,
    },
}
CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
START = time.time_ns()
GONE = object()
LONE_SURROGATE = "x\ud800"
REPLACEMENTS = (None, [], {}, 5, 1.5, True, "odd", [5], {"odd": 5}, LONE_SURROGATE, GONE)

Mutate = Callable[[bytes], bytes]


@dataclass
class Seen:
    """One request, how it was answered, and the answer's body as the emulator gave it."""

    method: str
    path: str
    status: int
    writes: bool
    body: bytes


@dataclass
class World:
    """An emulator whose answer number *at* is what *mutate* makes of it; time passes only by sleeping."""

    settings: Settings = field(
        default_factory=lambda: Settings(
            rate_limit=0,
            backup_seconds=2,
            people=("alice@example.com",),
            groups=("all",),
            cluster=ClusterOptions(
                users=(UserOption("ann", "ann-pw"), UserOption("bob", "bob-pw", "plain")), ranges=4, events=3
            ),
        )
    )
    at: int = -1
    mutate: Mutate = bytes
    seen: list[Seen] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.emulator = Emulator(self.settings, lambda: START + int(self.clock.now * SECOND))
        self.apps = {1001: CloudApp(self.emulator), 1002: ClusterApp(self.emulator)}

    def again(self) -> None:
        """Begin anew; that is cheaper than another world."""
        self.seen = []
        self.at = -1
        self.clock.now = 1000.0
        self.emulator.store.now = 0
        self.emulator.reset_state()

    def serve(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(url)
        assert parts.port
        app = self.apps[parts.port]
        request = Request(
            method, parts.path, parts.query, {k.lower(): v for k, v in headers.items()}, "127.0.0.1", body
        )
        writes = app.note(request).effect == "write"
        reply, _version = app.perform(request)
        raw = self.mutate(reply.body) if len(self.seen) == self.at else reply.body
        self.seen.append(Seen(method, parts.path, reply.status, writes, reply.body))
        return reply.status, {**reply.headers, "content-type": reply.content_type}, raw

    def prepare(self, *calls: tuple[str, str, Any]) -> None:
        """Carry requests of the Cloud API out that do not count as seen, or with STATE put objects there."""
        for method, path, body in calls:
            if method == "STATE":
                apply_patch(self.emulator, {"objects": {path.replace("{id}", self.cluster_id): body}})
                continue
            path = path.replace("{id}", self.cluster_id)
            request = Request(
                method,
                f"/api/v1/{path}",
                "",
                {"authorization": f"Bearer {DEFAULT_API_KEY}", "cc-version": "2024-09-16"},
                "127.0.0.1",
                json.dumps(body).replace("{id}", self.cluster_id).replace("{last}", self.last_id).encode()
                if body is not None
                else b"",
            )
            reply, _version = self.apps[1001].perform(request)
            assert reply.status == 200, reply.body
            self.clock.now += 5

    @property
    def cluster_id(self) -> str:
        return next(iter(self.emulator.store.clusters), "")

    @property
    def last_id(self) -> str:
        return next(reversed(self.emulator.store.clusters), "")

    @property
    def written(self) -> list[Seen]:
        return [seen for seen in self.seen if seen.writes]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Callable[[World], None]:
    """``network(world)``: from now on all requests go there, and nobody really sleeps."""

    def connect(world: World) -> None:
        def send(_adapter: Any, request: Any, **_kwargs: Any) -> requests.Response:
            body = request.body or b""
            status, headers, raw = world.serve(
                request.method, request.url, request.headers, body.encode() if isinstance(body, str) else body
            )
            response = requests.Response()
            response.status_code, response.url, response.request = status, request.url, request
            response.headers.update(headers)
            response.raw = HTTPResponse(io.BytesIO(raw), headers, status, preload_content=False)
            return response

        def waiter(**options: Any) -> Waiter:
            return Waiter(**options, clock=world.clock, sleep=world.clock.sleep)

        # Reading the system's trust store takes longer than all the rest.
        monkeypatch.setattr(_http, "tls_context", lambda *_args, **_more: CONTEXT)
        monkeypatch.setattr(HTTPAdapter, "send", send)
        monkeypatch.setattr(_module, "Waiter", waiter)

    return connect


def declared(name: str) -> Module:
    found: Module = importlib.import_module(f"ansible_collections.crdb.cloud.plugins.modules.{name}").MODULE
    return found


def params_of(module: Module, args: Mapping[str, Any]) -> dict[str, Any]:
    given = {**CONNECTIONS[module.connection], **({"wait_timeout": 20} if module.waits else {}), **args}
    validated = ArgumentSpecValidator(module.argument_spec()).validate(given)
    assert not validated.error_messages, validated.error_messages
    found: dict[str, Any] = validated.validated_parameters
    return found


def run_module(world: World, module: Module, params: Mapping[str, Any], *, check_mode: bool = False) -> dict[str, Any]:
    """The result of a module's run in *world*."""

    def session() -> Session:
        client: Any = CloudApi if module.connection == CLOUD else ClusterApi
        time = {"sleep": world.clock.sleep, **({"clock": world.clock} if module.connection == CLOUD else {})}
        return Session(client(params, read_only=check_mode, **time), Listings(world.clock))

    return module.execute(
        params, check_mode=check_mode, diff=True, warn=lambda text: None, hides=True, open_session=session
    )


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where *value* can be changed: itself and what is in it; of a list the first element stands for all."""
    yield at
    if isinstance(value, dict):
        for name, item in value.items():
            yield from places(item, (*at, name))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*at, 0))


def changed(body: bytes, at: tuple[Any, ...], replacement: Any) -> bytes:
    """The JSON *body* with *replacement* in the place *at*, or without it where that is GONE."""
    value = json.loads(body)
    if not at:
        return b"" if replacement is GONE else json.dumps(replacement).encode()
    inner = value
    for step in at[:-1]:
        inner = inner[step]
    if replacement is GONE:
        del inner[at[-1]]
    else:
        inner[at[-1]] = replacement
    return json.dumps(value).encode()
