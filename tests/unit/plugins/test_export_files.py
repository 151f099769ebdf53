# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be in a file and what can't, and an inventory: names that can be hosts, each once, and no secret."""

from __future__ import annotations

from types import SimpleNamespace

from ansible_collections.crdb.cloud.plugins.module_utils._export.document import Secret
from ansible_collections.crdb.cloud.plugins.module_utils._export.files import hosts
from ansible_collections.crdb.cloud.plugins.module_utils._export.organization import Exported, Organization, Survey
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.access import SERVICE_ACCOUNT


def test_clusters_are_hosts_with_the_variables_of_the_role():
    users = [{"name": "a,b", "password": Secret("vault_orders_a_b")}]
    exported = Exported(
        {
            "clusters": [
                {
                    "name": "orders",
                    "id": "1",
                    "plan": "BASIC",
                    "labels": {},
                    "sql_users": users,
                    "databases": [{"name": "x"}],
                },
                {"name": "orders", "id": "2", "allowlist": [{"cidr": "203.0.113.7/32", "name": ""}]},
                *({"name": name} for name in ("[a:b]", "{{ x }}", "a b", "-x", "", "all,b")),
            ]
        },
        marks=[{"crdb-cloud-fleet": "main"}, *[{}] * 7],
    )
    assert hosts(exported) == {
        "orders": {
            "cluster_id": "1",
            "cluster_plan": "BASIC",
            "cluster_labels": {"crdb-cloud-fleet": "main"},
            "cluster_sql_users": [{"name": "a,b"}],
        },
        "orders-2": {
            "cluster_name": "orders",
            "cluster_id": "2",
            "cluster_allowlist": [{"cidr": "203.0.113.7/32", "name": ""}],
        },
    }
    assert [each["name"] for each in exported.not_exported] == ["[a:b]", "{{ x }}", "a b", "-x", "", "all,b"]


def test_what_no_file_can_hold_is_left_out_and_named():
    run = SimpleNamespace(params={"defaults": True}, api=SimpleNamespace(version="2026-09-15"))
    organization = Organization(run)
    survey = Survey(SERVICE_ACCOUNT)
    survey.found = [
        ({}, {"id": str(number), "name": name, "description": text}) for number, (name, text) in enumerate(ROWS)
    ]
    assert organization.said(survey) == [{"name": "a"}, {"name": "b", "description": "{{ x }}"}]
    reasons = [each["reason"] for each in organization.result.not_exported]
    assert reasons == ["description has text that is no Unicode", "name has text that is no Unicode"]


ROWS = (("a", "\ud800"), ("b", "{{ x }}"), ("\udfff", ""))
