# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module sql_users: many users of one cluster with one listing and only the writes that differ."""

from __future__ import annotations

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.results import Run
from integration.helpers.runner import BOTH_WAYS, Runner

PASSWORDS = {"app_password": "planted-app-password", "other_password": "planted-other-password"}
APP = {"name": "App", "password": "{{ app_password }}"}
OTHER = {"name": "other", "password": "{{ other_password }}"}


def run(playbook: Runner, *tasks: dict[str, object], **options: object) -> Run:
    """Tasks of sql_users on the cluster orders, one after the other, each by the name that its *name* says."""
    made = [
        {
            "name": task.pop("task"),
            **{key: task.pop(key) for key in ("check_mode", "ignore_errors") if key in task},
            "diff": True,
            "crdb.cloud.sql_users": {"cluster": "orders", "wait_interval": 0.1, **task},
        }
        for task in (dict(task) for task in tasks)
    ]
    defaults = {"variables": PASSWORDS, "secrets": PASSWORDS.values()}
    return playbook(made, **{**defaults, **options})


def actions(outcome: object) -> dict[str, str]:
    return {entry["name"]: entry["action"] for entry in outcome["results"]}  # type: ignore[index]


@pytest.mark.smoke
@pytest.mark.parametrize("direct", [True, False], ids=["direct", "plain"])
def test_a_list_of_users_lives(playbook: Runner, emulator: Emulator, direct: bool) -> None:
    row = emulator.add_cluster("orders")
    emulator.add_users(row["id"], ["old", "kept"])
    wanted = {"users": [APP, OTHER, {"name": "old", "state": "absent"}]}
    found = run(
        playbook,
        {"task": "check", "check_mode": True, **wanted},
        {"task": "apply", **wanted},
        {"task": "again", **wanted},
        {
            "task": "rotate",
            "users": [APP, {"name": "other", "password": "{{ other_password }}"}],
            "update_password": "always",
        },
        {"task": "one of them", "users": [{**APP, "update_password": "always"}, OTHER]},
        {"task": "purge in check mode", "check_mode": True, "users": [OTHER], "purge": True, "protected": ["Kept"]},
        {"task": "purge", "users": [OTHER], "purge": True, "protected": ["Kept"]},
        {"task": "purge again", "users": [OTHER], "purge": True, "protected": ["Kept"]},
        direct=direct,
    )
    check, apply, again = (found[name] for name in ("check", "apply", "again"))
    assert check.writes == [] and check.changed
    assert len(apply.writes) == 3 and apply.changed
    assert check["results"] == apply["results"]
    assert check["plan"] == apply["plan"] and check["diff"] == apply["diff"]
    assert check["sql_users"] == apply["sql_users"] == [{"name": "app"}, {"name": "kept"}, {"name": "other"}]
    assert actions(apply) == {"app": "created", "other": "created", "old": "deleted"}
    assert not again.changed and again.writes == [] and again["plan"] == []
    assert actions(found["rotate"]) == {"app": "updated", "other": "updated"}
    assert actions(found["one of them"]) == {"app": "updated", "other": "unchanged"}
    assert found["purge in check mode"]["results"] == found["purge"]["results"]
    assert (
        found["purge in check mode"]["sql_users"]
        == found["purge"]["sql_users"]
        == [{"name": "kept"}, {"name": "other"}]
    )
    assert actions(found["purge"]) == {"other": "unchanged", "app": "deleted"}
    assert not found["purge again"].changed
    assert emulator.state()["sql_users"][row["id"]] == ["kept", "other"]


def test_one_listing_serves_a_hundred_users(playbook: Runner, emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    users = [{"name": f"user{number}", "password": "{{ app_password }}"} for number in range(100)]
    found = run(playbook, {"task": "make", "users": users}, {"task": "again", "users": users}, verbosity=0)
    # The listing of clusters and that of users.
    assert len(found["make"].requests) == 102 and len(found["make"].writes) == 100
    assert len(found["again"].requests) == 2
    assert len(found["make"]["sql_users"]) == 100


@pytest.mark.parametrize("host", list(BOTH_WAYS))
def test_others_go_on_when_one_fails(playbook: Runner, emulator: Emulator, host: str) -> None:
    row = emulator.add_cluster("orders")
    emulator.fault("status", "POST", "/sql-users$", status=500, body={"code": 13, "message": "internal"})
    wanted = {"users": [APP, OTHER]}
    found = run(
        playbook,
        {"task": "one fails", "ignore_errors": True, **wanted},
        {"task": "the rest", **wanted},
        hosts={host: BOTH_WAYS[host]},
        direct=None,
    )
    failed = found["one fails"]
    assert failed.failed and failed["changed"]
    assert "1 of 2 SQL users of cluster 'orders' failed: 'app': Failed to create SQL user 'app'" in failed["msg"]
    assert "Run the task again" in failed["msg"]
    assert actions(failed) == {"app": "failed", "other": "created"}
    assert actions(found["the rest"]) == {"app": "created", "other": "unchanged"}
    assert emulator.state()["sql_users"][row["id"]] == ["app", "other"]


def test_nothing_is_tried_without_a_way_to_the_server(playbook: Runner, emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    emulator.fault("status", "POST", "/sql-users$", status=401, body={"code": 16, "message": "bad key"}, times=9)
    found = run(playbook, {"task": "no key", "ignore_errors": True, "users": [APP, OTHER]})
    assert len(found["no key"].writes) <= 1
    assert "Not tried, since an earlier request failed" in found["no key"]["results"][1]["msg"]


@pytest.mark.parametrize(
    ("users", "more", "message"),
    [
        ([APP, {"name": "APP"}], {}, "SQL user 'app' is listed twice"),
        ([{"name": "app", "state": "absent"}], {"protected": ["App"]}, "'app' is protected"),
        ([{"name": "app"}], {}, "SQL user 'app' does not exist on cluster 'orders' yet, and password is needed"),
        ([{"name": ".."}], {}, "'..' can't be a SQL user"),
        ([{"password": "{{ app_password }}"}], {}, "users[0]: missing required arguments: name"),
        ([{**APP, "update_password": "often"}], {}, "value of update_password must be one of"),
    ],
)
def test_bad_input_is_one_sentence(
    playbook: Runner, emulator: Emulator, users: list[object], more: dict[str, object], message: str
) -> None:
    emulator.add_cluster("orders")
    found = run(playbook, {"task": "bad", "ignore_errors": True, "users": users, **more})
    assert found["bad"].failed
    assert message in found["bad"]["msg"]
    assert emulator.writes() == []


def test_a_cluster_that_is_still_planned(playbook: Runner, emulator: Emulator) -> None:
    found = run(playbook, {"task": "check", "users": [APP]}, check=True, warns=["There is no cluster 'orders' yet"])
    assert actions(found["check"]) == {"app": "created"}
    assert found["check"]["sql_users"] == [{"name": "app"}]
