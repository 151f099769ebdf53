# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet: many clusters with everything below them, from one listing and in one plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from . import _fleet_plan
from ._compare import given
from ._engine import NAMED, Engine, Place, Run, concluded
from ._errors import CrdbError, OptionError, explained
from ._fleet_run import Crew, Job
from ._items import Wanted, plan_items, wanted_of
from ._plan import Plan
from ._resources import _cluster_rules as rules
from ._resources import _cluster_state as state
from ._resources._cluster import CLUSTER, NIL_ID
from ._resources._limits import SPEND_LIMIT_GONE as LABELS_SINCE
from ._resources._topology import CHILDREN

# The label that says which fleet a cluster belongs to. A fleet without a name sets none and heeds none.
LABEL = "crdb-cloud-fleet"
MOST_PARALLEL = 32


@dataclass
class Entry:
    """One cluster that the user listed: which one it is, what its fields shall be, and what shall be below it."""

    name: str | None
    id: str | None
    wanted: dict[str, Any]
    children: list[Wanted] = field(default_factory=list)

    @property
    def label(self) -> str:
        return str(self.name or self.id)


def ensure_fleet(run: Run) -> dict[str, Any]:
    """The module fleet."""
    return Fleet(run).ensure()


class Fleet:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.engine = Engine(run)
        self.version = run.api.version
        self.name: str | None = run.params["name"]
        self.title = "fleet" if self.name is None else f"fleet '{self.name}'"
        self.parallel: int = run.params["parallel"]
        self.unlisted: dict[str, list[dict[str, Any]]] = {}

    def ensure(self) -> dict[str, Any]:
        """Plan everything, and unless in check mode carry it out; returns the module's result."""
        self._check_options()
        entries = self._entries()
        try:
            rows = self.engine.clusters()
        except CrdbError as error:
            raise explained(error, "list the clusters", CLUSTER.roles) from None
        jobs = self._jobs(entries, rows)
        self._note_unlisted(jobs, rows)
        if not self.run.waiter.enabled:
            for job in jobs:
                job.leave_what_would_wait()
        steps = [replace(step, cluster=job.label) for job in jobs for step in job.steps()]
        counts = _fleet_plan.counted(steps, sum(not job.steps() for job in jobs))
        plan = Plan(steps, {}, {}, None, [note for job in jobs for note in job.plan.notes])
        if self.run.diff:
            plan.text = _fleet_plan.text(self.name, steps, counts, self._remarks())
        if self.run.params.get("plan_out"):
            content = {"fleet": self.name, "counts": counts, "plan": plan.describe(), **self.unlisted}
            _fleet_plan.write(self.run.params["plan_out"], content)

        def apply() -> dict[str, Any]:
            Crew(self.engine, self.name or "fleet", self.parallel).carry_out(jobs)
            return self._outcome(jobs, counts)

        planned = self._outcome(jobs, counts, planned=True)
        pending = any(job.needs_work for job in jobs)
        return concluded(self.run, plan, planned, planned, apply, pending=pending)

    # --- what is wanted ------------------------------------------------------------------------------------------

    def _check_options(self) -> None:
        params = self.run.params
        if not 1 <= self.parallel <= MOST_PARALLEL:
            raise OptionError(f"parallel must be between 1 and {MOST_PARALLEL}, got {self.parallel}")
        if self.name is not None and (not self.name or not rules.LABEL_VALUE.fullmatch(self.name)):
            raise OptionError(
                f"name: '{self.name}' can't be the name of a fleet: 1 to 63 of a-z, 0-9, _ and - are allowed",
                "Leave it out for a fleet that marks no cluster as its own",
            )
        if params["purge"] and self.name is None:
            raise OptionError(
                "purge needs name: a fleet without one owns no cluster, and so deletes none",
                "Set name, or delete single clusters with the module cluster",
            )
        if params["purge"] and self.version < LABELS_SINCE:
            raise OptionError(
                f"purge needs labels, which api_version {self.version} does not have", f"Use api_version {LABELS_SINCE}"
            )

    def _entries(self) -> list[Entry]:
        entries = []
        problems: dict[str, str] = {}
        for raw in self.run.params["clusters"] or ():
            params = given(raw)
            entry = Entry(params.get("name"), params.get("id"), {})
            try:
                entry.wanted = CLUSTER.wanted(params, self.version)
                if self.name is not None and entry.wanted.get("labels", {}).get(LABEL, self.name) != self.name:
                    raise OptionError(f"the label {LABEL} is set by the fleet; take it out of labels")
                entry.children = self._children(params)
            except OptionError as error:
                problems[entry.label] = str(error)
            entries.append(entry)
        seen: set[str] = set()
        for entry in entries:
            if entry.label in seen:
                problems[entry.label] = "it is listed twice"
            seen.add(entry.label)
        _refuse(problems)
        return entries

    def _children(self, params: Mapping[str, Any]) -> list[Wanted]:
        purged = params.get("purge_children") or ()
        found = []
        for resource in CHILDREN:
            if params.get(resource.plural) is None and resource.plural not in purged:
                continue
            rows = params.get(resource.plural) or ()
            protected = [name for name in params.get("protected") or () if resource.can_be_called(name)]
            found.append(wanted_of(resource, rows, self.version, purge=resource.plural in purged, protected=protected))
        return found

    # --- what is there, and the plan -----------------------------------------------------------------------------

    def _jobs(self, entries: Sequence[Entry], rows: Sequence[dict[str, Any]]) -> list[Job]:
        by_id = {row.get("id"): row for row in rows}
        by_name: dict[Any, list[dict[str, Any]]] = {}
        for row in rows:
            by_name.setdefault(row.get("name"), []).append(row)
        problems: dict[str, str] = {}
        pairs: list[tuple[Entry, Job]] = []
        taken: dict[str, str] = {}
        for entry in entries:
            try:
                found = self._row(entry, by_id, by_name)
                if found and taken.setdefault(found["id"], entry.label) != entry.label:
                    raise OptionError(f"it is the same cluster as '{taken[found['id']]}'")
                job = Job(Place(entry.label, (found or {}).get("id", ""), found))
                self._plan_cluster(entry, job)
                pairs.append((entry, job))
            except OptionError as error:
                problems[entry.label] = str(error)
        purged = []
        try:
            purged = self._purged(rows, set(taken), {entry.label for entry in entries})
        except OptionError as error:
            problems[""] = str(error)
        _refuse(problems)
        problems.update(self._plan_children(pairs))
        _refuse(problems)
        return [job for _entry, job in pairs] + purged

    def _row(
        self, entry: Entry, by_id: Mapping[Any, dict[str, Any]], by_name: Mapping[Any, list[dict[str, Any]]]
    ) -> dict[str, Any] | None:
        if entry.id:
            if entry.id == NIL_ID or entry.id not in by_id:
                raise OptionError("there is no cluster with this id", "An id is never created: give the name alone")
            return by_id[entry.id]
        found = by_name.get(entry.name, [])
        if len(found) > 1:
            ids = ", ".join(sorted(str(row.get("id")) for row in found))
            raise OptionError(
                f"there are {len(found)} clusters of this name", f"Give the id of the one that is meant: {ids}"
            )
        return found[0] if found else None

    def _owned(self, wanted: Mapping[str, Any], row: Mapping[str, Any] | None) -> dict[str, Any]:
        """*wanted* with the label of the fleet, which stays when other labels change.

        Without a name it is that of the cluster, whatever it says.
        """
        if self.version < LABELS_SINCE:
            return dict(wanted)
        current = (row or {}).get("labels") or {}
        if self.name is None:
            if "labels" not in wanted:
                return dict(wanted)
            mark = {LABEL: current[LABEL]} if LABEL in current else {}
            if LABEL in wanted["labels"] and wanted["labels"][LABEL] != mark.get(LABEL):
                self.run.warn(f"The label {LABEL} is left as it is, since only a fleet with a name sets it")
            return {**wanted, "labels": {**{k: v for k, v in wanted["labels"].items() if k != LABEL}, **mark}}
        if current.get(LABEL, self.name) != self.name:
            raise OptionError(
                f"it belongs to the fleet '{current[LABEL]}'",
                f"Remove its label {LABEL} first if it shall change hands",
            )
        return {**wanted, "labels": {**wanted.get("labels", current), LABEL: self.name}}

    def _plan_cluster(self, entry: Entry, job: Job) -> None:
        """Plan the cluster itself; run again once it has settled, where it was not when it was listed."""
        row = job.place.row
        key, wanted = {"name": entry.name}, self._owned(entry.wanted, row)
        if row:
            job.plan = CLUSTER.update("", row["id"], key, wanted, row, self.version)
        else:
            job.plan = CLUSTER.create("", "", key, wanted, self.version)
        self.engine.check_regions(wanted, row)
        job.wanted, job.key = wanted, key
        job.deferred = bool(row) and not state.is_settled(row or {})
        job.replan = lambda: self._plan_cluster(entry, job)
        job.replan_children = lambda: self._plan_children_of(entry, job)

    def _purged(self, rows: Sequence[dict[str, Any]], kept: set[str], listed: set[str]) -> list[Job]:
        params = self.run.params
        confirmed = set(params["purge_confirm"] or ())
        if not params["purge"]:
            return []
        for name in sorted(confirmed & listed):
            raise OptionError(
                f"purge_confirm names the cluster '{name}', which is listed in clusters",
                "Take it out of one of the two",
            )
        jobs = []
        for row in rows:
            name, ours = str(row.get("name")), self._is_marked(row)
            if row["id"] in kept:
                continue
            if name not in confirmed:
                if ours:
                    self.run.warn(
                        f"Cluster '{name}' belongs to the fleet and is not listed; it is deleted once purge_confirm names it"
                    )
                continue
            if not ours:
                raise OptionError(
                    f"purge_confirm names the cluster '{name}', which does not carry the label {LABEL}: {self.name}",
                    "The fleet deletes its own clusters only; use the module cluster with state: absent",
                )
            job = Job(Place(name, row["id"], row), key={"name": name})
            job.plan = CLUSTER.delete("", row["id"], job.key, row, self.version)
            jobs.append(job)
        return jobs

    def _note_unlisted(self, jobs: Sequence[Job], rows: Sequence[dict[str, Any]]) -> None:
        """Keep in mind which clusters nobody listed, and the plan leaves alone."""
        touched = {job.place.cluster_id for job in jobs}
        others = [row for row in rows if row["id"] not in touched]
        marked = [row for row in others if self.name is not None and self._is_marked(row)]
        self.unlisted = {"marked_unlisted": [_brief(row) for row in marked]}
        if self.run.params["report_unlisted"]:
            self.unlisted["unlisted"] = [_brief(row) for row in others]

    def _is_marked(self, row: Mapping[str, Any]) -> bool:
        return (row.get("labels") or {}).get(LABEL) == self.name

    def _remarks(self) -> list[str]:
        """What the plan has to say beside its steps."""
        marked = self.unlisted["marked_unlisted"]
        ids = {row["id"] for row in marked}
        found = [
            f"cluster '{row['name']}' carries the label of this fleet and is not listed; it stays" for row in marked
        ]
        others = [row for row in self.unlisted.get("unlisted", ()) if row["id"] not in ids]
        return found + [
            f"cluster '{row['name']}' is not listed (id {row['id']}, in {row['parent_id']})" for row in others
        ]

    def _plan_children(self, pairs: Sequence[tuple[Entry, Job]]) -> dict[str, str]:
        """Plan what is below each cluster, reading side by side; the problems by cluster."""
        problems = {}
        with ThreadPoolExecutor(self.parallel, "crdb-read") as pool:
            futures = [(job, pool.submit(self._plan_children_of, entry, job)) for entry, job in pairs]
            try:
                for job, future in futures:
                    try:
                        future.result()
                    except OptionError as error:
                        problems[job.label] = str(error)
                    except CrdbError as error:
                        job.fail("read what is there", error)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
        return problems

    def _plan_children_of(self, entry: Entry, job: Job) -> None:
        place = job.place
        job.items = []
        for wanted in entry.children:
            if place.row and place.row.get("state") != state.CREATING:
                rows: Sequence[dict[str, Any]] = self.engine.rows_of(wanted.resource, place) or ()
            else:
                rows = wanted.resource.initial(job.wanted)
            job.items += plan_items(wanted, place.label, place.cluster_id, rows, self.version)

    # --- the result ----------------------------------------------------------------------------------------------

    def _outcome(self, jobs: Sequence[Job], counts: Mapping[str, int], *, planned: bool = False) -> dict[str, Any]:
        results = [job.planned() if planned else job.result() for job in jobs]
        found: dict[str, Any] = {
            "clusters": [row for row in (job.predicted() if planned else job.place.row for job in jobs) if row],
            "results": results,
            "counts": dict(counts),
            **self.unlisted,
        }
        if not planned:
            found["changed"] = any(entry["changed"] for entry in results)
        failed = [entry for entry in results if entry["failed"]]
        if failed:
            found["failed"] = True
            found["msg"] = self._told(failed, len(results))
        return found

    def _told(self, failed: Sequence[Mapping[str, Any]], count: int) -> str:
        shown = "; ".join(_named(entry["name"], entry["failed"][0]["msg"]) for entry in failed[:NAMED])
        more = f"; and {len(failed) - NAMED} more" if len(failed) > NAMED else ""
        return (
            f"{len(failed)} of {count} clusters of the {self.title} failed: {shown}{more}. "
            "What was done, what failed and what was left out is in results; run the task again to go on"
        )


def _brief(row: Mapping[str, Any]) -> dict[str, Any]:
    """How a cluster is named that nobody listed."""
    return {"name": row.get("name"), "id": row["id"], "parent_id": row.get("parent_id") or "root"}


def _refuse(problems: Mapping[str, str]) -> None:
    """Stop before the first write, with everything that is wrong."""
    if not problems:
        return
    shown = [_named(name, text) for name, text in list(problems.items())[:NAMED]]
    if len(problems) > NAMED:
        shown.append(f"and {len(problems) - NAMED} more")
    raise OptionError(f"The fleet can't be planned, and nothing was changed: {'; '.join(shown)}")


def _named(name: str, text: str) -> str:
    """*text* with the name in front, unless it says the name itself or speaks of no single cluster."""
    return text if not name or f"'{name}'" in text else f"'{name}': {text}"
