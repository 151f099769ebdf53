# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose client certificates open a cluster, and whose keys encrypt it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from certificates import CA_ONE, CA_TWO
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.in_process import Clock, execute
from integration.helpers.runner import Runner
from integration.samples import SPECS

NEWEST = "2026-09-15"
EAST = {"region": "us-east1", "uri": "projects/acme/cryptoKeys/east", "auth_principal": "kms@acme.example.com"}
WEST = {"region": "us-west2", "uri": "projects/acme/cryptoKeys/west", "auth_principal": "kms@acme.example.com"}
BOTH = {"region_nodes": {"us-east1": 3, "us-west2": 3}, "cmek_region_specs": [{**WEST, "type": "GCP_CLOUD_KMS"}]}


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


# --- keys ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def private(emulator: Emulator) -> Emulator:
    emulator.add_cluster("orders", **SPECS["PRIVATE"])
    return emulator


def keys(emulator: Emulator, *regions: dict[str, Any], check: bool = False, **more: Any) -> dict[str, Any]:
    given = {"regions": list(regions)} if regions else {}
    # Validation adds what nobody said to what it gets.
    arguments = json.loads(json.dumps({"cluster": "orders", **given, **more}))
    return execute("cmek", arguments, emulator, check=check, clock=Clock())


def in_use(result: dict[str, Any]) -> dict[str, str]:
    return {info["region"]: info["key_infos"][0]["spec"]["uri"] for info in result["cmek"]["region_infos"]}


def test_keys_are_matched_by_their_region(private: Emulator) -> None:
    """Not as in the provider, which matches regions by their position."""
    assert keys(private, EAST)["cmek"]["status"] == "ENABLED"
    execute("cluster", {"name": "orders", **BOTH}, private, clock=Clock())
    for same in ((EAST, WEST), (WEST, EAST), ({**WEST, "type": "GCP_CLOUD_KMS"}, EAST)):
        assert not keys(private, *same)["changed"]
    other = {**WEST, "uri": "projects/acme/cryptoKeys/other"}
    changed = keys(private, other, EAST)
    assert in_use(changed) == {"us-east1": EAST["uri"], "us-west2": other["uri"]}
    history = changed["cmek"]["region_infos"][1]["key_infos"]
    assert [key["status"] for key in history] == ["ENABLED", "DISABLED"], "the one in use, and the one before it"
    assert not keys(private, EAST, other)["changed"] and keys(private, EAST, WEST)["changed"]


def test_a_play_that_adds_a_region_and_revokes_in_the_end(private: Emulator, playbook: Runner) -> None:
    keys(private, EAST)
    task = {"crdb.cloud.cmek": {"cluster": "orders", "regions": [WEST, EAST]}}
    growth = [{"name": "region", "crdb.cloud.cluster": {"name": "orders", **BOTH}}, {"name": "keys", **task}]
    coming = ["has no region us-west2 yet"]
    for check, changed, warns in ((True, True, coming), (False, True, []), (False, False, []), (True, False, [])):
        run = playbook(growth, check=check, warns=warns)
        assert run["region"].changed is changed and not run["keys"].changed, "the region comes with its key"
    end = {"crdb.cloud.cmek": {"cluster": "orders", "state": "revoked", "confirm_revoke": "orders"}}
    for check, changed in ((True, True), (False, True), (False, False)):
        run = playbook([{"name": "end", **end}], check=check, warns=["loses access to its data"] if changed else [])
        assert run["end"].changed is changed and run["end"]["cmek"]["status"] == "REVOKED"


def test_new_versions_of_the_same_keys(private: Emulator) -> None:
    keys(private, EAST)
    assert not keys(private, EAST)["changed"]
    for check in (True, False, False):
        assert keys(private, EAST, rotate=True, check=check)["changed"]


def test_revoked_once_and_only_by_name(private: Emulator) -> None:
    keys(private, EAST)
    private.reset("requests")
    refused = keys(private, state="revoked", confirm_revoke="other")
    assert "confirm_revoke: 'other' is not the name of cluster 'orders'" in refused["msg"] and not private.writes()
    by_id = {"cluster": private.cluster("orders")["id"], "state": "revoked", "confirm_revoke": "orders"}
    predicted, revoked = keys(private, **by_id, check=True), keys(private, **by_id)
    assert predicted["plan"] == revoked["plan"] and predicted["warnings"] == revoked["warnings"] != []
    assert revoked["cmek"]["status"] == predicted["cmek"]["status"] == "REVOKED"
    assert not keys(private, **by_id)["changed"]
    assert "are revoked. Only Cockroach Labs Support can undo that" in keys(private, EAST)["msg"]


def test_a_revocation_waits_for_the_lock_and_for_its_end(launch: Launch) -> None:
    """Not as in the provider, whose changes and revocations are not repeated on a lock."""
    emulator = launch("--operation-seconds", "0.3")
    emulator.add_cluster("orders", **SPECS["PRIVATE"])
    assert keys(emulator, EAST, wait=False)["cmek"]["status"] == "ENABLING"
    revoked = keys(emulator, state="revoked", confirm_revoke="orders")
    assert revoked["changed"] and revoked["cmek"]["status"] == "REVOKED", revoked


def test_keys_that_can_not_be_used(private: Emulator) -> None:
    private.patch(outcomes={"cmek": {"status": "ENABLE_FAILED"}})
    assert "it is ENABLE_FAILED" in keys(private, EAST)["msg"]
    assert keys(private, EAST)["cmek"]["status"] == "ENABLED", "the next run tries again"


def test_keys_are_never_taken_away(private: Emulator) -> None:
    """Not as in the provider, which says that it destroyed what is still there."""
    keys(private, EAST)
    private.reset("requests")
    refused = keys(private, state="absent")
    assert refused["failed"] and "can't be switched off. Revoke them" in refused["msg"] and not private.requests()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"regions": [WEST]},
            "regions must have each region of cluster 'orders', and no other; us-east1 lacks; us-west2",
        ),
        ({"regions": [EAST, EAST]}, "regions: a region is there twice (us-east1, us-east1)"),
        ({}, "There are no customer-managed keys of cluster 'orders' yet, and regions is needed"),
        ({"state": "revoked", "confirm_revoke": "orders"}, "that could be revoked"),
        (
            {"regions": [EAST], "cluster": "public-one"},
            "has the network visibility PUBLIC, and the customer-managed keys needs",
        ),
        ({"regions": [EAST], "cluster": "basic-one"}, "has the plan BASIC"),
    ],
)
def test_keys_refused_before_any_write(private: Emulator, options: dict[str, Any], message: str) -> None:
    private.add_cluster("public-one", **SPECS["ADVANCED"])
    private.add_cluster("basic-one")
    for check in (True, False):
        refused = keys(private, check=check, **options)
        assert refused["failed"] and message in refused["msg"] and private.writes() == [], refused
