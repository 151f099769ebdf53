# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements: parsing, by recursive descent.

    script     = [statement] { ";" [statement] }
    statement  = show | grant | revoke | create | drop | set | begin | COMMIT | END | ROLLBACK | ABORT
               | select | insert | delete                 (COMMIT etc. may be followed by TRANSACTION)
    show       = SHOW DATABASES | SHOW USERS | SHOW ROLES
               | SHOW TABLES [FROM name] | SHOW SCHEMAS [FROM name]
               | SHOW GRANTS [ON target] [FOR roles] | SHOW GRANTS ON ROLE [roles] [FOR roles]
               | SHOW SYSTEM GRANTS [FOR roles]
    grant      = GRANT privileges ON target TO roles [WITH GRANT OPTION]
               | GRANT SYSTEM privileges TO roles [WITH GRANT OPTION]
               | GRANT roles TO roles [WITH ADMIN OPTION]
    revoke     = REVOKE [GRANT OPTION FOR] privileges ON target FROM roles
               | REVOKE [GRANT OPTION FOR] SYSTEM privileges FROM roles
               | REVOKE [ADMIN OPTION FOR] roles FROM roles
    privileges = ALL [PRIVILEGES] | word { "," word }
    target     = DATABASE name { "," name } | SCHEMA pattern { "," pattern }
               | ALL TABLES IN SCHEMA pattern { "," pattern } | [TABLE] pattern { "," pattern }
    pattern    = "*" | name [ ".*" ]                      (a name has up to three parts)
    create     = CREATE DATABASE [IF NOT EXISTS] name
               | CREATE (USER|ROLE) [IF NOT EXISTS] role [WITH] { option }
    option     = PASSWORD (string | NULL | placeholder) | LOGIN | NOLOGIN
    drop       = DROP DATABASE [IF EXISTS] name [CASCADE|RESTRICT] | DROP (USER|ROLE) [IF EXISTS] roles
    set        = SET [SESSION|LOCAL] word ("="|TO) value { "," value }
               | SET [SESSION CHARACTERISTICS AS] TRANSACTION modes
    begin      = BEGIN [TRANSACTION] [modes] | START TRANSACTION [modes]
    modes      = mode { [","] mode };  mode = READ ONLY | READ WRITE | ISOLATION LEVEL word [word] | PRIORITY word
    select     = SELECT item { "," item } [FROM name] [WHERE expression]
                 [ORDER BY identifier [ASC|DESC] { "," ... }] [LIMIT expression]
    item       = "*" | expression [[AS] identifier]
    insert     = INSERT INTO name ["(" identifiers ")"] VALUES row { "," row };  row = "(" expressions ")"
    delete     = DELETE FROM name [WHERE expression]
    expression = and { OR and };  and = not { AND not };  not = { NOT } comparison
    comparison = sum [ ("="|"<>"|"!="|"<"|">"|"<="|">=") sum | IS [NOT] NULL ]
    sum        = product { ("+"|"-") product };  product = sign { ("*"|"/"|"//"|"%") sign }
    sign       = { "+"|"-" } primary
    primary    = string | number | placeholder | TRUE | FALSE | NULL | CURRENT_USER | identifier
               | identifier "(" [expressions] ")" | COUNT "(" "*" ")" | "(" expression ")"

Everything else is answered as the server answers what it cannot read: 42601 ``at or near "x": syntax error``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from crdb_emulator.cluster_api.accounts import fold
from crdb_emulator.cluster_api.acl import ALL, DATABASE, KNOWN, SCHEMA, SYSTEM, TABLE
from crdb_emulator.cluster_api.sql import syntax
from crdb_emulator.cluster_api.sql.expressions import expression
from crdb_emulator.cluster_api.sql.lexer import Kind
from crdb_emulator.cluster_api.sql.queries_parser import delete, insert, select
from crdb_emulator.cluster_api.sql.stream import Stream
from crdb_emulator.cluster_api.sql.syntax import Statement, Target

T = TypeVar("T")

