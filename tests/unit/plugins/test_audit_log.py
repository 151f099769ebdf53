# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log: every entry exactly once, whatever the server makes of the cursor."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.crdb.cloud.plugins.module_utils._audit_log import read_audit_log

EXCLUSIVE, INCLUSIVE, INCLUSIVE_LAST = "exclusive", "inclusive", "inclusive, cursor at the last entry sent"


def stamp(moment):
    """A timestamp; the digits vary, as they do with the service."""
    text = f"2026-05-12T10:11:{moment // 4:02}"
    return text + ("Z" if moment % 4 == 0 else f".{moment % 4 * 25:02}".rstrip("0") + "Z")


class Log:
    """A server. All entries of a page's last timestamp are sent, as the service documents it."""

    def __init__(self, moments, kind):
        self.kind, self.requests = kind, 0
        self.entries = [{"id": f"e{number}", "moment": moment} for number, moment in enumerate(sorted(moments))]

    def get(self, query):
        self.requests += 1
        assert self.requests < 500, "it goes round in circles"
        down = query["sort_order"] == "DESC"
        rows = self.entries[::-1] if down else self.entries
        start = query.get("starting_from")
        inclusive = self.kind != EXCLUSIVE
        if start is not None:
            at = next(moment for moment in range(-1, 200) if stamp(moment) == start)
            rows = [
                row
                for row in rows
                if (inclusive and row["moment"] == at) or (row["moment"] < at if down else row["moment"] > at)
            ]
        page = rows[: query.get("limit", 3)]
        page += [row for row in rows[len(page) :] if row["moment"] == page[-1]["moment"]]
        rest = rows[len(page) :]
        if self.kind == INCLUSIVE and rest:
            following = stamp(rest[0]["moment"])
        elif down and not rest:
            following = None
        elif self.kind == INCLUSIVE and page:
            following = stamp(page[-1]["moment"] + 1)
        else:
            following = stamp(page[-1]["moment"]) if page else start
        rows = [{"id": row["id"], "created_at": stamp(row["moment"]), "payload": "{}"} for row in page]
        return {"entries": rows, "next_starting_from": following}

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
        log.entries += [{"id": f"e{start}-{n}", "moment": start + moment} for n, moment in enumerate(sorted(batch))]
        before = log.read(before, limit=limit)
        read += ids(before)
    assert read == [row["id"] for row in log.entries]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=14), KINDS, SMALL, st.integers(1, 6))
def test_the_ids_to_exclude_stay_few(moments, kind, limit, most):
    log, before, read = Log(moments, kind), None, 0
    while before is None or not before["complete"]:
        before = log.read(before, limit=limit, max_entries=most)
        read += len(before["entries"])
        assert set(before["next_exclude_ids"]) <= {row["id"] for row in log.entries}
        assert len(before["next_exclude_ids"]) == len(set(before["next_exclude_ids"])) <= read


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
        lambda query: queries.append(query) or {},
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
