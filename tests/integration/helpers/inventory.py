# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-inventory as a person or AWX does, in the environment of the Runner."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from ansible.release import __version__ as ansible_version

from .processes import run_tool
from .runner import WARNING, Runner
from .secrets import API_KEY, JWT, hits

PLUGIN = "crdb.cloud.clusters"
# What AWX sets when it updates an inventory.
AWX = {
    "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
    "ANSIBLE_INVENTORY_EXPORT": "True",
    "ANSIBLE_VERBOSE_TO_STDERR": "True",
    "ANSIBLE_HOST_PATTERN_MISMATCH": "error",
}

STRICT = {"ANSIBLE_INVENTORY_UNPARSED_FAILED": "True", "ANSIBLE_VERBOSE_TO_STDERR": "True"}

# Whether ansible-core executes only text that is marked as a template; before that it executes all that isn't marked otherwise.
EXECUTES_MARKED_ONLY = tuple(map(int, ansible_version.split(".")[:2])) >= (2, 19)


def shown(text: str) -> str:
    """How the inventory shows hostile *text* of the API (without backslashes and percent signs), as its guide says."""
    return text if EXECUTES_MARKED_ONLY else re.sub(r"[{(]|#(?=j)", lambda match: f"%{ord(match[0]):02X}", text)


@dataclass
class Listing:
    """What one run of ansible-inventory gave."""

    rc: int
    stdout: str
    stderr: str
    requests: list[dict[str, Any]]

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.stdout)
        return found

    @property
    def hosts(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.data["_meta"]["hostvars"]
        return found

    def group(self, name: str) -> set[str]:
        return set(self.data.get(name, {}).get("hosts", []))

    @property
    def warnings(self) -> list[str]:
        return [" ".join(text.split()) for text in WARNING.findall(self.stderr)]

    @property
    def said(self) -> str:
        """stderr without the line breaks that Ansible puts into sentences."""
        return " ".join(self.stderr.split())


class InventoryRunner(Runner):
    """``inventory.list(options, ...)``: one run of ansible-inventory on a file with *options*."""

    def file(self, options: Mapping[str, Any] | str = "", name: str = "test.crdb.yml") -> Path:
        """The inventory file; always the same path, which is a part of the key of core's cache."""
        path = self._directory / name
        if not isinstance(options, str):
            options = yaml.safe_dump({"plugin": PLUGIN, **options}, sort_keys=False)
        path.write_text(options or f"plugin: {PLUGIN}\n")
        return path

    def list(
        self,
        options: Mapping[str, Any] | str = "",
        *arguments: str,
        action: Iterable[str] = ("--list", "--export"),
        env: Mapping[str, str | None] | None = None,
        fails: bool = False,
        secrets: Iterable[str] = (),
        warns: bool = False,
        verbosity: int = 0,
    ) -> Listing:
        """Run, and see to it that there is no secret, no traceback and (unless *warns*) no warning in what came out."""
        self._number += 1
        home = self._directory / f"run{self._number}"
        for name in ("home", "cache", "tmp"):
            (home / name).mkdir(parents=True)
        (home / "ansible.cfg").write_text("")
        before = len(self.emulator.requests())
        done = run_tool(
            "ansible-inventory",
            [
                *("-i", str(self.file(options)), *action, *arguments),
                *(["-" + "v" * verbosity] if verbosity else []),
            ],
            cwd=home,
            env=self._environment(home, {**STRICT, **(env or {})}, "0"),
            timeout=120,
        )
        assert done.seconds < 120, f"ansible-inventory did not end:\n{done.stderr[-3000:]}"
        listing = Listing(done.rc, done.stdout, done.stderr, self.emulator.requests()[before:])
        texts = {"stdout": done.stdout, "stderr": done.stderr}
        assert not hits({API_KEY, JWT, self.emulator.key, *secrets}, texts), texts
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        assert "[DEPRECATION WARNING]" not in done.stderr, done.stderr
        assert (done.rc != 0) is fails, done.stderr[-4000:]
        assert warns or fails or not listing.warnings, done.stderr[-4000:]
        return listing
