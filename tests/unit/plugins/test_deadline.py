# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""api_timeout is the limit of one request in whole, however a server spreads its answer over time."""

from __future__ import annotations

import socket
import ssl
import threading
import time

import hostile_server
import pytest
import tiny_server
import trustme
from hostile_server import HANDSHAKE, WAYS, HostileServer
from tiny_server import TinyServer

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import CrdbError, LostAnswerError, NotSentError
from ansible_collections.crdb.cloud.plugins.module_utils._cloud_api.client import CONNECTION_OPTIONS, CloudApi
from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.client import ClusterApi
from ansible_collections.crdb.cloud.plugins.module_utils._http.pacing import Pacer
from ansible_collections.crdb.cloud.plugins.module_utils._http.session import READ, WRITE, HttpSession, HttpSettings

# Long enough for a TLS handshake on a busy machine.
LIMIT = 1.5
RAN_OUT = r"^api_timeout of 1\.5 seconds ran out while "
# What a busy machine may add, far below the time for which the hostile server goes on.
LATE = 2.0
EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A server's TLS context, and the PEM file of the CA that signed it."""
    ca, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    path = str(tmp_path_factory.mktemp("ca") / "ca.pem")
    ca.cert_pem.write_to_path(path)
    return context, path


def session(url, *, ca_path=None, timeout=LIMIT, retries=0, sleep=lambda seconds: None):
    settings = HttpSettings(url, token="CCDB1_token", timeout=timeout, retries=retries, ca_path=ca_path)
    return HttpSession(settings, pacer=Pacer(0, ""), sleep=sleep)


def fails_in_time(kind, words, send, tries=1):
    started = time.monotonic()
    with pytest.raises(kind, match=words) as error:
        send()
    assert time.monotonic() - started < tries * LIMIT + LATE
    return error.value


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("way", WAYS)
def test_an_answer_that_does_not_end(way, tls, authority):
    context, path = authority if tls else (None, None)
    with HostileServer(*WAYS[way], context=context) as hostile:
        words = f"{RAN_OUT}reading the answer to POST {hostile.url}/x"
        http = session(hostile.url, ca_path=path)
        error = fails_in_time(LostAnswerError, words, lambda: http.send("POST", "/x", effect=WRITE))
        assert error.hint == "Raise api_timeout if the server needs longer" and http.sent == hostile.asked == 1


def test_each_attempt_has_its_own_time():
    with HostileServer(*WAYS["header"]) as hostile:
        http = session(hostile.url, retries=2)
        fails_in_time(LostAnswerError, RAN_OUT, lambda: http.send("GET", "/x", effect=READ), tries=3)
        assert http.sent == hostile.asked == 3


def test_a_handshake_that_does_not_end(authority):
    with HostileServer(*HANDSHAKE) as hostile:
        http = session(hostile.url.replace("http:", "https:"), ca_path=authority[1])
        words = f"{RAN_OUT}connecting to https://127.0.0.1:{hostile.port}"
        fails_in_time(NotSentError, words, lambda: http.send("POST", "/x", effect=WRITE))


@pytest.mark.parametrize("way", ["status line", "header", "headers"])
def test_a_proxy_that_does_not_end(way, monkeypatch):
    with HostileServer(*WAYS[way]) as hostile:
        monkeypatch.setenv("HTTPS_PROXY", hostile.url.replace("//", "//user:sesame@"))
        http = session("https://api.example.invalid")
        words = f"{RAN_OUT}connecting to https://api.example.invalid through the proxy 127.0.0.1:{hostile.port}"
        error = fails_in_time(NotSentError, words, lambda: http.send("POST", "/x", effect=WRITE))
        assert "sesame" not in str(error)


def test_a_proxy_whose_answer_is_none(monkeypatch):
    """Its first line is complete before the time runs out, and is not what a tunnel begins with."""
    with HostileServer(*WAYS["continue"]) as hostile:
        monkeypatch.setenv("HTTPS_PROXY", hostile.url.replace("//", "//user:sesame@"))
        http = session("https://api.example.invalid", timeout=30.0)
        words = f"the proxy 127.0.0.1:{hostile.port} answered HTTP 100 Continue"
        with pytest.raises(NotSentError, match=words) as error:
            http.send("POST", "/x", effect=WRITE)
        assert "sesame" not in str(error.value) and http.sent == 1


