# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fleet lists in the organization, beside and around its clusters: planned after what it needs, deleted before what needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from .._base.errors import CrdbError, OptionError
from .._nouns.cluster import CLUSTER
from .._nouns.declared import NIL_ID, Scope
from .._nouns.noun import Noun
from .._nouns.people import PERSON
from .._nouns.registry import NOUNS, ORDER, PURGED, needs
from .._nouns.scim import SCIM_USER
from .._nouns.virtual_cluster import VIRTUAL_CLUSTER
from .._reconcile.finder import Coming
from .._reconcile.work import Work
from .entries import Ask, Asked, Mistaken
from .jobs import Job
from .planner import Planner, planner_of

GONE = ("absent", "deleted")
# What is made as the one of them is the other, too, by its own name.
ALSO = {SCIM_USER.name: PERSON, VIRTUAL_CLUSTER.name: CLUSTER}


class Organization:
    """Plans the lists *asked* for, and what *purged* names, by list.

    *first* are the jobs that come before those of clusters, *rest* those after them, *deletions* come last.
    """

    def __init__(self, engine: Planner, asked: Sequence[Asked], purged: Mapping[str, Sequence[str]]) -> None:
        self.engine = engine
        self.purged = purged
        self.first: list[Job] = []
        self.rest: list[Job] = []
        self.deletions: list[Job] = []
        self.wrong: list[tuple[str, str]] = []
        # Who makes what the same plan refers to.
        self._makers: dict[Coming, Job] = {}
        self._present = {each.noun.name: _part(each, gone=False) for each in asked}
        self._absent = {each.noun.name: _part(each, gone=True) for each in asked}

    def plan_before_clusters(self) -> None:
        """Plan what clusters may need."""
        self.first = self._plan(noun for noun in ORDER if noun.name in needs(CLUSTER))

    def plan_around(self, clusters: Iterable[Job]) -> None:
        """Plan the rest, once it is planned what becomes of *clusters*."""
        gone = [job for job in clusters if job.deletes]
        self.engine.doomed |= {job.parent.id for job in gone}
        # They are planned first: nobody counts on what will not be there any more.
        for noun in reversed(ORDER):
            self.deletions += self._plan_deletions(noun, [*gone, *self.deletions])
        self.rest = self._plan(noun for noun in ORDER if noun.name not in needs(CLUSTER))

    def makes(self, noun: Noun, job: Job) -> None:
        """Note that *job* makes or renames an object of *noun* that others may refer to."""
        item = job.item
        if item.plan.predicted is None or not item.plan.steps:
            return
        id_ = item.address or NIL_ID
        self._makers[self.engine.comes(noun, item.desired.key, id_)] = job
        also, name = ALSO.get(noun.name), str(item.desired.key[noun.key[-1].name] if noun.key else "")
        if also and id_ == NIL_ID and also.can_be_called(name):
            self._makers[self.engine.comes(also, also.key_of_name(name), id_)] = job

    def makers(self, awaited: Iterable[Coming]) -> list[Job]:
        """The jobs that make what is *awaited*."""
        return [self._makers[mark] for mark in sorted(awaited, key=repr) if mark in self._makers]

    def job(self, work: Work, group: Job | None = None) -> Job:
        """The job that does *work*, after what the same plan makes for it, and after *group* where it lives in that."""
        needed = [*([group] if group else []), *self.makers(work.finder.awaited)]
        job = Job(work, prerequisites=needed, replan=partial(_again, work, group), group=group)
        planner = planner_of(work)
        job.deferred = planner.deferred
        if planner.failure:
            job.fail(f"wait for {work.item.desired.label}", planner.failure)
        return job

    def shown(self, *, planned: bool) -> dict[str, list[dict[str, Any]]]:
        """The objects that are listed, by their list, as they are, or as they will be where all is only *planned*."""
        found: dict[str, list[dict[str, Any]]] = {part.noun.plural: [] for part in self._present.values()}
        for job in (*self.first, *self.rest):
            row = job.plan.predicted if planned and job.plan.steps else job.work.outcome
            if row and not job.deletes:
                found[job.noun.plural].append(row)
        return found

    # --- the plan ------------------------------------------------------------------------------------------------

    def _plan(self, nouns: Iterable[Noun]) -> list[Job]:
        found = []
        for noun in nouns:
            asked = self._present.get(noun.name)
            for work in self._works(asked) if asked else ():
                job = self.job(work)
                self.makes(noun, job)
                found.append(job)
        return found

    def _works(self, asked: Asked) -> list[Work]:
        try:
            return self.engine.plan(asked)
        except OptionError as error:
            self.wrong += error.places if isinstance(error, Mistaken) else [(asked.noun.plural, str(error))]
        return []

    def _plan_deletions(self, noun: Noun, before: Sequence[Job]) -> list[Job]:
        """Plan what is to be deleted of *noun*, after what lies in it is."""
        asked = self._absent.get(noun.name) or Asked(noun, [])
        if noun in PURGED:
            try:
                asked.asks += self._purges(noun)
            except OptionError as error:
                self.wrong.append((f"purge_lists.{noun.plural}", str(error)))
        found: list[Job] = []
        # What lies in others of the same noun comes before these.
        for ask in (
            sorted(asked.asks, key=lambda ask: -str(ask.params.get("path")).count("/")) if noun.nested else asked.asks
        ):
            for work in self._works(Asked(noun, [ask])):
                others = [job for job in (*before, *found) if noun.name in needs(job.noun) or job.noun.nested]
                job = Job(work, prerequisites=others)
                self.engine.doomed |= {str(row[noun.address[0]]) for row in (work.item.row,) if row and noun.has_ids}
                found.append(job)
        return found

    def _purges(self, noun: Noun) -> list[Ask]:
        names = self.purged.get(noun.plural) or ()
        if not names:
            return []
        try:
            rows = self.engine.listed(noun, Scope())
            said = [(row, self._said(noun, row)) for row in rows]
        except CrdbError as error:
            raise OptionError(str(noun.explained(error, f"list the {noun.many}"))) from None
        listed = {
            self._called(ask)
            for part in (self._present, self._absent)
            if noun.name in part
            for ask in part[noun.name].asks
        }
        asks = []
        for name in dict.fromkeys(names):
            found = [(row, key) for row, key in said if noun.called(key) == name]
            ids = {str(row[noun.address[0]]) for row, _key in found}
            if listed & ({name} | ids):
                raise OptionError(
                    f"it names the {noun.words} '{name}', which is listed in {noun.plural}",
                    "Take it out of one of the two",
                )
            if len(found) > 1 and not noun.reveals:
                raise OptionError(
                    f"there are {len(found)} {noun.many} named '{name}'",
                    f"List the one that is meant with its id and state: absent; their ids: {', '.join(sorted(ids))}",
                )
            usual = {option.name: option.default for option in noun.options}
            for row, key in found:
                params = {**usual, **key, "id": str(row[noun.address[0]]), "state": _gone(noun)}
                asks.append(Ask(noun, params, f"purge_lists.{noun.plural}"))
        return asks

    def _said(self, noun: Noun, row: Mapping[str, Any]) -> dict[str, Any]:
        """The identity of *row* in a person's words: with names for what it refers to."""
        key = noun.identity(row)
        for option in noun.key:
            if option.ref:
                other = NOUNS[option.ref]
                rows = self.engine.listed(other, Scope())
                names = {str(each[other.address[0]]): other.called(other.identity(each)) for each in rows}
                key[option.name] = names.get(str(key[option.name]), key[option.name])
        return key

    @staticmethod
    def _called(ask: Ask) -> str:
        return str(ask.params.get("id") or ask.noun.called(ask.noun.key_of(ask.params)))


def _again(work: Work, group: Job | None) -> Work:
    """*work* planned anew, now that there is what it refers to, or nothing runs on it any more."""
    parent = group.parent if group else None
    view = planner_of(work).about(work.finder.params, parent)
    view.begins = view.place = view.ahead = view.failure = None
    view.deferred = False
    return view.work_on(work.item.noun, parent)


def _gone(noun: Noun) -> str:
    """What the option state says of an object that shall be deleted."""
    own = next((option.choices for option in noun.options if option.name == "state"), ())
    return next((word for word in reversed(GONE) if word in own), "absent")


def _part(asked: Asked, *, gone: bool) -> Asked:
    """Of *asked* what shall be deleted, or all the rest."""
    deletes = bool(asked.noun.deletes)
    state = _gone(asked.noun)
    asks = [ask for ask in asked.asks if (deletes and ask.params.get("state") == state) == gone]
    return Asked(asked.noun, asks)
