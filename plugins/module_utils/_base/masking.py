# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Masking of secrets in text that came from outside."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from .errors import printable
from .members import HIDDEN, without_secrets

MASK = "********"
SHORTEST = 4
# The service is written in Go, whose JSON escapes these as well.
GO_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def variants(secrets: Iterable[Any]) -> list[str]:
    """Every spelling of *secrets* in what a server echoes and what we show: raw, JSON-escaped, URL-escaped, as Python quotes it, printable.

    Secrets shorter than four characters are left out: masking them would shred ordinary words.
    The longest come first, so that a secret which contains another is masked whole.
    """
    found: set[str] = set()
    for secret in _flat(secrets):
        if not isinstance(secret, (str, int, float)) or isinstance(secret, bool):
            continue
        text = str(secret)
        if len(text) < SHORTEST:
            continue
        escaped = json.dumps(text, ensure_ascii=False)[1:-1]
        found.update((text, json.dumps(text)[1:-1], escaped, escaped.translate(GO_ESCAPES)))
        found.update((repr(text)[1:-1], printable(text)))
        found.update(code(text, safe=safe, errors="replace") for code in (quote, quote_plus) for safe in ("", "/"))
    return sorted(found, key=len, reverse=True)


def _flat(secrets: Iterable[Any]) -> Iterator[Any]:
    """*secrets*, of those that are lists or have members what is in them."""
    for secret in secrets:
        several = secret.values() if isinstance(secret, Mapping) else secret
        yield from _flat(several) if isinstance(secret, (Mapping, list, tuple)) else (secret,)


def mask(value: Any, secrets: Iterable[Any]) -> Any:
    """Return *value* (text, or lists and dicts of it) with every spelling of *secrets* masked."""
    return _mask(value, variants(secrets))


def _mask(value: Any, spellings: list[str]) -> Any:
    if isinstance(value, str):
        for spelling in spellings:
            value = value.replace(spelling, MASK)
        return value
    if isinstance(value, dict):
        return {_mask(key, spellings): _mask(item, spellings) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mask(item, spellings) for item in value]
    return value


def shown_arguments(params: Mapping[str, Any], spec: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """*params* as a result may echo them: without secrets, and without the values of what *spec* does not know, which may be misspelt secrets.

    In dictionaries whose members nobody has declared secrets are told by their names.
    """
    known = {alias: entry for entry in spec.values() for alias in entry.get("aliases") or ()} | dict(spec)
    return {
        name: value if value is None or name.startswith("_ansible_") else _shown(value, known.get(name))
        for name, value in params.items()
    }


def _shown(value: Any, entry: Mapping[str, Any] | None) -> Any:
    if entry is None or entry.get("no_log"):
        return HIDDEN
    inner = entry.get("options")
    if not inner:
        return HIDDEN if entry.get("type") == "dict" and isinstance(value, str) else without_secrets(value)
    if isinstance(value, (list, tuple)):
        return [_shown(item, {"options": inner}) for item in value]
    # Text in place of a dictionary was not taken apart: anything may be in it.
    return shown_arguments(value, inner) if isinstance(value, Mapping) else HIDDEN
