# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which variables the plays and tasks of a YAML file read, and which they set, found without running them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, meta, nodes

# Keywords and arguments whose value is an expression without braces.
EXPRESSIONS = frozenset({"when", "that", "until", "changed_when", "failed_when", "break_when", "var"})
# Task keywords that define a variable by name, and arguments below which every key is one.
NAMING = frozenset({"register", "loop_var", "index_var", "extended_loop_var"})
SETTING = frozenset({"vars", "set_fact", "ansible.builtin.set_fact"})
MAGIC = frozenset(
    {
        *("item", "omit", "lookup", "query", "q", "now", "undef", "range", "dict", "namespace", "hostvars", "groups"),
        *("group_names", "inventory_hostname", "inventory_dir", "playbook_dir", "role_path", "role_name"),
        *(
            "ansible_check_mode",
            "ansible_diff_mode",
            "ansible_facts",
            "ansible_loop",
            "ansible_limit",
            "ansible_verbosity",
            "ansible_version",
        ),
        *("ansible_play_hosts", "ansible_play_hosts_all", "ansible_play_batch", "ansible_playbook_python"),
        *(
            "ansible_failed_result",
            "ansible_failed_task",
            "ansible_parent_role_names",
            "ansible_play_name",
            "environment",
        ),
    }
)
JINJA = Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])


class _Loader(yaml.SafeLoader):
    """SafeLoader that reads Ansible's own tags as what they stand for."""


_Loader.add_multi_constructor("!", lambda loader, _suffix, node: loader.construct_scalar(node))


@dataclass
class Names:
    """What was found: variables read, variables set, and the environment variables that lookups read."""

    reads: set[str] = field(default_factory=set)
    sets: set[str] = field(default_factory=set)
    environment: set[str] = field(default_factory=set)

    def __or__(self, other: Names) -> Names:
        return Names(self.reads | other.reads, self.sets | other.sets, self.environment | other.environment)

    @property
    def missing(self) -> set[str]:
        """What is read and neither set nor given by Ansible itself."""
        return self.reads - self.sets - MAGIC


def load(path: Path) -> Any:
    return yaml.load(path.read_text(), _Loader)


def of_text(text: str, *, expression: bool = False) -> Names:
    """The names in a template, or in an expression as ``when`` has it."""
    tree = JINJA.parse(f"{{{{ {text} }}}}" if expression else text)
    # Jinja looks whether it knows them; Ansible has many more.
    for kind, known in ((nodes.Filter, JINJA.filters), (nodes.Test, JINJA.tests)):
        for node in tree.find_all(kind):
            known.setdefault(node.name, str)
    return Names(reads=set(meta.find_undeclared_variables(tree)), environment=set(_environment(tree)))


def _environment(tree: nodes.Template) -> Iterator[str]:
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in ("lookup", "query", "q"):
            words = [one.value for one in call.args if isinstance(one, nodes.Const)]
            if words and words[0] in ("env", "ansible.builtin.env"):
                yield from words[1:]


def of_data(value: Any, *, expression: bool = False) -> Names:
    """The names in plays, tasks or variables, however deep."""
    if isinstance(value, str):
        return of_text(value, expression=expression)
    if isinstance(value, list):
        return union(of_data(one, expression=expression) for one in value)
    if not isinstance(value, dict):
        return Names()
    found = Names()
    for key, below in value.items():
        if key in NAMING and isinstance(below, str):
            found.sets.add(below)
        elif key in SETTING and isinstance(below, dict):
            found.sets |= below.keys()
        found |= of_text(str(key)) | of_data(below, expression=key in EXPRESSIONS)
    return found


def of_file(path: Path) -> Names:
    return of_text(path.read_text()) if path.suffix == ".j2" else of_data(load(path))


def union(found: Iterable[Names]) -> Names:
    total = Names()
    for one in found:
        total |= one
    return total


def quoted(markdown: str) -> set[str]:
    """The words between back quotes."""
    return set(re.findall(r"`([^`\n]+)`", markdown))
