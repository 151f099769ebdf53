# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module fleet: one plan for many clusters, what it costs, and what becomes of it when things go wrong."""

from __future__ import annotations

import json
import os
import random
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.organizations import build, organization
from integration.helpers.results import Outcome, Run
from integration.helpers.runner import Runner
from integration.helpers.secrets import API_KEY

PASSWORD = "planted-fleet-password"
ORGANIZATIONS = 50


def fleet(clusters: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"crdb.cloud.fleet": {"name": "shop", "clusters": clusters, "wait_interval": 0.1, **more}}


def clusters(count: int, users: int, **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "name": f"team-app-{number}",
            "provider": "GCP",
            "regions": ["us-central1"],
            "spend_limit": 1000,
            "sql_users": [{"name": f"user{user}", "password": "{{ password }}"} for user in range(users)],
            **more,
        }
        for number in range(count)
    ]


def play(playbook: Runner, tasks: list[dict[str, Any]], **options: Any) -> Run:
    secret = {"variables": {"password": PASSWORD, **options.pop("variables", {})}, "secrets": [PASSWORD]}
    return playbook(tasks, **{**secret, **options})


def users_of(emulator: Emulator) -> dict[str, list[str]]:
    """The SQL users by the name of the cluster, of clusters that are not deleted; names must be unique."""
    state = emulator.state()
    rows = [row for row in state["clusters"] if row["state"] != "DELETED"]
    assert len({row["name"] for row in rows}) == len(rows)
    return {row["name"]: state["sql_users"].get(row["id"], []) for row in rows}


def entry(outcome: Outcome, name: str) -> dict[str, Any]:
    (found,) = [row for row in outcome["results"] if row["name"] == name]
    return dict(found)


def same_plan(check: Outcome, apply: Outcome) -> bool:
    """Whether the plan of check mode is that of the run, which has one line more: what was done."""
    text, _applied, end = apply["diff"]["prepared"].rpartition("Applied: ")
    told = re.fullmatch(r"\d+ created, \d+ changed, \d+ deleted in \d+ s\n", end) if apply.changed else not text
    return bool(
        told
        and check["diff"]["prepared"] == (text or end)
        and all(check[name] == apply[name] for name in ("plan", "counts"))
    )


# --- the plan, and what is done ------------------------------------------------------------------------------------


@pytest.mark.smoke
@pytest.mark.measured
@pytest.mark.parametrize("direct", [True, False], ids=["direct", "plain"])
def test_a_fleet_lives(playbook: Runner, emulator: Emulator, direct: bool) -> None:
    emulator.add_cluster("team-app-0")
    wanted = clusters(2, 2, labels={"team": "a"}, allowlist=[{"cidr": "203.0.113.0/24"}], purge_children=["allowlist"])
    relabelled = [{**row, "labels": {"team": "b"}} for row in wanted]
    run = play(
        playbook,
        [
            {"name": "check", **fleet(wanted), "check_mode": True, "diff": True},
            {"name": "apply", **fleet(wanted), "diff": True},
            {"name": "again", **fleet(wanted), "diff": True},
            {"name": "labels", **fleet(relabelled)},
            {"name": "one left", **fleet(relabelled[:1])},
            {"name": "unconfirmed", **fleet(relabelled[:1], purge=True)},
            {
                "name": "purge in check mode",
                **fleet(relabelled[:1], purge=True, purge_confirm=["team-app-1"]),
                "check_mode": True,
            },
            {"name": "purge", **fleet(relabelled[:1], purge=True, purge_confirm=["team-app-1"])},
            {"name": "purge again", **fleet(relabelled[:1], purge=True, purge_confirm=["team-app-1"])},
        ],
        direct=direct,
        warns=[
            "Cluster 'team-app-1' belongs to the fleet and is not listed; it is deleted once purge_confirm names it"
        ],
    )
    check, apply, again = (run[name] for name in ("check", "apply", "again"))
    assert check.writes == [] and check.changed and apply.changed
    assert same_plan(check, apply)
    assert [row["done"] for row in check["results"]] == [row["done"] for row in apply["results"]]
    assert len(apply.writes) == len(apply["plan"]) == 9
    assert [row["status"] for row in apply["results"]] == ["ok", "ok"]
    assert not again.changed and again.writes == [] and again["plan"] == []
    assert again["counts"] == {"create": 0, "change": 0, "delete": 0, "unchanged_clusters": 2, "unchanged": 8}
    text = check["diff"]["prepared"]
    for line in (
        "~ change cluster 'team-app-0'",
        "    labels.crdb-cloud-fleet: (none) -> shop",
        "    usage_limits.request_unit_limit: (none) -> 40000000",
        "+ create cluster 'team-app-1'",
        "    labels.team: a",
        "+ create SQL user 'user1' on cluster 'team-app-1'",
        "    password: (hidden)",
        "    with_empty_ip_allowlist: true",
        "- delete allowlist entry '0.0.0.0/0' from cluster 'team-app-0'",
        "Plan: 7 to create, 1 to change, 1 to delete; 0 clusters unchanged",
    ):
        assert f"{line}\n" in text
    assert "+ create cluster 'team-app-1'" in run.stdout

    assert len(run["labels"].writes) == 2
    assert not run["one left"].changed and not run["unconfirmed"].changed
    assert run["purge in check mode"].changed and run["purge in check mode"].writes == []
    assert len(run["purge"].writes) == 1 and run["purge"].writes[0].startswith("DELETE ")
    assert entry(run["purge"], "team-app-1")["status"] == "ok"
    assert not run["purge again"].changed
    assert emulator.clusters("team-app-1") == []
    assert emulator.cluster("team-app-0")["labels"] == {"team": "b", "crdb-cloud-fleet": "shop"}
    assert users_of(emulator) == {"team-app-0": ["user0", "user1"]}


