# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role and the playbook decommission: what is confirmed goes, and nothing else ever does."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.results import Run
from integration.helpers.runner import LOCAL, Runner

ROLE = [{"name": "role", "ansible.builtin.import_role": {"name": "crdb.cloud.decommission"}}]
SPEC = {"serverless": {"regions": ["us-central1"]}}
WRONG: tuple[Any, ...] = (None, "", " ", "orders", "ORDERS-1", "orders-1x", [], ["orders"], "yes", True, {"orders": 1})
Deleting = Callable[..., Run]


@pytest.fixture
def inventory(tmp_path: Path) -> Callable[..., str]:
    """``inventory("orders-1", "orders-2")``: a file with these hosts in the group crdb_clusters."""

    def write(*lines: str) -> str:
        path = tmp_path / "inventory.ini"
        path.write_text("\n".join(["[crdb_clusters]", *lines, ""]))
        return str(path)

    return write


@pytest.fixture
def decommission(playbook: Runner, emulator: Emulator, inventory: Callable[..., str]) -> Deleting:
    """Runs the playbook by its full name over the hosts of an INI file."""

    def run(*lines: str, confirm: Any = None, limit: str = "", check: bool = False, **more: Any) -> Run:
        emulator.reset("requests")
        said = [] if confirm is None else ["-e", json.dumps({"crdb_decommission_confirm": confirm})]
        arguments = ["-i", inventory(*lines), *said, *(["--limit", limit] if limit else [])]
        return playbook(playbook="crdb.cloud.decommission", arguments=arguments, check=check, direct=None, **more)

    return run


def problem(run: Run, *parts: str) -> None:
    """The run failed with one sentence that holds *parts*, and without a traceback."""
    failed = [outcome for outcome in run.outcomes if outcome.failed]
    assert failed, run.output[-3000:]
    failed[-1].fails_with(*parts)
    run.no_traceback()


def left(emulator: Emulator) -> set[str]:
    return {row["name"] for row in emulator.state()["clusters"] if row["state"] != "DELETED"}


def test_a_confirmed_cluster_goes_and_no_other(decommission: Deleting, emulator: Emulator) -> None:
    for name in ("orders-1", "orders-2"):
        emulator.add_cluster(name, **SPEC)
    hosts = ("orders-1", "orders-2")

    planned = decommission(*hosts, confirm="orders-1", limit="orders-1", check=True, diff=True)
    assert planned["Delete the cluster"].changed
    assert emulator.writes() == [] and left(emulator) == set(hosts)

    done = decommission(*hosts, confirm="orders-1", limit="orders-1")
    assert done["Delete the cluster"].changed
    assert left(emulator) == {"orders-2"}
    assert [entry["method"] for entry in emulator.writes()] == ["DELETE"]

    again = decommission(*hosts, confirm="orders-1", limit="orders-1")
    assert not any(outcome.changed for outcome in again.outcomes)
    assert emulator.writes() == [] and len(emulator.requests()) == 1


def test_none_goes_where_one_is_not_confirmed(decommission: Deleting, emulator: Emulator) -> None:
    hosts = ("orders-1", "orders-2", "orders-3")
    for name in hosts:
        emulator.add_cluster(name, **SPEC)
    run = decommission(*hosts, confirm=["orders-1", "orders-3"], fails=True)
    problem(run, "Nothing was deleted", "crdb_decommission_confirm", "'orders-2'")
    assert emulator.requests() == [] and left(emulator) == set(hosts)

    # As a survey gives several names.
    decommission(*hosts, confirm="orders-1\norders-2, orders-3\n")
    assert left(emulator) == set()


def test_protection(decommission: Deleting, emulator: Emulator) -> None:
    emulator.add_cluster("orders-1", **SPEC)
    emulator.patch(clusters={"orders-1": {"delete_protection": "ENABLED"}})
    run = decommission("orders-1", confirm="orders-1", fails=True)
    problem(run, "'orders-1' has delete protection", "decommission_lift_protection")
    assert emulator.writes() == []

    lifting = "orders-1 decommission_lift_protection=true"
    run = decommission(lifting, fails=True)
    problem(run, "crdb_decommission_confirm")
    assert emulator.requests() == []

    planned = decommission(lifting, confirm="orders-1", check=True, diff=True)
    assert planned["Lift the delete protection"].changed and planned["Predict the deletion"].changed
    assert emulator.writes() == []
    done = decommission(lifting, confirm="orders-1")
    assert done["Lift the delete protection"].changed and done["Delete the cluster"].changed
    assert [entry["method"] for entry in emulator.writes()] == ["PATCH", "DELETE"]
    assert left(emulator) == set()


