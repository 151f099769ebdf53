# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line decides, as one immutable object that every part reads."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from crdb_emulator.cluster_api.options import ClusterOptions
from crdb_emulator.versions import LATEST, ApiVersion

# The documented shape of a key, CCDB1_<22 alphanumerics>_<40 alphanumerics> [D]; it opens nothing but this emulator.
DEFAULT_API_KEY = "CCDB1_sandbox000000000000000_emulatoronly0000000000000000000000000000"

# [G] The nouns of which two alike are refused, of those where nothing says so.
UNIQUE = ("folders", "jwt-issuers", "persons")
MAY_BE_UNIQUE = (*UNIQUE, "service-accounts", "api-keys", "private-endpoint-connections")

SPEC = "spec"
SEED = "seed"


def fingerprint(secret: str, length: int = 12) -> str:
    """The first hexadecimal digits of the SHA-256 of a secret: tells two secrets apart without showing either."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:length]


@dataclass(frozen=True, slots=True)
class Settings:
    """Options of the emulator. Where the service is undocumented the default is the documented guess [G]."""

    api_keys: tuple[str, ...] = (DEFAULT_API_KEY,)
    jwts: tuple[str, ...] = ()
    roles: dict[str, frozenset[str]] = field(default_factory=dict)
    default_version: ApiVersion = LATEST
    profile: str = SPEC
    rate_limit: float = 10.0
    rate_limit_status: int = 429
    latency: float = 0.0
    create_seconds: float = 2.0
    operation_seconds: float = 2.0
    delete_seconds: float = 0.0
    propagate_seconds: float = 0.0
    seed_clusters: int = 0
    page_size: int = 100
    folders: frozenset[str] = frozenset()
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    backup_seconds: float = 3600.0
    unique: tuple[str, ...] = UNIQUE
    refusal_status: int = 400
    unknown_user_status: int = 400
    org_member_required: bool = False
    exact_email: bool = False
    restore_locks: bool = True
    organization_id_in_roles: bool = False
    request_log: str | None = None
    spend_limit_put: bool = True
    editions: bool = True
    allow_duplicate_names: bool = False
    allowlist_conflict: bool = False
    audit_inclusive: bool = False
    delete_while_creating: bool = False
    repeat_delete_status: int = 404
    cluster: ClusterOptions = field(default_factory=ClusterOptions)

    @property
    def seed_profile(self) -> bool:
        """Whether the answers follow the first public documentation page where it differs from the specification."""
        return self.profile == SEED
