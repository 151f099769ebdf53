#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: egress_traffic_policy_info
short_description: Show where a cluster may connect to by itself
version_added: 1.0.0
description:
  - Shows the egress traffic policy of a cluster.
  - Needs O(api_version=2022-09-20) or newer.
  - Only for clusters with the plan V(ADVANCED).
  - Needs the role C(CLUSTER_DEVELOPER), C(CLUSTER_OPERATOR_WRITER) or C(CLUSTER_ADMIN).
options: {}
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.egress_traffic_policy
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: May it connect to everything?
  crdb.cloud.egress_traffic_policy_info:
    cluster: payments-prod
  register: result

- name: Say so
  ansible.builtin.assert:
    that: not result.egress_traffic_policy.allow_all
"""

RETURN = r"""
---
egress_traffic_policy:
  description: The egress traffic policy; V(null) where there is none.
  returned: success
  type: dict
  contains:
    allow_all: {description: Whether it may connect to everything; V(null) while that changes., type: bool, returned: always}
    egress_traffic_policy: {description: 'V(ALLOW_ALL), V(DEFAULT_DENY), V(UPDATING) or V(ERROR).', type: str, returned: always}
    cluster_id: {description: Id of the cluster., type: str, returned: always}
    cluster_name: {description: Name of the cluster., type: str, returned: always}

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.infos import noun_info
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.egress import EGRESS_TRAFFIC_POLICY

MODULE = noun_info(EGRESS_TRAFFIC_POLICY)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
