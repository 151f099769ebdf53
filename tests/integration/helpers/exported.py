# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files with variables of a fleet, read as Ansible reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


class Reader(yaml.SafeLoader):
    """PyYAML that knows Ansible's mark."""


Reader.add_multi_constructor(
    "!unsafe",
    lambda loader, _tag, node: (
        loader.construct_mapping(node) if isinstance(node, yaml.MappingNode) else loader.construct_scalar(node)
    ),
)


def loaded(path: Path) -> Any:
    return yaml.load(path.read_text(), Loader=Reader)


def given(value: Any) -> Any:
    """*value* as a fleet gets it where no secret is set."""
    if isinstance(value, list):
        return [given(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: given(each) for key, each in value.items() if not str(each).startswith("{{ vault_")}
