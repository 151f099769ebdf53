# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the API for clusters, said before a request is wasted on them. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import Any

from .._base.errors import OptionError
from .._base.spelling import nearest
from . import cluster_state as state
from .declared import UUID
from .limits import SPEND_LIMIT_GONE

NAME = re.compile(r"[a-z0-9]([a-z0-9-]{4,18})[a-z0-9]")
LABEL_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
LABEL_VALUE = re.compile(r"[a-z0-9_-]{0,63}")
ADVANCED_ONLY = (
    *("region_nodes", "hardware", "network_visibility", "cidr_range", "region_machine_specs", "customer_cloud_account"),
    *("restrict_egress_traffic", "supports_cluster_virtualization", "cmek_region_specs"),
)
SERVERLESS_ONLY = (
    "regions",
    "primary_region",
    "usage_limits",
    "spend_limit",
    "upgrade_type",
    "with_empty_ip_allowlist",
)
# How many names of regions a message proposes.
REGIONS_SHOWN = 3
# What the service sells.
STANDARD_VCPUS = range(2, 201)
MOST_REGIONS = 9
MOST_SERVERLESS_REGIONS = 6
MOST_NODES = 150
NODES_OF_SEVERAL_REGIONS = 3
LARGEST_CIDR_MASK = 19
NOT_FROM_ADVANCED = "Create a new cluster and move the data"


def name(value: str) -> None:
    if not NAME.fullmatch(value):
        raise OptionError(
            f"'{value}' can't be the name of a cluster: 6 to 20 lower-case letters, digits and dashes are allowed, no dash first or last"
        )


def label_value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def labels(value: Mapping[str, Any]) -> dict[str, str]:
    """Labels as text, checked against the API's limits."""
    found = {str(key): label_value(item) for key, item in value.items()}
    if len(found) > 50:
        raise OptionError(f"labels: at most 50 are allowed, got {len(found)}")
    for key, item in found.items():
        if not LABEL_KEY.fullmatch(key):
            raise OptionError(
                f"labels: '{key}' can't be a key: a lower-case letter, then up to 62 of a-z, 0-9, _ and - are allowed"
            )
        if not LABEL_VALUE.fullmatch(item):
            raise OptionError(
                f"labels: '{item}' can't be the value of '{key}': up to 63 of a-z, 0-9, _ and - are allowed"
            )
    return found


def region_nodes(value: Mapping[str, Any]) -> dict[str, int]:
    """Node counts by region as integers of at least 1."""
    found: dict[str, int] = {}
    for region, count in value.items():
        try:
            found[region] = int(str(count))
        except ValueError:
            raise OptionError(f"region_nodes.{region} must be a number of nodes, got '{count}'") from None
        if isinstance(count, bool) or found[region] < 1:
            raise OptionError(f"region_nodes.{region} must be at least 1, got {count}; leave a region out to remove it")
    if not found:
        raise OptionError("region_nodes needs at least one region")
    return found


def regions(names: Iterable[str], available: Iterable[str], where: str) -> None:
    """Refuse names of regions that are not *available*, with those that may be meant."""
    known = sorted(available)
    for region in names:
        if region not in known:
            near = nearest(region, known)[:REGIONS_SHOWN]
            shown = known[: 3 * REGIONS_SHOWN]
            more = f" and {len(known) - len(shown)} more, see crdb.cloud.region_info" if len(known) > len(shown) else ""
            raise OptionError(
                f"There is no region '{region}' for {where}",
                f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(shown)}{more}",
            )


def parent_id(value: str) -> str:
    """The id of a folder as the API spells it, or root; OptionError where *value* can be neither."""
    text = value.strip().lower() or "root"
    if text != "root" and not UUID.fullmatch(text):
        raise OptionError(f"parent_id must be the id of a folder (a UUID), or root for none, got '{value}'")
    return text


def inferred_plan(wanted: Mapping[str, Any]) -> str:
    if wanted.get("plan"):
        return str(wanted["plan"])
    if wanted.get("edition"):
        return state.EDITIONS[wanted["edition"]]
    if "region_nodes" in wanted or "hardware" in wanted:
        return "ADVANCED"
    return "STANDARD" if "provisioned_virtual_cpus" in wanted.get("usage_limits", {}) else "BASIC"


