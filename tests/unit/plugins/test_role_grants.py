# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles of somebody, and who that is: what the emulator does not show."""

from __future__ import annotations

import pytest
from plugin_fakes import CLUSTER_ID, OTHER_ID, FakeApi, FakeRun, cluster, refusal

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import AnswerError, ApiError, OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._edge.role_grants import chosen
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.grants import checked
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.people import PERSON
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.role_grant import ROLE_GRANT
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.scim import SCIM_GROUP, searched
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.reconciler import Reconciler

USER = "22222222-2222-3333-4444-555555555555"
WHO = {"user": None, "service_account": None, "group": None, "user_id": USER}

NO_ROLE = ApiError("permission denied", status=403, method="GET", path="/api/v1/clusters", code=7)


def row(name, kind="ORGANIZATION", place=""):
    return {"name": name, "resource": {"type": kind, "id": place}}


class Roles(FakeApi):
    """An organization with the answers to single requests, by path; an error is raised."""

    own_key = "CCDB1_0000000000000000000000"

    def __init__(self, *rows, version="2024-09-16", **answers):
        super().__init__(cluster(), version=version)
        self.answers = {
            f"/roles/{USER}": {"roles": list(rows)},
            f"/api-keys/{self.own_key}": {"service_account_id": OTHER_ID},
            **{path.replace("__", "/"): answer for path, answer in answers.items()},
        }

    def _answer(self, method, path, body):
        if method != "GET":
            return None
        answer = self.answers.get(path) or super()._answer(method, path, body)
        if isinstance(answer, Exception):
            raise answer
        return answer


def ensure(api, *roles, state="present", check=False, **who):
    entries = [{"cluster": None, "folder": None, **entry} for entry in roles]
    run = FakeRun(api, {**WHO, "roles": entries, "state": state, **who}, check_mode=check)
    return Reconciler(run).ensure(ROLE_GRANT), run


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"role": "ORG_ADMIN", "folder": "/a"}, "ORG_ADMIN can't be given on a folder, only on the organization"),
        (
            {"role": "CLUSTER_CREATOR", "cluster": "a"},
            "CLUSTER_CREATOR can't be given on a cluster, only on a folder or the organization",
        ),
        ({"role": "folder-mover"}, "there is no role 'folder-mover', did you mean FOLDER_MOVER"),
        ({"role": "CLUSTER_ADMIN", "folder": ""}, "folder is empty"),
    ],
)
def test_what_makes_no_sense_is_refused(entry, words):
    with pytest.raises(OptionError, match=words):
        checked(entry, "roles[0]")


# Those of other versions, and what may come.
@pytest.mark.parametrize("role", ["CLUSTER_OPERATOR_READER", "DEVELOPER"])
def test_roles_that_are_not_known_are_left_to_the_service(role):
    checked({"role": role, "cluster": "orders"}, "roles[0]")
    checked({"role": "FOLDER_ADMIN", "folder": "root"}, "roles[0]")


def test_the_first_version_has_names_of_its_own():
    api = Roles(row("ORG_ROLE_ORG_MEMBER"), row("ORG_ROLE_DEVELOPER"), version="2022-09-20")
    found, _run = ensure(api, {"role": "CLUSTER_ADMIN", "cluster": "orders"}, {"role": "DEVELOPER"})
    assert api.writes == [("POST", f"/roles/{USER}/CLUSTER/{CLUSTER_ID}/ORG_ROLE_CLUSTER_ADMIN", None)]
    assert [step["summary"] for step in found["plan"]] == [f"give CLUSTER_ADMIN on cluster 'orders' to user '{USER}'"]
    ensure(api, state="exactly")
    body = {"roles": [{"name": "ORG_ROLE_ORG_MEMBER", "resource": {"type": "ORGANIZATION"}}]}
    assert api.writes[1:] == [("PUT", f"/roles/{USER}", body)]


