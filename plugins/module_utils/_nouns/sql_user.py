# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL users of a cluster. The API lists names and takes passwords; it never returns one."""

from __future__ import annotations

import unicodedata
from typing import Any

from .._base.errors import OptionError
from .declared import Scope, checked_name
from .field import Field
from .noun import Desired, Noun, Row
from .plan import UPDATE, Plan, Step


class SqlUser(Noun):
    def key_of(self, params: Row) -> dict[str, Any]:
        """Names are case-insensitive: CockroachDB stores them in lower case and Unicode NFC."""
        return {"name": checked_name("name", _folded(params["name"]), "a SQL user")}

    def mark(self, key: Row) -> tuple[Any, ...]:
        return (_folded(str(key.get("name") or "")),)

    def shown(self, row: Row) -> dict[str, Any]:
        return {"name": row["name"]}

    def farewell(self, row: Row) -> dict[str, Any]:
        return self.shown(row)

    def create(self, scope: Scope, desired: Desired) -> Plan:
        if not desired.values.get("password"):
            raise OptionError(
                f"{desired.label} does not exist{scope.behind('on')} yet, and password is needed to create it"
            )
        return super().create(scope, desired)

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        if desired.values.get("update_password") != "always":
            return Plan([], dict(desired.key), dict(desired.key), self.shown(row))
        if not desired.values.get("password"):
            raise OptionError(f"update_password: always needs the password for {desired.label}")
        return self.adopt(scope, desired, row)

    def adopt(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        step = Step(
            UPDATE,
            f"set the password of {desired.label}{scope.behind('on')}",
            "PUT",
            self.item(scope.ids, row) + "/password",
            self.body(desired.values),
            secret_fields=("password",),
            secrets=self.secrets(desired.values),
        )
        return Plan([step], dict(desired.key), dict(desired.key), self.shown(row))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name.lower())


SQL_USER = SqlUser(
    "sql_user",
    "clusters/{cluster}/sql-users/{name}",
    """
    name: Name of the user. CockroachDB folds names to lower case, so V(App) and V(app) are the same user.
    password: Password of the user. Needed to create one.
    update_password: The API never returns a password, so nobody can tell whether O(password) differs from the one that is set.
    | With V(on_create) the password is only set when the user is created. An existing user is never reported as changed.
    | With V(always) the password is set on every run, and the task always reports C(changed), whether or not it is another password.
    """,
    rows="users",
    title="SQL user",
    key=(Field("name", required=True),),
    fields=(Field("password", secret=True),),
    how=(Field("update_password", choices=("on_create", "always"), default="on_create"),),
    roles="CLUSTER_ADMIN",
)
