# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creating, reading, listing and deleting clusters in every version."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

BASIC = {"serverless": {"regions": ["us-central1"]}}
FOLDER = "0f7c2c1e-1111-4222-8333-444455556666"

CLUSTER_FIELDS = {
    "2022-03-31": {
        "id", "name", "cockroach_version", "plan", "cloud_provider", "account_id", "state", "creator_id",
        "operation_status", "config", "regions", "created_at", "updated_at", "deleted_at",
    }
}  # fmt: skip
CLUSTER_FIELDS["2022-09-20"] = CLUSTER_FIELDS["2022-03-31"] | {
    "upgrade_status",
    "sql_dns",
    "network_visibility",
    "egress_traffic_policy",
}
CLUSTER_FIELDS["2023-04-10"] = CLUSTER_FIELDS["2022-09-20"] | {"parent_id", "delete_protection"}
CLUSTER_FIELDS["2024-09-16"] = CLUSTER_FIELDS["2023-04-10"] | {
    "cidr_range",
    "labels",
    "customer_cloud_account",
    "azure_cluster_identity_client_id",
    "is_customer_cloud_account",
}


@pytest.mark.parametrize("version", CLUSTER_FIELDS)
def test_every_version_has_its_own_shape(api: Any, version: str) -> None:
    basic, advanced = api.create(), api.advanced(name="big")
    for made, plan, old in ((basic, "BASIC", "SERVERLESS"), (advanced, "ADVANCED", "DEDICATED")):
        cluster = api.ok("GET", f"clusters/{made['id']}", version=version)
        assert set(cluster) == CLUSTER_FIELDS[version]
        assert cluster["plan"] == (plan if version == "2024-09-16" else old)
        assert cluster["deleted_at"] is None
        none = "CLUSTER_STATUS_UNSPECIFIED" if version < "2023" else "UNSPECIFIED"
        assert cluster["operation_status"] == none
        used, unused = ("serverless", "dedicated") if plan == "BASIC" else ("dedicated", "serverless")
        assert cluster["config"][unused] is None
        assert cluster["config"][used] is not None
    limits = {
        "2022-03-31": {"spend_limit"},
        "2022-09-20": {"spend_limit"},
        "2023-04-10": {"spend_limit", "usage_limits"},
    }
    serverless = api.ok("GET", f"clusters/{basic['id']}", version=version)["config"]["serverless"]
    assert set(serverless) == {"routing_id"} | limits.get(version, {"usage_limits", "upgrade_type"})


def test_lifecycle(api: Any) -> None:
    made = api.create(wait=False)
    assert made["state"] == "CREATING"
    assert made["config"]["serverless"]["routing_id"].startswith("orders-test-")
    api.clock.advance(1.9)
    assert api.ok("GET", f"clusters/{made['id']}")["state"] == "CREATING"
    api.clock.advance(0.2)
    assert api.ok("GET", f"clusters/{made['id']}")["state"] == "CREATED"
    gone = api.ok("DELETE", f"clusters/{made['id']}")
    assert gone["state"] == "DELETED"
    found = api.ok("GET", f"clusters/{made['id']}")
    assert found["state"] == "DELETED"
    assert found["deleted_at"] == gone["deleted_at"] != None  # noqa: E711
    assert api.error("DELETE", f"clusters/{made['id']}")[:2] == (404, 5)
    assert api.ok("GET", "clusters")["clusters"] == []
    assert [c["state"] for c in api.ok("GET", "clusters?show_inactive=true")["clusters"]] == ["DELETED"]
    assert api.error("GET", f"clusters/{made['id']}/nodes")[:2] == (404, 5)
    assert api.create()["id"] != made["id"]


