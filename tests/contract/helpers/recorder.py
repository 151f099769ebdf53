# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reverse proxy on loopback that writes down every exchange, byte for byte as it was on the wire."""

from __future__ import annotations

import http.client
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 60
# These belong to one connection, not to the message.
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)


@dataclass(frozen=True)
class Record:
    """One exchange. *path* is as sent (still escaped), *query* has no question mark, header names are lower case."""

    method: str
    path: str
    query: str = ""
    sent_headers: dict[str, str] = field(default_factory=dict)
    sent: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b""

    @property
    def version(self) -> str:
        """The API version that the answer was given in, else the one that was asked for."""
        return self.headers.get("cc-version") or self.sent_headers.get("cc-version", "")

    def json(self) -> Any:
        """The parsed answer, None where it is empty."""
        return json.loads(self.answer) if self.answer else None

    def body(self) -> Any:
        """The parsed body of the request."""
        return json.loads(self.sent)

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        return f"{self.method} {self.path}{query} [{self.version or 'no version'}] -> {self.status}"


class Recorder:
    """``with Recorder(url) as recorder``: *url* of the recorder leads to *upstream*, *records* is what went through.

    A record is there before its answer leaves. The emulator's control plane passes unrecorded.
    """

    def __init__(self, upstream: str) -> None:
        self.records: list[Record] = []
        recorder = self
        target = urlsplit(upstream)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # One small answer is one packet; waiting for more of it costs 40 ms each time.
            wbufsize = -1
            disable_nagle_algorithm = True

            def handle_one(self) -> None:
                sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
                upstream = http.client.HTTPConnection(target.hostname or "", target.port, timeout=TIMEOUT)
                try:
                    upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                    for name, value in headers.items():
                        upstream.putheader(name, value)
                    upstream.endheaders(sent)
                    reply = upstream.getresponse()
                    status, answer = reply.status, reply.read()
                    passed = [(name, value) for name, value in reply.getheaders() if name.lower() not in HOP_BY_HOP]
                finally:
                    upstream.close()
                path, _mark, query = self.path.partition("?")
                if not path.startswith("/_emulator"):
                    recorder.records.append(
                        Record(
                            self.command,
                            path,
                            query,
                            {name.lower(): value for name, value in headers.items()},
                            sent,
                            status,
                            {name.lower(): value for name, value in passed},
                            answer,
                        )
                    )
                self.send_response_only(status)
                for name, value in passed:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing: the records are the log."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
