# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client of the Cloud API."""

from __future__ import annotations

import contextlib
import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
import tiny_server as server
from hypothesis import given
from hypothesis import strategies as st
from plugin_fakes import VERSIONS, Clock
from tiny_server import TinyServer, reply

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import (
    AnswerError,
    ApiError,
    CrdbError,
    LostAnswerError,
    OptionError,
)
from ansible_collections.crdb.cloud.plugins.module_utils._base.version import VERSION
from ansible_collections.crdb.cloud.plugins.module_utils._cloud_api import client as _cloud_api
from ansible_collections.crdb.cloud.plugins.module_utils._cloud_api.client import CONNECTION_OPTIONS, CloudApi
from ansible_collections.crdb.cloud.plugins.module_utils._http.answers import TEXT, WHOLE, Object
from ansible_collections.crdb.cloud.plugins.module_utils._http.session import Answer

DEFAULTS = {name: entry.get("default") for name, entry in CONNECTION_OPTIONS.items()}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "table_count"]), inner),
    max_leaves=8,
)


def client(url="https://127.0.0.1", **settings):
    clock = Clock()
    read_only = settings.pop("read_only", False)
    settings = {**DEFAULTS, "api_key": "CCDB1_key", "api_url": url, "api_rate_limit": 0, "api_retries": 1, **settings}
    return CloudApi(settings, read_only=read_only, agent="ansible/2.19", clock=clock, sleep=clock.sleep)


class Paged(CloudApi):
    """A client whose server is a function: (path, query) -> body."""

    def __init__(self, answer):
        self.answer, self.queries = answer, []

    def call(self, method, path, *, effect, query=None, body=None, secrets=()):
        self.queries.append(dict(query or {}))
        return self.answer(path, dict(query or {}))


# --- requests --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_every_request_says_who_speaks_what(version):
    with TinyServer(reply(200, {"name": "org"})) as tiny:
        assert client(tiny.url, api_version=version).get("/organization") == {"name": "org"}
    (seen,) = tiny.seen
    assert seen.path == "/api/v1/organization" and seen.headers["Cc-Version"] == version
    assert seen.headers["Authorization"] == "Bearer CCDB1_key"
    assert seen.headers["User-Agent"] == f"crdb.cloud/{VERSION} ansible/2.19"


def test_a_base_path_is_kept():
    with TinyServer(reply(200, {})) as tiny:
        client(tiny.url + "/gateway/").get("/x")
    assert tiny.seen[0].path == "/gateway/api/v1/x"


def test_another_part_of_the_api_has_a_prefix_of_its_own():
    with TinyServer(reply(400, {"message": "no"})) as tiny, pytest.raises(ApiError) as raised:
        client(tiny.url).get("/api/scim/v2/Groups")
    assert tiny.seen[0].path == raised.value.extra["error"]["path"] == "/api/scim/v2/Groups"


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"api_key": "CCDB1_0123456789abcdefABCDEF_secret"}, "CCDB1_0123456789abcdefABCDEF"),
        ({"api_key": "CCDB1_short_secret"}, ""),
        ({"api_key": None, "api_jwt": "e.y.J", "vanity_name": "acme"}, ""),
    ],
)
def test_the_key_in_use_is_known_by_its_secret(settings, key):
    assert client(**settings).own_key == key


def test_check_mode_sends_no_write():
    with TinyServer(reply(200, {})) as tiny:
        api = client(tiny.url, read_only=True)
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            with pytest.raises(CrdbError, match="check mode"):
                api.write(method, "/clusters")
        api.get("/clusters")
    assert tiny.methods == ["GET"]


def test_an_empty_answer_is_an_empty_object():
    with TinyServer(reply(200)) as tiny:
        assert client(tiny.url).write("DELETE", "/clusters/x") == {}


