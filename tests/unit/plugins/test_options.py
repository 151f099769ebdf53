# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Option: argument_spec and API versions from one line."""

from __future__ import annotations

import pytest

from ansible_collections.crdb.cloud.plugins.module_utils._errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._options import Option, argument_spec, check_versions


def test_a_plain_option_says_nothing_superfluous():
    assert Option("name").spec() == {"type": "str"}


def test_everything_an_option_can_say():
    option = Option(
        "mode", required=True, choices=("a", "b"), aliases=("m",), type="list", elements="str", default=["a"]
    )
    assert option.spec() == {
        "type": "list",
        "required": True,
        "default": ["a"],
        "choices": ["a", "b"],
        "elements": "str",
        "aliases": ["m"],
    }


def test_false_and_empty_are_defaults():
    assert Option("flag", type="bool", default=False).spec()["default"] is False
    assert Option("text", default="").spec()["default"] == ""


@pytest.mark.parametrize(
    ("name", "secret", "no_log"),
    [
        ("password", True, True),
        ("update_password", False, False),
        ("token_lifetime", False, False),
        ("client_secret", True, True),
        ("pin", True, True),
        ("name", False, None),
    ],
)
def test_no_log_is_said_for_secrets_and_for_what_sounds_like_one(name, secret, no_log):
    assert Option(name, secret=secret).spec().get("no_log") is no_log


def test_suboptions_are_specs_themselves():
    option = Option("limits", type="dict", options=(Option("cpus", type="int"),))
    assert argument_spec([option]) == {"limits": {"type": "dict", "options": {"cpus": {"type": "int"}}}}


OPTIONS = (
    Option("old"),
    Option("new", type="bool", since="2023-04-10"),
    Option("provider", choices=("GCP", "AZURE"), choices_since={"AZURE": "2023-04-10"}),
    Option("limits", type="dict", options=(Option("ru", type="int"), Option("cpus", type="int", since="2024-09-16"))),
)


@pytest.mark.parametrize(
    ("params", "version"),
    [
        ({"old": "x"}, "2022-03-31"),
        ({"new": None, "provider": None, "limits": None}, "2022-03-31"),
        ({"new": True, "provider": "AZURE"}, "2023-04-10"),
        ({"provider": "GCP"}, "2022-03-31"),
        ({"limits": {"ru": 1, "cpus": None}}, "2022-03-31"),
        ({"limits": {"cpus": 2}}, "2024-09-16"),
    ],
)
def test_what_a_version_has(params, version):
    check_versions(OPTIONS, params, version)


@pytest.mark.parametrize(
    ("params", "version", "words"),
    [
        ({"new": False}, "2022-09-20", ["new", "2022-09-20", "2023-04-10"]),
        ({"provider": "AZURE"}, "2022-03-31", ["provider: AZURE", "2022-03-31", "2023-04-10"]),
        ({"limits": {"cpus": 2}}, "2023-04-10", ["cpus", "2023-04-10", "2024-09-16"]),
    ],
)
def test_what_a_version_lacks_is_refused_with_the_first_that_has_it(params, version, words):
    with pytest.raises(OptionError) as error:
        check_versions(OPTIONS, params, version)
    assert all(word in str(error.value) for word in words)
