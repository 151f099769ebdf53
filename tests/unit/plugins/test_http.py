# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP session: what a failure means, what is sent again, and what never is."""

from __future__ import annotations

import json
import ssl
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler

import pytest
import requests
import tiny_server as server
import trustme
from plugin_fakes import Clock
from tiny_server import TinyServer, reply

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import (
    CrdbError,
    LostAnswerError,
    NotSentError,
    OptionError,
)
from ansible_collections.crdb.cloud.plugins.module_utils._http import session as _http
from ansible_collections.crdb.cloud.plugins.module_utils._http.deadline import DEADLINE
from ansible_collections.crdb.cloud.plugins.module_utils._http.faults import Asked, explained
from ansible_collections.crdb.cloud.plugins.module_utils._http.pacing import Pacer
from ansible_collections.crdb.cloud.plugins.module_utils._http.session import READ, WRITE, HttpSession, HttpSettings

METHODS = ("GET", "PUT", "DELETE", "POST", "PATCH")
RESENT = ("GET", "PUT", "DELETE")
ONCE = ("POST", "PATCH")
TOKEN = "CCDB1_token_of_the_test"
GOOD = reply(200, {"ok": True})


class Client:
    """A session with an injected clock, which time limits of the network do not know."""

    def __init__(self, url, *, refused=lambda answer: False, read_only=False, **settings):
        self.clock = Clock()
        settings = {"token": TOKEN, "timeout": 5.0, "retries": 2, **settings}
        self.http = HttpSession(
            HttpSettings(url, **settings),
            pacer=Pacer(0, ""),
            refused=refused,
            read_only=read_only,
            clock=self.clock,
            sleep=self.clock.sleep,
        )

    def send(self, method="GET", path="/x", **more):
        more.setdefault("effect", READ if method == "GET" else WRITE)
        try:
            return self.http.send(method, path, **more)
        finally:
            self.http.close()


def sends(method):
    """How often a request is sent whose answer is lost, with two retries."""
    return 3 if method in RESENT else 1


# --- requests and answers --------------------------------------------------------------------------------------------


def test_a_request_and_its_answer():
    with TinyServer(reply(201, {"a": [1]}, headers={"X-Y": "z"})) as tiny:
        client = Client(tiny.url, headers={"Cc-Version": "2024-09-16"})
        answer = client.send("POST", "/v1/x", query={"q": "a b", "none": None}, body={"n": "ü"})
    assert (answer.status, answer.body, answer.headers["x-y"], answer.ok, answer.garbage) == (
        201,
        {"a": [1]},
        "z",
        True,
        False,
    )
    (seen,) = tiny.seen
    assert (seen.method, seen.path, json.loads(seen.body)) == ("POST", "/v1/x?q=a+b", {"n": "ü"})
    assert seen.headers["Authorization"] == f"Bearer {TOKEN}" and seen.headers["Cc-Version"] == "2024-09-16"
    assert seen.headers["Accept"] == "application/json" and seen.headers["Content-Type"] == "application/json"
    assert client.http.sent == 1


@pytest.mark.parametrize("text", ["", " \r\n"])
def test_an_empty_answer_is_no_garbage(text):
    with TinyServer(reply(200, text=text)) as tiny:
        answer = Client(tiny.url).send("DELETE")
    assert answer.ok and answer.body is None and not answer.garbage


def test_null_is_an_answer():
    with TinyServer(reply(200, text="null")) as tiny:
        answer = Client(tiny.url).send("POST")
    assert answer.is_json and answer.body is None


def test_no_token_no_header():
    with TinyServer() as tiny:
        Client(tiny.url, token="").send()
    assert "Authorization" not in tiny.seen[0].headers


