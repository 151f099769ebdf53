# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge itself: what it must see, and what the exceptions must not hide."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from contract.helpers.defects import DEFECTS
from contract.helpers.judge import Judge
from contract.helpers.recorder import Record
from contract.helpers.specs import FORMATS, KEYWORDS, REMARKS, UNCHECKED_FORMATS, VERSIONS, directory, specifications

specifications()

ID = "35c4abb2-bb66-46d7-afed-25ebef5ed2aa"
CLUSTER = f"/api/v1/clusters/{ID}"
LATEST = VERSIONS[-1]
LIMITS = "config.serverless.usage_limits"


def exchange(
    method: str,
    path: str,
    answer: Any = None,
    *,
    sent: Any = None,
    version: str = LATEST,
    status: int = 200,
    query: str = "",
    sent_headers: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Record:
    """An exchange as it should be, but for what is given."""
    asked = {"cc-version": version, "authorization": "Bearer secret", "content-type": "application/json"}
    echoed = {"cc-version": version, "content-type": "application/json"}
    return Record(
        method,
        path,
        query,
        {**asked, **(sent_headers or {})},
        b"" if sent is None else json.dumps(sent).encode(),
        status,
        {**echoed, **(headers or {})},
        answer if isinstance(answer, bytes) else json.dumps(answer).encode(),
    )


def a_cluster(judge: Judge, version: str = LATEST) -> dict[str, Any]:
    """The specification's own example of a cluster, with the optional members that it leaves out; the last has none of its own."""
    spec = judge.specs[min(version, "2024-09-16")][0]
    row: dict[str, Any] = copy.deepcopy(spec.document["components"]["schemas"]["Cluster"]["example"])
    return {**row, "account_id": "", "deleted_at": None}


def kinds(judge: Judge, record: Record) -> set[str]:
    """What is wrong with an exchange, as "side kind where"."""
    verdict = judge.verdict([record])
    return {f"{it.side} {it.kind} {it.where}".strip() for it in verdict.violations}


# The example of one version is older than its schema.
OUTDATED = {"2022-09-20": {"answer enum upgrade_status", "answer required regions[]"}}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_published_example_of_a_cluster(judge: Judge, version: str) -> None:
    record = exchange("GET", CLUSTER, a_cluster(judge, version), version=version)
    assert kinds(judge, record) == OUTDATED.get(version, set())
    assert judge.verdict([record]).operations == {"GET /api/v1/clusters/{cluster_id}"}


@pytest.mark.parametrize("version", VERSIONS)
def test_an_empty_cluster_is_not_a_cluster(judge: Judge, version: str) -> None:
    needed = judge.specs[version][0].document["components"]["schemas"]["Cluster"]["required"]
    record = exchange("GET", CLUSTER, {}, version=version)
    missing = {it.message.split("'")[1] for it in judge.verdict([record]).violations if it.kind == "required"}
    assert missing == set(needed)
    listed = exchange("GET", "/api/v1/clusters", {"clusters": [{}], "pagination": None}, version=version)
    assert kinds(judge, listed) == {"answer required clusters[]"}


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        ("state", "RUNNING", "answer enum state"),
        ("plan", "basic", "answer enum plan"),
        ("cloud_provider", None, "answer enum cloud_provider"),
        ("name", None, "answer type name"),
        ("name", 7, "answer type name"),
        ("config", None, "answer type config"),
        ("labels", {"team": 1}, "answer type labels.team"),
        ("deleted_at", "yesterday", "answer format deleted_at"),
        ("deleted_at", "2022-02-30T10:00:00Z", "answer format deleted_at"),
        ("delete_at", None, "answer undeclared delete_at"),
        ("regions", [{}], "answer required regions[]"),
        ("regions.0.node_count", "3", "answer type regions[].node_count"),
        ("regions.0.node_count", 3.0, "answer type regions[].node_count"),
        ("regions.0.node_count", True, "answer type regions[].node_count"),
        ("regions.0.node_count", 2**31, "answer format regions[].node_count"),
        ("regions.0.zone", "a", "answer undeclared regions[].zone"),
        # These lie behind members that may be null: where other validators stop looking.
        ("config.serverless", {}, "answer required config.serverless"),
        ("config.serverless", [], "answer type config.serverless"),
        ("config.serverless.spend_limit", 100, "answer undeclared config.serverless.spend_limit"),
        (f"{LIMITS}.storage_mib_limit", 5, f"answer type {LIMITS}.storage_mib_limit"),
        (f"{LIMITS}.storage_mib_limit", "5.0", f"answer format {LIMITS}.storage_mib_limit"),
        (f"{LIMITS}.storage_mib_limit", None, f"answer type {LIMITS}.storage_mib_limit"),
    ],
)
def test_a_wrong_answer_is_seen(judge: Judge, place: str, value: Any, expected: str) -> None:
    row: Any = a_cluster(judge)
    at = row
    *parents, last = place.split(".")
    for part in parents:
        at = at[int(part)] if part.isdigit() else at[part]
    at[last] = value
    assert expected in kinds(judge, exchange("GET", CLUSTER, row))


