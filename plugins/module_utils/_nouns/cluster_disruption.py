# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the service breaks in a cluster on purpose, to see whether everything else goes on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .._base.errors import OptionError
from .._http.answers import TEXT, ListOf, Object
from .declared import OPERATORS, Scope
from .field import Field
from .noun import Desired, Noun, Row
from .plan import UPDATE, Plan
from .upkeep import seconds

OFF = "regional_disruptor_specifications"
PARTS = ("azs", "pods")


def told(regions: Iterable[Row]) -> list[dict[str, Any]]:
    """*regions* as the API has them: a region is whole where nothing of it is named."""
    found = []
    for region in regions:
        parts = {name: sorted(region[name]) for name in PARTS if region.get(name)}
        found.append({"region_code": region["region"], "is_whole_region": not parts, **parts})
    return sorted(found, key=lambda region: str(region["region_code"]))


def heard(rows: Any) -> list[dict[str, Any]]:
    """The regions of an object of the API, as the option has them."""
    return [
        {"region": row.get("region_code"), **{name: row[name] for name in PARTS if row.get(name)}} for row in rows or []
    ]


class ClusterDisruption(Noun):
    def values(self, params: Row, version: str) -> dict[str, Any]:
        found = super().values(params, version)
        names = [region["region"] for region in found.get("regions", ())]
        if len({*names}) < len(names):
            raise OptionError("regions has a region twice", "Name all its azs and pods in one entry")
        if "duration" in found:
            length = seconds(found["duration"])
            if not length:
                raise OptionError(
                    f"duration: '{found['duration']}' is no length of time", "Write it as 10m, 1h30m or 600s"
                )
            if not found.get("regions"):
                raise OptionError("duration needs regions", "Say what is to be disrupted for so long")
            found["duration"] = length
        return found

    def create(self, scope: Scope, desired: Desired) -> Plan:
        return self._for_a_while(scope, desired, super().create(scope, desired))

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        """The plan, which with a duration begins anew: nobody knows since when what is there has been so."""
        if "duration" not in desired.values:
            return super().update(scope, desired, row)
        plan = self._for_a_while(scope, desired, super().create(scope, desired))
        before = self.view(row)
        plan.before = before
        plan.steps[0] = replace(
            plan.steps[0], action=UPDATE, changes={"regions": (before["regions"], desired.values["regions"])}
        )
        return plan

    def _for_a_while(self, scope: Scope, desired: Desired, plan: Plan) -> Plan:
        """*plan*, and with a duration its end as well."""
        if "duration" in desired.values:
            first = replace(plan.steps[0], lasts=desired.values["duration"], locks=True)
            plan = Plan([first, *self.delete(scope, desired, {}).steps], {}, {}, None)
        return plan


CLUSTER_DISRUPTION = ClusterDisruption(
    "cluster_disruption",
    "clusters/{cluster}/disrupt",
    """
    Takes nodes of an Advanced cluster out of service until V(absent) heals it, or for some time. The cluster loses what it can't do without them.
    With O(duration) the task disrupts, waits, and heals, also where it fails or is interrupted in between.
    What a run that was killed leaves behind is healed at the end of the next one, or by V(absent).
    regions: What is disrupted, and nothing else. V([]) is the same as O(state=absent).
    regions.region: A region of the cluster. All of it is disrupted where no more is said.
    regions.azs: Availability zones of the region, without the name of the provider in front, such as V(us-east1-a).
    regions.pods: Single nodes, by the names that M(crdb.cloud.cluster_node_info) returns.
    duration: How long, such as V(10m). The task takes that long, and is a change each time.
    = regional_disruptor_specifications (list[dict]): What is disrupted, each with C(region_code), C(is_whole_region), C(azs) and C(pods).
    """,
    shape=Object({}, {OFF: ListOf(Object({}, {"region_code": TEXT, "azs": ListOf(TEXT), "pods": ListOf(TEXT)}))}),
    fields=(
        Field(
            "regions",
            api=OFF,
            type="list",
            elements="dict",
            to_api=told,
            from_api=heard,
            compare=lambda regions: told(regions or []),
            options=(
                Field("region", required=True),
                Field("azs", type="list", elements="str"),
                Field("pods", type="list", elements="str"),
            ),
        ),
    ),
    how=(Field("duration"),),
    creates="PUT",
    updates="PUT",
    deletes="PUT",
    off={OFF: []},
    requires={"plan": ("ADVANCED",)},
    since="2024-09-16",
    readers=OPERATORS,
    limited=True,
    passing="tests, which are healed again",
)
