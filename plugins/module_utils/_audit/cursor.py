# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cursor file of an export: how far it got, in the log and in the file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from .._base.disk import read_regular
from .._base.errors import OptionError

VERSION = 1


@dataclass(frozen=True)
class Cursor:
    """*file*, relative to the cursor file, is good up to byte *size*, with *entries* lines; *total* over all files.

    *next_starting_from* and *exclude_ids* are the place in the log of *api_url*.
    """

    file: str
    size: int
    entries: int
    total: int
    next_starting_from: str | None
    exclude_ids: tuple[str, ...]
    api_url: str

    def text(self) -> bytes:
        return json.dumps({"version": VERSION, **asdict(self)}, indent=1).encode() + b"\n"

    def summary(self) -> dict[str, Any]:
        """What a diff shows."""
        names = ("file", "size", "entries", "total", "next_starting_from")
        return {name: getattr(self, name) for name in names}


def read_cursor(path: str) -> Cursor | None:
    """The cursor in the file *path*; None where there is none."""
    text = read_regular(path)
    if text is None:
        return None
    try:
        found = json.loads(text)
        if isinstance(found, dict) and isinstance(found.get("version"), int) and found["version"] > VERSION:
            raise OptionError(f"The cursor file '{path}' was written by a newer crdb.cloud", "Use that one")
        return _cursor(found)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise OptionError(
            f"The cursor file '{path}' is damaged, so that nobody knows where the export has to go on",
            "Restore it, or move it and the exported file away to export the log from its beginning",
        ) from None


def _cursor(found: Any) -> Cursor:
    """ValueError, KeyError or TypeError where *found* is none."""
    values = {field.name: found[field.name] for field in fields(Cursor)}
    numbers = [found["version"], values["size"], values["entries"], values["total"]]
    texts = [values["file"], values["api_url"], values["next_starting_from"] or "", *values["exclude_ids"]]
    if not (
        all(isinstance(number, int) and number >= 0 for number in numbers)
        and all(isinstance(text, str) for text in texts)
        and isinstance(values["exclude_ids"], list)
        and values["file"]
    ):
        raise ValueError(found)
    return Cursor(**{**values, "exclude_ids": tuple(values["exclude_ids"])})
