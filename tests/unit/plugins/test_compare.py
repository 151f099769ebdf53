# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparing what is wanted with what is there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.crdb.cloud.plugins.module_utils._nouns import compare as _compare
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
OBJECTS = st.dictionaries(st.sampled_from("abcd"), VALUES)
OPTIONS = tuple(Option(name) for name in "abcd")


@pytest.mark.slow
@given(OBJECTS, OBJECTS)
def test_only_what_was_set_and_differs(wanted, found):
    changes = _compare.differences(OPTIONS, wanted, found)
    assert set(changes) == {name for name in wanted if wanted[name] != found.get(name)}
    assert all(changes[name] == (found.get(name), wanted[name]) for name in changes)


@given(OBJECTS, OBJECTS)
def test_nothing_differs_once_it_is_applied(wanted, found):
    assert _compare.differences(OPTIONS, wanted, {**found, **wanted}) == {}


@given(st.lists(st.text(max_size=3)).flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_a_set_does_not_count(pair):
    assert _compare.equal(Option("x", compare="set"), pair[0], pair[1])
    assert not _compare.equal(Option("x", compare="set"), [*pair[0], "more"], pair[1])


def test_a_set_that_the_server_leaves_out_is_empty():
    assert _compare.equal(Option("x", compare="set"), [], None)


def test_the_order_of_a_list_counts():
    assert not _compare.equal(Option("x"), ["a", "b"], ["b", "a"])


@pytest.mark.parametrize("option", [Option("x", compare="ignore"), Option("x", secret=True)])
def test_what_can_not_be_read_back_never_differs(option):
    assert _compare.differences([option], {"x": "new"}, {"x": "old"}) == {}


def test_given_drops_what_suboptions_leave_behind_and_keeps_the_empty():
    value = {"a": None, "b": 0, "c": "", "d": False, "e": {}, "f": {"g": None}, "h": [None]}
    assert _compare.given(value) == {"b": 0, "c": "", "d": False, "e": {}, "f": {}, "h": [None]}
    assert _compare.given([1]) == [1] and _compare.given("x") == "x"
