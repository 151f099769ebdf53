# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The exported file is the server's log, wherever a run was cut off."""

from __future__ import annotations

import errno
import json
import os
from types import SimpleNamespace

import pytest
from audit_server import EXCLUSIVE, INCLUSIVE, INCLUSIVE_LAST, Log
from crashing_os import LOSSES, CrashingOs, Killed
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.crdb.cloud.plugins.module_utils._audit import export as _audit_export
from ansible_collections.crdb.cloud.plugins.module_utils._base import disk as _disk
from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import CrdbError, OptionError

URL = "https://cloud.example.com"
# Runs of entries that share a timestamp, longer and shorter than a page.
MOMENTS = [0, 1, 1, 1, 2, 3, 3, 3, 3, 3, 4, 5, 5, 6]
KINDS = [EXCLUSIVE, INCLUSIVE, INCLUSIVE_LAST]


class Place:
    """A directory with an export of *log* in it."""

    def __init__(self, directory, log):
        self.directory, self.log = directory, log
        self.dest, self.cursor = directory / "audit.jsonl", directory / "audit.jsonl.cursor"
        self.warnings = []

    def export(self, *, check=False, disk=None, **params):
        given = {"dest": str(self.dest), "cursor": None, "rotated": False, "starting_from": None}
        api = SimpleNamespace(url=URL, get=lambda path, query, *, shape: self.log.get(query))
        run = SimpleNamespace(
            params={**given, "limit": 2, "max_entries": None, **params},
            check_mode=check,
            diff=True,
            api=api,
            warn=self.warnings.append,
            before_change=lambda: None,
        )
        with pytest.MonkeyPatch.context() as patch:
            # Without a crash as well: nothing is really synchronised, which would only take time.
            disk = disk or CrashingOs(self.directory)
            patch.setattr(_disk, "os", disk)
            patch.setattr(_audit_export, "os", disk)
            return _audit_export.audit_log_export(run)

    def read(self, path=None):
        return [json.loads(text)["id"] for text in (path or self.dest).read_bytes().splitlines()]

    def files(self):
        return {path.name: path.read_bytes() for path in self.directory.iterdir()}


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path, Log(MOMENTS, EXCLUSIVE))


def refused(place, *words, **params):
    """The export is refused, in one sentence or two, and leaves everything as it is, also in check mode."""
    before = place.files()
    for check in (True, False):
        with pytest.raises(CrdbError) as caught:
            place.export(check=check, **params)
        text = str(caught.value)
        assert all(word in text for word in words), text
        assert "\n" not in text
    found = place.files()
    found.pop("audit.jsonl.cursor.lock", None)
    before.pop("audit.jsonl.cursor.lock", None)
    assert found == before


@pytest.mark.parametrize("kind", KINDS)
def test_it_goes_on_where_it_ended(tmp_path, kind):
    place = Place(tmp_path, Log(MOMENTS, kind))
    first = place.export()
    assert (first["changed"], first["written"], first["file_entries"], first["total"]) == (True, 14, 14, 14)
    assert first["complete"] and place.read() == place.log.ids
    files = place.files()
    again = place.export()
    assert (again["changed"], again["written"], again["file_entries"]) == (False, 0, 14)
    assert again["diff"]["before"] == again["diff"]["after"] and place.files() == files
    place.log.add(20, [0, 0, 0, 1])
    more = place.export()
    assert (more["changed"], more["written"], more["total"]) == (True, 4, 18)
    assert place.read() == place.log.ids and place.warnings == []
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert sorted(place.files()) == ["audit.jsonl", "audit.jsonl.cursor", "audit.jsonl.cursor.lock"]


@pytest.mark.parametrize("before", ["nothing", "some", "a killed run"])
@pytest.mark.parametrize("most", [None, 3])
def test_check_mode_writes_nothing_and_predicts_everything(place, before, most):
    if before != "nothing":
        place.export(max_entries=5)
    if before == "a killed run":
        with place.dest.open("ab") as file:
            file.write(b'{"id": "e5", "half a line')
    files, warned = place.files(), len(place.warnings)
    predicted = place.export(check=True, max_entries=most)
    assert place.files() == files and predicted["changed"]
    assert place.export(max_entries=most) == predicted
    assert place.warnings[warned:] == 2 * place.warnings[warned : warned + (before == "a killed run")]
    assert place.read() == place.log.ids[: predicted["file_entries"]]


