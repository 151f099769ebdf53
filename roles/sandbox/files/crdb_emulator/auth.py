# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call: bearer keys, JSON Web Tokens, and the roles that each request needs.

[D] ``Authorization: Bearer <secret>``, the secret being an API key of a service account, or a JSON Web Token of a
registered issuer together with the header ``Cc-Vanity-Name``. An unknown one is answered with 401, a missing role
with 403. A key of the command line has every role unless that narrows it. The texts of both errors are [G].
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from crdb_emulator.errors import forbidden, unauthenticated
from crdb_emulator.grants import ROLES, grant, roles_at, set_grants
from crdb_emulator.settings import Settings, fingerprint
from crdb_emulator.store import Store
from crdb_emulator.times import format_ns

_ADMIN = frozenset({"CLUSTER_ADMIN"})
_OPERATE = _ADMIN | {"CLUSTER_OPERATOR_WRITER"}
_DEVELOP = _OPERATE | {"CLUSTER_DEVELOPER"}

# [D] Since 2026-09-15: who reads everything but the data, and who reads and changes the data alone.
_AUDIT, _DATA = frozenset({"AUDITOR"}), frozenset({"CLUSTER_DATA_ACCESSOR"})

# [D] The role lists of the 2024-09-16 specification, which wins over the older callouts of the documentation page.
ANY_MEMBER = ROLES
READ_CLUSTERS = (
    _DEVELOP | _AUDIT | _DATA | {"ORG_ADMIN", "FOLDER_ADMIN", "FOLDER_MOVER", "METRICS_VIEWER", "CLUSTER_MONITOR"}
)
READ_NODES = _DEVELOP | _AUDIT | _DATA | {"ORG_ADMIN"}
READ_CHILDREN = _DEVELOP
READ_DATABASES = _DEVELOP | _DATA
READ_ALLOWLIST = _DEVELOP | _AUDIT
CREATE_CLUSTERS = _ADMIN | {"CLUSTER_CREATOR"}
DELETE_CLUSTERS = _ADMIN
UPDATE_CLUSTERS = _OPERATE
WRITE_ALLOWLIST = _OPERATE
WRITE_DATABASES = _OPERATE | _DATA
WRITE_SQL_USERS = _ADMIN
ONLY_ORG_ADMIN = frozenset({"ORG_ADMIN"})
READ_AUDIT = ONLY_ORG_ADMIN | _AUDIT
READ_ORGANIZATION = READ_AUDIT | {"ORG_MEMBER"}
# [D] Documentation page only: Cluster Admin or Cluster Developer.
SET_SPEND_LIMIT = _DEVELOP
OPERATE_CLUSTERS = _OPERATE
VIEW_CLUSTERS = _OPERATE | _AUDIT
ADMINS = _ADMIN | {"ORG_ADMIN"}
READ_ACCOUNTS = ADMINS | _AUDIT
READ_CONTENTS = READ_CLUSTERS
READ_FOLDERS = READ_CLUSTERS | {"CLUSTER_CREATOR"}
WRITE_FOLDERS = frozenset({"FOLDER_ADMIN"})
MOVE_FOLDERS = WRITE_FOLDERS | {"FOLDER_MOVER"}
READ_INVOICES = _ADMIN | {"BILLING_COORDINATOR"}
READ_GRANTS = READ_ACCOUNTS | WRITE_FOLDERS

_JWT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$")


def looks_like_jwt(token: str) -> bool:
    """Three base64url parts separated by dots."""
    return _JWT.match(token) is not None


@dataclass(frozen=True, slots=True)
class Caller:
    """The service account behind a request; ``roles`` are those on the organization."""

    id: str
    name: str
    key: str
    roles: frozenset[str]


def require(held: frozenset[str], allowed: frozenset[str]) -> None:
    """Raise ``ApiError`` 403 unless one of the roles is held."""
    if not held & allowed:
        raise forbidden("permission denied: the service account does not have the role this request needs")


class Keyring:
    """The keys and tokens that are accepted: those of the command line, and API keys that were made since.

    Each belongs to a service account. A key of the documented shape is its id and 40 letters, ``CCDB1_<22>_<40>`` [D];
    only a fingerprint of it is kept.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._tokens: dict[str, str] = {}
        self._keys = {secret: key_id(secret) for secret in settings.api_keys}

    def seed(self) -> None:
        """Put the accounts, keys and roles of the command line into the store."""
        objects = self._store.objects
        for secret in (*self._settings.api_keys, *self._settings.jwts):
            mark, created = fingerprint(secret), format_ns(self._store.now)
            account = str(uuid.uuid5(uuid.NAMESPACE_OID, mark))
            row = {"id": account, "name": f"sandbox-{mark[:6]}", "description": "", "creator_name": "sandbox"}
            objects.rows("service-accounts")[account] = {**row, "created_at": created}
            # ORG_MEMBER comes with every service account [D]; it grants hardly anything.
            names = sorted(self._settings.roles.get(secret, ROLES) - {"ORG_MEMBER"})
            set_grants(self._store, account, [grant(name) for name in names])
            if secret in self._keys:
                key = {
                    "id": self._keys[secret],
                    "name": "sandbox",
                    "service_account_id": account,
                    "created_at": created,
                }
                objects.rows("api-keys")[self._keys[secret]] = {**key, "_mark": full_mark(secret)}
            else:
                self._tokens[secret] = account

    def authenticate(self, authorization: str | None, vanity_name: str | None) -> Caller:
        """Return the caller; raises ``ApiError`` 401 without ever repeating what was sent."""
        scheme, _unused, secret = (authorization or "").partition(" ")
        secret = secret.strip()
        if scheme.lower() != "bearer" or not secret:
            raise unauthenticated("missing bearer token")
        objects = self._store.objects
        key = objects.rows("api-keys").get(self._keys.get(secret) or key_id(secret), {})
        account = key.get("service_account_id") if key.get("_mark") == full_mark(secret) else None
        if account is None and vanity_name and vanity_name.strip():
            account = self._tokens.get(secret)
        row = objects.rows("service-accounts").get(account or "")
        if account is None or row is None:
            raise unauthenticated("invalid bearer token")
        return Caller(account, row["name"], fingerprint(secret), roles_at(self._store, account))


def key_id(secret: str) -> str:
    """The id of a key: its first part; for one of another shape an id made from its fingerprint."""
    if re.fullmatch(r"CCDB1_[0-9A-Za-z]{22}_[0-9A-Za-z]+", secret):
        return secret[:28]
    return f"CCDB1_{fingerprint(secret, 22)}"


def full_mark(secret: str) -> str:
    """The whole SHA-256 of a key, by which it is recognized."""
    return fingerprint(secret, 64)


def bearer_fingerprint(authorization: str | None) -> str | None:
    """The fingerprint of whatever bearer was sent, ``None`` without one."""
    secret = (authorization or "").partition(" ")[2].strip()
    return fingerprint(secret) if secret else None
