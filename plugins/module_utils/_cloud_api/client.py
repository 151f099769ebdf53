# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client of the Cloud API: bearer key or JWT, Cc-Version, paging, errors; and its connection options."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from .._base.env import env_fallback
from .._base.errors import AnswerError, ApiError, CrdbError, LostAnswerError, OptionError, explained
from .._base.masking import mask
from .._base.version import VERSION
from .._http.answers import ANY_OBJECT, ANY_PAGE, TEXT, Object, Shape, page, told
from .._http.pacing import Pacer
from .._http.paging import PageCount
from .._http.session import READ, WRITE, Answer, HttpSession, HttpSettings, check_url, shorten

VERSIONS = ("2022-03-31", "2022-09-20", "2023-04-10", "2024-09-16", "2026-09-15")
NEWEST = VERSIONS[-1]
# The version that is spoken where nobody chooses one. It is the first that has plans and labels.
USUAL = "2024-09-16"
DEFAULT_URL = "https://cockroachlabs.cloud"
API, PREFIX = "/api/", "/api/v1"
PAGE_LIMIT = 500
# The first API version that says which organization a key is of.
ORGANIZATION_SINCE = "2022-09-20"
ORGANIZATION = Object({"id": TEXT, "name": TEXT}, {"label": TEXT})
KEYS_PAGE = (
    "Access Management > Service Accounts in the Cloud Console (https://cockroachlabs.cloud/access/service-accounts)"
)
# Fields that the API sends as strings since they are 64 bits wide.
INT64_FIELDS = frozenset({"request_unit_limit", "storage_mib_limit", "provisioned_virtual_cpus", "table_count"})
# What an answer of the wrong shape most often comes from.
CHECK_URL = "Check that api_url is the address of the Cloud API, with nothing in between that makes answers of its own"
INT64 = re.compile(r"-?[0-9]{1,19}")
SECRET = re.compile(r"(CCDB1_[0-9A-Za-z]{22})_[0-9A-Za-z]+")
BUSY = re.compile(r"\b(couldn't lock|could not lock|locked cluster|POLICY_UPDATING)\b", re.I)

CONNECTION_OPTIONS: dict[str, dict[str, Any]] = {
    "api_key": {"type": "str", "no_log": True, "fallback": (env_fallback, ["COCKROACH_API_KEY"])},
    "api_jwt": {"type": "str", "no_log": True, "fallback": (env_fallback, ["COCKROACH_API_JWT"])},
    "vanity_name": {"type": "str", "fallback": (env_fallback, ["COCKROACH_VANITY_NAME"])},
    "username": {"type": "str", "fallback": (env_fallback, ["COCKROACH_USERNAME"])},
    "expected_organization": {"type": "str", "fallback": (env_fallback, ["CRDB_EXPECTED_ORGANIZATION"])},
    "api_url": {"type": "str", "default": DEFAULT_URL, "fallback": (env_fallback, ["COCKROACH_SERVER"])},
    "api_version": {
        "type": "str",
        "default": USUAL,
        "choices": list(VERSIONS),
        "fallback": (env_fallback, ["CRDB_API_VERSION"]),
    },
    "api_timeout": {"type": "float", "default": 60.0, "fallback": (env_fallback, ["CRDB_API_TIMEOUT"])},
    "api_retries": {"type": "int", "default": 5, "fallback": (env_fallback, ["CRDB_API_RETRIES"])},
    "api_rate_limit": {"type": "float", "default": 9.9, "fallback": (env_fallback, ["CRDB_API_RATE_LIMIT"])},
    "rate_limit_timeout": {"type": "float", "default": 600.0, "fallback": (env_fallback, ["CRDB_RATE_LIMIT_TIMEOUT"])},
    "validate_certs": {"type": "bool", "default": True, "fallback": (env_fallback, ["CRDB_VALIDATE_CERTS"])},
    "ca_path": {"type": "path", "fallback": (env_fallback, ["CRDB_CA_PATH"])},
}


def whole(path: str) -> str:
    """*path* with the prefix of the API, where it has none of its own."""
    return path if path.startswith(API) else PREFIX + path


def first_version_with(since: str) -> str:
    return f"api_version {since}" + ("" if since == NEWEST else " or newer")


