# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The spend limit of an existing serverless cluster: one field, four API versions, money at stake. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._base.errors import OptionError
from . import cluster_forecast as forecast
from . import cluster_state as state
from .base import Resource, segment
from .cluster import LIMITS
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
from .options import Option
from .plan import UPDATE, Plan, Step

PUT_VERSION = "2022-03-31"


class SpendLimit(Resource):
    noun = "spend_limit"
    title = "the spend limit"
    path = "/clusters/{cluster_id}"
    shape = state.SHAPE
    fields = (
        Option("spend_limit", type="int", misread=misread_cents),
        Option("usage_limits", type="dict", options=LIMITS[:2], since=USAGE_LIMITS_SINCE),
        Option("unlimited", type="bool", since=USAGE_LIMITS_SINCE),
    )

    def label(self, key: Mapping[str, Any]) -> str:
        return self.title

    def wanted(self, params: Mapping[str, Any], version: str) -> dict[str, Any]:
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

    def check_plan(self, where: str, row: Mapping[str, Any]) -> None:
        if state.is_advanced(row):
            raise OptionError(
                f"{where} has the plan {row.get('plan')}: there is no spend limit, its cost follows from its nodes",
                "Set hardware and region_nodes of the module cluster instead",
            )
        if row.get("plan") == "STANDARD":
            raise OptionError(
                f"{where} has the plan STANDARD: there is no spend limit, its cost follows from its provisioned vCPUs",
                "Set usage_limits.provisioned_virtual_cpus of the module cluster instead",
            )

    def update(
        self,
        where: str,
        cluster_id: str,
        key: Mapping[str, Any],
        wanted: Mapping[str, Any],
        row: Mapping[str, Any],
        version: str,
    ) -> Plan:
        self.check_plan(where, row)
        found = self._found(row, version)
        name, value = next(iter(wanted.items()))
        if value == {} and version < SPEND_LIMIT_GONE and not found["usage_limits"]:
            # Said the way in which this version shows it.
            name, value = "spend_limit", 0
        steps = []
        if (found[name] or 0 if name == "spend_limit" else found[name]) != value:
            changes = {name: (found[name], value)}
            path = f"/clusters/{segment(cluster_id)}"
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
        return Plan(steps, {name: found[name]}, after, predicted, small_limit(wanted))

    @staticmethod
    def _body(name: str, value: Any, version: str) -> dict[str, Any]:
        if name == "spend_limit":
            return {name: value}
        # A spend limit of zero lifts the limits of 2023-04-10.
        return {name: as_strings(value)} if value or version >= SPEND_LIMIT_GONE else {"spend_limit": 0}

    @staticmethod
    def _found(row: Mapping[str, Any], version: str) -> dict[str, Any]:
        """The limits as they are. An amount limits both halves: where one lacks, what is shown is none."""
        found = state.view(row)
        halved = version >= USAGE_LIMITS_SINCE and len(found["usage_limits"]) == 1
        return {**found, "spend_limit": None} if halved else found

    def create(
        self, where: str, cluster_id: str, key: Mapping[str, Any], wanted: Mapping[str, Any], version: str
    ) -> Plan:
        """The prediction for a cluster that does not exist yet; a real run never gets here."""
        step = Step(
            UPDATE,
            f"set the spend limit of {where}",
            "PATCH",
            "",
            changes={name: (None, value) for name, value in wanted.items()},
        )
        return Plan([step], {}, dict(wanted), self.shown(forecast.changed({}, wanted, version)))

    def shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What limits the cluster now: cents where the API version has them, and the usage limits."""
        serverless = (row.get("config") or {}).get("serverless") or {}
        return {
            "cluster_id": row.get("id"),
            "cluster_name": row.get("name"),
            "spend_limit": serverless.get("spend_limit"),
            "usage_limits": state.limits(row),
        }


SPEND_LIMIT = SpendLimit()
