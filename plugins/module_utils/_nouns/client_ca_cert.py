# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates of authorities that sign those of clients. While a change is pending the service shows none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .._base.certificates import as_pem, certificates, described
from .._base.errors import OptionError
from .declared import OPERATORS, Scope
from .field import Field
from .lifecycle import Lifecycle
from .noun import Desired, Noun, Row
from .plan import Plan

CERT = "x509_pem_cert"


def held(pem: Any) -> list[bytes]:
    """The certificates in *pem* as they are compared: each once, in any order; none where it can't be read."""
    try:
        return sorted(set(certificates(str(pem or ""))))
    except ValueError:
        return []


class ClientCaCert(Noun):
    def values(self, params: Row, version: str) -> dict[str, Any]:
        found = super().values(params, version)
        try:
            for pem in (found[name] for name in found if name == CERT):
                certificates(pem)
        except ValueError as error:
            raise OptionError(
                f"{CERT} is no certificate in PEM: {error}",
                "It begins with -----BEGIN CERTIFICATE-----; a private key has no place in it",
            ) from None
        return found

    def create(self, scope: Scope, desired: Desired) -> Plan:
        if CERT not in desired.values:
            raise OptionError(f"There is no {self.words}{scope.behind('of')} yet, and {CERT} is needed to set one")
        return super().create(scope, desired)

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        if desired.values.get("update_mode") != "APPEND" or CERT not in desired.values:
            return super().update(scope, desired, row)
        there = held(row.get(CERT))
        new = "".join(as_pem(each) for each in held(desired.values[CERT]) if each not in there)
        text = str(row.get(CERT) or "")
        both = f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{new}"
        plan = super().update(scope, replace(desired, values={**desired.values, CERT: both}), row)
        plan.steps = [replace(step, body={CERT: new, "update_mode": "APPEND"}) for step in plan.steps]
        return plan

    def shown(self, row: Row) -> dict[str, Any]:
        return {**row, "certificates": [described(each) for each in held(row.get(CERT))]}

    def predict(self, row: Row, desired: Desired, after: Row) -> dict[str, Any]:
        return self.shown(super().predict(row, desired, after))

    def ending(self, plan: Plan, row: Row | None = None) -> Plan:
        super().ending(plan, row)
        pending = {**(plan.predicted or {}), "status": "PENDING", CERT: "", "certificates": []}
        plan.unsettled = [pending for _step in plan.steps]
        return plan


CLIENT_CA_CERT = ClientCaCert(
    "client_ca_cert",
    "clusters/{cluster}/client-ca-cert",
    """
    Sets the certificates of the authorities whose clients may log in to an Advanced cluster with certificates of their own, or takes them away.
    Certificates are compared, and not their text. Waits until the change is done, and before that for one that is pending.
    With V(absent) the clients that they signed are locked out at once.
    x509_pem_cert: One certificate in PEM or several, in any order.
    update_mode: With V(REPLACE), which is the default, there are no others. With V(APPEND) those that are there stay.
    = certificates (list[dict]): What is in C(x509_pem_cert), each with C(subject) and C(not_after).
    """,
    title="client CA certificate",
    fields=(Field(CERT, compare=held),),
    how=(Field("update_mode", choices=("REPLACE", "APPEND"), since="2026-09-15"),),
    lifecycle=Lifecycle(
        "status",
        making=("PENDING",),
        settled=("IS_SET",),
        failed=("FAILED",),
        leaving=("PENDING",),
        gone=("NOT_SET",),
        slowest=5.0,
        mends=True,
    ),
    requires={"plan": ("ADVANCED",)},
    since="2022-09-20",
    readers=OPERATORS,
)