def test_connections_are_kept_but_no_post_goes_on_an_idle_one():
    with TinyServer(GOOD) as tiny:
        client = Client(tiny.url)
        for method in ("GET", "GET", "POST"):
            client.http.send(method, "/x", effect=READ)
        client.clock.now += _http.IDLE_LIMIT + 1
        client.http.send("GET", "/x", effect=READ)
        client.clock.now += _http.IDLE_LIMIT + 1
        client.send("POST")
    ports = [seen.client_port for seen in tiny.seen]
    assert len(set(ports[:4])) == 1 and ports[4] != ports[3]


@pytest.mark.parametrize("method", METHODS)
def test_read_only_sends_no_write(method):
    with TinyServer(GOOD) as tiny:
        with pytest.raises(CrdbError, match="check mode"):
            Client(tiny.url, read_only=True).send(method, effect=WRITE)
        assert tiny.seen == []
        assert Client(tiny.url, read_only=True).send(method, effect=READ).ok


# --- nothing was sent ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_a_refused_connection_is_certainly_not_sent(method):
    client = Client(f"http://127.0.0.1:{server.free_port()}")
    with pytest.raises(NotSentError, match="connection refused"):
        client.send(method)
    assert client.http.sent == 3 and len(client.clock.sleeps) == 2


def test_an_unknown_host_is_certainly_not_sent():
    client = Client("https://no-such-host.invalid", retries=0)
    with pytest.raises(NotSentError, match=r"no-such-host\.invalid"):
        client.send("POST")


def test_pauses_between_attempts_grow():
    client = Client(f"http://127.0.0.1:{server.free_port()}", retries=8)
    with pytest.raises(NotSentError):
        client.send("GET")
    assert len(client.clock.sleeps) == 8
    assert client.clock.sleeps[0] <= 1.0 and client.clock.sleeps[3] > 2.0 and max(client.clock.sleeps) <= 12.5


# --- an answer was lost ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [server.cut, server.cut_within_body], ids=["before", "within"])
@pytest.mark.parametrize("method", METHODS)
def test_a_cut_connection_is_a_lost_answer(method, fault):
    with TinyServer(fault) as tiny, pytest.raises(LostAnswerError, match="cut"):
        Client(tiny.url).send(method)
    assert tiny.methods == [method] * sends(method)


@pytest.mark.parametrize("method", RESENT)
def test_a_cut_connection_is_survived(method):
    with TinyServer(server.cut, server.cut_within_body, GOOD) as tiny:
        assert Client(tiny.url).send(method).body == {"ok": True}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_answer_in_time(method):
    words = r"^api_timeout of 0\.08 seconds ran out while reading the answer to "
    with TinyServer(server.silent(1.0)) as tiny, pytest.raises(LostAnswerError, match=words):
        Client(tiny.url, timeout=0.08, retries=0).send(method)
    assert tiny.methods == [method]


@pytest.mark.parametrize("text", ["<html>login</html>", '{"half": ', "[" * 100_000])
@pytest.mark.parametrize("method", METHODS)
def test_garbage_is_a_lost_answer(method, text):
    with (
        TinyServer(reply(200, text=text)) as tiny,
        pytest.raises(LostAnswerError, match=r"HTTP 200\) was (not JSON|nested)"),
    ):
        Client(tiny.url).send(method)
    assert tiny.methods == [method] * sends(method)


def test_garbage_is_survived_by_a_get():
    with TinyServer(reply(200, text="oops"), GOOD) as tiny:
        assert Client(tiny.url).send("GET").body == {"ok": True}


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize("method", METHODS)
def test_passing_errors(method, status):
    with TinyServer(reply(status, text="busy")) as tiny:
        client = Client(tiny.url)
        if method in RESENT:
            assert client.send(method).status == status
        else:
            with pytest.raises(LostAnswerError, match=f"HTTP {status}: busy"):
                client.send(method)
    assert tiny.methods == [method] * sends(method)


@pytest.mark.parametrize("method", METHODS)
def test_an_internal_error_is_sent_again_for_get_alone(method):
    with TinyServer(reply(500, {"message": "boom"})) as tiny:
        assert Client(tiny.url).send(method).status == 500
    assert len(tiny.seen) == (3 if method == "GET" else 1)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 501])
