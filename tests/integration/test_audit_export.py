# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The exported audit log: the file is the server's log, also where runs are killed with SIGKILL."""

from __future__ import annotations

import fcntl
import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.results import Run, normalise
from integration.helpers.runner import BOTH_WAYS, Runner

MODULE = "crdb.cloud.audit_log_export"
READER = "planted-reader-key"
SEED = 20260512
LEFT_OVER = "which an interrupted run has left"


def entries(first: int, count: int) -> list[dict[str, Any]]:
    """Entries of which up to seven share a timestamp."""
    chance = random.Random(first)
    found, moment = [], first * 10
    for number in range(first, first + count):
        moment += chance.choice((0, 0, 1, 2))
        created = f"2026-05-12T{10 + moment // 3600 % 14:02}:{moment // 60 % 60:02}:{moment % 60:02}.25Z"
        found.append({"id": f"entry-{number}", "created_at": created, "payload": {"number": number, "name": "münchen"}})
    return found


def log_of(emulator: Emulator) -> list[dict[str, Any]]:
    """The server's log in one go, read without the collection."""
    rows: list[dict[str, Any]] = emulator.api("GET", "/auditlogevents?limit=100000")["entries"]
    return [{**row, "payload": json.loads(row["payload"])} for row in rows]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(text) for text in path.read_text().splitlines()]


def export(dest: Path, **options: Any) -> dict[str, Any]:
    return {"name": "export", MODULE: {"dest": str(dest), **options}}


@pytest.mark.smoke
def test_incrementally(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    """In process and as a plain module, in check mode and for real: the same results and the same files."""
    emulator.patch(audit_entries=entries(0, 60))
    task = export(tmp_path / "{{ inventory_hostname }}.jsonl", limit=7)

    def run(check: bool = False) -> Run:
        return playbook([task], direct=None, hosts=BOTH_WAYS, check=check, diff=True)

    def same(found: Run) -> list[dict[str, Any]]:
        """The results of both ways, which differ in nothing but the name of the file."""
        texts = [json.dumps(normalise(found["export", host].result)).replace(host, "HOST") for host in BOTH_WAYS]
        assert texts[0] == texts[1]
        return [found["export", host].result for host in BOTH_WAYS]

    planned = same(run(check=True))
    assert list(tmp_path.iterdir()) == []
    done = same(run())
    for before, after in zip(planned, done, strict=True):
        assert before["changed"] and after["written"] == after["total"] == after["file_entries"] == 60
        assert {name: before[name] for name in after if name != "invocation"} == {
            name: value for name, value in after.items() if name != "invocation"
        }
    for name in BOTH_WAYS:
        assert lines(tmp_path / f"{name}.jsonl") == log_of(emulator)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}

    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert [result["changed"] for result in same(run())] == [False, False]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == stamps

    emulator.patch(audit_entries=entries(60, 11))
    assert [result["written"] for result in same(run(check=True))] == [11, 11]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == stamps
    assert [result["written"] for result in same(run())] == [11, 11]
    for name in BOTH_WAYS:
        assert lines(tmp_path / f"{name}.jsonl") == log_of(emulator)
    assert emulator.writes() == []


@pytest.mark.parametrize("cursor", ["inclusive", "exclusive"])
def test_parts_and_new_files(
    launch: Launch, playbook_on: Callable[[Emulator], Runner], tmp_path: Path, cursor: str
) -> None:
    """Capped runs, a file that is moved away, and one with another name: together they are the log."""
    emulator = launch("--audit-cursor", cursor)
    emulator.patch(audit_entries=entries(0, 90))
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    where = {"cursor": str(tmp_path / "cursor.json"), "limit": 4}
    run = playbook_on(emulator)(
        [
            {**export(first, max_entries=13, **where), "loop": [1, 2]},
            {
                "name": "move",
                "ansible.builtin.command": {"argv": ["mv", str(first), f"{first}.1"]},
            },
            {**export(first, **where), "name": "missing", "ignore_errors": True},
            {**export(first, max_entries=20, rotated=True, **where), "name": "rotated"},
            {**export(second, **where), "name": "second"},
            {**export(first, **where), "name": "back", "ignore_errors": True},
        ]
    )
    run["missing"].fails_with("is not there", "set rotated: true")
    run["back"].fails_with("last used for 'second.jsonl'")
    assert run["second"]["total"] == 90 and run["second"]["file_entries"] == 44
    assert [*lines(Path(f"{first}.1")), *lines(first), *lines(second)] == log_of(emulator)


