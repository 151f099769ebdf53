# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing of the Cloud API is left out unsaid: what the tables of exceptions name is there, and choices are the API's.

That every other operation and property is used is checked on what the modules send, in test_modules.py.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from contract.helpers.judge import Judge
from contract.helpers.specs import CHECKOUT, VERSIONS, Spec, specifications
from contract.helpers.surface import body, enumerations, properties
from contract.helpers.uncovered import (
    LEFT_OUT,
    MOST_LEFT_OUT,
    NO_CHOICES,
    NOT_SENT,
    OTHER_CHOICES,
    is_excepted,
    reason,
)
from integration.helpers.declared import declared, every_option

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import STATE
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.registry import CHILDREN, LISTS, NOUNS, list_name

specifications()

MODULES = [path.stem for path in (CHECKOUT / "plugins" / "modules").glob("*.py")]
CLOUD = sorted(name for name in MODULES if name[0] != "_" and declared(name).connection == "cloud")
# Options of our own, which the API knows nothing of.
OURS = {"update_password", "update_secret", "purge_children", "api_version"}
# What a fleet takes of other nouns is held against the API in their own modules.
ELSEWHERE = {list_name(noun) for noun in (*LISTS, *CHILDREN)}
# Options that are named otherwise than the API's field.
FIELDS = {
    ("cluster_info", "provider"): "cloud_provider",
    ("service_account_credential_info", "status"): "status_filter",
    **{(noun.name, option.name): option.at[-1] for noun in NOUNS.values() for option in noun.fields},
}


@pytest.fixture(scope="module")
def newest(judge: Judge) -> Spec:
    return judge.specs[VERSIONS[-1]][0]


def used(judge: Judge, spec: Spec) -> dict[str, Any]:
    """The definitions of the operations that the collection uses."""
    newest = VERSIONS[-1]
    found = {operation: operation.split(" ") for operation in judge.operations(newest) if not reason(operation, newest)}
    return {operation: spec.paths[template][method.lower()] for operation, (method, template) in found.items()}


def test_every_exception_is_of_something_that_exists(judge: Judge, newest: Spec) -> None:
    operations = {operation for version in VERSIONS for operation in judge.operations(version)}
    assert set(LEFT_OUT) <= operations and len(LEFT_OUT) <= MOST_LEFT_OUT
    # What is looked at is all there is: the newest version, and what only an older one has.
    there = judge.operations(VERSIONS[-1])
    assert (len(there), len({op for op in judge.operations("2023-04-10") if op not in there})) == (161, 5)
    definitions = used(judge, newest)
    for operation, pattern in NOT_SENT:
        names = [name for name, _schema in properties(newest, body(definitions[operation]))]
        assert [name for name in names if re.fullmatch(pattern, name)], pattern
    for module, option in OTHER_CHOICES:
        assert dict(every_option(declared(module).argument_spec()))[option]["choices"]


def test_the_documentation_has_the_table_of_exceptions() -> None:
    text = (CHECKOUT / "docs" / "docsite" / "rst" / "coverage.rst").read_text(encoding="utf-8")
    assert dict(re.findall(r"\* - ``(.+)``\n     - (.+)\n", text)) == LEFT_OUT


@pytest.mark.parametrize("module", CLOUD)
def test_choices_are_those_of_the_api(judge: Judge, newest: Spec, module: str) -> None:
    there: dict[str, set[frozenset[str]]] = {}
    for definition in used(judge, newest).values():
        for name, values in enumerations(newest, definition):
            there.setdefault(name, set()).add(values)
    for path, entry in every_option(declared(module).argument_spec()):
        name = path.rsplit(".", 1)[-1]
        if not entry.get("choices") or name in OURS or entry["choices"] == list(STATE.choices):
            continue
        if module == "fleet" and ELSEWHERE & {*path.split(".")}:
            continue
        same = frozenset(entry["choices"]) in there.get(FIELDS.get((module, name), name), ())
        assert same is ((module, path) not in OTHER_CHOICES), f"{path}: {entry['choices']}"


def test_what_the_api_enumerates_has_choices(judge: Judge, newest: Spec) -> None:
    """The other way round: a body's enumeration is not offered as any text."""
    choices = {
        FIELDS.get((module, path), path).rsplit(".", 1)[-1]
        for module in CLOUD
        for path, entry in every_option(declared(module).argument_spec())
        if entry.get("choices")
    }
    for operation, definition in used(judge, newest).items():
        for name, schema in properties(newest, body(definition)):
            if schema.get("enum") and not (is_excepted(operation, name) or name in NO_CHOICES):
                assert name.rsplit(".", 1)[-1] in choices, f"{operation}: {name}"


@pytest.mark.parametrize("module", CLOUD)
def test_every_version_can_be_chosen(module: str) -> None:
    assert sorted(declared(module).argument_spec()["api_version"]["choices"]) == list(VERSIONS)
