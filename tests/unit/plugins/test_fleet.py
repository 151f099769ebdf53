# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet in trouble: polls that fail, clusters that never settle, keys that are taken away; and the text of its plan."""

from __future__ import annotations

import pytest
from plugin_fakes import CLUSTER_ID, OTHER_ID, FakeApi, FakeRun, cluster, refusal

from ansible_collections.crdb.cloud.plugins.module_utils._errors import NotSentError, OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._fleet import LABEL, ensure_fleet
from ansible_collections.crdb.cloud.plugins.module_utils._fleet_plan import counted, text
from ansible_collections.crdb.cloud.plugins.module_utils._fleet_run import MISSED_POLLS
from ansible_collections.crdb.cloud.plugins.module_utils._plan import CREATE, DELETE, UPDATE, Step
from ansible_collections.crdb.cloud.plugins.module_utils._resources._topology import CHILDREN, PURGEABLE

NEW = {"name": "billing", "provider": "GCP", "regions": ["us-central1"]}
USER = {"name": "app", "password": "hunter2-and-more", "update_password": "on_create", "state": "present"}


def run_of(api, *clusters, check=False, diff=False, **options):
    settings = {name: options.pop(name) for name in ("wait", "wait_timeout") if name in options}
    defaults = {"purge": False, "purge_confirm": [], "report_unlisted": False, "parallel": 2, "plan_out": None}
    params = {"name": "shop", "clusters": list(clusters), **defaults, **options}
    return FakeRun(api, params, check_mode=check, diff=diff, **settings)


def becomes_ready(api, after):
    """The new cluster is ready when the clusters are listed for the *after*-th time."""

    def on_read(_api):
        if api.log[-1][1] == "/clusters" and sum(entry[:2] == ("GET", "/clusters") for entry in api.log) >= after:
            api.clusters[OTHER_ID]["state"] = "CREATED"

    return on_read


def test_one_listing_serves_all_waiting():
    api = FakeApi(cluster())
    api.on_read = becomes_ready(api, 4)
    run = run_of(api, {**NEW, "sql_users": [USER]}, {"name": "orders"})
    result = ensure_fleet(run)
    assert result["changed"] and "failed" not in result
    assert [row["status"] for row in result["results"]] == ["ok", "ok"]
    assert api.users[OTHER_ID] == {"app": USER["password"]}
    assert not any(path == f"/clusters/{OTHER_ID}" for _method, path, _body in api.log)
    assert run.progress == ["shop: 0/1 ready, 1s (1 CREATING)", "shop: 1/1 ready, 4s"]


def test_polls_may_fail_for_a_while():
    api = FakeApi()
    polls = []

    def failing(_api):
        if api.log[-1][1] == "/clusters" and OTHER_ID in api.clusters:
            polls.append(1)
            if len(polls) < MISSED_POLLS:
                raise refusal(500, "trouble")
            api.clusters[OTHER_ID]["state"] = "CREATED"

    api.on_read = failing
    assert "failed" not in ensure_fleet(run_of(api, NEW))
    assert len(polls) == MISSED_POLLS


def test_polls_that_go_on_failing_end_the_waiting():
    api = FakeApi()

    def failing(_api):
        if api.log[-1][1] == "/clusters" and OTHER_ID in api.clusters:
            raise refusal(500, "trouble")

    api.on_read = failing
    result = ensure_fleet(run_of(api, {**NEW, "sql_users": [USER]}))
    assert result["failed"] and "trouble (HTTP 500)" in result["msg"]
    assert result["results"][0]["skipped"] == ["create SQL user 'app' on cluster 'billing'"]
    assert result["changed"] and result["results"][0]["done"] == ["create cluster 'billing'"]


def test_a_cluster_that_never_settles():
    api = FakeApi()
    result = ensure_fleet(run_of(api, NEW, wait_timeout=60.0))
    assert result["failed"]
    assert "cluster 'billing' is still CREATING after 6" in result["msg"] and "wait_timeout" in result["msg"]


def test_a_cluster_that_vanishes_while_it_is_waited_for():
    api = FakeApi()

    def gone(_api):
        if OTHER_ID in api.clusters and api.log[-1][1] == "/clusters":
            del api.clusters[OTHER_ID]

    api.on_read = gone
    result = ensure_fleet(run_of(api, NEW))
    assert "cluster 'billing': it was deleted" in result["msg"]


