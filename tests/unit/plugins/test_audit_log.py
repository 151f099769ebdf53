# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log: every entry exactly once, whatever the server makes of the cursor."""

from __future__ import annotations

import json

import audit_server
import pytest
from audit_server import EXCLUSIVE, INCLUSIVE, INCLUSIVE_LAST
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.crdb.cloud.plugins.module_utils._audit.log import audit_log_pages, read_audit_log
from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import CrdbError


class Log(audit_server.Log):
    def read(self, before=None, **more):
        asked = {"sort_order": "ASC", "limit": None, "max_entries": None, **more}
        before = before or {"next_starting_from": None, "next_exclude_ids": []}
        return read_audit_log(
            self.get, starting_from=before["next_starting_from"], exclude_ids=before["next_exclude_ids"], **asked
        )


def ids(result):
    return [entry["id"] for entry in result["entries"]]


MOMENTS = st.lists(st.integers(0, 6), max_size=14)
KINDS = st.sampled_from([EXCLUSIVE, INCLUSIVE])
SMALL = st.none() | st.integers(1, 6)


@given(MOMENTS, st.sampled_from([EXCLUSIVE, INCLUSIVE, INCLUSIVE_LAST]), st.sampled_from(["ASC", "DESC"]), SMALL)
@example([0, 0, 0, 1], INCLUSIVE_LAST, "ASC", 2)
@settings(max_examples=200)
def test_one_run_reads_every_entry_once(moments, kind, order, limit):
    log = Log(moments, kind)
    found = log.read(sort_order=order, limit=limit)
    assert sorted(ids(found)) == sorted(row["id"] for row in log.entries)
    times = [row["moment"] for name in ids(found) for row in log.entries if row["id"] == name]
    assert times == sorted(times, reverse=order == "DESC") and found["complete"]


@given(MOMENTS, KINDS, st.sampled_from(["ASC", "DESC"]), st.lists(st.tuples(SMALL, st.integers(1, 6)), min_size=1))
@settings(max_examples=250)
def test_several_runs_read_every_entry_once(moments, kind, order, runs):
    log, before, read = Log(moments, kind), None, []
    for number in range(40):
        limit, most = runs[number % len(runs)]
        before = log.read(before, sort_order=order, limit=limit, max_entries=most)
        assert len(before["entries"]) <= most
        read += ids(before)
        if before["complete"]:
            break
    assert before["complete"]
    assert sorted(read) == sorted(row["id"] for row in log.entries)


@given(st.lists(MOMENTS, min_size=1, max_size=4), KINDS, SMALL)
@settings(max_examples=200)
def test_what_is_new_since_the_last_run(batches, kind, limit):
    log, before, read, start = Log([], kind), None, [], 0
    for batch in batches:
        start += 7
        log.add(start, batch)
        before = log.read(before, limit=limit)
        read += ids(before)
    assert read == log.ids


@given(st.lists(st.integers(0, 6), min_size=1, max_size=14), KINDS, SMALL, st.integers(1, 6))
def test_the_ids_to_exclude_stay_few(moments, kind, limit, most):
    log, before, read = Log(moments, kind), None, 0
    while before is None or not before["complete"]:
        before = log.read(before, limit=limit, max_entries=most)
        read += len(before["entries"])
        assert set(before["next_exclude_ids"]) <= {row["id"] for row in log.entries}
        assert len(before["next_exclude_ids"]) == len(set(before["next_exclude_ids"])) <= read


@given(st.lists(st.integers(0, 6), min_size=1, max_size=14), KINDS, SMALL, st.none() | st.integers(1, 14))
def test_reading_can_end_behind_any_page(moments, kind, limit, most):
    asked = {"sort_order": "ASC", "limit": limit, "max_entries": most}
    log = Log(moments, kind)
    pages = list(audit_log_pages(log.get, starting_from=None, exclude_ids=(), **asked))
    for number, page in enumerate(pages):
        read = [entry["id"] for part in pages[: number + 1] for entry in part.entries]
        place = {"next_starting_from": page.next_starting_from, "next_exclude_ids": page.next_exclude_ids}
        assert read + ids(log.read(place, limit=limit)) == log.ids


