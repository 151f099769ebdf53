# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose certificates open an Advanced cluster.

[D] A change is PENDING for a while, and no certificate is shown then [C]; taking away what is not set is a 404 [C].
"""

from __future__ import annotations

import base64
import re

from crdb_emulator.catalog import ADVANCED
from crdb_emulator.context import Call
from crdb_emulator.errors import invalid, not_found
from crdb_emulator.nouns import Kind
from crdb_emulator.objects import Row
from crdb_emulator.upkeep import always

_CERT = "x509_pem_cert"
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----\s(.*?)-----END CERTIFICATE-----", re.S)
_UNSET = {"status": "NOT_SET", _CERT: ""}


def _check_certificate(_call: Call, after: Row, before: Row) -> None:
    blocks = _PEM.findall(after[_CERT])
    try:
        ders = [base64.b64decode("".join(block.split()), validate=True) for block in blocks]
    except ValueError:
        ders = []
    if not ders or any(der[:1] != b"\x30" for der in ders):
        raise invalid("x509_pem_cert is not a PEM-encoded certificate")
    if after.pop("update_mode", "REPLACE") == "APPEND":
        after[_CERT] = before[_CERT] + after[_CERT]


def _shown_certificate(_call: Call, row: Row) -> Row:
    return {} if row["status"] == "IS_SET" else {_CERT: ""}


def _has_certificate(_call: Call, row: Row) -> None:
    if row["status"] == "NOT_SET":
        raise not_found("the cluster has no client CA certificate")


KINDS = (
    Kind(
        "client CA certificate",
        "clusters/*/client-ca-cert",
        audit={"POST": "SET_CLIENT_CA_CERT", "PATCH": "UPDATE_CLIENT_CA_CERT", "DELETE": "DELETE_CLIENT_CA_CERT"},
        moves=("status", "PENDING", "IS_SET"),
        leaves="PENDING",
        plans=(ADVANCED,),
        locks=lambda _call, _row: "CRDB_CUSTOM_CLIENT_CA",
        check=_check_certificate,
        shows=_shown_certificate,
        goes=_has_certificate,
        left=lambda _call, _row: dict(_UNSET),
        fills=always(**_UNSET),
    ),
)
