# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine: looks at what is there, plans, and applies. Check mode stops between plan and apply, here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ._answers import TEXT, Either, Object, Shape, page
from ._apply import Applier
from ._cloud_api import CloudApi
from ._errors import ApiError, CrdbError, OptionError, ends_all, explained, lacks_role
from ._items import FAILED, SKIPPED, Item, merged, plan_item, plan_items, rows_after, wanted_of
from ._listings import Listings
from ._plan import Plan
from ._resources import _cluster_rules as rules
from ._resources import _cluster_state as state
from ._resources import _cluster_versions as versions
from ._resources._base import Resource, segment
from ._resources._cluster import CLUSTER, NIL_ID, UUID
from ._resources._limits import SPEND_LIMIT_GONE
from ._resources._spend_limit import SPEND_LIMIT
from ._wait import Waiter

# A region that a provider has to offer; the first documentation has its name alone.
REGION = Either(TEXT, Object({"name": TEXT}))
# How many failures a message names before it points to the results.
NAMED = 5
LIMITING = frozenset({"spend_limit", "usage_limits"})


class Surrounding(Protocol):
    """What check mode and diff mode need to know of a run."""

    check_mode: bool
    diff: bool
    warn: Callable[[str], None]

    def before_change(self) -> None:
        """To be called before anything is changed, or predicted to be."""


class Run(Surrounding, Protocol):
    """One run of one module: what the edge hands to the engine."""

    params: Mapping[str, Any]
    api: CloudApi
    listings: Listings
    waiter: Waiter


class Completion(Protocol):
    """What completes the entries of a collection, once its *rows* are known, and notes that before anything is sent."""

    def fill(
        self, entries: Iterable[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]
    ) -> Iterable[Mapping[str, Any]]:
        """*entries*, completed."""

    def write_down(self) -> None:
        """Keep what fill() has made up, before anything is sent."""


@dataclass
class Place:
    """Where an object lives: a cluster, by name or id, that may be missing."""

    given: str
    cluster_id: str = ""
    row: dict[str, Any] | None = None
    missing: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"cluster '{self.given}'"


