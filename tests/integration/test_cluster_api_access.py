# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets in and who does not: sessions, roles, TLS, nodes that are down; each refusal is one sentence."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest
from integration.conftest import Launch
from integration.helpers.emulator import Emulator
from integration.helpers.running import PASSWORDS, USERS, Cluster, fails, outcomes, same, task

pytestmark = pytest.mark.measured

READER = {"cluster_api_username": "reader", "cluster_api_password": "{{ passwords.reader }}"}
MONITOR = {"cluster_api_username": "monitor", "cluster_api_password": "{{ passwords.monitor }}"}
EXPIRE = {"ansible.builtin.uri": {"method": "POST", "body_format": "json"}}
INSERT = "INSERT INTO bank.public.accounts (id, owner, balance) VALUES (777, 'test', 1)"
BY_TOKEN = {"cluster_api_session": "{{ session.session }}"}


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port that nobody listens on, and nobody else gets."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def expire(cluster: Cluster, name: str = "expire") -> dict:
    """A task that makes every session too old."""
    body = {"cluster_api": {"expire_sessions": True}}
    args = {**EXPIRE["ansible.builtin.uri"], "url": f"{cluster.emulator.url}/_emulator/state", "body": body}
    return {"name": name, "ansible.builtin.uri": args, "run_once": True}


@pytest.mark.smoke
def test_a_session_of_its_own(running: Callable[..., Cluster]) -> None:
    cluster = running()
    debug = {"name": "debug", "ansible.builtin.debug": {"var": "session.session | length"}}
    run = cluster(
        [
            task("login", "session", register="session"),
            debug,
            task("nodes", "node_info", BY_TOKEN),
            task("databases", "database_info", BY_TOKEN),
            task("logout", "session", {"state": "absent", **BY_TOKEN}),
            task("logout again", "session", {"state": "absent", **BY_TOKEN}),
            task("used after that", "node_info", BY_TOKEN, ignore_errors=True),
            task("nothing to log out of", "session", {"state": "absent"}, ignore_errors=True),
        ],
        both=False,
    )
    assert int(run["debug"]["session.session | length"]) in (36, 40, 44)
    assert run["login"].result.keys() - {"_ansible_no_log"} == {"censored", "changed"}
    assert len(run["nodes"]["nodes"]) == 3
    assert run["logout"]["session"] is None
    assert not any(run[name].changed for name in ("login", "logout", "logout again"))
    run["used after that"].fails_with("session token is expired, logged out", "HTTP 401", "list the nodes")
    run["nothing to log out of"].fails_with("cluster_api_session")
    assert cluster.state["logins"] == 1


@pytest.mark.smoke
def test_a_session_as_a_plain_module(running: Callable[..., Cluster]) -> None:
    cluster = running()
    run = cluster(
        [
            task("no no_log", "session", ignore_errors=True),
            task("login", "session", register="session", no_log=True),
            task("nodes", "node_info", BY_TOKEN),
            task("logout", "session", {"state": "absent", **BY_TOKEN}),
        ],
        both=False,
        direct=False,
        check=True,
    )
    run["no no_log"].fails_with("Add no_log: true to the task")
    assert len(run["nodes"]["nodes"]) == 3
    assert cluster.state["logins"] == 1
    assert cluster.writes() == []


def test_who_may_not_log_in(running: Callable[..., Cluster]) -> None:
    cluster = running()
    wrong = "planted-wrong-password"
    cases = {
        "wrong password": ("user_info", {"cluster_api_password": "{{ wrong }}"}, ("'owner' can't log in", "HTTP 401")),
        "nobody": ("user_info", {"cluster_api_username": "nobody"}, ("'nobody' can't log in",)),
        "wrong session": (
            "session",
            {"cluster_api_password": "{{ wrong }}"},
            ("log in to the cluster as 'owner'", "HTTP 401"),
        ),
        "not base64": ("node_info", {"cluster_api_session": "planted!token"}, ("not a session token", "HTTP 400")),
        "not a token": ("node_info", {"cluster_api_session": "cGxhbnRlZA=="}, ("session token is expired",)),
        "two lines": ("node_info", {"cluster_api_session": "a b"}, ("characters that no session token has",)),
        "no scheme": ("node_info", {"cluster_api_url": "ftp://x"}, ("must be a URL that starts with https://",)),
        "in clear": ("node_info", {"cluster_api_url": "http://192.0.2.1:8080"}, ("never sent unencrypted",)),
        "half": ("node_info", {"cluster_api_username": ""}, ("cluster_api_username is missing",)),
    }
    tasks = [task(name, module, args, ignore_errors=True) for name, (module, args, _parts) in cases.items()]
    run = cluster(tasks, both=False, secrets=[wrong], variables={"wrong": wrong})
    for name, (_module, _args, parts) in cases.items():
        run[name].fails_with(*parts)
    run = cluster([task("anonymous", "node_info", ignore_errors=True), task("health", "health_info")], user=None)
    fails(run, "anonymous", "wants a login: set cluster_api_username", "HTTP 401")
    assert same(run, "health", "health", "ready") is True
    assert cluster.state["logins"] == 0