# Stands for the user who runs the statement wherever a role is named; no role can have this name.
CURRENT_USER = "\0current_user"
# [H] Keywords that are privileges although they are reserved.
_RESERVED_PRIVILEGES = ("select", "create", "grant")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A statement, how the server would print it, and how many placeholders it has."""

    statement: Statement
    text: str
    placeholders: int


def parse(text: str) -> list[Parsed]:
    """The statements of a text; raises ``SqlError`` 42601."""
    stream = Stream(text)
    found: list[Parsed] = []
    while not stream.at_end:
        if stream.accept_symbol(";"):
            continue
        stream.start()
        statement = _statement(stream)
        found.append(Parsed(statement, stream.text, stream.placeholders))
        if not stream.at_end:
            stream.expect_symbol(";")
    return found


def _statement(stream: Stream) -> Statement:
    for word, rule in _RULES.items():
        if stream.accept(word):
            return rule(stream)
    raise stream.error()


def _list(stream: Stream, element: Callable[[], T]) -> tuple[T, ...]:
    found = [element()]
    while stream.accept_symbol(","):
        found.append(element())
    return tuple(found)


def _role(stream: Stream) -> str:
    for word in ("current_user", "session_user"):
        if stream.accept(word):
            return CURRENT_USER
    return fold(stream.identifier())


def _roles(stream: Stream) -> tuple[str, ...]:
    return _list(stream, lambda: _role(stream))


def _for_roles(stream: Stream) -> tuple[str, ...]:
    return _roles(stream) if stream.accept("for") else ()


def _show(stream: Stream) -> Statement:
    if stream.accept("databases"):
        return syntax.ShowDatabases()
    if stream.accept("users"):
        return syntax.ShowUsers()
    if stream.accept("roles"):
        return syntax.ShowRoles()
    if stream.accept("tables"):
        return syntax.ShowTables(stream.name(most=2) if stream.accept("from") else None)
    if stream.accept("schemas"):
        return syntax.ShowSchemas(stream.identifier() if stream.accept("from") else None)
    if stream.accept("system"):
        stream.expect("grants")
        return syntax.ShowGrants(Target(SYSTEM), _for_roles(stream))
    stream.expect("grants")
    if stream.accept("on", "role"):
        none = stream.at_word("for") or stream.at_symbol(";") or stream.at_end
        return syntax.ShowRoleGrants(() if none else _roles(stream), _for_roles(stream))
    target = _target(stream) if stream.accept("on") else None
    return syntax.ShowGrants(target, _for_roles(stream))


def _target(stream: Stream) -> Target:
    def pattern(most: int) -> Callable[[], syntax.Name]:
        return lambda: stream.name(most=most, star=True)

    if stream.accept("database"):
        return Target(DATABASE, _list(stream, lambda: stream.name(most=1)))
    if stream.accept("schema"):
        return Target(SCHEMA, _list(stream, pattern(2)))
    if stream.accept("all"):
        stream.expect("tables", "in", "schema")
        return Target(TABLE, _list(stream, pattern(2)), in_schemas=True)
    stream.accept("table")
    return Target(TABLE, _list(stream, pattern(3)))


def _words(stream: Stream) -> tuple[str, ...]:
    def word() -> str:
        known = stream.token.kind is Kind.WORD and stream.token.text.upper() in KNOWN - {ALL}
        return stream.keyword() if known or stream.at_word(*_RESERVED_PRIVILEGES) else stream.identifier()

    if stream.accept("all"):
        stream.accept("privileges")
        return (ALL,)
    return _list(stream, word)


def _at_system(stream: Stream) -> bool:
    behind = stream.next_token
    is_role = behind.kind is not Kind.WORD or behind.text in ("to", "from", "on")
    return stream.at_word("system") and not is_role


def _privileges(stream: Stream, words: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(word.upper() for word in words)
    for name, word in zip(names, words, strict=True):
        if name not in KNOWN:
            raise stream.error(f'not a valid privilege: "{word}"')
    return names


def _grant(stream: Stream) -> Statement:
    if _at_system(stream):
        stream.expect("system")
        privileges, target = _privileges(stream, _words(stream)), Target(SYSTEM)
    else:
        words = _words(stream)
        if words != (ALL,) and stream.accept("to"):
            roles = tuple(fold(word) for word in words)
            return syntax.GrantRole(roles, _roles(stream), stream.accept("with", "admin", "option"))
        stream.expect("on")
        target = _target(stream)
        privileges = _privileges(stream, words)
    stream.expect("to")
    return syntax.Grant(privileges, target, _roles(stream), stream.accept("with", "grant", "option"))


def _revoke(stream: Stream) -> Statement:
    if stream.accept("admin", "option", "for"):
        return _revoke_role(stream, _words(stream), option_only=True)
    option_only = stream.accept("grant", "option", "for")
    if _at_system(stream):
        stream.expect("system")
        privileges, target = _privileges(stream, _words(stream)), Target(SYSTEM)
    else:
        words = _words(stream)
        if stream.at_word("from") and words != (ALL,) and not option_only:
            return _revoke_role(stream, words, option_only=False)
        stream.expect("on")
        target = _target(stream)
        privileges = _privileges(stream, words)
    stream.expect("from")
    return syntax.Revoke(privileges, target, _roles(stream), option_only)


def _revoke_role(stream: Stream, words: tuple[str, ...], *, option_only: bool) -> Statement:
    stream.expect("from")
    return syntax.RevokeRole(tuple(fold(word) for word in words), _roles(stream), option_only)


def _create(stream: Stream) -> Statement:
    if stream.accept("database"):
        exists = stream.accept("if", "not", "exists")
        return syntax.CreateDatabase(stream.identifier(), exists)
    login = stream.at_word("user")
    if not stream.accept("user"):
        stream.expect("role")
    exists = stream.accept("if", "not", "exists")
    name = _role(stream)
    stream.accept("with")
    password: syntax.Expression | None = None
    while True:
        if stream.accept("password"):
            if stream.token.kind is Kind.STRING:
                password = syntax.Literal(stream.secret())
            elif stream.token.kind is Kind.PLACEHOLDER or stream.at_word("null"):
                password = expression(stream)
            else:
                raise stream.error()
        elif stream.accept("login"):
            login = True
        elif stream.accept("nologin"):
            login = False
        else:
            return syntax.CreateRole(name, login, exists, password)


def _drop(stream: Stream) -> Statement:
    if stream.accept("database"):
        exists = stream.accept("if", "exists")
        name = stream.identifier()
        restrict = stream.accept("restrict")
        stream.accept("cascade")
        return syntax.DropDatabase(name, exists, restrict)
    if not stream.accept("user"):
        stream.expect("role")
    exists = stream.accept("if", "exists")
    return syntax.DropRole(_roles(stream), exists)


def _set(stream: Stream) -> Statement:
    if stream.accept("session", "characteristics", "as", "transaction"):
        _modes(stream)
        return syntax.Set("default_transaction")
    if stream.accept("transaction"):
        return syntax.SetTransaction(_modes(stream))
    if not stream.accept("session"):
        stream.accept("local")
    variable = stream.identifier()
    if not stream.accept_symbol("="):
        stream.expect("to")
    _list(stream, lambda: stream.keyword() if stream.token.kind is Kind.WORD else expression(stream))
    return syntax.Set(variable)


def _modes(stream: Stream) -> bool | None:
    """Read-only or not, ``None`` when the modes do not say."""
    read_only: bool | None = None
    while True:
        if stream.accept("read", "only"):
            read_only = True
        elif stream.accept("read", "write"):
            read_only = False
        elif stream.accept("isolation", "level"):
            stream.keyword()
            if stream.at_word("committed", "uncommitted", "read"):
                stream.keyword()
        elif stream.accept("priority"):
            stream.keyword()
        else:
            return read_only
        stream.accept_symbol(",")


def _begin(stream: Stream) -> Statement:
    stream.accept("transaction")
    return syntax.Begin(_modes(stream))


def _start(stream: Stream) -> Statement:
    stream.expect("transaction")
    return syntax.Begin(_modes(stream))


def _end(statement: Statement) -> Callable[[Stream], Statement]:
    def rule(stream: Stream) -> Statement:
        stream.accept("transaction")
        return statement

    return rule


_RULES: dict[str, Callable[[Stream], Statement]] = {
    "show": _show,
    "grant": _grant,
    "revoke": _revoke,
    "create": _create,
    "drop": _drop,
    "set": _set,
    "begin": _begin,
    "start": _start,
    "commit": _end(syntax.Commit()),
    "end": _end(syntax.Commit()),
    "rollback": _end(syntax.Rollback()),
    "abort": _end(syntax.Rollback()),
    "select": select,
    "insert": insert,
    "delete": delete,
}
