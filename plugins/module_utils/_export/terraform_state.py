# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the file of a Terraform state to a file with the variables of a fleet."""

from __future__ import annotations

import os
from typing import Any

from .._base.disk import read_regular
from .._base.errors import CrdbError, OptionError
from .._reconcile.outcome import Run
from .document import dump
from .files import check, heading, write
from .terraform import Takeover, take_over
from .terraform_file import State, read_state

# Bytes; the largest states that are known have a tenth of it.
LARGEST = 256 << 20
# What a file begins with, and so is known by.
MARK = "Written by crdb.cloud.terraform_state"


def terraform_state(run: Run) -> dict[str, Any]:
    """The module terraform_state."""
    src, dest = os.path.abspath(run.params["src"]), os.path.abspath(run.params["dest"])
    if os.path.realpath(src) == os.path.realpath(dest):
        raise OptionError("src and dest are the same file", "Name another file as dest: the state stays as it is")
    try:
        state = read_state(_read(src))
        found = take_over(state)
    except RecursionError:
        raise OptionError(f"src: '{src}' is nested deeper than any state") from None
    except OptionError as error:
        raise OptionError(f"src: '{src}' can't be taken over: {error.message}", error.hint) from None
    check(dest, force=run.params["force"], mark=MARK)
    title = f"{MARK}: options of crdb.cloud.fleet, from {os.path.basename(src)}."
    write(dest, dump(found.variables, heading=heading(title, found.variables)))
    for warning in found.warnings:
        run.warn(warning)
    return _told(found, state, dest)


def _read(path: str) -> bytes:
    # A link is as good as what it leads to.
    content = read_regular(os.path.realpath(path), LARGEST + 1)
    if content is None:
        raise CrdbError(f"There is no file '{path}'", "Correct src")
    if len(content) > LARGEST:
        raise CrdbError(f"'{path}' has more than {LARGEST >> 20} MiB, which no state has")
    return content


def _told(found: Takeover, state: State, dest: str) -> dict[str, Any]:
    return {
        "changed": False,
        "files": [dest],
        "counts": found.counts,
        "secrets": found.secrets,
        "not_taken_over": found.not_taken_over,
        "others": dict(sorted(state.others.items())),
    }