@pytest.mark.parametrize(
    ("answer", "change", "expected"),
    [
        (b"", {}, "answer body"),
        (b"null", {}, "answer type"),
        (b"<html>", {"headers": {"content-type": "text/html"}}, "answer content type"),
        (None, {"status": 201}, "answer status"),
        (None, {"headers": {"cc-version": ""}}, "answer Cc-Version"),
        (None, {"sent_headers": {"cc-version": "2022-07-12"}}, "request Cc-Version"),
        (None, {"sent_headers": {"authorization": ""}}, "request Authorization"),
        (b'{"code": 5, "details": []}', {"status": 404}, "answer required"),
        (b'{"code": "5", "message": ""}', {"status": 404}, "answer type code"),
        (b'{"code": 5, "message": "", "reason": ""}', {"status": 409}, "answer undeclared reason"),
    ],
)
def test_a_wrong_envelope_is_seen(judge: Judge, answer: bytes | None, change: dict[str, Any], expected: str) -> None:
    record = exchange("GET", CLUSTER, a_cluster(judge) if answer is None else answer, **change)
    assert expected in kinds(judge, record)


NEW = {"name": "orders-prod", "provider": "GCP", "spec": {"plan": "BASIC", "serverless": {"regions": ["us-central1"]}}}


def new(**serverless: Any) -> dict[str, Any]:
    return {**NEW, "spec": {"plan": "BASIC", "serverless": {"regions": ["us-central1"], **serverless}}}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (NEW, set()),
        (new(usage_limits={"request_unit_limit": "5"}), set()),
        (new(usage_limits={"request_unit_limit": 5}), {"request type spec.serverless.usage_limits.request_unit_limit"}),
        (new(usage_limits=None), {"request null spec.serverless.usage_limits"}),
        (new(spend_limit=5), {"request undeclared spec.serverless.spend_limit"}),
        (new(upgradeType="MANUAL"), {"request undeclared spec.serverless.upgradeType"}),
        (new(upgrade_type="manual"), {"request enum spec.serverless.upgrade_type"}),
        (new(regions="us-central1"), {"request type spec.serverless.regions"}),
        ({**NEW, "plan": "BASIC"}, {"request undeclared plan"}),
        ({**NEW, "provider": "OVH"}, {"request enum provider"}),
        ({"name": "orders-prod", "provider": "GCP"}, {"request required"}),
        ([], {"request type"}),
        (None, {"request body"}),
    ],
)
def test_a_wrong_request_is_seen(judge: Judge, sent: Any, expected: set[str]) -> None:
    record = exchange("POST", "/api/v1/clusters", a_cluster(judge), sent=sent)
    assert kinds(judge, record) == expected


