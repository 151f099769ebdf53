# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deleting a cluster that is still being created: the API may refuse it, and then it is waited for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.runner import Runner

NEW = {"provider": "GCP", "regions": ["us-central1"], "wait": False}


def cluster(name: str, **options: Any) -> dict[str, Any]:
    task = {"name": name, "crdb.cloud.cluster": {"name": "orders", "wait_interval": 0.1, **options}}
    return {**task, "ignore_errors": True}


@pytest.mark.parametrize("lenient", [False, True], ids=["refused", "let through"])
def test_what_is_being_created_is_deleted_once_it_can_be(
    launch: Launch, playbook_on: Callable[[Emulator], Runner], lenient: bool
) -> None:
    emulator = launch("--create-seconds", "1.5", *(["--delete-while-creating"] if lenient else []))
    fleet = {
        "name": "apps",
        "clusters": [],
        "purge": True,
        "purge_confirm": ["orders"],
        "wait_interval": 0.1,
    }
    marked = {**NEW, "labels": {"crdb-cloud-fleet": "apps"}}
    run = playbook_on(emulator)(
        [
            cluster("create", **NEW),
            cluster("too early", state="absent", wait=False),
            cluster("predict", state="absent") | {"check_mode": True},
            cluster("delete", state="absent"),
            cluster("create for the fleet", **marked),
            {"name": "purge", "crdb.cloud.fleet": fleet},
        ]
    )
    early = run["too early"]
    if lenient:
        assert early.changed
        assert not run["delete"].changed
    else:
        early.fails_with("delete cluster 'orders'", "still CREATING", "wait: true")
        assert run["predict"].changed
        assert run["delete"].changed
    assert run["delete"].result["cluster"] is None
    assert run["purge"].changed
    assert {row["state"] for row in emulator.state()["clusters"]} == {"DELETED"}
