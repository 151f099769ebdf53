# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What sets databases apart: they have tables, and they can be renamed."""

from __future__ import annotations

from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.runner import Runner


def database(title: str, /, **more: Any) -> dict[str, Any]:
    keywords = {key: more.pop(key) for key in ("check_mode", "ignore_errors") if key in more}
    return {"name": title, "crdb.cloud.database": {"cluster": "orders", **more}, **keywords}


@pytest.mark.smoke
def test_tables_and_new_names(playbook: Runner, emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    emulator.patch(clusters={"orders": {"databases": {"bank": 2, "full": 3, "old": 0}}})
    absent = {"name": "bank", "state": "absent", "renamed_from": "full"}
    run = playbook(
        [
            database("no check", **absent, check_mode=True, ignore_errors=True),
            database("no", **absent, ignore_errors=True),
            database("yes", **absent, delete_tables=True),
            database("gone", **absent),
            database("taken", name="full", renamed_from="old"),
            database("dots", name="..", ignore_errors=True),
            database("new", name="{{ item }}", renamed_from="old") | {"loop": ["new", "old"]},
        ]
    )
    for name in ("no check", "no"):
        run[name].fails_with("'bank' on cluster 'orders' has tables (2)", "delete_tables: true")
    assert [run[name].changed for name in ("yes", "gone", "taken")] == [True, False, False]
    run["dots"].fails_with("name: '..' can't be a database")
    # The name that the first item took away is free for the second one.
    assert [item["changed"] for item in run["new"].items] == [True, True]
    assert next(iter(emulator.state()["databases"].values())) == {"full": 3, "new": 0, "old": 0}
