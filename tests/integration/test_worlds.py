# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole organizations, random ones with something of every noun: exported, compared, made anew.

More seeds by hand: ``CRDB_WORLDS=200``, others with ``CRDB_WORLDS=1000-1200``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import Clock, execute
from integration.helpers.secrets import hits
from integration.helpers.worlds import HEADER, NEWEST, PUBLIC_KEY, SAME_END, SETTLED, USUAL, World

from ansible_collections.crdb.cloud.plugins.module_utils._nouns.noun import Noun
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.registry import NOUNS

try:
    from ansible.template import trust_as_template as trusted
except ImportError:
    # Before ansible-core 2.19 every text is a template that is not marked.
    trusted = str

FIRST, _dash, LAST = os.environ.get("CRDB_WORLDS", "2").rpartition("-")
SEEDS = range(int(FIRST or 0), int(LAST))
OMITTED = "omitted"
GIVEN = f"given-instead-{SAME_END}"
# Jobs and disruptions are no part of what an organization shall be, so what becomes of them is no difference.
NEVER_DIFFERENT = {"restore", "physical_replication_stream", "cluster_disruption"}


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path_factory.mktemp("emulator"), *SETTLED)
    yield emulator
    emulator.stop()


@pytest.fixture(params=SEEDS)
def world(request: pytest.FixtureRequest, settled: Emulator) -> World:
    return World(settled, request.param, (NEWEST, USUAL)[request.param % 2])


def rows(world: World, noun: Noun) -> Iterator[dict[str, Any]]:
    """The objects of *noun*, wherever they are."""
    places = {
        "cluster": [row["id"] for row in world.clusters.values()],
        "service_account_id": [*world.accounts.values()],
        "user_id": [*world.accounts.values(), *world.people.values(), *world.groups.values()],
        "sink": ["cloudwatch", "datadog", "prometheus"],
    }
    names = [name for name in noun.variables if name in places]
    for chosen in product(*(places[name] for name in names)):
        with suppress(HTTPError):
            answer = world.emulator.api("GET", noun.collection(dict(zip(names, chosen, strict=True))), version=NEWEST)
            yield from (row for row in (answer[noun.rows] if noun.rows else [answer]) if not noun.is_gone(row))


def test_there_is_something_of_every_noun_and_a_change_of_whatever_can_be_changed(settled: Emulator) -> None:
    # People are asked for by name, and a limit is a field of its cluster.
    lacking = {name: noun for name, noun in NOUNS.items() if name not in ("person", "spend_limit")}
    visible = {name for name, noun in lacking.items() if noun.updates and not all(each.secret for each in noun.fields)}
    unchanged = visible - NEVER_DIFFERENT
    for seed in range(20):
        world = World(settled, seed)
        lacking = {name: noun for name, noun in lacking.items() if not any(rows(world, noun))}
        unchanged -= {change.noun for change in world.changes}
        if not lacking and not unchanged:
            return
    raise AssertionError(f"there is never {', '.join(lacking)}, and never a change of {', '.join(unchanged)}")