def test_a_creation_can_fail(api: Any) -> None:
    api.control("POST", "state", {"fail_next_create": True})
    made = api.create()
    assert api.ok("GET", f"clusters/{made['id']}")["state"] == "CREATION_FAILED"
    assert api.ok("GET", "clusters")["clusters"] == []
    assert api.error("PATCH", f"clusters/{made['id']}", {})[:2] == (404, 5)
    again = api.create()
    assert api.ok("GET", f"clusters/{again['id']}")["state"] == "CREATED"


def test_slow_delete(make_api: Callable[..., Any]) -> None:
    api = make_api(delete_seconds=3.0, repeat_delete_status=200)
    made = api.create()
    assert api.ok("DELETE", f"clusters/{made['id']}")["state"] == "LOCKED"
    api.clock.advance(3)
    assert api.ok("GET", f"clusters/{made['id']}")["state"] == "DELETED"
    assert api.ok("DELETE", f"clusters/{made['id']}")["state"] == "DELETED"


def test_protection_and_creation_may_forbid_deleting(make_api: Callable[..., Any]) -> None:
    api = make_api()
    made = api.create({**BASIC, "delete_protection": "ENABLED"}, wait=False)
    status, code, message = api.error("DELETE", f"clusters/{made['id']}")
    assert (status, code) == (400, 9)
    assert "delete protection" in message
    young = api.create(name="young", wait=False)
    assert api.error("DELETE", f"clusters/{young['id']}")[:2] == (400, 9)
    api.clock.advance(3)
    assert api.ok("DELETE", f"clusters/{young['id']}")
    lenient = make_api(delete_while_creating=True)
    young = lenient.create(wait=False)
    assert lenient.ok("DELETE", f"clusters/{young['id']}")["state"] == "DELETED"


@pytest.mark.parametrize(
    "name", ["short", "a" * 21, "-orders", "orders-", "Orders", "or ders", "", "orders_1", "ördnung"]
)
def test_names(api: Any, name: str) -> None:
    assert api.error("POST", "clusters", {"name": name, "provider": "GCP", "spec": BASIC})[:2] == (400, 3)


def test_duplicate_names(make_api: Callable[..., Any]) -> None:
    api = make_api()
    api.create()
    body = {"name": "orders-test", "provider": "GCP", "spec": BASIC}
    assert api.error("POST", "clusters", body)[:2] == (409, 6)
    other = make_api(allow_duplicate_names=True)
    assert other.create()["id"] != other.create()["id"]
    assert len(other.ok("GET", "clusters")["clusters"]) == 2


def _serverless(**more: Any) -> dict[str, Any]:
    return {"serverless": {"regions": ["us-central1"], **more}}


def _dedicated(**more: Any) -> dict[str, Any]:
    hardware = {"machine_spec": {"num_virtual_cpus": 4}, "storage_gib": 35}
    return {"dedicated": {"region_nodes": {"us-central1": 3}, "hardware": hardware, **more}}


