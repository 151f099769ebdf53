# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who has which roles: given, taken, or set as a whole; never the last administrator's, never our own."""

from __future__ import annotations

from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import execute
from integration.helpers.runner import Runner

NIL_ID = "00000000-0000-0000-0000-000000000000"
ALICE, BOB, GROUP, FOLDER = (f"{key * 8}-0000-4000-8000-000000000000" for key in "abcf")
MEMBER = {"role": "ORG_MEMBER"}
BILLING = {"role": "BILLING_VIEWER"}
HOSTILE = '{{ lookup("pipe", "touch /tmp/owned") }}" or displayName eq "x\\'


def held(*grants: tuple[str, str, str]) -> dict[str, Any]:
    rows = [{"name": role, "resource": {"type": kind, "id": id_}} for role, kind, id_ in grants]
    return {"roles": [{"name": "ORG_MEMBER", "resource": {"type": "ORGANIZATION", "id": ""}}, *rows]}


@pytest.fixture
def people(emulator: Emulator) -> Emulator:
    """Two people, a group that alice is in and that monitors a folder, and the account of the key in use."""
    folder = {"resource_id": FOLDER, "name": "platform", "parent_id": "root", "labels": {}}
    group = {"id": GROUP, "displayName": HOSTILE, "members": [{"value": ALICE}]}
    emulator.patch(
        objects={
            "folders": {FOLDER: folder},
            "persons": {
                ALICE: {"id": ALICE, "email": "Alice@example.com"},
                BOB: {"id": BOB, "email": "bob@example.com"},
            },
            "groups": {GROUP: group},
            "grants": {
                ALICE: held(),
                BOB: held(),
                GROUP: {"roles": held(("CLUSTER_MONITOR", "FOLDER", FOLDER))["roles"][1:]},
            },
        }
    )
    emulator.reset("requests")
    return emulator


def grant(emulator: Emulator, *roles: dict[str, str], check: bool = False, **more: Any) -> dict[str, Any]:
    who = {} if {"service_account", "group", "user_id", "user"} & set(more) else {"user": "alice@example.com"}
    return execute("role_grant", {**who, "roles": [dict(each) for each in roles], **more}, emulator, check=check)


def own_account(emulator: Emulator) -> dict[str, Any]:
    (found,) = emulator.api("GET", "/service-accounts")["service_accounts"]
    return dict(found)


def sent(emulator: Emulator) -> list[str]:
    return [f"{entry['method']} {entry['path'].removeprefix('/api/v1')}" for entry in emulator.writes()]


def test_given_taken_and_set_as_predicted_and_once(people: Emulator) -> None:
    cluster = people.add_cluster("orders")["id"]
    roles = [{"role": "FOLDER_ADMIN", "folder": "/platform/"}, {"role": "CLUSTER_ADMIN", "cluster": "orders"}, BILLING]
    shown = [
        BILLING,
        {"role": "CLUSTER_ADMIN", "cluster": "orders"},
        {"role": "FOLDER_ADMIN", "folder": "/platform"},
        MEMBER,
    ]
    by_group = {"role": "CLUSTER_MONITOR", "folder": "/platform", "groups": [HOSTILE]}
    for state, wanted, expected, writes in (
        (
            "present",
            # Doubles collapse, and an id is as good as a name.
            [*roles, BILLING, {"role": "CLUSTER_ADMIN", "cluster": cluster}],
            shown,
            [
                f"POST /roles/{ALICE}/FOLDER/{FOLDER}/FOLDER_ADMIN",
                f"POST /roles/{ALICE}/CLUSTER/{cluster}/CLUSTER_ADMIN",
                f"POST /roles/{ALICE}/ORGANIZATION//BILLING_VIEWER",
            ],
        ),
        # What comes from a group is not hers to lose.
        (
            "absent",
            [BILLING, {"role": "CLUSTER_MONITOR", "folder": "/platform"}],
            shown[1:],
            [f"DELETE /roles/{ALICE}/ORGANIZATION//BILLING_VIEWER"],
        ),
        ("exactly", [{"role": "METRICS_VIEWER", "cluster": cluster}], None, [f"PUT /roles/{ALICE}"]),
        ("exactly", [], [MEMBER], [f"PUT /roles/{ALICE}"]),
    ):
        people.reset("requests")
        predicted = grant(people, *wanted, state=state, check=True)
        assert sent(people) == [], state
        made = grant(people, *wanted, state=state)
        assert sent(people) == writes and predicted == made, state
        expected = expected or [{"role": "METRICS_VIEWER", "cluster": "orders"}, MEMBER]
        assert made["role_grant"] == {"user_id": ALICE, "roles": expected, "group_roles": [by_group]}, state
        assert made["diff"]["after"] == {"roles": expected} and made["warnings"] == []
        again = grant(people, *wanted, state=state)
        assert not again["changed"] and again["role_grant"] == made["role_grant"], state
        assert execute("role_grant_info", {"user": "alice@example.com"}, people)["role_grants"] == [made["role_grant"]]
    everybody = execute("role_grant_info", {}, people)["role_grants"]
    assert {row["user_id"] for row in everybody} >= {ALICE, BOB, own_account(people)["id"]}
    assert next(row for row in everybody if row["user_id"] == ALICE)["group_roles"] == [by_group]


