# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running one command of Ansible against an emulator, and what it cost."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from integration.helpers.emulator import Emulator
from integration.helpers.secrets import API_KEY

BIN = Path(sys.executable).parent
COLLECTIONS = Path(__file__).resolve().parents[2] / ".cache" / "collections"


@dataclass
class Row:
    """One command: seconds of *wall* and *cpu* (of all its processes), *requests* and the *bound* they can't be below.

    *rate* is the emulator's limit a second (0: off), *limited* the number of answers 429.
    """

    name: str
    rate: float
    wall: float
    cpu: float
    requests: int
    bound: int
    limited: int
    changed: int
    ok: bool


class Bench:
    def __init__(self, directory: Path, latency_ms: int) -> None:
        self.directory = directory
        self._latency = latency_ms
        self._numbers = itertools.count()

    def emulator(self, rate: float = 0.0, *options: str) -> Emulator:
        """An emulator of its own, with the latency of the benchmark; the caller stops it."""
        home = self.directory / f"emulator{next(self._numbers)}"
        home.mkdir()
        timing = ("--latency-ms", str(self._latency), "--rate-limit", f"{rate:g}", "--create-seconds", "2")
        return Emulator(home, "--api-key", API_KEY, *timing, *options)

    def run(
        self,
        name: str,
        emulator: Emulator,
        play: Mapping[str, Any] | None = None,
        *,
        rate: float = 0.0,
        hosts: list[str] | None = None,
        variables: Mapping[str, Any] | None = None,
        forks: int = 5,
        command: list[str] | None = None,
        bound: int = 0,
        ticks: bool = False,
    ) -> Row:
        """Run *play* (or *command*) and measure it.

        *bound* is the number of requests that it can't do without. With *ticks* the polls of the listing are added, which
        depend on how long the emulator takes.
        """
        home = self.directory / f"run{next(self._numbers)}"
        home.mkdir()
        inventory = {"all": {"hosts": {host: {"ansible_connection": "local"} for host in hosts or ["localhost"]}}}
        inventory["all"]["vars"] = {"ansible_python_interpreter": sys.executable}  # type: ignore[assignment]
        for file, content in (
            ("play", [{"hosts": "all", "gather_facts": False, **(play or {})}]),
            ("inventory", inventory),
        ):
            (home / f"{file}.yml").write_text(yaml.safe_dump(content, sort_keys=False))
        (home / "variables.yml").write_text(yaml.safe_dump(dict(variables or {"none": 0})))
        words = command or [
            "ansible-playbook",
            *("-i", "inventory.yml", "-e", "@variables.yml", "--forks", str(forks), "play.yml"),
        ]
        emulator.reset("requests")
        started = time.monotonic()
        with (home / "output").open("wb") as output:
            process = subprocess.Popen(
                [str(BIN / words[0]), *words[1:]],
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self._environment(home, emulator, rate),
            )
            _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        seen = emulator.requests()
        text = (home / "output").read_text(errors="replace")
        if process.returncode:
            print(text[-2000:], file=sys.stderr)
        if ticks:
            bound += sum(row["method"] == "GET" and row["path"] == "/api/v1/clusters" for row in seen) - 1
        return Row(
            name,
            rate,
            wall,
            usage.ru_utime + usage.ru_stime,
            len(seen),
            bound,
            sum(row["status"] == 429 for row in seen),
            sum(map(int, re.findall(r"changed=(\d+)", text))),
            process.returncode == 0,
        )

    @staticmethod
    def _environment(home: Path, emulator: Emulator, rate: float) -> dict[str, str]:
        return {
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_HOME": str(home / ".ansible"),
            "COCKROACH_SERVER": emulator.url,
            "COCKROACH_API_KEY": emulator.key,
            # With a limit the collection keeps its own default, just below that of the service.
            **({} if rate else {"CRDB_API_RATE_LIMIT": "0"}),
        }
