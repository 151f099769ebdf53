# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role health and the playbooks that use it: fit, and every way of not being fit, with the node and the number."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from integration.conftest import Launch
from integration.helpers.emulator import Emulator
from integration.helpers.runner import Runner
from integration.helpers.running import Cluster

NOW = time.time()
DAY = 86_400
# What is wrong, what the role is told, and what it says.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "dead": ({"nodes": {"2": {"liveness_status": 1}}}, {}, "Node 2 is DEAD, last heard of at 2026-"),
    "draining": ({"nodes": {"3": {"draining": True}}}, {}, "Node 3 is DRAINING"),
    "decommissioning": ({"nodes": {"3": {"liveness_status": 4}}}, {}, "Node 3 is DECOMMISSIONING"),
    "accepted": (
        {"nodes": {"3": {"draining": True}}},
        {"health_accepted_liveness": ["LIVE", "DRAINING"]},
        "2 of 3 nodes are live",
    ),
    "decommissioned": ({"nodes": {"3": {"liveness_status": 5}}}, {}, "2 of 3 nodes are live"),
    "few": ({}, {"health_min_nodes": 4}, "The cluster has 3 nodes, and must have at least 4"),
    "mixed": (
        {"nodes": {"2": {"build_tag": "v25.2.1"}}},
        {},
        "2 CockroachDB versions are running (v25.2.1, v25.4.4), at most 1 may",
    ),
    "upgrading": ({"nodes": {"2": {"build_tag": "v25.2.1"}}}, {"health_max_versions": 2}, "running v25.2.1, v25.4.4"),
    "clock": (
        {"nodes": {"2": {"metrics": {"clock-offset.meannanos": -301_500_000}}}},
        {},
        "The clock of node 2 is off by -301.5 ms, at most 250",
    ),
    "sloppy clock": (
        {"nodes": {"2": {"metrics": {"clock-offset.meannanos": -301_500_000}}}},
        {"health_max_clock_offset_ms": 400},
        "3 of 3 nodes are live",
    ),
    "node certificate": (
        {"nodes": {"3": {"metrics": {"security.certificate.expiration.node": NOW + 9.5 * DAY}}}},
        {},
        "The node certificate of node 3 is valid for 9 more days, at least 14 are wanted",
    ),
    "ca certificate": (
        {"nodes": {"1": {"metrics": {"security.certificate.expiration.ca": NOW - 2.5 * DAY}}}},
        {"health_min_certificate_days": 1},
        "The ca certificate of node 1 is valid for -2 more days",
    ),
    "no certificate": (
        {"nodes": {"1": {"metrics": {"security.certificate.expiration.ca": 0}}}},
        {},
        "3 of 3 nodes are live",
    ),
    "underreplicated": (
        {"ranges": {"underreplicated": 4}},
        {},
        "Node 1 reports 0 unavailable and 4 under-replicated ranges, at most 0 and 0 are allowed",
    ),
    "unavailable": (
        {"ranges": {"unavailable": 2, "underreplicated": 2}},
        {"health_max_underreplicated_ranges": 5, "health_max_unavailable_ranges": 1},
        "Node 1 reports 2 unavailable and 2 under-replicated ranges, at most 1 and 5 are allowed",
    ),
    "some missing": ({"ranges": {"underreplicated": 4}}, {"health_max_underreplicated_ranges": 4}, "3 of 3 nodes are"),
    "no ranges": ({"ranges": {"underreplicated": 4}}, {"health_check_ranges": False}, "3 of 3 nodes are live"),
    "not ready": ({"nodes": {"1": {"ready": False}}}, {"health_wait": False}, "does not take SQL: node is not healthy"),
    "slow": (
        {"nodes": {"1": {"ready": False}}},
        {"health_wait_timeout": 0.2},
        "not ready (node is not healthy)",
    ),
    "restart": ({}, {"health_check_restart_safety": True}, "The node that answers can't be restarted safely"),
}
FINE = {
    "liveness_status": None,
    "ready": True,
    "draining": False,
    "build_tag": None,
    "metrics": {
        "clock-offset.meannanos": 1000,
        "security.certificate.expiration.ca": NOW + 900 * DAY,
        "security.certificate.expiration.node": NOW + 900 * DAY,
    },
}


