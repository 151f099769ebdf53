# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Long lists are read to their end, each row exactly once, whether a page divides them or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from integration.helpers.running import VERSIONS, Cluster, task

EVENTS, RANGES, SESSIONS = 10_000, 2_500, 300
SIZES = ("--events", str(EVENTS), "--ranges", str(RANGES), "--sessions", str(SESSIONS))
# The kinds of the log have a tenth each.
LISTS: dict[str, tuple[str, dict[str, Any], str, str, int]] = {
    "events": ("event_info", {}, "events", "unique_id", EVENTS),
    "ranges": ("node_range_info", {"node_id": "2"}, "ranges", "desc", RANGES),
    "hot": ("hot_range_info", {}, "hot_ranges", "range_id", RANGES),
    "sessions": ("sql_session_info", {}, "sessions", "id", SESSIONS),
}
# Dividing the list and not; one row more, one less, all, more than all; a limit that ends within a page and on its edge.
BOUNDS: dict[str, tuple[dict[str, int], ...]] = {
    "events": (
        {"limit": 20_000, "page_size": 1000},
        {"limit": 20_000, "page_size": 1001},
        {"limit": 20_000, "page_size": 10_000},
        {"limit": 2500, "page_size": 1000},
        {"limit": 2000, "page_size": 1000},
        {"limit": 10_000, "page_size": 3333},
        {},
    ),
    "ranges": ({}, {"page_size": 500}, {"page_size": 499}, {"limit": 1000, "page_size": 500}, {"limit": 7}),
    "hot": ({}, {"page_size": 500}, {"page_size": 499}, {"limit": 1001, "page_size": 500}, {"page_size": 2500}),
    "sessions": ({}, {"page_size": 100}, {"page_size": 99}, {"limit": 150, "page_size": 100}, {"limit": 100}),
}
TASKS = [
    task(f"{name} {number}", LISTS[name][0], {**LISTS[name][1], **bounds})
    for name, cases in BOUNDS.items()
    for number, bounds in enumerate(cases)
]


def key(row: dict[str, Any], name: str) -> Any:
    return row["desc"]["range_id"] if name == "desc" else row[name]


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS[::4])
def test_long_lists(running: Callable[..., Cluster], version: str) -> None:
    cluster = running("--cluster-version", version, *SIZES)
    # At -vvvv every result is printed, and a megabyte of it says nothing new.
    run = cluster(TASKS, both=False, verbosity=0)
    closed = 0 if version == "21.2" else SESSIONS
    for name, cases in BOUNDS.items():
        _module, _args, rows, identity, total = LISTS[name]
        for number, bounds in enumerate(cases):
            found = run[f"{name} {number}"][rows]
            there = total if name != "sessions" or closed else len(run["sessions 0"]["sessions"])
            # The log of events is bounded even where nobody asks for it.
            limit = bounds.get("limit", 1000 if name == "events" else there)
            assert len(found) == min(limit, there), (name, bounds, len(found))
            seen = Counter(key(row, identity) for row in found)
            assert max(seen.values()) == 1, (name, bounds, seen.most_common(3))
    for name in ("events", "ranges"):
        everything = [key(row, LISTS[name][3]) for row in run[f"{name} 0"][LISTS[name][2]]]
        for number in range(1, len(BOUNDS[name])):
            part = [key(row, LISTS[name][3]) for row in run[f"{name} {number}"][LISTS[name][2]]]
            assert part == everything[: len(part)], (name, number)
    # Every request asks for a page, and none for more than a page.
    pages = [entry for entry in cluster.requests() if entry["method"] == "GET"]
    assert all("limit=" in entry["query"] for entry in pages)
    assert len(pages) < 150


def test_what_is_no_page(running: Callable[..., Cluster]) -> None:
    cluster = running("--sessions", "0", "--events", "0")
    cases = {"limit 0": {"limit": 0}, "page 0": {"page_size": 0}, "limit -1": {"limit": -1}}
    tasks = [task(name, "event_info", args, ignore_errors=True) for name, args in cases.items()]
    tasks += [task("no events", "event_info"), task("no sessions", "sql_session_info")]
    run = cluster(tasks, both=False)
    for name in cases:
        run[name].fails_with("must be at least 1")
    assert run["no events"]["events"] == []
    assert run["no sessions"]["sessions"] == []


def test_sessions_by_user(running: Callable[..., Cluster]) -> None:
    cluster = running("--sessions", "60")
    run = cluster(
        [
            task("of app", "sql_session_info", {"username": "app", "page_size": 4}),
            task("open", "sql_session_info", {"exclude_closed": True, "page_size": 7}),
            task("nobody", "sql_session_info", {"username": "nobody"}),
        ],
        both=False,
    )
    assert len(run["of app"]["sessions"]) == 15
    assert {row["username"] for row in run["of app"]["sessions"]} == {"app"}
    assert len(run["open"]["sessions"]) == 40
    assert run["nobody"]["sessions"] == []


def test_a_node_that_can_not_be_asked(running: Callable[..., Cluster]) -> None:
    cluster = running("--sessions", "30")
    cluster.patch(nodes={"2": {"liveness_status": 1}})
    run = cluster(
        [
            task("sessions", "sql_session_info", {"page_size": 3}),
            task("hot", "hot_range_info", {"page_size": 3}),
            task("range", "range_info", {"range_id": 5}),
            task("ranges", "node_range_info", {"node_id": "2"}, ignore_errors=True),
        ],
        both=False,
    )
    assert len(run["sessions"]["sessions"]) == 20
    assert {error["node_id"] for error in run["sessions"]["errors"]} == {2}
    assert {row["node_id"] for row in run["hot"]["hot_ranges"]} == {1, 3}
    assert {error["node_id"] for error in run["hot"]["errors"]} == {2}
    assert "failed to dial" in run["range"]["ranges"][1]["error"]
    run["ranges"].fails_with("there is no node 2, or it can't be reached")
