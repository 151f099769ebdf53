# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs of several kinds carried out together: what needs what, one loop for all waits, answers that get lost, runs that are killed."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from plugin_fakes import FakeApi, FakeRun, cluster, refusal

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import LostAnswerError, NotSentError, WaitError
from ansible_collections.crdb.cloud.plugins.module_utils._fleet.crew import Crew
from ansible_collections.crdb.cloud.plugins.module_utils._fleet.jobs import MISSED_POLLS, Job
from ansible_collections.crdb.cloud.plugins.module_utils._http.answers import TEXT, Object
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.cluster import CLUSTER
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.declared import NIL_ID, Scope
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.field import Field
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.lifecycle import Lifecycle
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.noun import Desired, Noun
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.plan import Plan
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.registry import NOUNS
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile import finder
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.items import Item
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.reconciler import Reconciler
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.work import Work

LIFE = Lifecycle(
    "state", making=("MAKING",), settled=("READY",), failed=("BROKEN",), leaving=("LEAVING",), reason="why"
)
SHAPE = Object({"id": TEXT, "name": TEXT})
SHELF = Noun("shelf", "shelves/{id}", rows="shelves", key=(Field("name", required=True),), shape=SHAPE, lifecycle=LIFE)
BOX = Noun(
    "box",
    "boxes/{id}",
    rows="boxes",
    plural="boxes",
    key=(Field("name", required=True),),
    fields=(Field("shelf", api="shelf_id", ref="shelf"), Field("size")),
    shape=SHAPE,
    lifecycle=LIFE,
)
LABEL = Noun(
    "tag", "clusters/{cluster}/tags/{id}", rows="tags", key=(Field("name", required=True),), shape=SHAPE, lifecycle=LIFE
)
LAMP = Noun("lamp", "clusters/{cluster}/lamp", fields=(Field("colour"),), creates="PUT", updates="PUT", lifecycle=LIFE)


@pytest.fixture(autouse=True)
def nouns(monkeypatch):
    ours = {noun.name: noun for noun in (SHELF, BOX, LABEL, LAMP)}
    for name, noun in ours.items():
        monkeypatch.setitem(NOUNS, name, noun)
    monkeypatch.setattr(finder, "referred", lambda name: ours.get(name) or NOUNS[name])
    monkeypatch.setattr(finder, "REFERRED", finder.REFERRED | set(ours))


class Warehouse(FakeApi):
    """Objects by the path of their collection; one is ready some seconds after it was asked for. Deleted ones stay that long, too."""

    def __init__(self, *clusters, seconds=5.0):
        super().__init__(*clusters)
        self.seconds = seconds
        self.there = {}
        self.due = {}
        self.number = itertools.count(1)
        self.clock = lambda: 0.0

    def make(self, path, **row):
        row = {"id": f"00000000-0000-4000-8000-{next(self.number):012}", "state": "READY", **row}
        self.there.setdefault(path, []).append(row)
        return row

    def _answer(self, method, path, body):
        self._pass()
        parts = path.strip("/").split("/")
        if parts[-1] == "lamp":
            return self._lamp(method, path, body)
        collection = next((part for part in ("shelves", "boxes", "tags") if part in parts), None)
        if collection is None:
            return super()._answer(method, path, body)
        rows = self.there.setdefault(path[: path.index(collection) + len(collection)], [])
        if parts[-1] == collection:
            if method == "GET":
                return {collection: rows}
            row = self.make(path, **{"state": "MAKING", **body})
        else:
            row = next((row for row in rows if row["id"] == parts[-1]), None)
            if row is None:
                raise refusal(404, "not there")
            if method == "GET":
                return row
            row.update({"state": "LEAVING"} if method == "DELETE" else {"state": "MAKING", **body})
        self.due[row["id"]] = (self.clock() + self.seconds, row, rows)
        return row

    def _lamp(self, method, path, body):
        if method == "PUT":
            self.there[path] = {**body, "state": "MAKING", "id": path}
            self.due[path] = (self.clock() + self.seconds, self.there[path], [])
        if path not in self.there:
            raise refusal(404, "dark")
        return self.there[path]

    def _pass(self):
        for id_, (when, row, rows) in list(self.due.items()):
            if self.clock() >= when:
                del self.due[id_]
                if row["state"] == "LEAVING":
                    rows.remove(row)
                else:
                    row["state"] = "READY"

    def reads(self, path):
        return [entry for entry in self.log if entry[:2] == ("GET", path)]

    def sent(self):
        """What was sent, as its method, the last part of its path and the name in its body."""
        return [(method, path.rsplit("/", 1)[-1], (body or {}).get("name")) for method, path, body in self.writes]


