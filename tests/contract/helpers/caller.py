# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A caller of the Cloud API that sends what it is told, through the recorder."""

from __future__ import annotations

import json
import time
from typing import Any

import requests
from integration.helpers.emulator import Emulator
from integration.helpers.secrets import API_KEY

from .recorder import Record, Recorder

TIMEOUT = 30


class Caller:
    """Speaks one *version*; every method asserts the status that it expects and returns the parsed answer."""

    def __init__(self, emulator: Emulator, recorder: Recorder, version: str) -> None:
        self.emulator = emulator
        self.recorder = recorder
        self.version = version
        self._session = requests.Session()
        self._session.trust_env = False

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str | None] | None = None,
    ) -> Record:
        """One request; *path* is below /api/v1 unless it starts with //. Bytes go out as they are, else JSON."""
        every = {
            "Authorization": f"Bearer {API_KEY}",
            "Cc-Version": self.version,
            "Content-Type": None if body is None else "application/json",
            **(headers or {}),
        }
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        prefix = "" if path.startswith("//") else "/api/v1"
        request = requests.Request(method, self.recorder.url, params=query, data=data)
        prepared = request.prepare()
        mark = f"?{prepared.url.partition('?')[2]}" if query and prepared.url else ""
        # The path goes out as written: requests would tidy it up.
        prepared.url = f"{self.recorder.url}{prefix}{path.removeprefix('/') if not prefix else path}{mark}"
        prepared.headers.update({name: value for name, value in every.items() if value is not None})
        for name, value in every.items():
            if value is None:
                prepared.headers.pop(name, None)
        answer = self._session.send(prepared, timeout=TIMEOUT, allow_redirects=False)
        record = self.recorder.records[-1]
        assert (record.method, record.status) == (method, answer.status_code)
        return record

    def ok(self, method: str, path: str, body: Any = None, /, **query: Any) -> Any:
        """A request that works. A double underscore in the name of a query parameter stands for a dot."""
        names = {name.replace("__", "."): value for name, value in query.items()}
        record = self.send(method, path, body, query=names)
        assert record.status == 200, f"{record}: {record.answer!r}"
        return record.json()

    def create(self, name: str, provider: str, spec: dict[str, Any], *, wait: bool = True) -> str:
        """Make a cluster; returns its path."""
        row = self.ok("POST", "/clusters", {"name": name, "provider": provider, "spec": spec})
        path = f"/clusters/{row['id']}"
        if wait:
            self.settle(path)
        return path

    def settle(self, path: str) -> Any:
        """Read a cluster until nothing is under way."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            row = self.ok("GET", path)
            if row["state"] not in ("CREATING", "LOCKED"):
                return row
            assert time.monotonic() < deadline, f"{path} is still {row['state']}"
            time.sleep(0.05)
