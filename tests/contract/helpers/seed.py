# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first public documentation page of the Cloud API, read for its curl commands and the answers it documents."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PAGE = "cloud-api.txt"
PLACEHOLDER = re.compile(r"\{([a-z_ ]+)\}")
BARE_PLACEHOLDER = re.compile(r'(?<!["\w])\{[a-z_ ]+\}(?!["\w])')
ANSWERED = re.compile(r"If the .*request was successful|will not receive a response payload", re.IGNORECASE)
NOTHING = "will not receive a response payload"
# curl --data sends this unless a header says otherwise.
FORM = "application/x-www-form-urlencoded"
# Placeholders that stand for a whole list, in the words that the page explains them with.
LISTS: dict[str, list[Any]] = {"{region_array}": [""], "{entry_array}": [{}]}


@dataclass(frozen=True)
class Curl:
    """One curl command of the page, placeholders and all; *line* is where it stands."""

    line: int
    method: str
    url: str
    headers: dict[str, str]
    data: str | None

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def operation(self) -> str:
        return f"{self.method} {self.path}"

    def __str__(self) -> str:
        return f"line{self.line}-{self.method}-{self.path.rsplit('/', 1)[1]}"


class Page:
    """The commands, and by operation the documented answer: a JSON value, or None for "no response payload"."""

    def __init__(self, path: Path) -> None:
        lines = path.read_text(encoding="utf-8").splitlines()
        self.curls: list[Curl] = []
        self.answers: dict[str, Any] = {}
        number = 0
        while number < len(lines):
            line = lines[number]
            if line.startswith("curl "):
                words = [line]
                while words[-1].endswith("\\"):
                    number += 1
                    words.append(lines[number])
                self.curls.append(_curl(number - len(words) + 2, words))
            elif ANSWERED.search(line) and self.curls:
                operation = self.curls[-1].operation
                self.answers[operation] = None if NOTHING in line else _json(lines[number + 1 :])
            number += 1


def _curl(number: int, lines: list[str]) -> Curl:
    # One URL of the page ends in a quote too many.
    text = " ".join(re.sub("''$", "'", line.removesuffix("\\").rstrip()) for line in lines)
    words = shlex.split(text)
    options = list(zip(words[1::2], words[2::2], strict=True))
    given = dict(options)
    assert set(given) <= {"--request", "--url", "--header", "--data"}, words
    headers = dict(value.split(": ", 1) for option, value in options if option == "--header")
    return Curl(number, given["--request"], given["--url"], headers, given.get("--data"))


def _json(lines: list[str]) -> Any:
    """The first JSON object of *lines*, with the page's elisions taken out."""
    start = lines.index("{")
    depth, found = 0, []
    for line in lines[start:]:
        if line == "...":
            continue
        line = BARE_PLACEHOLDER.sub("0", line)
        found.append(line)
        bare = PLACEHOLDER.sub("", line)
        depth += bare.count("{") - bare.count("}")
        if depth == 0:
            break
    text = re.sub(r",(\s*[}\]])", r"\1", "\n".join(found))
    return json.loads(text)


def fill(text: str, values: dict[str, str]) -> str:
    """*text* with its placeholders filled in; one that *values* lacks is a KeyError."""
    return PLACEHOLDER.sub(lambda match: values[match.group(1)], text)


def mismatches(documented: Any, found: Any, where: str = "") -> list[str]:
    """Where *found* lacks a documented key, or has another type there; what it has beyond that does not count."""
    if isinstance(documented, list) and documented and isinstance(documented[0], str):
        documented = LISTS.get(documented[0], documented)
    if type(documented) is not type(found):
        return [f"{where}: documented as {type(documented).__name__}, is {found!r}"]
    if isinstance(documented, dict):
        missing = [f"{where}.{name}: missing" for name in documented if name not in found]
        return missing + [
            line
            for name, value in documented.items()
            if name in found
            for line in mismatches(value, found[name], f"{where}.{name}")
        ]
    if isinstance(documented, list) and documented:
        if not found:
            return [f"{where}: empty"]
        return [line for item in found for line in mismatches(documented[0], item, f"{where}[]")]
    return []
