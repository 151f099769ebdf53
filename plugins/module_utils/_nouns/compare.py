# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparing what is wanted with what is there, field by field. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .options import Option


def given(value: Any) -> Any:
    """*value* without the None entries that sub-options leave behind: what the user set, and nothing else."""
    if isinstance(value, dict):
        return {key: given(item) for key, item in value.items() if item is not None}
    return [given(item) for item in value] if isinstance(value, list) else value


def equal(option: Option, wanted: Any, found: Any) -> bool:
    if option.compare == "ignore":
        return True
    if option.compare == "set":
        return sorted(wanted, key=repr) == sorted(found or [], key=repr)
    if option.compare == "text":
        return bool((wanted or "") == (found or ""))
    if callable(option.compare):
        return bool(option.compare(wanted) == option.compare(found))
    return bool(wanted == found)


def differences(
    options: Iterable[Option], wanted: Mapping[str, Any], found: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """The fields in which *wanted* (only what the user set) differs from *found*: {name: (before, after)}.

    Secrets are never among them: they can't be read back, so they can't differ.
    """
    return {
        option.name: (found.get(option.name), wanted[option.name])
        for option in options
        if option.name in wanted
        and not option.secret
        and not equal(option, wanted[option.name], found.get(option.name))
    }