AS_TEXT = (
    *("health_min_nodes=3", "health_max_versions=1", "health_max_underreplicated_ranges=0"),
    *("health_max_unavailable_ranges=0", "health_max_clock_offset_ms=100", "health_min_certificate_days=10"),
    *("health_check_ranges=true", "health_check_restart_safety=false", "health_wait_timeout=60"),
)


def change(cluster: Cluster, patch: dict[str, Any]) -> dict[str, Any]:
    """A task that makes everything fine but *patch*."""
    nodes = {number: {**FINE, **patch.get("nodes", {}).get(number, {})} for number in ("1", "2", "3")}
    body = {"ranges": {"underreplicated": 0, "unavailable": 0, **patch.get("ranges", {})}, "nodes": nodes}
    url = f"{cluster.emulator.url}/_emulator/state"
    args = {"url": url, "method": "POST", "body_format": "json", "body": {"cluster_api": body}}
    return {"name": "change", "ansible.builtin.uri": args}


@pytest.mark.smoke
def test_every_case(running: Callable[..., Cluster]) -> None:
    cluster = running()
    tasks: list[dict[str, Any]] = []
    for name, (patch, variables, _said) in CASES.items():
        tasks += [
            change(cluster, patch),
            {
                "name": name,
                "vars": variables,
                "block": [{"ansible.builtin.include_role": {"name": "crdb.cloud.health"}}],
                "rescue": [
                    {"name": f"failed: {name}", "ansible.builtin.debug": {"msg": "{{ ansible_failed_result }}"}}
                ],
            },
            {"name": f"end of {name}", "ansible.builtin.meta": "noop"},
        ]
    # Without metadata in every task it would log in for each.
    run = cluster(tasks, both=False, verbosity=1)
    said: list[list[str]] = []
    for outcome in run.outcomes:
        if outcome.name == "change":
            said.append([])
        elif said:
            said[-1].append(str(outcome.result.get("msg")))
            said[-1] += [str(item.get("msg")) for item in outcome.items if item.get("failed")]
    assert len(said) == len(CASES)
    for (name, (_patch, _variables, text)), texts in zip(CASES.items(), said, strict=True):
        assert any(text in line for line in texts), (name, texts[-6:])
        fit = any("The cluster is fit" in line for line in texts)
        assert fit is ("nodes are" in text or text.startswith("running")), (name, texts)
    assert cluster.writes() == []


def test_the_playbook_waits_until_the_node_is_ready(running: Callable[..., Cluster]) -> None:
    """On a node that is ready only after a while; without SQL it could not check a password either."""
    cluster = running("--cluster-version", "23.1")
    cluster.patch(ready=False)
    timer = threading.Timer(4, cluster.patch, kwargs={"ready": True})
    timer.start()
    run = cluster(
        both=False,
        playbook="crdb.cloud.health",
        # Given like this, numbers and booleans arrive as text.
        arguments=[word for text in AS_TEXT for word in ("-e", text)],
        check=True,
    )
    timer.join()
    assert "The cluster is fit: 3 of 3 nodes are live, running v23.1.30" in run.outcomes[-1].msg
    asked = [entry["path"] for entry in cluster.requests()]
    assert asked[:2] == ["/api/v2/health/", "/health"]


def test_the_playbook_fails(running: Callable[..., Cluster]) -> None:
    cluster = running("--cluster-version", "21.2")
    cluster.patch(nodes={"2": {"liveness_status": 1}})
    run = cluster(both=False, playbook="crdb.cloud.health", fails=True)
    assert "Node 2 is DEAD" in run.output


def test_quickstart_shows_the_health(launch: Launch, playbook_on: Callable[[Emulator], Runner]) -> None:
    cluster = Cluster(emulator := launch("--insecure"), playbook_on(emulator))
    passwords = {"CRDB_APP_PASSWORD": "planted-app-password", "CRDB_REPORTING_PASSWORD": "planted-reporting-pw"}
    url = f"quickstart_cluster_api_url={emulator.cluster_url}"
    env = {**passwords, "CRDB_CLUSTER_API_URL": None}
    more = {"both": False, "user": None, "playbook": "crdb.cloud.quickstart", "secrets": [*passwords.values()]}
    with_it = cluster(**more, env=env, arguments=["-e", url, "-e", "health_min_nodes=3"])
    assert any("The cluster is fit: 3 of 3 nodes are live" in outcome.msg for outcome in with_it.outcomes)
    without = cluster(**more, env=env)
    assert not any("The cluster is fit" in outcome.msg for outcome in without.outcomes)
    assert cluster.requests() == []
