# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that follow from declarations are what make modules writes, and it writes what the declarations say."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path
from typing import Any

import modules
import pytest
import yaml
from module_docs import Problem, documentation, returned

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import noun_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns import registry
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.field import Field
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.lifecycle import Lifecycle
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.noun import Noun

ROOT = Path(__file__).parents[2]
COPIED = ("plugins/modules", "plugins/action", "meta", "README.md", "galaxy.yml")
WIDGET = Noun(
    "widget",
    "clusters/{cluster}/widgets/{id}",
    rows="widgets",
    plural="widgets",
    key=(Field("name", required=True, text="Name of the widget. Any will do."),),
    fields=(
        Field(
            "size", type="int", api="spec.size", text="How large it is, unlike O(name).", immutable="Make another one"
        ),
        Field("folder", api="folder_id", ref="cluster", text="Where it is."),
        Field("colour", choices=("RED", "BLUE"), choices_since={"BLUE": "2024-09-16"}, text="Its colour."),
        Field("pin", secret=True, since="2024-09-16", text="What opens it."),
    ),
    shows={"spec.weight": ("int", "What it weighs.")},
    lifecycle=Lifecycle(making=("NEW",), settled=("DONE",), failed=("BROKEN",)),
    reveals="key",
    since="2023-04-10",
    requires={"plan": ("ADVANCED",)},
    roles="CLUSTER_ADMIN",
)


wanted = modules.ModuleFile.wanted


@functools.cache
def made(name: str, text: str, version: str) -> str:
    """What the file of that text has to be. Each test looks at a hundred files, of which it has changed one."""
    return wanted(modules.ModuleFile(name, text), version)


@pytest.fixture(autouse=True)
def _made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules.ModuleFile, "wanted", lambda file, version: made(file.name, file.text, version))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in COPIED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    return tmp_path


def named(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): problem for path, _text, problem in modules.differences(root)}


def test_each_file_is_what_the_declarations_say() -> None:
    assert named(ROOT) == {}, "run make modules"


