# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of lists in each dialect, and of the audit log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest


def pages(api: Any, path: str, query: str, version: str, parameter: str, field: str) -> Iterator[Any]:
    token: Any = ""
    while True:
        more = f"&{parameter}={token}" if token else ""
        answer = api.ok("GET", f"{path}?{query}{more}", version=version)
        yield answer
        token = (answer["pagination"] or {}).get(field)
        if not token:
            return


@pytest.mark.parametrize("order", ["ASC", "DESC"])
@pytest.mark.parametrize(
    ("version", "parameter", "field", "order_name"),
    [
        ("2024-09-16", "pagination.page", "next_page", "pagination.sort_order"),
        ("2022-09-20", "pagination.page", "next_page", "pagination.sort_order"),
        ("2022-03-31", "pagination.start_key", "next", "pagination.order"),
    ],
)
def test_every_cluster_once(
    make_api: Callable[..., Any], order: str, version: str, parameter: str, field: str, order_name: str
) -> None:
    api = make_api(seed_clusters=23, page_size=10)
    query = f"{order_name}={order}&pagination.limit=5"
    found = list(pages(api, "clusters", query, version, parameter, field))
    names = [cluster["name"] for answer in found for cluster in answer["clusters"]]
    assert len(found) == 5
    assert names == sorted(names, reverse=order == "DESC")
    assert len(set(names)) == 23


def test_page_size_is_default_and_maximum(make_api: Callable[..., Any]) -> None:
    api = make_api(seed_clusters=12, page_size=10)
    assert len(api.ok("GET", "clusters")["clusters"]) == 10
    assert len(api.ok("GET", "clusters?pagination.limit=500")["clusters"]) == 10
    assert len(api.ok("GET", "clusters?pagination.limit=3")["clusters"]) == 3
    assert api.ok("GET", "clusters?pagination.limit=10")["pagination"]["previous_page"] == ""
    assert make_api(seed_clusters=10, page_size=10).ok("GET", "clusters")["pagination"] is None


def test_previous_page(make_api: Callable[..., Any]) -> None:
    api = make_api(seed_clusters=9)
    first = api.ok("GET", "clusters?pagination.limit=4")
    second = api.ok("GET", f"clusters?pagination.limit=4&pagination.page={first['pagination']['next_page']}")
    back = api.ok("GET", f"clusters?pagination.limit=4&pagination.page={second['pagination']['previous_page']}")
    assert back["clusters"] == first["clusters"]
    old = api.ok("GET", "clusters?pagination.limit=4", version="2022-03-31")
    following = old["pagination"]["next"]
    query = f"clusters?pagination.limit=4&pagination.start_key={following}"
    last = api.ok("GET", query, version="2022-03-31")["pagination"]["last"]
    query = f"clusters?pagination.limit=4&pagination.direction=PAGE_DIRECTION_LAST&pagination.start_key={last}"
    assert api.ok("GET", query, version="2022-03-31")["clusters"] == old["clusters"]


def test_pages_neither_skip_nor_repeat_while_clusters_go(make_api: Callable[..., Any]) -> None:
    api = make_api(seed_clusters=10)
    first = api.ok("GET", "clusters?pagination.limit=4")
    for cluster in first["clusters"]:
        api.ok("DELETE", f"clusters/{cluster['id']}")
    second = api.ok("GET", f"clusters?pagination.page={first['pagination']['next_page']}")
    assert len(second["clusters"]) == 6


@pytest.mark.parametrize(
    "query",
    [
        "pagination.page=garbage",
        "pagination.page=%C3%A4",
        "pagination.page=bnVsbA",
        "pagination.limit=abc",
        "pagination.limit=-1",
        "pagination.limit=99999999999",
        "pagination.sort_order=UP",
        "pagination.sort_by=SIZE",
        "pagination.as_of_time=yesterday",
        "show_inactive=maybe",
    ],
)
def test_bad_queries(api: Any, query: str) -> None:
    assert api.error("GET", f"clusters?{query}")[:2] == (400, 3)


def test_a_token_belongs_to_its_list(make_api: Callable[..., Any]) -> None:
    api = make_api(seed_clusters=3)
    token = api.ok("GET", "clusters?pagination.limit=1")["pagination"]["next_page"]
    assert api.error("GET", f"cluster-versions?pagination.page={token}")[:2] == (400, 3)
    assert api.error("GET", f"clusters?pagination.sort_order=DESC&pagination.page={token}")[:2] == (400, 3)


