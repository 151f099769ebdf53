# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of databases, on the way to the API and back."""

from __future__ import annotations

from integration.helpers.emulator import Emulator
from integration.helpers.runner import Runner


def test_names_are_taken_as_they_are(playbook: Runner, emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    names = ["Bank", "bank", "a/b", ".."]
    task = {"cluster": "orders", "name": "{{ item }}"}
    run = playbook([{"name": "all", "crdb.cloud.database": task, "loop": names, "ignore_errors": True}])
    assert [item["changed"] for item in run["all"].items] == [True, True, True, False]
    assert "'..' can't be a database" in run["all"].items[3]["msg"]
    (there,) = emulator.state()["databases"].values()
    assert set(there) == {"Bank", "bank", "a/b", "defaultdb", "postgres"}