def test_64_bit_integers_come_back_as_integers():
    body = {
        "config": [{"usage_limits": {"request_unit_limit": "9223372036854775807", "storage_mib_limit": 5}}],
        "name": "12",
    }
    with TinyServer(reply(200, body)) as tiny:
        found = client(tiny.url).get("/x")
    assert found == {
        "config": [{"usage_limits": {"request_unit_limit": 2**63 - 1, "storage_mib_limit": 5}}],
        "name": "12",
    }


@given(JSON)
def test_no_answer_breaks_the_conversion(body):
    found = _cloud_api._integers(body)
    assert _cloud_api._integers(found) == found


@pytest.mark.parametrize("text", ["", "-", "--5", "\u00b2", "\u0663", "1e3", "0x1", "1" * 5000])
def test_what_is_no_integer_stays_text(text):
    assert _cloud_api._integers({"table_count": text}) == {"table_count": text}


# --- errors ----------------------------------------------------------------------------------------------------------


def error_of(status, body=None, text=None, method="POST", **more):
    with TinyServer(reply(status, body, text=text)) as tiny, pytest.raises(ApiError) as error:
        client(tiny.url).call(method, "/clusters/c/sql-users", effect="write", **more)
    return error.value


def test_an_error_of_the_api():
    error = error_of(400, {"code": 3, "message": "bad name", "details": [{"x": 1}]})
    assert str(error) == "bad name (HTTP 400, code 3)"
    error.during("create SQL user 'app'").during("do something else")
    assert str(error) == "Failed to create SQL user 'app': bad name (HTTP 400, code 3)"
    assert error.as_result()["error"] == {
        "status": 400,
        "code": 3,
        "message": "bad name",
        "details": [{"x": 1}],
        "method": "POST",
        "path": "/api/v1/clusters/c/sql-users",
    }


@pytest.mark.parametrize(
    ("body", "text", "shown"),
    [
        (None, "<html>\n  Bad gateway</html>", "<html> Bad gateway</html>"),
        (None, "", "no reason given"),
        (None, "x" * 1000, "x" * 300 + "..."),
        (["list"], None, '["list"]'),
        ({"message": None, "code": "seven"}, None, '"code": "seven"'),
        ({"message": {"deep": 1}}, None, "deep"),
    ],
)
def test_errors_in_another_form(body, text, shown):
    error = error_of(400, body, text)
    assert shown in str(error) and error.code is None and error.status == 400


def test_a_secret_that_is_echoed_is_masked():
    message = 'password "hunter2" is weak, and CCDB1_key is no better'
    error = error_of(400, {"message": message, "details": [{"value": "hunter2"}]}, secrets=("hunter2",))
    assert "hunter2" not in str(error.as_result()) and "CCDB1_key" not in str(error.as_result())
    assert "is weak" in str(error)


@pytest.mark.parametrize("message", ["could not lock cluster", "cannot edit a locked cluster", "couldn't lock x"])
@pytest.mark.parametrize("status", [400, 409, 500, 503])
def test_a_busy_cluster_is_a_refusal_and_not_retried(message, status):
    with TinyServer(reply(status, {"message": message})) as tiny, pytest.raises(ApiError) as error:
        client(tiny.url).write("PATCH", "/clusters/x", {})
    assert error.value.busy and len(tiny.seen) == 1


@pytest.mark.parametrize(
    "message", ["this is a blocked cluster", "the IP is on the blocklist", "clock skew", "unlocked"]
)
def test_only_whole_words_say_that_a_cluster_is_busy(message):
    """Not as in the provider: whatever has "lock" somewhere in it is no reason to wait for two hours."""
    with TinyServer(reply(400, {"message": message})) as tiny, pytest.raises(ApiError) as error:
        client(tiny.url).write("PATCH", "/clusters/x", {})
    assert not error.value.busy and len(tiny.seen) == 1


def test_an_unknown_key_gets_a_hint():
    with TinyServer(reply(401, {"message": "unauthorized"})) as tiny:
        for given, words in (
            (
                {},
                "The key was not accepted by {url}: check api_key (or COCKROACH_API_KEY) and api_url (or COCKROACH_SERVER)",
            ),
            (
                {"api_key": None, "api_jwt": "a.b.c", "vanity_name": "acme"},
                "The JWT was not accepted by {url}: check api_jwt",
            ),
        ):
            with pytest.raises(ApiError) as error:
                client(tiny.url, **given).get("/clusters")
            assert str(error.value).startswith("unauthorized (HTTP 401). " + words.format(url=tiny.url))