class CloudApi:
    """One organization seen through one key and one API version.

    *settings* are the validated values of CONNECTION_OPTIONS; *secrets* are masked in whatever a server says.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        *,
        read_only: bool = False,
        agent: str = "",
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.version: str = settings["api_version"]
        self._settings = settings
        self._telling: CloudApi | None = None
        self.url = url = check_url(settings.get("api_url") or DEFAULT_URL, "api_url", prefix=PREFIX)
        token, headers = _credentials(settings)
        at = "api_url (or COCKROACH_SERVER)"
        if "Cc-Vanity-Name" in headers:
            self._unaccepted = f"The JWT was not accepted by {url}: check api_jwt, vanity_name, username, and {at}"
        else:
            self._unaccepted = (
                f"The key was not accepted by {url}: check api_key (or COCKROACH_API_KEY) and {at}, "
                f"or make a new key under {KEYS_PAGE}"
            )
        if (
            settings["api_timeout"] <= 0
            or settings["api_retries"] < 0
            or settings["api_rate_limit"] < 0
            or settings["rate_limit_timeout"] < 0
        ):
            raise OptionError(
                "api_timeout must be above 0; api_retries, api_rate_limit and rate_limit_timeout must not be negative"
            )
        self._expected: str = (settings.get("expected_organization") or "").strip()
        if self._expected and self.version < ORGANIZATION_SINCE:
            raise OptionError(
                f"expected_organization can't be confirmed with api_version {self.version}",
                f"It needs {first_version_with(ORGANIZATION_SINCE)}",
            )
        self._organization: Mapping[str, Any] | None = None
        self._asking = threading.Lock()
        self._agent = f"crdb.cloud/{VERSION} {agent}".strip()
        headers.update({"Cc-Version": self.version, "User-Agent": self._agent})
        self._token = token
        self._pacer = Pacer(settings["api_rate_limit"], f"{url} {token}")
        self._clock, self._sleep = clock, sleep
        self._public: HttpSession | None = None
        self.http = HttpSession(
            HttpSettings(
                base_url=url,
                token=token,
                headers=headers,
                validate_certs=settings["validate_certs"],
                ca_path=settings.get("ca_path") or None,
                timeout=settings["api_timeout"],
                retries=settings["api_retries"],
                rate_limit_timeout=settings["rate_limit_timeout"],
            ),
            pacer=self._pacer,
            refused=_is_refusal,
            read_only=read_only,
            clock=clock,
            sleep=sleep,
        )

    @property
    def own_key(self) -> str:
        """The id of the API key that this client uses, which its secret begins with; "" where it uses none of that form."""
        return key_id(self._token)

    @property
    def written(self) -> int:
        """How many writes were carried out so far, or may have been."""
        return self.http.written

    @property
    def written_here(self) -> int:
        """The same of this thread alone."""
        return self.http.written_here

    def get(
        self, path: str, query: Mapping[str, Any] | None = None, *, shape: Shape = ANY_OBJECT, body: Any = None
    ) -> dict[str, Any]:
        """The object that GET *path* answers with, or where the question is a *body* POST; AnswerError where it has not this *shape*."""
        method = "GET" if body is None else "POST"
        answer = self.call(method, path, effect=READ, query=query, body=body)
        if flaw := shape.flaw(answer):
            raise AnswerError(_unusable(method, path, flaw), CHECK_URL)
        return dict(answer)

    def write(
        self,
        method: str,
        path: str,
        body: Any = None,
        secrets: tuple[Any, ...] = (),
        *,
        shape: Shape = ANY_OBJECT,
    ) -> dict[str, Any]:
        """The object that the answer to a write holds, {} where it holds nothing.

        One that has not this *shape* is as good as lost, since it does not say what has been done: LostAnswerError.
        """
        answer = self.call(method, path, effect=WRITE, body=body, secrets=secrets)
        if answer in (None, {}):
            return {}
        if flaw := shape.flaw(answer):
            raise LostAnswerError(_unusable(method, mask(path, secrets), flaw), CHECK_URL)
        return dict(answer)

    def call(
        self,
        method: str,
        path: str,
        *,
        effect: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        secrets: tuple[Any, ...] = (),
    ) -> Any:
        """The parsed body of the 2xx answer that ask() returns, None where it is empty."""
        return self.ask(method, path, effect=effect, query=query, body=body, secrets=secrets).body

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
        """Send one request and return its answer, a 2xx; ApiError otherwise.

        *path* is relative to /api/v1, unless it begins with /api/. 64-bit integers, which the API sends as strings, come back as integers.
        Before the first write the organization is confirmed.
        """
        if effect == WRITE:
            self.confirm_organization()
        answer = self.http.send(method, whole(path), effect=effect, query=query, body=body, secrets=secrets)
        if answer.ok:
            return replace(answer, body=_integers(answer.body))
        raise self._error(answer, method, whole(path), secrets)

    def confirm_organization(self) -> None:
        """Raise CrdbError where the key is of another organization than expected_organization says; the API is asked once.

        All writes do this by themselves. It is for what comes before them: what check mode predicts, and what is kept elsewhere.
        """
        if not self._expected:
            return
        found = self.organization("expected_organization")
        if self._expected not in (found["name"], found["label"]) and self._expected.lower() != found["id"].lower():
            raise CrdbError(
                f"The key is of the organization '{found['name']}' (label {found['label']}, id {found['id']}), not of "
                f"'{self._expected}', which expected_organization (or CRDB_EXPECTED_ORGANIZATION) names",
                "Use a key of that organization, or correct the option",
            )

    def organization(self, needed_by: str) -> Mapping[str, str]:
        """The id, label and name of the organization that the key is of; the API is asked once.

        *needed_by* is the option that it is read for. All are empty with versions that do not tell it.
        """
        with self._asking:
            if self._organization is None:
                self._organization = self._read_organization(needed_by) if self.version >= ORGANIZATION_SINCE else {}
        return {name: self._organization.get(name) or "" for name in ("id", "label", "name")}

    def _read_organization(self, needed_by: str) -> dict[str, str]:
        try:
            found: dict[str, str] = self.get("/organization", shape=ORGANIZATION)
        except CrdbError as error:
            raise explained(
                error, f"read the organization, which {needed_by} needs", "any role of the organization"
            ) from None
        return found

    def pages(
        self, path: str, key: str, query: Mapping[str, Any] | None = None, *, shape: Shape = ANY_OBJECT
    ) -> Iterator[dict[str, Any]]:
        """Yield the body of every page, to the end, in whichever of the three paging forms the server speaks.

        A *query* with a limit of its own asks for the first rows alone, and so for one page.
        Each has a list under *key*, whose rows have the *shape*; AnswerError where one has not.
        """
        bodies = self.followed(path, {"pagination.limit": PAGE_LIMIT, **(query or {})}, shape=page(key, shape))
        yield from islice(bodies, 1) if query and "pagination.limit" in query else bodies

    def followed(
        self, path: str, query: Mapping[str, Any] | None = None, *, shape: Object = ANY_PAGE
    ) -> Iterator[dict[str, Any]]:
        """Yield the body that GET *path* answers with, and of every page that follows it, where it is one of a listing."""
        asked = dict(query or {})
        seen: set[str] = set()
        count = PageCount(f"GET {whole(path)}")
        while True:
            count.ask()
            body = self.get(path, asked, shape=shape)
            count.took(body)
            yield body
            following = _next_page(body)
            if not following:
                return
            mark = repr(sorted(following.items()))
            if mark in seen:
                raise CrdbError(f"GET {whole(path)} hands out the same next page again; the listing can't be completed")
            seen.add(mark)
            asked.update(following)

    def rows(
        self, path: str, key: str, query: Mapping[str, Any] | None = None, *, shape: Shape = ANY_OBJECT
    ) -> list[Any]:
        """Every row of the list *key* over all pages, each of this *shape*."""
        return [row for body in self.pages(path, key, query, shape=shape) for row in body[key]]

    def telling(self) -> CloudApi:
        """A client for reading alone that speaks a version that tells apart the plans that older ones show alike."""
        if self.version >= USUAL:
            return self
        if self._telling is None:
            settings = {**self._settings, "api_version": USUAL}
            agent = self._agent.partition(" ")[2]
            self._telling = CloudApi(settings, read_only=True, agent=agent, clock=self._clock, sleep=self._sleep)
        return self._telling

    def public_text(self, path: str) -> str:
        """The text at *path* below the server's root, which anybody may read: neither key nor JWT is sent there."""
        if self._public is None:
            headers = {"Accept": "*/*", "User-Agent": self._agent}
            self._public = HttpSession(
                replace(self.http.settings, token="", headers=headers),
                pacer=self._pacer,
                read_only=True,
                clock=self._clock,
                sleep=self._sleep,
            )
        answer = self._public.send("GET", path, effect=READ, text=True)
        if answer.ok:
            return answer.text
        error = self._error(answer, "GET", path, ())
        if answer.status == 401:
            error.hint = ""  # it speaks of a key, and none was sent
        raise error

    def _error(self, answer: Answer, method: str, path: str, secrets: tuple[Any, ...]) -> ApiError:
        body = answer.body if isinstance(answer.body, dict) else {}
        hidden = (*secrets, self._token)
        code = body.get("code")
        message = mask(str(body.get("message") or answer.text or "no reason given"), hidden)
        hint = ""
        if answer.status == 401:
            hint = self._unaccepted
        elif "invalid Cc-Version" in message:
            hint = f"The server does not know api_version {self.version}; this collection speaks {', '.join(VERSIONS)}"
        return ApiError(
            shorten(message),
            status=answer.status,
            method=method,
            path=mask(path, hidden),
            code=code if isinstance(code, int) else None,
            details=mask(body.get("details"), hidden),
            hint=hint,
            busy=_is_refusal(answer),
        )