def test_parts(place):
    for number in range(1, 8):
        result = place.export(max_entries=2)
        assert result["written"] == 2 and place.read() == place.log.ids[: 2 * number]
        # Whether there is more, another page would have to say.
        assert result["complete"] is False
    last = place.export(max_entries=2)
    assert last["complete"] and not last["changed"]


def test_an_empty_log_makes_an_empty_file_once(place):
    place.log.entries = []
    assert place.export(check=True)["changed"] and place.export()["changed"]
    assert place.dest.read_bytes() == b""
    assert not place.export(check=True)["changed"] and not place.export()["changed"]


def test_starting_from_is_for_the_first_run(place):
    assert place.export(starting_from="2026-05-12T10:11:01Z")["written"] == 3
    assert place.export(starting_from="2026-05-12T10:11:00Z")["written"] == 0
    assert place.read() == place.log.ids[11:]


# --- cut off ---------------------------------------------------------------------------------------------------------


def crashed(place, at, how, **disk):
    """A run that ends at call *at*; None where it came to its end before that."""
    crashing = CrashingOs(place.directory, at, how, **disk)
    try:
        place.export(disk=crashing)
    except Killed:
        return crashing
    return None


def whole(place):
    """What a restart makes of it, and another run after more has happened."""
    place.export()
    assert place.read() == place.log.ids
    place.log.add(place.log.end, [0, 0, 1])
    assert place.export()["total"] == len(place.log.entries)
    assert place.read() == place.log.ids


def every_crash(directory, kind, moments, how, loss, *, before=0, **disk):
    """One place for each call at which a run can be cut off."""
    at = 0
    while True:
        at += 1
        place = Place(directory / f"{at}", Log(moments, kind))
        place.directory.mkdir()
        if before:
            place.export(max_entries=before)
        crashing = crashed(place, at, how, **disk)
        if crashing is None:
            break
        if loss:
            crashing.lose_power(*loss)
        yield place
    assert at > 30