def test_a_key_that_is_taken_away_ends_all():
    api = FakeApi(cluster())
    api.faults = [("PATCH", CLUSTER_ID, refusal(401, "who are you"))]
    result = ensure_fleet(run_of(api, {"name": "orders", "sql_users": [USER]}, parallel=1))
    assert result["failed"] and not result["changed"]
    assert len(api.writes) == 1
    assert result["results"][0]["skipped"] == ["create SQL user 'app' on cluster 'orders'"]


def test_no_way_to_the_server_ends_all():
    row = cluster(labels={LABEL: "shop"})
    api = FakeApi(row)
    users = [{**USER, "name": name} for name in ("app", "other", "third")]
    api.faults = [("POST", "sql-users", NotSentError("no way there"))]
    result = ensure_fleet(run_of(api, {"name": "orders", "sql_users": users}))
    assert len(api.writes) == 1 and result["failed"]
    assert len(result["results"][0]["skipped"]) == 2


def test_what_can_not_be_planned_is_left_out_and_said():
    api = FakeApi(cluster(), cluster(id=OTHER_ID, name="billing"))
    api.faults = [("GET", f"{CLUSTER_ID}/sql-users", refusal(500, "trouble"))]
    result = ensure_fleet(run_of(api, {"name": "orders", "sql_users": [USER]}, {"name": "billing"}))
    assert result["failed"] and "trouble (HTTP 500)" in result["msg"]
    assert [row["status"] for row in result["results"]] == ["failed", "ok"]
    assert result["results"][0]["skipped"] == ["update cluster 'orders'"] and not result["results"][0]["changed"]
    assert [path for _method, path, _body in api.writes] == [f"/clusters/{OTHER_ID}"]


def test_a_roll_out_that_never_ends_does_not_hide_what_was_done():
    api = FakeApi(cluster(labels={LABEL: "shop"}))
    get = api.get
    api.get = lambda path, query=None: (
        {**get(path, query), "propagating": True} if "allowlist" in path else get(path, query)
    )
    entry = {"cidr": "203.0.113.0/24", "state": "present"}
    result = ensure_fleet(run_of(api, {"name": "orders", "allowlist": [entry]}, wait_timeout=5.0))
    assert result["failed"] and "propagating" in result["msg"] and result["changed"]
    assert result["results"][0]["done"] == ["create allowlist entry '203.0.113.0/24' on cluster 'orders'"]


def test_a_cluster_that_is_busy_is_waited_for_before_it_is_changed():
    row = cluster(state="LOCKED", operation_status="CRDB_EDIT_RUNNING", labels={LABEL: "shop"})
    api = FakeApi(row)

    def free(_api):
        if len(api.log) > 4:
            api.clusters[CLUSTER_ID].update(
                state="CREATED", operation_status="UNSPECIFIED", delete_protection="ENABLED"
            )

    api.on_read = free
    result = ensure_fleet(run_of(api, {"name": "orders", "delete_protection": "ENABLED"}))
    # Somebody else was about to do the same.
    assert api.writes == [] and not result["changed"]


def test_labels_of_others_are_replaced_and_that_of_the_fleet_stays():
    api = FakeApi(cluster(labels={LABEL: "shop", "team": "a"}))
    ensure_fleet(run_of(api, {"name": "orders", "labels": {"env": "prod"}}))
    assert api.clusters[CLUSTER_ID]["labels"] == {"env": "prod", LABEL: "shop"}


def test_without_labels_the_others_stay():
    api = FakeApi(cluster(labels={"team": "a"}))
    ensure_fleet(run_of(api, {"name": "orders"}))
    assert api.clusters[CLUSTER_ID]["labels"] == {"team": "a", LABEL: "shop"}


def test_a_fleet_without_a_name_leaves_the_label_alone():
    """It neither sets nor compares, removes nor refuses it, whatever the entries say."""
    api = FakeApi(cluster(labels={LABEL: "other", "team": "a"}), cluster(id=OTHER_ID, name="billing"))
    for entry in ({"name": "orders"}, {"name": "orders", "labels": {"team": "a"}}, {"name": "billing", "labels": {}}):
        result = ensure_fleet(run_of(api, entry, name=None))
        assert not result["changed"] and result["marked_unlisted"] == []
    run = run_of(api, {"name": "orders", "labels": {LABEL: "mine", "env": "prod"}}, name=None, diff=True)
    result = ensure_fleet(run)
    assert api.clusters[CLUSTER_ID]["labels"] == {"env": "prod", LABEL: "other"}
    assert result["clusters"][0]["labels"] == {"env": "prod", LABEL: "other"}
    assert result["diff"]["prepared"].startswith("Fleet\n~ change cluster 'orders'\n    labels.env: (none) -> prod\n")
    assert run.warnings == [f"The label {LABEL} is left as it is, since only a fleet with a name sets it"]
    assert not ensure_fleet(run_of(api, {"name": "orders", "labels": {LABEL: "mine", "env": "prod"}}, name=None))[
        "changed"
    ]


