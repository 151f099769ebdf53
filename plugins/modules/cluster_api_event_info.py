#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_api_event_info
short_description: List the events of a cluster
version_added: 1.0.0
description:
  - Lists the latest events of a cluster, the newest first.
  - The endpoint behind it is not stable across CockroachDB versions.
options:
  type:
    description: Only events of this type, such as V(create_table).
    type: str

  limit:
    description: How many to return at most. The event log can be very long, so it is always bounded.
    type: int
    default: 1000
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
- name: The last 20 changes of cluster settings
  crdb.cloud.cluster_api_event_info:
    cluster_api_url: https://node1.example.com:8080
    cluster_api_session: "{{ session.session }}"
    type: set_cluster_setting
    limit: 20
  register: result
"""

RETURN = r"""
---
events:
  description: The events.
  returned: success
  type: list
  elements: dict
  contains:
    timestamp: {description: 'When it happened.', type: str, returned: always}
    event_type: {description: 'Type of the event.', type: str, returned: always}
    info: {description: 'Details as a dictionary.', type: raw, returned: always}
    reporting_id: {description: 'Node that reported it.', type: int, returned: always}
    unique_id: {description: 'Id of the event in base64.', type: str, returned: always}

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

from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.reads import events
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API, info_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = info_module(
    "cluster_api_event_info",
    "events",
    events,
    (Option("type"), Option("limit", type="int", default=1000), Option("page_size", type="int", default=1000)),
    connection=CLUSTER_API,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
