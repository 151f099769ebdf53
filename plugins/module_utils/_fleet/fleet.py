# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet: many clusters with everything below them, from one listing and in one plan."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

from .._base.errors import CrdbError, OptionError, explained, lacks_role
from .._nouns import cluster_rules as rules
from .._nouns import cluster_state as state
from .._nouns.allowlist_entry import ALLOWLIST_ENTRY
from .._nouns.cluster import CLUSTER
from .._nouns.declared import NIL_ID, Scope
from .._nouns.limits import SPEND_LIMIT_GONE as LABELS_SINCE
from .._nouns.noun import Desired, Noun
from .._nouns.plan import Plan
from .._nouns.registry import LISTS, NOUNS
from .._reconcile.finder import Parent
from .._reconcile.items import Item, plan_item
from .._reconcile.outcome import NAMED, Run, concluded, unseen
from .._reconcile.work import Work
from . import money, plan_file
from . import plan_text as _fleet_plan
from .crew import Crew
from .entries import LABEL, Asked, Entry, Mistaken, Mistakes, read_entries, wanted_children, wanted_lists
from .guard import Guard
from .jobs import Job
from .objects import counts_of, objects_of
from .organization import Organization
from .plan_markdown import markdown
from .planner import Planner
from .progress import Progress
from .review import Review
from .rules import lines as findings_lines
from .rules import refusal

MOST_PARALLEL = 32
# What of a plan's summary is always part of the result.
REPORTED = ("counts", "drift", "money", "findings")
# The options that name a file which has the plan.
FILES = ("plan_in", "plan_out", "plan_markdown")
# Those for which all objects are looked at, changed or not.
LOOKED_AT = (*FILES, "rules", "report_objects")


def check_parallel(number: int) -> None:
    """OptionError where so many requests must not be made side by side."""
    if not 1 <= number <= MOST_PARALLEL:
        raise OptionError(f"parallel must be between 1 and {MOST_PARALLEL}, got {number}")


def ensure_fleet(run: Run) -> dict[str, Any]:
    """The module fleet."""
    fleet = Fleet(run)
    result = fleet.ensure()
    if result.get("failed"):
        # Ansible prints a failed result on one line: it has to show what is wrong, and not everything that is right.
        result["results"] = [entry for entry in result["results"] if entry["status"] != "ok"]
        # Whoever wants the objects of a plan that rules refuse judges them himself.
        judged = () if "objects" in result and not result["results"] else ("money", "objects")
        for name in ("clusters", "plan", *judged, *(noun.plural for noun in LISTS)):
            result.pop(name, None)
    elif run.params.get("fail_on_change") and result["drift"]:
        counts = _fleet_plan.planned_in_words(result["counts"])
        result.update(failed=True, msg=f"The {fleet.title} differs from what is wanted (fail_on_change). {counts}")
    return result


def forget_plan(params: Mapping[str, Any]) -> None:
    """Remove the plan files of an earlier run: whatever ends this one, nobody takes the old plan for the new one.

    *params* need not have been checked yet.
    """
    paths = {
        option: os.path.expanduser(os.path.expandvars(str(params[option]))) for option in FILES if params.get(option)
    }
    real: dict[str, str] = {}
    for option, path in paths.items():
        other = real.setdefault(os.path.realpath(path), option)
        if other != option:
            raise OptionError(f"{option} and {other} name the same file", "Name another one in one of the two")
    for option in paths.keys() - {"plan_in"}:
        plan_file.forget(option, paths[option])


