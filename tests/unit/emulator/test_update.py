# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PATCH /clusters/{id}, limits, spend limits and upgrades."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

STANDARD = {"serverless": {"regions": ["us-central1"], "usage_limits": {"provisioned_virtual_cpus": 2}}}
LIMITS = {"request_unit_limit": "4000000", "storage_mib_limit": "409"}


def patch(api: Any, cluster: Any, body: Any, **more: Any) -> Any:
    return api.ok("PATCH", f"clusters/{cluster['id']}", body, **more)


def refused(api: Any, cluster: Any, body: Any, **more: Any) -> str:
    status, code, message = api.error("PATCH", f"clusters/{cluster['id']}", body, **more)
    assert status == 400
    assert code in (3, 9)
    return str(message)


def serverless(api: Any, cluster: Any, version: str = "2024-09-16") -> Any:
    return api.ok("GET", f"clusters/{cluster['id']}", version=version)["config"]["serverless"]


def test_absent_fields_stay(api: Any) -> None:
    made = api.create({**STANDARD, "labels": {"env": "dev"}, "delete_protection": "ENABLED"})
    before = api.ok("GET", f"clusters/{made['id']}")
    assert patch(api, made, {}) == before
    assert patch(api, made, {"spec": {"labels": {}}}) == before
    assert patch(api, made, {"labels": None, "plan": "STANDARD"}) == before
    after = patch(api, made, {"labels": {"team": "search"}})
    assert after["labels"] == {"team": "search"}
    assert after["delete_protection"] == "ENABLED"
    assert patch(api, made, {"labels": {}})["labels"] == {}
    assert patch(api, made, {"delete_protection": "DISABLED", "parent_id": ""})["parent_id"] == "root"
    assert refused(api, made, {"labels": {"new": "x"}, "parent_id": "nowhere"}).endswith("the parent must exist")
    assert api.ok("GET", f"clusters/{made['id']}")["labels"] == {}


def test_usage_limits(api: Any) -> None:
    made = api.create()
    limits = {"serverless": {"usage_limits": LIMITS}}
    assert patch(api, made, limits)["config"]["serverless"]["usage_limits"] == LIMITS
    assert serverless(api, made, "2023-04-10") == {
        "routing_id": made["config"]["serverless"]["routing_id"],
        "spend_limit": 100,
        "usage_limits": LIMITS,
    }
    only = patch(api, made, {"serverless": {"usage_limits": {"request_unit_limit": 7}}})
    assert only["config"]["serverless"]["usage_limits"] == {"request_unit_limit": "7"}
    assert patch(api, made, {"serverless": {}})["config"]["serverless"]["usage_limits"] == {"request_unit_limit": "7"}
    assert "zero" in refused(api, made, {"serverless": {"usage_limits": {"request_unit_limit": "0"}}})
    assert patch(api, made, {"serverless": {"usage_limits": {}}})["config"]["serverless"]["usage_limits"] is None


@pytest.mark.parametrize("half", ["request_unit_limit", "storage_mib_limit"])
def test_2023_takes_both_halves_of_usage_limits_or_none(api: Any, half: str) -> None:
    made = api.create()
    for limits in ({}, {half: "7"}):
        assert "is required" in refused(api, made, {"serverless": {"usage_limits": limits}}, version="2023-04-10")
    patch(api, made, {"serverless": {"usage_limits": LIMITS}}, version="2023-04-10")


@pytest.mark.parametrize(
    ("cents", "units", "storage"),
    [(1, "40000", "4"), (100, "4000000", "409"), (1000, "40000000", "4096"), (50_000, "2000000000", "204800")],
)
def test_money_buys_limits(api: Any, cents: int, units: str, storage: str) -> None:
    made = api.create()
    patch(api, made, {"serverless": {"spend_limit": cents}}, version="2023-04-10")
    assert serverless(api, made)["usage_limits"] == {"request_unit_limit": units, "storage_mib_limit": storage}
    assert serverless(api, made, "2022-03-31")["spend_limit"] == cents
    patch(api, made, {"serverless": {"spend_limit": 0}}, version="2023-04-10")
    assert serverless(api, made)["usage_limits"] is None
    assert serverless(api, made, "2023-04-10")["spend_limit"] == 0


def test_latest_version_ignores_spend_limit(api: Any) -> None:
    made = api.create({"serverless": {"regions": ["us-central1"], "spend_limit": 500}})
    assert serverless(api, made)["usage_limits"] is None


