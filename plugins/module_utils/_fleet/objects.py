# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that a fleet's plan is about, changed or not, each as it is and as it will be. Never with a secret in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .._nouns.cluster import CLUSTER
from .._nouns.compare import given
from .._nouns.declared import NIL_ID
from .._nouns.folder import FOLDER, ROOT
from .._nouns.noun import Noun
from .._nouns.options import public
from .._reconcile.items import Item
from .._reconcile.listings import Listings
from .jobs import Job
from .plan_text import counted

UNCHANGED, CREATE, CHANGE, DELETE = "unchanged", "create", "change", "delete"


def counts_of(jobs: Sequence[Job]) -> dict[str, int]:
    """The counts of all that *jobs* plan: steps by what they do, clusters and objects that stay as they are."""
    same = sum(bool(item.row) and not item.plan.steps for job in jobs for item in _items(job))
    clusters = sum(job.noun is CLUSTER and not job.steps() for job in jobs)
    return counted((step for job in jobs for step in job.steps()), clusters, same)


def _items(job: Job) -> Iterator[Item]:
    return (item for member in job.all for item in member.work.items)


def objects_of(jobs: Iterable[Job], listings: Listings) -> list[dict[str, Any]]:
    """Every object that *jobs* list or delete: its noun, name, id, cluster and folder, what becomes of it, its fields before and after.

    What shall be absent and is, is none of them. The folder is told as far as *listings* already know it.
    """
    known = listings.known(FOLDER.collection({})) or ()
    paths = {row["resource_id"]: FOLDER.called(FOLDER.identity(row)) for row in known}
    found = []
    for job in jobs:
        row, of_cluster = job.predicted() or job.parent.row or {}, job.noun is CLUSTER
        about = {"cluster": job.label if of_cluster else None, "folder": _folder(row, paths, job.folder)}
        for item in _items(job):
            reach = {"open_to_everybody": job.is_open, "networks": job.reached_from}
            own = reach if of_cluster and item is job.item else {}
            found += [{**found_row, **own}] if (found_row := _object(item, about)) else []
    return found


def fields_of(noun: Noun, row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an object of the API as the options have them, with its id and state, without secrets and what is None."""
    found = {**noun.identity(row), **noun.view(row)}
    if noun.has_ids and row.get(noun.address[0]) != NIL_ID:
        found["id"] = row.get(noun.address[0])
    if noun.lifecycle and not noun.lifecycle.each:
        found[noun.lifecycle.field] = row.get(noun.lifecycle.field)
    if row.get("created_at"):
        found["created_at"] = row["created_at"]
    return dict(given(public(noun.all_fields, found)))


def _object(item: Item, about: Mapping[str, Any]) -> dict[str, Any] | None:
    noun, row, after = item.noun, item.row, item.plan.predicted
    if not row and not item.plan.steps:
        return None
    if not item.plan.steps:
        action, after = UNCHANGED, row
    else:
        action = CREATE if not row else CHANGE if after else DELETE
    return {
        "noun": noun.name,
        "name": item.title or about["cluster"] or "",
        "id": item.address,
        **about,
        "action": action,
        "before": fields_of(noun, row) if row else None,
        "after": {**fields_of(noun, after), **_planned(item)} if after else None,
    }


def _planned(item: Item) -> dict[str, Any]:
    """The single values that a plan leads to: not all of them show in the predicted object, such as a cluster's next version."""
    names = {option.name for option in item.noun.fields if not option.secret and option.compare != "ignore"}
    after = item.plan.after if item.plan.steps else {}
    return {name: value for name, value in after.items() if name in names and isinstance(value, (str, int, float))}


def _folder(cluster: Mapping[str, Any], paths: Mapping[str, str], coming: str) -> str | None:
    """The path of the folder that *cluster* is in; "" for none, None where nobody has listed it. *coming* is one that has no id yet."""
    parent = cluster.get("parent_id") or ROOT
    if parent == NIL_ID and coming:
        return coming
    return "" if parent == ROOT else paths.get(parent)
