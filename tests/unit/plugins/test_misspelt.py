# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which names of variables are taken for misspelt options."""

from __future__ import annotations

import pytest

from ansible_collections.crdb.cloud.plugins.plugin_utils._misspelt import edits, misspelt

OPTIONS = [
    "cluster_id",
    "cluster_labels",
    "cluster_name",
    "cluster_regions",
    "cluster_region_nodes",
    "cluster_spend_limit",
]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("cluster_spendlimit", "cluster_spend_limit"),
        ("clusterspendlimit", "cluster_spend_limit"),
        ("CLUSTER_SPEND_LIMIT", "cluster_spend_limit"),
        ("cluster_spendLimit", "cluster_spend_limit"),
        ("cluster__spend_limit_", "cluster_spend_limit"),
        ("cluster_spend_limits", "cluster_spend_limit"),
        ("cluster_spend_lmiit", "cluster_spend_limit"),
        ("cluster_spent_limt", "cluster_spend_limit"),
        ("cluster_regoin", "cluster_regions"),
        ("cluster_lables", "cluster_labels"),
        ("cluster_nane", "cluster_name"),
        ("cluster_di", "cluster_id"),
    ],
)
def test_a_misspelt_option_is_named_with_what_was_meant(name: str, meant: str) -> None:
    (sentence,) = misspelt([name, "cluster_name", "other"], OPTIONS, "cluster_")
    assert f"There is no variable {name}, did you mean {meant}?" in sentence
    assert "crdb_ignore_variables" in sentence
    assert misspelt([name], OPTIONS, "cluster_", [name]) == []


@pytest.mark.parametrize(
    "name",
    [
        *OPTIONS,
        "cluster_owner",
        "cluster_db",
        "cluster_spend",
        "cluster_spend_limit_before",
        "cluster_outcome",
        "clusters",
        "spend_limit",
        "culster_spend_limit",
    ],
)
def test_names_of_ones_own_stay(name: str) -> None:
    assert misspelt([name], OPTIONS, "cluster_") == []


def test_each_name_gets_one_sentence_with_the_nearest_option() -> None:
    found = misspelt(["cluster_nmae", "cluster_regionss", "cluster_region_node"], OPTIONS, "cluster_")
    assert [text.partition("?")[0].split()[-1] for text in found] == [
        "cluster_name",
        "cluster_region_nodes",
        "cluster_regions",
    ]


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "ab", 1),
        ("ab", "abc", 1),
        ("abc", "axc", 1),
        ("abcd", "badc", 2),
        ("abc", "xyc", 2),
        ("abc", "xyz", 3),
        ("", "abc", 3),
        ("abcdef", "uvwxyz", 3),
    ],
)
def test_edits(one: str, other: str, far: int) -> None:
    assert edits(one, other, 2) == edits(other, one, 2) == far
