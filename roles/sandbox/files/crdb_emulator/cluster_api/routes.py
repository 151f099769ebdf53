# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of endpoints [H]: which path, which guard, since when.

Every path ends in ``/``; without it, and for a name that is not ``[\\w.]+`` after decoding, the answer is 404 ``404
page not found`` before anything else is looked at. GET routes have no method filter. A secondary virtual cluster
answers 501 on the routes of ``virtual=False``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from crdb_emulator.cluster_api import door, health, infra, schema
from crdb_emulator.cluster_api.call import Call
from crdb_emulator.cluster_api.profiles import Profile
from crdb_emulator.cluster_api.rules import RULES
from crdb_emulator.cluster_api.sql.endpoint import run_sql
from crdb_emulator.context import Reply

PREFIX = "/api/v2/"
LEGACY_HEALTH = ("/health", "/health/")
Handler = Callable[[Call], Reply]

OPEN, SESSION, METADATA = "open", "session", "metadata"
_VARIABLES = {"name": r"([A-Za-z0-9_.]+)", "number": r"([0-9]+)", "segment": r"([^/]+)"}


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint; ``guard`` is OPEN, SESSION, or METADATA for those that need a role."""

    pattern: re.Pattern[str]
    handler: Handler
    guard: str
    virtual: bool


def _rules(_call: Call) -> Reply:
    return Reply(200, RULES.encode(), content_type="text/plain; charset=utf-8")


def _sql(call: Call) -> Reply:
    return run_sql(call.cluster, call.user, call.method, call.headers, call.body)


_TABLE: tuple[tuple[str, Handler, str, bool], ...] = (
    ("login/", door.login, OPEN, True),
    ("logout/", door.logout, OPEN, True),
    ("health/", health.health, OPEN, False),
    ("nodes/", infra.nodes, METADATA, False),
    ("nodes/{segment}/ranges/", infra.node_ranges, METADATA, False),
    ("ranges/hot/", infra.hot_ranges, METADATA, False),
    ("ranges/{number}/", infra.one_range, METADATA, False),
    ("sessions/", infra.sessions, METADATA, False),
    ("events/", infra.events, METADATA, False),
    ("users/", schema.users, SESSION, False),
    ("databases/", schema.databases, SESSION, False),
    ("databases/{name}/", schema.database, SESSION, False),
    ("databases/{name}/grants/", schema.database_grants, SESSION, False),
    ("databases/{name}/tables/", schema.database_tables, SESSION, False),
    ("databases/{name}/tables/{name}/", schema.table, SESSION, False),
)


def routes_of(profile: Profile) -> list[Route]:
    """The endpoints of a server version."""
    table = list(_TABLE)
    if profile.rules:
        table.append(("rules/", _rules, OPEN, True))
    if profile.sql:
        table.append(("sql/", _sql, SESSION, True))
    if profile.restart_safety:
        table.append(("health/restart_safety/", health.restart_safety, OPEN, False))
    return [
        Route(re.compile(path.format(**_VARIABLES)), handler, guard, virtual) for path, handler, guard, virtual in table
    ]
