# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The read-only resources: nodes, connection string, available regions, versions, organization, audit log."""

from __future__ import annotations

import hashlib
from urllib.parse import quote

from crdb_emulator.audit import DEFAULT_LIMIT
from crdb_emulator.catalog import MAJOR_VERSIONS, PROVIDERS
from crdb_emulator.context import ORGANIZATION_CREATED, ORGANIZATION_ID, Call, Reply, json_bytes
from crdb_emulator.errors import invalid
from crdb_emulator.model import CREATED, LOCKED, Cluster
from crdb_emulator.pagination import boolean, enum, integer
from crdb_emulator.regions import REGIONS
from crdb_emulator.render import cluster_host
from crdb_emulator.times import format_ns, parse_ns
from crdb_emulator.versions import ApiVersion

SQL_PORT = "26257"
_OS = ("MAC", "LINUX", "WINDOWS")
# [G] Where each system keeps the certificate of an Advanced cluster.
_CERT_DIRECTORY = {
    "MAC": "$HOME/Library/CockroachCloud/certs/",
    "LINUX": "$HOME/.postgresql/",
    "WINDOWS": "$env:appdata\\.postgresql\\",
}


def list_nodes(call: Call) -> Reply:
    """``GET .../nodes?region_name`` -> ``{nodes: [{name, region_name, status}], pagination}``, by region, then name
    [D].

    Basic and Standard clusters have none to show [G].
    """
    cluster = call.cluster()
    wanted = call.query.get("region_name", "")
    regions = sorted(cluster.regions.items()) if cluster.state in (CREATED, LOCKED) else []
    keys = sorted((region, _node(cluster, region, number)) for region, count in regions for number in range(count))
    keys = [key for key in keys if not wanted or key[0] == wanted]
    nodes = [{"name": name, "region_name": region, "status": "LIVE"} for region, name in keys]
    page, block = call.pager.cut(f"nodes/{cluster.id}/{wanted}", nodes, keys, call.query)
    return Reply(200, json_bytes({"nodes": page, "pagination": block}))


def _node(cluster: Cluster, region: str, number: int) -> str:
    mark = hashlib.sha256(f"{cluster.id}/{region}/{number}".encode()).hexdigest()
    return f"cockroachdb-{mark[:10]}"


def connection_string(call: Call) -> Reply:
    """``GET .../connection-string?database&sql_user&os`` -> ``{connection_string, params}``; never a password [D].

    [D] ``os`` is required for Advanced clusters, because the path of the certificate differs; its values had the prefix
    ``OS_`` in 2022-09-20.
    """
    cluster = call.cluster()
    prefix = "OS_" if call.version == ApiVersion.V2022_09_20 else ""
    system = enum(call.query, "os", [prefix + name for name in _OS]).removeprefix(prefix)
    database = call.query.get("database") or "defaultdb"
    user = call.query.get("sql_user", "")
    host = cluster_host(cluster)
    options = "sslmode=verify-full"
    if not cluster.serverless:
        if not system:
            raise invalid("os is required for advanced clusters")
        options += f"&sslrootcert={_CERT_DIRECTORY[system]}{cluster.name}-ca.crt"
    params = {"Host": host, "Port": SQL_PORT, "Database": database}
    if user:
        params["Username"] = user
    login = f"{quote(user, safe='')}@" if user else ""
    text = f"postgresql://{login}{host}:{SQL_PORT}/{quote(database, safe='')}?{options}"
    return Reply(200, json_bytes({"connection_string": text, "params": params}))