class Engine:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.api = run.api
        # Why nothing more is tried, once that is so.
        self.stop = ""

    # --- what is there -------------------------------------------------------------------------------------------

    def clusters(self, *, fresh: bool = False) -> list[dict[str, Any]]:
        """All clusters that are not deleted, over all pages."""
        rows = self.run.listings.rows(
            CLUSTER.path, lambda: self.api.rows(CLUSTER.path, CLUSTER.rows, shape=CLUSTER.shape), fresh=fresh
        )
        return [row for row in rows if not state.is_gone(row)]

    def cluster_by_id(self, cluster_id: str) -> dict[str, Any] | None:
        """The cluster with this id, None where there is none; deleted ones answer with state DELETED."""
        try:
            row = self.api.get(f"{CLUSTER.path}/{segment(cluster_id)}", shape=CLUSTER.shape)
        except CrdbError as error:
            if isinstance(error, ApiError) and error.status == 404:
                return None
            raise explained(error, f"read cluster '{cluster_id}'", CLUSTER.roles) from None
        self.run.listings.replace(CLUSTER.path, lambda item: item.get("id") == row.get("id"), row)
        return row

    def cluster_by_name(self, name: str, *, fresh: bool = False) -> dict[str, Any] | None:
        """The one live cluster of this name; several are an error, never a choice."""
        try:
            found = [row for row in self.clusters(fresh=fresh) if row.get("name") == name]
        except CrdbError as error:
            raise explained(error, "list the clusters", CLUSTER.roles) from None
        if len(found) > 1:
            ids = ", ".join(sorted(str(row.get("id")) for row in found))
            raise OptionError(
                f"There are {len(found)} clusters named '{name}'", f"Give the id of the one that is meant: {ids}"
            )
        return found[0] if found else None

    def place(self, given: str) -> Place:
        """Find the cluster that the option ``cluster`` names. An id costs no request."""
        if not given.strip():
            raise OptionError("cluster must say which one is meant, by name or id; it is empty")
        if given == NIL_ID:
            return Place(given, missing=True)
        if UUID.fullmatch(given):
            return Place(given, given)
        row = self.cluster_by_name(given)
        return Place(given, row["id"], row) if row else Place(given, missing=True)

    def rows_of(self, resource: Resource, place: Place, *, fresh: bool = False) -> list[Any] | None:
        """The rows of a collection of a cluster; None where the cluster is missing, or (in check mode) not ready yet."""
        path = resource.collection(place.cluster_id)
        try:
            return self.run.listings.rows(
                path, lambda: self.api.rows(path, resource.rows, shape=resource.shape), fresh=fresh
            )
        except CrdbError as error:
            if not isinstance(error, ApiError) or error.status != 404:
                raise explained(error, f"list the {resource.many} of {place.label}", resource.roles) from None
            place.row = self.cluster_by_id(place.cluster_id)
            if state.is_gone(place.row):
                place.missing = True
                return None
            if self.run.check_mode and not state.is_settled(place.row or {}):
                if (place.row or {}).get("state") == state.CREATING:
                    return None
                raise explained(error, f"list the {resource.many} of {place.label}", resource.roles) from None
        # It may have become ready between the two requests.
        if not state.is_settled(place.row or {}):
            if not self.run.waiter.enabled:
                raise OptionError(
                    f"{place.label} is still {state.status(place.row or {})}",
                    "Set wait: true to wait until it is ready",
                )
            self.await_cluster(place.cluster_id, place.label, place.row)
        try:
            return self.run.listings.rows(
                path, lambda: self.api.rows(path, resource.rows, shape=resource.shape), fresh=True
            )
        except CrdbError as error:
            raise explained(error, f"list the {resource.many} of {place.label}", resource.roles) from None

    def await_cluster(self, cluster_id: str, label: str, row: dict[str, Any] | None = None) -> dict[str, Any]:
        """Wait until nothing runs on the cluster any more, and return it."""

        def read() -> dict[str, Any]:
            return self.cluster_by_id(cluster_id) or {"id": cluster_id, "state": state.DELETED}

        settled: dict[str, Any] = self.run.waiter.until(
            label,
            read,
            settled=state.is_settled,
            failed=state.failure,
            describe=state.status,
            latest=row,
            slowest=state.patience(row or {}),
            shown="cluster",
            name=str((row or {}).get("name") or ""),
        )
        return settled

    # --- modules -------------------------------------------------------------------------------------------------

    def ensure(self, resource: Resource) -> dict[str, Any]:
        """Bring one object of a cluster's collection to the wanted state, and return the module's result."""
        wish = resource.wish(self.run.params, self.api.version)
        place = self.place(self.run.params["cluster"])
        rows = None if place.missing else self.rows_of(resource, place)
        if rows is None:
            self._explain_missing(place, wish.label, wish.absent)
        row = resource.find(resource.by_mark(rows or ()), wish)
        item = plan_item(wish, place.label, place.cluster_id, row, self.api.version)

        def apply() -> dict[str, Any] | None:
            found = self.apply_item(item, place)
            self.await_rollout(resource, place)
            return found

        result = conclude(self.run, resource.noun, item.plan, item.current, apply)
        return {**result, **resource.farewell(item.row)} if wish.absent and item.row else result

    def ensure_all(
        self, resource: Resource, entries: Iterable[Mapping[str, Any]], completion: Completion | None = None
    ) -> dict[str, Any]:
        """Bring many objects of one cluster's collection to the wanted state: one listing, only the writes that differ.

        *completion* adds to the entries what can only be said when it is known what is there.
        """
        params, version = self.run.params, self.api.version
        entries = list(entries)
        rest = {"purge": params["purge"], "protected": params["protected"]}
        wanted = wanted_of(resource, entries, version, **rest)
        place = self.place(params["cluster"])
        rows = None if place.missing else self.rows_of(resource, place, fresh=completion is not None)
        if rows is None:
            absent = all(wish.absent for wish in wanted.wishes)
            self._explain_missing(place, f"its {resource.many}", absent)
        rows = rows or []
        if completion:
            wanted = wanted_of(resource, completion.fill(entries, rows), version, **rest)
        items = plan_items(wanted, place.label, place.cluster_id, rows, version)
        plan = merged(resource.plural, items)

        def outcome(results: list[dict[str, Any]], after: list[dict[str, Any]]) -> dict[str, Any]:
            return {"results": results, resource.plural: after}

        def apply() -> dict[str, Any]:
            if completion:
                completion.write_down()
            results, reached = self.apply_items(items, place)
            self.await_rollouts(reached, place)
            after = rows_after(resource, rows, reached)
            return {**outcome(results, after), **unreached(results, f"{resource.many} of {place.label}", resource)}

        planned = outcome([item.result() for item in items], rows_after(resource, rows, items))
        return concluded(self.run, plan, planned, planned, apply)

    def apply_items(self, items: Iterable[Item], place: Place) -> tuple[list[dict[str, Any]], list[Item]]:
        """Carry the plans of *items* out, one after the other: the results of all, and the items that got there.

        One that fails does not keep the others from being tried, unless nothing can be reached any more.
        """
        results, reached = [], []
        for item in items:
            if self.stop and item.plan.steps:
                results.append(item.result(SKIPPED, self.stop))
                continue
            if item.plan.steps:
                written = self.api.written_here
                try:
                    self.apply_item(item, place)
                except CrdbError as error:
                    touched = self.api.written_here > written
                    results.append(item.result(FAILED, str(error), touched=touched))
                    self.run.listings.forget(item.wish.resource.collection(place.cluster_id))
                    if ends_all(error):
                        self.halt(error)
                    continue
            results.append(item.result())
            reached.append(item)
        return results, reached

    def await_rollouts(self, reached: Iterable[Item], place: Place) -> None:
        """Wait until what apply_items() has changed is in force, once for each kind."""
        for resource in dict.fromkeys(item.wish.resource for item in reached if item.plan.steps):
            self.await_rollout(resource, place)

    def halt(self, error: CrdbError) -> None:
        """Try nothing more, since nothing else can succeed after *error*."""
        self.stop = self.stop or f"Not tried, since an earlier request failed: {error.summary()}"

    def apply_item(self, item: Item, place: Place) -> dict[str, Any] | None:
        """Carry one item's plan out, and return the object as it is then."""
        resource, key = item.wish.resource, item.wish.key

        def look() -> dict[str, Any] | None:
            rows = self.rows_of(resource, place, fresh=True) or ()
            return resource.find(resource.by_mark(rows), item.wish)

        def remember(found: Any) -> dict[str, Any] | None:
            path = resource.collection(place.cluster_id)
            self.run.listings.replace(path, lambda row: row == item.row or resource.same(key, row), found)
            return resource.shown(found) if found else None

        return Applier(self, resource, place, item.wish.values, key, look, remember).apply(item.plan)

    def await_rollout(self, resource: Resource, place: Place) -> None:
        """Wait until changes of a collection are in force, where the API says so."""
        if not resource.propagating or not self.run.waiter.enabled:
            return
        path = resource.collection(place.cluster_id)
        shape = page(resource.rows, resource.shape)

        def read() -> dict[str, Any]:
            return self.api.get(path, {"pagination.limit": 1}, shape=shape)

        self.run.waiter.until(
            f"{resource.title} on {place.label}",
            read,
            settled=lambda body: not body.get(resource.propagating),
            failed=lambda body: "",
            describe=lambda body: "propagating" if body.get(resource.propagating) else "in force",
            latest=read(),
        )

    def ensure_cluster(self) -> dict[str, Any]:
        """The module cluster: as ensure(), for the noun that is its own place."""
        params, version = self.run.params, self.api.version
        if not (params.get("name") or params.get("id")):
            raise OptionError("name must say which cluster is meant, or id; both are empty")
        absent = params.get("state") == "absent"
        wanted = {} if absent else CLUSTER.wanted(params, version)
        key, row = CLUSTER.key(params), self._find_cluster(absent)
        label = CLUSTER.label({"name": key["name"] or (row or {}).get("name"), "id": params.get("id")})
        if row and not absent and self.run.waiter.enabled and not self.run.check_mode and not state.is_settled(row):
            row = self.await_cluster(row["id"], label, row)
        if absent:
            plan = CLUSTER.delete("", row["id"], key, row, version) if row else Plan([], {}, {}, None)
        else:
            plan = (
                CLUSTER.update("", row["id"], key, wanted, row, version)
                if row
                else CLUSTER.create("", "", key, wanted, version)
            )
            self.check_offered(wanted, row, plan)
            if not self.run.waiter.enabled:
                self._check_without_waiting(plan)
        place = Place(str(key["name"] or params.get("id")), (row or {}).get("id", ""), row)

        def look() -> dict[str, Any] | None:
            return (
                self.cluster_by_id(place.cluster_id)
                if place.cluster_id
                else self.cluster_by_name(str(key["name"]), fresh=True)
            )

        def remember(found: Any) -> dict[str, Any] | None:
            known = place.cluster_id
            self.run.listings.replace(CLUSTER.path, lambda item: item.get("id") == known, found)
            return dict(found) if found else None

        return self._finish(CLUSTER, plan, Applier(self, CLUSTER, place, wanted, key, look, remember), current=row)

    def ensure_singleton(self, resource: Resource) -> dict[str, Any]:
        """A noun that every cluster has exactly once, as fields of the cluster."""
        params, version = self.run.params, self.api.version
        wanted = resource.wanted(params, version)
        place = self.place(params["cluster"])
        if not place.missing and place.row is None:
            place.row = self.cluster_by_id(place.cluster_id)
            place.missing = state.is_gone(place.row)
        if place.missing:
            self._explain_missing(place, resource.title, absent=False)
            plan = resource.create(place.label, "", {}, wanted, version)
        else:
            row = place.row or {}
            if row.get("state") == state.CREATING and not self.run.check_mode and self.run.waiter.enabled:
                row = self.await_cluster(place.cluster_id, place.label, row)
            plan = resource.update(place.label, place.cluster_id, {}, wanted, row, version)
            self.check_limited(place.label, row, plan)

        def look() -> dict[str, Any] | None:
            return self.cluster_by_id(place.cluster_id)

        def remember(found: Any) -> dict[str, Any] | None:
            # Some versions answer with nothing, so the outcome has to be read.
            row = found if found.get("config") else self.cluster_by_id(place.cluster_id) or {}
            self.run.listings.replace(CLUSTER.path, lambda item: item.get("id") == row.get("id"), row)
            return resource.shown(row)

        current = resource.shown(place.row) if place.row else None
        return self._finish(resource, plan, Applier(self, resource, place, wanted, {}, look, remember), current=current)

    # --- pieces --------------------------------------------------------------------------------------------------

    def _find_cluster(self, absent: bool) -> dict[str, Any] | None:
        params = self.run.params
        if not params.get("id"):
            try:
                return self.cluster_by_name(params["name"])
            except ApiError as error:
                if absent or not lacks_role(error):
                    raise
                self.run.warn(unseen(f"cluster '{params['name']}' is"))
                return None
        row = self.cluster_by_id(params["id"])
        if state.is_gone(row):
            if not absent:
                raise OptionError(
                    f"There is no cluster with the id '{params['id']}'",
                    "An id is never created: give the name without an id to make a new cluster",
                )
            return None
        if absent and params.get("name") and row and row.get("name") != params["name"]:
            raise OptionError(
                f"The cluster with id '{params['id']}' is named '{row.get('name')}', not '{params['name']}'; nothing was deleted"
            )
        return row

    @staticmethod
    def _check_without_waiting(plan: Plan) -> None:
        """Refuse what can't be done without waiting, and predict what is there when nobody waits."""
        locking = next((step for step in plan.steps[:-1] if step.locks), None)
        if locking:
            raise OptionError(
                f"To {locking.doing} takes a while, and what comes after it has to wait for that",
                "Set wait: true, or ask for the rest in a later task",
            )
        plan.without_waiting(len(plan.steps))

    def check_offered(self, wanted: Mapping[str, Any], row: dict[str, Any] | None, plan: Plan) -> None:
        """Refuse regions, versions and limits that the service does not have for this cluster, before they are sent."""
        self._check_regions(wanted, row)
        if row:
            self.check_limited(f"cluster '{row.get('name')}'", row, plan)
        if not versions.has_to_be_offered(wanted, row):
            return
        path = "/cluster-versions"
        try:
            offered = self.run.listings.rows(path, lambda: self.api.rows(path, "versions", shape=versions.OFFER))
        except ApiError as error:
            if lacks_role(error):
                # Then the service speaks for itself.
                return
            raise explained(error, "list the cluster versions", CLUSTER.roles) from None
        except CrdbError as error:
            raise explained(error, "list the cluster versions", CLUSTER.roles) from None
        versions.check_offered(wanted, row, rules.inferred_plan(wanted), offered)

    def check_limited(self, label: str, row: Mapping[str, Any], plan: Plan) -> None:
        """Refuse a limit for a STANDARD cluster, also where the API version shows it as SERVERLESS, as it does BASIC ones."""
        if self.api.version >= SPEND_LIMIT_GONE or not any(LIMITING & set(step.changes) for step in plan.steps):
            return
        try:
            shown = self.api.newest().get(f"{CLUSTER.path}/{segment(row['id'])}", shape=CLUSTER.shape)
        except ApiError:
            # A server without this version: then there are no STANDARD clusters either.
            return
        SPEND_LIMIT.check_plan(label, shown)

    def _check_regions(self, wanted: Mapping[str, Any], row: dict[str, Any] | None) -> None:
        names = CLUSTER.new_regions(wanted, row)
        if not names:
            return
        provider = wanted.get("provider") or (row or {}).get("cloud_provider")
        serverless = "region_nodes" not in wanted
        query = {"provider": provider, **({"serverless": "true"} if serverless else {})}
        path = "/clusters/available-regions"
        try:
            rows = self.run.listings.rows(
                f"{path}?{query}", lambda: self.api.rows(path, "regions", query, shape=REGION)
            )
        except CrdbError as error:
            raise explained(error, f"list the regions of {provider}", CLUSTER.roles) from None
        rules.regions(
            names, state.region_names({"regions": rows}), f"{'serverless ' if serverless else ''}clusters on {provider}"
        )

    def pages_below(
        self, what: str, tail: str, key: str, query: dict[str, Any] | None, roles: str, *, shape: Shape
    ) -> list[dict[str, Any]]:
        """Every page of the collection *key* below the cluster that the options name, for reading alone.

        None of it where the cluster is still being created, or, in check mode, is not there yet.
        """
        place = self.place(self.run.params["cluster"])
        if not place.missing:
            try:
                path = f"{CLUSTER.path}/{segment(place.cluster_id)}{tail}"
                return list(self.api.pages(path, key, query, shape=shape))
            except CrdbError as error:
                unknown = isinstance(error, ApiError) and error.status == 404
                if unknown:
                    place.row = self.cluster_by_id(place.cluster_id)
                    place.missing = state.is_gone(place.row)
                if not place.missing and not (unknown and (place.row or {}).get("state") == state.CREATING):
                    raise explained(error, f"list the {what} of {place.label}", roles) from None
        if place.missing:
            self._explain_missing(place, f"its {what}", absent=False)
        else:
            self.run.warn(f"{place.label} is still {state.status(place.row or {})}, so it has no {what} yet")
        return []

    def _explain_missing(self, place: Place, label: str, absent: bool) -> None:
        problem = f"There is no {place.label}"
        if not place.missing:
            problem = f"{place.label} is still {state.status(place.row or {})}"
        if absent:
            self.run.warn(f"{problem}, so {label} is taken as absent")
        else:
            not_there_yet(
                self.run, problem, label, "Create it first with the module cluster, or correct the option cluster"
            )

    def _finish(
        self, resource: Resource, plan: Plan, applier: Applier, current: dict[str, Any] | None
    ) -> dict[str, Any]:
        return conclude(self.run, resource.noun, plan, current, lambda: applier.apply(plan))


