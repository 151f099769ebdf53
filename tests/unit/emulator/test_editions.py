# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Editions instead of plans, and machines for single regions."""

from __future__ import annotations

import pytest

NEW = "2026-09-15"
SERVERLESS = {"serverless": {"regions": ["us-central1"]}}
NODES = {"region_nodes": {"us-central1": 3}, "hardware": {"storage_gib": 60}}
MACHINES = {"us-central1": {"num_virtual_cpus": 8}}


def body(spec, name="orders"):
    return {"name": name, "provider": "GCP", "spec": spec}


def test_a_cluster_has_a_plan_or_an_edition(api):
    made = api.ok("POST", "clusters", body({"edition": "STANDARD", **SERVERLESS}), version=NEW)
    assert made["edition"] == "STANDARD" and "plan" not in made
    path = f"clusters/{made['id']}"
    assert api.ok("GET", path, version="2024-09-16")["plan"] == "STANDARD"
    for spec, said in (
        ({"edition": "STANDARD", "plan": "STANDARD"}, "mutually exclusive"),
        ({"edition": "MISSION_CRITICAL"}, "requires a dedicated"),
    ):
        assert said in api.error("POST", "clusters", body({**spec, **SERVERLESS}, "others"), version=NEW)[2]
    # A version that does not know them ignores them, as it does all that it does not know.
    other = api.ok("POST", "clusters", body({"edition": "STANDARD", **SERVERLESS}, "other-3"), version="2024-09-16")
    assert other["plan"] == "BASIC"


def test_editions_are_for_some_organizations(make_api):
    api = make_api(editions=False)
    said = api.error("POST", "clusters", body({"edition": "STANDARD", **SERVERLESS}), version=NEW)
    assert said[1] == 9 and "Continuum" in said[2]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({**NODES, "region_machine_specs": {"us-east1": {"num_virtual_cpus": 8}}}, "every region"),
        (
            {**NODES, "hardware": {"machine_spec": {"num_virtual_cpus": 4}}, "region_machine_specs": MACHINES},
            "mutually exclusive",
        ),
    ],
)
def test_machines_of_regions_have_to_fit(make_api, spec, said):
    assert said in make_api().error("POST", "clusters", body({"dedicated": spec}), version=NEW)[2]


def test_a_region_keeps_its_machine_until_it_gets_another(make_api):
    api = make_api(create_seconds=0.0, operation_seconds=0.0)
    spec = {"dedicated": {**NODES, "region_machine_specs": MACHINES}}
    path = f"clusters/{api.ok('POST', 'clusters', body(spec), version=NEW)['id']}"
    api.clock.advance(1)
    more = {
        "region_nodes": {"us-central1": 3, "us-east1": 3},
        "region_machine_specs": {"us-east1": {"num_virtual_cpus": 4}},
    }
    api.ok("PATCH", path, {"dedicated": more}, version=NEW)
    api.clock.advance(1)
    assert [row["num_virtual_cpus"] for row in api.ok("GET", path, version=NEW)["regions"]] == [8, 4]
    api.ok("PATCH", path, {"dedicated": {"hardware": {"machine_spec": {"num_virtual_cpus": 16}}}}, version=NEW)
    api.clock.advance(1)
    assert all("machine_type" not in row for row in api.ok("GET", path, version=NEW)["regions"])
