# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reconciler: from what is there to what is wanted, with every kind of trouble on the way."""

from __future__ import annotations

import pytest
from plugin_fakes import CLUSTER_ID, NEWEST, OTHER_ID, FakeApi, FakeRun, advanced, cluster, refusal, standard

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import (
    ApiError,
    CrdbError,
    LostAnswerError,
    NotSentError,
    OptionError,
    WaitError,
)
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.allowlist_entry import ALLOWLIST_ENTRY
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.cluster import CLUSTER
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.declared import NIL_ID
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.spend_limit import SPEND_LIMIT
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.sql_user import SQL_USER
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.apply import LOOK_FOR
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.finder import Parent
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.reconciler import Reconciler

USERS = f"/clusters/{CLUSTER_ID}/sql-users"
SECRET = "hunter2-and-more"
LOST = LostAnswerError("the connection was cut")
NO_ROLE = ApiError("permission denied", status=403, method="GET", path="/api/v1/clusters", code=7)


@pytest.fixture
def api():
    return FakeApi(cluster())


def user(api, run=None, check=False, diff=False, wait=True, **params):
    params = {"cluster": "orders", "name": "app", "password": SECRET, "update_password": "on_create", **params}
    run = run or FakeRun(api, params, check_mode=check, diff=diff, wait=wait)
    run.params = params
    return Reconciler(run).ensure(SQL_USER), run


def ensure_cluster(api, check=False, diff=False, wait=True, wait_timeout=600.0, **params):
    run = FakeRun(api, {"name": "orders", **params}, check_mode=check, diff=diff, wait=wait, wait_timeout=wait_timeout)
    return Reconciler(run).ensure(CLUSTER), run


def spend_limit(api, check=False, wait=True, **params):
    params = {"cluster": CLUSTER_ID, "spend_limit": None, "usage_limits": None, "unlimited": None, **params}
    run = FakeRun(api, params, check_mode=check, wait=wait)
    return Reconciler(run).ensure(SPEND_LIMIT), run


def entry(api, check=False, **params):
    run = FakeRun(api, {"cluster": CLUSTER_ID, "cidr": "203.0.113.0/24", **params}, check_mode=check)
    return Reconciler(run).ensure(ALLOWLIST_ENTRY), run


def methods(api):
    return [method for method, _path, _body in api.writes]


def after_reads(count, change):
    """What FakeApi.on_read needs: *change* the API when it is read for the *count*-th time."""
    reads = []

    def on_read(api):
        reads.append(1)
        if len(reads) == count:
            change(api)

    return on_read


def becomes(count, **fields):
    return after_reads(count, lambda api: api.clusters[CLUSTER_ID].update(fields))


# --- the life of an object -------------------------------------------------------------------------------------------


LIVES = {
    "sql_user": (user, {}, {"update_password": "always"}),
    "allowlist_entry": (entry, {"ui": True, "sql": True, "name": "office"}, {"ui": False, "name": "home"}),
}


@pytest.mark.parametrize("noun", LIVES)
def test_create_again_update_again_delete_again(api, noun):
    ensure, first, second = LIVES[noun]
    for params, methods_sent in ((first, ["POST"]), ({**first, **second}, None), ({"state": "absent"}, ["DELETE"])):
        before = len(api.writes)
        predicted, _run = ensure(api, check=True, **params)
        assert len(api.writes) == before, "check mode writes nothing"
        found, run = ensure(api, **params)
        assert found["changed"] is predicted["changed"] is True and run.warnings == []
        assert found[noun] == predicted[noun] and found["plan"] == predicted["plan"]
        sent = [method for method, _path, _body in api.writes[before:]]
        assert sent == methods_sent or (methods_sent is None and len(sent) == 1)
        if params.get("update_password") == "always":
            continue
        before = len(api.writes)
        again, _run = ensure(api, **params)
        assert again["changed"] is False and again[noun] == found[noun] and again["plan"] == []
        assert len(api.writes) == before


