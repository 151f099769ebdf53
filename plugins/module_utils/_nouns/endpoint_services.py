# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The services that private endpoints are made for, one in each region of a cluster."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .._base.errors import OptionError
from .._http.answers import TEXT, ListOf, Object
from . import cluster_state as state
from .declared import NIL_ID, OPERATORS, Scope
from .field import Field
from .lifecycle import Lifecycle
from .noun import Desired, Noun, Reader, Row
from .plan import CREATE, Plan, Step

# The one version in which a request without members has a body all the same.
WITH_BODY = "2022-09-20"
STATUS = "ENDPOINT_SERVICE_STATUS_"


class PrivateEndpointServices(Noun):
    """What is read has the services; "missing" are the regions without one, where the cluster has to be asked for it."""

    def completed(self, reader: Reader, row: dict[str, Any]) -> dict[str, Any]:
        served = {service["region_name"] for service in row["services"]}
        cluster = reader.parent_row(reader.parent("cluster", reader.params["cluster"])) or {}
        missing = [name for name in state.region_names(cluster) if name not in served]
        if state.is_advanced(cluster):
            return {**row, "missing": missing}
        # There they come by themselves.
        return {**row, "services": [*row["services"], *(_coming(cluster, name) for name in missing)]}

    def informed(self, reader: Reader, desired: Desired) -> Desired:
        cluster = reader.parent_row(reader.parent("cluster", reader.params["cluster"]))
        if cluster and not state.is_advanced(cluster):
            raise OptionError(
                f"cluster '{cluster['name']}' has no {self.words}: a Standard cluster gets them by itself, and a Basic one has none",
                "They can't be asked for. If the cluster is new, run the task again in a few minutes",
            )
        coming = [_coming(cluster, name) for name in state.region_names(cluster)] if cluster else []
        return replace(desired, values={"services": coming})

    def exported(self, row: Row) -> dict[str, Any]:
        return {"state": "present"} if "missing" in row else {}

    def unexported(self, row: Row) -> str:
        lacking = row.get("missing")
        return super().unexported(row) or (f"there is none in {' and '.join(lacking)} yet" if lacking else "")

    def values(self, params: Row, version: str) -> dict[str, Any]:
        if params.get("state") == "absent":
            raise OptionError(f"{self.label({}).capitalize()} can't be deleted", "They go when the cluster is deleted")
        return {}

    def create(self, scope: Scope, desired: Desired) -> Plan:
        return self._asked_for(scope, {"services": []}, desired.values["services"])

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        provider = {"cloud_provider": row["services"][0].get("cloud_provider")}
        return self._asked_for(scope, row, [_coming(provider, name) for name in row.get("missing") or ()])

    def _asked_for(self, scope: Scope, row: Row, coming: list[dict[str, Any]]) -> Plan:
        there = {"regions": sorted(service["region_name"] for service in row["services"])}
        after = {"regions": sorted([*there["regions"], *(service["region_name"] for service in coming)])}
        changes = {"regions": (there["regions"], after["regions"])}
        body: dict[str, Any] | None = {} if scope.version == WITH_BODY else None
        doing = f"create the {self.words}{scope.behind('of')}"
        step = Step(CREATE, doing, self.creates, self.collection(scope.ids), body, changes=changes, wait=True)
        if row["services"] and not coming:
            return Plan([], there, there, self.shown(row))
        plan = self.ending(Plan([step], there, after, {"services": [*row["services"], *coming]}), row)
        plan.predicted = self.shown(plan.predicted or {})
        plan.unsettled = [self.shown(each) for each in plan.unsettled]
        return plan

    def shown(self, row: Row) -> dict[str, Any]:
        services = sorted(map(_service, row["services"]), key=lambda service: str(service["region_name"]))
        return {"services": services, "services_by_region": {service["region_name"]: service for service in services}}

    def told(self, shown: Row | None) -> dict[str, Any]:
        """The services also stand in the result itself, for the tasks that follow."""
        return {**super().told(shown), **(shown or self.shown({"services": []}))}


def _coming(cluster: Row, region: str) -> dict[str, Any]:
    """A service that is still to be made; its names are what only the service knows."""
    names = {"name": NIL_ID, "endpoint_service_id": NIL_ID}
    return {"region_name": region, "cloud_provider": cluster.get("cloud_provider"), "status": "CREATING", **names}


def _service(row: Row) -> dict[str, Any]:
    """A service as the newest version of the API has it: the first one has names below ``aws`` alone."""
    aws = row.get("aws") or {}
    names = {
        "name": "service_name",
        "endpoint_service_id": "service_id",
        "availability_zone_ids": "availability_zone_ids",
    }
    older = {name: aws[other] for name, other in names.items() if other in aws}
    rest = {name: value for name, value in row.items() if name != "aws"}
    return {**older, **rest, "status": str(row["status"]).removeprefix(STATUS)}


PRIVATE_ENDPOINT_SERVICES = PrivateEndpointServices(
    "private_endpoint_services",
    "clusters/{cluster}/networking/private-endpoint-services",
    """
    Makes a private endpoint service in each region of an Advanced cluster, and waits until all of them are available.
    A Standard cluster has its services by itself; they are waited for, and returned.
    Endpoints that you make in your own cloud account, for the service of their region, then reach the cluster.
    When a region was added to the cluster, run the task again: it makes what is missing. Services can't be deleted.
    state: V(absent) is refused: the services go when the cluster is deleted.
    = services (list[dict]): The services, each with C(region_name), C(cloud_provider), C(status), C(name), C(endpoint_service_id) and more.
    = services_by_region (dict): The same services, each under the name of its region.
    """,
    shape=Object({"services": ListOf(Object({"region_name": TEXT, "status": TEXT}, {"aws": Object()}))}),
    lifecycle=Lifecycle(
        "status",
        each="services",
        prefix=STATUS,
        making=("CREATING",),
        settled=("AVAILABLE",),
        failed=("CREATE_FAILED", "DELETING", "DELETE_FAILED"),
    ),
    how=(Field("state", choices=("present", "absent"), default="present"),),
    updates="",
    deletes="",
    requires={"plan": ("STANDARD", "ADVANCED")},
    since="2022-09-20",
    readers=OPERATORS,
)