@pytest.mark.parametrize("version", ["2022-03-31", "2022-09-20", "2023-04-10"])
def test_put_spend_limit(api: Any, make_api: Callable[..., Any], version: str) -> None:
    made = api.create()
    path = f"clusters/{made['id']}/spend-limit"
    assert api.ok("PUT", path, {"spendLimit": 250}, version=version) == {}
    assert serverless(api, made, version)["spend_limit"] == 250
    assert api.error("PUT", path, {}, version=version)[:2] == (400, 3)
    assert api.error("PUT", path, {"spend_limit": -1}, version=version)[:2] == (400, 3)
    assert api.error("PUT", path, {"spendLimit": 1})[:2] == (404, 5)
    without = make_api(spend_limit_put=False)
    made = without.create()
    assert without.error("PUT", f"clusters/{made['id']}/spend-limit", {"spend_limit": 1}, version=version)[:2] == (
        404,
        5,
    )


def test_field_mask_of_the_first_version(api: Any) -> None:
    made = api.create()
    path = f"clusters/{made['id']}?field_mask=dedicated"
    api.ok("PATCH", path, {"serverless": {"spend_limit": 77}}, version="2022-03-31")
    assert serverless(api, made, "2022-03-31")["spend_limit"] == 0
    path = f"clusters/{made['id']}?field_mask=serverless.spendLimit"
    api.ok("PATCH", path, {"serverless": {"spend_limit": 77}}, version="2022-03-31")
    assert serverless(api, made, "2022-03-31")["spend_limit"] == 77


def test_plans_change_between_basic_and_standard(api: Any) -> None:
    made = api.create()
    assert "required" in refused(api, made, {"plan": "STANDARD"})
    cpus = {"usage_limits": {"provisioned_virtual_cpus": "4"}, "upgrade_type": "MANUAL"}
    changed = patch(api, made, {"plan": "STANDARD", "serverless": cpus})
    assert changed["plan"] == "STANDARD"
    assert changed["config"]["serverless"]["usage_limits"] == {"provisioned_virtual_cpus": "4"}
    assert "required" in refused(api, made, {"serverless": {"usage_limits": {}}})
    assert "MANUAL" in refused(api, made, {"plan": "BASIC"})
    back = patch(api, made, {"plan": "BASIC", "serverless": {"upgrade_type": "AUTOMATIC"}})
    assert back["plan"] == "BASIC"
    assert back["config"]["serverless"]["usage_limits"] is None
    assert "cannot change the plan" in refused(api, made, {"plan": "ADVANCED"})
    assert "advanced clusters only" in refused(api, made, {"dedicated": {"region_nodes": {"us-central1": 3}}})


def test_regions_can_only_be_added(api: Any) -> None:
    made = api.create()
    two = ["us-central1", "us-east1"]
    assert "primary_region is required" in refused(api, made, {"serverless": {"regions": two}})
    grown = patch(api, made, {"serverless": {"regions": two, "primary_region": "us-east1"}})
    assert [region["name"] for region in grown["regions"]] == two
    moved = patch(api, made, {"serverless": {"primary_region": "us-central1"}})
    assert [region["primary"] for region in moved["regions"]] == [True, False]
    assert "cannot be removed" in refused(api, made, {"serverless": {"regions": ["us-east1"]}})
    one = api.create(name="single")
    assert patch(api, one, {"serverless": {"regions": ["us-central1"], "primary_region": ""}})["regions"]


@pytest.mark.parametrize(
    ("dedicated", "operation"),
    [
        ({"region_nodes": {"us-central1": 4, "us-east1": 3}}, "CRDB_SCALE_RUNNING"),
        ({"hardware": {"storage_gib": 60}}, "CRDB_INSTANCE_UPDATE_RUNNING"),
        (
            {"region_nodes": {"us-central1": 5}, "hardware": {"machine_spec": {"num_virtual_cpus": 8}}},
            "CRDB_EDIT_CLUSTER_RUNNING",
        ),
    ],
)
def test_advanced_changes_lock_the_cluster(api: Any, dedicated: Any, operation: str) -> None:
    made = api.advanced()
    answer = patch(api, made, {"dedicated": dedicated, "labels": {"env": "prod"}})
    assert (answer["state"], answer["operation_status"]) == ("LOCKED", operation)
    assert answer["labels"] == {"env": "prod"}
    assert api.error("PATCH", f"clusters/{made['id']}", {"labels": {}}) == (503, 14, "couldn't lock cluster")
    api.clock.advance(2.5)
    after = api.ok("GET", f"clusters/{made['id']}")
    assert (after["state"], after["operation_status"]) == ("CREATED", "UNSPECIFIED")
    nodes = dedicated.get("region_nodes", {"us-central1": 3})
    assert {region["name"]: region["node_count"] for region in after["regions"]} == nodes
    hardware = dedicated.get("hardware", {})
    assert after["config"]["dedicated"]["storage_gib"] == hardware.get("storage_gib", 35)
    assert after["config"]["dedicated"]["num_virtual_cpus"] == (8 if "machine_spec" in hardware else 4)
    assert patch(api, made, {"dedicated": dedicated})["state"] == "CREATED"