@pytest.mark.parametrize(
    ("provider", "spec", "message"),
    [
        ("GCP", {}, "exactly one of"),
        ("GCP", {**_serverless(), **_dedicated()}, "exactly one of"),
        ("GCP", _serverless(regions=[]), "at least one region"),
        (
            "GCP",
            _serverless(regions=["us-east-1"]),
            "invalid argument: invalid region name 'us-east-1' for GCP. Did you mean to use 'us-east1'",
        ),
        ("GCP", _serverless(regions=["mars"]), "invalid region name 'mars' for GCP."),
        ("GCP", _serverless(regions=["us-west4"]), "not available for serverless"),
        ("GCP", _serverless(regions=["us-central1", "us-east1"]), "primary_region is required"),
        ("GCP", _serverless(regions=["us-central1", "us-east1"], primary_region="us-west2"), "must be one of"),
        ("GCP", {**_serverless(), "plan": "ADVANCED"}, "requires a dedicated"),
        ("GCP", {**_dedicated(), "plan": "BASIC"}, "requires a serverless"),
        ("GCP", {**_serverless(), "plan": "STANDARD"}, "provisioned_virtual_cpus is required"),
        ("GCP", {**_serverless(usage_limits={"provisioned_virtual_cpus": 2}), "plan": "BASIC"}, "not supported"),
        ("GCP", _serverless(usage_limits={"provisioned_virtual_cpus": 1}), "between 2 and 200"),
        ("GCP", _serverless(usage_limits={"request_unit_limit": 0}), "greater than zero"),
        (
            "GCP",
            _serverless(usage_limits={"provisioned_virtual_cpus": 2, "storage_mib_limit": 1}),
            "not supported for plan STANDARD",
        ),
        ("GCP", _serverless(upgrade_type="MANUAL"), "plan type BASIC does not allow upgrade_type MANUAL"),
        ("GCP", {**_serverless(), "labels": {"Env": "x"}}, "invalid label key 'Env'"),
        ("GCP", {**_serverless(), "labels": {"env": "X y"}}, "invalid label value"),
        ("GCP", {**_serverless(), "labels": {f"k{n}": "" for n in range(51)}}, "at most 50"),
        ("GCP", {**_serverless(), "parent_id": FOLDER}, "invalid argument: the parent must exist"),
        ("GCP", _dedicated(region_nodes={}), "at least one region"),
        ("GCP", _dedicated(region_nodes={"us-central1": 0}), "at least 1"),
        ("GCP", _dedicated(region_nodes={"us-central1": 1, "us-east1": 3}), "at least 3"),
        ("GCP", _dedicated(hardware={}), "machine_spec is required"),
        ("GCP", _dedicated(hardware={"machine_spec": {}}), "exactly one of machine_type"),
        ("GCP", _dedicated(hardware={"machine_spec": {"num_virtual_cpus": 5}}), "invalid num_virtual_cpus"),
        ("GCP", _dedicated(cockroach_version="v22.1.10"), "invalid argument: unsupported version: v22.1.10"),
        ("GCP", _dedicated(cidr_range="10.0.0.0/20"), "no larger than /19"),
        ("AWS", _dedicated(region_nodes={"us-east-1": 3}, cidr_range="10.0.0.0/14"), "GCP clusters only"),
        ("GCP", {**_serverless(), "customer_cloud_account": {"gcp": {}}}, "advanced clusters only"),
        ("GCP", {**_dedicated(), "customer_cloud_account": {"aws": {"arn": "x"}}}, "exactly the member 'gcp'"),
    ],
)
def test_what_cannot_be_created(api: Any, provider: str, spec: Any, message: str) -> None:
    status, code, text = api.error("POST", "clusters", {"name": "orders", "provider": provider, "spec": spec})
    assert (status, code) == (400, 3)
    assert message in text
    assert api.control("GET", "state")["clusters"] == []


def test_plans_follow_from_the_body(api: Any) -> None:
    cpus = {"usage_limits": {"provisioned_virtual_cpus": "2"}}
    assert api.create()["plan"] == "BASIC"
    assert api.create(_serverless(**cpus), name="second")["plan"] == "STANDARD"
    body = {"name": "third-one", "provider": "GCP", "plan": "STANDARD", "spec": _serverless(**cpus)}
    assert api.ok("POST", "clusters", body)["plan"] == "STANDARD"
    body = {"name": "fourth-one", "provider": "GCP", "plan": "STANDARD", "spec": {**_serverless(), "plan": "BASIC"}}
    assert api.ok("POST", "clusters", body)["plan"] == "BASIC"
    manual = api.create(_serverless(**cpus, upgrade_type="MANUAL"), name="fifth")
    assert manual["config"]["serverless"]["upgrade_type"] == "MANUAL"


def test_multi_region(api: Any) -> None:
    made = api.create(_serverless(regions=["us-west2", "us-central1"], primary_region="us-west2"))
    assert [(r["name"], r["primary"], r["node_count"]) for r in made["regions"]] == [
        ("us-central1", False, 0),
        ("us-west2", True, 0),
    ]


