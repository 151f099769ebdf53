# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helpers: an emulator inside the test process, and one in a process of its own."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crdb_emulator.app import emulator_app
from crdb_emulator.cluster_api.app import cluster_app
from crdb_emulator.cluster_api.options import ClusterOptions, UserOption
from crdb_emulator.context import Emulator
from crdb_emulator.settings import DEFAULT_API_KEY, Settings
from crdb_emulator.times import SECOND, parse_ns

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

PACKAGE_DIRECTORY = Path(__file__).parents[3] / "roles" / "sandbox" / "files"
LATEST = "2024-09-16"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = parse_ns("2026-01-15T12:00:00Z")

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)


class Api:
    """A client of an emulator in this process."""

    def __init__(self, settings: Settings) -> None:
        self.clock = Clock()
        self.emulator = Emulator(settings, self.clock)
        self.client = TestClient(emulator_app(self.emulator), client=("127.0.0.1", 50000))

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        version: str | None = LATEST,
        key: str = DEFAULT_API_KEY,
        **more: Any,
    ) -> Any:
        headers = {"Authorization": f"Bearer {key}", **more.pop("headers", {})}
        if version is not None:
            headers["Cc-Version"] = version
        content = body if body is None or isinstance(body, (str, bytes)) else json.dumps(body)
        return self.client.request(method, path, content=content, headers=headers, **more)

    def ok(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        answer = self.send(method, f"/api/v1/{path}", body, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def error(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, int, str]:
        answer = self.send(method, f"/api/v1/{path}", body, **more)
        found = answer.json()
        assert set(found) == {"code", "message", "details"}
        assert found["details"] == []
        return answer.status_code, found["code"], found["message"]

    def control(self, method: str, path: str, body: Any = None) -> Any:
        return self.client.request(method, f"/_emulator/{path}", json=body).json()

    def create(
        self, spec: Any = None, *, name: str = "orders", provider: str = "GCP", wait: bool = True, **more: Any
    ) -> Any:
        spec = spec or {"serverless": {"regions": ["us-central1"]}}
        cluster = self.ok("POST", "clusters", {"name": f"{name}-test", "provider": provider, "spec": spec}, **more)
        if wait:
            self.clock.advance(5)
        return cluster

    def advanced(self, nodes: dict[str, int] | None = None, **more: Any) -> Any:
        spec = {
            "dedicated": {
                "region_nodes": nodes or {"us-central1": 3},
                "hardware": {"machine_spec": {"num_virtual_cpus": 4}, "storage_gib": 35},
                **more.pop("dedicated", {}),
            }
        }
        return self.create(spec, **more)


USERS = (
    UserOption("ann", "ann-pw", "admin"),
    UserOption("vera", "vera-pw", "VIEWCLUSTERMETADATA"),
    UserOption("bob", "bob-pw", "plain"),
)
VERSIONS = ("21.2", "22.1", "23.1", "24.2", "25.4")


class Cluster(Api):
    """A client of the Cluster API of an emulator in this process; ``self.send`` and the like still are the Cloud's."""

    def __init__(self, options: ClusterOptions) -> None:
        super().__init__(dataclasses.replace(Settings(rate_limit=0), cluster=options))
        self.node = TestClient(
            cluster_app(self.emulator),
            client=("127.0.0.1", 50001),
            follow_redirects=False,
            raise_server_exceptions=True,
        )
        self.tokens: dict[str, str] = {}

    def login(self, user: str, password: str | None = None) -> Any:
        return self.node.post(
            "/api/v2/login/", data={"username": user, "password": f"{user}-pw" if password is None else password}
        )

    def token(self, user: str = "ann") -> str:
        if user not in self.tokens:
            self.tokens[user] = self.login(user).json()["session"]
        return self.tokens[user]

    def get(self, path: str, *, user: str | None = "ann", method: str = "GET", **query: Any) -> Any:
        headers = {"X-Cockroach-API-Session": self.token(user)} if user else {}
        return self.node.request(method, f"/api/v2/{path}", headers=headers, params=query or None)

    def json(self, path: str, **more: Any) -> Any:
        answer = self.get(path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def text(self, path: str, **more: Any) -> tuple[int, str]:
        answer = self.get(path, **more)
        assert answer.headers["content-type"] == "text/plain; charset=utf-8", answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.text.endswith("\n")
        return answer.status_code, answer.text.removesuffix("\n")

    def post_sql(self, *statements: Any, user: str = "ann", execute: bool = True, **more: Any) -> Any:
        listed = [
            {"sql": each} if isinstance(each, str) else {"sql": each[0], "arguments": each[1]} for each in statements
        ]
        body = {"statements": listed, "execute": execute, "max_result_size": 1_000_000, **more}
        return self.node.post("/api/v2/sql/", json=body, headers={"X-Cockroach-API-Session": self.token(user)})

    def rows(self, *statements: Any, **more: Any) -> Any:
        """The rows of the last statement, as lists in the order of the columns."""
        answer = self.post_sql(*statements, **more).json()
        assert "error" not in answer, answer["error"]
        result = answer["execution"]["txn_results"][-1]
        return [list(row.values()) for row in result.get("rows", [])]

    def sql_error(self, *statements: Any, **more: Any) -> tuple[str, str]:
        """SQLSTATE and message, without what the server was doing."""
        answer = self.post_sql(*statements, **more)
        error = answer.json()["error"]
        assert error["severity"] == "ERROR"
        assert answer.status_code == (200 if "execution" in answer.json() else 400)
        return error["code"], error["message"].rpartition("run-query-via-api: ")[2]

    def patch(self, **change: Any) -> Any:
        return self.control("POST", "state", {"cluster_api": change})

    def cloud_cluster(self) -> str:
        """The id of the cluster on the Cloud side."""
        return str(self.control("GET", "state")["cluster_api"]["cloud_cluster_id"])


@pytest.fixture
def make_cluster() -> Callable[..., Cluster]:
    """Make a running cluster with options; ann is admin, vera has VIEWCLUSTERMETADATA, bob nothing."""

    def make(**options: Any) -> Cluster:
        return Cluster(dataclasses.replace(ClusterOptions(users=USERS), **options))

    return make


@pytest.fixture
def cluster(make_cluster: Callable[..., Cluster]) -> Cluster:
    """A running cluster with default options, not on the Cloud side."""
    return make_cluster()


@pytest.fixture
def make_api() -> Callable[..., Api]:
    """Make an emulator with options; without a rate limit unless one is asked for."""

    def make(**options: Any) -> Api:
        return Api(dataclasses.replace(Settings(rate_limit=0), **options))

    return make


@pytest.fixture
def api(make_api: Callable[..., Api]) -> Api:
    """An emulator with default options, without a rate limit."""
    return make_api()


@dataclasses.dataclass
class Running:
    """An emulator in a process of its own."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]

    @property
    def url(self) -> str:
        return str(self.ready["cloud_api_url"])

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {DEFAULT_API_KEY}"}

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=5)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, "PYTHONPATH": str(PACKAGE_DIRECTORY), "PYTHONDONTWRITEBYTECODE": "1"}


@contextlib.contextmanager
def running(*options: str) -> Iterator[Running]:
    """Start ``python -m crdb_emulator`` and wait for its ready line."""
    command = [sys.executable, "-m", "crdb_emulator", *options]
    process = subprocess.Popen(command, env=_environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            process.wait(timeout=5)
            raise AssertionError(process.stderr.read() if process.stderr else "")
        yield Running(process, json.loads(line))
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=5)


@pytest.fixture
def start() -> Callable[..., contextlib.AbstractContextManager[Running]]:
    """``with start("--tls") as emulator: ...``."""
    return running


@pytest.fixture
def refuse() -> Callable[..., str]:
    """Run with options that cannot work; returns the one sentence it says."""

    def run(*options: str) -> str:
        command = [sys.executable, "-m", "crdb_emulator", *options]
        done = subprocess.run(command, env=_environment(), text=True, capture_output=True, timeout=10, check=False)
        assert done.returncode == 2
        assert done.stdout == ""
        assert len(done.stderr.splitlines()) == 1
        return done.stderr.strip()

    return run
