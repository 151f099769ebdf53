# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client of the Cluster API v2: nodes in turn, session token, trailing slash, two paging styles, text errors."""

from __future__ import annotations

import base64
import binascii
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .._base.env import env_fallback
from .._base.errors import AnswerError, ApiError, CrdbError, LostAnswerError, NotSentError, OptionError, TransportError
from .._base.masking import mask
from .._base.version import VERSION
from .._http.answers import ANY_OBJECT, ANY_PAGE, TEXT, WHOLE, ListOf, Object, Shape, told
from .._http.pacing import Pacer
from .._http.paging import PageCount
from .._http.session import PASSING, READ, Answer, HttpSession, HttpSettings, check_url, pause_asked, shorten

API, PREFIX = "/api/", "/api/v2"
SESSION_HEADER = "X-Cockroach-API-Session"
LOGIN = Object({"session": TEXT})
TOKEN_PAGE = Object(known={"next": TEXT})
# Seconds for logging out of a cluster that has just kept a request waiting until its time was over.
LAST_TRY = 1.0
COOKIE = re.compile(r"""(?:(?:set-)?cookie:)?\s*session=\s*["']?([^;"'\s]+)["']?\s*(?:;.*)?""", re.I | re.S)
ADDRESSABLE = re.compile(r"[A-Za-z0-9_.]+")

CONNECTION_OPTIONS: dict[str, dict[str, Any]] = {
    "cluster_api_url": {"type": "list", "elements": "str", "fallback": (env_fallback, ["CRDB_CLUSTER_API_URL"])},
    "cluster_api_session": {"type": "str", "no_log": True, "fallback": (env_fallback, ["CRDB_CLUSTER_API_SESSION"])},
    "cluster_api_username": {"type": "str", "fallback": (env_fallback, ["CRDB_CLUSTER_API_USERNAME"])},
    "cluster_api_password": {"type": "str", "no_log": True, "fallback": (env_fallback, ["CRDB_CLUSTER_API_PASSWORD"])},
    "api_timeout": {"type": "float", "default": 60.0, "fallback": (env_fallback, ["CRDB_API_TIMEOUT"])},
    "api_retries": {"type": "int", "default": 5, "fallback": (env_fallback, ["CRDB_API_RETRIES"])},
    "validate_certs": {"type": "bool", "default": True, "fallback": (env_fallback, ["CRDB_VALIDATE_CERTS"])},
    "ca_path": {"type": "path", "fallback": (env_fallback, ["CRDB_CA_PATH"])},
}