def test_advanced(make_api: Callable[..., Any]) -> None:
    api = make_api(folders=frozenset({FOLDER}))
    spec = {
        **_dedicated(region_nodes={"us-east-1": 3, "us-west-2": 4, "eu-west-1": 3}, network_visibility="PRIVATE"),
        "parent_id": FOLDER,
    }
    spec["dedicated"]["hardware"] = {"machine_spec": {"machine_type": "m6i.xlarge"}, "disk_iops": 900}
    spec["dedicated"]["restrict_egress_traffic"] = True
    made = api.create(spec, provider="AWS")
    cluster = api.ok("GET", f"clusters/{made['id']}")
    assert cluster["config"]["dedicated"] == {
        "machine_type": "m6i.xlarge",
        "num_virtual_cpus": 4,
        "storage_gib": 30,
        "memory_gib": 16.0,
        "disk_iops": 900,
    }
    assert {r["name"]: r["node_count"] for r in cluster["regions"]} == spec["dedicated"]["region_nodes"]
    assert cluster["network_visibility"] == "PRIVATE"
    assert cluster["egress_traffic_policy"] == "DEFAULT_DENY"
    assert cluster["parent_id"] == FOLDER
    assert cluster["cidr_range"] == ""
    assert len(cluster["account_id"]) == 12
    old = api.ok("GET", f"clusters/{made['id']}", version="2022-09-20")
    assert old["network_visibility"] == "NETWORK_VISIBILITY_PRIVATE"
    assert api.ok("GET", f"clusters/{made['id']}/nodes?region_name=us-west-2")["nodes"][0]["status"] == "LIVE"
    nodes = api.ok("GET", f"clusters/{made['id']}/nodes")["nodes"]
    assert len(nodes) == 10
    assert nodes == sorted(nodes, key=lambda node: (node["region_name"], node["name"]))


def test_ids(api: Any) -> None:
    unknown = "11111111-2222-4333-8444-555555555555"
    assert api.error("GET", f"clusters/{unknown}") == (404, 5, f"internal call failed: cluster '{unknown}' not found")
    assert api.error("GET", "clusters/orders")[:2] == (400, 3)
    made = api.create()
    assert api.ok("GET", f"clusters/{made['id'].upper()}")["id"] == made["id"]


def test_seeded_clusters_are_the_same_every_time(make_api: Callable[..., Any]) -> None:
    first, second = (make_api(seed_clusters=50).control("GET", "state") for _unused in range(2))
    assert first["clusters"] == second["clusters"]
    assert first["sql_users"] == second["sql_users"]
    assert {c["state"] for c in first["clusters"]} == {"CREATED"}
    assert {c["plan"] for c in first["clusters"]} == {"BASIC", "STANDARD", "ADVANCED"}
    assert len({c["name"] for c in first["clusters"]}) == 50
    assert all(users for users in first["sql_users"].values())


def test_only_regions_on_aws_have_a_gateway_to_s3(api: Any) -> None:
    def gateways(made: Any, version: str = "2024-09-16") -> list[Any]:
        regions = api.ok("GET", f"clusters/{made['id']}", version=version)["regions"]
        return [region.get("s3_vpc_endpoint_id") for region in regions]

    made = api.advanced({"us-east-1": 3, "us-west-2": 3, "eu-west-1": 3}, provider="AWS")
    found = gateways(made)
    assert len(set(found)) == 3
    assert all(re.fullmatch(r"vpce-[0-9a-f]{17}", text) for text in found)
    assert gateways(made) == found
    assert gateways(made, "2023-04-10") == [None] * 3
    assert gateways(api.advanced(name="onwhat")) == [""]
    assert gateways(api.create({"serverless": {"regions": ["us-east-1"]}}, name="smaller", provider="AWS")) == [""]
    assert {region["s3_vpc_endpoint_id"] for region in made["regions"]} == {""}, "not while it is being created"
