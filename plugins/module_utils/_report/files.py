# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module fleet_report: reads what a fleet has told, and writes the page, JSON and metrics."""

from __future__ import annotations

import json
import os
import re
import stat
import time
from collections.abc import Mapping
from typing import Any

from .._base.disk import OWNER_ALONE, missing_directory, write_atomically
from .._base.errors import OptionError
from .._fleet.plan_file import explained
from .._reconcile.outcome import Run
from .content import Data, report
from .metrics import metrics
from .page import FOLDER, LABEL, page
from .risks import Support
from .source import read_source

# The textfile collector runs as another user.
FOR_ALL = 0o644
GROUP_BY = re.compile(f"{FOLDER}|{LABEL}.+", re.DOTALL)
READ, WRITTEN = ("plan", "variables"), ("dest", "json_dest", "metrics_dest")


def fleet_report(run: Run) -> Data:
    """Write the files that the options ask for, in check mode as well; returns what the report says in short."""
    params = run.params
    paths = _paths(params)
    if not GROUP_BY.fullmatch(params["group_by"]):
        raise OptionError(f"group_by can't be '{params['group_by']}'", "Write folder, or label:<name>")
    now = time.time_ns()
    support = Support.of(params["versions"], now, params["support_days"])
    source = read_source(params)
    if params["fleet"] is not None:
        source.fleet = params["fleet"]
    if params["organization"] is not None:
        source.organization = {**source.organization, "name": params["organization"]}
    made = report(source, now=now, budget=params["budget"], support=support)
    # All is made before anything is written.
    texts = {"dest": page(made, params["group_by"])}
    texts["json_dest"] = f"{json.dumps(made, indent=1, default=str)}\n"
    texts["metrics_dest"] = metrics(made)
    for option, path in paths.items():
        if option in WRITTEN:
            _write(option, path, texts[option])
    del made["rows"]
    return {"changed": False, "report": made, **{name: paths.get(name) for name in WRITTEN}}


def _paths(params: Mapping[str, Any]) -> dict[str, str]:
    """The absolute paths of the files by option; OptionError where one would be written over another."""
    paths = {name: os.path.abspath(params[name]) for name in (*READ, *WRITTEN) if params[name]}
    taken: dict[str, str] = {}
    for name, path in paths.items():
        other = taken.setdefault(os.path.realpath(path), name)
        if other != name:
            raise OptionError(f"{name} and {other} are the same file '{path}'", "Give each a file of its own")
    return paths


def _write(option: str, path: str, text: str) -> None:
    directory = os.path.dirname(path)
    with explained(option):
        if not os.path.isdir(directory):
            raise missing_directory(directory)
        write_atomically(path, text.encode("utf-8", "backslashreplace"), _mode(option, path))


def _mode(option: str, path: str) -> int:
    """Who may read a file: what somebody has chosen stays, but metrics are for all."""
    if option == "metrics_dest":
        return FOR_ALL
    try:
        found = os.lstat(path).st_mode
    except OSError:
        return OWNER_ALONE
    return stat.S_IMODE(found) & 0o777 if stat.S_ISREG(found) else OWNER_ALONE
