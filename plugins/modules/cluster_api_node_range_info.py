#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_api_node_range_info
short_description: Look at the ranges on a node
version_added: 1.0.0
description:
  - Lists the ranges that have a replica on a node, with their problems and rates.
  - The endpoint behind it is not stable across CockroachDB versions.
options:
  node_id:
    description: Number of the node, or V(local) for the one that answers.
    type: str
    default: local
  ranges:
    description: Only the ranges with these ids. Ids that the node does not know are left out.
    type: list
    elements: int

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
- name: Ranges of node 1 that lack replicas
  crdb.cloud.cluster_api_node_range_info:
    cluster_api_url: https://node1.example.com:8080
    cluster_api_session: "{{ session.session }}"
    node_id: "1"
  register: result
  failed_when: result.ranges | selectattr("problems.underreplicated", "defined") | length > 0
"""

RETURN = r"""
---
ranges:
  description: The ranges as the server returns them.
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

from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.reads import node_ranges
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API, PAGING_OPTIONS, info_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = info_module(
    "cluster_api_node_range_info",
    "ranges",
    node_ranges,
    (
        Option("node_id", default="local"),
        Option("ranges", type="list", elements="int"),
        *PAGING_OPTIONS,
    ),
    connection=CLUSTER_API,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