def test_a_fleet_beside_another_tool(playbook: Runner, emulator: Emulator) -> None:
    """Without a name: what another tool has made and labelled is not changed, and what only that tool knows is named."""
    marked = {"crdb-cloud-fleet": "shop", "team": "a"}
    region = {"serverless": {"regions": ["us-central1"]}}
    emulator.add_cluster("team-app-0", **region, labels={"team": "a"})
    emulator.add_cluster("team-app-1", **region, labels=marked)
    listed = [{"name": "team-app-0", "labels": {"team": "a"}}, {"name": "team-app-1", "labels": {"team": "a"}}]
    arguments = {"clusters": listed, "report_unlisted": True}
    run = play(
        playbook,
        [
            {"name": "nameless", "crdb.cloud.fleet": arguments},
            {"name": "others", "crdb.cloud.fleet": {**arguments, "clusters": listed[:1]}, "diff": True},
            {"name": "named", **fleet(listed[:1]), "check_mode": True, "diff": True},
        ],
    )
    assert not run["nameless"].changed and run["nameless"]["unlisted"] == []
    (other,) = run["others"]["unlisted"]
    assert other["name"] == "team-app-1" and other["parent_id"] == "root" and run["others"]["marked_unlisted"] == []
    assert emulator.writes() == [] and emulator.cluster("team-app-1")["labels"] == marked
    assert [row["name"] for row in run["named"]["marked_unlisted"]] == ["team-app-1"]
    assert "! cluster 'team-app-1' carries the label of this fleet and is not listed; it stays" in run.stdout


@pytest.mark.slow
def test_check_mode_says_what_the_run_does(playbook: Runner, emulator: Emulator) -> None:
    """Request for request, on random organizations."""
    organizations = [organization(seed) for seed in range(ORGANIZATIONS)]
    build(emulator, organizations)
    tasks: list[dict[str, Any]] = []
    for made in organizations:
        for name, more in (("check", {"check_mode": True, "diff": True}), ("apply", {"diff": True}), ("again", {})):
            tasks.append({"name": f"{name} {made.seed}", "crdb.cloud.fleet": made.arguments(), **more})
    run = play(playbook, tasks, verbosity=0, timeout=280, warns=["Open to everybody, beside what their allowlist says"])
    changed = 0
    for made in organizations:
        check, apply, again = (run[f"{name} {made.seed}"] for name in ("check", "apply", "again"))
        assert check.writes == []
        assert same_plan(check, apply), made.seed
        assert [row["done"] for row in check["results"]] == [row["done"] for row in apply["results"]], made.seed
        opened = [[row["open_to_everybody"] for row in task["results"]] for task in (check, apply)]
        assert opened[0] == opened[1], made.seed
        assert all(row["status"] == "ok" for row in apply["results"])
        assert sorted(map(wire, apply["plan"])) == sorted(map(method, apply.writes)), made.seed
        # A password that is always set is the one thing that a second run does again.
        assert all("set the password" in step["summary"] for step in again["plan"]), made.seed
        changed += apply.changed
    assert changed > ORGANIZATIONS / 2


