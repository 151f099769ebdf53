# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task can carry means the same in process as it does for a plain module."""

from __future__ import annotations

import getpass
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.results import Run, normalise
from integration.helpers.runner import BOTH_WAYS, LOCAL, Runner
from integration.helpers.secrets import API_KEY

pytestmark = [pytest.mark.smoke, pytest.mark.measured]

WAYS = pytest.mark.parametrize("direct", [True, False], ids=["direct", "plain"])
CONNECTIONS = {"ANSIBLE_CONNECTION_PLUGINS": str(Path(__file__).parent / "connection_plugins")}
PASSWORD = "planted-keyword-password"
SECRET = {"variables": {"password": PASSWORD}, "secrets": [PASSWORD]}
USER = {"cluster": "orders", "name": "app", "password": "{{ password }}"}


def ran_as_module(run: Run, module: str) -> bool:
    """Whether Ansible has built a module to run; in process there is none."""
    return f"/modules/{module}.py" in run.stdout


def same(run: Run, *names: str) -> None:
    for name in names:
        direct, plain = (run[name, host] for host in BOTH_WAYS)
        assert normalise(direct.result) == normalise(plain.result), name


def test_the_two_ways_are_two_ways(playbook: Runner) -> None:
    """Without this, the comparison of both would go on to pass if one of them were gone."""
    task = [{"name": "info", "crdb.cloud.region_info": {}}]
    assert not ran_as_module(playbook(task, direct=None), "region_info")
    assert not ran_as_module(playbook(task, direct=True), "region_info")
    assert ran_as_module(playbook(task, direct=False), "region_info")


def test_switching_it_off(playbook: Runner, emulator: Emulator) -> None:
    task = [{"name": "info", "crdb.cloud.region_info": {}, "ignore_errors": True}]
    assert ran_as_module(playbook(task, direct=None, arguments=["-e", "crdb_direct=false"]), "region_info")
    assert ran_as_module(playbook(task, direct=None, env={"CRDB_DIRECT": "no"}), "region_info")
    assert not ran_as_module(playbook(task, direct=None, env={"CRDB_DIRECT": "yes"}), "region_info")
    assert not ran_as_module(playbook(task, direct=True, env={"CRDB_DIRECT": "no"}), "region_info")
    on_task = [{**task[0], "vars": {"off": "false", "crdb_direct": "{{ off }}"}}]
    assert ran_as_module(playbook(on_task, direct=None), "region_info")
    emulator.reset("requests")
    for run in (
        playbook(task, direct=None, arguments=["-e", "crdb_direct=maybe"]),
        playbook(task, direct=None, env={"CRDB_DIRECT": "maybe"}),
    ):
        run["info"].fails_with("crdb_direct", "CRDB_DIRECT", "boolean", "'maybe'")
        run.no_traceback()
    assert emulator.requests() == []


