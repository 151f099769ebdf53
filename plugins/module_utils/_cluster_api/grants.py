# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Privileges and role memberships of SQL users: read from SHOW GRANTS, planned, and changed in one transaction."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._base.errors import AnswerError, ApiError, CrdbError, OptionError
from .._http.answers import TEXT, ListOf, Object, told
from .._http.session import READ, WRITE
from .._nouns.plan import UPDATE, Plan, Step
from .._reconcile.outcome import conclude, not_there_yet
from .reads import ClusterRun
from .sql import SqlError, execute, quoted

PRIVILEGE = re.compile(r"[A-Z][A-Z_]*")
TABLE_ONLY = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
# SQLSTATE of a database, schema, table, role that is not there.
UNDEFINED = frozenset({"3D000", "3F000", "42P01", "42704"})
# ... of a privilege that is lacking, or can't be passed on.
DENIED = frozenset({"42501", "01007"})
# What ALL is made of: it falls apart into these when a part of it is revoked. Newer servers may know more of them.
PARTS = {
    "DATABASE": ("BACKUP", "CONNECT", "CREATE", "DROP", "RESTORE", "ZONECONFIG"),
    "SCHEMA": ("CREATE", "USAGE"),
    "TABLE": (
        *("BACKUP", "CHANGEFEED", "CREATE", "DELETE", "DROP", "INSERT", "SELECT", "TRIGGER", "UPDATE", "ZONECONFIG"),
    ),
}
# Bytes of a list of grants or tables.
SHOWN = 16 * 1024 * 1024

# What is held, by object: {"bank.public.accounts": {"SELECT": False}}; the value says whether it can be passed on.
Held = dict[str, dict[str, bool]]


@dataclass(frozen=True)
class Target:
    """What privileges are on: *objects* maps names for people to names for SQL."""

    kind: str
    objects: Mapping[str, str]
    show: str

    def grant_list(self, names: list[str]) -> str:
        return f"{self.kind} {', '.join(self.objects[name] for name in names)}"


def ensure_grant(run: ClusterRun) -> dict[str, Any]:
    """The module cluster_api_grant."""
    params = run.params
    user = params["user"].lower()
    quoted(user)
    try:
        if params.get("roles"):
            return _ensure_roles(run, user, list(dict.fromkeys(role.lower() for role in params["roles"])))
        return _ensure_privileges(run, user)
    except (SqlError, ApiError) as error:
        if getattr(error, "code", None) in DENIED:
            error.hint = (
                "Only a member of the role admin, or who holds a privilege with the grant option, can pass it on"
            )
        raise error.during(f"manage the privileges of SQL user '{user}'") from None


def _ensure_roles(run: ClusterRun, user: str, roles: list[str]) -> dict[str, Any]:
    def read() -> dict[str, bool]:
        rows = _show(run, f"SHOW GRANTS ON ROLE FOR {quoted(user)}", ("member", "role_name"), f"SQL user '{user}'")
        return {row["role_name"]: bool(row.get("is_admin")) for row in rows if row.get("member") == user}

    present, admin = run.params["state"] == "present", run.params.get("grant_option")
    found = read()
    statements, after = [], dict(found)
    for role in roles:
        names = f"{quoted(role)} TO {quoted(user)}" if present else f"{quoted(role)} FROM {quoted(user)}"
        if present and (role not in found or (admin and not found[role])):
            statements.append(f"GRANT {names}{' WITH ADMIN OPTION' if admin else ''}")
            after[role] = bool(admin)
        elif present and admin is False and found[role]:
            statements.append(f"REVOKE ADMIN OPTION FOR {quoted(role)} FROM {quoted(user)}")
            after[role] = False
        elif not present and role in found:
            statements.append(f"REVOKE {names}")
            del after[role]

    def shown(held: dict[str, bool]) -> dict[str, Any]:
        return {"user": user, "roles": sorted(held)}

    before, then = _named(found, "ADMIN"), _named(after, "ADMIN")
    plan = _plan(user, statements, "roles", before, then, shown(after))
    return conclude(run, "grant", plan, shown(found), lambda: shown(_apply(run, statements, read, after, after.__eq__)))


