# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client of the Cluster API: nodes in turn, sessions, paging; and the shapes that the info modules make."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_server import TinyServer, reply

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import (
    AnswerError,
    ApiError,
    CrdbError,
    LostAnswerError,
    NotSentError,
    OptionError,
)
from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api import reads
from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.client import ClusterApi, addressable, is_last
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API, Module
from ansible_collections.crdb.cloud.plugins.module_utils._http.answers import WHOLE
from ansible_collections.crdb.cloud.plugins.module_utils._http.session import WRITE, Answer

ANSWERS = Callable[[str, str, dict[str, Any]], Any]


class Node:
    """A node that answers with what *answer* returns, or raises it."""

    def __init__(self, name: str, answer: ANSWERS, log: list[tuple[str, str, str]]) -> None:
        self.name, self.answer, self.log = name, answer, log
        self.settings = SimpleNamespace(base_url=f"https://{name}")
        self.headers: dict[str, str | None] = {}

    def set_header(self, name: str, value: str | None) -> None:
        self.headers[name] = value

    def send(self, method: str, path: str, **more: Any) -> Answer:
        self.log.append((self.name, method, path))
        found = self.answer(self.name, path, {**more, "token": self.headers.get("X-Cockroach-API-Session")})
        if isinstance(found, Exception):
            raise found
        status, body = found if isinstance(found, tuple) else (200, found)
        text = body if isinstance(body, str) else "{}"
        return Answer(status, {}, text, None if isinstance(body, str) else body, not isinstance(body, str))


def client(answer: ANSWERS, *names: str, **settings: Any) -> tuple[ClusterApi, list[tuple[str, str, str]], list[float]]:
    sleeps: list[float] = []
    every = {"cluster_api_url": [f"https://{name}" for name in names or ("a",)], "api_retries": 2, "api_timeout": 5.0}
    api = ClusterApi({**every, "validate_certs": True, **settings}, sleep=sleeps.append)
    log: list[tuple[str, str, str]] = []
    api.nodes = [Node(node.settings.base_url[8:], answer, log) for node in api.nodes]  # type: ignore[misc]
    return api, log, sleeps


def token(asked: str, progress: str, index: str, to_ask: str) -> str:
    return base64.urlsafe_b64encode(f"{asked}|{progress}|{index}|{to_ask}".encode()).decode()


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("fDB8MHw=", True),
        ("MSwyLDMsfDB8MHw=", True),
        (token("1,", "2", "5", "3,"), False),
        (token("1,2,", "3", "5", ""), False),
        (token("1,2,", "0", "0", "3,"), False),
        (token("1,2,3,", "", "", ","), True),
        ("MSwyLDMsfDB8MHw", True),
        ("", False),
        ("%%%", False),
        ("ü", False),
        (base64.b64encode(b"\xff\xfe").decode(), False),
        (base64.b64encode(b"no|token").decode(), False),
    ],
)
def test_last_tokens(text: str, last: bool) -> None:
    assert is_last(text) is last


@given(st.text())
def test_any_text_may_be_a_token(text: str) -> None:
    assert is_last(text) in (True, False)


