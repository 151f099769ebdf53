# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gates close: in a copy of the checkout one thing is broken at a time, and the test that is there for it fails."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIED = (
    "plugins",
    "meta",
    "tools/module_docs.py",
    "tests/unit/plugins",
    "tests/unit/conftest.py",
    "tests/unit/plugin_fakes.py",
)
FILES = ("tests/unit/tiny_server.py", "galaxy.yml", "pyproject.toml")


@dataclass(frozen=True)
class Mutation:
    """In *path*, what *pattern* matches becomes *by*; the test *gate* in *tests* has to notice."""

    path: str
    pattern: str
    by: str
    tests: str
    gate: str


MODULES, RECONCILER, HTTP = (f"tests/unit/plugins/test_{name}.py" for name in ("modules", "reconciler", "http"))
MUTATIONS = {
    "an option is not documented": Mutation(
        "plugins/modules/sql_user.py",
        r"(?s)  update_password:\n.*?(?=author:)",
        "",
        MODULES,
        "test_the_documentation_says_what_the_code_does[sql_user]",
    ),
    "a module is in no action group": Mutation(
        "meta/runtime.yml", r"    - sql_user\n", "", MODULES, "test_action_groups_are_the_modules_on_disk"
    ),
    "a password is no secret": Mutation(
        "plugins/module_utils/_nouns/sql_user.py",
        r'Field\("password", secret=True\)',
        'Field("password")',
        MODULES,
        "test_secrets_are_no_log",
    ),
    "a key is no secret": Mutation(
        "plugins/module_utils/_cloud_api/client.py",
        r'"no_log": True',
        '"no_log": False',
        MODULES,
        "test_secrets_are_no_log",
    ),
    "check mode applies its plan": Mutation(
        "plugins/module_utils/_reconcile/outcome.py",
        r"predicted if run\.check_mode else apply\(\)",
        "apply()",
        RECONCILER,
        "test_",
    ),
    "check mode may write": Mutation(
        "plugins/module_utils/_http/session.py",
        r"if effect == WRITE and self\.read_only:",
        "if False:",
        HTTP,
        "test_read_only_sends_no_write",
    ),
    "an action shim is missing": Mutation(
        "plugins/action/sql_user.py",
        r'module = "sql_user"',
        'module = "cluster"',
        MODULES,
        "test_every_module_has_its_action",
    ),
    "the version is another": Mutation(
        "galaxy.yml", r"version: .+", "version: 7.7.7", MODULES, "test_the_version_is_that_of_the_collection"
    ),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of its own, with what these tests read."""
    root = tmp_path_factory.mktemp("gates")
    for name in COPIED:
        source = ROOT / name
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root / name)
    for name in FILES:
        shutil.copy(ROOT / name, root / name)
    link = root / ".cache/collections/ansible_collections/crdb/cloud"
    link.parent.mkdir(parents=True)
    link.symlink_to(root)
    return root


@pytest.mark.parametrize("tests", [MODULES, RECONCILER, HTTP])
def test_without_a_mutation_nothing_fails(copy: Path, tests: str) -> None:
    gates = {each.gate.partition("[")[0] for each in MUTATIONS.values() if each.tests == tests}
    assert failures(copy, tests, " or ".join(sorted(gates))) == []


def failures(root: Path, tests: str, chosen: str) -> list[str]:
    """The tests that fail in *root*, of those in the file *tests* whose names contain *chosen*."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COVERAGE_"))}
    environment |= {"ANSIBLE_HOME": str(root / ".ansible"), "PYTHONDONTWRITEBYTECODE": "1"}
    environment["ANSIBLE_COLLECTIONS_PATH"] = str(root / ".cache/collections")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "--tb=no", "-x", tests, "-k", chosen]
    done = subprocess.run(
        command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stdout
    found = re.findall(r"^FAILED [^:]+::(\S+)", done.stdout, re.M)
    assert bool(found) is bool(done.returncode), done.stdout
    return found


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_gate_closes(copy: Path, name: str) -> None:
    mutation = MUTATIONS[name]
    path = copy / mutation.path
    intact = path.read_text(encoding="utf-8")
    broken, number = re.subn(mutation.pattern, mutation.by, intact, count=1)
    assert number == 1, f"{mutation.path} has no {mutation.pattern} any more"
    chosen = mutation.gate.partition("[")[0]
    path.write_text(broken, encoding="utf-8")
    try:
        found = failures(copy, mutation.tests, chosen)
    finally:
        path.write_text(intact, encoding="utf-8")
    assert found and found[0].startswith(mutation.gate), found
