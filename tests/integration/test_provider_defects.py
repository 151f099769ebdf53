# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the official Terraform provider is known to do wrong, and these modules do not."""

from __future__ import annotations

from typing import Any

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.in_process import execute

STANDARD = {
    "plan": "STANDARD",
    "serverless": {"regions": ["us-central1"], "usage_limits": {"provisioned_virtual_cpus": "2"}},
}
ADVANCED = {
    "plan": "ADVANCED",
    "dedicated": {"region_nodes": {"us-central1": 3}, "hardware": {"machine_spec": {"num_virtual_cpus": 4}}},
}
ENDPOINT = {"cluster": "orders", "endpoint_id": "vpce-1"}
ISSUER = {"issuer_url": "https://token.example.com", "audience": "crdb"}
GRANT = {"service_account": "ci", "roles": [{"role": "CLUSTER_CREATOR"}]}
ACCOUNT = {"name": "ci", "description": "", "roles": []}
REFUSED = {"code": 7, "message": "permission denied"}
NOTHING = {"code": 5, "message": "not found"}
IDS = [f"0000000{number}-1111-4111-8111-111111111111" for number in range(1, 6)]


def absent(emulator: Emulator, name: str, options: dict[str, Any]) -> dict[str, Any]:
    return execute(name, {**options, "state": "absent"}, emulator)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_endpoint_that_may_not_be_deleted_is_not_gone(emulator: Emulator, method: str) -> None:
    """Not as in the provider: a 403 is no deletion, neither when it is looked for nor when it is deleted."""
    emulator.add_cluster("orders", **STANDARD)
    assert execute("private_endpoint_connection", ENDPOINT, emulator)["changed"]
    emulator.fault("status", method, "/private-endpoint-connections", status=403, body=REFUSED)
    result = absent(emulator, "private_endpoint_connection", ENDPOINT)
    assert result["failed"] and result["error"]["status"] == 403 and "lacks a role for it" in result["msg"]
    emulator.reset("faults")
    rows = execute("private_endpoint_connection_info", {"cluster": "orders"}, emulator)["private_endpoint_connections"]
    assert [row["endpoint_id"] for row in rows] == ["vpce-1"]


@pytest.mark.parametrize(
    ("name", "options", "path"),
    [("jwt_issuer", ISSUER, "/jwt-issuers/"), ("role_grant", GRANT, "/roles/")],
)
def test_what_somebody_else_has_deleted_is_deleted(
    emulator: Emulator, name: str, options: dict[str, Any], path: str
) -> None:
    """Not as in the provider: a 404 in answer to a DELETE is no error."""
    emulator.api("POST", "/service-accounts", ACCOUNT)
    assert execute(name, options, emulator)["changed"]
    emulator.fault("status", "DELETE", path, status=404, body=NOTHING)
    result = absent(emulator, name, options)
    assert result["changed"] and not result.get("failed"), result


def test_who_made_an_account_is_told(emulator: Emulator) -> None:
    """Not as in the provider: creator_name is what the service says, also of an account that was there."""
    for made in (True, False):
        result = execute("service_account", {"name": "ci"}, emulator)
        assert result["changed"] is made and result["service_account"]["creator_name"]
    rows = execute("service_account_info", {}, emulator)["service_accounts"]
    assert [row["creator_name"] for row in rows if row["name"] == "ci"] == [result["service_account"]["creator_name"]]


@pytest.mark.parametrize("body", [{}, {"user": None}])
def test_an_answer_without_a_person_is_nobody(emulator: Emulator, body: dict[str, Any]) -> None:
    """Not as in the provider: an answer without a user is no crash, but nobody."""
    emulator.fault("status", "GET", "/users/persons-by-email", status=200, body=body, times=2)
    assert execute("person_info", {"email": "alice@example.com"}, emulator)["persons"] == []
    grant = {"user": "alice@example.com", "roles": [{"role": "BILLING_COORDINATOR"}]}
    assert "There is no person 'alice@example.com'" in execute("role_grant", grant, emulator)["msg"]


def test_backups_and_restores_beyond_the_first_page(launch: Launch) -> None:
    """Not as in the provider: listings of backups and restores are read to their end, so nothing is restored again."""
    emulator = launch("--page-size", "2")
    orders = emulator.add_cluster("orders", **ADVANCED)["id"]
    backups = {id_: {"as_of_time": f"2025-01-2{day}T00:00:00Z"} for day, id_ in enumerate(IDS)}
    emulator.patch(objects={f"backups/{orders}": backups})
    assert len(execute("backup_info", {"cluster": "orders"}, emulator)["backups"]) == len(IDS)
    oldest = {"cluster": "orders", "type": "DATABASE", "source_cluster": "orders", "wait_interval": 0.05}
    wanted = [
        {**oldest, "databases": [f"db{number}"], "backup_id": IDS[0], "restore_opts": {"new_db_name": f"new{number}"}}
        for number in range(5)
    ]
    made = [execute("restore", each, emulator) for each in wanted]
    assert all(result.get("changed") for result in made), made
    assert not any(execute("restore", each, emulator)["changed"] for each in wanted)
    assert len(execute("restore_info", {"cluster": "orders"}, emulator)["restores"]) == len(wanted)
