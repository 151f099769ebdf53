# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example in the documentation of the Cluster API modules runs as written; only the address is another one."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from integration.helpers.runner import CHECKOUT
from integration.helpers.running import PASSWORDS, Cluster, task

NAMES = sorted(path.stem for path in (CHECKOUT / "plugins" / "modules").glob("cluster_api_*.py"))
HOST = "https://node1.example.com:8080"
# The example waits for a node that drains, so it gets one.
DRAINING = {"nodes": {"1": {"draining": True}}}


def examples(name: str) -> list[dict[str, Any]]:
    module = importlib.import_module(f"ansible_collections.crdb.cloud.plugins.modules.{name}")
    found: list[dict[str, Any]] = yaml.safe_load(module.EXAMPLES)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_examples_parse(name: str) -> None:
    text = yaml.safe_dump(examples(name))
    assert f"crdb.cloud.{name}:" in text
    assert HOST in text
    for entry in examples(name):
        assert entry["name"]


def test_examples_run(running: Callable[..., Cluster]) -> None:
    cluster = running("--cluster-user", "app:planted-app-password")
    tasks = [task("session", "session", register="session", no_log=True)]
    for name in NAMES:
        if name not in ("cluster_api_session", "cluster_api_restart_safety_info"):
            tasks += examples(name)
    tasks += examples("cluster_api_session")
    text = yaml.safe_dump(tasks, sort_keys=False).replace(HOST, cluster.emulator.cluster_url)
    tasks = yaml.safe_load(text)
    # The first session is overwritten by the example that logs in, so it is logged out of before that.
    login = next(number for number, entry in enumerate(tasks) if entry["name"] == "Log in")
    token = {"state": "absent", "cluster_api_session": "{{ session.session }}"}
    tasks.insert(login, task("end of the first session", "session", token))
    variables = {"vault_monitor_password": PASSWORDS["monitor"], "vault_owner_password": PASSWORDS["owner"]}
    run = cluster(tasks, both=False, variables=variables, verbosity=1)
    failed = [outcome.name for outcome in run.outcomes if outcome.failed]
    assert failed == []
    assert run["Count the accounts of an owner"]["rows"] == [{"accounts": 1}]
    assert run["Take everything else away"]["grant"] == {"user": "app", "roles": []}
    assert run["Create a database"].changed
    assert len(run["Use the session"]["nodes"]) == 3

    cluster.patch(**DRAINING)
    text = yaml.safe_dump(examples("cluster_api_restart_safety_info")).replace(HOST, cluster.emulator.cluster_url)
    run = cluster(yaml.safe_load(text), both=False, user=None)
    assert run["Go on only when the node can be restarted"]["restart_safe"] is True
