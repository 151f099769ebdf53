# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports of logs and metrics of the emulator."""

from __future__ import annotations

import json
from typing import Any

import pytest

LOGS = {"type": "GCP_CLOUD_LOGGING", "log_name": "orders", "auth_principal": "acme"}
GROUP = {"log_name": "ops", "channels": ["OPS"]}


@pytest.fixture
def cluster(api: Any) -> str:
    return f"clusters/{api.advanced()['id']}"


def test_logs_come_are_replaced_and_go(api: Any, cluster: str) -> None:
    assert api.error("GET", f"{cluster}/logexport")[:2] == (404, 5)
    made = api.ok("POST", f"{cluster}/logexport", {**LOGS, "redact": True, "azure_shared_key": "planted"})
    assert (made["status"], made["spec"]["redact"], made["spec"]["region"]) == ("ENABLING", True, "")
    locked = api.ok("GET", cluster)
    assert (locked["state"], locked["operation_status"]) == ("LOCKED", "CRDB_LOG_EXPORT_OPERATION_RUNNING")
    assert api.error("POST", f"{cluster}/logexport", LOGS)[:2] == (503, 14)
    api.clock.advance(5)
    assert api.ok("GET", f"{cluster}/logexport")["status"] == "ENABLED"
    replaced = api.ok("POST", f"{cluster}/logexport", {**LOGS, "groups": [GROUP]})
    assert "redact" not in replaced["spec"] and replaced["spec"]["groups"] == [{**GROUP, "min_level": "UNSPECIFIED"}]
    assert replaced["created_at"] == made["created_at"] < replaced["updated_at"]
    assert "planted" not in json.dumps([api.control("GET", "state"), api.ok("GET", "auditlogevents")])
    api.clock.advance(5)
    old = api.ok("GET", f"{cluster}/logexport", version="2022-09-20")["spec"]["groups"]
    assert old == [{**GROUP, "min_level": "LOG_LEVEL_UNSPECIFIED"}]
    assert api.ok("DELETE", f"{cluster}/logexport")["status"] == "DISABLING"
    assert api.ok("GET", f"{cluster}/logexport")["status"] == "DISABLING"
    api.clock.advance(5)
    for method in ("GET", "DELETE"):
        assert api.error(method, f"{cluster}/logexport")[:2] == (404, 5)


def test_an_export_that_does_not_work(api: Any, cluster: str) -> None:
    outcome = {"status": "CREDENTIALS_ERROR", "user_message": "no such role"}
    api.control("POST", "state", {"outcomes": {"logexport": outcome}})
    api.ok("POST", f"{cluster}/logexport", LOGS)
    api.clock.advance(5)
    assert outcome.items() <= api.ok("GET", f"{cluster}/logexport").items()
    api.ok("POST", f"{cluster}/logexport", LOGS)
    api.clock.advance(5)
    assert api.ok("GET", f"{cluster}/logexport")["status"] == "ENABLED"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"type": "AWS_CLOUDWATCH"}, "not supported for clusters on GCP"),
        ({"aws_external_id": "x"}, "advanced clusters on AWS"),
        ({"groups": [{**GROUP, "enable_sending_queue": True}] * 2}, "one group only"),
        ({"auth_principal": ""}, "auth_principal is required"),
        ({"type": "PIGEON"}, ""),
    ],
)
def test_logs_that_are_refused(api: Any, cluster: str, change: Any, words: str) -> None:
    status, code, message = api.error("POST", f"{cluster}/logexport", {**LOGS, **change})
    assert (status, code) == (400, 3) and words in message


def test_no_export_of_a_basic_cluster(api: Any) -> None:
    assert "standard and advanced" in api.error("POST", f"clusters/{api.create()['id']}/logexport", LOGS)[2]
