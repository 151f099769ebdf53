# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose certificates open an Advanced cluster, and whose keys encrypt it.

[D] A change of certificates is PENDING for a while, and none is shown then [C]; taking away what is not set is a 404 [C].

[D] Keys are for private Advanced clusters, one for each region. They are ENABLING, ROTATING, REVOKING for a while; a key
that was replaced stays in the history of its region, newest first. What does not change is left alone [G]. Revoked is an end.
"""

from __future__ import annotations

import base64
import re

from crdb_emulator import auth
from crdb_emulator.catalog import ADVANCED
from crdb_emulator.context import Call, Reply, json_bytes
from crdb_emulator.errors import cluster_locked, invalid, not_found
from crdb_emulator.model import CREATED, Cluster
from crdb_emulator.nouns import Handler, Kind
from crdb_emulator.objects import Row
from crdb_emulator.surface import surface
from crdb_emulator.times import format_ns
from crdb_emulator.upkeep import always

_CERT = "x509_pem_cert"
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----\s(.*?)-----END CERTIFICATE-----", re.S)
_UNSET = {"status": "NOT_SET", _CERT: ""}


def _check_certificate(_call: Call, after: Row, before: Row) -> None:
    blocks = _PEM.findall(after[_CERT])
    try:
        ders = [base64.b64decode("".join(block.split()), validate=True) for block in blocks]
    except ValueError:
        ders = []
    if not ders or any(der[:1] != b"\x30" for der in ders):
        raise invalid("x509_pem_cert is not a PEM-encoded certificate")
    if after.pop("update_mode", "REPLACE") == "APPEND":
        after[_CERT] = before[_CERT] + after[_CERT]


def _shown_certificate(_call: Call, row: Row) -> Row:
    return {} if row["status"] == "IS_SET" else {_CERT: ""}


def _has_certificate(_call: Call, row: Row) -> None:
    if row["status"] == "NOT_SET":
        raise not_found("the cluster has no client CA certificate")


KINDS = (
    Kind(
        "client CA certificate",
        "clusters/*/client-ca-cert",
        audit={"POST": "SET_CLIENT_CA_CERT", "PATCH": "UPDATE_CLIENT_CA_CERT", "DELETE": "DELETE_CLIENT_CA_CERT"},
        moves=("status", "PENDING", "IS_SET"),
        leaves="PENDING",
        plans=(ADVANCED,),
        locks=lambda _call, _row: "CRDB_CUSTOM_CLIENT_CA",
        check=_check_certificate,
        shows=_shown_certificate,
        goes=_has_certificate,
        left=lambda _call, _row: dict(_UNSET),
        fills=always(**_UNSET),
    ),
)


# --- keys --------------------------------------------------------------------------------------------------------

_KEYS = "clusters/*/cmek"
_CMEK = "cmek"
_TYPES = {"AWS": "AWS_KMS", "GCP": "GCP_CLOUD_KMS", "AZURE": "AZURE_KEY_VAULT"}
_OFF: Row = {"status": "DISABLED", "region_infos": []}


def _row(call: Call, cluster: Cluster) -> Row:
    return call.store.objects.rows(_CMEK, cluster.id).setdefault("", dict(_OFF))


def _reply(call: Call, row: Row) -> Reply:
    return Reply(200, json_bytes(surface(call.version).shaped("CMEKClusterInfo", row)))


def get_keys(call: Call) -> Reply:
    """The keys of a cluster."""
    return _reply(call, _row(call, call.ready_cluster()))


def put_keys(call: Call) -> Reply:
    """``POST`` or ``PUT``: enable, or rotate what differs."""
    cluster = call.ready_cluster()
    body = (
        surface(call.version).operations[f"PUT {_KEYS}" if call.version.text > "2022-03-31" else f"POST {_KEYS}"].body
    )
    specs = {
        each["region"]: each["key_spec"] for each in surface(call.version).read(body, call.message)["region_specs"]
    }
    row = _writable(call, cluster)
    if set(specs) != set(cluster.regions):
        raise invalid("region_specs must have each region of the cluster")
    if any(spec.get("type") != _TYPES[cluster.provider] or not spec.get("uri") for spec in specs.values()):
        raise invalid(f"a key of type {_TYPES[cluster.provider]} is required for each region")
    doing = "ENABLING" if row["status"] == "DISABLED" else "ROTATING"
    histories = {info["region"]: info["key_infos"] for info in row["region_infos"]}
    infos = [_region(call, region, specs[region], histories.get(region, [])) for region in sorted(specs)]
    return _end(call, cluster, {"status": doing, "region_infos": infos}, "ENABLED")


def change_keys(call: Call) -> Reply:
    """``PATCH``: revoke, the one action that there is."""
    cluster = call.ready_cluster()
    surface(call.version).read(surface(call.version).operations[f"PATCH {_KEYS}"].body, call.message)
    row = _writable(call, cluster)
    if row["status"] == "DISABLED":
        raise call.refused("CMEK is not enabled")
    return _end(call, cluster, {**row, "status": "REVOKING"}, "REVOKED")


def _writable(call: Call, cluster: Cluster) -> Row:
    row = _row(call, cluster)
    if cluster.plan != ADVANCED or cluster.network_visibility != "PRIVATE":
        raise invalid("CMEK is supported for private advanced clusters only")
    if cluster.state != CREATED:
        raise cluster_locked()
    if row["status"] == "REVOKED":
        raise call.refused("CMEK is revoked")
    return row


def _region(call: Call, region: str, spec: Row, history: list[Row]) -> Row:
    now = format_ns(call.store.now)
    if history and history[0]["spec"] == spec:
        keys = [{**history[0], "updated_at": now}, *history[1:]]
    else:
        new = {"spec": spec, "status": "ENABLED", "user_message": "", "created_at": now, "updated_at": now}
        keys = [new, *({**each, "status": "DISABLED"} for each in history)]
    return {"region": region, "status": "ENABLED", "key_infos": keys}


def _end(call: Call, cluster: Cluster, row: Row, status: str) -> Reply:
    """Let the row become what it is to be, and tell it as it is first."""
    objects = call.store.objects
    rows, outcome = objects.rows(_CMEK, cluster.id), objects.outcomes.pop(_CMEK, {})
    rows[""] = row
    call.store.operate(cluster, "CRDB_CMEK_OPERATION", lambda _cluster, _now: None)
    reply = _reply(call, row)
    objects.later(rows, "", call.settings.operation_seconds, {"status": status, **outcome})
    return reply


OPERATIONS: tuple[tuple[str, Handler, frozenset[str], str], ...] = (
    (f"GET {_KEYS}", get_keys, auth.OPERATE_CLUSTERS, ""),
    (f"POST {_KEYS}", put_keys, auth.OPERATE_CLUSTERS, "UPDATE_CMEK"),
    (f"PUT {_KEYS}", put_keys, auth.OPERATE_CLUSTERS, "UPDATE_CMEK"),
    (f"PATCH {_KEYS}", change_keys, auth.OPERATE_CLUSTERS, "REVOKE_CMEK"),
)


def add_keys(call: Call, cluster: Cluster, specs: list[Row]) -> None:
    """The keys of regions that a cluster with keys gets, as its change says them; 400 where one lacks or has one already."""
    row = _row(call, cluster)
    if row["status"] == "DISABLED":
        return
    histories = {info["region"] for info in row["region_infos"]}
    given = {each["region"]: each["key_spec"] for each in specs}
    if set(given) & histories or set(cluster.regions) - histories != set(given):
        raise invalid("cmek_region_specs must have each new region, and no other")
    row["region_infos"] = sorted(
        [*row["region_infos"], *(_region(call, region, spec, []) for region, spec in given.items())],
        key=lambda info: str(info["region"]),
    )
