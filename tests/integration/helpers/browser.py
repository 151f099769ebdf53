# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Chromium without a window, driven over a pipe: pages as people see them."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

TIMEOUT = 60.0
# Nothing of its own that would go out, and no sandbox: root has none.
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
    "--remote-debugging-pipe",
)


def chromium() -> str:
    """The ``chromium`` on PATH. Called by a module of tests, it skips all of it where there is none, and fails where CI is set."""
    found = shutil.which("chromium")
    if found:
        return found
    message = "chromium is not on PATH (Debian: apt-get install chromium), so no page was looked at"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message, allow_module_level=True)


class Browser:
    """One tab. *requests* are the URLs that pages have asked for, *complaints* what Chromium has said of them."""

    def __init__(self, program: str, profile: Path) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._rest, self._number, self._session = b"", 0, ""
        theirs, self._write = os.pipe()
        self._read, answers = os.pipe()
        # The pipes are its descriptors 3 and 4, which these must not be themselves while they are put there.
        moved = [fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in (theirs, answers)]
        command = [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        shell = ["bash", "-c", f'exec "$@" 3<&{moved[0]} 4>&{moved[1]} {moved[0]}<&- {moved[1]}>&-', "bash", *command]
        with (profile / "log").open("wb") as log:
            self._process = subprocess.Popen(shell, pass_fds=moved, stdout=log, stderr=log)
        for each in (theirs, answers, *moved):
            os.close(each)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log", "Performance"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        os.close(self._write)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._read)

    def call(self, method: str, **params: Any) -> Any:
        """The result of a command of the DevTools protocol."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]

    def _next(self) -> Any:
        end = time.monotonic() + TIMEOUT
        while b"\0" not in self._rest:
            assert select.select([self._read], [], [], max(0, end - time.monotonic()))[0], "Chromium does not answer"
            found = os.read(self._read, 1 << 20)
            assert found, "Chromium has ended"
            self._rest += found
        line, _end, self._rest = self._rest.partition(b"\0")
        message = json.loads(line)
        params = message.get("params", {})
        if message.get("method") == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif message.get("method") == "Log.entryAdded":
            self.complaints.append(params["entry"]["text"])
        elif message.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(params["exceptionDetails"]))
        elif message.get("method") == "Page.javascriptDialogOpening":
            self.complaints.append("dialog")
        return message

    def show(self, page: Path) -> None:
        """Open *page*, and wait until it is drawn."""
        self.call("Page.navigate", url=page.as_uri())
        self.run(
            "new Promise(done => { const look = () => document.readyState === 'complete' && location.protocol === 'file:'"
            " ? requestAnimationFrame(() => requestAnimationFrame(done)) : setTimeout(look, 5); look(); })"
        )

    def drawn(self) -> None:
        """Wait until what was done last is drawn."""
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def busy(self) -> float:
        """For how many seconds a processor was at work for the tab, in all of its threads; what else the machine does does not count."""
        metrics = self.call("Performance.getMetrics")["metrics"]
        return float(next(each["value"] for each in metrics if each["name"] == "ProcessTime"))

    def run(self, script: str) -> Any:
        """The value of *script*."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str, text: str = "") -> None:
        """Press a key on the keyboard."""
        code = {"Enter": 13, "Tab": 9}[key]
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, text=text, windowsVirtualKeyCode=code)
