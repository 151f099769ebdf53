# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords that are made up and kept in a file: the password that a user has is in the file, whatever happens.

One run at a time reads the file, makes passwords up, writes them down as *pending*, sends them, and notes which of them
are set. It holds a lock from before the first step until after the last one, and the lock ends with the process that
sends. So wherever a run is killed, what it may have sent is pending, and the next run sends that again, not another one.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
import string
from collections.abc import Iterable, Mapping
from typing import Any

from .._base.disk import NOWHERE, LockedError, failed, lock, open_regular, write_atomically
from .._base.errors import CrdbError, OptionError
from .._nouns.options import Option
from .._nouns.sql_user import SQL_USER
from .._reconcile.outcome import Run
from .._reconcile.reconciler import Reconciler

PASSWORDS, PENDING, PREVIOUS, ROTATIONS = PARTS = ("passwords", "pending", "previous", "rotations")
CHARACTERS = string.ascii_letters + string.digits
SHORTEST, LONGEST = 12, 500
OWNER_ALONE = 0o700
PAUSE = 0.2

GENERATE = Option(
    "generate",
    type="dict",
    options=(
        Option("file", type="path", required=True),
        Option("length", type="int", default=32),
        Option("rotation", default=""),
    ),
)

Store = dict[str, dict[str, str]]


