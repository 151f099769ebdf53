# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state all applications of one process share, and one call to the Cloud API."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from crdb_emulator import times
from crdb_emulator.audit import AuditEntry, AuditLog, without_passwords
from crdb_emulator.auth import Caller, Keyring
from crdb_emulator.cluster_api.running import RunningCluster
from crdb_emulator.errors import ApiError, cluster_not_found, failed_precondition, invalid
from crdb_emulator.faults import FaultBox
from crdb_emulator.grants import places_of_cluster, roles_at
from crdb_emulator.jsonin import Message
from crdb_emulator.model import CREATED, DELETED, LOCKED, Cluster
from crdb_emulator.pagination import Pager
from crdb_emulator.ratelimit import RateLimiter
from crdb_emulator.requestlog import RequestLog
from crdb_emulator.seeding import seed_advanced, seed_clusters, seed_objects
from crdb_emulator.settings import Settings
from crdb_emulator.store import Store
from crdb_emulator.versions import ApiVersion

# [D] The audit log starts "when the organization was created".
ORGANIZATION_CREATED = "2022-03-14T14:15:22.000000Z"
ORGANIZATION_ID = "8a4f1c2e-5b7d-4e60-9f3a-1c2b3d4e5f60"


class Emulator:
    """Everything behind the ports; a second application on another port gets the same object."""

    def __init__(self, settings: Settings, clock: Callable[[], int] = times.now_ns) -> None:
        self.settings = settings
        self.store = Store(settings, clock)
        self.audit = AuditLog(inclusive=settings.audit_inclusive)
        self.keyring = Keyring(settings, self.store)
        self.limiter = RateLimiter(settings.rate_limit, settings.rate_limit_status)
        self.faults = FaultBox()
        self.requests = RequestLog(settings.request_log)
        self.running = RunningCluster(self.store, settings.cluster)
        self.reset_state()

    def reset_state(self) -> None:
        """Back to the first moment: the seeded clusters only, an empty audit log, a fresh running cluster."""
        self.store.clear()
        self.audit.clear()
        self.store.settle()
        self.keyring.seed()
        seed_objects(self.store)
        seed_clusters(self.store, self.settings.seed_clusters)
        if self.settings.cluster.seed:
            seed_advanced(self.store, self.settings.cluster.name, f"v{self.settings.cluster.version}")
        self.running.reset()


@dataclass(slots=True)
class Reply:
    """An answer; ``body`` is ready to be sent."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


@dataclass(slots=True)
class Call:
    """One authenticated call: its version, the variables of its path, its query and body."""

    emulator: Emulator
    caller: Caller
    version: ApiVersion
    params: tuple[str, ...]
    query: dict[str, str]
    body: bytes
    client: str = ""
    trace_id: str = ""
    action: str = ""
    subject: Cluster | None = None
    _message: Message | None = None

    @property
    def store(self) -> Store:
        """The clusters."""
        return self.emulator.store

    @property
    def settings(self) -> Settings:
        """The options."""
        return self.emulator.settings

    def roles_on(self, cluster: Cluster) -> frozenset[str]:
        """The caller's roles on a cluster: those on it, on the folders it is in, and on the organization."""
        return roles_at(self.store, self.caller.id, places_of_cluster(self.store, cluster))

    @property
    def message(self) -> Message:
        """The decoded request body."""
        if self._message is None:
            self._message = Message.decode(self.body)
        return self._message

    @property
    def pager(self) -> Pager:
        """Pages as this call wants them."""
        return Pager(self.version, self.settings.seed_profile, self.settings.page_size, self.store.now)

    def cluster(self, *, deleted: bool = False) -> Cluster:
        """The cluster of the path. [C] 404 code 5 when unknown; [G] 400 when the id is no UUID.

        ``deleted`` lets a deleted one pass: its own GET still answers, its sub-resources are gone [C].
        """
        text = self.params[0]
        try:
            cluster_id = str(uuid.UUID(text)) if len(text) == 36 else ""
        except ValueError:
            cluster_id = ""
        if not cluster_id:
            raise invalid("invalid clusterId")
        cluster = self.store.clusters.get(cluster_id)
        if cluster is None:
            raise cluster_not_found(cluster_id)
        self.subject = cluster
        if cluster.state == DELETED and not deleted:
            raise cluster_not_found(cluster_id)
        return cluster

    def ready_cluster(self) -> Cluster:
        """The same for what is inside of a cluster. [C] 404 code 5 while it is being created."""
        cluster = self.cluster()
        if cluster.state not in (CREATED, LOCKED):
            raise cluster_not_found(cluster.id)
        return cluster

    def refused(self, message: str) -> ApiError:
        """What a rule of the service forbids: 400 code 9, or 409 code 10 [G, an option]."""
        return failed_precondition(message) if self.settings.refusal_status == 400 else ApiError(409, 10, message)

    def record(self, error: ApiError | None) -> None:
        """Write the audit entry of a call that was to change something."""
        log, subject = self.emulator.audit, self.subject
        try:
            payload = without_passwords(dict(self.message.fields))
        except ApiError:
            payload = {}
        log.add(
            AuditEntry(
                id=str(uuid.uuid4()),
                created=log.unique_time(self.store.now),
                action=self.action,
                cluster_id=subject.id if subject else "",
                cluster_name=subject.name if subject else "",
                trace_id=self.trace_id,
                service_account_name=self.caller.name,
                error=error.message if error else "",
                ip_address=self.client,
                payload=payload,
            )
        )


def json_bytes(value: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
