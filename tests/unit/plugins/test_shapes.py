# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of dictionaries that are something else: which entry, and no value of it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option, argument_spec
from ansible_collections.crdb.cloud.plugins.plugin_utils._shapes import misshapen

USERS = Option("users", type="list", elements="dict", options=(Option("name"),), aliases=("accounts",))
SPEC = argument_spec(
    [
        USERS,
        Option("clusters", type="list", elements="dict", options=(USERS, Option("regions", type="list"))),
        Option("limits", type="dict", options=(USERS,)),
    ]
)


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"users": None},
        {"users": []},
        {"users": [{"name": "app"}]},
        {"users": [{"name": ["left", "to", "others"]}]},
        {"clusters": [{"users": [{}], "regions": "a,b"}]},
        {"limits": "users=none"},
    ],
)
def test_what_is_right_or_not_ours_to_judge_passes(args: dict[str, Any]) -> None:
    assert list(misshapen(SPEC, args)) == []


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"users": "planted"}, "users must be a list of dictionaries, got a string"),
        ({"users": {"planted": "planted"}}, "users must be a list of dictionaries, got a dictionary"),
        ({"users": True}, "users must be a list of dictionaries, got a boolean"),
        ({"users": [{}, "planted"]}, "users[1] must be a dictionary, got a string"),
        ({"users": [["planted"]]}, "users[0] must be a dictionary, got a list"),
        ({"users": [None]}, "users[0] must be a dictionary, got nothing"),
        ({"accounts": [7.5]}, "users[0] must be a dictionary, got a number"),
        ({"clusters": [{"users": ["planted"]}]}, "clusters[0].users[0] must be a dictionary, got a string"),
        ({"limits": {"users": b"planted"}}, "limits.users must be a list of dictionaries, got something else"),
    ],
)
def test_what_is_wrong_is_said_without_its_value(args: dict[str, Any], message: str) -> None:
    assert list(misshapen(SPEC, args)) == [message]


def test_everything_that_is_wrong_is_said() -> None:
    args = {"users": [None, {}, 1], "clusters": [{"users": True}]}
    assert list(misshapen(SPEC, args)) == [
        "users[0] must be a dictionary, got nothing",
        "users[2] must be a dictionary, got a number",
        "clusters[0].users must be a list of dictionaries, got a boolean",
    ]