def wire(step: dict[str, Any]) -> tuple[str, str]:
    """What a step of the plan looks like on the wire: its method, and what it is about."""
    about = re.search("(SQL user|allowlist entry|database|cluster) '", step["summary"])
    assert about
    kind = {"SQL user": "sql-users", "allowlist entry": "allowlist", "database": "databases", "cluster": "clusters"}[
        about[1]
    ]
    if step["action"] == "update":
        return ("PUT" if kind == "sql-users" else "PATCH"), kind
    return {"create": "POST", "delete": "DELETE"}[step["action"]], kind


def method(request: str) -> tuple[str, str]:
    verb, path = request.split(" ")
    kinds = [kind for kind in ("sql-users", "allowlist", "databases", "clusters") if f"/{kind}" in path]
    return verb, kinds[0]


# --- what it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_requests_are_few_and_grow_with_the_fleet(playbook: Runner, emulator: Emulator) -> None:
    wanted = clusters(60, 5)
    run = play(
        playbook,
        [
            {"name": "create", **fleet(wanted)},
            {"name": "again", **fleet(wanted)},
            {"name": "labels", **fleet([{**row, "labels": {"team": "b"}} for row in wanted])},
        ],
        verbosity=0,
        variables={},
    )
    create, again, labels = (run[name] for name in ("create", "again", "labels"))
    ticks = sum(entry["path"] == "/api/v1/clusters" and entry["method"] == "GET" for entry in create.requests) - 1
    assert len(create.writes) == 360
    # Two pages of regions, to check their names, are the only other requests.
    assert len(create.requests) <= 1 + 60 + 360 + ticks + 2
    assert ticks <= 12
    assert not any(re.fullmatch("/api/v1/clusters/[0-9a-f-]{36}", row["path"]) for row in create.requests)
    assert len(again.requests) == 61
    assert len(labels.requests) == 61 + 60


@pytest.mark.slow
def test_the_rate_limit_is_held(launch: Launch, playbook_on: Callable[[Emulator], Runner]) -> None:
    emulator = launch("--api-key", API_KEY, "--rate-limit", "10", "--create-seconds", "2", fast=False)
    wanted = clusters(12, 5)
    run = play(
        playbook_on(emulator),
        [{"name": "create", **fleet(wanted)}, {"name": "again", **fleet(wanted)}],
        rate_limit=None,
        verbosity=1,
    )
    answers = [entry["status"] for entry in emulator.requests()]
    assert answers.count(429) <= 0.02 * len(answers)
    assert len(run["create"].requests) <= 1.1 * (1 + 12 + 12 + 60 + 6)
    assert len(users_of(emulator)) == 12
    assert re.search(r"^shop: \d+/12 ready, \d+s", run.stdout, re.MULTILINE), run.stdout


# --- trouble ---------------------------------------------------------------------------------------------------------


