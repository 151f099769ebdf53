# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key with the role CLUSTER_CREATOR alone: it can't list clusters, until it has made one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integration.helpers.emulator import Emulator, Launch
from integration.helpers.runner import Runner
from integration.helpers.secrets import API_KEY

OWNER = "CCDB1_owner00000000000000000_emulatoronly0000000000000000000000000001"
PASSWORD = "planted-creator-password"
NEW = {"name": "orders-prod", "provider": "GCP", "regions": ["us-central1"], "spend_limit": 1000}
WARNING = "no role to list clusters.* which the key can't see"


def creator(launch: Launch, *options: str) -> tuple[Emulator, str]:
    """An emulator on which somebody else has a cluster of that name, and its id."""
    emulator = launch("--api-key", OWNER, "--role", f"{API_KEY}=CLUSTER_CREATOR", "--create-seconds", "0", *options)
    emulator.key = OWNER
    theirs = emulator.add_cluster("orders-prod")["id"]
    emulator.key = API_KEY
    return emulator, str(theirs)


def test_it_creates_what_it_can_not_see_and_then_sees_it(
    launch: Launch, playbook_on: Callable[[Emulator], Runner]
) -> None:
    emulator, theirs = creator(launch, "--allow-duplicate-names")

    def forgiven(task: str, module: str, **args: Any) -> dict[str, Any]:
        return {"name": task, f"crdb.cloud.{module}": args, "ignore_errors": True}

    run = playbook_on(emulator)(
        [
            forgiven("by id", "cluster", id=theirs, labels={"env": "prod"}),
            forgiven("delete", "cluster", name="orders-prod", state="absent"),
            forgiven("a child", "sql_user", cluster="orders-prod", name="app", password="{{ password }}"),
            forgiven("purge", "fleet", name="shop", clusters=[NEW], purge=True),
            {"name": "check", "crdb.cloud.cluster": NEW, "check_mode": True},
            {"name": "create", "crdb.cloud.cluster": NEW},
            {"name": "again", "crdb.cloud.cluster": NEW},
            {
                "name": "user",
                "crdb.cloud.sql_user": {"cluster": "orders-prod", "name": "app", "password": "{{ password }}"},
            },
            {"name": "fleet", "crdb.cloud.fleet": {"clusters": [NEW, {**NEW, "name": "stock-prod"}]}},
            {"name": "theirs", "crdb.cloud.cluster": {"id": theirs, "state": "absent"}, "ignore_errors": True},
        ],
        warns=[WARNING],
        variables={"password": PASSWORD},
        secrets=[PASSWORD],
    )
    for name in ("by id", "delete", "a child", "purge", "theirs"):
        run[name].fails_with("HTTP 403", "lacks a role")
        assert run[name].writes == []
    assert run["check"].changed and run["check"].writes == []
    assert run["create"].changed and run["create"]["cluster"]["id"] != theirs
    assert not run["again"].changed and run["again"]["cluster"]["id"] == run["create"]["cluster"]["id"]
    assert run["user"].changed
    assert [entry["done"] for entry in run["fleet"]["results"]] == [[], ["create cluster 'stock-prod'"]]


def test_a_fleet_creates_and_a_name_that_is_taken_is_told(
    launch: Launch, playbook_on: Callable[[Emulator], Runner]
) -> None:
    emulator, _theirs = creator(launch)
    run = playbook_on(emulator)(
        [
            {"name": "taken", "crdb.cloud.cluster": NEW, "ignore_errors": True},
            {"name": "fleet", "crdb.cloud.fleet": {"clusters": [{**NEW, "name": "stock-prod"}]}},
        ],
        warns=[WARNING],
    )
    run["taken"].fails_with("Failed to create cluster 'orders-prod'", "already exists", "HTTP 409")
    assert not run["taken"].changed
    assert run["fleet"].changed and run["fleet"]["clusters"][0]["name"] == "stock-prod"
