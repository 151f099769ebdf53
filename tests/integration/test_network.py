# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private endpoint connections: they come and go by themselves, and each of their states means something else."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import execute
from integration.helpers.runner import Runner

ENDPOINT = "vpce-1"
# Azure names endpoints by a path.
AZURE = "/subscriptions/1/resourceGroups/shop/providers/Microsoft.Network/privateEndpoints/orders"
STANDARD = {
    "plan": "STANDARD",
    "serverless": {"regions": ["us-central1"], "usage_limits": {"provisioned_virtual_cpus": "2"}},
}


def connection(emulator: Emulator, *, check: bool = False, **more: Any) -> dict[str, Any]:
    arguments = {"cluster": "orders", "endpoint_id": ENDPOINT, "wait_timeout": 30.0, "wait_interval": 0.05, **more}
    return execute("private_endpoint_connection", arguments, emulator, check=check)


def listed(emulator: Emulator) -> list[tuple[str, str]]:
    rows = execute("private_endpoint_connection_info", {"cluster": "orders"}, emulator)["private_endpoint_connections"]
    return [(row["endpoint_id"], row["status"]) for row in rows]


@pytest.fixture
def orders(emulator: Emulator) -> str:
    """The id of a Standard cluster."""
    return str(emulator.add_cluster("orders", **STANDARD)["id"])


def in_state(emulator: Emulator, cluster: str, status: str, endpoint: str = ENDPOINT) -> None:
    # Without a provider, so that nothing is left of it once it is deleted.
    row = {"endpoint_id": endpoint, "status": status, "cloud_provider": "GCP", "region": "us-central1"}
    emulator.patch(objects={f"private-endpoint-connections/{cluster}": {endpoint: row}})


@pytest.mark.parametrize("endpoint", [ENDPOINT, AZURE, "44851023456789012"])
def test_made_once_and_deleted_once(emulator: Emulator, orders: str, endpoint: str) -> None:
    predicted = connection(emulator, endpoint_id=endpoint, check=True)
    made = connection(emulator, endpoint_id=endpoint)
    assert predicted["plan"] == made["plan"]
    assert predicted["private_endpoint_connection"].items() <= made["private_endpoint_connection"].items()
    assert made["private_endpoint_connection"]["status"] == "STATUS_AVAILABLE"
    assert not connection(emulator, endpoint_id=endpoint)["changed"]
    assert listed(emulator) == [(endpoint, "STATUS_AVAILABLE")]
    assert connection(emulator, endpoint_id=endpoint, state="absent")["changed"]
    assert not connection(emulator, endpoint_id=endpoint, state="absent")["changed"]
    where = f"/api/v1/clusters/{orders}/networking/private-endpoint-connections"
    assert [(entry["method"], entry["path"]) for entry in emulator.writes()] == [
        ("POST", where),
        ("DELETE", f"{where}/{quote(endpoint, safe='')}"),
    ]


def test_not_waited_for(emulator: Emulator, orders: str) -> None:
    emulator.patch(outcomes={"private-endpoint-connections": {"status": "STATUS_PENDING_ACCEPTANCE"}})
    predicted = connection(emulator, wait=False, check=True)
    made = connection(emulator, wait=False)
    for result in (predicted, made):
        assert result["private_endpoint_connection"]["status"] == "STATUS_PENDING"
    # It still waits to be accepted when the time is over.
    assert "is still PENDING_ACCEPTANCE after" in connection(emulator, wait_timeout=1.0)["msg"]


@pytest.mark.parametrize("status", ["STATUS_FAILED", "STATUS_EXPIRED"])
def test_a_failed_state_ends_it_with_the_reason(emulator: Emulator, orders: str, status: str) -> None:
    emulator.patch(outcomes={"private-endpoint-connections": {"status": status}})
    for _each in range(2):
        result = connection(emulator)
        assert f"rivate endpoint connection '{ENDPOINT}'" in result["msg"]
        assert f"it is {status.removeprefix('STATUS_')}" in result["msg"]
    assert len(emulator.writes()) == 1
    assert connection(emulator, state="absent")["changed"]


