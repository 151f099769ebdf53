# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Masking of secrets."""

from __future__ import annotations

import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import printable
from ansible_collections.crdb.cloud.plugins.module_utils._base.masking import (
    HIDDEN,
    MASK,
    mask,
    shown_arguments,
    variants,
)

SECRETS = st.text(st.characters(codec="utf-8", exclude_characters="*"), min_size=4, max_size=12)


def go_json(text):
    """JSON as Go writes it: the service is written in Go."""
    escaped = json.dumps(text, ensure_ascii=False)[1:-1]
    return escaped.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


@given(st.lists(SECRETS, min_size=1, max_size=3), st.text(max_size=5), st.text(max_size=5))
def test_no_spelling_of_a_secret_survives(secrets, left, right):
    spellings = [
        f(s) for s in secrets for f in (str, printable, quote, quote_plus, lambda s: quote(s, safe=""), go_json)
    ]
    spellings += [json.dumps(s)[1:-1] for s in secrets]
    shown = mask(left + " ".join(spellings) + right, secrets)
    for secret in secrets:
        assert secret not in shown
        assert printable(secret) not in shown
        assert json.dumps(secret)[1:-1] not in shown
        assert quote(secret, safe="") not in shown


@given(SECRETS, st.text(st.characters(codec="utf-8"), max_size=30))
def test_text_without_the_secret_stays_as_it_is(secret, text):
    assume(not any(spelling in text for spelling in variants([secret])))
    assert mask(text, [secret]) == text


@given(st.text(max_size=3), st.text(max_size=30))
def test_short_secrets_mask_nothing(secret, text):
    assert mask(text, [secret]) == text


def test_a_secret_within_another_leaves_no_rest():
    assert mask("x hunter2-and-more y", ["hunter2", "hunter2-and-more"]) == f"x {MASK} y"


def test_every_place_of_a_structure_is_masked():
    found = mask({"hunter2": ["hunter2", ("a hunter2 b", 7, None)]}, ["hunter2"])
    assert found == {MASK: [MASK, [f"a {MASK} b", 7, None]]}


def test_numbers_are_secrets_too_and_booleans_are_not():
    assert mask("PIN 123456, True", [123456, True, None, ["list"]]) == f"PIN {MASK}, True"


def test_a_secret_that_is_no_valid_unicode_does_not_hurt():
    assert mask("x \ud800secret y", ["\ud800secret"]) == f"x {MASK} y"


@pytest.mark.parametrize(
    "echo", ['p<ss>&"word', "p%3Css%3E%26%22word", 'p<ss>&\\"word', 'p\\u003css\\u003e\\u0026\\"word']
)
def test_spellings_a_server_may_echo(echo):
    assert mask(f"bad password {echo}!", ['p<ss>&"word']) == f"bad password {MASK}!"


def test_arguments_are_shown_without_secrets_and_without_what_is_not_known():
    user = {"name": {"type": "str"}, "password": {"type": "str", "no_log": True}}
    spec = {
        "cluster": {"type": "str", "aliases": ["of"]},
        "key": {"type": "str", "no_log": True},
        "labels": {"type": "dict"},
        "users": {"type": "list", "elements": "dict", "options": user},
        "one": {"type": "dict", "options": user},
    }
    params = {
        "of": "orders",
        "cluster": "orders",
        "key": "x",
        "apikey": "y",
        "nothing": None,
        "labels": {"any": "thing"},
        "users": [{"name": "app", "password": None, "passwrd": "z"}, "text"],
        "one": {"name": "app", "password": "z", "deep": {"er": ["z"]}},
    }
    assert shown_arguments(params, spec) == {
        "of": "orders",
        "cluster": "orders",
        "key": HIDDEN,
        "apikey": HIDDEN,
        "nothing": None,
        "labels": {"any": "thing"},
        "users": [{"name": "app", "password": None, "passwrd": HIDDEN}, HIDDEN],
        "one": {"name": "app", "password": HIDDEN, "deep": HIDDEN},
    }
    assert shown_arguments({"one": "password=z"}, spec) == {"one": HIDDEN}
