# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases of a cluster: a name that can change, and tables that must not be lost by mistake."""

from __future__ import annotations

from typing import Any

from .._base.errors import OptionError
from .._http.answers import TEXT, WHOLE, Object
from .declared import Scope, checked_name
from .field import Field
from .noun import Desired, Noun, Row
from .plan import UPDATE, Plan, Step


class Database(Noun):
    def key_of(self, params: Row) -> dict[str, Any]:
        return {"name": checked_name("name", params["name"], "a database")}

    def former(self, desired: Desired) -> dict[str, Any] | None:
        name = desired.values.get("renamed_from")
        return None if desired.absent or not name else {"name": name}

    def initial(self, parent: Row) -> list[dict[str, Any]]:
        return [{"name": name, "table_count": 0} for name in ("defaultdb", "postgres")]

    def shown(self, row: Row) -> dict[str, Any]:
        return {"name": row["name"], "table_count": int(row.get("table_count") or 0)}

    def exported(self, row: Row) -> dict[str, Any]:
        return {} if self.identity(row) in [self.identity(first) for first in self.initial({})] else self.identity(row)

    def create(self, scope: Scope, desired: Desired) -> Plan:
        plan = super().create(scope, desired)
        plan.predicted = self.shown(desired.key)
        return plan

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        old, new = row["name"], desired.key["name"]
        # The address without the name is the one that every version and revision has.
        body = {"name": old, "new_name": new}
        doing = f"rename {self.label(row)} to '{new}'{scope.behind('on')}"
        step = Step(UPDATE, doing, "PATCH", self.collection(scope.ids), body, changes={"name": (old, new)})
        predicted = self.shown({**row, **desired.key})
        return Plan([step] if old != new else [], {"name": old}, dict(desired.key), predicted)

    def check_delete(self, scope: Scope, desired: Desired, row: Row) -> None:
        tables = self.shown(row)["table_count"]
        if tables and not desired.values.get("delete_tables"):
            raise OptionError(
                f"{self.label(row)}{scope.behind('on')} has tables ({tables}), which would be lost; nothing was deleted",
                "Say delete_tables: true if that is meant",
            )


DATABASE = Database(
    "database",
    "clusters/{cluster}/databases/{name}",
    """
    name: Name of the database, in exactly this spelling.
    delete_tables: Whether O(state=absent) may delete a database that has tables, with everything in them. Without it such a database is left alone, and the
      task fails.
    = table_count (int): Number of tables in it.
    """,
    rows="databases",
    # A database holds data: each that shall go is named.
    purgeable=False,
    shape=Object({"name": TEXT}, {"table_count": WHOLE}),
    key=(Field("name", required=True),),
    renames=True,
    how=(Field("delete_tables", type="bool", default=False),),
    since="2022-09-20",
)
