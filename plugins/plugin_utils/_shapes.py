# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether arguments that are lists of dictionaries are that, all the way down.

ansible-core would say neither which entry is wrong nor what it should be, and would quote an entry, whatever it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

KINDS = {str: "a string", list: "a list", bool: "a boolean", int: "a number", float: "a number", type(None): "nothing"}


def misshapen(spec: Mapping[str, Mapping[str, Any]], args: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """Say where an option of *spec* with ``elements: dict`` is something else in *args*. Values are not shown."""
    for name, entry in spec.items():
        inner = entry.get("options")
        for value in (args[key] for key in (name, *entry.get("aliases", ())) if args.get(key) is not None):
            where = f"{at}{name}"
            if entry.get("elements") == "dict":
                if not isinstance(value, (list, tuple)):
                    yield f"{where} must be a list of dictionaries, got {_kind(value)}"
                    continue
                for number, item in enumerate(value):
                    if isinstance(item, Mapping):
                        yield from misshapen(inner or {}, item, f"{where}[{number}].")
                    else:
                        yield f"{where}[{number}] must be a dictionary, got {_kind(item)}"
            elif inner and isinstance(value, Mapping):
                yield from misshapen(inner, value, f"{where}.")


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a dictionary"
    # Values can be of tagged types, which derive from the plain ones.
    return next((name for kind, name in KINDS.items() if isinstance(value, kind)), "something else")
