# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lengths of time and times of day of a maintenance window, and what is sent of a blackout window."""

from __future__ import annotations

import time

import pytest

from ansible_collections.crdb.cloud.plugins.module_utils._base.moments import moment
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.blackout_window import BLACKOUT_WINDOW
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.declared import Scope
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.upkeep import misread_time, seconds, spoken, told


@pytest.mark.parametrize(
    ("text", "value"),
    [("6h", 21600), ("93600s", 93600), (93600, 93600), ("1d2h30m", 95400), ("1.5s", 1.5), ("1 h", 3600), ("0", 0)],
)
def test_lengths_of_time(text, value):
    assert seconds(text) == value
    assert seconds(spoken(value)) == value and seconds(told(value)) == value


@pytest.mark.parametrize("text", ["", "h", "6 hours", "-6h", "6h6h", "s", "1.5h", None])
def test_what_is_none(text):
    assert seconds(text) is None


@pytest.mark.parametrize(("value", "text"), [(93600.0, "93600s"), (0, "0s"), (1010.5, "1010.5s"), (604799, "604799s")])
def test_as_the_api_has_it(value, text):
    assert told(value) == text


def test_a_time_that_yaml_reads_as_a_number():
    # 12:00 is 720 to YAML.
    assert misread_time(720) and not misread_time("12:00")


def test_only_the_end_that_moves_is_sent(monkeypatch):
    """The other one may be past what can be set now."""
    monkeypatch.setattr(time, "time_ns", lambda: moment("2026-12-20T00:00:00Z"))
    row = {"id": "w", "start_time": "2026-12-18T00:00:00.000Z", "end_time": "2026-12-31T00:00:00+00:00"}
    wanted = {"start_time": "2026-12-18T01:00:00+01:00", "end_time": "2026-12-31T12:00:00Z"}
    desired = BLACKOUT_WINDOW.desired(wanted, "2024-09-16")
    assert BLACKOUT_WINDOW.find(BLACKOUT_WINDOW.by_mark([row]), desired) == [row]
    (step,) = BLACKOUT_WINDOW.update(Scope({"cluster": "c"}), desired, row).steps
    assert (step.method, step.path, step.body) == (
        "PATCH",
        "/clusters/c/blackout-windows/w",
        {"end_time": "2026-12-31T12:00:00Z"},
    )
    # A day later it is over, and neither found nor changed.
    monkeypatch.setattr(time, "time_ns", lambda: moment("2027-01-01T00:00:00Z"))
    assert BLACKOUT_WINDOW.by_mark([row]) == {}
    assert BLACKOUT_WINDOW.create(Scope({"cluster": "c"}), desired).steps == []
