# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What statements mean, as data.

``effect`` of a statement is READ when it changes nothing, WRITE when it may, and NEUTRAL for what only moves a
transaction; ``tag`` is the server's name for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

READ, WRITE, NEUTRAL = "read", "write", "neutral"
STAR = "*"


@dataclass(frozen=True, slots=True)
class Name:
    """A dotted name; with ``star`` it ends in ``.*`` and the parts are what stands before."""

    parts: tuple[str, ...]
    star: bool = False

    def __str__(self) -> str:
        return ".".join((*self.parts, STAR) if self.star else self.parts)


@dataclass(frozen=True, slots=True)
class Target:
    """What privileges are on: a kind of ``acl.py`` and names; ``in_schemas`` for ALL TABLES IN SCHEMA."""

    kind: str
    names: tuple[Name, ...] = ()
    in_schemas: bool = False


class Expression:
    """Anything with a value."""


@dataclass(frozen=True)
class Literal(Expression):
    """A constant: str, int, float, bool or ``None``."""

    value: Any


@dataclass(frozen=True)
class Placeholder(Expression):
    """``$1``; counted from 1."""

    number: int


@dataclass(frozen=True)
class Reference(Expression):
    """A column."""

    name: str


@dataclass(frozen=True)
class Call(Expression):
    """A function; ``count(*)`` has no arguments."""

    name: str
    arguments: tuple[Expression, ...] = ()


