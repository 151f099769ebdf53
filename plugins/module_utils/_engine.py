# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine: looks at what is there, plans, and applies. Check mode stops between plan and apply, here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ._cloud_api import CloudApi
from ._errors import ApiError, CrdbError, LostAnswerError, OptionError, TransportError
from ._listings import Listings
from ._plan import CREATE, DELETE, Plan, Step
from ._resources import _cluster_rules as rules
from ._resources import _cluster_state as state
from ._resources._base import Resource, segment
from ._resources._cluster import CLUSTER, NIL_ID, UUID
from ._wait import Waiter

# A created object can take a moment to show up in a listing.
LOOK_FOR = 30.0
LOOK_EVERY = 2.0
UNKNOWN_ROUTE = frozenset({404, 405, 501})


class Run(Protocol):
    """One run of one module: what the edge hands to the engine."""

    params: Mapping[str, Any]
    check_mode: bool
    diff: bool
    api: CloudApi
    listings: Listings
    waiter: Waiter
    warn: Callable[[str], None]


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

    # --- what is there -------------------------------------------------------------------------------------------

    def clusters(self, *, fresh: bool = False) -> list[dict[str, Any]]:
        """All clusters that are not deleted, over all pages."""
        rows = self.run.listings.rows(CLUSTER.path, lambda: self.api.rows(CLUSTER.path, CLUSTER.rows), fresh=fresh)
        return [row for row in rows if not state.is_gone(row)]

    def cluster_by_id(self, cluster_id: str) -> dict[str, Any] | None:
        """The cluster with this id, None where there is none; deleted ones answer with state DELETED."""
        try:
            row = self.api.get(f"{CLUSTER.path}/{segment(cluster_id)}")
        except CrdbError as error:
            if isinstance(error, ApiError) and error.status == 404:
                return None
            raise explained(error, f"read cluster '{cluster_id}'", CLUSTER.roles) from None
        self.run.listings.replace(CLUSTER.path, lambda item: item.get("id") == row.get("id"), row)
        return dict(row)

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
            return self.run.listings.rows(path, lambda: self.api.rows(path, resource.rows), fresh=fresh)
        except CrdbError as error:
            if not isinstance(error, ApiError) or error.status != 404:
                raise explained(error, f"list the {resource.title}s of {place.label}", resource.roles) from None
            place.row = self.cluster_by_id(place.cluster_id)
            if state.is_gone(place.row):
                place.missing = True
                return None
            if self.run.check_mode and not state.is_settled(place.row or {}):
                if (place.row or {}).get("state") == state.CREATING:
                    return None
                raise explained(error, f"list the {resource.title}s of {place.label}", resource.roles) from None
        # It may have become ready between the two requests.
        if not state.is_settled(place.row or {}):
            if not self.run.waiter.enabled:
                raise OptionError(
                    f"{place.label} is still {state.status(place.row or {})}",
                    "Set wait: true to wait until it is ready",
                )
            self.await_cluster(place.cluster_id, place.label, place.row)
        try:
            return self.run.listings.rows(path, lambda: self.api.rows(path, resource.rows), fresh=True)
        except CrdbError as error:
            raise explained(error, f"list the {resource.title}s of {place.label}", resource.roles) from None

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
            shown="cluster",
            name=str((row or {}).get("name") or ""),
        )
        return settled

    # --- modules -------------------------------------------------------------------------------------------------

    def ensure(self, resource: Resource) -> dict[str, Any]:
        """Bring one object of a cluster's collection to the wanted state, and return the module's result."""
        params, version = self.run.params, self.api.version
        key, wanted = resource.key(params), resource.wanted(params, version)
        absent = params.get("state") == "absent"
        place = self.place(params["cluster"])
        rows = None if place.missing else self.rows_of(resource, place)
        row = None if rows is None else next((item for item in rows if resource.same(key, item)), None)
        if rows is None:
            self._explain_missing(place, resource.label(key), absent)
        where = place.label
        if absent:
            plan = resource.delete(where, place.cluster_id, key, row, version) if row else Plan([], {}, {}, None)
        elif row is None:
            plan = resource.create(where, place.cluster_id, key, wanted, version)
        else:
            plan = resource.update(where, place.cluster_id, key, wanted, row, version)

        def look() -> dict[str, Any] | None:
            return next(
                (item for item in self.rows_of(resource, place, fresh=True) or [] if resource.same(key, item)), None
            )

        def remember(found: Any) -> dict[str, Any] | None:
            self.run.listings.replace(
                resource.collection(place.cluster_id), lambda item: resource.same(key, item), found
            )
            if resource.propagating and self.run.waiter.enabled:
                self._await_propagation(resource, place)
            return resource.shown(found) if found else None

        return self._finish(
            resource,
            plan,
            _Applier(self, resource, place, wanted, key, look, remember),
            current=resource.shown(row) if row else None,
        )

    def ensure_cluster(self) -> dict[str, Any]:
        """The module cluster: as ensure(), for the noun that is its own place."""
        params, version = self.run.params, self.api.version
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
            self._check_regions(wanted, row)
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

        return self._finish(CLUSTER, plan, _Applier(self, CLUSTER, place, wanted, key, look, remember), current=row)

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

        def look() -> dict[str, Any] | None:
            return self.cluster_by_id(place.cluster_id)

        def remember(found: Any) -> dict[str, Any] | None:
            # Some versions answer with nothing, so the outcome has to be read.
            row = found if found.get("config") else self.cluster_by_id(place.cluster_id) or {}
            self.run.listings.replace(CLUSTER.path, lambda item: item.get("id") == row.get("id"), row)
            return resource.shown(row)

        current = resource.shown(place.row) if place.row else None
        return self._finish(
            resource, plan, _Applier(self, resource, place, wanted, {}, look, remember), current=current
        )

    # --- pieces --------------------------------------------------------------------------------------------------

    def _find_cluster(self, absent: bool) -> dict[str, Any] | None:
        params = self.run.params
        if not params.get("id"):
            return self.cluster_by_name(params["name"])
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

    def _check_regions(self, wanted: Mapping[str, Any], row: dict[str, Any] | None) -> None:
        names = CLUSTER.new_regions(wanted, row)
        if not names:
            return
        provider = wanted.get("provider") or (row or {}).get("cloud_provider")
        serverless = "region_nodes" not in wanted
        query = {"provider": provider, **({"serverless": "true"} if serverless else {})}
        path = "/clusters/available-regions"
        try:
            rows = self.run.listings.rows(f"{path}?{query}", lambda: self.api.rows(path, "regions", query))
        except CrdbError as error:
            raise explained(error, f"list the regions of {provider}", CLUSTER.roles) from None
        rules.regions(
            names, state.region_names({"regions": rows}), f"{'serverless ' if serverless else ''}clusters on {provider}"
        )

    def pages_below(self, what: str, tail: str, query: dict[str, Any] | None, roles: str) -> list[dict[str, Any]]:
        """Every page of a collection below the cluster that the options name, for reading alone.

        None of it where the cluster is still being created, or, in check mode, is not there yet.
        """
        place = self.place(self.run.params["cluster"])
        if not place.missing:
            try:
                return list(self.api.pages(f"{CLUSTER.path}/{segment(place.cluster_id)}{tail}", query))
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

    def _await_propagation(self, resource: Resource, place: Place) -> None:
        path = resource.collection(place.cluster_id)
        self.run.waiter.until(
            f"{resource.title} on {place.label}",
            lambda: self.api.get(path, {"pagination.limit": 1}) or {},
            settled=lambda body: not body.get(resource.propagating),
            failed=lambda body: "",
            describe=lambda body: "propagating" if body.get(resource.propagating) else "in force",
            latest=self.api.get(path, {"pagination.limit": 1}) or {},
        )

    def _finish(
        self, resource: Resource, plan: Plan, applier: _Applier, current: dict[str, Any] | None
    ) -> dict[str, Any]:
        return conclude(self.run, resource.noun, plan, current, lambda: applier.apply(plan))


