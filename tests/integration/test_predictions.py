# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What check mode predicts is what the run does: random clusters, random wishes, all plans, providers and API versions.

More seeds by hand: ``CRDB_TEST_SEEDS=1000-2000``.
"""

from __future__ import annotations

import os

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.in_process import execute
from integration.helpers.pairs import LIFECYCLE, Pair, make, pair
from integration.helpers.results import agree

FIRST, LAST = (int(text) for text in os.environ.get("CRDB_TEST_SEEDS", "0-240").split("-"))
PORTIONS = 4


@pytest.fixture
def quick(launch: Launch) -> Emulator:
    return launch(*LIFECYCLE)


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_what_is_predicted_is_what_happens(quick: Emulator, portion: int) -> None:
    outcomes = {"refused": 0, "changed": 0, "unchanged": 0}
    wrong = []
    for seed in range(FIRST + portion, LAST, PORTIONS):
        made = pair(seed)
        make(quick, made)
        try:
            outcomes[outcome_of(made, quick)] += 1
        except AssertionError as error:
            wrong.append(
                f"seed {seed}: {error}\n  there: {made.there_version} {made.there}\n  wanted: {made.arguments}"
            )
    assert not wrong, f"{len(wrong)} wrong\n" + "\n".join(wrong[:8])
    # A test of refusals alone would show nothing.
    assert outcomes["changed"] >= 0.4 * sum(outcomes.values()) and outcomes["unchanged"], outcomes


def outcome_of(made: Pair, emulator: Emulator) -> str:
    task = (made.module, made.arguments, emulator)
    predicted = execute(*task, check=True)
    assert emulator.writes() == [], "check mode wrote"
    real = execute(*task)
    if predicted.get("failed"):
        assert real.get("msg") == predicted["msg"], (
            f"predicted {predicted['msg']!r}, got {real.get('msg', 'success')!r}"
        )
        assert emulator.writes() == [], f"refused only after a write: {real['msg']}"
        return "refused"
    assert not real.get("failed"), f"predicted success, got {real['msg']!r}"
    for part in ("changed", "plan", "diff", "warnings"):
        assert real[part] == predicted[part], f"{part}: predicted {predicted[part]}, got {real[part]}"
    agree(made.module, predicted[made.module], real[made.module])
    if made.arguments.get("wait", True):
        again = execute(*task)
        assert not again.get("failed") and not again["changed"], (
            f"the second run: {again.get('msg', again.get('plan'))}"
        )
        assert not execute(*task, check=True)["changed"]
    return "changed" if real["changed"] else "unchanged"
