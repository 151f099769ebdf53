# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan that was reviewed is carried out as it was, or not at all."""

from __future__ import annotations

import copy
import json
import os
import re
import stat
from contextlib import nullcontext
from pathlib import Path

import jsonschema
import pytest
from plugin_fakes import CLUSTER_ID, ORGANIZATION_ID, OTHER_ID, FakeApi, FakeRun, cluster, refusal

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import CrdbError, OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._fleet import plan_file
from ansible_collections.crdb.cloud.plugins.module_utils._fleet.fleet import ensure_fleet, forget_plan
from ansible_collections.crdb.cloud.plugins.module_utils._fleet.review import Review
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.declared import NIL_ID

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/schemas/fleet-plan-1.json").read_text(encoding="utf-8"))
SECRET = "hunter2-and-more"
USER = {"password": SECRET, "update_password": "on_create", "state": "present"}
SETTINGS = {"purge": False, "purge_confirm": [], "report_unlisted": False, "parallel": 2, "plan_out": None}
ORDERS = {
    "name": "orders",
    "delete_protection": "ENABLED",
    "labels": {"team": "a"},
    "sql_users": [{**USER, "name": "app"}, {**USER, "name": "etl"}],
    "allowlist": [{"cidr": "192.0.2.0/24", "name": "office", "sql": True, "ui": True, "state": "present"}],
    "purge_children": ["sql_users"],
}
STEP = {"noun": "cluster", "name": "x", "id": None, "action": "create", "summary": "create x", "changes": {}}
NEW = {"name": "billing", "provider": "GCP", "regions": ["us-central1"], "sql_users": [{**USER, "name": "app"}]}


def world():
    api = FakeApi(cluster())
    api.users[CLUSTER_ID].update(app="", old="")
    return api


def run_of(api, *clusters, check=False, **options):
    params = {"name": "shop", "clusters": [*clusters], **SETTINGS, **options}
    return FakeRun(api, copy.deepcopy(params), check_mode=check)


@pytest.fixture
def plan(tmp_path):
    """Plans these clusters, and returns the path of the file."""

    def write(api, *clusters, **options):
        path = tmp_path / "plan.json"
        ensure_fleet(run_of(api, *clusters, check=True, plan_out=str(path), **options))
        return path

    return write


def ready(api):
    """New clusters are ready at the next look."""

    def on_read(_api):
        for row in api.clusters.values():
            if row["state"] == "CREATING" and sum(entry[0] == "POST" for entry in api.log):
                row["state"] = "CREATED"

    api.on_read = on_read
    return api


def test_the_file_is_what_the_schema_says(plan):
    path = plan(world(), ORDERS, NEW, report_unlisted=True)
    content = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(content, SCHEMA)
    assert SCHEMA["$id"] == content["schema"] == plan_file.SCHEMA
    assert content["organization"]["id"] == ORGANIZATION_ID and content["api_version"] == "2024-09-16"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert SECRET not in path.read_text()
    # What the description says is there, without what is secret, and without what was not said.
    described = content["desired"]["clusters"][0]
    assert described["sql_users"] == [
        {"name": n, "update_password": "on_create", "state": "present"} for n in ("app", "etl")
    ]
    assert content["desired"]["name"] == "shop" and "parallel" not in content["desired"]


def test_another_password_is_another_file_in_nothing_but_time(plan):
    first = json.loads(plan(world(), ORDERS).read_text())
    users = [{**user, "password": "an-other-one"} for user in ORDERS["sql_users"]]
    second = json.loads(plan(world(), {**ORDERS, "sql_users": users}).read_text())
    for content in (first, second):
        del content["time"], content["digest"]
    assert first == second


