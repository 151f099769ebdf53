# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds which roles where: grants to service accounts, people and groups, on the organization, folders and clusters.

[D] Roles are inherited from the organization to folders, folders below them and clusters; who creates a cluster gets
CLUSTER_ADMIN on it; everybody has ORG_MEMBER, which grants nothing. A grant is kept as the API has it,
``{"name", "resource": {"type", "id"}}``, the organization's id being empty. Grants of what is gone are gone [G].
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crdb_emulator.model import ROOT, Cluster
from crdb_emulator.objects import Row
from crdb_emulator.store import Store

ORGANIZATION, FOLDER, CLUSTER = "ORGANIZATION", "FOLDER", "CLUSTER"
_OPERATE = frozenset({"CLUSTER_OPERATOR_WRITER", "CLUSTER_ADMIN", "CLUSTER_DEVELOPER", "CLUSTER_DATA_ACCESSOR"})
_LOOK = frozenset({"CLUSTER_MONITOR", "METRICS_VIEWER"})
_FOLDERS = frozenset({"FOLDER_ADMIN", "FOLDER_MOVER"})
# [D] What may be granted where.
SCOPES: dict[str, frozenset[str]] = {
    CLUSTER: _OPERATE | _LOOK,
    FOLDER: _OPERATE | _LOOK | _FOLDERS | {"CLUSTER_CREATOR"},
    ORGANIZATION: _OPERATE
    | _LOOK
    | _FOLDERS
    | {"CLUSTER_CREATOR", "ORG_MEMBER", "ORG_ADMIN", "BILLING_COORDINATOR", "BILLING_VIEWER", "AUDITOR"},
}
ROLES = SCOPES[ORGANIZATION]
Place = tuple[str, str]
WHOLE: Place = (ORGANIZATION, "")


def grant(name: str, kind: str = ORGANIZATION, place: str = "") -> Row:
    """A grant as it is kept."""
    return {"name": name, "resource": {"type": kind, "id": place}}


def place_of(row: Row) -> Place:
    """Where a grant holds; whatever an organization is called, there is one."""
    kind = row["resource"]["type"]
    return kind, "" if kind == ORGANIZATION else row["resource"].get("id") or ""


def same(one: Row, other: Row) -> bool:
    """Whether two grants are the same."""
    return one["name"] == other["name"] and place_of(one) == place_of(other)


def known(store: Store, user: str) -> bool:
    """Whether somebody is known: a service account (a deleted one still is [C]), a person or a group."""
    objects = store.objects
    return any(user in objects.rows(noun) for noun in ("grants", "service-accounts", "persons", "groups"))


def exists(store: Store, place: Place) -> bool:
    """Whether what a grant is on is there."""
    kind, found = place
    if kind == CLUSTER:
        return found in store.clusters and store.clusters[found].live
    return kind == ORGANIZATION or found in store.objects.rows("folders")


def granted(store: Store, user: str) -> list[Row]:
    """The explicit grants, ORG_MEMBER among them for everybody that is there."""
    return [each for each in _rows(store, user) if exists(store, place_of(each))]


def add_creator(store: Store, user: str, cluster: Cluster) -> None:
    """Who creates a cluster administers it."""
    store.objects.rows("grants").setdefault(user, {"roles": []})["roles"].append(
        grant("CLUSTER_ADMIN", CLUSTER, cluster.id)
    )


def set_grants(store: Store, user: str, rows: Iterable[Row]) -> None:
    """Replace the explicit grants; doubles collapse, and all but groups keep ORG_MEMBER."""
    kept = [] if user in store.objects.rows("groups") else [grant("ORG_MEMBER")]
    for row in rows:
        if not any(same(row, each) for each in kept):
            kept.append(grant(row["name"], *place_of(row)))
    store.objects.rows("grants")[user] = {"roles": kept}


def from_groups(store: Store, user: str) -> list[Row]:
    """``{"role", "group_names"}`` for each grant that comes through a group."""
    found: list[Row] = []
    for group_id, group in store.objects.rows("groups").items():
        if not any(member.get("value") == user for member in group.get("members", ())):
            continue
        for row in granted(store, group_id):
            entry = next((each for each in found if same(each["role"], row)), None)
            if entry is None:
                entry = {"role": row, "group_names": []}
                found.append(entry)
            entry["group_names"].append(group.get("displayName", ""))
    return found


def roles_at(store: Store, user: str, places: Iterable[Place] = ()) -> frozenset[str]:
    """The roles that somebody holds on the organization, and those on *places*."""
    where = {WHOLE, *places}
    every = [*_rows(store, user), *(entry["role"] for entry in from_groups(store, user))]
    return frozenset(row["name"] for row in every if place_of(row) in where)


def anywhere(store: Store, user: str, noun: str) -> frozenset[str]:
    """The roles that somebody holds on the organization or any live object that is listed as *noun*."""
    kinds = {"clusters": (CLUSTER, FOLDER), "folders": (FOLDER,)}[noun]
    places = {place_of(row) for row in _rows(store, user)}
    live = [place for place in places if place[0] in kinds and (place[0] == FOLDER or exists(store, place))]
    return roles_at(store, user, live)


def _rows(store: Store, user: str) -> list[Row]:
    return list(store.objects.rows("grants").get(user, {}).get("roles", ()))


def ancestors(store: Store, folder: str) -> Iterator[Row]:
    """A folder and those above it, innermost first; nothing for the root."""
    folders = store.objects.rows("folders")
    while folder in folders:
        yield folders[folder]
        folder = folders[folder].get("parent_id", ROOT)


def places_of_folder(store: Store, folder: str) -> list[Place]:
    """Where roles on a folder come from."""
    return [(FOLDER, row["resource_id"]) for row in ancestors(store, folder)]


def places_of_cluster(store: Store, cluster: Cluster) -> list[Place]:
    """Where roles on a cluster come from."""
    return [(CLUSTER, cluster.id), *places_of_folder(store, cluster.parent_id)]


def admins(store: Store) -> set[str]:
    """Who holds ORG_ADMIN and CLUSTER_ADMIN on the organization."""
    both = {"ORG_ADMIN", "CLUSTER_ADMIN"}
    return {user for user in store.objects.rows("grants") if both <= roles_at(store, user)}
