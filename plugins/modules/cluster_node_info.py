#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_node_info
short_description: List the nodes of a cluster
version_added: 1.0.0
description:
  - Lists the nodes of a cluster with their region and status.
options:
  region_name:
    description: Only nodes in this region.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Is every node live?
  crdb.cloud.cluster_node_info:
    cluster: ledger-prod
  register: result
  failed_when: result.nodes | rejectattr("status", "eq", "LIVE") | length > 0
"""

RETURN = r"""
---
nodes:
  description: The nodes.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: 'Name of the node.', type: str, returned: always}
    region_name: {description: 'Region that it is in.', type: str, returned: always}
    status: {description: 'V(LIVE) or V(NOT_READY).', type: str, returned: always}
  sample: [{name: cockroachdb-abcde, region_name: us-east1, status: LIVE}]

pagination:
  description:
    - What the API says of its pages beside the last of them, unchanged; all pages are read, however many there are.
    - V(null) where everything fits one page, and while the cluster is being created.
  returned: success
  type: dict
  sample: {next: 0, last: 0, limit: 100, total_results: 3, time: '2022-03-14T14:15:22Z', order: ASC}

error:
  description: What the API answered, when the task failed because of that.
  returned: when the API refused a request
  type: dict
  contains:
    status: {description: HTTP status., type: int, returned: always}
    code: {description: The code of the API (a gRPC code); V(null) if the answer had none., type: int, returned: always}
    message: {description: The message of the API., type: str, returned: always}
    details: {description: Further details of the API., type: list, elements: raw, returned: always}
    method: {description: The method of the request., type: str, returned: always}
    path: {description: The path of the request., type: str, returned: always}
"""

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_OPTION, info_module
from ansible_collections.crdb.cloud.plugins.module_utils._edge.reads import cluster_nodes
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = info_module("cluster_node_info", "", cluster_nodes, (CLUSTER_OPTION, Option("region_name")))


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
