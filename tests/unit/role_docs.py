# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A role's variables as its four places have them: meta/argument_specs.yml, defaults, README.md, and its tasks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja_names

PYTHON_TYPES: dict[str, Any] = {
    "str": str,
    "path": str,
    "int": int,
    "float": (int, float),
    "bool": bool,
    "list": list,
    "dict": dict,
    "raw": object,
}
ROW = re.compile(r"^\| *`(\w+)` *\| *(.*?) *\| *(.*?) *\|$", re.MULTILINE)
TASKS = ("tasks/**/*.yml", "handlers/**/*.yml", "defaults/**/*.yml", "vars/**/*.yml", "templates/**/*.j2")


class Role:
    def __init__(self, path: Path) -> None:
        self.path = path
        specs = jinja_names.load(path / "meta" / "argument_specs.yml")["argument_specs"]
        self.options: dict[str, dict[str, Any]] = specs["main"].get("options", {})
        self.described: dict[str, dict[str, Any]] = specs
        defaults = path / "defaults" / "main.yml"
        self.defaults: dict[str, Any] = (jinja_names.load(defaults) or {}) if defaults.exists() else {}
        self.readme = (path / "README.md").read_text()
        self.names = jinja_names.union(jinja_names.of_file(file) for pattern in TASKS for file in path.glob(pattern))
        for file in path.glob("vars/**/*.yml"):
            self.names.sets |= (jinja_names.load(file) or {}).keys()

    def rows(self) -> dict[str, tuple[str, str]]:
        """The table of variables in README.md: default and text by name."""
        return {name: (default, text) for name, default, text in ROW.findall(self.readme)}

    def problems(self) -> list[str]:
        return sorted([*self._about_options(), *self._about_defaults(), *self._about_readme(), *self._about_tasks()])

    def _about_options(self) -> Iterator[str]:
        for entry, spec in self.described.items():
            if not spec.get("short_description") or not spec.get("description") or not spec.get("author"):
                yield f"{entry} lacks short_description, description or author"
        for name, option in _nested(self.options):
            if not option.get("description"):
                yield f"{name} has no description"
            if option.get("type") not in PYTHON_TYPES:
                yield f"{name} has no type"
            elif "default" in option and not _fits(option["default"], option["type"]):
                yield f"the default of {name} is no {option['type']}"
            if option.get("type") == "list" and "elements" not in option:
                yield f"{name} does not say what its elements are"
            if option.get("required") and "default" in option:
                yield f"{name} is required and has a default"
            if "choices" in option and "default" in option and option["default"] not in option["choices"]:
                yield f"the default of {name} is none of its choices"

    def _about_defaults(self) -> Iterator[str]:
        for name in self.defaults.keys() - self.options.keys():
            yield f"{name} is in defaults/main.yml, but not in meta/argument_specs.yml"
        for name, option in self.options.items():
            if name not in self.defaults:
                if "default" in option:
                    yield f"{name} has a default in meta/argument_specs.yml, but none in defaults/main.yml"
                continue
            value = self.defaults[name]
            if option.get("required"):
                yield f"{name} is required and has a default in defaults/main.yml"
            elif "{{" in json.dumps(value, default=str):
                if "default" in option:
                    yield f"the default of {name} is a template, which meta/argument_specs.yml cannot hold"
            elif json.dumps(value) != json.dumps(option.get("default")):
                yield f"the default of {name} is {value!r}, and in meta/argument_specs.yml {option.get('default')!r}"

    def _about_readme(self) -> Iterator[str]:
        rows = self.rows()
        for name in self.options.keys() - rows.keys():
            yield f"{name} is missing in README.md"
        for name in rows.keys() - self.options.keys():
            yield f"{name} is in README.md, but not in meta/argument_specs.yml"
        for name in rows.keys() & self.options.keys():
            default, text = rows[name]
            if not text:
                yield f"README.md does not say what {name} is"
            option = self.options[name]
            if option.get("required"):
                wanted = "required"
            elif "default" in option:
                wanted = _shown(option["default"])
            else:
                continue
            if default != wanted:
                yield f"README.md has the default {default} for {name}, not {wanted}"

    def _about_tasks(self) -> Iterator[str]:
        prefix = f"{self.path.name}_"
        for name in self.names.missing - self.options.keys() - jinja_names.quoted(self.readme):
            yield f"{name} is read, but neither set nor documented"
        for name in self.options.keys() - self.names.reads:
            yield f"{name} is never read"
        for name in self.names.sets - self.options.keys():
            # A name that is a template is made of variables, which are documented themselves.
            if "{{" not in name and not name.startswith(prefix):
                yield f"{name} is set, and does not start with {prefix}"
        for name in self.names.environment - jinja_names.quoted(self.readme):
            if name.startswith(("CRDB_", "COCKROACH_")):
                yield f"{name} is read from the environment, but not documented"


def _nested(options: dict[str, dict[str, Any]], above: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, option in options.items():
        yield f"{above}{name}", option
        yield from _nested(option.get("options", {}), f"{above}{name}.")


def _fits(value: Any, kind: str) -> bool:
    return isinstance(value, PYTHON_TYPES[kind]) and (kind in ("bool", "raw") or not isinstance(value, bool))


def _shown(value: Any) -> str:
    """A default as the table shows it."""
    if isinstance(value, list) and value:
        return ", ".join(f"`{one}`" for one in value)
    return f"`{value}`" if isinstance(value, str) and value else f"`{json.dumps(value)}`"