@pytest.mark.parametrize(
    ("method", "path", "query", "sent", "expected"),
    [
        ("GET", "/api/v1/clusters", "show_inactive=true&pagination.limit=5&pagination.sort_by=NAME", None, set()),
        ("GET", "/api/v1/clusters", "show_inactive=True", None, {"request query show_inactive"}),
        ("GET", "/api/v1/clusters", "pagination.limit=many", None, {"request query pagination.limit"}),
        ("GET", "/api/v1/clusters", "pagination.sort_order=asc", None, {"request query pagination.sort_order"}),
        ("GET", "/api/v1/clusters", "pagination.as_of_time=now", None, {"request query pagination.as_of_time"}),
        ("GET", "/api/v1/clusters", "pagination.start_key=x", None, {"request query"}),
        ("GET", "/api/v1/clusters", "show_inactive=true&show_inactive=true", None, {"request query"}),
        ("GET", "/api/v1/clusters", "", {}, {"request body"}),
        ("DELETE", f"{CLUSTER}/networking/allowlist/10.0.0.0/x", "", None, {"request path cidr_mask"}),
        ("GET", "/api/v1/cluster", "", None, {"request unknown operation"}),
        ("GET", "/v1/clusters", "", None, {"request unknown operation"}),
        ("GET", "/api/v1/clusters/", "", None, {"request unknown operation"}),
        ("DELETE", "/api/v1/clusters", "", None, {"request unknown operation"}),
        ("GET", f"{CLUSTER}/sql-users/a/b", "", None, {"request unknown operation"}),
    ],
)
def test_a_wrong_address_is_seen(
    judge: Judge, method: str, path: str, query: str, sent: Any, expected: set[str]
) -> None:
    refused = {"code": 3, "message": "refused", "details": []}
    record = exchange(method, path, refused, sent=sent, query=query, status=400)
    assert kinds(judge, record) == expected


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [(b"{", "application/json", "request body"), (b"{}", "text/plain", "request content type")],
)
def test_a_body_that_is_no_json_is_seen(judge: Judge, body: bytes, content_type: str, expected: str) -> None:
    headers = {"authorization": "Bearer secret", "cc-version": LATEST, "content-type": content_type}
    record = Record("POST", "/api/v1/clusters", "", headers, body, 200, headers, json.dumps(a_cluster(judge)).encode())
    assert expected in kinds(judge, record)


def test_the_version_decides(judge: Judge) -> None:
    """What one version demands, another does not know."""
    cluster = a_cluster(judge, "2022-03-31")
    assert kinds(judge, exchange("GET", CLUSTER, cluster, version="2022-03-31")) == set()
    assert {"answer required", "answer enum plan"} <= kinds(judge, exchange("GET", CLUSTER, cluster))
    organization = exchange("GET", "/api/v1/organization", {}, version="2022-03-31")
    assert kinds(judge, organization) == {"request unknown operation"}


CERTIFICATE = Record("GET", f"/clusters/{ID}/cert", answer=b"-----BEGIN CERTIFICATE-----")
LIMIT = {"path": f"{CLUSTER}/spend-limit", "method": "PUT"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"sent": {"spendLimit": 5}}, set()),
        ({"sent": {"spend_limit": 5}}, set()),
        ({"sent": {"spendLimit": "5"}}, {"request type"}),
        ({"sent": {"spendLimit": 5, "unit": "cent"}}, {"request maxProperties", "request additionalProperties"}),
        ({"sent": {}}, {"request minProperties"}),
        ({"sent": {"spendLimit": 5}, "answer": {"id": "1"}}, {"answer maxProperties"}),
        ({"sent": {"spendLimit": 5}, "version": LATEST}, {"request unknown operation"}),
        ({"sent": {"spendLimit": 5}, "path": f"{CLUSTER}/spend-limits"}, {"request unknown operation"}),
        ({"sent": {"spendLimit": 5}, "method": "POST"}, {"request unknown operation"}),
    ],
)
def test_spend_limit_is_excused_as_it_was_documented_only(
    judge: Judge, change: dict[str, Any], expected: set[str]
) -> None:
    record = exchange(**{"answer": {}, "version": "2022-03-31", **LIMIT, **change})
    assert kinds(judge, record) == expected


