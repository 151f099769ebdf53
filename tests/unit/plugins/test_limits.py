# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Money and limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugin_fakes import NEWEST, VERSIONS

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.limits import (
    INT32_MAX,
    INT64_MAX,
    as_strings,
    cents_to_limits,
    check_cents,
    check_limits,
)


@pytest.mark.parametrize(
    ("cents", "units", "mib"),
    [(1, 40_000, 4), (100, 4_000_000, 409), (1000, 40_000_000, 4096), (50_000, 2_000_000_000, 204_800)],
)
def test_the_conversion_of_the_service(cents, units, mib):
    assert cents_to_limits(cents) == {"request_unit_limit": units, "storage_mib_limit": mib}


@given(st.integers(1, INT32_MAX))
def test_every_amount_converts_to_limits_the_api_takes(cents):
    limits = cents_to_limits(cents)
    assert check_limits(limits, NEWEST) == limits
    assert limits["request_unit_limit"] == cents * 40_000
    assert limits["storage_mib_limit"] == cents * 4096 // 1000


@given(st.integers(1, INT32_MAX), st.sampled_from(VERSIONS))
def test_amounts(cents, version):
    assert check_cents(cents, version) == cents


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("cents", [-1, INT32_MAX + 1, True, "5", 1.5, None])
def test_what_is_no_amount(version, cents):
    with pytest.raises(OptionError, match="spend_limit"):
        check_cents(cents, version)


def test_zero_is_the_free_tier_only_where_it_was_one():
    assert check_cents(0, "2022-03-31") == check_cents(0, "2022-09-20") == 0
    for version in ("2023-04-10", NEWEST):
        with pytest.raises(OptionError, match="unlimited: true"):
            check_cents(0, version)


def test_limits():
    assert check_limits({"request_unit_limit": 5, "storage_mib_limit": None}, NEWEST) == {"request_unit_limit": 5}
    assert check_limits({}, "2023-04-10") == {}
    both = {"request_unit_limit": INT64_MAX, "storage_mib_limit": 1}
    assert check_limits(both, "2023-04-10") == both


@pytest.mark.parametrize("value", [0, -1, INT64_MAX + 1, True, "5"])
def test_what_is_no_limit(value):
    with pytest.raises(OptionError, match=r"usage_limits\.request_unit_limit"):
        check_limits({"request_unit_limit": value}, NEWEST)


@pytest.mark.parametrize("name", ["request_unit_limit", "storage_mib_limit"])
def test_the_version_before_wants_both(name):
    with pytest.raises(OptionError, match="both"):
        check_limits({name: 5}, "2023-04-10")


def test_limits_are_sent_as_text():
    assert as_strings({"request_unit_limit": INT64_MAX}) == {"request_unit_limit": "9223372036854775807"}