@pytest.mark.parametrize(
    ("status", "present", "absent"),
    [
        # What becomes of it with state: present and absent; a stale one has to be deleted, a rejected one is not there.
        ("STATUS_AVAILABLE", [], ["DELETE"]),
        ("STATUS_REJECTED", ["POST"], []),
        ("STATUS_DELETED", ["POST"], []),
        ("STATUS_STALE", "it is STALE", ["DELETE"]),
    ],
)
def test_what_each_state_means(
    emulator: Emulator, orders: str, status: str, present: list[str] | str, absent: list[str]
) -> None:
    for state, wanted in (("present", present), ("absent", absent)):
        in_state(emulator, orders, status)
        for check in (True, False):
            emulator.reset("requests")
            result = connection(emulator, state=state, check=check)
            if isinstance(wanted, str):
                assert wanted in result["msg"] and not emulator.writes()
                continue
            assert result["changed"] is bool(wanted), result
            assert [entry["method"] for entry in emulator.writes()] == ([] if check else wanted)


def test_one_that_goes_is_waited_for_and_made_anew(emulator: Emulator, orders: str) -> None:
    connection(emulator)
    assert connection(emulator, state="absent", wait=False)["changed"]
    made = connection(emulator)
    assert made["changed"] and made["private_endpoint_connection"]["status"] == "STATUS_AVAILABLE"


def test_a_lost_answer_makes_no_two(emulator: Emulator, orders: str) -> None:
    emulator.fault("drop_after", "POST", "/private-endpoint-connections$")
    result = connection(emulator, api_retries=1)
    assert result["private_endpoint_connection"]["status"] == "STATUS_AVAILABLE"
    assert "nothing was created twice" in result["warnings"][0] and len(emulator.writes()) == 1


@pytest.mark.parametrize("method", ["DELETE", "GET"])
def test_a_refusal_is_no_deletion(emulator: Emulator, orders: str, method: str) -> None:
    """Not as in the provider: it drops errors of reading and deleting, so that a 403 reads as destroyed."""
    connection(emulator)
    denied = {"status": 403, "body": {"code": 7, "message": "permission denied", "details": []}}
    emulator.fault("status", method, "private-endpoint-connections", **denied)
    refused = connection(emulator, state="absent")
    assert refused["failed"] and "permission denied" in refused["msg"] and "CLUSTER_ADMIN" in refused["msg"]
    assert listed(emulator) == [(ENDPOINT, "STATUS_AVAILABLE")]


def test_the_cluster_is_not_there_yet_or_has_another_plan(emulator: Emulator) -> None:
    predicted = connection(emulator, check=True)
    assert predicted["changed"] and len(predicted["warnings"]) == 1
    assert "There is no cluster 'orders'" in connection(emulator)["msg"]
    emulator.add_cluster("orders")
    for check in (True, False):
        result = connection(emulator, check=check)
        assert "cluster 'orders' has the plan BASIC" in result["msg"] and "needs STANDARD or ADVANCED" in result["msg"]
    assert emulator.writes() == []


# --- services ----------------------------------------------------------------------------------------------------

ADVANCED = {
    "dedicated": {
        "region_nodes": {"us-east1": 3, "us-west2": 3},
        "hardware": {"machine_spec": {"num_virtual_cpus": 4}, "storage_gib": 15},
    }
}


def services(emulator: Emulator, *, check: bool = False, **more: Any) -> dict[str, Any]:
    return execute(
        "private_endpoint_services",
        {"cluster": "orders", "wait_timeout": 30.0, "wait_interval": 0.05, **more},
        emulator,
        check=check,
    )


