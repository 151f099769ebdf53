# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying out a fleet's plan: a few clusters at a time, and one poll loop for all that have to be waited for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from .._base.errors import CrdbError, WaitError, ends_all, explained
from .._nouns import cluster_state as state
from .._nouns.allowlist_entry import ALLOWLIST_ENTRY
from .._nouns.cluster import CLUSTER
from .._nouns.declared import Scope
from .._nouns.noun import Desired
from .._nouns.plan import DELETE, Plan, Step
from .._reconcile.apply import Applier
from .._reconcile.finder import Parent
from .._reconcile.items import FAILED, SKIPPED, Item, rows_after
from .._reconcile.reconciler import Reconciler
from .._reconcile.wait import grown
from .plan_text import applied_in_words, counted, planned_in_words
from .progress import TOLD_EVERY, Progress

# Polls that may fail one after the other before waiting is given up.
MISSED_POLLS = 5


class Job:
    """One cluster of a fleet on its way: its own plan first, then (when it has settled) what is below it."""

    def __init__(self, parent: Parent) -> None:
        self.parent = parent
        # The cluster itself.
        self.item = Item(Desired(CLUSTER, {}, {}), None, Plan([], {}, {}, None))
        # What the cluster is or would be made with, where it is not ready yet.
        self.begins: Mapping[str, Any] = {}
        # Its allowlist as far as it is known; None where nobody has looked.
        self.networks: Sequence[dict[str, Any]] | None = None
        self.items: list[Item] = []
        # Not settled when it was listed: what was planned then may be wrong by the time it is.
        self.deferred = False
        self.replan: Callable[[], None] = lambda: None
        self.replan_children: Callable[[], None] = lambda: None
        # The cluster's own steps that are not done yet; None as long as nothing has begun.
        self.left: deque[Step] | None = None
        self.children_known = True
        self.waiting = False
        self.finished = False
        self.since = 0.0
        # Whether it is waited for, and for how many seconds, where that is not as for the others of its fleet.
        self.waits = True
        self.timeout: float | None = None
        # Why it goes no further, the first reason of several.
        self.error: CrdbError | None = None
        # Whether what is below the cluster has been begun.
        self.inside = False
        # What it is doing at this moment.
        self.doing = ""
        self.done: list[Step] = []
        self._failed: list[dict[str, str]] = []
        self._skipped: list[str] = []
        # Something that failed may have been carried out all the same.
        self.touched = False

    @property
    def plan(self) -> Plan:
        return self.item.plan

    @property
    def label(self) -> str:
        return str(self.item.desired.key.get("name") or (self.parent.row or {}).get("name") or self.parent.given)

    @property
    def status(self) -> str:
        return "deleting" if self.deletes else state.status(self.parent.row or {})

    @property
    def deletes(self) -> bool:
        return any(step.action == DELETE for step in self.plan.steps)

    @property
    def failed(self) -> bool:
        return bool(self._failed)

    @property
    def is_open(self) -> bool | None:
        """Whether everybody can reach the cluster, when what is still planned is done; None where that is not known."""
        gone = self.deletes or (self.finished and not self.parent.id)
        if self.networks is None or gone:
            return None
        after = rows_after(ALLOWLIST_ENTRY, self.networks, self._networks_of(self.items))
        return any(row.get("cidr_mask") == 0 and (row.get("sql") or row.get("ui")) for row in after)

    @staticmethod
    def _networks_of(items: Iterable[Item]) -> list[Item]:
        return [item for item in items if item.noun is ALLOWLIST_ENTRY]

    @property
    def needs_work(self) -> bool:
        return not self._failed and (self.deferred or bool(self.steps()))

    def steps(self) -> list[Step]:
        """All that is planned, each step with what it is about."""
        return [step for item in (self.item, *self.items) for step in item.stamped(self.label)]

    def predicted(self) -> dict[str, Any] | None:
        return self.plan.predicted if self.plan.steps else self.parent.row

    def planned(self) -> dict[str, Any]:
        """The entry of ``results`` in check mode, or where there is nothing to do."""
        done = [step.doing for step in self.steps()]
        return self._entry([], done) if self._failed else self._entry(done, self._skipped)

    def result(self) -> dict[str, Any]:
        return self._entry([step.doing for step in self.done], self._skipped)

    def _entry(self, done: list[str], skipped: list[str]) -> dict[str, Any]:
        status = "failed" if self._failed else "skipped" if skipped else "ok"
        return {
            "name": self.label,
            "id": (self.parent.row or {}).get("id") or self.parent.id or None,
            "status": status,
            "changed": bool(done) or self.touched,
            "open_to_everybody": self.is_open,
            "done": done,
            "failed": self._failed,
            "skipped": skipped,
        }

    def fail(self, doing: str, error: CrdbError) -> None:
        """Note that this cluster goes no further, and what is left out because of that."""
        self.error = self.error or error
        self._failed.append({"summary": doing, "msg": str(error)})
        self.skip_rest()

    def skip_rest(self) -> None:
        self._skipped += [step.doing for step in (self.plan.steps if self.left is None else self.left)]
        if self.items:
            self._skipped += [step.doing for item in self.items for step in item.plan.steps]
        self.left, self.items = deque(), []
        self.finished = True

    def leave_what_would_wait(self) -> None:
        """Without waiting, what comes after a request that has to be waited for is left to the next run."""
        kept = 0
        if not self.deferred:
            waits = [number for number, step in enumerate(self.plan.steps) if step.wait]
            if not waits:
                return
            kept = waits[0] + 1
        self._skipped = [step.doing for step in self.steps()[kept:]]
        self.plan.without_waiting(kept)
        self.items, self.deferred = [], False

    def begin(self) -> None:
        """Get ready to be carried out."""
        self.left = deque(self.plan.steps)
        self.doing = next((step.doing for step in self.steps()), "")
        # A cluster that does not exist yet may begin with something below it.
        self.children_known = bool(self.parent.row) and not self.deferred
        self.waiting = self.deferred

    def settled(self, row: dict[str, Any]) -> None:
        """Take note that nothing runs on the cluster any more, and go on."""
        self.parent.row = row
        self.waiting = False
        if self.deferred:
            self.deferred = False
            self.replan()
            self.deferred = False
            self.left = deque(self.plan.steps)

    def advance(self, engine: Reconciler) -> None:
        """Send what can be sent now: the cluster's own steps up to one that has to be waited for, else what is below it."""
        if engine.stop:
            self.skip_rest()
        elif self.left:
            self._send_steps(engine)
        else:
            self._send_items(engine)

    def _send_steps(self, engine: Reconciler) -> None:
        parent = self.parent

        applier = Applier(engine, self.item, engine.scope(CLUSTER, None))
        while self.left and not self.waiting:
            step = self.left[0]
            self.doing = step.doing
            written = engine.api.written_here
            try:
                applier.row = parent.row
                row = engine.run.waiter.through(applier.send(step))
            except CrdbError as error:
                self.touched |= engine.api.written_here > written
                self.left.popleft()
                explained(error, step.doing, CLUSTER.roles)
                if ends_all(error):
                    engine.halt(error)
                self.fail(step.doing, error)
                return
            self.left.popleft()
            self.done.append(step)
            if isinstance(row, dict) and row.get("id"):
                parent.id, parent.row = row["id"], row
            if step.action == DELETE:
                self.waiting = not state.is_gone(row)
            else:
                self.waiting = step.wait and not state.is_settled(parent.row or {})

    def _send_items(self, engine: Reconciler) -> None:
        self.inside = True
        try:
            if not self.children_known:
                self.replan_children()
            items, self.items = self.items, []
            reached = self._apply(engine, items)
        except CrdbError as error:
            if ends_all(error):
                engine.halt(error)
            self.fail("read what is there", error)
            return
        if self.networks is not None:
            self.networks = rows_after(ALLOWLIST_ENTRY, self.networks, self._networks_of(reached))
        self.finished = True
        try:
            if self.waits:
                engine.await_rollouts(reached, self.parent)
        except CrdbError as error:
            self.fail("wait until everything is in force", error)

    def _apply(self, engine: Reconciler, items: Iterable[Item]) -> list[Item]:
        """Carry out what is planned below the cluster; returns the items that got there."""
        reached: list[Item] = []
        for item in items:
            steps = item.plan.steps
            doing = [step.doing for step in steps]
            self.doing = doing[0] if doing else self.doing
            (result,), there = engine.apply_items([item], self.parent)
            reached += there
            if result["action"] == SKIPPED:
                self._skipped += doing
            elif result["action"] == FAILED:
                self._failed.append({"summary": "; ".join(doing), "msg": result["msg"]})
                self.touched |= result["changed"]
            else:
                self.done += steps
        return reached


