# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application of the Cloud API's port.

A request is authenticated, counted against the rate limit, its version negotiated, then routed.
"""

from __future__ import annotations

import random
import sys
import traceback
from urllib.parse import parse_qsl, unquote

from starlette.types import ASGIApp

from crdb_emulator.auth import bearer_fingerprint, require
from crdb_emulator.certificate import CLUSTER_CA
from crdb_emulator.context import Call, Emulator, Reply
from crdb_emulator.errors import ApiError, cluster_not_found, not_found
from crdb_emulator.grants import anywhere, places_of_folder, roles_at
from crdb_emulator.jsonin import snake
from crdb_emulator.routes import Route, Router
from crdb_emulator.service import Note, Request, Service, service_app
from crdb_emulator.versions import ApiVersion, negotiate

API_PREFIX = "/api/v1/"
# [D] The prose of the documentation writes paths without /api; the seed profile serves them like that as well.
SHORT_PREFIX = "/v1/"


class CloudApp(Service):
    """The Cloud API in every version."""

    name = "cloud"
    max_body = 4 * 1024 * 1024

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(emulator)
        self._router = Router(emulator.settings)
        # SCIM lies beside the rest; its routes begin with its name.
        self._prefixes = [(API_PREFIX, ""), ("/api/", "scim/")]
        if emulator.settings.seed_profile:
            self._prefixes.append((SHORT_PREFIX, ""))

    def note(self, request: Request) -> Note:
        """The fingerprint of the bearer."""
        key = bearer_fingerprint(request.headers.get("authorization"))
        reads = request.method in ("GET", "HEAD") or request.path.endswith("/.search")
        return Note(key, request.query, "read" if reads else "write")

    def too_large(self) -> Reply:
        """413 code 8."""
        error = ApiError(413, 8, "request body too large")
        return Reply(error.status, error.body())

    def perform(self, request: Request) -> tuple[Reply, str | None]:
        """Perform a request; returns the answer and the version it was given in."""
        store = self.emulator.store
        store.settle()
        trace_id = f"{random.getrandbits(128):032x}"
        version: ApiVersion | None = None
        try:
            if request.method == "GET" and request.path.startswith("/clusters/") and request.path.endswith("/cert"):
                return self._certificate(unquote(request.path.split("/")[2])), None
            segments = self._segments(request.path)
            headers = request.headers
            caller = self.emulator.keyring.authenticate(headers.get("authorization"), headers.get("cc-vanity-name"))
            self.emulator.limiter.take(caller.key)
            version = negotiate(headers.get("cc-version"), self.emulator.settings.default_version)
            route, params = self._router.find(request.method, segments, version)
            query = {
                name if segments[0] == "scim" else snake(name): value
                for name, value in parse_qsl(request.query, keep_blank_values=True)
            }
            call = Call(
                self.emulator, caller, version, params, query, request.body, request.client, trace_id, route.action
            )
            reply = _run(route, call)
        except ApiError as error:
            reply = Reply(error.status, error.body(), error.headers)
        except Exception:  # an emulator that dies of a bug would take every later test with it
            traceback.print_exc(file=sys.stderr)
            reply = Reply(500, ApiError(500, 13, "internal error").body())
        reply.headers["cc-trace-id"] = trace_id
        if version is not None:
            reply.headers["cc-version"] = version.text
        return reply, version.text if version is not None else None

    def _segments(self, path: str) -> tuple[str, ...]:
        for prefix, kept in self._prefixes:
            if path.startswith(prefix + kept):
                return tuple(unquote(part) for part in path[len(prefix) :].split("/"))
        raise not_found("Not Found")

    def _certificate(self, cluster_id: str) -> Reply:
        """``GET /clusters/{id}/cert``: the CA of the cluster's SQL certificate, without authentication [D]."""
        if cluster_id not in self.emulator.store.clusters:
            raise cluster_not_found(cluster_id)
        return Reply(200, CLUSTER_CA.encode(), {"content-type": "application/x-pem-file"})


def _run(route: Route, call: Call) -> Reply:
    error: ApiError | None = None
    try:
        require(_held(route, call), route.roles)
        return route.handler(call)
    except ApiError as raised:
        error = raised
        raise
    finally:
        if route.action:
            call.record(error)


def _held(route: Route, call: Call) -> frozenset[str]:
    """The caller's roles where the request goes; for a list those on anything, of which it then shows only that."""
    store, caller, noun = call.store, call.caller, route.path[0]
    if caller.roles & route.roles or noun not in ("clusters", "folders"):
        return caller.roles
    if route.method == "POST" and not call.params:
        fields = call.message.fields
        parent = (fields if noun == "folders" else fields.get("spec") or {}).get("parent_id")
        return roles_at(store, caller.id, places_of_folder(store, str(parent)))
    if not call.params:
        return anywhere(store, caller.id, noun)
    if noun == "folders":
        return roles_at(store, caller.id, places_of_folder(store, call.params[0]))
    cluster = store.clusters.get(call.params[0].lower())
    return caller.roles if cluster is None else call.roles_on(cluster)


def emulator_app(emulator: Emulator) -> ASGIApp:
    """The application of the Cloud API's port: the API, and the control plane below ``/_emulator``."""
    return service_app(CloudApp(emulator))
