# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the API for clusters, said before a request is wasted on them, and what a change will look like. Pure."""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from .._errors import OptionError
from . import _cluster_state as state
from ._limits import SPEND_LIMIT_GONE

NAME = re.compile(r"[a-z0-9]([a-z0-9-]{4,18})[a-z0-9]")
LABEL_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
LABEL_VALUE = re.compile(r"[a-z0-9_-]{0,63}")
VERSION = re.compile(r"v?(\d{2}\.\d+)")
ADVANCED_ONLY = ("region_nodes", "hardware", "network_visibility", "cidr_range")
SERVERLESS_ONLY = (
    "regions",
    "primary_region",
    "usage_limits",
    "spend_limit",
    "upgrade_type",
    "with_empty_ip_allowlist",
)
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


def misread_version(value: Any) -> str:
    """What is wrong with a version as YAML gives it: as a number it has lost what tells v25.1 from v25.10."""
    if not isinstance(value, float):
        return ""
    return f"must be quoted, as in 'v25.2': {value} is a number to YAML, to which 25.1 and 25.10 are the same"


def version(value: str) -> str:
    match = VERSION.fullmatch(value.strip())
    if match is None:
        raise OptionError(
            f"cockroach_version must be a major version such as 'v25.2', got '{value}'; the service chooses the patch release"
        )
    return f"v{match.group(1)}"


def regions(names: Iterable[str], available: Iterable[str], where: str) -> None:
    """Refuse names of regions that are not *available*, with the nearest ones that are."""
    known = sorted(available)
    for region in names:
        if region not in known:
            near = difflib.get_close_matches(region, known, n=3, cutoff=0.4) or known[:5]
            raise OptionError(
                f"There is no region '{region}' for {where}", f"The nearest valid names are {', '.join(near)}"
            )


def inferred_plan(wanted: Mapping[str, Any]) -> str:
    if wanted.get("plan"):
        return str(wanted["plan"])
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
    needed = ("provider", "region_nodes", "hardware") if plan == "ADVANCED" else ("provider", "regions")
    missing = [option for option in needed if not wanted.get(option)]
    if missing:
        raise OptionError(
            f"Cluster '{cluster_name}' does not exist yet, and {' and '.join(missing)} must be set to create it"
        )
    if plan == "ADVANCED":
        machine = [option for option in ("num_virtual_cpus", "machine_type") if wanted["hardware"].get(option)]
        if len(machine) != 1:
            raise OptionError("hardware needs exactly one of num_virtual_cpus and machine_type to create a cluster")
        if wanted.get("cidr_range") and wanted["provider"] != "GCP":
            raise OptionError(f"cidr_range can be set on GCP only, not on {wanted['provider']}")
        if wanted["hardware"].get("disk_iops") and wanted["provider"] != "AWS":
            raise OptionError(f"hardware.disk_iops can be set on AWS only, not on {wanted['provider']}")
        return plan
    if plan == "STANDARD" and not wanted.get("usage_limits", {}).get("provisioned_virtual_cpus"):
        raise OptionError(f"Cluster '{cluster_name}': a STANDARD cluster needs usage_limits.provisioned_virtual_cpus")
    _check_primary(wanted["regions"], wanted.get("primary_region"))
    return plan


def take_out_what_creation_lacks(managed: dict[str, Any], plan: str) -> list[str]:
    """Remove from *managed* what a new cluster can't be given; returns what to tell the user."""
    managed.pop("upgrade_status", None)
    if plan != "ADVANCED" and managed.pop("cockroach_version", None):
        return [
            f"The service chooses the version of a new {plan} cluster; run the task again to change it to cockroach_version"
        ]
    return []


def check_change(row: Mapping[str, Any], found: Mapping[str, Any], wanted: Mapping[str, Any], api_version: str) -> None:
    """Check that what is wanted can be said of this cluster at all."""
    label = f"Cluster '{row.get('name')}'"
    plan = wanted.get("plan", found["plan"])
    if wanted.get("plan") and plan != found["plan"] and "ADVANCED" in (plan, found["plan"]):
        raise OptionError(
            f"{label} has the plan {found['plan']}, which can't become {plan}: only BASIC and STANDARD can be changed into each other",
            NOT_FROM_ADVANCED,
        )
    _check_fit(str(row.get("name")), wanted, "ADVANCED" if state.is_advanced(row) else str(plan), api_version)
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
    limits = wanted.get("usage_limits") or {}
    if plan == "STANDARD" and {"request_unit_limit", "storage_mib_limit"} & set(limits):
        raise OptionError(
            f"Cluster '{cluster}': a STANDARD cluster has no spend, request unit or storage limit; it is sized by usage_limits.provisioned_virtual_cpus"
        )
    if plan == "BASIC" and "provisioned_virtual_cpus" in limits:
        raise OptionError(
            f"Cluster '{cluster}': usage_limits.provisioned_virtual_cpus is for STANDARD clusters, not for BASIC"
        )
    if plan == "BASIC" and wanted.get("upgrade_type") == "MANUAL" and api_version >= SPEND_LIMIT_GONE:
        raise OptionError(f"Cluster '{cluster}': upgrade_type MANUAL needs the plan STANDARD")


