# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application of the Cluster API's port."""

from __future__ import annotations

import posixpath
import sys
import traceback
from html import escape
from urllib.parse import parse_qsl, quote, unquote, urlencode

from starlette.types import ASGIApp

from crdb_emulator.cluster_api import routes
from crdb_emulator.cluster_api.call import Call, answering_node, first_values
from crdb_emulator.cluster_api.door import session_text, session_user
from crdb_emulator.cluster_api.health import legacy_health
from crdb_emulator.cluster_api.reply import FORBIDDEN, HttpError, finish, internal, page_not_found, text_reply
from crdb_emulator.cluster_api.routes import METADATA, OPEN, Route
from crdb_emulator.cluster_api.sql.endpoint import effect_of
from crdb_emulator.context import Emulator, Reply
from crdb_emulator.service import Note, Request, Service, service_app
from crdb_emulator.settings import fingerprint

_READS = frozenset({f"{routes.PREFIX}login/", f"{routes.PREFIX}logout/"})
_SQL = f"{routes.PREFIX}sql/"
_HIDDEN = frozenset({"password"})


class ClusterApp(Service):
    """The Cluster API v2 in the version of the running cluster."""

    name = "cluster"

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(emulator)
        self._cluster = emulator.running
        self._routes = routes.routes_of(self._cluster.profile)

    def note(self, request: Request) -> Note:
        """The fingerprint of the session; a password in the query is left out."""
        token = session_text(self._call(request))
        return Note(fingerprint(token) if token else None, _without_secrets(request.query), _effect(request))

    def too_large(self) -> Reply:
        """The server has no such limit but for statements; 413 in its way of saying things [L]."""
        return text_reply(413, "http: request body too large")

    def _call(self, request: Request) -> Call:
        return Call(self._cluster, request.method, request.headers, first_values(request.query), request.body)

    def perform(self, request: Request) -> tuple[Reply, str | None]:
        """Perform a request; the version is that of the server."""
        self.emulator.store.settle()
        self._cluster.sync()
        try:
            reply = self._route(request)
        except HttpError as error:
            reply = error.reply()
        except Exception:  # an emulator that dies of a bug would take every later test with it
            traceback.print_exc(file=sys.stderr)
            reply = internal().reply()
        return finish(reply, request.headers), self._cluster.profile.text

    def _route(self, request: Request) -> Reply:
        path = unquote(request.path)
        clean = _cleaned(path)
        if clean != path:
            return _moved(request, clean)
        call = self._call(request)
        if path in routes.LEGACY_HEALTH:
            call.node = answering_node(self._cluster, call.query)
            return legacy_health(call)
        if path + "/" == routes.PREFIX:
            return _moved(request, routes.PREFIX)
        for route in self._routes if path.startswith(routes.PREFIX) else ():
            found = route.pattern.fullmatch(path.removeprefix(routes.PREFIX))
            if found is not None:
                call.params = found.groups()
                return self._guarded(route, call)
        raise page_not_found()

    def _guarded(self, route: Route, call: Call) -> Reply:
        """Session, then role, then handler [H]."""
        if route.guard != OPEN:
            call.user = session_user(call)
            if route.guard == METADATA and not self._cluster.sees_metadata(call.user):
                raise HttpError(403, FORBIDDEN)
        if self._cluster.virtual and not route.virtual:
            raise HttpError(501, "Not Available on Tenants")
        call.node = answering_node(self._cluster, call.query)
        return route.handler(call)


def _cleaned(path: str) -> str:
    """Without ``//``, ``.`` and ``..``; a slash at the end stays."""
    clean = posixpath.normpath("/" + path.lstrip("/"))
    return clean + "/" if path.endswith("/") and clean != "/" else clean


def _moved(request: Request, path: str) -> Reply:
    """301 to the cleaned path [H]."""
    target = quote(path, safe="/:@!$&'()*+,;=~") + (f"?{request.query}" if request.query else "")
    body = f'<a href="{escape(target)}">Moved Permanently</a>.\n\n' if request.method in ("GET", "HEAD") else ""
    return Reply(301, body.encode(), {"location": target}, "text/html; charset=utf-8")


def _effect(request: Request) -> str:
    """``read`` for GET and HEAD, login and logout, and statements that are only parsed or only read."""
    if request.method in ("GET", "HEAD") or request.path in _READS:
        return "read"
    return effect_of(request.body) if request.path == _SQL and request.method == "POST" else "write"


def _without_secrets(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    if not any(name in _HIDDEN for name, _unused in pairs):
        return query
    return urlencode([(name, "***" if name in _HIDDEN else value) for name, value in pairs])


def cluster_app(emulator: Emulator) -> ASGIApp:
    """The application of the Cluster API's port: the API, and the control plane below ``/_emulator``."""
    return service_app(ClusterApp(emulator))