def sql_users(run: Run, entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The module sql_users; *entries* are its users."""
    params, engine = run.params, Reconciler(run)
    if not params["generate"]:
        return engine.ensure_all(SQL_USER, entries)
    _check(params["generate"])
    # Before anything is made: a cluster that is not there leaves nothing behind.
    parent = engine.parent("cluster", params["cluster"])
    with Book(run, **params["generate"]) as book:
        if not (run.check_mode or parent.missing):
            book.hold()
        found = engine.ensure_all(SQL_USER, entries, book)
        return {**found, "generated": book.settle(found["results"])}


def _check(said: Mapping[str, Any]) -> None:
    if not SHORTEST <= said["length"] <= LONGEST:
        raise OptionError(f"generate.length must be from {SHORTEST} to {LONGEST}, got {said['length']}")
    if not os.path.isabs(said["file"]) or said["file"].endswith("/"):
        raise OptionError(f"generate.file must be the absolute path of a file, got '{said['file']}'")


class Book:
    """The file of generated passwords, for one run. In this order: hold, fill, write_down before anything is sent, settle."""

    def __init__(self, run: Run, file: str, length: int, rotation: str) -> None:
        self._run = run
        self._path = os.path.normpath(file)
        self._length = length
        self._rotation = rotation.strip()
        self._lock = NOWHERE
        self._obstacle: CrdbError | None = None
        self._before: Store = {}
        self._store: Store = {}
        self._sent: list[str] = []

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._lock != NOWHERE:
            os.close(self._lock)

    def hold(self) -> None:
        """Keep other runs from the file until the end; where the task waits at all, wait for one that is at work.

        Where no lock can be had since nothing can be written there, nothing will be sent either (write_down refuses).
        """
        path, waiter = f"{self._path}.lock", self._run.waiter
        try:
            self._make_directory()
            if self._lock == NOWHERE:
                self._lock = open_regular(path, os.O_RDWR | os.O_CREAT)
        except CrdbError as error:
            self._obstacle = error
            return
        started, said = waiter.clock(), False
        while not self._is_locked(path, patient=waiter.enabled and waiter.clock() - started < waiter.timeout):
            if not said:
                waiter.notify(
                    f"{self._run.params['cluster']}: waiting for another run that sets passwords of {self._path}"
                )
                said = True
            waiter.sleep(PAUSE)

    def _is_locked(self, path: str, *, patient: bool) -> bool:
        try:
            lock(self._lock, path)
        except LockedError:
            if not patient:
                raise
            return False
        return True

    def _make_directory(self) -> None:
        directory = os.path.dirname(self._path)
        with failed("make the directory", directory):
            os.makedirs(directory, OWNER_ALONE, exist_ok=True)
            if stat.S_IMODE(os.stat(directory).st_mode) != OWNER_ALONE:
                os.chmod(directory, OWNER_ALONE)

    def fill(self, entries: Iterable[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """*entries* with a password for each that has none: what is pending, what is stored, or a new one. *rows* are there."""
        self._before = read_store(self._path)
        self._store = {part: dict(content) for part, content in self._before.items()}
        there = {SQL_USER.mark_of(row) for row in rows}
        filled = []
        for entry in entries:
            name = SQL_USER.key_of(entry)["name"]
            if entry["state"] == "absent" or entry.get("password"):
                filled.append(dict(entry))
                continue
            rotates = entry["update_password"] == "always" and not self._is_done(name)
            is_new = name not in self._store[PASSWORDS] and SQL_USER.mark(entry) not in there
            if name not in self._store[PENDING] and (rotates or is_new):
                self._store[PENDING][name] = "".join(secrets.choice(CHARACTERS) for _each in range(self._length))
            if name in self._store[PENDING]:
                self._sent.append(name)
                filled.append({**entry, "password": self._store[PENDING][name], "update_password": "always"})
            else:
                stored = {"password": self._store[PASSWORDS][name]} if name in self._store[PASSWORDS] else {}
                filled.append({**entry, **stored, "update_password": "on_create"})
        return filled

    def _is_done(self, name: str) -> bool:
        set_in = self._store[ROTATIONS].get(name)
        return bool(self._rotation) and set_in == self._rotation and name in self._store[PASSWORDS]

    def write_down(self) -> None:
        """Have every password in the file before it is sent."""
        try:
            if self._obstacle:
                raise self._obstacle
            if self._store != self._before:
                write_atomically(self._path, text_of(self._store))
        except CrdbError as error:
            raise CrdbError(
                f"The new passwords can't be written to {self._path}, and nothing was sent: {error.message}", error.hint
            ) from None

    def settle(self, results: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """Note what became of each user, as the module sql_users says it, and return what there is to say of the file."""
        after = settled(self._store, results, self._rotation)
        if after != self._store and not self._run.check_mode:
            try:
                write_atomically(self._path, text_of(after))
            except CrdbError as error:
                raise CrdbError(
                    f"Passwords are set, and still pending in the file: {error.message}",
                    error.hint or "Run the task again: it sets the same ones",
                    changed=True,
                ) from None
        done = [name for name in self._sent if name not in after[PENDING]]
        return {"file": self._path, "set": done, "pending": [name for name in self._sent if name in after[PENDING]]}


def read_store(path: str) -> Store:
    """The passwords that are kept in the file *path*; none where there is no such file."""
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except FileNotFoundError:
        found = {}
    except OSError as error:
        raise OptionError(f"The passwords in {path} can't be read: {error.strerror}") from None
    except ValueError:
        # Without the reason, which may quote the text.
        raise OptionError(
            f"The passwords in {path} can't be read: it is no JSON", "Decrypt it, or move it out of the way"
        ) from None
    if not isinstance(found, dict) or not all(isinstance(found.get(part, {}), dict) for part in PARTS):
        raise OptionError(f"{path} is no file of passwords", "Move it out of the way")
    return {part: {str(name): str(text) for name, text in found.get(part, {}).items()} for part in PARTS}


def text_of(store: Store) -> bytes:
    return json.dumps(store, indent=4, sort_keys=True).encode() + b"\n"


def settled(store: Store, results: Iterable[Mapping[str, Any]], rotation: str) -> Store:
    """The store when it is known what became of each user: what is set is no longer pending, who is deleted is forgotten.

    The password before that stays as the previous one: a request of a run that was killed can arrive late.
    """
    found = {part: dict(entries) for part, entries in store.items()}
    for result in results:
        name, action = result.get("name"), result.get("action")
        if action in ("created", "updated") and name in found[PENDING]:
            new, old = found[PENDING].pop(name), found[PASSWORDS].get(name)
            if old and old != new:
                found[PREVIOUS][name] = old
            found[PASSWORDS][name] = new
            if rotation:
                found[ROTATIONS][name] = rotation
        elif action == "deleted":
            for part in found.values():
                part.pop(str(name), None)
    return found
