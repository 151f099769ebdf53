# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call: bearer keys, JSON Web Tokens, and the roles that each request needs.

[D] ``Authorization: Bearer <secret>``, the secret being an API key of a service account, or a JSON Web Token of a
registered issuer together with the header ``Cc-Vanity-Name``. An unknown one is answered with 401, a missing role
with 403. A key has every role unless the command line narrows it. The texts of both errors are [G].
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from crdb_emulator.errors import forbidden, unauthenticated
from crdb_emulator.settings import Settings, fingerprint

ROLES = frozenset(
    {
        "ORG_MEMBER",
        "ORG_ADMIN",
        "BILLING_COORDINATOR",
        "BILLING_VIEWER",
        "CLUSTER_ADMIN",
        "CLUSTER_OPERATOR_WRITER",
        "CLUSTER_DEVELOPER",
        "CLUSTER_CREATOR",
        "CLUSTER_MONITOR",
        "METRICS_VIEWER",
        "FOLDER_ADMIN",
        "FOLDER_MOVER",
    }
)
_ADMIN = frozenset({"CLUSTER_ADMIN"})
_OPERATE = _ADMIN | {"CLUSTER_OPERATOR_WRITER"}
_DEVELOP = _OPERATE | {"CLUSTER_DEVELOPER"}

# [D] The role lists of the 2024-09-16 specification, which wins over the older callouts of the documentation page.
ANY_MEMBER = ROLES
READ_CLUSTERS = _DEVELOP | {"ORG_ADMIN", "FOLDER_ADMIN", "FOLDER_MOVER", "METRICS_VIEWER", "CLUSTER_MONITOR"}
READ_NODES = _DEVELOP | {"ORG_ADMIN"}
READ_CHILDREN = _DEVELOP
CREATE_CLUSTERS = _ADMIN | {"CLUSTER_CREATOR"}
DELETE_CLUSTERS = _ADMIN
UPDATE_CLUSTERS = _OPERATE
WRITE_ALLOWLIST = _OPERATE
WRITE_DATABASES = _OPERATE
WRITE_SQL_USERS = _ADMIN
READ_AUDIT = frozenset({"ORG_ADMIN"})
READ_ORGANIZATION = frozenset({"ORG_ADMIN", "ORG_MEMBER"})
# [D] Documentation page only: Cluster Admin or Cluster Developer.
SET_SPEND_LIMIT = _DEVELOP

_JWT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$")


def looks_like_jwt(token: str) -> bool:
    """Three base64url parts separated by dots."""
    return _JWT.match(token) is not None


@dataclass(frozen=True, slots=True)
class Caller:
    """The service account behind a request."""

    id: str
    name: str
    key: str
    roles: frozenset[str]

    def require(self, allowed: frozenset[str], *, made: bool = False) -> None:
        """Raise ``ApiError`` 403 unless one of the roles is held.

        ``made`` says that the request is about what this account has made: who creates a cluster gets CLUSTER_ADMIN on it
        [D], whatever other roles there are.
        """
        if not self.roles & allowed and not (made and _ADMIN & allowed):
            raise forbidden("permission denied: the service account does not have the role this request needs")


class Keyring:
    """The keys and tokens that are accepted."""

    def __init__(self, settings: Settings) -> None:
        self._keys = {key: self._caller(key, settings) for key in settings.api_keys}
        self._jwts = {token: self._caller(token, settings) for token in settings.jwts}

    @staticmethod
    def _caller(secret: str, settings: Settings) -> Caller:
        mark = fingerprint(secret)
        roles = settings.roles.get(secret)
        # ORG_MEMBER comes with every service account [D]; it grants hardly anything.
        held = ROLES if roles is None else roles | {"ORG_MEMBER"}
        return Caller(str(uuid.uuid5(uuid.NAMESPACE_OID, mark)), f"sandbox-{mark[:6]}", mark, held)

    def authenticate(self, authorization: str | None, vanity_name: str | None) -> Caller:
        """Return the caller; raises ``ApiError`` 401 without ever repeating what was sent."""
        scheme, _unused, secret = (authorization or "").partition(" ")
        secret = secret.strip()
        if scheme.lower() != "bearer" or not secret:
            raise unauthenticated("missing bearer token")
        caller = self._keys.get(secret)
        if caller is None and vanity_name and vanity_name.strip():
            caller = self._jwts.get(secret)
        if caller is None:
            raise unauthenticated("invalid bearer token")
        return caller


def bearer_fingerprint(authorization: str | None) -> str | None:
    """The fingerprint of whatever bearer was sent, ``None`` without one."""
    secret = (authorization or "").partition(" ")[2].strip()
    return fingerprint(secret) if secret else None
