# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of a noun as people write it: one text, a line a paragraph. Pure.

    What the module does.                        the noun itself
    labels: All labels of it.                    its option labels; "roles.cluster" is a suboption
    | Others are removed.                        another paragraph of what stands above it
    = created_at (str): When it was made.        a member of returned objects that is no field
    = contents (list[dict], on request): ...     with when it is returned
    = cidr                                       a field that returned objects do not have

A line that is indented further goes on with the one above it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from textwrap import dedent
from typing import TypeVar

from .options import Option

OPTION = re.compile(r"([a-z_][\w.]*): (.*)")
MEMBER = re.compile(r"= ([\w.]+)(?: \(([\w\[\]]+)(?:, (.*?))?\): (.*))?")
AnOption = TypeVar("AnOption", bound=Option)


@dataclass
class Prose:
    """*text* is that of the noun, *options* those of its options by their path, *shows* the members with type, text and when."""

    text: list[str] = field(default_factory=list)
    options: dict[str, list[str]] = field(default_factory=dict)
    shows: dict[str, tuple[str, ...] | None] = field(default_factory=dict)

    def given(self, options: tuple[AnOption, ...], path: str = "") -> tuple[AnOption, ...]:
        """*options*, those that lie at *path*, with their texts, which are no longer in this."""
        return tuple(self._given(option, f"{path}{option.name}") for option in options)

    def _given(self, option: AnOption, path: str) -> AnOption:
        changes: dict[str, object] = {}
        if said := self.options.pop(path, None):
            changes["text"] = tuple(said)
        if any(name.startswith(f"{path}.") for name in self.options):
            changes["options"] = self.given(option.options, f"{path}.")
        return replace(option, **changes) if changes else option  # type: ignore[arg-type]


def read(prose: str) -> Prose:
    """What *prose* says."""
    found = Prose()
    above = found.text
    for line in re.sub(r"\n +", " ", dedent(prose).strip()).splitlines():
        if option := OPTION.fullmatch(line):
            above = found.options.setdefault(option[1], [])
            above.append(option[2])
        elif member := MEMBER.fullmatch(line):
            name, kind, when, text = member.groups()
            found.shows[name] = (kind, text, *([when] if when else [])) if kind else None
        else:
            above.append(line.removeprefix("| "))
    return found
