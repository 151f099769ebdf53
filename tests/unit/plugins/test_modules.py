# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules promise: documentation and code say the same, and nothing is missing beside them."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest
from module_docs import load

from ansible_collections.crdb.cloud.plugins.module_utils._base.env import env_fallback
from ansible_collections.crdb.cloud.plugins.module_utils._base.version import VERSION
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import NONE, Module

ROOT = Path(__file__).parents[3]
PLUGINS = ROOT / "plugins"
PACKAGE = "ansible_collections.crdb.cloud.plugins"
MODULES = sorted(path.stem for path in (PLUGINS / "modules").glob("*.py") if path.stem != "__init__")
# ansible-test wants __init__.py files to be empty.
PYTHON = sorted(path for path in PLUGINS.rglob("*.py") if path.stem != "__init__" or path.stat().st_size)
HEADER = [
    "# Copyright: (c) 2026, crdb.cloud contributors",
    "# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)",
    "# SPDX-License-Identifier: GPL-3.0-or-later",
]
KINDS = {"type": "str", "default": None, "choices": None, "elements": None, "required": False, "aliases": []}
SECRETS = {"api_key", "api_jwt", "password", "cluster_api_session", "cluster_api_password"}


def declared(name):
    return importlib.import_module(f"{PACKAGE}.modules.{name}")


def merged(documentation):
    """The options of a documentation with those of its fragments, as ansible-core merges them."""
    found = load(documentation)
    options = {}
    for fragment in found.get("extends_documentation_fragment", []):
        name, _dot, variable = fragment.removeprefix("crdb.cloud.").partition(".")
        holder = importlib.import_module(f"{PACKAGE}.doc_fragments.{name}").ModuleDocFragment
        options.update(load(getattr(holder, (variable or "documentation").upper())).get("options") or {})
    return {**options, **(found.get("options") or {})}


def facts(entry, inner):
    """What can be compared of an option, whether from a spec or from a documentation."""
    found = {name: entry.get(name, default) for name, default in KINDS.items()}
    found["choices"] = list(found["choices"]) if found["choices"] else None
    found["suboptions"] = {name: facts(sub, inner) for name, sub in (entry.get(inner) or {}).items()}
    return found


def flat(tasks):
    for task in tasks:
        yield task
        yield from flat(task.get("block", []))


def all_options(spec, prefix=""):
    for name, entry in spec.items():
        yield prefix + name, entry
        yield from all_options(entry.get("options") or {}, f"{prefix}{name}.")


@pytest.mark.parametrize("name", MODULES)
def test_the_documentation_says_what_the_code_does(name):
    module = declared(name)
    spec = module.MODULE.argument_spec()
    documented = merged(module.DOCUMENTATION)
    assert set(documented) == set(spec)
    for option, entry in spec.items():
        assert facts(entry, "options") == facts(documented[option], "suboptions"), option
        assert documented[option].get("description"), option


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_what_its_file_says(name):
    module = declared(name)
    documentation = load(module.DOCUMENTATION)
    assert module.MODULE.name == documentation["module"] == name
    assert documentation["short_description"][-1] != "." and documentation["version_added"]
    examples = load(module.EXAMPLES)
    options = set(module.MODULE.argument_spec())
    used = [task[f"crdb.cloud.{name}"] or {} for task in flat(examples) if f"crdb.cloud.{name}" in task]
    assert used and all(set(task) <= options for task in used)
    returned = load(module.RETURN)
    assert all(entry.get("description") and entry.get("type") and entry.get("returned") for entry in returned.values())
    assert ("error" in returned) == (module.MODULE.connection != NONE)
    # Names that ansible-core gives a meaning of its own.
    assert not {"failed", "skipped", "unreachable", "exception", "warnings", "deprecations"} & set(returned)
    if module.MODULE.waits:
        assert "plan" in returned


@pytest.mark.parametrize("name", MODULES)
def test_secrets_are_no_log(name):
    for option, entry in all_options(declared(name).MODULE.argument_spec()):
        last = option.rsplit(".", 1)[-1]
        if last in SECRETS:
            assert entry.get("no_log") is True, option
        elif re.search("password|passwd|secret|token|jwt|key|session", last):
            assert entry.get("no_log") is not None, f"{option} sounds like a secret: say whether it is one"


