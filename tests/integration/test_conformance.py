# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every noun has to do, whatever it is. Nothing here names one: samples.py has how a person makes each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from integration.helpers.conformance import Scene
from integration.helpers.emulator import FAST, Emulator
from integration.helpers.results import Outcome, agree
from integration.samples import SAMPLES, VERSIONS, Sample

from ansible_collections.crdb.cloud.plugins.module_utils._nouns.registry import NOUNS, Noun

pytestmark = pytest.mark.smoke

# The emulator as the service is described, and with each of its options that says where the service may differ.
SERVICES: dict[str, tuple[str, ...]] = {
    "described": (),
    "different": (
        *("--allow-duplicate-names", "--unique", "none", "--allowlist-conflict", "--delete-while-creating"),
        *("--repeat-delete-status", "200", "--rate-limit-status", "503", "--refusal-status", "409"),
        *("--delete-seconds", "0.02", "--propagate-seconds", "0.02"),
    ),
}
TIMES = ("--create-seconds", "0.02", "--operation-seconds", "0.02")
LOST = ("drop_before", "drop_after", "garbage")
BUSY = {"status": 503, "body": {"code": 14, "message": "couldn't lock cluster", "details": []}}
LIMITED = {"status": 429, "headers": {"Retry-After": "7"}, "body": {"code": 8, "message": "slow down", "details": []}}
REFUSALS = tuple(
    {"status": status, "body": {"code": code, "message": "planted refusal", "details": []}}
    for status, code in ((400, 9), (409, 6), (500, 13))
)
FORBIDDEN = {"status": 403, "body": {"code": 7, "message": "permission denied", "details": []}}


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Emulator]]:
    started: dict[str, Emulator] = {}

    def service(name: str) -> Emulator:
        if name not in started:
            started[name] = Emulator(tmp_path_factory.mktemp("emulator"), *FAST, *TIMES, *SERVICES[name])
        return started[name]

    yield service
    for emulator in started.values():
        emulator.stop()


@pytest.fixture
def scene(
    request: pytest.FixtureRequest, services: Callable[[str], Emulator], monkeypatch: pytest.MonkeyPatch
) -> Scene:
    sample, service = request.param
    found = Scene(sample, services(service), monkeypatch)
    found.set()
    return found


def of(
    fits: Callable[[Sample], Any] = lambda sample: True, *, every: bool = False, service: str = ""
) -> pytest.MarkDecorator:
    """Try the samples that fit: the first such of each noun, or *every* one with every service, or with that *service* alone."""
    params, seen = [], set[str]()
    for sample in filter(fits, SAMPLES):
        if every or sample.noun not in seen:
            number = sum(other.noun == sample.noun for other in SAMPLES[: SAMPLES.index(sample)]) + 1
            for name in (service or "described",) if service or not every else SERVICES:
                title = "-".join(
                    (sample.noun, *([str(number)] if every else []), *([name] if not service and every else []))
                )
                params.append(pytest.param((sample, name), id=title))
        seen.add(sample.noun)
    return pytest.mark.parametrize("scene", params, indirect=True)


def test_every_noun_has_a_sample() -> None:
    changed = {noun.name for noun in NOUNS.values() if noun.creates or noun.updates or noun.deletes}
    assert {sample.noun for sample in SAMPLES} == changed


@pytest.mark.parametrize("noun", NOUNS.values(), ids=list(NOUNS))
def test_every_field_is_tried(noun: Noun) -> None:
    """A sample gives each field, and where it can be changed, changes it."""
    samples = [sample for sample in SAMPLES if sample.noun == noun.name]
    changed = {name for sample in samples for change in sample.changes for name in change}
    given = changed | {name for sample in samples for name in sample.make}
    for field in noun.fields:
        fixed = field.immutable or field.compare == "ignore" or not noun.updates
        assert field.name in (given if fixed or field in noun.key else changed), field.name


# --- created, changed, deleted: as predicted, and once ---------------------------------------------------------------


@of(every=True)
def test_created_as_predicted_and_once(scene: Scene) -> None:
    made = scene.does(scene.make, "create" if scene.noun.creates else "update")
    assert scene.count() == (1 if scene.noun.creates else 0)
    again = scene.again()
    assert again[scene.noun.name] == made[scene.noun.name]
    assert again["diff"]["before"] == again["diff"]["after"]
    assert "diff" not in scene.again(diff=False).result
    scene.again(check=True)


