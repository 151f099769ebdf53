# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory plugin costs beside what it costs ansible-core to take in the same hosts, groups and variables.

``python -m bench.inventory_cost DIRECTORY CLUSTERS`` prints both in seconds of CPU, the best of some rounds each, as JSON.
"""

from __future__ import annotations

import gc
import json
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader, inventory_loader

COLLECTIONS = Path(__file__).resolve().parents[2] / ".cache" / "collections"
ROUNDS = 5


def rows(clusters: int) -> list[dict[str, Any]]:
    """Clusters as the API lists them."""
    return [
        {
            "id": str(uuid.UUID(int=number)),
            "name": f"cluster-{number:05}",
            "plan": "BASIC",
            "cloud_provider": "GCP",
            "state": "CREATED",
            "operation_status": "UNSPECIFIED",
            "upgrade_status": "FINALIZED",
            "cockroach_version": "v25.2.3",
            "delete_protection": "DISABLED",
            "labels": {"env": "prod", "team": f"team{number % 9}"},
            "parent_id": "root",
            "sql_dns": f"cluster-{number}.gcp-us-central1.example.com",
            "regions": [{"name": "us-central1", "node_count": 0, "primary": True}],
            "config": {"serverless": {"routing_id": f"cluster-{number}", "upgrade_type": "AUTOMATIC"}},
        }
        for number in range(clusters)
    ]


def seconds(work: Callable[..., None], *args: Any) -> float:
    gc.collect()
    started = time.process_time()
    work(*args)
    return time.process_time() - started


def take_in(hosts: dict[str, dict[str, Any]], groups: list[str]) -> None:
    """What any inventory plugin has to do, with values that are at hand."""
    inventory = InventoryData()
    for group in groups:
        inventory.add_group(group)
    for name, variables in hosts.items():
        inventory.add_host(name, group="crdb_clusters")
        for key, value in variables.items():
            inventory.set_variable(name, key, value)


def main(directory: Path, clusters: int) -> None:
    init_plugin_loader([str(COLLECTIONS)])
    source = directory / "cost.crdb.yml"
    source.write_text("plugin: crdb.cloud.clusters\napi_key: CCDB1_none\n")
    found = {"clusters": rows(clusters), "nodes": {}}
    ours, core = [], []
    for _round in range(ROUNDS):
        plugin = inventory_loader.get("crdb.cloud.clusters")
        plugin._data = lambda path, cache: found  # the transport is not what is measured
        inventory = InventoryData()
        ours.append(seconds(plugin.parse, inventory, DataLoader(), str(source), False))
        hosts = {host.name: dict(host.vars) for host in inventory.hosts.values()}
        core.append(seconds(take_in, hosts, list(inventory.groups)))
    print(json.dumps({"hosts": len(hosts), "plugin": min(ours), "core": min(core)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
