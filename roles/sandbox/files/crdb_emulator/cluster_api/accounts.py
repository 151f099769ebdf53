# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL users and roles of the running cluster, and how they hang together with the Cloud API's.

A SQL user made through the Cloud API for the cluster of this name can log in here, as a member of admin; one that is
deleted there is gone here, with its sessions, privileges and memberships. Of a password only what a login needs is
kept: a salted hash here, the fingerprint of the Cloud side there.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field

ROOT, ADMIN, PUBLIC = "root", "admin", "public"
RESERVED = frozenset({"none", PUBLIC, "node"})


def fold(name: str) -> str:
    """User names are folded to lower case [H]."""
    return unicodedata.normalize("NFC", name.lower())


@dataclass(slots=True)
class Account:
    """A user (``login``) or a role; ``member_of`` says with which roles, and whether with the ADMIN OPTION."""

    name: str
    login: bool = True
    cloud: bool = False
    member_of: dict[str, bool] = field(default_factory=dict)
    _salt: bytes = b""
    _hash: bytes = b""

    def set_password(self, password: str | None) -> None:
        """Keep a salted hash; ``None`` or an empty one: no login by password."""
        self._salt = secrets.token_bytes(16) if password else b""
        self._hash = _hashed(password, self._salt) if password else b""

    def check(self, password: str) -> bool:
        """Whether the password is right."""
        return bool(self._hash) and hmac.compare_digest(self._hash, _hashed(password, self._salt))


def _hashed(password: str, salt: bytes) -> bytes:
    return hashlib.blake2b(password.encode("utf-8", "surrogatepass"), digest_size=32, salt=salt).digest()


class Accounts:
    """Everybody, by name; root and the role admin are always there."""

    def __init__(self) -> None:
        self.by_name: dict[str, Account] = {
            ADMIN: Account(ADMIN, login=False),
            ROOT: Account(ROOT, member_of={ADMIN: True}),
        }

    def __contains__(self, name: str) -> bool:
        return name in self.by_name

    def add(self, account: Account) -> Account:
        """Take in a user or a role."""
        self.by_name[account.name] = account
        return account

    def drop(self, name: str) -> None:
        """Forget a user or a role, and every membership in it."""
        del self.by_name[name]
        for account in self.by_name.values():
            account.member_of.pop(name, None)

    def users(self) -> list[str]:
        """Names of those who may log in, sorted; roles excluded."""
        return sorted(name for name, account in self.by_name.items() if account.login)

    def roles_of(self, name: str) -> set[str]:
        """Every role a user is a member of, directly or not; without itself and without public."""
        found: set[str] = set()
        todo = [name]
        while todo:
            account = self.by_name.get(todo.pop())
            new = set(account.member_of) - found if account else set()
            found |= new
            todo += new
        return found

    def identities(self, name: str) -> set[str]:
        """Everybody whose privileges a user has: itself, its roles, public."""
        return {name, PUBLIC} | self.roles_of(name)

    def is_admin(self, name: str) -> bool:
        """Whether a user is root or a member of admin."""
        return name in (ROOT, ADMIN) or ADMIN in self.roles_of(name)

    def may_administer(self, name: str, role: str) -> bool:
        """Whether a user may give a role to others."""
        holders = {name} | self.roles_of(name)
        return any(self.by_name[holder].member_of.get(role, False) for holder in holders if holder in self.by_name)

    def memberships(self) -> list[tuple[str, str, bool]]:
        """Role, member, with ADMIN OPTION: sorted."""
        return sorted(
            (role, name, option) for name, account in self.by_name.items() for role, option in account.member_of.items()
        )
