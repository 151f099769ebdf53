# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of JSON whose form nobody has declared: one of them by its dotted name, and those that are secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
# How the name of a secret ends; what only speaks of one ends otherwise, as secret_id and password_changed_at do.
SECRET_NAME = re.compile(
    r"(^|_)(secret|passw(or)?d|passphrase|token|credential|cookie|session|jwt|authorization|(api|access|private|shared|license|account)_?key)s?"
    r"(_(value|text|data|base64|json))?$"
)
# Below these all that is text is secret, whatever it is called.
SECRET_BAG = re.compile(r"(^|_)(headers|credentials?|secrets|passwords)$")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# What is a secret wherever it stands: an API key, a URL or a connection string with a password, a private key.
SECRET_TEXT = re.compile(
    r"CCDB1_[0-9A-Za-z]{22}_[0-9A-Za-z]|://[^/\s:@]*:[^/\s@]+@|\b(password|pwd|accountkey|sharedaccesskey)=[^&;\s]|-----BEGIN [A-Z ]*PRIVATE KEY-----",
    re.I,
)


def member(value: Any, dotted: str) -> Any:
    """What *dotted* leads to in *value*, as in ``config.serverless.routing_id`` or ``regions.0.name``.

    LookupError where there is nothing, with the part of the name that leads nowhere, and what it was looked for in.
    """
    for part in dotted.split("."):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (LookupError, ValueError, TypeError):
            raise LookupError(part, value) from None
    return value


def secrets_in(value: Any) -> dict[str, str]:
    """The secrets in *value* by their dotted names, as far as names and the look of them tell."""
    found: dict[str, str] = {}
    _hide(value, (), found)
    return found


def without_secrets(value: Any) -> Any:
    """*value* with the secrets in it hidden."""
    return _hide(value, (), {})


def _hide(value: Any, at: tuple[str, ...], found: dict[str, str], *, bag: bool = False) -> Any:
    """*value*, which stands *at* this place, without its secrets, which go to *found*. In a *bag* all is secret."""
    if isinstance(value, Mapping):
        inside = bag or _is_called(SECRET_BAG, at[-1:])
        return {key: _hide(item, (*at, str(key)), found, bag=inside) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_hide(item, (*at, str(number)), found, bag=bag) for number, item in enumerate(value)]
    if value in (None, "", HIDDEN) or isinstance(value, bool):
        return value
    if bag or _is_called(SECRET_NAME, at) or SECRET_TEXT.search(str(value)):
        found[".".join(at)] = str(value)
        return HIDDEN
    return value


def _is_called(names: re.Pattern[str], at: tuple[str, ...]) -> bool:
    name = next((part for part in reversed(at) if not part.isdigit()), "")
    return names.search(HUMP.sub("_", name).replace("-", "_").lower()) is not None
