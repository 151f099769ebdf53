# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Option: one line gives both a module's argument_spec entry and the API's view of a field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._base.errors import OptionError, printable
from .._base.members import without_secrets
from .._base.spelling import nearest

# The longest name of an option that a message repeats: a longer one is a text that got into the wrong place.
NAME_SHOWN = 64


@dataclass(frozen=True)
class Option:
    """An option of a module, and what the API makes of it.

    *since* is the first API version with which it is offered, *in_api* the first that has it, where that is an older one,
    *choices_since* the same for single choices. *api* is its name in
    bodies and objects of the API ("" where the resource translates it itself). *compare* is one of
    ``value``, ``set`` (a list without order), ``text`` (an empty one is none), ``ignore`` (sent when creating, never compared, since the API does not
    return it), or a function that makes of a value what is compared. *immutable* says, where the field can't change, what to
    do instead. *secret* is never shown.
    *rules* (mutually_exclusive, required_one_of ...) hold among its *options*. *other_names* are what else people call
    its choices. *misread* says what is wrong with a value as YAML gives it, before Ansible makes *type* of it, and
    "" where nothing is.
    """

    name: str
    type: str = "str"
    required: bool = False
    default: Any = None
    choices: tuple[Any, ...] = ()
    elements: str = ""
    options: tuple[Option, ...] = ()
    aliases: tuple[str, ...] = ()
    secret: bool = False
    since: str = ""
    in_api: str = ""
    choices_since: Mapping[Any, str] | None = None
    api: str = ""
    compare: str | Callable[[Any], Any] = "value"
    immutable: str = ""
    create_default: Any = None
    rules: Mapping[str, Any] | None = None
    other_names: Mapping[str, str] | None = None
    misread: Callable[[Any], str] | None = None

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
        if self.secret or any(word in self.name for word in ("password", "token", "key", "secret", "jwt")):
            entry["no_log"] = self.secret
        return entry


def argument_spec(options: Iterable[Option]) -> dict[str, dict[str, Any]]:
    return {option.name: option.spec() for option in options}


def public(options: Iterable[Option], values: Mapping[str, Any]) -> dict[str, Any]:
    """*values* of *options* without those that are secret, also further inside. What is no option stays.

    What looks like a secret among members that nobody has declared is hidden.
    """
    known = {option.name: option for option in options}
    return {
        name: _public_inside(known[name].options, value) if name in known else value
        for name, value in values.items()
        if not (name in known and known[name].secret)
    }


def _public_inside(options: tuple[Option, ...], value: Any) -> Any:
    if not options:
        return without_secrets(value)
    if isinstance(value, (list, tuple)):
        return [_public_inside(options, each) for each in value]
    return public(options, value) if isinstance(value, Mapping) else value


def check_versions(options: Iterable[Option], params: Mapping[str, Any], version: str) -> None:
    """Refuse what *version* of the API does not have: servers ignore unknown keys, so it would never converge."""
    for option in options:
        value = params.get(option.name)
        if value is None:
            continue
        if option.since and version < option.since and option.in_api and version >= option.in_api:
            raise OptionError(
                f"crdb.cloud does not offer the option {option.name} with api_version {version}",
                f"Use api_version {option.since}",
            )
        if option.since and version < option.since:
            raise OptionError(
                f"The option {option.name} does not exist in api_version {version}",
                f"api_version {option.since} is the first that has it",
            )
        since = (option.choices_since or {}).get(value) if isinstance(value, (str, int)) else None
        if since and version < since:
            raise OptionError(
                f"{option.name}: {value} does not exist in api_version {version}",
                f"api_version {since} is the first that has it",
            )
        if option.options:
            for entry in value if isinstance(value, list) else [value]:
                check_versions(option.options, entry, version)


def mistakes(
    options: Iterable[Option], params: Mapping[Any, Any], *, unlisted: Iterable[str] = (), at: str = "", title: str = ""
) -> Iterator[str]:
    """What a person got wrong in *params*, a phrase each with the place in front: options that are not there, words
    for choices, values that YAML reads as something else.

    *unlisted* are the names of options that are known, and not worth a mention. *at* is the path to *params*, such as
    ``clusters[3].``, *title* what its place is called where there is none. Values of unknown options are never shown.
    """
    options = list(options)
    by_name = {name: option for option in options for name in (option.name, *option.aliases)}
    known = {*by_name, *unlisted}
    where = at.removesuffix(".") or title
    for name, value in params.items():
        option = by_name.get(name)
        if option is None:
            if name not in known:
                yield f"{where}{where and ': '}unknown option {_unknown(str(name), options, unlisted)}"
        elif value is not None:
            yield from _misgiven(option, value, f"{at}{name}")


def _unknown(name: str, options: list[Option], unlisted: Iterable[str]) -> str:
    """The *name* of an option that is not there, and what may have been meant."""
    shown = printable(name) if len(name) <= NAME_SHOWN else f"{printable(name[:NAME_SHOWN])}..."
    inner = [f"{option.name}.{below.name}" for option in options if option.type == "dict" for below in option.options]
    listed = [option.name for option in options]
    near = nearest(name, [*listed, *unlisted]) or [
        path for path in inner if nearest(name, [path.partition(".")[2]], most=0)
    ]
    if near:
        return f"{shown}, did you mean {near[0]}"
    return f"{shown}, there are {', '.join(sorted(listed))}" if listed else shown


def _misgiven(option: Option, value: Any, where: str) -> Iterator[str]:
    if option.misread and (reason := option.misread(value)):
        yield f"{where} {reason}"
    elif option.choices and isinstance(value, str) and value not in map(str, option.choices):
        others = {other.lower(): choice for other, choice in (option.other_names or {}).items()}
        meant = [others[value.lower()]] if value.lower() in others else nearest(value, map(str, option.choices))
        if meant:
            yield f"{where} can't be '{printable(value)}', write {meant[0]}"
    if not option.options:
        return
    if option.elements == "dict" and isinstance(value, (list, tuple)):
        for number, entry in enumerate(value):
            if isinstance(entry, Mapping):
                yield from mistakes(option.options, entry, at=f"{where}[{number}].")
    elif isinstance(value, Mapping):
        yield from mistakes(option.options, value, at=f"{where}.")