def test_advanced_refusals(api: Any) -> None:
    made = api.advanced()
    assert "decreased" in refused(api, made, {"dedicated": {"hardware": {"storage_gib": 20}}})
    assert "single node" in refused(api, made, {"dedicated": {"region_nodes": {"us-central1": 1}}})
    assert "not supported for advanced" in refused(api, made, {"serverless": {"usage_limits": {}}})
    assert api.error("PATCH", f"clusters/{api.create(name='young', wait=False)['id']}", {})[0] == 503


def upgrade_statuses(api: Any, cluster: Any) -> tuple[str, str, str]:
    found = api.ok("GET", f"clusters/{cluster['id']}")
    return found["state"], found["upgrade_status"], found["cockroach_version"].rpartition(".")[0]


def test_upgrade_finalize(api: Any) -> None:
    made = api.advanced(dedicated={"cockroach_version": "v25.2"})
    assert upgrade_statuses(api, made) == ("CREATED", "UPGRADE_AVAILABLE", "v25.2")
    assert "combined" in refused(api, made, {"cockroach_version": "v25.4", "labels": {}})
    assert refused(api, made, {"cockroach_version": "v26.1"}).endswith("unsupported version: v26.1")
    assert refused(api, made, {"upgrade_status": "MAJOR_UPGRADE_RUNNING"})
    assert refused(api, made, {"upgrade_status": "FINALIZED"})
    running = patch(api, made, {"cockroach_version": "v25.4"})
    assert (running["state"], running["operation_status"]) == ("LOCKED", "CRDB_MAJOR_UPGRADE_RUNNING")
    assert running["upgrade_status"] == "MAJOR_UPGRADE_RUNNING"
    api.clock.advance(3)
    assert upgrade_statuses(api, made) == ("CREATED", "PENDING_FINALIZATION", "v25.4")
    patch(api, made, {"upgrade_status": "FINALIZED"})
    assert upgrade_statuses(api, made) == ("CREATED", "UPGRADE_AVAILABLE", "v25.4")
    patch(api, made, {"cockroach_version": "v26.1"})
    api.clock.advance(3)
    patch(api, made, {"upgrade_status": "FINALIZED"})
    assert upgrade_statuses(api, made) == ("CREATED", "FINALIZED", "v26.1")
    assert patch(api, made, {"upgrade_status": "FINALIZED"})
    assert patch(api, made, {"cockroach_version": "v26.1"})["state"] == "CREATED"


@pytest.mark.parametrize("command", [{"cockroach_version": "v25.2"}, {"upgrade_status": "ROLLBACK_RUNNING"}])
def test_upgrade_roll_back(api: Any, command: Any) -> None:
    made = api.advanced(dedicated={"cockroach_version": "v25.2"})
    assert refused(api, made, {"upgrade_status": "ROLLBACK_RUNNING"})
    patch(api, made, {"cockroach_version": "v25.4"})
    api.clock.advance(3)
    answer = patch(api, made, command)
    assert (answer["upgrade_status"], answer["operation_status"]) == ("ROLLBACK_RUNNING", "CRDB_MAJOR_ROLLBACK_RUNNING")
    api.clock.advance(3)
    assert upgrade_statuses(api, made) == ("CREATED", "UPGRADE_AVAILABLE", "v25.2")


def test_upgrades_finalize_themselves_after_three_days(api: Any) -> None:
    made = api.advanced(dedicated={"cockroach_version": "v25.2"})
    patch(api, made, {"upgrade_status": "MAJOR_UPGRADE_RUNNING"}, version="2023-04-10")
    api.clock.advance(3)
    assert upgrade_statuses(api, made) == ("CREATED", "PENDING_FINALIZATION", "v25.4")
    api.clock.advance(72 * 3600)
    assert upgrade_statuses(api, made) == ("CREATED", "UPGRADE_AVAILABLE", "v25.4")