class Floor:
    """A run over *api*, and the jobs that it carries out."""

    def __init__(self, api, parallel=2, **settings):
        self.api, self.parallel = api, parallel
        self.run = FakeRun(api, {"cluster": "orders"}, **settings)
        api.clock = self.run.clock
        self.engine = Reconciler(self.run)
        self.jobs = []

    def job(self, noun, *prerequisites, group=None, **params):
        def plan():
            options = {**dict.fromkeys(option.name for option in noun.options), **params}
            return self.engine.about({"cluster": "orders", **options}).work(noun)

        job = Job(plan(), prerequisites=prerequisites, replan=plan, group=group)
        (group.members if group else self.jobs).append(job)
        return job

    def carry_out(self):
        if not self.run.waiter.enabled:
            for job in self.jobs:
                job.leave_what_would_wait()
        Crew(self.engine, "shop", self.parallel).carry_out(self.jobs)
        return {job.label: job.result()["status"] for job in self.jobs}


@pytest.mark.parametrize(("parallel", "first"), [(16, 1), (8, 2)])
def test_one_look_at_each_place_serves_all_that_wait(parallel, first):
    """Waits of four kinds at once: two collections, one below a cluster, and something that is there once.

    Where more wait than are sent at a time, the first look is later: some of many are never ready that soon.
    """
    api = Warehouse(cluster(), seconds=20.0)
    floor = Floor(api, parallel=parallel)
    for number in range(3):
        floor.job(SHELF, name=f"shelf-{number}")
        floor.job(BOX, name=f"box-{number}")
        floor.job(LABEL, name=f"tag-{number}")
    floor.job(LAMP, colour="red")
    api.log.clear()
    assert set(floor.carry_out().values()) == {"ok"}
    places = ["/shelves", "/boxes", *(f"/clusters/{cluster()['id']}/{name}" for name in ("tags", "lamp"))]
    counts = {place: len(api.reads(place)) for place in places}
    # Each poll looks at each place once, and at nothing else.
    assert len(set(counts.values())) == 1 and 3 <= counts["/shelves"] <= 7, counts
    assert sum(counts.values()) == len(api.log) - len(api.writes)
    assert floor.run.progress[1] == f"shop: 0/10 ready, {first}s (10 MAKING)"


def test_what_needs_something_waits_until_that_is_there_and_gets_its_id():
    api = Warehouse()
    floor = Floor(api)
    floor.engine.comes(SHELF, {"name": "top"}, NIL_ID)
    shelf = floor.job(SHELF, name="top")
    box = floor.job(BOX, shelf, name="tools", shelf="top")
    other = floor.job(BOX, name="other")
    assert box.work.is_early and not other.work.is_early
    assert set(floor.carry_out().values()) == {"ok"}
    made = {row["name"]: row for row in api.there["/boxes"]}
    assert made["tools"]["shelf_id"] == api.there["/shelves"][0]["id"]
    assert api.sent() == [("POST", "shelves", "top"), ("POST", "boxes", "other"), ("POST", "boxes", "tools")]
    assert box.result() == {
        "noun": "box",
        "name": "tools",
        "id": made["tools"]["id"],
        "status": "ok",
        "changed": True,
        "open_to_everybody": None,
        "done": ["create box 'tools'"],
        "failed": [],
        "skipped": [],
    }


@pytest.mark.parametrize("how", ["refused", "broken", "late", "vanished"])
def test_what_needs_something_that_fails_is_left_out_and_said(how):
    api = Warehouse(seconds=5.0)
    floor = Floor(api, wait_timeout=30.0)
    floor.engine.comes(SHELF, {"name": "top"}, NIL_ID)
    shelf = floor.job(SHELF, name="top")
    first = floor.job(BOX, shelf, name="tools", shelf="top")
    second = floor.job(BOX, first, name="inner")
    floor.job(BOX, name="free")
    if how == "refused":
        api.faults.append(("POST", "/shelves", refusal(400, "no room")))
    elif how == "late":
        api.on_read = lambda _api: [api.due.pop(row["id"], None) for row in api.there.get("/shelves", ())]
    elif how == "broken":
        api.on_read = lambda _api: [row.update(state="BROKEN", why="it fell") for row in api.there.get("/shelves", ())]
    else:
        api.on_read = lambda _api: api.there.get("/shelves", []).clear()
    assert floor.carry_out() == {"top": "failed", "tools": "skipped", "inner": "skipped", "free": "ok"}
    assert first.result()["skipped"] == ["create box 'tools'"] and second.result()["skipped"] == ["create box 'inner'"]
    (failure,) = shelf.result()["failed"]
    said = {
        "refused": ("create shelf 'top'", "no room"),
        "broken": ("wait for shelf 'top'", "it is BROKEN (it fell)"),
        "late": ("wait for shelf 'top'", "still MAKING after"),
        "vanished": ("wait for shelf 'top'", "it was deleted"),
    }[how]
    assert failure["summary"] == said[0] and said[1] in failure["msg"]
    assert [name for _method, _path, name in api.sent()] == ["top", "free"]


