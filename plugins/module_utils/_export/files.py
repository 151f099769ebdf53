# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of an export: variables of a fleet, in one file or several, and an inventory. Files of others are never replaced."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from .._base.disk import missing_directory, read_regular, write_atomically
from .._base.errors import CrdbError, OptionError
from .._fleet.fleet import check_parallel
from .._nouns.allowlist_entry import ALLOWLIST_ENTRY
from .._nouns.cluster import CLUSTER
from .._nouns.sql_user import SQL_USER
from .._reconcile.outcome import Run
from .document import Secret, dump
from .organization import CLUSTERS, Exported, Organization

Row = dict[str, Any]
# What each file begins with, and so is known by.
MARK = "Written by crdb.cloud.organization_export"
WHOLE = "organization"
HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def organization_export(run: Run) -> dict[str, Any]:
    """The module organization_export."""
    params = dict(run.params)
    for name in ("dest", "inventory_dest"):
        params[name] = params[name] and os.path.abspath(params[name])
    if not (params["dest"] or params["inventory_dest"] or params["return_variables"]):
        raise OptionError("Nothing is asked for", "Give dest, inventory_dest, or return_variables: true")
    check_parallel(params["parallel"])
    if params["split"] and not params["dest"]:
        raise OptionError("split needs dest, the directory of the files")
    # What can't be written is known before anything is read.
    targets = [each for each in ([] if params["split"] else [params["dest"]]) + [params["inventory_dest"]] if each]
    for path in targets:
        check(path, force=params["force"])
    if params["split"] and not os.path.isdir(params["dest"]):
        raise missing_directory(params["dest"])
    exported = Organization(run).exported()
    texts = _texts(params, exported)
    for path in texts:
        check(path, force=params["force"])
    for path, text in texts.items():
        write(path, text)
    if params["split"]:
        _warn_of_old(run, params["dest"], texts)
    counts = Counter({name: len(each) for name, each in exported.variables.items()})
    for entry in exported.variables.get(CLUSTERS, ()):
        own = {option.name for option in CLUSTER.options}
        counts.update(
            {name: len(each) if isinstance(each, list) else 1 for name, each in entry.items() if name not in own}
        )
    found: dict[str, Any] = {
        "changed": False,
        "files": [*texts],
        "counts": dict(counts),
        "secrets": exported.secrets,
        "not_exported": exported.not_exported,
    }
    if params["return_variables"]:
        found["variables"] = _without_secrets(exported.variables)
    return found


def _texts(params: Mapping[str, Any], exported: Exported) -> dict[str, str]:
    """What is to be in which file."""
    found: dict[str, str] = {}
    dest = params["dest"]
    if dest:
        for path, variables in _parts(dest, params["split"], exported).items():
            found[path] = dump(variables, heading=heading(f"{MARK}: options of crdb.cloud.fleet.", variables))
    if params["inventory_dest"]:
        inventory = {"crdb_clusters": {"hosts": hosts(exported)}}
        found[params["inventory_dest"]] = dump(inventory, heading=f"{MARK}: an inventory for crdb.cloud.provision.")
    if len(found) < bool(dest) + bool(params["inventory_dest"]):
        raise OptionError("dest and inventory_dest are the same file")
    return found


def heading(title: str, variables: Any) -> str:
    """*title*, and which variables for secrets there are in *variables*."""
    secrets = [f"  {name}" for name in _secrets_in(variables)]
    told = ["No secret is in it. What is made anew needs these variables, which belong into a vaulted file:", *secrets]
    return "\n".join([title, *(told if secrets else [])])


