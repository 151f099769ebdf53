#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_api_sql_session_info
short_description: List the SQL sessions of a cluster
version_added: 1.0.0
description:
  - Lists SQL sessions with what they run.
  - The endpoint behind it is not stable across CockroachDB versions.
options:
  username:
    description: Only sessions of this SQL user.
    type: str
  exclude_closed:
    description: Whether to leave out sessions that are closed.
    type: bool
    default: false

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
- name: What is running right now?
  crdb.cloud.cluster_api_sql_session_info:
    cluster_api_url: https://node1.example.com:8080
    cluster_api_session: "{{ session.session }}"
    exclude_closed: true
  register: result
"""

RETURN = r"""
---
sessions:
  description: The sessions as the server returns them, with words beside the numbers.
  returned: success
  type: list
  elements: dict
  contains:
    username: {description: 'The SQL user.', type: str, returned: always}
    status_name: {description: "V(ACTIVE), V(IDLE) or V(CLOSED).", type: str, returned: always}
    active_queries: {description: "What it runs; each with a C(phase_name), V(PREPARING) or V(EXECUTING).", type: list, elements: dict, returned: always}
errors:
  description: Nodes that could not be asked.
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

from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.reads import sql_sessions
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API, PAGING_OPTIONS, info_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = info_module(
    "cluster_api_sql_session_info",
    "",
    sql_sessions,
    (
        Option("username"),
        Option("exclude_closed", type="bool", default=False),
        *PAGING_OPTIONS,
    ),
    connection=CLUSTER_API,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
