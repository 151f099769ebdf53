# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks that keep an organization as code: export, plan, apply and drift, called by their full names as a user does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from integration.helpers.emulator import Emulator
from integration.helpers.results import Run
from integration.helpers.runner import CHECKOUT, Runner

PASSWORD = "planted-orders-app-password"
WANTED: dict[str, Any] = {
    "folders": [{"path": "/platform", "labels": {"team": "payments"}}],
    "clusters": [
        {
            "name": "orders",
            "provider": "GCP",
            "regions": ["us-central1"],
            "folder": "/platform",
            "spend_limit": 2500,
            "sql_users": [{"name": "app", "password": "{{ vault_orders_app | default(omit) }}"}],
            "allowlist": [{"cidr": "203.0.113.0/24"}],
        }
    ],
}
MORE = {"service_accounts": [{"name": "deploy", "description": "pipelines"}]}


def test_from_an_empty_organization_to_drift_and_back(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    files, plan, status = tmp_path / "clusters", tmp_path / "plan.json", tmp_path / "drift.json"
    files.mkdir()
    (files / "shop.yml").write_text(yaml.safe_dump(WANTED))
    (files / "access.yaml").write_text(yaml.safe_dump(MORE))

    def run(name: str, *arguments: str, fails: bool = False) -> Run:
        emulator.reset("requests")
        return playbook(
            playbook=f"crdb.cloud.{name}",
            arguments=[word for argument in arguments for word in ("-e", argument)],
            variables={"fleet_files": str(files), "vault_orders_app": PASSWORD},
            diff=True,
            secrets=[PASSWORD],
            fails=fails,
        )

    run("plan", f"fleet_plan={plan}", f"fleet_page={tmp_path / 'plan.html'}", f"fleet_markdown={tmp_path / 'plan.md'}")
    assert emulator.writes() == []
    assert json.loads(plan.read_text())["counts"]["create"] == 5
    assert "orders" in (tmp_path / "plan.html").read_text()
    assert "orders" in (tmp_path / "plan.md").read_text()

    run(
        "apply", f"fleet_plan={plan}", f"fleet_page={tmp_path / 'applied.html'}", f"fleet_metrics={tmp_path / 'a.prom'}"
    )
    assert len(emulator.writes()) == 5
    assert "crdb_cloud_fleet_" in (tmp_path / "a.prom").read_text()
    run("apply", f"fleet_plan={plan}")
    assert emulator.writes() == []

    run("drift", f"fleet_status={status}")
    assert json.loads(status.read_text())["status"] == "none"
    emulator.api("PATCH", f"/clusters/{emulator.cluster('orders')['id']}", {"delete_protection": "ENABLED"})
    (files / "shop.yml").write_text(yaml.safe_dump({**WANTED, "folders": [{"path": "/platform", "labels": {}}]}))
    found = run("drift", f"fleet_status={status}", f"fleet_page={tmp_path / 'drift.html'}", fails=True)
    assert "0 to create, 1 to change and 0 to delete" in found.output
    told = json.loads(status.read_text())
    assert (told["status"], told["counts"]["change"]) == ("drift", 1)
    run("drift", f"fleet_status={status}", "fleet_drift_fails=false")
    assert emulator.writes() == []

    (files / "shop.yml").write_text("clusters: [{name: }")
    run("drift", f"fleet_status={status}", fails=True)
    assert json.loads(status.read_text())["status"] == "error"


def test_an_export_is_what_plan_takes(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    emulator.add_cluster("orders")
    where = tmp_path / "organization.yml"
    playbook(playbook="crdb.cloud.export", arguments=["-e", f"export_dest={where}"])
    assert "orders" in where.read_text()
    files = ["-e", f"fleet_files={where}"]
    run = playbook(playbook="crdb.cloud.plan", arguments=files)
    assert not any(outcome.changed for outcome in run.outcomes)
    assert emulator.writes() == []


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("plan", {}, "fleet_files must name the files"),
        (
            "apply",
            {"fleet_files": str(CHECKOUT / "galaxy.yml")},
            "fleet_plan must name the plan file that was reviewed",
        ),
        ("drift", {"fleet_files": "nowhere.yml"}, "nothing was found at nowhere.yml"),
        ("export", {}, "export_dest must name the file"),
    ],
)
def test_what_is_missing_is_said(
    playbook: Runner, emulator: Emulator, name: str, given: dict[str, str], says: str
) -> None:
    run = playbook(playbook=f"crdb.cloud.{name}", arguments=["-e", json.dumps(given)], fails=True)
    assert says in run.output
    assert emulator.requests() == []


def test_an_option_that_no_fleet_has(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / "shop.yml").write_text("cluster: []\n")
    run = playbook(playbook="crdb.cloud.plan", arguments=["-e", f"fleet_files={tmp_path}"], fails=True)
    assert "have no such options of a fleet: cluster." in run.output
    assert emulator.requests() == []


def test_the_playbooks_hand_on_every_option() -> None:
    """But for those that say how a run is done, and no file should."""
    from ansible_collections.crdb.cloud.plugins.modules.fleet import MODULE

    tasks = yaml.safe_load((CHECKOUT / "playbooks" / "tasks" / "fleet.yml").read_text())[0]["block"]
    options = {option.name for option in MODULE.options}
    assert tasks[1]["crdb.cloud.fleet"].keys() == options - {"parallel", "fail_on_change"}
    own = {"plan_in", "plan_out", "plan_markdown", "report_unlisted", "report_objects", "parallel", "fail_on_change"}
    assert set(tasks[0]["vars"]["fleet_options"]) == options - own
