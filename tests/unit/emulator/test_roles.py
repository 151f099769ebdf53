# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who has which roles, and how people and groups are found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crdb_emulator.settings import DEFAULT_API_KEY

NOBODY = "11111111-2222-4333-8444-555555555555"
PERSON = "Alice@example.com"
MEMBER = {"name": "ORG_MEMBER", "resource": {"type": "ORGANIZATION", "id": ""}}


def role(name: str, kind: str = "ORGANIZATION", place: str = "") -> Any:
    return {"name": name, "resource": {"type": kind, "id": place}}


def alice(api: Any) -> str:
    return f"roles/{api.ok('GET', f'users/persons-by-email?email={PERSON}')['user']['id']}"


def key(api: Any, *roles: Any, **more: Any) -> tuple[str, str]:
    """A service account with these roles, and a key of it."""
    body = {"name": "other", "description": "", "roles": list(roles)}
    account = api.ok("POST", "service-accounts", body, **more)["id"]
    return account, api.ok("POST", "api-keys", {"name": "key", "service_account_id": account})["secret"]


@pytest.fixture
def api(make_api: Callable[..., Any]) -> Any:
    return make_api(people=(PERSON,), groups=('d"ba', "ops"))


def test_people_are_found_by_their_address(api: Any) -> None:
    user = api.ok("GET", "users/persons-by-email?email=alice@example.com")["user"]
    assert user["email"] == PERSON
    assert api.ok("GET", f"roles/{user['id']}") == {"roles": [MEMBER], "group_roles": []}
    assert api.error("GET", "users/persons-by-email?email=bob@example.com")[:2] == (404, 5)
    assert api.error("GET", "users/persons-by-email")[:2] == (400, 3)
    api.control("POST", "state", {"objects": {"persons": {NOBODY: {"id": NOBODY, "email": "bob@example.com"}}}})
    assert api.ok("GET", "users/persons-by-email?email=bob@example.com")["user"]["id"] == NOBODY
    assert api.ok("GET", f"roles/{NOBODY}")["roles"] == []


@pytest.mark.parametrize("exact", [False, True])
def test_case_of_addresses(make_api: Callable[..., Any], exact: bool) -> None:
    api = make_api(people=(PERSON,), exact_email=exact)
    for email, status in ((PERSON, 200), (PERSON.lower(), 404 if exact else 200)):
        assert api.send("GET", f"/api/v1/users/persons-by-email?email={email}").status_code == status


def test_roles_are_added_taken_and_replaced(api: Any) -> None:
    path = alice(api)
    cluster = api.create()["id"]
    admin = f"{path}/ORGANIZATION//ORG_ADMIN"
    for _again in range(2):
        assert api.ok("POST", admin)["roles"] == [MEMBER, role("ORG_ADMIN")]
    wanted = [MEMBER, role("CLUSTER_ADMIN", "CLUSTER", cluster), role("BILLING_VIEWER")]
    assert api.ok("PUT", path, {"roles": [*wanted, wanted[1]]})["roles"] == wanted
    assert api.ok("DELETE", f"{path}/CLUSTER/{cluster}/CLUSTER_ADMIN")["roles"] == [MEMBER, wanted[2]]
    assert api.error("DELETE", f"{path}/CLUSTER/{cluster}/CLUSTER_ADMIN")[:2] == (404, 5)
    assert api.ok("PUT", path, {"roles": None})["roles"] == [MEMBER]
    api.ok("PUT", path, {"roles": wanted})
    api.ok("DELETE", f"clusters/{cluster}")
    assert api.ok("GET", path)["roles"] == [MEMBER, wanted[2]]
    api.clock.advance(1)
    actions = [entry["action"][17:] for entry in api.ok("GET", "auditlogevents?sort_order=DESC")["entries"]]
    assert {"ADD_USER_TO_ROLE", "REMOVE_USER_FROM_ROLE", "ASSIGN_USER_ROLE"} < set(actions)


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ("ORGANIZATION//KING", 400),
        ("PLANET//ORG_ADMIN", 400),
        ("CLUSTER/{c}/ORG_ADMIN", 400),
        ("CLUSTER/{c}/CLUSTER_CREATOR", 400),
        ("FOLDER/{f}/BILLING_VIEWER", 400),
        (f"CLUSTER/{NOBODY}/CLUSTER_ADMIN", 400),
        (f"FOLDER/{NOBODY}/FOLDER_ADMIN", 400),
        ("CLUSTER//CLUSTER_ADMIN", 400),
        ("CLUSTER/{c}/METRICS_VIEWER", 200),
        ("FOLDER/{f}/FOLDER_MOVER", 200),
        ("ORGANIZATION//FOLDER_MOVER", 200),
    ],
)
def test_where_a_role_can_be(api: Any, place: str, status: int) -> None:
    cluster, folder = api.create()["id"], api.ok("POST", "folders", {"name": "platform"})["resource_id"]
    path = f"/api/v1/{alice(api)}/{place.format(c=cluster, f=folder)}"
    assert api.send("POST", path).status_code == status


