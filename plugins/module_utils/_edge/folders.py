# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module folder_info reads: folders, what lies below them, and what is in each."""

from __future__ import annotations

from typing import Any

from .._base.errors import OptionError
from .._nouns.field import Field
from .._nouns.folder import FOLDER, checked_path, path_of
from .._reconcile.reconciler import Reconciler

Row = dict[str, Any]

CHOOSING = (
    Field("path", text="Only the folder with this path, such as V(/platform/prod)."),
    Field("id", text="Only the folder with this id."),
    Field(
        "recursive",
        type="bool",
        default=False,
        text="Whether to list all folders below the one of O(path) or O(id), too.",
    ),
    Field(
        "contents",
        type="bool",
        default=False,
        text="Whether to list what is directly in each folder. One request is sent for each of them.",
    ),
)


def chosen(finder: Reconciler, rows: list[Row]) -> list[Row]:
    """Those of all folders *rows* that the options name, by path, each with its contents where they are wanted."""
    params = finder.params
    path, id_ = params["path"], params["id"]
    if path is not None:
        path = checked_path(path)
    elif id_ is not None:
        path = next((path_of(row) for row in rows if row["resource_id"] == id_), None)
        rows = rows if path else []
    if params["recursive"] and not (path or id_):
        raise OptionError("recursive needs path or id: without them all folders are listed")
    found = [row for row in rows if path is None or path_of(row) == path or _is_below(row, path, params["recursive"])]
    found.sort(key=path_of)
    return [{**row, "contents": FOLDER.contents(finder, row)} for row in found] if params["contents"] else found


def _is_below(row: Row, path: str, recursive: bool) -> bool:
    return recursive and path_of(row).startswith(f"{path}/")