def test_a_server_behind_a_proxy_that_does_not_end(monkeypatch, authority):
    with (
        HostileServer(*WAYS["gzip"], context=authority[0]) as hostile,
        tiny_server.tunnel(hostile.port) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        http = session("https://127.0.0.1:1", ca_path=authority[1])
        words = f"{RAN_OUT}reading the answer to GET https://127.0.0.1:1/x"
        fails_in_time(LostAnswerError, words, lambda: http.send("GET", "/x", effect=READ))


def test_many_addresses_share_the_time(monkeypatch):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        # Two that nobody accepts, and the kernel answers no more.
        waiting = [socket.socket() for _number in range(2)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(address)
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address)] * 12
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)
        http = session(f"http://127.0.0.1:{address[1]}")
        try:
            fails_in_time(NotSentError, f"{RAN_OUT}connecting", lambda: http.send("GET", "/x", effect=READ))
        finally:
            for sock in waiting:
                sock.close()


def test_a_request_that_is_not_taken():
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        http = session(f"http://127.0.0.1:{deaf.getsockname()[1]}", timeout=3.0)
        with pytest.raises(LostAnswerError, match=r"^api_timeout of 3 seconds ran out while sending POST"):
            http.send("POST", "/x", effect=WRITE, body="a" * 20_000_000)


def test_threads_have_times_of_their_own():
    quick = tiny_server.reply(200, {"ok": True})

    def slow(handler):
        time.sleep(3 * LIMIT)
        quick(handler)

    found = []
    with TinyServer(slow) as tiny, HostileServer(*WAYS["header"]) as hostile:
        patient = session(tiny.url, timeout=30.0)
        thread = threading.Thread(target=lambda: found.append(patient.send("GET", "/x", effect=READ).body))
        thread.start()
        http = session(hostile.url)
        fails_in_time(LostAnswerError, RAN_OUT, lambda: http.send("GET", "/x", effect=READ))
        thread.join()
    assert found == [{"ok": True}]


def test_a_slow_answer_within_the_time_is_taken_in():
    body = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n"
    with HostileServer(body, b'{"a": "bcd"}') as slow:
        assert session(slow.url, timeout=30.0).send("GET", "/x", effect=READ).body == {"a": "bcd"}


def test_an_answer_ahead_of_the_answer_is_not_taken_for_the_next_one():
    early = b"HTTP/1.1 103 Early Hints\r\n\r\n"
    with HostileServer(served=[early + EMPTY, EMPTY]) as hostile:
        http = session(hostile.url)
        with pytest.raises(LostAnswerError, match="HTTP 103, which is no answer"):
            http.send("GET", "/x", effect=READ)
        assert http.send("GET", "/x", effect=READ).body == {}


# --- the clients -----------------------------------------------------------------------------------------------------

CLOUD = {name: entry.get("default") for name, entry in CONNECTION_OPTIONS.items()}
CLUSTER = {"api_timeout": LIMIT, "api_retries": 0, "validate_certs": True}


def test_the_cloud_api():
    with HostileServer(*WAYS["chunk"]) as hostile:
        given = {"api_key": "CCDB1_x", "api_url": hostile.url, "api_timeout": LIMIT, "api_retries": 0}
        api = CloudApi({**CLOUD, **given, "api_rate_limit": 0.0})
        words = f"{RAN_OUT}reading the answer to GET {hostile.url}/api/v1/clusters"
        fails_in_time(CrdbError, words, lambda: api.rows("/clusters", "clusters"))


def test_the_cluster_api():
    with HostileServer(*WAYS["gzip"]) as hostile:
        api = ClusterApi({**CLUSTER, "cluster_api_url": [hostile.url]})
        words = f"{RAN_OUT}reading the answer to GET {hostile.url}/api/v2/nodes/"
        fails_in_time(CrdbError, words, lambda: api.rows("/nodes", "nodes", limit=None, page_size=10))


def test_logging_out_of_a_cluster_that_does_not_answer_takes_a_second():
    token = b'{"session": "the-session-token"}'
    served = [b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(token), token)]
    login = {"cluster_api_username": "app", "cluster_api_password": "sesame"}
    said = []
    with HostileServer(*WAYS["status line"], served=served) as hostile:
        api = ClusterApi({**CLUSTER, **login, "api_timeout": 3.0, "cluster_api_url": [hostile.url]})
        with pytest.raises(CrdbError, match=r"^api_timeout of 3 seconds ran out"):
            api.get("/nodes")
        started = time.monotonic()
        api.close(said.append)
        assert time.monotonic() - started < 1.0 + LATE < hostile_server.ENOUGH
    (words,) = said
    assert words.startswith(
        "Logging out of the cluster failed, the session ends by itself later: api_timeout of 1 seconds"
    )
    assert words.endswith(f"POST {hostile.url}/api/v2/logout/")
