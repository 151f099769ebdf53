# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters in the shape of an API version.

[D] The fields are those of the version's schema, always all of them. The plan is SERVERLESS or DEDICATED before
2024-09-16 and BASIC, STANDARD or ADVANCED since; "no operation" is CLUSTER_STATUS_UNSPECIFIED in both 2022 versions
and UNSPECIFIED since; 64-bit integers are strings. [C] Unset messages and timestamps are ``null``. How a plan of one
version looks in another is [G].
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from crdb_emulator.catalog import ADVANCED, BASIC, GIB_PER_VCPU, cents_of
from crdb_emulator.model import CREATING, UNSPECIFIED, Cluster
from crdb_emulator.times import format_ns
from crdb_emulator.versions import ApiVersion

DOMAIN = "cockroachlabs.cloud"


def cluster_bytes(cluster: Cluster, version: ApiVersion, *, seed: bool) -> bytes:
    """The rendered cluster; kept with the cluster until it changes."""
    body = cluster.rendered.get(version)
    if body is None:
        body = json.dumps(cluster_json(cluster, version, seed=seed), ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "replace"
        )
        cluster.rendered[version] = body
    return body


def spend_limit(cluster: Cluster) -> int:
    """The spend limit in cents: the one set last, else what the request units cost [G]."""
    if cluster.spend_limit is not None:
        return cluster.spend_limit
    return cents_of(cluster.request_unit_limit or 0)


def cluster_json(cluster: Cluster, version: ApiVersion, *, seed: bool = False) -> dict[str, Any]:
    """A cluster as ``version`` returns it; the seed profile adds ``config.serverless.regions`` [D]."""
    result: dict[str, Any] = {
        "id": cluster.id,
        "name": cluster.name,
        "cockroach_version": cluster.version,
        "plan": _plan(cluster, version),
        "cloud_provider": cluster.provider,
        "account_id": "" if cluster.state == CREATING else cluster.account_id,
        "state": cluster.state,
        "creator_id": cluster.creator_id,
        "operation_status": _operation(cluster, version),
        "config": {
            "dedicated": _dedicated(cluster),
            "serverless": _serverless(cluster, version, seed=seed) if cluster.serverless else None,
        },
        "regions": [_region(cluster, name, version) for name in sorted(cluster.regions)],
        "created_at": format_ns(cluster.created),
        "updated_at": format_ns(cluster.updated),
        "deleted_at": None if cluster.deleted is None else format_ns(cluster.deleted),
    }
    if version >= ApiVersion.V2022_09_20:
        prefixed = version == ApiVersion.V2022_09_20
        policy = cluster.egress_policy
        result["upgrade_status"] = cluster.upgrade_status
        result["sql_dns"] = cluster_host(cluster)
        result["network_visibility"] = (
            f"NETWORK_VISIBILITY_{cluster.network_visibility}" if prefixed else cluster.network_visibility
        )
        words = policy not in ("ALLOW_ALL", "DEFAULT_DENY")
        result["egress_traffic_policy"] = f"POLICY_{policy}" if prefixed and words else policy
    if version >= ApiVersion.V2026_09_15 and cluster.workspace:
        virtual = {"routing_id": cluster.routing_id, "workspace_id": cluster.workspace}
        result["config"] = {"virtual": {**virtual, "virtual_cpu_burst_limit": cluster.burst}}
    if version >= ApiVersion.V2026_09_15 and cluster.edition:
        del result["plan"]
        result["edition"] = cluster.edition
    if version >= ApiVersion.V2023_04_10:
        result["parent_id"] = cluster.parent_id
        result["delete_protection"] = cluster.delete_protection
    if version >= ApiVersion.V2024_09_16:
        result["cidr_range"] = cluster.cidr_range
        result["labels"] = cluster.labels
        result["customer_cloud_account"] = cluster.customer_account
        azure = cluster.provider == "AZURE" and not cluster.serverless and cluster.state != CREATING
        result["azure_cluster_identity_client_id"] = cluster.account_id if azure else ""
        # Required by the schema of this version though it has no such property; its example shows it [D].
        result["is_customer_cloud_account"] = cluster.customer_account is not None
    return result


