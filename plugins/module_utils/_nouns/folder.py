# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders, which clusters and other folders lie in. People say a path, the API takes the id of the folder above and a name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .._base.errors import OptionError
from .._http.answers import TEXT, Either, ListOf, MapOf, Object
from . import cluster_rules as rules
from .declared import NIL_ID, UUID, Scope
from .field import Field
from .noun import Desired, Noun, Reader, Row
from .plan import Plan

ROOT = "root"
DEEPEST = 3
NAMED = 10
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _'-]{1,38}[A-Za-z0-9]")
PATH = Either(TEXT, ListOf(Object({"name": TEXT})))
RESOURCE = Object({"resource_id": TEXT, "name": TEXT, "resource_type": TEXT}, {"path": PATH})


def path_of(row: Row) -> str:
    """The path of a folder, or of a cluster in one, ``/platform/prod``."""
    outer = row.get("path") or ()
    return outer if isinstance(outer, str) else "".join(f"/{step['name']}" for step in [*outer, row])


def checked_path(text: str) -> str:
    """*text* as the path of a folder; OptionError where it is none."""
    names = text.strip().removesuffix("/").split("/")
    if names[0] or len(names) < 2 or not all(name.strip() and name.isprintable() for name in names[1:]):
        raise OptionError(
            f"'{text}' is not the path of a folder",
            "It begins with a slash, and has the names from the outermost folder on, such as /platform/prod",
        )
    return "/".join(names)


def checked_folder(text: str) -> str:
    """*text* as what names a folder, or the organization: a path, an id, or root; OptionError where it is none of them."""
    return text if text == ROOT or UUID.fullmatch(text) else checked_path(text)


def above(path: str) -> str:
    """What to look the folder above *path* up by: its path or id; "root" where there is none."""
    up = path.rpartition("/")[0]
    return up[1:] if UUID.fullmatch(up[1:]) else up or ROOT


class Folder(Noun):
    def spelled(self, reader: Reader, params: Row) -> Row:
        """*params* with a path in the place of a name and what it lies in."""
        if params.get("name") is None:
            return params
        up = (params.get("parent") or ROOT).strip()
        if "/" in params["name"]:
            raise OptionError(
                f"name: '{params['name']}' has a slash", "Give path instead, or the folders above as parent"
            )
        if UUID.fullmatch(up):
            rows = reader.rows_at(
                self.collection({}), self.rows, shape=self.shape, doing="list the folders", roles=self.roles
            )
            # That of a folder which only check mode has made stays as it is.
            found = f"/{up}" if up == NIL_ID else next((path_of(row) for row in rows if row["resource_id"] == up), "")
            if not found:
                raise OptionError(f"There is no {self.words} with the id '{up}' to be parent", "Give the path instead")
            up = found
        up = "" if up == ROOT else checked_path(up)
        return {**params, "path": f"{up}/{params['name']}", "name": None, "parent": None}

    def key_of(self, params: Row) -> dict[str, Any]:
        return {"path": None if params.get("path") is None else checked_path(params["path"])}

    def identity(self, row: Row) -> dict[str, Any]:
        return {"path": path_of(row)}

    def former(self, desired: Desired) -> dict[str, Any] | None:
        name = desired.values.get("renamed_from")
        if desired.absent or not name:
            return None
        beside = desired.key["path"].rpartition("/")[0]
        return self.key_of({"path": name if name.startswith("/") else f"{beside}/{name}"})

    def references(self, params: Mapping[str, Any]) -> set[tuple[str, str]]:
        if params.get("state") == "absent" or params.get("path") is None:
            return set()
        return {(self.name, above(checked_path(params["path"])))}

    def first(self, params: Row) -> list[Row]:
        if not params.get("parents") or params.get("state") == "absent" or params.get("path") is None:
            return []
        names = checked_path(params["path"]).split("/")
        return [{"path": "/".join(names[:count])} for count in range(2, len(names))]

    def values(self, params: Row, version: str) -> dict[str, Any]:
        found = super().values(params, version)
        return {**found, "labels": rules.labels(found["labels"])} if "labels" in found else found

    def shown(self, row: Row) -> dict[str, Any]:
        return {**row, "path": path_of(row), "labels": row.get("labels") or {}}

    def view(self, row: Row) -> dict[str, Any]:
        return {"labels": row.get("labels") or {}}

    def key_body(self, desired: Desired) -> dict[str, Any]:
        path = desired.key["path"]
        return {"name": path.rpartition("/")[2], "parent_id": desired.ids[self.name, above(path)]}

    def predict(self, row: Row, desired: Desired, after: Row) -> dict[str, Any]:
        found = super().predict(self.shown(row) if row else {"labels": {}}, desired, after)
        # Where only an id was given, nothing of this changes.
        known = (self.name, above(desired.key["path"])) in desired.ids
        return {**found, **(self.key_body(desired) if known else {})}

    def create(self, scope: Scope, desired: Desired) -> Plan:
        self._check_name(desired)
        return super().create(scope, desired)

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        plan = super().update(scope, desired, row)
        old, new = path_of(row), desired.key["path"]
        if old != new:
            self._check_name(desired)
        if above(old) != above(new):
            plan.notes.append(
                f"{self.label({'path': old})} moves to {above(new)}: whoever has roles there gets them on all that is in it, and "
                f"roles from {above(old)} end"
            )
        return plan

    def _check_name(self, desired: Desired) -> None:
        names = desired.key["path"].split("/")[1:]
        if not NAME.fullmatch(names[-1]):
            raise OptionError(
                f"'{names[-1]}' can't be the name of a folder: 3 to 40 characters are allowed, letters and digits, inside also "
                "blanks, -, _ and '"
            )
        if len(names) > DEEPEST:
            raise OptionError(
                f"{desired.label} would lie {len(names)} folders deep, and {DEEPEST} below the organization are allowed"
            )

    def contents(self, reader: Reader, row: Row) -> list[dict[str, Any]]:
        """The folders and clusters directly in the folder *row*, as a module returns them."""
        doing = f"list what is in {self.label(self.identity(row))}"
        path = f"{self.item({}, row)}/contents"
        rows = reader.rows_at(path, "resources", shape=RESOURCE, doing=doing, roles=self.readers)
        return [self.shown(each) for each in rows]

    def check(self, reader: Reader, scope: Scope, desired: Desired, row: dict[str, Any] | None, plan: Plan) -> None:
        """Refuse to delete what is not empty, and say what is in it."""
        if not (desired.absent and row):
            return
        label = self.label(self.identity(row))
        inside = [each for each in self.contents(reader, row) if each["resource_id"] not in reader.doomed]
        if inside:
            shown = [f"{each['resource_type'].lower()} '{each['name']}'" for each in inside[:NAMED]]
            more = f" and {len(inside) - NAMED} more" if len(inside) > NAMED else ""
            raise OptionError(
                f"{label} is not empty; nothing was deleted. In it: {', '.join(shown)}{more}",
                "Delete or move these first",
            )


