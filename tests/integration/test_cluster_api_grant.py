# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Least privilege: the idempotency contract of cluster_api_grant, odd names, lost answers, from admin to one database."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from integration.helpers.results import Run
from integration.helpers.running import PASSWORDS, Cluster, fails, same, task

BANK = {"user": "reader", "database": "bank"}
MOVR = {"user": "reader", "database": "movr"}
ACCOUNTS, TRANSFERS = "bank.public.accounts", "bank.public.transfers"
Stage = tuple[str, dict[str, Any], dict[str, Any]]

# What a user does in turn, and what the user holds then.
STORIES: dict[str, list[Stage]] = {
    "database": [
        ("grant", {**BANK, "privileges": ["connect", "CREATE"]}, {"bank": ["CONNECT", "CREATE"]}),
        ("more", {**BANK, "privileges": ["BACKUP"]}, {"bank": ["BACKUP", "CONNECT", "CREATE"]}),
        ("only", {**BANK, "privileges": ["CONNECT", "DROP"], "exclusive": True}, {"bank": ["CONNECT", "DROP"]}),
        ("all", {**BANK, "privileges": ["ALL PRIVILEGES"]}, {"bank": ["ALL"]}),
        ("less than all", {**BANK, "privileges": ["CONNECT"], "exclusive": True}, {"bank": ["CONNECT"]}),
        ("revoke", {**BANK, "privileges": ["CONNECT", "DROP"], "state": "absent"}, {"bank": []}),
    ],
    "schema": [
        ("grant", {**MOVR, "schema": "reporting", "privileges": ["USAGE"]}, {"movr.reporting": ["USAGE"]}),
        ("more", {**MOVR, "schema": "reporting", "privileges": ["CREATE"]}, {"movr.reporting": ["CREATE", "USAGE"]}),
        ("revoke", {**MOVR, "schema": "reporting", "privileges": ["ALL"], "state": "absent"}, {"movr.reporting": []}),
    ],
    "tables": [
        ("one", {**BANK, "tables": ["accounts"], "privileges": ["ALL"]}, {ACCOUNTS: ["ALL"]}),
        # One has all and the other nothing: both end with the same.
        (
            "both",
            {**BANK, "tables": ["accounts", "transfers"], "privileges": ["SELECT", "INSERT"], "exclusive": True},
            {ACCOUNTS: ["INSERT", "SELECT"], TRANSFERS: ["INSERT", "SELECT"]},
        ),
        (
            "star",
            {**BANK, "tables": ["*"], "privileges": ["SELECT"], "exclusive": True},
            {ACCOUNTS: ["SELECT"], TRANSFERS: ["SELECT"]},
        ),
        (
            "revoke",
            {**BANK, "tables": ["*"], "privileges": ["ALL"], "state": "absent"},
            {ACCOUNTS: [], TRANSFERS: []},
        ),
    ],
    "odd names": [
        (
            "grant",
            {**MOVR, "tables": ["reporting.Daily Totals"], "privileges": ["SELECT"]},
            {"movr.reporting.Daily Totals": ["SELECT"]},
        ),
        (
            "star",
            {**MOVR, "schema": "reporting", "tables": ["*"], "privileges": ["UPDATE"]},
            {"movr.reporting.Daily Totals": ["SELECT", "UPDATE"]},
        ),
        (
            "dash",
            {"user": "reader", "database": "my-db", "tables": ["notes"], "privileges": ["SELECT"]},
            {"my-db.public.notes": ["SELECT"]},
        ),
    ],
    "grant option": [
        ("with", {**BANK, "privileges": ["CONNECT"], "grant_option": True}, {"bank": ["CONNECT"]}),
        ("without", {**BANK, "privileges": ["CONNECT"], "grant_option": False}, {"bank": ["CONNECT"]}),
        ("with again", {**BANK, "privileges": ["CONNECT"], "grant_option": True}, {"bank": ["CONNECT"]}),
        ("all", {**BANK, "privileges": ["ALL"], "grant_option": True}, {"bank": ["ALL"]}),
    ],
}
ROLES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("grant", {"user": "Reader", "roles": ["auditors", "Writers", "auditors"]}, ["auditors", "writers"]),
    ("admin option", {"user": "reader", "roles": ["auditors"], "grant_option": True}, ["auditors", "writers"]),
    ("no option", {"user": "reader", "roles": ["auditors"], "grant_option": False}, ["auditors", "writers"]),
    ("admin", {"user": "reader", "roles": ["admin"]}, ["admin", "auditors", "writers"]),
    ("revoke", {"user": "reader", "roles": ["admin", "writers", "admin"], "state": "absent"}, ["auditors"]),
]
PREPARE = task(
    "prepare",
    "query",
    {"statements": [{"sql": "CREATE ROLE auditors"}, {"sql": "CREATE ROLE writers"}], "read_only": False},
)