class Surrounding(Protocol):
    """What check mode and diff mode need to know of a run."""

    check_mode: bool
    diff: bool
    warn: Callable[[str], None]


def conclude(
    run: Surrounding, noun: str, plan: Plan, current: dict[str, Any] | None, apply: Callable[[], dict[str, Any] | None]
) -> dict[str, Any]:
    """The result of a module that changes something. Only here is a plan applied, and check mode ends before it."""
    for note in plan.notes if plan.changed else ():
        run.warn(note)
    result: dict[str, Any] = {"changed": plan.changed, "plan": plan.describe()}
    if run.diff:
        result["diff"] = {"before": plan.before, "after": plan.after}
    if not plan.changed:
        result[noun] = current
    elif run.check_mode:
        result[noun] = plan.predicted
    else:
        result[noun] = apply()
    return result


def not_there_yet(run: Surrounding, problem: str, label: str, hint: str) -> None:
    """Something that an earlier task may be about to make: a warning in check mode, an error otherwise."""
    if not run.check_mode:
        raise OptionError(problem, hint)
    run.warn(f"{problem} yet; the result for {label} is predicted as if it were there")


def explained(error: CrdbError, doing: str, roles: str) -> CrdbError:
    """*error* with what was being done and, where a role is lacking, which."""
    if isinstance(error, ApiError) and error.status == 403 and not error.hint:
        error.hint = f"The service account of this key lacks a role for it: {roles}"
    return error.during(doing)


