# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The info module of a noun: what it offers, and which objects it shows."""

from __future__ import annotations

import pytest
from plugin_fakes import CLUSTER_ID, FakeApi, FakeRun, cluster

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._edge.infos import noun_info
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.allowlist_entry import ALLOWLIST_ENTRY
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.database import DATABASE
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.sql_user import SQL_USER

USERS, ALLOWLIST = noun_info(SQL_USER), noun_info(ALLOWLIST_ENTRY, name="allowlist_info", by=())


@pytest.fixture
def api():
    found = FakeApi(cluster())
    found.users[CLUSTER_ID] = {"app": "x", "ops": "y"}
    return found


def names(api, **params):
    run = FakeRun(api, {"cluster": "orders", "name": None, **params})
    return [row["name"] for row in USERS.run(run)["sql_users"]]


def test_it_offers_the_parent_and_the_identity_and_asks_for_the_parent_alone():
    spec = USERS.argument_spec()
    assert spec["cluster"]["required"] and "required" not in spec["name"]
    assert {"cluster", "name"} <= {*spec} and not {"password", "state", "wait"} & {*spec}
    assert noun_info(DATABASE).since == "2022-09-20"
    assert ALLOWLIST.name == "allowlist_info" and "cidr" not in ALLOWLIST.argument_spec()


def test_all_objects_or_the_one_that_is_named(api):
    assert names(api) == ["app", "ops"]
    assert names(api, name="OPS") == ["ops"]
    assert names(api, name="nobody") == []


def test_a_rollout_is_told_where_the_noun_has_one(api):
    found = ALLOWLIST.run(FakeRun(api, {"cluster": "orders"}))
    assert found == {"changed": False, "allowlist": [], "propagating": False}


@pytest.mark.parametrize("given", ["nowhere", "99999999-2222-3333-4444-555555555555"])
def test_children_of_a_missing_cluster(api, given):
    with pytest.raises(OptionError, match="There is no cluster"):
        names(api, cluster=given)
    run = FakeRun(api, {"cluster": given, "name": None}, check_mode=True)
    assert USERS.run(run)["sql_users"] == [] and len(run.warnings) == 1