@pytest.mark.slow
@given(st.lists(st.integers(0, 30), min_size=1, max_size=5), st.integers(1, 40))
def test_token_pages_end(counts: list[int], size: int) -> None:
    """A server that always has a next token, and nodes with these many rows: each row comes once."""
    rows = [(node, row) for node, count in enumerate(counts, 1) for row in range(count)]

    def answer(_node: str, _path: str, sent: dict[str, Any]) -> Any:
        start = sent["query"].get("start")
        at = int(base64.urlsafe_b64decode(start).decode().split("|")[2]) if start else 0
        end = at + sent["query"]["limit"]
        following = token("1,", "1", str(end), "2,") if end < len(rows) else token("1,2,", "0", str(at), "")
        return {"rows": rows[at:end], "next": following}

    api, log, _sleeps = client(answer)
    found = [row for page in api.token_pages("/x", page_size=size) for row in page["rows"]]
    assert found == rows
    assert len(log) == max(1, -(-len(rows) // size))


@given(st.integers(0, 30), st.integers(1, 7))
def test_pages_by_offset_end(rows: int, size: int) -> None:
    """A server that names another offset as long as there is something left, or always."""

    def answer(_node: str, _path: str, sent: dict[str, Any]) -> Any:
        at = sent["query"].get("offset", 0)
        found = list(range(rows))[at : at + size]
        return {"rows": found, "next": at + len(found)}

    api, _log, _sleeps = client(answer)
    bodies = list(api.followed("/api/v2/x/", {"filter": "x"}))
    assert [row for body in bodies for row in body["rows"]] == list(range(rows))


def test_a_token_that_stays_the_same_ends_it() -> None:
    stuck = token("1,", "2", "5", "3,")
    api, log, _sleeps = client(lambda *_any: {"next": stuck})
    assert len(list(api.token_pages("/x", page_size=5))) == 2
    assert len(log) == 2


@pytest.mark.parametrize(("rows", "pages"), [(0, 1000), (500, 1000), (5000, 100)])
def test_token_pages_without_end(rows: int, pages: int) -> None:
    numbers = itertools.count(1)
    api, log, _sleeps = client(lambda *_any: {"rows": [1] * rows, "next": token("1,", "2", str(next(numbers)), "3,")})
    words = f"^GET /api/v2/x/ names another page after {pages} pages with {pages * rows} rows"
    with pytest.raises(CrdbError, match=words):
        list(api.token_pages("/x", page_size=500))
    assert len(log) == pages


@pytest.mark.parametrize(("rows", "pages"), [(1, 1000), (500, 1000), (5000, 100)])
def test_offset_pages_without_end(rows: int, pages: int) -> None:
    numbers = itertools.count(1)
    api, log, _sleeps = client(lambda *_any: {"rows": [{}] * rows, "next": next(numbers)})
    words = f"^GET /api/v2/x/ names another page after {pages} pages with {pages * rows} rows.* raise page_size"
    with pytest.raises(CrdbError, match=words):
        api.rows("/x", "rows", limit=None, page_size=500)
    assert len(log) == pages


@pytest.mark.slow
@given(st.integers(0, 50), st.integers(1, 20), st.one_of(st.none(), st.integers(1, 60)), st.booleans())
def test_offset_pages(total: int, size: int, limit: int | None, exact: bool) -> None:
    """Exact servers have a next only where more follows, the others after every full page."""

    def answer(_node: str, _path: str, sent: dict[str, Any]) -> Any:
        query = sent["query"]
        at, end = query.get("offset", 0), query.get("offset", 0) + query["limit"]
        page = list(range(total))[at:end]
        more = end < total if exact else len(page) >= query["limit"]
        return {"rows": page or None, **({"next": end} if more else {})}

    api, _log, _sleeps = client(answer)
    bound = total if limit is None else min(total, limit)
    assert api.rows("/x", "rows", shape=WHOLE, limit=limit, page_size=size) == list(range(bound))


@pytest.mark.parametrize("body", [{}, {"rows": None}, {"rows": [], "next": 5}, {"rows": [{}], "next": 0}])
def test_odd_pages_end(body: Any) -> None:
    api, log, _sleeps = client(lambda *_any: body)
    assert len(api.rows("/x", "rows", limit=None, page_size=5)) <= 1
    assert len(log) == 1


@pytest.mark.parametrize("body", [None, [], "text", {"rows": {}}, {"rows": [1]}, {"rows": [], "next": "5"}])
def test_what_is_no_page_is_refused(body: Any) -> None:
    api, _log, _sleeps = client(lambda *_any: body)
    with pytest.raises(
        AnswerError, match=r"^the answer to GET /api/v2/x/ can't be used: .* Check that cluster_api_url"
    ):
        api.rows("/x", "rows", limit=None, page_size=5)


def test_the_next_node_is_asked() -> None:
    down = {"a": NotSentError("refused"), "b": LostAnswerError("cut")}
    api, log, sleeps = client(lambda node, *_any: down.get(node, {"ok": node}), "a", "b", "c")
    assert api.get("/x") == {"ok": "c"}
    assert api.get("/x") == {"ok": "c"}
    # The one that answered last is asked first.
    assert [name for name, _method, _path in log] == ["a", "b", "c", "c"]
    assert log[0] == ("a", "GET", "/api/v2/x/")
    assert sleeps == []


def test_no_node_answers() -> None:
    api, log, sleeps = client(lambda *_any: NotSentError("refused"), "a", "b")
    with pytest.raises(CrdbError, match="None of the nodes https://a, https://b answered; the last one: refused"):
        api.get("/x")
    assert len(log) == 6
    assert len(sleeps) == 2
    api, log, _sleeps = client(lambda *_any: NotSentError("refused"))
    with pytest.raises(NotSentError, match="refused"):
        api.get("/x")


@pytest.mark.parametrize(("first", "asked"), [(LostAnswerError("cut"), ["a"]), (NotSentError("refused"), ["a", "b"])])
def test_a_write_that_may_have_been_done_is_not_sent_again(first: Exception, asked: list[str]) -> None:
    api, log, _sleeps = client(lambda node, *_any: first if node == "a" else {}, "a", "b")
    if asked == ["a"]:
        with pytest.raises(CrdbError, match="the outcome of the request is unknown"):
            api.call("POST", "/sql", effect=WRITE, body={})
    else:
        api.call("POST", "/sql", effect=WRITE, body={})
    assert [name for name, _method, _path in log] == asked


class Server:
    """Sessions that are good for *uses* requests."""

    def __init__(self, uses: int) -> None:
        self.uses, self.made = uses, 0
        self.left: dict[str, int] = {}
        self.out: list[str] = []

    def __call__(self, _node: str, path: str, sent: dict[str, Any]) -> Any:
        if path.endswith("/login/"):
            self.made += 1
            self.left[f"token-{self.made}"] = self.uses
            return {"session": f"token-{self.made}"}
        if path.endswith("/logout/"):
            self.out.append(sent["token"])
            return {"logged_out": True}
        if self.left.get(sent["token"], 0) < 1:
            return 401, "the provided authentication session could not be validated\n"
        self.left[sent["token"]] -= 1
        return {"ok": True}


LOGIN = {"cluster_api_username": "app", "cluster_api_password": "planted-password"}


def test_a_session_that_expires_on_the_way() -> None:
    server = Server(2)
    api, _log, _sleeps = client(server, **LOGIN)
    for _request in range(5):
        assert api.get("/x") == {"ok": True}
    api.close()
    assert server.made == 3
    assert sorted(server.out) == ["token-1", "token-2", "token-3"]
    assert api.get("/x") == {"ok": True}
    assert server.made == 4


def test_a_session_that_never_works() -> None:
    api, log, _sleeps = client(Server(0), **LOGIN)
    with pytest.raises(ApiError, match="session token is expired"):
        api.get("/x")
    assert len(log) == 4
    api, log, _sleeps = client(Server(0), cluster_api_session="given", **LOGIN)
    with pytest.raises(ApiError, match="session token is expired"):
        api.get("/x")
    assert [path for _node, _method, path in log] == ["/api/v2/x/"]
    api.close()
    assert len(log) == 1


def test_what_is_open_needs_no_login() -> None:
    api, log, _sleeps = client(lambda *_any: {}, **LOGIN)
    api.call("GET", "/health", login=False)
    api.close()
    assert [path for _node, _method, path in log] == ["/api/v2/health/"]


def test_a_logout_that_fails_is_a_warning() -> None:
    warnings: list[str] = []

    def answer(_node: str, path: str, _sent: dict[str, Any]) -> Any:
        return {"session": "t"} if path.endswith("/login/") else (500, "x") if path.endswith("/logout/") else {}

    api, _log, _sleeps = client(answer, **LOGIN)
    api.get("/x")
    api.close(warnings.append)
    assert len(warnings) == 1
    assert "Logging out of the cluster failed" in warnings[0]


def test_a_password_is_not_repeated() -> None:
    api, _log, _sleeps = client(lambda *_any: (401, "no planted-password"), **LOGIN)
    with pytest.raises(ApiError) as caught:
        api.get("/x")
    assert "planted-password" not in str(caught.value)
    assert "'app' can't log in" in str(caught.value)


@pytest.mark.parametrize(
    "settings",
    [
        {"cluster_api_url": []},
        {"cluster_api_url": [" "]},
        {"cluster_api_username": "app"},
        {"cluster_api_password": "x"},
        {"cluster_api_session": "a\nb"},
        {"api_timeout": 0.0},
        {"api_retries": -1},
        {"cluster_api_url": ["http://node1"], **LOGIN},
        {"cluster_api_url": ["https://user:pass@node1"]},
    ],
)
def test_settings_that_can_not_be(settings: dict[str, Any]) -> None:
    with pytest.raises(OptionError):
        client(lambda *_any: {}, **settings)


@pytest.mark.parametrize("tail", ["/api/v2", "/api/v2/", "/"])
def test_the_path_of_the_api_may_be_part_of_its_url(tail: str) -> None:
    api = ClusterApi(
        {
            "api_retries": 0,
            "api_timeout": 5.0,
            "validate_certs": True,
            "cluster_api_url": [f"https://node1:8080{tail}", f"node2:8080/base{tail}"],
        }
    )
    assert [node.settings.base_url for node in api.nodes] == ["https://node1:8080", "https://node2:8080/base"]


COOKIES = [
    "session=CIGA+gNT/rk4v0CRIQ==; Path=/; HttpOnly",
    "session=CIGA+gNT/rk4v0CRIQ==; HttpOnly; Secure",
    "session=CIGA+gNT/rk4v0CRIQ==",
    " session=CIGA+gNT/rk4v0CRIQ== ;Path=/\n",
    'Set-Cookie: session="CIGA+gNT/rk4v0CRIQ=="; Path=/',
    "cookie: session=CIGA+gNT/rk4v0CRIQ==",
    "CIGA+gNT/rk4v0CRIQ==\n",
]


@pytest.mark.parametrize("text", COOKIES)
def test_a_cookie_may_be_given_for_a_token(text: str) -> None:
    sent: list[dict[str, Any]] = []

    def answer(_node: str, _path: str, request: dict[str, Any]) -> Any:
        sent.append(request)
        return 500, f"no CIGA+gNT/rk4v0CRIQ== and not {text.strip()}"

    api, _log, _sleeps = client(answer, cluster_api_session=text)
    with pytest.raises(ApiError) as caught:
        api.get("/x")
    assert sent[0]["token"] == "CIGA+gNT/rk4v0CRIQ=="
    assert str(caught.value).startswith("no ******** and not ******** (HTTP 500)")
    # Whatever masks results and tracebacks knows both.
    module = Module("x", (), lambda run: {}, connection=CLUSTER_API)
    assert {text, "CIGA+gNT/rk4v0CRIQ=="} <= set(module.secrets({"cluster_api_session": text}))


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"cluster_api_session": "x"}, "of another cluster than https://a:"), ({}, "https://a wants a login")],
)
def test_a_refused_request_names_the_server(settings: dict[str, Any], words: str) -> None:
    api, _log, _sleeps = client(lambda *_any: (401, "no"), **settings)
    with pytest.raises(ApiError, match=words):
        api.get("/x")


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_node_that_can_not_serve_just_now_is_passed_over(status: int) -> None:
    api, log, sleeps = client(lambda node, *_any: (status, "draining") if node == "a" else {"ok": 1}, "a", "b")
    assert api.get("/x") == {"ok": 1}
    assert [name for name, _method, _path in log] == ["a", "b"]
    assert not sleeps
    api, log, sleeps = client(lambda *_any: (status, "draining"), "a", "b")
    with pytest.raises(ApiError, match=f"draining .HTTP {status}"):
        api.get("/x")
    assert len(log) == 6
    assert len(sleeps) == 2
    api, log, _sleeps = client(lambda *_any: (status, "draining"), "a", "b")
    assert api.call("GET", "/health", accept=(status,)).status == status
    assert len(log) == 1
    api, log, _sleeps = client(lambda *_any: (status, "draining"), "a", "b")
    with pytest.raises(ApiError):
        api.call("POST", "/sql", effect=WRITE, body={})
    assert len(log) == 1


