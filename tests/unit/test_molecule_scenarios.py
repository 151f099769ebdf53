# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every role has a molecule scenario that runs it, runs it again, and looks at what came of it, on the emulator alone."""

from __future__ import annotations

from pathlib import Path

import jinja_names
import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
MOLECULE = CHECKOUT / "extensions" / "molecule"
ROLES = sorted(path.name for path in (CHECKOUT / "roles").iterdir() if path.is_dir())
CONFIG = jinja_names.load(MOLECULE / "config.yml")
STEPS = ["syntax", "prepare", "check", "converge", "idempotence", "verify", "cleanup"]


def test_each_role_has_a_scenario_and_there_are_no_others() -> None:
    assert sorted(path.parent.name for path in MOLECULE.glob("*/molecule.yml")) == sorted(["default", *ROLES])


@pytest.mark.parametrize("role", ROLES)
def test_the_scenario_runs_its_role_and_looks(role: str) -> None:
    converge, verify = (jinja_names.load(MOLECULE / role / f"{name}.yml") for name in ("converge", "verify"))
    used = [(one["role"] if isinstance(one, dict) else one) for play in converge for one in play.get("roles", [])]
    assert used == [f"crdb.cloud.{role}"]
    asserted = [task for play in verify for task in play.get("tasks", []) if "ansible.builtin.assert" in task]
    assert asserted


def test_no_scenario_leaves_out_a_step() -> None:
    sequence = CONFIG["scenario"]["test_sequence"]
    assert [step for step in sequence if step in STEPS] == STEPS
    # Before and after: nothing is written in check mode, and nothing by the second run.
    assert sequence[sequence.index("check") + 1] == "verify ../unwritten.yml"
    assert sequence[sequence.index("idempotence") - 1 :][:3] == [
        "verify ../forget.yml",
        "idempotence",
        "verify ../unwritten.yml",
    ]
    for role in ROLES:
        own = jinja_names.load(MOLECULE / role / "molecule.yml") or {}
        assert own.keys() <= {"ansible"}
        assert own.get("ansible", {}).keys() <= {"env", "executor", "playbooks"}


def test_the_real_service_is_out_of_reach() -> None:
    assert CONFIG["ansible"]["env"]["COCKROACH_SERVER"].startswith("http://127.0.0.1:")
    assert CONFIG["ansible"]["env"]["CRDB_CLUSTER_API_URL"].startswith("http://127.0.0.1:")
    # The prerun would install the checkout into the collections of whoever runs it.
    assert CONFIG["prerun"] is False
    for role in ROLES:
        own = (jinja_names.load(MOLECULE / role / "molecule.yml") or {}).get("ansible", {})
        assert not own.get("env", {}).keys() & CONFIG["ansible"]["env"].keys()
    for path in MOLECULE.glob("**/*.yml"):
        assert "cockroachlabs" not in path.read_text()
