# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The quick start, called by its full name as a user does."""

from __future__ import annotations

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.results import Run
from integration.helpers.runner import Runner

pytestmark = pytest.mark.smoke

PASSWORDS = {"CRDB_APP_PASSWORD": "planted-app-password", "CRDB_REPORTING_PASSWORD": "planted-reporting-password"}


def changes(run: Run) -> dict[str, bool]:
    """Whether each task that was not skipped changed something; debug and assert never do."""
    return {
        outcome.name: outcome.changed or any(item.get("changed") for item in outcome.items)
        for outcome in run.outcomes
        if outcome.status == "ok" and not outcome.name.startswith("Validating arguments")
    }


def test_quickstart(playbook: Runner, emulator: Emulator) -> None:
    def run(*arguments: str, check: bool = False) -> Run:
        emulator.reset("requests")
        return playbook(
            playbook="crdb.cloud.quickstart",
            arguments=arguments,
            check=check,
            diff=True,
            env=PASSWORDS,
            secrets=PASSWORDS.values(),
            warns=["There is no cluster 'quickstart'"] if check and not arguments else (),
        )

    steps = ["Create the cluster", "Limit what it may cost", "Create the SQL users", "Let the office in"]
    planned = changes(run(check=True))
    assert [name for name in planned if planned[name]] == steps
    assert emulator.writes() == []

    made = changes(run())
    assert [name for name in made if made[name]] == steps
    row = emulator.cluster("quickstart")
    assert row["config"]["serverless"]["usage_limits"] == {
        "request_unit_limit": "40000000",
        "storage_mib_limit": "4096",
    }
    assert emulator.state()["sql_users"][row["id"]] == ["app", "reporting"]
    assert [entry["name"] for entry in emulator.state()["allowlists"][row["id"]]] == ["office"]

    more = ("-e", "quickstart_spend_limit=2500")
    preview = run(*more, check=True)
    assert [name for name, changed in changes(preview).items() if changed] == ["Limit what it may cost"]
    assert "100000000" in preview.stdout
    assert emulator.writes() == []

    assert [name for name, changed in changes(run(*more)).items() if changed] == ["Limit what it may cost"]
    assert len(emulator.writes()) == 1
    again = run(*more)
    assert not any(changes(again).values())
    assert emulator.writes() == []
    assert "postgresql://app@" in again.stdout

    gone = changes(run("-e", "quickstart_state=absent"))
    assert gone["Delete the cluster"]
    assert emulator.clusters("quickstart") == []
    assert not any(changes(run("-e", "quickstart_state=absent")).values())


def test_quickstart_wants_passwords(playbook: Runner, emulator: Emulator) -> None:
    run = playbook(playbook="crdb.cloud.quickstart", env={**PASSWORDS, "CRDB_APP_PASSWORD": None}, fails=True)
    assert "set CRDB_APP_PASSWORD" in run.output
    assert emulator.requests() == []
