# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a cluster: what is sent for what difference, and that a second run sends nothing."""

from __future__ import annotations

import copy

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from plugin_fakes import CLUSTER_ID, NEWEST, VERSIONS, advanced, cluster, desired, scope, standard

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.cluster import CLUSTER, NIL_ID
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import check_versions


def create(version=NEWEST, name="orders", **params):
    return CLUSTER.create(scope("", version), desired(CLUSTER, {"name": name}, version, **params))


def update(row, version=NEWEST, name=None, **params):
    return CLUSTER.update(
        scope("", version), CLUSTER.desired({"id": row["id"], "name": name, **params}, version).of(row), row
    )


def body(plan):
    (step,) = plan.steps
    return step.body


# --- properties ------------------------------------------------------------------------------------------------------

REGIONS = ["a-west", "b-east", "c-north"]
LABELS = st.dictionaries(st.sampled_from(["team", "cost"]), st.sampled_from(["a", "b", ""]), max_size=2)
LIMITS = st.fixed_dictionaries(
    {},
    optional={
        "request_unit_limit": st.integers(1, 3),
        "storage_mib_limit": st.integers(1, 3),
        "provisioned_virtual_cpus": st.integers(1, 3),
    },
)
HARDWARE = st.fixed_dictionaries(
    {},
    optional={
        "num_virtual_cpus": st.sampled_from([4, 8]),
        "machine_type": st.sampled_from(["m4", "m8"]),
        "storage_gib": st.sampled_from([0, 15, 150]),
        "disk_iops": st.sampled_from([0, 450]),
    },
)
PARAMS = st.fixed_dictionaries(
    {},
    optional={
        "plan": st.sampled_from(["BASIC", "STANDARD", "ADVANCED"]),
        "provider": st.sampled_from(["GCP", "AWS"]),
        "regions": st.lists(st.sampled_from(REGIONS), min_size=1, max_size=3),
        "primary_region": st.sampled_from(REGIONS),
        "usage_limits": LIMITS,
        "spend_limit": st.integers(0, 2),
        "with_empty_ip_allowlist": st.booleans(),
        "upgrade_type": st.sampled_from(["AUTOMATIC", "MANUAL"]),
        "region_nodes": st.dictionaries(st.sampled_from(REGIONS), st.integers(1, 3), min_size=1),
        "hardware": HARDWARE,
        "cockroach_version": st.sampled_from(["v25.1", "v25.2", "v25.4"]),
        "upgrade_status": st.just("FINALIZED"),
        "labels": LABELS,
        "parent_id": st.sampled_from(["", "root", "folder"]),
        "delete_protection": st.sampled_from(["ENABLED", "DISABLED"]),
    },
)
SERVERLESS = ["regions", "primary_region", "usage_limits", "spend_limit", "with_empty_ip_allowlist", "upgrade_type"]
DEDICATED = ["region_nodes", "hardware"]
# Upgrades have tests of their own below; here they would make nearly every combination an impossible one.
NO_UPGRADE = ["cockroach_version", "upgrade_status"]


@st.composite
def consistent(draw, kind, version):
    """Parameters that fit a kind of cluster and a version often enough."""
    params = draw(PARAMS)
    for name in SERVERLESS if kind == "ADVANCED" else DEDICATED:
        params.pop(name, None)
    if params.get("plan") and (kind == "ADVANCED") != (params["plan"] == "ADVANCED"):
        del params["plan"]
    if draw(st.booleans()):
        for name in NO_UPGRADE:
            params.pop(name, None)
    params.pop(draw(st.sampled_from(["spend_limit", "usage_limits"])), None)
    if version < NEWEST:
        for option in CLUSTER.fields:
            if option.since > version:
                params.pop(option.name, None)
        if "usage_limits" in params:
            params["usage_limits"].pop("provisioned_virtual_cpus", None)
    return params


