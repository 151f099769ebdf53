# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates, read without a library for them."""

from __future__ import annotations

import base64
from contextlib import suppress

import pytest
from certificates import CA_ONE, CA_TWO
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.crdb.cloud.plugins.module_utils._base.certificates import as_pem, certificates, described
from crdb_emulator.certificate import CLUSTER_CA

(ONE,), (TWO,) = certificates(CA_ONE), certificates(CA_TWO)


def test_what_stands_around_a_certificate_does_not_count():
    for text in (CA_ONE.replace("\n", "\r\n"), f"subject=acme\n\n{CA_ONE.strip()}", CA_ONE + "\n\n"):
        assert certificates(text) == [ONE]
    assert certificates(CA_TWO + CA_ONE) == [TWO, ONE]
    assert as_pem(ONE) == CA_ONE


def test_whose_it_is_and_how_long_it_holds():
    assert described(ONE) == {"subject": "O=acme, CN=clients one", "not_after": "2048-10-24T13:04:01Z"}
    # From 2050 on a time has four digits for the year.
    (emulator,) = certificates(CLUSTER_CA)
    assert described(emulator)["not_after"] == "2052-03-31T00:00:00Z"
    (start, _more) = ONE.split(b"481024130401Z")
    old = ONE.replace(b"481024130401Z", b"991024130401Z")
    assert start and described(old)["not_after"] == "1999-10-24T13:04:01Z"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it has no certificate"),
        ('{"cert": "x"}', "it has no certificate"),
        (CA_ONE[:200], "it has no certificate"),
        (CA_ONE + CA_TWO[:200], "a certificate in it has no end"),
        (CA_ONE + CA_TWO.replace("CERTIFICATE", "PRIVATE KEY"), "it has a PRIVATE KEY"),
        (as_pem(b"hello"), "it is no certificate"),
        (as_pem(ONE[:-1]), "it is no certificate"),
        (as_pem(ONE.replace(b"481024130401Z", b"4810241304ZZZ")), "its end is no time"),
        (CA_ONE.replace("MII", "M*I"), r"\w"),
    ],
)
def test_what_is_none(text, reason):
    with pytest.raises(ValueError, match=reason):
        certificates(text)


@given(st.binary(max_size=60), st.integers(0, 400))
def test_no_other_error_whatever_comes(garbage, at):
    for der in (garbage, ONE[:at] + garbage + ONE[at + len(garbage) :]):
        with suppress(ValueError):
            certificates(f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(der).decode()}\n-----END CERTIFICATE-----")