def test_words_of_older_versions(api: Any) -> None:
    path = alice(api)
    folder = api.ok("POST", "folders", {"name": "platform"})["resource_id"]
    for each in ("ORGANIZATION//CLUSTER_MONITOR", f"FOLDER/{folder}/FOLDER_ADMIN", "ORGANIZATION//ORG_ADMIN"):
        api.ok("POST", f"{path}/{each}")

    def names(version: str) -> list[str]:
        return [each["name"] for each in api.ok("GET", path, version=version)["roles"]]

    assert names("2024-09-16") == ["ORG_MEMBER", "CLUSTER_MONITOR", "FOLDER_ADMIN", "ORG_ADMIN"]
    assert names("2023-04-10") == ["ORG_MEMBER", "FOLDER_ADMIN", "ORG_ADMIN"]
    assert names("2022-09-20") == ["ORG_ROLE_ORG_MEMBER", "ORG_ROLE_ORG_ADMIN"]
    old = {"version": "2022-09-20"}
    assert set(api.ok("GET", path, **old)) == {"roles"}
    assert len(api.ok("POST", f"{path}/ORGANIZATION//ORG_ROLE_CLUSTER_ADMIN", **old)["roles"]) == 3
    assert api.error("POST", f"{path}/ORGANIZATION//CLUSTER_ADMIN", **old)[:2] == (400, 3)
    assert api.error("POST", f"{path}/FOLDER/{folder}/ORG_ROLE_CLUSTER_ADMIN", **old)[:2] == (400, 3)
    assert api.error("GET", path, version="2022-03-31")[:2] == (404, 5)


@pytest.mark.parametrize("status", [400, 404])
def test_unknown_users(make_api: Callable[..., Any], status: int) -> None:
    api = make_api(unknown_user_status=status)
    assert api.error("GET", f"roles/{NOBODY}")[0] == status
    assert api.error("GET", "roles/alice") == (400, 3, "invalid argument: invalid userId")
    account, _secret = key(api, role("ORG_ADMIN"))
    api.ok("DELETE", f"service-accounts/{account}")
    assert api.ok("GET", f"roles/{account}") == {"roles": [], "group_roles": []}


@pytest.mark.parametrize("required", [False, True])
def test_a_set_without_org_member(make_api: Callable[..., Any], required: bool) -> None:
    api = make_api(people=(PERSON,), org_member_required=required)
    answer = api.send("PUT", f"/api/v1/{alice(api)}", {"roles": [role("BILLING_VIEWER")]})
    assert answer.status_code == (400 if required else 200)
    assert required or answer.json()["roles"] == [MEMBER, role("BILLING_VIEWER")]
    assert api.ok("PUT", alice(api), {"roles": [MEMBER]})["roles"] == [MEMBER]


def test_the_organization_may_have_its_id(make_api: Callable[..., Any]) -> None:
    api = make_api(people=(PERSON,), organization_id_in_roles=True)
    (row,) = api.ok("GET", alice(api))["roles"]
    assert row["resource"]["id"] == api.ok("GET", "organization")["id"]
    assert api.ok("PUT", alice(api), {"roles": [row]})["roles"] == [row]


@pytest.mark.parametrize("status", [400, 409])
def test_the_last_administrator_stays(make_api: Callable[..., Any], status: int) -> None:
    api = make_api(people=(PERSON,), refusal_status=status)
    mine = api.ok("GET", f"api-keys/{DEFAULT_API_KEY[:28]}")["service_account_id"]
    before = api.ok("GET", f"roles/{mine}")
    for method, path, body in (
        ("DELETE", f"roles/{mine}/ORGANIZATION//ORG_ADMIN", None),
        ("DELETE", f"roles/{mine}/ORGANIZATION//CLUSTER_ADMIN", None),
        ("PUT", f"roles/{mine}", {"roles": [MEMBER]}),
        ("DELETE", f"service-accounts/{mine}", None),
    ):
        assert api.error(method, path, body)[0] == status
    assert api.ok("GET", f"roles/{mine}") == before
    api.ok("PUT", alice(api), {"roles": [role("ORG_ADMIN"), role("CLUSTER_ADMIN")]})
    api.ok("DELETE", f"roles/{mine}/ORGANIZATION//CLUSTER_ADMIN")


def test_who_may_assign_what(api: Any) -> None:
    path = alice(api)
    cluster, folder = api.create()["id"], api.ok("POST", "folders", {"name": "platform"})["resource_id"]
    _own, of_cluster = key(api, role("CLUSTER_ADMIN", "CLUSTER", cluster))
    _own, of_folder = key(api, role("FOLDER_ADMIN", "FOLDER", folder))
    cases = (
        (f"CLUSTER/{cluster}/CLUSTER_DEVELOPER", of_cluster, 200),
        (f"CLUSTER/{cluster}/CLUSTER_MONITOR", of_cluster, 403),
        (f"FOLDER/{folder}/CLUSTER_ADMIN", of_cluster, 403),
        (f"FOLDER/{folder}/CLUSTER_ADMIN", of_folder, 200),
        ("ORGANIZATION//CLUSTER_ADMIN", of_folder, 403),
    )
    for place, secret, status in cases:
        assert api.send("POST", f"/api/v1/{path}/{place}", key=secret).status_code == status, place
    rows = api.ok("GET", path)["roles"]
    assert api.error("PUT", path, {"roles": [MEMBER]}, key=of_cluster)[0] == 403
    api.ok("PUT", path, {"roles": [row for row in rows if row["resource"]["type"] != "FOLDER"]}, key=of_folder)
    assert api.error("GET", path, key=of_cluster)[:2] == (403, 7)


