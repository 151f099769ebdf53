# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of the service before a cluster is written: whether it offers the regions, the version and the limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._base.errors import ApiError, OptionError, lacks_role
from .._http.answers import TEXT, Either, Object
from . import cluster_rules as rules
from . import cluster_state as state
from . import cluster_versions as versions
from .declared import segment
from .limits import SPEND_LIMIT_GONE
from .noun import Reader
from .plan import Plan

# A region that a provider has to offer; the first documentation has its name alone.
REGION = Either(TEXT, Object({"name": TEXT}))
LIMITING = frozenset({"spend_limit", "usage_limits"})
ROLES = "CLUSTER_ADMIN (CLUSTER_CREATOR suffices to create, CLUSTER_OPERATOR_WRITER to change)"


def check_regions(reader: Reader, values: Mapping[str, Any], row: Mapping[str, Any] | None) -> None:
    """Refuse regions that the provider does not offer; only those that the cluster has not yet are looked up."""
    asked = {*values.get("regions", ()), *values.get("region_nodes", ())}
    names = sorted(asked - set(state.region_names(row or {})))
    if not names:
        return
    provider = values.get("provider") or (row or {}).get("cloud_provider")
    serverless = "region_nodes" not in values
    query = {"provider": provider, **({"serverless": "true"} if serverless else {})}
    doing, path = f"list the regions of {provider}", "/clusters/available-regions"
    rows = reader.rows_at(path, "regions", query, shape=REGION, doing=doing, roles=ROLES)
    what = f"{'serverless ' if serverless else ''}clusters on {provider}"
    rules.regions(names, state.region_names({"regions": rows}), what)


def check_version(reader: Reader, values: Mapping[str, Any], row: dict[str, Any] | None) -> None:
    """Refuse a version that the service does not offer for this cluster."""
    if not versions.has_to_be_offered(values, row):
        return
    doing, path = "list the cluster versions", "/cluster-versions"
    try:
        offered = reader.rows_at(path, "versions", shape=versions.OFFER, doing=doing, roles=ROLES)
    except ApiError as error:
        if lacks_role(error):
            # Then the service speaks for itself.
            return
        raise
    versions.check_offered(values, row, rules.inferred_plan(values), offered)


def check_limited(reader: Reader, label: str, row: Mapping[str, Any], plan: Plan) -> None:
    """Refuse a limit for a STANDARD cluster, also where the API version shows it as SERVERLESS, as it does BASIC ones."""
    if reader.api.version >= SPEND_LIMIT_GONE or not any(LIMITING & set(step.changes) for step in plan.steps):
        return
    try:
        shown = reader.api.telling().get(f"/clusters/{segment(row['id'])}", shape=state.SHAPE)
    except ApiError:
        # A server without this version: then there are no STANDARD clusters either.
        return
    refuse_sized(label, shown)


def _kind(row: Mapping[str, Any]) -> str:
    return f"the plan {row['plan']}" if row.get("plan") else f"the edition {row.get('edition')}"


def refuse_sized(where: str, row: Mapping[str, Any]) -> None:
    """Refuse a limit where the cost follows from the size."""
    if state.is_advanced(row):
        raise OptionError(
            f"{where} has {_kind(row)}: there is no spend limit, its cost follows from its nodes",
            "Set hardware and region_nodes of the module cluster instead",
        )
    if state.plan_of(row) == "STANDARD":
        raise OptionError(
            f"{where} has {_kind(row)}: there is no spend limit, its cost follows from its provisioned vCPUs",
            "Set usage_limits.provisioned_virtual_cpus of the module cluster instead",
        )


def refuse_protected(label: str, row: Mapping[str, Any]) -> None:
    """Refuse to delete what somebody has protected from that."""
    if row.get("delete_protection") == "ENABLED":
        raise OptionError(
            f"{label} has delete protection and was not deleted",
            "If it must go, first run the module cluster with state: present and delete_protection: DISABLED",
        )
