# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual clusters and the workspaces they are in. They are listed, watched and deleted as clusters, made and changed in their workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .._base.errors import OptionError
from .._http.answers import TEXT, WHOLE, ListOf, Object
from . import cluster_forecast as forecast
from . import cluster_rules as rules
from . import cluster_state as state
from .cluster import ClusterLifecycle
from .continuum import SINCE
from .declared import Scope, segment
from .field import Field, put
from .noun import Desired, Noun, Row
from .plan import Plan, Step

VIRTUAL_CLUSTER_WORKSPACE = Noun(
    "virtual_cluster_workspace",
    "virtual-cluster-workspaces/{id}",
    """
    Changes a workspace, the infrastructure that virtual clusters run on. The service makes and deletes workspaces; no module can.
    name: Name of the workspace.
    default_virtual_cpu_burst_limit: How many vCPUs a virtual cluster may use at once that is made without a limit of its own. Those that are there keep theirs.
    = cloud_provider (str): V(GCP), V(AWS) or V(AZURE).
    = regions (list[str]): The regions that its virtual clusters can be in.
    """,
    rows="workspaces",
    shape=Object({"id": TEXT, "name": TEXT}, {"default_virtual_cpu_burst_limit": WHOLE, "regions": ListOf(TEXT)}),
    key=(Field("name", required=True),),
    fields=(Field("default_virtual_cpu_burst_limit", type="int"),),
    creates="",
    deletes="",
    renames=True,
    since=SINCE,
    readers="CLUSTER_DEVELOPER, CLUSTER_OPERATOR_WRITER, CLUSTER_CREATOR or CLUSTER_ADMIN",
)


class VirtualCluster(Noun):
    def values(self, params: Row, version: str) -> dict[str, Any]:
        found = super().values(params, version)
        return {**found, **({"labels": rules.labels(found["labels"])} if "labels" in found else {})}

    def view(self, row: Row) -> dict[str, Any]:
        found, own = state.view(row), ("workspace", "virtual_cpu_burst_limit")
        seen = {option.name: found.get(option.at[-1]) for option in self.fields if option.name not in own}
        limit = {option.name: option.read(row) for option in self.fields if option.name in own}
        return {**seen, **limit}

    def body(self, values: Row) -> dict[str, Any]:
        """The members stand side by side in bodies, wherever they are in objects."""
        return {option.at[-1]: values[option.name] for option in self.fields if option.name in values}

    def create(self, scope: Scope, desired: Desired) -> Plan:
        rules.name(desired.key["name"])
        plan = super().create(scope, desired)
        body = {**self.body(desired.values), "name": desired.key["name"]}
        plan.steps = [replace(plan.steps[0], path=self._within(desired.key["workspace"]), body=body)]
        return plan

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        if self.mark_of(row) != self.mark(desired.key):
            raise OptionError(
                f"The cluster with id '{row['id']}' is not the {desired.label} of that workspace",
                "Neither the name nor the workspace of a virtual cluster can be changed",
            )
        return super().update(scope, desired, row)

    def _update(
        self,
        scope: Scope,
        desired: Desired,
        values: Row,
        found: Row,
        changes: Mapping[str, tuple[Any, Any]],
        row: Row | None = None,
    ) -> Step:
        step = super()._update(scope, desired, values, found, changes, row)
        return replace(step, path=f"{self._within(desired.key['workspace'])}/{segment((row or {})['id'])}")

    @staticmethod
    def _within(workspace: str) -> str:
        return f"/virtual-cluster-workspaces/{segment(workspace)}/clusters"

    def predict(self, row: Row, desired: Desired, after: Row) -> dict[str, Any]:
        known = {option.at[-1]: after[option.name] for option in self.fields if option.name in after}
        limit = known.pop("virtual_cpu_burst_limit", None)
        found = forecast.changed(row, {**known, "name": desired.key["name"]}, SINCE)
        for option, value in (*((each, desired.key.get(each.name)) for each in self.key), (self.fields[0], limit)):
            if value is not None:
                put(found, option.at, value)
        return found

    def check_delete(self, scope: Scope, desired: Desired, row: Row) -> None:
        if row.get("delete_protection") == "ENABLED":
            raise OptionError(
                f"{desired.label} has delete protection and was not deleted",
                "If it must go, first set delete_protection: DISABLED",
            )


VIRTUAL_CLUSTER = VirtualCluster(
    "virtual_cluster",
    "clusters/{id}",
    """
    Makes, changes and deletes a virtual cluster, which runs in a workspace. What is in it is managed as in any cluster.
    workspace: Name or id of the workspace.
    name: Name of the cluster; 6 to 20 lower-case letters, digits and dashes, without a dash at either end.
    virtual_cpu_burst_limit: How many vCPUs it may use at once. If not set, a new one gets the limit of the workspace. Setting it needs a role on its host.
    regions: Regions of the workspace that it is in. If not set, a new one is in all of them.
    primary_region: Which of the regions is the primary one. Needed when there are several.
    labels: All labels of the cluster. Others are removed, V({}) removes all.
    folder: The folder that the cluster is in, such as V(/platform/prod), or its id. V(root) for none.
    delete_protection: V(ENABLED) keeps the cluster from being deleted, by anybody.
    """,
    rows="clusters",
    shape=state.SHAPE,
    key=(
        Field("workspace", required=True, api="config.virtual.workspace_id", ref="virtual_cluster_workspace"),
        Field("name", required=True),
    ),
    fields=(
        Field("virtual_cpu_burst_limit", type="int", api="config.virtual.virtual_cpu_burst_limit"),
        *(Field("regions", type="list", elements="str", compare="set"), Field("primary_region")),
        *(Field("labels", type="dict"), Field("folder", api="parent_id", ref="folder")),
        Field("delete_protection", choices=("ENABLED", "DISABLED")),
    ),
    lifecycle=ClusterLifecycle(making=(state.CREATING,), settled=(state.CREATED,)),
    since=SINCE,
    roles="CLUSTER_ADMIN (CLUSTER_CREATOR suffices to create, CLUSTER_OPERATOR_WRITER to change)",
)
