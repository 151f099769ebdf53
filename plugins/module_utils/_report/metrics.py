# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as metrics for the textfile collector of node_exporter. What is unknown is absent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .._base.errors import printable
from .._base.moments import SECOND, moment
from .content import Data

PREFIX = "crdb_cloud_fleet"
# Name and what it tells; the collector wants one HELP for each name, in all of its files.
HELP = {
    "report_timestamp_seconds": "When the report was written.",
    "source_timestamp_seconds": "When the plan that the report is about was made.",
    "drift": "Whether anything differs from what is wanted.",
    "planned_objects": "Objects of the plan by what becomes of them.",
    "failed": "Clusters, with all that is in them, and objects of the organization where something failed.",
    "clusters": "Clusters of the report.",
    "dollars_per_month": "US dollars a month that limits allow, before and after the plan.",
    "dollars_unknown_clusters": "Clusters whose cost is not known.",
    "budget_dollars_per_month": "US dollars a month that the fleet may cost.",
    "risky_clusters": "Clusters with a risk.",
    "risk_unread_clusters": "Clusters of which it was not read whether they have a risk.",
    "findings": "Findings of guard rails.",
}
Sample = tuple[str, dict[str, str], Any]


def metrics(report: Data) -> str:
    """The text of a file for the textfile collector."""
    about = {
        "fleet": report["fleet"] or "",
        "organization": str(next(filter(None, report["organization"].values()), "")),
    }
    samples: dict[str, list[str]] = {}
    for name, labels, value in _samples(report):
        if value is not None:
            shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in {**about, **labels}.items())
            samples.setdefault(name, []).append(f"{PREFIX}_{name}{{{shown}}} {_number(value)}\n")
    lines = []
    for name, found in samples.items():
        lines += [f"# HELP {PREFIX}_{name} {HELP[name]}\n", f"# TYPE {PREFIX}_{name} gauge\n", *found]
    return "".join(lines)


def _samples(report: Data) -> Iterator[Sample]:
    counts, money = report["counts"], report["money"]
    yield "report_timestamp_seconds", {}, _seconds(report["written"])
    yield "source_timestamp_seconds", {}, _seconds(report["source"]["time"])
    yield "drift", {}, report["drift"]
    for action in ("create", "change", "delete", "unchanged"):
        yield "planned_objects", {"action": action}, counts[action]
    yield "failed", {}, counts["failed"]
    yield "clusters", {}, report["clusters"]
    for when in ("before", "after"):
        yield "dollars_per_month", {"when": when}, money[when]
    yield "dollars_unknown_clusters", {}, None if money["not_known"] is None else len(money["not_known"])
    yield "budget_dollars_per_month", {}, money["budget"]
    for risk, counted in report["risks"].items():
        yield "risky_clusters", {"risk": risk}, counted["count"]
        yield "risk_unread_clusters", {"risk": risk}, counted["not_read"]
    for severity, count in (report["findings"] or {}).items():
        yield "findings", {"severity": severity}, count


def _seconds(text: Any) -> float | None:
    found = moment(text)
    return None if found is None else found / SECOND


def _number(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _escaped(text: str) -> str:
    return printable(text).replace("\\", "\\\\").replace('"', '\\"')
