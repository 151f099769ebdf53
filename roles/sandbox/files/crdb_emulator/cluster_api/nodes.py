# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three nodes, and the shape of ``/nodes/``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from crdb_emulator.cluster_api.gojson import omit
from crdb_emulator.cluster_api.profiles import Profile
from crdb_emulator.times import SECOND, parse_ns

UNKNOWN, DEAD, UNAVAILABLE, LIVE, DECOMMISSIONING, DECOMMISSIONED, DRAINING = range(7)
STATUS_NAMES = ("UNKNOWN", "DEAD", "UNAVAILABLE", "LIVE", "DECOMMISSIONING", "DECOMMISSIONED", "DRAINING")
NODE_IDS = (1, 2, 3)
REGION = "us-east1"

_STARTED = parse_ns("2026-01-10T06:00:00Z")
_GIB = 2**30
_DAY = 86_400


@dataclass(slots=True)
class Node:
    """A node; ``metrics`` and ``store_metrics`` given here replace or extend those it reports by itself."""

    id: int
    liveness: int = LIVE
    ready: bool = True
    draining: bool = False
    major: int | None = None
    minor: int | None = None
    build_tag: str | None = None
    started_at: int | None = None
    updated_at: int | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    store_metrics: dict[str, float] = field(default_factory=dict)

    @property
    def reachable(self) -> bool:
        """Whether other nodes can dial it."""
        return self.liveness not in (DEAD, UNAVAILABLE, DECOMMISSIONED, UNKNOWN)

    @property
    def fit(self) -> bool:
        """Whether it takes SQL connections: not initializing, draining, decommissioning or without liveness [H]."""
        return self.ready and not self.draining and self.liveness == LIVE

    @property
    def shown_liveness(self) -> int:
        """A live node that drains says so."""
        return DRAINING if self.draining and self.liveness == LIVE else self.liveness

    def dial_error(self) -> str:
        """What another node says of it when it cannot reach it [H, the words after the colon L]."""
        return (
            f"failed to dial into node {self.id} (NODE_STATUS_{STATUS_NAMES[self.liveness]}): "
            f"unable to dial n{self.id}: breaker open"
        )


@dataclass(frozen=True, slots=True)
class RangeCounts:
    """Figures of the ranges that nodes report."""

    total: int
    underreplicated: int
    unavailable: int
    leases: dict[int, int]


def node_json(node: Node, profile: Profile, cluster_name: str, now: int, counts: RangeCounts) -> dict[str, Any]:
    """``nodeStatus`` [H]. A node that is not reachable was updated last when it was started plus a day."""
    started = _STARTED + node.id * 7 * SECOND if node.started_at is None else node.started_at
    updated = now // (10 * SECOND) * (10 * SECOND) if node.reachable else started + _DAY * SECOND
    host = f"{cluster_name}-{node.id - 1}.{cluster_name}"
    major, minor = node.major or profile.major, profile.minor if node.minor is None else node.minor
    tag = node.build_tag
    if tag is None:
        tag = profile.build_tag if node.major is None and node.minor is None else f"v{major}.{minor}.0"
    names = ("major", "minor") if profile.renamed_version else ("major_val", "minor_val")
    result: dict[str, Any] = {
        "node_id": node.id,
        "address": {"network_field": "tcp", "address_field": f"{host}:26258"},
        "attrs": {},
        "locality": {
            "tiers": [{"key": "region", "value": REGION}, {"key": "az", "value": f"{REGION}-{'bcd'[node.id - 1]}"}]
        },
        "ServerVersion": {names[0]: major, names[1]: minor, "patch": 0, "internal": 0},
        "build_tag": tag,
        "started_at": started,
        "cluster_name": cluster_name,
        "sql_address": {"network_field": "tcp", "address_field": f"{host}:26257"},
        "metrics": {**_metrics(node, now, started), **node.metrics},
    }
    if profile.store_metrics:
        result["store_metrics"] = {str(node.id): {**_store_metrics(node, counts), **node.store_metrics}}
    return {
        **result,
        **omit(
            total_system_memory=16 * _GIB,
            num_cpus=4,
            updated_at=updated if node.updated_at is None else node.updated_at,
        ),
        "liveness_status": node.shown_liveness,
    }


def _metrics(node: Node, now: int, started: int) -> dict[str, float]:
    base = started // SECOND
    return {
        "clock-offset.meannanos": 120_000.0 + 10_000 * node.id,
        "clock-offset.stddevnanos": 41_000.0,
        "liveness.heartbeatlatency-p99": 4_500_000.0,
        "security.certificate.expiration.ca": float(base + 3650 * _DAY),
        "security.certificate.expiration.node": float(base + 1825 * _DAY),
        "sql.conns": float(4 * node.id),
        "sql.query.count": 18_230.0 * node.id,
        "sys.cpu.combined.percent-normalized": 0.08 + node.id / 100,
        "sys.rss": 1.5 * _GIB,
        "sys.uptime": float(max(0, (now - started) // SECOND)),
    }


def _store_metrics(node: Node, counts: RangeCounts) -> dict[str, float]:
    leases = counts.leases.get(node.id, 0)
    return {
        "capacity": 100.0 * _GIB,
        "capacity.available": 91.0 * _GIB,
        "capacity.used": 2.0 * _GIB + 1_000_000 * counts.total,
        "livebytes": 1_000_000.0 * counts.total,
        "ranges": float(leases),
        "ranges.overreplicated": 0.0,
        "ranges.unavailable": float(_share(counts.unavailable, node.id)),
        "ranges.underreplicated": float(_share(counts.underreplicated, node.id)),
        "replicas": float(counts.total),
        "replicas.leaders": float(leases),
        "replicas.leaseholders": float(leases),
    }


def _share(count: int, node_id: int) -> int:
    # Each range is counted by one node: the first ranges have the problems, and node (i % 3) + 1 leads range i.
    return sum((number % 3) + 1 == node_id for number in range(1, count + 1))