@pytest.mark.parametrize("method", METHODS)
def test_other_errors_are_answers(method, status):
    with TinyServer(reply(status, {"message": "no"})) as tiny:
        assert Client(tiny.url).send(method).status == status
    assert len(tiny.seen) == 1


@pytest.mark.parametrize("method", METHODS)
def test_a_refusal_for_certain_is_an_answer(method):
    with TinyServer(reply(503, {"message": "locked"})) as tiny:
        answer = Client(tiny.url, refused=lambda answer: "locked" in answer.text).send(method)
    assert answer.status == 503 and len(tiny.seen) == 1


def test_what_a_server_echoes_is_masked():
    with (
        TinyServer(reply(503, text=f"upstream got hunter2 and {TOKEN}")) as tiny,
        pytest.raises(LostAnswerError) as error,
    ):
        Client(tiny.url).send("POST", secrets=("hunter2",))
    assert "hunter2" not in str(error.value) and TOKEN not in str(error.value) and "upstream got" in str(error.value)


# --- too many requests -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "busy",
    [
        reply(429, headers={"Retry-After": "3"}),
        reply(400, {"message": "Rate limit exceeded"}),
        reply(503, text="rate-limited"),
    ],
    ids=["429", "400", "503"],
)
def test_rate_limits_are_waited_for_with_any_method(method, busy):
    with TinyServer(busy, busy, busy, busy, GOOD) as tiny:
        client = Client(tiny.url, retries=0)
        assert client.send(method).ok
    assert tiny.methods == [method] * 5 and len(client.clock.sleeps) == 4


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [("3", 3, 3.5), ("0", 0.1, 0.6), ("-7", 0.1, 0.6), ("1000000", 60, 60.5)]
    + [(text, 1, 1.5) for text in ("nan", "inf", "soon", "", "Wed, 99 Oct 2026", "Wed, 21 Oct 99999 07:28:00 GMT")]
    + [("Wed, 21 Oct 2026 07:28:00 GMT", 0.1, 0.6), ("Thu, 01 Jan 1970 00:00:00 GMT", 0.1, 0.6)]
    + [("Wed, 21 Oct 2026 07:28:40 GMT", 40, 40.5), ("Wednesday, 21-Oct-26 07:28:40 GMT", 40, 40.5)]
    + [("Wed, 21 Oct 2026 07:28:40 -0000", 40, 40.5), ("Fri, 31 Dec 9999 23:59:59 GMT", 60, 60.5)],
)
@pytest.mark.parametrize(("status", "usual"), [(429, 1.0), (503, 0.5)])
def test_retry_after(asked, least, most, status, usual, monkeypatch):
    # The clock of the server counts, which sends the date.
    monkeypatch.setattr(BaseHTTPRequestHandler, "date_time_string", lambda *_args: "Wed, 21 Oct 2026 07:28:00 GMT")
    with TinyServer(reply(status, headers={"Retry-After": asked}), GOOD) as tiny:
        client = Client(tiny.url)
        assert client.send().ok
    (pause,) = client.clock.sleeps
    if (least, most) == (1, 1.5):
        least, most = usual, usual + 0.5
    assert least <= pause <= most


def test_retry_after_as_a_date_where_the_server_sends_no_date():
    soon = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=30), usegmt=True)
    assert 25 < _http.pause_asked({"Retry-After": soon}, 1.0) < 31
    assert 25 < _http.pause_asked({"Retry-After": soon, "Date": "today"}, 1.0) < 31


@pytest.mark.parametrize("limit", [0, 10, 100])
def test_rate_limits_are_bounded_by_time(limit):
    with TinyServer(reply(429, headers={"Retry-After": "4"})) as tiny:
        client = Client(tiny.url, rate_limit_timeout=limit)
        assert client.send("POST").status == 429
    assert sum(client.clock.sleeps) <= limit < sum(client.clock.sleeps) + 5


