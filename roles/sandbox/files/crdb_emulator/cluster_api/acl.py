# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Privileges on one object: who has which, and who may pass them on.

``ALL`` is kept as such, and becomes the single privileges without the revoked one when part of it is revoked [H].
root and admin have exactly ALL on everything but the system database [H].
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

ALL = "ALL"
DATABASE, SCHEMA, TABLE, SYSTEM = "database", "schema", "table", "system"

PRIVILEGES: dict[str, tuple[str, ...]] = {
    DATABASE: ("BACKUP", "CONNECT", "CREATE", "DROP", "RESTORE", "ZONECONFIG"),
    SCHEMA: ("CREATE", "USAGE"),
    TABLE: (
        *("BACKUP", "CHANGEFEED", "CREATE", "DELETE", "DROP", "INSERT", "SELECT", "TRIGGER", "UPDATE", "ZONECONFIG"),
    ),
    SYSTEM: (
        *("CANCELQUERY", "CONTROLJOB", "CREATEDB", "CREATELOGIN", "CREATEROLE", "EXTERNALCONNECTION"),
        *("MANAGEVIRTUALCLUSTER", "MODIFYCLUSTERSETTING", "MODIFYSQLCLUSTERSETTING", "REPAIRCLUSTER", "REPLICATION"),
        *("RESTORE", "BACKUP", "CHANGEFEED", "VIEWACTIVITY", "VIEWACTIVITYREDACTED", "VIEWCLUSTERMETADATA"),
        *("VIEWCLUSTERSETTING", "VIEWDEBUG", "VIEWJOB", "VIEWSYSTEMTABLE", "NOSQLLOGIN"),
    ),
}
KNOWN = frozenset(name for names in PRIVILEGES.values() for name in names) | {ALL, "EXECUTE"}


@dataclass(slots=True)
class Entry:
    """What one grantee has."""

    privileges: set[str] = field(default_factory=set)
    grantable: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Acl:
    """The privileges on one object of a kind."""

    kind: str
    entries: dict[str, Entry] = field(default_factory=dict)

    def grant(self, grantee: str, privileges: Iterable[str], *, option: bool = False) -> None:
        """Add privileges."""
        entry = self.entries.setdefault(grantee, Entry())
        for name in privileges:
            _add(entry.privileges, name)
            if option:
                _add(entry.grantable, name)

    def revoke(self, grantee: str, privileges: Iterable[str], *, option_only: bool = False) -> None:
        """Take privileges away, or only the right to pass them on."""
        entry = self.entries.get(grantee)
        if entry is None:
            return
        for name in privileges:
            self._remove(entry.grantable, name)
            if not option_only:
                self._remove(entry.privileges, name)
        if not entry.privileges:
            del self.entries[grantee]

    def _remove(self, held: set[str], name: str) -> None:
        if name == ALL:
            held.clear()
        elif ALL in held:
            held.clear()
            held.update(set(PRIVILEGES[self.kind]) - {name})
        else:
            held.discard(name)

    def has(self, grantees: Iterable[str], privilege: str) -> bool:
        """Whether one of the grantees has it."""
        return any(entry.privileges & {privilege, ALL} for entry in self._of(grantees))

    def has_any(self, grantees: Iterable[str]) -> bool:
        """Whether one of the grantees has any privilege at all."""
        return any(entry.privileges for entry in self._of(grantees))

    def may_pass(self, grantees: Iterable[str], privilege: str) -> bool:
        """Whether one of the grantees may grant it."""
        return any(entry.grantable & {privilege, ALL} for entry in self._of(grantees))

    def _of(self, grantees: Iterable[str]) -> list[Entry]:
        return [self.entries[name] for name in grantees if name in self.entries]

    def rows(self) -> list[tuple[str, str, bool]]:
        """Grantee, privilege, grantable: sorted, one privilege a row."""
        return sorted(
            (grantee, name, name in entry.grantable or ALL in entry.grantable)
            for grantee, entry in self.entries.items()
            for name in entry.privileges
        )


def _add(held: set[str], name: str) -> None:
    if name == ALL:
        held.clear()
    if ALL not in held:
        held.add(name)
