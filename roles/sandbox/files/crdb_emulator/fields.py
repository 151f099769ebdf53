# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that creating and updating a cluster share."""

from __future__ import annotations

import re
import uuid

from crdb_emulator.catalog import (
    MAX_ADVANCED_NODES,
    MAX_ADVANCED_REGIONS,
    MAX_SERVERLESS_REGIONS,
    MIN_NODES_PER_REGION,
    VCPU_SIZES,
    machine_type,
    vcpus_of,
)
from crdb_emulator.errors import invalid
from crdb_emulator.jsonin import Message
from crdb_emulator.model import ROOT
from crdb_emulator.regions import check_region
from crdb_emulator.store import Store
from crdb_emulator.versions import ApiVersion

DELETE_PROTECTION = ("ENABLED", "DISABLED")
UPGRADE_TYPES = ("MANUAL", "AUTOMATIC")
MAX_LABELS = 50
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{4,18}[a-z0-9]")
_LABEL_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_LABEL_VALUE = re.compile(r"[a-z0-9_-]{0,63}")


def check_name(name: str) -> None:
    """[D] 6 to 20 characters, lower-case letters, digits and dashes, no dash at either end."""
    if not _NAME.fullmatch(name):
        raise invalid(
            "cluster name must be 6 to 20 characters of lowercase letters, numbers and dashes,"
            " and must not start or end with a dash"
        )


def check_labels(labels: dict[str, str]) -> dict[str, str]:
    """[D] At most 50; keys start with a letter; lower case, digits, ``_`` and ``-``, at most 63 characters."""
    if len(labels) > MAX_LABELS:
        raise invalid(f"a resource can have at most {MAX_LABELS} labels")
    for key, value in labels.items():
        if not _LABEL_KEY.fullmatch(key):
            raise invalid(f"invalid label key '{key}'")
        if not _LABEL_VALUE.fullmatch(value):
            raise invalid(f"invalid label value '{value}' for key '{key}'")
    return dict(labels)


def parent_of(text: str, store: Store) -> str:
    """The parent to store: ``root`` for an empty one [D]; 400 with the observed text when the folder is unknown [C]."""
    if text in ("", ROOT):
        return ROOT
    try:
        folder = str(uuid.UUID(text))
    except ValueError:
        folder = ""
    if folder not in store.objects.rows("folders"):
        raise invalid("the parent must exist")
    return folder


def serverless_regions(provider: str, regions: list[str], primary: str) -> tuple[dict[str, int], str]:
    """Regions of a Basic or Standard cluster and its primary one; raises ``ApiError`` 400.

    [D] One to six; with several a primary region among them is required. An empty or matching one is accepted with one
    region [C].
    """
    if not regions:
        raise invalid("at least one region is required")
    if len(set(regions)) != len(regions):
        raise invalid("regions must be unique")
    if len(regions) > MAX_SERVERLESS_REGIONS:
        raise invalid(f"a serverless cluster can have at most {MAX_SERVERLESS_REGIONS} regions")
    for region in regions:
        check_region(provider, region, serverless=True)
    if len(regions) > 1 and not primary:
        raise invalid("primary_region is required for multi-region clusters")
    if primary and primary not in regions:
        raise invalid(f"primary_region '{primary}' must be one of the regions")
    return dict.fromkeys(regions, 0), primary if len(regions) > 1 else ""


def region_nodes(provider: str, nodes: dict[str, int]) -> dict[str, int]:
    """Nodes by region of an Advanced cluster [D].

    Three or more in each of several regions, a single node in one only.
    """
    if not nodes:
        raise invalid("region_nodes must name at least one region")
    if len(nodes) > MAX_ADVANCED_REGIONS:
        raise invalid(f"an advanced cluster can have at most {MAX_ADVANCED_REGIONS} regions")
    for region, count in nodes.items():
        check_region(provider, region, serverless=False)
        if count < 1:
            raise invalid(f"node count of region '{region}' must be at least 1")
        if len(nodes) > 1 and count < MIN_NODES_PER_REGION:
            raise invalid(f"multi-region clusters need at least {MIN_NODES_PER_REGION} nodes in each region")
    if sum(nodes.values()) > MAX_ADVANCED_NODES:
        raise invalid(f"an advanced cluster can have at most {MAX_ADVANCED_NODES} nodes")
    return dict(nodes)


def region_machines(spec: Message, hardware: Message, provider: str) -> dict[str, tuple[int, str]]:
    """``region_machine_specs``: a machine for each region that it names [D: not beside ``hardware.machine_spec``]."""
    given = spec.message("region_machine_specs")
    if given is None or not given.fields:
        return {}
    if hardware.has("machine_spec"):
        raise invalid("region_machine_specs and hardware.machine_spec are mutually exclusive")
    found = {region: read_machine(given.message(region), provider) for region in given.fields}
    return {region: machine for region, machine in found.items() if machine is not None}


def read_machine(spec: Message | None, provider: str) -> tuple[int, str] | None:
    """Virtual CPUs and machine type of a machine [D: exactly one of both is given], ``None`` if absent."""
    if spec is None:
        return None
    name, count = spec.string("machine_type") or "", spec.integer("num_virtual_cpus") or 0
    if bool(name) == bool(count):
        raise invalid("exactly one of machine_type and num_virtual_cpus must be set")
    if name:
        found = vcpus_of(provider, name)
        if found is None:
            raise invalid(f"invalid machine type '{name}' for {provider}")
        return found, name
    if count not in VCPU_SIZES:
        raise invalid(f"invalid num_virtual_cpus {count}, available: {', '.join(map(str, VCPU_SIZES))}")
    return count, machine_type(provider, count)


def network_visibilities(version: ApiVersion) -> tuple[str, str]:
    """The names of PUBLIC and PRIVATE, which had a prefix in 2022-09-20 [D]."""
    prefix = "NETWORK_VISIBILITY_" if version == ApiVersion.V2022_09_20 else ""
    return f"{prefix}PUBLIC", f"{prefix}PRIVATE"
