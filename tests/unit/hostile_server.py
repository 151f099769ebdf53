# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that never ends an answer, in each way in which one can do that without ever being silent for long."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading

# One byte in so many seconds, for so many seconds: a client that waits for the end of it all is found out, and a test still ends.
PAUSE = 0.02
ENOUGH = 6.0

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
# The header of a compressed file holds its name, and nothing comes out before that has ended.
GZIP = OK + b"Content-Encoding: gzip\r\nContent-Length: 100000\r\n\r\n" + b"\x1f\x8b\x08\x08" + b"\0" * 6
# What is sent at once, and what then comes again and again.
WAYS: dict[str, tuple[bytes, bytes]] = {
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "status line": (b"HTTP/1.1 200 ", b"O"),
    "header": (OK + b"X-Long: ", b"a"),
    "headers": (OK, b"X: y\r\n"),
    "body": (OK + b"Content-Length: 100000\r\n\r\n", b" "),
    "body without length": (OK + b"\r\n", b" "),
    "gzip": (GZIP, b"a"),
    "chunk size": (CHUNKED + b"1;", b"a"),
    "chunks": (CHUNKED, b"1\r\n \r\n"),
    "chunk": (CHUNKED + b"ffff\r\n", b" "),
    "trailer": (CHUNKED + b"2\r\n{}\r\n0\r\n", b"X: y\r\n"),
    "error": (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 100000\r\n\r\n", b"a"),
    "redirect": (b"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 100000\r\n\r\n", b"a"),
}
# A record of a handshake that is never complete.
HANDSHAKE = (b"\x16\x03\x03\x40\x00", b"\x02")


class HostileServer:
    """Answers whatever it is sent with the *first* bytes and then with *again*, one byte at a time; over TLS with a *context*.

    *served* is what it sends in full before that, a list of answers to the first requests.
    """

    def __init__(self, first=b"", again=b"", *, context=None, served=()):
        self._first, self._again = first, again
        self._served = list(served)
        self._context = context
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.asked = 0
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc):
        self._over.set()
        # A close alone does not wake a thread that accepts.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError):
            connection.settimeout(ENOUGH)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection:
                while connection.recv(65536):
                    self.asked += 1
                    if not self._served:
                        break
                    connection.sendall(self._served.pop(0))
                self._drip(connection)

    def _drip(self, connection):
        connection.sendall(self._first)
        for number in itertools.islice(itertools.cycle(self._again), int(ENOUGH / PAUSE)):
            connection.sendall(bytes([number]))
            if self._over.wait(PAUSE):
                return
