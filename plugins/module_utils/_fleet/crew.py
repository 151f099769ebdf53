# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying out a fleet's plan: a few jobs at a time, and one poll loop for all that have to be waited for, of whatever kind."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import Any

from .._base.errors import CrdbError, ends_all
from .._base.signals import undone_by
from .._reconcile.reconciler import Reconciler
from .._reconcile.wait import HEARTBEAT, Nap, Waits, Watch, grown
from .jobs import MISSED_POLLS, Job
from .plan_text import applied_in_words, counted, planned_in_words
from .progress import TOLD_EVERY, Progress


class Task:
    """The *work* for a *job*, which is carried out up to what has to be waited for, and on from there.

    *closes* says that it comes after all that is below the job.
    """

    def __init__(self, job: Job, work: Waits[None], *, closes: bool = False) -> None:
        self.job = job
        self.work = work
        self.closes = closes
        self.resume: Callable[[], Watch | Nap] = partial(next, work)
        # What it waits for, and since when.
        self.wait: Watch | Nap | None = None
        self.since = 0.0
        # Whether it goes on with an error.
        self.failing = False

    def go_on(self, found: Any) -> None:
        """Go on with what was waited for."""
        self.resume = partial(self.work.send, found)

    def throw(self, error: CrdbError) -> None:
        """Go on with *error* in place of what was waited for."""
        self.resume, self.failing = partial(self.work.throw, error), True


@dataclass
class Lane:
    """The members of one group that can begin, in their order: one sends after the other. *left* are those that are not over."""

    ready: list[tuple[int, Job]] = field(default_factory=list)
    busy: Job | None = None
    left: int = 0


