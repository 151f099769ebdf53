#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_api_health_info
short_description: Is a node of a cluster healthy, and ready for SQL?
version_added: 1.0.0
description:
  - Asks a node whether it runs and, with O(ready), whether it takes SQL connections. No login is needed.
  - A node that does not answer at all fails the task; one that is not ready is reported as such, with the reason.
options:
  ready:
    description: Whether to ask if the node takes SQL connections.
    type: bool
    default: true
  wait:
    description: Whether to wait until the node is ready.
    type: bool
    default: false
  wait_timeout:
    description: Seconds to wait at most.
    type: float
    default: 300
  wait_interval:
    description: Seconds between two looks. If not set, it grows from one second to fifteen.
    type: float
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cluster_api
  - crdb.cloud.cluster_api
"""

EXAMPLES = r"""
---
- name: Wait until the node takes SQL
  crdb.cloud.cluster_api_health_info:
    cluster_api_url: https://node1.example.com:8080
    wait: true
"""

RETURN = r"""
---
health:
  description: The health of the node that answered.
  returned: success
  type: dict
  contains:
    healthy: {description: 'Whether it answers.', type: bool, returned: always}
    ready: {description: 'Whether it takes SQL connections; V(null) without O(ready).', type: bool, returned: always}
    reason: {description: 'Why it is not ready.', type: str, returned: always}
  sample: {healthy: true, ready: true, reason: null}

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

from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.reads import health
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API, info_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = info_module(
    "cluster_api_health_info",
    "health",
    health,
    (
        Option("ready", type="bool", default=True),
        Option("wait", type="bool", default=False),
        Option("wait_timeout", type="float", default=300.0),
        Option("wait_interval", type="float"),
    ),
    connection=CLUSTER_API,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
