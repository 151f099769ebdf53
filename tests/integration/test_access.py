# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts, and the keys that programs call the API with: each secret is told once."""

from __future__ import annotations

from typing import Any

from integration.helpers.emulator import Emulator
from integration.helpers.in_process import execute
from integration.helpers.secrets import API_KEY

LOST = {"api_timeout": 2.0}


def account(emulator: Emulator, name: str | None = "ci-orders", *, check: bool = False, **more: Any) -> dict[str, Any]:
    return execute("service_account", {"name": name, **more}, emulator, check=check)


def names(emulator: Emulator) -> list[str]:
    rows = execute("service_account_info", {}, emulator)["service_accounts"]
    return [row["name"] for row in rows if row["creator_name"] != "sandbox"]


def test_an_account_is_made_described_renamed_and_deleted(emulator: Emulator) -> None:
    orders = emulator.add_cluster("orders")["id"]
    roles = [{"role": "CLUSTER_DEVELOPER", "cluster": "orders"}, {"role": "CLUSTER_CREATOR"}]
    predicted = account(emulator, roles=roles, check=True)
    assert predicted["service_account"]["description"] == "" and emulator.writes() == []
    made = account(emulator, roles=roles)
    assert predicted["plan"] == made["plan"] and predicted["diff"] == made["diff"] and made["warnings"] == []
    granted = [(row["name"], row["resource"]) for row in made["service_account"]["roles"]]
    assert granted == [
        ("ORG_MEMBER", {"type": "ORGANIZATION", "id": ""}),
        ("CLUSTER_DEVELOPER", {"type": "CLUSTER", "id": orders}),
        ("CLUSTER_CREATOR", {"type": "ORGANIZATION", "id": ""}),
    ]
    # The roles that an account has are nothing that this module changes.
    for same in ({}, {"roles": roles}, {"roles": []}, {"description": ""}, {"renamed_from": "nobody"}):
        again = account(emulator, **same)
        assert not again["changed"] and again["service_account"] == made["service_account"], same
    for wanted, changes in (
        ({"description": "Deploys"}, {"description": {"before": "", "after": "Deploys"}}),
        ({"name": "ci", "renamed_from": "ci-orders"}, {"name": {"before": "ci-orders", "after": "ci"}}),
        ({"name": "ci-shop", "id": made["service_account"]["id"]}, {"name": {"before": "ci", "after": "ci-shop"}}),
    ):
        predicted, changed = account(emulator, **wanted, check=True), account(emulator, **wanted)
        assert changed["plan"][0]["changes"] == changes and predicted["plan"] == changed["plan"]
        assert predicted["service_account"] == changed["service_account"]
        assert not account(emulator, **wanted)["changed"]
    assert changed["service_account"]["description"] == "Deploys" and names(emulator) == ["ci-shop"]
    assert account(emulator, "ci-shop", state="absent")["service_account"] is None
    assert not account(emulator, "ci-shop", state="absent")["changed"]
    assert [entry["method"] for entry in emulator.writes()] == ["POST", "PATCH", "PATCH", "PATCH", "DELETE"]


def test_two_accounts_of_one_name_are_refused_with_their_ids(emulator: Emulator) -> None:
    rows = [emulator.api("POST", "/service-accounts", {"name": "ci", "description": "", "roles": []}) for _each in "ab"]
    ids = sorted(row["id"] for row in rows)
    for more in ({}, {"state": "absent"}):
        message = account(emulator, "ci", **more)["msg"]
        assert (
            f"There are 2 service accounts named 'ci'. Give the id of the one that is meant: {', '.join(ids)}"
            in message
        )
    assert account(emulator, None, id=ids[0], state="absent")["changed"] and names(emulator) == ["ci"]


def test_a_lost_answer_makes_no_two_accounts(emulator: Emulator) -> None:
    emulator.fault("drop_after", "POST", "/service-accounts$")
    result = account(emulator, **LOST)
    assert result["changed"] and "nothing was created twice" in result["warnings"][0]
    assert names(emulator) == ["ci-orders"]


def test_the_account_of_the_task_itself_is_not_deleted(emulator: Emulator) -> None:
    (own,) = execute("service_account_info", {}, emulator)["service_accounts"]
    for check in (True, False):
        message = account(emulator, own["name"], state="absent", check=check)["msg"]
        assert f"The task uses a key of service account '{own['name']}', which would end with it" in message
    # The last administrator is not deleted either; the service says so.
    assert "HTTP 4" in account(emulator, own["name"], state="absent", force=True)["msg"]
    made = account(emulator)["service_account"]["id"]
    emulator.api("POST", "/api-keys", {"name": "a", "service_account_id": made})
    for check in (True, False):
        warned = account(emulator, state="absent", check=check)["warnings"]
        assert warned == ["With service account 'ci-orders' 1 API key of it will no longer be accepted"]
    assert API_KEY not in str(execute("service_account_info", {}, emulator))
