# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A misspelt variable is refused by every role and playbook before anything is sent, wherever it is set."""

from __future__ import annotations

from pathlib import Path

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.results import Run
from integration.helpers.runner import CHECKOUT, LOCAL, Runner

# What is misspelt, and what was meant.
ROLES = {
    "audit_export": ("audit_export_maxentries", "audit_export_max_entries"),
    "cluster": ("cluster_spendlimit", "cluster_spend_limit"),
    "decommission": ("decommission_nmae", "decommission_name"),
    "guardrails": ("guardrails_rule", "guardrails_rules"),
    "health": ("health_min_node", "health_min_nodes"),
    "sandbox": ("sandbox_directroy", "sandbox_directory"),
    "spend_limits": ("spend_limits_bugdet", "spend_limits_budget"),
    "sql_users": ("SQL_USERS_PURGE", "sql_users_purge"),
}
PLAYBOOKS = {
    "apply": ("fleet_plna", "fleet_plan"),
    "drift": ("fleet_stauts", "fleet_status"),
    "export": ("export_folder", "export_folders"),
    "plan": ("fleet_fiels", "fleet_files"),
    "provision": ("cluster_spendlimit", "cluster_spend_limit"),
    "quickstart": ("quickstart_spendlimit", "quickstart_spend_limit"),
    "rotate_passwords": ("rotate_passwords_cluster", "rotate_passwords_clusters"),
    "spend_report": ("spend_report_bugdet", "spend_report_budget"),
}


def refusals(run: Run) -> dict[str, str]:
    run.no_traceback()
    return {outcome.host: outcome.result["msg"] for outcome in run.outcomes if outcome.status == "failed"}


def test_every_role_refuses_a_misspelt_variable(playbook: Runner, emulator: Emulator) -> None:
    assert set(ROLES) == {path.name for path in (CHECKOUT / "roles").iterdir()}
    hosts = {role: {**LOCAL, "role": role, wrong: "{{ never_evaluated }}"} for role, (wrong, _meant) in ROLES.items()}
    role = {"name": "role", "ansible.builtin.include_role": {"name": "crdb.cloud.{{ role }}"}}
    found = refusals(playbook([role], hosts=hosts, fails=True))
    assert found.keys() == ROLES.keys()
    for host, (wrong, meant) in ROLES.items():
        assert f"There is no variable {wrong}, did you mean {meant}?" in found[host]
    assert emulator.requests() == []


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_playbook_refuses_a_misspelt_variable(
    playbook: Runner, emulator: Emulator, name: str, tmp_path: Path
) -> None:
    wrong, meant = PLAYBOOKS[name]
    env = {"CRDB_APP_PASSWORD": "planted-app-password", "CRDB_REPORTING_PASSWORD": "planted-reporting-password"}
    inventory = ["-i", "orders-test,", "-e", '{"cluster_provider": "GCP", "cluster_regions": "us-central1"}']
    if name == "provision":
        path = tmp_path / "clusters.ini"
        path.write_text("[crdb_clusters]\norders-test\n")
        inventory[1] = str(path)
    run = playbook(
        playbook=f"crdb.cloud.{name}", arguments=[*inventory, "-e", f"{wrong}=1000"], env=env, direct=None, fails=True
    )
    assert [f"There is no variable {wrong}, did you mean {meant}?" in text for text in refusals(run).values()] == [True]
    assert emulator.requests() == []


def test_ones_own_variables_stay(playbook: Runner, emulator: Emulator) -> None:
    """Those that look like nothing of the role, and those that are listed, as a list or in a template."""
    emulator.add_cluster("orders")
    role = {"name": "role", "ansible.builtin.include_role": {"name": "crdb.cloud.cluster"}}
    own = {
        "cluster_owner": "me",
        "cluster_names": "orders",
        "cluster_plans": [],
        "mine": "cluster_names, cluster_plans",
    }
    hosts = {
        "one": {**LOCAL, **own, "cluster_name": "orders", "crdb_ignore_variables": ["cluster_names", "cluster_plans"]},
        "two": {**LOCAL, **own, "cluster_name": "orders", "crdb_ignore_variables": "{{ mine }}"},
    }
    playbook([role], hosts=hosts)