@st.composite
def rows(draw):
    kind = draw(st.sampled_from([cluster, standard, advanced]))
    row = kind(
        labels=draw(LABELS),
        parent_id=draw(st.sampled_from(["", "root", "folder"])),
        delete_protection=draw(st.sampled_from(["ENABLED", "DISABLED", None])),
        upgrade_status=draw(st.sampled_from(["FINALIZED", "UPGRADE_AVAILABLE", "PENDING_FINALIZATION"])),
    )
    names = draw(st.lists(st.sampled_from(REGIONS), min_size=1, max_size=2, unique=True))
    row["regions"] = [{"name": n, "node_count": 1, "primary": n == names[0]} for n in names]
    if kind is cluster and draw(st.booleans()):
        row["config"]["serverless"]["usage_limits"] = {
            "request_unit_limit": draw(st.integers(1, 3)),
            "storage_mib_limit": 1,
        }
    return row


@pytest.mark.slow
@given(rows(), st.data())
@settings(max_examples=300)
def test_a_second_run_has_nothing_to_do(row, data):
    version = data.draw(st.sampled_from(VERSIONS[2:])) if row["plan"] != "ADVANCED" else NEWEST
    if version < NEWEST:
        row["plan"] = "SERVERLESS"
    params = data.draw(consistent(row["plan"], version))
    before = copy.deepcopy((row, params))
    try:
        plan = update(row, version, **params)
    except OptionError:
        event("impossible")
        assume(False)
    event(f"{len(plan.steps)} steps")
    assert (row, params) == before, "a plan is made without touching what it is made from"
    assert (
        len(plan.steps) <= 4
        and sum("upgrade_status" in s.changes or "cockroach_version" in s.changes for s in plan.steps) <= 3
    )
    assert all(step.method == "PATCH" and step.path == f"/clusters/{CLUSTER_ID}" and step.wait for step in plan.steps)
    assert all(before != after for step in plan.steps for before, after in step.changes.values())
    assert plan.changed == (plan.before != plan.after)
    # What can't be predicted of a version is the patch release, and whether there is a next one.
    chosen = {"cockroach_version": plan.after.get("cockroach_version") or row["cockroach_version"]}
    again = update({**chosen, "upgrade_status": "FINALIZED", **plan.predicted}, version, **params)
    assert again.steps == [], again.describe()
    assert again.after == {name: plan.after[name] for name in again.after}


@pytest.mark.slow
@given(st.sampled_from(VERSIONS), st.data())
@settings(max_examples=300)
def test_a_new_cluster_needs_no_second_run(version, data):
    kind = data.draw(st.sampled_from(["BASIC", "ADVANCED"])) if version == NEWEST else "BASIC"
    params = {"provider": "GCP", **data.draw(consistent(kind, version))}
    for name in NO_UPGRADE:
        params.pop(name, None)
    if kind == "ADVANCED":
        params["region_nodes"] = params.get("region_nodes") or {"a-west": 1}
        params["hardware"] = {**params.get("hardware", {}), "num_virtual_cpus": 4}
        params["hardware"].pop("machine_type", None)
    else:
        params.setdefault("regions", ["a-west"])
    check_versions(CLUSTER.fields, params, version)
    try:
        plan = create(version, **params)
    except OptionError:
        event("impossible")
        assume(False)
    (step,) = plan.steps
    assert (step.method, step.path, step.wait) == ("POST", "/clusters", True)
    assert plan.predicted["id"] == NIL_ID and plan.predicted["name"] == "orders"
    # What can't be predicted of a version is the patch release, and whether there is a next one.
    chosen = {"cockroach_version": plan.after.get("cockroach_version", "v25.2")}
    again = update({**chosen, "upgrade_status": "FINALIZED", **plan.predicted}, version, **params)
    assert again.steps == [], again.describe()


# --- creation --------------------------------------------------------------------------------------------------------


def test_a_basic_cluster():
    plan = create(provider="GCP", regions=["us-central1"], spend_limit=1000, delete_protection="ENABLED")
    assert body(plan) == {
        "name": "orders",
        "provider": "GCP",
        "spec": {
            "plan": "BASIC",
            "delete_protection": "ENABLED",
            "serverless": {
                "regions": ["us-central1"],
                "usage_limits": {"request_unit_limit": "40000000", "storage_mib_limit": "4096"},
            },
        },
    }