def test_who_can_have_them(people: Emulator) -> None:
    for who in ({"group": HOSTILE}, {"user_id": GROUP}, {"service_account": own_account(people)["name"]}):
        assert grant(people, {"role": "CLUSTER_CREATOR", "folder": FOLDER}, **who)["warnings"] == []
    # Groups need not be members.
    assert not grant(
        people,
        *({"role": role, "folder": FOLDER} for role in ("CLUSTER_CREATOR", "CLUSTER_MONITOR")),
        group=HOSTILE,
        state="exactly",
    )["changed"]
    assert execute("person_info", {"email": "ALICE@example.com"}, people)["persons"] == [
        {"id": ALICE, "email": "Alice@example.com"}
    ]
    assert execute("person_info", {"email": "nobody@example.com"}, people)["persons"] == []
    account = {"name": "twin", "description": "", "roles": []}
    ids = sorted(people.api("POST", "/service-accounts", account)["id"] for _each in range(2))
    problem = f"There are 2 service accounts named 'twin'. Give the id of the one that is meant: {', '.join(ids)}"
    assert problem in grant(people, BILLING, service_account="twin")["msg"]


@pytest.mark.parametrize("check", [True, False])
def test_what_must_not_be(people: Emulator, check: bool) -> None:
    own = own_account(people)
    people.reset("requests")
    for roles, who, message in (
        (
            [{"role": "CLUSTER_CREATOR"}],
            {"service_account": own["name"], "state": "absent"},
            f"The task uses a key of service account '{own['name']}', and takes no roles from its own account; nothing was changed",
        ),
        ([], {"user_id": own["id"], "state": "exactly"}, "takes no roles from its own account"),
        ([MEMBER], {"state": "absent"}, "ORG_MEMBER can't be taken away"),
        (
            [{"role": "FOLDER_ADMIN", "cluster": "x"}],
            {},
            "roles[0]: FOLDER_ADMIN can't be given on a cluster, only on a folder or the organization",
        ),
        ([{"role": "clusteradmn"}], {}, "roles[0]: there is no role 'clusteradmn', did you mean CLUSTER_ADMIN?"),
        ([{"role": "CLUSTER_ADMIN", "cluster": " "}], {}, "roles[0]: cluster is empty"),
        ([BILLING], {"user": "nobody@example.com"}, "There is no person 'nobody@example.com'"),
        ([BILLING], {"user": "alice"}, "'alice' is not an e-mail address"),
        # A task before it can have made the group, which check mode does not.
        *([] if check else [([BILLING], {"group": "nobody"}, "There is no group 'nobody'")]),
        ([BILLING], {"user_id": "alice"}, "user_id: 'alice' is not an id"),
    ):
        result = grant(people, *roles, **who, check=check)
        assert result.get("failed") and message in result["msg"], result
    assert people.writes() == []