def test_a_cluster_is_created_waited_for_changed_and_deleted(api):
    del api.clusters[CLUSTER_ID]
    params = {"provider": "GCP", "regions": ["us-east1"], "labels": {"a": "b"}}
    predicted, _run = ensure_cluster(api, check=True, **params)
    assert predicted["cluster"]["id"] == NIL_ID and api.writes == []
    api.on_read = after_reads(5, lambda api: api.clusters[OTHER_ID].update(state="CREATED"))
    found, run = ensure_cluster(api, **params)
    assert found["cluster"]["state"] == "CREATED" and found["cluster"]["id"] == OTHER_ID and run.clock.sleeps
    assert any("CREATING" in line for line in run.progress)
    assert ensure_cluster(api, **params)[0]["changed"] is False
    changed, _run = ensure_cluster(api, labels={})
    assert changed["changed"] and changed["cluster"]["labels"] == {}
    gone, _run = ensure_cluster(api, state="absent")
    assert gone["changed"] and gone["cluster"] is None
    assert ensure_cluster(api, state="absent")[0]["changed"] is False
    assert methods(api) == ["POST", "PATCH", "DELETE"]


@pytest.mark.parametrize("version", ["2022-03-31", "2022-09-20", "2023-04-10", NEWEST])
def test_a_spend_limit_in_every_version(version):
    api = FakeApi(cluster(plan="BASIC" if version == NEWEST else "SERVERLESS"), version=version)
    predicted, _run = spend_limit(api, check=True, spend_limit=500)
    assert api.writes == []
    found, _run = spend_limit(api, spend_limit=500)
    name = "usage_limits" if version == NEWEST else "spend_limit"
    assert found["changed"] and found["spend_limit"][name] == predicted["spend_limit"][name]
    assert spend_limit(api, spend_limit=500)[0]["changed"] is False
    assert methods(api) == ["PUT" if version == "2022-03-31" else "PATCH"]


def test_the_diff_is_there_when_asked_for(api):
    assert "diff" not in user(api, check=True)[0]
    found, _run = user(api, diff=True)
    assert found["diff"] == {"before": {}, "after": {"name": "app"}}
    assert SECRET not in str(found)
    assert user(api, diff=True)[0]["diff"] == {"before": {"name": "app"}, "after": {"name": "app"}}


def test_secrets_go_along_to_be_masked(api):
    user(api)
    user(api, update_password="always")
    assert api.sent_secrets == [(SECRET,), (SECRET,)]


def test_a_loop_shares_its_listings(api):
    run = FakeRun(api, {})
    for number in range(10):
        user(api, run, name=f"app{number}")
    for number in range(10):
        user(api, run, name=f"app{number}")
    assert len(api.writes) == 10
    assert [path for method, path, _body in api.log if method == "GET"] == ["/clusters", USERS]


# --- which cluster ---------------------------------------------------------------------------------------------------


def test_an_id_costs_no_request(api):
    user(api, cluster=CLUSTER_ID)
    assert [path for _method, path, _body in api.log] == [USERS, USERS]


def test_a_deleted_cluster_does_not_count(api):
    api.clusters[OTHER_ID] = cluster(id=OTHER_ID, state="DELETED")
    assert user(api)[0]["changed"]


@pytest.mark.parametrize("ensure", [user, ensure_cluster])
def test_two_clusters_of_one_name_are_an_error(api, ensure):
    api.clusters[OTHER_ID] = cluster(id=OTHER_ID)
    with pytest.raises(OptionError, match=f"2 clusters named 'orders'.*{OTHER_ID}.*{CLUSTER_ID}"):
        ensure(api)
    assert api.writes == []