def key_id(secret: str) -> str:
    """The id of the API key with that *secret*; "" where it is no secret of a key."""
    match = SECRET.fullmatch(secret)
    return match[1] if match else ""


def _credentials(settings: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    key = (settings.get("api_key") or "").strip()
    jwt = (settings.get("api_jwt") or "").strip()
    if key and jwt:
        # What was set on purpose beats what only the environment brought along.
        if (
            jwt == os.environ.get("COCKROACH_API_JWT", "").strip()
            and key != os.environ.get("COCKROACH_API_KEY", "").strip()
        ):
            jwt = ""
        elif (
            key == os.environ.get("COCKROACH_API_KEY", "").strip()
            and jwt != os.environ.get("COCKROACH_API_JWT", "").strip()
        ):
            key = ""
        else:
            raise OptionError(
                "Both an API key (api_key, COCKROACH_API_KEY) and a JWT (api_jwt, COCKROACH_API_JWT) are given; give one"
            )
    token, option = (jwt, "api_jwt") if jwt else (key, "api_key")
    if not token:
        raise OptionError(
            "No API key: set the option api_key or the environment variable COCKROACH_API_KEY",
            f"Make a key under {KEYS_PAGE}",
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise OptionError(
            f"{option} holds characters that no key has (blanks, line breaks or the like); give the secret key alone"
        )
    headers: dict[str, str] = {}
    if jwt:
        if not settings.get("vanity_name"):
            raise OptionError(
                "api_jwt needs vanity_name (or COCKROACH_VANITY_NAME): the label of the organization that the JWT is for"
            )
        for header, name in (("Cc-Vanity-Name", "vanity_name"), ("Cc-Username", "username")):
            value = (settings.get(name) or "").strip()
            if not value.isascii() or (value and not value.isprintable()):
                raise OptionError(f"{name} holds characters that can't be sent in a header")
            if value:
                headers[header] = value
    return token, headers


def _unusable(method: str, path: str, flaw: str) -> str:
    return f"the answer to {method} {whole(path)} can't be used: {told(flaw)}"


def _is_refusal(answer: Answer) -> bool:
    return (
        answer.status >= 400
        and isinstance(answer.body, dict)
        and BUSY.search(str(answer.body.get("message"))) is not None
    )


def _next_page(body: Mapping[str, Any]) -> dict[str, Any]:
    if "totalResults" in body:
        return _next_of_scim(body)
    pagination = body.get("pagination")
    if not isinstance(pagination, dict):
        return {}
    if pagination.get("next_page"):
        return {"pagination.page": pagination["next_page"]}
    following = pagination.get("next")
    if isinstance(following, int) and not isinstance(following, bool):
        return {"pagination.start": following} if following > 0 else {}
    return {"pagination.start_key": following, "pagination.direction": "PAGE_DIRECTION_NEXT"} if following else {}


def _next_of_scim(body: Mapping[str, Any]) -> dict[str, Any]:
    """SCIM counts objects from 1, and may give fewer of them than were asked for."""
    total, start, rows = body["totalResults"], body.get("startIndex") or 1, body.get("Resources")
    if not isinstance(total, int) or not isinstance(start, int) or not isinstance(rows, list):
        return {}
    following = start + len(rows)
    return {"startIndex": following} if rows and following <= total else {}


def _integers(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: int(item)
            if key in INT64_FIELDS and isinstance(item, str) and INT64.fullmatch(item)
            else _integers(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_integers(item) for item in value]
    return value