def test_roles_through_groups(api: Any) -> None:
    found = api.send("GET", "/api/scim/v2/Groups", params={"filter": r'displayName eq "d\"ba"'}).json()
    assert (found["totalResults"], found["itemsPerPage"], found["startIndex"]) == (1, 1, 1)
    group = found["Resources"][0]["id"]
    account, secret = key(api)
    assert api.error("GET", "service-accounts", key=secret)[0] == 403
    api.ok("POST", f"roles/{group}/ORGANIZATION//CLUSTER_ADMIN")
    api.control("POST", "state", {"objects": {"groups": {group: {"members": [{"value": account}]}}}})
    assert api.ok("GET", "service-accounts", key=secret)["service_accounts"]
    through = [{"role": role("CLUSTER_ADMIN"), "group_names": ['d"ba']}]
    assert api.ok("GET", f"roles/{account}") == {"roles": [MEMBER], "group_roles": through}
    assert api.ok("GET", f"service-accounts/{account}")["group_roles"] == through
    assert api.error("DELETE", f"roles/{account}/ORGANIZATION//CLUSTER_ADMIN")[:2] == (404, 5)
    listed = api.ok("GET", "roles")
    assert listed["user_group_grants"] == [{"user_id": account, "group_roles": through}]
    assert {row["user_id"] for row in listed["grants"]} >= {account, group}


def test_groups_in_pages(api: Any) -> None:
    def groups(version: str = "2024-09-16", **query: Any) -> Any:
        return api.send("GET", "/api/scim/v2/Groups", params=query, version=version)

    names = [row["displayName"] for row in groups().json()["Resources"]]
    assert names == ['d"ba', "ops"]
    second = groups(count=1, startIndex=2).json()
    assert ([row["displayName"] for row in second["Resources"]], second["totalResults"]) == (["ops"], 2)
    assert (groups(count=0).json()["Resources"], groups(count=0).json()["totalResults"]) == ([], 2)
    assert "startIndex" not in groups("2023-04-10").json()
    assert groups(filter="members pr").status_code == 400
    assert groups("2022-09-20").status_code == 404
    api.control(
        "POST", "state", {"objects": {"groups": {str(n): {"id": str(n), "displayName": f"x{n}"} for n in range(25)}}}
    )
    assert len(groups().json()["Resources"]) == 20
    one = api.send("GET", "/api/scim/v2/Groups/7").json()
    assert (one["displayName"], one["members"]) == ("x7", [])
    assert api.send("GET", "/api/scim/v2/Groups/nobody").status_code == 404


def test_one_reads_everything_but_data_and_the_other_works_with_data_alone(api: Any) -> None:
    cluster, new = api.create()["id"], {"version": "2026-09-15"}
    auditor, data = (key(api, role(name), **new)[1] for name in ("AUDITOR", "CLUSTER_DATA_ACCESSOR"))

    def may(secret: str, method: str, path: str, body: Any = None) -> bool:
        where = path if path.startswith("/api/") else f"/api/v1/{path}"
        status: int = api.send(method, where, body, key=secret, **new).status_code
        assert status in (200, 403), (path, status)
        return status == 200

    for path, auditors, others in (
        ("clusters", True, True),
        (f"clusters/{cluster}/databases", False, True),
        (f"clusters/{cluster}/networking/allowlist", True, False),
        (f"clusters/{cluster}/sql-users", False, False),
        (f"clusters/{cluster}/backups", True, False),
        ("service-accounts", True, False),
        ("jwt-issuers", True, False),
        ("roles", True, False),
        ("auditlogevents", True, False),
        ("invoices", False, False),
        ("/api/scim/v2/Users", True, False),
    ):
        assert (may(auditor, "GET", path), may(data, "GET", path)) == (auditors, others), path
    database = (f"clusters/{cluster}/databases", {"name": "bank"})
    assert (may(auditor, "POST", *database), may(data, "POST", *database)) == (False, True)
    assert not may(auditor, "POST", "folders", {"name": "platform"}) and not may(data, "DELETE", f"clusters/{cluster}")


def test_roles_that_an_older_version_has_no_word_for(api: Any) -> None:
    path, new = alice(api), {"version": "2026-09-15"}
    for each in ("ORGANIZATION//AUDITOR", "ORGANIZATION//CLUSTER_DATA_ACCESSOR"):
        api.ok("POST", f"{path}/{each}", **new)
    assert len(api.ok("GET", path, **new)["roles"]) == 3
    assert api.ok("GET", path)["roles"] == [MEMBER]
    cluster = api.create()["id"]
    assert api.error("POST", f"{path}/CLUSTER/{cluster}/AUDITOR", **new)[:2] == (400, 3)
