# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How clusters are reached, and reach others, without the public network: what no description says of it."""

from __future__ import annotations

import re
import uuid

from crdb_emulator import auth
from crdb_emulator.catalog import ADVANCED, STANDARD
from crdb_emulator.context import Call, Reply, json_bytes
from crdb_emulator.errors import cluster_locked, invalid
from crdb_emulator.model import CREATED, Cluster
from crdb_emulator.nouns import Handler, Kind, one
from crdb_emulator.objects import Row
from crdb_emulator.store import Store
from crdb_emulator.times import format_ns
from crdb_emulator.versions import ApiVersion

_SERVICES = "clusters/*/networking/private-endpoint-services"
# How tests name what becomes of the policy.
POLICY = "egress-traffic-policy"
_OWNER = re.compile(r"\d{12}|\*")


def prefixed(call: Call, value: str, prefix: str) -> str:
    """A word of an enumeration, which has a prefix in 2022-09-20 [D]."""
    return f"{prefix}{value}" if call.version == ApiVersion.V2022_09_20 else value


# --- services ----------------------------------------------------------------------------------------------------


def _service(cluster: Cluster, region: str, status: str) -> Row:
    """[D] The fields; [C] what names look like on each provider."""
    number = uuid.uuid5(uuid.UUID(cluster.id), f"service {region}").hex[:17]
    names = {
        "AWS": (f"vpce-svc-{number}", f"com.amazonaws.vpce.{region}.vpce-svc-{number}"),
        "GCP": (f"projects/crl-prod/regions/{region}/serviceAttachments/{number}",) * 2,
        "AZURE": (f"/subscriptions/{cluster.id}/privateLinkServices/{number}", f"{number}.{region}.azure.privatelink"),
    }
    service, name = names[cluster.provider]
    zones = [f"{region}-az{zone}" for zone in (1, 2, 3)] if cluster.provider == "AWS" else []
    aws = {"service_name": name, "service_id": service, "availability_zone_ids": zones}
    return {
        "region_name": region,
        "cloud_provider": cluster.provider,
        "status": status,
        "name": name,
        "endpoint_service_id": service,
        "availability_zone_ids": zones,
        # [D] Required in 2022-09-20, which knows no other provider for them.
        **({"aws": aws} if cluster.provider == "AWS" else {}),
    }


def _fill_services(_store: Store, cluster: Cluster, rows: dict[str, Row]) -> None:
    """[C] Standard clusters have them from the start, Advanced ones when they are asked for, Basic ones never."""
    row = rows.setdefault("", {"services": []})
    if cluster.plan == STANDARD:
        known = {each["region_name"] for each in row["services"]}
        row["services"] += [
            _service(cluster, name, "AVAILABLE") for name in sorted(cluster.regions) if name not in known
        ]


def _show_services(call: Call, row: Row) -> Row:
    prefix = "ENDPOINT_SERVICE_STATUS_"
    return {"services": [{**each, "status": prefixed(call, each["status"], prefix)} for each in row["services"]]}


def create_services(call: Call) -> Reply:
    """``POST`` without a body: one for each region that has none; those that are there already are returned [D]."""
    cluster, rows = call.ready_cluster(), SERVICES.place(call)
    if cluster.serverless:
        raise invalid("private endpoint services of this cluster are managed by the service")
    if cluster.state != CREATED:
        raise cluster_locked()
    there = {each["region_name"] for each in rows[""]["services"]}
    new = [_service(cluster, name, "CREATING") for name in sorted(cluster.regions) if name not in there]
    if new:
        outcome = call.store.objects.outcomes.pop(SERVICES.name, None) or {"status": "AVAILABLE"}
        rows[""]["services"] = [*rows[""]["services"], *new]
        then = [{**each, **outcome} if each in new else each for each in rows[""]["services"]]
        call.store.objects.later(rows, "", call.settings.operation_seconds, {"services": then})
        call.store.operate(cluster, "", lambda _cluster, _now: None)
        if call.settings.operation_seconds <= 0:
            rows[""]["services"] = then
    return SERVICES.reply(call, rows[""], "GET")


# --- trusted owners ----------------------------------------------------------------------------------------------


