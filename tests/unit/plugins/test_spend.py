# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all clusters may cost together."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugin_fakes import CLUSTER_ID, NEWEST, OTHER_ID, FakeApi, FakeRun, advanced, cluster, refusal, standard

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import ApiError, OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._edge.spend import arguments, cost, parse, read_spend_limits
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.limits import (
    INT32_MAX,
    INT64_MAX,
    cents_to_limits,
    limits_to_cents,
)

THIRD_ID = "33333333-2222-3333-4444-555555555555"
FOURTH_ID = "44444444-2222-3333-4444-555555555555"


def limited(cents=None, **changes):
    limits = changes.pop("usage_limits", cents_to_limits(cents) if cents else {})
    return cluster(config={"serverless": {"usage_limits": limits}}, **changes)


@pytest.fixture
def api():
    return FakeApi(
        limited(1000, labels={"team": "a"}),
        limited(2500, id=OTHER_ID, name="stock", cloud_provider="AWS"),
        limited(id=THIRD_ID, name="lab"),
        advanced(id=FOURTH_ID, name="warehouse"),
    )


def read(api, check_mode=False, **params):
    empty = {"limits": None, "budget": None, "accept_unlimited": None, "label": None}
    return read_spend_limits(FakeRun(api, {**empty, **params}, check_mode=check_mode))


@given(st.integers(1, INT32_MAX))
def test_cents_come_back_as_the_same_cents(cents):
    assert limits_to_cents(cents_to_limits(cents)) == cents


@given(st.integers(1, INT64_MAX), st.integers(1, INT64_MAX))
def test_the_price_of_limits_is_exact_and_rounded_up(units, mib):
    price = Fraction(units, 50_000) + Fraction(mib * 100, 2048)
    assert limits_to_cents({"request_unit_limit": units, "storage_mib_limit": mib}) == ceil(price)


@pytest.mark.parametrize(
    "limits",
    [{}, {"request_unit_limit": 5}, {"storage_mib_limit": 5}, {"request_unit_limit": 5, "storage_mib_limit": 0}],
)
def test_half_a_limit_is_none(limits):
    assert limits_to_cents(limits) is None


@pytest.mark.parametrize(
    ("spend_limit", "limits", "version", "cents"),
    [
        (2500, {}, "2022-03-31", 2500),
        (0, {}, "2022-09-20", 0),
        (None, {}, "2022-09-20", 0),
        (0, {}, "2023-04-10", None),
        (700, {}, "2023-04-10", 700),
        (1, cents_to_limits(700), "2023-04-10", 700),
        (700, {"request_unit_limit": 5, "storage_mib_limit": 0}, "2023-04-10", None),
        (None, {}, NEWEST, None),
        (None, cents_to_limits(700), NEWEST, 700),
    ],
)
def test_the_cost_in_every_version(spend_limit, limits, version, cents):
    assert cost(spend_limit, limits, version) == cents


def test_the_total_of_what_is_there(api):
    found = read(api, label="team")
    assert found["total"] == found["present_total"] == 3500
    assert [item["cluster_name"] for item in found["spend_limits"]] == ["lab", "orders", "stock", "warehouse"]
    assert [item["determined_by"] for item in found["spend_limits"]] == ["none", "limit", "limit", "size"]
    assert found["unlimited"] == ["lab"] and found["determined_by_size"] == ["warehouse"]
    assert found["by_provider"] == {"AWS": 2500, "GCP": 1000}
    assert found["by_label"] == {"": 2500, "a": 1000}
    assert found["within_budget"] is None and found["objections"] == [] and found["planned"] == []
    assert len(api.log) == 1


def test_what_costs_nothing_is_left_out():
    gone = limited(1000, state="DELETED")
    failed = limited(1000, id=OTHER_ID, name="failed", state="CREATION_FAILED")
    assert read(FakeApi(gone, failed))["spend_limits"] == []
    assert read(FakeApi())["total"] == 0
    assert read(FakeApi(standard()))["determined_by_size"] == ["orders"]


