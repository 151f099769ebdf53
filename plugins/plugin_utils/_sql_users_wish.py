# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the variables of the role sql_users ask for, and what becomes of the passwords that it generates and keeps.

A generated password is *pending* in the file from before it is sent until it is known to be set. So whatever happens in
between, the password that a user has is in the file, and the next run sends a pending one again instead of another one.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import string
from collections.abc import Iterable, Mapping
from typing import Any

from ..module_utils._errors import OptionError
from ..module_utils._resources._sql_user import SQL_USER
from ._options import plain
from ._survey import as_list, checked, is_unset, needs_password
from ._users import read_users

PREFIX = "sql_users_"
VARIABLES = "The variables of the SQL users"
CHARACTERS = string.ascii_letters + string.digits
SHORTEST, LONGEST = 12, 500
PASSWORDS, PENDING, ROTATIONS = "passwords", "pending", "rotations"
FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
SETTINGS: dict[str, dict[str, Any]] = {
    "rotate": {"type": "bool", "default": False},
    "generate": {"type": "bool", "default": False},
    "purge": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "float", "default": 7200.0},
    "password_length": {"type": "int", "default": 32},
    "missing": {"type": "str", "choices": ["create", "fail", "skip"], "default": "create"},
}

Store = dict[str, dict[str, str]]


