# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet in trouble: polls that fail, clusters that never settle, keys that are taken away; and the text of its plan."""

from __future__ import annotations

import re

import pytest
from plugin_fakes import CLUSTER_ID, OTHER_ID, FakeApi, FakeRun, cluster, refusal, standard

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import NotSentError, OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._fleet.fleet import LABEL, ensure_fleet
from ansible_collections.crdb.cloud.plugins.module_utils._fleet.jobs import MISSED_POLLS
from ansible_collections.crdb.cloud.plugins.module_utils._fleet.plan_text import counted, text
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.plan import CREATE, DELETE, UPDATE, Step
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.registry import CHILDREN, LISTS, NOUNS, ORDER, PURGEABLE

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
    assert run.progress == [
        "shop: Plan: 2 to create, 1 to change, 0 to delete",
        "shop: 0/1 ready, 1s (1 CREATING)",
        "shop: 1/1 ready, 4s",
        "shop: Applied: 2 created, 1 changed, 0 deleted in 4 s",
    ]


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
    (failed,) = result["results"]
    assert failed["status"] == "failed" and failed["skipped"] == ["update cluster 'orders'"] and not failed["changed"]
    assert [path for _method, path, _body in api.writes] == [f"/clusters/{OTHER_ID}"]


def test_a_roll_out_that_never_ends_does_not_hide_what_was_done():
    api = FakeApi(cluster(labels={LABEL: "shop"}))
    get = api.get
    api.get = lambda path, query=None, **shape: (
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
    for number in range(7):
        assert f"clusters[{number + 1}]: 'Wrong{number}' can't be the name of a cluster" in str(error.value)
    assert api.writes == []


def test_mistakes_of_all_kinds_come_together_each_with_its_place():
    """Those that show without a request first, all of them; then those that only a look at what is there shows."""
    network = {"cidr": "10.0.0.0/33", "state": "present"}
    offline = [
        {"name": "orders", "labels": {"Bad": "x"}, "sql_users": [USER, {**USER, "name": ".."}]},
        {"name": "orders"},
        {"name": "billing", "allowlist": [{**network, "cidr": "10.0.0.0/8"}, network, network]},
        {"name": "stock-a", "sql_users": [USER, USER]},
    ]
    api = FakeApi(cluster())
    with pytest.raises(OptionError) as error:
        ensure_fleet(run_of(api, *offline))
    for part in (
        "'orders', clusters[0]: labels: 'Bad' can't be a key",
        "'orders', clusters[0].sql_users[1]: name: '..' can't be",
        "'orders', clusters[1]: it is listed twice",
        "'billing', clusters[2].allowlist[1]: '10.0.0.0/33' is not an IPv4 network",
        "'billing', clusters[2].allowlist[2]: ",
        "'stock-a', clusters[3].sql_users: SQL user 'app' is listed twice",
    ):
        assert part in str(error.value)
    assert api.log == []
    nameless = [{**USER, "name": name, "password": None} for name in ("app", "etl")]
    with pytest.raises(OptionError) as error:
        ensure_fleet(run_of(api, {"name": "orders", "sql_users": nameless}, {"name": "billing"}))
    for part in (
        "clusters[0].sql_users[0]: SQL user 'app' does not exist on cluster 'orders'",
        "clusters[0].sql_users[1]: SQL user 'etl' does not exist on cluster 'orders'",
        "clusters[1]: Cluster 'billing' does not exist",
    ):
        assert part in str(error.value)
    assert api.writes == []


def test_one_failure_is_not_hidden_among_what_is_right():
    rows = [cluster(id=f"00000000-0000-4000-8000-{number:012}", name=f"c-{number}") for number in range(40)]
    api = FakeApi(*rows)
    api.faults = [("POST", f"{rows[7]['id']}/sql-users", refusal(400, "not today"))]
    result = ensure_fleet(run_of(api, *({"name": row["name"], "sql_users": [USER]} for row in rows)))
    assert result["failed"] and result["changed"] and "'c-7'" in result["msg"] and "not today" in result["msg"]
    assert [row["name"] for row in result["results"]] == ["c-7"] and result["counts"]["create"] == 40
    assert "clusters" not in result and "plan" not in result
    assert len(str(result)) < 1500


ENTRY = {"cidr": "203.0.113.0/24", "state": "present"}
WORLD = {"cidr_ip": "0.0.0.0", "cidr_mask": 0, "name": "", "sql": True, "ui": True}


@pytest.mark.parametrize(
    ("entry", "closed", "is_open"),
    [
        ({"allowlist": [ENTRY]}, True, False),
        ({"allowlist": [ENTRY], "purge_children": ["allowlist"]}, True, False),
        ({"purge_children": ["allowlist"]}, True, False),
        ({"allowlist": [ENTRY], "with_empty_ip_allowlist": False}, False, True),
        ({"allowlist": []}, None, True),
        ({}, None, True),
        ({"with_empty_ip_allowlist": True}, True, False),
    ],
)
def test_a_new_cluster_with_an_allowlist_starts_closed(entry, closed, is_open):
    api = FakeApi()
    run = run_of(api, {**NEW, **entry}, check=True, diff=True)
    result = ensure_fleet(run)
    created = result["plan"][0]["changes"].get("with_empty_ip_allowlist")
    assert (created or {"after": None})["after"] is closed
    assert not any("0.0.0.0/0" in step["summary"] for step in result["plan"])
    line = "! cluster 'billing' is open to everybody: its allowlist has 0.0.0.0/0"
    assert (line in result["diff"]["prepared"].splitlines()) is is_open
    assert result["results"][0]["open_to_everybody"] is is_open
    assert bool(run.warnings) is (is_open and bool(entry.get("allowlist")))


def test_what_a_new_cluster_can_not_be_told():
    """An Advanced cluster starts closed; in older versions of the API a new one is open."""
    api = FakeApi(version="2022-09-20")
    result = ensure_fleet(run_of(api, {**NEW, "allowlist": [ENTRY]}, check=True))
    assert "with_empty_ip_allowlist" not in result["plan"][0]["changes"] and result["results"][0]["open_to_everybody"]
    machine = {"num_virtual_cpus": 4, "storage_gib": 150}
    new = {"name": "billing", "provider": "GCP", "region_nodes": {"us-east1": 3}, "hardware": machine}
    result = ensure_fleet(run_of(FakeApi(), {**new, "allowlist": [ENTRY]}, check=True))
    assert result["results"][0]["open_to_everybody"] is False


@pytest.mark.parametrize("check", [True, False])
def test_a_cluster_that_stays_open_says_so(check):
    """Nothing is removed without a word: not by an entry beside it, but it is said, also where nothing changes."""
    api = FakeApi(cluster(labels={LABEL: "shop"}))
    api.entries[CLUSTER_ID] = [dict(WORLD)]
    run = run_of(api, {"name": "orders", "allowlist": [ENTRY]}, check=check)
    assert ensure_fleet(run)["results"][0]["open_to_everybody"] is True
    assert run.warnings and run.warnings[0].startswith(
        "Open to everybody, beside what their allowlist says here: 'orders'."
    )
    listed = {"cidr": "0.0.0.0/0", "state": "present"}
    for entry in ({"allowlist": [ENTRY, listed]}, {"allowlist": [ENTRY], "protected": ["0.0.0.0/0"]}):
        run = run_of(api, {"name": "orders", **entry}, check=check, diff=True)
        assert ensure_fleet(run)["results"][0]["open_to_everybody"] is True and not run.warnings
    if not check:
        assert run.progress[-3:] == [
            "Fleet 'shop'",
            "! cluster 'orders' is open to everybody: its allowlist has 0.0.0.0/0",
            "No changes: 1 cluster unchanged",
        ]
    for entry in (
        {"allowlist": [ENTRY], "purge_children": ["allowlist"]},
        {"allowlist": [{**listed, "state": "absent"}]},
    ):
        run = run_of(api, {"name": "orders", **entry}, check=check)
        assert ensure_fleet(run)["results"][0]["open_to_everybody"] is False and not run.warnings
        api.entries[CLUSTER_ID] = [dict(WORLD)]
    assert ensure_fleet(run_of(api, {"name": "orders"}, check=check))["results"][0]["open_to_everybody"] is None


def test_a_new_cluster_that_nobody_closed_is_open_when_it_is_there():
    api = FakeApi()
    api.on_read = becomes_ready(api, 3)
    assert ensure_fleet(run_of(api, {**NEW, "sql_users": [USER]}))["results"][0]["open_to_everybody"] is True


def test_a_cluster_stays_open_where_closing_it_fails():
    api = FakeApi(cluster(labels={LABEL: "shop"}))
    api.entries[CLUSTER_ID] = [dict(WORLD)]
    api.faults = [("DELETE", "allowlist", refusal(500, "trouble"))]
    result = ensure_fleet(run_of(api, {"name": "orders", "allowlist": [ENTRY], "purge_children": ["allowlist"]}))
    assert result["failed"] and result["results"][0]["open_to_everybody"] is True


def test_without_waiting_a_new_cluster_is_predicted_as_it_is_answered():
    found = [
        ensure_fleet(run_of(api := FakeApi(), {**NEW, "sql_users": [USER]}, wait=False, check=check))
        for check in (True, False)
    ]
    assert [result["clusters"][0]["state"] for result in found] == ["CREATING", "CREATING"]
    assert api.clusters[OTHER_ID]["state"] == "CREATING"


def test_without_waiting_only_the_first_change_is_predicted():
    row = standard(labels={LABEL: "shop"}, cockroach_version="v25.1.4", upgrade_status="UPGRADE_AVAILABLE")
    entry = {"name": "orders", "delete_protection": "ENABLED", "cockroach_version": "v25.2"}
    for check in (True, False):
        api = FakeApi(row)
        result = ensure_fleet(run_of(api, entry, wait=False, check=check))
        (found,) = result["clusters"]
        assert found["delete_protection"] == "ENABLED" and found["cockroach_version"] == "v25.1.4"
        assert result["results"][0]["skipped"] == ["upgrade to v25.2 for cluster 'orders'"]


@pytest.mark.parametrize("check", [True, False])
def test_what_was_purged_is_not_among_the_clusters(check):
    api = FakeApi(cluster(labels={LABEL: "shop"}))
    result = ensure_fleet(run_of(api, purge=True, purge_confirm=["orders"], check=check))
    assert result["clusters"] == [] and result["results"][0]["id"] == CLUSTER_ID


def test_work_is_spoken_of_every_few_seconds():
    api = FakeApi(*(cluster(id=f"00000000-0000-4000-8000-{number:012}", name=f"c-{number}") for number in range(3)))
    run = run_of(api, *({"name": f"c-{number}", "sql_users": [USER]} for number in range(3)), parallel=1)
    write = api.write

    def slow(*args, **shape):
        run.clock.sleep(3.0)
        return write(*args, **shape)

    api.write = slow
    ensure_fleet(run)
    assert run.progress[0] == "shop: Plan: 3 to create, 3 to change, 0 to delete"
    assert run.progress[-1] == "shop: Applied: 3 created, 3 changed, 0 deleted in 18 s"
    between = run.progress[1:-1]
    assert between and all(re.fullmatch(r"shop: \d/6 done, \d+s \(.* cluster 'c-\d'\)", line) for line in between)


def test_failures_are_counted_in_the_last_line():
    api = FakeApi(cluster(labels={LABEL: "shop"}))
    api.faults = [("POST", "sql-users", refusal(400, "no"))]
    run = run_of(api, {"name": "orders", "sql_users": [USER]}, diff=True)
    result = ensure_fleet(run)
    assert run.progress[-1] == "shop: Applied: 0 created, 0 changed, 0 deleted in 0 s; 1 cluster failed"
    assert result["diff"]["prepared"].endswith("\nApplied: 0 created, 0 changed, 0 deleted in 0 s; 1 cluster failed\n")


def test_every_noun_that_can_be_changed_is_part_of_a_fleet():
    changed = {noun.name for noun in NOUNS.values() if noun.creates or noun.updates or noun.deletes}
    assert {noun.name for noun in (*CHILDREN, *LISTS)} == changed - {"cluster", "spend_limit"}
    assert {"databases", "restores", "metric_exports"} & {*PURGEABLE} == set()
    assert {"sql_users", "allowlist", "egress_rules", "blackout_windows"} <= {*PURGEABLE}


def test_nothing_comes_before_what_it_needs():
    order = [noun.name for noun in ORDER]
    for first, then in (
        *(("folder", "cluster"), ("cluster", "sql_user"), ("scim_user", "scim_group")),
        *(("service_account", "api_key"), ("service_account", "role_grant"), ("cluster", "role_grant")),
    ):
        assert order.index(first) < order.index(then)


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
