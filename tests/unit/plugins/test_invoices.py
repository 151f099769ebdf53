# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Amounts of money: from the numbers of JSON to decimal text."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import AnswerError
from ansible_collections.crdb.cloud.plugins.module_utils._edge.invoices import cents, exact


@pytest.mark.parametrize("text", ["0.1", "-1234567890123.45", "9999999999999.99", "0.005", "7", "-0.0", "1e-7"])
def test_an_amount_is_the_decimal_number_that_was_written(text):
    assert exact(json.loads(text)) == Decimal(text)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e400", "1e13", "-99999999999999.99"])
def test_one_that_has_no_sure_cents_is_refused(text):
    with pytest.raises(AnswerError, match="exactly to the cent"):
        exact(json.loads(text))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("1.0049", "1.00"), ("-0.001", "0.00"), ("1E+3", "1000.00")],
)
def test_cents_are_rounded_as_people_do(amount, shown):
    assert cents(Decimal(amount)) == shown
