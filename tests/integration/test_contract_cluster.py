# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract of the module cluster: every plan, and serverless clusters in every version of the API."""

from __future__ import annotations

import pytest
from integration.helpers.contract import Contract, Stage, run_both_ways, run_contract
from integration.helpers.runner import Runner

POST, PATCH, DELETE = (
    "POST /api/v1/clusters",
    "PATCH /api/v1/clusters/[0-9a-f-]{36}",
    "DELETE /api/v1/clusters/[0-9a-f-]{36}",
)
QUICK = {"name": "orders", "wait_interval": 0.1}
GONE = Stage("delete", {"state": "absent"}, [DELETE], None, after={}, action="delete")
GCP = {"provider": "GCP", "regions": ["us-central1"]}
LIMITS = {"request_unit_limit": 1_000_000, "storage_mib_limit": 1024}

BASIC = Contract(
    "BASIC",
    "cluster",
    common=QUICK,
    both_ways=("create", "clear", "delete"),
    stages=[
        Stage(
            "create",
            {**GCP, "usage_limits": LIMITS, "labels": {"team": "payments"}, "delete_protection": "DISABLED"},
            [POST],
            {
                "name": "orders",
                "plan": "BASIC",
                "cloud_provider": "GCP",
                "regions[].name": ["us-central1"],
                "config.serverless.usage_limits": LIMITS,
                "labels": {"team": "payments"},
                "state": "CREATED",
            },
            after={
                **GCP,
                "name": "orders",
                "plan": "BASIC",
                "usage_limits": LIMITS,
                "labels": {"team": "payments"},
                "delete_protection": "DISABLED",
            },
            action="create",
        ),
        Stage(
            "update",
            {
                "regions": ["us-east1", "us-central1"],
                "primary_region": "us-central1",
                "usage_limits": {"request_unit_limit": 2_000_000},
                "labels": {"team": "orders", "env": "prod"},
                "delete_protection": "ENABLED",
            },
            [PATCH],
            {
                "regions[].name": ["us-central1", "us-east1"],
                "regions[].primary": [True, False],
                "config.serverless.usage_limits": {"request_unit_limit": 2_000_000},
                "labels": {"team": "orders", "env": "prod"},
                "delete_protection": "ENABLED",
            },
            after={
                "name": "orders",
                "regions": ["us-central1", "us-east1"],
                "primary_region": "us-central1",
                "usage_limits": {"request_unit_limit": 2_000_000},
                "labels": {"team": "orders", "env": "prod"},
                "delete_protection": "ENABLED",
            },
        ),
        Stage(
            "clear",
            {"labels": {}, "usage_limits": {}, "delete_protection": "DISABLED"},
            [PATCH],
            {"labels": {}, "config.serverless.usage_limits": None, "delete_protection": "DISABLED"},
            after={"name": "orders", "labels": {}, "usage_limits": {}, "delete_protection": "DISABLED"},
        ),
        Stage(
            "to STANDARD",
            {"plan": "STANDARD", "usage_limits": {"provisioned_virtual_cpus": 4}},
            [PATCH],
            {"plan": "STANDARD", "config.serverless.usage_limits": {"provisioned_virtual_cpus": 4}},
        ),
        Stage(
            "back to BASIC",
            {"plan": "BASIC", "spend_limit": 1000},
            [PATCH],
            {
                "plan": "BASIC",
                "config.serverless.usage_limits": {"request_unit_limit": 40_000_000, "storage_mib_limit": 4096},
            },
        ),
        GONE,
    ],
)

