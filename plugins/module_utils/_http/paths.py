# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths and queries that a person gives: they stay on the server, and below the API. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from .._base.errors import OptionError

# What RFC 3986 allows in a segment, and the slash.
PLAIN = re.compile(r"/([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")


def checked_path(option: str, path: str) -> str:
    """*path*, which the option of that name holds, where it leads to something below the API; OptionError otherwise."""
    if "?" in path or "#" in path:
        raise OptionError(f"{option} has a '{'?' if '?' in path else '#'}'", "Give what comes behind it as query")
    if not PLAIN.fullmatch(path):
        raise OptionError(
            f"{option} is no path of the API",
            "It begins with a slash, as in /clusters, has no host, and other characters than those of URLs as percent codes, such as %20",
        )
    # Whatever stands between may take a percent code for its character, and that for another one.
    plain = path
    while plain != (plain := unquote(plain)):
        pass
    names = re.split(r"[/\\]", plain.removesuffix("/"))[1:]
    if not names or not all(names) or any(name in (".", "..") for name in names) or not plain.isprintable():
        raise OptionError(f"{option} has an empty name, '.' or '..' in it", "Give the path of the API in full")
    return path


def plain_query(query: Mapping[str, Any] | None) -> dict[str, Any]:
    """*query* as it is sent: true and false in the spelling of the API, nothing for what is null."""
    found: dict[str, Any] = {}
    for name, value in (query or {}).items():
        if isinstance(value, Mapping):
            raise OptionError(f"query: '{name}' can't be a dictionary", "Its name has dots, as in pagination.limit")
        found[name] = [_text(item) for item in value] if isinstance(value, (list, tuple)) else _text(value)
    return {name: value for name, value in found.items() if value is not None}


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
