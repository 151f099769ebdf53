# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of random organizations, and what may happen until they are carried out.

More of them by hand: ``CRDB_PLANS=200``, others with ``CRDB_PLANS=1000-1200``.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from integration.helpers.emulator import FAST, Emulator
from integration.helpers.in_process import Clock, execute
from integration.helpers.organizations import NETWORKS, Organization, build, organization
from integration.helpers.runner import CHECKOUT
from integration.helpers.worlds import NEWEST, SETTLED, World
from integration.test_organization_export import export, given, loaded

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import printable
from ansible_collections.crdb.cloud.plugins.module_utils._cloud_api.client import CloudApi

FIRST, _dash, LAST = os.environ.get("CRDB_PLANS", "6").rpartition("-")
SEEDS = range(int(FIRST or 0), int(LAST))
PASSWORDS = ("first-planted-password", "second-planted-password")
POINTS = 10
SCHEMA = json.loads((CHECKOUT / "docs/schemas/fleet-plan-1.json").read_text())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    times = ("--create-seconds", "0.02", "--operation-seconds", "0.02")
    emulator = Emulator(tmp_path_factory.mktemp("emulator"), *FAST, *times)
    yield emulator
    emulator.stop()


def arguments(made: Organization, password: str = PASSWORDS[0]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(made.arguments()).replace("{{ password }}", password))
    return {**found, "parallel": 1}


def fleet(emulator: Emulator, args: Mapping[str, Any], *, check: bool = False) -> dict[str, Any]:
    emulator.reset("requests")
    result = execute("fleet", args, emulator, check=check, clock=Clock())
    assert not any(password in json.dumps(result) for password in PASSWORDS)
    return result


def planned(emulator: Emulator, args: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The plan; None where what is there allows none."""
    return fleet(emulator, args, check=True).get("plan")


def begun(world: Emulator, seed: int, path: Path) -> tuple[Organization, list[dict[str, Any]]]:
    """An organization of its own, and the plan for it, which is in the file *path*."""
    world.reset()
    made = organization(seed)
    build(world, [made])
    plan = fleet(world, {**arguments(made), "plan_out": str(path)}, check=True)["plan"]
    assert not any(password in path.read_text() for password in PASSWORDS)
    return made, plan


def of_the_world(world: Emulator, rng: random.Random) -> None:
    """Somebody else changes something."""
    rows = [row for row in world.state()["clusters"] if row["state"] == "CREATED"]
    if not rows:
        return
    row = rng.choice(rows)
    at = f"/clusters/{row['id']}"
    users = [user["name"] for user in world.api("GET", f"{at}/sql-users")["users"]]
    networks = world.api("GET", f"{at}/networking/allowlist")["allowlist"]

    def allow(cidr: str, name: str) -> None:
        address, _slash, mask = cidr.partition("/")
        body = {"cidr_ip": address, "cidr_mask": int(mask), "ui": True, "sql": True, "name": name}
        world.api("POST", f"{at}/networking/allowlist", body)

    def again() -> None:
        world.api("DELETE", at)
        world.until(lambda: all(each["state"] != "CREATING" for each in world.state()["clusters"]))
        spec = {"serverless": {"regions": ["us-central1"]}, "plan": "BASIC", "labels": row.get("labels") or {}}
        world.api("POST", "/clusters", {"name": row["name"], "provider": "GCP", "spec": spec})
        world.until(lambda: all(each["state"] in ("CREATED", "DELETED") for each in world.state()["clusters"]))

    label = {**(row.get("labels") or {}), "team": rng.choice("abcd")}
    new = [cidr for cidr in NETWORKS if cidr.partition("/")[0] not in {each["cidr_ip"] for each in networks}]
    name = rng.choice(("app", "etl", "reporting", "stranger"))
    choices: list[Callable[[], object]] = [
        lambda: world.api("PATCH", at, {"labels": label}),
        lambda: world.api("PATCH", at, {"delete_protection": rng.choice(("ENABLED", "DISABLED"))}),
        lambda: name in users or world.api("POST", f"{at}/sql-users", {"name": name, "password": "of-somebody-else"}),
        lambda: users and world.api("DELETE", f"{at}/sql-users/{rng.choice(users)}"),
        lambda: new and allow(rng.choice(new), rng.choice(("", "theirs"))),
    ]
    if row.get("delete_protection") != "ENABLED":
        choices.append(again)
    rng.choice(choices)()


def of_the_description(args: dict[str, Any], rng: random.Random) -> None:
    """Somebody writes something else."""
    clusters = args["clusters"]
    choices: list[Callable[[], object]] = [
        lambda: clusters.append({"name": "brand-new", "provider": "GCP", "regions": ["us-central1"]}),
        lambda: args["purge_confirm"].pop() if args.get("purge_confirm") else None,
    ]
    if clusters:
        entry = rng.choice(clusters)
        users = entry.setdefault("sql_users", [])
        choices += [
            lambda: clusters.remove(entry),
            lambda: entry.update(labels={"team": rng.choice("abcd")}),
            lambda: entry.update(delete_protection=rng.choice(("ENABLED", "DISABLED"))),
            lambda: users.pop() if users else users.append({"name": "late", "password": PASSWORDS[1]}),
            lambda: entry.update(purge_children=rng.choice(([], ["sql_users"], ["sql_users", "allowlist"]))),
            lambda: entry.update(allowlist=[{"cidr": rng.choice(NETWORKS)}]),
        ]
    rng.choice(choices)()


def named(plan: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(step["noun"], step["name"]) for step in plan}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_would_be_done_is_what_was_reviewed_or_refused(world: Emulator, tmp_path: Path, seed: int) -> None:
    """Of four seeds two change the world, one the description, and one nothing but passwords."""
    path, rng = tmp_path / "plan.json", random.Random(seed)
    made, before = begun(world, seed, path)
    args = arguments(made, PASSWORDS[1])
    ids = {row["name"]: row["id"] for row in world.state()["clusters"] if row["state"] == "CREATED"}
    kind = seed % 4
    if kind in (0, 1):
        of_the_world(world, rng)
    elif kind == 2:
        of_the_description(args, rng)
    after = planned(world, args)
    # What is as was wanted already needs nothing; all the rest is as it was, on the same clusters.
    rest = [step for step in before if step not in (after or ())]
    new = [step for step in after or () if step not in before and not is_made(step, before)]
    now = {row["name"]: row["id"] for row in world.state()["clusters"] if row["state"] == "CREATED"}
    moved = any(ids.get(step["cluster"]) != now.get(step["cluster"]) for step in after or ())
    good = after is not None and not new and not (kind == 2 and rest) and not moved
    for check in (True, False):
        result = fleet(world, {**args, "plan_in": str(path)}, check=check)
        assert bool(result.get("failed")) is not good, (result.get("msg"), new, rest)
        if check or not good:
            assert world.writes() == []
        if after is not None and not good:
            assert all(f"'{name}'" in result["msg"] for _noun, name in named(new) or named(rest)), result["msg"]
            assert ("description" if kind == 2 else "the world has changed") in result["msg"]
    if good:
        assert len(world.writes()) == len(after or ())
        assert all(step["changes"].keys() == {"password"} for step in planned(world, args) or ())


def is_made(step: Mapping[str, Any], before: list[dict[str, Any]]) -> bool:
    """Whether *step* sets the password of a user that the plan was to make, as after a run that was killed: nobody can tell who has made it."""
    about = ("noun", "name", "cluster")
    return step["changes"].keys() == {"password"} and any(
        each["action"] == "create" and all(each[name] == step[name] for name in about) for each in before
    )


class Killed(BaseException):
    """The end of a run that nobody could have expected."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_run_goes_on_with_the_same_file(
    world: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    path, write = tmp_path / "plan.json", CloudApi.write
    _made, plan = begun(world, seed, path)
    for point in sorted(random.Random(seed).sample(range(len(plan)), min(POINTS if len(SEEDS) > 20 else 2, len(plan)))):
        made, plan = begun(world, seed, path)
        sent = 0

        def dies(*given: Any, _last: int = point, **named: Any) -> Any:
            nonlocal sent
            sent += 1
            if sent > _last:
                raise Killed
            return write(*given, **named)

        monkeypatch.setattr(CloudApi, "write", dies)
        with pytest.raises(Killed):
            fleet(world, {**arguments(made), "plan_in": str(path)})
        monkeypatch.setattr(CloudApi, "write", write)
        result = fleet(world, {**arguments(made, PASSWORDS[1]), "plan_in": str(path)})
        assert not result.get("failed"), (point, result["msg"])
        again = fleet(world, {**arguments(made), "plan_in": str(path)})
        assert all(step["changes"].keys() == {"password"} for step in again["plan"]), again["plan"]


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path_factory.mktemp("emulator"), *SETTLED)
    yield emulator
    emulator.stop()


