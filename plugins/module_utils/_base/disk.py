# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that outlive a crash: opened without following links, locked, synchronised, replaced as a whole."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from .errors import CrdbError

# O_NONBLOCK: a named pipe must not stop anybody.
FLAGS = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
OWNER_ALONE = 0o600
# Bytes that the secret of a key has at most.
LONGEST = 4096
NOWHERE = -1
HINTS = {
    errno.ENOSPC: "Free some space and run the task again: nothing is lost",
    errno.EDQUOT: "Free some space and run the task again: nothing is lost",
}


class LockedError(CrdbError):
    """Another run is at work with the file."""


def missing_directory(path: str) -> CrdbError:
    return CrdbError(f"There is no directory '{path}'", "Make it first, with ansible.builtin.file")


@contextmanager
def failed(doing: str, path: str) -> Iterator[None]:
    """Makes one sentence of what the operating system says."""
    try:
        yield
    except OSError as error:
        reason = "it is a symbolic link" if error.errno == errno.ELOOP else error.strerror or str(error)
        raise CrdbError(f"Failed to {doing} '{path}': {reason}", HINTS.get(error.errno or 0, "")) from None


def open_regular(path: str, flags: int) -> int:
    """A descriptor of the regular file *path*, which is made for its owner alone where *flags* say that it is made.

    NOWHERE where it is not there, and is not to be made.
    """
    with failed("open", path):
        try:
            descriptor = os.open(path, flags | FLAGS, OWNER_ALONE)
        except FileNotFoundError:
            if not flags & os.O_CREAT:
                return NOWHERE
            raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise CrdbError(f"'{path}' is not a regular file")
    return descriptor


def lock(descriptor: int, path: str) -> None:
    """Keep other processes from *path* for as long as the descriptor is open."""
    with failed("lock", path):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(
                f"Another run is at work: it holds the lock of '{path}'", "Run the task again when it has ended"
            ) from None


def write(descriptor: int, data: bytes, offset: int) -> None:
    """Write all of *data* at *offset*, and return when it is on the disk."""
    rest = memoryview(data)
    while rest:
        done = os.pwrite(descriptor, rest, offset)
        rest, offset = rest[done:], offset + done
    os.fsync(descriptor)


def write_atomically(path: str, data: bytes, mode: int = OWNER_ALONE) -> None:
    """Replace the file *path*: whatever happens, it is the old one or the new one, with *mode*. The caller keeps others away."""
    temporary = f"{path}.tmp"
    with failed("write", temporary):
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | FLAGS, OWNER_ALONE)
        try:
            write(descriptor, data, 0)
            os.fchmod(descriptor, mode)
        finally:
            os.close(descriptor)
    with failed("replace", path):
        os.replace(temporary, path)
    sync_directory(os.path.dirname(path))


class Replacement:
    """What the file *path* will be, for its owner alone. It has *room* for so many bytes before anybody knows what they are."""

    def __init__(self, path: str, room: int = LONGEST) -> None:
        self._path, directory = path, os.path.dirname(path)
        if not os.path.isdir(directory):
            raise missing_directory(directory)
        with failed("write in the directory", directory):
            descriptor, self._temporary = tempfile.mkstemp(prefix=f".{os.path.basename(path)}.", dir=directory)
        try:
            self._write(descriptor, bytes(room))
        except CrdbError:
            self.discard()
            raise

    def _write(self, descriptor: int, data: bytes) -> None:
        with failed("write", self._temporary):
            try:
                write(descriptor, data, 0)
                os.truncate(descriptor, len(data))
            finally:
                os.close(descriptor)

    def fill(self, data: bytes) -> None:
        """Let the file be *data*."""
        self._write(open_regular(self._temporary, os.O_WRONLY), data)
        with failed("replace", self._path):
            os.replace(self._temporary, self._path)
        self._temporary = ""
        sync_directory(os.path.dirname(self._path))

    def discard(self) -> None:
        """Leave nothing behind, unless it was filled."""
        if self._temporary:
            remove(self._temporary)


def read_regular(path: str, most: int = -1) -> bytes | None:
    """What is in the regular file *path*, at most the first *most* bytes where that is not negative; None where there is no file."""
    descriptor = open_regular(path, os.O_RDONLY)
    if descriptor == NOWHERE:
        return None
    with failed("read", path), os.fdopen(descriptor, "rb") as file:
        return file.read(most)


def read_secret(path: str) -> str:
    """The text of the file *path*, as far as a secret is long; "" where there is no file."""
    found = read_regular(path, LONGEST) if path else None
    return (found or b"").decode("utf-8", "replace")


class SecretFile:
    """The file *path* for what an answer tells once: that it can be written is certain before anybody asks. "" is no file."""

    def __init__(self, path: str | None) -> None:
        self.path = os.path.abspath(path) if path else ""
        self._file: Replacement | None = None

    def __enter__(self) -> SecretFile:
        if self.path:
            self._file = Replacement(self.path)
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._file:
            self._file.discard()

    def keep(self, secret: str) -> None:
        """Let the file be *secret*; nothing where there is no file."""
        if self._file:
            self._file.fill(secret.encode())


def remove(path: str) -> None:
    """Make sure that there is no file *path*, nor a link of that name. Anything else of that name is an error, and stays."""
    with failed("remove", path):
        try:
            mode = os.lstat(path).st_mode
        except FileNotFoundError:
            return
        if not stat.S_ISREG(mode) and not stat.S_ISLNK(mode):
            raise CrdbError(
                f"'{path}' is {'a directory' if stat.S_ISDIR(mode) else 'not a regular file'}", "Name a file"
            )
        os.unlink(path)
    sync_directory(os.path.dirname(path))


def sync_directory(path: str) -> None:
    """Make sure that the names in the directory *path* are on the disk."""
    with failed("synchronise the directory", path):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        except OSError as error:
            # Some file systems can't do that, and don't need it.
            if error.errno != errno.EINVAL:
                raise
        finally:
            os.close(descriptor)
