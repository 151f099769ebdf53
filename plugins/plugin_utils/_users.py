# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL users as the variables of a role name them, each with the password that was given for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..module_utils._base.errors import OptionError
from ..module_utils._edge.module import entries_option
from ..module_utils._nouns.sql_user import SQL_USER
from ._survey import as_dict, as_list, checked, is_unset, password_of


def read_users(
    variable: str, users: Any, table: str, passwords: Any, *, environment: bool = True
) -> list[dict[str, Any]]:
    """The entries for the module sql_users; *variable* and *table* are the names of what holds *users* and *passwords*.

    *environment* says whether a password may come from there as well.
    """
    if not (isinstance(passwords, Mapping) or is_unset(passwords) or str(passwords).lstrip().startswith("{")):
        raise OptionError(f"{table} must be a dictionary of passwords by SQL user, or JSON of one")
    # CockroachDB folds names to lower case, so App and app are one user.
    known = {str(name).lower(): password for name, password in as_dict(table, passwords).items()}
    spec = entries_option("users", SQL_USER, shared=("update_password",)).spec()["options"]
    found: dict[str, dict[str, Any]] = {}
    for item in as_list(variable, users):
        entry = item if isinstance(item, Mapping) else {"name": str(item)}
        hidden = [*known.values(), entry.get("password")]
        user = checked(f"{variable}, '{entry.get('name', '')}'", entry, spec, secrets=filter(None, hidden))
        try:
            name = SQL_USER.key_of(user)["name"]
        except OptionError as error:
            raise OptionError(f"{variable}: {error}") from None
        if name in found:
            raise OptionError(f"{variable} has the user '{name}' twice")
        password = password_of(name, user.pop("password", None), known, environment=environment)
        found[name] = {**user, "name": name, **({"password": password} if password else {})}
    return list(found.values())