@pytest.mark.parametrize("given", ["nowhere", OTHER_ID, NIL_ID])
@pytest.mark.parametrize("ensure", [user, entry, spend_limit])
def test_a_missing_cluster(api, ensure, given):
    more = {"spend_limit": 5} if ensure is spend_limit else {}
    with pytest.raises(OptionError, match=f"There is no cluster '{given}'"):
        ensure(api, cluster=given, **more)
    found, run = ensure(api, check=True, cluster=given, **more)
    assert found["changed"] and len(run.warnings) == 1 and "predicted" in run.warnings[0]
    if ensure is not spend_limit:
        found, run = ensure(api, cluster=given, state="absent")
        assert found["changed"] is False and "taken as absent" in run.warnings[0]
    assert api.writes == []


@pytest.mark.parametrize("deleted", [True, False])
def test_an_id_is_never_created(api, deleted):
    if deleted:
        api.clusters[OTHER_ID] = cluster(id=OTHER_ID, state="DELETED")
    for check in (True, False):
        with pytest.raises(OptionError, match="no cluster with the id"):
            ensure_cluster(api, check=check, id=OTHER_ID, provider="GCP", regions=["us-east1"])
        assert ensure_cluster(api, check=check, id=OTHER_ID, state="absent")[0]["changed"] is False
    assert api.writes == []


def test_a_name_that_is_not_that_of_the_id_deletes_nothing(api):
    with pytest.raises(OptionError, match="nothing was deleted"):
        ensure_cluster(api, id=CLUSTER_ID, name="invoices", state="absent")
    with pytest.raises(OptionError, match="names can't be changed"):
        ensure_cluster(api, id=CLUSTER_ID, name="invoices", labels={})
    assert api.writes == []


def test_a_protected_cluster_is_not_deleted(api):
    api.clusters[CLUSTER_ID]["delete_protection"] = "ENABLED"
    with pytest.raises(OptionError, match="delete protection"):
        ensure_cluster(api, state="absent")
    assert api.writes == []


def test_an_unknown_region_is_refused_before_anything_is_sent(api):
    with pytest.raises(OptionError, match=r"us-esat1.*us-east1"):
        ensure_cluster(api, name="orders-new", provider="GCP", regions=["us-esat1"])
    with pytest.raises(OptionError, match="us-esat1"):
        ensure_cluster(api, regions=["us-central1", "us-esat1"], primary_region="us-central1")
    assert api.writes == []


# --- waiting ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def creating():
    api = FakeApi(cluster(state="CREATING"))
    api.on_read = becomes(6, state="CREATED")
    return api


def test_a_child_waits_for_its_cluster(creating):
    found, run = user(creating)
    assert found["changed"] and creating.users[CLUSTER_ID] == {"app": SECRET} and run.clock.sleeps


def test_a_child_does_not_wait_unless_it_may():
    api = FakeApi(cluster(state="CREATING"))
    with pytest.raises(OptionError, match=r"still CREATING.*wait: true"):
        user(api, wait=False)
    found, run = user(api, check=True)
    assert found["changed"] and "CREATING" in run.warnings[0] and run.clock.sleeps == []
    assert api.writes == []


@pytest.mark.parametrize("check", [True, False])
def test_a_cluster_may_become_ready_between_two_requests(creating, check):
    creating.on_read = becomes(3, state="CREATED")
    assert user(creating, check=check)[0]["changed"]


def test_a_ready_cluster_without_the_collection_is_an_error(api):
    api.faults = [("GET", "sql-users", refusal(404, "no such thing"))] * 2
    with pytest.raises(ApiError, match="list the SQL users of cluster 'orders': no such thing"):
        user(api)


def test_a_cluster_that_is_busy_is_waited_for_first():
    api = FakeApi(cluster(state="LOCKED", operation_status="CRDB_SCALE_RUNNING"))
    api.on_read = becomes(4, state="CREATED", operation_status="UNSPECIFIED")
    found, run = ensure_cluster(api, labels={"a": "b"})
    assert found["changed"] and run.clock.sleeps and methods(api) == ["PATCH"]