def contract(title: str, args: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        task(f"{title}: check", "grant", args, check_mode=True, diff=True),
        task(f"{title}: do", "grant", args, diff=True),
        task(f"{title}: again", "grant", args, diff=True),
    ]


def hold(run: Run, title: str) -> None:
    check, do, again = (run[f"{title}: {name}"] for name in ("check", "do", "again"))
    assert [check.changed, do.changed, again.changed] == [True, True, False], (title, again.result)
    assert check["grant"] == do["grant"] == again["grant"]
    assert check["plan"] == do["plan"] != []
    assert again["plan"] == []
    assert check["diff"] == do["diff"]
    assert check["diff"]["before"] != check["diff"]["after"]
    assert again["diff"]["before"] == again["diff"]["after"] == do["diff"]["after"]
    assert [len(outcome.writes) for outcome in (check, do, again)] == [0, 1, 0]


@pytest.mark.smoke
@pytest.mark.parametrize("version", ["23.1", "25.4"])
def test_contract(running: Callable[..., Cluster], version: str) -> None:
    cluster = running("--cluster-version", version)
    tasks = [PREPARE]
    for story, stages in STORIES.items():
        tasks += itertools.chain(*(contract(f"{story}: {name}", args) for name, args, _held in stages))
    tasks += itertools.chain(*(contract(f"roles: {name}", args) for name, args, _held in ROLES))
    run = cluster(tasks, both=False)
    for story, stages in STORIES.items():
        for name, _args, held in stages:
            hold(run, f"{story}: {name}")
            assert run[f"{story}: {name}: do"]["grant"]["privileges"] == held
    for name, _args, held in ROLES:
        hold(run, f"roles: {name}")
        assert run[f"roles: {name}: do"]["grant"] == {"user": "reader", "roles": held}
    # The server has it from us alone: its own list agrees.
    rows = {
        (row["on"], row["privilege"], row["grantable"]) for row in cluster.state["grants"] if row["grantee"] == "reader"
    }
    assert rows == {
        ("movr.reporting.Daily Totals", "SELECT", False),
        ("movr.reporting.Daily Totals", "UPDATE", False),
        ("my-db.public.notes", "SELECT", False),
        ("bank", "ALL", True),
    }
    assert cluster.state["users"]["reader"] == ["auditors"]


@pytest.mark.smoke
def test_the_same_as_a_plain_module(running: Callable[..., Cluster]) -> None:
    cluster = running()
    args = {**BANK, "tables": ["*"], "privileges": ["SELECT"]}
    run = cluster([task("check", "grant", args, check_mode=True, diff=True), task("do", "grant", args, throttle=1)])
    expected = {ACCOUNTS: ["SELECT"], TRANSFERS: ["SELECT"]}
    assert same(run, "check", "grant", "privileges") == same(run, "do", "grant", "privileges") == expected
    assert same(run, "check", "diff") == {
        "before": {"user": "reader", "privileges": {ACCOUNTS: [], TRANSFERS: []}},
        "after": {"user": "reader", "privileges": expected},
    }
    assert [run["do", host].changed for host in ("in-process", "plain")].count(True) == 1