def read_wish(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is wanted, from the variables of the role without their prefix; ``problem`` says why it can't be had, or is empty.

    Always the same keys, so that nothing is ever undefined. Two more are no variables: ``existing``, the names of the
    users on the cluster where they are known, and ``results``, what the module sql_users said of each user.
    """
    said = {str(name): plain(value) for name, value in said.items()}
    wish: dict[str, Any] = {
        **{name: entry["default"] for name, entry in SETTINGS.items()},
        "problem": "",
        "cluster": "",
        "users": [],
        "protected": [],
        "looks": False,
        "missing_users": [],
        "directory": "",
        "file": "",
        "stored": {},
        "settled": {},
        "fresh": [],
        "pending": [],
        "finished": [],
    }
    try:
        _read(said, wish)
    except OptionError as error:
        return {**wish, "problem": str(error)}
    return wish


def _read(said: Mapping[str, Any], wish: dict[str, Any]) -> None:
    named = {f"{PREFIX}{name}": said.get(name) for name in SETTINGS}
    found = checked(VARIABLES, named, {f"{PREFIX}{name}": entry for name, entry in SETTINGS.items()})
    wish.update({name.removeprefix(PREFIX): value for name, value in found.items()})
    wish["cluster"] = str(said.get("cluster") or "").strip()
    if wish["cluster"] in ("", "localhost", "127.0.0.1"):
        raise OptionError(f"{PREFIX}cluster must say which cluster is meant", "Give its name or id")
    # With generated passwords nobody means one that is left over in the environment.
    users = read_users(
        f"{PREFIX}users",
        said.get("users"),
        f"{PREFIX}passwords",
        said.get("passwords"),
        environment=not wish["generate"],
    )
    wish["protected"] = [str(name) for name in as_list(f"{PREFIX}protected", said.get("protected"))]
    present = [user for user in users if user["state"] == "present"]
    if wish["purge"] and not present:
        raise OptionError(
            f"{PREFIX}purge without {PREFIX}users would delete every SQL user of the cluster", "List those that stay"
        )
    if wish["rotate"] and not present:
        raise OptionError(f"{PREFIX}users must name the SQL users whose passwords are rotated")
    wish["looks"] = wish["missing"] != "create" or (wish["generate"] and not wish["rotate"])
    existing = said.get("existing")
    known = None if existing is None else {SQL_USER.mark({"name": name}) for name in existing}
    if wish["missing"] != "create" and known is not None:
        wish["missing_users"] = [user["name"] for user in present if SQL_USER.mark(user) not in known]
        users = [user for user in users if user["name"] not in wish["missing_users"]]
        if wish["missing"] == "fail" and wish["missing_users"]:
            several = len(wish["missing_users"]) > 1
            names = ", ".join(f"'{name}'" for name in wish["missing_users"])
            raise OptionError(
                f"There {'are no SQL users' if several else 'is no SQL user'} {names} on cluster '{wish['cluster']}': nothing was changed there",
                f"Create {'them' if several else 'it'} first, or set {PREFIX}missing to skip or create",
            )
    if wish["generate"]:
        _generate(said, wish, users, known)
    elif wish["rotate"]:
        lacking = [user["name"] for user in users if user["state"] == "present" and not user.get("password")]
        if lacking:
            raise OptionError(needs_password(lacking, "rotated", f"{PREFIX}users", f"{PREFIX}passwords"))
    if wish["rotate"]:
        for user in users:
            if user["state"] == "present":
                user.setdefault("update_password", "always")
    wish["users"] = users


def _generate(
    said: Mapping[str, Any], wish: dict[str, Any], users: list[dict[str, Any]], known: set[tuple[Any, ...]] | None
) -> None:
    """Give the users that need one a password from the file, or a new one that is pending in the file."""
    if not SHORTEST <= wish["password_length"] <= LONGEST:
        raise OptionError(
            f"{PREFIX}password_length must be from {SHORTEST} to {LONGEST}, got {wish['password_length']}"
        )
    wish["directory"], wish["file"] = _where(said, wish["cluster"])
    store = read_store(wish["file"])
    rotation = "" if is_unset(said.get("rotation")) else str(said["rotation"]).strip()
    for user in users:
        name = user["name"]
        if user["state"] == "absent" or user.get("password"):
            continue
        done = bool(rotation) and store[ROTATIONS].get(name) == rotation and name in store[PASSWORDS]
        is_new = name not in store[PASSWORDS] and known is not None and SQL_USER.mark(user) not in known
        if name not in store[PENDING] and ((wish["rotate"] and not done) or is_new):
            store[PENDING][name] = "".join(secrets.choice(CHARACTERS) for _each in range(wish["password_length"]))
            wish["fresh"].append(name)
        if name in store[PENDING]:
            user.update(password=store[PENDING][name], update_password="always")
            wish["pending"].append(name)
        else:
            user.update(update_password="on_create")
            if name in store[PASSWORDS]:
                user["password"] = store[PASSWORDS][name]
            if wish["rotate"]:
                wish["finished"].append(name)
    wish["stored"] = store
    wish["settled"] = settled(store, said.get("results") or (), rotation if wish["rotate"] else "")


def _where(said: Mapping[str, Any], cluster: str) -> tuple[str, str]:
    if is_unset(said.get("directory")):
        raise OptionError(
            f"{PREFIX}directory must say where generated passwords are kept",
            "Name a directory that lasts, and that only you can read",
        )
    name = str(said.get("file_name") or "").strip() or cluster
    if not FILE_NAME.fullmatch(name):
        raise OptionError(f"{PREFIX}file_name: '{name}' can't be the name of a file of passwords")
    # Modules that write there may run somewhere else.
    directory = os.path.abspath(os.path.expanduser(str(said["directory"])))
    return directory, os.path.join(directory, f"{name}.json")


def read_store(path: str) -> Store:
    """The passwords that are kept in the file *path*; none where there is no such file."""
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except FileNotFoundError:
        found = {}
    except OSError as error:
        raise OptionError(f"The passwords in {path} can't be read: {error.strerror}") from None
    except ValueError:
        # Without the reason, which may quote the text.
        raise OptionError(
            f"The passwords in {path} can't be read: it is no JSON", "Decrypt it, or move it out of the way"
        ) from None
    parts = (PASSWORDS, PENDING, ROTATIONS)
    if not isinstance(found, dict) or not all(isinstance(found.get(part, {}), dict) for part in parts):
        raise OptionError(f"{path} is no file of passwords", "Move it out of the way")
    return {part: {str(name): str(text) for name, text in found.get(part, {}).items()} for part in parts}


def settled(store: Store, results: Iterable[Mapping[str, Any]], rotation: str) -> Store:
    """The store when it is known what became of each user: what is set is no longer pending, who is deleted is forgotten."""
    found = {part: dict(entries) for part, entries in store.items()}
    for result in results:
        name, action = result.get("name"), result.get("action")
        if action in ("created", "updated") and name in found[PENDING]:
            found[PASSWORDS][name] = found[PENDING].pop(name)
            if rotation:
                found[ROTATIONS][name] = rotation
        elif action == "deleted":
            for part in found.values():
                part.pop(str(name), None)
    return found