def test_it_fails_in_a_sentence(launch: Launch, playbook_on: Callable[[Emulator], Runner], tmp_path: Path) -> None:
    emulator = launch("--api-key", READER, "--role", f"{READER}=CLUSTER_DEVELOPER")
    emulator.patch(audit_entries=entries(0, 5))
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "damaged.cursor").write_text('{"version": 1, "si')
    (tmp_path / "unknown").write_text("something\n")
    cases = {
        "forbidden": (tmp_path / "a", {"api_key": "{{ reader }}"}, ("read the audit log", "ORG_ADMIN")),
        "version": (tmp_path / "a", {"api_version": "2022-09-20"}, ("audit_log_export", "2023-04-10")),
        "relative": (Path("a"), {}, ("dest must be the absolute path of a file, got 'a'",)),
        "directory": (tmp_path / "none" / "a", {}, ("There is no directory", "Make it first")),
        "link": (tmp_path / "link", {}, ("is a symbolic link",)),
        "folder": (tmp_path, {}, ("directory",)),
        "damaged": (tmp_path / "damaged", {}, ("The cursor file", "is damaged", "Restore it")),
        "unknown": (tmp_path / "unknown", {}, ("has 10 bytes, but there is no cursor file",)),
        "start": (tmp_path / "a", {"starting_from": "yesterday"}, ("read the audit log", "starting_from")),
        "limit": (tmp_path / "a", {"limit": 0}, ("limit must be at least 1, got 0",)),
        "full": (Path("/dev/full"), {"cursor": str(tmp_path / "full.cursor")}, ("'/dev/full' is not a regular file",)),
    }
    run = playbook_on(emulator)(
        [
            {**export(dest, **options), "name": name, "ignore_errors": True}
            for name, (dest, options, _words) in cases.items()
        ],
        variables={"reader": READER},
        secrets=[READER],
    )
    for name, (_dest, _options, words) in cases.items():
        run[name].fails_with(*words)
    run.no_traceback()
    assert not (tmp_path / "a").exists() and not (tmp_path / "elsewhere").exists()
    assert (tmp_path / "unknown").read_text() == "something\n"