def test_waiting_ends_in_failure(api):
    del api.clusters[CLUSTER_ID]
    api.on_read = after_reads(5, lambda api: api.clusters[OTHER_ID].update(state="CREATION_FAILED"))
    with pytest.raises(WaitError, match="CREATION_FAILED") as error:
        ensure_cluster(api, provider="GCP", regions=["us-east1"])
    assert error.value.as_result()["cluster"]["state"] == "CREATION_FAILED"


def test_waiting_ends_in_time(api):
    del api.clusters[CLUSTER_ID]
    with pytest.raises(WaitError, match="still CREATING after 30 seconds") as error:
        ensure_cluster(api, wait_timeout=30.0, provider="GCP", regions=["us-east1"])
    assert error.value.as_result()["cluster"]["id"] == OTHER_ID
    assert methods(api) == ["POST"]


def test_nobody_waits_without_wait(api):
    del api.clusters[CLUSTER_ID]
    found, run = ensure_cluster(api, wait=False, provider="GCP", regions=["us-east1"])
    assert found["cluster"]["state"] == "CREATING" and run.clock.sleeps == []


def test_an_operation_that_fails(api):
    api.clusters[CLUSTER_ID] = advanced()
    patch = api._cluster

    def failing(method, row, body):
        row = patch(method, row, body)
        if method == "PATCH":
            row.update(state="LOCKED", operation_status="CRDB_SCALE_RUNNING")
            api.on_read = becomes(3, state="CREATED", operation_status="CRDB_SCALE_FAILED")
        return row

    api._cluster = failing
    with pytest.raises(WaitError, match="CRDB_SCALE_FAILED") as error:
        ensure_cluster(api, region_nodes={"us-east1": 5, "us-west1": 3})
    assert error.value.as_result()["changed"] is True


def test_an_entry_waits_until_it_is_in_force(api):
    state = {"left": 3}
    answer = api._entry

    def propagating(method, entries, rest, body):
        found = answer(method, entries, rest, body)
        if method == "GET" and entries:
            state["left"] -= 1
            found["propagating"] = state["left"] > 0
        return found

    api._entry = propagating
    found, run = entry(api)
    assert found["changed"] and len(run.clock.sleeps) == 2


def test_deletion_waits_until_the_cluster_is_gone(api):
    patch = api._cluster

    def slowly(method, row, body):
        if method == "DELETE":
            row["state"] = "LOCKED"
            api.on_read = becomes(4, state="DELETED")
            return row
        return patch(method, row, body)

    api._cluster = slowly
    found, run = ensure_cluster(api, state="absent")
    assert found["changed"] and found["cluster"] is None and run.clock.sleeps


# --- busy ------------------------------------------------------------------------------------------------------------


def test_a_busy_cluster_gets_the_request_again(api):
    api.faults = [("PATCH", "clusters", refusal(409, "locked cluster", busy=True))] * 3
    found, run = ensure_cluster(api, labels={"a": "b"})
    assert found["changed"] and found["cluster"]["labels"] == {"a": "b"} and methods(api) == ["PATCH"] * 4
    assert len(run.clock.sleeps) >= 3


def test_a_busy_cluster_is_an_error_without_wait(api):
    api.faults = [("PATCH", "clusters", refusal(409, "locked cluster", busy=True))]
    with pytest.raises(ApiError, match="locked cluster"):
        ensure_cluster(api, wait=False, labels={"a": "b"})
    assert methods(api) == ["PATCH"]


def test_a_cluster_that_stays_busy_is_an_error_in_time(api):
    api.faults = [("POST", "sql-users", refusal(409, "locked cluster", busy=True))] * 5000
    run = FakeRun(api, {}, wait_timeout=60.0)
    with pytest.raises(ApiError, match="locked cluster"):
        user(api, run)
    assert 59 <= sum(run.clock.sleeps) <= 61


# --- lost answers ----------------------------------------------------------------------------------------------------


