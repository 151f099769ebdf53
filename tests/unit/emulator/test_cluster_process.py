# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both APIs of one process: ports, TLS and plain HTTP on one port, cut connections, speed."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

USER = ("--cluster-user", "ann:ann-pw")


def session_of(emulator: Any) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.verify = emulator.ready.get("ca_path", True)
    return session


def log_in(emulator: Any, session: requests.Session) -> str:
    url = f"{emulator.ready['cluster_api_url']}/api/v2"
    answer = session.post(f"{url}/login/", data={"username": "ann", "password": "ann-pw"}, timeout=5)
    session.headers["X-Cockroach-API-Session"] = answer.json()["session"]
    return url


def test_two_ports_one_state(start: Callable[..., Any]) -> None:
    with start("--seed-cluster-api", "--cluster-name", "orders", "--cluster-version", "24.2", *USER) as emulator:
        session = session_of(emulator)
        url = log_in(emulator, session)
        assert session.get(f"{url}/nodes/", timeout=5).json()["nodes"][0]["build_tag"].startswith("v24.2.")
        state = session.get(f"{emulator.ready['control_url']}/state", timeout=5).json()
        assert [cluster["name"] for cluster in state["clusters"]] == ["orders"]
        assert state["cluster_api"]["cloud_cluster_id"] == state["clusters"][0]["id"]
        assert state == session.get(f"{emulator.ready['cluster_api_url']}/_emulator/state", timeout=5).json()
        assert emulator.stop() == 0


def test_tls_and_plain_http_on_one_port(start: Callable[..., Any]) -> None:
    with start("--tls", *USER) as emulator:
        session = session_of(emulator)
        url = log_in(emulator, session)
        assert url.startswith("https://")
        assert session.get(f"{url}/nodes/", timeout=5).status_code == 200
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{url}/health/", timeout=5, verify=True)
        plain = url.replace("https:", "http:")
        answer = session.get(f"{plain}/nodes/?limit=1", timeout=5, allow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (307, f"{url}/nodes/?limit=1")
        assert session.get(f"{plain}/health/", timeout=5).url == f"{url}/health/"
        legacy = session.get(f"{plain.removesuffix('/api/v2')}/health?ready=1", timeout=5, allow_redirects=False)
        assert (legacy.status_code, legacy.json()) == (200, {})
        # One that says nothing holds nobody up, neither now nor at the end.
        port = int(emulator.ready["cluster_api_url"].rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            assert session.get(f"{url}/health/", timeout=5).status_code == 200
            began = time.monotonic()
            assert emulator.stop() == 0
            assert time.monotonic() - began < 4


@pytest.mark.parametrize("tls", [False, True])
def test_a_statement_whose_answer_is_lost(start: Callable[..., Any], tls: bool) -> None:
    with start(*USER, *(["--tls"] if tls else [])) as emulator:
        session = session_of(emulator)
        url = log_in(emulator, session)
        control = emulator.ready["control_url"]
        fault = {"path": "/sql/", "action": "drop_after"}
        assert session.post(f"{control}/faults", json=fault, timeout=5).status_code == 200
        statement = {"sql": "DELETE FROM bank.accounts WHERE id = 1"}
        with pytest.raises(requests.ConnectionError):
            session.post(f"{url}/sql/", json={"execute": True, "statements": [statement]}, timeout=5)
        count = {"execute": True, "statements": [{"sql": "SELECT count(*) FROM bank.accounts"}]}
        answer = session.post(f"{url}/sql/", json=count, timeout=5).json()
        assert answer["execution"]["txn_results"][0]["rows"] == [{"count": 9}]
        entry = session.get(f"{control}/requests", timeout=5).json()["requests"][1]
        assert (entry["status"], entry["effect"]) == ("dropped", "write")


def test_large_answers_are_quick(start: Callable[..., Any]) -> None:
    with start("--events", "10000", "--ranges", "2500", "--sessions", "300", *USER) as emulator:
        session = session_of(emulator)
        url = log_in(emulator, session)
        began = time.monotonic()
        sizes = {
            path: len(session.get(f"{url}/{path}/", timeout=20).json()[key])
            for path, key in (("events", "events"), ("nodes/2/ranges", "ranges"), ("sessions", "sessions"))
        }
        assert sizes == {"events": 10_000, "nodes/2/ranges": 2_500, "sessions": 300}
        # Far below a second on an idle machine.
        assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "options",
    [
        ["--cluster-user", ":pw"],
        ["--cluster-user", "ann:"],
        ["--cluster-user", "public:pw"],
        ["--session-seconds", "x"],
        ["--ranges", "0"],
        ["--events", "-1"],
        ["--sql-modes", "other"],
    ],
)
def test_bad_options_are_one_sentence(capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    from crdb_emulator.cli import main

    assert main(options) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