@pytest.mark.parametrize(
    ("state", "team", "good"), [("LOCKED", "a", True), ("LOCKED", "z", False), ("CREATED", "a", False)]
)
def test_what_is_left_of_a_step_is_done_where_the_service_is_at_work_on_it(plan, state, team, good):
    """The service may have changed the labels already, and be at work on the rest, when the run is killed."""
    api = ready(world())
    path = str(plan(api, ORDERS))
    (step,) = (step for step in json.loads(Path(path).read_text())["plan"] if step["noun"] == "cluster")
    assert step["changes"].keys() == {"delete_protection", "labels"}
    labels = {**step["changes"]["labels"]["after"], "team": team}
    for check in (True, False):
        api.clusters[CLUSTER_ID] |= {"state": state, "labels": labels}
        reads = iter((state,) * 3)
        api.on_read = lambda _api, reads=reads: api.clusters[CLUSTER_ID].update(state=next(reads, "CREATED"))
        if good:
            done = ensure_fleet(run_of(api, ORDERS, check=check, plan_in=path))
            (left,) = (step for step in done["plan"] if step["noun"] == "cluster")
            assert left["changes"].keys() == {"delete_protection"}
        else:
            with pytest.raises(OptionError, match="labels"):
                ensure_fleet(run_of(api, ORDERS, check=check, plan_in=path))
    assert bool(api.writes) is good


def test_what_was_reviewed_is_done_and_a_second_time_nothing(plan):
    api = ready(world())
    path = str(plan(api, ORDERS, NEW))
    check = ensure_fleet(run_of(api, ORDERS, NEW, check=True, plan_in=path))
    assert not api.writes
    done = ensure_fleet(run_of(api, ORDERS, NEW, plan_in=path))
    assert check["plan"] == done["plan"] == json.loads(Path(path).read_text())["plan"]
    written = len(api.writes)
    assert written == 6
    again = ensure_fleet(run_of(api, ORDERS, NEW, plan_in=path))
    assert not again["changed"] and len(api.writes) == written


@pytest.mark.parametrize("stop", range(6))
def test_a_killed_run_goes_on_with_the_same_file(plan, stop):
    api = ready(world())
    path = str(plan(api, ORDERS, NEW))
    seen = 0

    def dies(*_args, **_more):
        nonlocal seen
        seen += 1
        if seen > stop:
            raise KeyboardInterrupt
        return write(*_args, **_more)

    write, api.write = api.write, dies
    with pytest.raises(KeyboardInterrupt):
        ensure_fleet(run_of(api, ORDERS, NEW, plan_in=path, parallel=1))
    api.write = write
    # Others may have been given another password meanwhile.
    users = [{**user, "password": "an-other-one"} for user in ORDERS["sql_users"]]
    ensure_fleet(run_of(api, {**ORDERS, "sql_users": users}, NEW, plan_in=path))
    assert set(api.users[CLUSTER_ID]) == {"app", "etl"} and set(api.users[OTHER_ID]) == {"app"}
    assert not ensure_fleet(run_of(api, ORDERS, NEW))["changed"]


def is_refused(api, path, *clusters, check=False, **options):
    api.log.clear()
    with pytest.raises(CrdbError) as refused:
        ensure_fleet(run_of(api, *clusters, check=check, plan_in=str(path), **options))
    assert not api.writes
    assert SECRET not in str(refused.value)
    return str(refused.value)


def changed_world(api, change):
    api.listings = None
    change(api)
    return api


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda api: api.users[CLUSTER_ID].update(new=""), "SQL user 'new' on cluster 'orders': 'delete"),
        (lambda api: api.users[CLUSTER_ID].pop("app"), "SQL user 'app' on cluster 'orders': 'create"),
        (
            lambda api: api.clusters[CLUSTER_ID].update(labels={"team": "b"}),
            'labels was reviewed as {} -> {"crdb-cloud-fleet": "shop", "team": "a"}, and would be {"team": "b"} -> ',
        ),
        (
            lambda api: api.clusters[CLUSTER_ID].update(delete_protection="ENABLED"),
            "cluster 'orders': delete_protection was reviewed as DISABLED -> ENABLED, and would be left alone now",
        ),
        (
            lambda api: api.entries[CLUSTER_ID].append(
                {"cidr_ip": "192.0.2.0", "cidr_mask": 24, "name": "home", "sql": True, "ui": True}
            ),
            "allowlist entry '192.0.2.0/24' on cluster 'orders': 'update",
        ),
    ],
)
def test_another_world_is_refused(plan, change, told, check):
    api = world()
    path = plan(api, ORDERS)
    change(api)
    text = is_refused(api, path, ORDERS, check=check)
    assert told in text and "(the world has changed)" in text and "description" not in text