@pytest.mark.slow
@pytest.mark.parametrize("loss", [None, *LOSSES], ids=["killed", *map(str, LOSSES)])
@pytest.mark.parametrize("how", ["before", "after", "torn"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_is_cut_off_anywhere(tmp_path, kind, how, loss):
    """Killed, or the power is lost with what was not synchronised: a restart gives the log, whole."""
    for place in every_crash(tmp_path, kind, MOMENTS, how, loss):
        whole(place)


@pytest.mark.parametrize("loss", [None, *LOSSES], ids=["killed", *map(str, LOSSES)])
def test_a_restart_that_is_cut_off_as_well(tmp_path, loss):
    for place in every_crash(tmp_path, EXCLUSIVE, MOMENTS, "torn", loss, before=5):
        crashed(place, 9, "torn")
        whole(place)


def test_a_disk_that_does_not_keep_what_is_synchronised_is_noticed(tmp_path):
    """The tests above would notice if the export did not synchronise."""
    damaged = 0
    for place in every_crash(tmp_path, EXCLUSIVE, MOMENTS, "before", (True, False), forgets=True):
        try:
            whole(place)
        except (AssertionError, OptionError):
            damaged += 1
    assert damaged > 10


@pytest.mark.slow
@given(
    st.lists(st.tuples(st.integers(1, 60), st.sampled_from(["before", "after", "torn"]), st.sampled_from(LOSSES))),
    st.lists(st.lists(st.integers(0, 3), max_size=6), min_size=1, max_size=4),
    st.sampled_from(KINDS[:2]),
)
@settings(max_examples=150)
def test_many_crashes_and_much_that_happens_between_them(tmp_path_factory, crashes, batches, kind):
    place = Place(tmp_path_factory.mktemp("export"), Log([], kind))
    for number, (at, how, loss) in enumerate(crashes):
        place.log.add(place.log.end, batches[number % len(batches)])
        crashing = crashed(place, at, how)
        if crashing:
            crashing.lose_power(*loss)
    whole_log = place.log.ids
    place.export()
    assert place.read() == whole_log


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_disk_that_fails_anywhere(tmp_path, code):
    at, failures = 0, 0
    while True:
        at += 1
        place = Place(tmp_path / f"{at}", Log(MOMENTS, EXCLUSIVE))
        place.directory.mkdir()
        place.export(max_entries=5)
        try:
            place.export(disk=(disk := CrashingOs(place.directory, at, code)))
        except CrdbError as error:
            failures += 1
            assert os.strerror(code) in str(error) and str(place.directory) in str(error)
            assert ("Free some space" in str(error)) is (code == errno.ENOSPC)
        if disk.calls < at:
            break
        whole(place)
    assert failures == at - 1 > 30


def test_a_refusal_leaves_nothing_behind(place):
    def refuse(query):
        raise CrdbError("no")

    place.log.get = refuse
    with pytest.raises(CrdbError) as caught:
        place.export()
    assert caught.value.extra == {"changed": False, "written": 0}
    assert list(place.files()) == ["audit.jsonl.cursor.lock"]


def test_a_server_that_fails_on_the_way_keeps_what_is_there(place):
    answer = place.log.get

    def get(query):
        if place.log.requests == 3:
            raise CrdbError("it is gone")
        return answer(query)

    place.log.get = get
    with pytest.raises(CrdbError) as caught:
        place.export()
    assert caught.value.extra == {"changed": True, "written": len(place.read())}
    assert len(place.read()) > 3
    place.log.get = answer
    whole(place)


# --- files that do not fit -------------------------------------------------------------------------------------------


def test_a_file_without_a_cursor(place):
    place.dest.write_text("something\n")
    refused(place, "'", "has 10 bytes, but there is no cursor file", "move the file away")


@pytest.mark.parametrize("size", [None, 0, 40])
def test_a_file_that_is_shorter_than_it_was(place, size):
    place.export()
    whole_size = place.dest.stat().st_size
    if size is None:
        place.dest.unlink()
    else:
        os.truncate(place.dest, size)
    has = "is not there" if size is None else f"has {size} bytes"
    refused(place, has, f"counts {whole_size} bytes", "set rotated: true")
    if size:
        refused(place, has, "damaged", rotated=True)


@pytest.mark.parametrize("left", ["nothing", "an empty file"])
def test_a_file_that_was_moved_away(place, left):
    place.export(max_entries=5, rotated=True)
    old = place.dest.rename(place.directory / "audit.jsonl.1")
    if left == "an empty file":
        place.dest.touch(0o600)
    predicted = place.export(check=True, rotated=True)
    assert place.export(rotated=True) == predicted
    assert (predicted["written"], predicted["file_entries"], predicted["total"]) == (9, 9, 14)
    assert place.read(old) + place.read() == place.log.ids
    assert not place.export(rotated=True)["changed"]


def test_a_file_with_another_name_goes_on(place):
    cursor = str(place.directory / "cursor.json")
    first, second = place.directory / "may.jsonl", place.directory / "june.jsonl"
    place.export(dest=str(first), cursor=cursor, max_entries=5)
    predicted = place.export(check=True, dest=str(second), cursor=cursor)
    assert not second.exists()
    assert place.export(dest=str(second), cursor=cursor) == predicted
    assert predicted["total"] == 14 and predicted["file_entries"] == 9
    assert place.read(first) + place.read(second) == place.log.ids
    refused(place, "last used for 'june.jsonl'", "does not exist yet", dest=str(first), cursor=cursor)


@pytest.mark.parametrize("at", range(1, 40))
def test_a_new_file_that_was_cut_off_at_its_beginning(place, at):
    cursor, second = str(place.directory / "cursor.json"), place.directory / "june.jsonl"
    place.export(dest=str(place.dest), cursor=cursor, max_entries=5)
    with pytest.raises(Killed):
        place.export(dest=str(second), cursor=cursor, disk=CrashingOs(place.directory, at, "torn"))
    place.export(dest=str(second), cursor=cursor)
    assert place.read() + place.read(second) == place.log.ids


def test_both_files_can_be_moved(place, tmp_path):
    place.export(max_entries=5)
    moved = Place(tmp_path / "moved", place.log)
    moved.directory.mkdir()
    for path in (place.dest, place.cursor):
        path.rename(moved.directory / path.name)
    whole(moved)


def test_a_file_that_somebody_else_has_changed(place):
    place.export()
    text = place.dest.read_bytes()
    place.dest.write_bytes(text[:-1] + b"x" + text)
    refused(place, "no line ends there")


def test_somebody_else_writes_at_the_same_time(place):
    answer = place.log.get

    def get(query):
        if place.log.requests == 3:
            with place.dest.open("ab") as file:
                file.write(b"hello\n")
        return answer(query)

    place.log.get = get
    with pytest.raises(CrdbError, match=r"Something else has written to .* during the export"):
        place.export()
    place.log.get = answer
    whole(place)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:40],
        lambda text: b"",
        lambda text: b"[]",
        lambda text: b"\xff\xfe",
        lambda text: text.replace(b'"size": ', b'"size": -'),
        lambda text: text.replace(b'"size"', b'"length"'),
        lambda text: text.replace(b'"total": 14', b'"total": "14"'),
        lambda text: text.replace(b'"exclude_ids": [', b'"exclude_ids": [7, '),
        lambda text: text.replace(b'"audit.jsonl"', b"null"),
    ],
)
def test_a_damaged_cursor_file(place, change):
    place.export()
    text = place.cursor.read_bytes()
    place.cursor.write_bytes(change(text))
    assert place.cursor.read_bytes() != text
    refused(place, f"The cursor file '{place.cursor}' is damaged", "Restore it")


