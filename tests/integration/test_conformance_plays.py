# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module of every noun in a play, in the process of Ansible and as a plain module: what all of them do is in test_conformance.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from integration.helpers.conformance import Scene
from integration.helpers.emulator import Emulator
from integration.helpers.results import Run, agree, differences, normalise
from integration.helpers.runner import Runner
from integration.samples import SAMPLES, Sample

# What tells a secret is hidden from what looks at a play: test_access.py has plays for that.
FIRST = {sample.noun: sample for sample in reversed(SAMPLES) if not sample.declared.reveals}
WAYS = {"in process": True, "plain": False}


# What a plain module is started with and says in the end depends on ansible-core and not on the noun: these are enough for all of them.
EVERYWHERE = ("folder", "sql_user", "spend_limit")
# The rest of a life is the same code as in process.
PLAIN = ("check", "make", "gone")


def tasks(scene: Scene, ways: Sequence[str]) -> list[dict[str, Any]]:
    """The life of the sample's object, once in each of the *ways*."""
    sample, module = scene.sample, f"crdb.cloud.{scene.noun.name}"
    quick = {"wait_interval": 0.1, "api_version": scene.version}
    make = {**scene.parents, **sample.make, **quick}
    gone = {**scene.named, "state": scene.sample.deleted, **quick}
    life = [
        {"name": "check", module: make, "check_mode": True, "diff": True},
        {"name": "make", module: make, "diff": True},
        {"name": "again", module: {**make, **sample.again}},
    ]
    if scene.noun.deletes:
        life += [{"name": "check gone", module: gone, "check_mode": True, "diff": True}]
        life += [{"name": "gone", module: gone, "diff": True}, {"name": "gone again", module: gone}]
    return [
        {**task, "name": f"{task['name']} {way}", "vars": {"crdb_direct": WAYS[way]}}
        for way in ways
        for task in life
        if WAYS[way] or task["name"] in PLAIN
    ]


@pytest.mark.parametrize(
    "sample",
    [
        pytest.param(sample, id=noun, marks=pytest.mark.every_core if noun in EVERYWHERE else pytest.mark.smoke)
        for noun, sample in FIRST.items()
    ],
)
def test_a_play_does_the_same_in_both_ways(
    sample: Sample, emulator: Emulator, playbook: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(sample, emulator, monkeypatch)
    seen: dict[str, dict[str, Any]] = {}
    # What can't be deleted needs a play, and a world, for each way.
    for ways in [list(WAYS)] if scene.noun.deletes else [[way] for way in WAYS]:
        scene.set()
        emulator.reset("requests")
        run = playbook(tasks(scene, ways), direct=None, secrets=scene.secrets, warns=sample.warns)
        if "in process" in ways:
            hold(run, scene)
        for way in ways:
            names: dict[str, str] = {}
            ours = {name: run[f"{name} {way}"] for name in PLAIN if name != "gone" or scene.noun.deletes}
            assert [len(item.writes) for item in ours.values()] == [
                0 if name == "check" else len(item["plan"]) for name, item in ours.items()
            ]
            seen[way] = {name: normalise(item.result, names) for name, item in ours.items()}
    assert not differences(*seen.values()), differences(*seen.values())


def hold(run: Run, scene: Scene) -> None:
    lives = [("check", "make", "again")]
    if scene.noun.deletes:
        lives.append(("check gone", "gone", "gone again"))
    for life in lives:
        predicted, real, repeated = (run[f"{name} in process"] for name in life)
        assert predicted.changed and real.changed and not repeated.changed, repeated.result
        assert not predicted.writes and len(real.writes) == len(real["plan"]) and not repeated.writes
        for part in ("plan", "diff", "invocation"):
            assert predicted[part] == real[part], part
        assert repeated["plan"] == [] and "diff" not in repeated.result
        agree(scene.noun.name, predicted[scene.noun.name], real[scene.noun.name])
