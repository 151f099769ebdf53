# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Public keys of service accounts, with whose private halves programs get short-lived tokens: no secret is ever sent."""

from __future__ import annotations

import re
import time
from typing import Any

from .._base.errors import OptionError
from .._base.moments import SECOND, checked_moment, spelled, stamp
from .access import ADMINS, SERVICE_ACCOUNT
from .declared import Scope
from .field import Field
from .noun import Desired, Noun, Reader, Row
from .plan import Plan

PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\s+[A-Za-z0-9+/\s]{20,10000}={0,2}\s*-----END PUBLIC KEY-----")
ANOTHER = "Make another one with another name, and delete this one when nobody signs with its key any more"


def checked_key(text: str) -> str:
    """*text* where it is a public key in PEM; OptionError, which does not repeat it, otherwise."""
    if not PEM.fullmatch(text.strip()):
        private = ", but a private one, which nobody else may have" if "PRIVATE KEY" in text else ""
        raise OptionError(
            f"public_key is no public key in PEM{private}",
            "It begins with -----BEGIN PUBLIC KEY-----, as openssl pkey -pubout writes it",
        )
    return text


class Credential(Noun):
    def place(self, reader: Reader) -> tuple[dict[str, str], str]:
        called, needed = reader.params["service_account"], reader.params.get("state") != "absent"
        return {
            "service_account_id": reader.id_of("service_account", called, needed=needed)
        }, f"service account '{called}'"

    def values(self, params: Row, version: str) -> dict[str, Any]:
        found = super().values(params, version)
        if "expires_at" in found:
            found["expires_at"] = stamp(checked_moment("expires_at", found["expires_at"]))
        if "public_key" in found:
            checked_key(found["public_key"])
        return found

    def shown(self, row: Row) -> dict[str, Any]:
        end = row.get("expires_at")
        return {**super().shown(row), "expires_at": end and spelled(end)}

    def gathered(self, reader: Reader) -> list[tuple[Row, dict[str, Any]]]:
        found: list[tuple[Row, dict[str, Any]]] = []
        for account in reader.all_of(SERVICE_ACCOUNT):
            path, doing = (
                self.collection({"service_account_id": account["id"]}),
                f"list the {self.many} of '{account['name']}'",
            )
            rows = reader.rows_at(path, self.rows, shape=self.shape, doing=doing, roles=self.readers)
            found += [({"service_account": account["id"]}, row) for row in rows]
        return found

    def unexported(self, row: Row) -> str:
        return "it is not accepted any more" if self._ended(row, time.time_ns()) else ""

    @staticmethod
    def _ended(row: Row, now: int) -> str:
        """Since when *row* is not accepted any more at the moment *now*; "" where it is."""
        end = row.get("expires_at")
        return str(row.get("disabled_at") or (end if end and spelled(end) <= stamp(now) else ""))

    def check(self, reader: Reader, scope: Scope, desired: Desired, row: dict[str, Any] | None, plan: Plan) -> None:
        if desired.absent:
            return
        moment = int(reader.now * SECOND)
        now = stamp(moment)
        if row:
            over = self._ended(row, moment)
            if over:
                reader.warn(f"{desired.label}{scope.behind('of')} is not accepted any more since {over}. {ANOTHER}")
            return
        lacking = [name for name in ("algorithm", "public_key", "expires_at") if name not in desired.values]
        if lacking:
            raise OptionError(f"{desired.label} is not there yet, and {' and '.join(lacking)} is needed to make it")
        if desired.values["expires_at"] <= now:
            raise OptionError(f"expires_at must be in the future, and {desired.values['expires_at']} is not")


SERVICE_ACCOUNT_CREDENTIAL = Credential(
    "service_account_credential",
    "service-accounts/{service_account_id}/credentials/{id}",
    """
    Manages one credential of a service account: the public half of a key, by which the service knows who gets short-lived tokens.
    The private half never leaves the program that signs with it, so there is no secret to be stolen on the way, unlike with M(crdb.cloud.api_key).
    A credential can't be changed. To replace one, make another with another name, let the program sign with the new key, and delete the old one.
    service_account: The account that the credential is of.
    name: Name of the credential.
    algorithm: The algorithm that the program signs with. Needed to make one.
    public_key: The public key in PEM. Needed to make one. The API never returns it, so an existing credential is not compared with it.
    | It is not shown, so that a private key that gets here by mistake is not, either.
    expires_at: When it ends to be accepted, an RFC 3339 timestamp in the future. Needed to make one.
    description: What it is for.
    = client_id (str): What a signed assertion must have as C(iss) and C(sub).
    = credential_type (str): How it is used; V(JWT_BEARER).
    = service_account_id (str): Id of the account.
    = created_at (str): When it was made.
    = disabled_at (str): When it was disabled; V(null) where it was not.
    """,
    title="credential",
    rows="credentials",
    key=(Field("name"),),
    fields=(
        Field("algorithm", choices=("RS256", "PS256", "ES256", "ES384"), immutable=ANOTHER),
        Field("public_key", secret=True, compare="ignore"),
        Field("expires_at", compare=spelled, immutable=ANOTHER),
        Field("description", compare="text", immutable=ANOTHER),
    ),
    how=(Field("service_account", ref="service_account", required=True),),
    rules={"required_one_of": [("name", "id")]},
    updates="",
    gets=False,
    since="2026-09-15",
    roles="ORG_ADMIN",
    readers=f"{ADMINS}, or AUDITOR",
)
