# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible's validation finds wrong with the entries of lists, all of it, and each with its place.

By itself it says one thing, and not in which entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..module_utils._base.masking import mask

RULES = ("mutually_exclusive", "required_together", "required_one_of", "required_if", "required_by")


def refused(spec: Mapping[str, Any], rules: Mapping[str, Any], args: Mapping[str, Any]) -> list[str]:
    """All that is wrong with *args*, of the right shape, where an entry in them is: sentences such as
    ``clusters[3].sql_users[1]: missing required arguments: name``. Nothing where all entries are right. Secrets are not shown.
    """
    entries = list(_entries(spec, args, ""))
    return [*_messages({"options": spec, **rules}, args), *entries] if entries else []


def _entries(spec: Mapping[str, Any], args: Mapping[str, Any], at: str) -> Iterator[str]:
    for name, entry in spec.items():
        value = next((args[key] for key in (name, *entry.get("aliases", ())) if args.get(key) is not None), None)
        if not entry.get("options") or value is None:
            continue
        rows = [(f"{at}{name}", value)]
        if entry["type"] == "list":
            rows = [(f"{at}{name}[{number}]", row) for number, row in enumerate(value)]
        for where, row in rows:
            if isinstance(row, Mapping):
                yield from (f"{where}: {text}" for text in _messages(entry, row))
                yield from _entries(entry["options"], row, f"{where}.")


def _messages(entry: Mapping[str, Any], row: Mapping[str, Any]) -> list[str]:
    """What is wrong with one dictionary, without what is in its own dictionaries."""
    options = entry["options"]
    flat = {
        name: {key: value for key, value in inner.items() if key not in ("options", *RULES)}
        for name, inner in options.items()
    }
    validated = ArgumentSpecValidator(flat, **{rule: entry.get(rule) for rule in RULES}).validate(dict(row))
    # A value that is of the wrong kind is quoted, and may be a secret.
    secrets = [
        *validated._no_log_values,
        *(row[name] for name in options if options[name].get("no_log") and row.get(name)),
    ]
    return [mask(" ".join(text.split()), secrets) for text in validated.error_messages]
