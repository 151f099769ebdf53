#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_api_range_info
short_description: Look at one range on all nodes
version_added: 1.0.0
description:
  - Returns what each node knows of one range.
  - For a range that does not exist the list is empty.
  - The endpoint behind it is not stable across CockroachDB versions.
options:
  range_id:
    description: Id of the range.
    type: int
    required: true
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cluster_api
  - crdb.cloud.cluster_api
"""

EXAMPLES = r"""
---
- name: What do the nodes say of range 5?
  crdb.cloud.cluster_api_range_info:
    cluster_api_url: https://node1.example.com:8080
    cluster_api_session: "{{ session.session }}"
    range_id: 5
  register: result
"""

RETURN = r"""
---
ranges:
  description: One entry a node that has a replica.
  returned: success
  type: list
  elements: dict
  contains:
    node_id: {description: 'Number of the node.', type: int, returned: always}
    range_info: {description: 'What the node says of the range.', type: dict, returned: always}
    error: {description: 'Why the node could not be asked.', type: str, returned: when it could not}

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

from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.reads import ranges
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API, info_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = info_module(
    "cluster_api_range_info", "ranges", ranges, (Option("range_id", type="int", required=True),), connection=CLUSTER_API
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
