# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Physical replication: jobs that keep a standby as a copy of another cluster, until somebody fails over to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .._base.errors import OptionError
from .._base.moments import SECOND, checked_moment, moment, stamp
from . import cluster_state as state
from .declared import OPERATORS, Scope
from .field import Field
from .lifecycle import Lifecycle
from .noun import Desired, Noun, Reader, Row
from .plan import DELETE, UPDATE, Plan, Step

REPLICATING, FAILING_OVER, COMPLETED, CANCELED = "REPLICATING", "FAILING_OVER", "COMPLETED", "CANCELED"
# What a stream has only while it replicates.
PROGRESS = ("replicated_time", "retained_time", "replication_lag_seconds")
AHEAD = 3600 * SECOND


class ReplicationStream(Noun):
    # --- what is wanted, and what is there -----------------------------------------------------------------------

    def key_of(self, params: Row) -> dict[str, Any]:
        key = super().key_of(params)
        if key["primary"] == key["standby"]:
            raise OptionError("primary and standby are the same cluster")
        return key

    def called(self, key: Row) -> str:
        return " to ".join(str(key[option.name]) for option in self.key)

    def narrowed(self, key: Row) -> dict[str, Any]:
        return {**super().narrowed(key), "show_completed": "true"}

    def values(self, params: Row, version: str) -> dict[str, Any]:
        found = super().values(params, version)
        if "failover_at" in found:
            if found["state"] != "failed_over":
                raise OptionError("failover_at needs state: failed_over")
            found["failover_at"] = checked_moment("failover_at", found["failover_at"])
        return found

    def desired(self, params: Row, version: str, ids: Any = None) -> Desired:
        found = super().desired(params, version, ids)
        return replace(found, absent=found.values["state"] == "canceled")

    def usable(self, desired: Desired, found: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
        """The stream that is at work; one that is over has done all that it can, which to have failed over may be what is wanted."""
        rows = sorted(found, key=lambda row: str(row.get("created_at")))
        live = [row for row in rows if row["status"] not in (COMPLETED, CANCELED)]
        wanted = desired.values["state"]
        if wanted == "present" and any(row["status"] == FAILING_OVER for row in live):
            raise OptionError(
                f"{desired.label} is failing over, and can't go on", "Wait for its end with state: failed_over"
            )
        return live or [row for row in rows if row["status"] == COMPLETED and wanted == "failed_over"][-1:]

    def watched(self, desired: Desired, *, asked: bool) -> Lifecycle | None:
        if asked and desired.absent:
            return Lifecycle("status", gone=(CANCELED,))
        if asked and desired.values["state"] == "failed_over":
            return Lifecycle("status", settled=(COMPLETED,), failed=(CANCELED,))
        return self.lifecycle

    # --- the plan ------------------------------------------------------------------------------------------------

    def create(self, scope: Scope, desired: Desired) -> Plan:
        if desired.values["state"] == "failed_over":
            raise OptionError(f"There is no {desired.label} that could fail over", "Begin one with state: present")
        if desired.id:
            raise OptionError(f"The {self.words} with the id '{desired.id}' is over", "Leave the id out for a new one")
        if not desired.values.get("erase_standby"):
            raise OptionError(
                f"There is no {desired.label} yet, and a new one erases all that is in the standby",
                "Set erase_standby: true if that is meant",
            )
        return super().create(scope, desired)

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        if desired.values["state"] != "failed_over" or row["status"] in (FAILING_OVER, COMPLETED):
            return super().update(scope, desired, row)
        at = desired.values.get("failover_at")
        when = {"failover_at": stamp(at)} if at else {}
        step = Step(
            UPDATE,
            f"fail over {desired.label}",
            self.updates,
            self.item(scope.ids, row),
            {"status": FAILING_OVER, **when},
            changes={"status": (row["status"], COMPLETED), **{name: (None, value) for name, value in when.items()}},
            wait=True,
        )
        rest = {name: value for name, value in row.items() if name not in PROGRESS}
        after = [{**rest, "status": status} for status in (COMPLETED, FAILING_OVER)]
        plan = Plan([step], {"status": row["status"]}, {"status": COMPLETED}, after[0], unsettled=after[1:])
        lost = when.get("failover_at") or row.get("replicated_time")
        if lost:
            plan.notes.append(f"What is written after {lost} is lost, as {desired.label} fails over")
        return plan

    def delete(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        path, body = self.item(scope.ids, row), {"status": CANCELED}
        step = Step(DELETE, f"cancel {desired.label}", self.updates, path, body, wait=True)
        return Plan([step], {**self.identity(row), "status": row["status"]}, {}, None)

    def check(self, reader: Reader, scope: Scope, desired: Desired, row: dict[str, Any] | None, plan: Plan) -> None:
        if not plan.steps or desired.absent:
            return
        if row is not None:
            self._check_moment(reader, desired, row)
            return
        pair = [reader.object_of("cluster", reader.params[option.name]) for option in self.key]
        primary, standby = ({} if each is None else each for each in pair)
        for each in (primary, standby):
            if each and not (state.is_advanced(each) and len(each.get("regions") or ()) == 1):
                raise OptionError(
                    f"cluster '{each['name']}' is no Advanced cluster in one region, so it can't be replicated"
                )
        for name, read in (
            ("provider", lambda row: row.get("cloud_provider")),
            ("version", lambda row: state.major(row.get("cockroach_version"))),
        ):
            if primary and standby and read(primary) != read(standby):
                raise OptionError(
                    f"The primary has the {name} {read(primary)}, and the standby {read(standby)}: it has to be the same"
                )

    def _check_moment(self, reader: Reader, desired: Desired, row: Row) -> None:
        at, oldest = desired.values.get("failover_at"), moment(row.get("retained_time")) or 0
        if at and not oldest <= at <= reader.now * SECOND + AHEAD:
            raise OptionError(
                f"failover_at: {stamp(at)} is out of reach",
                f"It can be from {row.get('retained_time')}, which is what the standby still has, to an hour from now",
            )


PHYSICAL_REPLICATION_STREAM = ReplicationStream(
    "physical_replication_stream",
    "physical-replication-streams/{id}",
    """
    Keeps the cluster O(standby) as a copy of O(primary), fails over to it, or ends that.
    Both are Advanced clusters in one region each, of one provider and version, made with C(supports_cluster_virtualization).
    A new stream erases O(standby). Where there is one of this pair, it is left as it is, and waited for until it replicates.
    V(failed_over) makes the standby a cluster of its own. Where the pair has failed over before, nothing is done.
    To fail back is a new stream, the other way round.
    V(canceled) ends the stream at work, so that the result has none. One that ends so while it is waited for makes the task fail.
    primary: Name or id of the cluster that is copied.
    standby: Name or id of the cluster that is the copy.
    state: What the stream shall be.
    erase_standby: Whether a new stream may erase what is in O(standby). Without it none is begun.
    failover_at: The moment that the standby has the data of when it fails over, an RFC 3339 timestamp, up to an hour from now. Without it it is the newest one.
    = primary_cluster_id (str): Id of the cluster that is copied.
    = standby_cluster_id (str): Id of the cluster that is the copy.
    = created_at (str): When it was begun.
    = replicated_time (str, while it replicates): The moment that the standby has the data of.
    = replication_lag_seconds (int, while it replicates): How far the standby is behind.
    = retained_time (str, while it replicates): The oldest moment that can be failed over to.
    = failover_at (str, when one was asked for): The moment that it fails over to.
    = activated_at (str, when it has failed over): The moment that it has failed over to.
    = canceled_at (str, when it was canceled): When it was canceled.
    """,
    rows="physical_replication_streams",
    key=tuple(Field(name, required=True, api=f"{name}_cluster_id", ref="cluster") for name in ("primary", "standby")),
    how=(
        Field("state", choices=("present", "failed_over", "canceled"), default="present"),
        Field("erase_standby", type="bool", default=False),
        Field("failover_at"),
    ),
    deletes="",
    lifecycle=Lifecycle("status", ("STARTING",), (REPLICATING, COMPLETED), (CANCELED,)),
    filters=("primary", "standby"),
    since="2024-09-16",
    readers=OPERATORS,
    passing="jobs, which begin and end when somebody says so",
)
SHOW_COMPLETED = Field(
    "show_completed",
    type="bool",
    default=False,
    text="Whether to list those as well that have failed over or were canceled.",
)


def shown(params: Row) -> dict[str, Any]:
    """The query for what *params* ask for."""
    return {"show_completed": "true"} if params["show_completed"] else {}
