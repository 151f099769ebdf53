# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster in a few fields, fit to be kept as a fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from ..module_utils._base.errors import CrdbError
from ..module_utils._nouns import cluster_state as state
from ..module_utils._nouns import connection
from ..module_utils._nouns.declared import NIL_ID
from ._options import plain

# The certificate's path differs on Windows alone; there the lookup connection_string gives it.
SYSTEM = "LINUX"


def result_of(
    cluster: Mapping[str, Any] | None, users: Iterable[str] = (), user: str | None = None, database: str | None = None
) -> dict[str, Any]:
    """The fact crdb_cluster_result; always the same keys."""
    row = plain(cluster or {})
    seen = state.view(row)
    host = row.get("sql_dns") or next((region["sql_dns"] for region in _regions(row) if region.get("sql_dns")), "")
    string = ""
    if host:
        url = connection.built({**row, "sql_dns": host}, database=plain(database) or None, system=SYSTEM)
        # An address that is none has no connection string; whoever asks for one gets the reason from the lookup.
        with suppress(CrdbError):
            string = connection.finished(url, user=plain(user) or None, password=None, sslmode=None, sslrootcert=None)
    found = {
        "id": row.get("id") or "",
        "name": row.get("name") or "",
        "state": row.get("state") or "",
        "plan": row.get("plan") or "",
        "provider": row.get("cloud_provider") or "",
        "regions": state.region_names(row),
        "version": row.get("cockroach_version") or "",
        "delete_protection": seen["delete_protection"],
        "labels": seen["labels"],
        "limits": _limits(row, seen),
        "sql_dns": host,
        "connection_string": string,
        "users": list(plain(list(users))),
    }
    return dict(_inert(found))


def summary_of(result: Mapping[str, Any], wish: Mapping[str, Any], ready: bool) -> list[str]:
    """What a person shall know of a cluster, whose *result* is that of result_of(), in a few sentences.

    *wish* is what the filter cluster_wish makes; ``present``, ``reduced`` and ``grants`` of it are enough. *ready* says whether what
    is in the cluster has been looked after.
    """
    predicted = result["id"] == NIL_ID
    limits = ", ".join(f"{name}={value}" for name, value in sorted(result["limits"].items()))
    verb = "would be" if predicted else "is"
    where = f"{result['plan']} on {result['provider']}, {', '.join(result['regions'])}"
    found = [f"{result['name']} {verb} {result['state']}: {where}, limits {limits or 'none'}"]
    if result["connection_string"]:
        found.append(f"Connect: {result['connection_string']}")
    unreduced = [name for name in wish["present"] if name not in wish["reduced"]]
    if unreduced:
        found.append(
            "The service makes SQL users members of the role admin, who can do everything;"
            f" cluster_grants would reduce {', '.join(unreduced)}"
        )
    if not ready:
        found.append("Networks and SQL users come when it is ready: run this again")
    elif wish["grants"] and predicted:
        found.append("The grants are looked at when the cluster is there")
    return found


def _regions(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [region for region in row.get("regions") or [] if isinstance(region, dict)]


def _limits(row: Mapping[str, Any], seen: Mapping[str, Any]) -> dict[str, Any]:
    """What bounds its size and its cost: the usage limits, the spend limit of older versions, or the machines of its nodes."""
    if state.is_advanced(row):
        return {
            **{name: value for name, value in seen["hardware"].items() if value},
            "region_nodes": seen["region_nodes"],
        }
    spend_limit = {} if seen["spend_limit"] is None else {"spend_limit": seen["spend_limit"]}
    return {**seen["usage_limits"], **spend_limit}


def _inert(value: Any) -> Any:
    """*value* without what begins a template: a fact is a template again in ansible-core before 2.19, whoever wrote it."""
    if isinstance(value, str):
        return value.replace("{", "").lstrip("# ") if "{" in value or value.lstrip().startswith("#jinja2:") else value
    if isinstance(value, Mapping):
        return {_inert(key): _inert(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_inert(item) for item in value]
    return value
