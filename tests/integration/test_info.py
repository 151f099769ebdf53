# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Info modules: all pages, all filters, all versions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.results import Run
from integration.helpers.runner import BOTH_WAYS, IN_PROCESS, Runner

pytestmark = pytest.mark.smoke

VERSIONS = ("2022-03-31", "2022-09-20", "2023-04-10", "2024-09-16", "2026-09-15")
USERS = [f"user-{number:02d}" for number in range(16)]


def seeded(launch: Launch) -> Emulator:
    """20 clusters and pages of seven; 16 SQL users and ten allowlist entries on one cluster."""
    emulator = launch("--page-size", "7", "--seed-clusters", "20")
    row = emulator.add_cluster("orders")
    emulator.add_users(row["id"], USERS)
    for number in range(9):
        entry = {"cidr_ip": f"198.51.100.{number}", "cidr_mask": 32, "ui": True, "sql": True, "name": f"n{number}"}
        emulator.api("POST", f"/clusters/{row['id']}/networking/allowlist", entry)
    nodes = {"us-east1": 3, "us-west2": 3, "europe-west1": 3}
    emulator.add_cluster(
        "big-one", dedicated={"region_nodes": nodes, "hardware": {"machine_spec": {"num_virtual_cpus": 4}}}
    )
    gone = emulator.add_cluster("long-gone")
    emulator.api("DELETE", f"/clusters/{gone['id']}")
    emulator.reset("requests")
    return emulator


