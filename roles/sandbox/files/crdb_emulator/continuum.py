# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only 2026-09-15 has: scanning, migration assistants, workspaces and the virtual clusters in them."""

from __future__ import annotations

import uuid

from crdb_emulator import auth
from crdb_emulator.context import ORGANIZATION_CREATED, Call, Reply, json_bytes
from crdb_emulator.errors import already_exists, failed_precondition, invalid, not_found
from crdb_emulator.fields import DELETE_PROTECTION, check_labels, check_name, parent_of, serverless_regions
from crdb_emulator.grants import add_creator
from crdb_emulator.jsonin import Message
from crdb_emulator.model import CREATED, Cluster
from crdb_emulator.nouns import Handler, Kind
from crdb_emulator.objects import Row
from crdb_emulator.render import cluster_bytes
from crdb_emulator.store import Store
from crdb_emulator.surface import surface
from crdb_emulator.times import format_ns

_SCANNING, _ASSISTANT = "clusters/*/runtime-scanning", "clusters/*/migration-assistant"
_CERTIFICATE, _WORKSPACE = f"{_ASSISTANT}/source-ca-cert", "virtual-cluster-workspaces/*"
_VIRTUAL = f"{_WORKSPACE}/clusters"


def _settled_scanning(_store: Store, _cluster: Cluster, rows: dict[str, Row]) -> None:
    rows.setdefault("", {"type": "NONE"})


def enable_scanning(call: Call) -> Reply:
    """``POST {type}``: [D] asynchronous, and the type is told at once [G]."""
    SCANNING.place(call)[""].update(surface(call.version).read("EnableClusterRuntimeScanningBody", call.message))
    return SCANNING.reply(call, SCANNING.place(call)[""], "GET")


def disable_scanning(call: Call) -> Reply:
    """``DELETE``: as it is when nobody has enabled it."""
    SCANNING.place(call)[""]["type"] = "NONE"
    return SCANNING.reply(call, SCANNING.place(call)[""], "GET")


def _assistant(call: Call) -> tuple[dict[str, Row], Row]:
    rows = ASSISTANT.place(call)
    if "" not in rows:
        raise not_found("the cluster has no migration assistant")
    return rows, rows[""]


def create_assistant(call: Call) -> Reply:
    """``POST {region}``: [D] one for each dedicated cluster, in a region of it, the first where none is said."""
    cluster, rows = call.ready_cluster(), ASSISTANT.place(call)
    region = call.message.string("region") or min(cluster.regions)
    if cluster.serverless:
        raise invalid("migration assistants are supported for dedicated clusters only")
    if region not in cluster.regions:
        raise invalid(f"the cluster has no region '{region}'")
    if "" in rows:
        raise already_exists("the cluster has a migration assistant already")
    now = format_ns(call.store.now)
    names = {"id": str(uuid.uuid4()), "cluster_id": cluster.id, "deployed_region": region}
    rows[""] = {**names, "status": "PENDING", "health": "NOT_COMPUTED", "created_at": now, "updated_at": now}
    running = {
        "status": "RUNNING",
        "health": "HEALTHY",
        "url": f"https://assistant-{cluster.id[:8]}.example.com",
        "username": "assistant",
        "password": f"planted-{names['id']}",
        "bucket_grantee": f"assistant-{cluster.id[:8]}@example.com",
    }
    then = call.store.objects.outcomes.pop(ASSISTANT.name, None) or running
    reply = ASSISTANT.reply(call, rows[""], "GET")
    call.store.objects.later(rows, "", call.settings.operation_seconds, then)
    return reply


def delete_assistant(call: Call) -> Reply:
    """``DELETE``: the assistant with the status DELETING [D]."""
    rows, row = _assistant(call)
    for name in ("url", "username", "password", "bucket_grantee"):
        row.pop(name, None)
    row["status"] = "DELETING"
    reply = ASSISTANT.reply(call, row, "GET")
    call.store.objects.later(rows, "", call.settings.operation_seconds, None)
    return reply


def get_certificate(call: Call) -> Reply:
    """``GET``: [D] an empty bundle is none."""
    return Reply(200, json_bytes({"x509_pem_cert": _assistant(call)[1].get("_certificate", "")}))


def set_certificate(call: Call) -> Reply:
    """``PATCH``: replaces the bundle."""
    row, body = (
        _assistant(call)[1],
        surface(call.version).read("UpdateMigrationAssistantSourceCACertBody", call.message),
    )
    if "-----BEGIN CERTIFICATE-----" not in body["x509_pem_cert"]:
        raise invalid("x509_pem_cert is no PEM certificate")
    row["_certificate"] = body["x509_pem_cert"]
    return get_certificate(call)


def delete_certificate(call: Call) -> Reply:
    """``DELETE``: [D] the answer is the deleted bundle."""
    reply = get_certificate(call)
    _assistant(call)[1].pop("_certificate", None)
    return reply


def _workspace(call: Call) -> Row:
    row = call.store.objects.rows(WORKSPACE.name).get(call.params[0])
    if row is None:
        raise not_found(f"virtual cluster workspace '{call.params[0]}' not found")
    return row


def _check_workspace(call: Call, after: Row, _before: Row) -> None:
    if after["default_virtual_cpu_burst_limit"] < 1:
        raise invalid("default_virtual_cpu_burst_limit must be positive")


def _dated(_call: Call, _row: Row) -> Row:
    return dict.fromkeys(("created_at", "updated_at"), ORGANIZATION_CREATED)