@pytest.mark.parametrize("version", ["2022-09-20", "2023-04-10", "2024-09-16"])
@pytest.mark.parametrize("provider", ["AWS", "GCP"])
def test_services_in_each_region_and_in_one_that_came_later(emulator: Emulator, version: str, provider: str) -> None:
    first, second = ("us-east-1", "us-west-2") if provider == "AWS" else ("us-east1", "us-west2")
    spec = {"dedicated": {**ADVANCED["dedicated"], "region_nodes": {first: 3}}}
    emulator.add_cluster("orders", provider, **spec)
    made = services(emulator, api_version=version)
    assert made["changed"] and list(made["services_by_region"]) == [first]
    assert made["private_endpoint_services"]["services"] == made["services"]
    if provider == "AWS" or version > "2022-09-20":
        service = made["services_by_region"][first]
        assert service["name"] and service["endpoint_service_id"] and service["status"] == "AVAILABLE"
        assert "aws" not in service
    emulator.api(
        "PATCH", f"/clusters/{emulator.cluster('orders')['id']}", {"dedicated": {"region_nodes": {first: 3, second: 3}}}
    )
    emulator.until(lambda: emulator.cluster("orders")["state"] == "CREATED")
    emulator.reset("requests")
    predicted = services(emulator, api_version=version, check=True)
    later = services(emulator, api_version=version)
    assert predicted["plan"] == later["plan"] and later["plan"][0]["changes"] == {
        "regions": {"before": [first], "after": [first, second]}
    }
    assert (
        [row["status"] for row in later["services"]]
        == ["AVAILABLE"] * 2
        == [row["status"] for row in predicted["services"]]
    )
    assert later["services_by_region"][first] == made["services_by_region"][first]
    assert not services(emulator, api_version=version)["changed"] and len(emulator.writes()) == 1
    found = execute("private_endpoint_services_info", {"cluster": "orders", "api_version": version}, emulator)
    assert found["services_by_region"] == later["services_by_region"]


def test_services_of_a_standard_cluster_are_never_asked_for(emulator: Emulator, orders: str) -> None:
    """Not as a naive client: POST is an error there, and the services come by themselves."""
    found = services(emulator)
    assert not found["changed"] and found["services_by_region"]["us-central1"]["status"] == "AVAILABLE"
    emulator.fault("status", "GET", "private-endpoint-services$", status=200, body={"services": []})
    assert "a Standard cluster gets them by itself" in services(emulator)["msg"]
    emulator.add_cluster("basic-one")
    basic = services(emulator, cluster="basic-one")
    assert basic["failed"] and "a Basic one has none" in basic["msg"]
    info = execute("private_endpoint_services_info", {"cluster": "basic-one"}, emulator)
    assert (info["private_endpoint_services"], info["services"], info["services_by_region"]) == (None, [], {})
    assert emulator.writes() == []


def test_services_are_not_deleted(emulator: Emulator, orders: str) -> None:
    emulator.reset("requests")
    refused = services(emulator, state="absent")
    assert refused["msg"].startswith("The private endpoint services can't be deleted") and emulator.requests() == []


def test_a_service_that_fails_ends_the_wait(emulator: Emulator) -> None:
    emulator.add_cluster("orders", **ADVANCED)
    emulator.patch(outcomes={"private-endpoint-services": {"status": "CREATE_FAILED"}})
    for _each in range(2):
        failed = services(emulator)
        assert "CREATE_FAILED" in failed["msg"] and len(emulator.writes()) == 1


# --- who is let in on AWS ----------------------------------------------------------------------------------------

ON_AWS = {"dedicated": {**ADVANCED["dedicated"], "region_nodes": {"us-east-1": 3}}}


@pytest.fixture
def aws(emulator: Emulator) -> str:
    """The id of an Advanced cluster on AWS, with an endpoint that waits to be accepted."""
    cluster = str(emulator.add_cluster("orders", "AWS", **ON_AWS)["id"])
    names = {"region_name": "us-east-1", "cloud_provider": "AWS", "service_id": "vpce-svc-1"}
    row = {**names, "status": "PENDING_ACCEPTANCE"}
    emulator.patch(objects={f"aws-endpoint-connections/{cluster}": {ENDPOINT: row}})
    return cluster


def accept(emulator: Emulator, *, check: bool = False, **more: Any) -> dict[str, Any]:
    arguments = {"cluster": "orders", "endpoint_id": ENDPOINT, "wait_timeout": 30.0, "wait_interval": 0.05, **more}
    return execute("aws_endpoint_connection", arguments, emulator, check=check)


def owner(emulator: Emulator, account: str = "012345678901", **more: Any) -> dict[str, Any]:
    return execute(
        "private_endpoint_trusted_owner", {"cluster": "orders", "external_owner_id": account, **more}, emulator
    )