def test_whose_key_it_is_can_not_always_be_told():
    for answer in (refusal(403, "permission denied"), refusal(404, "no such key")):
        api = Roles(row("ORG_MEMBER"), row("BILLING_VIEWER"))
        api.answers[f"/api-keys/{api.own_key}"] = answer
        _found, run = ensure(api, {"role": "BILLING_VIEWER"}, state="absent", check=True)
        assert run.warnings == [f"It can't be told whether the task calls the API as user '{USER}', who loses roles"]
    with pytest.raises(ApiError, match="overloaded"):
        api.answers[f"/api-keys/{api.own_key}"] = refusal(500, "overloaded")
        ensure(api, {"role": "BILLING_VIEWER"}, state="absent", check=True)
    # People have no keys, but may call with a JWT.
    for key, warnings in ((api.own_key, 0), ("", 1)):
        api = Roles(row("ORG_MEMBER"), row("BILLING_VIEWER"))
        api.own_key = key
        _found, run = ensure(api, {"role": "BILLING_VIEWER"}, state="absent", check=True, user=USER, user_id=None)
        assert len(run.warnings) == warnings and not any("api-keys" in path for _method, path, _body in api.log)


def test_an_id_is_the_same_in_capitals():
    api = Roles(row("ORG_MEMBER"), row("CLUSTER_ADMIN", "CLUSTER", CLUSTER_ID))
    entry = {"role": "CLUSTER_ADMIN", "cluster": CLUSTER_ID.upper()}
    for who in ({"user_id": USER.upper()}, {"user_id": None, "user": USER.upper()}):
        found, _run = ensure(api, entry, **who)
        assert not found["changed"] and found["role_grant"]["user_id"] == USER
    api.answers[f"/api-keys/{api.own_key}"] = {"service_account_id": USER}
    with pytest.raises(OptionError, match="takes no roles from its own account"):
        ensure(api, entry, state="absent", user_id=USER.upper())


def test_one_with_the_role_through_a_group_is_enough():
    listed = {"grants": [], "user_group_grants": [{"user_id": OTHER_ID, "group_roles": [{"role": row("ORG_ADMIN")}]}]}
    # Who loses them as a group may be the one whom the others have them from.
    for who, words in (({"user": USER, "user_id": None}, ""), ({"group": USER, "user_id": None}, "is the last one")):
        api = Roles(row("ORG_MEMBER"), row("ORG_ADMIN"), __roles=listed)
        if words:
            with pytest.raises(OptionError, match=words):
                ensure(api, {"role": "ORG_ADMIN"}, state="absent", check=True, **who)
        else:
            assert ensure(api, {"role": "ORG_ADMIN"}, state="absent", check=True, **who)[0]["changed"]


def test_who_has_no_roles_at_all_may_be_gone():
    _found, run = ensure(Roles(), {"role": "BILLING_VIEWER"}, check=True)
    assert run.warnings == [f"user '{USER}' has no roles at all, and may be a service account that was deleted"]
    _found, run = ensure(Roles(), {"role": "BILLING_VIEWER"}, check=True, user=USER, user_id=None)
    assert run.warnings == []


def test_who_made_a_cluster_does_not_lose_it_unseen():
    api = Roles(row("ORG_MEMBER"), row("CLUSTER_ADMIN", "CLUSTER", CLUSTER_ID))
    api.clusters[CLUSTER_ID]["creator_id"] = USER
    _found, run = ensure(api, state="exactly", check=True)
    assert run.warnings == [f"user '{USER}' made cluster 'orders', and loses CLUSTER_ADMIN on it"]


def test_what_can_not_be_named_is_shown_by_its_id():
    rows = [row("CLUSTER_ADMIN", "CLUSTER", CLUSTER_ID), row("NEW", "WORKSPACE", OTHER_ID), row("ORG_MEMBER")]
    api = Roles(*rows, __clusters=NO_ROLE)
    found, _run = ensure(api, {"role": "CLUSTER_ADMIN", "cluster": CLUSTER_ID})
    assert not found["changed"] and found["role_grant"]["roles"] == [
        {"role": "CLUSTER_ADMIN", "cluster": CLUSTER_ID},
        {"role": "NEW", "workspace": OTHER_ID},
        {"role": "ORG_MEMBER"},
    ]