def test_a_lost_answer_makes_no_two():
    api = Warehouse()
    api.after.append(("POST", "/boxes", LostAnswerError("the connection was cut")))
    floor = Floor(api)
    for name in ("a", "b"):
        floor.job(BOX, name=name)
    assert floor.carry_out() == {"a": "ok", "b": "ok"}
    assert sorted(row["name"] for row in api.there["/boxes"]) == ["a", "b"] and len(api.writes) == 2
    assert "nothing was created twice" in floor.run.warnings[0]


def test_a_lost_answer_is_looked_for_while_others_go_on():
    """What the lost request has made shows up late; nobody else waits for that, even where one thing at a time is sent."""
    api = Warehouse(seconds=0.0)
    hidden = []

    def hide(_api):
        rows = api.there.get("/boxes", [])
        if api.clock() < 1010.0:
            hidden.extend(row for row in rows if row["name"] == "a")
            rows[:] = [row for row in rows if row["name"] != "a"]
        else:
            rows.extend(hidden)
            hidden.clear()

    floor = Floor(api, parallel=1)
    for name in ("a", "b", "c"):
        floor.job(BOX, name=name)
    api.on_read = hide
    api.after.append(("POST", "/boxes", LostAnswerError("the connection was cut")))
    assert set(floor.carry_out().values()) == {"ok"}
    assert [name for _method, _path, name in api.sent()] == ["a", "b", "c"]
    assert sorted(row["name"] for row in api.there["/boxes"]) == ["a", "b", "c"]


class Killed(BaseException):
    pass


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("after", range(1, 5))
def test_killed_and_run_again(after, late):
    """Whatever was sent when a run is killed, the next one does the rest, and nothing twice; a third one changes nothing."""
    api = Warehouse()

    def planned():
        floor = Floor(api)
        floor.engine.comes(SHELF, {"name": "top"}, NIL_ID)
        shelf = floor.job(SHELF, name="top")
        for name in ("a", "b", "c"):
            floor.job(BOX, shelf, name=name, shelf="top")
        return floor

    write, sent = api.write, []

    def killed(*args, **more):
        sent.append(args)
        answer = write(*args, **more) if late or len(sent) != after else None
        if len(sent) == after:
            raise Killed
        return answer

    api.write = killed
    with pytest.raises(Killed):
        planned().carry_out()
    api.write = write
    planned().carry_out()
    assert sorted(row["name"] for row in api.there["/boxes"]) == ["a", "b", "c"] and len(api.there["/shelves"]) == 1
    last = planned()
    assert not any(job.has_work for job in last.jobs)


def test_without_waiting_what_needs_something_that_takes_a_while_is_left():
    api = Warehouse()
    floor = Floor(api, wait=False)
    floor.engine.comes(SHELF, {"name": "top"}, NIL_ID)
    shelf = floor.job(SHELF, name="top")
    box = floor.job(BOX, shelf, name="tools", shelf="top")
    floor.job(BOX, box, name="inner")
    floor.job(BOX, name="free")
    assert floor.carry_out() == {"top": "ok", "tools": "skipped", "inner": "skipped", "free": "ok"}
    assert floor.run.clock.sleeps == [] and len(api.writes) == 2


def test_no_way_to_the_server_ends_all():
    api = Warehouse()
    floor = Floor(api, parallel=1)
    for number in range(5):
        floor.job(BOX, name=f"box-{number}")
    api.faults.append(("POST", "/boxes", NotSentError("no way there")))
    assert list(floor.carry_out().values()) == ["failed", *["skipped"] * 4] and len(api.writes) == 1


