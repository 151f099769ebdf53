# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists of content that people read name what is on disk: no more, no less, nothing twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "docs" / "docsite"
# What a table of README.md lists, by the title of its first column.
PLACES = {
    "module": "plugins/modules/*.py",
    "inventory plugin": "plugins/inventory/*.py",
    "lookup": "plugins/lookup/*.py",
    "filter": "plugins/filter/*.py",
    "role": "roles/*",
    "playbook": "playbooks/*.yml",
}
README_ROW = re.compile(r"^\| `crdb\.cloud\.(\w+)` \| (\S.*) \|$")
GUIDE_ROW = re.compile(r"^   \* - (?:``crdb\.cloud\.(\w+)``|:ansplugin:`crdb\.cloud\.(\w+)#role`)$", re.M)


def on_disk(pattern: str) -> list[str]:
    return sorted(path.stem for path in ROOT.glob(pattern))


def in_readme() -> dict[str, list[str]]:
    """The names that the tables of README.md list, by the title of the first column."""
    found: dict[str, list[str]] = {kind: [] for kind in PLACES}
    kind = ""
    for line in (ROOT / "README.md").read_text().splitlines():
        row = README_ROW.match(line)
        if row:
            found[kind].append(row[1])
        elif line.startswith("| ") and line.split(" | ")[0].removeprefix("| ") in PLACES:
            kind = line.split(" | ")[0].removeprefix("| ")
    return found


@pytest.mark.parametrize("kind", PLACES)
def test_readme(kind: str) -> None:
    assert sorted(in_readme()[kind]) == on_disk(PLACES[kind])


def test_modules_stand_in_the_table_of_their_api() -> None:
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]
    cloud = len(groups["cloud"])
    listed = in_readme()["module"]
    assert sorted(listed[:cloud]) == sorted(groups["cloud"])
    assert sorted(listed[cloud:]) == sorted(groups["cluster_api"])


def test_guide_to_playbooks_and_roles() -> None:
    text = (GUIDES / "rst" / "guide_playbooks.rst").read_text()
    found = GUIDE_ROW.findall(text)
    assert sorted(playbook for playbook, _ in found if playbook) == on_disk(PLACES["playbook"])
    assert sorted(role for _, role in found if role) == on_disk(PLACES["role"])


def test_every_guide_is_in_the_index() -> None:
    sections = yaml.safe_load((GUIDES / "extra-docs.yml").read_text())["sections"]
    listed = [page for section in sections for page in section["toctree"]]
    assert sorted(listed) == on_disk("docs/docsite/rst/*.rst")
