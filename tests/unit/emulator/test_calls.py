# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys, roles, versions, rate limit, routing, headers, bodies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

KEY = "CCDB1_abcdefghijklmnopqrstuv_0123456789012345678901234567890123456789"
JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYXgifQ.c2ln"
VERSIONS = ("2022-03-31", "2022-09-20", "2023-04-10", "2024-09-16", "2026-09-15")


@pytest.mark.parametrize("header", [None, "", "Basic abc", "Bearer", "Bearer wrong-secret"])
def test_unknown_bearers_are_not_authenticated(api: Any, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = api.client.get("/api/v1/clusters", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["code"] == 16
    assert "wrong-secret" not in answer.text


def test_jwt_needs_a_vanity_name(make_api: Callable[..., Any]) -> None:
    api = make_api(jwts=(JWT,))
    assert api.error("GET", "clusters", key=JWT)[:2] == (401, 16)
    assert api.ok("GET", "clusters", key=JWT, headers={"Cc-Vanity-Name": "sandbox"})["clusters"] == []


def test_versions_are_negotiated_and_echoed(api: Any) -> None:
    for version in VERSIONS:
        answer = api.send("GET", "/api/v1/clusters", version=version)
        assert answer.headers["cc-version"] == version
        assert answer.headers["content-type"] == "application/json"
        assert len(answer.headers["cc-trace-id"]) == 32
    assert api.send("GET", "/api/v1/clusters", version=None).headers["cc-version"] == "2026-09-15"


@pytest.mark.parametrize("version", ["2022-07-12", "latest", "1", ""])
def test_invalid_versions(api: Any, version: str) -> None:
    assert api.error("GET", "clusters", version=version) == (400, 3, "invalid Cc-Version")


def test_default_version_of_the_seed_profile_is_a_choice_of_the_command_line() -> None:
    from crdb_emulator.cli import parser, settings_of

    def default(*options: str) -> str:
        return settings_of(parser().parse_args(options)).default_version.text

    assert default() == "2026-09-15"
    assert default("--profile", "seed") == "2022-03-31"
    assert default("--profile", "seed", "--default-version", "2023-04-10") == "2023-04-10"
    assert default("--default-version", "latest") == "2026-09-15"


@pytest.mark.parametrize(
    ("path", "since"),
    [
        ("organization", 1),
        ("cluster-versions", 1),
        ("auditlogevents", 2),
        ("clusters", 0),
        ("clusters/available-regions", 0),
    ],
)
def test_paths_exist_since_a_version(api: Any, path: str, since: int) -> None:
    for number, version in enumerate(VERSIONS):
        status = api.send("GET", f"/api/v1/{path}", version=version).status_code
        assert status == (200 if number >= since else 404), version


def test_unknown_paths_and_methods(api: Any) -> None:
    assert api.error("GET", "nothing") == (404, 5, "Not Found")
    assert api.error("GET", "clusters/") == (404, 5, "Not Found")
    assert api.error("PUT", "clusters")[:2] == (501, 12)
    assert api.send("GET", "/v1/clusters").status_code == 404


def test_roles(make_api: Callable[..., Any]) -> None:
    developer = frozenset({"CLUSTER_DEVELOPER", "ORG_MEMBER"})
    api = make_api(api_keys=("admin", KEY), roles={KEY: developer})
    cluster = api.create(key="admin")
    assert api.ok("GET", "clusters", key=KEY)["clusters"][0]["id"] == cluster["id"]
    path = f"clusters/{cluster['id']}/sql-users"
    status, code, message = api.error("POST", path, {"name": "app", "password": "geheim123"}, key=KEY)
    assert (status, code) == (403, 7)
    assert "geheim123" not in message
    assert KEY not in message
    assert api.error("DELETE", f"clusters/{cluster['id']}", key=KEY)[:2] == (403, 7)
    assert api.error("GET", "auditlogevents", key=KEY)[:2] == (403, 7)


def test_who_creates_a_cluster_is_its_administrator(make_api: Callable[..., Any]) -> None:
    api = make_api(api_keys=("admin", KEY), roles={KEY: frozenset({"CLUSTER_CREATOR"})}, allow_duplicate_names=True)
    theirs = api.create(key="admin")
    assert api.error("GET", "clusters", key=KEY)[:2] == (403, 7)
    own = api.create(key=KEY)
    assert [row["id"] for row in api.ok("GET", "clusters", key=KEY)["clusters"]] == [own["id"]]
    assert len(api.ok("GET", "clusters", key="admin")["clusters"]) == 2
    api.ok("POST", f"clusters/{own['id']}/sql-users", {"name": "app", "password": "geheim123"}, key=KEY)
    for method in ("GET", "PATCH", "DELETE"):
        assert api.error(method, f"clusters/{theirs['id']}", {} if method == "PATCH" else None, key=KEY)[:2] == (403, 7)
    api.ok("DELETE", f"clusters/{own['id']}", key=KEY)
    assert api.error("GET", "clusters", key=KEY)[:2] == (403, 7)
    assert api.error("GET", "organization/x", key=KEY)[0] == 404


@pytest.mark.parametrize("status", [429, 403, 503])
def test_rate_limit(make_api: Callable[..., Any], status: int) -> None:
    api = make_api(rate_limit=3.0, rate_limit_status=status)
    answers = [api.send("GET", "/api/v1/organization") for _unused in range(5)]
    assert [answer.status_code for answer in answers[:3]] == [200, 200, 200]
    assert answers[-1].status_code == status
    assert answers[-1].headers["retry-after"] == "1"
    assert answers[-1].json()["message"] == "rate limit exceeded"


@pytest.mark.parametrize("body", ["{", "[1]", '"x"', "{'a': 1}", '{"name": NaN}', b"\xff\xfe", "[" * 100_000])
def test_bodies_that_are_no_json_objects(api: Any, body: Any) -> None:
    status, code, message = api.error("POST", "clusters", body)
    assert (status, code) == (400, 3)
    assert message.startswith("proto: ")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"name": "orders", "provider": "HAHA"}', 'proto: (line 1:32): invalid value for enum type: "HAHA"'),
        ('{"name": 5}', "proto: (line 1:10): invalid value for string type: 5"),
        ('{"name": "orders",\n"provider": "gcp"}', 'proto: (line 2:13): invalid value for enum type: "gcp"'),
    ],
)
def test_wrong_types_name_the_place(api: Any, body: str, message: str) -> None:
    assert api.error("POST", "clusters", body) == (400, 3, message)


def test_camel_case_numbers_and_unknown_keys(api: Any) -> None:
    spec = {
        "serverless": {
            "regions": ["us-central1"],
            "usageLimits": {"requestUnitLimit": 5_000_000, "storageMibLimit": "1024"},
            "somethingNew": {"x": 1},
        },
        "deleteProtection": "ENABLED",
        "labels": {"cost_center": "12345"},
    }
    cluster = api.create(spec)
    assert cluster["config"]["serverless"]["usage_limits"] == {
        "request_unit_limit": "5000000",
        "storage_mib_limit": "1024",
    }
    assert cluster["delete_protection"] == "ENABLED"
    assert cluster["labels"] == {"cost_center": "12345"}


def test_a_body_may_be_too_large(api: Any) -> None:
    def pieces() -> Any:
        for _unused in range(6):
            yield b"x" * 1024 * 1024

    answer = api.client.post("/api/v1/clusters", content=pieces())
    assert answer.status_code == 413


def test_a_bug_is_an_answer_and_not_the_end(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.emulator.store, "listing", lambda **_unused: 1 / 0)
    assert api.error("GET", "clusters")[:2] == (500, 13)
    assert api.ok("GET", "organization")["label"]