def _plan(cluster: Cluster, version: ApiVersion) -> str:
    if version >= ApiVersion.V2024_09_16:
        return cluster.plan
    return "DEDICATED" if cluster.plan == ADVANCED else "SERVERLESS"


def _operation(cluster: Cluster, version: ApiVersion) -> str:
    if cluster.operation_status == UNSPECIFIED and version <= ApiVersion.V2022_09_20:
        return "CLUSTER_STATUS_UNSPECIFIED"
    return cluster.operation_status


def _dedicated(cluster: Cluster) -> dict[str, Any] | None:
    hardware = cluster.hardware
    if hardware is None:
        return None
    return {
        "machine_type": hardware.machine_type,
        "num_virtual_cpus": hardware.vcpus,
        "storage_gib": hardware.storage_gib,
        "memory_gib": float(hardware.vcpus * GIB_PER_VCPU),
        "disk_iops": hardware.disk_iops,
    }


def _serverless(cluster: Cluster, version: ApiVersion, *, seed: bool) -> dict[str, Any]:
    result: dict[str, Any] = {"routing_id": cluster.routing_id}
    if seed:
        result["regions"] = sorted(cluster.regions)
    if version < ApiVersion.V2024_09_16:
        result["spend_limit"] = spend_limit(cluster)
    if version >= ApiVersion.V2023_04_10:
        result["usage_limits"] = _usage_limits(cluster, version)
    if version >= ApiVersion.V2024_09_16:
        result["upgrade_type"] = cluster.upgrade_type
    return result


def _usage_limits(cluster: Cluster, version: ApiVersion) -> dict[str, str] | None:
    units, storage, vcpus = cluster.request_unit_limit, cluster.storage_mib_limit, cluster.provisioned_vcpus
    if version == ApiVersion.V2023_04_10:
        if units is None and storage is None:
            return None
        return {"request_unit_limit": str(units or 0), "storage_mib_limit": str(storage or 0)}
    limits = {"request_unit_limit": units, "storage_mib_limit": storage, "provisioned_virtual_cpus": vcpus}
    return {name: str(value) for name, value in limits.items() if value is not None} or None


def cluster_host(cluster: Cluster, region: str | None = None) -> str:
    """The host of the SQL interface; ``<routing id>.<tag>.<provider>-<region>`` below the service's domain [C]."""
    where = region or cluster.primary_region or min(cluster.regions)
    return f"{_label(cluster)}.{cluster.id[:3]}.{cluster.provider.lower()}-{where}.{DOMAIN}"


def _label(cluster: Cluster) -> str:
    return cluster.routing_id if cluster.serverless else cluster.name


def _s3_endpoint(cluster: Cluster, region: str) -> str:
    """The gateway to S3 of a region [D: AWS, Advanced; C: its id begins with ``vpce-``]; what follows is [G]."""
    if cluster.provider != "AWS" or cluster.serverless or cluster.state == CREATING:
        return ""
    return f"vpce-{uuid.uuid5(uuid.UUID(cluster.id), region).hex[:17]}"


def _region(cluster: Cluster, name: str, version: ApiVersion) -> dict[str, Any]:
    host = cluster_host(cluster, name)
    result: dict[str, Any] = {
        "name": name,
        "sql_dns": host,
        "ui_dns": "" if cluster.serverless else f"admin-{host}",
        "node_count": cluster.regions[name],
    }
    if version >= ApiVersion.V2022_09_20:
        result["internal_dns"] = f"internal-{host}"
        result["primary"] = cluster.serverless and len(cluster.regions) > 1 and name == cluster.primary_region
    if version >= ApiVersion.V2023_04_10:
        # [D] For Private Service Connect, which is on GCP alone.
        result["private_endpoint_dns"] = f"psc-{host}" if cluster.provider == "GCP" and cluster.plan != BASIC else ""
    if version >= ApiVersion.V2024_09_16:
        result["s3_vpc_endpoint_id"] = _s3_endpoint(cluster, name)
        if name in cluster.machines:
            # [D] The newer revision of this version has them; here only where they are worth a word.
            result["num_virtual_cpus"], result["machine_type"] = cluster.machines[name]
    return result
