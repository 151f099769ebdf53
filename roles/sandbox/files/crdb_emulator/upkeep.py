# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a cluster is not to be touched, and what it is tried with.

[D] Each cluster has a deferral of versions and a disruption, which are off at first.
"""

from __future__ import annotations

from collections.abc import Callable

from crdb_emulator.catalog import ADVANCED
from crdb_emulator.model import Cluster
from crdb_emulator.nouns import Kind
from crdb_emulator.objects import Row
from crdb_emulator.store import Store


def always(**row: object) -> Callable[[Store, Cluster, dict[str, Row]], object]:
    """What each cluster has one of from the start."""

    def fill(_store: Store, _cluster: Cluster, rows: dict[str, Row]) -> None:
        rows.setdefault("", dict(row))

    return fill


KINDS = (
    Kind(
        "version deferral",
        "clusters/*/version-deferral",
        audit={"PUT": "UPDATE_CLUSTER_VERSION_UPGRADE_DEFERRAL"},
        plans=(ADVANCED,),
        sparse=True,
        fills=always(deferral_policy="NOT_DEFERRED"),
    ),
)
