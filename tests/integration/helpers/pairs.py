# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random pairs of a cluster that is there and of what a task wants of it, each from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from .emulator import Emulator

VERSIONS = ("2022-03-31", "2022-09-20", "2023-04-10", "2024-09-16")
NEWEST = VERSIONS[-1]
PLANS = ("BASIC", "STANDARD", "ADVANCED")
# Regions that take serverless clusters as well.
REGIONS = {
    "GCP": ("us-central1", "us-east1", "europe-west1"),
    "AWS": ("us-east-1", "us-west-2", "eu-west-1"),
    "AZURE": ("eastus2", "westus2", "westeurope"),
}
FOLDER = "11111111-2222-4333-8444-555555555555"
RELEASES = ("v24.3", "v25.2", "v25.3", "v25.4", "v26.1")
LABELS = ({}, {"team": "a"}, {"team": "b", "env": "prod"})
NAME = "orders-1"
# Long enough to be seen, short enough for many.
LIFECYCLE = ("--create-seconds", "0.03", "--operation-seconds", "0.03", "--folder", FOLDER)


@dataclass
class Pair:
    """*there* is the body of the request that makes the cluster, in *there_version*; *upgraded* is the version that an
    upgrade of it leads to, which is not finalized. *module* and *arguments* are the task."""

    seed: int
    there_version: str = NEWEST
    there: dict[str, Any] | None = None
    upgraded: str = ""
    module: str = "cluster"
    arguments: dict[str, Any] = field(default_factory=dict)


def pair(seed: int) -> Pair:
    """What *seed* says."""
    rng = random.Random(seed)
    found = Pair(seed)
    plan, provider = rng.choice(PLANS), rng.choice(sorted(REGIONS))
    if rng.random() < 0.85:
        _there(rng, found, plan, provider)
    version = rng.choice((*VERSIONS, NEWEST, NEWEST, "2023-04-10"))
    if (plan == "ADVANCED" and rng.random() < 0.9) or (provider == "AZURE" and version < "2023-04-10"):
        version = NEWEST
    if found.there and rng.random() < {"BASIC": 0.3, "STANDARD": 0.1, "ADVANCED": 0.0}[plan]:
        found.module, found.arguments = "spend_limit", {"cluster": NAME, **_limit(rng, version)}
    else:
        found.arguments = {"name": NAME, **_wanted(rng, version, plan, provider, found.there)}
        if found.upgraded and found.arguments.get("cockroach_version") == "v25.3":
            # Which of several earlier versions it was upgraded from, only the service knows.
            del found.arguments["cockroach_version"]
        if rng.random() < 0.25:
            found.arguments["wait"] = False
    found.arguments.update({"api_version": version, "wait_interval": 0.01})
    return found


def make(emulator: Emulator, made: Pair) -> None:
    """Bring the emulator to where the task begins."""
    emulator.reset()
    if made.there is None:
        return
    cluster_id = emulator.api("POST", "/clusters", made.there, made.there_version)["id"]
    ready = f"/clusters/{cluster_id}"
    emulator.until(lambda: emulator.api("GET", ready)["state"] == "CREATED")
    if made.upgraded:
        emulator.api("PATCH", ready, {"cockroach_version": made.upgraded})
        emulator.until(lambda: emulator.api("GET", ready)["upgrade_status"] == "PENDING_FINALIZATION")
    emulator.reset("requests")


def _some(rng: random.Random, options: dict[str, Any], share: float = 0.4) -> dict[str, Any]:
    return {name: value for name, value in options.items() if rng.random() < share}


def _there(rng: random.Random, found: Pair, plan: str, provider: str) -> None:
    oldest = 3 if plan == "STANDARD" else 2 if provider == "AZURE" else 0
    version = found.there_version = rng.choice(VERSIONS[oldest:])
    spec: dict[str, Any] = {"plan": plan, **_some(rng, {"labels": rng.choice(LABELS), "delete_protection": "ENABLED"})}
    regions = rng.sample(REGIONS[provider], rng.choice((1, 1, 2)))
    if plan == "ADVANCED":
        hardware = {"machine_spec": {"num_virtual_cpus": rng.choice((4, 8))}, "storage_gib": rng.choice((0, 150))}
        iops = {"disk_iops": 3000} if provider == "AWS" and rng.random() < 0.5 else {}
        nodes = dict.fromkeys(regions, 3) if len(regions) > 1 else {regions[0]: rng.choice((1, 3))}
        spec["dedicated"] = {"region_nodes": nodes, "hardware": {**hardware, **iops}}
        if rng.random() < 0.4:
            spec["dedicated"]["cockroach_version"] = "v25.2"
            found.upgraded = rng.choice(("", "v25.4"))
    else:
        serverless: dict[str, Any] = {"regions": regions}
        if version < "2022-09-20":
            serverless["regions"] = regions[:1]
        elif len(regions) > 1:
            serverless["primary_region"] = regions[0]
        if plan == "STANDARD":
            serverless["usage_limits"] = {"provisioned_virtual_cpus": str(rng.choice((2, 8)))}
            serverless["upgrade_type"] = rng.choice(("AUTOMATIC", "MANUAL"))
        elif version < "2023-04-10":
            serverless["spend_limit"] = rng.choice((0, 50, 2500))
        elif version < NEWEST:
            serverless.update(rng.choice(({}, {"spend_limit": 2500}, {"usage_limits": _units(rng, halves=False)})))
        else:
            serverless["usage_limits"] = _units(rng)
        spec["serverless"] = serverless
    found.there = {"name": NAME, "provider": provider, "spec": spec}


