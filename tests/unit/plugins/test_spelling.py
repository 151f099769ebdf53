# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far two names are apart, and which name a misspelt one stands for."""

from __future__ import annotations

import pytest

from ansible_collections.crdb.cloud.plugins.module_utils._base.spelling import distance, nearest

OPTIONS = ["name", "regions", "region_nodes", "primary_region", "spend_limit", "usage_limits", "labels", "ui"]


@pytest.mark.parametrize(
    ("left", "right", "edits"),
    [
        ("", "", 0),
        ("", "abc", 3),
        ("abc", "", 3),
        ("name", "name", 0),
        ("nme", "name", 1),
        ("nname", "name", 1),
        ("nome", "name", 1),
        ("naem", "name", 1),
        ("anme", "name", 1),
        ("kitten", "sitting", 3),
        ("regoins", "regions", 1),
    ],
)
def test_edits_are_counted_either_way(left: str, right: str, edits: int) -> None:
    assert distance(left, right) == distance(right, left) == edits


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("nme", ["name"]),
        ("spendlimit", ["spend_limit"]),
        ("Spend-Limit", ["spend_limit"]),
        ("spendLimits", ["spend_limit"]),
        ("region", ["regions"]),
        ("regoins", ["regions"]),
        ("label", ["labels"]),
        ("u", []),
        ("owner", []),
        ("", []),
    ],
)
def test_a_misspelt_word_stands_for_the_nearest_names(word: str, found: list[str]) -> None:
    assert nearest(word, OPTIONS) == found


def test_the_nearest_comes_first_and_a_tie_is_sorted() -> None:
    assert nearest("us-east-4", ["us-west2", "us-east5", "us-east1", "us-east4", "asia-east1"])[:3] == [
        "us-east4",
        "us-east1",
        "us-east5",
    ]


def test_how_far_away_is_the_callers_choice() -> None:
    assert nearest("spendlimit", OPTIONS, most=0) == ["spend_limit"]
    assert nearest("spend_limt", OPTIONS, most=0) == []