def test_the_memory_is_bounded_by_a_page():
    log = Log(list(range(1500)), EXCLUSIVE)
    how = {"starting_from": None, "exclude_ids": (), "sort_order": "ASC", "limit": 5, "max_entries": None}
    for page in (pages := audit_log_pages(log.get, **how)):
        assert len(page.next_exclude_ids) <= 1
        assert len(pages.gi_frame.f_locals["reading"]._known) <= 10
    assert log.requests == 301


@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_a_server_that_sends_what_lies_before_the_cursor_or_goes_back(order):
    """Nobody promises that; still no entry comes twice, and there is an end."""
    stamps = [f"2026-05-12T10:11:{second:02}Z" for second in (range(6) if order == "ASC" else range(5, -1, -1))]
    rows = [{"id": f"e{number}", "created_at": moment} for number, moment in enumerate(stamps)]
    answers = [
        {"entries": rows[:3], "next_starting_from": stamps[2]},
        {"entries": rows[1:5], "next_starting_from": stamps[4]},
        {"entries": rows, "next_starting_from": stamps[1]},
    ]
    result = read_audit_log(
        lambda query: answers.pop(0) if len(answers) > 1 else answers[0],
        starting_from=None,
        exclude_ids=(),
        sort_order=order,
        limit=None,
        max_entries=None,
    )
    assert ids(result) == [row["id"] for row in rows] and result["complete"]
    assert result["next_starting_from"] == stamps[4]


def test_a_start_in_another_zone_loses_and_repeats_nothing():
    zone = "2026-05-12T12:00:00+02:00"

    def get(query):
        rows = [{"id": name, "created_at": "2026-05-12T10:30:00Z"} for name in "abc" if query["starting_from"] == zone]
        return {"entries": rows, "next_starting_from": "2026-05-12T10:30:00Z"}

    asked = {"starting_from": zone, "sort_order": "ASC", "limit": None, "max_entries": 2}
    first = read_audit_log(get, exclude_ids=[], **asked)
    second = read_audit_log(get, exclude_ids=first["next_exclude_ids"], **asked)
    assert ids(first) + ids(second) == ["a", "b", "c"]


def test_nothing_set_is_nothing_asked():
    queries = []
    read_audit_log(
        lambda query: queries.append(query) or {"entries": []},
        starting_from=None,
        exclude_ids=(),
        sort_order="ASC",
        limit=None,
        max_entries=None,
    )
    assert queries == [{"sort_order": "ASC"}]


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        (json.dumps({"a": 1}), {"a": 1}),
        ({"a": 1}, {"a": 1}),
        ("", ""),
        (None, None),
        ("not json", "not json"),
        ("[" * 100_000, "[" * 100_000),
    ],
    ids=["text", "object", "empty", "none", "garbage", "deep"],
)
def test_payloads_are_parsed_where_they_are_json(payload, found):
    page = {"entries": [{"id": "a", "created_at": "2026-05-12T10:11:12Z", "payload": payload}]}
    result = read_audit_log(
        lambda query: page, starting_from=None, exclude_ids=(), sort_order="DESC", limit=None, max_entries=None
    )
    assert result["entries"][0]["payload"] == found
    assert result["next_starting_from"] is None and result["next_exclude_ids"] == [] and result["complete"]


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "pages"), [(1, 1000), (500, 1000), (5000, 100)])
def test_a_log_without_end(rows, pages):
    asked = []

    def get(query):
        asked.append(query)
        moment = f"2026-05-12T10:11:00.{len(asked):09}Z"
        entries = [{"id": f"{len(asked)}-{number}", "created_at": moment} for number in range(rows)]
        return {"entries": entries, "next_starting_from": moment}

    given = {"starting_from": None, "exclude_ids": (), "sort_order": "ASC", "limit": None, "max_entries": None}
    words = f"^GET /api/v1/auditlogevents names another page after {pages} pages with {pages * rows} rows"
    with pytest.raises(CrdbError, match=words):
        read_audit_log(get, **given)
    assert len(asked) == pages
