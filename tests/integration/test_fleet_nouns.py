# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every noun through a fleet: it does what the noun's own module does, in the organization and below a cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from integration.helpers.conformance import Scene
from integration.helpers.emulator import FAST, Emulator
from integration.helpers.in_process import execute
from integration.samples import PARENTS, SAMPLES

from ansible_collections.crdb.cloud.plugins.module_utils._nouns.registry import CHILDREN, LISTS, list_name

TIMES = ("--create-seconds", "0.02", "--operation-seconds", "0.02")
PARTS = ("action", "summary", "changes")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path_factory.mktemp("emulator"), *FAST, *TIMES)
    yield emulator
    emulator.stop()


class Stage(Scene):
    """A scene on which a fleet does what the sample's own module would do."""

    def fleet(self, args: Mapping[str, Any], *, check: bool = False) -> dict[str, Any]:
        noun, entry = self.noun, {name: value for name, value in args.items() if name not in self.parents}
        listed = [entry] if noun.plural else entry
        inside = {"clusters": [{"name": PARENTS["cluster"], list_name(noun): listed}]}
        wanted = inside if noun in CHILDREN else {list_name(noun): listed}
        self.emulator.reset("requests")
        args = {"api_version": self.version, **wanted, "report_objects": True}
        result = execute("fleet", args, self.emulator, check=check, clock=self.clock)
        writes = [request for request in self.emulator.requests() if request["method"] != "GET"]
        writes = [request for request in writes if not request["path"].endswith(".search")]
        assert not check or not writes, writes
        for secret in (*self.secrets, self.emulator.key):
            assert secret not in json.dumps(result, ensure_ascii=False)
        return {**result, "writes": len(writes)}

    def module(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """What the noun's own module would do."""
        return self.task({**self.parents, **args}, check=True).result

    def brought(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """A fleet with *args*: as the module predicts it, as it predicts it itself, and once."""
        alone = self.module(args)
        predicted, real = self.fleet(args, check=True), self.fleet(args)
        assert not real.get("failed"), real
        for result in (predicted, real):
            assert [{part: step[part] for part in PARTS} for step in result["plan"]] == alone["plan"]
            assert result["changed"] == alone["changed"] == bool(alone["plan"])
        for part in ("plan", "counts", "objects", "warnings"):
            assert predicted[part] == real[part], part
        assert real["writes"] == len(real["plan"])
        again = self.fleet({**args, **self.sample.again})
        assert not again.get("failed") and not again["changed"] and again["plan"] == [], again
        assert again["writes"] == 0
        return real


@pytest.fixture
def stage(request: pytest.FixtureRequest, world: Emulator, monkeypatch: pytest.MonkeyPatch) -> Stage:
    found = Stage(request.param, world, monkeypatch)
    found.set()
    return found


PLAYED = [sample for sample in SAMPLES if sample.declared in (*CHILDREN, *LISTS)]
every = pytest.mark.parametrize(
    "stage", [pytest.param(sample, id=f"{sample.noun}-{number}") for number, sample in enumerate(PLAYED)], indirect=True
)


@every
def test_made_changed_and_deleted_as_by_its_own_module(stage: Stage, tmp_path: Any) -> None:
    kept = {"secret_path": str(tmp_path / "secret")} if stage.noun.reveals else {}
    real = stage.brought({**stage.sample.make, **kept})
    (own,) = [each for each in real["objects"] if each["noun"] == stage.noun.name]
    assert own["action"] == ("create" if stage.noun.creates else "change")
    for change in stage.sample.changes:
        stage.brought({**stage.named, **change})
    if stage.noun.deletes:
        stage.brought({**stage.named, "state": stage.sample.deleted})
        assert stage.count() == 0
