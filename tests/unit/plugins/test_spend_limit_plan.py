# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a spend limit in the four API versions."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from plugin_fakes import CLUSTER_ID, NEWEST, VERSIONS, advanced, cluster, desired, scope, standard

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.spend_limit import SPEND_LIMIT

PATH = f"/clusters/{CLUSTER_ID}"
LIMITS = st.fixed_dictionaries(
    {}, optional={"request_unit_limit": st.integers(1, 3), "storage_mib_limit": st.integers(1, 3)}
)


def row(**serverless):
    return cluster(config={"serverless": {"routing_id": "r", **serverless}})


def update(found, version=NEWEST, **params):
    wanted = {"spend_limit": None, "usage_limits": None, "unlimited": None, **params}
    return SPEND_LIMIT.update(scope(version=version), desired(SPEND_LIMIT, {}, version, **wanted), found)


def request(plan):
    (step,) = plan.steps
    return step.method, step.path, step.body


def test_the_first_version_has_a_request_of_its_own():
    plan = update(row(spend_limit=0), "2022-03-31", spend_limit=500)
    assert request(plan) == ("PUT", f"{PATH}/spend-limit", {"spendLimit": 500})
    assert plan.steps[0].instead == ("PATCH", PATH, {"serverless": {"spend_limit": 500}})
    assert plan.steps[0].changes == {"spend_limit": (0, 500)}


@pytest.mark.parametrize("version", ["2022-09-20", "2023-04-10"])
def test_the_next_ones_patch_cents(version):
    plan = update(row(spend_limit=0), version, spend_limit=500)
    assert request(plan) == ("PATCH", PATH, {"serverless": {"spend_limit": 500}})


def test_the_newest_patches_limits():
    sent = {"request_unit_limit": "20000000", "storage_mib_limit": "2048"}
    assert request(update(row(), spend_limit=500)) == ("PATCH", PATH, {"serverless": {"usage_limits": sent}})


def test_explicit_limits_replace_all_of_them():
    found = row(usage_limits={"request_unit_limit": 5, "storage_mib_limit": 6})
    plan = update(found, usage_limits={"request_unit_limit": 5, "storage_mib_limit": None})
    assert request(plan)[2] == {"serverless": {"usage_limits": {"request_unit_limit": "5"}}}


def test_no_limit_has_to_be_said():
    limited = {"request_unit_limit": 5, "storage_mib_limit": 6}
    assert request(update(row(usage_limits=limited), unlimited=True))[2] == {"serverless": {"usage_limits": {}}}
    old = update(row(spend_limit=5, usage_limits=limited), "2023-04-10", unlimited=True)
    assert request(old)[2] == {"serverless": {"spend_limit": 0}}
    with pytest.raises(OptionError, match="unlimited: true"):
        update(row(), usage_limits={})


@pytest.mark.parametrize("found", [row(), row(usage_limits=None), row(usage_limits={})])
def test_what_is_unlimited_already(found):
    assert update(found, unlimited=True).steps == []
    assert update(found, "2023-04-10", unlimited=True).steps == []


@pytest.mark.parametrize("found", [standard(), advanced(), advanced(plan="DEDICATED")])
@pytest.mark.parametrize("version", VERSIONS)
def test_clusters_without_a_spend_limit(found, version):
    with pytest.raises(OptionError, match=f"has the plan {found['plan']}"):
        update(found, version, spend_limit=500)


@given(
    st.sampled_from(VERSIONS),
    st.fixed_dictionaries({}, optional={"spend_limit": st.integers(0, 3), "usage_limits": LIMITS}),
    st.one_of(
        st.integers(0, 3).map(lambda cents: {"spend_limit": cents}),
        LIMITS.map(lambda limits: {"usage_limits": limits}),
        st.just({"unlimited": True}),
    ),
)
def test_a_second_run_has_nothing_to_do(version, serverless, params):
    assume(version >= "2023-04-10" or "spend_limit" in params)
    found = row(**serverless)
    try:
        plan = update(found, version, **params)
    except OptionError:
        assume(False)
    assert len(plan.steps) <= 1 and plan.changed == (plan.before != plan.after)
    # What is predicted is the module's result; the cluster behind it has the same two fields.
    again = row(spend_limit=plan.predicted["spend_limit"], usage_limits=plan.predicted["usage_limits"])
    assert update(again, version, **params).steps == []


def test_the_result():
    plan = update(row(), spend_limit=100)
    limits = {"request_unit_limit": 4_000_000, "storage_mib_limit": 409}
    assert plan.predicted == {
        "cluster_id": CLUSTER_ID,
        "cluster_name": "orders",
        "spend_limit": None,
        "usage_limits": limits,
    }
