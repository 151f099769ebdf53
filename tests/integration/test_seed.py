# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules against a server that answers as the first page of documentation prints it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.runner import Runner

PASSWORD = "planted-seed-password"
OLD = {"api_version": "2022-03-31"}
ON_MOOSE = {"cluster": "notorious-moose", "wait_interval": 0.1, **OLD}
MOOSE = {"name": "notorious-moose", "wait_interval": 0.1, **OLD}
USER = {**ON_MOOSE, "name": "maxroach", "password": "{{ password }}"}


@pytest.mark.smoke
def test_a_whole_life(launch: Launch, playbook_on: Callable[[Emulator], Runner]) -> None:
    emulator = launch("--profile", "seed", "--page-size", "4")
    users = [f"user-{number}" for number in range(9)]
    create = {**MOOSE, "provider": "GCP", "regions": ["us-central1"], "spend_limit": 0}
    run = playbook_on(emulator)(
        [
            {"name": "create", "crdb.cloud.cluster": create},
            {"name": "create again", "crdb.cloud.cluster": create},
            {"name": "limit", "crdb.cloud.spend_limit": {**ON_MOOSE, "spend_limit": 500}},
            {"name": "limit again", "crdb.cloud.spend_limit": {**ON_MOOSE, "spend_limit": 500}},
            {"name": "users", "crdb.cloud.sql_user": {**USER, "name": "{{ item }}"}, "loop": users},
            {"name": "password", "crdb.cloud.sql_user": {**USER, "name": "user-7", "update_password": "always"}},
            {"name": "list", "crdb.cloud.sql_user_info": {"cluster": "notorious-moose", **OLD}},
            {"name": "drop", "crdb.cloud.sql_user": {**ON_MOOSE, "name": "user-8", "state": "absent"}},
            {"name": "entry", "crdb.cloud.allowlist_entry": {**ON_MOOSE, "cidr": "192.0.2.0/24", "name": "office"}},
            {"name": "nodes", "crdb.cloud.cluster_node_info": {"cluster": "notorious-moose", **OLD}},
            {"name": "regions", "crdb.cloud.region_info": {"provider": "GCP", **OLD}},
            {"name": "log", "crdb.cloud.audit_log_info": {"api_version": "2023-04-10", "limit": 3}},
            {
                "name": "log down",
                "crdb.cloud.audit_log_info": {"api_version": "2023-04-10", "limit": 3, "sort_order": "DESC"},
            },
            {"name": "clusters", "crdb.cloud.cluster_info": OLD},
            {"name": "delete", "crdb.cloud.cluster": {**MOOSE, "state": "absent"}},
            {"name": "delete again", "crdb.cloud.cluster": {**MOOSE, "state": "absent"}},
            {"name": "inactive", "crdb.cloud.cluster_info": {**OLD, "show_inactive": True}},
        ],
        variables={"password": PASSWORD},
        secrets=[PASSWORD],
    )
    changed = {name: run[name].changed for name in ("create", "limit", "password", "drop", "entry", "delete")}
    assert all(changed.values()), changed
    assert not any(run[name].changed for name in ("create again", "limit again", "delete again"))
    assert run["create"]["cluster"]["plan"] == "SERVERLESS"
    assert run["create"]["cluster"]["operation_status"] == "CLUSTER_STATUS_UNSPECIFIED"
    assert [write.split()[0] for write in run["limit"].writes] == ["PUT"]
    assert run["limit"].writes[0].endswith("/spend-limit")
    assert run["limit"]["spend_limit"]["spend_limit"] == 500
    assert [row["name"] for row in run["list"]["sql_users"]] == users
    assert run["drop"]["sql_user"] is None and run["drop"]["name"] == "user-8"
    assert run["nodes"]["nodes"] == []
    assert run["nodes"]["pagination"].keys() == {"next", "last", "limit", "total_results", "time", "order"}
    assert {"name": "us-central1"} in run["regions"]["regions"]
    assert all(set(row) == {"name"} for row in run["regions"]["regions"])
    ids = [entry["id"] for entry in run["log"]["entries"]]
    assert len(ids) == len(set(ids)) >= 13
    assert sorted(ids) == sorted(entry["id"] for entry in run["log down"]["entries"])
    assert [row["name"] for row in run["clusters"]["clusters"]] == ["notorious-moose"]
    assert run["delete"]["cluster"] is None
    assert [row["state"] for row in run["inactive"]["clusters"]] == ["DELETED"]


def test_many_nodes_over_pages_of_integers(launch: Launch, playbook_on: Callable[[Emulator], Runner]) -> None:
    emulator = launch("--profile", "seed", "--page-size", "2")
    nodes = {"us-east1": 3, "us-west2": 4}
    hardware = {"machine_spec": {"num_virtual_cpus": 4}}
    emulator.add_cluster("dedicated-one", dedicated={"region_nodes": nodes, "hardware": hardware})
    run = playbook_on(emulator)(
        [
            {"name": "all", "crdb.cloud.cluster_node_info": {"cluster": "dedicated-one", **OLD}},
            {
                "name": "some",
                "crdb.cloud.cluster_node_info": {"cluster": "dedicated-one", "region_name": "us-west2", **OLD},
            },
        ]
    )
    assert len({row["name"] for row in run["all"]["nodes"]}) == 7
    assert [row["region_name"] for row in run["some"]["nodes"]] == ["us-west2"] * 4
    assert run["all"]["pagination"]["total_results"] == 7 and run["all"]["pagination"]["next"] == 0
    pages = [entry for entry in run["all"].requests if entry["path"].endswith("/nodes")]
    assert len(pages) == 4