def test_it_logs_out_when_the_task_fails(running: Callable[..., Cluster]) -> None:
    """On an error of the server, of ours, and when the logout itself is refused."""
    cluster = running()
    loop = {"loop": ["bank", "nowhere", "movr"], "ignore_errors": True}
    run = cluster(
        [
            task("no database", "database_info", {"name": "nowhere"}, ignore_errors=True),
            task("no table", "table_info", {"database": "bank", "table": "nothing"}, ignore_errors=True),
            task("odd database", "database_grant_info", {"database": "my-db"}, ignore_errors=True),
            task("odd table", "table_info", {"database": "bank", "table": 'a"b'}, ignore_errors=True),
            task("no node", "node_range_info", {"node_id": "9"}, ignore_errors=True),
            task("bad node", "node_range_info", {"node_id": "²"}, ignore_errors=True),
            task("bad range", "range_info", {"range_id": 0}, ignore_errors=True),
            task("loop", "database_info", {"name": "{{ item }}"}, **loop),
            task("all", "database_info", {"details": True}),
        ],
        warns=["The database 'my-db' can't be reached through the Cluster API"],
    )
    fails(run, "no database", "read the database 'nowhere'", "database not found", "HTTP 404")
    fails(run, "no table", "table 'nothing' of database 'bank'", "database or table not found")
    fails(run, "odd database", "database 'my-db' can't be reached", "cluster_api_query instead")
    fails(run, "odd table", "table 'a\"b' can't be reached", "cluster_api_query instead")
    fails(run, "no node", "there is no node 9", "HTTP 500")
    fails(run, "bad node", "node_id must be the number of a node")
    fails(run, "bad range", "range_id must be at least 1")
    rows = {row["name"]: row for row in same(run, "all", "databases")}
    assert "descriptor_id" in rows["bank"]
    assert rows["my-db"] == {"name": "my-db"}
    # Nothing was asked of names that can't be asked for.
    assert not [path for path in cluster.paths() if "my-db" in path or "a%22b" in path]


def test_an_expired_session(running: Callable[..., Cluster]) -> None:
    cluster = running("--session-seconds", "0.4")
    # The session that a task made for itself expires between two of its requests: it makes another one.
    cluster.emulator.fault("delay", "GET", r"/databases/movr/$", delay_ms=600)
    refused = cluster.runner(
        [
            task("again", "database_info", {"details": True, "tables": True}),
            task("login", "session", register="session"),
            {"name": "wait", "ansible.builtin.pause": {"seconds": 1}},
            task("token", "node_info", BY_TOKEN, ignore_errors=True),
            task("logout", "session", {"state": "absent", **BY_TOKEN}),
        ],
        env=cluster.env("owner"),
        secrets=PASSWORDS.values(),
        warns=["'my-db' can't be reached"],
    )
    assert {row["name"] for row in refused["again"]["databases"] if row.get("tables")} >= {"bank", "movr"}
    refused["token"].fails_with("The session token is expired", "HTTP 401")
    state = cluster.state
    assert state["logins"] >= 3
    cluster.balanced()


def test_expired_by_the_server(running: Callable[..., Cluster]) -> None:
    cluster = running()
    run = cluster(
        [
            task("login", "session", register="session"),
            task("before", "node_info", BY_TOKEN),
            expire(cluster),
            task("token", "node_info", BY_TOKEN, ignore_errors=True),
            task("password", "node_info"),
            task("logout", "session", {"state": "absent", **BY_TOKEN}),
        ],
        both=False,
    )
    run["token"].fails_with("The session token is expired", "get a new one with the module cluster_api_session")
    assert len(run["password"]["nodes"]) == 3