def test_a_fleet_without_a_name_makes_clusters_without_the_label():
    api = FakeApi()
    api.on_read = becomes_ready(api, 3)
    result = ensure_fleet(run_of(api, {**NEW, "labels": {"team": "a", LABEL: "mine"}}, name=None))
    assert api.clusters[OTHER_ID]["labels"] == {"team": "a"} and result["results"][0]["status"] == "ok"


def test_a_fleet_without_a_name_can_not_purge():
    with pytest.raises(OptionError, match="purge needs name"):
        ensure_fleet(run_of(FakeApi(cluster()), name=None, purge=True, purge_confirm=["orders"]))


@pytest.mark.parametrize("check", [True, False])
def test_clusters_that_nobody_lists_are_named(check):
    third = {"id": "99999999-2222-3333-4444-555555555555", "name": "stock", "parent_id": "a-folder"}
    api = FakeApi(cluster(labels={LABEL: "shop"}), cluster(id=OTHER_ID, name="billing"), cluster(**third))
    marked, unmarked = ({"name": "orders", "id": CLUSTER_ID, "parent_id": "root"}, {**third})
    result = ensure_fleet(run_of(api, {"name": "billing"}, check=check, diff=True))
    assert result["marked_unlisted"] == [marked] and "unlisted" not in result
    line = "! cluster 'orders' carries the label of this fleet and is not listed; it stays"
    assert line in result["diff"]["prepared"].splitlines() and "stock" not in result["diff"]["prepared"]
    result = ensure_fleet(run_of(api, {"name": "billing"}, check=check, diff=True, report_unlisted=True))
    assert result["unlisted"] == [marked, unmarked]
    lines = result["diff"]["prepared"].splitlines()
    assert line in lines and f"! cluster 'stock' is not listed (id {third['id']}, in a-folder)" in lines
    result = ensure_fleet(run_of(api, {"name": "billing"}, purge=True, purge_confirm=["orders"], check=check))
    assert result["marked_unlisted"] == []


def test_old_versions_have_no_labels():
    api = FakeApi(cluster(), version="2023-04-10")
    assert not ensure_fleet(run_of(api, {"name": "orders"}))["changed"]
    with pytest.raises(OptionError, match="purge needs labels"):
        ensure_fleet(run_of(api, purge=True))


def test_everything_that_is_wrong_is_said_at_once():
    api = FakeApi(cluster())
    entries = [{"name": f"Wrong{number}", "provider": "GCP", "regions": ["us-central1"]} for number in range(7)]
    with pytest.raises(OptionError) as error:
        ensure_fleet(run_of(api, {"name": "orders"}, *entries))
    assert "'Wrong0' can't be the name of a cluster" in str(error.value) and "and 2 more" in str(error.value)
    assert api.writes == []


def test_every_noun_below_a_cluster_is_part_of_a_fleet():
    assert {resource.plural for resource in CHILDREN} == {"databases", "sql_users", "allowlist"}
    assert "databases" not in PURGEABLE


def test_the_plan_as_text():
    steps = [
        Step(CREATE, "create cluster 'a'", "POST", "", changes={"name": (None, "a"), "labels": (None, {"k": "v"})}),
        Step(UPDATE, "update cluster 'b'", "PATCH", "", changes={"labels": ({"x": "1", "y": "2"}, {"y": "3"})}),
        Step(UPDATE, "set the password of SQL user 'u' on cluster 'b'", "PUT", "", secret_fields=("password",)),
        Step(DELETE, "delete cluster 'c'", "DELETE", ""),
    ]
    assert text("shop", steps, counted(steps, 3)).splitlines() == [
        "Fleet 'shop'",
        "+ create cluster 'a'",
        "    labels.k: v",
        "~ change cluster 'b'",
        "    labels.x: 1 -> (none)",
        "    labels.y: 2 -> 3",
        "~ set the password of SQL user 'u' on cluster 'b'",
        "    password: (hidden)",
        "- delete cluster 'c'",
        "Plan: 1 to create, 2 to change, 1 to delete; 3 clusters unchanged",
    ]
