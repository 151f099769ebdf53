# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the info modules read: one function each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._audit_log import PATH as AUDIT_LOG
from ._audit_log import read_audit_log
from ._engine import Engine, Run
from ._errors import CrdbError, OptionError, explained
from ._resources import _cluster_rules as rules
from ._resources import _cluster_state as state
from ._resources._allowlist_entry import ALLOWLIST_ENTRY
from ._resources._base import Resource
from ._resources._cluster import CLUSTER, UUID
from ._resources._database import DATABASE
from ._resources._sql_user import SQL_USER

BELOW = "/clusters/{cluster_id}"
READERS = "CLUSTER_DEVELOPER, CLUSTER_OPERATOR_WRITER or CLUSTER_ADMIN"


def _called(
    run: Run, doing: str, path: str, query: dict[str, Any] | None = None, *, roles: str = "any role of the organization"
) -> Any:
    try:
        return run.api.get(path, query)
    except CrdbError as error:
        raise explained(error, doing, roles) from None


def _rows(
    run: Run, doing: str, path: str, key: str, query: dict[str, Any] | None = None, *, roles: str = READERS
) -> list[Any]:
    try:
        return run.api.rows(path, key, query)
    except CrdbError as error:
        raise explained(error, doing, roles) from None


def _rows_of_cluster(
    run: Run, what: str, tail: str, key: str, query: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    return [row for body in Engine(run).pages_below(what, tail, query, READERS) for row in body.get(key) or []]


def organization(run: Run) -> Any:
    return _called(run, "read the organization", "/organization")


def cluster_versions(run: Run) -> Any:
    return _rows(
        run, "list the cluster versions", "/cluster-versions", "versions", roles="any role of the organization"
    )


def regions(run: Run) -> Any:
    """Regions as objects; a server that lists names only (as old documentation says) gives objects with a name."""
    query = {"provider": run.params.get("provider"), "serverless": "true" if run.params.get("serverless") else None}
    rows = _rows(
        run,
        "list the regions",
        "/clusters/available-regions",
        "regions",
        {name: value for name, value in query.items() if value},
    )
    return [row if isinstance(row, dict) else {"name": row} for row in rows]


def clusters(run: Run) -> Any:
    """One cluster by name or id, or all that the filters let through."""
    params, engine = run.params, Engine(run)
    wanted = params.get("cluster")
    if wanted and UUID.fullmatch(wanted):
        found = engine.cluster_by_id(wanted)
        rows = [found] if found and (params["show_inactive"] or not state.is_gone(found)) else []
    else:
        query = {"show_inactive": "true"} if params["show_inactive"] else None
        rows = _rows(run, "list the clusters", CLUSTER.path, CLUSTER.rows, query)
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
    return _rows_of_cluster(run, "nodes", "/nodes", "nodes", query)


def listing(resource: Resource) -> Callable[[Run], Any]:
    """What reads the objects of *resource* on a cluster: all, or the one that the identity's options name."""

    def read(run: Run) -> Any:
        key = None if run.params.get(resource.identity[0]) is None else resource.key(run.params)
        rows = _rows_of_cluster(run, f"{resource.title}s", resource.path.removeprefix(BELOW), resource.rows)
        return [resource.shown(row) for row in rows if key is None or resource.same(key, row)]

    return read


sql_users = listing(SQL_USER)
databases = listing(DATABASE)


def allowlist(run: Run) -> Any:
    bodies = Engine(run).pages_below("allowlist entries", "/networking/allowlist", None, READERS)
    rows = [row for body in bodies for row in body.get(ALLOWLIST_ENTRY.rows) or []]
    return {"allowlist": rows, "propagating": any(body.get("propagating") for body in bodies)}


def audit_log(run: Run) -> Any:
    return read_audit_log(
        lambda query: audit_log_page(run, query),
        **audit_log_bounds(run),
        starting_from=run.params.get("starting_from"),
        exclude_ids=run.params.get("exclude_ids") or (),
        sort_order=run.params["sort_order"],
    )


def audit_log_page(run: Run, query: dict[str, Any]) -> dict[str, Any]:
    return _called(run, "read the audit log", AUDIT_LOG, query, roles="ORG_ADMIN") or {}


def audit_log_bounds(run: Run) -> dict[str, int | None]:
    bounds = {name: run.params.get(name) for name in ("limit", "max_entries")}
    for name, value in bounds.items():
        if value is not None and value < 1:
            raise OptionError(f"{name} must be at least 1, got {value}")
    return bounds
