# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs and inventory updates as AWX runs them: with ansible-runner, which is what AWX starts in its containers."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import stat
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ansible_runner
import yaml

from .emulator import Emulator
from .runner import ANSIBLE_PLAYBOOK, CHECKOUT, COLLECTIONS, SETTINGS
from .secrets import API_KEY, JWT, hits
from .temporary import short_directory

ANSIBLE_RUNNER = ANSIBLE_PLAYBOOK.parent / "ansible-runner"
PROJECT = CHECKOUT / "examples" / "awx" / "project"
# What AWX sets for a job and for an inventory update.
FOR_JOBS = {"ANSIBLE_FORCE_COLOR": "True", "ANSIBLE_RETRY_FILES_ENABLED": "False", "AWX_ISOLATED_DATA_DIR": "/runner"}
FOR_UPDATES = {
    "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
    "ANSIBLE_INVENTORY_EXPORT": "True",
    "ANSIBLE_VERBOSE_TO_STDERR": "True",
    "ANSIBLE_HOST_PATTERN_MISMATCH": "error",
}
# The inventory of a job that only speaks to the API.
LOCALHOST = {
    "all": {"hosts": ["localhost"]},
    "_meta": {
        "hostvars": {
            "localhost": {
                "ansible_connection": "local",
                "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            }
        }
    },
}
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Job:
    """A job that has ended. In *events*, those that an event handler saw have the time at which they *arrived*."""

    status: str
    rc: int
    artifacts: Path
    events: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def read(cls, artifacts: Path) -> Job:
        """A job of the command ansible-runner."""
        files = sorted((artifacts / "job_events").glob("*.json"), key=lambda path: int(path.name.split("-", 1)[0]))
        events = [json.loads(path.read_text()) for path in files]
        return cls((artifacts / "status").read_text(), int((artifacts / "rc").read_text()), artifacts, events)

    @classmethod
    def joined(cls, jobs: Sequence[Job]) -> Job:
        """The jobs of all slices as one: it failed where one of them did."""
        worst = max(jobs, key=lambda job: job.rc)
        return cls(worst.status, worst.rc, worst.artifacts, [event for job in jobs for event in job.events])

    @property
    def stdout(self) -> str:
        return COLOUR.sub("", (self.artifacts / "stdout").read_text())

    @property
    def said(self) -> str:
        """stdout in one line: Ansible breaks long sentences."""
        return " ".join(self.stdout.split())

    def of_kind(self, *kinds: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] in kinds]

    @property
    def failures(self) -> list[dict[str, Any]]:
        """The results of failed tasks, and of failed items where a task has any, in order; ignored ones are left out."""
        failed = self.of_kind("runner_on_failed", "runner_on_unreachable", "runner_item_on_failed")
        found = [event["event_data"]["res"] for event in failed if not event["event_data"].get("ignore_errors")]
        return [result for result in found if "results" not in result]

    def result(self, task: str) -> dict[str, Any]:
        """The result of the one task of that name."""
        (found,) = [
            event["event_data"]["res"]
            for event in self.of_kind("runner_on_ok", "runner_on_failed")
            if event["event_data"]["task"] == task
        ]
        return dict(found)

    def texts(self) -> dict[str, str]:
        """All that AWX stores and shows of a job. The file "command" is not among it."""
        files = [self.artifacts / "stdout", self.artifacts / "stderr", *(self.artifacts / "job_events").iterdir()]
        return {path.name: path.read_text() for path in files if path.exists()}


