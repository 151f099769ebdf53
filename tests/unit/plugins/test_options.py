# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Option: argument_spec and API versions from one line."""

from __future__ import annotations

import pytest

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import (
    Option,
    argument_spec,
    check_versions,
    mistakes,
)


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


USER = (Option("name", required=True), Option("password", secret=True), Option("hash", aliases=("pin",)))
CLUSTER = (
    Option("name"),
    Option("plan", choices=("BASIC", "ADVANCED"), other_names={"SERVERLESS": "BASIC"}),
    Option("hardware", type="dict", options=(Option("storage_gib", type="int"),)),
    Option("sql_users", type="list", elements="dict", options=USER),
    Option("labels", type="dict"),
    Option("count", misread=lambda value: "must not be odd" if value % 2 else ""),
)
FLEET = (Option("clusters", type="list", elements="dict", options=CLUSTER),)


def phrases(options, params):
    return list(mistakes(options, params, unlisted=("api_key", "wait"), title="crdb.cloud.cluster"))


@pytest.mark.parametrize(
    ("params", "phrase"),
    [
        ({"nme": "planted"}, "unknown option nme, did you mean name"),
        ({"Name": "planted"}, "unknown option Name, did you mean name"),
        ({"api_kye": "planted"}, "unknown option api_kye, did you mean api_key"),
        ({"storage-gib": "planted"}, "unknown option storage-gib, did you mean hardware.storage_gib"),
        (
            {"owner": "planted"},
            "unknown option owner, there are count, hardware, labels, name, plan, sql_users",
        ),
        ({7: "planted"}, "unknown option 7, there are count, hardware, labels, name, plan, sql_users"),
        (
            {"x" * 65: "planted"},
            f"unknown option {'x' * 64}..., there are count, hardware, labels, name, plan, sql_users",
        ),
        (
            {"a\x1b[2J": "planted"},
            "unknown option a\\x1b[2J, there are count, hardware, labels, name, plan, sql_users",
        ),
    ],
)
def test_an_unknown_option_is_named_with_what_may_be_meant_and_without_its_value(params, phrase):
    assert phrases(CLUSTER, params) == [f"crdb.cloud.cluster: {phrase}"]


def test_every_mistake_of_a_fleet_is_said_with_its_place():
    params = {
        "clusters": [
            {"name": "orders"},
            {"nme": "stock"},
            {"plan": "serverless", "sql_users": [{"name": "app"}, {"nme": "etl", "pin": "1"}]},
            {"hardware": {"storage": 5}, "count": 3},
        ]
    }
    assert phrases(FLEET, params) == [
        "clusters[1]: unknown option nme, did you mean name",
        "clusters[2].plan can't be 'serverless', write BASIC",
        "clusters[2].sql_users[1]: unknown option nme, did you mean name",
        "clusters[3].hardware: unknown option storage, there are storage_gib",
        "clusters[3].count must not be odd",
    ]


@pytest.mark.parametrize(
    ("given", "meant"),
    [("basic", "BASIC"), ("Basc", "BASIC"), ("serverless", "BASIC"), ("Serverless", "BASIC"), ("advance", "ADVANCED")],
)
def test_other_words_for_a_choice_lead_to_it(given, meant):
    assert phrases(CLUSTER, {"plan": given}) == [f"plan can't be '{given}', write {meant}"]


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"name": "orders", "plan": "BASIC", "wait": False, "api_key": "x", "count": 2},
        {"plan": None, "hardware": None, "count": None},
        {"labels": {"anything": "goes"}},
        {"sql_users": [{"pin": "1", "hash": None}]},
        # Left to Ansible, which knows more of types.
        {"plan": "planted-secret"},
        {"plan": 7, "hardware": "storage_gib=5", "sql_users": {"name": "app"}},
        {"sql_users": ["app", None]},
    ],
)
def test_what_is_right_or_for_others_to_judge_passes(params):
    assert phrases(CLUSTER, params) == []


def test_an_option_that_only_the_collection_lacks_in_an_older_version_does_not_blame_the_api():
    option = Option("hardware", since="2024-09-16", in_api="2022-09-20")
    with pytest.raises(OptionError) as caught:
        check_versions([option], {"hardware": "x"}, "2023-04-10")
    assert str(caught.value) == (
        "crdb.cloud does not offer the option hardware with api_version 2023-04-10. Use api_version 2024-09-16"
    )
    with pytest.raises(OptionError, match="does not exist in api_version 2022-03-31"):
        check_versions([option], {"hardware": "x"}, "2022-03-31")
    check_versions([option], {"hardware": "x"}, "2024-09-16")