def test_a_rate_limit_holds_the_other_processes_too():
    held = []

    class Recorder:
        def wait(self):
            pass

        def hold(self, seconds):
            held.append(seconds)

    with TinyServer(reply(429, headers={"Retry-After": "9"}), GOOD) as tiny:
        client = Client(tiny.url)
        client.http._pacer = Recorder()
        client.send()
    assert held == client.clock.sleeps and held[0] >= 9


# --- what must never happen ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", METHODS)
def test_redirects_are_not_followed(method, status):
    moved = reply(status, headers={"Location": "http://127.0.0.1:1/y"})
    with TinyServer(moved) as tiny, pytest.raises(CrdbError, match=f"redirect .HTTP {status} to 127.0.0.1") as error:
        Client(tiny.url).send(method)
    assert len(tiny.seen) == 1 and not isinstance(error.value, (LostAnswerError, NotSentError))


def test_an_oversized_answer_is_not_read(monkeypatch):
    monkeypatch.setattr(_http, "ANSWER_LIMIT", 1 << 20)
    large = reply(200, text="1" * ((1 << 20) + 1))
    with TinyServer(large) as tiny, pytest.raises(CrdbError, match="larger than 1 MiB"):
        Client(tiny.url).send()
    assert len(tiny.seen) == 1


@pytest.mark.parametrize("depth", [65, 900, 100_000])
@pytest.mark.parametrize(("start", "end"), [('{"a":', "}"), ("[", "]")])
def test_a_deeply_nested_answer_is_not_taken_in(depth, start, end):
    deep = reply(200, text=start * depth + "1" + end * depth)
    with TinyServer(deep) as tiny, pytest.raises(LostAnswerError, match=r"nested more than 64 levels deep"):
        Client(tiny.url).send("POST")
    flat = reply(200, text=start * 63 + "1" + end * 63)
    with TinyServer(flat) as tiny:
        assert Client(tiny.url).send("POST").ok


def test_the_trust_store_is_read_for_tls_alone(monkeypatch):
    read = []
    monkeypatch.setattr(
        ssl, "create_default_context", lambda: read.append(1) or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    )
    with TinyServer(reply(200, {})) as tiny:
        assert Client(tiny.url).send().ok and not read
    for url in ("https://127.0.0.1:1", "http://example.com"):
        Client(url)
        assert read.pop() and not read


@pytest.mark.parametrize("validate_certs", [True, False])
def test_old_versions_of_tls_are_not_spoken(validate_certs):
    context = _http.tls_context(validate_certs, None)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_netrc_replaces_no_token(monkeypatch, tmp_path):
    for name in (".netrc", "_netrc"):
        (tmp_path / name).write_text("machine 127.0.0.1 login mallory password wrong\n")
        (tmp_path / name).chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    assert requests.utils.get_netrc_auth("http://127.0.0.1/"), "the trap has to be a real one"
    with TinyServer() as tiny:
        Client(tiny.url).send()
        Client(tiny.url, token="").send()
    assert tiny.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert "Authorization" not in tiny.seen[1].headers


# --- proxies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "all_proxy"])
def test_the_proxy_of_the_environment_is_used(monkeypatch, name):
    with TinyServer(reply(403)) as proxy:
        monkeypatch.setenv(name, proxy.url)
        with pytest.raises(NotSentError, match="proxy"):
            Client("https://api.example.invalid", retries=0).send("POST")
    (seen,) = proxy.seen
    assert (seen.method, seen.path) == ("CONNECT", "api.example.invalid:443")
    assert TOKEN not in str(seen)


def test_a_dead_proxy_is_certainly_not_sent(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.free_port()}")
    with pytest.raises(NotSentError, match="proxy"):
        Client("https://api.example.invalid", retries=0).send("POST")


