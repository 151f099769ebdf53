# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Issuers of tokens: what is not set is not echoed, and what is set can be taken away again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import execute

ISSUER = {"issuer_url": "https://token.example.com", "audience": "crdb-cloud"}
KEYS = {"keys": [{"kty": "RSA", "kid": "one"}]}
MAP = [
    {"token_identity": "repo:acme/a", "cc_identity": "a@example.com"},
    {"token_identity": "/repo:acme/(.*)", "cc_identity": r"\1@example.com"},
]


def issuer(emulator: Emulator, *, check: bool = False, **more: Any) -> dict[str, Any]:
    return execute("jwt_issuer", {**ISSUER, **more}, emulator, check=check)


def test_set_compared_and_taken_away(emulator: Emulator) -> None:
    assert issuer(emulator, check=True)["changed"] and issuer(emulator)["changed"]
    # The claim is sub where nobody says another one.
    for same in ({}, {"claim": "sub"}, {"claim": ""}, {"jwks": ""}, {"identity_map": []}):
        assert not issuer(emulator, **same)["changed"], same
    wanted = {"claim": "email", "jwks": KEYS, "identity_map": MAP}
    predicted, made = issuer(emulator, check=True, **wanted), issuer(emulator, **wanted)
    assert predicted["jwt_issuer"] == made["jwt_issuer"] and made["jwt_issuer"]["identity_map"] == MAP
    # White space of the keys says nothing, the order of the map does.
    assert not issuer(emulator, **{**wanted, "jwks": json.dumps(KEYS, indent=4)})["changed"]
    assert issuer(emulator, identity_map=MAP[::-1])["plan"][0]["changes"].keys() == {"identity_map"}
    assert issuer(emulator, claim="sub", jwks="", identity_map=[])["changed"]
    assert not issuer(emulator, claim="sub", jwks="", identity_map=[])["changed"]
    (found,) = execute("jwt_issuer_info", {}, emulator)["jwt_issuers"]
    assert not found.get("jwks") and not found.get("identity_map")
    for changed in (True, False):
        assert issuer(emulator, state="absent")["changed"] is changed


def test_another_audience_is_another_issuer(emulator: Emulator) -> None:
    issuer(emulator)
    assert issuer(emulator, audience="other")["changed"]
    found = execute("jwt_issuer_info", {"audience": "other"}, emulator)["jwt_issuers"]
    assert [row["audience"] for row in found] == ["other"]


def test_keys_that_are_none_are_refused(emulator: Emulator) -> None:
    assert "jwks is not a set of keys in JSON" in issuer(emulator, jwks="-----BEGIN PUBLIC KEY-----")["msg"]
    assert emulator.writes() == []


@pytest.mark.parametrize(("status", "code"), [(403, 7), (404, 5)])
def test_an_organization_that_is_not_enrolled(emulator: Emulator, status: int, code: int) -> None:
    emulator.fault("status", "GET", "/jwt-issuers$", times=2, status=status, body={"code": code, "message": "no"})
    for result in (issuer(emulator), execute("jwt_issuer_info", {}, emulator)):
        assert "JWT issuers can be of limited access" in result["msg"]
        assert ("ORG_ADMIN" in result["msg"]) is (status == 403)
