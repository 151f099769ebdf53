# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Option: one line gives both a module's argument_spec entry and the API's view of a field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ._errors import OptionError


@dataclass(frozen=True)
class Option:
    """An option of a module, and what the API makes of it.

    *since* is the first API version that has it, *choices_since* the same for single choices. *api* is its name in
    bodies and objects of the API ("" where the resource translates it itself). *compare* is one of
    ``value``, ``set`` (a list without order), ``ignore`` (sent when creating, never compared, since the API does not
    return it). *immutable* says, where the field can't change, what to do instead. *secret* is never shown.
    *rules* (mutually_exclusive, required_one_of ...) hold among its *options*.
    """

    name: str
    type: str = "str"
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    elements: str = ""
    options: tuple[Option, ...] = ()
    aliases: tuple[str, ...] = ()
    secret: bool = False
    since: str = ""
    choices_since: Mapping[str, str] | None = None
    api: str = ""
    compare: str = "value"
    immutable: str = ""
    create_default: Any = None
    rules: Mapping[str, Any] | None = None

    def spec(self) -> dict[str, Any]:
        """The option's entry in an argument_spec."""
        entry: dict[str, Any] = {"type": self.type}
        if self.required:
            entry["required"] = True
        if self.default is not None:
            entry["default"] = self.default
        if self.choices:
            entry["choices"] = list(self.choices)
        if self.elements:
            entry["elements"] = self.elements
        if self.options:
            entry["options"] = argument_spec(self.options)
            entry.update(self.rules or {})
        if self.aliases:
            entry["aliases"] = list(self.aliases)
        # Said for all whose name sounds like a secret, so that nobody has to guess.
        if self.secret or any(word in self.name for word in ("password", "token", "key", "secret")):
            entry["no_log"] = self.secret
        return entry


def argument_spec(options: Iterable[Option]) -> dict[str, dict[str, Any]]:
    return {option.name: option.spec() for option in options}


def check_versions(options: Iterable[Option], params: Mapping[str, Any], version: str) -> None:
    """Refuse what *version* of the API does not have: servers ignore unknown keys, so it would never converge."""
    for option in options:
        value = params.get(option.name)
        if value is None:
            continue
        if option.since and version < option.since:
            raise OptionError(
                f"The option {option.name} does not exist in api_version {version}",
                f"api_version {option.since} is the first that has it",
            )
        since = (option.choices_since or {}).get(value) if isinstance(value, str) else None
        if since and version < since:
            raise OptionError(
                f"{option.name}: {value} does not exist in api_version {version}",
                f"api_version {since} is the first that has it",
            )
        if option.options:
            for entry in value if isinstance(value, list) else [value]:
                check_versions(option.options, entry, version)
