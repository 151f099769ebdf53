# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL users, allowlist, and the small read-only resources."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest


@pytest.mark.parametrize("name", ["app", "a/b", "jürgen", "x y", "50%", "a?b", "a#b", "1st", ".", "a..b", "名前"])
def test_sql_users_of_any_name(api: Any, name: str) -> None:
    path = f"clusters/{api.create()['id']}/sql-users"
    assert api.ok("POST", path, {"name": name, "password": "first-secret"}) == {"name": name}
    assert api.ok("GET", path) == {"users": [{"name": name}], "pagination": None}
    if name == ".":
        return  # URL libraries fold this segment before it is sent
    escaped = quote(name, safe="")
    assert api.ok("PUT", f"{path}/{escaped}/password", {"password": "second-secret"}) == {"name": name}
    assert api.ok("DELETE", f"{path}/{escaped}") == {"name": name}
    assert api.error("DELETE", f"{path}/{escaped}")[:2] == (404, 5)


def test_sql_user_rules(api: Any) -> None:
    made = api.create(wait=False)
    path = f"clusters/{made['id']}/sql-users"
    message = f"internal call failed: cluster '{made['id']}' not found"
    assert api.error("GET", path) == (404, 5, message)
    assert api.error("POST", path, {"name": "app", "password": "pw"}) == (404, 5, message)
    api.clock.advance(3)
    assert api.ok("POST", path, {"name": "MaxRoach", "password": "pw"}) == {"name": "maxroach"}
    assert api.error("POST", path, {"name": "MAXROACH", "password": "pw"})[:2] == (409, 6)
    assert api.ok("DELETE", f"{path}/MaxRoach") == {"name": "maxroach"}
    for name in ("", "root", "Admin", "node", "none", "public", "pg_x", "crdb_internal_x", "a" * 64):
        assert api.error("POST", path, {"name": name, "password": "pw"})[:2] == (400, 3), name
    assert api.error("POST", path, {"name": "app", "password": ""})[:2] == (400, 3)
    assert api.error("POST", path, {"name": "app"})[:2] == (400, 3)
    assert api.error("PUT", f"{path}/nobody/password", {"password": "pw"})[:2] == (404, 5)


def test_state_shows_that_a_password_changed_and_not_the_password(api: Any) -> None:
    made = api.create()
    path = f"clusters/{made['id']}/sql-users"
    api.ok("POST", path, {"name": "app", "password": "first-secret"})
    before = api.control("GET", "state")["sql_user_fingerprints"][made["id"]]["app"]
    assert before == hashlib.sha256(b"first-secret").hexdigest()[:16]
    api.ok("PUT", f"{path}/app/password", {"password": "second-secret"})
    state = api.client.get("/_emulator/state").text
    assert before not in state
    log = api.client.get(
        "/api/v1/auditlogevents", headers={"Authorization": f"Bearer {api.emulator.settings.api_keys[0]}"}
    )
    for text in (state, log.text, api.client.get("/_emulator/requests").text):
        assert "secret" not in text


def test_allowlist(api: Any) -> None:
    path = f"clusters/{api.create()['id']}/networking/allowlist"
    everywhere = {"cidr_ip": "0.0.0.0", "cidr_mask": 0, "ui": True, "sql": True, "name": ""}
    assert api.ok("GET", path) == {"allowlist": [everywhere], "propagating": False, "pagination": None}
    office = {"cidr_ip": "192.168.4.0", "cidr_mask": 24, "ui": True, "sql": False, "name": "office"}
    assert api.ok("POST", path, office) == office
    assert api.ok("POST", path, {**office, "sql": True})["sql"] is True
    assert api.ok("PATCH", f"{path}/192.168.4.0/24", {"name": "hq"}) == {**office, "sql": True, "name": "hq"}
    assert api.ok("PUT", f"{path}/10.1.0.0/16", {"ui": False, "sql": True})["cidr_mask"] == 16
    assert api.ok("PUT", f"{path}/10.1.0.0/16", {"ui": True, "sql": True})["ui"] is True
    entries = api.ok("GET", path)["allowlist"]
    assert [entry["cidr_ip"] for entry in entries] == ["0.0.0.0", "10.1.0.0", "192.168.4.0"]
    assert api.ok("DELETE", f"{path}/10.1.0.0/16")["cidr_ip"] == "10.1.0.0"
    assert api.error("DELETE", f"{path}/10.1.0.0/16")[:2] == (404, 5)
    assert api.error("PATCH", f"{path}/10.1.0.0/16", {"ui": True})[:2] == (404, 5)


@pytest.mark.parametrize(
    ("ip", "mask"), [("192.168.1.5", 24), ("::1", 64), ("10.0.0.0", 33), ("10.0.0.0", -1), ("nonsense", 8), ("", 0)]
)
def test_bad_cidrs(api: Any, ip: str, mask: int) -> None:
    path = f"clusters/{api.create()['id']}/networking/allowlist"
    assert api.error("POST", path, {"cidr_ip": ip, "cidr_mask": mask, "ui": True, "sql": True})[:2] == (400, 3)
    if ip:
        assert api.error("PUT", f"{path}/{ip}/{mask}", {"ui": True, "sql": True})[:2] == (400, 3)