@pytest.mark.parametrize("name", MODULES)
def test_environment_variables_are_documented(name):
    module = declared(name)
    documented = merged(module.DOCUMENTATION)
    for option, entry in module.MODULE.argument_spec().items():
        text = " ".join(map(str, documented[option]["description"]))
        function, variables = entry.get("fallback", (env_fallback, []))
        assert function is env_fallback and set(re.findall(r"E\(([A-Z_]+)\)", text)) == set(variables), option


@pytest.mark.parametrize("name", MODULES)
def test_check_mode_is_no_business_of_a_module(name):
    below = code_below_the_docs(name)
    assert "check_mode" not in below and "supports_check_mode" not in below


def test_check_mode_is_decided_in_few_places():
    # The edge hands it on, the engine decides; a noun or a client that asks is a mistake. Only the reader is asked, for what an
    # earlier task of the same check mode may have made.
    pure = [*(PLUGINS / "module_utils" / "_nouns").glob("*.py"), *(PLUGINS / "modules").glob("*.py")]
    pure += [
        PLUGINS / "module_utils" / f"{name}.py" for name in ("_http/session", "_reconcile/wait", "_reconcile/listings")
    ]
    for path in pure:
        asked = {
            ast.unparse(node.value)
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute) and node.attr == "check_mode"
        }
        assert asked <= {"reader"}, path.name


def code_below_the_docs(name):
    tree = ast.parse(text := (PLUGINS / "modules" / f"{name}.py").read_text())
    docs = [
        node.end_lineno
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id in ("DOCUMENTATION", "EXAMPLES", "RETURN")
    ]
    return "\n".join(text.splitlines()[max(docs) :]).strip()


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_data(name):
    lines = len(code_below_the_docs(name).splitlines())
    assert lines <= (26 if name.endswith("_info") else 150 if name == "cluster" else 60)


@pytest.mark.parametrize("name", MODULES)
def test_every_module_has_its_action(name):
    action = importlib.import_module(f"{PACKAGE}.action.{name}").ActionModule
    assert action.module == name
    code = [line for line in (PLUGINS / "action" / f"{name}.py").read_text().splitlines() if line and line[0] != "#"]
    assert len(code) == 4, "a shim only names its module"


def test_there_is_no_action_without_a_module():
    assert sorted(path.stem for path in (PLUGINS / "action").glob("*.py")) == MODULES


def test_action_groups_are_the_modules_on_disk():
    groups = load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]
    expected = {}
    for name in MODULES:
        expected.setdefault(declared(name).MODULE.connection, []).append(name)
    # A default for a connection would be an unknown option there.
    expected.pop(NONE, None)
    assert {group: sorted(names) for group, names in groups.items()} == expected
    for group, names in expected.items():
        fragment = f"crdb.cloud.attributes.actiongroup_{group}"
        for name in names:
            assert fragment in load(declared(name).DOCUMENTATION)["extends_documentation_fragment"], name


def test_a_module_without_a_connection_has_no_options_for_one():
    module = Module("x", (), lambda run: {"changed": False, "api": run.api}, connection=NONE)
    assert module.argument_spec() == {}
    result = module.execute(
        {}, check_mode=True, diff=False, warn=print, open_session=lambda: module.open({}, check_mode=True, agent="test")
    )
    assert result == {"changed": False, "api": None}


def test_the_version_is_that_of_the_collection():
    assert load((ROOT / "galaxy.yml").read_text())["version"] == VERSION


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(PLUGINS)))
def test_every_file_carries_the_licence(path):
    lines = path.read_text().splitlines()
    if lines[:1] == ["#!/usr/bin/python"]:
        lines = lines[2:]
    assert lines[:3] == HEADER
    assert "from __future__ import annotations" in lines


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(PLUGINS)))
def test_shared_code_is_marked_private(path):
    if path.parent.name in ("module_utils", "plugin_utils"):
        assert path.name.startswith("_")
    elif path.parent.parent.name == "module_utils":
        assert path.parent.name.startswith("_")
