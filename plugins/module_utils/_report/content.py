# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report says: its counts, its money, its risks, and a row for each cluster. Data, the same for the page, JSON and metrics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .._base.members import without_secrets
from .._base.moments import stamp
from .._fleet.plan_text import fields
from .._nouns import cluster_state as state
from .risks import NOT_LISTED, RISKS, Cluster, Support
from .source import CLUSTER, Source

SCHEMA, VERSION = "crdb.cloud.fleet_report", 1
COUNTS = ("create", "change", "delete", "unchanged", "unchanged_clusters")
ACTIONS = {"update": "change"}
FAILED, LEFT_OUT = "failed", "left_out"
ERROR = "error"
# Kinds of rows.
ORGANIZATION = "organization"
HIDDEN = "(hidden)"
Data = dict[str, Any]


def report(source: Source, *, now: int, budget: float | None = None, support: Support | None = None) -> Data:
    """The report on *source*, made at the moment *now* (in nanoseconds), in the documented form of ``json_dest``.

    *budget* is in US dollars a month. Whatever *source* does not tell is None.
    """
    made = _Rows(source, support or Support({}, now)).made()
    counts: Data = {name: _whole(source.counts.get(name)) for name in COUNTS}
    failed = None
    if source.results is not None:
        failed = [str(entry.get("name")) for entry in source.results if entry.get("status") == FAILED]
    counts["failed"] = None if failed is None else len(failed)
    clusters = [row for row in made if row["kind"] == CLUSTER and row["action"] != "delete"]
    unlisted = None if source.unlisted is None else [str(row.get("name")) for row in source.unlisted]
    risks = {name: _counted(clusters, name) for name in RISKS}
    risks[NOT_LISTED] = {
        "count": None if unlisted is None else len(unlisted),
        "not_read": None if unlisted is None else 0,
        "clusters": unlisted or [],
    }
    organization = {name: source.organization.get(name) for name in ("id", "name")}
    if not organization["name"]:
        organization["name"] = source.organization.get("label")
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "written": stamp(now),
        "source": {"kind": source.kind, "path": source.path or None, "time": source.time},
        "fleet": source.fleet,
        "organization": organization,
        "drift": _drift(source),
        "counts": counts,
        "failed": failed,
        "clusters": sum(row["kind"] == CLUSTER for row in made),
        "money": _money(source, budget),
        "risks": risks,
        "findings": None
        if source.findings is None
        else {kind: sum(each.get("severity") == kind for each in source.findings) for kind in (ERROR, "warning")},
        "rows": made,
    }


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _drift(source: Source) -> bool | None:
    if source.drift is not None or source.steps is None:
        return source.drift
    return bool(source.steps)


def _counted(clusters: Iterable[Data], risk: str) -> Data:
    """Which of *clusters* have the *risk*; no count where none is known to have it, and not all were read."""
    told = [(row["name"], row["risks"][risk]) for row in clusters]
    having, unread = [name for name, is_so in told if is_so], sum(is_so is None for _name, is_so in told)
    return {"count": len(having) if having or not unread else None, "not_read": unread, "clusters": having}


def amount(value: Any) -> Decimal | None:
    """Dollars as a number; None where *value* is none."""
    try:
        found = Decimal(str(value))
    except ArithmeticError:
        return None
    return found if found.is_finite() else None


def _money(source: Source, budget: float | None) -> Data:
    before, after = (_dollars(source.money.get(when)) for when in ("before", "after"))
    unknown = source.money.get("unknown")
    return {
        "before": before,
        "after": after,
        "not_known": [str(name) for name in unknown] if isinstance(unknown, (list, tuple)) else None,
        "budget": None if budget is None else _dollars(budget),
        "over_budget": None if budget is None or after is None else (amount(after) or 0) > (amount(budget) or 0),
    }


def _dollars(value: Any) -> str | None:
    found = amount(value)
    return None if found is None else f"{found:.2f}"


