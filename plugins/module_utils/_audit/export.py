# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log in a file: appended page by page, each entry once, wherever an earlier run was killed.

A page is on the disk before the cursor file says so. What lies in the file behind the length that the cursor file gives
was left by a run that did not get that far: it is cut off, and read again.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import Any

from .._base.disk import NOWHERE, failed, lock, missing_directory, open_regular, sync_directory, write, write_atomically
from .._base.errors import CrdbError, OptionError
from .._reconcile.outcome import Run
from .cursor import Cursor, read_cursor
from .log import Page, audit_log_pages, parsed
from .reads import audit_log_bounds, audit_log_page


def audit_log_export(run: Run) -> dict[str, Any]:
    """The module audit_log_export."""
    bounds = audit_log_bounds(run)
    # The log of another organization does not belong into the file.
    run.before_change()
    complete = False
    with (Preview if run.check_mode else Export)(run) as export:
        try:
            for page in audit_log_pages(
                lambda query: audit_log_page(run, query),
                **bounds,
                starting_from=export.cursor.next_starting_from,
                exclude_ids=export.cursor.exclude_ids,
                sort_order="ASC",
            ):
                export.add(page)
                complete = page.complete
        except CrdbError as error:
            # What is written stays: the next run goes on behind it.
            error.extra.update(changed=export.changed, written=export.written)
            raise
        return {**export.result(), "complete": complete}


def line(entry: dict[str, Any]) -> bytes:
    """An entry as a line of the file. ASCII alone, so that nothing in it can be taken for the end of a line."""
    try:
        text = json.dumps({**entry, "payload": parsed(entry.get("payload"))}, allow_nan=False)
    except (ValueError, RecursionError):
        # A number beyond all bounds, or nested deeper than Python goes: the payload stays the text that it was.
        text = json.dumps(entry)
    return text.encode() + b"\n"


