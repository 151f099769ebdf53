# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases of a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._options import Option
from ._base import Resource, checked_name


class Database(Resource):
    noun = "database"
    title = "database"
    path = "/clusters/{cluster_id}/databases"
    rows = "databases"
    identity = ("name",)
    key_options = (Option("name", required=True),)
    since = "2022-09-20"

    def key(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"name": checked_name("name", params["name"], "a database")}

    def shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {"name": row["name"], "table_count": int(row.get("table_count") or 0)}


DATABASE = Database()
