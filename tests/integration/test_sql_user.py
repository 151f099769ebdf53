# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The password of a SQL user, which nobody can read back."""

from __future__ import annotations

import hashlib

from integration.helpers.emulator import Emulator
from integration.helpers.runner import BOTH_WAYS, Runner

PASSWORDS = {"old_password": "planted-old-password", "new_password": "planted-new-password"}


def test_the_password_that_is_set_is_the_one_that_was_asked_for(playbook: Runner, emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    tasks = [
        {
            "name": name,
            "crdb.cloud.sql_user": {
                "cluster": "orders",
                "name": "App-{{ inventory_hostname }}",
                "password": f"{{{{ {password} }}}}",
                "update_password": update,
            },
        }
        for name, password, update in (
            ("create", "old_password", "on_create"),
            ("another", "new_password", "always"),
            ("not again", "old_password", "on_create"),
        )
    ]
    run = playbook(tasks, direct=None, hosts=BOTH_WAYS, variables=PASSWORDS, secrets=PASSWORDS.values())
    for host in BOTH_WAYS:
        assert [run[task["name"], host].changed for task in tasks] == [True, True, False]
    (marks,) = emulator.state()["sql_user_fingerprints"].values()
    new = hashlib.sha256(PASSWORDS["new_password"].encode()).hexdigest()[:16]
    assert marks == {f"app-{host}": new for host in BOTH_WAYS}
