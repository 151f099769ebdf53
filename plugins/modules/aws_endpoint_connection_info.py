#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: aws_endpoint_connection_info
short_description: List the VPC endpoints that were made for a cluster on AWS
version_added: 1.0.0
description:
  - Lists the AWS endpoint connections of a cluster.
  - Needs O(api_version=2022-09-20) or newer.
  - Only for clusters with the provider V(AWS).
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  endpoint_id:
    description:
      - Only the AWS endpoint connection with this endpoint id.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.aws_endpoint_connection
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Which of them wait to be accepted?
  crdb.cloud.aws_endpoint_connection_info:
    cluster: orders-prod
  register: result

- name: Show these
  ansible.builtin.debug:
    var: result.aws_endpoint_connections | selectattr('status', 'equalto', 'PENDING_ACCEPTANCE')
"""

RETURN = r"""
---
aws_endpoint_connections:
  description: The AWS endpoint connections.
  returned: success
  type: list
  elements: dict
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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.endpoint_access import AWS_ENDPOINT_CONNECTION

MODULE = noun_info(AWS_ENDPOINT_CONNECTION)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
