# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules on plans: each is broken by a fleet of its own, in check mode and outside it, and nothing is written."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import execute

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


def test_every_rule_is_broken_here_or_by_objects_of_the_organization() -> None:
    assert {*BROKEN, "max_deletes", "no_roles", "key_age"} == {*RULES}
