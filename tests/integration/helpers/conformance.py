# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample of a noun on a stage of its own: an emulator with what has to be there before, and tasks that run in process."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.error import HTTPError

import pytest
from integration.samples import PARENTS, REGIONS, SAMPLES, SPECS, VERSIONS, Sample

from ansible_collections.crdb.cloud.plugins.module_utils._edge import module as edge
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import Session
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.wait import Waiter

from .emulator import Emulator
from .in_process import Clock, execute, module_of
from .results import Outcome, agree
from .secrets import hits

# Searches are asked by POST, and change nothing.
WRITTEN = r"^/api/(?!.*/\.search$)"


class Scene:
    """*sample* on *emulator*. Every task is held to what is true of all: no secret in the result, no write in check mode."""

    def __init__(self, sample: Sample, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sample, self.noun, self.emulator = sample, sample.declared, emulator
        self.version = sample.versions[-1]
        self.clock = Clock()
        self.loop: list[Session] | None = None
        self.told: list[str] = []
        monkeypatch.setattr(edge, "Waiter", partial(Waiter, clock=self.clock, sleep=self.clock.sleep))
        self.parents = {name: PARENTS[name] for name in self.noun.parents if name in PARENTS}
        self.ids: dict[str, str] = {}

    # --- what is there -------------------------------------------------------------------------------------------

    def set(self, *, before: bool = True, parents: bool = True) -> None:
        """Put there what the sample needs; *before* and *parents* say whether its needs are met."""
        self.emulator.reset()
        self.ids = dict.fromkeys(self.noun.parents, "")
        if parents and (self.sample.plan or self.parents):
            cloud = self.sample.provider
            spec = _renamed(SPECS[self.sample.plan], REGIONS[cloud])
            for name in (*self.sample.clusters, PARENTS["cluster"]):
                body = {"name": name, "provider": cloud, "spec": spec}
                self.ids["cluster"] = self.emulator.api("POST", "/clusters", body)["id"]
                self.emulator.patch(clusters={name: {"state": "CREATED"}})
            self.emulator.patch(objects=self.sample.objects)
        for name in self.sample.before if before else ():
            other = next(sample for sample in SAMPLES if sample.noun == name)
            parents_of = {parent: PARENTS[parent] for parent in other.declared.parents if parent in PARENTS}
            made = execute(
                name, {"api_version": VERSIONS[-1], **parents_of, **other.make}, self.emulator, clock=self.clock
            )
            assert not made.get("failed"), made
            # What is said by no noun's name is that of what was made last.
            others = [variable for variable in self.noun.parents if variable not in PARENTS]
            self.ids.update(dict.fromkeys(others, made[name].get("id", "")))
        if self.noun.chosen:
            self.ids[self.noun.chosen.name] = self.sample.make[self.noun.chosen.name]
        self.there = self.rows()

    def rows(self) -> list[dict[str, Any]]:
        """The live objects of the noun, as the newest version of the API tells them."""
        noun = self.noun
        try:
            answer = self.emulator.api("GET", noun.collection(self.ids), version=VERSIONS[-1])
        except HTTPError as error:
            if error.code == 404:
                return []
            raise
        rows = answer[noun.rows] if noun.rows else [answer]
        return [row for row in rows if not noun.is_gone(row)]

    def own(self) -> dict[str, Any]:
        """The one object that was not there at first; of what comes with something else, that."""
        if not self.noun.creates:
            return self.rows()[0]
        (found,) = (row for row in self.rows() if row not in self.there)
        return found

    def count(self) -> int:
        """How many more objects there are than at first."""
        return len(self.rows()) - len(self.there)

    def patch_parent(self, **change: Any) -> None:
        self.emulator.patch(clusters={PARENTS["cluster"]: change})

    def patch_own(self, change: Mapping[str, Any] | None) -> None:
        """Change the sample's object behind everybody's back; None removes it."""
        row = self.own()
        if self.noun.collection(self.ids) == "/clusters":
            self.emulator.patch(clusters={row["id"]: dict(change or {"state": "DELETED"})})
            return
        collection = self.sample.collection or self.noun.collection(self.ids).rsplit("/", 1)[-1]
        where = "/".join(filter(None, (collection, *self.parents.values())))
        key = str(row[self.noun.address[-1]]) if self.noun.rows else ""
        self.emulator.patch(objects={where: {key: None if change is None else dict(change)}})

    def patch_state(self, state: str) -> None:
        self.patch_own(self._in_state(state))

    def _in_state(self, state: str, **more: Any) -> dict[str, Any]:
        states, own = self.noun.lifecycle, self.own()
        assert states
        several = own[states.each] if states.each else [own]
        # Some versions of the API have it, others do not.
        prefix = states.prefix if several[0][states.field].startswith(states.prefix) else ""
        change = {states.field: prefix + state, **more}
        return {states.each: [{**each, **change} for each in several]} if states.each else change

    @property
    def failed(self) -> tuple[Mapping[str, Any], tuple[str, ...]]:
        """What to patch_own(), so that the object is in a failed state, and what is then to be said."""
        states = self.noun.lifecycle
        assert states
        if self.sample.failed:
            return self.sample.failed, tuple(self.sample.failed.values())
        why = {states.reason: "planted reason"} if states.reason else {}
        return self._in_state(states.failed[0], **why), (states.failed[0], *why.values())

    def fault_writes(self, action: str, **more: Any) -> None:
        """Arm a fault for the next write of each method."""
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            self.emulator.fault(action, method, WRITTEN, **more)

    # --- tasks ---------------------------------------------------------------------------------------------------

    @property
    def named(self) -> dict[str, Any]:
        """The options that say which object is meant: of a job, which has no name, all."""
        job = self.noun.rows and not self.noun.key
        keys = {option.name for option in (self.noun.options if job else self.noun.key)}
        return {**self.place, **{name: value for name, value in self.sample.make.items() if name in keys}}

    @property
    def place(self) -> dict[str, Any]:
        """The options that say where the object is."""
        return {**self.parents, **{each.name: self.sample.make[each.name] for each in self.noun.how if each.required}}

    @property
    def needed(self) -> dict[str, Any]:
        """The options without which not even an id says which object is meant."""
        required = {option.name for option in self.noun.key if option.required}
        return {name: value for name, value in self.named.items() if name in self.place or name in required}

    @property
    def secrets(self) -> list[str]:
        given = [self.sample.make, *self.sample.changes]
        said = [values[name] for values in given for name in self.noun.secret_names() if name in values]
        return [*(text for each in said for text in (each.values() if isinstance(each, dict) else [each])), *self.told]

    def known(self, args: Mapping[str, Any]) -> bool:
        """Whether the version of the API that is spoken has all these options."""
        options = {option.name: option for option in self.noun.options}
        return all(_has(options[name], value, self.version) for name, value in args.items() if name in options)

    def task(self, args: Mapping[str, Any], *, check: bool = False, diff: bool = True, **more: Any) -> Outcome:
        """Run the noun's module with *args*, which name the object themselves."""
        self.emulator.reset("requests")
        args = {"api_version": self.version, **args, **more}
        result = execute(self.noun.name, args, self.emulator, check=check, diff=diff, clock=self.clock, loop=self.loop)
        requests = self.emulator.requests()
        outcome = Outcome(self.noun.name, "", "failed" if result.get("failed") else "ok", result, requests=requests)
        assert not check or not outcome.writes, outcome.writes
        hidden = {name: value for name, value in result.items() if name != self.noun.reveals}
        if self.noun.reveals and result.get(self.noun.reveals):
            self.told.append(result[self.noun.reveals])
        planted = [*self.secrets, self.emulator.key]
        found = hits(planted, {"the result": json.dumps(hidden, ensure_ascii=False)})
        assert not found, found
        return outcome

    def shown(self, args: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What the info module shows to *args*, as far as it has these options."""
        name = self.sample.info or f"{self.noun.name}_info"
        known = {option.name for option in module_of(name).options}
        given = {option: value for option, value in args.items() if option in known}
        found = execute(name, {"api_version": VERSIONS[-1], **given}, self.emulator, clock=self.clock)
        assert not found.get("failed"), found
        assert not hits([*self.secrets, self.emulator.key], {"the result": json.dumps(found, ensure_ascii=False)})
        rows: list[dict[str, Any]] = found.get(self.noun.plural or self.noun.rows, found.get(self.noun.rows, []))
        if self.noun.chosen:
            return [row for row in found[self.noun.plural].values() if row]
        return rows if self.noun.rows else [row for row in (found[self.noun.name],) if row]

    def make(self, **more: Any) -> Outcome:
        return self.task({**self.parents, **self.sample.make}, **more)

    def made(self) -> Outcome:
        """The sample's object, put there by its module."""
        outcome = self.make()
        assert outcome.changed and not outcome.failed, outcome.result
        return outcome

    def change(self, change: Mapping[str, Any], **more: Any) -> Outcome:
        return self.task({**self.named, **change}, **more)

    def again(self, change: Mapping[str, Any] | None = None, **more: Any) -> Outcome:
        """The same task once more: it changes nothing."""
        args = {**self.parents, **self.sample.make} if change is None else {**self.named, **change}
        outcome = self.task({**args, **self.sample.again}, **more)
        assert not outcome.failed and not outcome.changed and not outcome.writes, outcome.result
        assert outcome["plan"] == [], outcome["plan"]
        return outcome

    def absent(self, **more: Any) -> Outcome:
        return self.task({**self.named, "state": self.sample.deleted}, **more)

    def does(self, task: Callable[..., Outcome], action: str, *, steps: int = 1) -> Outcome:
        """*task* predicted, then carried out: the same plan, diff, warnings and object, one write for each step."""
        predicted = task(check=True)
        real = task()
        assert not predicted.failed and predicted.changed, predicted.result
        assert not real.failed and real.changed, real.result
        for part in ("plan", "diff", "warnings"):
            assert predicted[part] == real[part], (part, predicted[part], real[part])
        agree(self.noun.name, predicted[self.noun.name], real[self.noun.name])
        assert [step["action"] for step in real["plan"]] == [action] * steps, real["plan"]
        assert all(set(step) == {"action", "summary", "changes"} for step in real["plan"]), real["plan"]
        assert len(real.writes) == steps, real.writes
        shown = any(change["after"] != "(hidden)" for step in real["plan"] for change in step["changes"].values())
        assert not shown or real["diff"]["before"] != real["diff"]["after"], real["diff"]
        return real


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """*value* with other names for what is in *names*."""
    if isinstance(value, Mapping):
        return {names.get(key, key): _renamed(inner, names) for key, inner in value.items()}
    return [_renamed(inner, names) for inner in value] if isinstance(value, list) else names.get(str(value), value)


def _has(option: Option, value: Any, version: str) -> bool:
    chosen = (option.choices_since or {}).get(value, "") if isinstance(value, (str, int)) else ""
    entries = [entry for entry in (value if isinstance(value, list) else [value]) if isinstance(entry, Mapping)]
    inner = [(other, entry[other.name]) for entry in entries for other in option.options if other.name in entry]
    return version >= max(option.since, chosen) and all(_has(other, said, version) for other, said in inner)