@pytest.mark.parametrize(
    ("status", "reason", "credentials", "words"),
    [
        (
            407,
            "Proxy Authentication Required",
            "",
            "HTTP 407: it wants a user name and a password. Put them into the proxy",
        ),
        (
            407,
            "Who?",
            "user:sesame@",
            "HTTP 407: it does not accept the user name and the password that the proxy variable",
        ),
        (403, "Not  here", "user:sesame@", "HTTP 403 Not here. Check the proxy variables"),
        (502, "Bad Gateway", "", "HTTP 502 Bad Gateway. Check the proxy variables"),
    ],
)
def test_a_proxy_that_refuses(monkeypatch, status, reason, credentials, words):
    def refuse(handler):
        handler.send_response(status, reason)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with TinyServer(refuse) as proxy:
        address = proxy.url.removeprefix("http://")
        monkeypatch.setenv("HTTPS_PROXY", f"http://{credentials}{address}")
        with pytest.raises(NotSentError) as error:
            Client("https://api.example.invalid").send("POST")
    said = f"Could not reach https://api.example.invalid: the proxy {address} answered {words}"
    assert str(error.value).startswith(said) and "sesame" not in str(error.value)
    # Asking again changes no password.
    assert len(proxy.seen) == (3 if status == 502 else 1)