class ClusterApi:
    """One cluster, by the URLs of one or more of its nodes.

    A node that does not answer is passed over, and the next one asked; never for a request that may have been
    carried out. With a user and a password it logs in before the first request that needs it; close() logs out.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        *,
        read_only: bool = False,
        agent: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._given_token = session_token(settings.get("cluster_api_session"))
        # A cookie that was pasted as a whole is a secret as well, not only the token in it.
        self._given_text: str = (settings.get("cluster_api_session") or "").strip()
        self._token = self._given_token
        self._username: str = settings.get("cluster_api_username") or ""
        self._password: str = settings.get("cluster_api_password") or ""
        self._retries: int = settings["api_retries"]
        self._sleep = sleep
        self._logged_in: list[str] = []
        # No node has answered the last request.
        self._is_silent = False
        _check(settings, self._token, self._username, self._password)
        secret = bool(self._token or self._username)
        self.nodes = [
            HttpSession(
                HttpSettings(
                    base_url=check_url(_with_scheme(url), "cluster_api_url", secret=secret, prefix=PREFIX),
                    headers={"User-Agent": f"crdb.cloud/{VERSION} {agent}".strip()},
                    validate_certs=settings["validate_certs"],
                    ca_path=settings.get("ca_path") or None,
                    timeout=settings["api_timeout"],
                    retries=0,
                    url_option="cluster_api_url",
                ),
                pacer=Pacer(0, ""),
                read_only=read_only,
            )
            for url in settings["cluster_api_url"]
        ]

    @property
    def written(self) -> int:
        """How many writes were carried out so far, or may have been."""
        return sum(node.written for node in self.nodes)

    # --- requests ------------------------------------------------------------------------------------------------

    def get(self, path: str, query: Mapping[str, Any] | None = None, *, shape: Object = ANY_OBJECT) -> dict[str, Any]:
        """The object that GET *path* (below /api/v2, without the trailing slash) answers with."""
        return checked(self.call("GET", path, query=query), "GET", f"{PREFIX}{path}/", shape)

    def ask(
        self,
        method: str,
        path: str,
        *,
        effect: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        secrets: tuple[Any, ...] = (),
    ) -> Answer:
        """Send one request and return its answer, a 2xx; ApiError otherwise. *path* is below /api/v2, or whole from /api/."""
        return self.call(method, whole(path), effect=effect, query=query, body=body, secrets=secrets, prefix="")

    def call(
        self,
        method: str,
        path: str,
        *,
        effect: str = READ,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        text: bool = False,
        prefix: str = PREFIX,
        accept: tuple[int, ...] = (),
        secrets: tuple[Any, ...] = (),
        login: bool = True,
    ) -> Answer:
        """Send one request to the first node that answers; ApiError for a status of 400 and more, if not in *accept*.

        *login* false is for what is open to everybody: a node that is not ready can't check a password.
        """
        if login:
            self._log_in_once()
        where = f"{prefix}{path}/" if prefix else path
        hidden = (*secrets, self._token, self._given_text, self._password)
        for attempt in range(2):
            answer = self._first_answer(
                method, where, effect=effect, query=query, body=body, text=text, secrets=hidden, accept=accept
            )
            if answer.ok or answer.status in accept:
                return answer
            if attempt or answer.status != 401 or not self._logged_in:
                break
            # The session that was made here has expired on the way: make another one, once.
            self.log_in()
        raise self._error(answer, method, where, hidden)

    def _first_answer(
        self,
        method: str,
        path: str,
        *,
        effect: str,
        secrets: tuple[Any, ...],
        accept: tuple[int, ...] = (),
        retries: int | None = None,
        **request: Any,
    ) -> Answer:
        """Ask the nodes in turn, from the one that answered last, for as many rounds as there are *retries* (None: those of the settings).

        A node that says that it can't serve a GET just now is passed over as well, if that is not in *accept*.
        """
        failure: TransportError | None = None
        refusal: Answer | None = None
        for attempt in range((self._retries if retries is None else retries) + 1):
            if attempt:
                self._sleep(pause_asked(refusal.headers if refusal else {}, min(0.25 * 2**attempt, 10.0)))
            for node in list(self.nodes):
                try:
                    answer = node.send(method, path, effect=effect, secrets=secrets, **request)
                except NotSentError as error:
                    failure = error
                except LostAnswerError as error:
                    if effect != READ:
                        self._is_silent = True
                        # It may have been carried out: asking another node could do it twice.
                        raise CrdbError(
                            f"{error.message}: the outcome of the request is unknown",
                            "Look whether it was carried out before you run the task again",
                        ) from None
                    failure = error
                else:
                    if method == "GET" and answer.status in PASSING and answer.status not in accept:
                        refusal = answer
                        continue
                    self.nodes.remove(node)
                    self.nodes.insert(0, node)
                    self._is_silent = False
                    return answer
        if refusal:
            return refusal
        self._is_silent = True
        if len(self.nodes) > 1:
            names = ", ".join(node.settings.base_url for node in self.nodes)
            raise CrdbError(f"None of the nodes {names} answered; the last one: {failure}")
        raise failure or CrdbError("cluster_api_url is empty")

    # --- sessions ------------------------------------------------------------------------------------------------

    def log_in(self) -> str:
        """Log in and return the session token, which all further requests carry."""
        for node in self.nodes:
            node.set_header(SESSION_HEADER, None)
        form = {"username": self._username, "password": self._password}
        answer = self._first_answer("POST", f"{PREFIX}/login/", effect=READ, form=form, secrets=(self._password,))
        if not answer.ok:
            raise self._error(answer, "POST", f"{PREFIX}/login/", (self._password,))
        token = checked(answer, "POST", f"{PREFIX}/login/", LOGIN)["session"]
        if not sendable(token):
            raise AnswerError(f"the answer to POST {PREFIX}/login/ can't be used: no session token looks like that")
        self._logged_in.append(token)
        self._use(token)
        return self._token

    def log_out(self, token: str) -> None:
        """Make *token* worthless; one that is not valid any more is no error."""
        token = session_token(token)
        self._use(token)
        brief: dict[str, Any] = {"timeout": LAST_TRY, "retries": 0} if self._is_silent else {}
        answer = self._first_answer("POST", f"{PREFIX}/logout/", effect=READ, secrets=(token,), **brief)
        if not answer.ok and answer.status not in (400, 401):
            raise self._error(answer, "POST", f"{PREFIX}/logout/", (token,))

    def close(self, warn: Callable[[str], None] = lambda text: None) -> None:
        """Log out of every session that was made here."""
        while self._logged_in:
            try:
                self.log_out(self._logged_in.pop())
            except CrdbError as error:
                warn(f"Logging out of the cluster failed, the session ends by itself later: {error.message}")

        self._token = self._given_token

    def keep(self) -> None:
        """Leave the sessions made here open: somebody else will log out."""
        self._logged_in.clear()

    def _log_in_once(self) -> None:
        if self._token:
            self._use(self._token)
        elif self._username:
            self.log_in()

    def _use(self, token: str) -> None:
        self._token = token
        for node in self.nodes:
            node.set_header(SESSION_HEADER, token)

    # --- paging --------------------------------------------------------------------------------------------------

    def rows(
        self,
        path: str,
        key: str,
        query: Mapping[str, Any] | None = None,
        *,
        shape: Shape = ANY_OBJECT,
        limit: int | None,
        page_size: int,
    ) -> list[Any]:
        """At most *limit* rows (None: all) of the lists that are paged by offset; each exactly once, and of this *shape*.

        Servers leave an empty list out, or send null for it.
        """
        whole = Object(known={key: ListOf(shape), "next": WHOLE})
        found: list[Any] = []
        offset = 0
        count = _count(path)
        while limit is None or len(found) < limit:
            count.ask()
            asked = page_size if limit is None else min(page_size, limit - len(found))
            body = self.get(
                path, {**(query or {}), "limit": asked, **({"offset": offset} if offset else {})}, shape=whole
            )
            count.took(body)
            page = body.get(key) or []
            found += page
            following = body.get("next")
            if not page or not isinstance(following, int) or following <= offset:
                break
            offset = following
        return found

    def token_pages(
        self, path: str, query: Mapping[str, Any] | None = None, *, shape: Object = TOKEN_PAGE, page_size: int
    ) -> Iterator[dict[str, Any]]:
        """The bodies of lists that are paged by token. A next token is always there, so it is read to find the end."""
        return self.followed(path, {**(query or {}), "limit": page_size}, shape=shape)

    def followed(
        self, path: str, query: Mapping[str, Any] | None = None, *, shape: Object = ANY_PAGE
    ) -> Iterator[dict[str, Any]]:
        """Yield the body that GET *path* answers with, and of every page that follows it, by token or by offset."""
        asked = dict(query or {})
        count = _count(path)
        while True:
            count.ask()
            body = checked(self.ask("GET", path, effect=READ, query=asked), "GET", whole(path), shape)
            count.took(body)
            yield body
            following = _next_page(body, asked)
            if not following:
                return
            asked.update(following)

    # --- errors --------------------------------------------------------------------------------------------------

    def _error(self, answer: Answer, method: str, path: str, secrets: tuple[Any, ...]) -> ApiError:
        message = answer.text
        if isinstance(answer.body, dict):
            inner = answer.body.get("error")
            message = str(inner.get("message") if isinstance(inner, dict) else inner or answer.text)
        message = shorten(mask(message, secrets)) or "no reason given"
        return ApiError(
            message, status=answer.status, method=method, path=mask(path, secrets), hint=self._hint(answer, path)
        )

    def _hint(self, answer: Answer, path: str) -> str:
        text, status = answer.text, answer.status
        if path.endswith("/login/"):
            return (
                f"The user '{self._username}' can't log in to {self.nodes[0].settings.base_url}: check cluster_api_username and cluster_api_password; "
                "the user needs a password and the right to use the DB Console"
            )
        if status == 401 and not self._token:
            return (
                f"{self.nodes[0].settings.base_url} wants a login: set cluster_api_username and cluster_api_password, or "
                "cluster_api_session"
            )
        if status == 401:
            return (
                f"The session token is expired, logged out, or of another cluster than {self.nodes[0].settings.base_url}: "
                "get a new one with the module cluster_api_session, or set cluster_api_username and cluster_api_password"
            )
        if status == 400 and "base64" in text:
            return "cluster_api_session is not a session token of the Cluster API"
        if status == 403:
            return (
                "The SQL user needs the system privilege VIEWCLUSTERMETADATA, "
                "or in older versions (23.1 and before) membership of the role admin"
            )
        if status == 404 and "page not found" in text:
            return "The CockroachDB version of this cluster does not have this endpoint"
        if status == 500:
            return (
                "The server does not say why; its log does. Often the SQL user lacks a privilege: "
                "try with a member of the role admin"
            )
        if status == 501:
            return "This endpoint is only served by the system virtual cluster"
        return ""


def checked(answer: Answer, method: str, path: str, shape: Object) -> dict[str, Any]:
    """The object in *answer*; AnswerError where it has not this *shape*."""
    if flaw := shape.flaw(answer.body):
        raise AnswerError(
            f"the answer to {method} {path} can't be used: {told(flaw)}",
            "Check that cluster_api_url is the address of the DB Console, with nothing in between that makes answers of its own",
        )
    return dict(answer.body)


def whole(path: str) -> str:
    """*path* with the prefix of the API and the slash at its end, where it has no prefix of its own."""
    return path if path.startswith(API) else f"{PREFIX}{path.rstrip('/')}/"


def _next_page(body: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """What asks for the page after *body*, which *asked* has asked for; nothing where there is none."""
    following = body.get("next") or ""
    if isinstance(following, str):
        return {} if not following or following == asked.get("start") or is_last(following) else {"start": following}
    offset = int(asked.get("offset") or 0)
    any_rows = any(isinstance(rows, list) and rows for rows in body.values())
    return {"offset": following} if any_rows and following > offset else {}


def sendable(token: str) -> bool:
    """Whether *token* can be sent in a header."""
    return token.isascii() and token.isprintable() and " " not in token


def _count(path: str) -> PageCount:
    return PageCount(f"GET {PREFIX}{path}/", "Set limit to what you need, or raise page_size where it was lowered")


def addressable(kind: str, name: str) -> str:
    """*name* for a URL; OptionError where the API has no way to address it."""
    if not ADDRESSABLE.fullmatch(name):
        raise OptionError(
            f"The {kind} '{name}' can't be reached through the Cluster API: it only takes names of letters, digits, dots and underscores",
            "Use the module cluster_api_query instead",
        )
    return name


def session_token(text: str | None) -> str:
    """The session token in *text*: the token itself, or the cookie that ``cockroach auth-session login`` prints."""
    given = (text or "").strip()
    cookie = COOKIE.fullmatch(given)
    return cookie[1] if cookie else given


def is_last(token: str) -> bool:
    """Whether a paging token says that no node is left to be asked: "asked,|in progress|index|to ask,"."""
    try:
        parts = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().split("|")
    except (binascii.Error, ValueError):
        return False
    return len(parts) == 4 and parts[1] in ("", "0") and not parts[3].strip(",")


def _with_scheme(url: str) -> str:
    return url.strip() if "://" in url else f"https://{url.strip()}"


def _check(settings: Mapping[str, Any], token: str, username: str, password: str) -> None:
    if not [url for url in settings.get("cluster_api_url") or [] if url.strip()]:
        raise OptionError(
            "No address of a cluster: set the option cluster_api_url or the environment variable CRDB_CLUSTER_API_URL",
            "It is the address of the DB Console, such as https://node1.example.com:8080",
        )
    if not token and bool(username) != bool(password):
        missing = "cluster_api_username" if password else "cluster_api_password"
        raise OptionError(f"{missing} is missing: a login takes both cluster_api_username and cluster_api_password")
    if not sendable(token):
        raise OptionError("cluster_api_session holds characters that no session token has")
    if settings["api_timeout"] <= 0 or settings["api_retries"] < 0:
        raise OptionError("api_timeout must be above 0, and api_retries must not be negative")