BROKEN = {
    "a choice": ("plugins/modules/sql_user.py", "choices: [on_create, always]", "choices: [on_create, never]"),
    "a text": ("plugins/modules/fleet.py", "Regions of a Basic or Standard cluster", "Regions of a cluster"),
    "a return value": ("plugins/modules/database.py", "Number of tables in it", "Number of rows in it"),
    "an error": ("plugins/modules/cluster_api_query.py", "SQLSTATE of a failed statement", "Code of the API"),
    "a fragment": ("plugins/modules/spend_limit.py", "  - crdb.cloud.wait\n", ""),
    "the code": ("plugins/modules/sql_user.py", "    MODULE.main()", "    pass"),
    "an action plugin": ("plugins/action/cluster.py", 'module = "cluster"', 'module = "fleet"'),
    "an action group": ("meta/runtime.yml", "    - fleet\n", ""),
    "a row of README.md": ("README.md", "create, rename and delete databases", "databases"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_differs_is_named_and_mended(checkout: Path, what: str) -> None:
    name, text, by = BROKEN[what]
    path = checkout / name
    before = path.read_text()
    assert text in before
    path.write_text(before.replace(text, by, 1))
    assert named(checkout) == {name: f"it is not what the declarations say; write it anew with {modules.COMMAND}"}
    for file, wanted, _problem in [*modules.differences(checkout)]:
        file.write_text(str(wanted))
    assert path.read_text() == before


BY_HAND = {
    "EXAMPLES": ("- name: Rotate the password\n", "- name: Another one\n"),
    "prose": ("Take that away by SQL", "Take it away by SQL"),
    "a sample": ("sample: {name: app}", "sample: {name: application}"),
    "an entry of RETURN": ("of the one that would be.", "of the other one."),
}


@pytest.mark.parametrize("what", BY_HAND)
def test_what_is_written_by_hand_stays(checkout: Path, what: str) -> None:
    text, by = BY_HAND[what]
    path = checkout / "plugins/modules/sql_user.py"
    assert text in path.read_text()
    path.write_text(path.read_text().replace(text, by))
    assert named(checkout) == {}


def test_what_can_not_be_written_is_said(checkout: Path) -> None:
    (checkout / "plugins/action/gone.py").write_text("")
    (checkout / "plugins/modules/cluster.py").write_text("MODULE = None\n")
    found = named(checkout)
    assert found["plugins/action/gone.py"] == "there is no such module; delete it"
    assert found["plugins/modules/cluster.py"].startswith("it is not DOCUMENTATION, EXAMPLES")


def test_a_module_that_is_not_there_is_begun(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.NOUNS, "widget", WIDGET)
    homes = modules.homes()
    monkeypatch.setattr(modules, "homes", lambda: {**homes, "widget": ("gadgets", "WIDGET")})
    written = {str(path.relative_to(checkout)): str(text) for path, text, _problem in modules.differences(checkout)}
    assert set(written) == {
        *(f"plugins/{kind}/widget{info}.py" for kind in ("modules", "action") for info in ("", "_info")),
        "meta/runtime.yml",
        "README.md",
    }
    for path, text in written.items():
        (checkout / path).write_text(text)
    module = written["plugins/modules/widget.py"]
    assert "_nouns.gadgets import WIDGET\n\nMODULE = noun_module(WIDGET)\n" in module
    assert yaml.safe_load(module.split('"""')[3]) == [
        {"name": "Manage widgets", "crdb.cloud.widget": {"cluster": "the-cluster", "name": "the-name"}}
    ]
    assert "MODULE = noun_info(WIDGET)\n" in written["plugins/modules/widget_info.py"]
    assert "\n    - widget\n    - widget_info\n" in written["meta/runtime.yml"]
    rows = "| `crdb.cloud.widget` | manage widgets |\n| `crdb.cloud.widget_info` | list widgets |\n"
    before, after = written["README.md"].split(rows)
    assert "`crdb.cloud.allowlist_entry`" in before and "`crdb.cloud.organization_info`" in after


def test_the_options_say_what_follows_from_the_declaration() -> None:
    found = docs_of(WIDGET)
    assert found["description"] == [
        "Manages one widget of a cluster.",
        "Needs O(api_version=2023-04-10) or newer.",
        "Only for clusters with the plan V(ADVANCED).",
        "Waits for a cluster that is still being created.",
        "Needs the role C(CLUSTER_ADMIN).",
    ]
    options = found["options"]
    assert list(options) == ["id", "name", "size", "folder", "colour", "pin"]
    assert options["name"] == {"description": ["Name of the widget. Any will do."], "type": "str", "required": True}
    assert options["size"]["description"] == ["How large it is, unlike O(name).", "Can't be changed."]
    assert options["folder"]["description"][1] == "Name or id; an id saves the request that looks it up."
    assert options["colour"]["description"][1] == "V(BLUE) needs O(api_version=2024-09-16) or newer."
    assert options["pin"]["description"][1] == "Needs O(api_version=2024-09-16) or newer."
    assert [name.removeprefix("crdb.cloud.") for name in found["extends_documentation_fragment"]] == [
        "attributes",
        "attributes.actiongroup_cloud",
        "child",
        "child.state",
        "wait",
        "cloud",
    ]


def test_the_result_says_what_follows_from_the_declaration() -> None:
    found = yaml.safe_load(returned(noun_module(WIDGET), "", WIDGET, reads=False))
    assert list(found) == ["widget", "key", "plan", "error"]
    assert "Told once" in found["key"]["description"]
    shown = found["widget"]["contains"]
    assert list(shown) == ["id", "name", "spec", "folder_id", "colour", "state"], "a secret is not shown"
    assert shown["name"]["description"] == "Name of the widget."
    assert shown["spec"]["contains"]["size"]["description"] == "How large it is, unlike C(name)."
    assert shown["spec"]["contains"]["weight"] == {
        "description": "What it weighs.",
        "type": "int",
        "returned": "always",
    }
    assert shown["state"]["description"] == "Its state: V(NEW), V(DONE), V(BROKEN)."


def test_an_option_without_a_text_is_named() -> None:
    with pytest.raises(Problem, match="the option size has no text"):
        docs_of(
            Noun(
                "widget", "widgets/{name}", rows="widgets", key=(Field("name", text="Name."),), fields=(Field("size"),)
            )
        )


def docs_of(noun: Noun) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(documentation(noun_module(noun), "", noun, "1.0.0", reads=False))
    return found
