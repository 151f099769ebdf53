# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads variables as people give them: as YAML, on a line of an INI inventory, or in a survey, which knows only text."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.validation import check_type_bool, check_type_float, check_type_int

from ..module_utils._base.errors import OptionError
from ..module_utils._base.masking import mask
from ._options import plain

PAIR = re.compile(r"[,\n]")
# What ansible-core says of these differs from release to release, and does not always name the value.
SCALARS = {
    "int": (check_type_int, "a whole number"),
    "float": (check_type_float, "a number"),
    "bool": (check_type_bool, "true or false"),
}


def is_unset(value: Any) -> bool:
    """Whether nothing was said: a survey sends empty text for a field that was left blank."""
    return value is None or (isinstance(value, str) and not value.strip())


def as_list(name: str, value: Any, separators: str = r"[,\n]") -> list[Any]:
    """A list as it is, JSON of one, or text whose parts stand on lines of their own or between commas."""
    if is_unset(value):
        return []
    if isinstance(value, str) and value.lstrip().startswith(("[", "{")):
        value = _json(name, value)
    if isinstance(value, str):
        return [part for part in (text.strip() for text in re.split(separators, value)) if part]
    if isinstance(value, Mapping):
        return [value]
    if isinstance(value, (list, tuple)):
        return [item for item in value if not is_unset(item)]
    return [value]


def as_dict(name: str, value: Any) -> dict[str, Any]:
    """A dictionary as it is, JSON of one, or pairs such as ``env=prod,team=payments``."""
    if is_unset(value):
        return {}
    if isinstance(value, str) and value.lstrip().startswith(("[", "{")):
        value = _json(name, value)
    if isinstance(value, str):
        pairs = [part.partition("=") for part in PAIR.split(value) if part.strip()]
        if not all(sign and key.strip() for key, sign, _text in pairs):
            raise OptionError(f"{name} must be a dictionary, JSON of one, or pairs such as one=1,two=2")
        return {key.strip(): text.strip() for key, _sign, text in pairs}
    if not isinstance(value, Mapping):
        raise OptionError(f"{name} must be a dictionary, JSON of one, or pairs such as one=1,two=2")
    return dict(value)


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        # Without the text itself, which may hold a password.
        raise OptionError(f"{name} looks like JSON and is not valid: {error}") from None


def checked(
    name: str,
    values: Mapping[str, Any],
    spec: Mapping[str, Any],
    rules: Mapping[str, Any] | None = None,
    secrets: Iterable[Any] = (),
) -> dict[str, Any]:
    """*values* as the argument specification *spec* wants them, without what was not set; OptionError names *name*."""
    given = {key: value for key, value in values.items() if not is_unset(value)}
    for key, value in given.items():
        check, what = SCALARS.get(spec.get(key, {}).get("type"), (None, ""))
        try:
            if check:
                check(value)
        except (TypeError, ValueError):
            raise OptionError(mask(f"{name}: {key} must be {what}, got '{plain(value)}'", secrets)) from None
    names = ("mutually_exclusive", "required_together", "required_one_of", "required_if", "required_by")
    validated = ArgumentSpecValidator(dict(spec), **{key: (rules or {}).get(key) for key in names}).validate(given)
    if validated.error_messages:
        unknown = sorted(str(key) for key in validated.unsupported_parameters)
        problem = "; ".join(validated.error_messages)
        if unknown:
            problem = f"there is no {', '.join(unknown)}, only {', '.join(sorted(spec))}"
        hidden = [*validated._no_log_values, *secrets]
        raise OptionError(mask(f"{name}: {' '.join(problem.split())}", [text for text in hidden if len(str(text)) > 3]))
    return {key: plain(value) for key, value in validated.validated_parameters.items() if value is not None}


def password_variable(user: str) -> str:
    """The environment variable that may hold the password of a SQL user: CRDB_APP_PASSWORD for app."""
    return f"CRDB_{re.sub(r'[^A-Z0-9]', '_', user.upper())}_PASSWORD"


def password_of(user: str, own: Any, passwords: Mapping[str, Any], *, environment: bool = True) -> str:
    """The password of a SQL user: its own, that in *passwords*, that in the environment; '' where there is none."""
    there = os.environ.get(password_variable(user)) if environment else None
    return next((str(value) for value in (own, passwords.get(user), there) if not is_unset(value)), "")


def needs_password(users: Iterable[str], doing: str, own: str, table: str) -> str:
    """The one sentence about passwords that are nowhere; *own* and *table* are the variables that could hold them."""
    names = list(users)
    several = len(names) > 1
    listed = ", ".join(f"'{name}'" for name in names)
    variables = " and ".join(password_variable(name) for name in names)
    return (
        f"The SQL user{'s' if several else ''} {listed} need{'' if several else 's'} a password to be {doing}: give it as password"
        f" in {own}, in the dictionary {table} (in a vaulted file), or in the environment variable{'s' if several else ''} {variables}"
    )