def test_an_advanced_cluster():
    plan = create(provider="AWS", region_nodes={"us-east-1": "3"}, hardware={"num_virtual_cpus": 4, "disk_iops": None})
    assert body(plan)["spec"] == {
        "plan": "ADVANCED",
        "dedicated": {
            "region_nodes": {"us-east-1": 3},
            "hardware": {"storage_gib": 0, "machine_spec": {"num_virtual_cpus": 4}},
        },
    }


@pytest.mark.parametrize(
    ("version", "limit"), [("2022-03-31", 500), ("2022-09-20", 500), ("2023-04-10", 500), ("2022-03-31", None)]
)
def test_old_versions_take_cents_and_no_plan(version, limit):
    spec = body(create(version, provider="GCP", regions=["x"], spend_limit=limit))["spec"]
    assert spec == {"serverless": {"regions": ["x"], "spend_limit": limit or 0}}


def test_a_version_after_2022_sends_no_limit_that_nobody_set():
    assert body(create("2023-04-10", provider="GCP", regions=["x"]))["spec"] == {"serverless": {"regions": ["x"]}}


# --- changes ---------------------------------------------------------------------------------------------------------


def test_nothing_set_is_nothing_changed():
    for row in (cluster(), standard(), advanced()):
        assert update(row).steps == []


@pytest.mark.parametrize(
    ("row", "params", "sent"),
    [
        (cluster(labels={"a": "b"}), {"labels": {}}, {"labels": {}}),
        (cluster(labels={"a": "b"}), {"labels": {"c": "d"}}, {"labels": {"c": "d"}}),
        (cluster(), {"delete_protection": "ENABLED"}, {"delete_protection": "ENABLED"}),
        (cluster(parent_id="folder"), {"parent_id": ""}, {"parent_id": "root"}),
        (
            cluster(),
            {"spend_limit": 100},
            {"serverless": {"usage_limits": {"request_unit_limit": "4000000", "storage_mib_limit": "409"}}},
        ),
        (
            cluster(),
            {"regions": ["us-east1", "us-central1"]},
            {"serverless": {"regions": ["us-central1", "us-east1"], "primary_region": "us-central1"}},
        ),
        (
            cluster(),
            {"plan": "STANDARD", "usage_limits": {"provisioned_virtual_cpus": 2}},
            {"plan": "STANDARD", "serverless": {"usage_limits": {"provisioned_virtual_cpus": "2"}}},
        ),
        (
            standard(),
            {"plan": "BASIC", "upgrade_type": "AUTOMATIC"},
            {"plan": "BASIC", "serverless": {"upgrade_type": "AUTOMATIC", "usage_limits": {}}},
        ),
        (advanced(), {"region_nodes": {"us-east1": 5}}, {"dedicated": {"region_nodes": {"us-east1": 5}}}),
        (advanced(), {"hardware": {"storage_gib": 300}}, {"dedicated": {"hardware": {"storage_gib": 300}}}),
        (
            advanced(),
            {"hardware": {"num_virtual_cpus": 8, "storage_gib": 150}},
            {"dedicated": {"hardware": {"machine_spec": {"num_virtual_cpus": 8}}}},
        ),
    ],
)
def test_only_what_differs_is_sent_in_one_request(row, params, sent):
    assert body(update(row, **params)) == sent


@pytest.mark.parametrize(
    ("row", "params"),
    [
        (cluster(), {"with_empty_ip_allowlist": True}),
        (cluster(regions=[{"name": "b", "primary": True}, {"name": "a"}]), {"regions": ["a", "b"]}),
        (cluster(), {"primary_region": "us-central1"}),
        (cluster(), {"parent_id": "root", "labels": {}, "usage_limits": {}}),
        (advanced(), {"hardware": {"storage_gib": 0, "disk_iops": 0}}),
        (advanced(), {"cockroach_version": "25.2", "upgrade_status": "FINALIZED"}),
        (advanced(), {"region_nodes": {"us-west1": "3", "us-east1": 3}}),
    ],
)
def test_no_difference(row, params):
    assert update(row, **params).steps == []


