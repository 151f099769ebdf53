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