def test_a_cluster_of_the_same_name_is_another_one(plan):
    wanted = {"name": "orders", "sql_users": ORDERS["sql_users"]}
    api = FakeApi(cluster())
    path = plan(api, wanted, name=None)
    other = FakeApi(cluster(id=OTHER_ID))
    text = is_refused(other, path, wanted, name=None)
    assert f"cluster 'orders': it is another one: its id was {CLUSTER_ID}, and is {OTHER_ID}" in text


@pytest.mark.parametrize(
    ("description", "told"),
    [
        ({**ORDERS, "labels": {"team": "c"}}, "cluster 'orders': labels was reviewed as"),
        ({**ORDERS, "purge_children": []}, "SQL user 'old' on cluster 'orders': 'delete SQL user 'old'"),
        ({**ORDERS, "sql_users": [{**USER, "name": "app"}]}, "SQL user 'etl' on cluster 'orders': 'create"),
        ({**ORDERS, "sql_users": [*ORDERS["sql_users"], {**USER, "name": "more"}]}, "SQL user 'more' on cluster"),
        ({"name": "orders"}, "cluster 'orders': delete_protection was reviewed as"),
    ],
)
def test_another_description_is_refused(plan, description, told):
    api = world()
    path = plan(api, ORDERS)
    text = is_refused(api, path, description)
    assert told in text and "(the description has changed)" in text and "world" not in text


def test_both_may_have_changed(plan):
    api = world()
    path = plan(api, ORDERS)
    api.clusters[CLUSTER_ID]["labels"] = {"team": "b"}
    assert "(the world and the description have changed)" in is_refused(api, path, {**ORDERS, "labels": {"team": "c"}})


def test_what_makes_no_difference_is_done(plan):
    api = world()
    path = plan(api, ORDERS)
    # Nobody asks for these, and nothing is done about them.
    api.clusters[CLUSTER_ID]["cockroach_version"] = "v25.3.1"
    api.clusters[OTHER_ID] = cluster(id=OTHER_ID, name="others")
    api.users[OTHER_ID], api.entries[OTHER_ID] = {}, []
    # This is there already as it shall be, and this is gone already.
    api.users[CLUSTER_ID]["etl"] = "x"
    del api.users[CLUSTER_ID]["old"]
    done = ensure_fleet(run_of(api, {**ORDERS, "id": CLUSTER_ID}, plan_in=str(path)))
    assert {step["noun"] for step in done["plan"]} == {"cluster", "allowlist_entry"}


def test_what_is_gone_and_no_longer_mentioned_is_done(plan):
    wanted = {"name": "orders", "sql_users": [{"name": "old", "state": "absent"}]}
    api = world()
    path = plan(api, wanted, name=None)
    del api.users[CLUSTER_ID]["old"]
    others = {"name": "orders", "sql_users": [{**USER, "name": "app"}]}
    assert not ensure_fleet(run_of(api, others, name=None, plan_in=str(path)))["changed"]
    # Where the list is not mentioned, nobody has looked.
    assert "SQL user 'old'" in is_refused(api, path, {"name": "orders"}, name=None)