def tasks(version: str) -> list[dict]:
    modules = {
        "all": ("cluster_info", {}),
        "inactive": ("cluster_info", {"show_inactive": True}),
        "by name": ("cluster_info", {"cluster": "orders"}),
        "unknown": ("cluster_info", {"cluster": "nowhere"}),
        "on AWS": ("cluster_info", {"provider": "AWS"}),
        "ready": ("cluster_info", {"state": "CREATED"}),
        "users": ("sql_user_info", {"cluster": "orders"}),
        "user": ("sql_user_info", {"cluster": "orders", "name": "USER-03"}),
        "no user": ("sql_user_info", {"cluster": "orders", "name": "nobody"}),
        "allowlist": ("allowlist_info", {"cluster": "orders"}),
        "nodes": ("cluster_node_info", {"cluster": "big-one"}),
        "nodes of a region": ("cluster_node_info", {"cluster": "big-one", "region_name": "us-west2"}),
        "regions": ("region_info", {}),
        "serverless regions": ("region_info", {"provider": "GCP", "serverless": True}),
    }
    if version >= "2022-09-20":
        modules["versions"] = ("cluster_version_info", {})
        modules["organization"] = ("organization_info", {})
    return [
        {"name": name, f"crdb.cloud.{module}": {**args, "api_version": version}}
        for name, (module, args) in modules.items()
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_page_in_every_version(launch: Launch, playbook_on: Callable[[Emulator], Runner], version: str) -> None:
    emulator = seeded(launch)
    # What a version does differently has nothing to do with how a module is run.
    hosts = BOTH_WAYS if version == VERSIONS[-1] else IN_PROCESS
    run = playbook_on(emulator)(tasks(version), direct=None, hosts=hosts)
    for host in hosts:
        check_info(run, host, emulator, version)
    assert emulator.writes() == []


def check_info(run: Run, host: str, emulator: Emulator, version: str) -> None:
    clusters = emulator.state()["clusters"]
    live = {row["id"] for row in clusters if row["state"] != "DELETED"}

    def ids(name: str) -> list[str]:
        return sorted(row["id"] for row in run[name, host]["clusters"])

    assert len(live) == 22
    assert ids("all") == sorted(live)
    assert ids("ready") == sorted(live)
    assert ids("inactive") == sorted(row["id"] for row in clusters)
    assert ids("by name") == [emulator.cluster("orders")["id"]]
    assert ids("unknown") == []
    assert ids("on AWS") == sorted(row["id"] for row in clusters if row["cloud_provider"] == "AWS")
    assert [row["name"] for row in run["users", host]["sql_users"]] == USERS
    assert run["user", host]["sql_users"] == [{"name": "user-03"}]
    assert run["no user", host]["sql_users"] == []
    assert len(run["allowlist", host]["allowlist"]) == 10
    assert run["allowlist", host]["propagating"] is False
    assert len({row["name"] for row in run["nodes", host]["nodes"]}) == 9
    assert {row["region_name"] for row in run["nodes of a region", host]["nodes"]} == {"us-west2"}
    assert len(run["nodes of a region", host]["nodes"]) == 3
    providers = {row["provider"] for row in run["regions", host]["regions"]}
    assert providers == ({"GCP", "AWS", "AZURE"} if version >= "2023-04-10" else {"GCP", "AWS"})
    regions = run["serverless regions", host]["regions"]
    assert {(row["provider"], row["serverless"]) for row in regions} == {("GCP", True)}
    assert "us-central1" in [row["name"] for row in regions]
    if version >= "2022-09-20":
        assert "v25.2" in [row["version"] for row in run["versions", host]["versions"]]
        assert run["organization", host]["organization"]["label"] == "crdb-sandbox"
    for outcome in run.outcomes:
        assert not outcome.changed


def test_filters_of_cluster_info(launch: Launch, playbook_on: Callable[[Emulator], Runner]) -> None:
    emulator = launch("--page-size", "7", "--seed-clusters", "30")
    clusters = emulator.state()["clusters"]
    wanted = clusters[0]
    run = playbook_on(emulator)(
        [
            {"name": "id", "crdb.cloud.cluster_info": {"cluster": wanted["id"]}},
            {"name": "plan", "crdb.cloud.cluster_info": {"plan": "ADVANCED"}},
            {"name": "labels", "crdb.cloud.cluster_info": {"labels": {"env": "prod", "team": "search"}}},
            {"name": "state", "crdb.cloud.cluster_info": {"state": "LOCKED"}},
            {"name": "old plan", "crdb.cloud.cluster_info": {"plan": "DEDICATED", "api_version": "2023-04-10"}},
            {
                "name": "combined",
                "crdb.cloud.cluster_info": {"plan": "BASIC", "provider": "GCP", "labels": {"env": "dev"}},
            },
        ]
    )

    def names(chosen: list[dict]) -> list[str]:
        return sorted(row["name"] for row in chosen)

    found = {outcome.name: names(outcome["clusters"]) for outcome in run.outcomes}
    assert found["id"] == [wanted["name"]]
    advanced = names([row for row in clusters if row["plan"] == "ADVANCED"])
    assert found["plan"] == found["old plan"] == advanced != []
    assert found["labels"] == names([row for row in clusters if row["labels"] == {"env": "prod", "team": "search"}])
    assert found["state"] == []
    assert found["combined"] == names(
        [
            row
            for row in clusters
            if (row["plan"], row["cloud_provider"], row["labels"]["env"]) == ("BASIC", "GCP", "dev")
        ]
    )


TOO_OLD = {
    "organization_info": ({}, "2022-03-31", "2022-09-20"),
    "cluster_version_info": ({}, "2022-03-31", "2022-09-20"),
    "audit_log_info": ({}, "2022-09-20", "2023-04-10"),
    "region_info": ({"provider": "AZURE"}, "2022-09-20", "2023-04-10"),
    "cluster": ({"name": "orders", "labels": {"a": "b"}}, "2023-04-10", "2024-09-16"),
    "spend_limit": ({"cluster": "orders", "unlimited": True}, "2022-09-20", "2023-04-10"),
}


def test_what_a_version_lacks_is_refused_before_any_request(playbook: Runner, emulator: Emulator) -> None:
    run = playbook(
        [
            {"name": module, f"crdb.cloud.{module}": {**args, "api_version": version}, "ignore_errors": True}
            for module, (args, version, _first) in TOO_OLD.items()
        ],
        direct=None,
        hosts=BOTH_WAYS,
    )
    for module, (_args, version, first) in TOO_OLD.items():
        for host in BOTH_WAYS:
            run[module, host].fails_with(f"api_version {version}", f"api_version {first}")
    assert emulator.requests() == []
    run.no_traceback()
