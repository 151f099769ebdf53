# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of service accounts: what is special about them. The rest is in the conformance suite."""

from __future__ import annotations

from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import execute

NEW = {"api_version": "2026-09-15"}
BODY = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" * 2
PUBLIC = f"-----BEGIN PUBLIC KEY-----\n{BODY}\n-----END PUBLIC KEY-----\n"
KEY = {"algorithm": "ES256", "public_key": PUBLIC, "expires_at": "2099-01-01T00:00:00Z"}


@pytest.fixture
def account(emulator: Emulator) -> Emulator:
    for name in ("deploy", "other"):
        made = execute("service_account", {"name": name, **NEW}, emulator)
        assert made["changed"]
    return emulator


def credential(emulator: Emulator, name: str = "pipeline", *, check: bool = False, **more: Any) -> dict[str, Any]:
    options = {"service_account": "deploy", "name": name, **NEW, **more}
    return execute("service_account_credential", options, emulator, check=check)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({**KEY, "public_key": PUBLIC.replace("PUBLIC", "PRIVATE")}, "but a private one, which nobody else may have"),
        ({**KEY, "public_key": BODY}, "public_key is no public key in PEM"),
        ({**KEY, "public_key": PUBLIC * 2}, "public_key is no public key in PEM"),
        ({**KEY, "expires_at": "2020-01-01T00:00:00Z"}, "expires_at must be in the future"),
        ({**KEY, "expires_at": "next year"}, "is no moment"),
        ({}, "algorithm and public_key and expires_at is needed"),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_what_can_not_be_a_credential_is_refused_unseen(
    account: Emulator, more: dict[str, Any], message: str, check: bool
) -> None:
    account.reset("requests")
    refused = credential(account, check=check, **more)
    assert refused["failed"] and message in refused["msg"], refused
    assert BODY not in str(refused) and account.writes() == []


def test_one_can_not_be_changed_and_what_is_the_same_is_no_change(account: Emulator) -> None:
    assert credential(account, **KEY)["changed"]
    same = credential(account, **{**KEY, "expires_at": "2099-01-01T01:00:00+01:00"})
    assert not same["changed"] and BODY not in str(same)
    for name, value in (("algorithm", "RS256"), ("expires_at", "2098-01-01T00:00:00Z"), ("description", "other")):
        refused = credential(account, **{**KEY, name: value})
        assert refused["failed"] and "Make another one with another name" in refused["msg"], name
    assert credential(account, "next", **KEY)["changed"]


def test_who_has_one_that_is_over_is_told(account: Emulator) -> None:
    made = credential(account, **KEY)["service_account_credential"]
    for change, when in (
        ({"expires_at": "2020-02-02T00:00:00Z"}, "2020-02-02T00:00:00Z"),
        ({"disabled_at": "2021-03-03T00:00:00Z"}, "2021-03-03T00:00:00Z"),
    ):
        account.patch(objects={"credentials": {made["id"]: change}})
        found = credential(account)
        assert not found["changed"] and f"not accepted any more since {when}" in found["warnings"][0]
    for status, count in (({"status": "ACTIVE"}, 0), ({"status": "DISABLED"}, 1), ({}, 1)):
        options = {"service_account": "deploy", **status, **NEW}
        assert len(execute("service_account_credential_info", options, account)["service_account_credentials"]) == count


def test_each_account_has_its_own(account: Emulator) -> None:
    """Two accounts may have credentials of one name, and those of an account end with it."""
    for owner in ("deploy", "other"):
        assert credential(account, service_account=owner, **KEY)["changed"]
    wrong = execute(
        "service_account_credential",
        {"service_account": "other", "id": credential(account)["service_account_credential"]["id"], **NEW},
        account,
    )
    assert wrong["failed"] and "There is no credential with the id" in wrong["msg"]
    execute("service_account", {"name": "deploy", "state": "absent", **NEW}, account)
    gone = credential(account, state="absent")
    assert not gone["changed"] and "There is no service account 'deploy'" in gone["warnings"][0]
    assert not credential(account, service_account="other", **KEY)["changed"]
