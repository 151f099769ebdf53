# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract of every resource module, as data and as one play: check, apply, apply again, for every stage."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .results import Outcome, Run, differences, dig, normalise
from .runner import Runner


@dataclass(frozen=True)
class Stage:
    """One thing a user does: *args* lead to *shows* (paths into the returned object, None where it is absent).

    *writes* are regular expressions, one for each request with a write effect, in order. *again* are arguments for the
    second run where they have to differ. *after* is the whole ``diff.after``.
    """

    name: str
    args: Mapping[str, Any]
    writes: Sequence[str]
    shows: Mapping[str, Any] | None
    after: Mapping[str, Any] | None = None
    again: Mapping[str, Any] | None = None
    action: str = "update"


@dataclass(frozen=True)
class Contract:
    """A module with the stages that its object goes through; *cluster* is the spec of the cluster it needs, if any.

    *both_ways* names the stages for the comparison with a plain module, which costs a second for each task.
    """

    title: str
    module: str
    stages: Sequence[Stage]
    version: str = "2024-09-16"
    common: Mapping[str, Any] = field(default_factory=dict)
    cluster: Mapping[str, Any] | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
    both_ways: Sequence[str] = ()

    def tasks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for stage in self.stages:
            args = {**self.common, **stage.args, "api_version": self.version}
            again = {**self.common, **(stage.again or stage.args), "api_version": self.version}
            for name, arguments, more in (
                ("check", args, {"check_mode": True, "diff": True}),
                ("apply", args, {"diff": True}),
                ("again", again, {}),
            ):
                found.append({"name": f"{stage.name}: {name}", f"crdb.cloud.{self.module}": arguments, **more})
        return found


def run_contract(contract: Contract, runner: Runner, *, direct: bool) -> dict[str, Any]:
    """Run it on a fresh emulator, hold it to its word, and return the normalised results."""
    emulator = runner.emulator
    emulator.reset()
    if contract.cluster is not None:
        emulator.add_cluster("orders", **contract.cluster)
    run = runner(
        contract.tasks(), direct=direct, variables=contract.secrets, secrets=contract.secrets.values(), fails=False
    )
    for stage in contract.stages:
        hold(contract, stage, run)
    assert len(emulator.writes()) == sum(len(stage.writes) for stage in contract.stages)
    seen: dict[str, str] = {}
    return {outcome.name: normalise(outcome.result, seen) for outcome in run.outcomes}


def hold(contract: Contract, stage: Stage, run: Run) -> None:
    check, apply, again = (run[f"{stage.name}: {name}"] for name in ("check", "apply", "again"))

    assert check.changed, check
    assert apply.changed, apply
    assert not again.changed, again.result
    assert check.writes == [], check.writes
    assert again.writes == [], again.writes
    assert len(apply.writes) == len(stage.writes), apply.writes
    for pattern, sent in zip(stage.writes, apply.writes, strict=True):
        assert re.fullmatch(pattern, sent), f"{sent} is not {pattern}"

    assert check["plan"] == apply["plan"]
    assert len(check["plan"]) == len(stage.writes)
    assert again["plan"] == []
    for step in check["plan"]:
        assert set(step) == {"action", "summary", "changes"}
        assert step["action"] == stage.action
    assert check["invocation"] == apply["invocation"]

    assert "diff" not in again.result
    assert set(check["diff"]) == {"before", "after"}
    assert check["diff"] == apply["diff"]
    if stage.after is not None:
        assert check["diff"]["after"] == dict(stage.after)
    shown(contract, stage, check)
    shown(contract, stage, apply)
    shown(contract, stage, again)


def shown(contract: Contract, stage: Stage, outcome: Outcome) -> None:
    found = outcome[contract.module]
    if stage.shows is None:
        assert found is None, found
        return
    for path, value in stage.shows.items():
        assert dig(found, path) == value, f"{outcome.name}: {path} is {dig(found, path)!r}, not {value!r}"


def run_both_ways(contract: Contract, runner: Runner) -> None:
    """The stages of *contract.both_ways*, in process and as a plain module: the results must be the same."""
    short = replace(contract, stages=[stage for stage in contract.stages if stage.name in contract.both_ways])
    assert len(short.stages) == len(contract.both_ways) > 1
    in_process = run_contract(short, runner, direct=True)
    plain = run_contract(short, runner, direct=False)
    assert in_process.keys() == plain.keys()
    for name, result in in_process.items():
        assert result == plain[name], f"{name}: {differences(result, plain[name])}"


def basic() -> dict[str, Any]:
    """The spec of a cluster for modules that need one."""
    return {"serverless": {"regions": ["us-central1"]}}
