# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts and stops the emulator in the background, for the role sandbox.

    sandbox.py start DIRECTORY PYTHON [emulator options...]
    sandbox.py stop DIRECTORY

DIRECTORY holds emulator.pid, ready.json (the URLs, there as soon as it listens) and emulator.log.
Each call prints one JSON object: {"changed": bool, "running": bool, ...what ready.json says}.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

START_TIMEOUT = 30.0
STOP_TIMEOUT = 10.0


def main(arguments: list[str]) -> int:
    if len(arguments) >= 3 and arguments[0] == "start":
        found = start(Path(arguments[1]), arguments[2], arguments[3:])
    elif len(arguments) == 2 and arguments[0] == "stop":
        found = stop(Path(arguments[1]))
    else:
        print("usage: sandbox.py start DIRECTORY PYTHON [options] | sandbox.py stop DIRECTORY", file=sys.stderr)
        return 2
    if "error" in found:
        print(found["error"], file=sys.stderr)
        return 1
    print(json.dumps(found))
    return 0


def start(directory: Path, python: str, options: list[str]) -> dict[str, Any]:
    """Start the emulator unless the one of this directory answers already."""
    found = running(directory)
    if found:
        return {"changed": False, "running": True, **found}
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    ready, log = directory / "ready.json", directory / "emulator.log"
    ready.unlink(missing_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [python, "-m", "crdb_emulator", "--ready-file", str(ready), *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=directory,
            start_new_session=True,
        )
    (directory / "emulator.pid").write_text(f"{process.pid}\n")
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            (directory / "emulator.pid").unlink(missing_ok=True)
            last = log.read_text(errors="replace").strip().splitlines()
            return {"error": f"The emulator did not start: {last[-1] if last else 'no reason given'} (see {log})"}
        found = running(directory)
        if found:
            return {"changed": True, "running": True, **found}
        time.sleep(0.05)
    process.terminate()
    return {"error": f"The emulator did not answer within {START_TIMEOUT:.0f} seconds (see {log})"}


def stop(directory: Path) -> dict[str, Any]:
    """Stop the emulator of this directory, if there is one, and wait until it is gone."""
    found = running(directory)
    if not found:
        (directory / "emulator.pid").unlink(missing_ok=True)
        return {"changed": False, "running": False}
    pid = int(found["pid"])
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT
    while alive(pid):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            deadline = time.monotonic() + STOP_TIMEOUT
        time.sleep(0.05)
    for name in ("emulator.pid", "ready.json"):
        (directory / name).unlink(missing_ok=True)
    return {"changed": True, "running": False}


def running(directory: Path) -> dict[str, Any]:
    """What ready.json says, if the process lives and is the emulator that answers there; {} otherwise."""
    try:
        pid = int((directory / "emulator.pid").read_text())
        found: dict[str, Any] = json.loads((directory / "ready.json").read_text())
        # The pid may have been given to another process since; the emulator says its own.
        if not alive(pid) or found.get("pid") != pid or not answers(found["control_url"]):
            return {}
    except (OSError, ValueError, KeyError):
        return {}
    return found


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    try:
        # A child of ours that has ended stays a zombie until it is reaped.
        return os.waitpid(pid, os.WNOHANG)[0] != pid
    except ChildProcessError:
        return True


def answers(control_url: str) -> bool:
    if control_url.startswith("https:"):
        return True
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{control_url}/faults", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
