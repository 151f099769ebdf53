# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clusters of the organization, and the clock that moves their lifecycles.

Nothing runs in the background: every request first lets the clock settle what is due. Sorted lists are kept until
something that could change them happens, because listing a thousand clusters is the most frequent request of all.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

from crdb_emulator import times
from crdb_emulator.model import CREATED, DELETED, LOCKED, UNSPECIFIED, Cluster, Pending
from crdb_emulator.objects import Objects
from crdb_emulator.settings import Settings

SortKey = tuple[float | str, ...]
BY_NAME = "NAME"
BY_CREATED = "CREATED_AT"
BY_DELETED = "DELETED_AT"

_KEYS: dict[str, Callable[[Cluster], SortKey]] = {
    BY_NAME: lambda cluster: (cluster.name, cluster.id),
    BY_CREATED: lambda cluster: (cluster.created, cluster.id),
    # [D] "Active clusters will be sorted by created_at."
    BY_DELETED: lambda cluster: (cluster.created if cluster.deleted is None else cluster.deleted, cluster.id),
}


class Store:
    """All clusters by id; ids of deleted ones stay known [C]."""

    def __init__(self, settings: Settings, clock: Callable[[], int] = times.now_ns) -> None:
        self.settings = settings
        self.clock = clock
        self.clusters: dict[str, Cluster] = {}
        self.fail_next_create = False
        self.objects = Objects(lambda: self.now)
        self._due: list[tuple[int, int, Cluster, Pending]] = []
        self._numbers = itertools.count(1)
        self._lists: dict[tuple[bool, str], tuple[list[Cluster], list[SortKey]]] = {}
        self.now = clock()

    def clear(self) -> None:
        """Forget everything."""
        self.clusters.clear()
        self.objects.clear()
        self.fail_next_create = False
        self._due.clear()
        self._numbers = itertools.count(1)
        self.relist()

    def settle(self) -> None:
        """Take the time and apply every change that has come due, in order."""
        self.now = max(self.clock(), self.now)
        while self._due and self._due[0][0] <= self.now:
            due, _unused, cluster, pending = heapq.heappop(self._due)
            if cluster.pending is pending:
                cluster.pending = None
                pending.apply(cluster, due)
                cluster.touch(due)
                self.relist()

    def schedule(self, cluster: Cluster, seconds: float, apply: Callable[[Cluster, int], None]) -> None:
        """Let a change of a cluster happen later; it replaces one that was still to come."""
        pending = Pending(self.now + int(seconds * times.SECOND), apply)
        cluster.pending = pending
        heapq.heappush(self._due, (pending.due, next(self._numbers), cluster, pending))

    def operate(self, cluster: Cluster, operation: str, apply: Callable[[Cluster, int], None]) -> None:
        """Run an exclusive operation: LOCKED with ``<operation>_RUNNING`` until it is done [D enum, mapping G].

        Without the name of one the cluster is LOCKED alone.
        """
        seconds = self.settings.operation_seconds

        def done(target: Cluster, now: int) -> None:
            target.state = CREATED
            target.operation_status = UNSPECIFIED
            apply(target, now)

        if seconds <= 0:
            done(cluster, self.now)
        else:
            cluster.state = LOCKED
            cluster.operation_status = f"{operation}_RUNNING" if operation else UNSPECIFIED
            self.schedule(cluster, seconds, done)
        cluster.touch(self.now)

    def add(self, cluster: Cluster) -> None:
        """Take in a new cluster."""
        self.clusters[cluster.id] = cluster
        self.relist()

    def mark_deleted(self, cluster: Cluster, now: int) -> None:
        """The cluster is gone; its id still answers with ``state: DELETED`` [C]."""
        cluster.state = DELETED
        cluster.operation_status = UNSPECIFIED
        cluster.deleted = now
        cluster.pending = None
        cluster.sql_users.clear()
        cluster.databases.clear()
        cluster.allowlist.clear()
        self.objects.forget(cluster.id)
        cluster.touch(now)
        self.relist()

    def next_number(self) -> int:
        """A number no other cluster has got, for routing ids."""
        return next(self._numbers)

    def live_named(self, name: str) -> Cluster | None:
        """The live cluster of a name."""
        return next((cluster for cluster in self.clusters.values() if cluster.name == name and cluster.live), None)

    def find(self, name_or_id: str) -> Cluster | None:
        """A cluster by id, else by name; the live one first (for the control plane)."""
        found = self.clusters.get(name_or_id) or self.live_named(name_or_id)
        return found or next((cluster for cluster in self.clusters.values() if cluster.name == name_or_id), None)

    def relist(self) -> None:
        """Drop the sorted lists: a cluster came, went or changed its place."""
        self._lists.clear()

    def listing(self, *, inactive: bool, sort_by: str) -> tuple[list[Cluster], list[SortKey]]:
        """Clusters in ascending order with their sort keys."""
        found = self._lists.get((inactive, sort_by))
        if found is None:
            key = _KEYS[sort_by]
            clusters = sorted((cluster for cluster in self.clusters.values() if inactive or cluster.live), key=key)
            found = (clusters, [key(cluster) for cluster in clusters])
            self._lists[(inactive, sort_by)] = found
        return found
