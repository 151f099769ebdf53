# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables as a YAML document: laid out as people do, read as the same data by any ansible-core, and no text of others a template."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._base.errors import CrdbError, printable

try:
    import yaml
    from yaml import SafeDumper
except ImportError:
    yaml = None  # type: ignore[assignment]
    SafeDumper = object  # type: ignore[assignment,misc]

UNSAFE = "!unsafe"
# What begins a template, in whole or when it is joined with other text; the escapes that core makes such characters of where text
# looks like a list; what chooses other markers; and calls, since conditions are expressions without a marker.
MARKERS = re.compile(r"[{\\]|#(?=j|\Z)|__ansible_|\(.*['\"]", re.IGNORECASE | re.DOTALL)
# What some reader of YAML takes for something else than this text.
AMBIGUOUS = re.compile(r"y|n|nan|inf|[-+.]?\d[\dA-FXO_.:+-]*", re.IGNORECASE)
# Lines that stand as they are: nothing in them that has to be escaped, or would be lost.
LITERAL = re.compile(r"(?=[^\s#].*\n).*[^\s]\n?", re.DOTALL)
SURROGATES = re.compile("[\ud800-\udfff]")
FLOW_WIDTH = 80
LONG_ENTRY = 3


@dataclass(frozen=True)
class Secret:
    """Where a secret would stand: the value of *variable*, and nothing where that is not set."""

    variable: str

    def __str__(self) -> str:
        return f"{{{{ {self.variable} | default(omit) }}}}"


@dataclass
class Secrets:
    """Names of variables for secrets, each given once."""

    given: list[str] = field(default_factory=list)
    # The last number behind each name.
    _last: dict[str, int] = field(default_factory=dict)

    def of(self, *words: str) -> Secret:
        """A Secret whose variable is named after *words*, whatever characters they have."""
        parts = (re.sub("[^a-z0-9]+", "_", word.lower()).strip("_") or "x" for word in words)
        name = "_".join(("vault", *parts))
        found, number = name, self._last.get(name, 1)
        while found in self._last:
            number += 1
            found = f"{name}_{number}"
        self._last[name], self._last[found] = number, 1
        self.given.append(found)
        return Secret(found)


def unwritable(value: Any) -> str:
    """Why *value* can't be in a document that every ansible-core reads as the same data, and executes nothing of; "" where it can."""
    if isinstance(value, str):
        return "text that is no Unicode" if SURROGATES.search(value) else ""
    if isinstance(value, Mapping):
        if any(map(_is_marked, value)) and not _is_plain(value):
            return "a template as a key beside what is no text"
        return next(filter(None, map(unwritable, (*value, *value.values()))), "")
    return next(filter(None, map(unwritable, value)), "") if isinstance(value, (list, tuple)) else ""


def dump(variables: Mapping[str, Any], *, heading: str = "") -> str:
    """*variables* (JSON, with Secret where a secret would stand) as the text of a YAML file, below *heading* as a comment.

    CrdbError where PyYAML is missing, or a value is unwritable().
    """
    if yaml is None:
        raise CrdbError("The Python library PyYAML is missing", "Install it for the Python that runs this module")
    found = unwritable(variables)
    if found:
        raise CrdbError(f"There is {found}, which no YAML file for Ansible can hold safely")
    comment = "".join(f"# {printable(line)}".rstrip() + "\n" for line in heading.splitlines())
    return f"{comment}---\n" + ("\n".join(_parts(variables)) or "{}\n")


def _parts(variables: Mapping[str, Any]) -> Iterator[str]:
    """The text of each variable; entries of lists that take more than a few lines are set apart."""
    for name, value in variables.items():
        if isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
            entries = [_text([each]) for each in value]
            apart = "\n" if any(entry.count("\n") > LONG_ENTRY for entry in entries) else ""
            inner = apart.join(re.sub(r"^(?=.)", "  ", entry, flags=re.MULTILINE) for entry in entries)
            yield _text({name: None}).removesuffix(" null\n") + "\n" + inner
        else:
            yield _text({name: value})


def _text(value: Any) -> str:
    found: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1 << 30)
    return found


def _is_marked(value: Any) -> bool:
    return isinstance(value, str) and MARKERS.search(value) is not None


def _is_plain(value: Mapping[Any, Any]) -> bool:
    return all(isinstance(each, str) for each in value.values())


class _Dumper(SafeDumper):
    """PyYAML's Dumper, as a person would lay things out."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists stand further to the right than what they belong to."""
        super().increase_indent(flow, False)

    def choose_scalar_style(self) -> str:
        """Double quotes where quotes are needed, if nothing has to be escaped for them."""
        style: str = super().choose_scalar_style()
        return '"' if style == "'" and not set('"\\') & set(getattr(self.event, "value", "")) else style

    def write_double_quoted(self, text: str, split: bool = True) -> None:
        """Text that holds what does not print, such as what turns its direction, is written in escapes."""
        self.allow_unicode = text.isprintable()
        super().write_double_quoted(text, split)

    def text(self, value: str) -> Any:
        style = '"' if AMBIGUOUS.fullmatch(value) or not value.isprintable() else None
        if LITERAL.fullmatch(value) and value.replace("\n", "").isprintable():
            style = "|"
        return self.represent_scalar(UNSAFE if _is_marked(value) else "tag:yaml.org,2002:str", value, style)

    def secret(self, value: Secret) -> Any:
        return self.represent_scalar("tag:yaml.org,2002:str", str(value), '"')

    def items(self, value: Any) -> Any:
        short = not any(isinstance(each, (dict, list, tuple, Secret)) or "\n" in str(each) for each in value)
        flow = short and sum(len(str(each)) + 2 for each in value) <= FLOW_WIDTH
        return self.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=flow)

    def mapping(self, value: dict[Any, Any]) -> Any:
        """Where a key is a template, all is marked at once: before ansible-core 2.19 what is joined of the keys alone loses their marks.

        The members keep no mark of their own then, which would make other types of some.
        """
        marked = any(map(_is_marked, value))
        node = self.represent_mapping(UNSAFE if marked else "tag:yaml.org,2002:map", value, flow_style=False)
        for each in (inner for pair in node.value for inner in pair) if marked else ():
            each.tag = "tag:yaml.org,2002:str"
        return node


if yaml is not None:
    _Dumper.add_representer(str, _Dumper.text)
    _Dumper.add_representer(Secret, _Dumper.secret)
    _Dumper.add_representer(list, _Dumper.items)
    _Dumper.add_representer(tuple, _Dumper.items)
    _Dumper.add_representer(dict, _Dumper.mapping)
