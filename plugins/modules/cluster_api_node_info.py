#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_api_node_info
short_description: Look at the nodes of a running cluster
version_added: 1.0.0
description:
  - Lists the nodes that a cluster knows of, also those that are down, with their version, address and liveness.
options:
  limit:
    description: How many to return at most.
    type: int
  page_size:
    description: How many to ask the server for in one request.
    type: int
    default: 1000

  metrics:
    description: Whether to return C(metrics) and C(store_metrics) of each, which are many.
    type: bool
    default: false
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cluster_api
  - crdb.cloud.cluster_api
"""

EXAMPLES = r"""
---
- name: Is every node live?
  crdb.cloud.cluster_api_node_info:
    cluster_api_url: https://node1.example.com:8080
    cluster_api_session: "{{ session.session }}"
  register: result
  failed_when: result.nodes | rejectattr("liveness", "eq", "LIVE") | length > 0
"""

RETURN = r"""
---
nodes:
  description: The nodes as the server returns them, with words and times beside the numbers.
  returned: success
  type: list
  elements: dict
  contains:
    node_id: {description: 'Number of the node.', type: int, returned: always}
    liveness: {description: "V(LIVE), V(DEAD), V(UNAVAILABLE), V(DECOMMISSIONING), V(DECOMMISSIONED), V(DRAINING) or V(UNKNOWN).", type: str, returned: always}
    liveness_status: {description: 'The same as the number of the server.', type: int, returned: when it is not zero}
    version: {description: 'CockroachDB version of the node.', type: str, returned: always}
    started_at: {description: 'Start in nanoseconds since 1970.', type: int, returned: always}
    started_at_time: {description: 'The same as an RFC 3339 timestamp.', type: str, returned: always}
    updated_at_time: {description: 'Last word of the node as an RFC 3339 timestamp.', type: str, returned: always}
    metrics: {description: 'Metrics of the node.', type: dict, returned: with O(metrics)}
    store_metrics: {description: 'Metrics of its stores.', type: dict, returned: with O(metrics) and where the server has them}

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

from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.reads import nodes
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API, PAGING_OPTIONS, info_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = info_module(
    "cluster_api_node_info",
    "nodes",
    nodes,
    (
        *PAGING_OPTIONS,
        Option("metrics", type="bool", default=False),
    ),
    connection=CLUSTER_API,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
