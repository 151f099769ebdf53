# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases: both ways to rename one, in the versions that have them."""

from __future__ import annotations

from typing import Any


def names(api: Any, path: str) -> list[str]:
    return [row["name"] for row in api.ok("GET", path)["databases"]]


def test_a_database_is_renamed_in_two_ways(api: Any) -> None:
    path = f"clusters/{api.create()['id']}/databases"
    api.ok("POST", path, {"name": "old"})
    assert api.ok("PATCH", path, {"name": "old", "new_name": "new"}) == {"name": "new", "table_count": "0"}
    assert api.ok("PATCH", f"{path}/new", {"new_name": "newest"}) == {"name": "newest", "table_count": "0"}
    # The address names the database, also where the body does [D: some versions require the member there].
    api.ok("PATCH", f"{path}/newest", {"name": "ignored", "new_name": "last"}, version="2023-04-10")
    assert names(api, path) == ["defaultdb", "last", "postgres"]
    assert api.error("PATCH", f"{path}/newest", {"new_name": "x"})[:2] == (404, 5)
    assert api.error("PATCH", f"{path}/last", {})[:2] == (400, 3)
    assert api.error("PATCH", f"{path}/last", {"new_name": "postgres"})[:2] == (409, 6)
    assert api.error("PATCH", f"{path}/last", {"new_name": "x"}, version="2022-09-20")[:2] == (501, 12)
    assert names(api, path) == ["defaultdb", "last", "postgres"]
