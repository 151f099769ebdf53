# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The job templates of examples/awx, launched as AWX does, from the first cluster to the last."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from awx_config import TEMPLATES
from integration.helpers.awx import Job
from integration.helpers.controller import Controller
from integration.helpers.emulator import FAST, Emulator
from integration.helpers.running import PASSWORDS as CLUSTER_PASSWORDS
from integration.helpers.running import USERS

PASSWORDS = {"orders": "planted-orders-password", "reporting": "planted-reporting-password"}


@pytest.fixture(scope="module")
def _emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path_factory.mktemp("emulator"), *FAST, *USERS)
    yield emulator
    emulator.stop()


@pytest.fixture
def controller(_emulator: Emulator, tmp_path: Path, bare_environment: None) -> Controller:
    _emulator.reset()
    controller = Controller(tmp_path, _emulator)
    controller.passwords = {**PASSWORDS, "monitor": CLUSTER_PASSWORDS["monitor"]}
    return controller


def one_sentence(job: Job, *parts: str) -> None:
    """The job failed, and its output says why in one sentence that holds all *parts*."""
    assert job.status == "failed", job.said
    (failure,) = job.failures
    message = failure["msg"]
    assert "\n" not in message and len(message) < 600 and "Bug in crdb.cloud" not in message, message
    for part in parts:
        assert part in message, message
    assert "".join(message.split()) in "".join(job.stdout.replace("\\", "").split())


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_job_template(controller: Controller, tmp_path: Path) -> None:
    emulator, launched = controller.emulator, set()

    def launch(name: str, answers: dict[str, Any] | None = None, **more: Any) -> Job:
        launched.add(f"CockroachDB: {name}")
        emulator.reset("requests")
        job = controller.launch(f"CockroachDB: {name}", answers, **more)
        assert job.status == "successful", job.said[-3000:]
        return job

    def check_and_launch(name: str, answers: dict[str, Any] | None = None, **more: Any) -> Job:
        more["inventory"] = controller.inventory(TEMPLATES[f"CockroachDB: {name}"]["inventory"])
        launch(name, answers, check=True, **more)
        assert emulator.writes() == []
        done = launch(name, answers, **more)
        assert emulator.writes() != []
        return done

    check_and_launch("provision")
    made = emulator.cluster("orders-prod")
    assert made["delete_protection"] == "ENABLED" and made["labels"] == {"env": "prod", "team": "orders"}
    # It runs as it is, without a password.
    assert emulator.state()["sql_users"].get(made["id"], []) == []
    assert emulator.clusters("orders-test")

    described = {
        "cluster_name": "ledger",
        "cluster_provider": "GCP",
        "cluster_regions": "us-central1",
        "cluster_spend_limit": 1500,
        "cluster_labels": "env=dev",
        "cluster_allowlist": "203.0.113.0/24 office",
        "cluster_sql_users": "orders\nreporting",
    }
    check_and_launch("provision one cluster", described)
    ledger = emulator.cluster("ledger")
    assert emulator.state()["sql_users"][ledger["id"]] == ["orders", "reporting"]
    assert [entry["name"] for entry in emulator.state()["allowlists"][ledger["id"]]] == ["office"]
    # What is left blank stays as it is.
    launch("provision one cluster", {"cluster_name": "ledger"})
    assert emulator.writes() == [] and emulator.cluster("ledger")["labels"] == {"env": "dev"}

    check_and_launch("rotate passwords", {"sql_users_users": "orders", "sql_users_missing": "skip"})
    assert [entry["method"] for entry in emulator.writes()] == ["PUT"]

    check_and_launch(
        "spend limits", {"spend_limits_clusters": "ledger=700\norders-test=300", "spend_limits_budget": 4000}
    )
    report = launch("spend report", {"spend_report_budget": 4000, "spend_report_label": "env"})
    assert "35.00" in report.said or "3500" in report.said, report.said

    launch("health")
    log = tmp_path / "volume" / "audit.jsonl"
    launch("export the audit log", {"audit_export_dest": str(log)})
    assert len(log.read_text().splitlines()) > 5

    written, status = tmp_path / "volume" / "organization.yml", tmp_path / "volume" / "status.json"
    launch("export the organization", {"export_dest": str(written)})
    written.write_text(written.read_text().replace("env: dev\n", "env: stage\n"))
    files = {"fleet_files": str(written)}
    plan = {**files, "fleet_plan": str(tmp_path / "volume" / "plan.json")}
    launch("plan", plan)
    assert emulator.writes() == []
    check_and_launch("apply", plan)
    assert [entry["path"] for entry in emulator.writes()] == [f"/api/v1/clusters/{ledger['id']}"]
    launch("drift", {**files, "fleet_status": str(status)})
    assert emulator.writes() == [] and json.loads(status.read_text())["status"] == "none"

    going = {"crdb_decommission_confirm": "ledger\norders-test"}
    check_and_launch("decommission", going, limit="ledger,orders-test")
    assert not emulator.clusters("ledger") and not emulator.clusters("orders-test") and emulator.clusters("orders-prod")
    assert launched == TEMPLATES.keys()


