# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs of a fleet, each one object of any noun, and what became of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .._base.errors import CrdbError, explained
from .._nouns.allowlist_entry import ALLOWLIST_ENTRY
from .._nouns.cluster import CLUSTER
from .._nouns.noun import Noun
from .._nouns.plan import DELETE, Plan, Step
from .._reconcile.finder import Parent
from .._reconcile.items import Item, rows_after
from .._reconcile.reconciler import Reconciler
from .._reconcile.wait import Waits, Watch
from .._reconcile.work import Work

# Polls of one collection that may fail one after the other before waiting is given up.
MISSED_POLLS = 5


class Job:
    """One object on its way to what is wanted of it, by its *work*, which begins when all *prerequisites* are over.

    *replan* makes the work anew, where it was planned before what it lives in or refers to was there, or before it was settled. *group* is the
    job whose entry of the results tells of this one, too: that of the cluster which it lives in. *parent* is the object itself, as what others live in.
    """

    def __init__(
        self,
        work: Work,
        *,
        prerequisites: Iterable[Job] = (),
        replan: Callable[[], Work] | None = None,
        group: Job | None = None,
        parent: Parent | None = None,
    ) -> None:
        self.work = work
        self.prerequisites = tuple(prerequisites)
        self.replan = replan
        self.group = group or self
        self.parent = parent or Parent(work.item.noun, work.item.title, work.item.address or "", work.item.row)
        # The jobs that this one is the group of, in the order in which they are begun.
        self.members: list[Job] = []
        # Plans the members, again once the object is there and settled: only then it is known what is in it.
        self.replan_members: Callable[[], None] | None = None
        # Not settled when it was listed: what was planned then may be wrong by the time it is.
        self.deferred = False
        # What the object is or would be made with, where it is not ready yet.
        self.begins: Mapping[str, Any] = {}
        # The path of the folder that it is to be in, where that says more than an id.
        self.folder = ""
        # A cluster's allowlist as far as it is known; None where nobody has looked.
        self.networks: Sequence[dict[str, Any]] | None = None
        # Whether it is waited for, and for how many seconds, where that is not as for the others of its fleet.
        self.waits = True
        self.timeout: float | None = None
        # Why it goes no further.
        self.error: CrdbError | None = None
        # Whether its members have been begun.
        self.inside = False
        self.begun = self.finished = False
        # What it is doing, where that is none of its steps.
        self._stage = ""
        self._failures: list[dict[str, str]] = []
        self._skipped: list[str] = []
        self._left_out = False
        # Something that failed may have been carried out all the same.
        self._touched = False
        # Whether what comes after it would have to wait; None as long as nobody has asked.
        self._holds: bool | None = None

    @property
    def item(self) -> Item:
        return self.work.item

    @property
    def noun(self) -> Noun:
        return self.item.noun

    @property
    def plan(self) -> Plan:
        return self.item.plan

    @property
    def items(self) -> list[Item]:
        """Those of its members."""
        return [job.item for job in self.members]

    @property
    def label(self) -> str:
        return self.item.title or str((self.parent.row or {}).get("name") or self.parent.given)

    @property
    def deletes(self) -> bool:
        return any(step.action == DELETE for step in self.plan.steps)

    @property
    def all(self) -> list[Job]:
        return [self, *self.members]

    @property
    def failed(self) -> bool:
        return any(job._failures for job in self.all)

    @property
    def touched(self) -> bool:
        return any(job._touched for job in self.all)

    @property
    def done(self) -> list[Step]:
        return [step for job in self.all for step in job.work.sent]

    @property
    def is_over(self) -> bool:
        """Whether nothing is to be done for the object itself, any more or at all."""
        return self.finished or not self.has_work

    @property
    def went_well(self) -> bool:
        """Whether what needs the object can go on, once it is over."""
        return not self._failures and not self._left_out

    @property
    def has_work(self) -> bool:
        """Whether anything is to be done for the object itself."""
        return self.deferred or any(item.plan.steps for item in self.work.items)

    @property
    def needs_work(self) -> bool:
        return not self._failures and any(job.has_work and not job.finished for job in self.all)

    @property
    def doing(self) -> str:
        """What it is doing at this moment."""
        return next((step.doing for step in self.work.left), "")

    @property
    def reached_from(self) -> list[str] | None:
        """The networks that can reach the cluster when what is still planned is done; None where they are not known."""
        gone = self.deletes or (self.finished and not self.parent.id)
        if self.networks is None or gone:
            return None
        items = [job.item for job in self.members if job.noun is ALLOWLIST_ENTRY and job.went_well]
        after = rows_after(ALLOWLIST_ENTRY, self.networks, items)
        return [ALLOWLIST_ENTRY.called(row) for row in after if row.get("sql") or row.get("ui")]

    @property
    def is_open(self) -> bool | None:
        """Whether everybody can reach the cluster, when what is still planned is done; None where that is not known."""
        networks = self.reached_from
        return None if networks is None else any(network.endswith("/0") for network in networks)

    def steps(self) -> list[Step]:
        """All that is planned, each step with what it is about."""
        cluster = self.label if self.noun is CLUSTER else ""
        items = [item for job in self.all for item in job.work.items if item.plan.steps]
        return [step for item in items for step in item.stamped(cluster)]

    def predicted(self) -> dict[str, Any] | None:
        return self.plan.predicted if self.plan.steps else self.parent.row

    # --- the result ----------------------------------------------------------------------------------------------

    def planned(self) -> dict[str, Any]:
        """The entry of ``results`` in check mode, or where there is nothing to do."""
        planned = [] if self._failures else [job for job in self.all if job.went_well]
        return self._entry([step.doing for job in planned for step in job.work.steps])

    def result(self) -> dict[str, Any]:
        return self._entry([step.doing for step in self.done])

    def _entry(self, done: list[str]) -> dict[str, Any]:
        failures = [failure for job in self.all for failure in job._failures]
        skipped = [text for job in self.all for text in job._skipped]
        return {
            "noun": self.noun.name,
            "name": self.label,
            "id": self.parent.id or None,
            "status": "failed" if failures else "skipped" if skipped else "ok",
            "changed": bool(done) or self.touched,
            "open_to_everybody": self.is_open,
            "done": done,
            "failed": failures,
            "skipped": skipped,
        }

    # --- on its way ----------------------------------------------------------------------------------------------

    def fail(self, doing: str, error: CrdbError, *, tried: int = 0) -> None:
        """Note that it goes no further, and what is left out because of that, but for the step that was *tried*."""
        self.error = self.error or error
        self._failures.append({"summary": doing, "msg": str(error)})
        self.leave(tried)

    def leave(self, tried: int = 0) -> None:
        """Leave out what is not done yet, of its members as well."""
        for job in self.all:
            if not job.finished:
                job._skipped += [step.doing for step in job.work.left[tried if job is self else 0 :]]
                job._left_out = job.finished = True

    def leave_what_would_wait(self) -> None:
        """Without waiting, what comes after a request that has to be waited for is left to the next run."""
        for job in self.all:
            job._hold()

    def _hold(self) -> bool:
        """Leave out what would have to wait, and say whether that is so for what comes after it, too."""
        if self._holds is None:
            held = any(job._hold() for job in self.prerequisites) or self.deferred
            self._holds, self._left_out = self._cut(0 if held else None) or held, held
            self.deferred = False
        return self._holds

    def _cut(self, kept: int | None = None) -> bool:
        """Leave out all but the first *kept* steps, or those after one that has to be waited for; returns whether there is such a one."""
        steps = self.work.steps
        waits = [number for number, step in enumerate(steps) if step.wait]
        if kept is None and not waits:
            return False
        kept = waits[0] + 1 if kept is None else kept
        self._skipped += [step.doing for step in steps[kept:]]
        self.work.without_waiting(kept)
        return bool(waits)

    def go(self) -> Waits[None]:
        """Do all that is to be done for the object itself, and find out what is to be done below it."""
        known = bool(self.parent.row) and not self.deferred
        self.begun = True
        if self.deferred:
            row: dict[str, Any] | None = yield self.work.ready()
            self.deferred, self.parent.row = False, row or None
            self._plan_again()
        elif self.work.is_early:
            self._plan_again()
        self.work.waits = self.waits
        yield from self.work.carried_out()
        self.note()
        if self._holds:
            for job in self.members:
                job.leave()
        elif not known and self.replan_members:
            self.inside, self._stage = True, "read what is there"
            self.replan_members()

    def _plan_again(self) -> None:
        if self.replan:
            self._stage = "read what is there"
            self.work = self.replan()
            self._stage = ""
            if not (self.waits and self.work.finder.run.waiter.enabled):
                self._holds = self._cut()

    def in_force(self, engine: Reconciler) -> Waits[None]:
        """Wait until what was changed below it is in force."""
        self._stage = "wait until everything is in force"
        reached = [job.item for job in self.members if job.went_well]
        if self.waits:
            yield from engine.all_in_force(reached, self.parent)

    def note(self) -> None:
        """Take note of the object as it is now."""
        row, noun = self.work.row, self.noun
        if row and noun.has_ids and row.get(noun.address[0]):
            self.parent.id = str(row[noun.address[0]])
        if row or self.work.is_deleted:
            self.parent.row = row

    def seen(self, watch: Watch) -> None:
        """Take note of the object where that is what the *watch* has looked at."""
        if watch.address == (self.parent.id,) and watch.latest:
            self.parent.row = watch.latest

    def stopped_by(self, error: CrdbError, watch: Watch | None, *, touched: bool) -> None:
        """Note that *error* ended it, which came while it was sending, or waited for the *watch*."""
        self.note()
        self._touched |= touched
        step = next(iter(self.work.left), None)
        if watch:
            self.fail(f"wait for {watch.label}", error)
        elif self._stage or step is None:
            self.fail(self._stage or f"read {self.label}", error)
        else:
            self.fail(step.doing, explained(error, step.doing, self.noun.roles), tried=1)
