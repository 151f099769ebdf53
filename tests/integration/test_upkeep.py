# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a cluster may be maintained, said as people say it and as the API does."""

from __future__ import annotations

from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import execute

ADVANCED = {
    "dedicated": {
        "region_nodes": {"us-central1": 3},
        "hardware": {"machine_spec": {"num_virtual_cpus": 4}, "storage_gib": 15},
    }
}
SUNDAY = {"day": "sunday", "start": "01:00", "duration": "8h"}


def window(emulator: Emulator, *, check: bool = False, **more: Any) -> dict[str, Any]:
    return execute("maintenance_window", {"cluster": "orders", **more}, emulator, check=check)


def test_said_in_both_ways(emulator: Emulator) -> None:
    emulator.add_cluster("orders", **ADVANCED)
    assert "both its beginning and its length are needed" in window(emulator, duration="8h")["msg"]
    predicted = window(emulator, **SUNDAY, check=True)
    made = window(emulator, **SUNDAY)
    assert predicted == {**made, "warnings": []}
    assert made["maintenance_window"] == {"offset_duration": "522000s", "window_duration": "28800s", **SUNDAY}
    for same in (
        SUNDAY,
        {"offset_duration": "522000s", "window_duration": 28800},
        {"offset_duration": "6d1h", "duration": "480m"},
        {"window_duration": "28800.0s"},
        {},
    ):
        assert not window(emulator, **same)["changed"], same
    # The half that nobody speaks of stays as it is.
    assert window(emulator, duration="6h")["maintenance_window"] == {
        **made["maintenance_window"],
        "window_duration": "21600s",
        "duration": "6h",
    }
    found = execute("maintenance_window_info", {"cluster": "orders"}, emulator)["maintenance_window"]
    assert (found["day"], found["duration"]) == ("sunday", "6h")
    assert window(emulator, state="absent")["changed"] and not window(emulator, state="absent")["changed"]
    assert execute("maintenance_window_info", {"cluster": "orders"}, emulator)["maintenance_window"] is None
    # Any second counts.
    assert window(emulator, offset_duration=1010, window_duration="101010s")["maintenance_window"] == {
        "offset_duration": "1010s",
        "window_duration": "101010s",
        "day": "monday",
        "start": "00:16:50",
        "duration": "28h3m30s",
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({**SUNDAY, "duration": "5h"}, "duration must be at least 6h and less than a week (168h), got '5h'"),
        ({**SUNDAY, "duration": "7d"}, "duration must be at least 6h and less than a week"),
        ({**SUNDAY, "duration": "long"}, "duration: 'long' is no length of time. Write it as 6h"),
        ({**SUNDAY, "start": "25:00"}, "start: '25:00' is no time of day"),
        ({"offset_duration": "604800s", "duration": "6h"}, "offset_duration must be at least 0s and less than a week"),
        (SUNDAY, "cluster 'orders' has the plan BASIC, and the maintenance window needs ADVANCED"),
    ],
)
def test_one_sentence_for_what_is_wrong(emulator: Emulator, options: dict[str, Any], message: str) -> None:
    emulator.add_cluster("orders")
    result = window(emulator, **options)
    assert result["failed"] and message in result["msg"]
    assert emulator.writes() == []


# --- deferral of versions --------------------------------------------------------------------------------------------


def deferral(emulator: Emulator, *, check: bool = False, **more: Any) -> dict[str, Any]:
    return execute("version_deferral", {"cluster": "orders", **more}, emulator, check=check)


def test_deferred_by_days_or_by_the_words_of_the_api(emulator: Emulator) -> None:
    emulator.add_cluster("orders", **ADVANCED)
    assert "Give policy or days, or state: absent" in deferral(emulator)["msg"]
    assert deferral(emulator, days=60)["version_deferral"] == {"deferral_policy": "DEFERRAL_60_DAYS"}
    # What older versions called it, and what they left there, is the same.
    assert not deferral(emulator, policy="FIXED_DEFERRAL")["changed"]
    emulator.patch(objects={"version-deferral/orders": {"": {"deferral_policy": "FIXED_DEFERRAL"}}})
    for same in ({"days": 60}, {"policy": "DEFERRAL_60_DAYS"}, {"days": 60, "api_version": "2023-04-10"}):
        assert not deferral(emulator, **same)["changed"], same
    # A word that nobody knows yet is no reason to fail, and stays where nothing is said.
    emulator.patch(objects={"version-deferral/orders": {"": {"deferral_policy": "DEFERRAL_120_DAYS"}}})
    assert not deferral(emulator)["changed"] and deferral(emulator, days=90, check=True)["changed"]
    found = execute("version_deferral_info", {"cluster": "orders"}, emulator)["version_deferral"]
    assert found == {"deferral_policy": "DEFERRAL_120_DAYS"}
    assert deferral(emulator, policy="NOT_DEFERRED")["version_deferral"] is None
    assert not deferral(emulator, state="absent")["changed"]
    assert execute("version_deferral_info", {"cluster": "orders"}, emulator)["version_deferral"] is None
    assert [each["method"] for each in emulator.writes()][1:] == ["PUT", "PUT"]


def test_sixty_days_before_there_were_others(emulator: Emulator) -> None:
    emulator.add_cluster("orders", **ADVANCED)
    old = {"api_version": "2023-04-10"}
    assert deferral(emulator, days=60, **old)["version_deferral"] == {"deferral_policy": "FIXED_DEFERRAL"}
    assert "days: 30 does not exist in api_version 2023-04-10" in deferral(emulator, days=30, **old)["msg"]