Case = tuple[str, dict[str, Any], str, str]
WRONG: dict[str, Case] = {
    "value": ("spend limits", {"spend_limits_clusters": "orders-prod=much"}, "", "much"),
    "labels": (
        "provision one cluster",
        {"cluster_name": "orders-prod", "cluster_labels": "prod"},
        "",
        "cluster_labels",
    ),
    "region": (
        "provision one cluster",
        {"cluster_name": "ledger", "cluster_provider": "GCP", "cluster_regions": "moon-1"},
        "",
        "moon-1",
    ),
    "path": ("export the audit log", {"audit_export_dest": "audit.jsonl"}, "", "absolute"),
    "unknown cluster": ("spend limits", {"spend_limits_clusters": "orders-prd=100"}, "", "orders-prd"),
    "unknown user": ("rotate passwords", {"sql_users_users": "nobody"}, "orders-prod", "nobody"),
    "not confirmed": ("decommission", {"crdb_decommission_confirm": "orders-test"}, "orders-prod", "orders-prod"),
    "protected": ("decommission", {"crdb_decommission_confirm": "orders-prod"}, "orders-prod", "protect"),
    "budget": ("spend limits", {"spend_limits_clusters": "orders-prod=900", "spend_limits_budget": 100}, "", "budget"),
    # It is found in the project, and is another kind of file.
    "file": ("plan", {"fleet_files": "inventories/wanted.yml"}, "", "no such options of a fleet: "),
    "report": ("spend report", {"spend_report_budget": 100}, "", "no spend limit"),
}


@pytest.mark.parametrize(("name", "answers", "limit", "part"), WRONG.values(), ids=WRONG)
def test_wrong_answers(controller: Controller, name: str, answers: dict[str, Any], limit: str, part: str) -> None:
    emulator = controller.emulator
    row = emulator.add_cluster("orders-prod")
    emulator.api("PATCH", f"/clusters/{row['id']}", {"delete_protection": "ENABLED"})
    emulator.reset("requests")
    one_sentence(controller.launch(f"CockroachDB: {name}", answers, limit=limit), part)
    assert emulator.writes() == [] or name == "provision one cluster"
    assert emulator.clusters("orders-prod") and not emulator.clusters("ledger")


def test_a_forbidden_key(controller: Controller) -> None:
    emulator = controller.emulator
    emulator.add_cluster("orders-prod")
    refusal = {"status": 403, "body": {"code": 7, "message": "forbidden"}}
    emulator.fault("status", "PATCH", "/api/v1/clusters/[^/]+$", **refusal)
    job = controller.launch("CockroachDB: spend limits", {"spend_limits_clusters": "orders-prod=900"})
    one_sentence(job, "HTTP 403", "role")


def test_a_key_that_is_not_accepted(controller: Controller) -> None:
    controller.emulator.fault(
        "status", "GET", "/api/v1/clusters", times=9, status=401, body={"code": 16, "message": "no"}
    )
    one_sentence(controller.launch("CockroachDB: spend report"), "HTTP 401", "The key was not accepted")


def test_an_unknown_cluster_in_the_limit(controller: Controller) -> None:
    """It is Ansible that says this, before there is a task."""
    controller.emulator.add_cluster("orders-prod")
    confirmed = {"crdb_decommission_confirm": "orders-prd"}
    job = controller.launch("CockroachDB: decommission", confirmed, limit="orders-prd")
    assert (
        job.status == "failed"
        and "Specified inventory, host pattern and/or --limit leaves us with no hosts" in job.said
    )
    assert controller.emulator.writes() == []
