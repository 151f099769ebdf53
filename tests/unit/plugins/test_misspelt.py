# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which names of variables are taken for misspelt options."""

from __future__ import annotations

import re
from pathlib import Path

import jinja_names
import pytest
from role_docs import Role

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.plugin_utils._misspelt import misspelt, role_options

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


CHECKOUT = Path(__file__).resolve().parents[3]
ROLES = sorted((CHECKOUT / "roles").iterdir())


@pytest.fixture(scope="module")
def names() -> set[str]:
    """All variables that roles and playbooks read or set."""
    found = [Role(path).names for path in ROLES]
    found += [jinja_names.of_file(path) for path in (CHECKOUT / "playbooks").rglob("*.yml")]
    return {name for one in found for name in one.sets | one.reads}


@pytest.mark.parametrize("path", ROLES, ids=lambda path: path.name)
def test_the_names_that_roles_and_playbooks_give_are_never_refused(path: Path, names: set[str]) -> None:
    """What a role registers or sets is there when it runs a second time, or another role after it."""
    role = Role(path)
    assert set(role_options(path.name)) == set(role.options)
    assert misspelt(names, role.options, f"{path.name}_") == []


def test_a_role_that_is_none() -> None:
    with pytest.raises(OptionError, match=r"There is no role crdb\.cloud\.nothing"):
        role_options("nothing")


PLAYBOOKS = {"quickstart": 8, "spend_report": 6, "rotate_passwords": 1}


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_playbook_with_variables_of_its_own_knows_all_that_its_header_lists(playbook: str) -> None:
    text = (CHECKOUT / "playbooks" / f"{playbook}.yml").read_text()
    listed = set(re.findall(rf"^# +({playbook}_\w+)  ", text, re.M))
    (lookup,) = re.findall(r"query\('crdb.cloud.misspelt_variables', (.*), prefix=", text)
    known = set(re.findall(rf"^          - ({playbook}_\w+)$", text, re.M)) or {lookup.strip("'")}
    assert known == listed and len(listed) == PLAYBOOKS[playbook]
