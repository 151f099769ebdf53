# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules of this checkout, as they declare themselves."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import Module


def declared(name: str) -> Module:
    found: Module = importlib.import_module(f"ansible_collections.crdb.cloud.plugins.modules.{name}").MODULE
    return found


def every_option(spec: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The options of an argument_spec with those inside of them, as ``hardware.storage_gib``."""
    for name, entry in spec.items():
        yield prefix + name, entry
        yield from every_option(entry.get("options") or {}, f"{prefix}{name}.")