def check_new(cluster_name: str | None, wanted: Mapping[str, Any], api_version: str) -> str:
    """Check what a new cluster needs; returns its plan."""
    if not cluster_name:
        raise OptionError("name is needed to create a cluster")
    name(cluster_name)
    plan = inferred_plan(wanted)
    _check_fit(cluster_name, wanted, plan, api_version)
    _check_own_version(cluster_name, wanted, plan)
    needed = ("provider", "region_nodes", "hardware") if plan == "ADVANCED" else ("provider", "regions")
    missing = [option for option in needed if not wanted.get(option)]
    if missing:
        raise OptionError(
            f"Cluster '{cluster_name}' does not exist yet, and {' and '.join(missing)} must be set to create it"
        )
    if plan == "ADVANCED":
        machine = [option for option in state.MACHINE if wanted["hardware"].get(option)]
        if "region_machine_specs" in wanted:
            _check_machines(f"Cluster '{cluster_name}'", wanted, wanted["region_nodes"], new=True)
        elif len(machine) != 1:
            raise OptionError("hardware needs exactly one of num_virtual_cpus and machine_type to create a cluster")
        if wanted.get("cidr_range") and wanted["provider"] != "GCP":
            raise OptionError(f"cidr_range can be set on GCP only, not on {wanted['provider']}")
        _check_cidr_range(wanted.get("cidr_range"))
        check_nodes(f"Cluster '{cluster_name}'", wanted["region_nodes"])
        if wanted["hardware"].get("disk_iops") and wanted["provider"] != "AWS":
            raise OptionError(f"hardware.disk_iops can be set on AWS only, not on {wanted['provider']}")
        return plan
    if wanted.get("plan", plan) == "STANDARD" and not (
        wanted.get("edition") or wanted.get("usage_limits", {}).get("provisioned_virtual_cpus")
    ):
        raise OptionError(f"Cluster '{cluster_name}': a STANDARD cluster needs usage_limits.provisioned_virtual_cpus")
    _check_primary(wanted["regions"], wanted.get("primary_region"))
    return plan


def _check_own_version(cluster: str, wanted: Mapping[str, Any], plan: str) -> None:
    """Whoever does not start upgrades has no say in the version: the service moves it on, whatever a task asks for."""
    if "cockroach_version" not in wanted or plan == "ADVANCED" or wanted.get("upgrade_type") == "MANUAL":
        return
    raise OptionError(
        f"Cluster '{cluster}': the service chooses the version of a {plan} cluster, so cockroach_version can't be set",
        "Set upgrade_type: MANUAL as well, or take cockroach_version out"
        if plan == "STANDARD"
        else "Take cockroach_version out",
    )


def _check_cidr_range(text: str | None) -> None:
    if not text:
        return
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError:
        raise OptionError(f"cidr_range: '{text}' is no IPv4 network such as 172.28.0.0/14") from None
    if network.prefixlen > LARGEST_CIDR_MASK:
        raise OptionError(f"cidr_range: {text} is too small, the mask can be /{LARGEST_CIDR_MASK} at most")


def _check_machines(label: str, wanted: Mapping[str, Any], nodes: Iterable[str], *, new: bool) -> None:
    """Check the machines of single regions; a new cluster needs them for all of its *nodes*, or for none."""
    specs = wanted["region_machine_specs"]
    if set(state.MACHINE) & set(wanted.get("hardware") or ()):
        raise OptionError(f"{label}: region_machine_specs takes the place of a machine in hardware, which has to go")
    unlike = sorted(set(nodes) ^ set(specs)) if new else sorted(set(specs) - set(nodes))
    if unlike:
        raise OptionError(f"{label}: region_machine_specs and region_nodes don't name the same regions ({unlike[0]})")
    for region, spec in specs.items():
        if not isinstance(spec, Mapping) or len(spec) != 1 or not set(spec) <= set(state.MACHINE):
            raise OptionError(
                f"{label}: region_machine_specs.{region} needs exactly one of {' and '.join(state.MACHINE)}"
            )


