# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real HTTP server on loopback that answers from a script, for tests of the transport."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Seen:
    """A request that arrived, and the port of the client it came from."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    client_port: int


def reply(status=200, body: Any = None, headers=None, text=None):
    """An answer: *body* as JSON, or *text* as it is."""
    raw = (text if text is not None else "" if body is None else json.dumps(body)).encode()

    def send(handler):
        handler.send_response(status)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    return send


def cut(handler):
    """Close the connection without a word."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def cut_within_body(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"a": ')
    handler.wfile.flush()
    cut(handler)


def silent(seconds):
    """Answer only after *seconds*, or when the test is over."""

    def send(handler):
        handler.server.over.wait(seconds)
        cut(handler)

    return send


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Without this the kernel holds the body back until the headers are acknowledged.
    disable_nagle_algorithm = True

    def _serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server = self.server
        server.seen.append(Seen(self.command, self.path, dict(self.headers), body, self.client_address[1]))
        script = server.script
        (script[min(len(server.seen), len(script)) - 1])(self)

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = do_CONNECT = _serve

    def log_message(self, *args):
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    context = None

    def get_request(self):
        connection, address = super().get_request()
        connection.settimeout(5)
        return connection, address

    def finish_request(self, request, client_address):
        if self.context:
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        pass


class TinyServer:
    """Give answers in order (the last one again and again); *seen* holds the requests."""

    def __init__(self, *script, context=None):
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.script = script or (reply(200, {}),)
        self._server.seen = self.seen = []
        self._server.over = threading.Event()
        self._server.context = context
        self.port = self._server.server_address[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True).start()
        return self

    def __exit__(self, *exc):
        self._server.over.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def methods(self):
        return [request.method for request in self.seen]


@contextmanager
def tunnel(port):
    """The URL of a proxy that leads every CONNECT to *port* of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))

    def pipe(source, target):
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve():
        with suppress(OSError):
            while True:
                client, _address = listener.accept()
                client.recv(65536)
                server = socket.create_connection(("127.0.0.1", port))
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=pipe, args=ends, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def free_port():
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
