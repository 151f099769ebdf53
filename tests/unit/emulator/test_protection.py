# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client certificates and keys of clusters of the emulator."""

from __future__ import annotations

from typing import Any

import pytest
from certificates import CA_ONE, CA_TWO

UNSET = {"status": "NOT_SET", "x509_pem_cert": ""}
PENDING = {"status": "PENDING", "x509_pem_cert": ""}


@pytest.fixture
def cluster(api: Any) -> str:
    return f"clusters/{api.advanced()['id']}"


def test_a_certificate_comes_changes_and_goes(api: Any, cluster: str) -> None:
    path = f"{cluster}/client-ca-cert"
    assert api.ok("GET", path) == UNSET and api.error("DELETE", path)[:2] == (404, 5)
    for method, pem in (("POST", CA_ONE), ("PATCH", CA_TWO)):
        assert api.ok(method, path, {"x509_pem_cert": pem}) == PENDING == api.ok("GET", path)
        assert api.ok("GET", cluster)["operation_status"] == "CRDB_CUSTOM_CLIENT_CA_RUNNING"
        assert api.error("DELETE", path)[:2] == (503, 14)
        api.clock.advance(5)
        assert api.ok("GET", path) == {"status": "IS_SET", "x509_pem_cert": pem}
    api.ok("PATCH", path, {"x509_pem_cert": CA_ONE, "update_mode": "APPEND"}, version="2026-09-15")
    api.clock.advance(5)
    assert api.ok("GET", path)["x509_pem_cert"] == CA_TWO + CA_ONE
    assert api.ok("DELETE", path) == PENDING
    api.clock.advance(5)
    assert api.ok("GET", path) == UNSET


@pytest.mark.parametrize("pem", ["", "{}", CA_ONE.replace("CERTIFICATE", "PRIVATE KEY"), CA_ONE.replace("MII", "m*i")])
def test_a_certificate_that_is_none(api: Any, cluster: str, pem: str) -> None:
    assert "PEM" in api.error("POST", f"{cluster}/client-ca-cert", {"x509_pem_cert": pem})[2]


# --- keys ------------------------------------------------------------------------------------------------------------


def key(region: str, uri: str = "one", **more: Any) -> Any:
    return {"region": region, "key_spec": {"type": "GCP_CLOUD_KMS", "uri": uri, "auth_principal": "acme", **more}}


@pytest.fixture
def private(api: Any) -> str:
    return f"clusters/{api.advanced(dedicated={'network_visibility': 'PRIVATE'})['id']}"


def test_keys_come_rotate_and_are_revoked(api: Any, private: str) -> None:
    assert api.ok("GET", f"{private}/cmek") == {"status": "DISABLED", "region_infos": []}
    assert api.error("PATCH", f"{private}/cmek", {"action": "REVOKE"})[:2] == (400, 9)
    for method, uri, state in (("POST", "one", "ENABLING"), ("PUT", "two", "ROTATING")):
        body = {"region_specs": [key("us-central1", uri)]}
        assert api.ok(method, f"{private}/cmek", body)["status"] == state
        assert api.ok("GET", private)["operation_status"] == "CRDB_CMEK_OPERATION_RUNNING"
        assert api.error("PUT", f"{private}/cmek", body)[:2] == (503, 14)
        api.clock.advance(5)
    found = api.ok("GET", f"{private}/cmek")
    (info,) = found["region_infos"]
    assert found["status"] == "ENABLED"
    assert [(each["spec"]["uri"], each["status"]) for each in info["key_infos"]] == [
        ("two", "ENABLED"),
        ("one", "DISABLED"),
    ]
    nodes = {"region_nodes": {"us-central1": 3, "us-east1": 3}}
    for bad in ([], [key("us-central1")], [key("us-east1"), key("us-west2")]):
        assert api.error("PATCH", private, {"dedicated": {**nodes, "cmek_region_specs": bad}})[:2] == (400, 3)
    api.ok("PATCH", private, {"dedicated": {**nodes, "cmek_region_specs": [key("us-east1")]}})
    api.clock.advance(5)
    assert [each["region"] for each in api.ok("GET", f"{private}/cmek")["region_infos"]] == ["us-central1", "us-east1"]
    assert api.ok("PATCH", f"{private}/cmek", {"action": "REVOKE"})["status"] == "REVOKING"
    api.clock.advance(5)
    assert api.ok("GET", f"{private}/cmek")["status"] == "REVOKED"
    both = {"region_specs": [key("us-central1"), key("us-east1")]}
    assert api.error("PUT", f"{private}/cmek", both)[:2] == (400, 9)


@pytest.mark.parametrize(
    "specs", [[], [key("us-east1")], [key("us-central1", type="AWS_KMS")], [key("us-central1", "")]]
)
def test_keys_that_are_refused(api: Any, private: str, specs: Any) -> None:
    assert api.error("POST", f"{private}/cmek", {"region_specs": specs})[:2] == (400, 3)
    public = f"clusters/{api.advanced(name='other')['id']}"
    assert "private" in api.error("POST", f"{public}/cmek", {"region_specs": [key("us-central1")]})[2]
