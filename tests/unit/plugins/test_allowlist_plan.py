# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of an allowlist entry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugin_fakes import CLUSTER_ID, NEWEST, VERSIONS, desired, scope

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.allowlist_entry import ALLOWLIST_ENTRY

KEY = {"cidr_ip": "203.0.113.0", "cidr_mask": 24}
PATH = f"/clusters/{CLUSTER_ID}/networking/allowlist"
FLAGS = st.fixed_dictionaries(
    {}, optional={"ui": st.booleans(), "sql": st.booleans(), "name": st.sampled_from(["", "a", "b"])}
)
ROWS = st.builds(
    lambda ui, sql, name: {**KEY, "ui": ui, "sql": sql, "name": name},
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "a"]),
)


def key(**params):
    return ALLOWLIST_ENTRY.key_of({"cidr": None, "cidr_ip": None, "cidr_mask": None, **params})


def update(row, version=NEWEST, **params):
    return ALLOWLIST_ENTRY.update(scope(version=version), desired(ALLOWLIST_ENTRY, KEY, version, **params), row)


@pytest.mark.parametrize(
    ("params", "ip", "mask"),
    [
        ({"cidr": "203.0.113.0/24"}, "203.0.113.0", 24),
        ({"cidr": " 203.0.113.0/24 "}, "203.0.113.0", 24),
        ({"cidr": "203.0.113.7"}, "203.0.113.7", 32),
        ({"cidr": "0.0.0.0/0"}, "0.0.0.0", 0),
        ({"cidr_ip": "203.0.113.0", "cidr_mask": 24}, "203.0.113.0", 24),
        ({"cidr": "0.0.0.0/32"}, "0.0.0.0", 32),
        ({"cidr_ip": "203.0.113.9"}, "203.0.113.9", 32),
        ({"cidr_ip": "0.0.0.0", "cidr_mask": 0}, "0.0.0.0", 0),
    ],
)
def test_networks(params, ip, mask):
    assert key(**params) == {"cidr_ip": ip, "cidr_mask": mask}


@pytest.mark.parametrize(
    "params",
    [
        {"cidr": "example.com"},
        {"cidr": ""},
        {"cidr_ip": ""},
        {},
        {"cidr": "203.0.113.0/33"},
        {"cidr": "2001:db8::/32"},
        {"cidr_ip": "203.0.113.0", "cidr_mask": 33},
        {"cidr_ip": "203.0.113.0", "cidr_mask": -1},
        {"cidr_ip": "203.0.113.0/24", "cidr_mask": 24},
    ],
)
def test_what_is_no_network(params):
    with pytest.raises(OptionError, match="network"):
        key(**params)


@pytest.mark.parametrize(
    "params", [{"cidr": "203.0.113.7/24"}, {"cidr": " 203.0.113.7/24"}, {"cidr_ip": "203.0.113.7", "cidr_mask": 24}]
)
def test_the_address_of_a_host_with_the_mask_of_a_network_is_refused(params):
    with pytest.raises(OptionError) as caught:
        key(**params)
    assert str(caught.value) == (
        "'203.0.113.7/24' has the address of a host and the mask of a network: "
        "write 203.0.113.0/24 for the network, or 203.0.113.7 for the host"
    )


@pytest.mark.parametrize("params", [{"cidr": "0.0.0.0"}, {"cidr": " 0.0.0.0 "}, {"cidr_ip": "0.0.0.0"}])
def test_everybody_or_nobody_is_said_with_a_mask(params):
    with pytest.raises(OptionError, match=r"write 0\.0\.0\.0/0 to let the whole world in, or 0\.0\.0\.0/32"):
        key(**params)


@pytest.mark.parametrize("name", ["203.0.113.7/24", "0.0.0.0", "203.0.113.300"])
def test_a_protected_network_that_is_none_is_refused_and_not_overlooked(name):
    assert ALLOWLIST_ENTRY.can_be_called(name)
    with pytest.raises(OptionError):
        ALLOWLIST_ENTRY.key_of_name(name)


@pytest.mark.parametrize("name", ["app", "2024", "10.1", "orders.eu"])
def test_the_name_of_something_else_is_no_network(name):
    assert not ALLOWLIST_ENTRY.can_be_called(name)


def test_creation_opens_both_unless_told_otherwise():
    plan = ALLOWLIST_ENTRY.create(scope(), desired(ALLOWLIST_ENTRY, KEY, ui=False))
    (step,) = plan.steps
    assert (step.method, step.path) == ("POST", PATH)
    assert step.body == plan.predicted == plan.after == {**KEY, "ui": False, "sql": True, "name": ""}


@given(FLAGS)
def test_a_new_entry_needs_no_second_run(params):
    plan = ALLOWLIST_ENTRY.create(scope(), desired(ALLOWLIST_ENTRY, KEY, **params))
    assert update(plan.predicted, **params).steps == []


@given(ROWS, FLAGS, st.sampled_from(VERSIONS))
def test_a_second_run_has_nothing_to_do(row, params, version):
    plan = update(row, version, **params)
    differs = {name for name in params if params[name] != row[name]}
    assert len(plan.steps) == bool(differs)
    for step in plan.steps:
        assert set(step.changes) == differs and (step.method, step.path) == ("PATCH", f"{PATH}/203.0.113.0/24")
        whole = {name: params.get(name, row[name]) for name in ("ui", "sql", "name")}
        assert step.body == ({**KEY, **whole} if version == "2022-03-31" else whole), "the whole entry, every time"
    assert update(plan.predicted, version, **params).steps == []
    assert plan.predicted == {**row, **params}


def test_a_row_without_the_name_has_an_empty_one():
    assert update({**KEY, "ui": True, "sql": True}, name="").steps == []


def test_deletion():
    (step,) = ALLOWLIST_ENTRY.delete(scope(), desired(ALLOWLIST_ENTRY, KEY), {**KEY, "ui": True}).steps
    assert (step.method, step.path) == ("DELETE", f"{PATH}/203.0.113.0/24")


def test_another_mask_is_another_entry():
    assert ALLOWLIST_ENTRY.mark(KEY) == ALLOWLIST_ENTRY.mark_of({**KEY, "ui": True})
    assert ALLOWLIST_ENTRY.mark(KEY) != ALLOWLIST_ENTRY.mark_of({**KEY, "cidr_mask": 25})
