# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the control plane shows of the running cluster, and what it can change.

State: ``"cluster_api": {"name", "cloud_cluster_id", "version", "insecure", "sql_modes", "sessions_open", "logins",
"logouts", "virtual_cluster", "users": {name: [roles]}, "nodes": {id: {"liveness_status", "ready", "draining"}},
"ranges": {"total", "underreplicated", "unavailable"}, "sessions", "events", "grants": [...]}``; ``grants`` are those
of anybody but root, admin and public, as ``{on, grantee, privilege, grantable}``.

Patch, below the same key, every member optional: ``"ready"`` and ``"draining"`` (of all nodes), ``"nodes": {"2":
{"liveness_status", "ready", "draining", "major", "minor", "build_tag", "started_at", "updated_at", "metrics",
"store_metrics"}}``, ``"ranges": {"total", "underreplicated", "unavailable"}``, ``"sessions"`` and ``"events"`` (how
many there are), ``"virtual_cluster"``, ``"expire_sessions": true``. Metrics are merged, ``null`` for anything else of
a node brings its own value back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crdb_emulator.cluster_api.accounts import ADMIN, PUBLIC, ROOT
from crdb_emulator.cluster_api.acl import Acl
from crdb_emulator.cluster_api.events import EventLog
from crdb_emulator.cluster_api.nodes import STATUS_NAMES, Node
from crdb_emulator.cluster_api.running import RunningCluster
from crdb_emulator.cluster_api.sqlsessions import SqlSessions

Problem = type[ValueError]
_MAX = 1_000_000
_NANOS = 2**63 - 1
_METRICS = frozenset({"metrics", "store_metrics"})
_FLAGS = frozenset({"ready", "draining"})
_NUMBERS = {"liveness_status": len(STATUS_NAMES) - 1, "major": 99, "minor": 9, "started_at": _NANOS}
_NUMBERS["updated_at"] = _NANOS
_ATTRIBUTES = {"liveness_status": "liveness"}
_KEYS = frozenset({"ready", "draining", "nodes", "ranges", "sessions", "events", "virtual_cluster", "expire_sessions"})


def cluster_state(cluster: RunningCluster) -> dict[str, Any]:
    """The state, without a single secret."""
    cluster.sync()
    found = cluster.cloud_cluster
    ranges = cluster.ranges
    return {
        "name": cluster.options.name,
        "cloud_cluster_id": found.id if found else None,
        "version": cluster.profile.text,
        "insecure": cluster.options.insecure,
        "sql_modes": cluster.options.sql_modes,
        "sessions_open": cluster.web.open_count,
        "logins": cluster.web.logins,
        "logouts": cluster.web.logouts,
        "virtual_cluster": cluster.virtual,
        "users": {
            name: sorted(account.member_of) for name, account in sorted(cluster.accounts.by_name.items()) if name
        },
        "nodes": {
            str(node.id): {
                "liveness_status": node.shown_liveness,
                "ready": node.fit,
                "draining": node.draining,
            }
            for node in cluster.nodes.values()
        },
        "ranges": {
            "total": ranges.total,
            "underreplicated": ranges.underreplicated,
            "unavailable": ranges.unavailable,
        },
        "sessions": cluster.sessions.total,
        "events": cluster.events.total,
        "grants": _grants(cluster),
    }


def _grants(cluster: RunningCluster) -> list[dict[str, Any]]:
    objects: list[tuple[str, Acl]] = [("system", cluster.system_acl)]
    for database in cluster.catalog.databases.values():
        objects.append((database.name, database.acl))
        objects += [(f"{database.name}.{schema.name}", schema.acl) for schema in database.schemas.values()]
        objects += [(f"{database.name}.{table.schema}.{table.name}", table.acl) for table in database.tables()]
    return [
        {"on": name, "grantee": grantee, "privilege": privilege, "grantable": grantable}
        for name, acl in objects
        for grantee, privilege, grantable in acl.rows()
        if grantee not in (ROOT, ADMIN, PUBLIC)
    ]


def plan(cluster: RunningCluster, given: Any, problem: Problem) -> Callable[[], None]:
    """Check a patch, and return what applies it; raises ``problem`` with one sentence."""
    change = _mapping(given, "cluster_api", problem)
    unknown = sorted(set(change) - _KEYS)
    if unknown:
        raise problem(f"unknown key of cluster_api: {', '.join(unknown)}")
    for name in _FLAGS | {"virtual_cluster", "expire_sessions"}:
        if name in change and not isinstance(change[name], bool):
            raise problem(f"{name} must be true or false")
    for name in ("sessions", "events"):
        if name in change:
            _integer(change[name], name, _MAX, problem)
    ranges = _mapping(change.get("ranges", {}), "ranges", problem)
    for name, value in ranges.items():
        if name not in ("total", "underreplicated", "unavailable"):
            raise problem(f"'{name}' of ranges cannot be patched")
        _integer(value, name, _MAX, problem)
    nodes: dict[int, dict[str, Any]] = {}
    for key, value in _mapping(change.get("nodes", {}), "nodes", problem).items():
        if not key.isascii() or not key.isdigit() or int(key) not in cluster.nodes:
            raise problem(f"there is no node '{key}'")
        nodes[int(key)] = _node(value, problem)
    return lambda: _apply(cluster, change, ranges, nodes)


def _apply(
    cluster: RunningCluster, change: dict[str, Any], ranges: dict[str, Any], nodes: dict[int, dict[str, Any]]
) -> None:
    for name in _FLAGS & set(change):
        for node in cluster.nodes.values():
            setattr(node, name, change[name])
    for number, values in nodes.items():
        _change_node(cluster.nodes[number], values)
    for name, value in ranges.items():
        setattr(cluster.ranges, name, value)
    if "sessions" in change:
        cluster.sessions = SqlSessions(change["sessions"])
    if "events" in change:
        cluster.events = EventLog(change["events"], cluster.profile)
    cluster.virtual = change.get("virtual_cluster", cluster.virtual)
    if change.get("expire_sessions"):
        cluster.web.expire_all()


def _change_node(node: Node, values: dict[str, Any]) -> None:
    fresh = Node(node.id)
    for name, value in values.items():
        if name in _METRICS:
            getattr(node, name).update({key: float(number) for key, number in value.items()})
            continue
        attribute = _ATTRIBUTES.get(name, name)
        setattr(node, attribute, getattr(fresh, attribute) if value is None else value)


def _node(given: Any, problem: Problem) -> dict[str, Any]:
    values = _mapping(given, "a node", problem)
    for name, value in values.items():
        if name in _METRICS:
            for number in _mapping(value, name, problem).values():
                if isinstance(number, bool) or not isinstance(number, (int, float)):
                    raise problem(f"{name} must be an object of numbers")
        elif name not in _FLAGS | set(_NUMBERS) | {"build_tag"}:
            raise problem(f"'{name}' of a node cannot be patched")
        elif value is None:
            continue
        elif name in _FLAGS and not isinstance(value, bool):
            raise problem(f"{name} must be true or false")
        elif name in _NUMBERS:
            _integer(value, name, _NUMBERS[name], problem)
        elif name == "build_tag" and not isinstance(value, str):
            raise problem("build_tag must be a string")
    return values


def _mapping(value: Any, name: str, problem: Problem) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise problem(f"{name} must be a JSON object")
    return value


def _integer(value: Any, name: str, most: int, problem: Problem) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise problem(f"{name} must be an integer from 0 to {most}")
