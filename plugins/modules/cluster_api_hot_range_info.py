#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_api_hot_range_info
short_description: List the ranges that get the most load
version_added: 1.0.0
description:
  - Lists hot ranges in one shape for all CockroachDB versions, each with the server's own object.
options:
  node_id:
    description: Only the hot ranges that this node reports; V(local) for the one that answers.
    type: str

  limit:
    description: How many to return at most.
    type: int
  page_size:
    description: How many to ask the server for in one request.
    type: int
    default: 1000
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cluster_api
  - crdb.cloud.cluster_api
"""

EXAMPLES = r"""
---
- name: The ten hottest ranges
  crdb.cloud.cluster_api_hot_range_info:
    cluster_api_url: https://node1.example.com:8080
    cluster_api_session: "{{ session.session }}"
  register: result

- name: Show them
  ansible.builtin.debug:
    msg: "{{ (result.hot_ranges | sort(attribute='qps', reverse=true))[:10] }}"
"""

RETURN = r"""
---
hot_ranges:
  description: The hot ranges.
  returned: success
  type: list
  elements: dict
  contains:
    range_id: {description: 'Id of the range.', type: int, returned: always}
    node_id: {description: 'Node that reports it.', type: int, returned: always}
    store_id: {description: 'Store that it is in.', type: int, returned: always}
    leaseholder_node_id: {description: 'Node that holds the lease.', type: int, returned: when the version says it}
    replica_node_ids: {description: 'Nodes with a replica.', type: list, elements: int, returned: always}
    qps: {description: 'Queries a second.', type: float, returned: always}
    databases: {description: 'Databases in the range.', type: list, elements: str, returned: always}
    tables: {description: 'Tables in the range.', type: list, elements: str, returned: always}
    indexes: {description: 'Indexes in the range.', type: list, elements: str, returned: always}
    writes_per_second:
      description:
        - Writes a second; likewise C(reads_per_second), C(write_bytes_per_second), C(read_bytes_per_second) and C(cpu_time_per_second).
        - V(null) where the version does not say it.
      type: float
      returned: always
    raw: {description: 'The object as the server sent it.', type: dict, returned: always}
errors:
  description: Nodes that could not be asked, each with a C(error_message).
  returned: success
  type: list
  elements: dict

error:
  description: What the server answered, when the task failed because of that.
  returned: when the server refused a request
  type: dict
  contains:
    status: {description: HTTP status., type: int, returned: when it is known}
    code: {description: SQLSTATE of a failed statement., type: raw, returned: when it is known}
    message: {description: The message of the server., type: str, returned: always}
    method: {description: The method of the request., type: str, returned: when it is known}
    path: {description: The path of the request., type: str, returned: when it is known}
"""

from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.reads import hot_ranges
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API, PAGING_OPTIONS, info_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = info_module(
    "cluster_api_hot_range_info",
    "",
    hot_ranges,
    (
        Option("node_id"),
        *PAGING_OPTIONS,
    ),
    connection=CLUSTER_API,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
