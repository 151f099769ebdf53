# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases of a cluster: a name that can change, and tables that must not be lost by mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._base.errors import OptionError
from .._http.answers import TEXT, WHOLE, Object
from .base import Resource, Wish, checked_name
from .options import Option
from .plan import UPDATE, Plan, Step


class Database(Resource):
    noun = "database"
    plural = "databases"
    # A database holds data: each that shall go is named.
    purgeable = False
    title = "database"
    path = "/clusters/{cluster_id}/databases"
    rows = "databases"
    shape = Object({"name": TEXT}, {"table_count": WHOLE})
    identity = ("name",)
    key_options = (Option("name", required=True),)
    fields = (Option("renamed_from"), Option("delete_tables", type="bool", default=False))
    since = "2022-09-20"

    def key(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"name": checked_name("name", params["name"], "a database")}

    def initial(self, cluster: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [{"name": name, "table_count": 0} for name in ("defaultdb", "postgres")]

    def find(self, known: Mapping[tuple[Any, ...], dict[str, Any]], wish: Wish) -> dict[str, Any] | None:
        """The database of this name, else the one that is to get it."""
        former = None if wish.absent else wish.values.get("renamed_from")
        return known.get(self.mark(wish.key)) or known.get((former,))

    def view(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {}

    def shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {"name": row["name"], "table_count": int(row.get("table_count") or 0)}

    def create(
        self, where: str, cluster_id: str, key: Mapping[str, Any], wanted: Mapping[str, Any], version: str
    ) -> Plan:
        return super().create(where, cluster_id, key, {}, version)

    def update(
        self,
        where: str,
        cluster_id: str,
        key: Mapping[str, Any],
        wanted: Mapping[str, Any],
        row: Mapping[str, Any],
        version: str,
    ) -> Plan:
        old, new = row["name"], key["name"]
        # The address without the name is the one that every version and revision has.
        body = {"name": old, "new_name": new}
        doing = f"rename {self.label(row)} to '{new}' on {where}"
        step = Step(UPDATE, doing, "PATCH", self.collection(cluster_id), body, changes={"name": (old, new)})
        return Plan([step] if old != new else [], {"name": old}, dict(key), self.shown({**row, **key}))

    def check_delete(self, where: str, row: Mapping[str, Any], wish: Wish) -> None:
        tables = self.shown(row)["table_count"]
        if tables and not wish.values.get("delete_tables"):
            raise OptionError(
                f"{self.label(row)} on {where} has tables ({tables}), which would be lost; nothing was deleted",
                "Say delete_tables: true if that is meant",
            )


DATABASE = Database()
