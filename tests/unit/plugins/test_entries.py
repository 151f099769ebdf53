# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the entries of a module's lists: all of it, each with its place, and no secret."""

from __future__ import annotations

import pytest

from ansible_collections.crdb.cloud.plugins.modules.fleet import MODULE as FLEET
from ansible_collections.crdb.cloud.plugins.modules.sql_users import MODULE as SQL_USERS
from ansible_collections.crdb.cloud.plugins.plugin_utils._entries import refused


def test_all_that_is_wrong_is_said_with_its_place():
    clusters = [
        {"name": "orders", "spend_limit": "much", "sql_users": [{"name": "app"}, {"password": "hunter2-and-more"}]},
        {"provider": "GCP", "usage_limits": {"request_unit_limit": "few"}, "allowlist": [{}]},
        {"name": "billing", "allowlist": [{"cidr": "10.0.0.0/8", "ui": "perhaps"}]},
    ]
    found = refused(FLEET.argument_spec(), FLEET.rules, {"clusters": clusters, "parallel": "many", "api_key": "k" * 9})
    assert any(text.startswith("argument 'parallel' is of type") for text in found)
    for part in (
        "clusters[0]: argument 'spend_limit' is of type",
        "clusters[0].sql_users[1]: missing required arguments: name",
        "clusters[1]: one of the following is required: name, id",
        "clusters[1].usage_limits: argument 'request_unit_limit' is of type",
        "clusters[1].allowlist[0]: one of the following is required: cidr, cidr_ip",
        "clusters[2].allowlist[0]: argument 'ui' is of type",
    ):
        assert any(text.startswith(part) for text in found), (part, found)
    assert len(found) == 7 and "hunter2" not in str(found)


@pytest.mark.parametrize("password", [{"a": "hunter2-and-more"}, ["hunter2-and-more"]])
def test_a_secret_of_the_wrong_kind_is_not_shown(password):
    users = [{"name": "app", "password": password, "state": "gone"}]
    found = refused(SQL_USERS.argument_spec(), SQL_USERS.rules, {"cluster": "orders", "users": users})
    assert any(text.startswith("users[0]: value of state must be one of") for text in found)
    assert "hunter2" not in str(found)


def test_nothing_is_said_of_what_is_right():
    right = {"cluster": "orders", "users": [{"name": "app", "password": "hunter2-and-more"}]}
    assert refused(SQL_USERS.argument_spec(), SQL_USERS.rules, right) == []
    # What is wrong elsewhere is left to Ansible, which says it well enough.
    assert refused(SQL_USERS.argument_spec(), SQL_USERS.rules, {"users": right["users"]}) == []