def test_the_exceptions_end_where_they_should(judge: Judge) -> None:
    # The undeclared member is excused where it is required, and in a cluster only.
    assert kinds(judge, exchange("GET", CLUSTER, {**a_cluster(judge), "is_customer_cloud_account": False})) == set()
    old = {**a_cluster(judge, "2023-04-10"), "is_customer_cloud_account": False}
    assert kinds(judge, exchange("GET", CLUSTER, old, version="2023-04-10")) == {
        "answer undeclared is_customer_cloud_account"
    }
    asked, made = {"name": "app", "password": "secret"}, {"name": "app", "is_customer_cloud_account": False}
    assert kinds(judge, exchange("POST", f"{CLUSTER}/sql-users", made, sent=asked)) == {
        "answer undeclared is_customer_cloud_account"
    }
    # Two templates are excused where the address is the same, in the versions that have both.
    entry = {"cidr_ip": "10.0.0.0", "cidr_mask": 8, "ui": True, "sql": True, "name": ""}
    for version in VERSIONS:
        body = entry if version == "2022-03-31" else {"ui": True, "sql": True, "name": ""}
        path = f"{CLUSTER}/networking/allowlist/10.0.0.0/8"
        verdict = judge.verdict([exchange("PATCH", path, entry, sent=body, version=version)])
        assert verdict.violations == []
        assert verdict.defects == ({"two templates for an allowlist entry"} if version < "2023-04-10" else set())
        assert verdict.operations == {"PATCH /api/v1/clusters/{cluster_id}/networking/allowlist/{cidr_ip}/{cidr_mask}"}
    wrong = exchange("PATCH", f"{CLUSTER}/networking/allowlist/10.0.0.0/8", entry, sent=entry)
    assert kinds(judge, wrong) == {"request undeclared cidr_ip", "request undeclared cidr_mask"}


def test_every_exception_has_a_reason_and_a_version() -> None:
    assert len({defect.name for defect in DEFECTS}) == len(DEFECTS)
    for defect in DEFECTS:
        assert len(defect.reason) > 40, defect.name
        assert set(defect.versions) <= set(VERSIONS)
        assert defect.versions


@pytest.mark.parametrize("version", VERSIONS)
def test_the_judge_knows_every_keyword_of_the_specifications(judge: Judge, version: str) -> None:
    """A keyword that it did not know (nullable, allOf ...) would go unchecked, and nobody would notice."""
    found: set[str] = set()
    formats: set[str] = set()

    def schema(value: Any) -> None:
        found.update(value)
        formats.add(value.get("format", "int32"))
        if "$ref" in value:
            assert set(value) <= {"$ref", *REMARKS}, value
        for part in value.get("properties", {}).values():
            schema(part)
        for keyword in ("items", "additionalProperties"):
            if value.get(keyword):
                schema(value[keyword])

    for spec in judge.specs[version]:
        for part in spec.document["components"]["schemas"].values():
            schema(part)
        for item in spec.paths.values():
            for operation in item.values():
                for parameter in operation.get("parameters", ()):
                    schema(parameter["schema"])
                for message in (operation.get("requestBody", {}), *operation["responses"].values()):
                    assert set(message.get("content", {})) <= {"application/json"}
                    for content in message.get("content", {}).values():
                        schema(content["schema"])
    assert {name for name in found if not name.startswith("x-")} <= KEYWORDS | REMARKS
    assert formats <= set(FORMATS.checkers) | UNCHECKED_FORMATS


def test_missing_data_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Skipped on a machine without it, failed where the tests have to mean something."""
    monkeypatch.setenv("CRDB_SPEC_DIR", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"x\.json was not found.*CRDB_SPEC_DIR"):
        directory("spec", "CRDB_SPEC_DIR", "x.json")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"x\.json was not found.*CRDB_SPEC_DIR"):
        directory("spec", "CRDB_SPEC_DIR", "x.json")
    (tmp_path / "x.json").write_text("{}")
    assert directory("spec", "CRDB_SPEC_DIR", "x.json") == tmp_path
