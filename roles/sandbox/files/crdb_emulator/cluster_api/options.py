# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line decides about the running cluster."""

from __future__ import annotations

from dataclasses import dataclass

ADMIN = "admin"
VIEWCLUSTERMETADATA = "VIEWCLUSTERMETADATA"
PLAIN = "plain"
USER_KINDS = (ADMIN, VIEWCLUSTERMETADATA, PLAIN)

# Statements of one request share a transaction; whether they share its modes as well, see sql/transaction.py.
PER_REQUEST = "request"
PER_STATEMENT = "statement"

DEFAULT_NAME = "sandbox-advanced"
DEFAULT_VERSION = "25.4"
WEEK = 168 * 3600.0


@dataclass(frozen=True, slots=True)
class UserOption:
    """A SQL user that exists from the start; ``kind`` is one of ``USER_KINDS``."""

    name: str
    password: str
    kind: str = ADMIN


# Whoever looks after a cluster, with a password that is public and opens nothing but this emulator.
MONITOR = UserOption("monitor", "sandbox-monitor-emulator-only", VIEWCLUSTERMETADATA)


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """Options of the running cluster."""

    version: str = DEFAULT_VERSION
    insecure: bool = False
    name: str = DEFAULT_NAME
    seed: bool = False
    session_seconds: float = WEEK
    users: tuple[UserOption, ...] = ()
    ranges: int = 60
    sessions: int = 5
    events: int = 40
    sql_modes: str = PER_REQUEST