@of(lambda sample: sample.changes, every=True)
def test_changed_as_predicted_and_once_and_what_is_not_said_stays(scene: Scene) -> None:
    scene.made()
    for change in scene.sample.changes:
        before = scene.noun.view(scene.own())
        steps = len(scene.change(change, check=True)["plan"])
        changed = scene.does(partial(scene.change, change), "update", steps=steps)
        after = scene.noun.view(scene.own())
        said = {name for step in changed["plan"] for name in step["changes"]} | set(change)
        for name in set(scene.sample.make) & set(before) - said:
            assert after[name] == before[name], name
        assert scene.again(change)[scene.noun.name] == changed[scene.noun.name]
    if scene.noun.creates:
        scene.again({})
        assert scene.count() == 1


@of(lambda sample: sample.declared.deletes, every=True)
def test_deleted_as_predicted_and_once(scene: Scene) -> None:
    scene.made()
    for change in scene.sample.changes:
        assert not scene.change(change).failed
    scene.does(scene.absent, "delete")
    assert scene.count() == 0
    again = scene.absent()
    assert not again.failed and not again.changed and not again.writes and again[scene.noun.name] is None


@of(lambda sample: sample.declared.renames, every=True)
def test_renamed_as_predicted_and_once(scene: Scene) -> None:
    key = scene.noun.key[-1].name
    scene.made()
    old = scene.own()
    args = {**scene.named, key: f"{scene.sample.make[key]}2", "renamed_from": scene.sample.make[key]}
    scene.does(lambda **more: scene.task(args, **more), "update")
    assert scene.count() == (1 if scene.noun.creates else 0)
    assert not scene.noun.has_ids or scene.own()[scene.noun.address[0]] == old[scene.noun.address[0]]
    again = scene.task(args)
    assert not again.changed and not again.writes, again.result


@of(lambda sample: any(option.name == "id" for option in sample.declared.options))
def test_an_id_says_which_one(scene: Scene) -> None:
    scene.made()
    by_id = {**scene.needed, "id": scene.own()[scene.noun.address[0]]}
    assert not scene.task(by_id).changed
    for change in scene.sample.changes[:1]:
        assert scene.task({**by_id, **change}).changed
        scene.again(change)
    unknown = {**scene.needed, "id": str(uuid4())}
    scene.task({**unknown, **scene.named}).fails_with(f"There is no {scene.noun.words} with the id")
    if scene.noun.deletes:
        assert not scene.task({**unknown, "state": scene.sample.deleted}).changed
        scene.does(lambda **more: scene.task({**by_id, "state": scene.sample.deleted}, **more), "delete")
        assert scene.count() == 0


@of(lambda sample: sample.declared.rows and sample.declared.deletes and not sample.declared.has_ids)
def test_two_rows_of_one_address_are_one_object(scene: Scene) -> None:
    scene.made()
    row = scene.own()
    for task in (scene.again, partial(scene.does, scene.absent, "delete")):
        twice: dict[str, Any] = {scene.noun.rows: [row, row]}
        scene.emulator.fault("status", "GET", f"{scene.noun.collection(scene.ids)}$", status=200, body=twice, times=2)
        task()
        scene.emulator.reset("faults")
    assert scene.count() == 0


# Of what tells a secret, the older one of a name is the one that was replaced. A job has no name.
@of(
    lambda sample: (
        sample.declared.has_ids and sample.declared.key and sample.declared.creates and not sample.declared.reveals
    ),
    service="different",
)
def test_two_of_one_name_are_refused_with_their_ids(scene: Scene) -> None:
    scene.made()
    two(scene)
    ids = [str(row[scene.noun.address[0]]) for row in scene.rows() if row not in scene.there]
    assert len(ids) == 2
    for outcome in (scene.make(), scene.make(check=True), *([scene.absent()] if scene.noun.deletes else [])):
        outcome.fails_with(*ids)
        assert not outcome.changed and not outcome.writes
    if scene.noun.deletes:
        assert scene.task({**scene.needed, "id": ids[0], "state": scene.sample.deleted}).changed
        scene.again({})


def two(scene: Scene) -> None:
    """Make one more of the same name: the task does not see the first one."""
    empty: dict[str, Any] = {scene.noun.rows: [], "totalResults": 0}
    scene.emulator.fault("status", "GET", f"{scene.noun.collection(scene.ids)}$", status=200, body=empty)
    assert scene.make().changed and scene.count() == 2