def _check_primary(names: list[str], primary: str | None) -> None:
    if primary and primary not in names:
        raise OptionError(f"primary_region: '{primary}' is not among the regions {', '.join(names)}")
    if len(names) > 1 and not primary:
        raise OptionError(f"primary_region must be set where there is more than one region ({', '.join(names)})")


def complete_plan_change(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """A cluster that becomes BASIC loses its provisioned vCPUs, which has to be said to the API."""
    if wanted.get("plan") == "BASIC" and found["plan"] == "STANDARD":
        return {"usage_limits": {}, **wanted}
    return dict(wanted)


def version_steps(
    row: Mapping[str, Any], found: Mapping[str, Any], wanted: Mapping[str, Any]
) -> list[tuple[str, dict[str, str], dict[str, tuple[Any, Any]]]]:
    """The version changes in order: (what is done, body, changes)."""
    label = f"Cluster '{row.get('name')}'"
    steps: list[tuple[str, dict[str, str], dict[str, tuple[Any, Any]]]] = []
    now, target, upgrade = found["cockroach_version"], wanted.get("cockroach_version"), found["upgrade_status"]
    if target and target != now:
        if not state.is_advanced(row):
            if found["plan"] != "STANDARD":
                raise OptionError(
                    f"{label} is {found['plan']}: its version is chosen by the service; only STANDARD and ADVANCED clusters can be upgraded"
                )
            if wanted.get("upgrade_type", found.get("upgrade_type")) != "MANUAL":
                raise OptionError(
                    f"{label} is upgraded by the service", "Set upgrade_type: MANUAL to choose the version yourself"
                )
        older = _number(target) < _number(now)
        if older and upgrade != "PENDING_FINALIZATION":
            raise OptionError(
                f"{label} runs {now}; only an upgrade that is not finalised yet can be rolled back, not to {target} from upgrade_status {upgrade}"
            )
        steps.append(
            (
                f"{'roll back to' if older else 'upgrade to'} {target}",
                {"cockroach_version": target},
                {"cockroach_version": (now, target)},
            )
        )
        if older:
            return steps
        upgrade = "PENDING_FINALIZATION"
    if wanted.get("upgrade_status") == "FINALIZED" and upgrade == "PENDING_FINALIZATION":
        steps.append(
            ("finalise the upgrade of", {"upgrade_status": "FINALIZED"}, {"upgrade_status": (upgrade, "FINALIZED")})
        )
    return [(f"{doing} for" if doing[-1].isdigit() else doing, body, change) for doing, body, change in steps]


def implied_by_version(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, str]:
    """The upgrade status that a change of the version leads to, where nothing is said about it."""
    if "cockroach_version" not in changes or "upgrade_status" in changes:
        return {}
    now, target = changes["cockroach_version"]
    return {"upgrade_status": "UPGRADE_AVAILABLE" if _number(target) < _number(now) else "PENDING_FINALIZATION"}


def _number(version_name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version_name))


def notes_for_change(wanted: Mapping[str, Any], changes: Mapping[str, tuple[Any, Any]]) -> list[str]:
    if "usage_limits" in changes and "usage_limits" not in wanted:
        return ["The cluster has no limit on what it may cost from now on: set spend_limit or usage_limits for one"]
    return []


def predict(row: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The API's object as it will look with the fields *after*."""
    found: dict[str, Any] = copy.deepcopy(dict(row))
    found.setdefault("state", state.CREATED)
    found.setdefault("operation_status", "UNSPECIFIED")
    found.setdefault("sql_dns", "")
    config = found.setdefault("config", {})
    for option, value in after.items():
        if option == "provider":
            found["cloud_provider"] = value
        elif option in ("regions", "region_nodes"):
            known = {region["name"]: region for region in found.get("regions") or [] if isinstance(region, dict)}
            counts = value if isinstance(value, dict) else dict.fromkeys(value, 0)
            found["regions"] = [
                {**known.get(region, {"name": region}), "node_count": count} for region, count in sorted(counts.items())
            ]
        elif option == "hardware":
            config["dedicated"] = {**(config.get("dedicated") or {}), **value}
        elif option in ("spend_limit", "usage_limits", "upgrade_type"):
            serverless = config["serverless"] = {**(config.get("serverless") or {})}
            serverless[option] = value
            if option == "usage_limits" and not value:
                serverless.pop(option)
        elif option == "primary_region":
            for region in found.get("regions") or []:
                region["primary"] = region["name"] == value
        elif option != "with_empty_ip_allowlist":
            found[option] = value
    return found