def available_regions(call: Call) -> Reply:
    """``GET /clusters/available-regions?provider&serverless`` -> ``{regions, pagination}``, nearest first [D].

    Items are ``{name, location, provider, serverless, distance}`` in the specification, and bare names on the
    documentation page (seed profile). ``serverless=false`` is no filter [G].
    """
    providers = PROVIDERS if call.version >= ApiVersion.V2023_04_10 else PROVIDERS[:2]
    allowed = (*providers, "CLOUD_PROVIDER_UNSPECIFIED") if call.version == ApiVersion.V2022_03_31 else providers
    asked = enum(call.query, "provider", allowed)
    only_serverless = boolean(call.query, "serverless")
    wanted = (asked,) if asked in PROVIDERS else providers
    found = [region for region in REGIONS if region.provider in wanted and (region.serverless or not only_serverless)]
    keys = [(region.distance, region.name) for region in found]
    page, block = call.pager.cut(f"regions/{asked}/{only_serverless}", found, keys, call.query)
    if call.settings.seed_profile:
        return Reply(200, json_bytes({"regions": [region.name for region in page], "pagination": block}))
    items = [
        {
            "name": region.name,
            "location": region.location,
            "provider": region.provider,
            "serverless": region.serverless,
            "distance": region.distance,
        }
        for region in page
    ]
    return Reply(200, json_bytes({"regions": items, "pagination": block}))


def cluster_versions(call: Call) -> Reply:
    """``GET /cluster-versions`` -> ``{versions, pagination}``, newest first [D]."""
    ascending = list(reversed(MAJOR_VERSIONS))
    keys = [tuple(int(part) for part in version.name[1:].split(".")) for version in ascending]
    query = dict(call.query)
    # The documented order of this list is descending; the pager's default is ascending.
    query.setdefault("pagination.sort_order", "DESC")
    page, block = call.pager.cut("versions", ascending, keys, query)
    versions = []
    for version in page:
        item: dict[str, object] = {
            "version": version.name,
            "support_status": "SUPPORTED" if version.supported else "UNSUPPORTED",
        }
        if call.version >= ApiVersion.V2024_09_16:
            item["support_end"] = version.support_end
            item["release_type"] = "INNOVATION" if version.innovation else "REGULAR"
            item["allowed_upgrades"] = list(version.upgrades)
        versions.append(item)
    return Reply(200, json_bytes({"versions": versions, "pagination": block}))


def organization(call: Call) -> Reply:
    """``GET /organization`` -> ``{id, label, name, created_at}``, with the service principals since 2024-09-16 [D]."""
    answer: dict[str, object] = {
        "id": ORGANIZATION_ID,
        "label": "crdb-sandbox",
        "name": "Sandbox",
        "created_at": ORGANIZATION_CREATED,
    }
    if call.version >= ApiVersion.V2024_09_16:
        answer["cockroach_cloud_service_principals"] = {
            "aws": {"user_arn": "arn:aws:iam::000000000000:user/sandbox"},
            "azure": {
                "app_registration_client_id": "00000000-0000-4000-8000-000000000000",
                "app_registration_name": "sandbox",
            },
            "gcp": {"service_account_email": "sandbox@sandbox.iam.gserviceaccount.com"},
        }
    return Reply(200, json_bytes(answer))


def audit_log(call: Call) -> Reply:
    """``GET /auditlogevents?starting_from&sort_order&limit`` -> ``{entries, next_starting_from}`` [D]; see
    ``audit.py``.

    At the oldest entry ``next_starting_from`` is ``null``, in the seed profile absent.
    """
    descending = enum(call.query, "sort_order", ("ASC", "DESC")) == "DESC"
    limit = integer(call.query, "limit")
    if limit < 0:
        raise invalid("limit must not be negative")
    text = call.query.get("starting_from", "")
    try:
        start = parse_ns(text) if text else None
    except ValueError:
        raise invalid(f'type mismatch, parameter: starting_from, error: bad timestamp "{text}"', prefix=False) from None
    origin = parse_ns(ORGANIZATION_CREATED)
    entries, following = call.emulator.audit.page(
        start, limit or DEFAULT_LIMIT, origin, call.store.now, descending=descending
    )
    answer: dict[str, object] = {"entries": [entry.to_json(call.version) for entry in entries]}
    if following is not None or not call.settings.seed_profile:
        answer["next_starting_from"] = None if following is None else format_ns(following)
    return Reply(200, json_bytes(answer))
