# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user reads of answers that have not the shape the API promises; each module by itself is tried in the unit tests."""

from __future__ import annotations

from typing import Any

from integration.helpers.emulator import Emulator
from integration.helpers.runner import BOTH_WAYS, Runner

PASSWORD = "planted-hostile-password"
NEW = {"name": "stock-prod", "provider": "GCP", "regions": ["us-central1"]}
USER = {"cluster": "orders", "name": "app", "password": "{{ password }}", "update_password": "always", "api_retries": 0}
LISTINGS: dict[str, tuple[Any, str]] = {
    "empty": ({}, "clusters is missing"),
    "null": ({"clusters": None, "pagination": None}, "clusters is null"),
    "pagination": ({"clusters": [], "pagination": "none"}, "pagination must be an object, and is text"),
    "no name": ({"clusters": [{"id": "x", "state": "CREATED"}]}, "clusters[0].name is missing"),
}


def test_they_are_refused_before_and_told_after_a_write(playbook: Runner, emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    emulator.api(
        "POST", f"/clusters/{emulator.state()['clusters'][0]['id']}/sql-users", {"name": "app", "password": "x"}
    )
    emulator.reset("requests")
    ways = len(BOTH_WAYS)
    tasks = []
    for name, (body, _flaw) in LISTINGS.items():
        emulator.fault("status", "GET", "/clusters$", status=200, body=body, times=ways)
        tasks.append({"name": name, "crdb.cloud.cluster": NEW, "ignore_errors": True})
    tasks.append({"name": "user", "crdb.cloud.sql_user": USER, "ignore_errors": True})
    emulator.fault("garbage", "PUT", "/password$", times=99)
    run = playbook(tasks, direct=None, hosts=BOTH_WAYS, variables={"password": PASSWORD}, secrets=[PASSWORD])
    for host in BOTH_WAYS:
        for name, (_body, flaw) in LISTINGS.items():
            run[name, host].fails_with(
                "Failed to list the clusters: the answer to GET /api/v1/clusters can't be used", flaw
            )
            assert not run[name, host].changed
        run["user", host].fails_with("Failed to set the password of SQL user 'app' on cluster 'orders'", "was not JSON")
        assert run["user", host].changed
    run.no_traceback()
    assert {entry["method"] for entry in emulator.writes()} == {"PUT"}
