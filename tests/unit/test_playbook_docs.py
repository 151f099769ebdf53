# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every playbook says at its top how it is called and which variables it reads, and says nothing there that is not so."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja_names
import pytest
from role_docs import Role

CHECKOUT = Path(__file__).resolve().parents[2]
PLAYBOOKS = sorted((CHECKOUT / "playbooks").glob("*.yml"))
# "#   quickstart_region   a region of the provider"
LISTED = re.compile(r"^# {3,}([a-z][a-z0-9_]+)  ", re.MULTILINE)
ROLE_KEYS = {"ansible.builtin.import_role": "name", "ansible.builtin.include_role": "name"}


def header_of(text: str) -> str:
    lines = text.removeprefix("---\n").splitlines()
    return "\n".join(itertools.takewhile(lambda line: line.startswith("#"), lines))


def roles_in(value: Any) -> Iterator[str]:
    """The roles that plays use, however deep."""
    if isinstance(value, list):
        for one in value:
            yield from roles_in(one)
    elif isinstance(value, dict):
        for key, below in value.items():
            if key in ROLE_KEYS:
                yield below["name"]
            elif key == "roles":
                yield from (one if isinstance(one, str) else one["role"] for one in below)
            else:
                yield from roles_in(below)


def imported(path: Path) -> list[Path]:
    """The files of tasks that a playbook imports, which read its variables and set some for it."""
    return [path.parent / name for name in re.findall(r"import_tasks: (tasks/\w+\.yml)", path.read_text())]


def problems(path: Path) -> list[str]:
    header, plays = header_of(path.read_text()), jinja_names.load(path)
    names = jinja_names.of_data([plays, *map(jinja_names.load, imported(path))])
    roles = {name: Role(CHECKOUT / "roles" / name.removeprefix("crdb.cloud.")) for name in roles_in(plays)}
    options = {option for role in roles.values() for option in role.options}
    from_roles = {name for role in roles.values() for name in role.names.sets}
    # A variable that a playbook sets for a role is documented with that role.
    inputs = {name for play in plays for name in play.get("vars", {})} - options | (names.missing - from_roles)
    environment = {name for name in names.environment if name.startswith(("CRDB_", "COCKROACH_"))}
    words = set(re.findall(r"\w+", header))

    found = [f"{name} is read, but not in the header" for name in sorted((inputs | environment) - words)]
    unknown = set(LISTED.findall(header)) - inputs - options
    found += [f"{name} is in the header, but nothing reads it" for name in sorted(unknown)]
    found += [f"the header does not name the role {name}" for name in sorted(roles) if name not in header]
    if f"ansible-playbook crdb.cloud.{path.stem}" not in header:
        found.append("the header does not say how to call it")
    return found


def test_playbooks_are_found() -> None:
    assert {"quickstart", "health", "sandbox"} <= {path.stem for path in PLAYBOOKS}


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_header(path: Path) -> None:
    assert problems(path) == []


SAMPLE = """\
---
# A sample.
#
#   ansible-playbook crdb.cloud.sample
#
# Variables, and those of the role crdb.cloud.sandbox:
#   sample_one          the first
#   sandbox_cloud_port  the port
- name: Sample
  hosts: localhost
  vars:
    sample_one: 1
  tasks:
    - name: Use a role
      ansible.builtin.import_role:
        name: crdb.cloud.sandbox
    - name: Show
      ansible.builtin.debug:
        msg: "{{ sample_one }} {{ sandbox_api_url }}"
"""
CHANGES = {
    "nothing": ("", "", []),
    "a play variable": ("    sample_one: 1\n", "    sample_one: 1\n    sample_two: 2\n", ["sample_two is read"]),
    "a variable in a task": ("{{ sample_one }}", "{{ sample_one }} {{ sample_more }}", ["sample_more is read"]),
    "a condition": ("    - name: Show\n", "    - name: Show\n      when: sample_more\n", ["sample_more is read"]),
    "a secret": ("{{ sample_one }}", "{{ sample_one }} {{ lookup('env', 'CRDB_X') }}", ["CRDB_X is read"]),
    "a renamed one": ("#   sample_one ", "#   sample_old ", ["sample_one is read", "sample_old is in the header"]),
    "the role": ("the role crdb.cloud.sandbox", "the role", ["the header does not name the role crdb.cloud.sandbox"]),
    "the call": ("ansible-playbook crdb.cloud.sample", "it", ["the header does not say how to call it"]),
}


@pytest.mark.parametrize(("old", "new", "found"), CHANGES.values(), ids=CHANGES)
def test_what_is_missing_is_found(tmp_path: Path, old: str, new: str, found: list[str]) -> None:
    assert old in SAMPLE
    (tmp_path / "sample.yml").write_text(SAMPLE.replace(old, new, 1))
    said = problems(tmp_path / "sample.yml")
    assert len(said) == len(found)
    assert all(text.startswith(start) for text, start in zip(said, found, strict=True)), said
