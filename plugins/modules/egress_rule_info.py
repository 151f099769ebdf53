#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: egress_rule_info
short_description: List where a cluster may connect to by itself
version_added: 1.0.0
description:
  - Lists the egress rules of a cluster.
  - Needs O(api_version=2022-09-20) or newer.
  - Only for clusters with the plan V(ADVANCED).
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  id:
    description:
      - Only the egress rule with this id.
    type: str
  name:
    description:
      - Only the egress rule with this name.
    type: str
  crl_managed:
    description:
      - Whether to list the rules, too, that the service manages for itself.
    type: bool
    default: false
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.egress_rule
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: What is allowed?
  crdb.cloud.egress_rule_info:
    cluster: payments-prod
  register: result

- name: And what does the service need itself?
  crdb.cloud.egress_rule_info:
    cluster: payments-prod
    crl_managed: true
  register: all_rules
"""

RETURN = r"""
---
egress_rules:
  description: The egress rules.
  returned: success
  type: list
  elements: dict
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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.egress import EGRESS_RULE, EVERY_RULE, every_rule

MODULE = noun_info(EGRESS_RULE, EVERY_RULE, complete=every_rule)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
