# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the variables of the role sql_users ask for."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from ..module_utils._base.errors import OptionError
from ..module_utils._edge.generated import LONGEST, SHORTEST, read_store
from ..module_utils._nouns.sql_user import SQL_USER
from ._options import plain
from ._survey import as_list, checked, is_unset, needs_password
from ._users import read_users

PREFIX = "sql_users_"
VARIABLES = "The variables of the SQL users"
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


def read_wish(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is wanted, from the variables of the role without their prefix; ``problem`` says why it can't be had, or is empty.

    Always the same keys, so that nothing is ever undefined. One more is no variable: ``existing``, the names of the
    users on the cluster where they are known.
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
        "generated": {},
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
    wish["looks"] = wish["missing"] != "create"
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
        wish["generated"] = _generated(said, wish)
    elif wish["rotate"]:
        lacking = [user["name"] for user in users if user["state"] == "present" and not user.get("password")]
        if lacking:
            raise OptionError(needs_password(lacking, "rotated", f"{PREFIX}users", f"{PREFIX}passwords"))
    if wish["rotate"]:
        for user in users:
            if user["state"] == "present":
                user.setdefault("update_password", "always")
    wish["users"] = users


def _generated(said: Mapping[str, Any], wish: Mapping[str, Any]) -> dict[str, Any]:
    """The option generate of the module sql_users."""
    if not SHORTEST <= wish["password_length"] <= LONGEST:
        raise OptionError(
            f"{PREFIX}password_length must be from {SHORTEST} to {LONGEST}, got {wish['password_length']}"
        )
    file = _where(said, wish["cluster"])
    # Found before the first request; the module reads it anew.
    read_store(file)
    rotation = "" if is_unset(said.get("rotation")) or not wish["rotate"] else str(said["rotation"]).strip()
    return {"file": file, "length": wish["password_length"], "rotation": rotation}


def _where(said: Mapping[str, Any], cluster: str) -> str:
    if is_unset(said.get("directory")):
        raise OptionError(
            f"{PREFIX}directory must say where generated passwords are kept",
            "Name a directory that lasts, and that only you can read",
        )
    name = str(said.get("file_name") or "").strip() or cluster
    if not FILE_NAME.fullmatch(name):
        raise OptionError(f"{PREFIX}file_name: '{name}' can't be the name of a file of passwords")
    # The module that writes there may run in another directory.
    return os.path.join(os.path.abspath(os.path.expanduser(str(said["directory"]))), f"{name}.json")
