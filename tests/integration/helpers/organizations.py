# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random organizations, each from a seed: what is there, and what a fleet wants of it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from .emulator import Emulator

REGIONS = {"GCP": ("us-central1", "us-east1", "europe-west1"), "AWS": ("us-east-1", "us-west-2", "eu-west-1")}
NETWORKS = ("0.0.0.0/0", "203.0.113.0/24", "198.51.100.7/32", "192.0.2.0/28")
USERS = ("app", "etl", "reporting", "migrator")


@dataclass
class Organization:
    """*there* are clusters to make before the run (as the fleet's own entries), *wanted* are the fleet's entries."""

    seed: int
    there: list[dict[str, Any]] = field(default_factory=list)
    wanted: list[dict[str, Any]] = field(default_factory=list)
    purge_confirm: list[str] = field(default_factory=list)

    @property
    def fleet(self) -> str:
        return f"fleet-{self.seed}"

    def arguments(self) -> dict[str, Any]:
        """Arguments of the module fleet; passwords are the variable ``password``."""
        found: dict[str, Any] = {"name": self.fleet, "clusters": self.wanted, "wait_interval": 0.1}
        return {**found, "purge": True, "purge_confirm": self.purge_confirm} if self.purge_confirm else found


def organization(seed: int) -> Organization:
    """What *seed* says: up to six clusters that are there, new, changed, left alone or to be purged."""
    rng = random.Random(seed)
    found = Organization(seed)
    for number in range(rng.randint(1, 6)):
        name = f"c{seed}-{number}-abc"
        before, fate = _cluster(rng, name), rng.choice(("new", "changed", "changed", "same", "purged", "alone"))
        if fate == "new":
            found.wanted.append(before)
            continue
        found.there.append(before)
        if fate == "purged":
            # Only what carries the label of the fleet may go.
            before["labels"] = {**before.get("labels", {}), "crdb-cloud-fleet": found.fleet}
            found.purge_confirm.append(name)
        elif fate == "same":
            found.wanted.append(before)
        elif fate == "changed":
            found.wanted.append(_changed(rng, before))
    return found


def build(emulator: Emulator, organizations: list[Organization]) -> None:
    """Make what is there before the run, with all clusters ready."""
    rows = {}
    for row in (row for made in organizations for row in made.there):
        spec = {"plan": row["plan"], "labels": row.get("labels", {})}
        if row["plan"] == "ADVANCED":
            spec["dedicated"] = {
                "region_nodes": row["region_nodes"],
                "hardware": {"machine_spec": {"num_virtual_cpus": 4}, "storage_gib": 150},
            }
        else:
            limits = {name: str(value) for name, value in row.get("usage_limits", {}).items()}
            spec["serverless"] = {"regions": row["regions"], **({"usage_limits": limits} if limits else {})}
        body = {"name": row["name"], "provider": row["provider"], "spec": spec}
        rows[row["name"]] = (emulator.api("POST", "/clusters", body)["id"], row)
    emulator.until(lambda: all(row["state"] in ("CREATED", "DELETED") for row in emulator.state()["clusters"]))
    for cluster_id, row in rows.values():
        for user in row.get("sql_users", ()):
            emulator.api(
                "POST", f"/clusters/{cluster_id}/sql-users", {"name": user["name"], "password": "set-by-the-test"}
            )
        for database in row.get("databases", ()):
            if database["name"] != "defaultdb":
                emulator.api("POST", f"/clusters/{cluster_id}/databases", {"name": database["name"]})
        for entry in row.get("allowlist", ()):
            address, _slash, mask = entry["cidr"].partition("/")
            body = {"cidr_ip": address, "cidr_mask": int(mask), "ui": True, "sql": True, "name": entry.get("name", "")}
            emulator.api("POST", f"/clusters/{cluster_id}/networking/allowlist", body)
    emulator.reset("requests")


def _cluster(rng: random.Random, name: str) -> dict[str, Any]:
    provider = rng.choice(sorted(REGIONS))
    plan = rng.choice(("BASIC", "BASIC", "STANDARD", "ADVANCED"))
    found: dict[str, Any] = {"name": name, "provider": provider, "plan": plan}
    if plan == "ADVANCED":
        found["region_nodes"] = {rng.choice(REGIONS[provider]): rng.choice((1, 3))}
        found["hardware"] = {"num_virtual_cpus": 4, "storage_gib": 150}
    else:
        found["regions"] = [rng.choice(REGIONS[provider])]
        limits = {"provisioned_virtual_cpus": rng.choice((2, 4))} if plan == "STANDARD" else _limits(rng)
        found.update({"usage_limits": limits} if limits else {})
    if rng.random() < 0.5:
        found["labels"] = {"team": rng.choice("abc")}
    return {**found, **_children(rng)}


def _limits(rng: random.Random) -> dict[str, int]:
    return rng.choice(
        ({}, {"request_unit_limit": 1_000_000}, {"request_unit_limit": 5_000_000, "storage_mib_limit": 2048})
    )


def _children(rng: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if rng.random() < 0.8:
        users = rng.sample(USERS, rng.randint(0, len(USERS)))
        found["sql_users"] = [{"name": name, "password": "{{ password }}"} for name in users]
    if rng.random() < 0.3:
        found["databases"] = [
            {"name": name} for name in rng.sample(("orders", "defaultdb", "audit"), rng.randint(1, 3))
        ]
    if rng.random() < 0.6:
        found["allowlist"] = [{"cidr": cidr} for cidr in rng.sample(NETWORKS, rng.randint(0, len(NETWORKS)))]
    return found


def _changed(rng: random.Random, before: dict[str, Any]) -> dict[str, Any]:
    after = {**before, **_children(rng)}
    if rng.random() < 0.5:
        after["labels"] = {"team": rng.choice("abcd"), "env": "prod"}
    if before["plan"] == "BASIC" and rng.random() < 0.5:
        after["usage_limits"] = {"request_unit_limit": rng.randint(1, 9) * 1_000_000}
    if before["plan"] == "STANDARD" and rng.random() < 0.5:
        after["usage_limits"] = {"provisioned_virtual_cpus": rng.choice((2, 4, 8))}
    if before["plan"] == "ADVANCED" and rng.random() < 0.5:
        after["hardware"] = {"num_virtual_cpus": 4, "storage_gib": 300}
    if rng.random() < 0.3:
        after["delete_protection"] = rng.choice(("ENABLED", "DISABLED"))
    after["sql_users"] = [dict(user) for user in after.get("sql_users", ())]
    for user in after["sql_users"]:
        if rng.random() < 0.2:
            user["update_password"] = "always"
        elif rng.random() < 0.2:
            user["state"] = "absent"
    purged = [name for name in ("sql_users", "allowlist") if rng.random() < 0.4]
    return {**after, **({"purge_children": purged} if purged else {})}
