#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: egress_private_endpoint
short_description: Let a cluster reach services of other accounts privately
version_added: 1.0.0
description:
  - Makes a private endpoint through which an Advanced cluster reaches a service of another account, such as Kafka, or deletes it.
  - The other side may have to accept it. Its id for that is C(endpoint_connection_id) in the result.
  - One that was rejected, that failed or that expired makes the task fail at once; O(state=absent) removes it.
  - Needs O(api_version=2024-09-16) or newer.
  - Only for clusters with the plan V(ADVANCED).
  - The service offers it to organizations that it has enrolled (Limited Access).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  id:
    description:
      - Id of an existing egress private endpoint. If there is none, nothing is created.
    type: str
  region:
    description:
      - The region of the cluster that it is in.
    type: str
    required: true
  target_service_identifier:
    description:
      - 'What it leads to: the name of an endpoint service on AWS, such as V(com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0),
        the ARN of an MSK cluster, the service attachment on GCP, the resource id or alias of a private link service on Azure, in the
        same region.'
    type: str
    required: true
  target_service_type:
    description:
      - What O(target_service_identifier) is. All but V(PRIVATE_SERVICE) are ways to log in to MSK, on AWS alone.
      - Can't be changed.
    type: str
    choices: [PRIVATE_SERVICE, MSK_SASL_SCRAM, MSK_SASL_IAM, MSK_TLS]
  domain_names:
    description:
      - All names by which the cluster reaches the service, such as V(*.us-east-1.aws.private.example.com), in any order; V([]) takes
        all away.
      - They can be set only once the endpoint can be used, so with them the task waits for that, as with O(wait_for=available). Where
        the other side has to accept it first, leave them to a later task.
    type: list
    elements: str
  wait_for:
    description:
      - What is waited for. V(created) is when the provider has made it, so that the other side can accept it, V(available) when it can
        be used.
    type: str
    choices: [created, available]
    default: created
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.egress_private_endpoint_info
  - module: crdb.cloud.egress_rule
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
- name: An endpoint for the brokers
  crdb.cloud.egress_private_endpoint:
    cluster: payments-prod
    region: us-east-1
    target_service_identifier: com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0
  register: kafka

- name: The names that the brokers have, once the other side has accepted kafka.egress_private_endpoint.endpoint_connection_id
  crdb.cloud.egress_private_endpoint:
    cluster: payments-prod
    region: us-east-1
    target_service_identifier: com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0
    domain_names: ["*.us-east-1.aws.private.example.com"]
"""

RETURN = r"""
---
egress_private_endpoint:
  description: The egress private endpoint; V(null) when it is absent.
  returned: success
  type: dict
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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.egress_endpoint import EGRESS_PRIVATE_ENDPOINT

MODULE = noun_module(EGRESS_PRIVATE_ENDPOINT)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