def test_module_defaults(playbook: Runner, emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    group = {"api_key": "{{ planted }}", "api_url": emulator.url, "api_version": "2023-04-10"}
    run = playbook(
        [
            {"name": "user", "crdb.cloud.sql_user": {"name": "app"}},
            {"name": "info", "crdb.cloud.sql_user_info": {"cluster": "orders"}},
            {"name": "over", "crdb.cloud.organization_info": {"api_version": "2022-09-20"}},
        ],
        direct=None,
        hosts=BOTH_WAYS,
        play={
            "module_defaults": {
                "group/crdb.cloud.cloud": group,
                "crdb.cloud.sql_user": {"cluster": "orders", "password": "{{ password }}"},
            }
        },
        env={"COCKROACH_API_KEY": None, "COCKROACH_SERVER": "http://127.0.0.1:9"},
        variables={"password": PASSWORD, "planted": API_KEY},
        secrets=[PASSWORD],
    )
    # Both hosts make the same user: one of them has found it.
    assert {"app"} == {run["user", host]["sql_user"]["name"] for host in BOTH_WAYS}
    same(run, "info", "over")
    sent = {entry["path"].rsplit("/", 1)[-1]: entry["api_version"] for entry in emulator.requests()}
    assert sent == {"clusters": "2023-04-10", "sql-users": "2023-04-10", "organization": "2022-09-20"}


def test_environment(playbook: Runner, emulator: Emulator) -> None:
    settings = {"COCKROACH_SERVER": "{{ url }}", "COCKROACH_API_KEY": "{{ planted }}", "CRDB_API_VERSION": "2022-09-20"}
    run = playbook(
        [
            {"name": "task", "crdb.cloud.organization_info": {}, "environment": settings},
            {"name": "after", "crdb.cloud.organization_info": {}, "ignore_errors": True},
            {
                "name": "proxy",
                "crdb.cloud.organization_info": {"api_url": "https://crdb.invalid", "api_retries": 0},
                "environment": {**settings, "HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"},
                "ignore_errors": True,
            },
        ],
        direct=None,
        hosts=BOTH_WAYS,
        env={"COCKROACH_API_KEY": None, "COCKROACH_SERVER": None, "NO_PROXY": None},
        variables={"url": emulator.url, "planted": API_KEY},
        # Ansible itself prints the environment of a plain module at this verbosity; the documentation says so.
        shown=[API_KEY],
    )
    for host in BOTH_WAYS:
        assert run["task", host]["organization"]["label"] == "crdb-sandbox"
        run["after", host].fails_with("No API key")
        run["proxy", host].fails_with("through the proxy")
    same(run, "task", "after", "proxy")
    assert {entry["api_version"] for entry in emulator.requests()} == {"2022-09-20"}


@pytest.mark.every_core
@WAYS
def test_no_log(playbook: Runner, emulator: Emulator, direct: bool) -> None:
    emulator.add_cluster("orders")
    run = playbook(
        [
            {"name": "user", "crdb.cloud.sql_user": USER, "no_log": True},
            {
                "name": "cluster",
                "crdb.cloud.cluster": {"name": "hidden-cluster", "provider": "GCP", "regions": ["us-central1"]},
                "no_log": True,
                "register": "result",
            },
            {"name": "shown", "ansible.builtin.debug": {"msg": "{{ result.cluster.state }}"}},
        ],
        direct=direct,
        **SECRET,
    )
    assert "censored" in run["user"].result
    assert "plan" not in run["user"].result
    assert "hidden-cluster" not in run.output
    assert run["shown"].msg == "CREATED"


def test_progress_is_shown_in_process(launch: Launch, playbook_on: Callable[[Emulator], Runner]) -> None:
    emulator = launch("--create-seconds", "2")
    cluster = {"name": "orders", "provider": "GCP", "regions": ["us-central1"], "wait_interval": 0.2}
    run = playbook_on(emulator)([{"name": "cluster", "crdb.cloud.cluster": cluster}], verbosity=0)
    lines = [line for line in run.stdout.splitlines() if line.startswith("orders: ")]
    assert lines[0] == "orders: CREATING, 0s"
    assert lines[-1].startswith("orders: CREATED, ")
    assert len(lines) == 2


def test_check_mode_and_diff_of_a_task(playbook: Runner, emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    run = playbook(
        [
            {"name": "check", "crdb.cloud.sql_user": USER, "check_mode": True},
            {"name": "real", "crdb.cloud.sql_user": {**USER, "name": "{{ inventory_hostname }}"}, "check_mode": False},
            {"name": "diff", "crdb.cloud.allowlist_entry": {"cluster": "orders", "cidr": "192.0.2.0/24"}, "diff": True},
            {
                "name": "no diff",
                "crdb.cloud.allowlist_entry": {"cluster": "orders", "cidr": "192.0.2.0/24"},
                "diff": False,
            },
        ],
        direct=None,
        hosts=BOTH_WAYS,
        check=True,
        diff=True,
        **SECRET,
    )
    for host in BOTH_WAYS:
        assert set(run["diff", host]["diff"]) == {"before", "after"}
        assert "diff" not in run["no diff", host].result
        assert all(run[name, host].changed for name in ("check", "real", "diff", "no diff"))
    same(run, "check", "diff", "no diff")
    assert [entry["method"] for entry in emulator.writes()] == ["POST", "POST"]
    assert sorted(next(iter(emulator.state()["sql_users"].values()))) == sorted(BOTH_WAYS)


@WAYS
def test_until(playbook: Runner, emulator: Emulator, direct: bool) -> None:
    """What a retry reads is read anew: the cluster comes into being while the task waits for it."""
    body = {"name": "late-one", "provider": "GCP", "spec": {"serverless": {"regions": ["us-central1"]}}}

    def create_when_asked_for() -> None:
        emulator.until(lambda: len(emulator.requests()) >= 2, 60)
        emulator.api("POST", "/clusters", body)

    creator = threading.Thread(target=create_when_asked_for)
    creator.start()
    run = playbook(
        [
            {
                "name": "until",
                "crdb.cloud.sql_user": {**USER, "cluster": "late-one", "wait_interval": 0.1},
                "register": "result",
                "until": "result is succeeded",
                "retries": 30,
                "delay": 1,
            }
        ],
        direct=direct,
        **SECRET,
    )
    creator.join()
    assert run["until"].changed
    assert run["until"]["attempts"] > 2


@WAYS
def test_timeout_of_a_task(launch: Launch, playbook_on: Callable[[Emulator], Runner], direct: bool) -> None:
    # Its own emulator: the answer that nobody waits for would show up in a later test.
    emulator = launch()
    emulator.fault("delay", "GET", "/clusters$", delay_ms=20_000)
    run = playbook_on(emulator)(
        [
            {"name": "slow", "crdb.cloud.cluster_info": {}, "timeout": 2, "ignore_errors": True},
            {"name": "next", "crdb.cloud.region_info": {}},
        ],
        direct=direct,
    )
    assert run["slow"].failed
    assert "2" in run["slow"].msg
    assert run["next"]["regions"]
    assert run.seconds < 15


def test_delegation_and_connections(playbook: Runner, emulator: Emulator) -> None:
    """The connection of the task's own host decides."""
    hosts = {
        "elsewhere": {"ansible_connection": "ssh", "ansible_host": "192.0.2.1"},
        "localhost": LOCAL,
        "long-name": {"ansible_connection": "ansible.builtin.local"},
        "nearby": {"ansible_connection": "nearby"},
    }
    info = {"name": "info", "crdb.cloud.region_info": {}}

    def run_on(limit: str, **keywords: Any) -> Run:
        run = playbook([{**info, **keywords}], direct=None, hosts=hosts, arguments=["--limit", limit], env=CONNECTIONS)
        assert run["info"]["regions"]
        return run

    assert not ran_as_module(run_on("elsewhere", delegate_to="localhost"), "region_info")
    assert not ran_as_module(run_on("long-name"), "region_info")
    assert ran_as_module(run_on("nearby"), "region_info")
    assert ran_as_module(run_on("localhost", delegate_to="nearby"), "region_info")
    assert len(emulator.requests()) == 4


def test_what_falls_back_to_a_module_gives_the_same(playbook: Runner, emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    info = {"crdb.cloud.cluster_info": {}}
    cases: Mapping[str, Mapping[str, Any]] = {
        "async": {**info, "async": 60, "poll": 1},
        "become": {**info, "become": True, "become_user": getpass.getuser()},
    }
    expected = playbook([{"name": "info", **info}])["info"]["clusters"]
    for name, task in cases.items():
        run = playbook([{"name": name, **task}], direct=True)
        assert ran_as_module(run, "cluster_info"), name
        assert run[name]["clusters"] == expected, name


def test_short_names(playbook: Runner, emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    run = playbook(
        [
            {"name": "info", "cluster_info": {}},
            {"name": "user", "sql_user": USER},
            {"name": "one line", "action": "sql_user_info cluster=orders"},
            {"name": "defaults", "organization_info": {}},
        ],
        direct=None,
        hosts=BOTH_WAYS,
        play={
            "collections": ["crdb.cloud"],
            "module_defaults": {"group/crdb.cloud.cloud": {"api_version": "2023-04-10"}},
        },
        **SECRET,
    )
    same(run, "info", "one line", "defaults")
    assert {entry["api_version"] for entry in emulator.requests()} == {"2023-04-10"}


@WAYS
def test_loops(playbook: Runner, emulator: Emulator, direct: bool) -> None:
    emulator.add_cluster("orders")
    names = ["App", "reporting", "we/ird na%me", "ünïcode"][0 if direct else 2 :]
    loop = {"name": "{{ item }}", "cluster": "orders", "password": "{{ password }}"}
    run = playbook(
        [
            {"name": "create", "crdb.cloud.sql_user": loop, "loop": names},
            {"name": "again", "crdb.cloud.sql_user": loop, "loop": names},
            {"name": "delete", "crdb.cloud.sql_user": {**loop, "state": "absent"}, "loop": names},
        ],
        direct=direct,
        **SECRET,
    )
    assert [item["sql_user"]["name"] for item in run["create"].items] == [name.lower() for name in names]
    assert all(item["changed"] for item in run["create"].items + run["delete"].items)
    assert not any(item["changed"] for item in run["again"].items)
    assert len(run["create"].writes) == len(run["delete"].writes) == len(names)
    assert run["again"].writes == []
    if direct:
        # One listing of the clusters and one of the users serve the whole loop.
        assert len(run["create"].requests) == 2 + 4
        assert len(run["again"].requests) == 2
    assert emulator.state()["sql_users"] == {emulator.cluster("orders")["id"]: []}


def test_invocation_is_there_when_ansible_wants_it(playbook: Runner) -> None:
    """Newer ansible-core leaves it out by default, older ones always have it; what counts is that both ways agree."""
    for setting in (None, "true"):
        run = playbook(
            [{"name": "info", "crdb.cloud.region_info": {}}],
            direct=None,
            hosts=BOTH_WAYS,
            env={"ANSIBLE_INJECT_INVOCATION": setting},
        )
        same(run, "info")
    assert run["info", "in-process"]["invocation"]["module_args"]["api_key"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
