# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fleet's clusters may cost a month before and after its plan, as far as limits tell; the rest is said to be unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._nouns import cluster_state as state
from .._nouns.limits import NO_LIMIT, SIZE, cost_of, in_dollars, lacking
from .._reconcile.outcome import NAMED

Row = Mapping[str, Any]
NOTHING = "0.00"


def money(clusters: Iterable[tuple[str, Row | None, Row | None]], version: str) -> dict[str, Any]:
    """US dollars a month of *clusters*, each its name and its object of the API before and after; None where there is none.

    ``before``, ``after`` and ``clusters`` with ``name, plan, before, after, note``: amounts such as "50.00". Those of a
    cluster are None where nothing tells, and ``note`` says why; ``unknown`` names these, which the sums leave out.
    """
    found = [_cluster(name, before, after, version) for name, before, after in clusters]
    return {
        **{when: _sum(entry[when] for entry in found) for when in ("before", "after")},
        "clusters": found,
        "unknown": [entry["name"] for entry in found if None in (entry["before"], entry["after"])],
    }


def lines(costs: Row) -> list[str]:
    """The result of money() for people: a line for each cluster whose amount changes, then the sum. Nothing where no limit is known."""
    entries = costs["clusters"]
    changed = [entry for entry in entries if entry["before"] != entry["after"]]
    shown = [f"cluster '{entry['name']}': {_change(entry)}{_because(entry)}" for entry in changed]
    if not changed and all(entry["before"] is None for entry in entries):
        return []
    without = ""
    if costs["unknown"]:
        names = ", ".join(f"'{name}'" for name in costs["unknown"][:NAMED])
        more = f" and {len(costs['unknown']) - NAMED} more" if len(costs["unknown"]) > NAMED else ""
        without = f", beside what is not known: {names}{more}"
    return [*shown, f"Limits in sum: {_change(costs)} US dollars a month{without}"]


def _cluster(name: str, before: Row | None, after: Row | None, version: str) -> dict[str, Any]:
    (was, why_was), (will, why_will) = (_amount(row, version) for row in (before, after))
    both = [f"{when}: {why}" for when, why in (("before", why_was), ("after", why_will)) if why]
    note = why_was if why_was == why_will else "; ".join(both)
    plan = state.plan_of(after or before or {})
    return {"name": name, "plan": plan, "before": was, "after": will, "note": note}


def _amount(row: Row | None, version: str) -> tuple[str | None, str]:
    """What a cluster may cost, and why that is not known."""
    if row is None:
        return NOTHING, ""
    cents, kind = cost_of(row, version)
    if kind == SIZE:
        return (
            None,
            f"a cluster with the plan {state.plan_of(row)} costs what its size costs, which the API does not tell",
        )
    if kind == NO_LIMIT or cents is None:
        return None, f"{lacking(state.limits(row))}, so it may cost anything"
    return in_dollars(cents), ""


def _sum(amounts: Iterable[str | None]) -> str:
    return in_dollars(sum(int(amount.replace(".", "")) for amount in amounts if amount))


def _change(entry: Row) -> str:
    before, after = (entry[when] or "not known" for when in ("before", "after"))
    return before if before == after else f"{before} -> {after}"


def _because(entry: Row) -> str:
    return f" ({entry['note']})" if entry["note"] else ""
