# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What README and the documentation list is what there is, in both directions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCSITE = ROOT / "docs" / "docsite"
SOURCES = {
    "module": "plugins/modules/*.py",
    "inventory plugin": "plugins/inventory/*.py",
    "lookup": "plugins/lookup/*.py",
    "filter": "plugins/filter/*.py",
    "role": "roles/*/",
    "playbook": "playbooks/*.yml",
}


def tables(text: str) -> dict[str, list[str]]:
    """The names in the first columns of the tables of a README, by the heading of that column."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in text.splitlines():
        cell = line.split("|")[1].strip() if line.startswith("|") else ""
        name = re.fullmatch(r"\[?`crdb\.cloud\.(\w+)`(\]\(.+\))?", cell)
        if name:
            found.setdefault(heading, []).append(name.group(1))
        elif cell and set(cell) - set("-: "):
            heading = cell.lower()
    return found


@pytest.mark.parametrize("kind", SOURCES)
def test_the_readme_lists_what_there_is(kind: str) -> None:
    listed = tables((ROOT / "README.md").read_text(encoding="utf-8")).get(kind, [])
    there = {path.stem for path in ROOT.glob(SOURCES[kind]) if not path.name.startswith("_")}
    assert sorted(listed) == sorted(there), "README.md and the checkout differ"


def test_the_index_of_the_documentation_lists_every_page() -> None:
    index = yaml.safe_load((DOCSITE / "extra-docs.yml").read_text(encoding="utf-8"))
    listed = [page for section in index["sections"] for page in section["toctree"]]
    assert sorted(listed) == sorted(path.stem for path in (DOCSITE / "rst").glob("*.rst"))


def test_the_readme_keeps_the_two_apis_apart() -> None:
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    listed = tables((ROOT / "README.md").read_text(encoding="utf-8"))["module"]
    cloud, both = len(groups["cloud"]), len(groups["cloud"]) + len(groups["cluster_api"])
    assert sorted(listed[:cloud]) == sorted(groups["cloud"])
    # What is behind them uses neither.
    assert sorted(listed[cloud:both]) == sorted(groups["cluster_api"])


def test_the_guide_lists_every_playbook_and_role() -> None:
    text = (DOCSITE / "rst" / "guide_playbooks.rst").read_text(encoding="utf-8")
    for kind, row in (("playbook", r"``crdb\.cloud\.(\w+)``"), ("role", r":ansplugin:`crdb\.cloud\.(\w+)#role`")):
        listed = re.findall(rf"^   \* - {row}$", text, re.M)
        assert sorted(listed) == sorted(path.stem for path in ROOT.glob(SOURCES[kind])), kind


def test_the_quick_start_ends_with_a_closed_cluster() -> None:
    """A new cluster is open to everybody, which README says, and its playbook makes one that is not."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    said, example = text.split("## Quick start", 1)[1].split("<!-- example: first.yml -->", 1)
    assert "0.0.0.0/0" in said
    first = yaml.safe_load(example.split("```yaml", 1)[1].split("```", 1)[0])
    quickstart = yaml.safe_load((ROOT / "playbooks" / "quickstart.yml").read_text(encoding="utf-8"))
    for play in (*first, *quickstart):
        tasks = [one for task in play["tasks"] for one in task.get("block", [task])]
        (made, *_deleted) = [task["crdb.cloud.cluster"] for task in tasks if "crdb.cloud.cluster" in task]
        assert made["with_empty_ip_allowlist"] is True
        assert any("crdb.cloud.allowlist_entry" in task for task in tasks)


def test_the_readme_names_the_ways_to_get_the_collection_and_a_sandbox() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for part in ("make sandbox", "ANSIBLE_COLLECTIONS_PATH", "ansible-galaxy collection install git+https://"):
        assert part in text