def _check_owner(call: Call, after: Row, _before: Row) -> None:
    """[D] Twelve digits, or everybody; [D] on AWS alone."""
    if call.ready_cluster().provider != "AWS":
        raise invalid("trusted owners are supported for clusters on AWS only")
    if not _OWNER.fullmatch(after["external_owner_id"]):
        raise invalid("external_owner_id must be a 12-digit AWS account id or *")


def _owner(call: Call, _row: Row) -> Row:
    return {"cluster_id": call.ready_cluster().id, "created_at": format_ns(call.store.now)}


# --- endpoint connections of AWS ---------------------------------------------------------------------------------


def _show_connection(call: Call, row: Row) -> Row:
    return {"status": prefixed(call, row["status"], "ENDPOINT_")}


def set_connection(call: Call) -> Reply:
    """``PATCH``: accepts or rejects one; the answer has the status from before [D]."""
    rows, key = one(CONNECTIONS, call)
    wanted = call.message.string("status") or ""
    wanted = wanted.removeprefix("ENDPOINT_") if call.version == ApiVersion.V2022_09_20 else wanted
    if wanted not in ("AVAILABLE", "REJECTED"):
        raise invalid("status must be AVAILABLE or REJECTED")
    cluster = call.ready_cluster()
    if cluster.state != CREATED:
        raise cluster_locked()
    reply = CONNECTIONS.reply(call, rows[key], "PATCH")
    outcome = call.store.objects.outcomes.pop(CONNECTIONS.name, None) or {"status": wanted}
    call.store.objects.later(rows, key, call.settings.operation_seconds, outcome)
    call.store.operate(cluster, "", lambda _cluster, _now: None)
    return reply


# --- egress ------------------------------------------------------------------------------------------------------


def _fill_rules(_store: Store, cluster: Cluster, rows: dict[str, Row]) -> None:
    """[D] The listing has rules that the service manages for itself."""
    key = str(uuid.uuid5(uuid.UUID(cluster.id), "managed rule"))
    if cluster.plan == ADVANCED and key not in rows:
        rows[key] = {
            "id": key,
            "cluster_id": cluster.id,
            "name": "managed-by-the-service",
            "type": "FQDN",
            "destination": "management.cockroachlabs.cloud",
            "ports": [443],
            "description": "",
            "state": "ACTIVE",
            "crl_managed": True,
            "created_at": format_ns(cluster.created),
        }


def _check_rule(call: Call, after: Row, before: Row) -> None:
    """[D] A change has type and destination, too; no ports at all say nothing in it. The order of ports is the service's."""
    _check_managed(call, before)
    for name in ("type", "destination"):
        if not call.message.string(name):
            raise invalid(f"{name} is required")
    if after["type"] not in ("FQDN", "CIDR"):
        raise invalid("type must be FQDN or CIDR")
    after["ports"] = sorted(after.get("ports") or before.get("ports") or [], reverse=True)


def _check_managed(call: Call, row: Row) -> None:
    if row.get("crl_managed"):
        raise call.refused(f"egress rule {row['id']} is managed by the service")


def _rule(call: Call, _row: Row) -> Row:
    return {"cluster_id": call.ready_cluster().id, "crl_managed": False, "created_at": format_ns(call.store.now)}


def set_policy(call: Call) -> Reply:
    """``POST`` of the policy; the cluster shows it, ``UPDATING`` meanwhile [D]."""
    cluster = call.ready_cluster()
    allow = call.message.boolean("allow_all")
    if allow is None:
        raise invalid("allow_all is required")
    if cluster.plan != ADVANCED:
        raise invalid("egress traffic policies are supported for advanced clusters only")
    if cluster.state != CREATED:
        raise cluster_locked()
    outcome = call.store.objects.outcomes.pop(POLICY, None) or {"state": "ALLOW_ALL" if allow else "DEFAULT_DENY"}

    def done(target: Cluster, _now: int) -> None:
        target.egress_policy = str(outcome["state"])

    cluster.egress_policy = "UPDATING"
    call.store.operate(cluster, "", done)
    return Reply(200, json_bytes({}))


def _check_egress_endpoint(call: Call, after: Row, before: Row) -> None:
    """[D] In a region of the cluster; MSK is on AWS alone; names are for what is available."""
    cluster = call.ready_cluster()
    if after["region"] not in cluster.regions:
        raise invalid(f"the cluster has no region {after['region']}")
    if after["target_service_type"] != "PRIVATE_SERVICE" and cluster.provider != "AWS":
        raise invalid("MSK is supported for clusters on AWS only")
    if before and before["state"] != "AVAILABLE":
        raise call.refused(f"egress private endpoint {before['id']} is not available")


