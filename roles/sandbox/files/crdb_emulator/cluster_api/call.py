# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request to the Cluster API, as its handlers see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from crdb_emulator.cluster_api.nodes import Node
from crdb_emulator.cluster_api.paging import atoi
from crdb_emulator.cluster_api.reply import HttpError, internal
from crdb_emulator.cluster_api.running import RunningCluster
from crdb_emulator.cluster_api.sql.context import Session

FORM = "application/x-www-form-urlencoded"
GATEWAY = 1


@dataclass(slots=True)
class Call:
    """``params`` are the variables of the path, ``query`` the first value of each key, ``user`` who is logged in."""

    cluster: RunningCluster
    method: str
    headers: Mapping[str, str]
    query: dict[str, str]
    body: bytes = b""
    params: tuple[str, ...] = ()
    user: str = ""
    node: Node = field(default_factory=lambda: Node(GATEWAY))

    @property
    def sql(self) -> Session:
        """A SQL session of the user, for what the server asks its own SQL."""
        return Session(self.cluster, self.user, "system", "")

    def form(self) -> dict[str, str]:
        """The values of a form: the body first, then the query [H]; no other type of body is read."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        values = first_values(self.body.decode("utf-8", "replace")) if kind == FORM and self.method == "POST" else {}
        return {**self.query, **values}


def first_values(text: str) -> dict[str, str]:
    """The first value of each key."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found.setdefault(name, value)
    return found


def answering_node(cluster: RunningCluster, query: Mapping[str, str]) -> Node:
    """The node that answers: node 1, or the one that ``remote_node_id`` names (``local`` is node 1).

    One that is not there or cannot be reached is 500 [L].
    """
    asked = query.get("remote_node_id", "local")
    number = GATEWAY if asked in ("local", "") else atoi(asked)
    if number is None:
        raise HttpError(400, "invalid node ID")
    node = cluster.nodes.get(number)
    if node is None or (number != GATEWAY and not node.reachable):
        raise internal()
    return node