@dataclass
class _Applier:
    """Carries a plan out, step by step. *look* finds the object afresh, *remember* notes its new state and shows it."""

    engine: Engine
    resource: Resource
    place: Place
    wanted: Mapping[str, Any]
    key: Mapping[str, Any]
    look: Callable[[], dict[str, Any] | None]
    remember: Callable[[Any], dict[str, Any] | None]

    def apply(self, plan: Plan) -> dict[str, Any] | None:
        done: list[str] = []
        found: Any = self.place.row if self.resource is CLUSTER else None
        for number, step in enumerate(plan.steps):
            try:
                found = self._step(step, found)
                done.append(step.doing)
                if step.wait:
                    found = self._settle(step, found, last=number + 1 == len(plan.steps))
            except CrdbError as error:
                left = [item.doing for item in plan.steps[number + 1 :]]
                if done:
                    error.extra.setdefault("changed", True)
                    error.hint = " ".join(
                        filter(
                            None,
                            [
                                f"{error.hint}." if error.hint else "",
                                f"Done: {'; '.join(done)}.",
                                f"Not done: {'; '.join(left)}." if left else "",
                                "Run the task again to go on",
                            ],
                        )
                    )
                raise explained(error, step.doing, self.resource.roles) from None
        if found is None and plan.steps[-1].action != DELETE:
            found = plan.predicted
        return self.remember(None if plan.steps[-1].action == DELETE else found)

    def _step(self, step: Step, found: Any) -> Any:
        """Send one step. Where the cluster is busy: wait, and send again. Where the answer is lost: look."""
        api, waiter = self.engine.api, self.engine.run.waiter
        method, path, body = step.method, step.path, step.body
        give_up = waiter.clock() + waiter.timeout
        lost_patches = 0
        while True:
            try:
                answer = api.write(method, path, body, step.secrets)
            except LostAnswerError as lost:
                if step.action == CREATE:
                    return self._adopt(step, lost)
                if method != "PATCH":
                    raise
                lost_patches += 1
                if self._is_done(step):
                    self.engine.run.warn(f"The answer to the request to {step.doing} was lost, but it was carried out")
                    return self.look()
                if lost_patches > api.http.settings.retries:
                    raise
                waiter.sleep(min(0.5 * 2**lost_patches, 10.0))
            except ApiError as error:
                if error.busy and waiter.enabled and waiter.clock() < give_up:
                    self._await_turn()
                elif step.instead and (method, path) == (step.method, step.path) and self._is_unknown_route(error):
                    method, path, body = step.instead
                    self.engine.run.warn(
                        f"The server does not know {step.method} {step.path.rsplit('/', 1)[-1]} (HTTP {error.status}); {method} was used instead"
                    )
                elif error.status == 404 and step.action == DELETE:
                    return None
                else:
                    raise
            else:
                if not isinstance(answer, dict) or not answer:
                    return found if step.action != CREATE else self.look()
                return answer

    def _is_unknown_route(self, error: ApiError) -> bool:
        # A 404 can also speak of the cluster; the PATCH that follows then says so.
        return error.status in UNKNOWN_ROUTE

    def _await_turn(self) -> None:
        row = self.engine.cluster_by_id(self.place.cluster_id) if self.place.cluster_id else None
        if row is None or state.is_settled(row):
            self.engine.run.waiter.sleep(1.0)
        else:
            self.engine.await_cluster(self.place.cluster_id, self.place.label, row)

    def _is_done(self, step: Step) -> bool:
        try:
            row = self.look()
        except (ApiError, TransportError):
            return False
        if row is None:
            return False
        args = (self.place.label, self.place.cluster_id, self.key, self.wanted, row, self.engine.api.version)
        rest = self.resource.update(*args).steps
        return not any(set(item.changes) & set(step.changes) for item in rest)

    def _adopt(self, step: Step, lost: LostAnswerError) -> Any:
        """The answer to a POST is lost. Never send it again blindly: look whether the object is there, and take it over."""
        run, label = self.engine.run, self.resource.label(self.key)
        deadline = run.waiter.clock() + LOOK_FOR
        row = None
        while row is None:
            try:
                row = self.look()
            except (ApiError, TransportError):
                row = None
            if row is None:
                if run.waiter.clock() + LOOK_EVERY > deadline:
                    raise CrdbError(
                        f"{lost.message}, and {label} did not appear within {LOOK_FOR:.0f} seconds: the outcome is unknown",
                        "Run the task again: it looks first, and creates only what is missing",
                    ) from None
                run.waiter.sleep(LOOK_EVERY)
        if not self.resource.is_ours(self.wanted, row):
            raise CrdbError(
                f"{lost.message}; {label} exists now, but is not what was asked for, so somebody else seems to have made it",
                "Look at it, and run the task again if it is the right one",
            ) from None
        run.warn(
            f"The answer to the request to {step.doing} was lost ({lost.message}); it was found afterwards and taken over, nothing was created twice"
        )
        if self.resource is CLUSTER:
            self.place.cluster_id, self.place.row = row["id"], row
        version = self.engine.api.version
        for rest in self.resource.adopt(
            self.place.label, self.place.cluster_id, self.key, self.wanted, row, version
        ).steps:
            if self.resource is CLUSTER:
                row = self.engine.await_cluster(row["id"], label, row)
            row = self._step(rest, row) or row
        return row

    def _settle(self, step: Step, found: Any, *, last: bool) -> Any:
        run, engine = self.engine.run, self.engine
        if self.resource is CLUSTER and isinstance(found, dict) and found.get("id"):
            self.place.cluster_id = found["id"]
        label = self.resource.label(found or self.key)
        if step.action == DELETE:
            return self._await_deletion(label, found)
        if not run.waiter.enabled:
            if not last and not state.is_settled(found):
                raise OptionError("wait: false does not allow the next step, which has to wait for this one")
            return found
        if state.is_settled(found):
            return found
        return engine.await_cluster(self.place.cluster_id, label, found)

    def _await_deletion(self, label: str, found: Any) -> None:
        run = self.engine.run
        if not run.waiter.enabled or state.is_gone(found):
            return

        def read() -> dict[str, Any]:
            return self.engine.cluster_by_id(self.place.cluster_id) or {"state": state.DELETED}

        run.waiter.until(
            label,
            read,
            settled=state.is_gone,
            failed=lambda row: "",
            describe=lambda row: "DELETED" if state.is_gone(row) else f"deleting ({state.status(row)})",
            latest=read(),
            shown="cluster",
            name=str((self.place.row or {}).get("name") or ""),
        )
