# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-playbook as a user would, in an environment that holds nothing but what a test puts there."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from .emulator import Emulator
from .processes import BIN, run_tool
from .results import Run, read_outcomes
from .secrets import API_KEY, JWT, hits
from .temporary import short_directory

CHECKOUT = Path(__file__).resolve().parents[3]
COLLECTIONS = CHECKOUT / ".cache" / "collections"
CALLBACKS = Path(__file__).resolve().parents[1] / "callback_plugins"
ANSIBLE_PLAYBOOK = BIN / "ansible-playbook"
WARNING = re.compile(r"^\[(?:DEPRECATION )?WARNING\]: (.*?)(?=^\[|^$|\Z)", re.MULTILINE | re.DOTALL)

# By default Ansible looks a thousand times a second whether a worker is done, which is half of what its own process does.
SETTINGS = "[defaults]\ninternal_poll_interval = 0.01\n"
LOCAL = {"ansible_connection": "local"}
# One play for both ways, side by side: give it as hosts, with direct=None.
IN_PROCESS = {"in-process": {**LOCAL, "crdb_direct": True}}
BOTH_WAYS = {**IN_PROCESS, "plain": {**LOCAL, "crdb_direct": False}}


def measuring() -> dict[str, str | None]:
    """What a process needs in its environment to take part where coverage is being measured."""
    return {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}


class Runner:
    """``playbook(tasks, ...)``: one run against *emulator*, checked for secrets and for warnings nobody expects."""

    def __init__(self, directory: Path, emulator: Emulator) -> None:
        self.emulator = emulator
        self._directory = directory
        self._temporary = short_directory(self)
        self._number = 0

    def __call__(
        self,
        tasks: Sequence[Mapping[str, Any]] = (),
        *,
        direct: bool | None = True,
        play: Mapping[str, Any] | None = None,
        playbook: str | None = None,
        arguments: Sequence[str] = (),
        hosts: Mapping[str, Mapping[str, Any]] | None = None,
        variables: Mapping[str, Any] | None = None,
        env: Mapping[str, str | None] | None = None,
        check: bool = False,
        diff: bool = False,
        verbosity: int = 4,
        warns: Iterable[str] | None = (),
        secrets: Iterable[str] = (),
        shown: Iterable[str] = (),
        fails: bool | None = False,
        rate_limit: str | None = "0",
        timeout: float = 240.0,
        kill_when: Callable[[], bool] | None = None,
    ) -> Run:
        """Run *tasks* (or the *playbook* of that name) and return what came out.

        *direct* is crdb_direct (None: not set). *warns* are regular expressions: each must match a warning of the run,
        and every warning must be matched (None: any may come). *secrets* are searched for beside the keys, except those in *shown*, which
        Ansible itself prints. *fails* says whether the run as a whole must fail (None: it may); a task that is meant to
        fail has ignore_errors. Once *kill_when* is true, the run and all its processes are killed.
        """
        assert self.emulator.state()["emulator"] == "crdb"
        self._number += 1
        home = self._directory / f"run{self._number}"
        for name in ("home", "cache", "tmp"):
            (home / name).mkdir(parents=True)
        everything = dict(variables or {})
        if direct is not None:
            everything["crdb_direct"] = direct
        self._write(home, tasks, play or {}, hosts or {"localhost": LOCAL}, everything)
        (home / "ansible.cfg").write_text(SETTINGS)
        (home / "results.jsonl").write_text("")
        command = [
            *("-i", str(home / "inventory.yml"), "-e", f"@{home / 'variables.yml'}"),
            *(["--check"] if check else []),
            *(["--diff"] if diff else []),
            *(["-" + "v" * verbosity] if verbosity else []),
            *arguments,
            playbook or str(home / "play.yml"),
        ]
        done = run_tool(
            "ansible-playbook",
            command,
            cwd=home,
            env=self._environment(home, env or {}, rate_limit),
            timeout=timeout,
            kill_when=kill_when,
        )
        assert done.seconds < timeout, f"ansible-playbook did not end in {timeout} seconds:\n{done.stdout[-3000:]}"
        log = (home / "ansible.log").read_text(errors="replace") if (home / "ansible.log").exists() else ""
        written = (home / "results.jsonl").read_text()
        warnings = [" ".join(text.split()) for text in WARNING.findall(f"{done.stderr}\n\n{done.stdout}")]
        run = Run(
            done.rc,
            done.stdout,
            done.stderr,
            log,
            read_outcomes(written.splitlines(), self.emulator.requests()),
            warnings,
            done.seconds,
            done.cpu,
        )
        self._check(run, written, warns, {API_KEY, JWT, self.emulator.key, *secrets} - set(shown))
        if fails is not None:
            assert (run.rc != 0) is fails, f"exit code {run.rc}:\n{run.output[-4000:]}"
        return run

    @staticmethod
    def _check(run: Run, written: str, warns: Iterable[str] | None, secrets: set[str]) -> None:
        texts = {"stdout": run.stdout, "stderr": run.stderr, "log": run.log, "results": written}
        assert not hits(secrets, texts), "\n".join(hits(secrets, texts))
        assert "[DEPRECATION WARNING]" not in run.output, run.output[-4000:]
        if warns is None:
            return
        patterns = list(warns)
        for text in run.warnings:
            assert any(re.search(pattern, text) for pattern in patterns), f"unexpected warning: {text}"
        for pattern in patterns:
            assert any(re.search(pattern, text) for text in run.warnings), f"no warning {pattern!r} in {run.warnings}"

    @staticmethod
    def _write(
        home: Path,
        tasks: Sequence[Mapping[str, Any]],
        play: Mapping[str, Any],
        hosts: Mapping[str, Mapping[str, Any]],
        variables: Mapping[str, Any],
    ) -> None:
        document = [{"hosts": "all", "gather_facts": False, **play, "tasks": [dict(task) for task in tasks]}]
        inventory = {
            "all": {
                "hosts": {name: dict(values) for name, values in hosts.items()},
                "vars": {"ansible_python_interpreter": sys.executable},
            }
        }
        for name, content in (("play", document), ("inventory", inventory), ("variables", dict(variables))):
            (home / f"{name}.yml").write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))

    def _environment(self, home: Path, extra: Mapping[str, str | None], rate_limit: str | None) -> dict[str, str]:
        values: dict[str, str | None] = {
            "PATH": os.pathsep.join([str(ANSIBLE_PLAYBOOK.parent), os.environ["PATH"]]),
            "HOME": str(home / "home"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "TMPDIR": str(self._temporary),
            "LC_ALL": "C.UTF-8",
            "COLUMNS": "200",
            "ANSIBLE_CONFIG": str(home / "ansible.cfg"),
            "ANSIBLE_HOME": str(home / "home" / ".ansible"),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
            "ANSIBLE_CALLBACKS_ENABLED": "results_jsonl",
            "ANSIBLE_LOG_PATH": str(home / "ansible.log"),
            "ANSIBLE_ASYNC_DIR": str(home / "tmp" / "async"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_INJECT_INVOCATION": "true",
            "ANSIBLE_REMOTE_TMP": str(home / "tmp"),
            "RESULTS_JSONL": str(home / "results.jsonl"),
            "RESULTS_EMULATOR": self.emulator.url,
            "COCKROACH_SERVER": self.emulator.url,
            "COCKROACH_API_KEY": self.emulator.key,
            "CRDB_API_RATE_LIMIT": rate_limit,
            **measuring(),
            **extra,
        }
        return {name: value for name, value in values.items() if value is not None}
