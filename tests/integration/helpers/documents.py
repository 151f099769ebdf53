# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples in our documents: README files, the guides of the site, and EXAMPLES of plugins.

A comment before a block, which readers do not see, says what a test does with it beyond reading it:

    .. example: run            in Markdown <!-- example: run -->

* ``run``: run it. A play or tasks are run twice, and the second time must change nothing. A shell block is a script.
* ``run once``: run it only once.
* ``run again``: run it, and no play in it may change anything.
* ``run -i FILE``: run the play with that inventory.
* ``then run``, with any of the words above: it builds on the block that is run before it, in the same test. ``run again`` always does.
* ``NAME.yml``: save it under this name, for the blocks below.
* ``quoted FILE``: these lines stand in that file of the repository.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .runner import CHECKOUT

MARK = re.compile(r"^\s*(?:\.\. example: (?P<rst>.+)|<!-- example: (?P<md>.+) -->)$")
DIRECTIVE = re.compile(r"^(?P<indent>\s*)\.\. code-block:: *(?P<language>\S+)$")
FENCE = re.compile(r"^(?P<indent>\s*)```(?P<language>\w+)$")


@dataclass(frozen=True)
class Example:
    """One block: *language* yaml or shell, *mark* what its comment says."""

    path: str
    line: int
    language: str
    mark: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"

    @property
    def content(self) -> Any:
        return yaml.safe_load(self.text)

    @property
    def is_play(self) -> bool:
        content = self.content
        return isinstance(content, list) and {"hosts", "ansible.builtin.import_playbook"} & set(content[0])

    @property
    def is_tasks(self) -> bool:
        return isinstance(self.content, list) and not self.is_play

    def as_playbook(self) -> str:
        """The text as a playbook: as it stands, or as the tasks of a play on localhost."""
        if self.is_play:
            return self.text
        play = "- name: Example\n  hosts: localhost\n  gather_facts: false\n  tasks:\n"
        return play + textwrap.indent(self.text.removeprefix("---\n"), "    ")


def documents() -> list[Path]:
    """Every page that people read, but for the changelog."""
    found = [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("roles/*/README.md"), *CHECKOUT.glob("docs/docsite/rst/**/*.rst")]
    return sorted(found)


def examples(path: Path) -> list[Example]:
    """The blocks of one document, in order."""
    return list(_blocks(path))


def stories(path: Path) -> list[list[Example]]:
    """What is run of one document: each block with the files that are saved above it and, where it builds on them, the blocks before it."""
    found: list[list[Example]] = []
    saved: list[Example] = []
    for example in examples(path):
        if example.mark.startswith("then run") or example.mark == "run again":
            found[-1] = [*found[-1], *(file for file in saved if file not in found[-1]), example]
        elif example.mark.startswith("run"):
            found.append([*saved, example])
        elif example.mark and not example.mark.startswith("quoted "):
            saved.append(example)
    return found


def _blocks(path: Path) -> Iterator[Example]:
    lines = path.read_text().splitlines()
    name, mark, number = str(path.relative_to(CHECKOUT)), "", 0
    while number < len(lines):
        line = lines[number]
        number += 1
        marked = MARK.match(line)
        opened = FENCE.match(line) if path.suffix == ".md" else DIRECTIVE.match(line)
        if marked:
            mark = marked["rst"] or marked["md"]
        elif opened:
            start, body = number, []
            while number < len(lines) and not _ends(path, lines[number], opened["indent"]):
                body.append(lines[number])
                number += 1
            text = textwrap.dedent(
                "\n".join(line for line in body if not re.match(r"\s*:\w+:", line) or body.index(line))
            )
            language = {"yaml+jinja": "yaml", "bash": "shell"}.get(opened["language"], opened["language"])
            yield Example(name, start, language, mark, text.strip("\n") + "\n")
            mark = ""
        elif line.strip():
            mark = ""


def _ends(path: Path, line: str, indent: str) -> bool:
    if path.suffix == ".md":
        return line.startswith(f"{indent}```")
    return bool(line.strip()) and not line.startswith(f"{indent}   ")


def plugin_examples() -> list[Example]:
    """EXAMPLES of every module, lookup and inventory plugin."""
    found = []
    for path in sorted((CHECKOUT / "plugins").glob("*/*.py")):
        for node in ast.parse(path.read_text()).body:
            if (
                isinstance(node, ast.Assign)
                and getattr(node.targets[0], "id", "") == "EXAMPLES"
                and isinstance(node.value, ast.Constant)
            ):
                name = str(path.relative_to(CHECKOUT))
                found.append(Example(name, node.lineno, "yaml", "", str(node.value.value).strip("\n") + "\n"))
    return found


def tasks_of(content: Any) -> Iterator[tuple[str, Any]]:
    """Every use of a name ``crdb.cloud.something`` as a key, with its value, at any depth."""
    if isinstance(content, dict):
        for key, value in content.items():
            if str(key).startswith("crdb.cloud."):
                yield str(key).removeprefix("crdb.cloud."), value
            else:
                yield from tasks_of(value)
    elif isinstance(content, list):
        for item in content:
            yield from tasks_of(item)


def texts_of_code() -> list[str]:
    """Every string in plugins/, with ... for what is filled in."""
    found = []
    for path in (CHECKOUT / "plugins").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = (str(part.value) if isinstance(part, ast.Constant) else "..." for part in node.values)
                found.append("".join(parts))
    return found


def says(known: str, quoted: str) -> bool:
    """Whether the text *known* of the code can read as *quoted*, a message or a part of one, where ... stands for anything in both."""
    if quoted in known:
        return True
    parts = known.split("...")
    if len(parts) == 1 or not all(part in quoted for part in parts):
        return False
    # A text that is filled in almost all over would read as everything.
    return len("".join(parts)) > 15 and re.fullmatch(".*".join(map(re.escape, parts)), quoted) is not None