def test_retry_after_of_the_last_node_that_says_it_counts() -> None:
    sleeps: list[float] = []
    with TinyServer(reply(503, headers={"Retry-After": "7"}), reply(200, {"ok": True})) as tiny:
        settings = {"cluster_api_url": [tiny.url], "api_retries": 1, "api_timeout": 5.0, "validate_certs": True}
        assert ClusterApi(settings, sleep=sleeps.append).get("/x") == {"ok": True}
    assert len(sleeps) == 1
    assert 7 <= sleeps[0] <= 7.5


def test_an_insecure_cluster_may_be_anywhere() -> None:
    api, _log, _sleeps = client(lambda *_any: {"ok": 1}, cluster_api_url=["http://node1:8080"])
    assert api.get("/x") == {"ok": 1}


@given(st.text())
def test_names_in_a_path(name: str) -> None:
    """Only what the router of the server takes."""
    if name and all(letter.isascii() and (letter.isalnum() or letter in "_.") for letter in name):
        assert addressable("database", name) == name
    else:
        with pytest.raises(OptionError, match="can't be reached"):
            addressable("database", name)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1_768_024_807_000_000_000, "2026-01-10T06:00:07.000000Z"),
        (1_768_024_807_123_456_789, "2026-01-10T06:00:07.123456Z"),
        (1, "1970-01-01T00:00:00.000000Z"),
        (2**63 - 1, "2262-04-11T23:47:16.854775Z"),
        (0, None),
        (-5, None),
        (None, None),
        ("1", None),
    ],
)
def test_moments(number: Any, text: str | None) -> None:
    assert reads.moment(number) == text


