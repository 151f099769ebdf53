# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TLS port that also answers plain HTTP, as a CockroachDB node does: the first byte tells the two apart.

A TLS record begins with 0x16, no HTTP method does. What comes in the clear is served by another application, see
``redirect_app``.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Coroutine
from html import escape
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

_HANDSHAKE = b"\x16"


class MixedPort:
    """Accepts connections of one listening socket, and hands each to the server in the clear or over TLS."""

    def __init__(self, server: uvicorn.Server, clear: uvicorn.Config, context: ssl.SSLContext) -> None:
        self._server = server
        self._clear = clear
        self._context = context
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, listening: socket.socket) -> None:
        """Accept from now on."""
        if not self._clear.loaded:
            self._clear.load()
        self._start(self._accept(listening))

    async def close(self) -> None:
        """Accept no more, and let go of those who have not said a word yet."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _unused = await loop.sock_accept(listening)
            except ConnectionError:
                continue
            connection.setblocking(False)
            self._start(self._welcome(connection))

    async def _welcome(self, connection: socket.socket) -> None:
        handed_over = False
        # Whoever breaks off in the middle of a handshake gets what he asked for.
        with contextlib.suppress(OSError):
            try:
                secure = await _first_byte(connection) == _HANDSHAKE
                config = self._server.config if secure else self._clear
                loop = asyncio.get_running_loop()
                handed_over = True
                await loop.connect_accepted_socket(
                    lambda: config.http_protocol_class(  # type: ignore[call-arg, arg-type, return-value, unused-ignore]
                        config=config, server_state=self._server.server_state, app_state={}, _loop=loop
                    ),
                    connection,
                    ssl=self._context if secure else None,
                )
            finally:
                if not handed_over:
                    connection.close()


async def _first_byte(connection: socket.socket) -> bytes:
    """Wait for the first byte and leave it where it is."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(connection, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(connection)
    return connection.recv(1, socket.MSG_PEEK)


def redirect_app(inner: ASGIApp, served: tuple[str, ...]) -> ASGIApp:
    """307 to the same URL over HTTPS [H]; only the paths of ``served`` are answered in the clear."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in served:
            await inner(scope, receive, send)
            return
        host = next((value for name, value in scope["headers"] if name == b"host"), b"localhost").decode("latin-1")
        raw = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0].decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        target = f"https://{host}{raw}" + (f"?{query}" if query else "")
        body = f'<a href="{escape(target)}">Temporary Redirect</a>.\n\n' if scope["method"] in ("GET", "HEAD") else ""
        headers = {"location": target, "content-type": "text/html; charset=utf-8", "content-length": str(len(body))}
        encoded = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 307, "headers": encoded})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body.encode()})

    return app