def test_the_playbook(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    """Into a directory that is not there, with a survey's values; nothing changes the second time."""
    emulator.patch(audit_entries=entries(0, 25))
    dest = tmp_path / "new" / "audit.jsonl"
    values = {
        "audit_export_dest": str(dest),
        "audit_export_cursor": "",
        "audit_export_rotated": "false",
        "audit_export_starting_from": "",
        "audit_export_limit": "4",
        "audit_export_max_entries": "",
    }

    def run(check: bool = False, **more: str) -> Run:
        return playbook(
            playbook="crdb.cloud.export_audit_logs",
            arguments=["-e", json.dumps({**values, **more})],
            check=check,
            diff=True,
            warns=["There is no directory"] if check and not dest.parent.exists() else (),
        )

    def changed(found: Run) -> list[str]:
        return [outcome.name for outcome in found.outcomes if outcome.changed]

    steps = ["Make the directory", "Append what is new in the audit log"]
    planned = run(check=True)
    assert changed(planned) == steps and not dest.parent.exists()
    assert "25 new entries would be appended" in " ".join(planned.stdout.split())
    first = run(audit_export_max_entries="20")
    assert changed(first) == steps and len(lines(dest)) == 20
    assert "there may be more" in first.stdout
    assert dest.parent.stat().st_mode & 0o777 == 0o700
    assert changed(run()) == steps[1:] and lines(dest) == log_of(emulator)
    assert changed(run()) == []
    assert changed(run(check=True)) == []
    assert emulator.writes() == []


# --- killed ----------------------------------------------------------------------------------------------------------


def descendants(parent: int) -> Iterator[tuple[int, str, int]]:
    """The processes below *parent*, how they were called, and what started each."""
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == parent:
                yield int(entry.name), (entry / "cmdline").read_text(), parent
                yield from descendants(int(entry.name))
        except (OSError, ValueError):
            continue  # it has just ended


def runs() -> list[int]:
    """The processes of ansible-playbook, which start by themselves or are forked from a server of ours."""
    us = os.getpid()
    return [
        pid
        for pid, command, parent in descendants(us)
        if "ansible-playbook" in command or ("fork_server.py" in command and parent != us)
    ]


@contextmanager
def killer(when: Callable[[], bool]) -> Iterator[list[int]]:
    """Kills ansible-playbook, and all that it has started, as soon as *when* says so."""
    killed: list[int] = []
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            if when():
                top = runs()
                for pid in top:
                    os.kill(pid, signal.SIGSTOP)
                for pid in {*top, *(below for parent in top for below, *_rest in descendants(parent))}:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                        killed.append(pid)
                return
            time.sleep(0.002)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cursor", "direct"), [("exclusive", True), ("inclusive", False)], ids=["exclusive-direct", "inclusive-plain"]
)
def test_killed_ten_times(
    launch: Launch, playbook_on: Callable[[Emulator], Runner], tmp_path: Path, cursor: str, direct: bool
) -> None:
    """Runs killed at ten random points, while entries arrive between them; after each the file is a part of the log, and
    at the end it is the log."""
    emulator = launch("--audit-cursor", cursor, "--latency-ms", "4")
    emulator.patch(audit_entries=entries(0, 1200))
    playbook, dest = playbook_on(emulator), tmp_path / "audit.jsonl"
    chance = random.Random(f"{SEED} {cursor} {direct}")
    # The log is about 600,000 bytes long; each run is killed a random way further on.
    size, kills, inside = 0, 0, 0
    while kills < 10:
        target = size + chance.randrange(1, 45_000)
        pause = chance.random() * 0.02

        def reached(target: int = target, pause: float = pause) -> bool:
            if not dest.exists() or dest.stat().st_size < target:
                return False
            time.sleep(pause)
            return True

        with killer(reached) as killed:
            run = playbook([export(dest, limit=3)], direct=direct, verbosity=0, fails=None)
        assert killed and run.rc == -signal.SIGKILL, run.output[-2000:]
        kills += 1
        state = json.loads((tmp_path / "audit.jsonl.cursor").read_text())
        inside += dest.stat().st_size != state["size"]
        text = dest.read_bytes()[: state["size"]].decode()
        assert [json.loads(line) for line in text.splitlines()] == log_of(emulator)[: state["entries"]]
        assert state["size"] >= size
        size = state["size"]
        emulator.patch(audit_entries=entries(1200 + 20 * kills, 20))
    warns = [LEFT_OVER] if dest.stat().st_size > size else []
    playbook([export(dest)], direct=direct, verbosity=0, warns=warns)
    assert lines(dest) == log_of(emulator) and len(lines(dest)) == 1400
    again = playbook([export(dest)], direct=direct)
    assert not again["export"].changed
    print(f"{kills} kills, {inside} of them between a page and its cursor")


def test_two_runs_side_by_side(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    """While another run holds the lock, nothing is asked and nothing written; looking is allowed."""
    emulator.patch(audit_entries=entries(0, 20))
    dest = tmp_path / "audit.jsonl"
    emulator.reset("requests")
    with (tmp_path / "audit.jsonl.cursor.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        run = playbook([{**export(dest), "ignore_errors": True}], direct=None, hosts=BOTH_WAYS)
        for host in BOTH_WAYS:
            run["export", host].fails_with("Another run is at work: it holds the lock of", "audit.jsonl.cursor.lock")
        assert emulator.requests() == [] and not dest.exists()
        assert playbook([export(dest)], check=True)["export"]["written"] == 20
    playbook([export(dest)])
    assert lines(dest) == log_of(emulator)


def test_thousands(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    emulator.patch(audit_entries=entries(0, 6000))
    dest = tmp_path / "audit.jsonl"
    run = playbook([export(dest)])
    assert run["export"]["written"] == 6000 and lines(dest) == log_of(emulator)
