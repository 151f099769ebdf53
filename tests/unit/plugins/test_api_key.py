# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How old API keys are, and may become."""

from __future__ import annotations

import pytest
from plugin_fakes import FakeApi, FakeRun

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import CrdbError
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.api_key import API_KEY, made
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.finder import Finder


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-02T00:00:00Z", 86400.0),
        ("1970-01-01T00:00:01.123456789Z", 1.123456789),
        ("1970-01-01T02:00:00.5+02:00", 0.5),
    ],
)
def test_when_a_key_was_made(text, seconds):
    assert made({"id": "CCDB1_a", "created_at": text}) == pytest.approx(seconds)


@pytest.mark.parametrize("text", [None, "", "yesterday", "1970-01-02", "1970-01-02T00:00:00", "1970-13-02T00:00:00Z"])
def test_no_time(text):
    with pytest.raises(CrdbError, match=r"The API says of the key CCDB1_a that it was made at '.*', which is no time"):
        made({"id": "CCDB1_a", "created_at": text})


@pytest.mark.parametrize(
    ("more", "message"),
    [({"max_age_days": 0}, "max_age_days must be above 0, got 0"), ({"keep_old_for": -1}, "keep_old_for must not be")],
)
def test_times_that_make_no_sense(more, message):
    with pytest.raises(CrdbError, match=message):
        API_KEY.spelled(Finder(FakeRun(FakeApi(), {})), more)
