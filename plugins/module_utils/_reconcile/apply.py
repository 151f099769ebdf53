# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying a plan out: one request after the other, also where the cluster is busy or an answer is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .._base.errors import ApiError, CrdbError, LostAnswerError, OptionError, TransportError, explained, lacks_role
from .._nouns import cluster_state as state
from .._nouns.base import Resource
from .._nouns.cluster import CLUSTER
from .._nouns.plan import CREATE, DELETE, Plan, Step

# A created object can take a moment to show up in a listing.
LOOK_FOR = 30.0
LOOK_EVERY = 2.0
BLIND = "This key has no role to look: see in the Cloud Console whether it is there before you run the task again"
UNKNOWN_ROUTE = frozenset({404, 405, 501})
# What a client error says that has nothing to do with how far the creation of a cluster is.
NEVER_FOR_YOUTH = frozenset({401, 403, 404})


@dataclass
class Applier:
    """Carries a plan out, step by step. *look* finds the object afresh, *remember* notes its new state and shows it."""

    engine: Any
    resource: Resource
    place: Any
    wanted: Mapping[str, Any]
    key: Mapping[str, Any]
    look: Callable[[], dict[str, Any] | None]
    remember: Callable[[Any], dict[str, Any] | None]

    def apply(self, plan: Plan) -> dict[str, Any] | None:
        done: list[str] = []
        found: Any = self.place.row if self.resource is CLUSTER else None
        for number, step in enumerate(plan.steps):
            try:
                found = self.send(step, found)
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

    def send(self, step: Step, found: Any) -> Any:
        """Send one step. Where the cluster is busy: wait, and send again. Where the answer is lost: look."""
        api, waiter = self.engine.api, self.engine.run.waiter
        method, path, body = step.method, step.path, step.body
        give_up = waiter.clock() + waiter.timeout
        lost_patches = 0
        while True:
            try:
                answer = api.write(method, path, body, step.secrets, shape=self.resource.shape)
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
                elif step.action == DELETE and self._is_young(error):
                    self._await_creation(error, give_up)
                else:
                    raise
            else:
                return answer or (found if step.action != CREATE else self.look())

    def _is_unknown_route(self, error: ApiError) -> bool:
        # A 404 can also speak of the cluster; the PATCH that follows then says so.
        return error.status in UNKNOWN_ROUTE

    def _await_turn(self) -> None:
        row = self.engine.cluster_by_id(self.place.cluster_id) if self.place.cluster_id else None
        if row is None or state.is_settled(row):
            self.engine.run.waiter.sleep(1.0)
        else:
            self.engine.await_cluster(self.place.cluster_id, self.place.label, row)

    def _is_young(self, error: ApiError) -> bool:
        """Whether a cluster can't be deleted because it is still being created; the text of the error says nothing certain."""
        if self.resource is not CLUSTER or error.status in NEVER_FOR_YOUTH or not 400 <= error.status < 500:
            return False
        row = self.engine.cluster_by_id(self.place.cluster_id)
        return row is not None and row.get("state") == state.CREATING

    def _await_creation(self, error: ApiError, give_up: float) -> None:
        waiter = self.engine.run.waiter
        if not waiter.enabled:
            error.hint = "It is still CREATING: run the task again when that is over, or set wait: true"
            raise error
        if waiter.clock() >= give_up:
            raise error
        waiter.until(
            self.place.label,
            lambda: self.engine.cluster_by_id(self.place.cluster_id) or {"state": state.DELETED},
            settled=lambda row: row.get("state") != state.CREATING,
            failed=lambda row: "",
            describe=state.status,
            slowest=state.patience(self.place.row or {}),
            shown="cluster",
            name=str((self.place.row or {}).get("name") or ""),
        )

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
            blind = False
            try:
                row = self.look()
            except (ApiError, TransportError) as error:
                blind = lacks_role(error)
            if row is None:
                if run.waiter.clock() + LOOK_EVERY > deadline:
                    raise CrdbError(
                        f"{lost.message}, and {label} did not appear within {LOOK_FOR:.0f} seconds: the outcome is unknown",
                        BLIND if blind else "Run the task again: it looks first, and creates only what is missing",
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
            row = self.send(rest, row) or row
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
            slowest=state.patience(self.place.row or {}),
            shown="cluster",
            name=str((self.place.row or {}).get("name") or ""),
        )