def _ensure_privileges(run: ClusterRun, user: str) -> dict[str, Any]:
    params = run.params
    wanted = _privileges(params.get("privileges") or [])
    target = _target(run, params)
    if target.kind == "DATABASE" and TABLE_ONLY & set(wanted):
        raise OptionError(
            f"{', '.join(sorted(TABLE_ONLY & set(wanted)))} is a privilege on tables, not on a database",
            "Set tables, to ['*'] for all tables of the schema",
        )

    def read() -> Held:
        held: Held = {name: {} for name in target.objects}
        if target.objects:
            columns = ("grantee", "privilege_type")
            for row in _show(run, f"{target.show} FOR {quoted(user)}", columns, f"SQL user '{user}'"):
                name = _object_name(target, row)
                if row.get("grantee") == user and name in held:
                    held[name][row["privilege_type"]] = bool(row.get("is_grantable"))
        return held

    found = read()
    statements, after = _statements(target, user, wanted, found, params)

    def shown(held: Held) -> dict[str, Any]:
        return {
            "user": user,
            "object_type": target.kind.lower(),
            "privileges": {name: sorted(privileges) for name, privileges in held.items()},
        }

    before, then = ({name: _named(held, "GRANT") for name, held in state.items()} for state in (found, after))
    plan = _plan(user, statements, "privileges", before, then, shown(after))

    def is_done(held: Held) -> bool:
        return not _statements(target, user, wanted, held, params)[0]

    return conclude(run, "grant", plan, shown(found), lambda: shown(_apply(run, statements, read, after, is_done)))


def _statements(
    target: Target, user: str, wanted: list[str], found: Held, params: Mapping[str, Any]
) -> tuple[list[str], Held]:
    """The statements that lead from *found* to what is wanted, and what is held after them. Pure."""
    option = params.get("grant_option")
    after: Held = {name: dict(privileges) for name, privileges in found.items()}
    groups: dict[tuple[str, str, str], list[str]] = {}

    def add(verb: str, privileges: list[str], suffix: str, name: str) -> None:
        groups.setdefault((verb, ", ".join(privileges), suffix), []).append(name)

    for name, before in found.items():
        held = before
        if params["state"] == "absent":
            gone = _to_revoke(held, wanted)
            if gone:
                add("REVOKE", gone, "FROM", name)
                whole = dict.fromkeys(PARTS[target.kind], held["ALL"]) if "ALL" in held else held
                after[name] = {} if "ALL" in gone else {key: value for key, value in whole.items() if key not in gone}
            continue
        extra = sorted(item for item in held if item not in wanted) if params.get("exclusive") else []
        if extra and "ALL" not in wanted:
            add("REVOKE", extra, "FROM", name)
            # Privileges that only came with ALL go with it: what is wanted is lacking then.
            held = {} if "ALL" in extra else {key: value for key, value in held.items() if key not in extra}
        if option and held.get("ALL") is False and wanted != ["ALL"]:
            raise OptionError(
                f"{user} holds ALL on {name} without the grant option, so {', '.join(wanted)} alone can't get it",
                "Ask for privileges: [ALL], or set exclusive: true",
            )
        lacking = [item for item in wanted if not _has(held, item, grantable=bool(option))]
        passed = [item for item in wanted if held.get(item)] if option is False else []
        if lacking:
            add("GRANT", lacking, "WITH GRANT OPTION" if option else "TO", name)
            held = ({} if "ALL" in lacking else held) | dict.fromkeys(lacking, bool(option))
        if passed:
            add("REVOKE GRANT OPTION FOR", passed, "FROM", name)
        after[name] = held | dict.fromkeys(passed, False)
    # One statement serves several objects, so what is taken away goes first: it must not take what was just given.
    ordered = sorted(groups.items(), key=lambda group: group[0][0] != "REVOKE")
    return [_statement(target, user, *key, names) for key, names in ordered], after


def _statement(target: Target, user: str, verb: str, privileges: str, suffix: str, names: list[str]) -> str:
    where = target.grant_list(names)
    if suffix == "WITH GRANT OPTION":
        return f"{verb} {privileges} ON {where} TO {quoted(user)} WITH GRANT OPTION"
    return f"{verb} {privileges} ON {where} {suffix} {quoted(user)}"


def _has(held: Mapping[str, bool], privilege: str, *, grantable: bool) -> bool:
    return any(name in held and (held[name] or not grantable) for name in (privilege, "ALL"))