class Preview:
    """An export that only counts, as check mode wants it: it looks at the files, and refuses what an export refuses.

    *cursor* says how far it has got.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._dest = _absolute("dest", run.params["dest"])
        self._path = _absolute("cursor", run.params.get("cursor") or f"{self._dest}.cursor")
        if self._dest in (self._path, f"{self._path}.lock", f"{self._path}.tmp"):
            raise OptionError(f"dest must be another file than the cursor file and those beside it, got '{self._dest}'")
        # Relative, so that both can be moved to another place together.
        self._name = os.path.relpath(self._dest, os.path.dirname(self._path))
        self._descriptor = NOWHERE
        self._begun = False
        self.written = 0

    def __enter__(self) -> Preview:
        try:
            self._hold()
            self._open()
            size = 0 if self._descriptor == NOWHERE else os.fstat(self._descriptor).st_size
            self._found = read_cursor(self._path)
            self.cursor = self._continued(self._found, size) if self._found else self._first(size)
        except BaseException:
            self.__exit__()
            raise
        self._left_over = size - self.cursor.size
        # A file that has to be made or cut is a change even if there is nothing new in the log.
        self._prepares = bool(self.cursor != self._found or self._descriptor == NOWHERE or self._left_over)
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._descriptor != NOWHERE:
            os.close(self._descriptor)

    @property
    def changed(self) -> bool:
        return self._begun and (self._prepares or bool(self.written))

    def add(self, page: Page) -> None:
        if not self._begun:
            # Not before the first answer: a key that may not read the log leaves nothing behind.
            self._begin()
            self._begun = True
        data = b"".join(line(entry) for entry in page.entries)
        after = replace(
            self.cursor,
            size=self.cursor.size + len(data),
            entries=self.cursor.entries + len(page.entries),
            total=self.cursor.total + len(page.entries),
            next_starting_from=page.next_starting_from,
            exclude_ids=tuple(page.next_exclude_ids),
        )
        # Where nothing is new nothing is written, not even that the server has moved on a bit.
        if data or (self.written and after != self.cursor):
            self._save(data, after)
            self.cursor = after
            self.written += len(page.entries)

    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "changed": self.changed,
            "written": self.written,
            "file_entries": self.cursor.entries,
            "total": self.cursor.total,
            "next_starting_from": self.cursor.next_starting_from,
            # Not dest: Ansible adds what it knows of the file to a plain module's result with that.
            "file": self._dest,
            "cursor_file": self._path,
        }
        if self._run.diff:
            before = self._found.summary() if self._found else {}
            found["diff"] = {"before": before, "after": self.cursor.summary()}
        return found

    # --- what is there -------------------------------------------------------------------------------------------

    def _first(self, size: int) -> Cursor:
        if size:
            raise OptionError(
                f"'{self._dest}' has {size} bytes, but there is no cursor file '{self._path}' that says which part of "
                "the log they are",
                "Restore the cursor file, or move the file away to export the log from its beginning",
            )
        return Cursor(self._name, 0, 0, 0, self._run.params.get("starting_from") or None, (), self._run.api.url)

    def _continued(self, found: Cursor, size: int) -> Cursor:
        """The cursor to begin with, where it and the file fit each other."""
        if found.api_url != self._run.api.url:
            raise OptionError(
                f"The cursor file '{self._path}' belongs to the log of {found.api_url}, not of {self._run.api.url}",
                "Export each log to a file with a cursor file of its own",
            )
        anew = replace(found, file=self._name, size=0, entries=0)
        if found.file != self._name:
            if size:
                raise OptionError(
                    f"'{self._dest}' has {size} bytes, but the cursor file '{self._path}' was last used for "
                    f"'{found.file}', and can only go on there or in a new file",
                    "Give a dest that does not exist yet",
                )
            return anew
        if size < found.size:
            if self._run.params["rotated"] and not size:
                return anew
            has = "is not there" if self._descriptor == NOWHERE else f"has {size} bytes"
            raise OptionError(
                f"'{self._dest}' {has}, but its cursor file '{self._path}' counts {found.size} bytes: it was damaged "
                "or moved away",
                "Restore it; or, if it was moved away on purpose, set rotated: true to go on in a new file",
            )
        if found.size and self._byte(found.size - 1) != b"\n":
            raise OptionError(
                f"'{self._dest}' was changed by something else: its cursor file '{self._path}' counts {found.size} "
                "bytes, and no line ends there",
                "Restore it, or go on in a new file with another dest and the same cursor",
            )
        return found

    def _byte(self, offset: int) -> bytes:
        with failed("read", self._dest):
            return os.pread(self._descriptor, 1, offset)

    # --- in which an export differs ------------------------------------------------------------------------------

    def _hold(self) -> None:
        """Looking keeps nobody away; it only sees whether the files could be made."""
        # The cursor file is replaced, the other one only made.
        made = {os.path.dirname(self._dest): not os.path.lexists(self._dest), os.path.dirname(self._path): True}
        for directory, is_written in made.items():
            if not os.path.isdir(directory):
                self._run.warn(f"{missing_directory(directory).message} yet: it is taken as an empty one")
            elif is_written and not os.access(directory, os.W_OK | os.X_OK):
                raise CrdbError(f"Nothing can be written to the directory '{directory}': permission denied")

    def _open(self) -> None:
        self._descriptor = open_regular(self._dest, os.O_RDWR)

    def _begin(self) -> None:
        if self._left_over:
            self._run.warn(
                f"'{self._dest}' goes on for {self._left_over} bytes behind what its cursor file counts, which an "
                "interrupted run has left: they are cut off, and what they held is read again"
            )

    def _save(self, data: bytes, cursor: Cursor) -> None:
        """Put *data* behind what is there, and *cursor* in its place."""


class Export(Preview):
    """An export that writes."""

    _lock = NOWHERE

    def __exit__(self, *_exception: object) -> None:
        super().__exit__()
        if self._lock != NOWHERE:
            os.close(self._lock)

    def _hold(self) -> None:
        for path in (self._dest, self._path):
            if not os.path.isdir(os.path.dirname(path)):
                raise missing_directory(os.path.dirname(path))
        path = f"{self._path}.lock"
        self._lock = open_regular(path, os.O_RDWR | os.O_CREAT)
        lock(self._lock, path)

    def _open(self) -> None:
        super()._open()
        if self._descriptor != NOWHERE:
            # Another run may use the same file with another cursor.
            lock(self._descriptor, self._dest)

    def _begin(self) -> None:
        super()._begin()
        if self._left_over:
            with failed("cut off the end of", self._dest):
                os.ftruncate(self._descriptor, self.cursor.size)
        if self._descriptor == NOWHERE:
            self._descriptor = open_regular(self._dest, os.O_RDWR | os.O_CREAT | os.O_EXCL)
            lock(self._descriptor, self._dest)
            sync_directory(os.path.dirname(self._dest))
        if self.cursor != self._found:
            # Before the first line: so a file of which the cursor file knows nothing holds nothing of ours.
            write_atomically(self._path, self.cursor.text())

    def _save(self, data: bytes, cursor: Cursor) -> None:
        size = os.fstat(self._descriptor).st_size
        if size != self.cursor.size:
            raise CrdbError(
                f"Something else has written to '{self._dest}' during the export: it has {size} bytes instead of "
                f"{self.cursor.size}",
                "Let nothing else write to it, and run the task again",
            )
        with failed("write to", self._dest):
            write(self._descriptor, data, self.cursor.size)
        write_atomically(self._path, cursor.text())


def _absolute(option: str, path: str) -> str:
    if not os.path.isabs(path) or path.endswith("/"):
        raise OptionError(f"{option} must be the absolute path of a file, got '{path}'")
    return os.path.normpath(path)
