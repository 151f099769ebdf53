# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Cluster API: both paging styles, and their end conditions."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from crdb_emulator.cluster_api.paging import NodeCursor, cut

TOKENS = ("sessions/", "ranges/hot/")


def by_offset(cluster: Any, path: str, key: str, limit: int) -> tuple[list[str], int]:
    found, pages, offset = [], 0, 0
    while True:
        page = cluster.json(path, limit=limit, offset=offset)
        pages += 1
        found += [json.dumps(item, sort_keys=True) for item in page.get(key) or []]
        if "next" not in page:
            return found, pages
        assert page["next"] == offset + len(page[key])
        offset = page["next"]


def by_token(cluster: Any, path: str, key: str, limit: int) -> tuple[list[str], int]:
    found: list[str] = []
    pages, start = 0, ""
    while True:
        page = cluster.json(path, limit=limit, start=start)
        pages += 1
        found += [json.dumps(item, sort_keys=True) for item in page[key] or []]
        if page["next"] == start or base64.urlsafe_b64decode(page["next"]).endswith(b"|0|0|"):
            return found, pages
        start = page["next"]


@pytest.mark.parametrize("limit", [1000, 1333])
def test_ten_thousand_events(make_cluster: Callable[..., Any], limit: int) -> None:
    found, pages = by_offset(make_cluster(events=10_000), "events/", "events", limit)
    assert len(found) == len(set(found)) == 10_000
    # Where the limit divides them the last page is full and an empty one follows.
    assert pages == (11 if 10_000 % limit == 0 else -(-10_000 // limit))


@pytest.mark.parametrize("limit", [250, 300])
def test_ranges(make_cluster: Callable[..., Any], limit: int) -> None:
    cluster = make_cluster(ranges=2_500)
    found, pages = by_offset(cluster, "nodes/1/ranges/", "ranges", limit)
    assert len(found) == len(set(found)) == 2_500
    assert pages == -(-2_500 // limit)
    found, _unused = by_token(cluster, "ranges/hot/", "ranges", limit)
    assert len(found) == len(set(found)) == 2_500


@pytest.mark.parametrize("limit", [7, 50, 100, 300, 301])
def test_sessions(make_cluster: Callable[..., Any], limit: int) -> None:
    found, pages = by_token(make_cluster(sessions=300), "sessions/", "sessions", limit)
    assert len(found) == len(set(found)) == 300
    assert pages == -(-300 // limit)


@pytest.mark.parametrize(
    ("path", "key"),
    [("events/", "events"), ("databases/movr/grants/", "grants"), ("databases/bank/tables/", "table_names")],
)
def test_a_full_page_promises_another(cluster: Any, path: str, key: str) -> None:
    total = len(cluster.json(path)[key])
    page = cluster.json(path, limit=total)
    assert (len(page[key]), page["next"]) == (total, total)
    after = cluster.json(path, limit=total, offset=total)
    assert after == ({} if key == "table_names" else {key: None})
    assert "next" not in cluster.json(path, limit=total + 1)


@pytest.mark.parametrize(
    ("path", "key", "past"),
    [
        ("nodes/", "nodes", {"nodes": None}),
        ("nodes/1/ranges/", "ranges", {"ranges": []}),
        ("databases/", "databases", {}),
    ],
)
def test_exact_ends(cluster: Any, path: str, key: str, past: Any) -> None:
    total = len(cluster.json(path)[key])
    assert "next" not in cluster.json(path, limit=total)
    assert cluster.json(path, limit=1)["next"] == 1
    assert cluster.json(path, limit=5, offset=total) == past


@pytest.mark.parametrize("limit", ["", "0", "-5", "x", "1.5", " 1", "1_0"])
def test_a_bad_limit_is_none_and_takes_the_offset_along(cluster: Any, limit: str) -> None:
    assert len(cluster.json("databases/", limit=limit, offset=3)["databases"]) == 6
    assert len(cluster.json("sessions/", limit=limit, start="x")["sessions"]) == 5


def test_a_bad_offset_is_zero(cluster: Any) -> None:
    first = cluster.json("databases/", limit=2)
    for offset in ("x", "-3", ""):
        assert cluster.json("databases/", limit=2, offset=offset) == first
    for start in ("x", "!", base64.b64encode(b"1|2").decode(), base64.b64encode(b"\xff").decode()):
        assert cluster.json("sessions/", limit=2, start=start) == cluster.json("sessions/", limit=2)


def test_next_never_disappears(cluster: Any) -> None:
    for path in TOKENS:
        assert cluster.json(path)["next"] == "fDB8MHw="
        end = cluster.json(path, limit=1000)["next"]
        assert end == "MSwyLDMsfDB8MHw="
        again = cluster.json(path, limit=1000, start=end)
        assert again["next"] == end
        assert not (again.get("sessions") or again.get("ranges"))


def test_the_token(make_cluster: Callable[..., Any]) -> None:
    cluster = make_cluster(sessions=30)
    token = cluster.json("sessions/", limit=15)["next"]
    assert base64.urlsafe_b64decode(token) == b"1,|2|5|3,"
    assert NodeCursor.parse(token) == NodeCursor([1], 2, 5, [3])
    assert NodeCursor.parse(token).token() == token
    assert base64.urlsafe_b64decode(cluster.json("sessions/", limit=10)["next"]) == b"1,|2|0|3,"


def test_a_node_that_is_down_shortens_a_page(make_cluster: Callable[..., Any]) -> None:
    cluster = make_cluster(sessions=30)
    cluster.patch(nodes={"2": {"liveness_status": 1}})
    page = cluster.json("sessions/", limit=15)
    assert len(page["sessions"]) == 15
    assert [error["node_id"] for error in page["errors"]] == [2]
    assert "NODE_STATUS_DEAD" in page["errors"][0]["message"]
    found, _unused = by_token(cluster, "sessions/", "sessions", 15)
    assert len(set(found)) == 20


def test_cut() -> None:
    assert cut([1, 2, 3], {"limit": "2", "offset": "1"}, exact=True).items == [2, 3]
    assert cut([1, 2, 3], {"offset": "1"}, exact=True).items == [1, 2, 3]
