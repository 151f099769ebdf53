# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator of its own process, and its control plane."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .secrets import API_KEY

FILES = Path(__file__).resolve().parents[3] / "roles" / "sandbox" / "files"
# Quick lifecycles and no rate limit: what most tests want.
FAST = (
    *("--api-key", API_KEY, "--rate-limit", "0"),
    *("--create-seconds", "0.3", "--operation-seconds", "0.3"),
)
START_TIMEOUT = 30.0

_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Emulator:
    """A running emulator. *url* is that of the Cloud API, *key* opens it."""

    def __init__(self, directory: Path, *options: str, key: str = API_KEY) -> None:
        self.key = key
        self.log = directory / "emulator.log"
        ready = directory / "ready.json"
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "crdb_emulator", "--ready-file", str(ready), *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=directory,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(FILES)},
            )
        deadline = time.monotonic() + START_TIMEOUT
        while not ready.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"the emulator did not start: {self.log.read_text(errors='replace')}")
            time.sleep(0.02)
        said = json.loads(ready.read_text())
        self.url: str = said["cloud_api_url"]
        self.cluster_url: str = said.get("cluster_api_url", "")
        self.ca_path: str | None = said.get("ca_path")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)

    def control(self, path: str, body: Any = None) -> Any:
        """GET, or with a body POST, below /_emulator."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_emulator/{path}", data, {"Content-Type": "application/json"})
        with _opener.open(request, timeout=30) as answer:
            return json.load(answer)

    def api(self, method: str, path: str, body: Any = None, version: str = "2024-09-16") -> Any:
        """A request to the API itself, to set the scene. It shows up in the request log like any other."""
        headers = {"Authorization": f"Bearer {self.key}", "Cc-Version": version}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}{path if path.startswith('/api/') else f'/api/v1{path}'}", data, headers, method=method
        )
        with _opener.open(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def requests(self) -> list[dict[str, Any]]:
        """Every request to the API since the last reset."""
        found: list[dict[str, Any]] = self.control("requests")["requests"]
        return found

    def writes(self) -> list[dict[str, Any]]:
        return [entry for entry in self.requests() if entry["effect"] == "write"]

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.control("state")
        return found

    def patch(self, **change: Any) -> None:
        self.control("state", change)

    def clusters(self, name: str) -> list[dict[str, Any]]:
        """The clusters of a name that are not deleted."""
        return [row for row in self.state()["clusters"] if row["name"] == name and row["state"] != "DELETED"]

    def cluster(self, name: str) -> dict[str, Any]:
        (found,) = self.clusters(name)
        return found

    def fault(self, action: str, method: str, path: str, **more: Any) -> None:
        """Arm a fault; it fires once unless *more* says otherwise."""
        self.control("faults", {"action": action, "method": method, "path": path, **more})

    def fired(self) -> list[int]:
        return [fault["fired"] for fault in self.control("faults")["faults"]]

    def reset(self, *what: str) -> None:
        self.control("reset", {"what": list(what)} if what else {})

    def add_cluster(self, name: str, provider: str = "GCP", **spec: Any) -> dict[str, Any]:
        """A BASIC cluster (or what *spec* says) that is ready; the request log starts anew."""
        body = {"name": name, "provider": provider, "spec": spec or {"serverless": {"regions": ["us-central1"]}}}
        row = self.api("POST", "/clusters", body)
        self.until(lambda: self.cluster(name)["state"] == "CREATED")
        self.reset("requests")
        return dict(row)

    def add_users(self, cluster_id: str, names: list[str]) -> None:
        for name in names:
            self.api("POST", f"/clusters/{cluster_id}/sql-users", {"name": name, "password": f"set-by-the-test-{name}"})
        self.reset("requests")

    @staticmethod
    def until(done: Callable[[], bool], seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.05)


# launch("--page-size", "7"): what the fixture of that name gives.
Launch = Callable[..., Emulator]