def test_allowlist_options(make_api: Callable[..., Any]) -> None:
    api = make_api(allowlist_conflict=True, propagate_seconds=10.0)
    made = api.create({"serverless": {"regions": ["us-central1"], "with_empty_ip_allowlist": True}})
    path = f"clusters/{made['id']}/networking/allowlist"
    assert api.ok("GET", path)["allowlist"] == []
    entry = {"cidr_ip": "10.0.0.0", "cidr_mask": 8, "ui": True, "sql": True}
    api.ok("POST", path, entry)
    assert api.error("POST", path, entry)[:2] == (409, 6)
    assert api.ok("GET", path)["propagating"] is True
    api.clock.advance(10)
    assert api.ok("GET", path)["propagating"] is False


def test_allowlist_limit(api: Any) -> None:
    made = api.advanced({"us-east-1": 3}, provider="AWS")
    path = f"clusters/{made['id']}/networking/allowlist"
    for number in range(20):
        api.ok("PUT", f"{path}/10.0.{number}.0/24", {"ui": True, "sql": True})
    assert api.error("PUT", f"{path}/10.1.0.0/24", {"ui": True, "sql": True})[:2] == (400, 9)
    assert api.ok("PUT", f"{path}/10.0.3.0/24", {"ui": False, "sql": True})


def test_available_regions(api: Any) -> None:
    found = api.ok("GET", "clusters/available-regions?provider=GCP")["regions"]
    assert set(found[0]) == {"name", "location", "provider", "serverless", "distance"}
    assert [r["distance"] for r in found] == sorted(r["distance"] for r in found)
    assert {r["provider"] for r in found} == {"GCP"}
    only = api.ok("GET", "clusters/available-regions?provider=AWS&serverless=true")["regions"]
    assert all(r["serverless"] for r in only)
    both = {
        r["serverless"] for r in api.ok("GET", "clusters/available-regions?provider=AWS&serverless=false")["regions"]
    }
    assert both == {True, False}
    assert api.error("GET", "clusters/available-regions?provider=aws")[:2] == (400, 3)
    assert api.error("GET", "clusters/available-regions?provider=AZURE", version="2022-09-20")[:2] == (400, 3)
    assert api.error("GET", "clusters/available-regions?serverless=perhaps")[:2] == (400, 3)


def test_connection_string(api: Any) -> None:
    made = api.create()
    answer = api.ok("GET", f"clusters/{made['id']}/connection-string?sql_user=max%20r")
    host = made["sql_dns"]
    assert answer["connection_string"] == f"postgresql://max%20r@{host}:26257/defaultdb?sslmode=verify-full"
    assert answer["params"] == {"Host": host, "Port": "26257", "Database": "defaultdb", "Username": "max r"}
    assert "Username" not in api.ok("GET", f"clusters/{made['id']}/connection-string")["params"]
    path = f"clusters/{api.advanced(name='big')['id']}/connection-string"
    assert api.error("GET", path)[:2] == (400, 3)
    assert "sslrootcert=" in api.ok("GET", f"{path}?os=LINUX&database=orders")["connection_string"]
    assert api.ok("GET", f"{path}?os=OS_MAC", version="2022-09-20")
    assert api.error("GET", f"{path}?os=MAC", version="2022-09-20")[:2] == (400, 3)
    assert api.error("GET", path, version="2022-03-31")[:2] == (404, 5)


def test_versions_and_organization(api: Any) -> None:
    versions = api.ok("GET", "cluster-versions")["versions"]
    assert [v["version"] for v in versions] == ["v26.1", "v25.4", "v25.3", "v25.2", "v25.1", "v24.3"]
    assert versions[3]["allowed_upgrades"] == ["v25.3", "v25.4"]
    assert versions[0]["release_type"] == "INNOVATION"
    assert set(api.ok("GET", "cluster-versions", version="2023-04-10")["versions"][0]) == {"version", "support_status"}
    latest, old = api.ok("GET", "organization"), api.ok("GET", "organization", version="2022-09-20")
    assert set(old) == {"id", "label", "name", "created_at"}
    assert set(latest) - set(old) == {"cockroach_cloud_service_principals"}


def test_certificate_needs_no_key(api: Any) -> None:
    made = api.create()
    answer = api.client.get(f"/clusters/{made['id']}/cert")
    assert answer.status_code == 200
    assert answer.text.startswith("-----BEGIN CERTIFICATE-----\n")
    assert answer.text.endswith("-----END CERTIFICATE-----\n")
    assert api.client.get("/clusters/11111111-2222-4333-8444-555555555555/cert").status_code == 404