class Fleet:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.engine = Planner(run)
        self.version = run.api.version
        self.name: str | None = run.params["name"]
        self.title = "fleet" if self.name is None else f"fleet '{self.name}'"
        # How lines of progress begin.
        self.called = self.name or "fleet"
        self.parallel: int = run.params["parallel"]
        self.unlisted: dict[str, list[dict[str, Any]]] = {}
        self.organization = Organization(self.engine, (), {})
        self._folders: dict[str, str] = {}
        self.guard = Guard(run, self.engine)

    def ensure(self) -> dict[str, Any]:
        """Plan everything, and unless in check mode carry it out; returns the module's result."""
        self._check_options()
        params = self.run.params
        reviewed = plan_file.read(params["plan_in"]) if params.get("plan_in") else None
        entries, asked = self._read()
        self.organization = Organization(self.engine, asked, params.get("purge_lists") or {})
        rows = self._rows(entries)
        jobs = self._jobs(entries, rows)
        self._note_unlisted([job for job in jobs if job.noun is CLUSTER], rows)
        self.guard.read_folders()
        told = self._summary(jobs)
        content = self._content(jobs, told) if any(params.get(name) for name in FILES) else {}
        if not self.run.waiter.enabled:
            for job in jobs:
                job.leave_what_would_wait()
            told = self._summary(jobs)
        told["findings"] = content["findings"] = self.guard.judge(self.name, told["objects"], told["money"])
        refused = refusal(told["findings"])
        steps = [step for job in jobs for step in job.steps()]
        plan = Plan(steps, {}, {}, None, [note for job in jobs for note in job.plan.notes])
        pending = any(job.needs_work for job in jobs)
        if self.run.diff:
            remarks = _fleet_plan.remarks(self.unlisted, told["open_to_everybody"])
            remarks += findings_lines(told["findings"])
            costs = money.lines(told["money"])
            plan.text = _fleet_plan.text(self.name, steps, told["counts"], remarks, costs, pending=pending)
            fails = refused or params.get("fail_on_change")
            if fails or (not pending and not any(job.failed for job in jobs)):
                # Ansible shows the differences of a task that has changed something, and of no other.
                for line in plan.text.splitlines():
                    self.run.waiter.notify(line)
        if (plan.changed or pending) and not refused:
            self.run.before_change()
        if params.get("plan_out"):
            plan_file.write("plan_out", params["plan_out"], plan_file.encoded(content, self.engine.now))
        if params.get("plan_markdown"):
            plan_file.write("plan_markdown", params["plan_markdown"], markdown(content).encode())
        if reviewed:
            self._compare(reviewed, content, jobs)
        crew = Crew(self.engine, self.called, self.parallel, ends=not self.run.diff)

        def apply() -> dict[str, Any]:
            crew.carry_out(jobs)
            return self._outcome(jobs, told)

        planned = self._outcome(jobs, told, planned=True)
        if refused:
            return {**planned, "changed": False, "plan": plan.describe(), "failed": True, "msg": refused}
        result = concluded(self.run, plan, planned, planned, apply, pending=pending)
        if crew.applied and self.run.diff:
            result["diff"]["prepared"] += f"{crew.applied}\n"
            if result.get("failed"):
                # Nor does it show those of a task that has failed.
                self.run.waiter.notify(f"{self.called}: {crew.applied}")
        return result

    def _summary(self, jobs: Sequence[Job]) -> dict[str, Any]:
        """What the plan comes to, for whoever reads it and for programs."""
        clusters = [job for job in jobs if job.noun is CLUSTER]
        limited = [(job.label, job.parent.row, job.parent.row if job.failed else job.predicted()) for job in clusters]
        return {
            "counts": counts_of(jobs),
            "drift": any(job.steps() for job in jobs),
            "money": money.money(limited, self.version),
            "open_to_everybody": [job.label for job in clusters if job.is_open],
            "objects": objects_of(jobs, self.run.listings) if any(map(self.run.params.get, LOOKED_AT)) else [],
        }

    def _content(self, jobs: Sequence[Job], told: Mapping[str, Any]) -> dict[str, Any]:
        """The plan as a file has it, with what is *told* of it. How long somebody waits when it is carried out makes no difference to it."""
        organization = self.run.api.organization("a plan file")
        content = {
            "fleet": self.name,
            "organization": {name: value or None for name, value in organization.items()},
            "api_version": self.version,
            **told,
            "plan": [step.describe() for job in jobs for step in job.steps()],
            "desired": plan_file.described(self.run.params),
            **self.unlisted,
        }
        return dict(plan_file.plain(content))

    def _compare(self, reviewed: Mapping[str, Any], content: Mapping[str, Any], jobs: Sequence[Job]) -> None:
        """CrdbError where what would be done is not what was reviewed; what is planned anew later is refused then."""
        plan_file.check_origin(reviewed, content)
        unread = next((job for job in jobs if job.failed), None)
        if unread:
            raise CrdbError(
                f"plan_in: {unread.parent.label} can't be compared with the plan, and nothing was changed: {unread.error}"
            )
        ids = {job.label: job.parent.id for job in jobs}

        def is_gone(step: Mapping[str, Any]) -> bool:
            noun, cluster = NOUNS[step["noun"]], ids.get(step.get("cluster", ""), "")
            rows = self.run.listings.known(noun.collection({"cluster": cluster})) if step["id"] else None
            return rows is not None and all(noun.is_gone(row) or noun.addressed(row) != step["id"] for row in rows)

        review = Review(reviewed)
        review.compare(content, is_gone)

        def admit(item: Item, parent: Parent | None) -> None:
            place = parent if parent and parent.noun is CLUSTER else Parent(item.noun, item.title, row=item.row)
            cluster = place.called if place.noun is CLUSTER else ""
            review.admit([plan_file.plain(step.describe()) for step in item.stamped(cluster)])

        self.engine.guards.append(admit)

    # --- what is wanted ------------------------------------------------------------------------------------------

    def _check_options(self) -> None:
        params = self.run.params
        if params.get("fail_on_change") and not self.run.check_mode:
            raise OptionError(
                "fail_on_change says in check mode alone whether anything differs",
                "Run the task in check mode, or leave the option out",
            )
        check_parallel(self.parallel)
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

    def _read(self) -> tuple[list[Entry], list[Asked]]:
        """The clusters that are listed, and what is listed in the organization; OptionError says all that is wrong with them."""
        mistakes, asked = Mistakes(), list[Asked]()
        entries = read_entries(self.run.params["clusters"] or (), self.version, self.name, mistakes)
        try:
            asked = wanted_lists(self.run.params, self.version)
        except OptionError as error:
            mistakes.add(None, error)
        mistakes.refuse()
        return entries, asked

    def _children(self, params: Mapping[str, Any]) -> list[Asked]:
        return wanted_children(params, self.version)

    # --- what is there, and the plan -----------------------------------------------------------------------------

    def _rows(self, entries: Sequence[Entry]) -> list[dict[str, Any]]:
        """All clusters that the key sees: none, with a warning, where it may only create them and nothing else is asked for.

        They are not listed where nothing is asked of them.
        """
        params = self.run.params
        if params["clusters"] is None and self.name is None and not params["report_unlisted"]:
            return []
        try:
            return self.engine.listed(CLUSTER, Scope())
        except CrdbError as error:
            must_see = params["purge"] or any(entry.id for entry in entries)
            if must_see or not lacks_role(error):
                raise explained(error, "list the clusters", CLUSTER.roles) from None
            self.run.warn(unseen(CLUSTER, "all clusters that are listed here are"))
            return []

    def _jobs(self, entries: Sequence[Entry], rows: Sequence[dict[str, Any]]) -> list[Job]:
        by_id = {row.get("id"): row for row in rows}
        by_name: dict[Any, list[dict[str, Any]]] = {}
        for row in rows:
            by_name.setdefault(row.get("name"), []).append(row)
        mistakes, around = Mistakes(), self.organization
        around.plan_before_clusters()
        pairs: list[tuple[Entry, Job]] = []
        taken: dict[str, str] = {}
        for entry in entries:
            try:
                found = self._row(entry, by_id, by_name)
                if found and taken.setdefault(found["id"], entry.label) != entry.label:
                    raise OptionError(f"it is the same cluster as '{taken[found['id']]}'")
                parent = Parent(CLUSTER, entry.label, (found or {}).get("id", ""), found)
                pairs.append((entry, self._plan_cluster(entry, parent)))
            except OptionError as error:
                mistakes.add(entry, error)
        purged = []
        try:
            purged = self._purged(rows, set(taken), {entry.label for entry in entries})
        except OptionError as error:
            mistakes.add(None, error)
        around.plan_around(purged)
        if around.wrong:
            mistakes.add(None, Mistaken(around.wrong))
        for entry, problem in self._plan_children(pairs):
            mistakes.add(entry, problem)
        mistakes.refuse()
        self._warn_of_open(pairs)
        return [*around.first, *(job for _entry, job in pairs), *around.rest, *purged, *around.deletions]

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

    def _plan_cluster(self, entry: Entry, parent: Parent) -> Job:
        """Plan the cluster itself, which is *parent* of what is below it."""
        row = parent.row
        work = self._work_of(entry, parent)
        again = partial(self._work_of, entry, parent)
        job = Job(work, prerequisites=self.organization.makers(work.finder.awaited), replan=again, parent=parent)
        self.organization.makes(CLUSTER, job)
        wanted = job.item.desired.values
        job.begins = {**wanted, **entry.begins_with(wanted, self.version)}
        job.deferred = bool(row) and not state.is_settled(row or {})
        job.folder = entry.wanted.get("folder", "")
        job.replan_members = lambda: self._plan_children_of(entry, job)
        return job

    def _work_of(self, entry: Entry, parent: Parent) -> Work:
        """What is to be done to a cluster itself; asked again once it has settled, where it was not when it was listed."""
        row, engine = parent.row, self.engine.about(self.run.params)
        scope = engine.scope(CLUSTER, None)
        wanted = self._owned(CLUSTER.placed(entry.wanted, partial(self._folder, engine)), row)
        if not row:
            wanted = {**wanted, **entry.begins_with(wanted, self.version)}
        item = engine.planned(Desired(CLUSTER, {"name": entry.name}, wanted), scope, [row] if row else [])
        return Work(engine, item, scope)

    def _folder(self, engine: Planner, called: str) -> str:
        """The id of a folder, which is looked for once, and again where it is still to be made."""
        if called not in self._folders:
            found = engine.id_of("folder", called)
            if engine.awaited:
                return found
            self._folders[called] = found
        return self._folders[called]

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
            scope = self.engine.scope(CLUSTER, None)
            item = plan_item(Desired(CLUSTER, {"name": name}, {}, absent=True), scope, [row])
            jobs.append(Job(Work(self.engine, item, scope), parent=Parent(CLUSTER, name, row["id"], row)))
        return jobs

    def _note_unlisted(self, jobs: Sequence[Job], rows: Sequence[dict[str, Any]]) -> None:
        """Keep in mind which clusters nobody listed, and the plan leaves alone."""
        touched = {job.parent.id for job in jobs}
        others = [row for row in rows if row["id"] not in touched]
        marked = [row for row in others if self.name is not None and self._is_marked(row)]
        self.unlisted = {"marked_unlisted": [_brief(row) for row in marked]}
        if self.run.params["report_unlisted"]:
            self.unlisted["unlisted"] = [_brief(row) for row in others]

    def _is_marked(self, row: Mapping[str, Any]) -> bool:
        return (row.get("labels") or {}).get(LABEL) == self.name

    def _warn_of_open(self, pairs: Sequence[tuple[Entry, Job]]) -> None:
        """Warn of clusters that stay open to everybody, although somebody has said who may reach them."""
        found = [job.label for entry, job in pairs if job.is_open and entry.narrows]
        if found:
            shown = ", ".join(f"'{name}'" for name in found[:NAMED])
            more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
            self.run.warn(
                f"Open to everybody, beside what their allowlist says here: {shown}{more}. The entry 0.0.0.0/0 is not listed:"
                " delete it with purge_children: [allowlist], or list it"
            )

    def _plan_children(self, pairs: Sequence[tuple[Entry, Job]]) -> list[tuple[Entry, OptionError]]:
        """Plan what is below each cluster, reading side by side; returns what is wrong with whose plan."""
        wrong = []
        progress = Progress(self.run.waiter, self.called)
        with ThreadPoolExecutor(self.parallel, "crdb-read") as pool:
            futures = [(entry, job, pool.submit(self._plan_children_of, entry, job)) for entry, job in pairs]
            try:
                for number, (entry, job, future) in enumerate(futures):
                    progress.read(future, number, len(futures))
                    try:
                        future.result()
                    except OptionError as error:
                        wrong.append((entry, error))
                    except CrdbError as error:
                        job.fail("read what is there", error)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
        return wrong

    def _plan_children_of(self, entry: Entry, job: Job) -> None:
        found: list[Job] = []
        wrong: list[tuple[str, str]] = []
        for asked in entry.children:
            try:
                found += self._members(asked, job)
            except Mistaken as error:
                wrong += error.places
            if asked.noun is ALLOWLIST_ENTRY:
                job.networks = self._rows_below(ALLOWLIST_ENTRY, job)
        if wrong:
            raise Mistaken(wrong)
        job.members = found
        if job.networks is None and not job.parent.row:
            job.networks = ALLOWLIST_ENTRY.initial(job.begins)
        elif job.networks is None and self.guard.needs_networks:
            job.networks = self.guard.tried(lambda: self._rows_below(ALLOWLIST_ENTRY, job))

    def _members(self, asked: Asked, job: Job) -> list[Job]:
        """The jobs for what is *asked* for below the cluster of *job*."""
        parent, begins = job.parent, None
        if not self._is_there(parent):
            parent, begins = replace(parent, id=NIL_ID, row=job.predicted()), job.begins
        works = self.engine.plan(asked, parent, begins)
        return [self.organization.job(work, group=job) for work in works]

    @staticmethod
    def _is_there(parent: Parent) -> bool:
        """Whether anything can be below the cluster yet."""
        return bool(parent.row) and (parent.row or {}).get("state") != state.CREATING

    def _rows_below(self, noun: Noun, job: Job) -> Sequence[dict[str, Any]]:
        """What is below a cluster now, or as soon as it is there."""
        return self.engine.rows_of(noun, job.parent) or () if self._is_there(job.parent) else noun.initial(job.begins)

    # --- the result ----------------------------------------------------------------------------------------------

    def _outcome(self, jobs: Sequence[Job], told: Mapping[str, Any], *, planned: bool = False) -> dict[str, Any]:
        results = [job.planned() if planned else job.result() for job in jobs]
        listed = [job for job in jobs if job.noun is CLUSTER and not job.deletes]
        reported = {*REPORTED, *(["objects"] if self.run.params.get("report_objects") else [])}
        found: dict[str, Any] = {
            "fleet": self.name,
            **self.organization.shown(planned=planned),
            "clusters": [row for row in (job.predicted() if planned else job.parent.row for job in listed) if row],
            "results": results,
            **{name: value for name, value in told.items() if name in reported},
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
        first = [(entry["name"], entry["failed"][0]["msg"]) for entry in failed[:NAMED]]
        shown = "; ".join(text if f"'{name}'" in text else f"'{name}': {text}" for name, text in first)
        more = f"; and {len(failed) - NAMED} more" if len(failed) > NAMED else ""
        what = "clusters" if all(entry["noun"] == CLUSTER.name for entry in failed) else "clusters and other objects"
        return (
            f"{len(failed)} of {count} {what} of the {self.title} failed: {shown}{more}. "
            "What failed and what was left out is in results; run the task again to go on"
        )


def _brief(row: Mapping[str, Any]) -> dict[str, Any]:
    """How a cluster is named that nobody listed."""
    return {"name": row.get("name"), "id": row["id"], "parent_id": row.get("parent_id") or "root"}