def _to_revoke(held: Mapping[str, bool], wanted: list[str]) -> list[str]:
    if "ALL" in wanted:
        return ["ALL"] if held else []
    # Whoever holds ALL loses the part that is taken away, although it is not listed by name.
    return [item for item in wanted if item in held or "ALL" in held]


def _privileges(given: list[str]) -> list[str]:
    found = []
    for text in given:
        name = text.strip().upper().removesuffix(" PRIVILEGES")
        if not PRIVILEGE.fullmatch(name):
            raise OptionError(f"'{text}' can't be a privilege: it is one word such as SELECT or CONNECT")
        if name not in found:
            found.append(name)
    if not found:
        raise OptionError("privileges must name at least one privilege; ALL stands for all of them")
    return ["ALL"] if "ALL" in found else sorted(found)


def _target(run: ClusterRun, params: Mapping[str, Any]) -> Target:
    database, schema, tables = params["database"], params.get("schema"), params.get("tables")
    if tables:
        return _table_target(run, database, schema or "public", tables)
    if schema:
        name = quoted(database, schema)
        return Target("SCHEMA", {f"{database}.{schema}": name}, f"SHOW GRANTS ON SCHEMA {name}")
    return Target("DATABASE", {database: quoted(database)}, f"SHOW GRANTS ON DATABASE {quoted(database)}")


def _table_target(run: ClusterRun, database: str, schema: str, tables: list[str]) -> Target:
    found = [table.split(".") if table.count(".") == 1 else [schema, table] for table in tables]
    if "*" in tables:
        sql, label = f"SHOW TABLES FROM {quoted(database, schema)}", f"the tables of '{database}.{schema}'"
        rows = _show(run, sql, ("table_name",), label)
        found = sorted([schema, row["table_name"]] for row in rows)
    objects = {".".join((database, *parts)): quoted(database, *parts) for parts in found}
    return Target("TABLE", objects, f"SHOW GRANTS ON TABLE {', '.join(objects.values())}")


def _object_name(target: Target, row: Mapping[str, Any]) -> str:
    keys = {"DATABASE": ("database_name",), "SCHEMA": ("database_name", "schema_name")}
    return ".".join(str(row.get(key)) for key in keys.get(target.kind, ("database_name", "schema_name", "table_name")))


def _show(run: ClusterRun, sql: str, columns: Iterable[str], label: str) -> list[dict[str, Any]]:
    """The rows that *sql* shows, each with text in all of *columns*; none, in check mode, where *label* is not there yet."""
    try:
        # The server refuses to send more than 10 kB if it is not told otherwise.
        found = execute(run.api, [(sql, [])], effect=READ, timeout=60, max_result_size=SHOWN)
        rows: list[dict[str, Any]] = found[0]["rows"]
    except SqlError as error:
        if error.code not in UNDEFINED:
            raise
        not_there_yet(run, error.message, label, "Create it first, or correct the name")
        return []
    shape = ListOf(Object(dict.fromkeys(columns, TEXT)))
    if flaw := shape.flaw(rows):
        raise AnswerError(
            f"what {sql.partition(' FROM ')[0].partition(' FOR ')[0]} shows can't be used: row {told(flaw)}"
        )
    return rows


def _named(held: Mapping[str, bool], option: str) -> list[str]:
    """What is held, for the eyes: also whether it can be passed on."""
    return sorted(f"{name} WITH {option} OPTION" if passes else name for name, passes in held.items())


def _plan(user: str, statements: list[str], name: str, before: Any, after: Any, predicted: dict[str, Any]) -> Plan:
    steps = [Step(UPDATE, sql, "POST", "/sql", changes={name: (before, after)}) for sql in statements]
    return Plan(steps, {"user": user, name: before}, {"user": user, name: after}, predicted)


def _apply(
    run: ClusterRun, statements: list[str], read: Callable[[], Any], after: Any, is_done: Callable[[Any], bool]
) -> Any:
    """Run *statements* in one transaction and return what is held then."""
    try:
        execute(run.api, [(sql, []) for sql in statements], effect=WRITE)
    except (SqlError, ApiError):
        raise
    except CrdbError as lost:
        # The outcome is unknown, but what is held now can be read.
        found = read()
        if not is_done(found):
            raise
        run.warn(f"{lost.message}; it was carried out")
        return found
    try:
        return read()
    except (SqlError, ApiError) as error:
        # Whoever takes away their own privileges may not be able to look any more.
        run.warn(f"The change was made, but what is held now can't be read: {error}")
        return after
