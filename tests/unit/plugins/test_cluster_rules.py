# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API's rules for clusters, and how a cluster object is read."""

from __future__ import annotations

import pytest
from plugin_fakes import NEWEST, VERSIONS, advanced, cluster, standard

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._nouns import cluster_rules as rules
from ansible_collections.crdb.cloud.plugins.module_utils._nouns import cluster_state as state
from ansible_collections.crdb.cloud.plugins.module_utils._nouns import cluster_versions as versions

BASIC = {"provider": "GCP", "regions": ["us-central1"]}
ADVANCED = {"provider": "GCP", "region_nodes": {"us-east1": 3}, "hardware": {"num_virtual_cpus": 4}}


@pytest.mark.parametrize("name", ["orders", "orders-prod-eu-west", "a1b2c3", "0rders"])
def test_good_names(name):
    rules.name(name)


@pytest.mark.parametrize(
    "name", ["", "short", "x" * 21, "Orders-prod", "-orders", "orders-", "or_ders", "orders prod", "orders\n"]
)
def test_bad_names(name):
    with pytest.raises(OptionError, match="6 to 20"):
        rules.name(name)


def test_labels_become_text():
    assert rules.labels({"team": "a", "cost": 12, "prod": True, "empty": ""}) == {
        "team": "a",
        "cost": "12",
        "prod": "true",
        "empty": "",
    }
    assert rules.labels({}) == {}


@pytest.mark.parametrize(
    "labels",
    [{"": "x"}, {"Team": "x"}, {"1st": "x"}, {"a" * 64: "x"}, {"team": "A"}, {"team": "a b"}, {"team": "x" * 64}],
)
def test_bad_labels(labels):
    with pytest.raises(OptionError, match="labels"):
        rules.labels(labels)


def test_fifty_labels_and_no_more():
    rules.labels({f"k{number}": "" for number in range(50)})
    with pytest.raises(OptionError, match="at most 50"):
        rules.labels({f"k{number}": "" for number in range(51)})


def test_node_counts():
    assert rules.region_nodes({"a": 3, "b": "5"}) == {"a": 3, "b": 5}


@pytest.mark.parametrize("value", [{}, {"a": 0}, {"a": -1}, {"a": "three"}, {"a": None}, {"a": True}, {"a": 1.5}])
def test_bad_node_counts(value):
    with pytest.raises(OptionError, match="region_nodes"):
        rules.region_nodes(value)


@pytest.mark.parametrize("value", ["v25.2", "25.2", " v25.2 "])
def test_versions(value):
    assert versions.version(value) == "v25.2"


@pytest.mark.parametrize("value", ["25", "v25.2.3", "latest", "", "v25.2-beta"])
def test_bad_versions(value):
    with pytest.raises(OptionError, match="major version"):
        versions.version(value)


def test_unknown_regions_get_a_suggestion():
    rules.regions(["us-east1"], ["us-east1", "us-west1"], "x")
    with pytest.raises(OptionError, match=r"us-esat1.*us-east1"):
        rules.regions(["us-esat1"], ["us-east1", "europe-west4"], "x")
    with pytest.raises(OptionError, match="a, b"):
        rules.regions(["zzz"], ["a", "b"], "x")


@pytest.mark.parametrize(
    ("wanted", "plan"),
    [
        (BASIC, "BASIC"),
        ({**BASIC, "usage_limits": {"request_unit_limit": 1}}, "BASIC"),
        ({**BASIC, "usage_limits": {"provisioned_virtual_cpus": 2}}, "STANDARD"),
        ({**BASIC, "plan": "STANDARD", "usage_limits": {"provisioned_virtual_cpus": 2}}, "STANDARD"),
        (ADVANCED, "ADVANCED"),
        ({**BASIC, "regions": ["a", "b"], "primary_region": "b"}, "BASIC"),
    ],
)
def test_a_new_cluster(wanted, plan):
    assert rules.check_new("orders", wanted, NEWEST) == plan


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({}, "provider and regions"),
        ({"provider": "GCP", "plan": "ADVANCED"}, "region_nodes and hardware"),
        ({**BASIC, "hardware": {"num_virtual_cpus": 4}}, "regions can't be set on the plan ADVANCED"),
        ({**BASIC, "plan": "BASIC", "network_visibility": "PRIVATE"}, "can't be set on the plan BASIC"),
        ({**BASIC, "plan": "STANDARD"}, "provisioned_virtual_cpus"),
        ({**BASIC, "plan": "STANDARD", "usage_limits": {"request_unit_limit": 1}}, "no spend, request unit"),
        ({**BASIC, "plan": "BASIC", "usage_limits": {"provisioned_virtual_cpus": 2}}, "not for BASIC"),
        ({**BASIC, "upgrade_type": "MANUAL"}, "needs the plan STANDARD"),
        ({**BASIC, "regions": ["a", "b"]}, "primary_region must be set"),
        ({**BASIC, "primary_region": "elsewhere"}, "not among the regions"),
        ({**ADVANCED, "hardware": {"storage_gib": 5}}, "exactly one of"),
        ({**ADVANCED, "hardware": {"num_virtual_cpus": 4, "machine_type": "x"}}, "exactly one of"),
        ({**ADVANCED, "provider": "AWS", "cidr_range": "10.0.0.0/16"}, "GCP only"),
        ({**ADVANCED, "hardware": {"num_virtual_cpus": 4, "disk_iops": 500}}, "AWS only"),
    ],
)
def test_a_new_cluster_that_can_not_be(wanted, words):
    with pytest.raises(OptionError, match=words):
        rules.check_new("orders", wanted, NEWEST)


