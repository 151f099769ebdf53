# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which restores are the same, and how moments and tables are read."""

from __future__ import annotations

import pytest

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._base.moments import moment, stamp
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.restore import RESTORE, table

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1970-01-01T00:00:01Z", SECOND),
        ("1970-01-01t00:00:00.000000001z", 1),
        ("1970-01-01 01:00:00.5+01:00", SECOND // 2),
        ("1969-12-31T23:59:59Z", -SECOND),
        ("2025-07-25T16:45:14.064208710Z", 1_753_461_914_064_208_710),
        ("2025-07-25T16:45:14", None),
        ("2025-02-30T00:00:00Z", None),
        ("2025-07-25", None),
        ("1 hour ago", None),
        (None, None),
    ],
)
def test_a_moment_keeps_every_digit(text, found):
    assert moment(text) == found
    assert found is None or moment(stamp(found)) == found


def test_a_table_is_in_public_unless_somebody_says_otherwise():
    assert [table(name) for name in ("shop.a", "shop.public.a", "shop.app.a")] == [
        "shop.public.a",
        "shop.public.a",
        "shop.app.a",
    ]
    for name in ("a", "shop..a", "a.b.c.d", ""):
        with pytest.raises(OptionError, match="does not name a table"):
            table(name)


def row(**changes):
    return {
        "id": "1",
        "type": "TABLE",
        "status": "SUCCESS",
        "source_cluster_name": "orders",
        "objects": [{"database": "shop", "schema": "public", "table": name} for name in ("a", "b")],
        "backup_id": "b-1",
        "backup_end_time": "2026-11-20T03:00:00Z",
        "created_at": "2026-11-21T00:00:00.123456789Z",
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        # Members that are not set may be there or not.
        ({"restore_opts": None}, True),
        ({"restore_opts": {"schema_only": False, "into_db": ""}}, True),
        ({"restore_opts": {"schema_only": True}}, False),
        ({"objects": None}, False),
        ({"source_cluster_name": "other"}, False),
        ({"type": "DATABASE"}, False),
        # At that very moment, and one nanosecond later.
        ({"backup_end_time": "2026-11-20T03:30:00Z"}, True),
        ({"backup_end_time": "2026-11-20T03:30:00.000000001Z"}, False),
        ({"created_at": "2026-11-20T03:30:00Z"}, False),
        ({"created_at": None}, False),
    ],
)
def test_which_restore_is_the_same(changes, same):
    params = {"type": "TABLE", "tables": ["shop.b", "shop.a", "shop.b"], "backup_before": "2026-11-20 04:30:00+01:00"}
    desired = RESTORE.desired({**params, "source_cluster": "orders", "source": {"name": "orders"}}, "2024-09-16")
    assert RESTORE.find({(): [row(**changes)]}, desired) == ([row(**changes)] if same else [])


def test_the_newest_that_did_not_fail_is_the_one_and_none_by_force():
    rows = [
        row(id=status, status=status, created_at=f"2026-11-2{day}T00:00:00Z")
        for day, status in ((5, "FAILED"), (4, "PENDING"), (1, "SUCCESS"))
    ]
    params = {"type": "TABLE", "tables": ["shop.a", "shop.b"], "backup_id": "B-1", "source": {}}
    for force, expected in ((False, ["PENDING"]), (True, [])):
        desired = RESTORE.desired({**params, "force": force}, "2024-09-16")
        found = RESTORE.find({(): rows}, desired)
        assert [each["id"] for each in found] == ["SUCCESS", "PENDING", "FAILED"]
        assert [each["id"] for each in RESTORE.usable(desired, found)] == expected
