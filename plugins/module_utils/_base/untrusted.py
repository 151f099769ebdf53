# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of the API, made inert where ansible-core executes text.

Before ansible-core 2.19 every text is a template unless it is marked, and marks don't last: core loses those of a dictionary's keys
when they are joined, and all of them on the way through hostvars. Where a mark can't be relied on, the characters have to go.
"""

from __future__ import annotations

import re
from typing import Any

from ansible.module_utils.ansible_release import __version__

# Whether text without a mark is a template.
EXECUTES_TEXT = tuple(int(part) for part in __version__.split(".")[:2]) < (2, 19)
# What begins a template, the escapes that core makes such characters of where text looks like a list, "#jinja2:", which chooses other
# markers, also in parts, and what would be taken for one of our own codes.
MARKERS = re.compile(r"[{\\]|#(?=j|\Z)|%(?=7b|5c|23|25|28)", re.IGNORECASE)
# The same, and what an expression needs to do anything: those come without braces.
MARKERS_AND_CALLS = re.compile(MARKERS.pattern + r"|\(", re.IGNORECASE)


def inert(text: str, markers: re.Pattern[str] = MARKERS_AND_CALLS) -> str:
    """*text* with each of *markers* as the percent code of its character, such as ``%7B``."""
    return markers.sub(lambda match: f"%{ord(match[0]):02X}", text)


def with_inert_keys(value: Any) -> Any:
    """*value* (JSON) as it is, but for markers in the keys of its dictionaries where ansible-core may execute them."""
    return _with_inert_keys(value) if EXECUTES_TEXT else value


def _with_inert_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            inert(key, MARKERS) if isinstance(key, str) else key: _with_inert_keys(item) for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_with_inert_keys(item) for item in value]
    return value
