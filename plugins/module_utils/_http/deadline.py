# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A time limit for one request in whole, kept by the sockets themselves.

HTTP libraries limit each read from the network. A server that sends one byte at a time passes every such limit, and the
loops that wait for more of a header or of a compressed body are inside of the libraries. So the sockets of this module
give each operation no more than what is left of the request's time.
"""

from __future__ import annotations

import math
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

CONNECTING, SENDING, READING = "connecting", "sending", "reading"
# Seconds for one address of a server that does not answer at all.
CONNECT_LIMIT = 10.0
# Time-outs of the system come a bit early or late.
TOLERANCE = 0.02


class Deadline(threading.local):
    """The end of the request that this thread is busy with, and how far it has got. Each thread has its own."""

    def __init__(self) -> None:
        self.at = math.inf
        self.phase = CONNECTING
        self.opening = False

    @property
    def is_over(self) -> bool:
        return self.at - time.monotonic() < TOLERANCE

    def limit(self, sock: socket.socket, phase: str, most: float = math.inf) -> None:
        """Give the next operation of *sock* what is left, but no more than *most* seconds; TimeoutError where that is nothing."""
        # What is sent and read to get through a proxy belongs to connecting.
        self.phase = CONNECTING if self.opening else phase
        left = min(self.at - time.monotonic(), most)
        if left <= 0:
            raise TimeoutError("the time for the request is over")
        if left != math.inf:
            sock.settimeout(left)


DEADLINE = Deadline()


@contextmanager
def deadline(seconds: float) -> Iterator[Deadline]:
    """Limit everything that TimedSocket and TimedTls do in this thread until the end of the block."""
    DEADLINE.at, DEADLINE.phase, DEADLINE.opening = time.monotonic() + seconds, CONNECTING, False
    try:
        yield DEADLINE
    finally:
        DEADLINE.at = math.inf


@contextmanager
def opening() -> Iterator[None]:
    """Say that a connection is being made: up to the end of the block nothing of a request has been sent."""
    DEADLINE.opening = True
    try:
        yield
    finally:
        DEADLINE.opening = False


class TimedSocket(socket.socket):
    """A socket that keeps the deadline of its thread."""

    def connect(self, address: Any) -> None:
        DEADLINE.limit(self, CONNECTING, CONNECT_LIMIT)
        super().connect(address)

    def send(self, *args: Any) -> int:
        DEADLINE.limit(self, SENDING)
        return super().send(*args)

    def sendall(self, *args: Any) -> None:
        DEADLINE.limit(self, SENDING)
        super().sendall(*args)

    def recv(self, *args: Any) -> bytes:
        DEADLINE.limit(self, READING)
        return super().recv(*args)

    def recv_into(self, *args: Any) -> int:
        DEADLINE.limit(self, READING)
        return super().recv_into(*args)


class TimedTls(ssl.SSLSocket):
    """The same for TLS; and a certificate that was refused hangs on the error, as *certificate*."""

    def do_handshake(self, block: bool = False) -> None:
        DEADLINE.limit(self, CONNECTING)
        try:
            super().do_handshake(block)
        except ssl.SSLCertVerificationError as error:
            error.certificate = self._refused()  # type: ignore[attr-defined]
            raise

    def read(self, *args: Any) -> Any:
        DEADLINE.limit(self, READING)
        return super().read(*args)

    def send(self, *args: Any) -> int:
        DEADLINE.limit(self, SENDING)
        return super().send(*args)

    def _refused(self) -> dict[str, Any]:
        """The server's certificate in the form of getpeercert(), which itself gives nothing before a handshake is done."""
        try:
            chain = self._sslobj.get_unverified_chain()  # type: ignore[attr-defined]
            return dict(chain[0].get_info())
        except (AttributeError, IndexError, TypeError, ValueError, ssl.SSLError):
            return {}


def dial(host: str, port: int, options: Iterable[Any]) -> socket.socket:
    """A connection to the first address of *host* that answers, with the socket *options*; OSError where none does."""
    failure: OSError = OSError(f"{host} has no address")
    for family, kind, protocol, _name, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        sock = TimedSocket(family, kind, protocol)
        try:
            for option in options:
                sock.setsockopt(*option)
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    raise failure
