# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP session on requests: TLS, time limits, retries, pacing. It knows no API.

What decides a retry is whether the server can have acted: see HttpSession.send.
"""

from __future__ import annotations

import ipaddress
import math
import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from .._base.errors import AnswerError, CrdbError, LostAnswerError, NotSentError, OptionError
from .._base.masking import mask
from . import transport as _transport
from .answers import loaded
from .deadline import deadline
from .faults import Asked, explained, proxy_refusal
from .pacing import Pacer
from .transport import REQUESTS_IMPORT_ERROR, tls_context

if REQUESTS_IMPORT_ERROR is None:
    import requests
    from urllib3 import disable_warnings
    from urllib3.exceptions import HTTPError, InsecureRequestWarning

READ = "read"
WRITE = "write"
# Methods that may be sent again when nobody knows whether the first one arrived.
RESENDABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
PASSING = frozenset({502, 503, 504})
# With these nobody knows how far the server has got.
HALF_WAY = PASSING | {500}
ANSWER_LIMIT = 64 * 1024 * 1024
# Python and Ansible walk through answers by recursion; those of the APIs have less than ten levels.
DEPTH_LIMIT = 64
LONGEST_PAUSE = 60.0
# Servers close idle connections; a POST on one that is just being closed would be a lost answer for nothing.
IDLE_LIMIT = 3.0


@dataclass(frozen=True)
class Answer:
    """What came back: *body* is the parsed JSON, None where the answer is empty or no JSON (*text* has it then)."""

    status: int
    headers: Mapping[str, str]
    text: str
    body: Any = None
    is_json: bool = False

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def garbage(self) -> bool:
        return self.ok and not self.is_json and bool(self.text.strip())


@dataclass
class HttpSettings:
    """How to talk: seconds for *timeout* (one request, in whole) and *rate_limit_timeout*, a count for *retries*."""

    base_url: str
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    validate_certs: bool = True
    ca_path: str | None = None
    timeout: float = 60.0
    retries: int = 5
    rate_limit_timeout: float = 600.0
    url_option: str = "api_url"


def is_loopback(host: str) -> bool:
    """True for localhost and the loopback addresses; a name is not resolved."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_url(url: str, option: str, *, secret: bool = True, prefix: str = "") -> str:
    """Return *url* without trailing slashes, or raise OptionError where it can't be used.

    *secret* says that something secret will be sent there, which plain HTTP must not carry over a network. *prefix*
    is the path that all requests begin with: who gives it as a part of the URL means the same.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port  # noqa: F841 - reading the port checks it
    except ValueError:
        raise OptionError(f"{option} is not a URL") from None
    if parts.scheme not in ("http", "https") or not host:
        raise OptionError(f"{option} must be a URL that starts with https:// and names a host")
    if parts.username is not None or parts.query or parts.fragment:
        raise OptionError(f"{option} must be a plain URL, without user, password, query or fragment")
    if secret and parts.scheme == "http" and not is_loopback(host):
        raise OptionError(
            f"{option} is http://{host}: a key is never sent unencrypted, except to loopback. Use https://"
        )
    return url.rstrip("/").removesuffix(prefix).rstrip("/")


class _Line(threading.local):
    """The connections of one thread: a session of requests is not made for several at once."""

    def __init__(self, connect: Callable[[], Any], clock: Callable[[], float]) -> None:
        self.session = connect()
        self.last_used = clock()
        self.written = 0


class HttpSession:
    """Sends requests below one base URL over pooled connections; several threads may share it.

    *refused* tells from an answer that the server did nothing for certain (then it is returned, never retried here).
    *read_only* is what check mode sets: a request with a write effect is then impossible. *written* counts the writes that were
    carried out (2xx), or may have been: a lost or unreadable answer, and an error 5xx that does not say the opposite.
    """

    def __init__(
        self,
        settings: HttpSettings,
        *,
        pacer: Pacer,
        refused: Callable[[Answer], bool] = lambda answer: False,
        read_only: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self.read_only = read_only
        self.sent = 0
        self.written = 0
        self._pacer = pacer
        self._refused = refused
        self._clock = clock
        self._sleep = sleep
        if not settings.validate_certs:
            # The user said so; in process the warning would go to the terminal, as stray output.
            disable_warnings(InsecureRequestWarning)
        # Plain HTTP to loopback may carry a key, and through a proxy that would leave the machine unencrypted.
        parts = urlsplit(settings.base_url)
        direct = parts.scheme == "http" and is_loopback(parts.hostname or "")
        self._proxies = {} if direct else requests.utils.get_environ_proxies(settings.base_url, no_proxy=None)
        self._tls = tls_context(settings.validate_certs, settings.ca_path, store=not direct)
        self._headers = {"Accept": "application/json", **settings.headers}
        self._line = _Line(lambda: _transport.session(settings.token, self._tls), clock)

    @property
    def written_here(self) -> int:
        """What *written* counts, of this thread alone."""
        return self._line.written

    def set_header(self, name: str, value: str | None) -> None:
        """Send *name* with every request from now on, or with None no longer."""
        if value is None:
            self._headers.pop(name, None)
        else:
            self._headers[name] = value

    def close(self) -> None:
        """Give the connections of this thread back."""
        self._line.session.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        effect: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        form: Mapping[str, str] | None = None,
        text: bool = False,
        secrets: tuple[Any, ...] = (),
        timeout: float | None = None,
    ) -> Answer:
        """Send one request and return the answer, whatever its status.

        Rate limited (429, or an error that says so): waits and sends again, any method, for rate_limit_timeout.
        Pauses are as long as Retry-After says, where the server says it.
        Certainly not sent: sent again, any method. 502, 503, 504, a cut connection, an answer that is no JSON:
        GET, PUT and DELETE are sent again (GET on 500 too); for POST and PATCH that is a LostAnswerError.
        *body* goes as JSON, *form* url-encoded; *text* says that the answer need not be JSON. *timeout* are the
        seconds for this request, where it shall not have those of the settings.
        """
        if effect == WRITE and self.read_only:
            raise CrdbError(f"Bug in crdb.cloud: check mode was about to send {method} {path}; nothing was sent")
        secrets = (*secrets, self.settings.token)
        asked = self._asked(method, path, timeout, secrets)
        attempt = 0
        limited_until = self._clock() + self.settings.rate_limit_timeout
        while True:
            answer: Answer | None = None
            failure: CrdbError
            try:
                answer = self._once(asked, query, body, form)
            except NotSentError as error:
                failure, again = error, not error.lasting
            except AnswerError:
                self._note(effect)
                raise
            except LostAnswerError as error:
                self._note(effect)
                failure, again = error, method in RESENDABLE
            else:
                if self._is_rate_limited(answer):
                    pause = pause_asked(answer.headers, 1.0)
                    if self._clock() + pause > limited_until:
                        return answer
                    self._pacer.hold(pause)
                    self._sleep(pause)
                    continue
                if answer.ok or (answer.status in HALF_WAY and not self._refused(answer)):
                    self._note(effect)
                if (text and answer.ok) or not self._is_unusable(method, answer) or self._refused(answer):
                    return answer
                failure = LostAnswerError(_told(answer, secrets))
                again = method in RESENDABLE
            attempt += 1
            if not again or attempt > self.settings.retries:
                if answer is not None and not answer.garbage and method in RESENDABLE:
                    return answer
                raise failure
            pause = min(0.25 * 2**attempt, 10.0)
            self._sleep(pause_asked(answer.headers if answer else {}, pause))

    def _asked(self, method: str, path: str, timeout: float | None, secrets: tuple[Any, ...]) -> Asked:
        settings = self.settings
        proxy = ""
        if self._proxies:
            proxy = requests.utils.select_proxy(settings.base_url, self._proxies) or ""
        return Asked(
            method=method,
            path=path,
            shown_path=mask(path, secrets),
            base_url=settings.base_url,
            url_option=settings.url_option,
            timeout=settings.timeout if timeout is None else timeout,
            proxy=proxy,
        )

    def _note(self, effect: str) -> None:
        if effect == WRITE:
            self.written += 1
            self._line.written += 1

    def _once(
        self,
        asked: Asked,
        query: Mapping[str, Any] | None,
        body: Any,
        form: Mapping[str, str] | None,
    ) -> Answer:
        self._pacer.wait()
        line = self._line
        if asked.method in ("POST", "PATCH") and self._clock() - line.last_used > IDLE_LIMIT:
            line.session.close()
        self.sent += 1
        with deadline(asked.timeout) as limit:
            try:
                with line.session.request(
                    asked.method,
                    asked.base_url + asked.path,
                    headers=self._headers,
                    params=query,
                    json=body,
                    data=form,
                    timeout=asked.timeout,
                    allow_redirects=False,
                    stream=True,
                    verify=self.settings.validate_certs,
                    proxies=self._proxies,
                ) as response:
                    raw = self._read(response)
                    status, headers = response.status_code, response.headers
            except (requests.exceptions.RequestException, HTTPError) as error:
                raise explained(error, asked, limit) from None
            finally:
                line.last_used = self._clock()
        if status < 200:
            # What comes behind it would be taken for the answer to the next request.
            line.session.close()
            raise LostAnswerError(f"{asked.base_url} answered with HTTP {status}, which is no answer")
        if 300 <= status < 400:
            raise self._redirected(status, headers.get("Location", ""))
        if status == 407 and asked.proxy:
            raise proxy_refusal(asked, status, response.reason or "")
        return _parse(status, headers, raw)

    def _redirected(self, status: int, location: str) -> CrdbError:
        base, option = self.settings.base_url, self.settings.url_option
        target, here = urlsplit(location), urlsplit(base)
        if here.scheme == "http" and target.scheme == "https" and target.hostname == here.hostname:
            return CrdbError(f"{base} speaks TLS", f"Set {option} to https://{here.netloc}")
        return CrdbError(
            f"{base} answered with a redirect (HTTP {status} to {target.hostname or 'another path'}), which is never followed",
            f"Set {option} to the address of the API itself",
        )

    def _read(self, response: Any) -> bytes:
        chunks: list[bytes] = []
        size = 0
        for chunk in _chunks(response):
            size += len(chunk)
            if size > ANSWER_LIMIT:
                raise AnswerError(
                    f"The answer of {self.settings.base_url} is larger than {ANSWER_LIMIT >> 20} MiB and was not read"
                )
            chunks.append(chunk)
        return b"".join(chunks)

    def _is_unusable(self, method: str, answer: Answer) -> bool:
        return answer.garbage or answer.status in PASSING or (answer.status == 500 and method == "GET")

    @staticmethod
    def _is_rate_limited(answer: Answer) -> bool:
        return answer.status == 429 or (
            answer.status >= 400 and re.search(r"rate.?limit", answer.text[:4096], re.I) is not None
        )


def _chunks(response: Any) -> Iterator[bytes]:
    """The body as it arrives, decompressed, in pieces that a limit of size can stop."""
    read1 = getattr(response.raw, "read1", None)
    if read1 is None:  # urllib3 before 2.1
        yield from response.iter_content(1024)
        return
    while chunk := read1(64 * 1024, decode_content=True):
        yield chunk


def _parse(status: int, headers: Mapping[str, str], raw: bytes) -> Answer:
    text = raw.decode("utf-8", errors="replace")
    if not text.strip():
        return Answer(status, headers, text)
    data, flaw = _load(text)
    return Answer(status, headers, text) if flaw else Answer(status, headers, text, data, True)


def _load(text: str) -> tuple[Any, str]:
    """The value that *text* is in JSON, and what keeps it from being used."""
    try:
        data = loaded(text)
    except ValueError:
        return None, "was not JSON"
    except RecursionError:
        return None, f"was nested more than {DEPTH_LIMIT} levels deep"
    level = [data]
    for _depth in range(DEPTH_LIMIT):
        insides = (
            item.values() if isinstance(item, dict) else item for item in level if isinstance(item, (dict, list))
        )
        level = [inner for inside in insides for inner in inside]
        if not level:
            return data, ""
    return None, f"was nested more than {DEPTH_LIMIT} levels deep"


def _told(answer: Answer, secrets: tuple[Any, ...]) -> str:
    if answer.ok:
        return f"the answer (HTTP {answer.status}) {_load(answer.text)[1]}"
    return f"the server answered HTTP {answer.status}: {shorten(mask(answer.text, secrets))}"


def shorten(text: str, limit: int = 300) -> str:
    """*text* on one line, cut to *limit* characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[:limit] + "..."


def pause_asked(headers: Mapping[str, str], usual: float) -> float:
    """The seconds to wait that an answer asks for by Retry-After, as a number or as a date; *usual* where it does not.

    No more than LONGEST_PAUSE, and a bit more than asked, so that not everybody who was turned away comes back at once.
    """
    text = headers.get("Retry-After", "")
    try:
        asked = float(text)
    except ValueError:
        moment, now = _moment(text), _moment(headers.get("Date", "")) or datetime.now(timezone.utc)
        asked = math.nan if moment is None else (moment - now).total_seconds()
    if not math.isfinite(asked):
        asked = usual
    return min(max(asked, 0.1), LONGEST_PAUSE) + random.uniform(0.0, 0.5)


def _moment(text: str) -> datetime | None:
    """The date *text* of an HTTP header; None where it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