def test_roles(running: Callable[..., Cluster]) -> None:
    cluster = running()
    run = cluster(
        [
            task("metadata", "node_info", MONITOR),
            task("no metadata", "node_info", READER, ignore_errors=True),
            task("no sessions", "sql_session_info", READER, ignore_errors=True),
            task("users", "user_info", READER, ignore_errors=True),
            task("events", "event_info", MONITOR, ignore_errors=True),
            task("databases", "database_info", READER),
            task("passing on", "grant", {**READER, "user": "monitor", "database": "bank", "privileges": ["CONNECT"]})
            | {"ignore_errors": True},
            task("reading", "query", {**READER, "query": "SELECT * FROM bank.public.accounts"}, ignore_errors=True),
        ],
        both=False,
    )
    assert len(run["metadata"]["nodes"]) == 3
    for name in ("no metadata", "no sessions"):
        run[name].fails_with("needs the system privilege VIEWCLUSTERMETADATA", "HTTP 403")
    for name in ("users", "events"):
        run[name].fails_with("Often the SQL user lacks a privilege", "HTTP 500")
    assert {row["name"] for row in run["databases"]["databases"]} >= {"bank", "movr", "my-db"}
    run["passing on"].fails_with("manage the privileges of SQL user 'monitor'", "grant option", "SQLSTATE 01007")
    run["reading"].fails_with("does not have SELECT privilege", "SQLSTATE 42501")
    older = running("--cluster-version", "23.1")
    run = older([task("metadata", "node_info", MONITOR, ignore_errors=True)], both=False)
    run["metadata"].fails_with("in older versions (23.1 and before) membership of the role admin")


def test_insecure(running: Callable[..., Cluster]) -> None:
    cluster = running("--insecure")
    run = cluster(
        [
            task("nodes", "node_info"),
            task("grant", "grant", {"user": "reader", "database": "bank", "privileges": ["CONNECT"]}),
            task("query", "query", {"query": "SELECT current_user AS me"}),
        ],
        user=None,
        both=False,
    )
    assert len(run["nodes"]["nodes"]) == 3
    assert run["grant"].changed
    assert run["query"]["rows"] == [{"me": "root"}]
    assert cluster.state["logins"] == 0


def test_a_node_that_is_down(running: Callable[..., Cluster], dead_port: int) -> None:
    cluster = running()
    dead = f"http://127.0.0.1:{dead_port}"
    both = {"CRDB_CLUSTER_API_URL": f"{dead},{cluster.emulator.cluster_url}/"}
    count = {"query": "SELECT count(*) AS n FROM bank.public.accounts WHERE id = 777"}
    write = {"query": INSERT, "read_only": False}
    run = cluster(
        [
            task("nodes", "node_info"),
            task("sessions", "sql_session_info"),
            task("write", "query", write),
            task("wrote", "query", count),
            task("health", "health_info"),
            task("nobody", "node_info", {"cluster_api_url": [dead], "api_retries": 0}, ignore_errors=True),
            task("none", "node_info", {"cluster_api_url": [dead, f"{dead}/x"], "api_retries": 0}, ignore_errors=True),
        ],
        both=False,
        env=both,
    )
    assert len(run["nodes"]["nodes"]) == 3
    assert run["write"].changed
    assert run["wrote"]["rows"] == [{"n": 1}]
    run["nobody"].fails_with("Could not connect to", "refused")
    run["none"].fails_with("None of the nodes", "the last one")