def test_a_lost_answer_to_a_post():
    with TinyServer(server.cut) as tiny, pytest.raises(LostAnswerError):
        client(tiny.url).write("POST", "/clusters", {})
    assert len(tiny.seen) == 1


# --- the organization of the key --------------------------------------------------------------------------------------

ACME = {"id": "3b0d3c1e-8f0e-4c64-9f2b-7b0c2e5a9d11", "label": "acme", "name": "Acme Inc"}
OURS = reply(200, ACME)


@pytest.mark.parametrize("expected", [*ACME.values(), ACME["id"].upper(), " acme "])
def test_the_expected_organization_is_confirmed_once(expected):
    with TinyServer(OURS) as tiny:
        api = client(tiny.url, expected_organization=expected)
        api.get("/clusters")
        assert tiny.methods == ["GET"], "reads do not ask"
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: api.write("PUT", f"/x/{number}", {}), range(8)))
        api.confirm_organization()
    paths = [request.path for request in tiny.seen]
    assert paths.count("/api/v1/organization") == 1 and paths[1] == "/api/v1/organization" and len(paths) == 10


def test_a_key_of_another_organization_writes_nothing():
    words = (
        "The key is of the organization 'Acme Inc' (label acme, id 3b0d3c1e-8f0e-4c64-9f2b-7b0c2e5a9d11), not of 'acme-prod', "
        "which expected_organization (or CRDB_EXPECTED_ORGANIZATION) names. Use a key of that organization, or correct the option"
    )
    with TinyServer(OURS) as tiny:
        api = client(tiny.url, expected_organization="acme-prod")
        for call in (
            lambda: api.write("POST", "/clusters", {}),
            api.confirm_organization,
            lambda: api.write("PUT", "/x", {}),
        ):
            with pytest.raises(CrdbError) as error:
                call()
            assert str(error.value) == words
    assert [request.path for request in tiny.seen] == ["/api/v1/organization"]


@pytest.mark.parametrize("expected", [None, "", "  "])
def test_without_an_expected_organization_nobody_asks(expected):
    with TinyServer(OURS) as tiny:
        api = client(tiny.url, expected_organization=expected)
        api.confirm_organization()
        api.write("POST", "/clusters", {})
    assert tiny.methods == ["POST"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(403, {"code": 7, "message": "permission denied"}), "HTTP 403, code 7.*lacks a role"),
        (reply(404, {"code": 5, "message": "not found"}), "HTTP 404"),
        (reply(200, {}), "id is missing"),
        (reply(200, {"id": None, "name": "acme"}), "id is null"),
        (reply(200, {"id": 7, "name": "acme"}), "id must be text"),
        (reply(200, []), "must be an object"),
    ],
)
def test_an_organization_that_can_not_be_read_is_not_the_expected_one(answer, words):
    with TinyServer(answer) as tiny:
        api = client(tiny.url, expected_organization="acme")
        with pytest.raises(
            CrdbError, match=f"^Failed to read the organization, which expected_organization needs: .*{words}"
        ):
            api.write("POST", "/clusters", {})
    assert set(tiny.methods) == {"GET"}


def test_a_version_that_can_not_say_the_organization():
    with pytest.raises(
        OptionError, match=r"expected_organization .* 2022-03-31. It needs api_version 2022-09-20 or newer"
    ):
        client(api_version="2022-03-31", expected_organization="acme")
    assert client(api_version="2022-03-31", expected_organization=" ").version == "2022-03-31"


# --- paging ----------------------------------------------------------------------------------------------------------


def by_token(rows, size, last):
    def answer(path, query):
        start = int(query.get("pagination.page", "t0")[1:])
        more = start + size < len(rows)
        return {"rows": rows[start : start + size], "pagination": {"next_page": f"t{start + size}"} if more else last}

    return answer


