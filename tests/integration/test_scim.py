# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People and groups by SCIM: what is special about them. The rest is in the conformance suite."""

from __future__ import annotations

from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import execute

PEOPLE = {name: f"{name[0] * 8}-0000-4000-8000-000000000000" for name in ("alice", "bob", "carol")}
DBA = "dddddddd-0000-4000-8000-000000000000"


@pytest.fixture
def staff(emulator: Emulator) -> Emulator:
    """Three people, of whom Alice and Bob are in the group dba."""
    people = {id_: {"id": id_, "email": f"{name}@example.com"} for name, id_ in PEOPLE.items()}
    members = [{"value": PEOPLE["alice"], "display": "alice@example.com"}, {"value": PEOPLE["bob"]}]
    group = {"id": DBA, "displayName": "dba", "members": members}
    emulator.patch(objects={"persons": people, "groups": {DBA: group}})
    return emulator


def user(emulator: Emulator, name: str = "alice", **more: Any) -> dict[str, Any]:
    return execute("scim_user", {"user_name": f"{name}@example.com", **more}, emulator)


def group(emulator: Emulator, *members: str, **more: Any) -> dict[str, Any]:
    return execute("scim_group", {"name": "dba", "members": [*members], **more}, emulator)


def in_it(emulator: Emulator) -> set[str]:
    found = emulator.api("GET", f"/api/scim/v2/Groups/{DBA}")["members"]
    names = {id_: name for name, id_ in PEOPLE.items()}
    return {names[member["value"]] for member in found}


def bodies(emulator: Emulator) -> list[str]:
    return [f"{entry['method']} {entry['path'].rpartition('/v2/')[2].partition('/')[0]}" for entry in emulator.writes()]


def test_absent_deactivates_and_deleted_removes(staff: Emulator) -> None:
    gone = user(staff, state="absent")
    assert gone["changed"] and gone["scim_user"]["active"] is False and gone["plan"][0]["action"] == "update"
    assert not user(staff, state="absent")["changed"]
    assert "alice" in in_it(staff)
    stays = user(staff)
    assert not stays["changed"] and "is not active, and stays so" in stays["warnings"][0]
    back = user(staff, active=True)
    assert back["changed"] and back["scim_user"]["active"] and not back["warnings"]
    removed = user(staff, state="deleted")
    assert removed["changed"] and removed["scim_user"] is None and removed["plan"][0]["action"] == "delete"
    assert in_it(staff) == {"bob"}
    for state in ("absent", "deleted"):
        nobody = user(staff, state=state)
        assert not nobody["changed"] and nobody["scim_user"] is None, state


def test_members_are_added_and_others_stay_unless_exactly(staff: Emulator) -> None:
    assert not group(staff, "Alice@Example.com")["changed"]
    assert group(staff, "carol@example.com", PEOPLE["alice"])["changed"]
    assert in_it(staff) == {"alice", "bob", "carol"}
    assert group(staff, "bob@example.com", exactly=True)["changed"]
    assert in_it(staff) == {"bob"}
    assert not group(staff, "bob@example.com", exactly=True)["changed"]
    assert not group(staff)["changed"] and in_it(staff) == {"bob"}
    assert group(staff, exactly=True)["changed"] and in_it(staff) == set()
    missing = group(staff, "dave@example.com")
    assert missing["failed"] and "There is no SCIM user 'dave@example.com'" in missing["msg"]


def test_only_who_comes_and_who_goes_is_sent(staff: Emulator) -> None:
    """What somebody else changes in the same group at this moment is not undone."""
    before = [member["value"] for member in staff.api("GET", f"/api/scim/v2/Groups/{DBA}")["members"]]
    found = group(staff, "carol@example.com", "alice@example.com", exactly=True)
    after = found["plan"][0]["changes"]["members"]["after"]
    assert set(before) - set(after) == {PEOPLE["bob"]} and set(after) - set(before) == {PEOPLE["carol"]}
    assert bodies(staff) == ["PATCH Groups"]