@pytest.mark.parametrize(
    ("row", "params", "words"),
    [
        (cluster(), {"provider": "AWS"}, "provider.*'GCP'.*'AWS'"),
        (advanced(), {"network_visibility": "PRIVATE"}, "network_visibility.*'PUBLIC'.*'PRIVATE'"),
        (advanced(), {"cidr_range": "10.0.0.0/16"}, "cidr_range"),
        (cluster(), {"regions": ["us-east1"]}, "us-central1 would be"),
        (cluster(), {"plan": "ADVANCED"}, "can't become ADVANCED"),
        (advanced(), {"plan": "BASIC"}, "can't become BASIC"),
        (cluster(), {"plan": "STANDARD"}, "provisioned_virtual_cpus"),
        (standard(), {"usage_limits": {}}, "can't be without"),
        (standard(), {"spend_limit": 5}, "no spend"),
        (standard(), {"plan": "BASIC"}, "MANUAL"),
        (advanced(), {"spend_limit": 5}, "usage_limits can't be set on the plan ADVANCED"),
        (cluster(), {"region_nodes": {"a": 1}}, "region_nodes can't be set"),
        (advanced(), {"hardware": {"storage_gib": 100}}, "not shrink"),
        (advanced(), {"hardware": {"disk_iops": 1000}}, "AWS only"),
        (cluster(), {"cockroach_version": "v25.4"}, "chosen by the service"),
        (advanced(), {"cockroach_version": "v25.1"}, "rolled back"),
    ],
)
def test_what_can_not_be_changed(row, params, words):
    with pytest.raises(OptionError, match=words):
        update(row, **params)


def test_a_name_can_not_be_changed():
    with pytest.raises(OptionError, match="'orders', not 'invoices'"):
        update(cluster(), name="invoices")


@pytest.mark.parametrize("version", VERSIONS[:3])
def test_dedicated_clusters_are_left_alone_by_old_versions(version):
    with pytest.raises(OptionError, match=NEWEST):
        update(advanced(plan="DEDICATED"), version, provider="GCP")
    assert update(advanced(plan="DEDICATED"), version).steps == []


@pytest.mark.parametrize("version", VERSIONS[:2])
def test_regions_can_not_be_changed_in_2022(version):
    with pytest.raises(OptionError, match="2023-04-10"):
        update(cluster(plan="SERVERLESS"), version, regions=["us-central1", "us-east1"])


def test_a_lifted_limit_is_noted():
    assert update(standard(), plan="BASIC", upgrade_type="AUTOMATIC").notes
    assert not update(cluster(), labels={"a": "b"}).notes


# --- versions --------------------------------------------------------------------------------------------------------


def test_an_upgrade_is_a_request_of_its_own():
    plan = update(advanced(), cockroach_version="v25.4", upgrade_status="FINALIZED", labels={"a": "b"})
    assert [step.body for step in plan.steps] == [
        {"labels": {"a": "b"}},
        {"cockroach_version": "v25.4"},
        {"upgrade_status": "FINALIZED"},
    ]
    # The service chooses the patch release, and says whether there is a next version.
    assert not {"cockroach_version", "upgrade_status", "updated_at"} & set(plan.predicted)


def test_the_status_after_a_change_of_the_version_is_predicted():
    assert update(advanced(), cockroach_version="v25.4").predicted["upgrade_status"] == "PENDING_FINALIZATION"
    row = advanced(cockroach_version="v25.4.1", upgrade_status="PENDING_FINALIZATION")
    both = {"cockroach_version": "v25.2", "upgrade_status": "FINALIZED"}
    plan = update(row, **both)
    assert plan.predicted["upgrade_status"] == plan.after["upgrade_status"] == "UPGRADE_AVAILABLE"
    assert update({**plan.predicted, "cockroach_version": "v25.2.7"}, **both).steps == []


def test_a_rollback():
    row = advanced(cockroach_version="v25.4.1", upgrade_status="PENDING_FINALIZATION")
    assert body(update(row, cockroach_version="v25.2")) == {"cockroach_version": "v25.2"}
    assert body(update(row, upgrade_status="FINALIZED")) == {"upgrade_status": "FINALIZED"}


def test_ten_is_later_than_nine():
    assert body(update(advanced(cockroach_version="v25.9.1"), cockroach_version="v25.10"))


