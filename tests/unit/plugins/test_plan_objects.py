# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fleet's plan is about: its steps and objects by noun, name and id, counts, drift."""

from __future__ import annotations

import pytest
from plugin_fakes import CLUSTER_ID, OTHER_ID, FakeApi, FakeRun, cluster, scope

from ansible_collections.crdb.cloud.plugins.module_utils._base.members import HIDDEN
from ansible_collections.crdb.cloud.plugins.module_utils._fleet.fleet import ensure_fleet
from ansible_collections.crdb.cloud.plugins.module_utils._fleet.objects import fields_of
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.declared import NIL_ID
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.folder import FOLDER
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.noun import Desired
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option, public
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.plan import CREATE, UPDATE, Plan, Step
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.registry import NOUNS
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.items import Item

FOLDER_ID = "99999999-2222-3333-4444-555555555555"
USER = {"password": "hunter2-and-more", "update_password": "on_create", "state": "present"}
SETTINGS = {"purge": False, "purge_confirm": [], "report_unlisted": False, "parallel": 2, "report_objects": True}


def world():
    api = FakeApi(cluster(parent_id=FOLDER_ID), cluster(id=OTHER_ID, name="billing"))
    api.users[CLUSTER_ID].update(app="", old="")
    api.entries[CLUSTER_ID].append({"cidr_ip": "0.0.0.0", "cidr_mask": 0, "ui": True, "sql": True, "name": "all"})
    return api


def planned(api, *clusters, check=True, **options):
    run = FakeRun(api, {"name": None, "clusters": list(clusters), **SETTINGS, **options}, check_mode=check)
    folder = {"resource_id": FOLDER_ID, "name": "prod", "parent_id": "root", "path": [{"name": "shop"}]}
    run.listings.rows("/folders", lambda: [folder])
    return ensure_fleet(run)


WANTED = {
    "name": "orders",
    "delete_protection": "ENABLED",
    "sql_users": [{**USER, "name": "App"}, {**USER, "name": "etl"}, {**USER, "name": "gone", "state": "absent"}],
    "allowlist": [],
    "purge_children": ["sql_users"],
}


@pytest.mark.parametrize("check", [True, False])
def test_steps_and_objects_say_what_they_are_about(check):
    result = planned(world(), WANTED, {"name": "billing"}, check=check)
    assert [(step["noun"], step["name"], step["id"], step["cluster"], step["action"]) for step in result["plan"]] == [
        ("cluster", "orders", CLUSTER_ID, "orders", "update"),
        ("sql_user", "etl", None, "orders", "create"),
        ("sql_user", "old", "old", "orders", "delete"),
    ]
    assert result["counts"] == {"create": 1, "change": 1, "delete": 1, "unchanged_clusters": 1, "unchanged": 2}
    assert result["drift"] is True
    about = {(row["noun"], row["name"]): row for row in result["objects"]}
    assert {mark: row["action"] for mark, row in about.items()} == {
        ("cluster", "orders"): "change",
        ("cluster", "billing"): "unchanged",
        ("sql_user", "app"): "unchanged",
        ("sql_user", "etl"): "create",
        ("sql_user", "old"): "delete",
    }
    orders, etl, old = about["cluster", "orders"], about["sql_user", "etl"], about["sql_user", "old"]
    assert [orders[name]["delete_protection"] for name in ("before", "after")] == ["DISABLED", "ENABLED"]
    assert orders["before"]["id"] == CLUSTER_ID and orders["before"]["state"] == "CREATED"
    assert orders["open_to_everybody"] is True and about["cluster", "billing"]["open_to_everybody"] is None
    assert (etl["id"], etl["before"], etl["after"]) == (None, None, {"name": "etl"})
    assert (old["id"], old["before"], old["after"]) == ("old", {"name": "old"}, None)
    assert {row["folder"] for row in about.values() if row["cluster"] == "orders"} == {"/shop/prod"}
    assert about["cluster", "billing"]["folder"] == ""
    assert "hunter2" not in str(result)


def test_what_differs_in_nothing_is_no_drift():
    api = world()
    result = planned(api, {"name": "orders", "sql_users": [{**USER, "name": "app"}]})
    assert result["drift"] is False and result["plan"] == []
    assert result["counts"]["unchanged"] == 2
    assert "objects" not in planned(api, {"name": "orders"}, report_objects=False)


def test_a_folder_that_nobody_looked_up_is_not_known():
    api = FakeApi(cluster(parent_id=OTHER_ID))
    assert [row["folder"] for row in planned(api, {"name": "orders"})["objects"]] == [None]


def test_what_is_made_and_what_is_there_once():
    steps = [Step(CREATE, "make", "POST", "/x"), Step(UPDATE, "finish", "PATCH", "")]
    made = Item(Desired(FOLDER, {"path": "/new"}, {}), None, Plan(steps, {}, {}, {"resource_id": NIL_ID}))
    assert [(step.noun, step.name, step.id) for step in made.stamped()] == [("folder", "/new", None)] * 2
    window = NOUNS["maintenance_window"]
    row = {"offset_duration": "3600s", "window_duration": "21600s"}
    once = Item(Desired(window, {}, {}), row, window.delete(scope(), Desired(window, {}, {}, absent=True), row))
    (step,) = once.stamped("orders")
    assert (step.noun, step.name, step.id, step.cluster) == ("maintenance_window", "orders", None, "orders")


def test_fields_of_a_new_object_have_no_id():
    row = {"resource_id": NIL_ID, "name": "new", "path": "/new"}
    assert fields_of(FOLDER, row) == {"path": "/new", "labels": {}}
    assert fields_of(FOLDER, {**row, "resource_id": FOLDER_ID})["id"] == FOLDER_ID


def test_secrets_stay_out_however_deep_they_are():
    inner = (Option("token", secret=True), Option("user"))
    options = (Option("name"), Option("one", type="dict", options=inner), Option("password", secret=True))
    options = (*options, Option("many", type="list", elements="dict", options=inner))
    values = {"name": "x", "one": {"token": "t", "user": "u"}, "password": "p", "many": [{"token": "t"}, {"user": "u"}]}
    assert public(options, values) == {"name": "x", "one": {"user": "u"}, "many": [{}, {"user": "u"}]}
    # Nobody has declared what is in these.
    free = (Option("labels", type="dict"), Option("url"))
    values = {"labels": {"team": "a", "api_token": "t-1"}, "url": "https://me:pw@example.com/"}
    assert public(free, values) == {"labels": {"team": "a", "api_token": HIDDEN}, "url": HIDDEN}
    assert public(options, {"other": {"token": 1}}) == {"other": {"token": 1}}
