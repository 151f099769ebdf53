# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Major version upgrades: start, finalize, roll back.

[D] UPGRADE_AVAILABLE -> MAJOR_UPGRADE_RUNNING (locked) -> PENDING_FINALIZATION -> FINALIZED, by the user or after 72
hours. Before that, the previous version or ROLLBACK_RUNNING rolls back. Since 2024-09-16 the upgrade starts with
``cockroach_version`` (a major such as ``v25.4``); in 2022-09-20 and 2023-04-10 with ``upgrade_status:
MAJOR_UPGRADE_RUNNING``, which goes to the newest allowed version [G]. Basic never, Standard with manual upgrades only
[D].
"""

from __future__ import annotations

from crdb_emulator.audit import PREFIX
from crdb_emulator.context import Call
from crdb_emulator.errors import failed_precondition, invalid
from crdb_emulator.jsonin import Message
from crdb_emulator.model import (
    FINALIZED,
    PENDING_FINALIZATION,
    ROLLBACK_RUNNING,
    UPGRADE_AVAILABLE,
    UPGRADE_RUNNING,
    UPGRADE_STATUSES,
    Cluster,
)
from crdb_emulator.store import Store
from crdb_emulator.versions import ApiVersion

AUTO_FINALIZE_SECONDS = 72 * 3600


def change_version(call: Call, cluster: Cluster, message: Message) -> None:
    """Act on ``cockroach_version`` or ``upgrade_status``; raises ``ApiError`` 400 on an impossible one."""
    asked = message.string("cockroach_version") if call.version >= ApiVersion.V2024_09_16 else None
    if asked is not None:
        _to_version(call, cluster, asked)
        return
    command = message.enum("upgrade_status", UPGRADE_STATUSES)
    if command == FINALIZED:
        _finalize(call, cluster)
    elif command == ROLLBACK_RUNNING:
        _roll_back(call, cluster)
    elif command == UPGRADE_RUNNING and call.version < ApiVersion.V2024_09_16:
        if not cluster.upgradable or cluster.upgrade_status != UPGRADE_AVAILABLE:
            raise failed_precondition("no upgrade is available for this cluster")
        _upgrade(call, cluster, cluster.upgradable[-1])
    else:
        raise invalid(f"upgrade_status cannot be set to {command}")


def _to_version(call: Call, cluster: Cluster, asked: str) -> None:
    if asked == cluster.major:
        return
    pending = cluster.upgrade_status == PENDING_FINALIZATION
    if pending and asked == cluster.previous_version:
        _roll_back(call, cluster)
        return
    if asked not in cluster.upgradable:
        raise invalid(f"unsupported version: {asked}")
    if pending:
        raise failed_precondition("the last upgrade is not finalized")
    _upgrade(call, cluster, asked)


def _upgrade(call: Call, cluster: Cluster, target: str) -> None:
    call.action = f"{PREFIX}UPDATE_CLUSTER_MAJOR_VERSION"
    store: Store = call.store
    previous = cluster.major

    def done(changed: Cluster, _now: int) -> None:
        changed.previous_version = previous
        changed.set_major(target)
        changed.upgrade_status = PENDING_FINALIZATION
        store.schedule(changed, AUTO_FINALIZE_SECONDS, _settled)

    cluster.upgrade_status = UPGRADE_RUNNING
    store.operate(cluster, "CRDB_MAJOR_UPGRADE", done)


def _finalize(call: Call, cluster: Cluster) -> None:
    call.action = f"{PREFIX}FINALIZE_CLUSTER_MAJOR_VERSION_UPDATE"
    if cluster.upgrade_status == FINALIZED:
        return
    if cluster.upgrade_status != PENDING_FINALIZATION:
        raise failed_precondition("there is no upgrade to finalize")
    cluster.pending = None
    _settled(cluster, call.store.now)
    cluster.touch(call.store.now)


def _settled(cluster: Cluster, _now: int) -> None:
    cluster.previous_version = None
    cluster.upgrade_status = FINALIZED
    cluster.refresh_upgrade_status()


def _roll_back(call: Call, cluster: Cluster) -> None:
    call.action = f"{PREFIX}ROLLBACK_CLUSTER_MAJOR_VERSION_UPDATE"
    previous = cluster.previous_version
    if cluster.upgrade_status != PENDING_FINALIZATION or previous is None:
        raise failed_precondition("there is no upgrade to roll back")

    def done(changed: Cluster, now: int) -> None:
        changed.set_major(previous)
        _settled(changed, now)

    cluster.upgrade_status = ROLLBACK_RUNNING
    call.store.operate(cluster, "CRDB_MAJOR_ROLLBACK", done)