def test_standard_clusters_upgrade_by_hand_only():
    assert body(update(standard(), cockroach_version="v25.4")) == {"cockroach_version": "v25.4"}
    with pytest.raises(OptionError, match="MANUAL"):
        update(standard(), cockroach_version="v25.4", upgrade_type="AUTOMATIC")


# --- deletion and adoption -------------------------------------------------------------------------------------------


def test_deletion():
    plan = CLUSTER.delete(scope(""), desired(CLUSTER, {}), cluster())
    (step,) = plan.steps
    assert (step.method, step.path, plan.after, plan.predicted) == ("DELETE", f"/clusters/{CLUSTER_ID}", {}, None)


def test_a_protected_cluster_is_never_deleted():
    with pytest.raises(OptionError, match="delete protection"):
        CLUSTER.delete(scope(""), desired(CLUSTER, {}), cluster(delete_protection="ENABLED"))


def test_what_can_be_ours():
    wanted = desired(CLUSTER, {}, provider="GCP", regions=["us-central1"])
    assert CLUSTER.is_ours(wanted, cluster())
    assert not CLUSTER.is_ours(wanted, cluster(cloud_provider="AWS"))
    assert not CLUSTER.is_ours(wanted, cluster(regions=[{"name": "elsewhere"}]))


def test_an_upgrade_that_is_not_finalized_comes_before_the_next_one():
    row = advanced(cockroach_version="v25.2.3", upgrade_status="PENDING_FINALIZATION")
    with pytest.raises(
        OptionError, match=r"has an upgrade to v25\.2 that is not finalized.*Set upgrade_status: FINALIZED"
    ):
        update(row, cockroach_version="v25.4")
    plan = update(row, cockroach_version="v25.4", upgrade_status="FINALIZED")
    assert [step.body for step in plan.steps] == [
        {"upgrade_status": "FINALIZED"},
        {"cockroach_version": "v25.4"},
        {"upgrade_status": "FINALIZED"},
    ]


def test_the_way_back_is_explained():
    with pytest.raises(OptionError) as caught:
        update(advanced(cockroach_version="v25.4.1"), cockroach_version="v25.2")
    assert str(caught.value) == (
        "Cluster 'orders' runs v25.4 and can't go back to v25.2: only an upgrade that is not finalized yet can be rolled back "
        "(upgrade_status PENDING_FINALIZATION), and here upgrade_status is FINALIZED. Set cockroach_version: v25.4, or take it out"
    )


def test_a_cluster_that_becomes_standard_can_be_upgraded_at_once():
    plan = update(
        cluster(),
        plan="STANDARD",
        upgrade_type="MANUAL",
        usage_limits={"provisioned_virtual_cpus": 2},
        cockroach_version="v25.4",
    )
    assert plan.steps[-1].body == {"cockroach_version": "v25.4"}


def test_limits_are_lifted_in_2023_by_a_spend_limit_of_zero():
    found = cluster(plan="SERVERLESS")
    found["config"]["serverless"].update(
        spend_limit=100, usage_limits={"request_unit_limit": 4_000_000, "storage_mib_limit": 409}
    )
    plan = update(found, "2023-04-10", usage_limits={})
    assert body(plan) == {"serverless": {"spend_limit": 0}}
    assert plan.after["usage_limits"] == {}


def test_no_sentence_has_an_empty_place():
    with pytest.raises(OptionError) as caught:
        update(cluster(), provider="AWS")
    assert "provider of cluster 'orders' is 'GCP' and can't become 'AWS'" in str(caught.value)


@pytest.mark.parametrize(("cents", "warned"), [(1, True), (99, True), (100, False), (2500, False)])
@pytest.mark.parametrize("version", VERSIONS)
def test_a_limit_below_a_dollar_is_noted(version, cents, warned):
    notes = update(cluster(plan="BASIC" if version == NEWEST else "SERVERLESS"), version, spend_limit=cents).notes
    assert notes == (
        [
            f"A limit of {cents} US cents a month is less than a dollar: if dollars were meant, spend_limit is {cents * 100}"
        ]
        if warned
        else []
    )
