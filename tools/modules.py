# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""make modules: write what follows from the declarations of nouns and modules into the files that people and tools read.

    PYTHONPATH=.cache/collections python tools/modules.py [--check]

Of the modules of a noun: DOCUMENTATION, RETURN and the code, where that is nothing but the noun. By hand stay EXAMPLES,
``short_description``, ``description``, ``seealso``, the samples, and the text of each option whose declaration has none. Of
all modules: the options that nouns declare, what ``plan`` and ``error`` return, the action plugin, the action group, and
the row in README.md. A module that is not there yet is begun. With --check nothing is written, and what differs is named.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from module_docs import Problem, documentation, dump, load, returned

from ansible_collections.crdb.cloud.plugins.module_utils._edge.infos import noun_info
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import (
    CLOUD,
    CLUSTER_API,
    NONE,
    Module,
    noun_module,
)
from ansible_collections.crdb.cloud.plugins.module_utils._nouns import registry
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.noun import Noun

ROOT = Path(__file__).resolve().parents[1]
COMMAND = "make modules"
PACKAGE = "ansible_collections.crdb.cloud.plugins"
HEADER = """\
# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

"""
SHIM = (
    HEADER
    + """\
from ansible_collections.crdb.cloud.plugins.plugin_utils._direct import DirectAction


class ActionModule(DirectAction):
    module = "{name}"
"""
)
FILE = '''\
#!/usr/bin/python

{header}DOCUMENTATION = r"""
---
{docs}"""

EXAMPLES = r"""
{examples}"""

RETURN = r"""
---
{returns}"""

{code}'''
PARTS = re.compile(
    re.escape(FILE).replace(r"\{header\}", re.escape(HEADER)).replace(r"\{", "(?P<").replace(r"\}", r">(?s:.*?))")
    + r"\Z"
)
MAIN = """

def main():
    MODULE.main()


if __name__ == "__main__":
    main()
"""
MAKERS = {"noun_module": "module", "noun_info": "infos"}
CALL = re.compile(r"^MODULE = (noun_module|noun_info)\(\s*(\w+)(\)$)?", re.M)