def test_nobody_with_an_id_that_is_unknown():
    api = Roles(**{f"__roles__{USER}": refusal(404, "user not found")})
    for check in (True, False):
        with pytest.raises(OptionError, match=f"There is no user '{USER}'. Correct the id"):
            ensure(api, {"role": "BILLING_VIEWER"}, check=check)
        found, _run = ensure(api, {"role": "BILLING_VIEWER"}, state="absent", check=check)
        assert (found["changed"], found["role_grant"]) == (False, None)


@pytest.mark.parametrize(
    "answer",
    [
        {"grants": [{"user_id": USER, "roles": "all"}]},
        {"grants": [], "user_group_grants": "none"},
        {"grants": [], "user_group_grants": [{"user_id": USER, "group_roles": [{"role": "ORG_ADMIN"}]}]},
        {"grants": [{"roles": []}]},
    ],
)
def test_a_list_of_all_that_says_nothing(answer):
    run = FakeRun(Roles(__roles=answer), dict.fromkeys(WHO))
    with pytest.raises(AnswerError, match="can't be used"):
        chosen(Reconciler(run), [])


def test_roles_of_an_answer_without_them_are_never_taken_for_none():
    for answer in ({"roles": None}, {"group_roles": []}, {"roles": [{"name": "X"}]}, {"roles": [], "group_roles": [1]}):
        with pytest.raises(AnswerError, match="can't be used"):
            ensure(Roles(**{f"__roles__{USER}": answer}), state="exactly")


# --- people and groups -----------------------------------------------------------------------------------------------


def test_a_person_is_found_by_the_address_alone():
    path = PERSON.collection({})
    finder = Reconciler(FakeRun(Roles(**{"__users__persons-by-email": {"user": {"id": USER, "email": "A@b.org"}}}), {}))
    assert finder.id_of("person", " a@B.ORG ") == USER and finder.id_of("person", USER) == USER
    for answer, error in (
        (refusal(404, "nobody"), OptionError),
        ({"user": None, "users": []}, OptionError),
        ({"user": {"email": "a@b.org"}}, AnswerError),
        # Somebody else.
        ({"user": {"id": USER, "email": "b@b.org"}}, OptionError),
        (refusal(403, "permission denied"), ApiError),
    ):
        finder = Reconciler(FakeRun(Roles(**{path: answer}), {}, check_mode=True))
        with pytest.raises(error):
            finder.id_of("person", "a@b.org")


def test_a_group_is_found_by_its_name_whatever_is_in_it():
    name = 'a "b" \\ or é'
    assert searched(SCIM_GROUP, {"name": name}) == {"filter": 'displayName eq "a \\"b\\" \\\\ or é"'}
    path = SCIM_GROUP.collection({})
    assert path == "/api/scim/v2/Groups"
    for answer in ({"totalResults": 0}, {"totalResults": 1, "Resources": [{"id": USER, "displayName": "other"}]}):
        finder = Reconciler(FakeRun(Roles(**{path: answer}), {}))
        with pytest.raises(OptionError, match="There is no group"):
            finder.id_of("scim_group", name)
    twins = [{"id": id_, "displayName": name} for id_ in (USER, OTHER_ID)]
    with pytest.raises(OptionError, match=f"There are 2 groups named .* {OTHER_ID}, {USER}"):
        Reconciler(FakeRun(Roles(**{path: {"totalResults": 2, "Resources": twins}}), {})).id_of("scim_group", name)
    with pytest.raises(AnswerError):
        Reconciler(FakeRun(Roles(**{path: {"totalResults": 1, "Resources": [{"displayName": name}]}}), {})).id_of(
            "scim_group", name
        )
