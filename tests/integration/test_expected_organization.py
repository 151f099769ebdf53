# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key of another organization than the expected one changes nothing, keeps nothing, and predicts nothing."""

from __future__ import annotations

from pathlib import Path

from integration.helpers.emulator import Emulator
from integration.helpers.runner import BOTH_WAYS, Runner

WRONG = {"expected_organization": "acme-prod"}
NEW = {"name": "orders", "provider": "GCP", "regions": ["us-central1"], "wait_interval": 0.1}
REFUSED = ("The key is of the organization 'Sandbox' (label crdb-sandbox, id 8a4f1c2e", "not of 'acme-prod'")


def test_another_organization(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    emulator.add_cluster("there-abc")
    plan, log = tmp_path / "plan.json", tmp_path / "audit.jsonl"
    fleet = {"name": "all", "clusters": [{key: NEW[key] for key in ("name", "provider", "regions")}]}
    tasks = [
        {"name": "create", "crdb.cloud.cluster": NEW},
        {"name": "predict", "crdb.cloud.cluster": NEW, "check_mode": True},
        {"name": "child", "crdb.cloud.allowlist_entry": {"cluster": "there-abc", "cidr": "192.0.2.0/24"}},
        {"name": "fleet", "crdb.cloud.fleet": {**fleet, "plan_out": str(plan)}},
        {"name": "export", "crdb.cloud.audit_log_export": {"dest": str(log)}},
        {"name": "nothing", "crdb.cloud.cluster": {"name": "there-abc"}},
        {"name": "read", "crdb.cloud.cluster_info": {}},
    ]
    run = playbook(
        [{**task, "ignore_errors": True} for task in tasks],
        hosts=BOTH_WAYS,
        direct=None,
        play={"module_defaults": {"group/crdb.cloud.cloud": WRONG}},
    )
    for host in BOTH_WAYS:
        for name in ("create", "predict", "child", "fleet", "export"):
            run[name, host].fails_with(*REFUSED)
            assert not run[name, host].changed
        assert not run["nothing", host].failed
        assert not run["read", host].failed
    assert emulator.writes() == []
    assert not plan.exists()
    assert not log.exists()


def test_the_expected_organization(playbook: Runner, emulator: Emulator) -> None:
    task = {
        "name": "create",
        "crdb.cloud.cluster": {**NEW, "name": "{{ item }}-abc", "wait": False},
        "loop": ["one", "two"],
    }
    run = playbook([task], env={"CRDB_EXPECTED_ORGANIZATION": "crdb-sandbox"})
    assert run["create"].changed
    asked = [entry for entry in emulator.requests() if entry["path"] == "/api/v1/organization"]
    assert len(asked) == 1
    assert len(emulator.writes()) == 2