def by_key(rows, size, last):
    def answer(path, query):
        if "pagination.start_key" in query:
            assert query["pagination.direction"] == "PAGE_DIRECTION_NEXT"
        start = int(query.get("pagination.start_key", "k0")[1:])
        more = start + size < len(rows)
        return {
            "rows": rows[start : start + size],
            "pagination": {"next": f"k{start + size}", "last": "k0"} if more else last,
        }

    return answer


def by_offset(rows, size, last):
    def answer(path, query):
        start = int(query.get("pagination.start", 0))
        following = start + size if start + size < len(rows) else 0
        pagination = {"next": following, "last": max(start - size, 0), "limit": size, "total_results": len(rows)}
        return {"rows": rows[start : start + size], "pagination": pagination}

    return answer


@given(
    st.sampled_from([by_token, by_key, by_offset]),
    st.lists(st.integers(0, 3), max_size=12),
    st.integers(1, 5),
    st.sampled_from(
        [None, {}, {"next_page": ""}, {"next_page": None, "previous_page": "p"}, {"next": "", "last": "k1"}]
    ),
)
def test_every_row_is_read_exactly_once(form, rows, size, last):
    api = Paged(form(rows, size, last))
    assert api.rows("/x", "rows", {"provider": "GCP"}, shape=WHOLE) == rows
    assert len(api.queries) == max(1, -(-len(rows) // size))
    assert all(query["provider"] == "GCP" and query["pagination.limit"] for query in api.queries)


@pytest.mark.parametrize("body", [{"rows": []}, {"rows": [], "pagination": None}, {"rows": [], "pagination": {}}])
def test_a_listing_of_nothing(body):
    assert Paged(lambda path, query: body).rows("/x", "rows") == []


@pytest.mark.parametrize(
    ("body", "flaw"),
    [
        ({}, "rows is missing"),
        ({"rows": None}, "rows is null"),
        ({"rows": {}}, "rows must be a list, and is an object"),
        ({"rows": [None]}, r"rows\[0\] must be an object, and is null"),
        ({"rows": [{"name": "a"}, {}]}, r"rows\[1\].name is missing"),
        ({"rows": [{"name": 5}]}, r"rows\[0\].name must be text, and is a number"),
        ({"rows": [], "pagination": "x"}, "pagination must be an object, and is text"),
        ({"rows": [], "pagination": []}, "pagination must be an object, and is a list"),
        ({"rows": [], "pagination": {"next_page": 5}}, "pagination.next_page must be text, and is a number"),
        ({"rows": [], "pagination": {"next": True}}, "pagination.next must be text, and is true or false"),
        (None, "it must be an object, and is null"),
        ([], "it must be an object, and is a list"),
        ("text", "it must be an object, and is text"),
    ],
)
def test_what_is_no_listing_is_never_taken_for_an_empty_one(body, flaw):
    with pytest.raises(AnswerError, match=f"^the answer to GET /api/v1/x can't be used: {flaw}. Check that api_url"):
        Paged(lambda path, query: body).rows("/x", "rows", shape=Object({"name": TEXT}))


@pytest.mark.parametrize("answer", [[], "done", 5, {"name": 5}, {"id": "x"}])
def test_a_write_whose_answer_says_nothing_is_lost(answer):
    with TinyServer(reply(200, answer)) as tiny:
        api = client(tiny.url)
        with pytest.raises(LostAnswerError, match="the answer to POST /api/v1/x can't be used: "):
            api.write("POST", "/x", {}, shape=Object({"name": TEXT}))
        assert (api.written, len(tiny.seen)) == (1, 1)


@pytest.mark.parametrize(
    ("status", "written"), [(200, 1), (400, 0), (403, 0), (404, 0), (409, 0), (500, 1), (501, 0), (503, 1)]
)
def test_what_may_have_been_carried_out_is_counted(status, written):
    with TinyServer(reply(status, {"message": "no"} if status != 200 else {})) as tiny:
        api = client(tiny.url, api_retries=0)
        with contextlib.suppress(CrdbError):
            api.write("POST", "/x", {})
        assert api.written == api.written_here == written
        with contextlib.suppress(CrdbError):
            api.get("/x")
        assert api.written == written


def test_a_cluster_that_is_busy_has_done_nothing():
    with TinyServer(reply(503, {"message": "couldn't lock cluster"})) as tiny:
        api = client(tiny.url)
        with pytest.raises(ApiError):
            api.write("PATCH", "/x", {})
        assert api.written == 0


def test_lone_surrogates_become_harmless():
    with TinyServer(reply(200, {"name": "a\ud800b", "\udc00": ["\U0001f600"]})) as tiny:
        assert client(tiny.url).get("/x") == {"name": "a\ufffdb", "\ufffd": ["\U0001f600"]}


@pytest.mark.parametrize("pagination", [{"next_page": "same"}, {"next": 5}, {"next": "same"}])
def test_a_server_that_goes_round_in_circles(pagination):
    with pytest.raises(CrdbError, match="same next page again"):
        Paged(lambda path, query: {"rows": [{}], "pagination": pagination}).rows("/x", "rows")


def test_a_limit_of_ones_own_asks_for_the_first_rows_alone():
    api = Paged(lambda path, query: {"rows": [{}], "pagination": {"next_page": "more"}})
    assert len(api.rows("/x", "rows", {"pagination.limit": 1})) == len(api.queries) == 1


def endless(form, rows):
    """A server that always names a page that was not read yet, with so many rows in each."""
    number = itertools.count(1)
    return Paged(lambda path, query: {"rows": [{}] * rows, "pagination": form(next(number))})


FORMS = [
    lambda number: {"next_page": f"p{number}"},
    lambda number: {"next": f"k{number}"},
    lambda number: {"next": number},
]


@pytest.mark.parametrize("form", FORMS, ids=["token", "key", "offset"])
@pytest.mark.parametrize(("rows", "pages"), [(0, 1000), (500, 1000), (499, 1000), (5000, 100)])
def test_a_listing_without_end(form, rows, pages):
    api = endless(form, rows)
    words = f"^GET /api/v1/x names another page after {pages} pages with {pages * rows} rows, .*can't be completed"
    with pytest.raises(CrdbError, match=words):
        api.rows("/x", "rows")
    assert len(api.queries) == pages


def test_the_longest_listing_is_read():
    api = Paged(by_token([{}] * 499_999, 500, None))
    assert len(api.rows("/x", "rows")) == 499_999 and len(api.queries) == 1000


# --- credentials -----------------------------------------------------------------------------------------------------


def credentials(**settings):
    return _cloud_api._credentials(
        {"api_key": None, "api_jwt": None, "vanity_name": None, "username": None, **settings}
    )


def test_a_key():
    assert credentials(api_key=" CCDB1_key\n") == ("CCDB1_key", {})


def test_a_jwt():
    assert credentials(api_jwt="e.y.J", vanity_name="acme", username="bob") == (
        "e.y.J",
        {"Cc-Vanity-Name": "acme", "Cc-Username": "bob"},
    )
    assert credentials(api_jwt="e.y.J", vanity_name="acme")[1] == {"Cc-Vanity-Name": "acme"}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "COCKROACH_API_KEY"),
        ({"api_key": "  "}, "COCKROACH_API_KEY"),
        ({"api_key": "a", "api_jwt": "b"}, "give one"),
        ({"api_jwt": "b"}, "vanity_name"),
        ({"api_key": "a b"}, "characters"),
        ({"api_key": "a\nX-Evil: 1"}, "characters"),
        ({"api_key": "schlüssel"}, "characters"),
        ({"api_jwt": "b", "vanity_name": "a\r\nX: 1"}, "vanity_name"),
        ({"api_jwt": "b", "vanity_name": "ä"}, "vanity_name"),
    ],
)
def test_bad_credentials(settings, words):
    with pytest.raises(OptionError, match=words) as error:
        credentials(**settings)
    assert (
        not settings.get("api_key", "").strip()
        or len(settings["api_key"]) < 2
        or settings["api_key"] not in str(error.value)
    )


