# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""organization_export: what it writes is what is there, in words that change nothing of it, and without what nobody may read.

More random organizations by hand: ``EXPORT_SEEDS=0-200``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import execute
from integration.helpers.worlds import NEWEST, SETTLED, World

from ansible_collections.crdb.cloud.plugins.module_utils._nouns.cluster import CLUSTER
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.registry import CHILDREN, LISTS, list_name

FIRST, LAST = (int(text) for text in os.environ.get("EXPORT_SEEDS", "0-3").split("-"))
OWN = {option.name for option in CLUSTER.options}
NOUNS = {list_name(noun): noun for noun in (*LISTS, *CHILDREN)}


class Reader(yaml.SafeLoader):
    """PyYAML that knows Ansible's mark."""


Reader.add_multi_constructor(
    "!unsafe",
    lambda loader, _tag, node: (
        loader.construct_mapping(node) if isinstance(node, yaml.MappingNode) else loader.construct_scalar(node)
    ),
)


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path_factory.mktemp("emulator"), *SETTLED)
    yield emulator
    emulator.stop()


def export(emulator: Emulator, path: Path, **options: Any) -> dict[str, Any]:
    return execute("organization_export", {"api_version": NEWEST, "dest": str(path), **options}, emulator, check=True)


def loaded(path: Path) -> Any:
    return yaml.load(path.read_text(), Loader=Reader)


def entries(variables: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The arguments of the modules that do what the variables say, without what stands for a secret."""
    for name, value in variables.items():
        for entry in value:
            if name != "clusters":
                yield NOUNS[name].name, entry
                continue
            yield "cluster", {key: inner for key, inner in entry.items() if key in OWN}
            for key, inner in entry.items():
                for each in [] if key in OWN else inner if isinstance(inner, list) else [inner]:
                    yield NOUNS[key].name, {"cluster": entry.get("id", entry["name"]), **each}


def without_secrets(arguments: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in arguments.items() if not str(value).startswith("{{ vault_")}


@pytest.mark.parametrize("defaults", [True, False], ids=["whole", "short"])
@pytest.mark.parametrize("seed", range(FIRST, LAST))
def test_what_is_exported_changes_nothing(settled: Emulator, tmp_path: Path, seed: int, *, defaults: bool) -> None:
    world = World(settled, seed, twins=bool(seed % 2))
    path = tmp_path / "organization.yml"
    result = export(settled, path, defaults=defaults)
    text = path.read_text()
    assert not any(secret in text for secret in world.secrets)
    for module, arguments in entries(loaded(path)):
        found = execute(module, {"api_version": NEWEST, **without_secrets(arguments)}, settled, check=True)
        assert not found.get("failed"), (module, arguments, found["msg"])
        assert not found["changed"], (module, arguments, found["diff"])
    assert [*dict.fromkeys(result["secrets"])] == result["secrets"]
    assert all(f"{{{{ {name} | default(omit) }}}}" in text for name in result["secrets"])
    assert settled.writes() == []