@dataclass
class _Rows:
    source: Source
    support: Support

    def __post_init__(self) -> None:
        self.rows: dict[str, Data] = {}
        self.outcomes = {_place(entry): entry for entry in self.source.results or ()}
        self.costs = {str(entry.get("name")): entry for entry in self.source.money.get("clusters") or ()}

    def made(self) -> list[Data]:
        """All rows, failures first."""
        for entry in self.source.objects:
            self._take_object(entry)
        for name, entry in self.outcomes.items():
            if name:
                self._row(name, id=entry.get("id"))
        for step in self._steps():
            self._row(_place(step))["steps"].append(self._step(step))
        for entry in self.source.results or ():
            self._take_outcome(_place(entry), entry)
        for found in self.source.findings or ():
            shown = {name: found.get(name) for name in ("severity", "rule", "noun", "name", "msg")}
            self._row(_place(found))["findings"].append(without_secrets(shown))
        return sorted([*self.rows.values(), *self._unlisted()], key=_urgency)

    def _row(self, name: str, **known: Any) -> Data:
        row = self.rows.get(name)
        if row is None:
            row = self.rows[name] = _empty(CLUSTER if name else ORGANIZATION, name or None)
            if name:
                row["risks"] = self._risks(name, {}, {})
                row["money"] = self._cost(name)
        row.update({key: value for key, value in known.items() if value is not None})
        return row

    def _cost(self, name: str) -> Data:
        cost = self.costs.get(name, {})
        return {**{when: _dollars(cost.get(when)) for when in ("before", "after")}, "note": cost.get("note") or None}

    def _take_object(self, entry: Mapping[str, Any]) -> None:
        place = _place(entry)
        row = self._row(place, folder=entry.get("folder"))
        noun, action = str(entry.get("noun")), entry.get("action")
        row["objects"][noun] = row["objects"].get(noun, 0) + 1
        if action == "unchanged":
            row["unchanged"] = (row["unchanged"] or 0) + 1
        if noun != CLUSTER:
            return
        fields = entry.get("after") or entry.get("before") or {}
        regions = fields.get("regions") or fields.get("region_nodes") or ()
        row.update(
            id=entry.get("id"),
            action=action,
            labels=_labels(fields, self.source.whole),
            plan=fields.get("plan") or fields.get("edition"),
            provider=fields.get("provider"),
            regions=[str(region) for region in regions] if isinstance(regions, (list, tuple, Mapping)) else [],
            cockroach_version=state.major(fields.get("cockroach_version")) or None,
            state=fields.get("state"),
            # What is deleted is no risk any more.
            risks={} if action == "delete" else self._risks(place, entry, fields),
        )

    def _risks(self, name: str, entry: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, bool | None]:
        """What is known of the cluster when the plan is carried out; of one where that failed, what held before and would hold after."""
        outcome = self.outcomes.get(name, {})
        is_open = outcome.get("open_to_everybody", entry.get("open_to_everybody"))
        if is_open is None and name in self.source.open_to_everybody:
            is_open = True
        cost = self._cost(name)

        def told(of: Mapping[str, Any], when: str) -> dict[str, bool | None]:
            whole = self.source.whole and bool(of)
            cluster = Cluster(of, whole, is_open, cost[when], self.support)
            return {risk: known(cluster) for risk, known in RISKS.items()}

        will = told(fields, "after")
        if outcome.get("status", "ok") == "ok":
            return will
        was = told(entry.get("before") or {}, "before")
        return {
            risk: value if risk == "open_to_everybody" or was[risk] == value else None for risk, value in will.items()
        }

    def _steps(self) -> Iterator[Mapping[str, Any]]:
        """The steps of the plan; of a run that failed, which keeps none, what its objects tell."""
        if self.source.steps is not None:
            yield from self.source.steps
            return
        told = {_place(entry) or entry.get("name") for entry in self.source.results or ()}
        for entry in self.source.objects:
            if (
                entry.get("action") in ("create", "change", "delete")
                and (_place(entry) or entry.get("name")) not in told
            ):
                before, after = entry.get("before") or {}, entry.get("after") or {}
                changes = {
                    name: {"before": before.get(name), "after": after.get(name)}
                    for name in {**before, **after}
                    if before.get(name) != after.get(name)
                }
                summary = f"{entry['action']} {entry.get('noun')} '{entry.get('name')}'".replace("_", " ")
                yield {**entry, "summary": summary, "changes": {} if entry["action"] == "delete" else changes}

    def _step(self, step: Mapping[str, Any]) -> Data:
        action = ACTIONS.get(str(step.get("action")), step.get("action"))
        changes = step.get("changes")
        return {
            "action": action,
            "noun": step.get("noun"),
            "name": step.get("name"),
            "summary": without_secrets(str(step.get("summary") or "")),
            "outcome": None,
            "msg": None,
            "changes": [*_changes(changes if isinstance(changes, Mapping) else {})],
        }

    def _take_outcome(self, place: str, entry: Mapping[str, Any]) -> None:
        """Mark the steps that failed or were left out; those of a run that failed are told here alone."""
        done = [] if self.source.steps is not None else entry.get("done") or []
        if not place and not done and entry.get("status", "ok") == "ok":
            return
        row = self._row(place)
        row["failed"] |= entry.get("status") == FAILED
        row["steps"] += [self._step({"summary": summary, "action": _action(summary)}) for summary in done]
        by_summary = {step["summary"]: step for step in reversed(row["steps"])}
        wrong = [(entry.get("msg"), entry.get("summary"), FAILED) for entry in entry.get("failed") or ()]
        left = [(None, summary, LEFT_OUT) for summary in entry.get("skipped") or ()]
        for msg, summary, outcome in (*wrong, *left):
            summary = without_secrets(str(summary))
            step = by_summary.get(summary)
            if step is None:
                step = self._step({"summary": summary, "action": _action(summary)})
                row["steps"].append(step)
            step.update(outcome=outcome, msg=without_secrets(msg))

    def _unlisted(self) -> Iterator[Data]:
        found = self.source.unlisted if self.source.unlisted is not None else self.source.marked_unlisted or ()
        for entry in found:
            inside = entry.get("parent_id") or "root"
            row = _empty(NOT_LISTED, str(entry.get("name")))
            yield {**row, "id": entry.get("id"), "folder": "" if inside == "root" else None}


