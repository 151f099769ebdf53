#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: egress_private_endpoint_info
short_description: List the private endpoints of clusters of their own
version_added: 1.0.0
description:
  - Lists the egress private endpoints of a cluster.
  - Needs O(api_version=2024-09-16) or newer.
  - Only for clusters with the plan V(ADVANCED).
  - The service offers it to organizations that it has enrolled (Limited Access).
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  id:
    description:
      - Only the egress private endpoint with this id.
    type: str
  region:
    description:
      - Only the egress private endpoint with this region.
    type: str
  target_service_identifier:
    description:
      - Only the egress private endpoint with this target service identifier.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.egress_private_endpoint
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Which of them wait to be accepted?
  crdb.cloud.egress_private_endpoint_info:
    cluster: payments-prod
  register: result

- name: Show their ids at the provider
  ansible.builtin.debug:
    msg: "{{ result.egress_private_endpoints | selectattr('state', 'equalto', 'PENDING_ACCEPTANCE') | map(attribute='endpoint_connection_id') }}"
"""

RETURN = r"""
---
egress_private_endpoints:
  description: The egress private endpoints.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the egress private endpoint., type: str, returned: always}
    region: {description: The region of the cluster that it is in., type: str, returned: always}
    target_service_identifier:
      description: 'What it leads to: the name of an endpoint service on AWS, such as V(com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0),
        the ARN of an MSK cluster, the service attachment on GCP, the resource id or alias of a private link service on Azure, in the
        same region.'
      type: str
      returned: always
    target_service_type: {description: What C(target_service_identifier) is., type: str, returned: always}
    domain_names:
      description: All names by which the cluster reaches the service, such as V(*.us-east-1.aws.private.example.com), in any order; V([])
        takes all away.
      type: list
      elements: str
      returned: always
    state:
      description: 'Its state: V(PENDING), V(PENDING_ACCEPTANCE), V(AVAILABLE), V(REJECTED), V(FAILED), V(EXPIRED), V(DELETING), V(DELETED).'
      type: str
      returned: always
    endpoint_connection_id: {description: Id of the endpoint at the provider; empty until it is made., type: str, returned: always}
    endpoint_address: {description: Its address; empty until it is made., type: str, returned: always}
    domain_names_state: {description: 'V(EMPTY), V(PENDING), V(AVAILABLE) or V(FAILED).', type: str, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.egress_endpoint import EGRESS_PRIVATE_ENDPOINT

MODULE = noun_info(EGRESS_PRIVATE_ENDPOINT)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
