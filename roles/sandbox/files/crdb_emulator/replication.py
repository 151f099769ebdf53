# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Physical replication from one Advanced cluster to another one.

[D] Both are of one provider and version, in one region each. STARTING takes minutes; only a stream that is REPLICATING can
fail over or be canceled. It fails over to a moment that is retained, or up to an hour ahead. Lists have what is over on
request only. No data moves, and whether a cluster was made for it is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable

from crdb_emulator.audit import PREFIX
from crdb_emulator.catalog import ADVANCED
from crdb_emulator.context import Call
from crdb_emulator.errors import invalid, not_found
from crdb_emulator.model import Cluster
from crdb_emulator.nouns import Kind
from crdb_emulator.objects import Row
from crdb_emulator.times import HOUR, SECOND, format_ns, parse_ns

_LAG = 5
_PROGRESS = ("replicated_time", "retained_time", "replication_lag_seconds")
_OVER = ("COMPLETED", "CANCELED")
_ACTIONS = {"FAILING_OVER": "FAILOVER", "CANCELED": "CANCEL"}


def _begin(call: Call, row: Row) -> Row:
    clusters = [_cluster(call, row[f"{name}_cluster_id"]) for name in ("primary", "standby")]
    if any(cluster.plan != ADVANCED or len(cluster.regions) != 1 for cluster in clusters):
        raise invalid("both clusters must be advanced clusters with a single region")
    for what in ("provider", "version"):
        if getattr(clusters[0], what) != getattr(clusters[1], what):
            raise invalid(f"both clusters must have the same {what}")
    if clusters[0] is clusters[1]:
        raise invalid("a cluster can't be the standby of itself")
    return {"created_at": format_ns(call.store.now)}


def _cluster(call: Call, cluster_id: str) -> Cluster:
    cluster = call.store.clusters.get(cluster_id)
    if cluster is None or not cluster.live:
        raise not_found(f"cluster '{cluster_id}' not found")
    return cluster


def _change(call: Call, after: Row, before: Row) -> None:
    if not before:
        return
    status, now = after["status"], call.store.now
    if before["status"] != "REPLICATING" or status not in _ACTIONS:
        raise call.refused(f"a stream that is {before['status']} can't become {status}")
    if after.get("failover_at") and not parse_ns(before["created_at"]) <= parse_ns(after["failover_at"]) <= now + HOUR:
        raise invalid("failover_at must be between the retained time and one hour from now")
    call.action = f"{PREFIX}{_ACTIONS[status]}_PHYSICAL_REPLICATION_STREAM"


def _turns(call: Call, row: Row) -> tuple[Row, Row, float]:
    gone, now = dict.fromkeys(_PROGRESS), call.store.now
    if row["status"] == "CANCELED":
        return {**gone, "canceled_at": format_ns(now)}, {}, 0
    moment = parse_ns(row["failover_at"]) if row.get("failover_at") else now
    wait = max(call.settings.operation_seconds, (moment - now) / SECOND)
    return gone, {"status": "COMPLETED", "activated_at": format_ns(moment)}, wait


def _progress(call: Call, row: Row) -> Row:
    """What a stream has once it replicates. It stays so, which makes answers the same."""
    now = call.store.now + int(call.settings.operation_seconds * SECOND)
    replicated = format_ns(now - _LAG * SECOND)
    return dict(zip(_PROGRESS, (replicated, row["created_at"], _LAG), strict=True))


def _only(call: Call) -> Callable[[Row], bool]:
    query = call.query
    names = [name for name in ("primary_cluster_id", "standby_cluster_id") if query.get(name)]
    either = query.get("cluster_id")

    def only(row: Row) -> bool:
        return (
            (row["status"] not in _OVER or query.get("show_completed") == "true")
            and all(row[name] == query[name] for name in names)
            and (not either or either in (row["primary_cluster_id"], row["standby_cluster_id"]))
        )

    return only


KINDS = (
    Kind(
        "physical replication stream",
        "physical-replication-streams/*",
        rows="physical_replication_streams",
        audit={"POST": "CREATE_PHYSICAL_REPLICATION_STREAM", "PATCH": "FAILOVER_PHYSICAL_REPLICATION_STREAM"},
        order="created_at",
        moves=("status", "STARTING", "REPLICATING"),
        sparse=True,
        check=_change,
        makes=_begin,
        settled=_progress,
        turns=_turns,
        only=_only,
    ),
)