def test_a_refused_deletion_brings_the_protection_back(decommission: Deleting, emulator: Emulator) -> None:
    emulator.add_cluster("orders-1", **SPEC)
    emulator.patch(clusters={"orders-1": {"delete_protection": "ENABLED"}})
    emulator.fault("status", "DELETE", "/clusters/", status=403, body={"code": 7, "message": "permission denied"})
    run = decommission("orders-1 decommission_lift_protection=yes", confirm="orders-1", fails=True)
    problem(run, "Failed to delete cluster 'orders-1'", "permission denied", "HTTP 403")
    assert emulator.cluster("orders-1")["delete_protection"] == "ENABLED"
    assert emulator.fired() == [1]


def test_a_forbidden_key(decommission: Deleting, emulator: Emulator) -> None:
    emulator.fault("status", "GET", "/clusters$", status=403, body={"code": 7, "message": "permission denied"})
    problem(decommission("orders-1", confirm="orders-1", fails=True), "permission denied", "HTTP 403", "role")
    assert emulator.writes() == []


def test_which_cluster_is_meant(playbook: Runner, emulator: Emulator) -> None:
    """One play with a host for each way to say it; only the one that is right and confirmed goes."""
    row = emulator.add_cluster("orders-1", **SPEC)
    emulator.add_cluster("orders-2", **SPEC)
    other = emulator.add_cluster("ledger-1", **SPEC)
    cases: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
        "localhost": ({}, ("decommission_name or decommission_id", "localhost")),
        "no-id": ({"decommission_id": "orders-1"}, ("decommission_id must be the id", "'orders-1'")),
        "no-switch": ({"decommission_lift_protection": "maybe"}, ("decommission_lift_protection", "'maybe'")),
        "other-name": (
            {"decommission_name": "orders-2", "decommission_id": row["id"], "crdb_decommission_confirm": "orders-2"},
            ("is named 'orders-1', not 'orders-2'",),
        ),
        "other-confirmed": (
            {"decommission_id": row["id"], "crdb_decommission_confirm": "orders-2"},
            ("exact name of the cluster 'orders-1'",),
        ),
        "id-alone": ({"decommission_id": row["id"]}, ("exact name of the cluster",)),
        **{
            f"wrong-{number}": (
                {"decommission_name": "orders-1", "crdb_decommission_confirm": confirm},
                ("Nothing was deleted", "exact name of the cluster 'orders-1'"),
            )
            for number, confirm in enumerate(WRONG)
        },
        "absent-id": (
            {"decommission_id": "35c4abb2-bb66-46d7-afed-25ebef5ed2aa", "crdb_decommission_confirm": "orders-1"},
            (),
        ),
        "as-the-plugin": (
            {"crdb_id": other["id"], "crdb_name": "ledger-1", "crdb_decommission_confirm": ["ledger-1"]},
            (),
        ),
    }
    hosts: Mapping[str, Mapping[str, Any]] = {name: {**LOCAL, **said} for name, (said, _parts) in cases.items()}
    run = playbook(ROLE, hosts=hosts, direct=None, fails=None)
    for name, (_said, parts) in cases.items():
        failed = [outcome for outcome in run.outcomes if outcome.host == name and outcome.failed]
        assert len(failed) == bool(parts), (name, failed)
        for outcome in failed:
            outcome.fails_with(*parts)
    run.no_traceback()
    assert left(emulator) == {"orders-1", "orders-2"}


def test_two_of_one_name(decommission: Deleting, emulator: Emulator, playbook: Runner) -> None:
    first, second = {"id": "35c4abb2-bb66-46d7-afed-25ebef5ed2aa"}, {"id": "11111111-bb66-46d7-afed-25ebef5ed2aa"}
    rows = [{**row, "name": "orders-1", "state": "CREATED", "delete_protection": "DISABLED"} for row in (first, second)]
    emulator.fault("status", "GET", "/clusters$", status=200, body={"clusters": rows, "pagination": None})
    run = decommission("orders-1", confirm="orders-1", fails=True)
    problem(run, "there are 2 clusters named 'orders-1'", "decommission_id", first["id"], second["id"])
    assert emulator.writes() == []


@pytest.mark.parametrize("name", ["decommission", "provision"])
def test_an_inventory_without_clusters(playbook: Runner, emulator: Emulator, tmp_path: Path, name: str) -> None:
    other = tmp_path / "other.ini"
    other.write_text("[web]\nweb1 ansible_connection=local\n[crdb_clusters]\norders-1\n")
    nothing: Mapping[str, Mapping[str, Any]] = {"web2": LOCAL}
    for arguments in ([], ["-i", str(other), "--limit", "web1"]):
        run = playbook(playbook=f"crdb.cloud.{name}", arguments=arguments, hosts=nothing, direct=None, fails=True)
        problem(run, "There is no cluster to work on", "group crdb_clusters", "--limit")
    assert emulator.requests() == []