FOLDER = Folder(
    "folder",
    "folders/{resource_id}",
    """
    Manages one folder of the organization: makes it, labels it, renames and moves it, deletes it.
    Roles that somebody has on a folder hold for all that is in it, so moving a folder changes who may do what.
    A folder is deleted only when nothing is in it. Otherwise the task fails, and says what is.
    path: Names of the folders from the outermost on, such as V(/platform/prod).
    labels: All labels of it; others are removed, V({}) removes all. A key begins with a letter; both have up to 63 characters of a-z, 0-9, _ and -.
    name: Name of the folder, instead of O(path): 3 to 40 characters, letters and digits, inside also blanks, C(-), C(_) and C(').
    parent: Path or id of the folder that O(name) lies in. V(root), the default, stands for the organization.
    renamed_from: The path that the folder may still have, or only its name where that alone changes. Where there is no folder O(path), this one is renamed or
      moved; where there is neither, O(path) is created. Where both exist, nothing is renamed.
    parents: Whether to make the folders above, too, where they do not exist yet. One request is sent for each.
    = name (str): Name of the folder.
    = contents (list[dict], by M(crdb.cloud.folder_info) with C(contents=true)): What is in it: C(resource_type), C(resource_id), C(name), C(path), C(labels).
    = parent_id (str): Id of the folder that it lies in; V(root) where that is the organization.
    """,
    rows="folders",
    shape=Object({"resource_id": TEXT, "name": TEXT}, {"parent_id": TEXT, "path": PATH, "labels": MapOf(TEXT)}),
    key=(Field("path"),),
    fields=(Field("labels", type="dict", since="2024-09-16"),),
    how=(Field("name"), Field("parent"), Field("renamed_from"), Field("parents", type="bool", default=False)),
    rules={"required_one_of": [("path", "name", "id")], "mutually_exclusive": [("path", "name"), ("path", "parent")]},
    since="2023-04-10",
    roles="FOLDER_ADMIN, where one is only moved or renamed FOLDER_MOVER",
    readers="CLUSTER_DEVELOPER, CLUSTER_OPERATOR_WRITER, CLUSTER_ADMIN, FOLDER_ADMIN or FOLDER_MOVER",
    constants=(ROOT,),
    nested=True,
)
