# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole playbooks in check mode: everything is predicted, nothing is written."""

from __future__ import annotations

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.runner import BOTH_WAYS, Runner

pytestmark = pytest.mark.smoke

NIL = "00000000-0000-0000-0000-000000000000"
PASSWORD = "planted-check-mode-password"
TASKS = [
    {
        "name": "cluster",
        "crdb.cloud.cluster": {"name": "orders", "provider": "GCP", "regions": ["us-central1"]},
        "register": "created",
    },
    {"name": "limit", "crdb.cloud.spend_limit": {"cluster": "orders", "spend_limit": 100}},
    {"name": "user", "crdb.cloud.sql_user": {"cluster": "orders", "name": "App", "password": "{{ password }}"}},
    {"name": "entry", "crdb.cloud.allowlist_entry": {"cluster": "orders", "cidr": "192.0.2.0/24", "name": "office"}},
    {
        "name": "user by id",
        "crdb.cloud.sql_user": {"cluster": "{{ created.cluster.id }}", "name": "app", "password": "{{ password }}"},
    },
    {"name": "absent user", "crdb.cloud.sql_user": {"cluster": "orders", "name": "old", "state": "absent"}},
    {
        "name": "absent entry",
        "crdb.cloud.allowlist_entry": {"cluster": "orders", "cidr": "0.0.0.0/0", "state": "absent"},
    },
    {"name": "users", "crdb.cloud.sql_user_info": {"cluster": "orders"}},
    {"name": "nodes", "crdb.cloud.cluster_node_info": {"cluster": "orders"}},
    {"name": "allowlist", "crdb.cloud.allowlist_info": {"cluster": "orders"}},
    {"name": "clusters", "crdb.cloud.cluster_info": {"cluster": "orders"}},
    {"name": "gone", "crdb.cloud.cluster": {"name": "orders", "state": "absent"}},
]


def test_children_of_a_cluster_that_does_not_exist_yet(playbook: Runner, emulator: Emulator) -> None:
    run = playbook(
        TASKS,
        direct=None,
        hosts=BOTH_WAYS,
        check=True,
        diff=True,
        variables={"password": PASSWORD},
        secrets=[PASSWORD],
        warns=["There is no cluster 'orders' yet", f"There is no cluster '{NIL}' yet", "is taken as absent"],
    )
    for host in BOTH_WAYS:
        changed = {outcome.name for outcome in run.outcomes if outcome.host == host and outcome.changed}
        assert changed == {"cluster", "limit", "user", "entry", "user by id"}
        assert run["cluster", host]["cluster"]["id"] == NIL
        assert run["cluster", host]["cluster"]["regions"] == [{"name": "us-central1", "node_count": 0}]
        assert run["limit", host]["spend_limit"]["usage_limits"] == {
            "request_unit_limit": 4_000_000,
            "storage_mib_limit": 409,
        }
        assert run["user", host]["sql_user"] == run["user by id", host]["sql_user"] == {"name": "app"}
        assert run["entry", host]["allowlist_entry"] == {
            "cidr_ip": "192.0.2.0",
            "cidr_mask": 24,
            "ui": True,
            "sql": True,
            "name": "office",
        }
        assert run["absent user", host]["sql_user"] is None
        assert run["absent entry", host]["allowlist_entry"] is None
        assert run["users", host]["sql_users"] == run["nodes", host]["nodes"] == []
        assert run["allowlist", host]["allowlist"] == run["clusters", host]["clusters"] == []
        assert run["gone", host]["cluster"] is None
        for name in ("limit", "user", "entry", "user by id", "absent user", "users"):
            assert len(run[name, host]["warnings"]) == 1, name
    assert emulator.writes() == []
    assert emulator.state()["clusters"] == []


def test_children_of_a_cluster_that_is_being_created(playbook: Runner, emulator: Emulator) -> None:
    body = {"name": "orders", "provider": "GCP", "spec": {"serverless": {"regions": ["us-central1"]}}}
    emulator.api("POST", "/clusters", body)
    emulator.patch(clusters={"orders": {"state": "CREATING"}})
    emulator.reset("requests")
    run = playbook(
        [
            {"name": "user", "crdb.cloud.sql_user": {"cluster": "orders", "name": "app", "password": "{{ password }}"}},
            {"name": "limit", "crdb.cloud.spend_limit": {"cluster": "orders", "spend_limit": 100}},
        ],
        direct=None,
        hosts=BOTH_WAYS,
        check=True,
        variables={"password": PASSWORD},
        secrets=[PASSWORD],
        warns=["cluster 'orders' is still CREATING"],
    )
    for host in BOTH_WAYS:
        assert run["user", host].changed
        assert run["user", host]["sql_user"] == {"name": "app"}
        assert run["limit", host].changed
    assert emulator.writes() == []
