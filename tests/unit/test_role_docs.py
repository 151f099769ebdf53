# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a role's README, defaults and argument specification say of its variables is the same, and all of it is true."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from role_docs import Role

ROLES = sorted(path for path in (Path(__file__).resolve().parents[2] / "roles").iterdir() if path.is_dir())


def test_roles_are_found() -> None:
    assert {"health", "sandbox"} <= {path.name for path in ROLES}


@pytest.mark.parametrize("path", ROLES, ids=lambda path: path.name)
def test_variables(path: Path) -> None:
    assert Role(path).problems() == []


@pytest.mark.parametrize("path", ROLES, ids=lambda path: path.name)
def test_readme_is_complete(path: Path) -> None:
    readme = (path / "README.md").read_text()
    assert readme.startswith(f"# crdb.cloud.{path.name}\n")
    assert f"crdb.cloud.{path.name}" in readme.split("```yaml", 1)[1], "no example"


CHANGES = {
    "an option without README and default": (
        "meta/argument_specs.yml",
        "      health_min_nodes:\n",
        "      health_extra:\n        description: Extra.\n        type: int\n      health_min_nodes:\n",
        ["health_extra is missing in README.md", "health_extra is never read"],
    ),
    "another default": (
        "defaults/main.yml",
        "health_min_nodes: 1",
        "health_min_nodes: 2",
        ["the default of health_min_nodes is 2, and in meta/argument_specs.yml 1"],
    ),
    "a default of another type": (
        "defaults/main.yml",
        "health_min_nodes: 1",
        "health_min_nodes: true",
        ["the default of health_min_nodes is True, and in meta/argument_specs.yml 1"],
    ),
    "another default in README.md": (
        "README.md",
        "| `health_min_nodes` | `1` |",
        "| `health_min_nodes` | `3` |",
        ["README.md has the default `3` for health_min_nodes, not `1`"],
    ),
    "a variable that nobody documents": (
        "tasks/restart.yml",
        "that: health_restart.restart_safe",
        "that: health_restart.restart_safe or health_forced | bool",
        ["health_forced is read, but neither set nor documented"],
    ),
    "a variable of another prefix": (
        "tasks/restart.yml",
        "register: health_restart",
        "register: restart",
        [
            "health_restart is read, but neither set nor documented",
            "restart is set, and does not start with health_",
        ],
    ),
    "a key from an environment variable": (
        "tasks/restart.yml",
        "that: health_restart.restart_safe",
        "that: lookup('ansible.builtin.env', 'CRDB_SECRET') and health_restart.restart_safe",
        ["CRDB_SECRET is read from the environment, but not documented"],
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "found"), CHANGES.values(), ids=CHANGES)
def test_what_differs_is_found(tmp_path: Path, file: str, old: str, new: str, found: list[str]) -> None:
    health = next(path for path in ROLES if path.name == "health")
    copy = Path(shutil.copytree(health, tmp_path / "health"))
    text = (copy / file).read_text()
    assert text.count(old) == 1
    (copy / file).write_text(text.replace(old, new))
    assert Role(copy).problems() == sorted(found)
