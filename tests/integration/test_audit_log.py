# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log: every entry exactly once, whichever way the server takes the cursor."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.runner import BOTH_WAYS, IN_PROCESS, Runner

# Runs of entries that share a timestamp, longer and shorter than a page.
ENTRIES = [
    {"id": f"entry-{moment}-{number}", "created_at": f"2026-05-12T10:11:{moment:02d}.5Z", "payload": {"n": number}}
    for moment, count in enumerate((1, 3, 1, 7, 2, 1, 5, 4))
    for number in range(count)
]
IDS = sorted(entry["id"] for entry in ENTRIES)
PARTS = 9


def parts(order: str) -> list[dict]:
    """Reading with a cap, and going on from what the last part returned, several times."""
    module = "crdb.cloud.audit_log_info"
    first = {"name": f"{order} 0", module: {"sort_order": order, "limit": 2, "max_entries": 4}, "register": "part"}
    rest = [
        {
            "name": f"{order} {number}",
            module: {
                "sort_order": order,
                "limit": 2,
                "max_entries": 4,
                "starting_from": "{{ part.next_starting_from }}",
                "exclude_ids": "{{ part.next_exclude_ids }}",
            },
            "register": "next_part",
            "when": "not part.complete",
        }
        for number in range(1, PARTS)
    ]
    # A skipped task would overwrite what it registers.
    keep = {"ansible.builtin.set_fact": {"part": "{{ next_part }}"}, "when": "next_part is not skipped"}
    return [
        first,
        *(
            task
            for number in range(1, PARTS)
            for task in (rest[number - 1], {"name": f"{order} keep {number}", **keep})
        ),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("cursor", ["inclusive", "exclusive"])
@pytest.mark.parametrize("version", ["2023-04-10", "2024-09-16"])
def test_exactly_once(launch: Launch, playbook_on: Callable[[Emulator], Runner], cursor: str, version: str) -> None:
    emulator = launch("--audit-cursor", cursor)
    emulator.patch(audit_entries=ENTRIES)
    hosts = BOTH_WAYS if (cursor, version) == ("inclusive", "2024-09-16") else IN_PROCESS
    run = playbook_on(emulator)(
        [
            {"name": "up", "crdb.cloud.audit_log_info": {"limit": 3}},
            {"name": "down", "crdb.cloud.audit_log_info": {"limit": 3, "sort_order": "DESC"}},
            {"name": "whole", "crdb.cloud.audit_log_info": {}},
            {"name": "from", "crdb.cloud.audit_log_info": {"starting_from": "2026-05-12T10:11:03.9Z", "limit": 2}},
            {"name": "cap", "crdb.cloud.audit_log_info": {"max_entries": 5}},
            *parts("ASC"),
            *parts("DESC"),
        ],
        direct=None,
        hosts=hosts,
        play={"module_defaults": {"group/crdb.cloud.cloud": {"api_version": version}}},
        verbosity=1,
    )
    for host in hosts:
        for name in ("up", "down", "whole"):
            entries = run[name, host]["entries"]
            assert sorted(entry["id"] for entry in entries) == IDS, name
            assert all(set(entry["payload"]) == {"n"} for entry in entries)
        moments = [entry["created_at"] for entry in run["up", host]["entries"]]
        assert moments == sorted(moments)
        assert [entry["created_at"] for entry in run["down", host]["entries"]] == sorted(moments, reverse=True)
        assert [entry["id"] for entry in run["from", host]["entries"]] == [
            entry["id"] for entry in ENTRIES if entry["created_at"] > "2026-05-12T10:11:03.9Z"
        ]
        assert len(run["cap", host]["entries"]) == 5
        assert run["cap", host]["complete"] is False
        for order in ("ASC", "DESC"):
            found = [
                entry
                for outcome in run.outcomes
                if outcome.host == host and outcome.name.startswith(f"{order} ") and outcome.get("entries")
                for entry in outcome["entries"]
            ]
            assert sorted(entry["id"] for entry in found) == IDS, order


def test_bounds_are_checked(playbook: Runner, emulator: Emulator) -> None:
    run = playbook(
        [
            {"name": "limit", "crdb.cloud.audit_log_info": {"limit": 0}, "ignore_errors": True},
            {"name": "cap", "crdb.cloud.audit_log_info": {"max_entries": -1}, "ignore_errors": True},
        ]
    )
    run["limit"].fails_with("limit must be at least 1, got 0")
    run["cap"].fails_with("max_entries must be at least 1, got -1")
    assert emulator.requests() == []


def test_what_the_modules_do_is_in_the_log(playbook: Runner) -> None:
    run = playbook(
        [
            {
                "name": "cluster",
                "crdb.cloud.cluster": {
                    "name": "orders",
                    "provider": "GCP",
                    "regions": ["us-central1"],
                    "wait_interval": 0.1,
                },
            },
            {"name": "log", "crdb.cloud.audit_log_info": {"sort_order": "DESC", "max_entries": 1}},
        ]
    )
    (entry,) = run["log"]["entries"]
    assert entry["action"] == "AUDIT_LOG_ACTION_CREATE_CLUSTER"
    assert entry["cluster_name"] == "orders"
    assert entry["payload"]["name"] == "orders"
