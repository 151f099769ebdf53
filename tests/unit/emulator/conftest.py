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