def test_a_place_that_can_not_be_looked_at_ends_the_waits_there_alone():
    api = Warehouse(seconds=60.0)
    floor = Floor(api)
    box, shelf = floor.job(BOX, name="box"), floor.job(SHELF, name="shelf")

    def failing(_api):
        if api.log[-1][1] == "/boxes":
            raise refusal(500, "trouble")

    api.log.clear()
    api.on_read = failing
    assert floor.carry_out() == {"box": "failed", "shelf": "ok"}
    assert len(api.reads("/boxes")) == MISSED_POLLS and "trouble" in box.result()["failed"][0]["msg"]
    assert shelf.went_well


def test_members_of_a_group_are_sent_one_after_the_other_and_waited_for_together():
    api = Warehouse(cluster(), seconds=10.0)
    floor = Floor(api, parallel=8)
    shelf = floor.job(SHELF, name="top")
    for name in ("a", "b", "c"):
        floor.job(LABEL, shelf, group=shelf, name=name)
    at_once, most, call = [], [], api.call

    def watched(method, path, **more):
        at_once.append(path)
        most.append(sum("tags" in each for each in at_once))
        try:
            return call(method, path, **more)
        finally:
            at_once.remove(path)

    api.call = watched
    assert floor.carry_out() == {"top": "ok"}
    assert [name for _method, _path, name in api.sent()] == ["top", "a", "b", "c"] and max(most) == 1
    # Ten seconds for the shelf, ten for what is in it: not ten for each.
    assert floor.run.clock.now - 1000.0 < 30.0
    assert shelf.result()["done"] == ["create shelf 'top'", *(f"create tag '{n}' on cluster 'orders'" for n in "abc")]


def test_a_member_that_can_not_be_planned_keeps_none_of_the_others_from_being_done():
    api = Warehouse(cluster())
    floor = Floor(api)
    shelf = floor.job(SHELF, name="top")
    bad, _good = (floor.job(LABEL, shelf, group=shelf, name=name) for name in ("bad", "good"))
    bad.fail("wait for tag 'bad'", WaitError("it is BROKEN"))
    assert shelf.planned()["done"] == ["create shelf 'top'", "create tag 'good' on cluster 'orders'"]
    assert floor.carry_out() == {"top": "failed"}
    assert [name for _method, _path, name in api.sent()] == ["top", "good"]
    assert shelf.result()["done"] == shelf.planned()["done"]
    assert shelf.result()["skipped"] == ["create tag 'bad' on cluster 'orders'"]


def test_what_they_live_in_is_busy():
    """The next one is not tried before the first one could be sent."""
    api = Warehouse(cluster(), seconds=0.0)
    floor = Floor(api)
    owner = floor.engine.parent("cluster", "orders")
    item = Item(Desired(CLUSTER, {"name": "orders"}, {}), owner.row, Plan([], {}, {}, owner.row))
    group = Job(Work(floor.engine, item, Scope()), parent=owner)
    floor.jobs.append(group)
    for name in ("a", "b"):
        floor.job(LABEL, group, group=group, name=name)
    api.faults.append(("POST", "/tags", refusal(409, "busy", busy=True)))
    row = api.clusters[owner.id]
    reads = []

    def free(_api):
        reads.append(1)
        busy = len(reads) < 4
        row.update(operation_status="CRDB_EDIT_RUNNING" if busy else "UNSPECIFIED")

    api.on_read = free
    assert set(floor.carry_out().values()) == {"ok"}
    assert [name for _method, _path, name in api.sent()] == ["a", "a", "b"]


def test_what_is_to_last_for_a_while_ends_when_all_is_interrupted():
    class Blinking(type(LAMP)):
        def create(self, scope, desired):
            plan = super().create(scope, desired)
            first = replace(plan.steps[0], lasts=300.0, locks=True, wait=False)
            plan.steps = [first, replace(first, body={"colour": "off"}, doing="switch it off", lasts=0.0)]
            return plan

    noun = Blinking(**{name: getattr(LAMP, name) for name in LAMP.__dataclass_fields__})
    for ends in (False, True):
        api = Warehouse(cluster(), seconds=0.0)
        floor = Floor(api)
        floor.job(noun, colour="red")
        if ends:
            floor.run.waiter.sleep = lambda _seconds: (each for each in ()).throw(Killed())
            with pytest.raises(Killed):
                floor.carry_out()
        else:
            assert set(floor.carry_out().values()) == {"ok"} and floor.run.clock.now >= 1300.0
            assert floor.run.progress[1] == "shop: 0/1 ready, 60s (1 set the lamp of cluster 'orders')"
        assert [body for _method, _path, body in api.writes] == [{"colour": "red"}, {"colour": "off"}]