def check_nodes(label: str, nodes: Mapping[str, int], before: Mapping[str, int] | None = None) -> None:
    """Check node counts by region, which may follow those *before*."""
    if len(nodes) > MOST_REGIONS:
        raise OptionError(f"{label}: region_nodes has {len(nodes)} regions, {MOST_REGIONS} are allowed")
    if sum(nodes.values()) > MOST_NODES:
        raise OptionError(f"{label}: region_nodes has {sum(nodes.values())} nodes, {MOST_NODES} are allowed")
    few = [region for region, count in nodes.items() if count < NODES_OF_SEVERAL_REGIONS]
    if len(nodes) > 1 and few:
        raise OptionError(
            f"{label}: region_nodes.{few[0]} is {nodes[few[0]]}; with several regions each needs {NODES_OF_SEVERAL_REGIONS} nodes"
        )
    if sum((before or {}).values()) > 1 and sum(nodes.values()) == 1:
        raise OptionError(f"{label} has several nodes and can't go back to a single one")


def check_change(row: Mapping[str, Any], found: Mapping[str, Any], wanted: Mapping[str, Any], api_version: str) -> None:
    """Check that what is wanted can be said of this cluster at all."""
    label = f"Cluster '{row.get('name')}'"
    plan, edition = wanted.get("plan", found["plan"]), found["edition"]
    if wanted.get("plan") and not found["plan"]:
        raise OptionError(
            f"{label} has {f'the edition {edition}' if edition else 'an edition'} instead of a plan, so plan can't be set",
            "Take plan out",
        )
    if wanted.get("edition") and wanted["edition"] != edition:
        raise OptionError(
            f"{label} has the {f'edition {edition}' if edition else f'plan {plan}'}, which can't become the edition {wanted['edition']}",
            NOT_FROM_ADVANCED,
        )
    if (row.get("config") or {}).get("virtual") and set(wanted) & {
        *ADVANCED_ONLY,
        *SERVERLESS_ONLY,
        "cockroach_version",
    }:
        raise OptionError(
            f"{label} is a virtual cluster, whose regions and limits are not set here", "Use the module virtual_cluster"
        )
    if wanted.get("plan") and plan != found["plan"] and not {plan, found["plan"]} <= {"BASIC", "STANDARD"}:
        raise OptionError(
            f"{label} has the plan {found['plan']}, which can't become {plan}: only BASIC and STANDARD can be changed into each other",
            NOT_FROM_ADVANCED,
        )
    _check_fit(
        str(row.get("name")),
        wanted,
        "ADVANCED" if state.is_advanced(row) else wanted.get("plan") or state.plan_of(row),
        api_version,
    )
    if (
        plan == "STANDARD"
        and found["plan"] == "BASIC"
        and not wanted.get("usage_limits", {}).get("provisioned_virtual_cpus")
    ):
        raise OptionError(f"{label} needs usage_limits.provisioned_virtual_cpus to become STANDARD")
    if plan == "STANDARD" and wanted.get("usage_limits") == {}:
        raise OptionError(f"{label} is STANDARD and can't be without usage_limits.provisioned_virtual_cpus")
    if (
        plan == "BASIC"
        and found["plan"] == "STANDARD"
        and wanted.get("upgrade_type", found.get("upgrade_type")) == "MANUAL"
    ):
        raise OptionError(
            f"{label} has upgrade_type MANUAL, which BASIC does not allow",
            "Set upgrade_type: AUTOMATIC together with plan: BASIC",
        )


