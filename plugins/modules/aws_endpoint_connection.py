#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: aws_endpoint_connection
short_description: Accept or reject VPC endpoints on AWS
version_added: 1.0.0
description:
  - Accepts or rejects a VPC endpoint that was made for a cluster on AWS, and waits until that is so.
  - This is the older way, which works on AWS alone. M(crdb.cloud.private_endpoint_connection) does the same on all providers.
  - Needs O(api_version=2022-09-20) or newer.
  - Only for clusters with the provider V(AWS).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  endpoint_id:
    description:
      - Id of the VPC endpoint, such as V(vpce-0123456789abcdef0).
    type: str
    required: true
  state:
    description:
      - Whether the endpoint may reach the cluster.
    type: str
    choices: [accepted, rejected]
    default: accepted
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.aws_endpoint_connection_info
  - module: crdb.cloud.private_endpoint_connection
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Let it in
  crdb.cloud.aws_endpoint_connection:
    cluster: orders-prod
    endpoint_id: vpce-0123456789abcdef0

- name: Lock it out
  crdb.cloud.aws_endpoint_connection:
    cluster: orders-prod
    endpoint_id: vpce-0123456789abcdef0
    state: rejected
"""

RETURN = r"""
---
aws_endpoint_connection:
  description: The AWS endpoint connection.
  returned: success
  type: dict
  contains:
    endpoint_id: {description: 'Id of the VPC endpoint, such as V(vpce-0123456789abcdef0).', type: str, returned: always}
    status:
      description: V(PENDING), V(PENDING_ACCEPTANCE), V(AVAILABLE), V(REJECTED), V(FAILED), V(EXPIRED), V(DELETING) or V(DELETED).
      type: str
      returned: always
    region_name: {description: Region of the cluster that it leads to., type: str, returned: always}
    cloud_provider: {description: V(AWS)., type: str, returned: always}
    service_id: {description: Id of the service that the endpoint belongs to., type: str, returned: always}
    external_owner_id: {description: Account of the endpoint., type: str, returned: since 2023-04-10}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.endpoint_access import AWS_ENDPOINT_CONNECTION

MODULE = noun_module(AWS_ENDPOINT_CONNECTION)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
