# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``PATCH /clusters/{id}``.

[D] All fields are optional and merged: what is absent stays. Exceptions: ``dedicated.region_nodes``, ``labels`` and
``serverless.regions`` are full lists, ``usage_limits`` is replaced as a whole and ``{}`` clears it [C]. Regions of
Basic and Standard clusters cannot be removed, storage can only grow, a plan changes between BASIC and STANDARD only.
Nothing is applied unless everything is valid. A locked cluster answers 503 ``couldn't lock cluster`` [C]. Unknown
keys (among them the ``spec`` wrapper of one documentation example) do nothing.
"""

from __future__ import annotations

import copy
from dataclasses import fields
from typing import Any

from crdb_emulator import protection
from crdb_emulator.audit import PREFIX
from crdb_emulator.catalog import (
    ADVANCED,
    AWS_DISK_HOURS,
    BASIC,
    MAX_VCPU_DECREASES,
    PLANS,
    VCPU_DECREASE_DAYS,
    disk_iops,
)
from crdb_emulator.context import Call, Reply
from crdb_emulator.errors import cluster_locked, cluster_not_found, failed_precondition, invalid
from crdb_emulator.fields import (
    DELETE_PROTECTION,
    UPGRADE_TYPES,
    check_labels,
    parent_of,
    read_machine,
    region_machines,
    region_nodes,
    serverless_regions,
)
from crdb_emulator.jsonin import Message
from crdb_emulator.limits import (
    UsageLimits,
    check_limits,
    read_spend_limit,
    read_usage_limits,
    set_spend_limit,
    set_usage_limits,
)
from crdb_emulator.model import CREATED, CREATION_FAILED, Cluster, Hardware
from crdb_emulator.render import cluster_bytes
from crdb_emulator.times import DAY, HOUR
from crdb_emulator.upgrade import change_version
from crdb_emulator.versions import ApiVersion

_SINCE: dict[str, ApiVersion] = {
    "dedicated": ApiVersion.V2022_03_31,
    "serverless": ApiVersion.V2022_03_31,
    "upgrade_status": ApiVersion.V2022_09_20,
    "delete_protection": ApiVersion.V2023_04_10,
    "parent_id": ApiVersion.V2023_04_10,
    "plan": ApiVersion.V2024_09_16,
    "labels": ApiVersion.V2024_09_16,
    "cockroach_version": ApiVersion.V2024_09_16,
}
_VERSION_CHANGES = frozenset({"upgrade_status", "cockroach_version"})
# What a draft never decides: the lifecycle and what hangs on the identity of the cluster.
_CHILDREN = frozenset({"sql_users", "databases", "allowlist"})
_OWN = _CHILDREN | {"pending", "rendered", "state", "updated", "operation_status", "regions", "hardware", "machines"}
_COPIED = tuple(field.name for field in fields(Cluster) if field.name not in _OWN)


def update_cluster(call: Call) -> Reply:
    """Change a cluster; 400 on an invalid change, 503 while another operation runs, 404 when unknown."""
    cluster = call.cluster()
    message = call.message
    if call.version == ApiVersion.V2022_03_31 and call.query.get("field_mask"):
        message = message.masked(call.query["field_mask"].split(","))
    if cluster.state == CREATION_FAILED:
        raise cluster_not_found(cluster.id)
    given = {name for name, since in _SINCE.items() if call.version >= since and message.has(name)}
    if given == {"delete_protection"}:
        call.action = f"{PREFIX}SET_DELETE_PROTECTION"
    if cluster.state != CREATED:
        raise cluster_locked()
    if given & _VERSION_CHANGES:
        if len(given) > 1:
            raise invalid("a version change must not be combined with other changes")
        change_version(call, cluster, message)
    elif given:
        _change(call, cluster, Message({name: message.fields[name] for name in given}))
    return Reply(200, cluster_bytes(cluster, call.version, seed=call.settings.seed_profile))


def _change(call: Call, cluster: Cluster, message: Message) -> None:
    draft = copy.copy(cluster)
    _plan_and_serverless(call, draft, message)
    protection = message.enum("delete_protection", DELETE_PROTECTION)
    if protection is not None:
        draft.delete_protection = protection
    parent = message.string("parent_id")
    if parent is not None:
        draft.parent_id = parent_of(parent, call.store)
    labels = message.string_map("labels")
    if labels is not None:
        draft.labels = check_labels(labels)
    _dedicated(cluster, draft, message.message("dedicated"))
    _note_disk_change(call, cluster, draft)
    draft.refresh_upgrade_status()
    _keys(call, draft, message.message("dedicated"))
    _commit(call, cluster, draft)


def _note_disk_change(call: Call, cluster: Cluster, draft: Cluster) -> None:
    """[D] A disk on AWS may be changed once in six hours; the error is [G]."""
    before, after = cluster.hardware, draft.hardware
    if before is None or after is None or cluster.provider != "AWS":
        return
    if (before.storage_gib, before.disk_iops) == (after.storage_gib, after.disk_iops):
        return
    now = call.store.now
    if cluster.disk_changed is not None and now < cluster.disk_changed + AWS_DISK_HOURS * HOUR:
        raise failed_precondition(f"disks on AWS can be changed once in {AWS_DISK_HOURS} hours")
    draft.disk_changed = now


def _commit(call: Call, cluster: Cluster, draft: Cluster) -> None:
    changed = False
    for name in _COPIED:
        value = getattr(draft, name)
        if getattr(cluster, name) != value:
            setattr(cluster, name, value)
            changed = True
    regions, hardware, special = draft.regions, draft.hardware, draft.machines
    scale, machines = regions != cluster.regions, (hardware, special) != (cluster.hardware, cluster.machines)
    if cluster.serverless:
        # [D] Changes of Basic and Standard clusters take effect at once.
        changed = changed or scale
        cluster.regions = regions
    elif scale or machines:
        operation = "CRDB_EDIT_CLUSTER" if scale and machines else "CRDB_SCALE" if scale else "CRDB_INSTANCE_UPDATE"

        def done(target: Cluster, _now: int) -> None:
            target.regions = regions
            target.hardware = hardware
            target.machines = special

        call.store.operate(cluster, operation, done)
        return
    if changed:
        cluster.touch(call.store.now)


def _plan_and_serverless(call: Call, draft: Cluster, message: Message) -> None:
    version = call.version
    plan = message.enum("plan", PLANS) or draft.plan
    if draft.edition and message.has("plan"):
        raise invalid("a cluster with an edition has no plan")
    spec = message.message("serverless")
    if plan != draft.plan and ADVANCED in (plan, draft.plan):
        raise invalid(f"cannot change the plan from {draft.plan} to {plan}")
    if plan == ADVANCED:
        if spec is not None:
            raise invalid("a serverless specification is not supported for advanced clusters")
        return
    cents = read_spend_limit(spec, version) if spec is not None else None
    spec = spec or Message({})
    upgrade_type = spec.enum("upgrade_type", UPGRADE_TYPES) if version >= ApiVersion.V2024_09_16 else None
    draft.upgrade_type = upgrade_type or draft.upgrade_type
    if plan == BASIC and draft.upgrade_type == "MANUAL":
        raise invalid("plan type BASIC does not allow upgrade_type MANUAL")
    limits = read_usage_limits(spec, version)
    if limits is None and plan != draft.plan:
        limits = UsageLimits()
    draft.plan = plan
    if limits is not None:
        check_limits(plan, limits)
        _count_decrease(call, draft, limits)
        set_usage_limits(draft, limits)
    elif cents is not None:
        set_spend_limit(draft, cents)
    if version >= ApiVersion.V2023_04_10:
        _serverless_regions(draft, spec)


def _count_decrease(call: Call, draft: Cluster, limits: UsageLimits) -> None:
    """[D] A Standard cluster may get fewer virtual CPUs three times in seven days; the error is [G]."""
    if limits.vcpus is None or draft.provisioned_vcpus is None or limits.vcpus >= draft.provisioned_vcpus:
        return
    since = call.store.now - VCPU_DECREASE_DAYS * DAY
    recent = tuple(moment for moment in draft.vcpu_decreases if moment > since)
    if len(recent) >= MAX_VCPU_DECREASES:
        raise failed_precondition(
            f"provisioned_virtual_cpus can be decreased {MAX_VCPU_DECREASES} times in {VCPU_DECREASE_DAYS} days"
        )
    draft.vcpu_decreases = (*recent, call.store.now)


def _serverless_regions(draft: Cluster, spec: Message) -> None:
    regions, primary = spec.strings("regions"), spec.string("primary_region")
    if regions is None and primary is None:
        return
    # An empty list is the same as none: the gateway cannot tell them apart.
    wanted = regions or sorted(draft.regions)
    removed = sorted(set(draft.regions) - set(wanted))
    if removed:
        raise invalid(f"regions cannot be removed: {', '.join(removed)}")
    draft.regions, draft.primary_region = serverless_regions(draft.provider, wanted, primary or "")


def _dedicated(cluster: Cluster, draft: Cluster, spec: Message | None) -> None:
    if spec is None:
        return
    if cluster.hardware is None:
        raise invalid("a dedicated specification is supported for advanced clusters only")
    nodes = spec.integer_map("region_nodes")
    if nodes:
        draft.regions = region_nodes(cluster.provider, nodes)
        if sum(cluster.regions.values()) > 1 and sum(nodes.values()) == 1:
            raise invalid("a cluster with several nodes cannot be scaled to a single node")
    hardware = spec.message("hardware")
    machines = region_machines(spec, hardware or Message({}), cluster.provider)
    if set(machines) - set(draft.regions):
        raise invalid("region_machine_specs names regions that the cluster does not have")
    kept = {} if hardware is not None and hardware.has("machine_spec") else cluster.machines
    draft.machines = {region: each for region, each in {**kept, **machines}.items() if region in draft.regions}
    if hardware is not None:
        draft.hardware = _hardware(cluster, cluster.hardware, hardware)


def _keys(call: Call, draft: Cluster, spec: Message | None) -> None:
    """[D] On a cluster with customer-managed keys each new region needs one."""
    given = (spec.messages("cmek_region_specs") if spec else None) or []
    parts = ("type", "uri", "auth_principal")
    specs: list[dict[str, Any]] = [
        {
            "region": each.string("region") or "",
            "key_spec": {name: (each.message("key_spec") or Message({})).string(name) or "" for name in parts},
        }
        for each in given
    ]
    protection.add_keys(call, draft, specs)


def _hardware(cluster: Cluster, current: Hardware, hardware: Message) -> Hardware:
    vcpus, machine = read_machine(hardware.message("machine_spec"), cluster.provider) or (
        current.vcpus,
        current.machine_type,
    )
    storage = hardware.integer("storage_gib") or current.storage_gib
    if storage < current.storage_gib:
        raise invalid(f"storage cannot be decreased from {current.storage_gib} GiB to {storage} GiB")
    asked = hardware.integer("disk_iops") or 0
    if asked < 0:
        raise invalid("disk_iops must not be negative")
    grown = storage != current.storage_gib
    iops = disk_iops(cluster.provider, storage, asked) if asked or grown else current.disk_iops
    return Hardware(vcpus, machine, storage, iops)