@pytest.mark.measured
def test_the_others_go_on_when_one_fails(playbook: Runner, emulator: Emulator) -> None:
    wanted = clusters(3, 2)
    first = emulator.add_cluster("team-app-0")
    emulator.fault("status", "PATCH", first["id"], status=400, body={"code": 3, "message": "not today"}, times=1)
    users = {"status": 500, "body": {"code": 13, "message": "internal"}, "times": 1}
    emulator.fault("status", "POST", "/sql-users$", **users)
    run = play(
        playbook,
        [{"name": "first", **fleet(wanted), "ignore_errors": True}, {"name": "second", **fleet(wanted)}],
    )
    found = run["first"]
    found.fails_with(
        "2 of 3 clusters of the fleet 'shop' failed",
        "Failed to update cluster 'team-app-0': not today (HTTP 400",
        "again",
    )
    assert "clusters" not in found.result and "plan" not in found.result
    refused = entry(found, "team-app-0")
    assert refused["status"] == "failed" and refused["done"] == [] and len(refused["skipped"]) == 2
    assert sum(len(row["failed"]) for row in found["results"]) == 2
    assert found["changed"]
    assert run["second"].changed and len(run["second"].writes) == 4
    assert all(row["status"] == "ok" for row in run["second"]["results"])
    assert users_of(emulator) == {f"team-app-{number}": ["user0", "user1"] for number in range(3)}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_it_converges_under_faults(launch: Launch, playbook_on: Callable[[Emulator], Runner], seed: int) -> None:
    """One answer in ten is a fault of some kind; five runs have to do."""
    emulator = launch()
    kinds: list[dict[str, Any]] = [
        {"action": "status", "status": 429, "headers": {"Retry-After": "0.2"}},
        {"action": "status", "status": 500},
        {"action": "status", "status": 503},
        {"action": "drop_before"},
        {"action": "drop_after"},
        {"action": "garbage"},
        {"action": "delay", "delay_ms": 300},
    ]
    for number, kind in enumerate(kinds):
        body = {"body": {"code": 13, "message": "trouble"}} if kind["action"] == "status" else {}
        fault = {**kind, **body, "probability": 0.1 / len(kinds), "seed": 100 * seed + number}
        emulator.control("faults", {"path": "^/api/", **fault})
    wanted = clusters(8, 5, allowlist=[{"cidr": "203.0.113.0/24"}], purge_children=["allowlist", "sql_users"])
    runner = playbook_on(emulator)
    for _run in range(5):
        run = play(runner, [{"name": "fleet", **fleet(wanted)}], fails=None, verbosity=0, warns=None)
        run.no_traceback()
    emulator.reset("faults", "requests")
    final = play(runner, [{"name": "fleet", **fleet(wanted)}], verbosity=0)
    assert not final["fleet"].changed
    assert users_of(emulator) == {f"team-app-{number}": [f"user{user}" for user in range(5)] for number in range(8)}
    entries = [[entry["cidr_ip"] for entry in rows] for rows in emulator.state()["allowlists"].values()]
    assert entries == [["203.0.113.0"]] * 8


@pytest.mark.slow
def test_it_converges_after_being_killed(launch: Launch, playbook_on: Callable[[Emulator], Runner]) -> None:
    emulator = launch("--latency-ms", "10")
    wanted = clusters(12, 6, allowlist=[{"cidr": "203.0.113.0/24"}])
    runner, rng = playbook_on(emulator), random.Random(7)
    killed = 0
    for _time in range(10):
        emulator.reset("requests")
        last = rng.randint(1, 30)
        run = play(
            runner,
            [{"name": "fleet", **fleet(wanted)}],
            fails=None,
            verbosity=0,
            kill_when=lambda last=last: len(emulator.requests()) >= last,
        )
        killed += run.rc < 0
    assert killed >= 8
    play(runner, [{"name": "fleet", **fleet(wanted)}], verbosity=0)
    emulator.reset("requests")
    final = play(runner, [{"name": "fleet", **fleet(wanted)}], verbosity=0)
    assert not final["fleet"].changed
    assert users_of(emulator) == {f"team-app-{number}": [f"user{user}" for user in range(6)] for number in range(12)}


def test_a_creation_that_fails(playbook: Runner, emulator: Emulator) -> None:
    emulator.patch(fail_next_create=True)
    run = play(playbook, [{"name": "fleet", **fleet(clusters(2, 1), parallel=1)}], fails=True)
    run["fleet"].fails_with("1 of 2 clusters", "cluster 'team-app-0': its creation failed (state CREATION_FAILED)")
    assert users_of(emulator)["team-app-1"] == ["user0"]