def test_what_was_set_on_purpose_beats_the_environment(monkeypatch):
    monkeypatch.setenv("COCKROACH_API_JWT", "from.the.env")
    monkeypatch.setenv("COCKROACH_API_KEY", "key-env")
    jwt = {"vanity_name": "acme"}
    assert credentials(api_key="mine", api_jwt="from.the.env", **jwt)[0] == "mine"
    assert credentials(api_key="key-env", api_jwt="my.own.jwt", **jwt)[0] == "my.own.jwt"
    for pair in ({"api_key": "key-env", "api_jwt": "from.the.env"}, {"api_key": "mine", "api_jwt": "my.own.jwt"}):
        with pytest.raises(OptionError, match="give one"):
            credentials(**pair, **jwt)


@pytest.mark.parametrize(
    "settings",
    [
        {"api_timeout": 0},
        {"api_timeout": -1},
        {"api_retries": -1},
        {"api_rate_limit": -1},
        {"rate_limit_timeout": -1},
        {"api_url": "http://example.com"},
        {"ca_path": "/nonexistent.pem"},
    ],
)
def test_bad_settings_are_refused_before_anything_is_sent(settings):
    with pytest.raises(OptionError):
        client(**settings)


@pytest.mark.parametrize("tail", ["/api/v1", "/api/v1/", "/api/v1//", "/"])
@pytest.mark.parametrize("base", ["https://crdb.example.com", "https://crdb.example.com/base", "http://localhost:1"])
def test_the_path_of_the_api_may_be_part_of_its_url(base, tail):
    assert client(base + tail).url == client(base + tail).http.settings.base_url == base