def test_a_password_that_is_always_set(plan):
    api = ready(FakeApi(cluster()))
    wanted = {"name": "orders", "sql_users": [{**USER, "name": "app", "update_password": "always"}]}
    path = str(plan(api, wanted, name=None))
    ensure_fleet(run_of(api, wanted, name=None, plan_in=path))
    # It was made, and is given its password again: nothing that was not reviewed.
    again = ensure_fleet(run_of(api, wanted, name=None, plan_in=path))
    assert [step["changes"] for step in again["plan"]] == [{"password": {"before": "(hidden)", "after": "(hidden)"}}]
    # Of a user that was to be left alone it was not.
    path = plan(api, {"name": "orders", "sql_users": [{**USER, "name": "app"}]}, name=None)
    assert "SQL user 'app'" in is_refused(api, path, wanted, name=None)


def test_what_is_planned_anew_is_held_against_the_plan(plan):
    api = world()
    path = plan(api, ORDERS, NEW)
    calls = []

    def on_read(_api):
        if any(entry[0] == "POST" and entry[1] == "/clusters" for entry in api.log):
            api.clusters[OTHER_ID]["state"] = "CREATED"
            # Somebody is quicker, and makes what nobody expected.
            calls.append(api.users[OTHER_ID].setdefault("intruder", ""))

    api.on_read = on_read
    wanted = {**NEW, "purge_children": ["sql_users"]}
    path = plan(api, ORDERS, wanted)
    result = ensure_fleet(run_of(api, ORDERS, wanted, plan_in=str(path)))
    assert result["failed"] and calls
    assert "SQL user 'intruder' on cluster 'billing'" in result["msg"]
    assert "intruder" in api.users[OTHER_ID]


def in_folders(folder, *, made=False, into=NIL_ID):
    """A plan for the folders /a and /b and a cluster in one of them; the folders are *made* already where that is said."""
    ids = {"/a": CLUSTER_ID, "/b": OTHER_ID}
    folders = [
        {"noun": "folder", "name": path, "id": id_ if made else None, "before": {"path": path} if made else None}
        for path, id_ in ids.items()
    ]
    change = {"name": {"before": None, "after": "new"}, "parent_id": {"before": None, "after": into}}
    steps = [{**STEP, "noun": "folder", "name": row["name"]} for row in folders if not made]
    steps.append({**STEP, "name": "new", "cluster": "new", "changes": change})
    cluster_row = {"noun": "cluster", "name": "new", "cluster": "new", "id": None, "before": None}
    desired = {"folders": [{"path": path} for path in ids], "clusters": [{"name": "new", "folder": folder}]}
    return {"plan": steps, "objects": [{**row, "after": {}} for row in (*folders, cluster_row)], "desired": desired}


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (in_folders("/a"), ""),
        (in_folders("/a", made=True, into=CLUSTER_ID), ""),
        # Another folder that is coming as well, another one that is there as well, and one that nobody has reviewed.
        (in_folders("/b"), "it refers to something else that is to be made (the description has changed)"),
        (in_folders("/b", made=True, into=OTHER_ID), "parent_id was reviewed as (none) -> 00000000-0000-0000"),
        (in_folders("/a", made=True, into=ORGANIZATION_ID), "(the world has changed)"),
    ],
)
def test_what_the_plan_itself_makes_may_have_an_id_by_now(now, told):
    review = Review(in_folders("/a"))
    with pytest.raises(OptionError, match=re.escape(told)) if told else nullcontext():
        review.compare(now, lambda step: False)


def test_what_can_not_be_read_can_not_be_compared(plan):
    api = world()
    path = plan(api, ORDERS)
    api.faults.append(("GET", "sql-users", refusal(500, "no")))
    assert "cluster 'orders' can't be compared with the plan" in is_refused(api, path, ORDERS)


def written(path, **changes):
    content = {**json.loads(Path(path).read_text()), **changes}
    del content["digest"]
    content["digest"] = plan_file._digest(content)
    Path(path).write_text(json.dumps(content))
    return path


