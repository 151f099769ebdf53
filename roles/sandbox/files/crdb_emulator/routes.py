# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of routes: which request goes to which function, in which versions, for which roles, with which audit
action.

[D] The versions are those of the published specifications. A path that the negotiated version does not have is 404
[G]. Paths are matched on the escaped form, so a SQL user may have a slash in its name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crdb_emulator import allowlist, auth, clusters, create, databases, reads, sql_users, update
from crdb_emulator.audit import PREFIX
from crdb_emulator.context import Call, Reply
from crdb_emulator.errors import method_not_allowed, not_found
from crdb_emulator.kinds import KINDS, OTHERS
from crdb_emulator.nouns import Kind, operations
from crdb_emulator.settings import Settings
from crdb_emulator.surface import surface
from crdb_emulator.versions import LATEST, ApiVersion

Handler = Callable[[Call], Reply]
_FIRST = ApiVersion.V2022_03_31
_SECOND = ApiVersion.V2022_09_20
_THIRD = ApiVersion.V2023_04_10


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. ``action`` is empty for reads; ``*`` in the path is a variable, ``?`` one that may be empty."""

    method: str
    path: tuple[str, ...]
    handler: Handler
    roles: frozenset[str]
    action: str = ""
    since: ApiVersion = _FIRST
    until: ApiVersion = LATEST


def _route(
    line: str,
    handler: Handler,
    roles: frozenset[str],
    action: str = "",
    since: ApiVersion = _FIRST,
    until: ApiVersion = LATEST,
) -> Route:
    method, path = line.split(" ")
    return Route(method, tuple(path.split("/")), handler, roles, f"{PREFIX}{action}" if action else "", since, until)


def _since(line: str) -> ApiVersion:
    return surface(LATEST).operations[line.replace("?", "*")].since


def _may(kind: Kind, line: str) -> frozenset[str]:
    return kind.may.get(line.split(" ")[0]) or kind.may[""]


_DATABASES = "clusters/*/databases"
_LIST = "clusters/*/networking/allowlist"
ROUTES: tuple[Route, ...] = (
    _route("GET clusters", clusters.list_clusters, auth.READ_CLUSTERS),
    _route("POST clusters", create.create_cluster, auth.CREATE_CLUSTERS, "CREATE_CLUSTER"),
    _route("GET clusters/available-regions", reads.available_regions, auth.ANY_MEMBER),
    _route("GET clusters/*", clusters.get_cluster, auth.READ_CLUSTERS),
    _route("PATCH clusters/*", update.update_cluster, auth.UPDATE_CLUSTERS, "UPDATE_CLUSTER"),
    _route("DELETE clusters/*", clusters.delete_cluster, auth.DELETE_CLUSTERS, "DELETE_CLUSTER"),
    _route(
        "PUT clusters/*/spend-limit", clusters.put_spend_limit, auth.SET_SPEND_LIMIT, "UPDATE_CLUSTER", until=_THIRD
    ),
    _route("GET clusters/*/nodes", reads.list_nodes, auth.READ_NODES),
    _route("GET clusters/*/connection-string", reads.connection_string, auth.READ_CLUSTERS, since=_SECOND),
    _route("GET clusters/*/sql-users", sql_users.list_sql_users, auth.READ_CHILDREN),
    _route("POST clusters/*/sql-users", sql_users.create_sql_user, auth.WRITE_SQL_USERS, "CREATE_SQL_USER"),
    _route("DELETE clusters/*/sql-users/*", sql_users.delete_sql_user, auth.WRITE_SQL_USERS, "DELETE_SQL_USER"),
    _route(
        "PUT clusters/*/sql-users/*/password", sql_users.set_password, auth.WRITE_SQL_USERS, "CHANGE_SQL_USER_PASSWORD"
    ),
    _route(f"GET {_DATABASES}", databases.list_databases, auth.READ_DATABASES, since=_SECOND),
    _route(f"POST {_DATABASES}", databases.create_database, auth.WRITE_DATABASES, since=_SECOND),
    _route(f"PATCH {_DATABASES}", databases.rename_database, auth.WRITE_DATABASES, since=_SECOND),
    _route(f"PATCH {_DATABASES}/*", databases.rename_database, auth.WRITE_DATABASES, since=_THIRD),
    _route(f"DELETE {_DATABASES}/*", databases.delete_database, auth.WRITE_DATABASES, since=_SECOND),
    _route(f"GET {_LIST}", allowlist.list_entries, auth.READ_ALLOWLIST),
    _route(f"POST {_LIST}", allowlist.add_entry, auth.WRITE_ALLOWLIST, "ADD_IP_ALLOWLIST"),
    _route(f"PUT {_LIST}/*/*", allowlist.put_entry, auth.WRITE_ALLOWLIST, "ADD_IP_ALLOWLIST"),
    _route(f"PATCH {_LIST}/*/*", allowlist.patch_entry, auth.WRITE_ALLOWLIST, "EDIT_IP_ALLOWLIST"),
    _route(f"DELETE {_LIST}/*/*", allowlist.delete_entry, auth.WRITE_ALLOWLIST, "DELETE_IP_ALLOWLIST"),
    _route("GET cluster-versions", reads.cluster_versions, auth.ANY_MEMBER, since=_SECOND),
    _route("GET organization", reads.organization, auth.READ_ORGANIZATION, since=_SECOND),
    _route("GET auditlogevents", reads.audit_log, auth.READ_AUDIT, since=_THIRD),
    *(_route(line, handler, may, action, _since(line)) for line, handler, may, action in OTHERS),
    *(
        _route(line, handler, _may(kind, line), kind.audit.get(line.split(" ")[0], ""), _since(line))
        for kind in KINDS
        for line, handler in operations(kind)
        if line in surface(LATEST).operations
    ),
)


class Router:
    """Finds the route of a request."""

    def __init__(self, settings: Settings) -> None:
        self._routes = [route for route in ROUTES if settings.spend_limit_put or route.path[-1] != "spend-limit"]
        self._everywhere = settings.seed_profile

    def find(self, method: str, segments: tuple[str, ...], version: ApiVersion) -> tuple[Route, tuple[str, ...]]:
        """The route and the variables of the path; raises ``ApiError`` 404 or, for a wrong method, 501."""
        known = False
        for route in self._routes:
            if len(route.path) != len(segments) or not self._served(route, version):
                continue
            pairs = list(zip(route.path, segments, strict=True))
            if any(part not in ("*", "?") and part != segment for part, segment in pairs):
                continue
            if any(part == "*" and not segment for part, segment in pairs):
                continue
            known = True
            if route.method == method:
                return route, tuple(segment for part, segment in pairs if part in ("*", "?"))
        raise method_not_allowed() if known else not_found("Not Found")

    def _served(self, route: Route, version: ApiVersion) -> bool:
        # [D] The first documentation page has the audit log without naming a version.
        if self._everywhere and route.path == ("auditlogevents",):
            return True
        return route.since <= version <= route.until
