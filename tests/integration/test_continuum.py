# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only 2026-09-15 has: whose password is in no result, which certificates are the same, and which clusters are virtual."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import Clock, execute
from integration.samples import CERTIFICATE, SPECS, WORKSPACE, WORKSPACES

NEW = {"api_version": "2026-09-15"}
ON = {**NEW, "cluster": "orders"}
PASSWORD = "planted-assistant"
RUNNING = {"status": "RUNNING", "username": "assistant", "password": PASSWORD, "deployed_region": "us-east1"}


@pytest.fixture
def advanced(emulator: Emulator) -> Emulator:
    body = {"name": "orders", "provider": "GCP", "spec": SPECS["ADVANCED"]}
    emulator.api("POST", "/clusters", body)
    emulator.patch(clusters={"orders": {"state": "CREATED"}})
    return emulator


def assistant(emulator: Emulator, **fields: Any) -> None:
    emulator.patch(objects={"migration-assistant/orders": {"": {**RUNNING, **fields}}})


def test_the_password_of_an_assistant_goes_to_a_file_alone(advanced: Emulator, tmp_path: Path) -> None:
    path = tmp_path / "password"
    task = {**ON, "secret_path": str(path)}
    predicted = execute("migration_assistant", task, advanced, check=True, clock=Clock())
    assert predicted["changed"] and not path.exists()
    made = execute("migration_assistant", task, advanced, clock=Clock())
    written = path.read_text()
    assert written.startswith("planted-") and path.stat().st_mode & 0o777 == 0o600
    assert made["changed"] and made["migration_assistant"]["username"] == "assistant"
    again = execute("migration_assistant", task, advanced)
    assert not again["changed"]
    path.unlink()
    assert execute("migration_assistant", task, advanced, check=True)["changed"] and not path.exists()
    lost = execute("migration_assistant", task, advanced)
    assert lost["changed"] and not lost["plan"] and path.read_text() == written
    shown = execute("migration_assistant_info", ON, advanced)
    assert shown["migration_assistant"]["url"]
    assert written not in json.dumps([predicted, made, again, lost, shown])


def test_no_error_has_the_password_of_an_assistant(advanced: Emulator) -> None:
    assistant(advanced, status="FAILED", last_error="no room")
    failed = execute("migration_assistant", ON, advanced)
    assert failed["failed"] and "no room" in failed["msg"] and PASSWORD not in json.dumps(failed)
    assistant(advanced, status="DELETING")
    late = execute("migration_assistant", {**ON, "wait_timeout": 1}, advanced, clock=Clock())
    assert PASSWORD not in json.dumps(late)
    assert late["failed"] and late["migration_assistant"]["status"] == "DELETING"


def test_certificates_are_compared_and_not_their_lines(advanced: Emulator) -> None:
    task = {**ON, "x509_pem_cert": CERTIFICATE.format("AAAA\nBBBB")}
    missing = execute("migration_assistant_ca_cert", task, advanced)
    assert missing["failed"] and "no migration assistant" in missing["msg"]
    assistant(advanced)
    assert execute("migration_assistant_ca_cert", task, advanced)["changed"]
    text = "# the old database\r\n" + CERTIFICATE.format("AAAABBBB").replace("\n", "\r\n")
    assert not execute("migration_assistant_ca_cert", {**ON, "x509_pem_cert": text}, advanced)["changed"]
    before = len(advanced.requests())
    wrong = execute("migration_assistant_ca_cert", {**ON, "x509_pem_cert": "old-ca.crt"}, advanced)
    assert wrong["failed"] and "has no certificate in PEM" in wrong["msg"] and len(advanced.requests()) == before


def test_an_assistant_stays_where_it_is(advanced: Emulator) -> None:
    assistant(advanced)
    moved = execute("migration_assistant", {**ON, "region": "us-west2"}, advanced)
    assert moved["failed"] and "can't be changed (region)" in moved["msg"]


def test_virtual_clusters_are_told_from_others(emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    emulator.patch(objects=WORKSPACES)
    task = {**NEW, "workspace": "analytics", "name": "reports", "primary_region": "us-east1"}
    made = execute("virtual_cluster", task, emulator, clock=Clock())
    assert made["changed"] and made["virtual_cluster"]["config"]["virtual"]["virtual_cpu_burst_limit"] == 4
    assert not execute("virtual_cluster", {**task, "workspace": WORKSPACE}, emulator)["changed"]
    for options in ({}, {"workspace": "analytics"}, {"name": "reports"}):
        found = execute("virtual_cluster_info", {**NEW, **options}, emulator)["virtual_clusters"]
        assert [row["name"] for row in found] == ["reports"]
    assert len(execute("cluster_info", NEW, emulator)["clusters"]) == 2
    sized = execute("cluster", {**NEW, "name": "reports", "regions": ["us-east1"]}, emulator)
    assert sized["failed"] and "Use the module virtual_cluster" in sized["msg"]
    other = next(row["id"] for row in execute("cluster_info", NEW, emulator)["clusters"] if row["name"] == "orders")
    wrong = execute("virtual_cluster", {**task, "id": other}, emulator)
    assert wrong["failed"] and "is not the virtual cluster" in wrong["msg"]
    elsewhere = execute("virtual_cluster", {**task, "workspace": "nowhere"}, emulator)
    assert elsewhere["failed"] and "There is no virtual cluster workspace 'nowhere'" in elsewhere["msg"]
    assert execute("virtual_cluster", {**task, "state": "absent"}, emulator, clock=Clock())["changed"]
    assert not execute("virtual_cluster_info", NEW, emulator)["virtual_clusters"]


def test_a_workspace_can_only_be_changed(emulator: Emulator) -> None:
    made = execute("virtual_cluster_workspace", {**NEW, "name": "analytics"}, emulator)
    assert made["failed"] and "There is no virtual cluster workspace 'analytics'" in made["msg"]