def test_a_proxy_for_plain_http_that_refuses(monkeypatch):
    with TinyServer(reply(407)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        with pytest.raises(NotSentError, match=r"the proxy 127.0.0.1:\d+ answered HTTP 407: it wants"):
            Client("http://node1.example.invalid").send("POST")
    assert len(proxy.seen) == 1


def test_a_407_without_a_proxy_is_an_answer():
    with TinyServer(reply(407, {"message": "no"})) as tiny:
        assert Client(tiny.url).send("POST").status == 407


def test_no_proxy_is_honoured(monkeypatch, ca):
    with TinyServer(GOOD, context=ca.server) as tiny, TinyServer(reply(403)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert Client(tiny.url, ca_path=ca.path).send().ok
    assert proxy.seen == []


@pytest.mark.parametrize("name", ["http_proxy", "all_proxy"])
def test_plain_http_to_loopback_does_not_pass_a_proxy(monkeypatch, name):
    with TinyServer(GOOD) as tiny, TinyServer(GOOD) as proxy:
        monkeypatch.setenv(name, proxy.url)
        assert Client(tiny.url).send().ok
    assert proxy.seen == [] and len(tiny.seen) == 1


def test_a_proxy_that_can_not_be_used_is_said_as_such(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "gopher://127.0.0.1:1")
    with pytest.raises(CrdbError, match=r"can't be built|proxy") as error:
        Client("https://api.example.invalid", retries=0).send("POST")
    assert not isinstance(error.value, LostAnswerError)


# --- TLS -------------------------------------------------------------------------------------------------------------


class Authority:
    """A CA, a server certificate it signed, and its PEM file."""

    def __init__(self, directory, *hosts, **more):
        authority = trustme.CA()
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*(hosts or ("127.0.0.1",)), **more).configure_cert(self.server)
        self.path = str(directory / "ca.pem")
        authority.cert_pem.write_to_path(self.path)


@pytest.fixture(scope="module")
def ca(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def other_ca(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("other"), "other.example.com")


def test_the_right_ca(ca):
    with TinyServer(GOOD, context=ca.server) as tiny:
        assert Client(tiny.url, ca_path=ca.path).send("POST").ok


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_wrong_ca(ca, other_ca, method):
    with TinyServer(GOOD, context=ca.server) as tiny:
        for path in (other_ca.path, None):
            client = Client(tiny.url, ca_path=path)
            with pytest.raises(CrdbError, match=r"is not trusted: .*ca_path") as error:
                client.send(method)
            assert not isinstance(error.value, LostAnswerError) and client.http.sent == 1
    assert tiny.seen == []


def test_the_wrong_host(other_ca):
    with TinyServer(GOOD, context=other_ca.server) as tiny, pytest.raises(CrdbError, match=r"is not trusted: .*127"):
        Client(tiny.url, ca_path=other_ca.path).send()
    assert tiny.seen == []


def refused(client):
    """What is said of a certificate, which ends a task at once."""
    with pytest.raises(CrdbError) as error:
        client.send("POST")
    assert not isinstance(error.value, LostAnswerError) and client.http.sent == 1
    return str(error.value)


ON = datetime(2021, 2, 3, 4, 5, 6, tzinfo=timezone.utc)
FAR = datetime(2091, 2, 3, 4, 5, 6, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({"not_before": ON - timedelta(1), "not_after": ON}, "it expired on 2021-02-03 04:05:06 UTC. The server needs"),
        (
            {"not_before": FAR, "not_after": FAR + timedelta(1)},
            "it is not valid yet, but from 2091-02-03 04:05:06 UTC.",
        ),
    ],
)
def test_a_certificate_out_of_its_time(tmp_path, dates, words):
    authority = Authority(tmp_path, **dates)
    with TinyServer(GOOD, context=authority.server) as tiny:
        said = refused(Client(tiny.url, ca_path=authority.path))
    assert said.startswith(f"The certificate of {tiny.url} is not trusted: {words}") and "clock of this machine" in said


def test_a_certificate_of_another_host(tmp_path):
    names = [f"node{number}.example.com" for number in range(7)]
    first = ", ".join(f"'{name}'" for name in names[:5])
    for hosts, words in (
        (["db.example.com", "10.0.0.1"], "it is for 'db.example.com', '10.0.0.1', not for '127.0.0.1'."),
        (names, f"it is for {first} and 2 more, not for '127.0.0.1'."),
    ):
        authority = Authority(tmp_path, *hosts)
        with TinyServer(GOOD, context=authority.server) as tiny:
            said = refused(Client(tiny.url, ca_path=authority.path))
            local = refused(Client(tiny.url.replace("127.0.0.1", "localhost"), ca_path=authority.path))
        assert said.startswith(f"The certificate of {tiny.url} is not trusted: {words} Name the server in api_url")
        assert "not for 'localhost'" in local


def test_a_certificate_of_another_host_behind_a_proxy(monkeypatch, other_ca):
    with TinyServer(GOOD, context=other_ca.server) as tiny, server.tunnel(tiny.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        said = refused(Client("https://api.example.invalid", ca_path=other_ca.path))
    assert "it is for 'other.example.com', not for 'api.example.invalid'" in said


def test_a_certificate_of_an_unknown_ca(ca):
    with TinyServer(GOOD, context=ca.server) as tiny:
        said = refused(Client(tiny.url))
    assert "is not trusted: unable to get local issuer certificate. Give the PEM file of the CA" in said


@pytest.mark.parametrize(("code", "words"), [(10, "expired"), (9, "is not valid yet")])
@pytest.mark.parametrize(
    "certificate", [{}, {"notBefore": "Feb  3 04:05:06 2021 GMT", "notAfter": "Feb  3 04:05:06 2091 GMT"}]
)
def test_a_ca_out_of_its_time(code, words, certificate):
    error = ssl.SSLCertVerificationError("refused")
    error.verify_code, error.certificate = code, certificate
    asked = Asked("GET", "/x", "/x", "https://a", "api_url", 5.0)
    said = str(explained(requests.exceptions.SSLError(error), asked, DEADLINE))
    assert said.startswith(
        f"The certificate of https://a is not trusted: a certificate of the CA that signed it {words}."
    )


def test_the_proxy_has_a_certificate_of_its_own(monkeypatch, ca, other_ca):
    with TinyServer(reply(403), context=other_ca.server) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        said = refused(Client("https://api.example.invalid", ca_path=other_ca.path))
        assert said.startswith(f"The certificate of the proxy 127.0.0.1:{proxy.port} is not trusted: it is for 'other.")
        unknown = refused(Client("https://api.example.invalid", ca_path=ca.path))
        assert unknown.startswith(f"The certificate of the proxy 127.0.0.1:{proxy.port} is not trusted: unable to get")
    with TinyServer(reply(403), context=ca.server) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(NotSentError, match="answered HTTP 403"):
            Client("https://api.example.invalid", ca_path=ca.path).send("POST")


def test_unchecked_certificates_have_to_be_asked_for(other_ca):
    with TinyServer(GOOD, context=other_ca.server) as tiny:
        assert Client(tiny.url, validate_certs=False).send().ok


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_ca_bundle_of_the_environment_does_not_count(monkeypatch, ca, other_ca, name):
    with TinyServer(GOOD, context=ca.server) as tiny:
        for path in (other_ca.path, "/nonexistent/ca.pem"):
            monkeypatch.setenv(name, path)
            assert Client(tiny.url, ca_path=ca.path).send().ok
        monkeypatch.setenv(name, ca.path)
        with pytest.raises(CrdbError, match="not trusted"):
            Client(tiny.url).send()


def test_the_store_of_the_system_stays_trusted(monkeypatch, ca, other_ca):
    monkeypatch.setenv("SSL_CERT_FILE", ca.path)
    with TinyServer(GOOD, context=ca.server) as tiny:
        assert Client(tiny.url, ca_path=other_ca.path).send().ok


def test_https_to_a_port_without_tls():
    with TinyServer(GOOD) as tiny, pytest.raises(CrdbError, match="does not speak TLS") as error:
        Client(tiny.url.replace("http:", "https:")).send("POST")
    assert not isinstance(error.value, LostAnswerError)


def test_plain_http_to_a_port_with_tls(ca):
    with TinyServer(GOOD, context=ca.server) as tiny, pytest.raises(LostAnswerError):
        Client(tiny.url.replace("https:", "http:")).send("POST")
    assert tiny.seen == []


def test_a_ca_path_that_is_none(tmp_path):
    (tmp_path / "junk.pem").write_text("junk")
    for path, words in (
        (tmp_path / "none.pem", "there is no file"),
        (tmp_path / "junk.pem", "can't be read"),
        (tmp_path, "can't be read"),
    ):
        with pytest.raises(OptionError, match=words):
            _http.tls_context(True, str(path))


# --- URLs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://cockroachlabs.cloud/", "https://cockroachlabs.cloud"),
        ("https://gateway.example.com:8443/crdb//", "https://gateway.example.com:8443/crdb"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost", "http://localhost"),
        ("http://[::1]:80/", "http://[::1]:80"),
        ("http://127.8.9.10", "http://127.8.9.10"),
    ],
)
def test_good_urls(url, found):
    assert _http.check_url(url, "api_url") == found


@pytest.mark.parametrize(
    "url",
    [
        "",
        "cockroachlabs.cloud",
        "https://",
        "https://[::1",
        "https://host:99999",
        "ftp://host",
        "https://me:pw@host",
        "https://me@host",
        "https://host?a=b",
        "https://host#a",
    ],
)
def test_bad_urls(url):
    with pytest.raises(OptionError, match="api_url") as error:
        _http.check_url(url, "api_url")
    assert "pw" not in str(error.value)


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "10.0.0.1",
        "0.0.0.0",
        "[::]",
        "127.1",
        "localhost\\.example.com",
    ],
)
def test_no_key_goes_unencrypted_beyond_loopback(host):
    with pytest.raises(OptionError, match=r"http://.*never sent unencrypted"):
        _http.check_url(f"http://{host}/", "api_url")


def test_shorten():
    assert _http.shorten(" a\n\tb ") == "a b"
    assert _http.shorten("x" * 400) == "x" * 300 + "..."