@pytest.mark.parametrize("seed", SEEDS[: (len(SEEDS) + 1) // 2])
def test_plans_about_every_noun(settled: Emulator, tmp_path: Path, seed: int) -> None:
    """Somebody changes this and that; a plan undoes it, and is refused where more of it is changed before it is carried out."""
    world, rng, path = World(settled, seed), random.Random(seed), tmp_path / "plan.json"
    export(settled, tmp_path / "organization.yml")
    args = {"api_version": NEWEST, **given(loaded(tmp_path / "organization.yml"))}
    changes = rng.sample(world.changes, min(6, len(world.changes)))
    for change in changes[:4]:
        change.make(settled)
    page = tmp_path / "plan.md"
    result = fleet(settled, {**args, "plan_out": str(path), "plan_markdown": str(page)}, check=True)
    if result.get("failed"):
        # What was changed can't be undone without a secret, which an export does not have.
        assert "a secret can't be read back" in result["msg"]
        return
    before = result["plan"]
    assert not any(secret in f"{path.read_text()}{page.read_text()}" for secret in world.secrets)
    jsonschema.validate(json.loads(path.read_text()), SCHEMA)
    for change in changes[4:] if seed % 2 else ():
        change.make(settled)
    after = planned(settled, args)
    new = [step for step in after or () if step not in before]
    good = after is not None and not new
    for check in (True, False):
        result = fleet(settled, {**args, "plan_in": str(path)}, check=check)
        assert bool(result.get("failed")) is not good, (result.get("msg"), new)
        if check or not good:
            assert settled.writes() == []
        if after is None:
            assert "a secret can't be read back" in result["msg"]
        elif new:
            assert all(f"'{printable(name)}'" in result["msg"] for _noun, name in named(new)), result["msg"]
    if good:
        assert planned(settled, args) == []
        assert not fleet(settled, {**args, "plan_in": str(path)})["changed"]
