# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL users of a cluster. The API lists names and takes passwords; it never returns one."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from .._base.errors import OptionError
from .._http.answers import TEXT, Object
from .base import Resource, checked_name
from .options import Option
from .plan import UPDATE, Plan, Step


class SqlUser(Resource):
    noun = "sql_user"
    plural = "sql_users"
    title = "SQL user"
    path = "/clusters/{cluster_id}/sql-users"
    rows = "users"
    shape = Object({"name": TEXT})
    identity = ("name",)
    key_options = (Option("name", required=True),)
    fields = (
        Option("password", secret=True),
        Option("update_password", choices=("on_create", "always"), default="on_create"),
    )
    roles = "CLUSTER_ADMIN"

    def key(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Names are case-insensitive: CockroachDB stores them in lower case and Unicode NFC."""
        return {"name": checked_name("name", unicodedata.normalize("NFC", params["name"].lower()), "a SQL user")}

    def mark(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return (unicodedata.normalize("NFC", str(row.get("name") or "").lower()),)

    def view(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {}

    def shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {"name": row["name"]}

    def farewell(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return self.shown(row)

    def create(
        self, where: str, cluster_id: str, key: Mapping[str, Any], wanted: Mapping[str, Any], version: str
    ) -> Plan:
        if not wanted.get("password"):
            raise OptionError(f"{self.label(key)} does not exist on {where} yet, and password is needed to create it")
        return super().create(where, cluster_id, key, {"password": wanted["password"]}, version)

    def update(
        self,
        where: str,
        cluster_id: str,
        key: Mapping[str, Any],
        wanted: Mapping[str, Any],
        row: Mapping[str, Any],
        version: str,
    ) -> Plan:
        if wanted.get("update_password") != "always":
            return Plan([], dict(key), dict(key), self.shown(row))
        if not wanted.get("password"):
            raise OptionError(f"update_password: always needs the password for {self.label(key)}")
        return self.adopt(where, cluster_id, key, wanted, row, version)

    def adopt(
        self,
        where: str,
        cluster_id: str,
        key: Mapping[str, Any],
        wanted: Mapping[str, Any],
        row: Mapping[str, Any],
        version: str,
    ) -> Plan:
        step = Step(
            UPDATE,
            f"set the password of {self.label(key)} on {where}",
            "PUT",
            self.item(cluster_id, key) + "/password",
            {"password": wanted["password"]},
            secret_fields=("password",),
            secrets=self.secrets(wanted),
        )
        return Plan([step], dict(key), dict(key), self.shown(row))


SQL_USER = SqlUser()
