# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups, which a cluster makes by itself, and restores, which are jobs on the cluster that gets the data.

[D] Lists are newest first; ``start_time`` (included) and ``end_time`` (excluded) are given both or not at all [C]. A
restore names a backup, or a cluster whose latest one of the last seven days is taken; databases and tables can be
restored to Advanced clusters only; both clusters have one plan. For that of a whole cluster the destination has to be
empty. It holds the cluster's lock while it is PENDING, and ends as SUCCESS or FAILED. How often backups are made is an
option; no data moves.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator

from crdb_emulator.auth import OPERATE_CLUSTERS
from crdb_emulator.catalog import ADVANCED, BASIC
from crdb_emulator.context import Call
from crdb_emulator.errors import invalid, not_found
from crdb_emulator.model import CREATED, LOCKED, Cluster
from crdb_emulator.objects import Row
from crdb_emulator.store import Store
from crdb_emulator.times import DAY, SECOND, format_ns, parse_ns

# Enough for several pages; the service keeps them for 30 days by default [D].
_KEPT = 240
_LATEST_DAYS = 7
_RETENTION = 30
_FREQUENCIES, _RETENTIONS = (5, 10, 15, 30, 60, 240, 1440), (2, 7, 30, 90, 365)
_THERE_FROM_THE_START = {"defaultdb", "postgres"}


def fill(store: Store, cluster: Cluster, rows: dict[str, Row]) -> None:
    """Add the backups that a cluster has made since."""
    every = int(store.settings.backup_seconds * SECOND)
    made = (store.now - cluster.created) // every if every else 0
    last = max((row.get("_number", -1) for row in rows.values()), default=-1)
    for number in range(max(made - _KEPT, last + 1), made):
        moment = cluster.created + (number + 1) * every
        backup = str(uuid.uuid5(uuid.UUID(cluster.id), str(moment)))
        rows[backup] = {"id": backup, "as_of_time": format_ns(moment), "_number": number}


def configuration(_store: Store, cluster: Cluster, rows: dict[str, Row]) -> None:
    """Each cluster has one from the start [C]."""
    frequency = 1440 if cluster.plan == BASIC else 60
    rows.setdefault("", {"enabled": True, "frequency_minutes": frequency, "retention_days": _RETENTION})


def check_configuration(call: Call, after: Row, before: Row) -> None:
    """[D] Values are of two lists, the retention changes once, ``enabled: false`` comes alone, and Basic has what it has."""
    if call.ready_cluster().plan == BASIC:
        raise invalid("backup settings of basic clusters can't be changed")
    if call.message.boolean("enabled") is False and len(json.loads(call.body)) > 1:
        raise invalid("frequency_minutes and retention_days can't be set when backups are disabled")
    for name, allowed in (("frequency_minutes", _FREQUENCIES), ("retention_days", _RETENTIONS)):
        if after[name] not in allowed:
            raise invalid(f"{name} must be one of {', '.join(map(str, allowed))}")
    if after["retention_days"] != before["retention_days"] != _RETENTION:
        raise invalid("cluster already has a retention policy set, open a support ticket to change it")


def between(field: str) -> Callable[[Call], Callable[[Row], bool]]:
    """The filter of a list by a time."""

    def only(call: Call) -> Callable[[Row], bool]:
        start, end = (moment(call, name) for name in ("start_time", "end_time"))
        if (start is None) != (end is None):
            raise invalid("start_time and end_time must be given together")
        if start is None or end is None:
            return lambda _row: True
        return lambda row: start <= parse_ns(row[field]) < end

    return only


def moment(call: Call, name: str) -> int | None:
    """The time that a parameter of the query names; 400 where it names none."""
    text = call.query.get(name)
    try:
        return parse_ns(text) if text else None
    except ValueError:
        raise invalid(f'type mismatch, parameter: {name}, error: bad timestamp "{text}"', prefix=False) from None


def restore(call: Call, row: Row) -> Row:
    """What is restored from where; 400 on what does not fit, 404 on an unknown backup or cluster."""
    target = call.ready_cluster()
    source, backup = _source(call, row)
    if not call.roles_on(source) & OPERATE_CLUSTERS:
        raise not_found(f"backup '{backup['id']}' not found")
    if source.plan != target.plan:
        raise invalid(f"a backup of a {source.plan} cluster cannot be restored to a {target.plan} cluster")
    _check_objects(row, target)
    if row["type"] == "CLUSTER" and set(target.databases) - _THERE_FROM_THE_START:
        raise call.refused(f"cluster {target.id} is not empty")
    return {
        "backup_id": backup["id"],
        "backup_end_time": backup["as_of_time"],
        "source_cluster_name": source.name,
        "destination_cluster_name": target.name,
        "created_at": format_ns(call.store.now),
        "completion_percent": 0.0,
    }


def _check_objects(row: Row, target: Cluster) -> None:
    kind, objects, options = row["type"], row.get("objects", []), row.get("restore_opts", {})
    if kind == "CLUSTER":
        return
    if target.plan != ADVANCED:
        raise invalid(f"restores of type {kind} are supported for advanced clusters only")
    needed = ("database", "schema", "table") if kind == "TABLE" else ("database",)
    if not objects or any(not each.get(name) for each in objects for name in needed):
        raise invalid(f"objects with {', '.join(needed)} are required for restores of type {kind}")
    if options.get("new_db_name") and (kind != "DATABASE" or len(objects) != 1):
        raise invalid("new_db_name needs exactly one database")
    if options.get("into_db") and kind != "TABLE":
        raise invalid("into_db is supported for restores of tables only")


def _source(call: Call, row: Row) -> tuple[Cluster, Row]:
    wanted, named = row.get("backup_id"), row.get("source_cluster_id")
    if not wanted and not named:
        raise invalid("backup_id or source_cluster_id is required")
    if named and named not in call.store.clusters:
        raise not_found(f"cluster '{named}' not found")
    found = [
        (cluster, backup)
        for cluster, backup in _every(call.store)
        if (not wanted or backup["id"] == wanted) and (not named or cluster.id == named)
    ]
    if wanted:
        if not found:
            raise not_found(f"backup '{wanted}' not found")
        return found[0]
    oldest = call.store.now - _LATEST_DAYS * DAY
    found = [pair for pair in found if parse_ns(pair[1]["as_of_time"]) >= oldest]
    if not found:
        raise call.refused(f"cluster '{named}' has no backup of the last {_LATEST_DAYS} days")
    return max(found, key=lambda pair: parse_ns(pair[1]["as_of_time"]))


def _every(store: Store) -> Iterator[tuple[Cluster, Row]]:
    for cluster in store.clusters.values():
        if cluster.state in (CREATED, LOCKED):
            rows = store.objects.rows("backups", cluster.id)
            fill(store, cluster, rows)
            yield from ((cluster, row) for row in rows.values())


def settled(call: Call, _row: Row) -> Row:
    """What a restore has at its end."""
    done = call.store.now + int(call.settings.operation_seconds * SECOND)
    return {"completion_percent": 1.0, "completed_at": format_ns(done), "crdb_job_id": str(done)}


def lock(call: Call, row: Row) -> str | None:
    """The operation that the cluster is in meanwhile, if it is in one [G, an option]."""
    if not call.settings.restore_locks:
        return None
    if call.ready_cluster().serverless:
        return "TENANT_RESTORE"
    return "DEDICATED_FULL_CLUSTER_RESTORE" if row["type"] == "CLUSTER" else ""