def conclude(
    run: Surrounding, noun: str, plan: Plan, current: dict[str, Any] | None, apply: Callable[[], dict[str, Any] | None]
) -> dict[str, Any]:
    """The result of a module that changes one object."""
    return concluded(run, plan, {noun: current}, {noun: plan.predicted}, lambda: {noun: apply()})


def concluded(
    run: Surrounding,
    plan: Plan,
    current: Mapping[str, Any],
    predicted: Mapping[str, Any],
    apply: Callable[[], dict[str, Any]],
    *,
    pending: bool = False,
) -> dict[str, Any]:
    """The result of a module that changes something. Only here is a plan applied, and check mode ends before it.

    *pending* says that there is something to do although the plan is empty. What forbids a change is said in check mode too.
    """
    if plan.changed or pending:
        run.before_change()
    for note in plan.notes if plan.changed else ():
        run.warn(note)
    result: dict[str, Any] = {"changed": plan.changed, "plan": plan.describe()}
    if run.diff:
        result["diff"] = {"prepared": plan.text} if plan.text else {"before": plan.before, "after": plan.after}
    if not plan.changed and not pending:
        return {**result, **current}
    return {**result, **(predicted if run.check_mode else apply())}


def unreached(results: list[dict[str, Any]], what: str, resource: Resource) -> dict[str, Any]:
    """What a task says of the objects that it could not bring to their state; nothing where there is none."""
    failed = [entry for entry in results if entry["action"] in (FAILED, SKIPPED)]
    if not failed:
        return {}
    shown = "; ".join(f"'{resource.called(entry)}': {entry['msg']}" for entry in failed[:NAMED])
    more = f"; and {len(failed) - NAMED} more, see results" if len(failed) > NAMED else ""
    changed = any(entry["changed"] for entry in results)
    rest = "The others are as they shall be. " if len(failed) < len(results) else ""
    return {
        "failed": True,
        "changed": changed,
        "msg": f"{len(failed)} of {len(results)} {what} failed: {shown}{more}. {rest}Run the task again to go on",
    }


def unseen(what: str) -> str:
    """The warning for a key that may create clusters, but see none: *what* says which ones, with a verb."""
    return (
        f"The key has no role to list clusters, so {what} taken as missing: there may be a cluster of this name already, "
        "which the key can't see"
    )


def not_there_yet(run: Surrounding, problem: str, label: str, hint: str) -> None:
    """Something that an earlier task may be about to make: a warning in check mode, an error otherwise."""
    if not run.check_mode:
        raise OptionError(problem, hint)
    run.warn(f"{problem} yet; the result for {label} is predicted as if it were there")