def test_sort_by_is_of_the_latest_version(make_api: Callable[..., Any]) -> None:
    api = make_api(seed_clusters=6)
    query = "clusters?pagination.sort_by=CREATED_AT&pagination.sort_order=DESC"
    created = [cluster["created_at"] for cluster in api.ok("GET", query)["clusters"]]
    assert created == sorted(created, reverse=True)
    names = [
        cluster["name"]
        for cluster in api.ok("GET", "clusters?pagination.sort_by=CREATED_AT", version="2023-04-10")["clusters"]
    ]
    assert names == sorted(names)


def test_users_in_pages(api: Any) -> None:
    path = f"clusters/{api.create()['id']}/sql-users"
    for number in range(7):
        api.ok("POST", path, {"name": f"user{number}", "password": "pw"})
    found = list(pages(api, path, "pagination.limit=3", "2024-09-16", "pagination.page", "next_page"))
    assert [len(answer["users"]) for answer in found] == [3, 3, 1]


def entries(count: int, each: int = 1) -> list[dict[str, str]]:
    return [
        {"id": f"e{second}-{number}", "created_at": f"2026-01-01T00:00:{second:02d}.123456789Z"}
        for second in range(count)
        for number in range(each)
    ]


def read_log(api: Any, query: str, **more: Any) -> Iterator[Any]:
    start: str | None = None
    for _unused in range(30):
        answer = api.ok("GET", f"auditlogevents?{query}" + (f"&starting_from={start}" if start else ""), **more)
        yield answer
        start = answer["next_starting_from"]
        if not answer["entries"] or start is None:
            return
    raise AssertionError("the audit log has no end")


@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_audit_log_is_read_completely(make_api: Callable[..., Any], inclusive: bool, order: str) -> None:
    api = make_api(audit_inclusive=inclusive)
    added = entries(10, each=3)
    api.control("POST", "state", {"audit_entries": added})
    answers = list(read_log(api, f"sort_order={order}&limit=4"))
    found = [entry["id"] for answer in answers for entry in answer["entries"]]
    assert sorted(found) == sorted(entry["id"] for entry in added)
    assert all(len(answer["entries"]) in (0, 6) for answer in answers)
    stamps = [entry["created_at"] for answer in answers for entry in answer["entries"]]
    assert stamps == sorted(stamps, reverse=order == "DESC")
    assert (answers[-1]["next_starting_from"] is None) == (order == "DESC")


def test_audit_cursor(make_api: Callable[..., Any]) -> None:
    stamp = "2026-01-01T00:00:01.123456789Z"
    for inclusive, ids in ((False, ["e2-0"]), (True, ["e1-0", "e2-0"])):
        api = make_api(audit_inclusive=inclusive)
        api.control("POST", "state", {"audit_entries": entries(3)})
        answer = api.ok("GET", f"auditlogevents?starting_from={stamp}")
        assert [entry["id"] for entry in answer["entries"]] == ids
        assert answer["next_starting_from"]
    empty = make_api()
    assert empty.ok("GET", "auditlogevents")["next_starting_from"]
    assert empty.error("GET", "auditlogevents?starting_from=now")[:2] == (400, 3)
    assert empty.error("GET", "auditlogevents?sort_order=up")[:2] == (400, 3)


def test_audit_entries_of_calls(api: Any) -> None:
    made = api.create()
    path = f"clusters/{made['id']}"
    api.ok("POST", f"{path}/sql-users", {"name": "app", "password": "geheim"})
    api.error("POST", f"{path}/sql-users", {"name": "app", "password": "geheim"})
    api.ok("PUT", f"{path}/sql-users/app/password", {"password": "geheim"})
    api.ok("PUT", f"{path}/networking/allowlist/10.0.0.0/8", {"ui": True, "sql": True})
    api.ok("PATCH", path, {"delete_protection": "ENABLED"})
    api.error("DELETE", path)
    api.ok("GET", "clusters")
    log = api.ok("GET", "auditlogevents")["entries"]
    assert [entry["action"].removeprefix("AUDIT_LOG_ACTION_") for entry in log] == [
        "CREATE_CLUSTER",
        "CREATE_SQL_USER",
        "CREATE_SQL_USER",
        "CHANGE_SQL_USER_PASSWORD",
        "ADD_IP_ALLOWLIST",
        "SET_DELETE_PROTECTION",
        "DELETE_CLUSTER",
    ]
    assert [bool(entry["error"]) for entry in log] == [False, False, True, False, False, False, True]
    assert {entry["cluster_name"] for entry in log} == {"orders-test"}
    assert {entry["source"] for entry in log} == {"AUDIT_LOG_SOURCE_CC_API"}
    assert len({entry["id"] for entry in log}) == len({entry["created_at"] for entry in log}) == len(log)
    assert "geheim" not in json.dumps(log)
    assert json.loads(log[1]["payload"]) == {"name": "app"}
    assert api.ok("GET", "auditlogevents", version="2023-04-10")["entries"][1]["payload"] == {"name": "app"}