@dataclass(frozen=True)
class Binary(Expression):
    """An operator between two values; ``is`` and ``is not`` compare with NULL."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Unary(Expression):
    """``-`` or ``not``."""

    operator: str
    operand: Expression


class Statement:
    """Any statement."""

    tag: ClassVar[str] = ""
    effect: ClassVar[str] = READ


@dataclass(frozen=True)
class ShowDatabases(Statement):
    """SHOW DATABASES."""

    tag: ClassVar[str] = "SHOW DATABASES"


@dataclass(frozen=True)
class ShowRoles(Statement):
    """SHOW ROLES."""

    tag: ClassVar[str] = "SHOW ROLES"


@dataclass(frozen=True)
class ShowUsers(ShowRoles):
    """SHOW USERS, which lists the same."""

    tag: ClassVar[str] = "SHOW USERS"


@dataclass(frozen=True)
class ShowTables(Statement):
    """SHOW TABLES [FROM ...]."""

    source: Name | None
    tag: ClassVar[str] = "SHOW TABLES"


@dataclass(frozen=True)
class ShowSchemas(Statement):
    """SHOW SCHEMAS [FROM ...]."""

    database: str | None
    tag: ClassVar[str] = "SHOW SCHEMAS"


@dataclass(frozen=True)
class ShowGrants(Statement):
    """SHOW GRANTS; no target means everything in the current database."""

    target: Target | None
    grantees: tuple[str, ...]
    tag: ClassVar[str] = "SHOW GRANTS"


@dataclass(frozen=True)
class ShowRoleGrants(Statement):
    """SHOW GRANTS ON ROLE."""

    roles: tuple[str, ...]
    members: tuple[str, ...]
    tag: ClassVar[str] = "SHOW GRANTS ON ROLE"


@dataclass(frozen=True)
class Grant(Statement):
    """GRANT privileges ON ... TO ..."""

    privileges: tuple[str, ...]
    target: Target
    grantees: tuple[str, ...]
    option: bool
    tag: ClassVar[str] = "GRANT"
    effect: ClassVar[str] = WRITE


@dataclass(frozen=True)
class Revoke(Statement):
    """REVOKE [GRANT OPTION FOR] privileges ON ... FROM ..."""

    privileges: tuple[str, ...]
    target: Target
    grantees: tuple[str, ...]
    option_only: bool
    tag: ClassVar[str] = "REVOKE"
    effect: ClassVar[str] = WRITE


@dataclass(frozen=True)
class GrantRole(Statement):
    """GRANT role TO ... [WITH ADMIN OPTION]."""

    roles: tuple[str, ...]
    members: tuple[str, ...]
    option: bool
    tag: ClassVar[str] = "GRANT"
    effect: ClassVar[str] = WRITE


@dataclass(frozen=True)
class RevokeRole(Statement):
    """REVOKE [ADMIN OPTION FOR] role FROM ..."""

    roles: tuple[str, ...]
    members: tuple[str, ...]
    option_only: bool
    tag: ClassVar[str] = "REVOKE"
    effect: ClassVar[str] = WRITE


@dataclass(frozen=True)
class CreateDatabase(Statement):
    """CREATE DATABASE."""

    name: str
    if_not_exists: bool
    tag: ClassVar[str] = "CREATE DATABASE"
    effect: ClassVar[str] = WRITE


@dataclass(frozen=True)
class DropDatabase(Statement):
    """DROP DATABASE; CASCADE unless RESTRICT is said."""

    name: str
    if_exists: bool
    restrict: bool
    tag: ClassVar[str] = "DROP DATABASE"
    effect: ClassVar[str] = WRITE


@dataclass(frozen=True)
class CreateRole(Statement):
    """CREATE USER or CREATE ROLE; a password may be a placeholder."""

    name: str
    login: bool
    if_not_exists: bool
    password: Expression | None
    tag: ClassVar[str] = "CREATE ROLE"
    effect: ClassVar[str] = WRITE


@dataclass(frozen=True)
class DropRole(Statement):
    """DROP USER or DROP ROLE."""

    names: tuple[str, ...]
    if_exists: bool
    tag: ClassVar[str] = "DROP ROLE"
    effect: ClassVar[str] = WRITE


@dataclass(frozen=True)
class Set(Statement):
    """SET of a session variable: without effect, there is no session [H]."""

    variable: str
    tag: ClassVar[str] = "SET"
    effect: ClassVar[str] = NEUTRAL


@dataclass(frozen=True)
class SetTransaction(Statement):
    """SET TRANSACTION; ``read_only`` is ``None`` when it is not about that."""

    read_only: bool | None
    tag: ClassVar[str] = "SET TRANSACTION"
    effect: ClassVar[str] = NEUTRAL


@dataclass(frozen=True)
class Begin(Statement):
    """BEGIN or START TRANSACTION."""

    read_only: bool | None
    tag: ClassVar[str] = "BEGIN"
    effect: ClassVar[str] = NEUTRAL


@dataclass(frozen=True)
class Commit(Statement):
    """COMMIT or END."""

    tag: ClassVar[str] = "COMMIT"
    effect: ClassVar[str] = NEUTRAL


@dataclass(frozen=True)
class Rollback(Statement):
    """ROLLBACK or ABORT."""

    tag: ClassVar[str] = "ROLLBACK"
    effect: ClassVar[str] = NEUTRAL


@dataclass(frozen=True)
class Item:
    """A column of a SELECT; no expression means ``*``."""

    expression: Expression | None
    alias: str | None = None


@dataclass(frozen=True)
class Select(Statement):
    """SELECT; ``order_by`` is a column and whether descending."""

    items: tuple[Item, ...]
    table: Name | None = None
    where: Expression | None = None
    order_by: tuple[tuple[str, bool], ...] = ()
    limit: Expression | None = None
    tag: ClassVar[str] = "SELECT"


@dataclass(frozen=True)
class Insert(Statement):
    """INSERT INTO ... VALUES."""

    table: Name
    columns: tuple[str, ...]
    rows: tuple[tuple[Expression, ...], ...]
    tag: ClassVar[str] = "INSERT"
    effect: ClassVar[str] = WRITE


@dataclass(frozen=True)
class Delete(Statement):
    """DELETE FROM ... WHERE."""

    table: Name
    where: Expression | None
    tag: ClassVar[str] = "DELETE"
    effect: ClassVar[str] = WRITE
