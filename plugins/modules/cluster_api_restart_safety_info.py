#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_api_restart_safety_info
short_description: Can this node be restarted?
version_added: 1.0.0
description:
  - Asks the node that answers whether it can be restarted without harm. It must be draining to be safe.
  - Needs CockroachDB 25.4 or newer, and no login.
options: {}
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cluster_api
  - crdb.cloud.cluster_api
"""

EXAMPLES = r"""
---
- name: Go on only when the node can be restarted
  crdb.cloud.cluster_api_restart_safety_info:
    cluster_api_url: https://node1.example.com:8080
  register: result
  until: result.restart_safe
  retries: 30
  delay: 10
"""

RETURN = r"""
---
restart_safe:
  description: Whether the node can be restarted.
  returned: success
  type: bool
  sample: false
details:
  description: The numbers behind that, as the server returns them.
  returned: success
  type: dict

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

from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.reads import restart_safety
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API, info_module

MODULE = info_module("cluster_api_restart_safety_info", "", restart_safety, (), connection=CLUSTER_API)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
