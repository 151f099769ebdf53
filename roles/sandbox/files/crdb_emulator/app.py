# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ASGI application of the Cloud API, and the split between it and the control plane.

A request is authenticated, counted against the rate limit, its version negotiated, then routed; everything after its
body has arrived happens without giving up the event loop, so the state needs no locks. The path is taken as sent: a
``%2F`` inside a segment does not split it.
"""

from __future__ import annotations

import asyncio
import random
import sys
import traceback
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from starlette.types import ASGIApp, Receive, Scope, Send

from crdb_emulator.abort import cut_connection
from crdb_emulator.auth import bearer_fingerprint
from crdb_emulator.certificate import CLUSTER_CA
from crdb_emulator.context import Call, Emulator, Reply
from crdb_emulator.control import control_app
from crdb_emulator.errors import ApiError, cluster_not_found, not_found
from crdb_emulator.faults import GARBAGE, Fault
from crdb_emulator.jsonin import snake
from crdb_emulator.routes import Route, Router
from crdb_emulator.times import now_ns
from crdb_emulator.versions import ApiVersion, negotiate

API_PREFIX = "/api/v1/"
# [D] The prose of the documentation writes paths without /api; the seed profile serves them like that as well.
SHORT_PREFIX = "/v1/"
CONTROL_PREFIX = "/_emulator"
MAX_BODY = 4 * 1024 * 1024
_SLOW_PIECES = 20


@dataclass(slots=True)
class Request:
    """What the application needs of an ASGI scope."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    client: str
    body: bytes = b""

    @classmethod
    def read(cls, scope: Scope) -> Request:
        """Everything but the body."""
        raw = scope.get("raw_path") or scope["path"].encode()
        client = scope.get("client")
        return cls(
            method=scope["method"],
            path=raw.partition(b"?")[0].decode("ascii", "replace"),
            query=scope["query_string"].decode("ascii", "replace"),
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            client=client[0] if client else "",
        )


class CloudApp:
    """The Cloud API in every version."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self._router = Router(emulator.settings)
        self._prefixes = (API_PREFIX, SHORT_PREFIX) if emulator.settings.seed_profile else (API_PREFIX,)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or do to it what an armed fault says."""
        if scope["type"] != "http":
            return
        started = now_ns()
        emulator = self.emulator
        request = Request.read(scope)
        key = bearer_fingerprint(request.headers.get("authorization"))
        try:
            request.body = await _read_body(receive)
        except ApiError as error:
            emulator.requests.add(started, request.method, request.path, request.query, error.status, key, None)
            await _send(send, Reply(error.status, error.body()))
            return
        fault = emulator.faults.match(request.method, request.path)
        wait = emulator.settings.latency + (fault.delay if fault and fault.action != "slow_body" else 0)
        if wait:
            await asyncio.sleep(wait)
        reply, version = self._answer(request, fault)
        dropped = fault is not None and fault.action in ("drop_before", "drop_after")
        emulator.requests.add(
            started, request.method, request.path, request.query, "dropped" if dropped else reply.status, key, version
        )
        if dropped:
            await cut_connection(scope, receive)
        elif fault is not None and fault.action == "slow_body":
            await _send_slowly(send, reply, fault.delay)
        else:
            await _send(send, reply, head=request.method == "HEAD")

    def _answer(self, request: Request, fault: Fault | None) -> tuple[Reply, str | None]:
        if fault is not None and fault.action in ("status", "drop_before"):
            return Reply(fault.status, fault.text(request.body).encode("utf-8", "replace"), dict(fault.headers)), None
        reply, version = self.perform(request)
        if fault is not None and fault.action == "garbage":
            text = fault.text(request.body) if fault.body is not None else GARBAGE
            reply = Reply(
                200, text.encode("utf-8", "replace"), {"content-type": "text/html; charset=utf-8", **fault.headers}
            )
        return reply, version

    def perform(self, request: Request) -> tuple[Reply, str | None]:
        """Perform a request; returns the answer and the version it was given in."""
        store = self.emulator.store
        store.settle()
        trace_id = f"{random.getrandbits(128):032x}"
        version: ApiVersion | None = None
        try:
            if request.method == "GET" and request.path.startswith("/clusters/") and request.path.endswith("/cert"):
                return self._certificate(unquote(request.path.split("/")[2])), None
            segments = self._segments(request.path)
            headers = request.headers
            caller = self.emulator.keyring.authenticate(headers.get("authorization"), headers.get("cc-vanity-name"))
            self.emulator.limiter.take(caller.key)
            version = negotiate(headers.get("cc-version"), self.emulator.settings.default_version)
            route, params = self._router.find(request.method, segments, version)
            query = {snake(name): value for name, value in parse_qsl(request.query, keep_blank_values=True)}
            call = Call(
                self.emulator, caller, version, params, query, request.body, request.client, trace_id, route.action
            )
            reply = _run(route, call)
        except ApiError as error:
            reply = Reply(error.status, error.body(), error.headers)
        except Exception:  # an emulator that dies of a bug would take every later test with it
            traceback.print_exc(file=sys.stderr)
            reply = Reply(500, ApiError(500, 13, "internal error").body())
        reply.headers["cc-trace-id"] = trace_id
        if version is not None:
            reply.headers["cc-version"] = version.text
        return reply, version.text if version is not None else None

    def _segments(self, path: str) -> tuple[str, ...]:
        for prefix in self._prefixes:
            if path.startswith(prefix):
                return tuple(unquote(part) for part in path[len(prefix) :].split("/"))
        raise not_found("Not Found")

    def _certificate(self, cluster_id: str) -> Reply:
        """``GET /clusters/{id}/cert``: the CA of the cluster's SQL certificate, without authentication [D]."""
        if cluster_id not in self.emulator.store.clusters:
            raise cluster_not_found(cluster_id)
        return Reply(200, CLUSTER_CA.encode(), {"content-type": "application/x-pem-file"})


def _run(route: Route, call: Call) -> Reply:
    error: ApiError | None = None
    try:
        call.caller.require(route.roles)
        return route.handler(call)
    except ApiError as raised:
        error = raised
        raise
    finally:
        if route.action:
            call.record(error)


def emulator_app(emulator: Emulator) -> ASGIApp:
    """The application of the Cloud API's port: the API, and the control plane below ``/_emulator``."""
    cloud = CloudApp(emulator)
    control = control_app(emulator)

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path == CONTROL_PREFIX or path.startswith(CONTROL_PREFIX + "/"):
            await control(scope, receive, send)
        else:
            await cloud(scope, receive, send)

    return dispatch


async def _read_body(receive: Receive) -> bytes:
    pieces: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > MAX_BODY:
            raise ApiError(413, 8, "request body too large")
        more = message.get("more_body", False)
    return b"".join(pieces)


def _start(reply: Reply) -> dict[str, object]:
    headers = {"content-type": reply.content_type, **reply.headers, "content-length": str(len(reply.body))}
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http.response.start", "status": reply.status, "headers": encoded}


async def _send(send: Send, reply: Reply, *, head: bool = False) -> None:
    await send(_start(reply))
    await send({"type": "http.response.body", "body": b"" if head else reply.body})


async def _send_slowly(send: Send, reply: Reply, seconds: float) -> None:
    await send(_start(reply))
    size = max(1, -(-len(reply.body) // _SLOW_PIECES))
    pieces = [reply.body[at : at + size] for at in range(0, len(reply.body), size)]
    for piece in pieces:
        await asyncio.sleep(seconds / len(pieces))
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