def test_a_new_cluster_needs_a_name():
    with pytest.raises(OptionError, match="name is needed"):
        rules.check_new(None, BASIC, NEWEST)


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "settled", "failed"),
    [
        ({"state": "CREATED", "operation_status": "UNSPECIFIED"}, True, False),
        ({"state": "CREATED", "operation_status": "CLUSTER_STATUS_UNSPECIFIED"}, True, False),
        ({"state": "CREATED", "operation_status": None}, True, False),
        ({"state": "CREATING"}, False, False),
        ({"state": "LOCKED", "operation_status": "CRDB_SCALE_RUNNING"}, False, False),
        ({"state": "CREATED", "operation_status": "MAINTENANCE_RUNNING"}, False, False),
        ({"state": "CREATED", "upgrade_status": "MAJOR_UPGRADE_RUNNING"}, False, False),
        ({"state": "CREATED", "upgrade_status": "ROLLBACK_RUNNING"}, False, False),
        ({"state": "CREATED", "upgrade_status": "PENDING_FINALIZATION"}, True, False),
        ({"state": "CREATION_FAILED"}, False, True),
        ({"state": "DELETED"}, False, True),
        ({"state": "CREATED", "operation_status": "CRDB_SCALE_FAILED"}, True, True),
    ],
)
def test_states(row, settled, failed):
    assert state.is_settled(row) is settled
    assert bool(state.failure(row)) is failed
    assert str(row["state"]) in state.status(row)


def test_what_is_gone():
    assert state.is_gone(None) and state.is_gone({"state": "DELETED"}) and not state.is_gone({"state": "CREATED"})


@pytest.mark.parametrize(
    ("text", "major"), [("v25.2.3", "v25.2"), ("v25.2", "v25.2"), ("25.2.1-beta.1", "v25.2"), ("", ""), (None, "")]
)
def test_major_versions(text, major):
    assert state.major(text) == major


def test_the_view_of_each_kind():
    basic, other, big = state.view(cluster()), state.view(standard()), state.view(advanced())
    assert (basic["regions"], basic["primary_region"], basic["usage_limits"]) == (["us-central1"], "us-central1", {})
    assert other["usage_limits"] == {"provisioned_virtual_cpus": 4} and other["upgrade_type"] == "MANUAL"
    assert big["region_nodes"] == {"us-east1": 3, "us-west1": 3} and big["hardware"]["storage_gib"] == 150
    assert "regions" not in big and "region_nodes" not in basic


@pytest.mark.parametrize(
    "row", [{}, {"config": None, "regions": None, "labels": None}, {"config": {"serverless": None}}]
)
def test_a_bare_object_is_readable(row):
    found = state.view(row)
    assert (found["labels"], found["parent_id"], found["delete_protection"]) == ({}, "root", "DISABLED")
    assert found["regions"] == [] and found["usage_limits"] == {}


def test_limits_that_are_null_are_none():
    row = cluster(config={"serverless": {"usage_limits": {"request_unit_limit": None, "storage_mib_limit": 5}}})
    assert state.limits(row) == {"storage_mib_limit": 5}


@pytest.mark.parametrize("version", VERSIONS)
def test_dedicated_clusters_of_old_versions(version):
    assert state.is_advanced({"plan": "DEDICATED"}) and state.is_advanced({"plan": "CUSTOM"})
    assert not state.is_advanced({"plan": "SERVERLESS"})


MANUAL = {"plan": "STANDARD", "usage_limits": {"provisioned_virtual_cpus": 4}, "upgrade_type": "MANUAL"}


@pytest.mark.parametrize(
    ("plan", "hint"),
    [
        ({"plan": "BASIC"}, "Take cockroach_version out"),
        ({**MANUAL, "upgrade_type": "AUTOMATIC"}, "Set upgrade_type: MANUAL as well"),
        ({"plan": "STANDARD", "usage_limits": {"provisioned_virtual_cpus": 4}}, "Set upgrade_type: MANUAL as well"),
    ],
)
def test_who_does_not_start_upgrades_has_no_say_in_the_version_of_a_new_cluster(plan, hint):
    wanted = {"provider": "GCP", "regions": ["us-central1"], "cockroach_version": "v25.2", **plan}
    with pytest.raises(OptionError, match="the service chooses the version") as caught:
        rules.check_new("orders", wanted, NEWEST)
    assert hint in str(caught.value)