# Names that would be statements if they were spliced.
NASTY = ['a"; DROP DATABASE bank; --', 'x" TO reader; GRANT admin TO "reader', "it's", "SELECT", "a.b", "Ünïcode", "\\"]


def test_odd_names_can_not_inject(running: Callable[..., Cluster]) -> None:
    cluster = running()
    create = [{"sql": 'CREATE DATABASE "' + name.replace('"', '""') + '"'} for name in NASTY]
    tasks = [task("create", "query", {"statements": create, "read_only": False})]
    for name in NASTY:
        tasks.append(task(f"grant {name}", "grant", {"user": "reader", "database": name, "privileges": ["CREATE"]}))
        tasks.append(
            task(
                f"user {name}",
                "grant",
                {"user": name, "database": "bank", "privileges": ["CREATE"]},
                ignore_errors=True,
            )
        )
        tasks.append(
            task(
                f"privilege {name}",
                "grant",
                {**BANK, "privileges": [f"CREATE ON bank TO x; {name}"]},
                ignore_errors=True,
            )
        )
    run = cluster(tasks, both=False)
    for name in NASTY:
        assert run[f"grant {name}"]["grant"]["privileges"] == {name: ["CREATE"]}
        run[f"user {name}"].fails_with("does not exist")
        run[f"privilege {name}"].fails_with("can't be a privilege")
    held = {(row["on"], row["privilege"]) for row in cluster.state["grants"] if row["grantee"] == "reader"}
    assert held == {(name, "CREATE") for name in NASTY}
    assert cluster.state["users"]["reader"] == []


def test_what_can_not_be(running: Callable[..., Cluster]) -> None:
    cluster = running()
    select = {"privileges": ["SELECT"]}
    cases: dict[str, tuple[dict[str, Any], str]] = {
        "select on a database": ({**BANK, **select}, "is a privilege on tables, not on a database"),
        "nothing": ({**BANK, "privileges": []}, "at least one privilege"),
        "no user": ({"user": "", "database": "bank", **select}, "can't be the name"),
        "unknown user": ({"user": "nobody", "database": "bank", "privileges": ["CONNECT"]}, "does not exist"),
        "unknown database": ({"user": "reader", "database": "nowhere", "privileges": ["CONNECT"]}, "does not exist"),
        "unknown table": ({**BANK, "tables": ["nothing"], **select}, "does not exist"),
        "unknown schema": ({**BANK, "schema": "nothing", "privileges": ["USAGE"]}, "does not exist"),
        "unknown star": ({"user": "reader", "database": "nowhere", "tables": ["*"], **select}, "does not exist"),
        "unknown role": ({"user": "reader", "roles": ["nothing"]}, "does not exist"),
        "unknown privilege": ({**BANK, "privileges": ["FLY"]}, "SQLSTATE"),
        "of root": ({"user": "root", "roles": ["admin"], "state": "absent"}, "SQLSTATE"),
    }
    run = cluster([task(name, "grant", args, ignore_errors=True) for name, (args, _part) in cases.items()], both=False)
    for name, (_args, part) in cases.items():
        run[name].fails_with(part)
    unknown = [name for name in cases if name.startswith("unknown") and name[8:] not in ("privilege", "role")]
    run = cluster(
        [task(name, "grant", cases[name][0]) for name in unknown],
        both=False,
        check=True,
        warns=["does not exist yet; the result for .* is predicted"],
    )
    assert all(run[name].changed for name in unknown if name != "unknown star")
    assert cluster.state["grants"] == [row for row in cluster.state["grants"] if row["grantee"] == "monitor"]


