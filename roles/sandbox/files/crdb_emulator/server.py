# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets, servers, the ready line and the end of the process.

Each application gets a ``Listener`` of its own; all of them run in one event loop on one ``Emulator``, so a second
API on a second port is one more entry of the list.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import ssl
import sys
import tempfile
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from crdb_emulator.abort import AbortableProtocol
from crdb_emulator.mixedport import MixedPort

_GRACE_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Listener:
    """An application and the bound socket it is served on; ``name`` is that of its URL in the ready line.

    ``clear`` answers plain HTTP on a TLS port; without it the TLS layer cuts such a connection.
    """

    name: str
    app: ASGIApp
    socket: socket.socket
    clear: ASGIApp | None = None

    def url(self, host: str, *, tls: bool) -> str:
        """The base URL."""
        shown = f"[{host}]" if ":" in host else host
        return f"{'https' if tls else 'http'}://{shown}:{self.socket.getsockname()[1]}"


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; raises ``OSError`` when the port is taken or the host is not ours."""
    family, kind, proto, _unused, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    bound = socket.socket(family, kind, proto)
    try:
        if os.name == "posix":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(1024)
        bound.setblocking(False)
    except OSError:
        bound.close()
        raise
    return bound


class _Server(uvicorn.Server):
    """A server that leaves signals to us and says when it is up."""

    def __init__(self, listener: Listener, context: ssl.SSLContext | None) -> None:
        super().__init__(_config(listener.app, context))
        self.up = asyncio.Event()
        self._mixed: MixedPort | None = None
        if context is not None and listener.clear is not None:
            self._mixed = MixedPort(self, _config(listener.clear, None), context)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """No handlers: several servers share the process."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then set the event."""
        await super().startup(sockets=[] if self._mixed else sockets)
        if self._mixed is not None and sockets:
            self._mixed.open(sockets[0])
        self.up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        if self._mixed is not None:
            await self._mixed.close()
        await super().shutdown(sockets=sockets)


def _config(app: ASGIApp, context: ssl.SSLContext | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=AbortableProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        ssl_context_factory=(lambda _config, _default: context) if context is not None else None,
    )


def write_atomically(path: Path, text: str) -> None:
    """Write a file that is either absent or complete."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    finally:
        # There no longer where it has become the file itself.
        Path(name).unlink(missing_ok=True)


async def _serve(
    listeners: list[Listener], ready: dict[str, Any], ready_file: Path | None, context: ssl.SSLContext | None
) -> None:
    servers = [_Server(listener, context) for listener in listeners]
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    tasks = [
        loop.create_task(server.serve(sockets=[listener.socket]))
        for server, listener in zip(servers, listeners, strict=True)
    ]
    try:
        for server, task in zip(servers, tasks, strict=True):
            up = loop.create_task(server.up.wait())
            await asyncio.wait({up, task}, return_when=asyncio.FIRST_COMPLETED)
            up.cancel()
        line = json.dumps(ready)
        if ready_file is not None:
            write_atomically(ready_file, line + "\n")
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
        await asyncio.gather(*tasks)
    finally:
        stop()
        await asyncio.gather(*tasks, return_exceptions=True)


def run(
    listeners: list[Listener], ready: dict[str, Any], ready_file: Path | None, context: ssl.SSLContext | None
) -> None:
    """Serve until SIGTERM or SIGINT; print the ready line (and write the ready file) once every port answers."""
    factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    with contextlib.suppress(ImportError):
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(_serve(listeners, ready, ready_file, context))