def test_somebody_keeps_the_organization(people: Emulator) -> None:
    """The key in use can see, but is no administrator: alice is the last one, and then not any more."""
    own = own_account(people)["id"]
    both = [("ORG_ADMIN", "ORGANIZATION", ""), ("CLUSTER_ADMIN", "ORGANIZATION", "")]
    people.patch(objects={"grants": {ALICE: held(*both), own: held(both[1], ("FOLDER_ADMIN", "ORGANIZATION", ""))}})
    for role, state, message in (
        ("ORG_ADMIN", "absent", "user 'alice@example.com' is the last one with ORG_ADMIN on the organization"),
        ("CLUSTER_ADMIN", "absent", "is the last one with ORG_ADMIN and CLUSTER_ADMIN on the organization"),
        ("ORG_MEMBER", "exactly", "is the last one with ORG_ADMIN on the organization"),
    ):
        for check in (True, False):
            result = grant(people, {"role": role}, state=state, check=check)
            assert message.removeprefix("user ") in result["msg"] and "nothing was changed" in result["msg"]
    assert people.writes() == []
    # One who has it through a group is enough.
    people.patch(objects={"groups": {GROUP: {"id": GROUP, "displayName": "admins", "members": [{"value": BOB}]}}})
    people.patch(objects={"grants": {GROUP: held(*both)}})
    assert grant(people, {"role": "ORG_ADMIN"}, state="absent", check=True)["changed"]
    people.patch(objects={"grants": {own: held(*both)}})
    assert grant(people, {"role": "ORG_ADMIN"}, state="absent")["changed"]


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
def test_a_lost_answer_is_no_failure(people: Emulator, method: str) -> None:
    """What is sent again meets what it has done itself: a role that is there, or is there no more."""
    roles = [BILLING, {"role": "CLUSTER_CREATOR"}]
    if method != "POST":
        grant(people, *roles)
    people.fault("drop_after", method, "/roles/")
    state = {"POST": "present", "DELETE": "absent", "PUT": "exactly"}[method]
    result = grant(people, *(roles if method != "PUT" else []), state=state, api_retries=1)
    assert people.fired() == [1] and result["changed"] and not result.get("failed"), result
    assert result["role_grant"]["roles"] == [*(sorted(roles, key=str) if method == "POST" else []), MEMBER]


def test_what_is_not_there_yet(playbook: Runner, people: Emulator) -> None:
    """A play from nothing: account, cluster and roles; in check mode as in the run, and once."""
    roles = [{"role": "CLUSTER_DEVELOPER", "cluster": "orders"}, {"role": "CLUSTER_CREATOR", "folder": "/shop"}]
    tasks: list[dict[str, Any]] = [
        {"name": "folder", "crdb.cloud.folder": {"path": "/shop"}},
        {"name": "cluster", "crdb.cloud.cluster": {"name": "orders", "provider": "GCP", "regions": ["us-central1"]}},
        {"name": "roles", "crdb.cloud.role_grant": {"user": "bob@example.com", "roles": roles}},
        {
            "name": "none",
            "crdb.cloud.role_grant": {
                "user": "x@example.com",
                "roles": [{"role": "CLUSTER_ADMIN", "cluster": "gone"}],
                "state": "absent",
            },
        },
    ]
    missing = [f"There is no {what}.* predicted as if it were there" for what in ("cluster 'orders'", "folder '/shop'")]
    absent = [r"There is no (cluster 'gone'|person 'x@example.com'), so what refers to it is taken as absent"]
    predicted = playbook(tasks, check=True, warns=[*missing, *absent])
    assert people.writes() == []
    made = playbook(tasks, warns=absent)
    assert (
        predicted["roles"]["role_grant"] == made["roles"]["role_grant"]
        and predicted["roles"]["plan"] == made["roles"]["plan"]
    )
    assert not made["none"].changed and made["none"]["role_grant"] is None
    again = playbook(tasks, warns=absent)
    assert not any(outcome.changed for outcome in again.outcomes)
    # Without the tasks before it, a run says what lacks.
    result = grant(people, {"role": "CLUSTER_ADMIN", "cluster": "gone"})
    assert "There is no cluster 'gone'. Create it first with the module cluster" in result["msg"]
