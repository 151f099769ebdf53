# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A role on the organization, a folder or a cluster, as people say it and as the API does. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._base.errors import OptionError
from .._base.spelling import nearest
from .declared import NIL_ID
from .field import Field
from .folder import ROOT

PLACES = ("cluster", "folder")
WHOLE = "organization"
MEMBER = "ORG_MEMBER"
OF_CLUSTERS = (
    *("CLUSTER_ADMIN", "CLUSTER_OPERATOR_WRITER", "CLUSTER_DEVELOPER", "CLUSTER_DATA_ACCESSOR"),
    *("CLUSTER_MONITOR", "METRICS_VIEWER"),
)
OF_FOLDERS = (*OF_CLUSTERS, "CLUSTER_CREATOR", "FOLDER_ADMIN", "FOLDER_MOVER")
KNOWN = {
    "cluster": OF_CLUSTERS,
    "folder": OF_FOLDERS,
    WHOLE: (*OF_FOLDERS, MEMBER, "ORG_ADMIN", "BILLING_COORDINATOR", "BILLING_VIEWER", "AUDITOR"),
}
SINCE = {
    **dict.fromkeys(("BILLING_VIEWER", "CLUSTER_MONITOR", "METRICS_VIEWER"), "2024-09-16"),
    **dict.fromkeys(("AUDITOR", "CLUSTER_DATA_ACCESSOR"), "2026-09-15"),
}
Mark = tuple[str, str, str]
OPTIONS = (
    Field(
        "role",
        required=True,
        choices_since=SINCE,
        text=(
            (
                "The role, such as V(CLUSTER_ADMIN), V(CLUSTER_OPERATOR_WRITER), V(CLUSTER_DEVELOPER), V(CLUSTER_DATA_ACCESSOR), "
                "V(CLUSTER_MONITOR) or V(METRICS_VIEWER)."
            ),
            (
                "Not on clusters: V(CLUSTER_CREATOR), V(FOLDER_ADMIN), V(FOLDER_MOVER). On the organization alone: "
                "V(ORG_ADMIN), V(ORG_MEMBER), V(BILLING_COORDINATOR), V(BILLING_VIEWER), V(AUDITOR)."
            ),
            "Names that are not known here are left to the service.",
        ),
    ),
    Field("cluster", ref="cluster", text="The cluster that it holds on."),
    Field(
        "folder",
        ref="folder",
        since="2023-04-10",
        text="The folder that it holds on, and on all in it. V(root) is the organization.",
    ),
)


@dataclass(frozen=True)
class Grant:
    """A *role* on a *kind* of place; *id* is that of the place, *called* its name or path."""

    role: str
    kind: str = WHOLE
    id: str = ""
    called: str = ""

    @property
    def mark(self) -> Mark:
        return self.role, self.kind, self.called if self.id == NIL_ID else self.id

    def body(self, prefix: str = "") -> dict[str, Any]:
        return {
            "name": prefix + self.role,
            "resource": {"type": self.kind.upper(), **({"id": self.id} if self.kind != WHOLE else {})},
        }

    @property
    def shown(self) -> dict[str, str]:
        return {"role": self.role, **({} if self.kind == WHOLE else {self.kind: self.called or self.id})}

    def __str__(self) -> str:
        return self.role if self.kind == WHOLE else f"{self.role} on {self.kind} '{self.called or self.id}'"


def kind_of(entry: Mapping[str, Any]) -> str:
    """What the role of an entry of OPTIONS is on: a name of PLACES, or WHOLE."""
    return next((name for name in PLACES if entry.get(name) not in (None, ROOT)), WHOLE)


def checked(entry: Mapping[str, Any], at: str) -> None:
    """OptionError where the entry *at* of a list makes no sense, whatever is there."""
    role, kind = entry["role"], kind_of(entry)
    if kind != WHOLE and not entry[kind].strip():
        raise OptionError(f"{at}: {kind} is empty", "Leave it out where the role is meant for the organization")
    if role in KNOWN[WHOLE] and role not in KNOWN[kind]:
        places = [f"a {place}" if place in PLACES else f"the {place}" for place in KNOWN if role in KNOWN[place]]
        raise OptionError(f"{at}: {role} can't be given on a {kind}, only on {' or '.join(places)}")
    near = [] if role in KNOWN[WHOLE] else nearest(role, KNOWN[WHOLE], most=2)
    if near:
        raise OptionError(f"{at}: there is no role '{role}', did you mean {near[0]}?")


def grants(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """*entries* of OPTIONS, with ids for names, as bodies have them."""
    found = []
    for number, entry in enumerate(entries):
        checked(entry, f"roles[{number}]")
        kind = kind_of(entry)
        found.append(Grant(entry["role"], kind, entry.get(kind, "")).body())
    return found