def homes() -> dict[str, tuple[str, str]]:
    """Where each noun is declared: the file of _nouns/ and the name of the constant, by the name of the noun."""
    found = {}
    for node in ast.parse(Path(str(registry.__file__)).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            for alias in node.names:
                value = getattr(registry, alias.name)
                if isinstance(value, Noun):
                    found[value.name] = (str(node.module), alias.name)
    return found


def importing(module: str, *names: str) -> str:
    line = f"from {PACKAGE}.module_utils.{module} import {', '.join(names)}\n"
    if len(line) <= 121:
        return line
    return f"from {PACKAGE}.module_utils.{module} import (\n" + "".join(f"    {name},\n" for name in names) + ")\n"


@dataclass
class ModuleFile:
    """A file of plugins/modules: *text* is what it is now, "" where it is not there yet."""

    name: str
    text: str

    @cached_property
    def parts(self) -> Mapping[str, str]:
        if not self.text:
            return dict.fromkeys(("docs", "examples", "returns", "code"), "")
        found = PARTS.match(self.text)
        if not found:
            raise Problem("it is not DOCUMENTATION, EXAMPLES, RETURN and code, one after the other")
        return found.groupdict()

    @cached_property
    def call(self) -> re.Match[str] | None:
        """How the module is made, where it is made of a noun."""
        return CALL.search(self.parts["code"])

    @cached_property
    def noun(self) -> Noun | None:
        if not self.text:
            return registry.NOUNS[self.name.removesuffix("_info")]
        return next(
            (
                registry.NOUNS[name]
                for name, (_file, constant) in homes().items()
                if self.call and constant == self.call[2]
            ),
            None,
        )

    @property
    def reads(self) -> bool:
        return self.name.endswith("_info")

    @cached_property
    def module(self) -> Module:
        if self.text:
            found: Module = importlib.import_module(f"{PACKAGE}.modules.{self.name}").MODULE
            return found
        assert self.noun
        return noun_info(self.noun) if self.reads else noun_module(self.noun)

    def code(self) -> str:
        regular = not self.text or (self.call and self.call[3])
        if not regular or not self.noun:
            return self.parts["code"]
        maker = "noun_info" if self.reads else "noun_module"
        file, constant = homes()[self.noun.name]
        imports = importing(f"_edge.{MAKERS[maker]}", maker) + importing(f"_nouns.{file}", constant)
        return f"{imports}\nMODULE = {maker}({constant})\n{MAIN}"

    def examples(self, docs: str) -> str:
        if self.text:
            return self.parts["examples"]
        required = {option.name: f"the-{option.name}" for option in self.module.options if option.required}
        name = load(docs)["short_description"]
        return f"---\n{dump([{'name': name, f'crdb.cloud.{self.name}': required}])}"

    def wanted(self, version: str) -> str:
        """What the file has to be."""
        docs = documentation(self.module, self.parts["docs"], self.noun, version, reads=self.reads)
        returns = returned(self.module, self.parts["returns"], self.noun, reads=self.reads)
        return FILE.format(header=HEADER, docs=docs, examples=self.examples(docs), returns=returns, code=self.code())


def module_files(directory: Path) -> list[ModuleFile]:
    """All modules, and those that nouns have to have."""
    there = {
        path.stem: ModuleFile(path.stem, path.read_text(encoding="utf-8")) for path in sorted(directory.glob("*.py"))
    }
    there.pop("__init__", None)
    read = {file.noun.name for file in there.values() if file.reads and file.noun}
    for noun in (noun for noun in registry.NOUNS.values() if not noun.referred):
        names = [noun.name] if noun.creates or noun.updates or noun.deletes else []
        names += [] if noun.name in read else [f"{noun.name}_info"]
        for name in names:
            there.setdefault(name, ModuleFile(name, ""))
    return sorted(there.values(), key=lambda file: file.name)


# --- what lists modules ----------------------------------------------------------------------------------------------


def runtime(text: str, files: Iterable[ModuleFile]) -> str:
    groups: dict[str, list[str]] = {}
    for file in (file for file in files if file.module.connection != NONE):
        groups.setdefault(file.module.connection, []).append(file.name)
    return text[: text.index("action_groups:")] + dump({"action_groups": dict(sorted(groups.items()))})


ROW = re.compile(r"^\| `crdb\.cloud\.(\w+)` \| .* \|\n", re.M)


def readme(text: str, short: Mapping[str, tuple[str, str]]) -> str:
    """README with a row for each module: *short* has connection and short description of them by name."""
    heading = "| module | what it does |\n|---|---|\n"
    before, *tables = text.split(heading)
    used = {connection for connection, _text in short.values()}
    if len(tables) != len(used):
        raise Problem("it needs a table of modules for each of the two APIs, and one for those that use none")
    made = [before]
    for connection, table in zip((each for each in (CLOUD, CLUSTER_API, NONE) if each in used), tables, strict=True):
        rows = re.match(r"(\|.*\n)*", table)
        assert rows
        mine = {name: said for name, (of, said) in short.items() if of == connection}
        order = [name for name in ROW.findall(rows[0]) if name in mine]
        for name in mine:
            if name not in order:
                sibling = name.removesuffix("_info")
                order.insert(order.index(sibling) + 1 if sibling in order else _managing(order), name)
        made.append(
            "".join(f"| `crdb.cloud.{name}` | {_lowered(mine[name])} |\n" for name in order) + table[rows.end() :]
        )
    return heading.join(made)


def _managing(order: list[str]) -> int:
    """Where the modules that manage something end."""
    return next((number for number, name in enumerate(order) if name.endswith("_info")), len(order))


def _lowered(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


# --- files -----------------------------------------------------------------------------------------------------------


def wanted(root: Path) -> Iterator[tuple[Path, str | None, str]]:
    """The files below *root* that are written: what each has to be, None where that can't be said, and why not."""
    files = module_files(root / "plugins" / "modules")
    version = load((root / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    short: dict[str, tuple[str, str]] = {}
    for file in files:
        path = root / "plugins" / "modules" / f"{file.name}.py"
        try:
            text = file.wanted(version)
            docs: dict[str, Any] = load(text.split('"""', 2)[1])
        except Problem as problem:
            yield path, None, str(problem)
            continue
        short[file.name] = (file.module.connection, docs["short_description"])
        yield path, text, ""
        path = root / "plugins" / "action" / f"{file.name}.py"
        if not path.exists() or "DirectAction" in path.read_text(encoding="utf-8"):
            yield path, SHIM.format(name=file.name), ""
    path = root / "meta" / "runtime.yml"
    yield path, runtime(path.read_text(encoding="utf-8"), files), ""
    path = root / "README.md"
    try:
        yield path, readme(path.read_text(encoding="utf-8"), short), ""
    except Problem as problem:
        yield path, None, str(problem)


def differences(root: Path) -> Iterator[tuple[Path, str | None, str]]:
    """The files that are not what they have to be: each with its text, or None and what is wrong."""
    for path, text, problem in wanted(root):
        if text is None or not path.exists() or path.read_text(encoding="utf-8") != text:
            yield path, text, problem or f"it is not what the declarations say; write it anew with {COMMAND}"
    known = {file.name for file in module_files(root / "plugins" / "modules")}
    for path in sorted((root / "plugins" / "action").glob("*.py")):
        if path.stem not in known:
            yield path, None, "there is no such module; delete it"


def main(arguments: list[str]) -> int:
    failed = 0
    for path, text, problem in [*differences(ROOT)]:
        name = path.relative_to(ROOT)
        if text is None or "--check" in arguments:
            failed += 1
            print(f"{name}: {problem}", file=sys.stderr)
            continue
        print(f"{name}: {'written' if path.exists() else 'new; look at its texts, and write its EXAMPLES'}")
        path.write_text(text, encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
