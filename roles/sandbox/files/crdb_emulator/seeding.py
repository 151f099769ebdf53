# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters that are there from the start, the same in every run.

Ids, names, plans, providers, regions, labels and SQL users come from one seeded generator, so a demo, a bench and a
test that start with ``--seed-clusters 1000`` all see the same organization.
"""

from __future__ import annotations

import ipaddress
import random
import uuid

from crdb_emulator.catalog import (
    ADVANCED,
    BASIC,
    DEFAULT_CIDR_RANGE,
    LATEST_SERVERLESS,
    STANDARD,
    disk_iops,
    machine_type,
    smallest_storage,
)
from crdb_emulator.grants import set_grants
from crdb_emulator.model import CREATED, ROOT, AllowEntry, Cluster, Hardware
from crdb_emulator.objects import Row
from crdb_emulator.regions import regions_of
from crdb_emulator.settings import fingerprint
from crdb_emulator.store import Store
from crdb_emulator.times import SECOND, parse_ns

_SEED = 20220331
_SEED_VCPUS = 4
_FIRST = parse_ns("2025-01-06T08:00:00Z")
_CREATOR = "7cde0cd9-0d8a-4008-8f90-45092ce8afc1"
_ADJECTIVES = ("amber", "brisk", "calm", "dusky", "eager", "fuzzy", "giant", "happy", "icy", "jolly", "keen", "lunar")
_ANIMALS = ("moose", "otter", "heron", "lynx", "skunk", "bison", "crane", "gecko", "koala", "panda", "raven", "tapir")
_USERS = ("app", "reporting", "migrations", "backup", "maxroach")
_TEAMS = ("payments", "search", "orders", "platform")
_ENVIRONMENTS = ("dev", "staging", "prod")


def seed_objects(store: Store) -> None:
    """The folders, people and groups of the command line; their ids are the same in every run.

    A folder is given as the id of a top one, or as a path, of which each part becomes one.
    """
    settings, objects = store.settings, store.objects
    for text in sorted(settings.folders):
        _seed_folder(objects.rows("folders"), text)
    for email in settings.people:
        person = str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{email}"))
        objects.rows("persons")[person] = {"id": person, "email": email}
        set_grants(store, person, [])
    for name in settings.groups:
        group = str(uuid.uuid5(uuid.NAMESPACE_URL, f"group:{name}"))
        objects.rows("groups")[group] = {"id": group, "displayName": name, "members": []}
        set_grants(store, group, [])


def _seed_folder(rows: dict[str, Row], text: str) -> None:
    if "/" not in text:
        rows[text] = {"resource_id": text, "name": f"folder-{text[:8]}", "parent_id": ROOT}
        return
    parent, path = ROOT, ""
    for name in filter(None, text.split("/")):
        path += f"/{name}"
        folder = str(uuid.uuid5(uuid.NAMESPACE_URL, path))
        rows.setdefault(folder, {"resource_id": folder, "name": name, "parent_id": parent})
        parent = folder


def seed_clusters(store: Store, count: int) -> None:
    """Add ``count`` clusters in state CREATED; names carry a running number and so never clash."""
    rng = random.Random(_SEED)
    for number in range(count):
        store.add(_cluster(store, rng, number))


def seed_advanced(store: Store, name: str, major: str) -> None:
    """Add the Advanced cluster that the Cluster API belongs to: CREATED, three nodes, reachable from everywhere."""
    cluster = Cluster(
        id=str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
        name=name,
        provider="GCP",
        plan=ADVANCED,
        creator_id=_CREATOR,
        created=_FIRST,
        updated=_FIRST + 90 * SECOND,
        regions={"us-east1": 3},
        routing_id=f"{name}-{store.next_number()}",
        version=LATEST_SERVERLESS.full,
        state=CREATED,
        cidr_range=DEFAULT_CIDR_RANGE,
        egress_policy="ALLOW_ALL",
    )
    cluster.set_major(major)
    storage = smallest_storage(_SEED_VCPUS)
    cluster.hardware = Hardware(_SEED_VCPUS, machine_type("GCP", _SEED_VCPUS), storage, disk_iops("GCP", storage, 0))
    cluster.account_id = account_id(cluster)
    cluster.allowlist[(0, 0)] = AllowEntry("0.0.0.0", 0, True, True)
    cluster.refresh_upgrade_status()
    store.add(cluster)


def _cluster(store: Store, rng: random.Random, number: int) -> Cluster:
    provider = rng.choice(("GCP", "GCP", "AWS", "AWS", "AZURE"))
    plan = rng.choice((BASIC, BASIC, STANDARD, ADVANCED)) if provider != "AZURE" else ADVANCED
    created = _FIRST + number * 3600 * SECOND
    name = f"{rng.choice(_ADJECTIVES)}-{rng.choice(_ANIMALS)}-{number:04d}"
    known = [region.name for region in regions_of(provider).values() if plan == ADVANCED or region.serverless]
    chosen = sorted(rng.sample(known, 3 if plan == ADVANCED and rng.random() < 0.3 else 1))
    cluster = Cluster(
        id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        name=name,
        provider=provider,
        plan=plan,
        creator_id=_CREATOR,
        created=created,
        updated=created + 90 * SECOND,
        regions=dict.fromkeys(chosen, 3 if plan == ADVANCED else 0),
        routing_id=f"{name}-{store.next_number()}",
        version=LATEST_SERVERLESS.full,
        state=CREATED,
        labels={"env": rng.choice(_ENVIRONMENTS), "team": rng.choice(_TEAMS)},
    )
    if plan == BASIC and rng.random() < 0.5:
        cluster.request_unit_limit = rng.choice((50, 100, 500)) * 1_000_000
        cluster.storage_mib_limit = rng.choice((5, 10, 50)) * 1024
    elif plan == STANDARD:
        cluster.provisioned_vcpus = rng.choice((2, 4, 8))
    elif plan == ADVANCED:
        vcpus = rng.choice((4, 8, 16))
        storage = smallest_storage(vcpus)
        cluster.hardware = Hardware(vcpus, machine_type(provider, vcpus), storage, disk_iops(provider, storage, 0))
        cluster.egress_policy = "ALLOW_ALL"
        cluster.cidr_range = DEFAULT_CIDR_RANGE if provider == "GCP" else ""
        cluster.account_id = account_id(cluster)
    if cluster.serverless:
        cluster.allowlist[(0, 0)] = AllowEntry("0.0.0.0", 0, True, True)
    else:
        address = int(ipaddress.IPv4Address("198.51.100.0"))
        cluster.allowlist[(address, 24)] = AllowEntry("198.51.100.0", 24, True, True, "office")
    for user in rng.sample(_USERS, rng.randint(2, 4)):
        cluster.sql_users[user] = fingerprint(f"{cluster.id}/{user}", 16)
    cluster.refresh_upgrade_status()
    return cluster


def account_id(cluster: Cluster) -> str:
    """The cloud account of an Advanced cluster: a project name on GCP, twelve digits on AWS, a UUID on Azure [C]."""
    if cluster.provider == "GCP":
        return f"crl-sandbox-{cluster.id[:3]}"
    if cluster.provider == "AWS":
        return f"{int(cluster.id[:8], 16) % 10**12:012d}"
    return str(uuid.uuid5(uuid.NAMESPACE_OID, cluster.id))
