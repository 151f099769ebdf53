# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane below ``/_emulator``, the same on every port: no authentication, loopback clients only.

* ``GET /_emulator/requests`` -> ``{"requests": [...]}``, see ``requestlog.py``;
* ``GET /_emulator/state`` -> ``{"emulator": "crdb", "version", "profile", "clusters": [...], "sql_users": {cluster
  id: [names]}, "databases": {cluster id: {name: tables}}, "sql_user_fingerprints": {cluster id: {name: fingerprint}}, "allowlists": {cluster id: [...]},
  "audit_entries": n, ...}``. Clusters have the shape of the latest version. A fingerprint is the first 16 hexadecimal
  digits of the SHA-256 of the password in UTF-8; it shows that a password changed, and which one is set, without the
  password; ``"cluster_api"`` is the running cluster, see ``cluster_api/patch.py``; ``"objects": {"folders": {id: row},
  "restores/<cluster id>": {id: row}, ...}`` are those of every other noun, without secrets;
* ``POST /_emulator/state``: merge patch, see ``statepatch.py``; answers with the state;
* ``GET /_emulator/faults`` -> ``{"faults": [...]}``; ``POST /_emulator/faults``: arm one, see ``faults.py``;
* ``POST /_emulator/reset`` with ``{"what": ["state", "requests", "faults"]}``, all of them by default.

Bad input is answered with 400 and ``{"error": "<one sentence>"}``.
"""

from __future__ import annotations

import ipaddress
import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from crdb_emulator import __version__
from crdb_emulator.cluster_api.patch import cluster_state
from crdb_emulator.context import Emulator
from crdb_emulator.faults import FaultError, parse_fault
from crdb_emulator.objects import shown
from crdb_emulator.render import cluster_json
from crdb_emulator.statepatch import PatchError, apply_patch
from crdb_emulator.versions import LATEST

RESETTABLE = ("state", "requests", "faults")


def is_loopback(host: str) -> bool:
    """Whether an address (or ``localhost``) is this machine only."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def state_json(emulator: Emulator) -> dict[str, Any]:
    """The whole state, without a single secret."""
    emulator.store.settle()
    clusters = sorted(emulator.store.clusters.values(), key=lambda cluster: (cluster.name, cluster.id))
    settings = emulator.settings
    return {
        "emulator": "crdb",
        "version": __version__,
        "profile": settings.profile,
        "default_api_version": settings.default_version.text,
        "page_size": settings.page_size,
        "rate_limit": settings.rate_limit,
        "clusters": [cluster_json(cluster, LATEST) for cluster in clusters],
        "sql_users": {cluster.id: sorted(cluster.sql_users) for cluster in clusters},
        "sql_user_fingerprints": {cluster.id: dict(sorted(cluster.sql_users.items())) for cluster in clusters},
        "databases": {cluster.id: dict(sorted(cluster.databases.items())) for cluster in clusters},
        "allowlists": {
            cluster.id: [cluster.allowlist[key].to_json() for key in sorted(cluster.allowlist)] for cluster in clusters
        },
        "audit_entries": len(emulator.audit.entries),
        "requests": len(emulator.requests.entries),
        "fail_next_create": emulator.store.fail_next_create,
        "folders": sorted(emulator.store.objects.rows("folders")),
        "objects": objects_json(emulator),
        "cluster_api": cluster_state(emulator.running),
    }


def objects_json(emulator: Emulator) -> dict[str, Any]:
    """Every row of the nouns that are kept as rows, as ``{noun or "noun/cluster id": {id: row}}``."""
    return {
        f"{noun}/{parent}" if parent else noun: {key: shown(row) for key, row in sorted(rows.items())}
        for noun, parent, rows in emulator.store.objects
    }


class _Bad(Exception):
    """Bad input, in one sentence."""


async def _json(request: Request) -> Any:
    body = await request.body()
    try:
        return json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        raise _Bad("the body must be JSON") from None


def _what(given: Any) -> list[str]:
    if not isinstance(given, dict):
        raise _Bad("the body must be a JSON object")
    what = given.get("what", list(RESETTABLE))
    if not isinstance(what, list) or not all(name in RESETTABLE for name in what):
        raise _Bad(f"what must be a list of {', '.join(RESETTABLE)}")
    return what


def control_app(emulator: Emulator) -> ASGIApp:
    """The application of the control plane."""

    async def requests(_request: Request) -> JSONResponse:
        return JSONResponse({"requests": list(emulator.requests.entries)})

    async def get_state(_request: Request) -> JSONResponse:
        return JSONResponse(state_json(emulator))

    async def post_state(request: Request) -> JSONResponse:
        try:
            emulator.store.settle()
            apply_patch(emulator, await _json(request))
        except PatchError as error:
            raise _Bad(str(error)) from None
        return JSONResponse(state_json(emulator))

    async def get_faults(_request: Request) -> JSONResponse:
        return JSONResponse({"faults": emulator.faults.to_json()})

    async def post_faults(request: Request) -> JSONResponse:
        try:
            emulator.faults.faults.append(parse_fault(await _json(request)))
        except FaultError as error:
            raise _Bad(str(error)) from None
        return JSONResponse({"faults": emulator.faults.to_json()})

    async def reset(request: Request) -> JSONResponse:
        what = _what(await _json(request))
        if "state" in what:
            emulator.reset_state()
        if "requests" in what:
            emulator.requests.clear()
        if "faults" in what:
            emulator.faults.faults.clear()
        return JSONResponse({"reset": what})

    async def bad(_request: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"error": str(error)}, status_code=400)

    app = Starlette(
        routes=[
            Route("/_emulator/requests", requests),
            Route("/_emulator/state", get_state, methods=["GET"]),
            Route("/_emulator/state", post_state, methods=["POST"]),
            Route("/_emulator/faults", get_faults, methods=["GET"]),
            Route("/_emulator/faults", post_faults, methods=["POST"]),
            Route("/_emulator/reset", reset, methods=["POST"]),
        ],
        exception_handlers={_Bad: bad},
    )

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        if client is None or not is_loopback(client[0]):
            refusal = JSONResponse({"error": "the control plane serves loopback clients only"}, status_code=403)
            await refusal(scope, receive, send)
            return
        await app(scope, receive, send)

    return guarded
