# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet without a name whose clusters don't depend on each other: what is wrong with one ends that one alone.

Where the module fleet refuses a plan as a whole, the cluster that can't be planned is left out of this one, and says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .._base.errors import CrdbError, OptionError, explained
from .._nouns import cluster_state as state
from .._nouns.cluster import CLUSTER
from .._nouns.declared import Scope
from .._nouns.plan import Step
from .._nouns.sql_user import SQL_USER
from .._reconcile.finder import Parent
from .._reconcile.outcome import NAMED
from . import plan_text as _fleet_plan
from .crew import Crew
from .entries import Entry
from .fleet import Fleet
from .jobs import Job
from .objects import counts_of

# How lines of progress begin.
CALLED = "clusters"


@dataclass(frozen=True)
class Wish:
    """One cluster that somebody wants: *params* as an entry of the module fleet's ``clusters``, and how long to wait for it.

    *needs* is the sentence about the SQL users *lacking* a password, where one of them would have to be created.
    """

    owner: str
    params: Mapping[str, Any]
    waits: bool = True
    timeout: float | None = None
    lacking: Sequence[str] = ()
    needs: str = ""


@dataclass
class Outcome:
    """What became of one wish: of the cluster itself, then of what is in it. In check mode what would become of both.

    *cluster* is the cluster as the API returns it, None where there is none. *error* is why it went no further, *inside* whether
    that was in the cluster, *touched* whether what failed may have been carried out all the same. *warnings* are for whoever
    reads the result.
    """

    cluster: dict[str, Any] | None = None
    own: Sequence[Step] = ()
    below: Sequence[Step] = ()
    done: Sequence[str] = ()
    skipped: Sequence[str] = ()
    error: CrdbError | None = None
    inside: bool = False
    touched: bool = False
    warnings: list[str] = field(default_factory=list)

    def did(self, steps: Sequence[Step]) -> list[str]:
        """Which of *steps* were done, in words."""
        return [step.doing for step in steps if step.doing in self.done]