def test_a_file_that_can_not_be_used(plan, tmp_path):
    api = world()
    path = plan(api, ORDERS)
    good = path.read_text()
    for text, told in (
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is no plan that this version of the collection knows"),
        (json.dumps({"schema": "other"}), "is no plan that this version of the collection knows"),
        (good.replace("office", "0ffice"), "was changed after it had been written"),
        (good.replace("DISABLED", "ENABLED"), "was changed after it had been written"),
    ):
        path.write_text(text)
        message = is_refused(api, path, ORDERS)
        assert told in message and len(message) < 400 and "\n" not in message
        assert not api.log
    path.write_text(good)
    for changes, told in (
        ({"plan": [{}]}, "is no plan: plan[0].noun is missing"),
        ({"plan": [{**STEP, "noun": "moon"}]}, "is no plan: plan[0].noun is none that this version of the collection"),
        ({"plan": [{**STEP, "changes": {"x": {"after": 1}}}]}, "is no plan: plan[0] is not complete"),
        ({"plan": [{**STEP, "changes": {"x": None}}]}, "is no plan: plan[0] is not complete"),
        ({"objects": [{"noun": "cluster", "name": "x", "action": "create"}]}, "is no plan: objects[0] is not complete"),
        ({"desired": {"clusters": [{"sql_users": ["app"]}]}}, "is no plan: desired.clusters[0].sql_users"),
        ({"api_version": "2023-04-10"}, "for the api version '2023-04-10', and this is '2024-09-16'"),
        ({"fleet": "other"}, "for the fleet 'other', and this is 'shop'"),
        ({"fleet": None}, "for the fleet without a name, and this is 'shop'"),
        ({"organization": {"id": OTHER_ID}}, f"for the organization '{OTHER_ID}', and this is '{ORGANIZATION_ID}'"),
    ):
        path.write_text(good)
        assert told in is_refused(api, written(path, **changes), ORDERS)
    assert f"There is no file '{tmp_path}/none'" in is_refused(api, tmp_path / "none", ORDERS)
    assert "plan_in: " in is_refused(api, tmp_path, ORDERS)
    os.mkfifo(tmp_path / "pipe")
    assert "is not a regular file" in is_refused(api, tmp_path / "pipe", ORDERS)
    # One that is reached through a link is as good.
    path.write_text(good)
    (tmp_path / "link").symlink_to(path)
    assert ensure_fleet(run_of(api, ORDERS, plan_in=str(tmp_path / "link"), check=True))["drift"]


def test_the_reviewed_plan_is_never_removed(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text("{}")
    (tmp_path / "link").symlink_to(path)
    for other in (path, tmp_path / "link", tmp_path / "." / "plan.json"):
        for option in ("plan_out", "plan_markdown"):
            with pytest.raises(OptionError, match=f"{option} and plan_in name the same file"):
                forget_plan({"plan_in": str(path), option: str(other)})
    (tmp_path / "other").write_text("")
    forget_plan({"plan_in": str(path), "plan_out": str(tmp_path / "other"), "plan_markdown": None})
    assert path.exists() and not (tmp_path / "other").exists()


def test_waiting_makes_no_difference_to_the_plan(plan):
    api = ready(world())
    path = plan(api, ORDERS, NEW, wait=False)
    assert len(json.loads(path.read_text())["plan"]) == 6
    ensure_fleet(run_of(api, ORDERS, NEW, plan_in=str(path)))


def test_differences_fail_on_request():
    api = world()
    result = ensure_fleet(run_of(api, ORDERS, check=True, fail_on_change=True))
    assert result["failed"] and result["drift"] and result["plan"] and result["clusters"]
    assert (
        result["msg"]
        == "The fleet 'shop' differs from what is wanted (fail_on_change). Plan: 2 to create, 1 to change, 1 to delete"
    )
    with pytest.raises(OptionError, match="fail_on_change says in check mode alone"):
        ensure_fleet(run_of(api, ORDERS, fail_on_change=True))
    same = ensure_fleet(run_of(api, {"name": "orders"}, check=True, fail_on_change=True, name=None))
    assert not same.get("failed") and not same["drift"]