def test_a_creation_that_takes_too_long(playbook: Runner, emulator: Emulator) -> None:
    emulator.add_cluster("team-app-1")
    wanted = clusters(2, 1)
    run = play(playbook, [{"name": "fleet", **fleet(wanted, wait_timeout=0)}], fails=True)
    run["fleet"].fails_with("1 of 2 clusters", "cluster 'team-app-0' is still CREATING after", "wait_timeout")
    assert entry(run["fleet"], "team-app-0")["skipped"] == ["create SQL user 'user0' on cluster 'team-app-0'"]
    assert users_of(emulator)["team-app-1"] == ["user0"]


def test_without_waiting_the_rest_is_left_out(playbook: Runner, emulator: Emulator) -> None:
    wanted = clusters(1, 2)
    tasks = [
        {"name": "check", **fleet(wanted, wait=False), "check_mode": True},
        {"name": "apply", **fleet(wanted, wait=False)},
    ]
    run = play(playbook, tasks)
    assert run["check"]["plan"] == run["apply"]["plan"] and len(run["apply"].writes) == 1
    assert run["check"]["results"][0]["skipped"] == run["apply"]["results"][0]["skipped"]
    states = [[row["state"] for row in run[name]["clusters"]] for name in ("check", "apply")]
    assert states == [["CREATING"], ["CREATING"]]
    assert run["apply"]["results"][0]["status"] == "skipped"
    emulator.until(lambda: emulator.cluster("team-app-0")["state"] == "CREATED")
    emulator.reset("requests")
    assert len(play(playbook, [{"name": "rest", **fleet(wanted, wait=False)}])["rest"].writes) == 2


# --- ownership and bad input -----------------------------------------------------------------------------------------


BAD: list[tuple[dict[str, Any], list[str]]] = [
    ({"name": "No Such"}, ["name: 'No Such' can't be the name of a fleet"]),
    ({"parallel": 0}, ["parallel must be between 1 and 32, got 0"]),
    ({"clusters": [{"name": "orders-a"}]}, ["'orders-a'", "provider and regions must be set"]),
    (
        {"clusters": [{"name": "orders", "spend_limit": 5}, {"name": "orders"}]},
        ["'orders', clusters[1]: it is listed twice"],
    ),
    (
        {"clusters": [{"name": "orders", "labels": {"crdb-cloud-fleet": "x"}}]},
        ["the label crdb-cloud-fleet is set by the fleet"],
    ),
    ({"clusters": [{"name": "theirs"}]}, ["'theirs', clusters[0]: it belongs to the fleet 'other'"]),
    ({"clusters": [{"name": "orders", "sql_users": [{"name": "app"}]}]}, ["SQL user 'app'", "password is needed"]),
    (
        {"clusters": [{"name": "orders", "allowlist": [{"cidr": "10.0.0.0/33"}]}]},
        ["'10.0.0.0/33' is not an IPv4 network"],
    ),
    ({"clusters": [{"id": "00000000-1111-2222-3333-444444444444"}]}, ["there is no cluster with this id"]),
    (
        {"clusters": [{"name": "orders", "regions": ["us-central1", "mars-1"], "primary_region": "us-central1"}]},
        ["There is no region 'mars-1'"],
    ),
    ({"purge": True, "purge_confirm": ["orders"]}, ["'orders'", "does not carry the label crdb-cloud-fleet: shop"]),
    ({"purge": True, "purge_confirm": ["guarded"]}, ["delete protection"]),
    (
        {"clusters": [{"name": "orders"}], "purge": True, "purge_confirm": ["orders"]},
        ["which is listed in clusters"],
    ),
    ({"purge": True, "api_version": "2023-04-10"}, ["purge needs labels"]),
    ({"plan_out": "/nowhere/plan.json"}, ["plan_out: There is no directory '/nowhere'"]),
]


