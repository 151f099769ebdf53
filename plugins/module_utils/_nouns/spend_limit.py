# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The spend limit of an existing serverless cluster: one field, four API versions, money at stake. Pure."""

from __future__ import annotations

from typing import Any

from .._base.errors import OptionError
from . import cluster_forecast as forecast
from . import cluster_state as state
from .cluster import LIMITS
from .cluster_checks import check_limited, refuse_sized
from .declared import Scope
from .field import Field
from .limits import (
    SPEND_LIMIT_GONE,
    USAGE_LIMITS_SINCE,
    as_strings,
    cents_to_limits,
    check_cents,
    check_limits,
    misread_cents,
    small_limit,
)
from .noun import Desired, Noun, Reader, Row
from .plan import UPDATE, Plan, Step

PUT_VERSION = "2022-03-31"
CHOICE = ("spend_limit", "usage_limits", "unlimited")


class SpendLimit(Noun):
    def values(self, params: Row, version: str) -> dict[str, Any]:
        """One of spend_limit (cents), usage_limits; {} is no limit."""
        if params.get("unlimited"):
            return {"usage_limits": {}}
        if params.get("usage_limits") is not None:
            limits = check_limits(params["usage_limits"], version)
            if not limits:
                raise OptionError(
                    "usage_limits is empty, which would lift the limit", "Say unlimited: true if that is meant"
                )
            return {"usage_limits": limits}
        if params.get("spend_limit") is None:
            raise OptionError("unlimited: false says no limit to set", "Give spend_limit or usage_limits instead")
        cents = check_cents(params["spend_limit"], version)
        return {"usage_limits": cents_to_limits(cents)} if version >= SPEND_LIMIT_GONE else {"spend_limit": cents}

    def check(self, reader: Reader, scope: Scope, desired: Desired, row: dict[str, Any] | None, plan: Plan) -> None:
        if row:
            check_limited(reader, scope.label, row, plan)

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        where, version = scope.label, scope.version
        refuse_sized(where, row)
        found = self._found(row, version)
        name, value = next(iter(desired.values.items()))
        if value == {} and version < SPEND_LIMIT_GONE and not found["usage_limits"]:
            # Said the way in which this version shows it.
            name, value = "spend_limit", 0
        steps = []
        if (found[name] or 0 if name == "spend_limit" else found[name]) != value:
            changes = {name: (found[name], value)}
            path = self.collection(scope.ids)
            patch = {"serverless": self._body(name, value, version)}
            doing = f"set the spend limit of {where}"
            if version == PUT_VERSION:
                steps = [
                    Step(
                        UPDATE,
                        doing,
                        "PUT",
                        f"{path}/spend-limit",
                        {"spendLimit": value},
                        changes=changes,
                        instead=("PATCH", path, patch),
                    )
                ]
            else:
                steps = [Step(UPDATE, doing, "PATCH", path, patch, changes=changes)]
        after = {name: value if steps else found[name]}
        predicted = self.shown(forecast.changed(row, after if steps else {}, version))
        return Plan(steps, {name: found[name]}, after, predicted, small_limit(desired.values))

    @staticmethod
    def _body(name: str, value: Any, version: str) -> dict[str, Any]:
        if name == "spend_limit":
            return {name: value}
        # A spend limit of zero lifts the limits of 2023-04-10.
        return {name: as_strings(value)} if value or version >= SPEND_LIMIT_GONE else {"spend_limit": 0}

    @staticmethod
    def _found(row: Row, version: str) -> dict[str, Any]:
        """The limits as they are. An amount limits both halves: where one lacks, what is shown is none."""
        found = state.view(row)
        halved = version >= USAGE_LIMITS_SINCE and len(found["usage_limits"]) == 1
        return {**found, "spend_limit": None} if halved else found

    def create(self, scope: Scope, desired: Desired) -> Plan:
        """The prediction for a cluster that does not exist yet; a real run never gets here."""
        changes = {name: (None, value) for name, value in desired.values.items()}
        step = Step(UPDATE, f"set the spend limit{scope.behind('of')}", "PATCH", "", changes=changes)
        predicted = self.shown(forecast.changed({}, desired.values, scope.version))
        return Plan([step], {}, dict(desired.values), predicted)

    def shown(self, row: Row) -> dict[str, Any]:
        """What limits the cluster now: cents where the API version has them, and the usage limits."""
        serverless = (row.get("config") or {}).get("serverless") or {}
        return {
            "cluster_id": row.get("id"),
            "cluster_name": row.get("name"),
            "spend_limit": serverless.get("spend_limit"),
            "usage_limits": state.limits(row),
        }


SPEND_LIMIT = SpendLimit(
    "spend_limit",
    "clusters/{cluster}",
    """
    spend_limit: What the cluster may cost a month at most, in whole US cents. Less than 100 of them get a warning.
    | With O(api_version=2024-09-16) it is converted to usage limits as the service does it, with 80 % of the amount for request units (5,000,000 a dollar) and
      20 % for storage (2048 MiB a dollar).
    | V(0) means the free tier with the versions of 2022. From V(2023-04-10) on it is refused - there it would lift the limit, or is no valid limit.
    usage_limits: Explicit limits instead of O(spend_limit). A member that is left out is no limit.
    unlimited: V(true) lifts the limit. The cluster may then cost anything.
    """,
    shape=state.SHAPE,
    fields=(
        Field("spend_limit", type="int", misread=misread_cents),
        Field("usage_limits", type="dict", options=LIMITS[:2], since=USAGE_LIMITS_SINCE),
        Field("unlimited", type="bool", since=USAGE_LIMITS_SINCE),
    ),
    rules={"required_one_of": [CHOICE], "mutually_exclusive": [CHOICE]},
    shows=None,
    part=True,
    creates="",
    deletes="",
)