@pytest.mark.parametrize("version", ["2022-09-20", "2024-09-16"])
def test_an_answer_with_the_status_from_before_is_not_the_end(emulator: Emulator, aws: str, version: str) -> None:
    words = {"accepted": "AVAILABLE", "rejected": "REJECTED"}
    for state, word in words.items():
        done = accept(emulator, state=state, api_version=version)
        assert done["changed"] and done["aws_endpoint_connection"]["status"].removeprefix("ENDPOINT_") == word
        assert not accept(emulator, state=state, api_version=version)["changed"]
    assert [entry["method"] for entry in emulator.writes()] == ["PATCH"] * 2
    emulator.patch(outcomes={"aws-endpoint-connections": {"status": "FAILED"}})
    assert "it is FAILED" in accept(emulator, api_version=version)["msg"]


def test_an_endpoint_that_nobody_made_can_not_be_accepted(emulator: Emulator, aws: str) -> None:
    assert accept(emulator, endpoint_id="vpce-9", check=True)["warnings"]
    refused = accept(emulator, endpoint_id="vpce-9")
    assert "There is no AWS endpoint connection 'vpce-9' on cluster 'orders'" in refused["msg"]
    emulator.add_cluster("stocks", **ADVANCED)
    assert "is no account" not in accept(emulator, cluster="stocks")["msg"] and emulator.writes() == []


@pytest.mark.parametrize("account", ["12345678901", "1234567890123", "arn:aws:iam::123456789012:root", ""])
def test_what_is_no_account_is_refused(emulator: Emulator, aws: str, account: str) -> None:
    emulator.reset("requests")
    assert "is no account of AWS" in owner(emulator, account)["msg"] and emulator.requests() == []


def test_an_owner_that_is_gone_already_is_deleted(emulator: Emulator, aws: str) -> None:
    """Not as in the provider: a 404 on DELETE is no error."""
    assert owner(emulator)["private_endpoint_trusted_owner"]["external_owner_id"] == "012345678901"
    assert owner(emulator, "*")["changed"] and not owner(emulator, "*")["changed"]
    emulator.fault("status", "DELETE", "trusted-owners", status=404, body={"code": 5, "message": "gone", "details": []})
    assert owner(emulator, state="absent")["changed"]
    emulator.add_cluster("stocks", **ADVANCED)
    assert "cluster 'stocks' has the provider GCP" in owner(emulator, cluster="stocks")["msg"]


# --- all of it in one play ---------------------------------------------------------------------------------------

PLAY: list[dict[str, Any]] = [
    {
        "name": "services",
        "crdb.cloud.private_endpoint_services": {"cluster": "orders", "wait_interval": 0.05},
        "register": "services",
    },
    {
        # What amazon.aws.ec2_vpc_endpoint would be given, and would return.
        "name": "endpoint",
        "ansible.builtin.set_fact": {
            "given": "{{ services.services_by_region['us-east-1'].name }}",
            "endpoint": {"result": {"vpc_endpoint_id": "vpce-0123456789abcdef0"}},
        },
    },
    {
        "name": "connection",
        "crdb.cloud.private_endpoint_connection": {
            "cluster": "orders",
            "endpoint_id": "{{ endpoint.result.vpc_endpoint_id }}",
            "wait_interval": 0.05,
        },
    },
    {
        "name": "same",
        "ansible.builtin.assert": {
            "that": "given == lookup('crdb.cloud.private_endpoint_service', 'orders', region='us-east-1').name"
        },
        "when": "not ansible_check_mode",
    },
]


@pytest.mark.smoke
def test_private_endpoints_on_aws_in_one_play(emulator: Emulator, playbook: Runner) -> None:
    emulator.add_cluster("orders", "AWS", **ON_AWS)
    for check, changed in ((True, True), (False, True), (False, False), (True, False)):
        emulator.reset("requests")
        run = playbook(PLAY, check=check)
        assert run["services"].changed is run["connection"].changed is changed
        assert bool(run["services"].writes) is (changed and not check)
        if not check:
            assert run["endpoint"]["ansible_facts"]["given"].startswith("com.amazonaws.vpce.us-east-1.vpce-svc-")