def _empty(kind: str, name: str | None) -> Data:
    row: Data = {"kind": kind, "name": name, "id": None, "folder": None, "labels": None, "plan": None, "provider": None}
    row |= {"regions": [], "cockroach_version": None, "state": None, "action": None, "failed": False, "risks": {}}
    return row | {"money": None, "objects": {}, "unchanged": None, "findings": [], "steps": []}


def _place(entry: Mapping[str, Any]) -> str:
    """The name of the cluster that *entry* is about; "" for what belongs to the organization.

    An entry that does not say what it is about is of a fleet that had clusters alone.
    """
    name = entry.get("cluster") or (entry.get("name") if entry.get("noun", CLUSTER) == CLUSTER else "")
    return str(name or "")


def _labels(fields: Mapping[str, Any], whole: bool) -> dict[str, str] | None:
    labels = fields.get("labels")
    if isinstance(labels, Mapping):
        return {str(name): str(value) for name, value in labels.items()}
    return {} if whole else None


def _action(summary: Any) -> str | None:
    """What a step does, by its words alone."""
    first = str(summary).partition(" ")[0]
    return {"create": "create", "delete": "delete", "update": "change", "change": "change"}.get(first)


def _changes(changes: Mapping[str, Any]) -> Iterator[Data]:
    """Each field that differs, with what is in it before and after, hidden again should a secret have got into a plan."""
    for name, change in changes.items():
        both = [change.get(when) for when in ("before", "after")] if isinstance(change, Mapping) else [None, change]
        before, after = (each if each == HIDDEN else without_secrets({name: each})[name] for each in both)
        for field, old, new in fields(name, before, after):
            yield {"field": field, "before": old, "after": new}


def _urgency(row: Data) -> tuple[Any, ...]:
    """What comes first: failures, then what rules refuse, then what changes most."""
    order = ("delete", "create", "change")
    actions = {step["action"] for step in row["steps"]} | {row["action"]}
    return (
        not row["failed"],
        all(found["severity"] != ERROR for found in row["findings"]),
        row["kind"] == NOT_LISTED,
        next((place for place, action in enumerate(order) if action in actions), len(order)),
        not row["findings"],
        row["kind"] != ORGANIZATION,
        row["name"] or "",
    )