def test_only_manual_standard_clusters_upgrade(api: Any) -> None:
    basic = api.create()
    assert refused(api, basic, {"cockroach_version": "v26.1"})
    spec = {"serverless": {**STANDARD["serverless"], "upgrade_type": "MANUAL"}}
    manual = api.create(spec, name="manual")
    api.control("POST", "state", {"clusters": {"manual-test": {"cockroach_version": "v25.2"}}})
    assert upgrade_statuses(api, manual)[1] == "UPGRADE_AVAILABLE"
    assert refused(api, manual, {"cockroach_version": "v25.3"})
    patch(api, manual, {"cockroach_version": "v25.4"})
    api.clock.advance(3)
    assert upgrade_statuses(api, manual) == ("CREATED", "PENDING_FINALIZATION", "v25.4")


def test_fewer_virtual_cpus_three_times_in_seven_days(api: Any) -> None:
    def sized(vcpus: int) -> Any:
        return {"serverless": {"usage_limits": {"provisioned_virtual_cpus": str(vcpus)}}}

    made = api.create({"serverless": {"regions": ["us-central1"], "usage_limits": {"provisioned_virtual_cpus": "9"}}})
    for vcpus in (8, 7, 20, 6):
        patch(api, made, sized(vcpus))
    assert "3 times in 7 days" in refused(api, made, sized(5))
    assert patch(api, made, sized(6)) == patch(api, made, {})
    assert patch(api, made, sized(10))["config"]["serverless"]["usage_limits"]["provisioned_virtual_cpus"] == "10"
    api.clock.advance(7 * 86400 + 1)
    patch(api, made, sized(5))


def test_disks_on_aws_once_in_six_hours(api: Any) -> None:
    def disk(**hardware: int) -> Any:
        return {"dedicated": {"hardware": hardware}}

    made = api.advanced({"us-east-1": 3}, provider="AWS")
    patch(api, made, disk(storage_gib=70))
    api.clock.advance(5)
    assert "once in 6 hours" in refused(api, made, disk(disk_iops=4000))
    patch(api, made, disk(storage_gib=70))
    patch(api, made, {"dedicated": {"hardware": {"machine_spec": {"num_virtual_cpus": 8}}}})
    api.clock.advance(6 * 3600)
    patch(api, made, disk(disk_iops=4000))
    elsewhere = api.advanced(name="elsewhere")
    for size in (70, 105):
        patch(api, elsewhere, disk(storage_gib=size))
        api.clock.advance(5)


@pytest.mark.parametrize("version", ["2022-03-31", "2022-09-20"])
def test_the_first_versions_require_a_spend_limit(api: Any, version: str) -> None:
    body = {"name": "orders-test", "provider": "GCP", "spec": {"serverless": {"regions": ["us-central1"]}}}
    status, code, message = api.error("POST", "clusters", body, version=version)
    assert (status, code) == (400, 3)
    assert message.endswith("spend_limit is required")
    body["spec"]["serverless"]["spend_limit"] = 0
    made = api.ok("POST", "clusters", body, version=version)
    api.clock.advance(5)
    assert "required" in refused(api, made, {"serverless": {}}, version=version)
    assert patch(api, made, {}, version=version)["config"]["serverless"]["spend_limit"] == 0
    assert api.create(name="younger", version="2023-04-10")


@pytest.mark.parametrize(
    ("provider", "region", "good", "bad"),
    [
        ("AWS", "us-east-1", "m6i.2xlarge", "n2-standard-8"),
        ("GCP", "us-central1", "n2-standard-8", "n2-standard-7"),
        ("AZURE", "eastus2", "Standard_D8s_v5", "m6i.2xlarge"),
    ],
)
def test_machine_types_are_those_of_the_provider(api: Any, provider: str, region: str, good: str, bad: str) -> None:
    def machine(name: str) -> Any:
        return {"hardware": {"machine_spec": {"machine_type": name}, "storage_gib": 35}}

    made = api.advanced({region: 3}, provider=provider, dedicated=machine(good))
    assert api.ok("GET", f"clusters/{made['id']}")["config"]["dedicated"]["num_virtual_cpus"] == 8
    assert f"'{bad}'" in refused(api, made, {"dedicated": machine(bad)})