@dataclass
class Plans:
    """All that was planned for some wishes: what became of each by its owner, *texts* for review, *counts* over all of them."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


def fulfil(run: Any, wishes: Sequence[Wish], *, together: bool = False) -> Plans:
    """Plan all *wishes* at once and carry the plan out, unless in check mode; CrdbError where the clusters can't be listed.

    Two wishes for one cluster are two plans, one after the other. *together* says that nothing is done for anyone as long
    as one of them can't be planned.
    """
    plans = Plans()
    left = list(wishes)
    while left:
        left = FleetApart(run).fulfil(left, plans, together=together)
    return plans


class FleetApart(Fleet):
    """One plan for many owners. *run* has the parameters of the module fleet."""

    def __init__(self, run: Any) -> None:
        super().__init__(run)
        self.called = CALLED
        self._wishes: dict[Job, Wish] = {}
        self._below: dict[Job, list[Step]] = {}

    def fulfil(self, wishes: Sequence[Wish], plans: Plans, *, together: bool) -> list[Wish]:
        """Work on *wishes*, note in *plans* what became of them, and return those whose cluster is already another one's here."""
        try:
            rows = self.engine.listed(CLUSTER, Scope(), fresh=bool(plans.outcomes) and not self.run.check_mode)
        except CrdbError as error:
            raise explained(error, "list the clusters", CLUSTER.roles) from None
        jobs, postponed = self._jobs_of(wishes, rows, plans)
        for owner, job in jobs.items():
            if not job.waits:
                job.leave_what_would_wait()
            plans.outcomes[owner] = self._planned(job)
        ready = {owner: job for owner, job in jobs.items() if not job.failed}
        self._note_plan(list(ready.values()), plans)
        if together and any(outcome.error for outcome in plans.outcomes.values()):
            for owner, job in ready.items():
                plans.outcomes[owner] = replace(plans.outcomes[owner], done=(), skipped=_words(job.steps()))
        elif not self.run.check_mode:
            left = {owner: len(plans.outcomes[owner].skipped) for owner in ready}
            Crew(self.engine, self.called, self.parallel).carry_out(ready.values())
            for owner, job in ready.items():
                self._note_outcome(job, plans.outcomes[owner], left[owner])
        return postponed

    def _jobs_of(
        self, wishes: Sequence[Wish], rows: Sequence[dict[str, Any]], plans: Plans
    ) -> tuple[dict[str, Job], list[Wish]]:
        """The jobs by owner, planned down to what is in each cluster, and the wishes for a cluster that another one has."""
        by_id = {row.get("id"): row for row in rows}
        by_name: dict[Any, list[dict[str, Any]]] = {}
        for row in rows:
            by_name.setdefault(row.get("name"), []).append(row)
        taken: set[Any] = set()
        jobs, pairs, postponed = {}, [], []
        for wish in wishes:
            entry = Entry(wish.params.get("name"), wish.params.get("id"), {})
            try:
                found = self._row(entry, by_id, by_name)
                mark = found["id"] if found else entry.label
                if mark in taken:
                    postponed.append(wish)
                    continue
                taken.add(mark)
                entry.wanted = CLUSTER.values(wish.params, self.version)
                entry.children = self._children(wish.params)
                parent = Parent(CLUSTER, entry.label, (found or {}).get("id", ""), found)
                job = self._plan_cluster(entry, parent)
                job.waits, job.timeout = wish.waits, wish.timeout
                self._wishes[job] = wish
            except CrdbError as error:
                plans.outcomes[wish.owner] = Outcome(error=_naming(entry.label, error))
                continue
            jobs[wish.owner] = job
            pairs.append((entry, job))
        self._plan_children(pairs)
        return jobs, postponed

    def _owned(self, wanted: Mapping[str, Any], row: Mapping[str, Any] | None) -> dict[str, Any]:
        """Labels are as the owner says, and nothing is marked."""
        return dict(wanted)

    def _plan_children_of(self, entry: Entry, job: Job) -> None:
        try:
            self._check_passwords(job)
            super()._plan_children_of(entry, job)
        except OptionError as error:
            if job.begun:
                raise
            # Nothing has begun yet: what is wrong is wrong with this cluster's plan.
            job.fail(f"plan {job.parent.label}", _naming(job.parent.given, error))
        self._below[job] = [step for item in job.items for step in item.plan.steps]

    def _check_passwords(self, job: Job) -> None:
        """Say of all users without a password at once where it could be given."""
        wish = self._wishes[job]
        if wish.lacking:
            known = {SQL_USER.mark_of(row) for row in self._rows_below(SQL_USER, job)}
            if any(SQL_USER.mark({"name": name}) not in known for name in wish.lacking):
                raise OptionError(wish.needs)

    def _note_plan(self, jobs: Sequence[Job], plans: Plans) -> None:
        steps = [step for job in jobs for step in job.steps()]
        counts = counts_of(jobs)
        plans.counts = {name: number + plans.counts.get(name, 0) for name, number in counts.items()}
        if self.run.diff and jobs:
            remarks = _fleet_plan.remarks({"marked_unlisted": ()}, [job.label for job in jobs if job.is_open])
            pending = any(job.needs_work for job in jobs)
            plans.texts.append(_fleet_plan.text(None, steps, counts, remarks, pending=pending))

    def _planned(self, job: Job) -> Outcome:
        entry = job.planned()
        return Outcome(
            cluster=job.parent.row if job.failed else job.predicted(),
            own=list(job.plan.steps),
            below=[] if job.failed else [step for item in job.items for step in item.plan.steps],
            done=() if job.failed else entry["done"],
            skipped=entry["skipped"],
            error=job.error,
            warnings=[*job.plan.notes, *(note for item in job.items for note in item.plan.notes), *self._guesses(job)],
        )

    def _guesses(self, job: Job) -> list[str]:
        """What check mode knows nothing of: a cluster that an earlier run would have made, or waited for."""
        row = job.parent.row
        if not self.run.check_mode or not job.items or (row and row.get("state") != state.CREATING):
            return []
        problem = f"{job.parent.label} is still {state.status(row)}" if row else f"There is no {job.parent.label}"
        return [f"{problem} yet; the result for what is in it is predicted as if it were there"]

    def _note_outcome(self, job: Job, outcome: Outcome, left: int) -> None:
        """Note what became of *job*, whose plan left *left* steps out."""
        entry = job.result()
        outcome.cluster, outcome.own = job.parent.row, list(job.plan.steps)
        outcome.below = self._below[job]
        outcome.done, outcome.skipped = entry["done"], entry["skipped"]
        outcome.inside, outcome.touched = job.inside, job.touched
        if entry["failed"]:
            outcome.error = job.error or CrdbError(_listed(entry["failed"]))
        elif self.engine.stop and len(outcome.skipped) > left:
            outcome.error = CrdbError(self.engine.stop)


def _words(steps: Sequence[Step]) -> list[str]:
    return [step.doing for step in steps]


def _naming(label: str, error: CrdbError) -> CrdbError:
    """*error* with the cluster that it is about, unless it says that itself."""
    return error if f"'{label}'" in str(error) else error.during(f"plan cluster '{label}'")


def _listed(failed: Sequence[Mapping[str, str]]) -> str:
    shown = "; ".join(entry["msg"] for entry in failed[:NAMED])
    return shown if len(failed) <= NAMED else f"{shown}; and {len(failed) - NAMED} more"
