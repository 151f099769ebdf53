# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The request budget that processes share."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugin_fakes import Clock

from ansible_collections.crdb.cloud.plugins.module_utils._http import pacing as _pacing
from ansible_collections.crdb.cloud.plugins.module_utils._http.pacing import BURST, Pacer, cache_directory


def pacer(directory, clock, rate=10.0, identity="url key"):
    return Pacer(rate, identity, directory=directory, clock=clock, sleep=clock.sleep)


def starts(one, clock, count):
    """The moments at which *count* requests start."""
    found = []
    for _number in range(count):
        one.wait()
        found.append(clock.now)
    return found


def test_a_few_at_once_and_then_evenly(tmp_path):
    clock = Clock(0.0)
    moments = starts(pacer(tmp_path, clock), clock, 8)
    assert moments[:BURST] == [0.0] * BURST
    assert moments[BURST:] == pytest.approx([0.1, 0.2, 0.3, 0.4])


@given(st.floats(0.5, 50.0), st.lists(st.floats(0.0, 3.0), min_size=1, max_size=60))
def test_no_window_holds_more_than_the_rate_and_the_burst(tmp_path_factory, rate, pauses):
    clock = Clock()
    one = pacer(tmp_path_factory.mktemp("pace"), clock, rate)
    moments = []
    for pause in pauses:
        clock.now += pause
        one.wait()
        moments.append(clock.now)
    for number, first in enumerate(moments):
        for further, last in enumerate(moments[number:]):
            assert further + 1 <= BURST + rate * (last - first) + 1e-6


def test_two_processes_share_one_budget(tmp_path):
    clock = Clock()
    one, two = pacer(tmp_path, clock), pacer(tmp_path, clock)
    for _number in range(BURST):
        one.wait()
    two.wait()
    assert sum(clock.sleeps) == pytest.approx(0.1)


def test_another_key_has_another_budget(tmp_path):
    clock = Clock()
    for identity in "abcdefgh":
        pacer(tmp_path, clock, identity=identity).wait()
    assert clock.sleeps == []


def test_slots_are_never_given_out_twice(tmp_path):
    class Still(Clock):
        def sleep(self, seconds):
            self.sleeps.append(seconds)

    clock = Still()
    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(pacer(tmp_path, clock).wait) for _number in range(40)]:
            future.result()
    pauses = sorted(pause for pause in clock.sleeps if pause > 1e-6)
    assert pauses == pytest.approx([0.1 * number for number in range(1, 41 - BURST)])


def test_rate_zero_switches_it_off(tmp_path):
    clock = Clock()
    one = pacer(tmp_path, clock, rate=0)
    one.hold(50)
    starts(one, clock, 50)
    assert clock.sleeps == [] and list(tmp_path.iterdir()) == []


def test_hold_stops_everybody(tmp_path):
    clock = Clock()
    pacer(tmp_path, clock).hold(7.0)
    assert starts(pacer(tmp_path, clock), clock, 1)[0] >= 1007.0


@pytest.mark.parametrize("content", [b"9999999999", b"-5", b"nan", b"inf", b"hello", b"\xff\xfe", b"", b"1" * 500])
def test_a_damaged_or_future_stamp_stops_nobody_for_long(tmp_path, content):
    clock = Clock()
    one = pacer(tmp_path, clock)
    one.wait()
    next(tmp_path.iterdir()).write_bytes(content)
    starts(one, clock, BURST)
    assert sum(clock.sleeps) <= 0.2
    starts(one, clock, 2)
    assert clock.sleeps, "the stamp has to be a good one again"


def test_the_file_is_private_and_names_no_key(tmp_path):
    clock = Clock()
    pacer(tmp_path / "new", clock, identity="https://x CCDB1_secret").wait()
    (found,) = (tmp_path / "new").iterdir()
    assert stat.S_IMODE(found.stat().st_mode) == 0o600
    assert stat.S_IMODE(found.parent.stat().st_mode) == 0o700
    assert "secret" not in found.name and "secret" not in found.read_text()


def test_a_link_is_not_followed(tmp_path):
    clock = Clock()
    one = pacer(tmp_path, clock)
    one.wait()
    (path,) = tmp_path.iterdir()
    victim = tmp_path / "victim"
    victim.write_text("precious")
    path.unlink()
    path.symlink_to(victim)
    starts(one, clock, BURST + 2)
    assert victim.read_text() == "precious"
    assert clock.sleeps, "without a file the process still paces itself"


def _full(*args):
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("call", ["pwrite", "ftruncate", "pread"])
def test_without_a_usable_file_the_budget_is_that_of_the_process(tmp_path, monkeypatch, call):
    monkeypatch.setattr(_pacing.os, call, _full)
    clock = Clock()
    starts(pacer(tmp_path, clock), clock, BURST + 2)
    assert clock.sleeps


def test_a_file_system_without_locks(tmp_path, monkeypatch):
    monkeypatch.setattr(_pacing.fcntl, "flock", _full)
    clock = Clock()
    starts(pacer(tmp_path, clock), clock, BURST + 2)
    assert clock.sleeps


def test_no_platform_locks(tmp_path, monkeypatch):
    monkeypatch.setattr(_pacing, "fcntl", None)
    clock = Clock()
    starts(pacer(tmp_path, clock), clock, BURST + 2)
    assert clock.sleeps and list(tmp_path.iterdir()) == []


def test_no_descriptor_stays_open(tmp_path):
    clock = Clock()
    one = pacer(tmp_path, clock)
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else pytest.skip("needs /proc")
    starts(one, clock, 20)
    assert len(os.listdir("/proc/self/fd")) == before


def test_the_directory_is_that_of_the_user(monkeypatch, tmp_path):
    assert cache_directory().name == "crdb.cloud" and str(cache_directory()).startswith(os.environ["XDG_CACHE_HOME"])
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_directory() == tmp_path / ".cache" / "crdb.cloud"
