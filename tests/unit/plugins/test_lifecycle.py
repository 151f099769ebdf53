# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a state means, however the service spells it."""

from __future__ import annotations

import pytest

from ansible_collections.crdb.cloud.plugins.module_utils._nouns.lifecycle import Lifecycle
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.network import PRIVATE_ENDPOINT_CONNECTION

LIFE = PRIVATE_ENDPOINT_CONNECTION.lifecycle


@pytest.mark.parametrize("prefix", ["", "STATUS_"])
def test_states_with_and_without_what_they_begin_with(prefix):
    def row(state):
        return {"status": f"{prefix}{state}"}

    assert LIFE.is_settled(row("AVAILABLE")) and LIFE.is_young(row("PENDING_ACCEPTANCE"))
    assert LIFE.is_gone(row("REJECTED")) and LIFE.is_gone(row("DELETED")) and not LIFE.is_gone(row("STALE"))
    assert LIFE.is_leaving(row("DELETING"))
    assert LIFE.failure(row("EXPIRED")) == "it is EXPIRED" and not LIFE.failure(row("PENDING"))


def test_what_is_predicted_is_spelled_as_the_service_does():
    assert LIFE.ideal({}) == {"status": "STATUS_AVAILABLE"}
    assert LIFE.ideal({}, settled=False) == {"status": "STATUS_PENDING"}


def test_of_several_the_state_is_that_of_the_slowest_and_a_prediction_is_of_all():
    life = Lifecycle(each="parts", making=("NEW",), settled=("DONE",), failed=("BROKEN",))
    row = {"parts": [{"state": "DONE", "name": "a"}, {"state": "NEW", "name": "b"}]}
    assert life.status(row) == "NEW" and not life.is_settled(row) and life.is_gone({"parts": []})
    assert life.ideal(row) == {"parts": [{"state": "DONE", "name": "a"}, {"state": "DONE", "name": "b"}]}
    assert life.failure({"parts": [*row["parts"], {"state": "BROKEN"}]}) == "it is BROKEN"