def _egress_endpoint(_call: Call, _row: Row) -> Row:
    """[D] Both are empty at first."""
    return {
        "endpoint_connection_id": "",
        "endpoint_address": "",
        "domain_names": [],
        "domain_names_state": "EMPTY",
    }


def _egress_endpoint_there(call: Call, row: Row) -> Row:
    number = row["id"].replace("-", "")[:17]
    prefix = "vpce-" if call.ready_cluster().provider == "AWS" else "psc-"
    return {"endpoint_connection_id": f"{prefix}{number}", "endpoint_address": f"{number}.endpoints.example.com"}


def _names_turn(_call: Call, row: Row) -> tuple[Row, Row]:
    return {"domain_names_state": "PENDING"}, {"domain_names_state": "AVAILABLE" if row["domain_names"] else "EMPTY"}


SERVICES = Kind(
    "private endpoint service",
    _SERVICES,
    fills=_fill_services,
    shows=_show_services,
)
CONNECTIONS = Kind(
    "AWS endpoint connection",
    "clusters/*/networking/aws-endpoint-connections/*",
    rows="connections",
    id="endpoint_id",
    mine=True,
    order="endpoint_id",
    shows=_show_connection,
)
KINDS = (
    SERVICES,
    Kind(
        "private endpoint trusted owner",
        "clusters/*/networking/private-endpoint-trusted-owners/*",
        rows="trusted_owners",
        wraps="trusted_owner",
        may={"": auth.OPERATE_CLUSTERS, "POST": auth.ADMINS, "DELETE": auth.ADMINS},
        audit={"POST": "ADD_PRIVATE_ENDPOINT_TRUSTED_OWNER", "DELETE": "REMOVE_PRIVATE_ENDPOINT_TRUSTED_OWNER"},
        unique=("external_owner_id",),
        order="external_owner_id",
        plans=(ADVANCED,),
        check=_check_owner,
        makes=_owner,
    ),
    CONNECTIONS,
    Kind(
        "egress rule",
        "clusters/*/networking/egress-rules/*",
        rows="rules",
        wraps="rule",
        audit={"POST": "ADD_EGRESS_RULE", "PATCH": "EDIT_EGRESS_RULE", "DELETE": "DELETE_EGRESS_RULE"},
        unique=("name",),
        moves=("state", "PENDING_CREATION", "ACTIVE"),
        leaves="PENDING_DELETION",
        plans=(ADVANCED,),
        locks=lambda _call, _row: "",
        turns=lambda _call, _row: ({"state": "PENDING_UPDATE"}, {"state": "ACTIVE"}),
        check=_check_rule,
        makes=_rule,
        goes=_check_managed,
        fills=_fill_rules,
    ),
    Kind(
        "egress private endpoint",
        "clusters/*/networking/egress-private-endpoints/*",
        rows="egress_private_endpoints",
        audit={
            "POST": "CREATE_EGRESS_PRIVATE_ENDPOINT",
            "PATCH": "UPDATE_EGRESS_PRIVATE_ENDPOINT",
            "DELETE": "DELETE_EGRESS_PRIVATE_ENDPOINT",
        },
        unique=("region", "target_service_identifier"),
        order="region",
        moves=("state", "PENDING", "AVAILABLE"),
        leaves="DELETING",
        plans=(ADVANCED,),
        locks=lambda _call, _row: "",
        turns=_names_turn,
        check=_check_egress_endpoint,
        makes=_egress_endpoint,
        settled=_egress_endpoint_there,
    ),
)
OTHERS: tuple[tuple[str, Handler, frozenset[str], str], ...] = (
    (f"POST {_SERVICES}", create_services, auth.OPERATE_CLUSTERS, "CREATE_PRIVATE_LINK"),
    (
        "PATCH clusters/*/networking/aws-endpoint-connections/*",
        set_connection,
        auth.OPERATE_CLUSTERS,
        "ACCEPT_PRIVATE_LINK",
    ),
    (
        f"POST clusters/*/networking/egress-rules/{POLICY}",
        set_policy,
        auth.OPERATE_CLUSTERS,
        "SET_EGRESS_TRAFFIC_POLICY",
    ),
)