class Exported:
    """What is exported of the organization on *emulator*, and what a fleet makes of that."""

    def __init__(self, emulator: Emulator, version: str, directory: Path, **options: Any) -> None:
        self.emulator, self.version = emulator, version
        path = directory / "organization.yml"
        emulator.reset("requests")
        self.result = execute(
            "organization_export", {"api_version": version, "dest": str(path), **options}, emulator, check=True
        )
        assert not self.result.get("failed"), self.result["msg"]
        assert not self.result["changed"]
        assert emulator.writes() == []
        self.text = path.read_text(encoding="utf-8")
        self.secrets = {name: given_for(name, directory) for name in self.result["secrets"]}

    def variables(self, vault: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The variables as a task gets them, where *vault* has those for secrets."""
        loader, values = DataLoader(), {**(vault or {}), "omit": OMITTED}
        found = Templar(loader=loader, variables=values).template(loader.load(trusted(self.text)))
        return dict(without(found))

    def fleet(self, variables: Mapping[str, Any], *, check: bool = False) -> dict[str, Any]:
        """The result of a fleet of *variables*, with the number of its writes."""
        self.emulator.reset("requests")
        args = {"api_version": self.version, "wait_interval": 0.1, "report_objects": True, **variables}
        result = execute("fleet", args, self.emulator, check=check, clock=Clock())
        assert not result.get("failed"), result["msg"]
        return {**result, "writes": len(self.emulator.writes())}

    def does(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """A fleet of *variables*, predicted and then carried out: what is predicted is what happens, and all there is to do."""
        predicted, real = self.fleet(variables, check=True), self.fleet(variables)
        assert not predicted["writes"]
        assert real["writes"] == len(real["plan"]), (real["plan"], self.emulator.writes())
        for part in ("changed", "counts", "drift", "warnings"):
            assert real[part] == predicted[part], part
        assert [settled_step(step) for step in real["plan"]] == [settled_step(step) for step in predicted["plan"]]
        again = self.fleet(variables)
        assert not again["changed"], again["plan"]
        assert not again["writes"]
        return real


def given_for(name: str, directory: Path) -> Any:
    """What a person has in the variable of this *name*, for a secret of the kind that it ends with."""
    kinds = {"public_key": PUBLIC_KEY, "secret_path": f"{directory}/{name}", "otlp_headers": {HEADER: GIVEN}}
    return next((value for kind, value in kinds.items() if name.endswith(kind)), GIVEN)


def settled_step(step: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in step.items() if name != "id"}


def without(value: Any) -> Any:
    """*value* as a module gets it: without what is omitted, and of plain types."""
    if isinstance(value, Mapping):
        return {str(name): without(inner) for name, inner in value.items() if inner != OMITTED}
    if isinstance(value, list):
        return [without(inner) for inner in value]
    return str(value) if isinstance(value, str) else value


Line = tuple[str, str, str]


def lines(result: Mapping[str, Any]) -> dict[Line, set[str]]:
    """The fields that a plan changes, by the object that they are of. Secrets go along with other changes."""
    found: dict[Line, set[str]] = {}
    for step in result["plan"]:
        fields = {name for name, change in step["changes"].items() if change["after"] != "(hidden)"}
        found.setdefault((step["noun"], step["name"], step.get("cluster") or ""), set()).update(fields)
    return found


def test_what_is_exported_is_what_is_there(world: World, tmp_path: Path) -> None:
    exported = Exported(world.emulator, world.version, tmp_path)
    result = exported.fleet(exported.variables(), check=True)
    assert not result["changed"], result["plan"]
    assert not result["writes"]
    planted = [*world.secrets, world.emulator.key]
    assert not hits(planted, {"the file": exported.text, "the results": json.dumps([exported.result, result])})


def test_a_name_that_looks_like_the_id_of_another_one_is_not_taken_for_it(settled: Emulator, tmp_path: Path) -> None:
    world = World(settled, 0)
    other = next(iter(world.accounts.values()))
    own = world.post("/service-accounts", {"name": other, "description": "", "roles": []})["id"]
    world.post("/api-keys", {"name": "pipeline", "service_account_id": own})
    auditor = {"name": "AUDITOR", "resource": {"type": "ORGANIZATION", "id": ""}}
    world.post(f"/roles/{own}", {"roles": [auditor]}, "PUT")
    exported = Exported(settled, NEWEST, tmp_path)
    result = exported.fleet(exported.variables(), check=True)
    assert not result["changed"], result["plan"]


def test_what_somebody_changes_is_a_line_of_the_plan_and_nothing_else_is(world: World, tmp_path: Path) -> None:
    exported = Exported(world.emulator, world.version, tmp_path)
    wanted = exported.variables(exported.secrets)
    expected: dict[Line, set[str]] = {}
    left = [change for change in world.changes if NOUNS[change.noun].since <= world.version]
    while left:
        left, some = [], left
        touched: set[Line] = set()
        for change in some:
            line = (change.noun, change.name, change.cluster)
            # One change of each object at a time, so that each is seen in a plan.
            if line in touched:
                left.append(change)
                continue
            touched.add(line)
            change.make(world.emulator)
            expected[line] = {change.field} if change.whole else {*expected.get(line, ()), change.field}
        found = lines(exported.fleet(wanted, check=True))
        assert found == expected, {
            line: (found.get(line), expected.get(line))
            for line in {*found, *expected}
            if found.get(line) != expected.get(line)
        }
    exported.does(wanted)
    assert Exported(world.emulator, world.version, tmp_path).text == exported.text


def test_what_is_exported_makes_the_same_organization(world: World, tmp_path: Path) -> None:
    exported = Exported(world.emulator, world.version, tmp_path)
    wanted = without_what_comes_by_itself(exported.variables(exported.secrets))
    world.empty()
    exported.does(part_of(world, wanted))
    result = exported.does(wanted)
    again = Exported(world.emulator, world.version, tmp_path)
    assert without_what_comes_by_itself(again.variables()) == without_what_comes_by_itself(exported.variables())
    planted = [*world.secrets, GIVEN, world.emulator.key]
    assert not hits(planted, {"the file": again.text, "the results": json.dumps([again.result, result])})


def without_what_comes_by_itself(variables: dict[str, Any]) -> dict[str, Any]:
    """*variables* without endpoints, which others make, and without the roles that whoever makes clusters gets on them."""
    clusters = [
        {name: value for name, value in entry.items() if name != "aws_endpoint_connections"}
        for entry in variables["clusters"]
    ]
    grants = [each for each in variables["role_grants"] if not str(each.get("service_account")).startswith("sandbox")]
    return {**variables, "clusters": clusters, "role_grants": grants}


def part_of(world: World, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Some of *variables*: of what nothing else refers to."""
    free = ("jwt_issuers", "api_keys", "role_grants", "service_account_credentials")
    found = {name: [*value] for name, value in variables.items()}
    found.update({name: world.some(found[name], len(found[name])) for name in free if name in found})
    names = {name for entry in found["clusters"] for name, value in entry.items() if isinstance(value, (list, dict))}
    # Who may reach a cluster is said when it is made, or everybody does.
    below = names - {option.name for option in NOUNS["cluster"].options} - {"allowlist"}
    found["clusters"] = [
        {
            name: world.some(value, len(value)) if name in below and isinstance(value, list) else value
            for name, value in entry.items()
            if name not in below or world.maybe(0.7)
        }
        for entry in found["clusters"]
    ]
    for entry in found["clusters"]:
        if "migration_assistant" not in entry:
            # It says whom the assistant trusts.
            entry.pop("migration_assistant_ca_cert", None)
    return found