def check_changes(
    row: Mapping[str, Any], found: Mapping[str, Any], changes: Mapping[str, tuple[Any, Any]], api_version: str
) -> None:
    """Refuse the changes that the API does not make."""
    label = f"Cluster '{row.get('name')}'"
    if "regions" in changes:
        before, after = changes["regions"]
        if api_version < "2023-04-10":
            raise OptionError(
                f"{label} is in {', '.join(before)}; api_version {api_version} can't change regions",
                "api_version 2023-04-10 is the first that can",
            )
        gone = sorted(set(before or []) - set(after))
        if gone:
            raise OptionError(
                f"{label}: regions can be added but not removed, and {', '.join(gone)} would be",
                "List them too, or make a new cluster",
            )
    if "primary_region" in changes and api_version < "2023-04-10":
        raise OptionError(
            f"{label}: api_version {api_version} can't change primary_region",
            "api_version 2023-04-10 is the first that can",
        )
    if {"regions", "primary_region"} & set(changes):
        wanted_regions = changes["regions"][1] if "regions" in changes else found["regions"]
        _check_primary(
            wanted_regions, changes["primary_region"][1] if "primary_region" in changes else found["primary_region"]
        )
    if "region_nodes" in changes:
        check_nodes(label, changes["region_nodes"][1], changes["region_nodes"][0])
    if "region_machine_specs" in changes:
        nodes = changes["region_nodes"][1] if "region_nodes" in changes else found["region_nodes"]
        _check_machines(
            label, {**changes, "region_machine_specs": changes["region_machine_specs"][1]}, nodes, new=False
        )
    if "hardware" in changes:
        before, after = changes["hardware"]
        if (after.get("storage_gib") or 0) < (before.get("storage_gib") or 0) and "storage_gib" in after:
            raise OptionError(
                f"{label} has {before['storage_gib']} GiB of storage a node, which can grow but not shrink to {after['storage_gib']}"
            )
        if "disk_iops" in after and row.get("cloud_provider") != "AWS":
            raise OptionError(f"hardware.disk_iops can be set on AWS only, not on {row.get('cloud_provider')}")


def _check_fit(cluster: str, wanted: Mapping[str, Any], plan: str, api_version: str) -> None:
    foreign = SERVERLESS_ONLY if plan == "ADVANCED" else ADVANCED_ONLY
    wrong = [option for option in foreign if option in wanted]
    if wrong:
        instead = {
            "regions": "region_nodes",
            "usage_limits": "hardware and region_nodes",
            "region_nodes": "regions",
            "hardware": "usage_limits",
        }.get(wrong[0])
        raise OptionError(
            f"Cluster '{cluster}': {', '.join(wrong)} can't be set on the plan {plan}",
            f"There it is {instead}" if instead else "",
        )
    if {"num_virtual_cpus", "machine_type"} <= set(wanted.get("hardware") or ()):
        raise OptionError(f"Cluster '{cluster}': hardware takes exactly one of num_virtual_cpus and machine_type")
    limits = wanted.get("usage_limits") or {}
    if plan == "STANDARD" and {"request_unit_limit", "storage_mib_limit"} & set(limits):
        raise OptionError(
            f"Cluster '{cluster}': a STANDARD cluster has no spend, request unit or storage limit; it is sized by usage_limits.provisioned_virtual_cpus"
        )
    cpus = limits.get("provisioned_virtual_cpus")
    if plan == "STANDARD" and cpus is not None and cpus not in STANDARD_VCPUS:
        raise OptionError(
            f"Cluster '{cluster}': usage_limits.provisioned_virtual_cpus must be from {STANDARD_VCPUS[0]} to {STANDARD_VCPUS[-1]}, got {cpus}"
        )
    if plan == "BASIC" and "provisioned_virtual_cpus" in limits:
        raise OptionError(
            f"Cluster '{cluster}': usage_limits.provisioned_virtual_cpus is for STANDARD clusters, not for BASIC"
        )
    if plan == "BASIC" and wanted.get("upgrade_type") == "MANUAL" and api_version >= SPEND_LIMIT_GONE:
        raise OptionError(f"Cluster '{cluster}': upgrade_type MANUAL needs the plan STANDARD")


def _check_primary(names: list[str], primary: str | None) -> None:
    if len(names) > MOST_SERVERLESS_REGIONS:
        raise OptionError(f"regions: at most {MOST_SERVERLESS_REGIONS} are allowed, got {len(names)}")
    if primary and primary not in names:
        raise OptionError(f"primary_region: '{primary}' is not among the regions {', '.join(names)}")
    if len(names) > 1 and not primary:
        raise OptionError(f"primary_region must be set where there is more than one region ({', '.join(names)})")


def complete_plan_change(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """A cluster that becomes BASIC loses its provisioned vCPUs, which has to be said to the API."""
    if wanted.get("plan") == "BASIC" and found["plan"] == "STANDARD":
        return {"usage_limits": {}, **wanted}
    return dict(wanted)


def notes_for_change(wanted: Mapping[str, Any], changes: Mapping[str, tuple[Any, Any]]) -> list[str]:
    if "usage_limits" in changes and "usage_limits" not in wanted:
        return ["The cluster has no limit on what it may cost from now on: set spend_limit or usage_limits for one"]
    return []