def _secrets_in(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [name for each in value.values() for name in _secrets_in(each)]
    if isinstance(value, list):
        return [name for each in value for name in _secrets_in(each)]
    return [value.variable] if isinstance(value, Secret) else []


def _parts(dest: str, split: str | None, exported: Exported) -> dict[str, Row]:
    """The variables of each file: all in one, or those of the organization in one and clusters in others, by folder or each by itself."""
    if not split:
        return {dest: exported.variables}
    rest = {name: value for name, value in exported.variables.items() if name != CLUSTERS}
    found, taken = {os.path.join(dest, f"{WHOLE}.yml"): rest}, {WHOLE}
    groups: dict[str, list[Row]] = {}
    for number, (entry, folder) in enumerate(zip(exported.variables.get(CLUSTERS, ()), exported.folders, strict=True)):
        groups.setdefault(folder if split == "folder" else str(number), []).append(entry)
    for folder, entries in groups.items():
        called = (folder or "root") if split == "folder" else str(entries[0]["name"])
        path = os.path.join(dest, f"{_own(f'{CLUSTERS}-{_plain(called)}', taken)}.yml")
        found[path] = {CLUSTERS: entries}
    return found


def _plain(text: str) -> str:
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-") or "x"


def _own(name: str, taken: set[str]) -> str:
    """*name*, or one like it that is not *taken* yet."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found)
    return found


def hosts(exported: Exported) -> dict[str, Row]:
    """The clusters as hosts, with the variables of the role cluster; those whose name is none of a host are noted."""
    found: dict[str, Row] = {}
    taken: set[str] = set()
    for entry, mark in zip(exported.variables.get(CLUSTERS, ()), exported.marks, strict=True):
        name = str(entry["name"])
        if not HOST.fullmatch(name):
            reason = "its name can't be that of a host, so that it is not in the inventory"
            exported.not_exported.append({"list": CLUSTERS, "name": name, "cluster": None, "reason": reason})
            continue
        host = _own(name, taken)
        known = {**entry, **({SQL_USER.plural: _users(entry[SQL_USER.plural])} if SQL_USER.plural in entry else {})}
        # The role is no fleet, to which a label more would be one too many.
        known["labels"] = {**known.get("labels", {}), **mark}
        if host == name:
            del known["name"]
        allowed = {*(option.name for option in CLUSTER.options), ALLOWLIST_ENTRY.plural, SQL_USER.plural}
        # To the role what is empty is what nobody has set.
        found[host] = {
            f"cluster_{key}": value for key, value in known.items() if key in allowed and value not in ("", [], {})
        }
    return found


def _users(entries: Iterable[Row]) -> list[Any]:
    return [{"name": entry["name"]} for entry in entries]


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_secrets(each) for key, each in value.items() if not isinstance(each, Secret)}
    return [_without_secrets(each) for each in value] if isinstance(value, list) else value


# --- files -------------------------------------------------------------------------------------------------------


def check(path: str, *, force: bool, mark: str = MARK) -> None:
    """CrdbError where *path* can't be written, or is the file of somebody else: it does not begin with *mark*."""
    if os.path.isdir(path):
        more = ", or set split to have several files in it" if mark == MARK else ""
        raise CrdbError(f"'{path}' is a directory", f"Name a file{more}")
    directory = os.path.dirname(path)
    if not os.path.isdir(directory):
        raise missing_directory(directory)
    there = read_regular(path)
    if there and not force and not there.startswith(f"# {mark}".encode()):
        raise CrdbError(
            f"'{path}' was not written by this module, and stays as it is", "Name another file, or set force: true"
        )


def write(path: str, text: str) -> None:
    """Let the file *path* be *text*, as a whole."""
    if read_regular(path) != text.encode():
        write_atomically(path, text.encode())


def _warn_of_old(run: Run, directory: str, texts: Collection[str]) -> None:
    """Warn of files of an earlier export that say nothing of what is there now."""
    for name in sorted(os.listdir(directory)):
        path = os.path.join(directory, name)
        mine = name.startswith((f"{CLUSTERS}-", WHOLE)) and name.endswith(".yml") and path not in texts
        if mine and os.path.isfile(path) and (read_regular(path) or b"").startswith(f"# {MARK}".encode()):
            run.warn(f"'{path}' is of an earlier export, and nothing belongs into it any more: delete it")
