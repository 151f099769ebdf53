#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_api_rule_info
short_description: Read the recommended alerting and recording rules
version_added: 1.0.0
description:
  - Returns the rules for Prometheus that CockroachDB recommends. Needs CockroachDB 22.1 or newer, and no login.
options:
  kind:
    description: Only alerting or only recording rules.
    type: str
    choices: [alert, record]
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cluster_api
  - crdb.cloud.cluster_api
"""

EXAMPLES = r"""
---
- name: The recommended alerts
  crdb.cloud.cluster_api_rule_info:
    cluster_api_url: https://node1.example.com:8080
    kind: alert
  register: result
"""

RETURN = r"""
---
rules:
  description: The rules.
  returned: success
  type: list
  elements: dict
  contains:
    group: {description: 'Group that it belongs to.', type: str, returned: always}
    alert: {description: 'Name of an alerting rule.', type: str, returned: for alerting rules}
    record: {description: 'Name of a recording rule.', type: str, returned: for recording rules}
    expr: {description: 'The expression.', type: str, returned: always}

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

from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.reads import rules
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API, info_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = info_module(
    "cluster_api_rule_info", "rules", rules, (Option("kind", choices=("alert", "record")),), connection=CLUSTER_API
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
