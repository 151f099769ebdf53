# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as a process: ports, faults on the wire, TLS, files, signals, refusals."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from crdb_emulator.settings import DEFAULT_API_KEY

BODY = {"name": "orders", "provider": "GCP", "spec": {"serverless": {"regions": ["us-central1"]}}}
OWN_KEY = "CCDB1_abcdefghijklmnopqrstuv_0123456789012345678901234567890123456789"


def call(emulator: Any, method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
    return requests.request(
        method, f"{emulator.url}{path}", json=body, headers=more.pop("headers", emulator.headers), timeout=5, **more
    )


def control(emulator: Any, method: str, path: str, body: Any = None) -> Any:
    answer = call(emulator, method, f"/_emulator/{path}", body, headers={})
    assert answer.status_code == 200, answer.text
    return answer.json()


def arm(emulator: Any, **fault: Any) -> None:
    control(emulator, "POST", "reset", {"what": ["state", "requests", "faults"]})
    control(emulator, "POST", "faults", fault)


def names(emulator: Any) -> list[str]:
    return [cluster["name"] for cluster in control(emulator, "GET", "state")["clusters"]]


@pytest.mark.parametrize("tls", [False, True])
def test_faults_on_the_wire(start: Callable[..., Any], tls: bool) -> None:
    options = ["--rate-limit", "0"] + (["--tls"] if tls else [])
    with start(*options) as emulator:
        ready = emulator.ready
        session = requests.Session()
        session.trust_env = False
        session.verify = ready["ca_path"] if tls else True

        def send(method: str, path: str, body: Any = None) -> requests.Response:
            return session.request(
                method, f"{ready['cloud_api_url']}{path}", json=body, headers=emulator.headers, timeout=5
            )

        def prepare(**fault: Any) -> None:
            send("POST", "/_emulator/reset")
            assert send("POST", "/_emulator/faults", fault).status_code == 200

        def clusters() -> list[str]:
            return [cluster["name"] for cluster in send("GET", "/_emulator/state").json()["clusters"]]

        def log() -> list[Any]:
            return [entry["status"] for entry in send("GET", "/_emulator/requests").json()["requests"]]

        prepare(action="drop_before", method="POST")
        with pytest.raises(requests.ConnectionError):
            send("POST", "/api/v1/clusters", BODY)
        assert (clusters(), log()) == ([], ["dropped"])

        prepare(action="drop_after", method="POST")
        with pytest.raises(requests.ConnectionError):
            send("POST", "/api/v1/clusters", BODY)
        assert (clusters(), log()) == (["orders"], ["dropped"])
        assert send("POST", "/api/v1/clusters", BODY).status_code == 409

        prepare(action="slow_body", delay_ms=1500)
        began = time.monotonic()
        with session.get(
            f"{ready['cloud_api_url']}/api/v1/clusters", headers=emulator.headers, stream=True, timeout=5
        ) as answer:
            headers_after = time.monotonic() - began
            assert answer.json() == {"clusters": [], "pagination": None}
        assert time.monotonic() - began >= 1.4
        assert headers_after < 1.2

        prepare(action="delay", delay_ms=200)
        began = time.monotonic()
        assert send("GET", "/api/v1/clusters").status_code == 200
        assert time.monotonic() - began >= 0.19
        assert emulator.stop() == 0
        assert not tls or not Path(ready["ca_path"]).exists()


def test_not_a_byte_of_http_is_sent(start: Callable[..., Any]) -> None:
    with start() as emulator:
        arm(emulator, action="drop_after")
        port = int(emulator.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
            plain.sendall(b"GET /api/v1/clusters HTTP/1.1\r\nHost: x\r\n\r\n")
            try:
                received = plain.recv(100)
            except ConnectionResetError:
                received = b""
        assert received == b""


def test_ready_line_and_file(start: Callable[..., Any], tmp_path: Path) -> None:
    ready_file, log_file = tmp_path / "ready.json", tmp_path / "requests.jsonl"
    options = ["--ready-file", str(ready_file), "--request-log", str(log_file), "--seed-clusters", "1000"]
    began = time.monotonic()
    with start(*options) as emulator:
        assert time.monotonic() - began < 4
        ready = emulator.ready
        assert json.loads(ready_file.read_text()) == ready
        assert set(ready) == {"cloud_api_url", "cluster_api_url", "control_url", "pid", "api_key"}
        assert ready["control_url"] == f"{ready['cloud_api_url']}/_emulator"
        assert ready["pid"] == emulator.process.pid
        assert ready["api_key"] == DEFAULT_API_KEY
        assert list(tmp_path.glob(".*")) == []
        assert len(call(emulator, "GET", "/api/v1/clusters").json()["clusters"]) == 100
        assert control(emulator, "GET", "state")["rate_limit"] == 10
        assert emulator.stop(signal.SIGINT) == 0
        assert not ready_file.exists()
    lines = log_file.read_text().splitlines()
    assert [json.loads(line)["path"] for line in lines] == ["/api/v1/clusters"]
    assert DEFAULT_API_KEY not in lines[0]


def test_own_keys_are_never_printed(start: Callable[..., Any]) -> None:
    with start("--api-key", OWN_KEY, "--role", f"{OWN_KEY}=CLUSTER_DEVELOPER") as emulator:
        assert "api_key" not in emulator.ready
        assert OWN_KEY not in json.dumps(emulator.ready)
        own = {"Authorization": f"Bearer {OWN_KEY}"}
        assert call(emulator, "GET", "/api/v1/clusters", headers=own).status_code == 200
        assert call(emulator, "POST", "/api/v1/clusters", BODY, headers=own).status_code == 403
        assert call(emulator, "GET", "/api/v1/clusters").status_code == 401
        emulator.process.send_signal(signal.SIGTERM)
        out, err = emulator.process.communicate(timeout=5)
        assert OWN_KEY not in out + err
        assert err == ""


def test_a_signal_ends_it_while_a_request_is_waiting(start: Callable[..., Any]) -> None:
    with start() as emulator:
        arm(emulator, action="delay", delay_ms=60_000)
        port = int(emulator.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
            plain.sendall(b"GET /api/v1/clusters HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.2)
            began = time.monotonic()
            assert emulator.stop() == 0
        assert time.monotonic() - began < 2.5


def test_names_with_a_slash_on_the_wire(start: Callable[..., Any]) -> None:
    with start("--create-seconds", "0") as emulator:
        path = f"/api/v1/clusters/{call(emulator, 'POST', '/api/v1/clusters', BODY).json()['id']}/sql-users"
        assert call(emulator, "POST", path, {"name": "a/b %?", "password": "pw"}).json() == {"name": "a/b %?"}
        assert call(emulator, "DELETE", f"{path}/a%2Fb%20%25%3F").json() == {"name": "a/b %?"}


def test_refusals(refuse: Callable[..., str]) -> None:
    assert "--allow-remote" in refuse("--host", "0.0.0.0")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"cannot listen on 127.0.0.1 port {port}" in refuse("--cloud-port", port)


@pytest.mark.parametrize(
    "options",
    [
        ["--nonsense"],
        ["--cloud-port", "70000"],
        ["--rate-limit", "-1"],
        ["--rate-limit", "nan"],
        ["--page-size", "0"],
        ["--default-version", "2020-01-01"],
        ["--profile", "other"],
        ["--jwt", "not-a-token"],
        ["--role", "no-role"],
        ["--role", "unknown-key=CLUSTER_ADMIN"],
        ["--folder", "x"],
        ["--unique", "clusters"],
        ["--backup-seconds", "-1"],
        ["--refusal-status", "500"],
        ["--api-key", ""],
        ["--api-key", "two words"],
        ["--ready-file", "/nonexistent/directory/ready.json"],
        ["--request-log", "/nonexistent/directory/log.jsonl"],
        ["--host", "no such host"],
        ["--cluster-port", "70000"],
        ["--cluster-version", "20.1"],
        ["--cluster-user", "no-password"],
        ["--cluster-user", "root:secret"],
    ],
)
def test_bad_options_are_one_sentence(capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    from crdb_emulator.cli import main

    assert main(options) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert captured.err.startswith("crdb_emulator: ")
    assert "unknown-key" not in captured.err