def test_a_user_whose_creation_got_lost_is_taken_over(api):
    api.after = [("POST", "sql-users", LOST)]
    found, run = user(api)
    assert found["changed"] and found["sql_user"] == {"name": "app"} and "taken over" in run.warnings[0]
    assert methods(api) == ["POST", "PUT"], "the password may be somebody else's, so it is set"
    assert api.sent_secrets == [(SECRET,), (SECRET,)]


def test_a_creation_that_never_arrived_is_not_sent_again(api):
    api.faults = [("POST", "sql-users", LOST)]
    run = FakeRun(api, {})
    with pytest.raises(CrdbError, match=r"outcome is unknown.*Run the task again"):
        user(api, run)
    assert methods(api) == ["POST"] and LOOK_FOR - 3 <= sum(run.clock.sleeps) <= LOOK_FOR + 1


def test_an_object_that_shows_up_late_is_found(api):
    api.faults = [("POST", "sql-users", LOST)]
    api.on_read = after_reads(8, lambda api: api.users[CLUSTER_ID].update(app="?"))
    found, _run = user(api)
    assert found["changed"] and methods(api) == ["POST", "PUT"] and api.users[CLUSTER_ID] == {"app": SECRET}


def test_trouble_while_looking_is_no_reason_to_give_up(api):
    api.after = [("POST", "sql-users", LOST)]
    run = FakeRun(api, {})

    def trouble(api):
        if len(api.writes) == 1 and len(run.clock.sleeps) < 2:
            raise NotSentError("the network is down")

    api.on_read = trouble
    assert user(api, run)[0]["changed"] and methods(api) == ["POST", "PUT"]


def test_an_entry_whose_creation_got_lost_is_taken_over(api):
    api.after = [("POST", "allowlist", LOST)]
    found, _run = entry(api, name="office")
    assert found["allowlist_entry"]["name"] == "office" and methods(api) == ["POST"]


def test_a_cluster_whose_creation_got_lost_is_taken_over_and_waited_for(api):
    del api.clusters[CLUSTER_ID]
    api.after = [("POST", "clusters", LOST)]
    api.on_read = after_reads(6, lambda api: api.clusters[OTHER_ID].update(state="CREATED"))
    found, run = ensure_cluster(api, provider="GCP", regions=["us-east1"])
    assert found["cluster"]["id"] == OTHER_ID and found["cluster"]["state"] == "CREATED"
    assert methods(api) == ["POST"] and "nothing was created twice" in run.warnings[0]


def test_a_cluster_of_somebody_else_is_not_taken_over(api):
    del api.clusters[CLUSTER_ID]
    api.faults = [("POST", "clusters", LOST)]
    theirs = cluster(id=OTHER_ID, cloud_provider="AWS")
    api.on_read = after_reads(4, lambda api: api.clusters.update({OTHER_ID: theirs}))
    with pytest.raises(CrdbError, match="not what was asked for"):
        ensure_cluster(api, provider="GCP", regions=["us-central1"])
    assert methods(api) == ["POST"] and api.clusters[OTHER_ID] == theirs


@pytest.mark.parametrize("check", [True, False])
def test_a_key_that_sees_no_cluster_creates_by_name(check):
    api = FakeApi()
    api.faults = [("GET", "^/clusters$", NO_ROLE)]
    api.on_read = after_reads(3, lambda api: [row.update(state="CREATED") for row in api.clusters.values()])
    found, run = ensure_cluster(api, check=check, provider="GCP", regions=["us-central1"])
    assert found["changed"] and methods(api) == ([] if check else ["POST"])
    assert "which the key can't see" in run.warnings[0] and len(run.warnings) == 1


def test_a_key_that_sees_no_cluster_does_nothing_else():
    for params in ({"state": "absent"}, {"id": OTHER_ID, "provider": "GCP", "regions": ["us-central1"]}):
        api = FakeApi()
        api.faults = [("GET", "^/clusters", NO_ROLE)]
        with pytest.raises(ApiError, match="lacks a role"):
            ensure_cluster(api, **params)
        assert api.writes == []
    for other in (refusal(403), refusal(401), refusal(500)):
        api = FakeApi()
        api.faults = [("GET", "^/clusters", other)]
        with pytest.raises(ApiError, match="list the clusters"):
            ensure_cluster(api, provider="GCP", regions=["us-central1"])
        assert api.writes == []


