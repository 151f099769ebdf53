# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders.

[D] A name has 3 to 40 characters, begins and ends with a letter or digit, and has blanks, ``-``, ``_`` and ``'`` inside.
Three levels below the organization, 65 folders in all; not below themselves; deleted when empty only. ``path`` of an
answer are the folders above, outermost first; ``?path=`` is exact. A name is unique among its siblings [G, an option].
"""

from __future__ import annotations

import re
from collections.abc import Callable

from crdb_emulator.auth import READ_FOLDERS
from crdb_emulator.context import ORGANIZATION_ID, Call, Reply, json_bytes
from crdb_emulator.errors import invalid, not_found
from crdb_emulator.fields import check_labels, parent_of
from crdb_emulator.grants import ancestors, places_of_folder, roles_at
from crdb_emulator.model import ROOT, Cluster
from crdb_emulator.objects import Row
from crdb_emulator.store import Store
from crdb_emulator.surface import surface

MAX_DEPTH = 3
MAX_FOLDERS = 65
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _'-]{1,38}[A-Za-z0-9]")


def check(call: Call, after: Row, before: Row) -> None:
    """Refuse a bad name, parent or label; settles the parent."""
    store, own = call.store, before.get("resource_id", "")
    if not _NAME.fullmatch(after["name"]):
        raise invalid(
            "folder name must be 3 to 40 characters of letters, numbers, spaces, dashes, underscores and apostrophes,"
            " and must start and end with a letter or a number"
        )
    after["parent_id"] = parent_of(after.get("parent_id", ""), store)
    check_labels(after.get("labels", {}))
    above = list(ancestors(store, after["parent_id"]))
    if any(row["resource_id"] == own for row in above):
        raise invalid("a folder cannot be moved into itself or a folder below it")
    if len(above) + _height(store, own) > MAX_DEPTH:
        raise invalid(f"folders can be nested {MAX_DEPTH} levels deep")
    if not before and len(store.objects.rows("folders")) >= MAX_FOLDERS:
        raise call.refused(f"an organization can have at most {MAX_FOLDERS} folders")


def _height(store: Store, folder: str) -> int:
    below = [
        row["resource_id"] for row in store.objects.rows("folders").values() if row.get("parent_id", ROOT) == folder
    ]
    return 1 + max((_height(store, each) for each in below if folder), default=0)


def shows(call: Call, row: Row) -> Row:
    """Where a folder is."""
    above = [
        {"id": each["resource_id"], "name": each["name"]} for each in ancestors(call.store, row.get("parent_id", ROOT))
    ]
    return {
        "parent_id": ROOT,
        **row,
        "resource_type": "FOLDER",
        "organization_id": ORGANIZATION_ID,
        "path": above[::-1],
    }


def goes(call: Call, row: Row) -> None:
    """Only empty folders may be deleted."""
    folders, clusters = _inside(call.store, row["resource_id"])
    if folders or clusters:
        raise call.refused(f"folder '{row['name']}' is not empty")


def _inside(store: Store, folder: str) -> tuple[list[Row], list[Cluster]]:
    folders = [row for row in store.objects.rows("folders").values() if row.get("parent_id", ROOT) == folder]
    clusters = [each for each in store.clusters.values() if each.live and each.parent_id == folder]
    return sorted(folders, key=lambda row: str(row["name"])), sorted(clusters, key=lambda each: each.name)


def only(call: Call) -> Callable[[Row], bool]:
    """The folder of ``?path=``, of those that the caller may see."""
    store, caller = call.store, call.caller
    wanted = [part for part in call.query.get("path", "").split("/") if part]

    def found(row: Row) -> bool:
        if not caller.roles & READ_FOLDERS and not _roles(call, row["resource_id"]) & READ_FOLDERS:
            return False
        return not wanted or [each["name"] for each in ancestors(store, row["resource_id"])][::-1] == wanted

    return found


def _roles(call: Call, folder: str) -> frozenset[str]:
    return roles_at(call.store, call.caller.id, places_of_folder(call.store, folder))


def contents(call: Call) -> Reply:
    """``GET /folders/{id|root}/contents``: folders by name, then clusters by name [D]."""
    folder = parent_of_path(call)
    folders, clusters = _inside(call.store, folder)
    rows = [{**row, **shows(call, row)} for row in folders]
    for each in clusters:
        row = {"resource_id": each.id, "name": each.name, "parent_id": each.parent_id, "labels": each.labels}
        rows.append({**row, **shows(call, row), "resource_type": "CLUSTER"})
    keys = [(int(row["resource_type"] == "CLUSTER"), str(row["name"]), str(row["resource_id"])) for row in rows]
    page, block = call.pager.cut(f"folders/{folder}", rows, keys, call.query)
    facts = surface(call.version)
    answer = facts.operations["GET folders/*/contents"].answer
    return Reply(200, json_bytes(facts.shaped(answer, {"resources": page, "pagination": block})))


def parent_of_path(call: Call) -> str:
    """The folder of the path, or ``root``; 404 when unknown."""
    folder = call.params[0]
    if folder != ROOT and folder not in call.store.objects.rows("folders"):
        raise not_found(f"folder '{folder}' not found")
    return folder
