# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane: log of requests, state, faults, reset."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crdb_emulator.app import emulator_app
from crdb_emulator.settings import DEFAULT_API_KEY, fingerprint


def test_requests_are_logged(api: Any) -> None:
    made = api.create()
    api.error("GET", "nothing?x=1", version="2023-04-10")
    api.client.get("/api/v1/clusters")
    log = api.control("GET", "requests")["requests"]
    assert set(log[0]) == {
        "at", "api", "method", "path", "query", "status", "effect", "key", "api_version", "duration_ms",
    }  # fmt: skip
    assert [(e["method"], e["path"], e["query"], e["status"], e["effect"]) for e in log] == [
        ("POST", "/api/v1/clusters", "", 200, "write"),
        ("GET", "/api/v1/nothing", "x=1", 404, "read"),
        ("GET", "/api/v1/clusters", "", 401, "read"),
    ]
    assert [e["key"] for e in log] == [fingerprint(DEFAULT_API_KEY)] * 2 + [None]
    assert [e["api_version"] for e in log] == ["2024-09-16", "2023-04-10", None]
    assert DEFAULT_API_KEY not in json.dumps(log)
    assert made["id"] in api.control("GET", "state")["sql_users"]


def test_reset(api: Any) -> None:
    api.create()
    api.control("POST", "faults", {"action": "status", "path": "never"})
    assert api.control("POST", "reset", {"what": ["requests"]}) == {"reset": ["requests"]}
    assert api.control("GET", "requests")["requests"] == []
    assert len(api.control("GET", "state")["clusters"]) == 1
    api.control("POST", "reset")
    assert api.control("GET", "state")["clusters"] == []
    assert api.control("GET", "state")["audit_entries"] == 0
    assert api.control("GET", "faults")["faults"] == []


def test_state_can_be_patched(api: Any) -> None:
    made = api.create()
    state = api.control(
        "POST",
        "state",
        {
            "clusters": {
                "orders-test": {"state": "LOCKED", "operation_status": "CRDB_SCALE_FAILED", "labels": {"a": "b"}}
            },
            "audit_entries": [{"id": "x", "created_at": "2026-01-01T00:00:00Z", "payload": {"k": 1}}],
        },
    )
    assert (state["emulator"], state["audit_entries"]) == ("crdb", 2)
    found = api.ok("GET", f"clusters/{made['id']}")
    assert (found["state"], found["operation_status"], found["labels"]) == ("LOCKED", "CRDB_SCALE_FAILED", {"a": "b"})
    api.clock.advance(3600)
    assert api.error("PATCH", f"clusters/{made['id']}", {})[0] == 503
    assert api.ok("GET", "auditlogevents")["entries"][0]["id"] == "x"
    api.control("POST", "state", {"clusters": {made["id"]: {"state": "DELETED"}}})
    assert api.ok("GET", "clusters")["clusters"] == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("state", []),
        ("state", {"nothing": 1}),
        ("state", {"clusters": {"unknown": {"state": "LOCKED"}}}),
        ("state", {"clusters": {"orders-test": {"state": "BROKEN"}}}),
        ("state", {"clusters": {"orders-test": {"name": "x"}}}),
        ("state", {"clusters": {"orders-test": {"cockroach_version": "25"}}}),
        ("state", {"audit_entries": [{"created_at": "now"}]}),
        ("state", {"audit_entries": [{"id": 5}]}),
        ("state", {"fail_next_create": "yes"}),
        ("reset", {"what": ["everything"]}),
        ("faults", {}),
        ("faults", {"action": "explode"}),
        ("faults", {"action": "status", "status": 99}),
        ("faults", {"action": "status", "path": "("}),
        ("faults", {"action": "status", "times": 0}),
        ("faults", {"action": "status", "probability": 2}),
        ("faults", {"action": "delay", "delay_ms": -1}),
        ("faults", {"action": "status", "headers": {"a b": "c"}}),
        ("faults", {"action": "status", "headers": {"a": "c\r\nd"}}),
        ("faults", {"action": "status", "color": "red"}),
    ],
)
def test_bad_input_is_one_sentence(api: Any, path: str, body: Any) -> None:
    api.create()
    before = api.control("GET", "state")
    answer = api.client.post(f"/_emulator/{path}", json=body)
    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}
    assert "\n" not in answer.json()["error"]
    assert api.control("GET", "state") == before
    assert api.control("GET", "faults")["faults"] == []


def test_control_is_for_loopback_clients(api: Any) -> None:
    for host, status in (("127.0.0.1", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("192.0.2.7", 403)):
        client = type(api.client)(emulator_app(api.emulator), client=(host, 1))
        assert client.get("/_emulator/state").status_code == status, host


def test_fault_status(api: Any) -> None:
    made = api.create()
    path = f"clusters/{made['id']}/sql-users"
    fault = {
        "method": "POST",
        "path": "/sql-users$",
        "times": 2,
        "action": "status",
        "status": 400,
        "headers": {"X-Echo": "yes"},
        "body": {"code": 3, "message": "cannot read {request_body}", "details": []},
    }
    assert api.control("POST", "faults", fault)["faults"][0]["left"] == 2
    answer = api.send("POST", f"/api/v1/{path}", {"name": "app", "password": "echoed"})
    assert answer.status_code == 400
    assert answer.headers["x-echo"] == "yes"
    assert answer.json()["message"] == 'cannot read {"name": "app", "password": "echoed"}'
    assert api.ok("GET", path)["users"] == []
    assert api.error("POST", path, {})[2] == "cannot read {}"
    assert api.ok("POST", path, {"name": "app", "password": "pw"})
    armed = api.control("GET", "faults")["faults"][0]
    assert (armed["fired"], armed["left"]) == (2, 0)
    assert [e["status"] for e in api.control("GET", "requests")["requests"]][1:] == [400, 200, 400, 200]


def test_fault_garbage_performs(api: Any) -> None:
    api.control("POST", "faults", {"action": "garbage"})
    body = {"name": "orders", "provider": "GCP", "spec": {"serverless": {"regions": ["us-central1"]}}}
    answer = api.send("POST", "/api/v1/clusters", body)
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        answer.json()
    assert len(api.ok("GET", "clusters")["clusters"]) == 1


def test_fault_probability_is_repeatable(api: Any) -> None:
    def statuses() -> list[int]:
        api.control("POST", "reset", {"what": ["faults"]})
        api.control("POST", "faults", {"action": "status", "status": 503, "probability": 0.4, "seed": 7})
        return [api.send("GET", "/api/v1/clusters").status_code for _unused in range(30)]

    first = statuses()
    assert set(first) == {200, 503}
    assert statuses() == first
