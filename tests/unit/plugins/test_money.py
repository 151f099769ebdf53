# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.crdb.cloud.plugins.module_utils._fleet.money import lines, money
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.limits import cents_to_limits

LATEST = "2024-09-16"
STANDARD = {"plan": "STANDARD", "config": {"serverless": {"usage_limits": {"provisioned_virtual_cpus": 8}}}}
ADVANCED = {"plan": "ADVANCED", "config": {"dedicated": {"num_virtual_cpus": 4}}}
ENDLESS = {"plan": "BASIC", "config": {"serverless": {}}}


def basic(cents):
    return {"plan": "BASIC", "config": {"serverless": {"usage_limits": cents_to_limits(cents)}}}


def test_dollars_before_and_after_and_in_sum():
    found = money([("orders", basic(5000), basic(7550)), ("new", None, basic(5)), ("old", basic(100), None)], LATEST)
    assert (found["before"], found["after"], found["unknown"]) == ("51.00", "75.55", [])
    assert found["clusters"][1] == {"name": "new", "plan": "BASIC", "before": "0.00", "after": "0.05", "note": ""}
    assert lines(found) == [
        "cluster 'orders': 50.00 -> 75.50",
        "cluster 'new': 0.00 -> 0.05",
        "cluster 'old': 1.00 -> 0.00",
        "Limits in sum: 51.00 -> 75.55 US dollars a month",
    ]


@pytest.mark.parametrize(
    ("row", "note"),
    [
        (STANDARD, "a cluster with the plan STANDARD costs what its size costs, which the API does not tell"),
        (ADVANCED, "a cluster with the plan ADVANCED costs what its size costs, which the API does not tell"),
        (ENDLESS, "no spend limit, so it may cost anything"),
        (
            {"plan": "BASIC", "config": {"serverless": {"usage_limits": {"request_unit_limit": 5}}}},
            "no limit on storage, so it may cost anything",
        ),
    ],
)
def test_what_is_not_known_is_no_number(row, note):
    found = money([("a", row, row), ("b", basic(100), basic(100))], LATEST)
    assert found["clusters"][0] == {"name": "a", "plan": row["plan"], "before": None, "after": None, "note": note}
    assert (found["before"], found["after"], found["unknown"]) == ("1.00", "1.00", ["a"])
    assert lines(found) == ["Limits in sum: 1.00 US dollars a month, beside what is not known: 'a'"]
    assert lines(money([("a", row, row)], LATEST)) == []


def test_a_limit_that_is_lifted_or_outgrown_says_from_when_on_it_is_not_known():
    (lifted, outgrown) = money([("a", basic(100), ENDLESS), ("b", basic(100), STANDARD)], LATEST)["clusters"]
    assert (lifted["after"], lifted["note"]) == (None, "after: no spend limit, so it may cost anything")
    assert outgrown["plan"] == "STANDARD"
    assert outgrown["note"].startswith("after: a cluster with the plan STANDARD")


def test_a_spend_limit_of_an_older_version_is_in_cents():
    row = {"plan": "SERVERLESS", "config": {"serverless": {"spend_limit": 250}}}
    assert money([("a", row, row)], "2022-03-31")["after"] == "2.50"