def test_planned_limits_count_instead_of_the_present_ones(api):
    found = read(api, limits={"orders": 2000, OTHER_ID: 500, "lab": 1500}, label="team")
    assert (found["present_total"], found["total"]) == (3500, 4000)
    assert found["unlimited"] == []
    assert found["by_provider"] == {"AWS": 500, "GCP": 3500}
    assert found["by_label"] == {"": 2000, "a": 2000}
    # Reductions first. A cluster without a limit can only be reduced.
    assert [item["cluster"] for item in found["planned"]] == [OTHER_ID, "lab", "orders"]
    assert [item["cents_before"] for item in found["planned"]] == [2500, None, 1000]
    assert [item["differs"] for item in found["planned"]] == [True, True, True]
    assert [item["cents"] for item in found["spend_limits"]] == [None, 1000, 2500, None]
    assert len(api.log) == 1 and not read(api, limits={"orders": 1000})["planned"][0]["differs"]


def test_lifting_a_limit_comes_last(api):
    found = read(api, limits={"orders": "unlimited", "stock": 9000})
    assert [item["cluster"] for item in found["planned"]] == ["stock", "orders"]
    assert found["unlimited"] == ["lab", "orders"]
    assert found["planned"][1]["unlimited"] is True


@pytest.mark.parametrize(
    ("params", "objections"),
    [
        ({"budget": 3500, "accept_unlimited": ["lab"]}, []),
        ({"budget": 3500, "accept_unlimited": [THIRD_ID]}, []),
        ({"budget": 3500, "accept_unlimited": ["other\n lab "]}, []),
        ({"budget": 3500}, ["Cluster 'lab' has no spend limit, so it may cost anything"]),
        (
            {"budget": 3499, "accept_unlimited": ["lab"]},
            ["The spend limits come to USD 35.00 a month, USD 0.01 more than the budget of USD 34.99"],
        ),
        (
            {"budget": 3500, "accept_unlimited": ["lab"], "limits": {"stock": 2600}},
            ["The spend limits would come to USD 36.00 a month, USD 1.00 more than the budget of USD 35.00"],
        ),
        (
            {"budget": 3500, "limits": {"lab": {"request_unit_limit": 5}}},
            ["Cluster 'lab' would have no limit on storage, so it may cost anything"],
        ),
        (
            {"budget": 0, "limits": {"lab": 1}},
            ["The spend limits would come to USD 35.01 a month, USD 35.01 more than"],
        ),
    ],
)
def test_the_budget(api, params, objections):
    found = read(api, **params)
    assert found["within_budget"] is (not objections)
    assert len(found["objections"]) == len(objections)
    assert all(said.startswith(text) for said, text in zip(found["objections"], objections, strict=True))


def test_clusters_of_one_name_are_told_apart():
    api = FakeApi(limited(), limited(id=OTHER_ID))
    assert read(api)["unlimited"] == [f"orders ({CLUSTER_ID})", f"orders ({OTHER_ID})"]
    with pytest.raises(OptionError, match="There are 2 clusters named 'orders'"):
        read(api, limits={"orders": 5})
    assert read(api, limits={OTHER_ID: 5})["total"] == 5


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (None, {}),
        ("", {}),
        (" \n ", {}),
        ({}, {}),
        ([], {}),
        ({"orders": 5}, {"orders": 5}),
        ("orders=5", {"orders": "5"}),
        ("orders = 5, stock: unlimited\n\nlab=", {"orders": "5", "stock": "unlimited", "lab": ""}),
        ('{"orders": 5}', {"orders": 5}),
        ('[{"orders": 5}, {"stock": 6}]', {"orders": 5, "stock": 6}),
        (["orders=5", {"stock": 6}], {"orders": "5", "stock": 6}),
        ([{"cluster": "orders", "spend_limit": 5}], {"orders": {"spend_limit": 5}}),
        ([{"cluster": "orders", "limit": 5}], {"orders": {"limit": 5}}),
    ],
)
def test_the_ways_to_write_limits(given, found):
    assert parse(given) == found


