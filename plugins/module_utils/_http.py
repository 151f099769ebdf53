# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP session on requests: TLS, time limits, retries, pacing. It knows no API.

What decides a retry is whether the server can have acted: see HttpSession.send.
"""

from __future__ import annotations

import ipaddress
import json
import math
import random
import re
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ._answers import harmless, may_hold_surrogates
from ._errors import AnswerError, CrdbError, LostAnswerError, NotSentError, OptionError
from ._pacing import Pacer
from ._secrets import mask

try:
    import requests
    from requests.adapters import HTTPAdapter
    from requests.auth import AuthBase
    from urllib3 import disable_warnings
    from urllib3.exceptions import HTTPError, InsecureRequestWarning
except ImportError:
    REQUESTS_IMPORT_ERROR: str | None = traceback.format_exc()
    AuthBase = object  # type: ignore[assignment,misc]
    HTTPAdapter = object  # type: ignore[assignment,misc]
else:
    REQUESTS_IMPORT_ERROR = None

READ = "read"
WRITE = "write"
# Methods that may be sent again when nobody knows whether the first one arrived.
RESENDABLE = frozenset({"GET", "PUT", "DELETE"})
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


class BearerAuth(AuthBase):
    """Puts the token on each request; with an auth object requests never looks into ~/.netrc."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Adapter(HTTPAdapter):
    """Speaks TLS with exactly the context it is given, whatever requests' own idea of a CA bundle."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        return super().proxy_manager_for(*args, ssl_context=self._context, **kwargs)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        conn.cert_reqs = "CERT_REQUIRED" if self._context.verify_mode == ssl.CERT_REQUIRED else "CERT_NONE"


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


def check_url(url: str, option: str, *, secret: bool = True) -> str:
    """Return *url* without trailing slashes, or raise OptionError where it can't be used.

    *secret* says that something secret will be sent there, which plain HTTP must not carry over a network.
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
    return url.rstrip("/")