def test_a_cursor_file_from_the_future_or_of_another_log(place):
    place.export()
    text = place.cursor.read_bytes()
    place.cursor.write_bytes(text.replace(b'"version": 1', b'"version": 2'))
    refused(place, "was written by a newer crdb.cloud")
    place.cursor.write_bytes(text.replace(URL.encode(), b"http://127.0.0.1:8090"))
    refused(place, "belongs to the log of http://127.0.0.1:8090, not of https://cloud.example.com")


SAID = {
    "link": ["is a symbolic link"],
    "directory": ["Is a directory", "is not a regular file"],
    "pipe": ["is not a regular file"],
}


@pytest.mark.parametrize("name", ["audit.jsonl", "audit.jsonl.cursor"])
@pytest.mark.parametrize("what", SAID)
def test_what_is_no_file(place, name, what):
    path, target = place.directory / name, place.directory / "target"
    if what == "link":
        target.write_text("")
        path.symlink_to(target)
    elif what == "directory":
        path.mkdir()
    else:
        os.mkfifo(path)
    for check in (True, False):
        with pytest.raises(CrdbError) as caught:
            place.export(check=check)
        assert str(path) in str(caught.value)
        assert any(words in str(caught.value) for words in SAID[what]), str(caught.value)
    assert what != "link" or target.read_text() == ""


def test_paths_that_can_not_be(place):
    refused(place, "dest must be the absolute path of a file, got 'audit.jsonl'", dest="audit.jsonl")
    refused(place, "dest must be the absolute path", dest=f"{place.directory}/")
    refused(place, "cursor must be the absolute path", cursor="audit.cursor")
    refused(place, "dest must be another file", cursor=str(place.dest))
    refused(place, "limit must be at least 1", limit=0)
    assert place.files() == {}


def test_a_directory_that_is_not_there(place):
    dest = place.directory / "new" / "audit.jsonl"
    with pytest.raises(CrdbError, match=r"There is no directory .*/new'. Make it first"):
        place.export(dest=str(dest))
    predicted = place.export(check=True, dest=str(dest))
    assert place.warnings == [f"There is no directory '{dest.parent}' yet: it is taken as an empty one"]
    dest.parent.mkdir()
    assert place.export(dest=str(dest)) == predicted


def test_a_directory_that_nobody_may_write_to(place, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(CrdbError, match="Nothing can be written to the directory"):
        place.export(check=True)


def test_two_runs_side_by_side(place):
    """The second one fails, whether it shares the cursor or only the file, and the first one is not disturbed."""
    answer, said = place.log.get, []

    def get(query):
        if place.log.requests == 3 and not said:
            for more in ({}, {"cursor": str(place.directory / "other")}):
                with pytest.raises(CrdbError) as caught:
                    place.export(**more)
                said.append(str(caught.value))
        return answer(query)

    place.log.get = get
    place.export()
    assert place.read() == place.log.ids
    assert [text.startswith("Another run is at work: it holds the lock of") for text in said] == [True, True]


# --- lines -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ('{"a": 1}', {"a": 1}),
        ({"a": 1}, {"a": 1}),
        ('{"a": 1e999}', '{"a": 1e999}'),
        ("[" * 500 + "]" * 500, None),
        ("not json", "not json"),
    ],
)
def test_lines(payload, found):
    text = _audit_export.line({"id": "münchen\n\u2028\ud800", "payload": payload})
    assert text.isascii() and text.count(b"\n") == 1 and text.endswith(b"\n")
    entry = json.loads(text, parse_constant=pytest.fail)
    assert entry["id"] == "münchen\n\u2028\ud800"
    assert entry["payload"] == (json.loads(payload) if found is None else found)


def test_a_page_of_thousands_with_one_timestamp(place):
    place.log = Log([0] * 5000 + [1], INCLUSIVE_LAST)
    place.export(max_entries=4000)
    whole(place)