@of(lambda sample: sample.declared.deletes, every=True, service="described")
def test_the_items_of_a_loop_know_what_those_before_them_did(scene: Scene) -> None:
    scene.loop = []
    for _round in range(2):
        scene.made()
        scene.again()
        for change in scene.sample.changes:
            scene.change(change)
            scene.again(change)
        assert scene.count() == 1
        assert scene.absent().changed and not scene.absent().changed
        assert scene.count() == 0


@of(lambda sample: sample.declared.deletes)
def test_the_info_module_shows_what_is_there(scene: Scene) -> None:
    made = scene.made()[scene.noun.name]
    assert made in scene.shown(scene.place) and made in scene.shown(scene.named)
    if scene.noun.renames:
        key = scene.noun.key[-1].name
        assert made not in scene.shown({**scene.named, key: f"{scene.named[key]}2"})
    scene.absent()
    assert made not in scene.shown(scene.named)


# --- the network ----------------------------------------------------------------------------------------------------


@of(service="different")
@pytest.mark.parametrize("how", LOST)
def test_a_lost_creation_makes_no_two(scene: Scene, how: str) -> None:
    scene.fault_writes(how)
    made = scene.make(api_retries=1)
    assert made.changed, "nobody may take it for a sign that all is as it was"
    if made.failed:
        assert how == "drop_before"
        made.fails_with("unknown")
        assert scene.count() == 0
        scene.emulator.reset("faults")
        scene.made()
    elif scene.noun.reveals:
        assert made[scene.noun.reveals]
    assert scene.count() == (1 if scene.noun.creates else 0)
    scene.again()


@of(lambda sample: sample.changes, service="different")
@pytest.mark.parametrize("how", LOST)
def test_a_lost_change_is_made(scene: Scene, how: str) -> None:
    scene.made()
    change = scene.sample.changes[0]
    scene.fault_writes(how)
    changed = scene.change(change, api_retries=1)
    assert changed.changed and not changed.failed, changed.result
    # What takes a while may not be seen yet.
    at_once = type(scene.noun).watched is Noun.watched
    if how != "drop_before" and at_once and changed.writes[0].startswith("PATCH"):
        assert len(changed.writes) == 1, "it looks before it sends a change once more"
    assert scene.again(change)[scene.noun.name] == changed[scene.noun.name]


@of(lambda sample: sample.declared.deletes, service="different")
@pytest.mark.parametrize("how", LOST)
def test_a_lost_deletion_is_made(scene: Scene, how: str) -> None:
    scene.made()
    scene.fault_writes(how)
    gone = scene.absent(api_retries=1)
    assert gone.changed and not gone.failed and gone[scene.noun.name] is None, gone.result
    assert scene.count() == 0


def every_write(scene: Scene) -> Iterator[Callable[..., Outcome]]:
    """The tasks of the sample that write, one after the other."""
    yield scene.make
    for change in scene.sample.changes[:1]:
        yield partial(scene.change, change)
    if scene.noun.deletes:
        yield scene.absent


@of()
def test_a_rate_limit_and_a_lock_are_waited_for(scene: Scene) -> None:
    for status in (LIMITED, BUSY):
        scene.set()
        for task in every_write(scene):
            scene.fault_writes("status", **status)
            scene.clock.slept = 0
            done = task()
            assert done.changed and not done.failed, done.result
            assert scene.clock.slept
            scene.emulator.reset("faults")


@of()
def test_a_lock_is_told_where_nobody_waits(scene: Scene) -> None:
    for task in every_write(scene):
        scene.fault_writes("status", **BUSY)
        task(wait=False).fails_with("couldn't lock cluster")
        scene.emulator.reset("faults")
        assert task().changed


@of(lambda sample: "cluster" in sample.declared.parents)
def test_an_operation_on_the_parent_is_waited_for(scene: Scene) -> None:
    for task in every_write(scene):
        scene.patch_parent(operation_status="CRDB_SCALE_RUNNING")
        scene.fault_writes("status", **BUSY)
        scene.clock.meanwhile = lambda: scene.patch_parent(operation_status="UNSPECIFIED")
        done = task()
        assert done.changed and not done.failed, done.result
        assert scene.clock.meanwhile is None
        scene.emulator.reset("faults")


@of(service="different")
@pytest.mark.parametrize("error", REFUSALS, ids=lambda error: str(error["status"]))
def test_a_refusal_is_told_as_it_is(scene: Scene, error: dict[str, Any]) -> None:
    for task in every_write(scene):
        scene.fault_writes("status", **error)
        refused = task()
        refused.fails_with("Failed to ", error["body"]["message"], f"HTTP {error['status']}")
        # After a 500 nobody knows what was done.
        assert refused.changed is (error["status"] == 500) and len(refused.writes) == 1
        scene.emulator.reset("faults")
        assert task().changed


