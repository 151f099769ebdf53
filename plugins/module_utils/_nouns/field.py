# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Field: an option of a noun's module that also knows its text and its place in the bodies of the API. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .options import Option


@dataclass(frozen=True)
class Field(Option):
    """An Option with its *text* for the documentation (Ansible's markup, a sentence or several).

    *api* is where it stands in bodies and objects, ``spec.type`` for a member of a member; its name where it is "". *ref* names
    the noun whose objects it refers to: a name becomes an id before anything is compared. *to_api* and *from_api* translate
    between an option and a body where their forms differ; what is compared is the option's form. *later* says that a new
    object can't be given it, so that it follows in a request of its own.
    """

    text: str | tuple[str, ...] = ""
    ref: str = ""
    to_api: Callable[[Any], Any] | None = None
    from_api: Callable[[Any], Any] | None = None
    later: bool = False

    @property
    def at(self) -> tuple[str, ...]:
        return tuple((self.api or self.name).split("."))

    def sent(self, value: Any) -> Any:
        """*value* of the option as a body has it."""
        return self.to_api(value) if self.to_api else value

    def read(self, row: Mapping[str, Any]) -> Any:
        """The value that an object of the API has, as the option spells it; None where it has none."""
        value: Any = row
        for step in self.at:
            value = value.get(step) if isinstance(value, Mapping) else None
        return self.from_api(value) if self.from_api else value


def put(body: dict[str, Any], at: tuple[str, ...], value: Any) -> None:
    """Set the member *at* of *body*, and make what lies between."""
    for step in at[:-1]:
        body[step] = dict(body.get(step) or {})
        body = body[step]
    body[at[-1]] = value


def without(row: Mapping[str, Any], at: tuple[str, ...]) -> dict[str, Any]:
    """*row* without the member *at*."""
    found = dict(row)
    if len(at) == 1:
        found.pop(at[0], None)
    elif isinstance(found.get(at[0]), Mapping):
        found[at[0]] = without(found[at[0]], at[1:])
    return found
