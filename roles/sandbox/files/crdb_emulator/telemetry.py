# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports of logs and metrics. Nothing is sent: an export is ENABLING for a while, and then works, or ends as a test has asked.

[D] A write replaces the whole configuration; sinks of a cloud are for clusters there; external ids are for Advanced
clusters alone. [C] Each takes the lock of the cluster. Secrets are not told again (Datadog: the last four characters [D]).
"""

from __future__ import annotations

import re
from typing import Any

from crdb_emulator import auth
from crdb_emulator.catalog import ADVANCED, STANDARD
from crdb_emulator.context import Call
from crdb_emulator.errors import invalid
from crdb_emulator.nouns import Kind
from crdb_emulator.objects import Row
from crdb_emulator.times import format_ns
from crdb_emulator.versions import ApiVersion

_PLANS = (STANDARD, ADVANCED)
_V2, _OTLP = "AZURE_LOG_ANALYTICS_V2", "OTLP_HTTP"
_CLOUDS = {"AWS_CLOUDWATCH": "AWS", "GCP_CLOUD_LOGGING": "GCP", "AZURE_LOG_ANALYTICS": "AZURE", _V2: "AZURE"}
_SECRETS = ("azure_shared_key", "azure_client_secret", "otlp_headers")
_AZURE = (
    *("azure_tenant_id", "azure_client_id", "azure_client_secret", "azure_dce_endpoint", "azure_dcr_immutable_id"),
    *("azure_dcr_resource_id", "azure_workspace_resource_id"),
)
# [D] What a type of sink needs.
_NEEDED = {_V2: _AZURE, _OTLP: ("otlp_endpoint",)}
_TABLE = re.compile(r"[A-Za-z]\w*", re.ASCII)
_MAY = {"GET": auth.OPERATE_CLUSTERS | {"ORG_ADMIN", "METRICS_VIEWER"}, "": auth.OPERATE_CLUSTERS | {"ORG_ADMIN"}}


def _check_logs(call: Call, after: Row, _before: Row) -> None:
    cluster, sink = call.ready_cluster(), after["type"]
    if _CLOUDS.get(sink, cluster.provider) != cluster.provider:
        raise invalid(f"log export type {sink} is not supported for clusters on {cluster.provider}")
    if after.get("aws_external_id") and (cluster.plan != ADVANCED or cluster.provider != "AWS"):
        raise invalid("aws_external_id is only supported for advanced clusters on AWS")
    if sum(bool(group.get("enable_sending_queue")) for group in after.get("groups", ())) > 1:
        raise invalid("enable_sending_queue can be set for one group only")
    for name in _NEEDED.get(sink, ("auth_principal",)):
        if not after.get(name):
            raise invalid(f"{name} is required")
    names = [after["log_name"], *(group["log_name"] for group in after.get("groups", ()))]
    if sink == _V2 and not all(map(_TABLE.fullmatch, names)):
        raise invalid("log_name must start with a letter and contain only letters, digits and underscores")


def _logs(call: Call, row: Row) -> Row:
    cluster, now = call.ready_cluster(), format_ns(call.store.now)
    before = call.store.objects.rows("logexport", cluster.id).get("", {})
    unset = {"region": "", "aws_external_id": "", "omitted_channels": [], "groups": []}
    spec = {**unset, **{name: value for name, value in row.items() if name not in _SECRETS}}
    healthy = {"delivery_status": "DELIVERY_HEALTHY"} if row["type"] == _OTLP else {}
    if healthy:
        kept = before.get("spec", {}).get("otlp_header_names", [])
        spec["otlp_header_names"] = sorted(row.get("otlp_headers") or kept)
    row.clear()
    return {
        **healthy,
        "cluster_id": cluster.id,
        "spec": spec,
        "user_message": "",
        "created_at": before.get("created_at", now),
        "updated_at": now,
    }


def _levels(call: Call, row: Row) -> Row:
    """[D] The first version has another word for no level."""
    unset = "LOG_LEVEL_UNSPECIFIED" if call.version <= ApiVersion.V2022_09_20 else "UNSPECIFIED"
    return {"spec": {**row["spec"], "groups": [{"min_level": unset, **each} for each in row["spec"].get("groups", ())]}}


def _check_metrics(call: Call, after: Row, _before: Row) -> None:
    cluster = call.ready_cluster()
    if cluster.plan not in _PLANS:
        raise invalid("metric exports are supported for standard and advanced clusters only")
    if "role_arn" in after and cluster.provider != "AWS":
        raise invalid(f"metric export to CloudWatch is not supported for clusters on {cluster.provider}")
    if after.get("external_id") and cluster.plan != ADVANCED:
        raise invalid("external_id is only supported for advanced clusters")


def _metrics(call: Call, row: Row) -> Row:
    key = {"api_key": row["api_key"][-4:]} if "api_key" in row else {}
    return {"cluster_id": call.ready_cluster().id, "user_message": "", **key}


def _targets(call: Call, row: Row) -> Row:
    """[D] An address for each region, also for those that have come since."""
    cluster = call.ready_cluster()
    host = f"https://{cluster.routing_id}.{{}}.metrics.cockroachlabs.example/metrics"
    return {
        "targets": {region: host.format(region) for region in sorted(cluster.regions)}
        if row["status"] == "ENABLED"
        else {}
    }


def _working(_call: Call, _row: Row) -> Row:
    return {"user_message": "This integration is active."}


def _metric_export(sink: str, **more: Any) -> Kind:
    return Kind(
        f"metric export to {sink}",
        f"clusters/*/metricexport/{sink}",
        may={"GET": _MAY["GET"] - {"ORG_ADMIN"}, "": auth.OPERATE_CLUSTERS},
        audit={"POST": "UPDATE_CLUSTER_METRIC_EXPORT", "DELETE": "DELETE_CLUSTER_METRIC_EXPORT"},
        moves=("status", "ENABLING", "ENABLED"),
        leaves="DISABLING",
        locks=lambda _call, _row: "",
        check=_check_metrics,
        makes=_metrics,
        settled=_working,
        **more,
    )


KINDS = (
    _metric_export("cloudwatch"),
    _metric_export("datadog"),
    _metric_export("prometheus", shows=_targets),
    Kind(
        "log export",
        "clusters/*/logexport",
        may=_MAY,
        audit={"POST": "UPDATE_CLUSTER_LOG_EXPORT", "DELETE": "DELETE_CLUSTER_LOG_EXPORT"},
        moves=("status", "ENABLING", "ENABLED"),
        leaves="DISABLING",
        plans=_PLANS,
        locks=lambda _call, _row: "CRDB_LOG_EXPORT_OPERATION",
        sparse=True,
        check=_check_logs,
        makes=_logs,
        shows=_levels,
    ),
)