class Awx:
    """Stands in for a controller: every job has a private data directory, as every container has."""

    def __init__(self, directory: Path, emulator: Emulator) -> None:
        self.emulator = emulator
        self._directory = directory
        self._temporary = short_directory(self)
        self._number = 0

    @property
    def credential(self) -> dict[str, str]:
        """What a credential of the type in examples/awx puts into the environment, with the optional fields left blank."""
        blank = ("COCKROACH_API_JWT", "COCKROACH_VANITY_NAME", "COCKROACH_USERNAME", "CRDB_API_VERSION", "CRDB_CA_PATH")
        given = {"COCKROACH_API_KEY": self.emulator.key, "COCKROACH_SERVER": self.emulator.url}
        return {**dict.fromkeys(blank, ""), **given}

    def prepare(
        self,
        playbook: str | Sequence[Mapping[str, Any]],
        *,
        variables: Mapping[str, Any] | None = None,
        hidden: Mapping[str, Any] | None = None,
        arguments: Sequence[str] = (),
        inventory: Mapping[str, Any] | None = None,
        env: Mapping[str, str | None] | None = None,
        rate_limit: str | None = "0",
        **options: Any,
    ) -> dict[str, Any]:
        """The arguments of ansible_runner.run for a job of *playbook*: a file of the project, or plays given here.

        *variables* are answers and other extra variables, *hidden* those that come from credentials.
        """
        assert self.emulator.state()["emulator"] == "crdb"
        self._number += 1
        home = self._directory / f"job{self._number}"
        for name in ("env", "inventory", "home"):
            (home / name).mkdir(parents=True)
        if isinstance(playbook, str):
            shutil.copytree(PROJECT, home / "project")
        else:
            (home / "project").mkdir()
            (home / "project" / "play.yml").write_text(yaml.safe_dump([dict(play) for play in playbook]))
            playbook = "play.yml"
        if hidden:
            (home / "env" / "hidden").write_text(json.dumps(dict(hidden)))
            arguments = [*arguments, "-e", f"@{home / 'env' / 'hidden'}"]
        (home / "env" / "cmdline").write_text(shlex.join(arguments))
        (home / "env" / "extravars").write_text(json.dumps(dict(variables or {})))
        environment = {**self._environment(home, rate_limit), **FOR_JOBS, **self.credential, **(env or {})}
        (home / "env" / "envvars").write_text(
            json.dumps({name: value for name, value in environment.items() if value is not None})
        )
        _write_script(home / "inventory" / "hosts", inventory or LOCALHOST)
        return {"private_data_dir": str(home), "playbook": playbook, "quiet": True, "ident": "1", **options}

    def job(self, playbook: str | Sequence[Mapping[str, Any]], *, secrets: Iterable[str] = (), **options: Any) -> Job:
        """Run a job to its end, and see to it that nothing AWX stores of it holds a secret or a traceback."""
        events: list[dict[str, Any]] = []

        def handle(event: dict[str, Any]) -> bool:
            events.append({**event, "arrived": time.monotonic()})
            return True

        runner = ansible_runner.run(**self.prepare(playbook, event_handler=handle, **options))
        return self.checked(Job(runner.status, runner.rc, Path(runner.config.artifact_dir), events), secrets)

    def side_by_side(
        self,
        playbook: str | Sequence[Mapping[str, Any]],
        inventories: Sequence[Mapping[str, Any]],
        *,
        secrets: Iterable[str] = (),
        **options: Any,
    ) -> list[Job]:
        """One job an inventory, all at the same time, as AWX runs the slices of a job."""
        homes, processes = [], []
        for inventory in inventories:
            arguments = self.prepare(playbook, inventory=inventory, **options)
            homes.append(Path(arguments["private_data_dir"]))
            command = [str(ANSIBLE_RUNNER), "run", str(homes[-1]), "--playbook", arguments["playbook"], "--ident", "1"]
            processes.append(subprocess.Popen([*command, "--quiet"], stdin=subprocess.DEVNULL))
        for process in processes:
            process.wait()
        return [self.checked(Job.read(home / "artifacts" / "1"), secrets) for home in homes]

    def checked(self, job: Job, secrets: Iterable[str]) -> Job:
        texts = job.texts()
        found = hits({API_KEY, JWT, self.emulator.key, *secrets}, texts)
        assert not found, "\n".join(found)
        for name, text in texts.items():
            assert "Traceback" not in text, f"{name}: {text[-3000:]}"
            assert "DEPRECATION WARNING" not in text, f"{name}: {text[-3000:]}"
        return job

    def update_inventory(
        self, source: str = "inventories/clusters.crdb.yml", *, env: Mapping[str, str | None] | None = None
    ) -> tuple[dict[str, Any], str]:
        """An inventory update from a file of the project: what was listed (nothing where it failed), and stderr."""
        self._number += 1
        home = self._directory / f"update{self._number}"
        (home / "home").mkdir(parents=True)
        shutil.copytree(PROJECT, home / "project")
        environment = {**self._environment(home, "0"), **FOR_UPDATES, **self.credential, **(env or {})}
        listed, stderr = ansible_runner.get_inventory(
            action="list",
            inventories=[str(home / "project" / source)],
            response_format="json",
            export=True,
            playbook_dir=str(home / "project"),
            private_data_dir=str(home),
            envvars={name: value for name, value in environment.items() if value is not None},
            quiet=True,
        )
        assert not hits({API_KEY, JWT, self.emulator.key}, {"stderr": stderr, "listed": json.dumps(listed)})
        return listed if isinstance(listed, dict) else {}, stderr

    def _environment(self, home: Path, rate_limit: str | None) -> dict[str, str | None]:
        (home / "home" / ".ansible.cfg").write_text(SETTINGS)
        return {
            "PATH": f"{ANSIBLE_PLAYBOOK.parent}:/usr/bin:/bin",
            "HOME": str(home / "home"),
            "TMPDIR": str(self._temporary),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_HOME": str(home / "home" / ".ansible"),
            # Modules expand ~ to the home of the account, whatever HOME says.
            "ANSIBLE_REMOTE_TMP": str(home / "home" / "tmp"),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "CRDB_API_RATE_LIMIT": rate_limit,
        }


def slices(inventory: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
    """The inventories of the jobs that a job template with job_slice_count *count* starts: as it is, with a part of the hosts."""
    names = sorted(inventory["_meta"]["hostvars"].keys() | _hosts(inventory))
    return [_only(inventory, set(names[number::count])) for number in range(min(count, len(names)))]


def _hosts(inventory: Mapping[str, Any]) -> set[str]:
    return {name for group in inventory.values() for name in group.get("hosts", [])}


def _only(inventory: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    found = {
        name: {**group, "hosts": [host for host in group.get("hosts", []) if host in names]}
        for name, group in inventory.items()
        if name != "_meta"
    }
    hostvars = {name: values for name, values in inventory["_meta"]["hostvars"].items() if name in names}
    return {**found, "_meta": {"hostvars": hostvars}}


def _write_script(path: Path, inventory: Mapping[str, Any]) -> None:
    """AWX gives a job its inventory as a script that prints JSON."""
    path.write_text(f"#!/usr/bin/env python3\nprint({json.dumps(inventory)!r})\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