@pytest.mark.parametrize(
    "given", ["orders", "=5", "{orders", 7, [7], [None], "orders=1,orders=2", [{"a": 1}, {"a": 2}]]
)
def test_what_are_no_limits(given):
    with pytest.raises(OptionError, match="limits"):
        parse(given)


UNITS = {"request_unit_limit": 5, "storage_mib_limit": 6}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, None),
        ("", None),
        ({}, None),
        ({"limit": ""}, None),
        ({"spend_limit": ""}, None),
        (5, {"spend_limit": 5}),
        (" 5 ", {"spend_limit": 5}),
        ({"limit": "5"}, {"spend_limit": 5}),
        ({"spend_limit": "5"}, {"spend_limit": 5}),
        ("Unlimited", {"unlimited": True}),
        ({"unlimited": True}, {"unlimited": True}),
        (UNITS, {"usage_limits": UNITS}),
        ({"usage_limits": {**UNITS, "storage_mib_limit": "6"}}, {"usage_limits": UNITS}),
        ({"usage_limits": UNITS, "spend_limit": None}, {"usage_limits": UNITS}),
        ({"request_unit_limit": 5, "storage_mib_limit": None}, {"usage_limits": {"request_unit_limit": 5}}),
    ],
)
def test_the_ways_to_write_a_limit(value, found):
    assert arguments("orders", value) == found


@pytest.mark.parametrize(
    "value", ["25 dollars", "$5", 2.5, "2.5", True, [5], {"spend_limit": 5, "unlimited": True}, {"cents": 5}, "9" * 30]
)
def test_what_is_no_limit(value):
    with pytest.raises(OptionError, match="cluster 'orders' can't"):
        arguments("orders", value)


@pytest.mark.parametrize(
    ("params", "version", "message"),
    [
        ({"limits": {"nowhere": 5}}, NEWEST, "There is no cluster 'nowhere'"),
        ({"limits": {"nowhere": 5, "either": 6}}, NEWEST, "There are no clusters 'nowhere', 'either'"),
        ({"limits": {"warehouse": 5}}, NEWEST, "cluster 'warehouse' has the plan ADVANCED"),
        ({"limits": {"orders": 5, CLUSTER_ID: 6}}, NEWEST, "by name and by id"),
        ({"limits": {"orders": 0}}, NEWEST, "The limit of cluster 'orders' is refused: spend_limit: 0"),
        ({"limits": {"orders": -5}}, NEWEST, "cluster 'orders' is refused"),
        ({"limits": {"orders": "unlimited"}}, "2022-09-20", "cluster 'orders' is refused: The option unlimited"),
        ({"limits": {"orders": {"storage_mib_limit": 5}}}, "2023-04-10", "cluster 'orders' is refused.*both"),
        ({"budget": -1}, NEWEST, "budget must not be negative"),
    ],
)
def test_refusals(api, params, version, message):
    api.version = version
    with pytest.raises(OptionError, match=message):
        read(api, **params)


def test_a_cluster_that_an_earlier_task_would_make_counts_in_check_mode(api):
    found = read(api, check_mode=True, limits={"new": 700}, budget=4200, accept_unlimited=["lab"])
    assert found["total"] == 4200 and found["within_budget"] and found["planned"][0]["cluster_id"] is None


def test_an_empty_limit_leaves_the_cluster_alone(api):
    assert read(api, limits={"orders": "", "nowhere": None})["planned"] == []


def test_errors_say_what_was_being_done(api):
    api.faults = [("GET", "clusters", refusal(403))]
    with pytest.raises(ApiError, match="no"):
        read(api)
