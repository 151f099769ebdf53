# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rooms of module_utils: whose code may use whose, as it is drawn in the imports."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "plugins" / "module_utils"
# Each may use what stands below it.
ROOMS = ("_edge", "_report", "_export", "_fleet", "_audit", "_cluster_api", "_reconcile")
ROOMS += ("_nouns", "_cloud_api", "_http", "_base")
FILES = sorted(ROOT.glob("*/*.py"))


def imported(path: Path) -> set[Path]:
    """The files of module_utils that *path* imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
        for name in node.names:
            inner = base / f"{name.name}.py"
            found.add(inner if inner.exists() else base.with_suffix(".py"))
    return found


def test_every_file_has_a_room():
    assert {path.parent.name for path in ROOT.rglob("*.py")} == {*ROOMS}
    assert all((ROOT / room / "__init__.py").exists() for room in ROOMS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_lead_downwards(path):
    for other in imported(path):
        assert ROOMS.index(other.parent.name) >= ROOMS.index(path.parent.name), other


def test_no_circle():
    # static_order raises CycleError where there is one.
    order = list(TopologicalSorter({path: imported(path) for path in FILES}).static_order())
    assert len(order) >= len(FILES) - len(ROOMS)
