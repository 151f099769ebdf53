# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of lookup and inventory plugins: their connection, what only an environment variable can give, their errors."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..module_utils._base.errors import OptionError, printable
from ..module_utils._base.masking import MASK, mask
from ..module_utils._cloud_api.client import CONNECTION_OPTIONS

OURS = ("COCKROACH_", "CRDB_")
# The documented shape of a key, to mask one that was put into the wrong option.
KEY = re.compile(r"CCDB1_[A-Za-z0-9_]+")


@contextmanager
def without_empty_variables() -> Iterator[None]:
    """Our environment variables without the empty ones, which AWX injects for fields that were left blank."""
    empty = [name for name, value in os.environ.items() if name.startswith(OURS) and not value]
    for name in empty:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(dict.fromkeys(empty, ""))


def plain(value: Any) -> Any:
    """*value* as plain data: options hold tagged or vaulted text, which the client shall not see."""
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        # A tagged number is a class of its own.
        return int(value) if isinstance(value, int) else float(value)
    return "".join(str(value))


def connection(get_option: Callable[[str], Any], template: Callable[[Any], Any]) -> dict[str, Any]:
    """The values of CONNECTION_OPTIONS as CloudApi takes them; free text may be a template."""
    found = {}
    for name, entry in CONNECTION_OPTIONS.items():
        value = get_option(name)
        if entry["type"] == "str" and "choices" not in entry and value is not None:
            value = template(value)
        found[name] = plain(value)
    return found


def structured(name: str, value: Any, kind: type, trust: Callable[[Any], Any]) -> Any:
    """A dict or a list, as YAML gives it, or as JSON in text, the only form that an environment variable can have."""
    what = "a list" if kind is list else "a dictionary"
    if isinstance(value, str):
        if not value.strip():
            return kind()
        try:
            value = trust(json.loads(value))
        except ValueError:
            raise OptionError(f"{name} must be {what}, or JSON of one, got text that is no JSON") from None
    if value is None:
        return kind()
    if not isinstance(value, Mapping if kind is dict else list):
        raise OptionError(f"{name} must be {what}, got {type(plain(value)).__name__}")
    return value


def one_line(text: Any, secrets: Iterable[Any] = ()) -> str:
    """The *text* of an error on one line, without *secrets* and without anything that looks like a key."""
    secrets = list(secrets)
    # Before the white space is changed, which may be part of a secret, and after that, where it has parted one.
    hidden: str = mask(" ".join(mask(str(text), secrets).split()), secrets)
    return printable(KEY.sub(MASK, hidden))