class Crew:
    """Carries out jobs, at most *parallel* at a time. Clusters come first, then what is below those that are ready."""

    def __init__(self, engine: Reconciler, fleet: str, parallel: int, *, ends: bool = True) -> None:
        """*fleet* is what lines of progress begin with, *ends* whether the last of them says what was done."""
        self.engine = engine
        self.waiter = engine.run.waiter
        self.parallel = parallel
        self.ends = ends
        # What was done in the end, in words.
        self.applied = ""
        self.jobs: list[Job] = []
        self.planned = 0
        self.first: deque[Job] = deque()
        self.then: deque[Job] = deque()
        self.waiting: list[Job] = []
        self.running: dict[Future[None], Job] = {}
        self.progress = Progress(engine.run.waiter, fleet)
        self._pause = self._next_poll = 0.0
        self._missed = 0

    def carry_out(self, jobs: Iterable[Job]) -> None:
        """Returns when every job is finished or has failed; one that fails does not keep the others from going on."""
        self.jobs = [job for job in jobs if job.needs_work]
        steps = [step for job in self.jobs for step in job.steps()]
        self.planned = len(steps)
        if steps:
            self.progress.say(planned_in_words(counted(steps)))
        for job in self.jobs:
            job.begin()
            self._route(job)
        # Creating comes before everything else: it takes longest.
        self.first = deque(sorted(self.first, key=lambda job: bool(job.parent.row)))
        with ThreadPoolExecutor(self.parallel, "crdb-fleet") as pool:
            try:
                while self.first or self.then or self.waiting or self.running:
                    self._turn(pool)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
        failed = sum(job.failed for job in self.jobs)
        self.applied = applied_in_words([step for job in self.jobs for step in job.done], self.progress.elapsed, failed)
        if self.ends:
            self.progress.say(self.applied)

    def _turn(self, pool: ThreadPoolExecutor) -> None:
        while len(self.running) < self.parallel and (self.first or self.then):
            job = self.first.popleft() if self.first else self.then.popleft()
            self.running[pool.submit(job.advance, self.engine)] = job
        if self.running and self.progress.is_due:
            done = sum(len(job.done) for job in self.jobs)
            self.progress.working([job.doing for job in self.running.values() if job.doing], done, self.planned)
        # A poll while clusters are still being created would only take slots away from creating them.
        polls = bool(self.waiting) and not self.first
        left = max(0.0, self._next_poll - self.waiter.clock()) if polls else TOLD_EVERY
        if self.running:
            finished, _open = wait(self.running, min(left, TOLD_EVERY), FIRST_COMPLETED)
            for future in finished:
                job = self.running.pop(future)
                future.result()
                self._route(job)
        elif polls and left:
            self.waiter.sleep(left)
        if polls and not self.first and self.waiter.clock() >= self._next_poll:
            self._poll()

    def _route(self, job: Job) -> None:
        if job.finished:
            return
        if job.waiting:
            self._await(job)
        elif job.left:
            self.first.append(job)
        else:
            self.then.append(job)

    def _await(self, job: Job) -> None:
        if not self.waiter.enabled or not job.waits:
            return
        job.since = self.waiter.clock()
        self.waiting.append(job)
        self.progress.waits_for(job.parent.id)
        # Looks begin close together again: what has just been sent may be quick.
        self._pause = 1.0
        step = self._pause if self.waiter.interval is None else self.waiter.interval
        self._next_poll = self.waiter.clock() + step

    def _poll(self) -> None:
        """One listing for all that wait. What is not in it is looked at by itself: failed and deleted clusters are not listed."""
        try:
            rows = {row.get("id"): row for row in self.engine.listed(CLUSTER, Scope(), fresh=True)}
            self._missed = 0
        except CrdbError as error:
            self._missed += 1
            if ends_all(error):
                self.engine.halt(error)
            if ends_all(error) or self._missed >= MISSED_POLLS:
                self._give_up(explained(error, "list the clusters", CLUSTER.roles))
            rows = None
        if rows is not None:
            waiting, self.waiting = self.waiting, []
            for job in waiting:
                self._judge(job, rows)
        self.progress.waiting([job.status for job in self.waiting])
        step = self._pause if self.waiter.interval is None else self.waiter.interval
        # The quickest of those that wait sets the pace; it costs the same for all of them.
        self._pause = grown(
            self._pause, min((state.patience(job.parent.row or {}) for job in self.waiting), default=1.0)
        )
        self._next_poll = self.waiter.clock() + step

    def _judge(self, job: Job, rows: Mapping[Any, dict[str, Any]]) -> None:
        try:
            row = rows.get(job.parent.id)
            if row is None and not job.deletes:
                row = self.engine.by_id(CLUSTER, Scope(), job.parent.id)
            row = row or {"id": job.parent.id, "state": state.DELETED}
            if job.deletes:
                if state.is_gone(row):
                    job.parent.row, job.finished = None, True
                    return
            elif reason := state.failure(row):
                raise WaitError(f"{job.parent.label}: {reason}")
            elif state.is_settled(row):
                job.settled(row)
                self._route(job)
                return
            elapsed = self.waiter.clock() - job.since
            job.parent.row = row
            if elapsed >= (self.waiter.timeout if job.timeout is None else job.timeout):
                raise WaitError(
                    f"{job.parent.label} is still {state.status(row)} after {elapsed:.0f} seconds (wait_timeout)",
                    "It goes on by itself: run the task again to go on waiting, or raise wait_timeout",
                )
            self.waiting.append(job)
        except CrdbError as error:
            job.fail(f"wait for {job.parent.label}", error)

    def _give_up(self, error: CrdbError) -> None:
        for job in self.waiting:
            job.fail(f"wait for {job.parent.label}", error)
        self.waiting = []
