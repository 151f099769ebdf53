# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a cluster is not to be touched, and what it is tried with.

[D] Each cluster has a deferral of versions and a disruption, which are off at first.
"""

from __future__ import annotations

from collections.abc import Callable

from crdb_emulator.catalog import ADVANCED
from crdb_emulator.context import Call
from crdb_emulator.errors import invalid
from crdb_emulator.model import Cluster
from crdb_emulator.nouns import Kind
from crdb_emulator.objects import Row
from crdb_emulator.store import Store
from crdb_emulator.times import DAY, format_ns, parse_ns

_VERBS = {"POST": "CREATE", "PATCH": "UPDATE", "DELETE": "DELETE"}


def always(**row: object) -> Callable[[Store, Cluster, dict[str, Row]], object]:
    """What each cluster has one of from the start."""

    def fill(_store: Store, _cluster: Cluster, rows: dict[str, Row]) -> None:
        rows.setdefault("", dict(row))

    return fill


def window(call: Call, after: Row, before: Row) -> None:
    """[D] Begins in seven days or later, lasts fourteen days, ends within three months."""
    try:
        start, end = (parse_ns(after[name]) for name in ("start_time", "end_time"))
    except ValueError as error:
        raise invalid(f"proto: {error}", prefix=False) from None
    now = call.store.now
    if after["start_time"] != before.get("start_time") and start < now + 7 * DAY:
        raise invalid("start_time must be at least 7 days in the future")
    if not start < end <= start + 14 * DAY:
        raise invalid("end_time must be within 14 days after start_time")
    if end > now + 92 * DAY:
        raise invalid("end_time must be within 3 months from now")
    after.update(start_time=format_ns(start), end_time=format_ns(end))


def disruption(_call: Call, after: Row, _before: Row) -> None:
    """[D] What is named is a part of a region, or the region is disrupted as a whole; none is the end of it."""
    for region in after.setdefault("regional_disruptor_specifications", []):
        if bool(region.get("azs") or region.get("pods")) is region["is_whole_region"]:
            raise invalid("either is_whole_region or azs and pods must be set")


KINDS = (
    Kind(
        "blackout window",
        "clusters/*/blackout-windows/*",
        rows="blackout_windows",
        audit={method: f"{verb}_CLUSTER_BLACKOUT_WINDOW" for method, verb in _VERBS.items()},
        order="id",
        plans=(ADVANCED,),
        check=window,
        makes=lambda call, _row: {"cluster_id": call.ready_cluster().id},
    ),
    Kind(
        "version deferral",
        "clusters/*/version-deferral",
        audit={"PUT": "UPDATE_CLUSTER_VERSION_UPGRADE_DEFERRAL"},
        plans=(ADVANCED,),
        sparse=True,
        fills=always(deferral_policy="NOT_DEFERRED"),
    ),
    Kind(
        "cluster disruption",
        "clusters/*/disrupt",
        audit={"PUT": "UPDATE_CLUSTER_DISRUPTION"},
        plans=(ADVANCED,),
        locks=lambda _call, _row: None,
        sparse=True,
        check=disruption,
        fills=always(regional_disruptor_specifications=[]),
    ),
)