def test_a_creation_that_got_lost_can_not_be_looked_for_without_a_role():
    api = FakeApi()
    api.faults = [("GET", "^/clusters$", NO_ROLE)] * 99
    api.faults.append(("POST", "^/clusters$", LOST))
    with pytest.raises(CrdbError, match=r"outcome is unknown. This key has no role to look: see in the Cloud Console"):
        ensure_cluster(api, provider="GCP", regions=["us-central1"])
    assert methods(api) == ["POST"]


def test_a_change_whose_answer_got_lost_is_looked_for(api):
    api.after = [("PATCH", "clusters", LOST)]
    found, run = ensure_cluster(api, labels={"a": "b"})
    assert found["cluster"]["labels"] == {"a": "b"} and methods(api) == ["PATCH"] and "was lost" in run.warnings[0]


def test_a_change_that_never_arrived_is_sent_again_with_pauses(api):
    api.faults = [("PATCH", "clusters", LOST)] * 2
    found, run = ensure_cluster(api, labels={"a": "b"})
    assert found["cluster"]["labels"] == {"a": "b"} and methods(api) == ["PATCH"] * 3
    assert len(run.clock.sleeps) == 2 and all(run.clock.sleeps)


def test_a_change_that_never_arrives(api):
    api.faults = [("PATCH", "clusters", LOST)] * 9
    with pytest.raises(LostAnswerError, match="update cluster 'orders'"):
        ensure_cluster(api, labels={"a": "b"})
    assert methods(api) == ["PATCH"] * 3


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_what_the_session_gave_up_is_not_sent_again_here(api, method):
    user(api)
    api.faults = [(method, "sql-users", LOST)]
    with pytest.raises(LostAnswerError):
        user(api, **({"state": "absent"} if method == "DELETE" else {"update_password": "always"}))
    assert methods(api) == ["POST", method]


# --- answers that say no ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_server_without_the_spend_limit_request_is_patched(status):
    api = FakeApi(cluster(plan="SERVERLESS"), version="2022-03-31")
    api.faults = [("PUT", "spend-limit", refusal(status))]
    found, run = spend_limit(api, spend_limit=500)
    assert found["spend_limit"]["spend_limit"] == 500 and methods(api) == ["PUT", "PATCH"]
    assert "does not know PUT spend-limit" in run.warnings[0]


def test_a_refused_spend_limit_is_not_patched():
    api = FakeApi(cluster(plan="SERVERLESS"), version="2022-03-31")
    api.faults = [("PUT", "spend-limit", refusal(400, "too much"))]
    with pytest.raises(ApiError, match=r"set the spend limit of cluster.*too much"):
        spend_limit(api, spend_limit=500)
    assert methods(api) == ["PUT"]


@pytest.mark.parametrize("row", [standard(), advanced()])
def test_a_cluster_without_a_spend_limit(row):
    api = FakeApi(row)
    with pytest.raises(OptionError, match="no spend limit"):
        spend_limit(api, spend_limit=500)
    assert api.writes == []


def test_what_is_gone_already_is_deleted(api):
    user(api)
    api.faults = [("DELETE", "sql-users", refusal(404))]
    found, _run = user(api, state="absent")
    assert found["changed"] and found["sql_user"] is None and found["name"] == "app"


def test_an_unknown_object_is_an_error_for_a_change(api):
    user(api)
    api.faults = [("PUT", "sql-users", refusal(404, "user not found"))]
    with pytest.raises(
        ApiError, match="Failed to set the password of SQL user 'app' on cluster 'orders': user not found"
    ):
        user(api, update_password="always")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_lacking_role_is_named(api, method):
    api.faults = [(method, "sql-users", refusal(403, "permission denied"))]
    with pytest.raises(ApiError, match=r"Failed to .*permission denied .HTTP 403.*CLUSTER_ADMIN"):
        user(api)


