# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose client certificates open a cluster, and whose keys encrypt it."""

from __future__ import annotations

from typing import Any

import pytest
from certificates import CA_ONE, CA_TWO
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.in_process import Clock, execute
from integration.samples import SPECS

NEWEST = "2026-09-15"


@pytest.fixture
def advanced(emulator: Emulator) -> Emulator:
    emulator.add_cluster("orders", **SPECS["ADVANCED"])
    return emulator


def clients(emulator: Emulator, *, check: bool = False, **more: Any) -> dict[str, Any]:
    return execute("client_ca_cert", {"cluster": "orders", **more}, emulator, check=check, clock=Clock())


def test_certificates_are_compared_and_not_their_text(advanced: Emulator) -> None:
    both = {"x509_pem_cert": f"{CA_ONE}\n{CA_TWO}"}
    predicted, made = clients(advanced, **both, check=True), clients(advanced, **both)
    assert predicted["client_ca_cert"] == made["client_ca_cert"]
    names = [each["subject"] for each in made["client_ca_cert"]["certificates"]]
    assert sorted(names) == ["O=acme, CN=clients one", "O=acme, CN=clients two"]
    for same in (f"the second\n{CA_TWO.strip()}\n{CA_ONE}".replace("\n", "\r\n"), f"{CA_ONE}{CA_ONE}{CA_TWO}"):
        assert not clients(advanced, x509_pem_cert=same)["changed"]
    assert not clients(advanced)["changed"]
    assert clients(advanced, x509_pem_cert=CA_ONE)["changed"]


def test_one_more_beside_those_that_are_there(advanced: Emulator) -> None:
    more = {"x509_pem_cert": CA_TWO, "update_mode": "APPEND", "api_version": NEWEST}
    clients(advanced, x509_pem_cert=CA_ONE.strip())
    predicted, made = clients(advanced, **more, check=True), clients(advanced, **more)
    assert predicted["plan"] == made["plan"] and len(made["client_ca_cert"]["certificates"]) == 2
    assert not clients(advanced, **more)["changed"]
    assert not clients(advanced, **{**more, "x509_pem_cert": CA_ONE})["changed"]
    assert "api_version" in clients(advanced, **{**more, "api_version": "2024-09-16"})["msg"]


def test_what_is_pending_is_waited_for_before_anything_is_compared(launch: Launch) -> None:
    emulator = launch("--operation-seconds", "0.3")
    emulator.add_cluster("orders", **SPECS["ADVANCED"])
    assert clients(emulator, x509_pem_cert=CA_ONE, wait=False)["client_ca_cert"]["status"] == "PENDING"
    emulator.reset("requests")
    assert not clients(emulator, x509_pem_cert=CA_ONE)["changed"] and not emulator.writes()
    # Pending says nothing of the direction.
    assert clients(emulator, state="absent", wait=False)["changed"]
    assert clients(emulator, x509_pem_cert=CA_ONE)["client_ca_cert"]["status"] == "IS_SET"
    assert [entry["method"] for entry in emulator.writes() if entry["status"] == 200] == ["DELETE", "POST"]


def test_what_is_not_set_is_absent(advanced: Emulator) -> None:
    """Not as in the provider, where taking away a certificate that is not there fails."""
    for check in (True, False):
        gone = clients(advanced, state="absent", check=check)
        assert not gone["changed"] and not gone.get("failed") and gone["client_ca_cert"] is None
    assert execute("client_ca_cert_info", {"cluster": "orders"}, advanced)["client_ca_cert"] is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"x509_pem_cert": '{"pem": "x"}'}, "x509_pem_cert is no certificate in PEM: it has no certificate"),
        ({"x509_pem_cert": CA_ONE.replace("CERTIFICATE", "PRIVATE KEY")}, "it has a PRIVATE KEY"),
        ({"x509_pem_cert": ""}, "it has no certificate"),
        ({}, "x509_pem_cert is needed to set one"),
        (
            {"x509_pem_cert": CA_ONE, "cluster": "basic-one"},
            "has the plan BASIC, and the client CA certificate needs ADVANCED",
        ),
    ],
)
def test_one_sentence_before_any_write(advanced: Emulator, options: dict[str, Any], message: str) -> None:
    advanced.add_cluster("basic-one")
    refused = clients(advanced, **options)
    assert refused["failed"] and message in refused["msg"] and advanced.writes() == [], refused
    assert "MII" not in refused["msg"]