@given(st.integers(1, 2**63 - 1))
def test_every_moment_is_exact(number: int) -> None:
    text = reads.moment(number)
    assert text is not None
    assert len(text) == len("2026-01-10T06:00:07.000000Z")
    assert int(text[-7:-1]) == number // 1000 % 1_000_000


def test_words() -> None:
    assert reads.word(reads.LIVENESS, 3) == "LIVE"
    assert reads.word(reads.LIVENESS, 99) == "UNKNOWN (99)"
    assert reads.word(reads.LIVENESS, -1) == "UNKNOWN (-1)"
    assert reads.word(reads.LIVENESS, "LIVE") == "UNKNOWN (LIVE)"


OLD = {"range_id": 7, "store_id": 2, "queries_per_second": 5.5}
MIDDLE = {
    "range_id": 7,
    "node_id": 2,
    "qps": 5.5,
    "leaseholder_node_id": 2,
    "replica_node_ids": [1, 2],
    "store_id": 2,
    "database_name": "bank",
    "table_name": "accounts",
    "index_name": "",
    "writes_per_second": 1.5,
}
NEW = {**MIDDLE, "databases": ["bank", "movr"], "tables": ["a", "b"], "indexes": None, "cpu_time_per_second": 9.0}


@pytest.mark.parametrize(
    ("body", "databases", "tables", "raw"),
    [
        ({"ranges_by_node_id": {"2": [OLD], "3": None}}, [], [], OLD),
        ({"ranges": [MIDDLE]}, ["bank"], ["accounts"], MIDDLE),
        ({"ranges": [NEW], "ranges_by_node_id": None}, ["bank", "movr"], ["a", "b"], NEW),
    ],
)
def test_hot_ranges_have_one_shape(body: Any, databases: list[str], tables: list[str], raw: Any) -> None:
    api, _log, _sleeps = client(lambda *_any: body)
    run: Any = SimpleNamespace(params={"page_size": 10}, api=api)
    found = reads.hot_ranges(run)
    assert found["errors"] == []
    (row,) = found["hot_ranges"]
    assert (row["range_id"], row["node_id"], row["store_id"], row["qps"]) == (7, 2, 2, 5.5)
    assert (row["databases"], row["tables"], row["indexes"]) == (databases, tables, [])
    assert row["raw"] == raw
    assert row["writes_per_second"] == raw.get("writes_per_second")
    keys = {"range_id", "node_id", "store_id", "leaseholder_node_id", "replica_node_ids", "qps", "raw"}
    rates = {f"{rate}_per_second" for rate in ("writes", "reads", "write_bytes", "read_bytes", "cpu_time")}
    assert row.keys() == keys | rates | {"databases", "tables", "indexes"}


@pytest.mark.parametrize("body", [{"ranges": None}, {}, {"ranges_by_node_id": {}}])
def test_no_hot_ranges(body: Any) -> None:
    api, _log, _sleeps = client(lambda *_any: {**body, "response_error": [{"node_id": 2}]})
    run: Any = SimpleNamespace(params={"limit": 3}, api=api)
    assert reads.hot_ranges(run) == {"hot_ranges": [], "errors": [{"node_id": 2}]}


@pytest.mark.parametrize(
    ("version", "said"),
    [({"major_val": 21, "minor_val": 2}, "21.2"), ({"major": 23, "minor": 1}, "23.1"), (None, "0.0")],
)
def test_the_version_of_a_node(version: Any, said: str) -> None:
    api, _log, _sleeps = client(lambda *_any: {"nodes": [{"node_id": 1, "ServerVersion": version}]})
    run: Any = SimpleNamespace(params={"metrics": False}, api=api)
    (node,) = reads.nodes(run)
    assert (node["version"], node["liveness"], node["started_at_time"]) == (said, "UNKNOWN", None)
