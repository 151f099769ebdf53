# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox, what it prints to be exported, and every playbook of the collection on it, twice."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.helpers.results import Run
from integration.helpers.runner import CHECKOUT, Runner
from integration.test_playbooks import changes

EXPORT = re.compile(r'"export ([^"\n]+)"')
INVENTORY = """\
[crdb_clusters]
orders-prod cluster_spend_limit=2500
orders-test
[crdb_clusters:vars]
cluster_provider=GCP
cluster_regions=us-central1
cluster_spend_limit=1000
cluster_sql_users=app,reporting
"""
# In this order; what each needs beside the environment, as its header says.
PLAYBOOKS = {
    "quickstart": [],
    "health": [],
    "provision": ["-i", "{directory}/inventory.ini"],
    "rotate_passwords": [
        *("-e", "rotate_passwords_clusters=orders-prod", "-e", "sql_users_users=app,reporting"),
        *("-e", "sql_users_directory={directory}/passwords"),
    ],
    "spend_report": ["-e", "spend_report_file={directory}/report.json"],
    "export": ["-e", "export_dest={directory}/organization.yml"],
    "plan": ["-e", "fleet_files={directory}/organization.yml", "-e", "fleet_plan={directory}/plan.json"],
    "apply": ["-e", "fleet_files={directory}/organization.yml", "-e", "fleet_plan={directory}/plan.json"],
    "drift": ["-e", "fleet_files={directory}/organization.yml", "-e", "fleet_status={directory}/drift.json"],
    "export_audit_logs": ["-e", "audit_export_dest={directory}/audit.jsonl"],
    "decommission": ["-i", "{directory}/inventory.ini", "-e", "crdb_decommission_confirm=orders-prod,orders-test"],
}


class Sandbox:
    """A sandbox in *directory*, started as a user starts it."""

    def __init__(self, playbook: Runner, directory: Path) -> None:
        self._playbook = playbook
        self.directory = directory
        # The role fetches the emulator's packages with pip, which may need the settings of this machine.
        self._pip = {
            name: value
            for name, value in os.environ.items()
            if name.startswith("PIP_") or name.lower().endswith("_proxy")
        }

    def run(self, state: str) -> Run:
        settings = {"sandbox_directory": str(self.directory), "sandbox_cloud_port": 0, "sandbox_cluster_port": 0}
        return self._playbook(
            playbook="crdb.cloud.sandbox",
            arguments=["-e", json.dumps({**settings, "sandbox_state": state})],
            direct=None,
            env={**self._pip, "PYTHONPATH": None},
            verbosity=1,
        )


@pytest.fixture
def sandbox(playbook: Runner, tmp_path: Path) -> Iterator[Sandbox]:
    place = Sandbox(playbook, tmp_path / "sandbox")
    yield place
    place.run("stopped")


def exports(run: Run) -> dict[str, str]:
    """The variables of the lines that the playbook prints, as a shell would read them."""
    return dict(pair.split("=", 1) for line in EXPORT.findall(run.stdout) for pair in line.split())


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_playbook_runs_on_the_sandbox_with_what_it_prints(
    playbook: Runner, sandbox: Sandbox, tmp_path: Path
) -> None:
    assert PLAYBOOKS.keys() | {"sandbox"} == {path.stem for path in (CHECKOUT / "playbooks").glob("*.yml")}
    (tmp_path / "inventory.ini").write_text(INVENTORY)
    started = sandbox.run("started")
    assert changes(started)["Start the emulator"]
    said = json.loads((sandbox.directory / "ready.json").read_text())
    env = exports(started)
    assert env["COCKROACH_SERVER"] == said["cloud_api_url"]
    assert env["COCKROACH_API_KEY"] == said["api_key"]
    again = sandbox.run("started")
    assert not any(changes(again).values())
    assert exports(again) == env

    secrets = [value for name, value in env.items() if name.endswith(("_KEY", "_PASSWORD"))]
    for name, arguments in PLAYBOOKS.items():
        filled = [argument.format(directory=tmp_path) for argument in arguments]
        runs = [
            playbook(
                playbook=f"crdb.cloud.{name}", arguments=filled, env=env, direct=None, verbosity=0, secrets=secrets
            )
            for _time in range(2)
        ]
        assert not any(changes(runs[1]).values()), name

    stopped = sandbox.run("stopped")
    assert [name for name, changed in changes(stopped).items() if changed] == ["Stop the sandbox"]
    assert not (sandbox.directory / "emulator.pid").exists()
    assert not any(changes(sandbox.run("stopped")).values())
