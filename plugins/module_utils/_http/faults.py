# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the errors of requests, urllib3 and OpenSSL mean: whether the server can have acted, and what to tell a person."""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

from .._base.errors import CrdbError, LostAnswerError, NotSentError
from .deadline import CONNECT_LIMIT, CONNECTING, READING, Deadline
from .transport import REQUESTS_IMPORT_ERROR

if REQUESTS_IMPORT_ERROR is None:
    from requests import exceptions

# The reasons of OpenSSL for which there is something better to say (x509_vfy.h).
NOT_YET_VALID, EXPIRED = 9, 10
OTHER_NAME = frozenset({62, 64})
NAMES_SHOWN = 5
TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})\s*(.*)", re.S)


@dataclass(frozen=True)
class Asked:
    """A request as its errors name it: *shown_path* is the path without secrets, *proxy* the URL of the one in between."""

    method: str
    path: str
    shown_path: str
    base_url: str
    url_option: str
    timeout: float
    proxy: str = ""

    @property
    def named(self) -> str:
        return f"{self.method} {self.base_url}{self.shown_path}"

    @property
    def proxy_host(self) -> str:
        """The proxy without the user and the password that may be in its URL."""
        return self.proxy.rpartition("@")[2].rpartition("//")[2].rstrip("/")


def explained(error: Exception, asked: Asked, limit: Deadline) -> CrdbError:
    """The error to raise for *error*: NotSentError, LostAnswerError, or a CrdbError where another try can't help."""
    base, cause = asked.base_url, root_cause(error)
    is_timeout = isinstance(cause, TimeoutError) or isinstance(error, exceptions.Timeout)
    if is_timeout and limit.is_over:
        return _out_of_time(asked, limit)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _certificate(cause, asked, of_proxy=isinstance(error, exceptions.ProxyError))
    if isinstance(error, exceptions.SSLError):
        if "WRONG_VERSION_NUMBER" in str(cause) or "record layer" in str(cause):
            return CrdbError(f"{base} does not speak TLS on this port", "Check the scheme and the port of the URL")
        return LostAnswerError(f"The TLS connection to {base} broke ({type(cause).__name__})")
    if isinstance(error, exceptions.ProxyError):
        refused = TUNNEL.search(str(cause))
        if refused:
            return proxy_refusal(asked, int(refused[1]), refused[2])
        return NotSentError(f"Could not reach {base} through the proxy {asked.proxy_host} ({_words(cause)})")
    if isinstance(error, exceptions.ConnectTimeout):
        return NotSentError(f"Could not connect to {base}: no answer in {CONNECT_LIMIT:g} seconds")
    if is_timeout:
        return LostAnswerError(f"{asked.named} got no answer in time")
    if isinstance(cause, (ConnectionRefusedError, socket.gaierror)) or "NewConnectionError" in repr(error):
        return NotSentError(
            f"Could not connect to {base}: {_words(cause)}",
            f"Check {asked.url_option}, the network and the proxy variables",
        )
    if isinstance(error, (exceptions.InvalidURL, exceptions.InvalidHeader, exceptions.InvalidSchema)):
        return CrdbError(f"The request to {base} can't be built: {type(error).__name__}")
    return LostAnswerError(f"The connection to {base} was cut before the answer was complete ({type(cause).__name__})")


def proxy_refusal(asked: Asked, status: int, reason: str) -> NotSentError:
    """What a proxy that answered for itself has said; asking it again helps only where it speaks of a passing fault."""
    words = " ".join(reason.split())[:100]
    said = f"HTTP {status} {words}".strip()
    hint = "Check the proxy variables, and whether the proxy lets this address through"
    if status == 407:
        said = "HTTP 407: it wants a user name and a password"
        hint = "Put them into the proxy variable (HTTPS_PROXY=http://user:password@proxy:port, special characters %-encoded)"
        if "@" in asked.proxy:
            said = "HTTP 407: it does not accept the user name and the password that the proxy variable holds"
            hint = "Correct them there, special characters %-encoded"
    return NotSentError(
        f"Could not reach {asked.base_url}: the proxy {asked.proxy_host} answered {said}", hint, lasting=status < 500
    )


def _out_of_time(asked: Asked, limit: Deadline) -> CrdbError:
    ran_out = f"api_timeout of {asked.timeout:g} seconds ran out while"
    hint = "Raise api_timeout if the server needs longer"
    if limit.phase == CONNECTING:
        way = f" through the proxy {asked.proxy_host}" if asked.proxy else ""
        return NotSentError(f"{ran_out} connecting to {asked.base_url}{way}", hint)
    doing = f"reading the answer to {asked.named}" if limit.phase == READING else f"sending {asked.named}"
    return LostAnswerError(f"{ran_out} {doing}", hint)


def _certificate(error: ssl.SSLCertVerificationError, asked: Asked, *, of_proxy: bool) -> CrdbError:
    """Why a certificate was refused. What it says itself is the word of a stranger, and only shown."""
    found: Mapping[str, Any] = getattr(error, "certificate", {})
    whose, host, option = asked.base_url, urlsplit(asked.base_url).hostname or "", asked.url_option
    if of_proxy:
        whose, option = f"the proxy {asked.proxy_host}", "the proxy variable"
        host = asked.proxy_host.rpartition(":")[0] or asked.proxy_host
    refused = f"The certificate of {whose} is not trusted"
    code = error.verify_code
    if code in OTHER_NAME:
        names = _names(found)
        made_for = f": it is for {names}, not for '{host}'" if names else f": it is not for '{host}'"
        return CrdbError(f"{refused}{made_for}", f"Name the server in {option} as its certificate does")
    moments = {EXPIRED: ("notAfter", "expired"), NOT_YET_VALID: ("notBefore", "is not valid yet")}
    if code in moments:
        field, words = moments[code]
        moment = _moment(found.get(field))
        is_its_own = moment is not None and (moment < time.time()) == (code == EXPIRED)
        if not is_its_own:
            return CrdbError(
                f"{refused}: a certificate of the CA that signed it {words}",
                "The CA needs a new one; look whether the clock of this machine is right",
            )
        since = "on" if code == EXPIRED else "but from"
        return CrdbError(
            f"{refused}: it {words}{',' if code != EXPIRED else ''} {since} "
            f"{datetime.fromtimestamp(moment or 0, timezone.utc):%Y-%m-%d %H:%M:%S} UTC",
            "The server needs a new one; look whether the clock of this machine is right",
        )
    return CrdbError(
        f"{refused}: {error.verify_message or 'verification failed'}",
        "Give the PEM file of the CA that signed it in ca_path",
    )


def _names(certificate: Mapping[str, Any]) -> str:
    names = [
        f"'{str(name)[:100]}'" for kind, name in certificate.get("subjectAltName", ()) if kind in ("DNS", "IP Address")
    ]
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more


def _moment(text: Any) -> float | None:
    try:
        return float(ssl.cert_time_to_seconds(text))
    except (TypeError, ValueError):
        return None


def root_cause(error: BaseException) -> BaseException:
    """The innermost of the errors that *error* wraps."""
    for _step in range(10):
        inner = getattr(error, "reason", None)
        if not isinstance(inner, BaseException):
            inner = error.__cause__ or error.__context__
        if inner is None:
            inner = next((item for item in getattr(error, "args", ()) if isinstance(item, BaseException)), None)
        if not isinstance(inner, BaseException) or inner is error:
            return error
        error = inner
    return error


def _words(cause: BaseException) -> str:
    return str(getattr(cause, "strerror", None) or type(cause).__name__).lower()