def tls_context(validate_certs: bool, ca_path: str | None) -> ssl.SSLContext:
    """The system's trust store plus the PEM file *ca_path*."""
    context = ssl.create_default_context()
    # Said once more, since the system's OpenSSL may be set up to allow less.
    context.minimum_version = max(context.minimum_version, ssl.TLSVersion.TLSv1_2)
    if ca_path:
        try:
            context.load_verify_locations(cafile=ca_path)
        except FileNotFoundError:
            raise OptionError(f"ca_path: there is no file '{ca_path}'") from None
        except (OSError, ssl.SSLError) as error:
            raise OptionError(
                f"ca_path: '{ca_path}' can't be read as PEM certificates ({type(error).__name__})"
            ) from None
    if not validate_certs:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


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
        self._tls = tls_context(settings.validate_certs, settings.ca_path)
        self._headers = {"Accept": "application/json", **settings.headers}
        self._line = _Line(self._connect, clock)
        # Plain HTTP to loopback may carry a key, and through a proxy that would leave the machine unencrypted.
        parts = urlsplit(settings.base_url)
        direct = parts.scheme == "http" and is_loopback(parts.hostname or "")
        self._proxies = {} if direct else requests.utils.get_environ_proxies(settings.base_url, no_proxy=None)

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

    def _connect(self) -> requests.Session:
        session = requests.Session()
        # No .netrc and no REQUESTS_CA_BUNDLE behind the user's back; the proxies are asked for by name.
        session.trust_env = False
        session.mount("https://", _Adapter(self._tls))
        session.auth = BearerAuth(self.settings.token) if self.settings.token else None
        return session

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
    ) -> Answer:
        """Send one request and return the answer, whatever its status.

        Rate limited (429, or an error that says so): waits and sends again, any method, for rate_limit_timeout.
        Certainly not sent: sent again, any method. 502, 503, 504, a cut connection, an answer that is no JSON:
        GET, PUT and DELETE are sent again (GET on 500 too); for POST and PATCH that is a LostAnswerError.
        *body* goes as JSON, *form* url-encoded; *text* says that the answer need not be JSON.
        """
        if effect == WRITE and self.read_only:
            raise CrdbError(f"Bug in crdb.cloud: check mode was about to send {method} {path}; nothing was sent")
        secrets = (*secrets, self.settings.token)
        attempt = 0
        limited_until = self._clock() + self.settings.rate_limit_timeout
        while True:
            answer: Answer | None = None
            failure: CrdbError
            try:
                answer = self._once(method, path, query, body, form)
            except NotSentError as error:
                failure, again = error, True
            except AnswerError:
                self._note(effect)
                raise
            except LostAnswerError as error:
                self._note(effect)
                failure, again = error, method in RESENDABLE
            else:
                if self._is_rate_limited(answer):
                    pause = self._pause_asked(answer)
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
            self._sleep(min(0.25 * 2**attempt, 10.0) * random.uniform(0.75, 1.25))

    def _note(self, effect: str) -> None:
        if effect == WRITE:
            self.written += 1
            self._line.written += 1

    def _once(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Any,
        form: Mapping[str, str] | None,
    ) -> Answer:
        self._pacer.wait()
        line = self._line
        if method in ("POST", "PATCH") and self._clock() - line.last_used > IDLE_LIMIT:
            line.session.close()
        deadline = self._clock() + self.settings.timeout
        self.sent += 1
        try:
            with line.session.request(
                method,
                self.settings.base_url + path,
                headers=self._headers,
                params=query,
                json=body,
                data=form,
                timeout=(min(10.0, self.settings.timeout), self.settings.timeout),
                allow_redirects=False,
                stream=True,
                verify=self.settings.validate_certs,
                proxies=self._proxies,
            ) as response:
                raw = self._read(response, deadline)
                status, headers = response.status_code, response.headers
        except (requests.exceptions.RequestException, HTTPError) as error:
            raise self._explain(error) from None
        finally:
            line.last_used = self._clock()
        if 300 <= status < 400:
            raise self._redirected(status, headers.get("Location", ""))
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

    def _read(self, response: Any, deadline: float) -> bytes:
        chunks: list[bytes] = []
        size = 0
        for chunk in _chunks(response):
            size += len(chunk)
            if size > ANSWER_LIMIT:
                raise AnswerError(
                    f"The answer of {self.settings.base_url} is larger than {ANSWER_LIMIT >> 20} MiB and was not read"
                )
            chunks.append(chunk)
            if self._clock() > deadline:
                raise LostAnswerError(
                    f"{self.settings.base_url} did not finish its answer in {self.settings.timeout:g} seconds"
                )
        return b"".join(chunks)

    def _is_unusable(self, method: str, answer: Answer) -> bool:
        return answer.garbage or answer.status in PASSING or (answer.status == 500 and method == "GET")

    @staticmethod
    def _is_rate_limited(answer: Answer) -> bool:
        return answer.status == 429 or (
            answer.status >= 400 and re.search(r"rate.?limit", answer.text[:4096], re.I) is not None
        )

    @staticmethod
    def _pause_asked(answer: Answer) -> float:
        try:
            asked = float(answer.headers.get("Retry-After", ""))
        except ValueError:
            asked = 1.0
        if not math.isfinite(asked):
            asked = 1.0
        # Everybody who was turned away comes back at another moment.
        return min(max(asked, 0.1), LONGEST_PAUSE) + random.uniform(0.0, 0.5)

    def _explain(self, error: Exception) -> CrdbError:
        base = self.settings.base_url
        cause = _root_cause(error)
        if isinstance(error, requests.exceptions.SSLError):
            if isinstance(cause, ssl.SSLCertVerificationError):
                return CrdbError(
                    f"The certificate of {base} is not trusted: {cause.verify_message or 'verification failed'}",
                    "Give the PEM file of the CA that signed it in ca_path",
                )
            if "WRONG_VERSION_NUMBER" in str(cause) or "record layer" in str(cause):
                return CrdbError(f"{base} does not speak TLS on this port", "Check the scheme and the port of the URL")
            return LostAnswerError(f"The TLS connection to {base} broke ({type(cause).__name__})")
        if isinstance(error, requests.exceptions.ProxyError):
            return NotSentError(
                f"Could not reach {base} through the proxy that the environment names ({_words(cause)})"
            )
        if isinstance(error, requests.exceptions.ConnectTimeout):
            return NotSentError(
                f"Could not connect to {base}: no answer in {min(10.0, self.settings.timeout):g} seconds"
            )
        if isinstance(error, requests.exceptions.Timeout) or isinstance(cause, TimeoutError):
            return LostAnswerError(f"{base} did not answer in {self.settings.timeout:g} seconds")
        if isinstance(cause, (ConnectionRefusedError, socket.gaierror)) or "NewConnectionError" in repr(error):
            return NotSentError(
                f"Could not connect to {base}: {_words(cause)}",
                f"Check {self.settings.url_option}, the network and the proxy variables",
            )
        unusable = (
            requests.exceptions.InvalidURL,
            requests.exceptions.InvalidHeader,
            requests.exceptions.InvalidSchema,
        )
        if isinstance(error, unusable):
            return CrdbError(f"The request to {base} can't be built: {type(error).__name__}")
        return LostAnswerError(
            f"The connection to {base} was cut before the answer was complete ({type(cause).__name__})"
        )


def _chunks(response: Any) -> Iterator[bytes]:
    """The body as it arrives, so that a deadline is seen between any two packets."""
    read1 = getattr(response.raw, "read1", None)
    if read1 is None:  # urllib3 before 2.1 waits until a chunk is full
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
        data = json.loads(text)
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
            return harmless(data) if may_hold_surrogates(text) else data, ""
    return None, f"was nested more than {DEPTH_LIMIT} levels deep"


def _told(answer: Answer, secrets: tuple[Any, ...]) -> str:
    if answer.ok:
        return f"the answer (HTTP {answer.status}) {_load(answer.text)[1]}"
    return f"the server answered HTTP {answer.status}: {shorten(mask(answer.text, secrets))}"


def shorten(text: str, limit: int = 300) -> str:
    """*text* on one line, cut to *limit* characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[:limit] + "..."


def _root_cause(error: BaseException) -> BaseException:
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
