# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: cluster_result
short_description: Say in a few fields what a cluster is
version_added: 1.0.0
description:
  - Makes the fact C(crdb_cluster_result) of the role P(crdb.cloud.cluster#role) from a cluster as the API returns it, or as check mode predicts it.
  - What could make a template of text from the API is taken out, so that the result can be kept as a fact on every ansible-core.
options:
  _input:
    description: The C(cluster) that the module M(crdb.cloud.cluster) returns.
    type: dict
    required: true
  users:
    description: Names of SQL users to put into it.
    type: list
    elements: str
    default: []
  user:
    description: The SQL user in the connection string.
    type: str
  database:
    description: The database in the connection string; V(defaultdb) if not set.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
"""

EXAMPLES = r"""
---
- name: Create a cluster
  crdb.cloud.cluster:
    name: orders-prod
    provider: GCP
    regions: [us-central1]
  register: created

- name: Keep what matters of it
  ansible.builtin.set_fact:
    orders: "{{ created.cluster | crdb.cloud.cluster_result(user='app', database='orders') }}"
"""

RETURN = r"""
---
_value:
  description:
    - C(id), C(name), C(state), C(plan), C(provider), C(regions), C(version), C(delete_protection), C(labels), C(limits), C(sql_dns),
      C(connection_string) and C(users).
    - The connection string has no password. It and C(sql_dns) are empty as long as the cluster has no address, as in check mode before it is created.
  type: dict
"""

from ..plugin_utils._cluster_result import result_of


class FilterModule:
    def filters(self):
        return {"cluster_result": result_of}