def _units(rng: random.Random, *, halves: bool = True) -> dict[str, str]:
    limits = {"request_unit_limit": rng.choice(("4000000", "100000000")), "storage_mib_limit": rng.choice(("409", "7"))}
    return rng.choice((limits, limits, _some(rng, limits, 0.5))) if halves else limits


def _numbers(limits: dict[str, str]) -> dict[str, int]:
    return {name: int(value) for name, value in limits.items()}


def _limit(rng: random.Random, version: str) -> dict[str, Any]:
    forms: list[dict[str, Any]] = [{"spend_limit": rng.choice((1, 50, 100, 2500))}]
    if version >= "2023-04-10":
        forms += [{"usage_limits": _numbers(_units(rng, halves=version >= NEWEST))}, {"unlimited": True}]
    else:
        forms.append({"spend_limit": 0})
    return rng.choice(forms)


def _wanted(rng: random.Random, version: str, plan: str, provider: str, there: dict[str, Any] | None) -> dict[str, Any]:
    regions, new = rng.sample(REGIONS[provider], rng.choice((1, 1, 2, 3))), there is None
    if there and "serverless" in there["spec"] and rng.random() < 0.9:
        # They can't be removed, nor changed at all in the oldest versions.
        present = there["spec"]["serverless"]["regions"]
        regions = [*present, *(name for name in regions if name not in present)] if version >= "2023-04-10" else present
    found: dict[str, Any] = {"provider": provider} if new or rng.random() < 0.3 else {}
    if version >= "2023-04-10":
        parents = ("root", "", FOLDER)
        found.update(
            _some(
                rng, {"delete_protection": rng.choice(("ENABLED", "DISABLED")), "parent_id": rng.choice(parents)}, 0.3
            )
        )
    if version >= NEWEST:
        found.update(_some(rng, {"labels": rng.choice(LABELS), "plan": plan}))
    if version < NEWEST or plan != "ADVANCED":
        found.update(_serverless(rng, version, plan, regions, new=new))
    else:
        found.update(_dedicated(rng, provider, regions, new=new))
    if version >= NEWEST:
        found.update(_some(rng, {"cockroach_version": rng.choice(RELEASES), "upgrade_status": "FINALIZED"}, 0.25))
    return found


def _serverless(rng: random.Random, version: str, plan: str, regions: list[str], *, new: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if new or rng.random() < 0.5:
        found["regions"] = regions
    if version >= "2022-09-20" and (new or rng.random() < 0.4):
        found["primary_region"] = regions[0] if version < "2023-04-10" else rng.choice(regions)
    if plan == "STANDARD" and version >= NEWEST:
        found.update(
            _some(rng, {"usage_limits": {"provisioned_virtual_cpus": rng.choice((2, 4, 8))}}, 1.0 if new else 0.5)
        )
        found.update(_some(rng, {"upgrade_type": rng.choice(("AUTOMATIC", "MANUAL"))}))
        found.update(_some(rng, {"plan": "BASIC"}, 0.15))
    elif rng.random() < 0.7:
        forms: list[dict[str, Any]] = [{"spend_limit": rng.choice((50, 100, 2500))}]
        if version >= "2023-04-10":
            forms += [{"usage_limits": {}}, {"usage_limits": _numbers(_units(rng, halves=version >= NEWEST))}]
        else:
            forms.append({"spend_limit": 0})
        found.update(rng.choice(forms))
    if plan == "BASIC" and version >= NEWEST and rng.random() < 0.15:
        found.pop("spend_limit", None)
        found.update(plan="STANDARD", usage_limits={"provisioned_virtual_cpus": 4})
        found.update(_some(rng, {"upgrade_type": "MANUAL"}))
    if new and version >= "2023-04-10":
        found.update(_some(rng, {"with_empty_ip_allowlist": True}))
    return found


def _dedicated(rng: random.Random, provider: str, regions: list[str], *, new: bool) -> dict[str, Any]:
    share = 1.0 if new else 0.4
    hardware: dict[str, Any] = {"num_virtual_cpus": rng.choice((4, 8))}
    hardware.update(_some(rng, {"storage_gib": rng.choice((0, 150, 300))}))
    hardware.update(_some(rng, {"disk_iops": rng.choice((0, 3000, 5000))}, 0.3 if provider == "AWS" else 0.0))
    nodes = dict.fromkeys(regions, 3) if len(regions) > 1 else {regions[0]: rng.choice((1, 3, 4))}
    found = _some(rng, {"region_nodes": nodes, "hardware": hardware}, share)
    if new:
        found.update(_some(rng, {"network_visibility": rng.choice(("PUBLIC", "PRIVATE")), "plan": "ADVANCED"}))
        found.update(_some(rng, {"cidr_range": "172.16.0.0/16"}, 0.4 if provider == "GCP" else 0.0))
    return found
