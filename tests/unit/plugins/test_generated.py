# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated passwords: the one that a user has is in the file, wherever runs end and however they interleave."""

from __future__ import annotations

import copy
import itertools
import os
import stat
from types import SimpleNamespace

import pytest
from plugin_fakes import Clock

from ansible_collections.crdb.cloud.plugins.module_utils._base import disk as _disk
from ansible_collections.crdb.cloud.plugins.module_utils._base.disk import LockedError
from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import CrdbError, OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._edge.generated import Book, read_store, settled, text_of
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.wait import Waiter

NAMES = ["app", "batch", "reporting"]
BLOCKED = "can't go on"


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Nothing has to survive a power cut here."""
    monkeypatch.setattr(_disk.os, "fsync", lambda descriptor: None)


class Place:
    """A directory of passwords, and runs that use its file."""

    def __init__(self, directory):
        self.directory = directory / "passwords"
        self.file = self.directory / "orders.json"
        self.clock = Clock()
        self.said = []

    def book(self, *, check=False, wait=True, length=32, rotation=""):
        waiter = Waiter(60.0, enabled=wait, notify=self.said.append, clock=self.clock, sleep=self.clock.sleep)
        run = SimpleNamespace(params={"cluster": "orders"}, check_mode=check, waiter=waiter)
        return Book(run, str(self.file), length, rotation)

    def write(self, **parts):
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.file.write_bytes(text_of({"passwords": {}, "pending": {}, "previous": {}, "rotations": {}, **parts}))

    def read(self):
        return read_store(str(self.file))


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def entries(names=None, update="on_create", **more):
    chosen = NAMES if names is None else names
    return [{"name": name, "state": "present", "update_password": update, **more} for name in chosen]


def rows(names):
    return [{"name": name} for name in names]


def passwords(filled):
    return {entry["name"]: entry.get("password") for entry in filled}


def updates(filled):
    return {entry["name"]: entry["update_password"] for entry in filled}


def outcome(action, *names):
    return [{"name": name, "action": action} for name in names]


def test_new_users_get_passwords_and_others_keep_theirs(place):
    with place.book() as book:
        book.hold()
        filled = book.fill(entries(), rows(["BATCH"]))
        assert passwords(filled)["batch"] is None and updates(filled)["batch"] == "on_create"
        assert all(
            len(passwords(filled)[name]) == 32 and passwords(filled)[name].isalnum() for name in ("app", "reporting")
        )
        book.write_down()
        assert set(place.read()["pending"]) == {"app", "reporting"}
        assert stat.S_IMODE(place.file.stat().st_mode) == 0o600
        assert stat.S_IMODE(place.directory.stat().st_mode) == 0o700
        said = book.settle(outcome("created", "app", "reporting") + outcome("unchanged", "batch"))
        assert said == {"file": str(place.file), "set": ["app", "reporting"], "pending": []}
    first = place.read()
    assert first["pending"] == {} and set(first["passwords"]) == {"app", "reporting"}
    with place.book(length=40) as book:
        again = book.fill(entries(), rows(NAMES))
        assert updates(again) == dict.fromkeys(NAMES, "on_create")
        assert passwords(again)["app"] == first["passwords"]["app"]
        assert len(passwords(book.fill(entries(["other"]), []))["other"]) == 40


def test_a_rotation_by_name_is_done_once(place):
    def rotate(rotation, *done):
        with place.book(rotation=rotation) as book:
            book.hold()
            filled = book.fill(entries(update="always"), rows(NAMES))
            book.write_down()
            book.settle(outcome("updated", *done))
            return [name for name, update in updates(filled).items() if update == "always"]

    assert rotate("one", "app", "batch") == NAMES
    first = place.read()
    assert set(first["pending"]) == {"reporting"} and first["rotations"] == dict.fromkeys(["app", "batch"], "one")
    assert rotate("one", "reporting") == ["reporting"]
    assert place.read()["passwords"] == first["passwords"] | first["pending"]
    assert rotate("one") == []
    # Another rotation, or one without a name, starts anew; the password before that stays at hand.
    assert rotate("two", *NAMES) == rotate("", *NAMES) == NAMES
    assert place.read()["previous"].keys() == set(NAMES)


def test_what_is_pending_is_sent_again_whoever_asks(place):
    place.write(passwords={"app": "o" * 12}, pending={"app": "n" * 12})
    for update, rotation in (("on_create", ""), ("always", ""), ("always", "later")):
        with place.book(rotation=rotation) as book:
            filled = book.fill(entries(["App"], update), rows(["app"]))
            assert passwords(filled) == {"App": "n" * 12} and updates(filled) == {"App": "always"}


def test_who_has_a_password_of_another_source_or_goes_is_no_business_of_the_file(place):
    with place.book() as book:
        filled = book.fill(
            [*entries(["app"], "always", password="given"), {"name": "gone", "state": "absent"}], rows(["gone"])
        )
        assert passwords(filled) == {"app": "given", "gone": None}
        book.write_down()
    assert not place.file.exists()


def test_who_is_deleted_is_forgotten(place):
    parts = {"passwords": "o" * 12, "pending": "n" * 12, "previous": "p" * 12, "rotations": "one"}
    place.write(**{part: {"app": text} for part, text in parts.items()})
    with place.book() as book:
        book.hold()
        book.fill([{"name": "app", "state": "absent"}], rows(["app"]))
        book.settle(outcome("deleted", "app"))
    assert place.read() == {part: {} for part in parts}


def test_settling_changes_nothing_that_it_is_given():
    store = {"passwords": {"app": "w"}, "pending": {"app": "x"}, "previous": {}, "rotations": {}}
    before = copy.deepcopy(store)
    after = settled(store, outcome("updated", "app"), "one")
    assert after["passwords"] == {"app": "x"} and after["previous"] == {"app": "w"}
    assert settled(store, outcome("failed", "app"), "one") == settled(store, (), "") == before == store


def test_check_mode_makes_nothing(place):
    with place.book(check=True) as book:
        assert passwords(book.fill(entries(["app"]), []))["app"]
        assert book.settle(outcome("created", "app"))["set"] == ["app"]
    assert not place.directory.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"passwords": []}', "$ANSIBLE_VAULT;1.1;AES256\n00"])
def test_a_file_that_holds_something_else(place, text):
    place.write()
    place.file.write_text(text)
    with place.book() as book, pytest.raises(OptionError, match=str(place.file)):
        book.fill(entries(), [])


def test_a_file_that_cannot_be_read(place):
    place.file.mkdir(parents=True)
    with pytest.raises(OptionError, match="can't be read: Is a directory"):
        place.read()


# --- where nothing can be written --------------------------------------------------------------------------------


def refused(book):
    book.hold()
    book.fill(entries(["app"], "always"), rows(["app"]))
    with pytest.raises(CrdbError, match=r"can't be written to .*orders\.json, and nothing was sent") as caught:
        book.write_down()
    return str(caught.value)


def test_a_directory_that_is_a_file(place):
    place.directory.write_text("")
    with place.book() as book, pytest.raises(OptionError, match="can't be read: Not a directory"):
        book.hold()
        book.fill(entries(), [])


def test_a_directory_that_is_read_only(place, monkeypatch):
    place.write(passwords={"app": "x" * 12})

    def open_(path, flags, *mode, real=os.open):
        if flags & os.O_CREAT:
            raise PermissionError(13, "Permission denied")
        return real(path, flags, *mode)

    monkeypatch.setattr(_disk.os, "open", open_)
    with place.book() as book:
        assert "Permission denied" in refused(book)
    with place.book() as book:
        # Where nothing has to be sent nothing has to be written.
        book.hold()
        book.fill(entries(["app"]), rows(["app"]))
        assert book.settle(outcome("unchanged", "app"))["set"] == []


def test_a_disk_that_is_full_when_the_passwords_are_set(place, monkeypatch):
    with place.book() as book:
        book.hold()
        filled = book.fill(entries(["app"]), [])
        book.write_down()

        def full(*_args):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(_disk.os, "pwrite", full)
        with pytest.raises(CrdbError, match="still pending") as caught:
            book.settle(outcome("created", "app"))
        assert caught.value.extra == {"changed": True}
    assert place.read()["pending"] == passwords(filled)


# --- several runs -------------------------------------------------------------------------------------------------


def test_a_second_run_waits_for_the_first_or_says_so(place):
    with place.book() as first:
        first.hold()
        with place.book(wait=False) as second, pytest.raises(LockedError, match="Another run is at work"):
            second.hold()
        begun = place.clock()
        with place.book() as third, pytest.raises(LockedError, match="Another run is at work"):
            third.hold()
        assert 60 <= place.clock() - begun < 61
        assert place.said == [f"orders: waiting for another run that sets passwords of {place.file}"]
    with place.book(wait=False) as fourth:
        # The lock file that is left there keeps nobody away.
        fourth.hold()


class World:
    """Two runs of the role that rotate one password, step by step in any order, on a server that may be late."""

    def __init__(self, directory, *, locked=True):
        self.place = Place(directory)
        self.place.write()
        self.password = ""
        self.under_way = {}
        self.locked = locked
        self.runs = {name: self._run(name) for name in ("first", "second")}

    def _run(self, name):
        with self.place.book(wait=False) as book:
            while self.locked:
                try:
                    book.hold()
                    break
                except LockedError:
                    yield BLOCKED
            yield "holds the lock"
            ((_name, password),) = passwords(book.fill(entries(["app"], "always"), rows(["app"]))).items()
            yield "has read the file, and made a password up"
            book.write_down()
            yield "has written it down"
            self.under_way[name] = password
            yield "has sent it"
            self.password = self.under_way.pop(name)
            yield "has set it"
            book.settle(outcome("updated", "app"))
            yield "has noted that"

    def choices(self, killed):
        """What can happen next."""
        found = [("step", name) for name in self.runs]
        found += [] if killed else [("kill", name) for name in self.runs]
        return found + [("arrive", name) for name in self.under_way if name not in self.runs]

    def do(self, kind, name):
        """Let it happen; False where it can't."""
        if kind == "arrive":
            self.password = self.under_way.pop(name)
            return True
        if kind == "kill":
            # What the kernel does: what was open is closed, and with it the lock ends. What was sent is under way.
            self.runs.pop(name).close()
            return True
        done = next(self.runs[name], None)
        if done is None:
            del self.runs[name]
        return done != BLOCKED

    def keeps(self):
        store = self.place.read()
        return self.password in ("", *(store[part].get("app") for part in ("passwords", "pending", "previous")))

    def close(self):
        for run in self.runs.values():
            run.close()


