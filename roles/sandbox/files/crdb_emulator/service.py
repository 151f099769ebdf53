# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every API has in common: reading a request, armed faults, the log, and how an answer leaves.

Everything after the body of a request has arrived happens without giving up the event loop, so the state needs no
locks. The path is taken as sent: a ``%2F`` inside a segment does not split it.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from crdb_emulator.abort import cut_connection
from crdb_emulator.context import Emulator, Reply
from crdb_emulator.control import control_app
from crdb_emulator.faults import GARBAGE, Fault
from crdb_emulator.times import now_ns

CONTROL_PREFIX = "/_emulator"
MAX_BODY = 16 * 1024 * 1024
_SLOW_PIECES = 20


class TooLarge(Exception):
    """The body of a request is larger than an API allows."""


@dataclass(slots=True)
class Request:
    """What an API needs of an ASGI scope."""

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


@dataclass(frozen=True, slots=True)
class Note:
    """What the log says of a request besides its method, path and status."""

    key: str | None
    query: str
    effect: str


class Service(ABC):
    """An API on a port; ``name`` is that of its rows in the log."""

    name: str
    max_body = MAX_BODY

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator

    @abstractmethod
    def note(self, request: Request) -> Note:
        """For the log; neither secrets nor statements."""

    @abstractmethod
    def too_large(self) -> Reply:
        """The answer to a body that is too large."""

    @abstractmethod
    def perform(self, request: Request) -> tuple[Reply, str | None]:
        """Perform a request; returns the answer and the version it was given in."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or do to it what an armed fault says."""
        if scope["type"] != "http":
            return
        started = now_ns()
        emulator = self.emulator
        request = Request.read(scope)
        try:
            request.body = await _read_body(receive, self.max_body)
        except TooLarge:
            reply = self.too_large()
            self._log(started, request, reply.status, None)
            await _send(send, reply)
            return
        fault = emulator.faults.match(request.method, request.path)
        wait = emulator.settings.latency + (fault.delay if fault and fault.action != "slow_body" else 0)
        if wait:
            await asyncio.sleep(wait)
        reply, version = self._answer(request, fault)
        dropped = fault is not None and fault.action in ("drop_before", "drop_after")
        self._log(started, request, "dropped" if dropped else reply.status, version)
        if dropped:
            await cut_connection(scope, receive)
        elif fault is not None and fault.action == "slow_body":
            await _send_slowly(send, reply, fault.delay)
        else:
            await _send(send, reply, head=request.method == "HEAD")

    def _log(self, started: int, request: Request, status: int | str, version: str | None) -> None:
        note = self.note(request)
        self.emulator.requests.add(
            started,
            request.method,
            request.path,
            note.query,
            status,
            note.key,
            version,
            api=self.name,
            effect=note.effect,
        )

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


def service_app(service: Service) -> ASGIApp:
    """The application of a port: the API, and the control plane below ``/_emulator``."""
    control = control_app(service.emulator)

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path == CONTROL_PREFIX or path.startswith(CONTROL_PREFIX + "/"):
            await control(scope, receive, send)
        else:
            await service(scope, receive, send)

    return dispatch


async def _read_body(receive: Receive, most: int) -> bytes:
    pieces: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > most:
            raise TooLarge
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
