# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An ``os`` that fails, or takes the process or the power away, at a chosen call; for the files of one directory."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COUNTED = ("open", "pread", "pwrite", "fsync", "ftruncate", "replace", "unlink")
# What is lost with the power: names and contents that were not synchronised, in any combination.
LOSSES = [(names, data) for names in (True, False) for data in (True, False)]


class Killed(BaseException):
    """The process is gone, without a word."""


@dataclass
class Content:
    """What a file holds, and what of it would survive the loss of the power."""

    current: bytes = b""
    durable: bytes = b""


class CrashingOs:
    """Stands for the module ``os``: at call number *at* (0: never) the thing *how* happens.

    *how* is ``before``, ``after`` or ``torn`` (a write is half done), at which the process ends, or an errno, with which
    this one call fails. *forgets* is a disk that does not keep what is synchronised.
    """

    def __init__(self, directory: Path, at: int = 0, how: str | int = "before", *, forgets: bool = False) -> None:
        self.calls = 0
        self._directory, self._at, self._how, self._forgets = directory, at, how, forgets
        self._now = {path.name: Content(*[path.read_bytes()] * 2) for path in directory.iterdir() if path.is_file()}
        self._durable = dict(self._now)
        self._open: dict[int, Content | None] = {}
        self._dead = False

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name not in COUNTED:
            return real
        return lambda *arguments: self._call(name, real, arguments)

    def _call(self, name: str, real: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        assert not self._dead, f"{name} after the end"
        self.calls += 1
        hit = self.calls == self._at
        if hit and isinstance(self._how, int):
            raise OSError(self._how, os.strerror(self._how))
        if hit and self._how != "after":
            if self._how == "torn" and name == "pwrite":
                descriptor, data, offset = arguments
                self._done("pwrite", arguments, os.pwrite(descriptor, data[: len(data) // 2], offset))
            self._die()
        try:
            result = self._done(name, arguments, None if name == "fsync" else real(*arguments))
        except OSError:
            if hit:
                self._die()
            raise
        if hit:
            self._die()
        return result

    def _die(self) -> None:
        self._dead = True
        raise Killed

    def _done(self, name: str, arguments: tuple[Any, ...], result: Any) -> Any:
        """Keep the books. Nothing is really synchronised, which would only take time."""
        if name == "open":
            path = Path(arguments[0])
            self._open[result] = None if path.is_dir() else self._now.setdefault(path.name, Content())
        elif name == "pwrite":
            content, (_descriptor, data, offset) = self._open[arguments[0]], arguments
            content.current = content.current[:offset] + bytes(data[:result]) + content.current[offset + result :]
        elif name == "ftruncate":
            content = self._open[arguments[0]]
            content.current = content.current[: arguments[1]]
        elif name == "replace":
            self._now[Path(arguments[1]).name] = self._now.pop(Path(arguments[0]).name)
        elif name == "unlink":
            del self._now[Path(arguments[0]).name]
        elif name == "fsync" and not self._forgets:
            content = self._open[arguments[0]]
            if content is None:
                self._durable = dict(self._now)
            else:
                content.durable = content.current
        return result

    def lose_power(self, names: bool, data: bool) -> None:
        """Leave in the directory what survives; *names* and *data* say whether what was not synchronised does."""
        for path in self._directory.iterdir():
            path.unlink()
        for name, content in (self._now if names else self._durable).items():
            (self._directory / name).write_bytes(content.current if data else content.durable)