STANDARD = Contract(
    "STANDARD",
    "cluster",
    common=QUICK,
    stages=[
        Stage(
            "create",
            {
                "provider": "AWS",
                "plan": "STANDARD",
                "regions": ["eu-central-1"],
                "usage_limits": {"provisioned_virtual_cpus": 2},
                "upgrade_type": "MANUAL",
                "with_empty_ip_allowlist": True,
            },
            [POST],
            {
                "plan": "STANDARD",
                "cloud_provider": "AWS",
                "config.serverless.usage_limits": {"provisioned_virtual_cpus": 2},
                "config.serverless.upgrade_type": "MANUAL",
            },
            action="create",
        ),
        Stage(
            "update",
            {"usage_limits": {"provisioned_virtual_cpus": 6}, "upgrade_type": "AUTOMATIC"},
            [PATCH],
            {
                "config.serverless.usage_limits": {"provisioned_virtual_cpus": 6},
                "config.serverless.upgrade_type": "AUTOMATIC",
            },
            after={
                "name": "orders",
                "usage_limits": {"provisioned_virtual_cpus": 6},
                "upgrade_type": "AUTOMATIC",
            },
        ),
        GONE,
    ],
)

ADVANCED = Contract(
    "ADVANCED",
    "cluster",
    common=QUICK,
    stages=[
        Stage(
            "create",
            {
                "provider": "GCP",
                "region_nodes": {"us-east1": 3},
                "hardware": {"num_virtual_cpus": 4, "storage_gib": 60},
                "cockroach_version": "v25.2",
                "network_visibility": "PRIVATE",
                "cidr_range": "172.28.0.0/16",
            },
            [POST],
            {
                "plan": "ADVANCED",
                "regions[].name": ["us-east1"],
                "regions[].node_count": [3],
                "config.dedicated.num_virtual_cpus": 4,
                "config.dedicated.storage_gib": 60,
                "network_visibility": "PRIVATE",
                "cidr_range": "172.28.0.0/16",
            },
            action="create",
        ),
        Stage(
            "scale",
            {"region_nodes": {"us-east1": 3, "us-west2": 3}, "hardware": {"num_virtual_cpus": 8, "storage_gib": 150}},
            [PATCH],
            {
                "regions[].name": ["us-east1", "us-west2"],
                "regions[].node_count": [3, 3],
                "config.dedicated.num_virtual_cpus": 8,
                "config.dedicated.storage_gib": 150,
            },
        ),
        Stage(
            "remove a region",
            {"region_nodes": {"us-east1": 4}, "labels": {"tier": "1"}},
            [PATCH],
            {"regions[].name": ["us-east1"], "regions[].node_count": [4], "labels": {"tier": "1"}},
        ),
        Stage(
            "upgrade and finalise",
            {"cockroach_version": "v25.4", "upgrade_status": "FINALIZED"},
            [PATCH, PATCH],
            {},
        ),
        GONE,
    ],
)


def serverless(version: str, create: dict, update: dict, created: dict, updated: dict) -> Contract:
    return Contract(
        f"serverless {version}",
        "cluster",
        version=version,
        common=QUICK,
        stages=[
            Stage("create", {**GCP, **create}, [POST], {"cloud_provider": "GCP", **created}, action="create"),
            Stage("update", update, [PATCH], updated),
            GONE,
        ],
    )


CENTS = "config.serverless.spend_limit"
CONTRACTS = [
    BASIC,
    STANDARD,
    ADVANCED,
    serverless("2022-03-31", {"spend_limit": 0}, {"spend_limit": 500}, {CENTS: 0}, {CENTS: 500}),
    serverless("2022-09-20", {"spend_limit": 500}, {"spend_limit": 0}, {CENTS: 500}, {CENTS: 0}),
    serverless(
        "2023-04-10",
        {"spend_limit": 100, "delete_protection": "ENABLED"},
        {
            "usage_limits": {"request_unit_limit": 5_000_000, "storage_mib_limit": 500},
            "regions": ["us-central1", "us-east1"],
            "primary_region": "us-east1",
            "delete_protection": "DISABLED",
        },
        {CENTS: 100, "delete_protection": "ENABLED"},
        {
            "config.serverless.usage_limits": {"request_unit_limit": 5_000_000, "storage_mib_limit": 500},
            "regions[].name": ["us-central1", "us-east1"],
            "delete_protection": "DISABLED",
        },
    ),
]


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.title)
def test_contract(contract: Contract, playbook: Runner) -> None:
    run_contract(contract, playbook, direct=True)


@pytest.mark.every_core
def test_a_plain_module_does_the_same(playbook: Runner) -> None:
    run_both_ways(BASIC, playbook)
