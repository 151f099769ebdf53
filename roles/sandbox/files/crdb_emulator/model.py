# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects the emulator keeps, free of any API version. ``render.py`` gives them the shape of a version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from crdb_emulator.catalog import ADVANCED, BY_NAME, STANDARD, major_of, upgrades_from

CREATING = "CREATING"
CREATED = "CREATED"
CREATION_FAILED = "CREATION_FAILED"
LOCKED = "LOCKED"
DELETED = "DELETED"
STATES = (CREATING, CREATED, CREATION_FAILED, LOCKED, DELETED)

UNSPECIFIED = "UNSPECIFIED"
OPERATIONS = (
    "CRDB_MAJOR_UPGRADE",
    "CRDB_MAJOR_ROLLBACK",
    "CRDB_PATCH",
    "CRDB_SCALE",
    "CRDB_INSTANCE_UPDATE",
    "CRDB_EDIT_CLUSTER",
    "CRDB_CMEK_OPERATION",
    "TENANT_RESTORE",
    "CRDB_LOG_EXPORT_OPERATION",
    "CRDB_CLUSTER_DISRUPTION",
    "CRDB_REPAVE",
    "CRDB_CUSTOM_CLIENT_CA",
    "DEDICATED_FULL_CLUSTER_RESTORE",
)
OPERATION_STATUSES = frozenset(
    {UNSPECIFIED, "MAINTENANCE_RUNNING"} | {f"{name}_{end}" for name in OPERATIONS for end in ("RUNNING", "FAILED")}
)

FINALIZED = "FINALIZED"
UPGRADE_AVAILABLE = "UPGRADE_AVAILABLE"
UPGRADE_RUNNING = "MAJOR_UPGRADE_RUNNING"
PENDING_FINALIZATION = "PENDING_FINALIZATION"
ROLLBACK_RUNNING = "ROLLBACK_RUNNING"
UPGRADE_STATUSES = (FINALIZED, UPGRADE_RUNNING, UPGRADE_AVAILABLE, PENDING_FINALIZATION, ROLLBACK_RUNNING)

ROOT = "root"


@dataclass(slots=True)
class Hardware:
    """The machines of an Advanced cluster; every node has the same."""

    vcpus: int
    machine_type: str
    storage_gib: int
    disk_iops: int


@dataclass(slots=True)
class AllowEntry:
    """An entry of an IP allowlist; its key is the pair of address and mask [D]."""

    ip: str
    mask: int
    ui: bool
    sql: bool
    name: str = ""

    def to_json(self) -> dict[str, Any]:
        """The shape of every version: ``{cidr_ip, cidr_mask, ui, sql, name}`` [D]."""
        return {"cidr_ip": self.ip, "cidr_mask": self.mask, "ui": self.ui, "sql": self.sql, "name": self.name}


@dataclass(slots=True, eq=False)
class Pending:
    """A change that becomes visible at a moment; ``apply`` gets the cluster and that moment."""

    due: int
    apply: Callable[[Cluster, int], None]


@dataclass(slots=True, eq=False)
class Cluster:
    """A cluster of any plan. Serverless fields are unused on Advanced clusters and the other way round."""

    id: str
    name: str
    provider: str
    plan: str
    creator_id: str
    created: int
    updated: int
    regions: dict[str, int]
    routing_id: str
    version: str
    state: str = CREATING
    deleted: int | None = None
    operation_status: str = UNSPECIFIED
    upgrade_status: str = FINALIZED
    previous_version: str | None = None
    primary_region: str = ""
    spend_limit: int | None = None
    request_unit_limit: int | None = None
    storage_mib_limit: int | None = None
    provisioned_vcpus: int | None = None
    vcpu_decreases: tuple[int, ...] = ()
    upgrade_type: str = "AUTOMATIC"
    edition: str = ""
    # Of a virtual cluster the id of its workspace, and how many vCPUs it may use at once.
    workspace: str = ""
    burst: int = 0
    hardware: Hardware | None = None
    # Virtual CPUs and machine type of regions that differ from the others.
    machines: dict[str, tuple[int, str]] = field(default_factory=dict)
    disk_changed: int | None = None
    network_visibility: str = "PUBLIC"
    egress_policy: str = UNSPECIFIED
    cidr_range: str = ""
    account_id: str = ""
    customer_account: dict[str, Any] | None = None
    delete_protection: str = "DISABLED"
    parent_id: str = ROOT
    labels: dict[str, str] = field(default_factory=dict)
    sql_users: dict[str, str] = field(default_factory=dict)
    # Name and number of tables.
    databases: dict[str, int] = field(default_factory=lambda: {"defaultdb": 0, "postgres": 0})
    allowlist: dict[tuple[int, int], AllowEntry] = field(default_factory=dict)
    propagating_until: int = 0
    pending: Pending | None = None
    rendered: dict[int, bytes] = field(default_factory=dict)

    @property
    def serverless(self) -> bool:
        """Basic and Standard clusters are the former Serverless ones [D]."""
        return self.plan != ADVANCED

    @property
    def live(self) -> bool:
        """Neither deleted nor failed to initialize [D: the others are listed with ``show_inactive`` only]."""
        return self.state not in (DELETED, CREATION_FAILED)

    @property
    def major(self) -> str:
        """The major version, ``v25.4``."""
        return major_of(self.version)

    @property
    def upgradable(self) -> tuple[str, ...]:
        """Majors the user may upgrade to: Advanced, or Standard with manual upgrades [D]; never Basic."""
        if self.plan == ADVANCED or (self.plan == STANDARD and self.upgrade_type == "MANUAL"):
            return upgrades_from(self.major, serverless=self.serverless)
        return ()

    def refresh_upgrade_status(self) -> None:
        """Settle on FINALIZED or UPGRADE_AVAILABLE, unless an upgrade is on its way."""
        if self.upgrade_status in (FINALIZED, UPGRADE_AVAILABLE):
            self.upgrade_status = UPGRADE_AVAILABLE if self.upgradable else FINALIZED

    def set_major(self, major: str) -> None:
        """Run the current patch version of a major."""
        known = BY_NAME.get(major)
        self.version = known.full if known else f"{major}.0"

    def touch(self, now: int) -> None:
        """Note a visible change: the time of the update moves, rendered answers are void."""
        self.updated = now
        self.rendered.clear()
