#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: egress_rule
short_description: Let a cluster connect to a destination by itself
version_added: 1.0.0
description:
  - Lets an Advanced cluster connect to one destination by itself, or takes that from it, and waits until that is in force.
  - Rules work where M(crdb.cloud.egress_traffic_policy) forbids the rest; that is never changed by the way, but a warning says so.
  - What the service manages for itself is neither shown nor changed.
  - Needs O(api_version=2022-09-20) or newer.
  - Only for clusters with the plan V(ADVANCED).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  id:
    description:
      - Id of an existing egress rule. If there is none, nothing is created.
    type: str
  name:
    description:
      - Name of the rule. It can't be changed.
    type: str
    required: true
  type:
    description:
      - What O(destination) is. Needed to create.
    type: str
    choices: [FQDN, CIDR]
  destination:
    description:
      - A domain name such as V(storage.example.com), or a network such as V(203.0.113.0/24). Needed to create.
    type: str
  ports:
    description:
      - All ports of O(destination) that are allowed, in any order; others are taken out. With none, V([]), all are.
      - From some ports to all there is no way but to make the rule anew, see O(recreate).
    type: list
    elements: int
  description:
    description:
      - What the rule is for. An empty string removes the text.
    type: str
  recreate:
    description:
      - Whether a rule may be deleted and made anew where the API can't change it. What needs it can't connect meanwhile.
    type: bool
    default: false
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.egress_rule_info
  - module: crdb.cloud.egress_traffic_policy
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.child.state
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Changefeeds reach their brokers
  crdb.cloud.egress_rule:
    cluster: payments-prod
    name: kafka
    type: CIDR
    destination: 203.0.113.9/32
    ports: [9093]

- name: No longer
  crdb.cloud.egress_rule:
    cluster: payments-prod
    name: kafka
    state: absent
"""

RETURN = r"""
---
egress_rule:
  description: The egress rule; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id: {description: Id of the egress rule., type: str, returned: always}
    name: {description: Name of the rule., type: str, returned: always}
    type: {description: What C(destination) is., type: str, returned: always}
    destination:
      description: A domain name such as V(storage.example.com), or a network such as V(203.0.113.0/24).
      type: str
      returned: always
    ports:
      description: All ports of C(destination) that are allowed, in any order; others are taken out.
      type: list
      elements: int
      returned: always
    description: {description: What the rule is for., type: str, returned: always}
    state:
      description: 'Its state: V(PENDING_CREATION), V(PENDING_UPDATE), V(ACTIVE), V(CREATION_FAILED), V(DELETION_FAILED), V(INCONSISTENT),
        V(PENDING_DELETION).'
      type: str
      returned: always
    cluster_id: {description: Id of the cluster., type: str, returned: always}
    crl_managed: {description: Whether the service manages it for itself., type: bool, returned: always}
    created_at: {description: When it was made., type: str, returned: always}

plan:
  description: The requests that were made, or in check mode would be made, in order. Empty when nothing differs.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: 'V(create), V(update) or V(delete).', type: str, returned: always}
    summary: {description: 'What it does, in words.', type: str, returned: always}
    changes: {description: 'The fields that change, each with C(before) and C(after). Secrets are hidden.', type: dict, returned: always}

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import noun_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.egress import EGRESS_RULE

MODULE = noun_module(EGRESS_RULE)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