def test_no_order_of_steps_and_no_kill_loses_a_password(tmp_path):
    """All orders of the steps of two runs, each also with one of them killed anywhere, and its request arriving anywhere."""
    numbers, ends = itertools.count(), []

    def explore(path):
        world = World(tmp_path / str(next(numbers)))
        possible = all(world.do(*choice) for choice in path)
        try:
            # Every beginning of a path was looked at before it.
            assert not possible or world.keeps(), path
            choices = world.choices(any(kind == "kill" for kind, _name in path)) if possible else []
            if possible and not world.runs:
                ends.append(path)
                # What a killed run has left wedges nobody: one more gets through. And a request that comes later still?
                world.runs["third"] = world._run("third")
                assert all(world.do("step", "third") for _step in range(7))
                assert world.keeps() and world.place.read()["pending"] == {}
                for name in list(world.under_way):
                    assert world.do("arrive", name) and world.keeps(), path
        finally:
            world.close()
        for choice in choices:
            explore([*path, choice])

    explore([])
    assert len(ends) > 50


def test_without_the_lock_this_would_find_a_lost_password(tmp_path):
    world = World(tmp_path, locked=False)
    # Both have read the file before one of them writes; the one that sets its password last is not the last to note it.
    for name in [*["first", "second"] * 4, "second", "first", "first", "second"]:
        world.do("step", name)
    assert not world.keeps()
    world.close()
