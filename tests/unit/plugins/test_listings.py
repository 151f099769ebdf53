# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listings shared by the items of a loop."""

from __future__ import annotations

import pytest
from plugin_fakes import Clock

from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.listings import OLDEST, Listings


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def listings(clock):
    return Listings(clock)


class Source:
    def __init__(self, *rows):
        self.all, self.reads = list(rows), 0

    def __call__(self):
        self.reads += 1
        return list(self.all)


def test_it_is_read_once_for_many(listings):
    source = Source("a")
    assert [listings.rows("/x", source) for _number in range(5)] == [["a"]] * 5
    assert source.reads == 1


def test_paths_do_not_mix(listings):
    assert listings.rows("/x", Source("a")) == ["a"]
    assert listings.rows("/y", Source("b")) == ["b"]


def test_fresh_reads_again_and_is_remembered(listings):
    source = Source("a")
    listings.rows("/x", source)
    source.all.append("b")
    assert listings.rows("/x", source, fresh=True) == ["a", "b"]
    assert listings.rows("/x", source) == ["a", "b"] and source.reads == 2


def test_our_own_changes_are_seen_without_a_request(listings):
    source = Source("a", "b")
    listings.rows("/x", source)
    listings.replace("/x", lambda row: row == "a", "A")
    listings.replace("/x", lambda row: row == "b", None)
    listings.replace("/x", lambda row: False, "c")
    assert sorted(listings.rows("/x", source)) == ["A", "c"] and source.reads == 1


def test_a_change_of_what_was_never_listed_is_not_a_listing(listings):
    listings.replace("/x", lambda row: True, "a")
    assert listings.rows("/x", Source("a", "b")) == ["a", "b"]


def test_it_is_never_older_than_a_minute(listings, clock):
    source = Source("a")
    listings.rows("/x", source)
    clock.now += OLDEST + 1
    listings.rows("/x", source)
    assert source.reads == 2


def test_our_own_changes_do_not_keep_it_alive(listings, clock):
    source = Source("a")
    listings.rows("/x", source)
    for _number in range(4):
        clock.now += OLDEST / 2
        listings.replace("/x", lambda row: False, "b")
    listings.rows("/x", source)
    assert source.reads == 2


def test_forget(listings):
    source = Source("a")
    listings.rows("/x", source)
    listings.forget()
    listings.rows("/x", source)
    assert source.reads == 2


def test_a_failed_reading_leaves_nothing_behind(listings):
    def broken():
        raise OSError

    with pytest.raises(OSError):
        listings.rows("/x", broken)
    assert listings.rows("/x", Source("a")) == ["a"]