OFFERED = [
    {"version": "v26.1", "support_status": "SUPPORTED", "release_type": "INNOVATION", "allowed_upgrades": []},
    {"version": "v25.4", "support_status": "SUPPORTED", "release_type": "REGULAR", "allowed_upgrades": ["v26.1"]},
    {"version": "v25.3", "support_status": "UNSUPPORTED", "release_type": "INNOVATION", "allowed_upgrades": ["v25.4"]},
    {
        "version": "v25.2",
        "support_status": "SUPPORTED",
        "release_type": "REGULAR",
        "allowed_upgrades": ["v25.3", "v25.4"],
    },
    {
        "version": "v24.3",
        "support_status": "SUPPORTED",
        "release_type": "REGULAR",
        "allowed_upgrades": ["v25.1", "v25.2"],
    },
]


@pytest.mark.parametrize(
    ("row", "plan", "target", "words"),
    [
        (None, "STANDARD", "v25.2", "newest Regular release, which is v25.4"),
        (None, "STANDARD", "v26.1", "newest Regular release, which is v25.4"),
        (None, "ADVANCED", "v25.3", "There are v26.1, v25.4, v25.2, v24.3"),
        (advanced(), "", "v26.1", "It can be upgraded to v25.3 or v25.4"),
        (standard(), "", "v25.3", "It can be upgraded to v25.4"),
        (advanced(cockroach_version="v26.1.1"), "", "v26.2", "There is none from there at present"),
        (advanced(cockroach_version="v25.4.1"), "", "v24.3", "was not upgraded from v24.3 to v25.4"),
    ],
)
def test_a_version_that_the_service_does_not_offer_is_refused(row, plan, target, words):
    wanted = {"cockroach_version": target}
    assert versions.has_to_be_offered(wanted, row)
    with pytest.raises(OptionError) as caught:
        versions.check_offered(wanted, row, plan, OFFERED)
    assert words in str(caught.value)
    versions.check_offered(wanted, row, plan, [])


@pytest.mark.parametrize(
    ("row", "plan", "target"),
    [
        (None, "STANDARD", "v25.4"),
        (None, "ADVANCED", "v26.1"),
        (advanced(), "", "v25.3"),
        (standard(), "", "v25.4"),
        (advanced(cockroach_version="v25.4.1"), "", "v25.2"),
        (advanced(cockroach_version="v23.1.1"), "", "v24.3"),
    ],
)
def test_a_version_that_the_service_offers_is_taken(row, plan, target):
    versions.check_offered({"cockroach_version": target}, row, plan, OFFERED)


def test_nothing_is_asked_for_a_version_that_is_there():
    assert not versions.has_to_be_offered({"cockroach_version": "v25.2"}, advanced())
    assert not versions.has_to_be_offered({}, None)


@pytest.mark.parametrize(
    ("nodes", "before", "words"),
    [
        ({"us-east1": 3, "us-west1": 2}, None, "region_nodes.us-west1 is 2; with several regions each needs 3"),
        ({"us-east1": 151}, None, "has 151 nodes, 150 are allowed"),
        ({f"r{number}": 3 for number in range(10)}, None, "has 10 regions, 9 are allowed"),
        ({"us-east1": 1}, {"us-east1": 3}, "can't go back to a single one"),
    ],
)
def test_numbers_of_nodes_that_can_not_be(nodes, before, words):
    with pytest.raises(OptionError, match=words):
        rules.check_nodes("Cluster 'orders'", nodes, before)


@pytest.mark.parametrize("text", ["orders", "35c4abb2", "35c4abb2-bb66-46d7-afed-25ebef5ed2a", "root/x"])
def test_a_parent_is_a_folder_or_root(text):
    with pytest.raises(OptionError, match=f"the id of a folder .a UUID., or root for none, got '{text}'"):
        rules.parent_id(text)


def test_parents_are_spelt_as_the_api_does():
    assert rules.parent_id("") == rules.parent_id(" ROOT ") == "root"
    assert rules.parent_id("35C4ABB2-BB66-46D7-AFED-25EBEF5ED2AA") == "35c4abb2-bb66-46d7-afed-25ebef5ed2aa"


@pytest.mark.parametrize(
    ("region", "hint"),
    [
        ("us-central-1", "Did you mean us-central1?"),
        ("US-EAST1", "Did you mean us-east1 or us-west1?"),
        ("frankfurt", "There are europe-west1, us-central1, us-east1, us-west1"),
    ],
)
def test_regions_are_proposed_by_their_spelling_or_all_are_listed(region, hint):
    known = ["us-west1", "us-east1", "us-central1", "europe-west1"]
    with pytest.raises(OptionError) as caught:
        rules.regions([region], known, "clusters on GCP")
    assert str(caught.value) == f"There is no region '{region}' for clusters on GCP. {hint}"
