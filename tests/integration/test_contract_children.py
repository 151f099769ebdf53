# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract of sql_user, allowlist_entry and spend_limit in every version of the API."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from integration.helpers.contract import Contract, Stage, basic, run_both_ways, run_contract
from integration.helpers.runner import Runner

VERSIONS = ("2022-03-31", "2022-09-20", "2023-04-10", "2024-09-16")
ITEM = "/api/v1/clusters/[0-9a-f-]{36}"
ON_ORDERS = {"cluster": "orders", "wait_interval": 0.1}
PASSWORDS = {"old_password": "planted-old-password", "new_password": "planted-new-password"}


def sql_user(version: str) -> Contract:
    return Contract(
        f"sql_user {version}",
        "sql_user",
        version=version,
        common={**ON_ORDERS, "name": "App"},
        cluster=basic(),
        secrets=PASSWORDS,
        both_ways=("create", "new password", "delete"),
        stages=[
            Stage(
                "create",
                {"password": "{{ old_password }}"},
                [f"POST {ITEM}/sql-users"],
                {"name": "app"},
                after={"name": "app"},
                action="create",
            ),
            Stage(
                "new password",
                {"password": "{{ new_password }}", "update_password": "always"},
                [f"PUT {ITEM}/sql-users/app/password"],
                {"name": "app"},
                after={"name": "app"},
                again={"password": "{{ old_password }}"},
            ),
            Stage("delete", {"state": "absent"}, [f"DELETE {ITEM}/sql-users/app"], None, after={}, action="delete"),
        ],
    )


def allowlist_entry(version: str) -> Contract:
    network = {"cidr_ip": "203.0.113.0", "cidr_mask": 24}
    return Contract(
        f"allowlist_entry {version}",
        "allowlist_entry",
        version=version,
        common={**ON_ORDERS, "cidr": "203.0.113.0/24"},
        cluster=basic(),
        both_ways=("create", "update", "delete"),
        stages=[
            Stage(
                "create",
                {"name": "office", "ui": False},
                [f"POST {ITEM}/networking/allowlist"],
                {**network, "name": "office", "ui": False, "sql": True},
                after={**network, "name": "office", "ui": False, "sql": True},
                action="create",
            ),
            Stage(
                "update",
                {"name": "", "ui": True, "sql": False},
                [f"PATCH {ITEM}/networking/allowlist/203.0.113.0/24"],
                {**network, "name": "", "ui": True, "sql": False},
                after={**network, "name": "", "ui": True, "sql": False},
            ),
            Stage(
                "update one field",
                {"sql": True},
                [f"PATCH {ITEM}/networking/allowlist/203.0.113.0/24"],
                {**network, "name": "", "ui": True, "sql": True},
                after={**network, "sql": True},
            ),
            Stage(
                "delete",
                {"state": "absent"},
                [f"DELETE {ITEM}/networking/allowlist/203.0.113.0/24"],
                None,
                after={},
                action="delete",
            ),
        ],
    )


def spend_limit(version: str) -> Contract:
    write = f"PUT {ITEM}/spend-limit" if version == "2022-03-31" else f"PATCH {ITEM}"

    def cents(name: str, amount: int) -> Stage:
        limits = {"request_unit_limit": amount * 40_000, "storage_mib_limit": amount * 4096 // 1000}
        if version == "2024-09-16":
            shows, after = {"usage_limits": limits}, {"usage_limits": limits}
        else:
            shows, after = {"spend_limit": amount}, {"spend_limit": amount}
        return Stage(name, {"spend_limit": amount}, [write], {**shows, "cluster_name": "orders"}, after=after)

    def explicit(name: str, limits: dict[str, int]) -> Stage:
        return Stage(name, {"usage_limits": limits}, [write], {"usage_limits": limits}, after={"usage_limits": limits})

    stages = [cents("set", 100), cents("raise", 2500)]
    if version < "2023-04-10":
        stages.append(cents("free tier", 0))
    else:
        stages.append(explicit("explicit", {"request_unit_limit": 7_000_000, "storage_mib_limit": 700}))
        stages.append(Stage("lift", {"unlimited": True}, [write], {"usage_limits": {}}))
        stages.append(cents("limit again", 150))
    if version == "2024-09-16":
        stages.append(explicit("only storage", {"storage_mib_limit": 2048}))
    return Contract(
        f"spend_limit {version}",
        "spend_limit",
        version=version,
        common=ON_ORDERS,
        cluster=basic(),
        both_ways=("set", "raise"),
        stages=stages,
    )


def database(version: str) -> Contract:
    path = f"{ITEM}/databases"
    bank, accounts = {"name": "bank"}, {"name": "accounts"}
    rename = {**accounts, "renamed_from": "bank"}
    stages = [
        Stage("create", bank, [f"POST {path}"], {**bank, "table_count": 0}, after=bank, action="create"),
        Stage("rename", rename, [f"PATCH {path}"], accounts, after=accounts),
        Stage("delete", {**accounts, "state": "absent"}, [f"DELETE {path}/accounts"], None, after={}, action="delete"),
    ]
    return Contract(
        f"database {version}", "database", stages, version, ON_ORDERS, basic(), both_ways=("create", "rename", "delete")
    )


CONTRACTS = [make(version) for make in (sql_user, allowlist_entry, spend_limit) for version in VERSIONS]
CONTRACTS += [database(version) for version in VERSIONS[1:]]


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.title)
def test_contract(contract: Contract, playbook: Runner) -> None:
    run_contract(contract, playbook, direct=True)


@pytest.mark.every_core
@pytest.mark.parametrize("make", [sql_user, allowlist_entry, spend_limit, database], ids=lambda make: make.__name__)
def test_a_plain_module_does_the_same(make: Callable[[str], Contract], playbook: Runner) -> None:
    run_both_ways(make(VERSIONS[-1]), playbook)


@pytest.mark.parametrize("direct", [True, False], ids=["direct", "plain"])
def test_the_password_that_is_set_is_the_one_that_was_asked_for(playbook: Runner, direct: bool) -> None:
    whole = sql_user("2024-09-16")
    kept = Contract(
        whole.title, whole.module, whole.stages[:2], common=whole.common, cluster=basic(), secrets=PASSWORDS
    )
    run_contract(kept, playbook, direct=direct)
    (marks,) = playbook.emulator.state()["sql_user_fingerprints"].values()
    # The second stage set the new one; its second run had the old one and update_password: on_create.
    assert marks == {"app": hashlib.sha256(PASSWORDS["new_password"].encode()).hexdigest()[:16]}