class Crew:
    """Carries out jobs, at most *parallel* at a time: first those that others wait for, then what is below a cluster."""

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
        self.first: deque[Task] = deque()
        self.then: deque[Task] = deque()
        self.waiting: list[Task] = []
        self.napping: list[Task] = []
        self.running: dict[Future[None], Task] = {}
        self.progress = Progress(engine.run.waiter, fleet)
        self._lanes: dict[Job, Lane] = defaultdict(Lane)
        # Those that need a job, and of how many they still have to wait for the end.
        self._needed_by: dict[Job, list[Job]] = defaultdict(list)
        self._needs: dict[Job, int] = {}
        self._ended: set[Job] = set()
        self._order = count()
        self._pause = self._next_poll = 0.0
        self._missed: dict[Any, int] = defaultdict(int)

    def carry_out(self, jobs: Iterable[Job]) -> None:
        """Returns when every job is over; one that fails keeps those from going on that need it, and no others."""
        self.jobs = [job for job in jobs if job.needs_work]
        steps = [step for job in self.jobs for step in job.steps()]
        self.planned = len(steps)
        if steps:
            self.progress.say(planned_in_words(counted(steps)))
        # Creating comes before everything else: it takes longest.
        for job in sorted(self.jobs, key=lambda job: bool(job.parent.row)):
            self._admit(job)
        lasting: AbstractContextManager[None] = nullcontext()
        if any(step.lasts for step in steps):
            lasting = undone_by(self._undo)
        with ThreadPoolExecutor(self.parallel, "crdb-fleet") as pool:
            try:
                with lasting:
                    while self.first or self.then or self.waiting or self.napping or self.running:
                        self._turn(pool)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
        for job in self.jobs:
            # What it needs is not among these jobs any more.
            job.leave()
        failed = sum(job.failed for job in self.jobs)
        self.applied = applied_in_words([step for job in self.jobs for step in job.done], self.progress.elapsed, failed)
        if self.ends:
            self.progress.say(self.applied)

    # --- who can begin -------------------------------------------------------------------------------------------

    def _admit(self, job: Job) -> None:
        """Have *job* begin when all that it needs is over."""
        needs = [other for other in job.prerequisites if not other.is_over]
        if not all(other.went_well for other in job.prerequisites if other.is_over):
            self._drop(job)
        elif needs:
            self._needs[job] = len(needs)
            for other in needs:
                self._needed_by[other].append(job)
        else:
            self._can_begin(job)

    def _drop(self, job: Job) -> None:
        job.leave()
        self._over(job)

    def _can_begin(self, job: Job) -> None:
        if job.has_work and not job.finished:
            heappush(self._lanes[job.group].ready, (next(self._order), job))
            self._next_of(job.group)
        else:
            self._over(job)

    def _next_of(self, group: Job) -> None:
        """Let the next member of *group* begin, where none of it is just sending."""
        lane = self._lanes[group]
        if lane.ready and not lane.busy:
            _number, lane.busy = heappop(lane.ready)
            group.inside |= lane.busy is not group
            self._queue(Task(lane.busy, lane.busy.go()))

    def _queue(self, task: Task) -> None:
        (self.then if task.closes or task.job.group is not task.job else self.first).append(task)

    def _over(self, job: Job) -> None:
        """See to what comes after *job*: what needs it, what is below it, and what comes after all of its group."""
        if job in self._ended:
            return
        self._ended.add(job)
        job.finished = True
        for other in self._needed_by.pop(job, ()):
            self._needs[other] -= 1
            if not job.went_well:
                self._drop(other)
            elif not self._needs[other]:
                self._can_begin(other)
        group, lane = job.group, self._lanes[job.group]
        if group is job:
            lane.left = len(set(job.members) - self._ended)
            for member in job.members:
                if job.went_well:
                    self._admit(member)
                else:
                    self._drop(member)
        elif group in self._ended:
            lane.left -= 1
            last = not lane.left and group.went_well
            if last and any(other.noun.propagating and other.work.sent for other in group.members):
                self._queue(Task(group, group.in_force(self.engine), closes=True))

    # --- one after the other -------------------------------------------------------------------------------------

    def _turn(self, pool: ThreadPoolExecutor) -> None:
        self._wake()
        while len(self.running) < self.parallel and (self.first or self.then):
            task = self.first.popleft() if self.first else self.then.popleft()
            self.running[pool.submit(self._advance, task)] = task
        if self.running and self.progress.is_due:
            done = sum(len(job.done) for job in self.jobs)
            busy = [task.job.doing for task in self.running.values()]
            self.progress.working([doing for doing in busy if doing], done, self.planned)
        # A poll while clusters are still being created would only take slots away from creating them.
        polls = bool(self.waiting) and not self.first
        now = self.waiter.clock()
        ends = [task.since + task.wait.seconds for task in self.napping if isinstance(task.wait, Nap)]
        left = max(0.0, min([*ends, *([self._next_poll] if polls else [])], default=now + TOLD_EVERY) - now)
        if self.running:
            finished, _open = wait(self.running, min(left, TOLD_EVERY), FIRST_COMPLETED)
            for future in finished:
                task = self.running.pop(future)
                future.result()
                self._route(task)
        elif left and not self.first and not self.then:
            self.waiter.sleep(min(left, HEARTBEAT))
            if not polls and self._states():
                self.progress.waiting(self._states())
        if polls and not self.first and self.waiter.clock() >= self._next_poll:
            self._poll(pool)

    def _advance(self, task: Task) -> None:
        """Carry on with *task* up to what has to be waited for, or to its end, in a worker."""
        job, watch, written = task.job, task.wait, self.engine.api.written_here
        task.wait = None
        if self.engine.stop and not task.failing:
            task.work.close()
            job.leave()
            return
        try:
            task.wait = task.resume()
            task.since = self.waiter.clock()
            job.note()
        except StopIteration:
            return
        except CrdbError as error:
            if ends_all(error):
                self.engine.halt(error)
            touched = self.engine.api.written_here > written
            job.stopped_by(error, watch if task.failing and isinstance(watch, Watch) else None, touched=touched)

    def _route(self, task: Task) -> None:
        """See to what comes next where *task* has been advanced."""
        job, lane = task.job, self._lanes[task.job.group]
        if isinstance(task.wait, Nap):
            self.napping.append(task)
            if task.wait.doing:
                self.progress.waits_for(task)
            return
        if task.wait:
            self._await(task, task.wait)
            if task.wait.address == (job.group.parent.id,) and lane.busy is job:
                # What they all live in is busy.
                return
        elif not task.closes:
            self._over(job)
        if lane.busy is job:
            lane.busy = None
            self._next_of(job.group)

    def _wake(self) -> None:
        """Go on with what has waited long enough without anything to look at."""
        napping, self.napping = self.napping, []
        for task in napping:
            if isinstance(task.wait, Nap) and self.waiter.clock() >= task.since + task.wait.seconds:
                task.go_on(None)
                self._queue(task)
            else:
                self.napping.append(task)

    def _undo(self) -> None:
        """Let what has begun something that has to end do so: nobody goes on with it."""
        wait(self.running)
        for task in (*self.running.values(), *self.first, *self.then, *self.waiting, *self.napping):
            task.work.close()

    # --- waiting -------------------------------------------------------------------------------------------------

    def _await(self, task: Task, watch: Watch) -> None:
        self.waiting.append(task)
        self.progress.waits_for(task)
        # Looks begin close together again: what has just been sent may be quick. Of many some are not, and a look costs the same.
        self._pause = 1.0 if len(self.waiting) <= self.parallel else 2.0
        self._next_poll = self.waiter.clock() + self._step()

    def _poll(self, pool: ThreadPoolExecutor) -> None:
        """One look for all that wait in the same place, side by side where there are several places."""
        places: dict[Any, list[tuple[Task, Watch]]] = defaultdict(list)
        for task in self.waiting:
            if isinstance(task.wait, Watch):
                place = task.wait.place
                places[place[0].collection(place[1].ids) if place else task].append((task, task.wait))
        self.waiting = []
        looks = list(map(self._look, places.values()) if len(places) == 1 else pool.map(self._look, places.values()))
        for (place, tasks), found in zip(places.items(), looks, strict=True):
            self._missed[place] = self._missed[place] + 1 if isinstance(found, CrdbError) else 0
            for number, (task, watch) in enumerate(tasks):
                if not isinstance(found, CrdbError):
                    self._judge(task, watch, found[number])
                elif ends_all(found) or self._missed[place] >= MISSED_POLLS:
                    task.throw(found)
                    self._queue(task)
                else:
                    self.waiting.append(task)
        self.progress.waiting(self._states())
        step = self._step()
        # The quickest of those that wait sets the pace; it costs the same for all of them.
        watches = [task.wait for task in self.waiting if isinstance(task.wait, Watch)]
        self._pause = grown(self._pause, min((watch.slowest for watch in watches), default=1.0))
        self._next_poll = self.waiter.clock() + step

    def _step(self) -> float:
        """How many seconds lie between two polls."""
        return self._pause if self.waiter.interval is None else self.waiter.interval

    def _look(self, tasks: Sequence[tuple[Task, Watch]]) -> list[Any] | CrdbError:
        """What is there for each of *tasks*, which wait in one place. What is not listed is looked at by itself: it may have failed."""
        watch = tasks[0][1]
        if watch.place is None:
            try:
                return [watch.read()]
            except CrdbError as error:
                return error
        noun, scope = watch.place
        try:
            rows = self.engine.listed(noun, scope, fresh=True)
        except CrdbError as error:
            if ends_all(error):
                self.engine.halt(error)
            return noun.explained(error, f"list the {noun.many}{scope.behind('of')}")
        known = {tuple(str(row.get(name)) for name in noun.address): row for row in rows}
        return [known.get(watch.address) or self._unlisted(watch) for _task, watch in tasks]

    @staticmethod
    def _unlisted(watch: Watch) -> Any:
        if watch.absent_ends:
            return {}
        try:
            return watch.read()
        except CrdbError as error:
            return error

    def _judge(self, task: Task, watch: Watch, found: Any) -> None:
        """Go on with *task*, or wait on, now that *found* is what is there."""
        timeout = self.waiter.timeout if task.job.timeout is None else task.job.timeout
        try:
            if isinstance(found, CrdbError):
                raise found
            watch.check(found)
            task.job.seen(watch)
            if not watch.is_over(self.waiter.clock() - task.since, timeout):
                self.waiting.append(task)
                return
            task.go_on(found)
        except CrdbError as error:
            task.throw(error)
        self._queue(task)

    def _states(self) -> list[str]:
        """In which states those are that have to be waited for, and what is to last for a while."""
        watches = [task.wait for task in self.waiting if isinstance(task.wait, Watch)]
        lasting = [task.wait.doing for task in self.napping if isinstance(task.wait, Nap) and task.wait.doing]
        return [*(watch.describe(watch.latest) for watch in watches if watch.latest is not None), *lasting]