def test_before_there_is_patch_all_is_put_and_nothing_is_lost(staff: Emulator) -> None:
    old = {"api_version": "2023-04-10"}
    user(staff, given_name="Alice", external_id="00u1", **old)
    found = user(staff, family_name="Example", **old)
    assert bodies(staff) == ["PUT Users", "PUT Users"]
    kept = emulated(staff)
    assert (kept["name"], kept["externalId"]) == ({"givenName": "Alice", "familyName": "Example"}, "00u1")
    assert found["scim_user"]["emails"] == [{"value": "alice@example.com", "primary": True}]
    assert group(staff, "carol@example.com", **old)["changed"] and in_it(staff) == {"alice", "bob", "carol"}


def emulated(emulator: Emulator) -> dict[str, Any]:
    found: dict[str, Any] = emulator.api("GET", f"/api/scim/v2/Users/{PEOPLE['alice']}")
    return found


@pytest.mark.parametrize("version", ["2023-04-10", "2024-09-16"])
def test_all_pages_are_read(staff: Emulator, version: str) -> None:
    """A page has 20 where nobody says how many."""
    crowd = {f"{n:08}-0000-4000-8000-000000000000": {"email": f"p{n}@example.com"} for n in range(250)}
    staff.patch(objects={"persons": crowd})
    found = execute("scim_user_info", {"api_version": version}, staff)["scim_users"]
    assert len({row["id"] for row in found}) == 253
    requests = [entry["query"] for entry in staff.requests() if entry["path"].endswith("/Users")]
    assert len(requests) == (3 if version == "2024-09-16" else 1), requests


def test_a_listing_that_does_not_come_to_its_end_is_an_error(staff: Emulator) -> None:
    body = {"totalResults": 5, "Resources": []}
    staff.fault("status", "GET", "/Users$", status=200, body=body)
    found = user(staff, "dave")
    assert found["failed"] and "says that there are 5 SCIM users, and shows 0" in found["msg"] and not staff.writes()


def test_addresses_are_not_in_urls(staff: Emulator) -> None:
    [found] = execute("scim_user_info", {"user_name": "ALICE@example.com"}, staff)["scim_users"]
    assert (found["id"], found["groups"]) == (PEOPLE["alice"], [{"value": DBA, "display": "dba"}])
    [found] = execute("scim_group_info", {"name": "dba"}, staff)["scim_groups"]
    assert len(found["members"]) == 2
    assert execute("scim_group_info", {"name": 'd"b\\a'}, staff)["scim_groups"] == []
    assert not [entry for entry in staff.requests() if "example" in entry["query"] or "dba" in entry["query"]]
    assert staff.writes() == []


def test_a_name_that_is_no_address_needs_one(staff: Emulator) -> None:
    found = execute("scim_user", {"user_name": "dave"}, staff)
    assert found["failed"] and "is no e-mail address, so emails is needed" in found["msg"] and not staff.writes()
    made = execute("scim_user", {"user_name": "dave", "emails": [{"value": "d@example.com"}]}, staff)
    assert made["scim_user"]["emails"] == [{"value": "d@example.com", "primary": True}]
    again = execute("scim_user", {"user_name": "Dave", "emails": [{"value": "d@example.com", "primary": True}]}, staff)
    assert not again["changed"]


def test_a_group_and_its_members_and_roles_in_check_mode(staff: Emulator) -> None:
    """What the tasks before would have made is not there: that is a warning, and no failure."""
    for module, options in (
        ("scim_group", {"name": "new", "members": ["dave@example.com"]}),
        ("role_grant", {"group": "new", "roles": [{"role": "CLUSTER_ADMIN"}]}),
    ):
        found = execute(module, options, staff, check=True)
        assert found["changed"] and "There is no" in found["warnings"][0], module
    assert staff.writes() == []


def test_what_the_service_says_of_itself(staff: Emulator) -> None:
    every = execute("scim_service_info", {}, staff)
    assert every["service_provider_config"]["filter"]["supported"]
    assert [row["id"] for row in every["resource_types"]] == ["User", "Group"]
    one = execute("scim_service_info", {"resource_type": "Group", "schema": every["schemas"][1]["id"]}, staff)
    assert (one["resource_types"], one["schemas"]) == (every["resource_types"][1:], every["schemas"][1:])
    nothing = execute("scim_service_info", {"resource_type": "Printer"}, staff)
    assert nothing["failed"] and "read what SCIM can do" in nothing["msg"]
