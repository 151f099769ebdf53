# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who runs a statement, where, and with which arguments; and what a statement answers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crdb_emulator.cluster_api.accounts import PUBLIC, Accounts
from crdb_emulator.cluster_api.acl import Acl
from crdb_emulator.cluster_api.catalog import OIDS, Catalog
from crdb_emulator.cluster_api.running import RunningCluster
from crdb_emulator.cluster_api.sql.errors import SqlError, denied, no_role
from crdb_emulator.cluster_api.sql.parser import CURRENT_USER

UNKNOWN = "UNKNOWN"
_UNKNOWN_OID = 705


@dataclass(slots=True)
class Result:
    """Columns as (name, type) and rows; or no columns and how many rows were affected."""

    columns: list[tuple[str, str]] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    affected: int = 0

    def columns_json(self) -> list[dict[str, Any]]:
        """``{name, type, oid}``; what has no rows has the one column ``rows_affected`` [H]."""
        columns = self.columns or [("rows_affected", "INT8")]
        return [{"name": name, "type": kind, "oid": OIDS.get(kind, _UNKNOWN_OID)} for name, kind in columns]


@dataclass(slots=True)
class Session:
    """What a statement sees of its surroundings."""

    cluster: RunningCluster
    user: str
    database: str
    now: str
    arguments: tuple[Any, ...] = ()

    @property
    def accounts(self) -> Accounts:
        """Users and roles."""
        return self.cluster.accounts

    @property
    def catalog(self) -> Catalog:
        """Databases, schemas, tables."""
        return self.cluster.catalog

    @property
    def is_admin(self) -> bool:
        """Whether the user is root or a member of admin."""
        return self.accounts.is_admin(self.user)

    @property
    def identities(self) -> set[str]:
        """Everybody whose privileges the user has."""
        return self.accounts.identities(self.user)

    def role(self, name: str) -> str:
        """A role as written, CURRENT_USER resolved."""
        return self.user if name == CURRENT_USER else name

    def roles(self, names: Iterable[str], *, public: bool = True) -> list[str]:
        """Existing roles; raises 42704."""
        found = [self.role(name) for name in names]
        for name in found:
            if name not in self.accounts and not (public and name == PUBLIC):
                raise no_role(name)
        return found

    def require(self, acl: Acl, owner: str, privilege: str, what: str) -> None:
        """Raises 42501 unless the user has a privilege, or owns the object."""
        if not acl.has(self.identities, privilege) and owner not in self.identities:
            raise denied(f"user {self.user} does not have {privilege} privilege on {what}")


def argument(value: Any) -> tuple[Any, str]:
    """A JSON argument and its type: Go reads every number as a float [H]; lists and objects are refused."""
    if value is None:
        return None, UNKNOWN
    if isinstance(value, bool):
        return value, "BOOL"
    if isinstance(value, (int, float)):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isinf(number):
            raise SqlError("22003", "numeric value out of range")
        return number, "FLOAT8"
    if isinstance(value, str):
        return value, "STRING"
    kind = "map[string]interface {}" if isinstance(value, Mapping) else "[]interface {}"
    raise SqlError("XX000", f"could not parse {kind} as an argument")
