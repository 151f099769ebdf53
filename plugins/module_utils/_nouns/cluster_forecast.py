# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API's object of a cluster will look like after a change, as far as that can be known. Pure.

What only the service knows (a patch release, the machine type of a size, the address of a region) is left out.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from . import cluster_state as state
from .cluster_versions import AVAILABLE, FINALIZED, ROLLING_BACK, RUNNING
from .limits import SPEND_LIMIT_GONE, USAGE_LIMITS_SINCE, cents_to_limits

MACHINE = (*state.MACHINE, "memory_gib")
# Zero stands for what the provider gives by default.
DEFAULTED = ("storage_gib", "disk_iops")
# Fields whose change locks a cluster for a while.
LOCKING = frozenset({"region_nodes", "region_machine_specs", "hardware", "cockroach_version"})
# Options that an object does not show.
UNSEEN = frozenset(
    {"with_empty_ip_allowlist", "restrict_egress_traffic", "supports_cluster_virtualization", "cmek_region_specs"}
)
PLANS_BEFORE = {"ADVANCED": "DEDICATED"}


def quiet(version: str) -> str:
    """The operation_status of a cluster that does nothing."""
    return "UNSPECIFIED" if version >= USAGE_LIMITS_SINCE else "CLUSTER_STATUS_UNSPECIFIED"


def created(key: Mapping[str, Any], wanted: Mapping[str, Any], plan: str, version: str) -> dict[str, Any]:
    """A new cluster once it is ready."""
    row = {
        "state": state.CREATED,
        "operation_status": quiet(version),
        "sql_dns": "",
    }
    if "edition" not in wanted:
        row["plan"] = plan if version >= SPEND_LIMIT_GONE else PLANS_BEFORE.get(plan, "SERVERLESS")
    found = changed(row, {**key, **{name: value for name, value in wanted.items() if name != "plan"}}, version)
    if version >= USAGE_LIMITS_SINCE and not wanted.get("usage_limits") and "spend_limit" not in wanted:
        # No limit was sent; what an older version shows for that is the service's choice.
        found["config"].get("serverless", {}).pop("spend_limit", None)
    return found


def changed(row: Mapping[str, Any], after: Mapping[str, Any], version: str) -> dict[str, Any]:
    """The object of *row* with the fields *after*, all of which change."""
    found: dict[str, Any] = copy.deepcopy(dict(row))
    config = found.setdefault("config", {})
    if after:
        found.pop("updated_at", None)
    for option, value in after.items():
        if option == "provider":
            found["cloud_provider"] = value
        elif option in ("regions", "region_nodes"):
            _regions(found, value)
        elif option == "hardware":
            kind = "host" if config.get("host") else "dedicated"
            config[kind] = _hardware(config.get(kind) or {}, value)
        elif option in ("spend_limit", "usage_limits"):
            config["serverless"] = _limited(config.get("serverless") or {}, option, value, version)
        elif option == "upgrade_type":
            config["serverless"] = {**(config.get("serverless") or {}), option: value}
        elif option in UNSEEN or option in ("cockroach_version", "region_machine_specs", "primary_region"):
            pass
        else:
            found[option] = value
    if "primary_region" in after:
        _primary(found, after["primary_region"])
    for region in found.get("regions") or () if "region_machine_specs" in after else ():
        spec = after["region_machine_specs"].get(region["name"])
        for name in state.MACHINE if spec else ():
            # Of the two the service tells the other.
            region.pop(name, None)
        region.update(spec or {})
    if "cockroach_version" in after or after.get("upgrade_status") == AVAILABLE:
        # The service chooses the patch release.
        found.pop("cockroach_version", None)
    if {"plan", "upgrade_type"} & set(after) or after.get("upgrade_status") == FINALIZED:
        # Whether there is a next version to upgrade to.
        found.pop("upgrade_status", None)
    if "plan" in after:
        # Where it runs, and where clients of private networks connect to.
        found.pop("account_id", None)
        for region in found.get("regions") or ():
            region.pop("private_endpoint_dns", None)
    return found


def at_once(
    row: Mapping[str, Any], changes: Mapping[str, tuple[Any, Any]], after: Mapping[str, Any], version: str
) -> dict[str, Any]:
    """The object of *row* right after the request that makes *changes*, where nobody waits for the fields *after*."""
    rolls_back = after.get("upgrade_status") == AVAILABLE
    if not (LOCKING & set(changes) or rolls_back):
        return changed(row, after, version)
    found = changed(
        row, {name: value for name, value in after.items() if name in changes and name not in LOCKING}, version
    )
    found["state"] = state.LOCKED
    found.pop("operation_status", None)
    found.pop("updated_at", None)
    if rolls_back:
        found["upgrade_status"] = ROLLING_BACK
    elif "cockroach_version" in changes:
        found["upgrade_status"] = RUNNING
    return found


def _regions(found: dict[str, Any], value: Any) -> None:
    known = {region["name"]: region for region in found.get("regions") or [] if isinstance(region, dict)}
    counts = value if isinstance(value, dict) else dict.fromkeys(value, 0)
    found["regions"] = [
        {**known.get(region, {"name": region}), "node_count": count} for region, count in sorted(counts.items())
    ]
    if "sql_dns" in found and isinstance(value, dict) and set(known) != set(counts):
        # An Advanced cluster's own address is that of one of its regions; _primary() sees to the others.
        found["sql_dns"] = ""


def _primary(found: dict[str, Any], primary: str | None) -> None:
    several = len(found.get("regions") or ()) > 1
    for region in found.get("regions") or ():
        changes = region.get("primary", not several) != (several and region["name"] == primary)
        region["primary"] = several and region["name"] == primary
        if changes and several:
            # The cluster's own address is that of its primary region.
            found["sql_dns"] = ""


def _hardware(current: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: item for name, item in value.items() if item or name not in DEFAULTED}
    found = {name: item for name, item in current.items() if not (name in MACHINE and set(MACHINE) & set(given))}
    if "storage_gib" in given:
        # Providers give operations by size.
        found.pop("disk_iops", None)
    return {**found, **given}


def _limited(serverless: Mapping[str, Any], option: str, value: Any, version: str) -> dict[str, Any]:
    found = {**serverless, option: value}
    if option == "usage_limits":
        found[option] = value or None
        if version < SPEND_LIMIT_GONE:
            # Lifting them is setting a spend limit of zero. What else they come to is the service's rounding.
            found.pop("spend_limit", None)
            if not value:
                found["spend_limit"] = 0
    elif version >= USAGE_LIMITS_SINCE:
        # This version shows both, whichever was set.
        found["usage_limits"] = cents_to_limits(value) if value else None
    return found
