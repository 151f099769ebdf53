# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a cluster may be maintained and when not, said as people say it and as the API does."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.in_process import execute

ADVANCED = {
    "dedicated": {
        "region_nodes": {"us-central1": 3},
        "hardware": {"machine_spec": {"num_virtual_cpus": 4}, "storage_gib": 15},
    }
}
IDS = [f"{number}0000000-0000-4000-8000-000000000000" for number in range(1, 5)]
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
    assert [each["method"] for each in emulator.writes()] == ["PUT", "PUT"]


def test_sixty_days_before_there_were_others(emulator: Emulator) -> None:
    emulator.add_cluster("orders", **ADVANCED)
    old = {"api_version": "2023-04-10"}
    assert deferral(emulator, days=60, **old)["version_deferral"] == {"deferral_policy": "FIXED_DEFERRAL"}
    assert "days: 30 does not exist in api_version 2023-04-10" in deferral(emulator, days=30, **old)["msg"]


# --- blackout windows ------------------------------------------------------------------------------------------------

NOW = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)


def at(days: float) -> str:
    return f"{NOW + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


def ends(start: float, end: float) -> dict[str, Any]:
    return {"start_time": at(start), "end_time": at(end)}


def blackout(emulator: Emulator, name: str = "blackout_window", *, check: bool = False, **more: Any) -> dict[str, Any]:
    return execute(name, {"cluster": "orders", **more}, emulator, check=check)


def windows(emulator: Emulator) -> dict[tuple[str, str], str]:
    """The ids of the windows by their ends."""
    found = blackout(emulator, "blackout_window_info")["blackout_windows"]
    return {(row["start_time"], row["end_time"]): row["id"] for row in found}


def put_window(emulator: Emulator, id_: str, start: float, end: float) -> None:
    emulator.patch(objects={"blackout-windows/orders": {id_: {**ends(start, end), "cluster_id": "any"}}})


def test_one_end_moves_and_moments_are_compared(emulator: Emulator) -> None:
    emulator.add_cluster("orders", **ADVANCED)
    made = blackout(emulator, **ends(20, 25))["blackout_window"]
    zone = timezone(timedelta(hours=5, minutes=30))
    same = {"start_time": (NOW + timedelta(days=20)).astimezone(zone).isoformat(sep=" "), "end_time": at(25)}
    assert not blackout(emulator, **same)["changed"]
    for moved, body in ((ends(20, 27), ["end_time"]), (ends(21, 27), ["start_time"])):
        predicted, changed = blackout(emulator, **moved, check=True), blackout(emulator, **moved)
        assert predicted == changed and changed["blackout_window"] == {**made, **moved}
        assert list(changed["plan"][0]["changes"]) == body and changed["plan"][0]["action"] == "update"
    # Neither end is that of the window: another one. Both are: it can't be said which one is meant.
    other = blackout(emulator, **ends(40, 41))["blackout_window"]
    assert len(windows(emulator)) == 2
    refused = blackout(emulator, start_time=at(21), end_time=at(41))
    assert made["id"] in refused["msg"] and other["id"] in refused["msg"]
    assert blackout(emulator, id=other["id"], **ends(42, 43))["blackout_window"]["id"] == other["id"]
    # Only the window itself is deleted.
    assert not blackout(emulator, **ends(21, 30), state="absent")["changed"]
    assert blackout(emulator, **ends(21, 27), state="absent")["changed"]
    assert list(windows(emulator).values()) == [other["id"]]


@pytest.mark.parametrize(
    ("start", "end", "problem"),
    [(6, 8, "begins too soon"), (20, 35, "is too long"), (88, 94, "ends too late"), (9, 8, "can't end at")],
)
def test_limits_are_checked_before_anything_is_sent(emulator: Emulator, start: float, end: float, problem: str) -> None:
    emulator.add_cluster("orders", **ADVANCED)
    for check in (True, False):
        refused = blackout(emulator, **ends(start, end), check=check)
        assert refused["failed"] and problem in refused["msg"]
    assert emulator.writes() == []


def test_a_window_that_is_there_is_left_however_near_it_is(emulator: Emulator) -> None:
    emulator.add_cluster("orders", **ADVANCED)
    put_window(emulator, IDS[0], -2, 3)
    put_window(emulator, IDS[1], -20, -10)
    assert not blackout(emulator, **ends(-2, 3))["changed"]
    # It can be made longer while it lasts.
    assert blackout(emulator, **ends(-2, 5))["plan"][0]["changes"].keys() == {"end_time"}
    for state in ("present", "absent"):
        over = blackout(emulator, **ends(-20, -10), state=state)
        assert not over["changed"] and over["blackout_window"] is None
        assert len(over["warnings"]) == (state == "present")
    # Nor does it lend an end to another one.
    assert "begins too soon" in blackout(emulator, **ends(-20, 1))["msg"]
    assert len(emulator.writes()) == 1


def test_exactly_these_windows(emulator: Emulator) -> None:
    emulator.add_cluster("orders", **ADVANCED)
    for id_, (start, end) in zip(IDS, ((20, 22), (30, 31), (-9, -8), (50, 51)), strict=True):
        put_window(emulator, id_, start, end)
    # One stays, although another one begins with it; one gets another end; one is new; one goes; one is history.
    wanted = [ends(20, 23), ends(20, 22), ends(30, 33), ends(60, 61)]
    task = {"windows": wanted, "purge": True}
    predicted = blackout(emulator, "blackout_windows", **task, check=True)
    done = blackout(emulator, "blackout_windows", **task)
    actions = ["created", "unchanged", "updated", "created", "deleted"]
    for result in (predicted, done):
        assert [each["action"] for each in result["results"]] == actions
        assert [(row["start_time"], row["end_time"]) for row in result["blackout_windows"]] == sorted(
            [*(tuple(each.values()) for each in wanted), (at(-9), at(-8))]
        )
    assert windows(emulator)[at(30), at(33)] == IDS[1] and predicted["plan"] == done["plan"]
    again = blackout(emulator, "blackout_windows", **task)
    assert not again["changed"] and len(emulator.writes()) == 4
    kept = {**task, "windows": wanted[:1], "protected": [f"{at(20)}/{at(22)}"]}
    assert [each["action"] for each in blackout(emulator, "blackout_windows", **kept)["results"]] == [
        "unchanged",
        "deleted",
        "deleted",
    ]


def test_no_window_of_another_plan(emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    for name, more in (("blackout_window", ends(20, 21)), ("blackout_windows", {"windows": [ends(20, 21)]})):
        for check in (True, False):
            assert "needs ADVANCED" in blackout(emulator, name, **more, check=check)["msg"]
    assert emulator.writes() == []


def test_all_windows_are_read(launch: Launch) -> None:
    """Not as in the provider, which reads the first page of them alone."""
    emulator = launch("--page-size", "1")
    emulator.add_cluster("orders", **ADVANCED)
    for id_, start in zip(IDS, (20, 30, 40, 50), strict=True):
        put_window(emulator, id_, start, start + 1)
    assert len(windows(emulator)) == 4
    assert not blackout(emulator, **ends(50, 51))["changed"]
