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


def test_the_cluster_is_not_there_yet_or_has_another_plan(emulator: Emulator) -> None:
    predicted = connection(emulator, check=True)
    assert predicted["changed"] and len(predicted["warnings"]) == 1
    assert "There is no cluster 'orders'" in connection(emulator)["msg"]
    emulator.add_cluster("orders")
    for check in (True, False):
        result = connection(emulator, check=check)
        assert "cluster 'orders' has the plan BASIC" in result["msg"] and "needs STANDARD or ADVANCED" in result["msg"]
    assert emulator.writes() == []
