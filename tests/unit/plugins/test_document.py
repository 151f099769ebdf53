# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exported variables as YAML: what a person would write, and the same data for every reader."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest
import yaml

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import CrdbError
from ansible_collections.crdb.cloud.plugins.module_utils._export.document import Secret, Secrets, dump, unwritable

SEEDS = int(os.environ.get("DOCUMENTS", "60"))
MARKED = ("{{ x }}", "{% x %}", "{# x #}", "['\\x7b']", "#jinja2: a:'b'", "lookup('pipe', 'id')", "__ansible_vault")
HARD = (
    *("", " ", "no", "on", "y", "N", "null", "~", "true", "0777", "007", "1_000", "1e3", "0x1F", "12:30", "1.50", ".5"),
    *(".inf", ".NaN", "2026-01-01", "2026-01-01T00:00:00Z", "=", "<<", "- a", "a: b", "a #b", "# a", "&a", "*a", "!a"),
    *(
        "%TAG",
        "@a",
        "`a`",
        "'",
        '"',
        "it's",
        'say "it\'s"',
        "a\nb",
        "a\n",
        "\na",
        "a\n\n",
        " a\nb ",
        "#a\nb",
        "a\n\n\nb",
    ),
    *(
        "a \nb",
        "a\tb",
        "\ta\n",
        "a\r\nb",
        "\x00",
        "\x07",
        "\x1b[31m",
        "\x7f",
        "\x85",
        "\xa0",
        "\u2028",
        "\ufeffa",
        "a\n\ufeff",
    ),
    *(
        "\ufffe",
        "\ufffd",
        "😀",
        "\U0010ffff",
        "ä ö ü",
        "مرحبا",
        "---",
        "...",
        "--- a",
        "[a]",
        "a]",
        "a, b",
        "?",
        "? a",
        ":",
        ": a",
    ),
    *(
        "long " * 100,
        "x" * 200,
        "a" * 130 + "\nb",
        "-----BEGIN X-----\nMIIB+/=\n-----END X-----\n",
        "|",
        ">",
        "\\",
        "a\\nb",
    ),
)
OTHERS = (None, True, False, 0, -1, 10**20, 1.5, 1e20, -0.0)


class Reader(yaml.SafeLoader):
    """PyYAML that knows Ansible's mark."""


class QuickReader(yaml.CSafeLoader):
    """libyaml, which Ansible reads with."""


def unsafe(loader: Any, node: Any) -> Any:
    """The value in a marked node, as ansible-core has it since 2.19: the type is guessed anew, whatever quotes there are."""
    kind = {yaml.ScalarNode: "scalar", yaml.MappingNode: "mapping", yaml.SequenceNode: "sequence"}[type(node)]
    if kind == "scalar":
        assert loader.resolve(yaml.ScalarNode, node.value, (True, False)) == "tag:yaml.org,2002:str"
    return getattr(loader, f"construct_{kind}")(node)


for each in (Reader, QuickReader):
    each.add_constructor("!unsafe", unsafe)


def read(text: str) -> Any:
    """What is in *text*, the same for both readers."""
    found, again = (yaml.load(text, Loader=loader) for loader in (Reader, QuickReader))
    assert repr(found) == repr(again)
    return found