@pytest.mark.parametrize("action", ["drop_after", "drop_before", "garbage"])
def test_a_write_whose_answer_is_lost_is_not_sent_again(running: Callable[..., Cluster], action: str) -> None:
    cluster = running()
    url = cluster.emulator.cluster_url
    cluster.emulator.patch(cluster_api={})
    runner = cluster.runner
    cluster.emulator.fault(action, "POST", "/sql/$")
    run = runner(
        [
            task("write", "query", {"query": INSERT, "read_only": False}, ignore_errors=True),
            task("count", "query", {"query": "SELECT id FROM bank.public.accounts WHERE id = 777"}),
        ],
        env={**cluster.env("owner"), "CRDB_CLUSTER_API_URL": f"{url},{url}/,{url}"},
        secrets=PASSWORDS.values(),
    )
    run["write"].fails_with("the outcome of the request is unknown", "Look whether it was carried out")
    assert len(run["count"]["rows"]) == (0 if action == "drop_before" else 1)
    assert len([entry for entry in cluster.requests() if entry["effect"] == "write"]) == 1
    cluster.balanced()


@pytest.mark.parametrize("action", ["drop_after", "drop_before", "garbage"])
def test_a_read_whose_answer_is_lost_is_sent_again(running: Callable[..., Cluster], action: str) -> None:
    cluster = running()
    for method, path in (("GET", "/nodes/$"), ("POST", "/sql/$"), ("POST", "/logout/$")):
        cluster.emulator.fault(action, method, path)
    run = cluster.runner(
        [task("nodes", "node_info"), task("query", "query", {"query": "SELECT 1 AS one"})],
        env=cluster.env("owner"),
        secrets=PASSWORDS.values(),
    )
    assert len(run["nodes"]["nodes"]) == 3
    assert run["query"]["rows"] == [{"one": 1}]
    assert cluster.emulator.fired() == [1, 1, 1]
    cluster.balanced()


def test_tls(running: Callable[..., Cluster], launch: Launch) -> None:
    cluster = running()
    secure, other = launch("--tls", *USERS), launch("--tls")
    assert secure.ca_path
    assert other.ca_path
    right = {"cluster_api_url": secure.cluster_url, "ca_path": secure.ca_path}
    clear = secure.cluster_url.replace("https:", "http:")
    run = cluster(
        [
            task("right", "node_info", right),
            task("no scheme", "node_info", {**right, "cluster_api_url": secure.cluster_url.removeprefix("https://")}),
            task("unchecked", "node_info", {**right, "ca_path": None, "validate_certs": False}),
            task("none", "node_info", {"cluster_api_url": secure.cluster_url}, ignore_errors=True),
            task("wrong", "node_info", {**right, "ca_path": other.ca_path}, ignore_errors=True),
            task("wrong of two", "node_info", {**right, "ca_path": other.ca_path}, ignore_errors=True),
            task("plain to TLS", "node_info", {"cluster_api_url": clear}, ignore_errors=True),
            task("legacy", "health_info", {"cluster_api_url": clear}, ignore_errors=True),
            task(
                "TLS to plain",
                "node_info",
                {"cluster_api_url": cluster.emulator.cluster_url.replace("http:", "https:"), "api_retries": 0},
                ignore_errors=True,
            ),
        ],
        env={"REQUESTS_CA_BUNDLE": "/nowhere", "CURL_CA_BUNDLE": "/nowhere"},
    )
    for name in ("right", "no scheme", "unchecked"):
        assert [len(outcome["nodes"]) for outcome in outcomes(run, name)] == [3, 3]
    for name in ("none", "wrong", "wrong of two"):
        fails(run, name, "certificate", "not trusted", "ca_path")
    for name in ("plain to TLS", "legacy"):
        fails(run, name, "speaks TLS. Set cluster_api_url to https://")
    fails(run, "TLS to plain", "does not speak TLS on this port")
    assert other_side(secure) == (3 * 2, 3 * 2)


def other_side(emulator: Emulator) -> tuple[int, int]:
    """Logins and logouts of an emulator with TLS, whose control plane the helpers do not reach."""
    import json
    import ssl
    import urllib.request

    context = ssl.create_default_context(cafile=emulator.ca_path)
    with urllib.request.urlopen(f"{emulator.url}/_emulator/state", timeout=30, context=context) as answer:
        state = json.load(answer)["cluster_api"]
    return state["logins"], state["logouts"]


def test_a_virtual_cluster(running: Callable[..., Cluster]) -> None:
    cluster = running()
    cluster.patch(virtual_cluster=True)
    run = cluster([task("nodes", "node_info", ignore_errors=True), task("rules", "rule_info")], both=False)
    run["nodes"].fails_with("only served by the system virtual cluster", "HTTP 501")
    assert run["rules"]["rules"]
