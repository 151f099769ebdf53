# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role spend_limits and the playbook spend_report: the budget is held before anything is written."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.results import Run
from integration.helpers.runner import BOTH_WAYS, LOCAL, Runner

ROLE = {"name": "role", "ansible.builtin.include_role": {"name": "crdb.cloud.spend_limits"}}
VERSIONS = ("2022-03-31", "2022-09-20", "2023-04-10", "2024-09-16", "2026-09-15")


def limits(cents: int) -> dict[str, Any]:
    return {
        "serverless": {
            "regions": ["us-central1"],
            "usage_limits": {"request_unit_limit": str(cents * 40_000), "storage_mib_limit": str(cents * 4096 // 1000)},
        }
    }


def organization(emulator: Emulator) -> None:
    """35 dollars of limits, one cluster that may cost anything, and one whose cost follows from its size."""
    for name, spec in (
        ("orders", limits(1000)),
        ("stock-prod", limits(2500)),
        ("laboratory", {"serverless": {"regions": ["us-central1"]}}),
        (
            "warehouse",
            {
                "plan": "STANDARD",
                "serverless": {"regions": ["us-east1"], "usage_limits": {"provisioned_virtual_cpus": "2"}},
            },
        ),
    ):
        emulator.add_cluster(name, **spec)


def units(emulator: Emulator, name: str) -> int:
    found = emulator.cluster(name)["config"]["serverless"]["usage_limits"] or {}
    return int(found.get("request_unit_limit", 0)) // 40_000


def role(playbook: Runner, variables: dict[str, Any], **more: Any) -> Run:
    playbook.emulator.reset("requests")
    return playbook([ROLE], variables=variables, **more)


def said(run: Run, name: str) -> str:
    return run[name].msg


def test_the_limits_of_a_list(playbook: Runner, emulator: Emulator) -> None:
    organization(emulator)
    wanted = {
        "spend_limits_clusters": {"orders": 2000, "stock-prod": 500, "laboratory": 1000},
        "spend_limits_budget": 3500,
    }

    check = role(playbook, wanted, check=True, diff=True)
    assert [item["changed"] for item in check["Set the limits"].items] == [True] * 3
    assert "come to 35.00 dollars" in said(check, "Say what they come to")
    assert "size says what they cost: warehouse" in said(check, "Say what they come to")
    assert emulator.writes() == []

    run = role(playbook, wanted)
    # Reductions first: what a run that dies in the middle has done does not cost more than what was there.
    assert [item["spend_limit"]["cluster_name"] for item in run["Set the limits"].items] == [
        "stock-prod",
        "laboratory",
        "orders",
    ]
    assert [units(emulator, name) for name in ("orders", "stock-prod", "laboratory")] == [2000, 500, 1000]
    sent = emulator.requests()
    assert [entry["method"] for entry in sent] == ["GET", "GET", "PATCH", "PATCH", "PATCH"]

    again = role(playbook, wanted)
    assert not any(outcome.changed for outcome in again.outcomes)
    assert [entry["method"] for entry in emulator.requests()] == ["GET", "GET"]


def test_a_survey(playbook: Runner, emulator: Emulator) -> None:
    organization(emulator)
    survey = {
        "spend_limits_clusters": "orders=2000\nstock-prod = 600\nlaboratory=",
        "spend_limits_budget": "2600",
        "spend_limits_accept_unlimited": "laboratory, other",
        "spend_limits_limit": "",
    }
    run = role(playbook, survey)
    assert "come to 26.00 dollars a month; without a limit: laboratory" in said(run, "Say what they come to")
    assert [units(emulator, name) for name in ("orders", "stock-prod", "laboratory")] == [2000, 600, 0]

    small = {"spend_limits_clusters": '{"laboratory": {"request_unit_limit": 40000, "storage_mib_limit": 4}}'}
    role(playbook, small, warns=["A limit of 1 US cents a month is less than a dollar"])
    assert units(emulator, "laboratory") == 1
    nothing = role(playbook, {"spend_limits_clusters": "", "spend_limits_budget": ""})
    assert not any(outcome.changed for outcome in nothing.outcomes)
    assert emulator.writes() == []


REFUSALS = {
    "over the budget": (
        {"spend_limits_clusters": {"orders": 5000, "laboratory": 100}, "spend_limits_budget": 7000},
        "Check that the limits fit into the budget",
        ["come to USD 76.00 a month, USD 6.00 more than the budget of USD 70.00", "Nothing was changed"],
    ),
    "a cluster without a limit": (
        {"spend_limits_clusters": {"orders": 500}, "spend_limits_budget": "700000"},
        "Check that the limits fit into the budget",
        ["Cluster 'laboratory' has no spend limit", "spend_limits_accept_unlimited"],
    ),
    "an unknown cluster": (
        {"spend_limits_clusters": "orders=500,nowhere=5"},
        "Add up what all clusters may cost",
        ["There is no cluster 'nowhere'", "nothing was changed"],
    ),
    "a cluster without spend limits": (
        {"spend_limits_clusters": {"orders": 500, "warehouse": 500}},
        "Add up what all clusters may cost",
        ["cluster 'warehouse' has the plan STANDARD"],
    ),
    "an amount in words": (
        {"spend_limits_clusters": "orders=20 dollars"},
        "Add up what all clusters may cost",
        ["The limit of cluster 'orders' can't be '20 dollars'", "whole US cents"],
    ),
    "no amount": (
        {"spend_limits_clusters": "orders"},
        "Add up what all clusters may cost",
        ["'orders' is no limit of a cluster"],
    ),
    "a budget in words": (
        {"spend_limits_clusters": {"orders": 500}, "spend_limits_budget": "$500"},
        "Check what was asked for",
        ["spend_limits_budget must be whole US cents", "'$500'"],
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_one_sentence_and_nothing_written(playbook: Runner, emulator: Emulator, case: str) -> None:
    variables, task, parts = REFUSALS[case]
    organization(emulator)
    run = role(playbook, variables, fails=True)
    run[task].fails_with(*parts)
    run.no_traceback()
    assert emulator.writes() == []


def test_a_key_that_may_not(playbook: Runner, emulator: Emulator) -> None:
    organization(emulator)
    emulator.fault("status", "PATCH", "/clusters/", times=2, status=403, body={"code": 7, "message": "no"})
    run = role(playbook, {"spend_limits_clusters": {"orders": 2000, "stock-prod": 500}}, fails=True)
    for item, cluster in zip(run["Set the limits"].items, ("stock-prod", "orders"), strict=True):
        assert item["msg"].startswith(f"Failed to set the spend limit of cluster '{cluster}': no (HTTP 403, code 7)")
        assert "lacks a role for it: CLUSTER_ADMIN" in item["msg"]
    run.no_traceback()
    assert [units(emulator, name) for name in ("orders", "stock-prod")] == [1000, 2500]


def test_the_limits_of_hosts(playbook: Runner, emulator: Emulator) -> None:
    """Two hosts with limits of their own, one of them known by its id, and one that keeps what it has."""
    organization(emulator)
    hosts = {
        "orders": {**LOCAL, "spend_limits_limit": 2000},
        "the-stock": {**LOCAL, "spend_limits_limit": "500", "crdb_id": emulator.cluster("stock-prod")["id"]},
        "laboratory": LOCAL,
    }
    budget = {"spend_limits_budget": 2500, "spend_limits_accept_unlimited": ["laboratory"]}
    check = role(playbook, budget, hosts=hosts, check=True)
    run = role(playbook, budget, hosts=hosts)
    for one in (check, run):
        changed = [(item.host, item.changed) for item in one.outcomes if item.name == "Set the limits"]
        assert sorted(changed) == [("laboratory", False), ("orders", True), ("the-stock", True)]
    assert [units(emulator, name) for name in ("orders", "stock-prod", "laboratory")] == [2000, 500, 0]
    again = role(playbook, budget, hosts=hosts)
    assert not any(item.changed for item in again.outcomes)

    # With --limit the others count as they are now.
    hosts["orders"]["spend_limits_limit"] = 2001
    over = role(playbook, budget, hosts=hosts, arguments=["--limit", "orders"], fails=True)
    over["Check that the limits fit into the budget"].fails_with("USD 0.01 more than the budget")
    role(playbook, {}, hosts=hosts, arguments=["--limit", "orders"])
    assert len(emulator.writes()) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_the_total_in_every_version(playbook: Runner, emulator: Emulator, version: str) -> None:
    emulator.add_cluster("orders", **limits(1000))
    emulator.add_cluster("stock-prod", **limits(2500))
    task = {"api_version": version, "limits": {"orders": 700}, "budget": 3200}
    run = playbook([{"name": "info", "crdb.cloud.spend_limit_info": task}], direct=None, hosts=BOTH_WAYS)
    for host in BOTH_WAYS:
        found = run["info", host]
        assert (found["present_total"], found["total"], found["within_budget"]) == (3500, 3200, True)
        assert found["planned"][0]["cents_before"] == 1000
    assert emulator.writes() == []
    assert run["info", "plain"]["spend_limits"] == run["info", "in-process"]["spend_limits"]


def report(playbook: Runner, *arguments: str, **more: Any) -> Run:
    playbook.emulator.reset("requests")
    extra = [part for text in arguments for part in ("-e", text)]
    return playbook(playbook="crdb.cloud.spend_report", arguments=extra, direct=None, **more)


def test_the_report(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    organization(emulator)
    lines = report(playbook)["Show the report"]["msg"]
    assert [line.split() for line in lines] == [
        ["CLUSTER", "PLAN", "CLOUD", "USD", "A", "MONTH"],
        ["laboratory", "BASIC", "GCP", "no", "limit"],
        ["orders", "BASIC", "GCP", "10.00"],
        ["stock-prod", "BASIC", "GCP", "25.00"],
        ["warehouse", "STANDARD", "GCP", "by", "its", "size"],
        ["TOTAL", "OF", "2", "LIMITS", "35.00"],
    ]
    assert {len(line) for line in lines} == {58}
    assert [entry["method"] for entry in emulator.requests()] == ["GET"]

    for name in ("report.json", "report.txt"):
        path = tmp_path / name
        assert report(playbook, f"spend_report_file={path}", check=True)["Write the report"].changed
        assert not path.exists()
        assert report(playbook, f"spend_report_file={path}")["Write the report"].changed
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert not report(playbook, f"spend_report_file={path}")["Write the report"].changed
    written = json.loads((tmp_path / "report.json").read_text())
    assert written["total"] == 3500 and written["unlimited"] == ["laboratory"]
    assert (tmp_path / "report.txt").read_text().splitlines() == lines

    # The file is there, whether or not the budget is kept.
    path = tmp_path / "shared.json"
    over = report(
        playbook,
        f"spend_report_file={path}",
        "spend_report_mode=0644",
        "spend_report_budget=3000",
        "spend_report_accept_unlimited=laboratory",
        fails=True,
    )
    over["Check the budget"].fails_with("come to USD 35.00 a month, USD 5.00 more than the budget of USD 30.00")
    assert json.loads(path.read_text())["within_budget"] is False
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_the_report_by_label(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    # A label is text of somebody else: it is shown, and never run.
    marker = tmp_path / "executed"
    hostile = f"{{{{ lookup('pipe', 'touch {marker}') }}}}"
    teams = {"orders": "payments", "stock-prod": hostile}
    for name, team in teams.items():
        row = emulator.add_cluster(name, **limits(1000))
        emulator.patch(clusters={row["id"]: {"labels": {"team": team}}})
    path = tmp_path / "report.json"
    lines = report(playbook, "spend_report_label=team", f"spend_report_file={path}")["Show the report"]["msg"]
    assert [line.split()[0] for line in lines[-2:]] == ["team=payments", "team={{"]
    assert hostile in lines[-1]
    assert json.loads(path.read_text())["by_label"] == {"payments": 1000, hostile: 1000}
    role(playbook, {"spend_limits_clusters": {"stock-prod": 900}, "spend_limits_budget": 2000})
    assert not marker.exists()


def test_the_report_of_nothing(playbook: Runner, emulator: Emulator) -> None:
    for check in (True, False):
        run = report(playbook, "spend_report_budget=0", "spend_report_file=", "spend_report_label=", check=check)
        assert run["Show the report"]["msg"][-1].split() == ["TOTAL", "OF", "0", "LIMITS", "0.00"]
    bad = report(playbook, "spend_report_budget=plenty", fails=True)
    bad["Check what was asked for"].fails_with("spend_report_budget must be whole US cents", "'plenty'")
    assert emulator.requests() == []