def some_text(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.6:
        return rng.choice(HARD + MARKED)
    if kind < 0.8:
        return "".join(rng.choice(HARD + MARKED)[:20] for _each in range(2))
    return "".join(rng.choice(" \n\t:#-'\"{}[]%&*!|>,?aA1ä😀\x00\x85\u2028\\(") for _each in range(rng.randint(1, 12)))


def some_value(rng: random.Random, depth: int = 0) -> Any:
    kind = rng.random()
    if kind < 0.2 and depth < 4:
        return {some_text(rng): some_value(rng, depth + 1) for _each in range(rng.randint(0, 4))}
    if kind < 0.3:
        return {some_text(rng): some_text(rng) for _each in range(rng.randint(0, 4))}
    if kind < 0.5 and depth < 4:
        return [some_value(rng, depth + 1) for _each in range(rng.randint(0, 5))]
    return some_text(rng) if kind < 0.9 else rng.choice(OTHERS)


def writable(value: Any) -> Any:
    """*value* with what no file can hold taken out."""
    if isinstance(value, dict):
        found = {key: writable(item) for key, item in value.items()}
        return {key: item for key, item in found.items() if not unwritable({key: item})}
    return [writable(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("text", HARD + MARKED)
def test_text_is_read_as_it_was_written(text):
    for value in (text, [text], [{"a": text}], {"a": text}, {text: "a"}, {"a": {text: text}}, [[text]], [text, 1]):
        assert read(dump({"variable": value, "next": [value, value]})) == {"variable": value, "next": [value, value]}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_data_is_read_as_it_was_written(seed):
    rng = random.Random(seed)
    variables = {f"variable{number}": some_value(rng) for number in range(4)}
    # A key next to what is no text may take its siblings along, so it can take two rounds.
    variables = {name: value for name, value in writable(variables).items() if not unwritable(value)}
    assert repr(read(dump(variables, heading=some_text(rng)))) == repr(variables)


def nodes(node: Any) -> Any:
    yield node
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            for inner in pair:
                yield from nodes(inner)
    elif isinstance(node, yaml.SequenceNode):
        for inner in node.value:
            yield from nodes(inner)


@pytest.mark.parametrize("text", MARKED)
def test_no_template_stands_without_a_mark(text):
    for value in ({"a": text}, {text: "a"}, {"a": [{"b": [text, "c"]}]}, {"a": [{text: "5", "b": "no"}]}):
        root = yaml.compose(dump({"v": value}), Loader=Reader)
        marked = {id(inner) for node in nodes(root) if node.tag == "!unsafe" for inner in nodes(node)}
        assert all(id(node) in marked for node in nodes(root) if node.value == text)
        assert any(node.value == text for node in nodes(root))


@pytest.mark.parametrize(
    "value", ["\ud800", ["a\udfff"], {"\ud800": 1}, {"{{ x }}": 1}, [{"a": {"{{ x }}": {"b": "c"}}}]]
)
def test_what_no_file_can_hold_safely_is_refused(value):
    assert unwritable(value)
    with pytest.raises(CrdbError, match="hold safely"):
        dump({"a": value})


def test_variables_of_secrets_are_names_and_different():
    secrets = Secrets()
    words = [
        ("orders", "anna"),
        ("or-ders", "anna"),
        ("or_ders", "anna"),
        ("{{ x }}", "'"),
        ("", "ä"),
        ("orders", "anna"),
    ]
    names = [secrets.of(*each).variable for each in words]
    assert names == [
        *("vault_orders_anna", "vault_or_ders_anna", "vault_or_ders_anna_2", "vault_x_x", "vault_x_x_2"),
        "vault_orders_anna_2",
    ]
    assert secrets.given == names
    secrets = Secrets()
    assert len({secrets.of(*each).variable for each in [("a",), ("a", "2"), ("a",), ("a", "2"), ("a",)]}) == 5


def test_a_document_looks_as_if_a_person_had_written_it():
    variables = {
        "name": "acme",
        "folders": [{"name": "platform"}, {"name": "prod", "parent": "/platform"}],
        "clusters": [
            {
                "name": "orders",
                "regions": ["us-east1", "europe-west1"],
                "labels": {"team": "it's ours", "on": "yes", "note": "a: b"},
                "delete_protection": True,
                "sql_users": [{"name": "app", "password": Secret("vault_orders_app")}],
                "client_ca_cert": {"certificate": "-----BEGIN-----\nMIIB\n-----END-----\n"},
            },
            {"name": "{{ 7 * 7 }}", "labels": {"{% x %}": "5"}, "notes": [], "size": 1.5, "owner": None},
        ],
    }
    assert (
        dump(variables, heading="An organization.\n\nNames: \x1b")
        == """\
# An organization.
#
# Names: \\x1b
---
name: acme

folders:
  - name: platform
  - name: prod
    parent: /platform

clusters:
  - name: orders
    regions: [us-east1, europe-west1]
    labels:
      team: it's ours
      "on": "yes"
      note: "a: b"
    delete_protection: true
    sql_users:
      - name: app
        password: "{{ vault_orders_app | default(omit) }}"
    client_ca_cert:
      certificate: |
        -----BEGIN-----
        MIIB
        -----END-----

  - name: !unsafe "{{ 7 * 7 }}"
    labels: !unsafe
      "{% x %}": "5"
    notes: []
    size: 1.5
    owner: null
"""
    )


def test_what_does_not_print_is_not_in_the_file_as_it_is():
    text = dump({"a": [*HARD, {"b": HARD}]}, heading="".join(HARD))
    assert all(char.isprintable() for char in text.replace("\n", ""))
    assert "ä ö ü" in text


def test_nothing_to_say_is_an_empty_document():
    assert read(dump({}, heading="Nothing")) == {}
