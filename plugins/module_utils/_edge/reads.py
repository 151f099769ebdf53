# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the info modules read: one function each."""

from __future__ import annotations

from typing import Any

from .._base.errors import CrdbError, explained
from .._cloud_api.client import ORGANIZATION
from .._http.answers import ANY_OBJECT, TEXT, ListOf, Object, Shape
from .._nouns import cluster_rules as rules
from .._nouns import cluster_state as state
from .._nouns import cluster_versions as versions
from .._nouns.cluster import CLUSTER
from .._nouns.cluster_checks import REGION
from .._nouns.declared import READERS, UUID, Scope, segment
from .._reconcile.outcome import Run
from .._reconcile.reconciler import Reconciler

SCIM = "/api/scim/v2"
NODE = Object({"name": TEXT}, {"region_name": TEXT, "status": TEXT})


def _called(
    run: Run,
    doing: str,
    path: str,
    query: dict[str, Any] | None = None,
    *,
    shape: Object,
    roles: str = "any role of the organization",
) -> dict[str, Any]:
    try:
        return run.api.get(path, query, shape=shape)
    except CrdbError as error:
        raise explained(error, doing, roles) from None


def _rows(
    run: Run,
    doing: str,
    path: str,
    key: str,
    query: dict[str, Any] | None = None,
    *,
    shape: Shape,
    roles: str = READERS,
) -> list[Any]:
    try:
        return run.api.rows(path, key, query, shape=shape)
    except CrdbError as error:
        raise explained(error, doing, roles) from None


def organization(run: Run) -> Any:
    return _called(run, "read the organization", "/organization", shape=ORGANIZATION)


def scim_service(run: Run) -> Any:
    """What the SCIM service says of itself; of its resource types and schemas those that are asked for."""

    doing = "read what SCIM can do"

    def listed(path: str, wanted: str | None) -> list[Any]:
        shape = Object(known={"Resources": ListOf(ANY_OBJECT)})
        if wanted is not None:
            return [_called(run, doing, f"{path}/{segment(wanted)}", shape=ANY_OBJECT)]
        return _called(run, doing, path, shape=shape).get("Resources") or []

    return {
        "service_provider_config": _called(run, doing, f"{SCIM}/ServiceProviderConfig", shape=ANY_OBJECT),
        "resource_types": listed(f"{SCIM}/ResourceTypes", run.params["resource_type"]),
        "schemas": listed(f"{SCIM}/Schemas", run.params["schema"]),
    }


def cluster_versions(run: Run) -> Any:
    doing, roles = "list the cluster versions", "any role of the organization"
    return _rows(run, doing, "/cluster-versions", "versions", shape=versions.OFFER, roles=roles)


def regions(run: Run) -> Any:
    """Regions as objects; a server that lists names only (as old documentation says) gives objects with a name."""
    query = {"provider": run.params.get("provider"), "serverless": "true" if run.params.get("serverless") else None}
    rows = _rows(
        run,
        "list the regions",
        "/clusters/available-regions",
        "regions",
        {name: value for name, value in query.items() if value},
        shape=REGION,
    )
    return [row if isinstance(row, dict) else {"name": row} for row in rows]


def clusters(run: Run) -> Any:
    """One cluster by name or id, or all that the filters let through."""
    params, engine = run.params, Reconciler(run)
    wanted = params.get("cluster")
    if wanted and UUID.fullmatch(wanted):
        found = engine.by_id(CLUSTER, Scope(), wanted)
        rows = [found] if found and (params["show_inactive"] or not state.is_gone(found)) else []
    else:
        query = {"show_inactive": "true"} if params["show_inactive"] else {}
        if params.get("sort_by"):
            query["pagination.sort_by"] = params["sort_by"]
        rows = _rows(run, "list the clusters", CLUSTER.collection({}), CLUSTER.rows, query, shape=CLUSTER.shape)
        rows = [
            row
            for row in rows
            if (params["show_inactive"] or not state.is_gone(row)) and wanted in (None, row.get("name"))
        ]
    labels = params.get("labels") or {}
    for option, field in (("state", "state"), ("plan", "plan"), ("provider", "cloud_provider")):
        if params.get(option):
            rows = [row for row in rows if row.get(field) == params[option]]
    return [
        row
        for row in rows
        if all((row.get("labels") or {}).get(key) == rules.label_value(value) for key, value in labels.items())
    ]


def cluster_nodes(run: Run) -> Any:
    query = {"region_name": run.params["region_name"]} if run.params.get("region_name") else None
    bodies = Reconciler(run).pages_below("cluster", "nodes", "/nodes", "nodes", query, READERS, shape=NODE)
    return {
        "nodes": [row for body in bodies for row in body["nodes"]],
        "pagination": bodies[-1].get("pagination") if bodies else None,
    }
