# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cutting a connection without a single byte of HTTP.

An ASGI application cannot do that by itself, and a client must see exactly that when an answer gets lost. So the HTTP
protocol of the server hands each request the means: ``scope["extensions"][ABORT]`` closes the socket at once.
"""

from __future__ import annotations

from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_Protocol: type[Any]
try:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    _Protocol = HttpToolsProtocol
except ImportError:
    _Protocol = H11Protocol

ABORT = "crdb_emulator.abort"


class AbortableProtocol(_Protocol):  # type: ignore[misc]
    """The server's HTTP protocol with ``ABORT`` in the extensions of every request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app: ASGIApp
        inner = self.app

        async def abortable(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[ABORT] = self.transport.abort
            await inner(scope, receive, send)

        self.app = abortable


async def cut_connection(scope: Scope, receive: Receive) -> None:
    """Close the socket and wait until the server has noticed.

    Raises ``ConnectionAbortedError`` where none can be cut.
    """
    abort = scope.get("extensions", {}).get(ABORT)
    if abort is None:
        raise ConnectionAbortedError("this server cannot cut a connection")
    abort()
    while (await receive())["type"] != "http.disconnect":
        pass