def test_a_lost_answer_is_looked_up(running: Callable[..., Cluster]) -> None:
    cluster = running()
    lost, roles = task("lost", "grant", {**BANK, "privileges": ["CREATE"]}), {"user": "reader", "roles": ["admin"]}
    # The second request to /sql/ is the one that writes: the first one looks.
    args = {"url": f"{cluster.emulator.url}/_emulator/faults", "method": "POST", "body_format": "json"}

    def arm(name: str, action: str) -> list[dict[str, Any]]:
        wait = {"action": "delay", "method": "POST", "path": "/sql/$", "times": 1}
        return [
            {"name": f"{name} {number}", "ansible.builtin.uri": {**args, "body": body}}
            for number, body in enumerate((wait, {**wait, "action": action}))
        ]

    run = cluster(
        [
            *arm("arm", "drop_after"),
            lost,
            {**lost, "name": "again"},
            *arm("rearm", "drop_after"),
            task("role", "grant", roles),
            *arm("disarm", "drop_before"),
            task("not done", "grant", {**roles, "state": "absent"}, ignore_errors=True),
        ],
        both=False,
        warns=["the outcome of the request is unknown; it was carried out"],
    )
    assert run["lost"].changed
    assert run["lost"]["grant"]["privileges"] == {"bank": ["CREATE"]}
    assert not run["again"].changed
    assert run["role"]["grant"]["roles"] == ["admin"]
    run["not done"].fails_with("the outcome of the request is unknown")
    assert len(cluster.writes()) == 3
    assert cluster.emulator.fired() == [1] * 6
    assert cluster.state["users"]["reader"] == ["admin"]


LEAST_PRIVILEGE = """\
- hosts: localhost
  gather_facts: false
  module_defaults:
    group/crdb.cloud.cluster_api: {cluster_api_username: owner, cluster_api_password: "{{ owner }}"}
  tasks:
    - crdb.cloud.sql_user: {cluster: sandbox-advanced, name: app, password: "{{ app }}"}
    - crdb.cloud.cluster_api_grant: {user: app, database: bank, privileges: [CONNECT]}
    - crdb.cloud.cluster_api_grant: {user: app, database: bank, tables: ["*"], privileges: [SELECT], exclusive: true}
    - crdb.cloud.cluster_api_grant: {user: app, roles: [admin], state: absent}
"""


def test_from_admin_to_one_database(running: Callable[..., Cluster], tmp_path: Any) -> None:
    """A user made through the Cloud API can do everything; a short playbook leaves it SELECT on one database."""
    assert len(LEAST_PRIVILEGE.splitlines()) < 15
    cluster = running("--seed-cluster-api")
    (tmp_path / "least.yml").write_text(LEAST_PRIVILEGE)
    secret = "planted-app-password"
    variables = {"owner": PASSWORDS["owner"], "app": secret}
    more = {"user": None, "both": False, "playbook": str(tmp_path / "least.yml"), "variables": variables}
    first = cluster(**more, secrets=[secret])
    assert [outcome.changed for outcome in first.outcomes] == [True] * 4
    assert cluster.state["users"]["app"] == []
    assert {(row["on"], row["privilege"]) for row in cluster.state["grants"] if row["grantee"] == "app"} == {
        ("bank", "CONNECT"),
        (ACCOUNTS, "SELECT"),
        (TRANSFERS, "SELECT"),
    }
    again = cluster(**more, secrets=[secret])
    assert [outcome.changed for outcome in again.outcomes] == [False] * 4

    login = {"cluster_api_username": "app", "cluster_api_password": "{{ app }}"}
    insert = f"INSERT INTO {ACCOUNTS} (id, owner, balance) VALUES (999, 'x', 1)"
    run = cluster(
        [
            task("read", "query", {**login, "query": f"SELECT count(*) AS n FROM {ACCOUNTS}"}),
            task("write", "query", {**login, "query": insert, "read_only": False}, ignore_errors=True),
            task("other", "query", {**login, "query": "SELECT * FROM movr.public.users"}, ignore_errors=True),
            task("admin", "grant", {**login, "user": "app", "roles": ["admin"]}, ignore_errors=True),
        ],
        user=None,
        variables=variables,
        secrets=[secret],
    )
    assert same(run, "read", "rows") == [{"n": 10}]
    fails(run, "write", "does not have INSERT privilege", "SQLSTATE 42501")
    fails(run, "other", "does not have SELECT privilege")
    fails(run, "admin", "SQLSTATE 42501")
