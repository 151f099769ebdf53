# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules on plans: each is broken by a fleet of its own, in check mode and outside it, and nothing is written."""

from __future__ import annotations

import copy
import time
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import execute
from integration.helpers.runner import Runner
from integration.helpers.traps import Traps

from ansible_collections.crdb.cloud.plugins.module_utils._base.moments import SECOND, moment
from ansible_collections.crdb.cloud.plugins.module_utils._fleet.rules import RULES
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.finder import Finder

BASIC, ADVANCED = {"plans": ["BASIC"]}, {"plans": ["ADVANCED"]}
ALL_RULES = [
    {"rule": "no_open_allowlist"},
    {"rule": "no_wide_networks", "min_mask": 24},
    {"rule": "private_only", "when": ADVANCED},
    {"rule": "delete_protection", "when": {"labels": {"env": "prod"}}},
    {"rule": "required_labels", "labels": {"team": None, "env": ["prod", "dev"]}},
    {"rule": "allowed_regions", "allowed": ["us-*"]},
    {"rule": "allowed_providers", "allowed": ["GCP"]},
    {"rule": "allowed_plans", "allowed": ["BASIC", "ADVANCED"]},
    {"rule": "budget", "dollars": 100, "per_cluster": 60.5, "when": BASIC},
    {"rule": "limit_required"},
    {"rule": "version_support", "days": 60},
    {"rule": "max_deletes", "max": 0},
    {"rule": "max_changes", "max": 4},
    {"rule": "no_admin_sql_users", "allowed": ["deploy"]},
    {"rule": "name_pattern", "pattern": "team-[a-z]+-[a-z]+"},
]
ORDERS = {
    "name": "team-orders-prod",
    "plan": "BASIC",
    "provider": "GCP",
    "regions": ["us-central1"],
    "spend_limit": 6050,
    "labels": {"team": "orders", "env": "prod"},
    "delete_protection": "ENABLED",
    "sql_users": [{"name": "deploy", "password": "hunter2-and-more"}],
    "allowlist": [{"cidr": "203.0.113.0/24"}],
    "purge_children": ["allowlist"],
}
STOCK = {
    "name": "team-stock-prod",
    "provider": "GCP",
    "region_nodes": {"us-east1": 3},
    "hardware": {"num_virtual_cpus": 4},
    "labels": {"team": "stock", "env": "dev"},
    "cockroach_version": "v25.4",
    "network_visibility": "PRIVATE",
}
# A hundred days before v25.4, the newest that the emulator supports, reaches its end.
NOW = (moment("2026-11-03T00:00:00Z") or 0) // SECOND - 100 * 86400
# What breaks each rule: other fields of one of the two clusters, and what is said of it.
BROKEN: dict[str, tuple[str, dict[str, Any], str]] = {
    "no_open_allowlist": ("orders", {"allowlist": None, "purge_children": None}, "it is open to everybody"),
    "no_wide_networks": (
        "orders",
        {"allowlist": [{"cidr": "203.0.112.0/23"}]},
        "its allowlist has 203.0.112.0/23, which is wider than /24",
    ),
    "private_only": ("stock", {"network_visibility": "PUBLIC"}, "it has public addresses (network_visibility PUBLIC)"),
    "delete_protection": ("orders", {"delete_protection": None}, "it has no delete protection"),
    "required_labels": (
        "stock",
        {"labels": {"team": "stock", "env": "qa"}},
        "its label 'env' is 'qa', and not prod or dev",
    ),
    "allowed_regions": (
        "orders",
        {"regions": ["europe-west1", "us-central1"], "primary_region": "us-central1"},
        "it is in europe-west1, and not only in us-*",
    ),
    "allowed_providers": (
        "orders",
        {"provider": "AWS", "regions": ["us-east-1"]},
        "its provider is AWS, and not GCP",
    ),
    "allowed_plans": (
        "orders",
        {"plan": "STANDARD", "spend_limit": None, "usage_limits": {"provisioned_virtual_cpus": 2}},
        "its plan is STANDARD, and not BASIC or ADVANCED",
    ),
    "budget": ("orders", {"spend_limit": 6100}, "it may cost 61.00 US dollars a month, more than 60.50"),
    "limit_required": ("orders", {"spend_limit": None}, "it has no spend limit, so it may cost anything"),
    "version_support": (
        "stock",
        {"cockroach_version": "v26.1"},
        "the support of its version v26.1 ends on 2026-08-02, in 7 days",
    ),
    "max_changes": (
        "orders",
        {"databases": [{"name": "shop"}]},
        "it creates, changes or deletes 5 objects, more than 4: ",
    ),
    "no_admin_sql_users": (
        "orders",
        {"sql_users": [{"name": "app", "password": "hunter2-and-more"}]},
        "the Cloud API makes every SQL user an admin",
    ),
    "name_pattern": ("orders", {"name": "orders-prod"}, "its name does not match team-[a-z]+-[a-z]+"),
}


@pytest.fixture(autouse=True)
def _at_that_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Finder, "now", property(lambda _self: float(NOW)))