def test_bad_input_is_one_sentence(playbook: Runner, emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    region = {"serverless": {"regions": ["us-central1"]}}
    emulator.add_cluster("theirs", **region, labels={"crdb-cloud-fleet": "other"})
    emulator.add_cluster("guarded", **region, labels={"crdb-cloud-fleet": "shop"}, delete_protection="ENABLED")
    tasks = [
        {
            "name": f"bad {number}",
            "crdb.cloud.fleet": {"name": "shop", "clusters": [], **arguments},
            "ignore_errors": True,
        }
        for number, (arguments, _parts) in enumerate(BAD)
    ]
    run = play(playbook, tasks, warns=["Cluster 'guarded' belongs to the fleet"])
    for number, (_arguments, parts) in enumerate(BAD):
        run[f"bad {number}"].fails_with(*parts)
    assert emulator.writes() == []


def test_the_plan_is_kept(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    kept, elsewhere = tmp_path / "plan.json", tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    elsewhere.chmod(0o644)
    kept.symlink_to(elsewhere)
    wanted = clusters(1, 1)
    run = play(playbook, [{"name": "check", **fleet(wanted, plan_out=str(kept))}], check=True)
    assert elsewhere.read_text() == "mine"
    assert not kept.is_symlink() and stat.S_IMODE(os.stat(kept).st_mode) == 0o600
    found = json.loads(kept.read_text())
    result = run["check"].result
    told = {name: result[name] for name in ("counts", "drift", "plan", "money", "marked_unlisted")}
    told.update(fleet="shop", open_to_everybody=["team-app-0"])
    assert {name: found[name] for name in told} == told
    assert PASSWORD not in kept.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "plan.json"]


@pytest.mark.parametrize("direct", [True, False], ids=["direct", "plain"])
def test_a_plan_is_never_that_of_an_earlier_run(
    playbook: Runner, emulator: Emulator, tmp_path: Path, direct: bool
) -> None:
    """Whatever ends a run before its plan is made: a mistake, a wish that can't be planned, no key. A directory stays."""
    wanted = [{"name": "orders", "sql_users": [{"name": "app"}]}]
    emulator.add_cluster("orders")
    cases: dict[str, dict[str, Any]] = {
        "mistake": {"clusters": [{"name": "orders", "sql_users": [{"nme": "app"}]}]},
        "missing": {"clusters": [{"name": "orders", "sql_users": [{"password": "x"}]}]},
        "plan": {"clusters": wanted},
        "key": {"clusters": [], "api_key": ""},
        "refused": {"clusters": [], "api_key": "no-such-key"},
    }
    tasks = []
    for name, arguments in cases.items():
        (tmp_path / name).write_text("the plan of an earlier run")
        task = {"crdb.cloud.fleet": {"plan_out": str(tmp_path / name), **arguments}, "ignore_errors": True}
        tasks.append({"name": name, **task, "check_mode": name == "plan"})
    directory = {"crdb.cloud.fleet": {"clusters": [], "plan_out": str(tmp_path)}, "ignore_errors": True}
    run = play(playbook, [*tasks, {"name": "directory", **directory}], secrets=[], direct=direct)
    assert all(run[name].failed for name in cases)
    run["mistake"].fails_with("clusters[0].sql_users[0]: unknown option nme, did you mean name")
    run["missing"].fails_with("clusters[0].sql_users[0]: missing required arguments: name")
    assert list(tmp_path.iterdir()) == []
    run["directory"].fails_with(f"plan_out: '{tmp_path}' is a directory", "Name a file")
    assert emulator.writes() == []


@pytest.mark.measured
def test_what_people_read(playbook: Runner, emulator: Emulator) -> None:
    """A plan in colour, what was done in the end, and that nothing is to be done."""
    wanted = clusters(1, 1)
    run = play(
        playbook,
        [{"name": "apply", **fleet(wanted), "diff": True}, {"name": "again", **fleet(wanted), "diff": True}],
        env={"ANSIBLE_NOCOLOR": None, "ANSIBLE_FORCE_COLOR": "1"},
        verbosity=0,
    )
    assert "\x1b[0;32m+ create cluster 'team-app-0'\x1b[0m\n" in run.stdout
    assert "shop: Plan: 2 to create, 0 to change, 0 to delete\n" in run.stdout
    assert re.search(r"^Applied: 2 created, 0 changed, 0 deleted in \d+ s$", run.stdout, re.MULTILINE)
    assert "No changes: 1 cluster unchanged\n" in run.stdout
