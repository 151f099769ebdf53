# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``POST /clusters``.

[D] ``{name, provider, spec}`` with exactly one of ``spec.serverless`` and ``spec.dedicated``; answered with 200 and
the cluster in state CREATING. [C] Without an explicit plan (in ``spec`` or, as the documentation writes it, at the
top) it follows from the body: dedicated is ADVANCED, provisioned virtual CPUs are STANDARD, else BASIC. Unique names
are [G], an option. Fields that a version does not have are ignored, as unknown keys are.
"""

from __future__ import annotations

import ipaddress
import uuid
from typing import Any

from crdb_emulator.catalog import (
    ADVANCED,
    BASIC,
    BY_NAME,
    DEFAULT_CIDR_RANGE,
    EDITIONS,
    LATEST_ADVANCED,
    LATEST_SERVERLESS,
    PLANS,
    PROVIDERS,
    STANDARD,
    disk_iops,
    smallest_storage,
)
from crdb_emulator.context import Call, Reply
from crdb_emulator.errors import already_exists, failed_precondition, invalid
from crdb_emulator.fields import (
    DELETE_PROTECTION,
    UPGRADE_TYPES,
    check_labels,
    check_name,
    network_visibilities,
    parent_of,
    read_machine,
    region_machines,
    region_nodes,
    serverless_regions,
)
from crdb_emulator.grants import add_creator
from crdb_emulator.jsonin import Message
from crdb_emulator.limits import (
    UsageLimits,
    check_limits,
    read_spend_limit,
    read_usage_limits,
    set_spend_limit,
    set_usage_limits,
)
from crdb_emulator.model import CREATED, CREATION_FAILED, AllowEntry, Cluster, Hardware
from crdb_emulator.render import cluster_bytes
from crdb_emulator.seeding import account_id
from crdb_emulator.versions import ApiVersion

_MAX_CIDR_MASK = 19


def create_cluster(call: Call) -> Reply:
    """Create a cluster; 400 on any invalid field, 409 on a name that is taken."""
    message, version = call.message, call.version
    name = message.string("name") or ""
    providers = PROVIDERS if version >= ApiVersion.V2023_04_10 else PROVIDERS[:2]
    provider = message.enum("provider", providers)
    spec = message.message("spec")
    check_name(name)
    if provider is None:
        raise invalid("provider is required")
    if spec is None:
        raise invalid("spec is required")
    serverless, dedicated = spec.message("serverless"), spec.message("dedicated")
    if (serverless is None) == (dedicated is None):
        raise invalid("exactly one of serverless and dedicated must be set")
    cluster = _blank(call, name, provider)
    plan = _edition(call, cluster, spec) or _plan(message, spec, version)
    if serverless is not None:
        _serverless(call, cluster, serverless, plan)
    elif dedicated is not None:
        _dedicated(call, cluster, dedicated, plan)
    _common(call, cluster, spec)
    if not call.settings.allow_duplicate_names and call.store.live_named(name) is not None:
        raise already_exists(f"a cluster with the name '{name}' already exists")
    cluster.refresh_upgrade_status()
    _start(call, cluster)
    return Reply(200, cluster_bytes(cluster, version, seed=call.settings.seed_profile))


def _blank(call: Call, name: str, provider: str) -> Cluster:
    now = call.store.now
    return Cluster(
        id=str(uuid.uuid4()),
        name=name,
        provider=provider,
        plan=BASIC,
        creator_id=call.caller.id,
        created=now,
        updated=now,
        regions={},
        routing_id="",
        version=LATEST_SERVERLESS.full,
    )


def _plan(message: Message, spec: Message, version: ApiVersion) -> str | None:
    if version < ApiVersion.V2024_09_16:
        return None
    return spec.enum("plan", PLANS) or message.enum("plan", PLANS)


def _edition(call: Call, cluster: Cluster, spec: Message) -> str | None:
    """The plan that an edition is like: [C] STANDARD is serverless, MISSION_CRITICAL dedicated; [D] never beside a plan."""
    edition = spec.enum("edition", EDITIONS) if call.version >= ApiVersion.V2026_09_15 else None
    if edition is None:
        return None
    if not call.settings.editions:
        raise failed_precondition("editions are available to Continuum organizations only")
    if spec.has("plan"):
        raise invalid("edition and plan are mutually exclusive")
    cluster.edition = edition
    return EDITIONS[edition]


def _serverless(call: Call, cluster: Cluster, spec: Message, plan: str | None) -> None:
    version = call.version
    limits = read_usage_limits(spec, version)
    cents = read_spend_limit(spec, version)
    cluster.plan = plan or (STANDARD if limits is not None and limits.vcpus is not None else BASIC)
    if cluster.plan == ADVANCED:
        raise invalid("plan ADVANCED requires a dedicated specification")
    primary = spec.string("primary_region") or ""
    if version < ApiVersion.V2022_09_20:
        primary = ""
    cluster.regions, cluster.primary_region = serverless_regions(
        cluster.provider, spec.strings("regions") or [], primary
    )
    upgrade_type = spec.enum("upgrade_type", UPGRADE_TYPES) if version >= ApiVersion.V2024_09_16 else None
    cluster.upgrade_type = upgrade_type or "AUTOMATIC"
    if cluster.plan == BASIC and cluster.upgrade_type == "MANUAL":
        raise invalid("plan type BASIC does not allow upgrade_type MANUAL")
    if limits is not None or not cluster.edition:
        check_limits(cluster.plan, limits or UsageLimits())
    if limits is not None:
        set_usage_limits(cluster, limits)
    elif cents is not None:
        set_spend_limit(cluster, cents)
    empty = bool(spec.boolean("with_empty_ip_allowlist")) and version >= ApiVersion.V2023_04_10
    if not empty:
        # [D] A new Basic or Standard cluster may be reached from everywhere.
        cluster.allowlist[(0, 0)] = AllowEntry("0.0.0.0", 0, ui=True, sql=True)


def _dedicated(call: Call, cluster: Cluster, spec: Message, plan: str | None) -> None:
    if plan not in (None, ADVANCED):
        raise invalid(f"plan {plan} requires a serverless specification")
    cluster.plan = ADVANCED
    cluster.regions = region_nodes(cluster.provider, spec.integer_map("region_nodes") or {})
    hardware = spec.message("hardware") or Message({})
    machine = read_machine(hardware.message("machine_spec"), cluster.provider)
    if call.version >= ApiVersion.V2024_09_16:
        cluster.machines = region_machines(spec, hardware, cluster.provider)
    if cluster.machines:
        if set(cluster.machines) != set(cluster.regions):
            raise invalid("region_machine_specs must have an entry for every region")
        machine = cluster.machines[min(cluster.machines)]
    if machine is None:
        raise invalid("hardware.machine_spec is required")
    storage, iops = hardware.integer("storage_gib") or 0, hardware.integer("disk_iops") or 0
    if storage < 0 or iops < 0:
        raise invalid("storage_gib and disk_iops must not be negative")
    storage = storage or smallest_storage(machine[0])
    cluster.hardware = Hardware(*machine, storage, disk_iops(cluster.provider, storage, iops))
    cluster.set_major(_major(spec.string("cockroach_version") or ""))
    cluster.egress_policy = "ALLOW_ALL"
    if call.version >= ApiVersion.V2022_09_20:
        public, private = network_visibilities(call.version)
        if spec.enum("network_visibility", (public, private)) == private:
            cluster.network_visibility = "PRIVATE"
        if spec.boolean("restrict_egress_traffic"):
            cluster.egress_policy = "DEFAULT_DENY"
    if cluster.provider == "GCP":
        cluster.cidr_range = DEFAULT_CIDR_RANGE
    if call.version >= ApiVersion.V2024_09_16:
        spec.boolean("supports_cluster_virtualization")
        _cidr_range(cluster, spec.string("cidr_range") or "")
    cluster.account_id = account_id(cluster)


def _major(asked: str) -> str:
    if not asked:
        return LATEST_ADVANCED.name
    version = BY_NAME.get(asked)
    if version is None or not version.supported:
        raise invalid(f"unsupported version: {asked}")
    return version.name


def _cidr_range(cluster: Cluster, text: str) -> None:
    if not text:
        return
    if cluster.provider != "GCP":
        raise invalid("cidr_range is supported for GCP clusters only")
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError:
        raise invalid(f"invalid cidr_range '{text}'") from None
    if network.prefixlen > _MAX_CIDR_MASK:
        raise invalid(f"cidr_range must have a subnet mask no larger than /{_MAX_CIDR_MASK}")
    cluster.cidr_range = str(network)


def _common(call: Call, cluster: Cluster, spec: Message) -> None:
    if call.version >= ApiVersion.V2023_04_10:
        cluster.delete_protection = spec.enum("delete_protection", DELETE_PROTECTION) or "DISABLED"
        cluster.parent_id = parent_of(spec.string("parent_id") or "", call.store)
    if call.version >= ApiVersion.V2024_09_16:
        cluster.labels = check_labels(spec.string_map("labels") or {})
        cluster.customer_account = _customer_account(cluster, spec.message("customer_cloud_account"))


def _customer_account(cluster: Cluster, account: Message | None) -> dict[str, Any] | None:
    if account is None:
        return None
    if cluster.plan != ADVANCED:
        raise invalid("customer_cloud_account is supported for advanced clusters only")
    members = {"aws": ("arn",), "gcp": ("service_account_email",), "azure": ("subscription_id", "tenant_id")}
    given = {name: found for name in members if (found := account.message(name)) is not None}
    if list(given) != [cluster.provider.lower()]:
        raise invalid(f"customer_cloud_account must have exactly the member '{cluster.provider.lower()}'")
    result: dict[str, Any] = dict.fromkeys(members)
    for name, found in given.items():
        result[name] = {field: found.string(field) or "" for field in members[name]}
        if not all(result[name].values()):
            raise invalid(f"customer_cloud_account.{name} needs {' and '.join(members[name])}")
    return result


def _start(call: Call, cluster: Cluster) -> None:
    store = call.store
    cluster.routing_id = f"{cluster.name}-{1000 + store.next_number()}"
    outcome = CREATION_FAILED if store.fail_next_create else CREATED
    store.fail_next_create = False

    def finish(target: Cluster, _now: int) -> None:
        target.state = outcome

    store.add(cluster)
    add_creator(store, call.caller.id, cluster)
    store.schedule(cluster, call.settings.create_seconds, finish)
    call.subject = cluster
