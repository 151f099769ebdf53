# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters with an edition instead of a plan, with machines for single regions, and with words that nobody knows yet."""

from __future__ import annotations

import pytest
from plugin_fakes import CLUSTER_ID, advanced, cluster, desired, scope, standard

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._nouns import cluster_state as state
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.cluster import CLUSTER

VERSION = "2026-09-15"


def update(row, **params):
    return CLUSTER.update(scope("", VERSION), desired(CLUSTER, {"name": row["name"]}, VERSION, **params), row)


def create(**params):
    return CLUSTER.create(scope("", VERSION), desired(CLUSTER, {"name": "orders"}, VERSION, **params)).steps[0].body


def edition(row, name):
    return {**{key: value for key, value in row.items() if key != "plan"}, "edition": name}


@pytest.mark.parametrize(
    ("row", "params", "said"),
    [
        (
            edition(cluster(), "STANDARD"),
            {"plan": "STANDARD"},
            "has the edition STANDARD instead of a plan, so plan can't",
        ),
        (edition(advanced(), "LATER"), {"plan": "ADVANCED"}, "has the edition LATER instead of a plan"),
        (edition(cluster(), None), {"plan": "BASIC"}, "has an edition instead of a plan"),
        (cluster(), {"edition": "STANDARD"}, "has the plan BASIC, which can't become the edition STANDARD"),
        (edition(cluster(), "STANDARD"), {"edition": "MISSION_CRITICAL"}, "STANDARD, which can't become the edition"),
        (cluster(plan="LATER"), {"plan": "BASIC"}, "has the plan LATER, which can't become BASIC"),
    ],
)
def test_neither_plan_nor_edition_becomes_the_other(row, params, said):
    with pytest.raises(OptionError, match=said):
        update(row, **params)


def test_an_edition_is_sent_alone():
    spec = create(edition="STANDARD", provider="GCP", regions=["us-central1"])["spec"]
    assert spec == {"edition": "STANDARD", "serverless": {"regions": ["us-central1"]}}
    nodes, hardware = {"us-east1": 3}, {"num_virtual_cpus": 4}
    spec = create(edition="MISSION_CRITICAL", provider="GCP", region_nodes=nodes, hardware=hardware)["spec"]
    assert set(spec) == {"edition", "dedicated"}
    with pytest.raises(OptionError, match="region_nodes can't be set on the plan STANDARD"):
        create(edition="STANDARD", provider="GCP", regions=["us-central1"], region_nodes=nodes)


@pytest.mark.parametrize("name", ["plan", "operation_status", "upgrade_status", "delete_protection", "cloud_provider"])
@pytest.mark.parametrize("kind", [cluster, standard, advanced])
def test_a_word_that_nobody_knows_yet_is_kept(kind, name):
    row = {**kind(), name: "SOMETHING_NEW", "new_member": {"a": [1]}}
    plan = update(row, labels={"env": "prod"})
    assert plan.steps[0].body == {"labels": {"env": "prod"}}
    assert plan.predicted[name] == "SOMETHING_NEW" and plan.predicted["new_member"] == {"a": [1]}
    assert not update({**row, "labels": {"env": "prod"}}, labels={"env": "prod"}).steps


def test_the_machines_of_a_host_are_those_of_an_advanced_cluster():
    row = edition(advanced(), "LATER")
    row["config"] = {"host": row["config"]["dedicated"], "later": {}}
    assert state.is_advanced(row)
    plan = update(row, hardware={"num_virtual_cpus": 16})
    assert plan.steps[0].body == {"host": {"hardware": {"machine_spec": {"num_virtual_cpus": 16}}}}
    assert plan.predicted["config"]["host"]["num_virtual_cpus"] == 16 and "dedicated" not in plan.predicted["config"]


def test_a_virtual_cluster_has_its_own_module():
    row = edition(cluster(), "STANDARD")
    row["config"] = {"virtual": {"workspace_id": CLUSTER_ID, "routing_id": "a-1", "virtual_cpu_burst_limit": 4}}
    assert update(row, labels={"a": "b"}).steps[0].body == {"labels": {"a": "b"}}
    with pytest.raises(OptionError, match="is a virtual cluster"):
        update(row, regions=["us-east1"])


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"hardware": {"num_virtual_cpus": 4}}, "takes the place of a machine in hardware"),
        ({"region_nodes": {"us-east1": 3, "us-west2": 3}}, r"the same regions \(us-west2\)"),
        ({"region_machine_specs": {"us-east1": {"cpus": 4}}}, "region_machine_specs.us-east1 needs exactly one of"),
        ({"region_machine_specs": {"us-east1": 4}}, "region_machine_specs.us-east1 needs exactly one of"),
    ],
)
def test_machines_of_single_regions_that_make_no_sense(params, said):
    right = {"region_nodes": {"us-east1": 3}, "hardware": {"storage_gib": 60}}
    with pytest.raises(OptionError, match=said):
        create(provider="GCP", **{**right, "region_machine_specs": {"us-east1": {"num_virtual_cpus": 4}}, **params})


def test_an_upgrade_that_is_not_finalized_is_rolled_back():
    row = advanced(cockroach_version="v25.4.1", upgrade_status="PENDING_FINALIZATION")
    plan = update(row, upgrade_status="ROLLBACK_RUNNING")
    assert plan.steps[0].body == {"upgrade_status": "ROLLBACK_RUNNING"}
    assert plan.predicted["upgrade_status"] == "UPGRADE_AVAILABLE" and "cockroach_version" not in plan.predicted
    assert plan.unsettled[0]["upgrade_status"] == "ROLLBACK_RUNNING" and plan.unsettled[0]["state"] == "LOCKED"
    assert not update({**row, "upgrade_status": "UPGRADE_AVAILABLE"}, upgrade_status="ROLLBACK_RUNNING").steps
    with pytest.raises(OptionError, match="so cockroach_version can't be set"):
        update(row, upgrade_status="ROLLBACK_RUNNING", cockroach_version="v25.2")


def test_a_key_goes_along_with_the_region_that_it_is_for():
    keys = [
        {"region": region, "type": "GCP_CLOUD_KMS", "uri": f"projects/{region}"} for region in ("us-west2", "us-east4")
    ]
    row = advanced()
    there = state.view(row)["region_nodes"]
    body = update(row, region_nodes={**there, "us-west2": 3}, cmek_region_specs=keys).steps[0].body["dedicated"]
    assert body["cmek_region_specs"] == [
        {"region": "us-west2", "key_spec": {"type": "GCP_CLOUD_KMS", "uri": "projects/us-west2"}}
    ]
    assert not update(row, region_nodes=there, cmek_region_specs=keys).steps