def fleet(which: str = "", changes: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    both = {"orders": copy.deepcopy(ORDERS), "stock": copy.deepcopy(STOCK)}
    if which:
        both[which] = {name: value for name, value in {**both[which], **(changes or {})}.items() if value is not None}
    return {"name": "shop", "clusters": [*both.values()], "rules": ALL_RULES, **more}


def test_a_fleet_that_keeps_all_rules(emulator: Emulator) -> None:
    result = execute("fleet", fleet(), emulator, check=True)
    assert not result.get("failed"), result.get("msg")
    assert result["findings"] == [] and result["warnings"] == []
    assert len(result["plan"]) > 2 and emulator.writes() == []


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_refuses_the_plan(emulator: Emulator, rule: str) -> None:
    which, changes, message = BROKEN[rule]
    for check in (True, False):
        result = execute("fleet", fleet(which, changes), emulator, check=check)
        assert result.get("failed") and not result["changed"]
        named = [(found["rule"], found["severity"], found["noun"]) for found in result["findings"]]
        also = {"limit_required": "budget", "no_open_allowlist": "no_wide_networks"}.get(rule)
        about = "fleet" if rule.startswith("max_") else "sql_user" if "sql" in rule else "cluster"
        assert set(named) == {(name, "error", about) for name in (rule, also) if name}, result["findings"]
        assert any(found["msg"].startswith(message) for found in result["findings"]), result["findings"]
        assert result["msg"].startswith("The plan breaks its rules, and nothing was changed: ")
        assert f"({rule})" in result["msg"]
    assert emulator.writes() == []


def test_at_most_so_many_deletes(emulator: Emulator) -> None:
    execute("fleet", fleet(rules=[]), emulator)
    assert emulator.writes()
    emulator.reset("requests")
    arguments = fleet("orders", {"sql_users": [{"name": "deploy", "state": "absent"}]})
    result = execute("fleet", arguments, emulator, check=True)
    assert [found["rule"] for found in result["findings"]] == ["max_deletes"]
    assert result["msg"].endswith(
        "fleet 'shop': it deletes 1 object, more than 0: SQL user 'deploy' of cluster 'team-orders-prod' (max_deletes)"
    )
    assert emulator.writes() == []


def test_keys_and_roles_of_the_organization(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = {"service_account": "ci"}
    wanted: dict[str, Any] = {
        "service_accounts": [{"name": "ci"}],
        "api_keys": [{**account, "name": "deploy", "secret_path": str(tmp_path / "key")}],
        "role_grants": [{**account, "roles": [{"role": "BILLING_VIEWER"}]}],
    }
    assert not execute("fleet", wanted, emulator).get("failed")
    emulator.reset("requests")
    rules = [{"rule": "key_age", "days": 90}, {"rule": "no_roles", "roles": ["ORG_ADMIN", "AUDITOR"]}]
    made = time.time()
    monkeypatch.setattr(Finder, "now", property(lambda _self: made + 80 * 86400))
    kept = execute("fleet", {**wanted, "rules": rules}, emulator, check=True)
    assert kept["findings"] == [] and not kept.get("failed")
    monkeypatch.setattr(Finder, "now", property(lambda _self: made + 100 * 86400))
    wanted["role_grants"][0]["roles"].append({"role": "ORG_ADMIN"})
    broken = execute("fleet", {**wanted, "rules": rules}, emulator, check=True)
    assert [(found["rule"], found["noun"], found["cluster"], found["msg"]) for found in broken["findings"]] == [
        ("key_age", "api_key", None, "it is 100 days old, more than 90"),
        ("no_roles", "role_grant", None, "it has the role ORG_ADMIN"),
    ]
    assert emulator.writes() == []


def test_a_rule_for_a_folder_knows_folders_that_are_there_and_that_the_plan_makes(emulator: Emulator) -> None:
    emulator.api("POST", "/folders", {"name": "there"})
    emulator.reset("requests")
    where = {"team-orders-prod": "/there", "team-stock-prod": "/coming/prod", "team-else-prod": "root"}
    clusters = [
        {**copy.deepcopy(ORDERS), "name": name, "folder": path, "delete_protection": "DISABLED"}
        for name, path in where.items()
    ]
    rules = [{"rule": "delete_protection", "when": {"folders": ["/there", "/coming"]}}]
    folders = [{"path": "/coming/prod"}, {"path": "/coming"}]
    result = execute("fleet", {"folders": folders, "clusters": clusters, "rules": rules}, emulator, check=True)
    assert [(found["name"], found["severity"]) for found in result["findings"]] == [
        ("team-orders-prod", "error"),
        ("team-stock-prod", "error"),
    ]
    assert emulator.writes() == []


def test_every_rule_is_broken_here() -> None:
    assert {*BROKEN, "max_deletes", "no_roles", "key_age"} == {*RULES}


# --- the role ----------------------------------------------------------------------------------------------------

OWN_RULES = [
    {"name": "owner", "that": ["object.noun == 'cluster'", "object.after.labels.owner | default('') == 'me'"]},
    {
        "name": "nobody_goes",
        "when": {"nouns": ["sql_user"], "actions": ["delete"]},
        "that": "object.name == 'x' and plan | map(attribute='name') | join != object.name",
        "msg": "keep who is there",
        "severity": "warning",
    },
]


def judge(rules: list[dict[str, Any]], number: int = 0, **asked: Any) -> list[dict[str, Any]]:
    variables = {"guardrails_rules": rules, **asked}
    return [
        {
            "block": [{"ansible.builtin.include_role": {"name": "crdb.cloud.guardrails"}, "vars": variables}],
            "rescue": [
                {"name": f"failed {number}", "ansible.builtin.debug": {"msg": "{{ ansible_failed_result.msg }}"}}
            ],
        },
        {"name": f"found {number}", "ansible.builtin.debug": {"msg": "{{ guardrails_findings | default([]) }}"}},
    ]


@pytest.mark.every_core
def test_own_rules_judge_objects_with_hostile_names(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    traps = Traps(tmp_path / "traps")
    row = emulator.add_cluster("orders")
    row["state"], row["labels"] = "CREATED", {**traps.keys("key", "harmless"), **traps.values("value")}
    users = [{"name": text} for text in traps.texts("user")]
    emulator.fault("status", "GET", "/clusters$", times=9, status=200, body={"clusters": [row], "pagination": {}})
    emulator.fault("status", "GET", "/sql-users$", times=9, status=200, body={"users": users, "pagination": {}})
    emulator.reset("requests")
    wanted = {"clusters": [{"name": "orders", "sql_users": [], "purge_children": ["sql_users"]}]}
    labels = {"rule": "required_labels", "labels": {"key0": "x"}, "severity": "warning"}
    run = playbook(judge([*OWN_RULES, labels, {"rule": "limit_required"}], guardrails_fleet=wanted), warns=None)
    findings = run["found 0"].result["msg"]
    assert traps.executed() == []
    assert emulator.writes() == []
    assert [found["rule"] for found in findings[:3]] == ["required_labels", "limit_required", "owner"]
    assert findings[0]["msg"] == f"its label 'key0' is '{traps.texts('value')[0]}', and not x"
    assert [found["rule"] for found in findings[3:]] == ["nobody_goes"] * len(users)
    assert {found["name"] for found in findings[3:]} == {user["name"] for user in users}
    assert run["failed 0"].result["msg"] == (
        "The plan breaks its rules, and nothing was changed: cluster 'orders': it has no spend limit, so it may cost anything "
        "(limit_required); cluster 'orders': not so: object.after.labels.owner | default('') == 'me' (owner)"
    )


def test_plans_and_mistakes_that_the_role_is_given(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    orders = {name: value for name, value in ORDERS.items() if name != "sql_users"}
    wanted = {"clusters": [orders], "rules": [{"rule": "limit_required"}]}
    unprotected = {"name": "shop", "clusters": [{**orders, "delete_protection": "DISABLED"}], "report_objects": True}
    rules = [{"rule": "delete_protection"}, {"rule": "version_support", "days": 1}]
    file = str(tmp_path / "plan.json")
    plan = {"guardrails_plan": "{{ planned }}"}
    kept = {"crdb.cloud.fleet": {**unprotected, "plan_out": file}, "check_mode": True, "register": "planned"}
    asked: list[tuple[list[dict[str, Any]], dict[str, Any]]] = [
        (rules, {"guardrails_fleet": wanted}),
        (rules, {"guardrails_plan": file}),
        ([{"name": "x", "that": "object.after.nothing == 1"}], plan),
        ([{"name": "x", "that": True, "days": 3}], plan),
        (rules, {"guardrails_fleet": {"cluster": []}}),
        ([{"rule": "delete_protektion"}], plan),
        (rules, {}),
        (rules, {"guardrails_plan": {"objects": [{"noun": "cluster"}], "money": {"clusters": []}}}),
        (rules, {"guardrails_plan": {"counts": {}}}),
    ]
    tasks = [task for number, (given, more) in enumerate(asked) for task in judge(given, number, **more)]
    run = playbook([kept, *tasks])
    assert run["found 0"].result["msg"] == [] and "All 2 objects keep the rules" in run.stdout
    assert [row["rule"] for row in run["found 1"].result["msg"]] == ["delete_protection"]
    assert [run[f"failed {number}"].result["msg"] for number in range(1, len(asked))] == [
        "The plan breaks its rules, and nothing was changed: cluster 'team-orders-prod': it has no delete protection (delete_protection)",
        (
            "rules[0].that can't be evaluated for cluster 'team-orders-prod': there is no 'nothing'. Give what not every "
            "object has a default, as in object.after.labels.env | default('')"
        ),
        "rules[0]: a rule with that has no parameter days",
        "guardrails_fleet has cluster, which the module fleet does not know",
        "rules[0].rule can't be 'delete_protektion', write delete_protection",
        "Set one of guardrails_fleet, the options of a fleet, and guardrails_plan, a plan that is there already",
        "plan: that is no plan of a fleet: objects[0].name is missing",
        "plan has no objects to judge. Run the module fleet with report_objects: true",
    ]
    assert emulator.writes() == []