@of()
def test_a_gateway_that_is_out_for_a_while_is_waited_for(scene: Scene) -> None:
    for task in every_write(scene):
        scene.emulator.fault("status", "GET", "^/api/", status=502, body="no upstream")
        scene.fault_writes("status", status=502, body="no upstream")
        done = task(api_retries=2)
        assert done.changed
        if done.failed:
            # Nobody knows whether it was made, and it is never asked for twice.
            done.fails_with("outcome is unknown")
            assert len(done.writes) == 1
            assert task().changed
        scene.emulator.reset("faults")


@of()
def test_a_missing_role_is_named(scene: Scene) -> None:
    for task in every_write(scene):
        scene.fault_writes("status", **FORBIDDEN)
        refused = task()
        refused.fails_with("Failed to ", scene.noun.roles, "403")
        assert not refused.changed and refused["error"]["status"] == 403
        scene.emulator.reset("faults")
        assert task().changed


@of(lambda sample: sample.declared.rows and not sample.declared.unique)
def test_a_role_that_may_not_look_changes_nothing(scene: Scene) -> None:
    scene.emulator.fault("status", "GET", f"{scene.noun.collection(scene.ids)}$", times=99, **FORBIDDEN)
    for check in (False, True):
        refused = scene.make(check=check)
        refused.fails_with("Failed to list", scene.noun.roles)
        assert not refused.changed and not refused.writes


# --- what they live in, and refer to ---------------------------------------------------------------------------------


def foretold(scene: Scene) -> None:
    """What is needed is not there: check mode predicts nevertheless, a run fails before it writes."""
    predicted = scene.make(check=True)
    assert predicted.changed and not predicted.failed and predicted["plan"] and predicted["warnings"], predicted.result
    assert predicted[scene.noun.name] is not None
    refused = scene.make()
    refused.fails_with("There is no ", "Create it first with the module")
    assert not refused.changed and not refused.writes


@of(lambda sample: set(sample.declared.parents) & set(NOUNS))
def test_a_parent_that_is_not_there(scene: Scene) -> None:
    scene.set(parents=False, before=False)
    foretold(scene)
    if scene.noun.deletes:
        for check in (False, True):
            gone = scene.absent(check=check)
            assert not gone.changed and not gone.failed and gone["warnings"], gone.result
    scene.parents = dict.fromkeys(scene.parents, str(uuid4()))
    refused = scene.make()
    refused.fails_with("There is no ")
    assert not refused.changed and not refused.writes


@of(lambda sample: sample.before)
def test_what_it_refers_to_is_not_there(scene: Scene) -> None:
    scene.set(before=False)
    foretold(scene)


@of(lambda sample: "cluster" in sample.declared.parents)
def test_a_parent_that_is_still_being_made_is_waited_for(scene: Scene) -> None:
    scene.patch_parent(state="CREATING")
    predicted = scene.make(check=True)
    assert predicted.changed and not predicted.failed, predicted.result
    at_once = scene.make(wait=False)
    if not at_once.failed:
        # The service takes it already, so there is nothing to wait for.
        assert at_once.changed and scene.count() == 1
        return
    assert not at_once.changed
    at_once.fails_with("CREATING" if "CREATING" in at_once.msg else "couldn't lock cluster")
    scene.clock.meanwhile = lambda: scene.patch_parent(state="CREATED")
    made = scene.make()
    assert made.changed and not made.failed, made.result
    assert scene.clock.meanwhile is None
    agree(scene.noun.name, predicted[scene.noun.name], made[scene.noun.name])
    scene.again()


# --- its own lifecycle -----------------------------------------------------------------------------------------------


@of(lambda sample: sample.declared.lifecycle and sample.declared.creates)
def test_nobody_waits_who_does_not_want_to(scene: Scene) -> None:
    states = scene.noun.lifecycle
    made = scene.does(partial(scene.make, wait=False), "create")
    assert not scene.clock.slept
    assert states.is_young(made[scene.noun.name])
    scene.again()
    if scene.noun.deletes:
        gone = scene.absent(wait=False)
        assert gone.changed and not gone.failed and gone[scene.noun.name] is None, gone.result