def create_virtual(call: Call) -> Reply:
    """``POST``: [D] the answer is a Cluster; in all regions of the workspace where none are said."""
    row, message, store = _workspace(call), call.message, call.store
    name = message.string("name") or ""
    check_name(name)
    if not call.settings.allow_duplicate_names and store.live_named(name) is not None:
        raise already_exists(f"a cluster with the name '{name}' already exists")
    cluster = Cluster(
        id=str(uuid.uuid4()),
        name=name,
        provider=row["cloud_provider"],
        plan="STANDARD",
        edition="STANDARD",
        creator_id=call.caller.id,
        created=store.now,
        updated=store.now,
        regions={},
        routing_id=f"{name}-{1000 + store.next_number()}",
        version="v25.4.4",
        workspace=str(row["id"]),
        burst=int(row["default_virtual_cpu_burst_limit"]),
    )
    _set_virtual(call, cluster, row, message, message.strings("regions") or row["regions"])
    store.add(cluster)
    add_creator(store, call.caller.id, cluster)
    call.subject = cluster

    def finish(target: Cluster, _now: int) -> None:
        target.state = CREATED

    store.schedule(cluster, call.settings.create_seconds, finish)
    return Reply(200, cluster_bytes(cluster, call.version, seed=False))


def update_virtual(call: Call) -> Reply:
    """``PATCH``: what is given changes; [D] the primary region stays where it is still listed."""
    row = _workspace(call)
    cluster = call.store.find(call.params[1])
    if cluster is None or cluster.workspace != row["id"]:
        raise not_found(f"virtual cluster '{call.params[1]}' not found")
    if cluster.state != CREATED:
        raise failed_precondition("the cluster is not ready")
    _set_virtual(call, cluster, row, call.message, call.message.strings("regions") or sorted(cluster.regions))
    cluster.touch(call.store.now)
    return Reply(200, cluster_bytes(cluster, call.version, seed=False))


def _set_virtual(call: Call, cluster: Cluster, row: Row, message: Message, regions: list[str]) -> None:
    unknown = sorted(set(regions) - set(row["regions"]))
    if unknown:
        raise invalid(f"the workspace has no region '{unknown[0]}'")
    kept = cluster.primary_region if cluster.primary_region in regions else ""
    primary, limit = message.string("primary_region") or kept, message.integer("virtual_cpu_burst_limit")
    if limit is not None and limit < 1:
        raise invalid("virtual_cpu_burst_limit must be positive")
    found = serverless_regions(cluster.provider, regions, primary)
    labels, parent = message.string_map("labels"), message.string("parent_id")
    after_parent = cluster.parent_id if parent is None else parent_of(parent, call.store)
    cluster.delete_protection = message.enum("delete_protection", DELETE_PROTECTION) or cluster.delete_protection
    cluster.labels = cluster.labels if labels is None else check_labels(labels)
    (cluster.regions, cluster.primary_region), cluster.parent_id = found, after_parent
    cluster.burst = cluster.burst if limit is None else limit


SCANNING = Kind("runtime scanning", _SCANNING, fills=_settled_scanning, may={"": auth.READ_CHILDREN})
ASSISTANT = Kind("migration assistant", _ASSISTANT, sparse=True, may={"": auth.ADMINS | auth.OPERATE_CLUSTERS})
WORKSPACE = Kind(
    "virtual cluster workspace",
    _WORKSPACE,
    rows="workspaces",
    may={"GET": auth.READ_CLUSTERS | auth.CREATE_CLUSTERS, "": auth.OPERATE_CLUSTERS},
    audit={"PATCH": "UPDATE_VIRTUAL_CLUSTER_WORKSPACE"},
    check=_check_workspace,
    shows=_dated,
)
KINDS = (WORKSPACE,)
OTHERS: tuple[tuple[str, Handler, frozenset[str], str], ...] = (
    (f"GET {_SCANNING}", lambda call: SCANNING.reply(call, SCANNING.place(call)[""], "GET"), auth.READ_CHILDREN, ""),
    (f"POST {_SCANNING}", enable_scanning, auth.OPERATE_CLUSTERS, "UPDATE_CLUSTER"),
    (f"DELETE {_SCANNING}", disable_scanning, auth.OPERATE_CLUSTERS, "UPDATE_CLUSTER"),
    (f"GET {_ASSISTANT}", lambda call: ASSISTANT.reply(call, _assistant(call)[1], "GET"), ASSISTANT.may[""], ""),
    (f"POST {_ASSISTANT}", create_assistant, auth.ADMINS, "CREATE_MIGRATION_ASSISTANT"),
    (f"DELETE {_ASSISTANT}", delete_assistant, auth.ADMINS, "DELETE_MIGRATION_ASSISTANT"),
    (f"GET {_CERTIFICATE}", get_certificate, ASSISTANT.may[""], ""),
    (f"PATCH {_CERTIFICATE}", set_certificate, auth.ADMINS, "UPDATE_MIGRATION_ASSISTANT_CA"),
    (f"DELETE {_CERTIFICATE}", delete_certificate, auth.ADMINS, "DELETE_MIGRATION_ASSISTANT_CA"),
    (f"POST {_VIRTUAL}", create_virtual, auth.CREATE_CLUSTERS, "CREATE_CLUSTER"),
    (f"PATCH {_VIRTUAL}/*", update_virtual, auth.OPERATE_CLUSTERS, "UPDATE_CLUSTER"),
)
