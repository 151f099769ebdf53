# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of the API that ansible-core would execute, as keys and as values, on every way that it takes through a play."""

from __future__ import annotations

from pathlib import Path

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.inventory import EXECUTES_MARKED_ONLY, InventoryRunner
from integration.helpers.traps import DEBUG, SET_FACT, Traps, conditions, ways

# What a play reads: each is a dictionary whose keys are hostile (host "hostile-keys") or whose values are (host "hostile-values").
SOURCES = {
    "labels": "crdb_labels",
    "nodes": "crdb_region_nodes",
    "far_labels": "hostvars[inventory_hostname].crdb_labels",
    "far_nodes": "hostvars[inventory_hostname].crdb_region_nodes",
    "result": "found.clusters[0].labels",
    "result_counts": "found.clusters[0].config.serverless",
    "lookup": "lookup('crdb.cloud.cluster', inventory_hostname).labels",
    "lookup_counts": "lookup('crdb.cloud.cluster', inventory_hostname, field='config.serverless')",
    "refused": "refused.error.details[0]",
    "payload": "audit.entries[0].payload",
    "composed": "composed",
    "groups": "dict(group_names | zip(group_names))",
}
SLOW = ("labels", "far_labels", "nodes", "result", "result_counts", "payload")


def plant(emulator: Emulator, traps: Traps) -> None:
    """Two clusters of a hostile server: one whose keys are templates, all values harmless, and one the other way round."""
    keys, values = emulator.add_cluster("hostile-keys"), emulator.add_cluster("hostile-values")
    keys["labels"] = traps.keys("key of a label", "harmless")
    keys["regions"] = [{"name": name, "node_count": 3} for name in traps.texts("region")]
    keys["config"] = {"serverless": traps.keys("key in a result", 4)}
    values["labels"] = traps.values("value of a label")
    values["config"] = {"serverless": {"usage_limits": None, **traps.values("value in a result")}}
    for name, text in zip(("cockroach_version", "sql_dns", "operation_status"), traps.texts("field"), strict=False):
        values[name] = text
    rows = [keys, values]
    listing = {"clusters": rows, "pagination": {}}
    details = [traps.keys("key in an error", 5)]
    answers = {
        "/clusters$": (200, listing),
        "/organization$": (400, {"code": 3, "message": traps.texts("message")[0], "details": details}),
        "/auditlogevents$": (
            200,
            {"entries": [{"created_at": "2026-01-01T00:00:00Z", "payload": traps.keys("payload", 6)}]},
        ),
        **{f"/clusters/{row['id']}$": (200, row) for row in rows},
    }
    for path, (status, body) in answers.items():
        emulator.fault("status", "GET", path, times=999, status=status, body=body)


@pytest.mark.every_core
@pytest.mark.parametrize("direct", [True, False], ids=["direct", "plain-native"])
def test_nothing_is_executed(emulator: Emulator, tmp_path: Path, direct: bool) -> None:
    traps = Traps(tmp_path / "traps")
    plant(emulator, traps)
    inventory = InventoryRunner(tmp_path, emulator)
    options = {
        "strict": False,
        "keyed_groups": [{"key": "crdb_labels", "prefix": "label"}, {"key": "crdb_regions", "prefix": "region"}],
        "compose": {"composed": "crdb_labels", "composed_keys": "crdb_region_nodes | join"},
        "groups": {"some": "'lookup' in (crdb_labels | string)"},
    }
    # Both ways share nearly everything, so the slow one reads less.
    sources = {name: source for name, source in SOURCES.items() if direct or name in SLOW}
    run = inventory(
        [
            {"crdb.cloud.cluster_info": {"cluster": "{{ crdb_id }}"}, "register": "found"},
            {"crdb.cloud.organization_info": {}, "register": "refused", "ignore_errors": True},
            {"crdb.cloud.audit_log_info": {"limit": 1}, "register": "audit"},
            *(task for name, source in sources.items() for task in ways(name, source)),
            *map(conditions, ("crdb_labels", "crdb_region_nodes", "composed")),
            {
                "ansible.builtin.command": {
                    "argv": ["true", "{{ crdb_region_nodes }}", "{{ crdb_labels | list | first }}"]
                }
            },
            {SET_FACT: {"all_groups": "{{ groups.keys() | join('') }}", "texts": "{{ composed_keys ~ refused.msg }}"}},
            {DEBUG: {"msg": ["{{ all_groups }}", "{{ texts }}", "{{ hostvars[inventory_hostname] | string }}"]}},
        ],
        play={"hosts": "crdb_clusters", "connection": "local"},
        arguments=["-i", str(inventory.file(options))],
        direct=direct,
        verbosity=0,
        warns=None,
        fails=None,
        env={} if EXECUTES_MARKED_ONLY else {"ANSIBLE_JINJA2_NATIVE": str(not direct)},
    )
    assert traps.executed() == []
    facts = {
        (name, outcome.host): outcome.result["ansible_facts"][f"{name}_read"]
        for outcome in run.outcomes
        for name in sources
        if outcome.name == f"{name} facts" and not outcome.failed
    }
    assert len(facts) == 2 * len(sources)
    values = traps.values("value of a label")
    # The values of results and of lookups are what the API said, whatever ansible-core does with text.
    assert facts["result", "hostile-values"][0] == values
    assert not direct or facts["lookup", "hostile-values"][0] == values
    names, keys = list(facts["labels", "hostile-keys"][0]), traps.texts("key of a label")
    assert len(names) == len(keys)
    if EXECUTES_MARKED_ONLY:
        assert names == keys
    else:
        assert all("{" not in name and "(" not in name for name in names)
        assert [name for name in names if name.startswith("%7B%7B lookup%28'pipe', 'touch ")]