@of(lambda sample: sample.declared.lifecycle and sample.declared.creates)
def test_one_that_is_still_being_made_is_waited_for(scene: Scene) -> None:
    scene.made()
    states = scene.noun.lifecycle
    scene.patch_state(states.making[0])
    scene.clock.meanwhile = lambda: scene.patch_state(states.settled[0])
    scene.again({})
    assert scene.clock.meanwhile is None


@of(lambda sample: sample.declared.lifecycle and sample.declared.creates)
def test_a_failed_state_ends_it_at_once_with_its_reason(scene: Scene) -> None:
    scene.made()
    states = scene.noun.lifecycle
    failed, why = scene.failed
    scene.patch_state(states.making[0])
    scene.clock.meanwhile = lambda: scene.patch_own(failed)
    scene.clock.slept = 0
    failing = scene.make()
    failing.fails_with(*why)
    assert failing[scene.noun.name] and not failing.writes and scene.clock.slept == 1
    if (scene.noun.rows and not scene.noun.key) or states.mends:
        assert scene.made().writes, "what failed is done again"
    elif scene.count():
        # It is still listed, so whoever comes later is told the same.
        failing = scene.make()
        failing.fails_with(*why)
        assert failing[scene.noun.name] and not failing.writes and scene.clock.slept == 1
        if not scene.noun.deletes:
            return
        scene.does(scene.absent, "delete")
        assert scene.made()[scene.noun.name]


@of(lambda sample: sample.declared.creates and sample.declared.lifecycle and sample.declared.lifecycle.gone)
def test_one_that_is_gone_counts_as_absent(scene: Scene) -> None:
    for state in scene.noun.lifecycle.gone:
        scene.set()
        scene.made()
        scene.patch_state(state)
        if scene.noun.deletes:
            absent = scene.absent()
            assert not absent.failed and not absent.changed and not absent.writes, absent.result
        assert not scene.shown(scene.parents)
        scene.does(scene.make, "create")


@of(lambda sample: sample.declared.creates and sample.declared.lifecycle and sample.declared.lifecycle.leaving)
def test_one_that_is_leaving_is_waited_out(scene: Scene) -> None:
    scene.made()
    scene.patch_state(scene.noun.lifecycle.leaving[0])
    predicted = scene.make(check=True)
    assert predicted.changed and not predicted.failed, predicted.result
    scene.clock.meanwhile = lambda: scene.patch_own(None)
    made = scene.made()
    assert scene.clock.meanwhile is None
    assert predicted["plan"] == made["plan"]
    assert scene.count() == 1


# --- versions --------------------------------------------------------------------------------------------------------


@of(every=True, service="described")
@pytest.mark.parametrize("version", VERSIONS)
def test_it_does_the_same_in_every_version(scene: Scene, version: str) -> None:
    if version not in scene.sample.versions:
        pytest.skip("it makes no sense there")
    scene.version = version
    if version < scene.noun.since or not scene.known(scene.sample.make):
        refused = scene.make()
        refused.fails_with(version, "api_version")
        assert not refused.requests and not refused.changed
        return
    scene.does(scene.make, "create" if scene.noun.creates else "update")
    scene.again()
    for change in filter(scene.known, scene.sample.changes):
        scene.change(change)
        scene.again(change)
    if scene.noun.deletes:
        scene.does(scene.absent, "delete")


# --- what nobody expects ---------------------------------------------------------------------------------------------


@of(lambda sample: sample.declared.secret_names())
def test_a_secret_that_a_server_echoes_is_not_shown(scene: Scene) -> None:
    echo = {"status": 400, "body": {"code": 3, "message": "bad: {request_body}", "details": []}}
    for task in every_write(scene):
        scene.fault_writes("status", **echo)
        task().fails_with("bad: ")
        scene.emulator.reset("faults")
        assert task().changed


@of()
@pytest.mark.parametrize("body", ["{}", "[]", "null", '"text"'])
def test_an_answer_of_another_shape_is_told_in_one_sentence(scene: Scene, body: str) -> None:
    everything = {"status": 200, "body": body, "times": 99, "headers": {"Content-Type": "application/json"}}
    scene.emulator.fault("status", "GET", "^/api/", **everything)
    refused = scene.make()
    refused.fails_with("Failed to ")
    assert not refused.changed and not refused.writes
    scene.emulator.reset("faults")
    for task in every_write(scene):
        scene.fault_writes("status", **{**everything, "times": 1})
        told = task(wait_timeout=60.0)
        assert told.changed, told.result
        if told.failed:
            told.fails_with("Failed to ")
        scene.emulator.reset("faults")
        task()
