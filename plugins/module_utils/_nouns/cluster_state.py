# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a cluster object of any API version: its state, and its fields under the names of our options. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._http.answers import ANY_OBJECT, TEXT, TRUTH, WHOLE, Either, ListOf, MapOf, Object
from .compare import given

CREATING, CREATED, CREATION_FAILED, DELETED, LOCKED = "CREATING", "CREATED", "CREATION_FAILED", "DELETED", "LOCKED"
QUIET = frozenset({None, "", "UNSPECIFIED", "CLUSTER_STATUS_UNSPECIFIED"})
MOVING = frozenset({"MAJOR_UPGRADE_RUNNING", "ROLLBACK_RUNNING"})
ADVANCED_PLANS = frozenset({"ADVANCED", "DEDICATED", "CUSTOM"})
PLANS = ADVANCED_PLANS | {"BASIC", "STANDARD", "SERVERLESS"}
# Editions, which some organizations have instead of plans, each with the plan whose options it has.
EDITIONS = {"STANDARD": "STANDARD", "MISSION_CRITICAL": "ADVANCED"}
MACHINE = ("machine_type", "num_virtual_cpus")
LIMITS = ("request_unit_limit", "storage_mib_limit", "provisioned_virtual_cpus")
REGION = Object(
    {"name": TEXT},
    {"node_count": WHOLE, "primary": TRUTH, "sql_dns": TEXT, "machine_type": TEXT, "num_virtual_cpus": WHOLE},
)
SERVERLESS = Object(
    known={"spend_limit": WHOLE, "usage_limits": Object(known=dict.fromkeys(LIMITS, WHOLE)), "upgrade_type": TEXT}
)
DEDICATED = Object(
    known={"machine_type": TEXT, **dict.fromkeys(("num_virtual_cpus", "storage_gib", "disk_iops"), WHOLE)}
)
TEXTS = (
    *("plan", "edition", "cloud_provider", "operation_status", "upgrade_status", "cockroach_version", "parent_id"),
    *("delete_protection", "network_visibility", "cidr_range", "sql_dns"),
)
# A cluster object of any version, as far as the collection relies on it.
SHAPE = Object(
    {"id": TEXT, "name": TEXT, "state": TEXT},
    {
        **dict.fromkeys(TEXTS, TEXT),
        "labels": MapOf(TEXT),
        "customer_cloud_account": MapOf(ANY_OBJECT),
        # The first documentation lists regions by name alone.
        "regions": ListOf(Either(TEXT, REGION)),
        "config": Object(
            known={"serverless": SERVERLESS, "dedicated": DEDICATED, "host": DEDICATED, "virtual": ANY_OBJECT}
        ),
    },
)


def status(row: Mapping[str, Any]) -> str:
    """The state in words a person reads while waiting: "LOCKED, CRDB_SCALE_RUNNING"."""
    operation = row.get("operation_status")
    return str(row.get("state")) if operation in QUIET else f"{row.get('state')}, {operation}"


def is_settled(row: Mapping[str, Any]) -> bool:
    operation = row.get("operation_status")
    return (
        row.get("state") == CREATED
        and not str(operation).endswith("_RUNNING")
        and row.get("upgrade_status") not in MOVING
    )


def patience(row: Mapping[str, Any]) -> float:
    """How many seconds may lie between two looks at a cluster that is busy: machines take an hour, the rest a minute."""
    return 30.0 if is_advanced(row) else 5.0


def failure(row: Mapping[str, Any]) -> str:
    """Why waiting for this cluster to be ready is pointless, or ""."""
    state, operation = row.get("state"), str(row.get("operation_status"))
    if state == CREATION_FAILED:
        return "its creation failed (state CREATION_FAILED); delete it and create it again"
    if state == DELETED:
        return "it was deleted"
    if operation.endswith("_FAILED"):
        return f"the operation failed (operation_status {operation})"
    return ""


def is_gone(row: Mapping[str, Any] | None) -> bool:
    return row is None or row.get("state") == DELETED


def machines(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What its nodes are, {} where they are no matter of the customer's."""
    config = row.get("config") or {}
    return config.get("dedicated") or config.get("host") or {}


def plan_of(row: Mapping[str, Any]) -> str:
    """The plan; of a cluster with an edition instead, or with a plan that nobody knows yet, the one whose options it has."""
    found = row.get("plan") or EDITIONS.get(str(row.get("edition")))
    return "ADVANCED" if found not in PLANS and machines(row) else str(found or "STANDARD")


def is_advanced(row: Mapping[str, Any]) -> bool:
    return plan_of(row) in ADVANCED_PLANS


def major(version: Any) -> str:
    """v25.2 of v25.2.3, of 25.2 and of v25.2."""
    parts = str(version or "").removeprefix("v").split(".")
    return f"v{'.'.join(parts[:2])}" if parts[0] else ""


def region_names(row: Mapping[str, Any]) -> list[str]:
    return sorted(
        str(region["name"]) if isinstance(region, Mapping) else str(region) for region in row.get("regions") or []
    )


def limits(row: Mapping[str, Any]) -> dict[str, int]:
    """The usage limits; {} where there is none. A limit of zero, which can't be set, is how 2023-04-10 shows none."""
    found = ((row.get("config") or {}).get("serverless") or {}).get("usage_limits") or {}
    return {name: value for name, value in found.items() if value}


def view(row: Mapping[str, Any]) -> dict[str, Any]:
    """What can be compared, under the names of the options of the module cluster."""
    config = row.get("config") or {}
    serverless, dedicated = config.get("serverless") or {}, machines(row)
    regions = [region for region in row.get("regions") or [] if isinstance(region, Mapping)]
    names = region_names(row)
    primary = next(
        (region["name"] for region in regions if region.get("primary")), names[0] if len(names) == 1 else None
    )
    found: dict[str, Any] = {
        "name": row.get("name"),
        "provider": row.get("cloud_provider"),
        "plan": row.get("plan"),
        "edition": row.get("edition"),
        "labels": row.get("labels") or {},
        "parent_id": row.get("parent_id") or "root",
        "delete_protection": "ENABLED" if row.get("delete_protection") == "ENABLED" else "DISABLED",
        "cockroach_version": major(row.get("cockroach_version")),
        "upgrade_status": row.get("upgrade_status"),
    }
    if is_advanced(row):
        found.update(
            region_nodes={region["name"]: region.get("node_count") for region in regions},
            hardware={
                name: dedicated.get(name) for name in ("machine_type", "num_virtual_cpus", "storage_gib", "disk_iops")
            },
            network_visibility=row.get("network_visibility"),
            cidr_range=row.get("cidr_range") or "",
            region_machine_specs={region["name"]: {each: region.get(each) for each in MACHINE} for region in regions},
            customer_cloud_account=given(
                {name: account for name, account in (row.get("customer_cloud_account") or {}).items() if account}
            ),
        )
    else:
        found.update(
            regions=names,
            primary_region=primary,
            spend_limit=serverless.get("spend_limit"),
            usage_limits=limits(row),
            upgrade_type=serverless.get("upgrade_type"),
        )
    return found