def test_what_was_done_before_a_failure_is_told():
    api = FakeApi(advanced())
    api.faults = [("PATCH", "clusters", refusal(400, "no such version"))]
    patch = api._fire

    def only_upgrades(faults, method, path):
        if not api.log[-1][2] or "cockroach_version" in api.log[-1][2]:
            patch(faults, method, path)

    api._fire = only_upgrades
    with pytest.raises(ApiError) as error:
        ensure_cluster(api, labels={"a": "b"}, cockroach_version="v25.4", upgrade_status="FINALIZED")
    text = str(error.value)
    assert "Failed to upgrade to v25.4" in text and "Done: update cluster 'orders'" in text
    assert "Not done: finalise" in text and error.value.as_result()["changed"] is True


def test_an_upgrade_and_its_finalization_need_the_wait():
    api = FakeApi(advanced())
    upgrade = api._cluster

    def slow(method, row, body):
        row = upgrade(method, row, body)
        if method == "PATCH" and "cockroach_version" in body:
            row["upgrade_status"] = "MAJOR_UPGRADE_RUNNING"
            api.on_read = becomes(4, upgrade_status="PENDING_FINALIZATION")
        return row

    api._cluster = slow
    found, run = ensure_cluster(api, cockroach_version="v25.4", upgrade_status="FINALIZED")
    assert [body for _method, _path, body in api.writes] == [
        {"cockroach_version": "v25.4"},
        {"upgrade_status": "FINALIZED"},
    ]
    assert found["cluster"]["upgrade_status"] == "FINALIZED" and run.clock.sleeps


@pytest.mark.parametrize(("row", "slowest"), [(cluster(state="CREATING"), 5.0), (advanced(state="CREATING"), 30.0)])
def test_what_takes_long_is_looked_at_less_often(row, slowest):
    api = FakeApi(row)
    api.on_read = becomes(20, state="CREATED")
    run = FakeRun(api, {}, wait_timeout=3600.0)
    Reconciler(run).await_parent(Parent(CLUSTER, "orders", CLUSTER_ID, row))
    assert run.clock.sleeps[0] == 1.0 and run.clock.sleeps[-1] == slowest


@pytest.mark.parametrize("given", ["", "  "])
def test_an_empty_name_of_a_cluster_is_said_to_be_empty(api, given):
    with pytest.raises(OptionError, match="cluster must say which one is meant"):
        user(api, cluster=given)
    with pytest.raises(OptionError, match="name must say which cluster is meant"):
        ensure_cluster(api, name="")
    assert api.log == []


@pytest.mark.parametrize("version", ["2022-09-20", "2023-04-10"])
@pytest.mark.parametrize("check", [True, False])
def test_no_limit_is_sent_to_a_standard_cluster_that_looks_serverless(version, check):
    api = FakeApi(cluster(plan="SERVERLESS", config={"serverless": {"spend_limit": 0}}), version=version)
    api.telling = lambda: FakeApi(standard())
    for change in (
        lambda: spend_limit(api, check, spend_limit=500),
        lambda: ensure_cluster(api, check, spend_limit=500),
    ):
        with pytest.raises(OptionError, match="has the plan STANDARD: there is no spend limit"):
            change()
    assert api.writes == []


@pytest.mark.parametrize("check", [True, False])
def test_without_waiting_nothing_is_begun_that_has_to_wait_for_the_rest(check):
    api = FakeApi(advanced())
    with pytest.raises(OptionError, match=r"To update cluster 'orders' takes a while.*Set wait: true"):
        ensure_cluster(api, check, wait=False, hardware={"storage_gib": 300}, cockroach_version="v25.4")
    assert api.writes == []