def test_a_path_that_only_ends_like_that_of_the_api_stays():
    for url in ("https://crdb.example.com/my-api/v1", "https://crdb.example.com/api/v2", "https://api/v1x"):
        assert client(url).url == url


def test_an_empty_url_is_the_public_service():
    assert client(url="").http.settings.base_url == "https://cockroachlabs.cloud"


def test_a_refusal_needs_the_words_of_the_api():
    assert _cloud_api._is_refusal(Answer(400, {}, "", {"message": "locked cluster"}))
    assert not _cloud_api._is_refusal(Answer(200, {}, "", {"message": "locked cluster"}))
    assert not _cloud_api._is_refusal(Answer(503, {}, "locked cluster"))


@given(st.lists(st.integers(), max_size=30), st.integers(1, 7))
def test_a_listing_of_scim_is_followed_by_its_counts(rows, size):
    def answer(_path, query):
        start = query.get("startIndex", 1)
        found = rows[start - 1 : start - 1 + size]
        return {"Resources": found, "totalResults": len(rows), "startIndex": start, "itemsPerPage": len(found)}

    api = Paged(answer)
    bodies = list(api.followed("/api/scim/v2/Users", {"filter": "x"}))
    assert [row for body in bodies for row in body["Resources"]] == rows
    assert len(bodies) == max(1, -(-len(rows) // size)) and all(query["filter"] == "x" for query in api.queries)


@pytest.mark.parametrize(
    "body",
    [
        {"totalResults": 9},
        {"totalResults": "9", "Resources": [1]},
        {"totalResults": 9, "Resources": []},
        {"totalResults": 1, "Resources": [1]},
        {"id": "1"},
    ],
)
def test_what_leads_nowhere_is_the_last_page(body):
    assert list(Paged(lambda *_any: body).followed("/x")) == [body]


def test_head_is_a_read_that_is_sent_again():
    with TinyServer(server.cut, reply(200)) as tiny:
        answer = client(tiny.url).ask("HEAD", "/clusters", effect="read")
        assert (answer.status, answer.body) == (200, None)
        assert [seen.method for seen in tiny.seen] == ["HEAD", "HEAD"]
