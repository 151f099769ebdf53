#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: private_endpoint_connection_info
short_description: List the private endpoints that are connected with a cluster
version_added: 1.0.0
description:
  - Lists the private endpoint connections of a cluster.
  - Needs O(api_version=2023-04-10) or newer.
  - Only for clusters with the plan V(STANDARD) or V(ADVANCED).
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  endpoint_id:
    description:
      - Only the private endpoint connection with this endpoint id.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.private_endpoint_connection
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Which endpoints reach it?
  crdb.cloud.private_endpoint_connection_info:
    cluster: orders-prod
  register: result
"""

RETURN = r"""
---
private_endpoint_connections:
  description: The private endpoint connections.
  returned: success
  type: list
  elements: dict
  contains:
    endpoint_id:
      description: 'Id of the endpoint at the provider: of the VPC endpoint on AWS, such as V(vpce-0123456789abcdef0), of the PSC connection
        on GCP, which is a number, the resource id of the private endpoint on Azure.'
      type: str
      returned: always
    status:
      description: 'Its state: V(STATUS_PENDING), V(STATUS_PENDING_ACCEPTANCE), V(STATUS_AVAILABLE), V(STATUS_FAILED), V(STATUS_EXPIRED),
        V(STATUS_STALE), V(STATUS_DELETING), V(STATUS_REJECTED), V(STATUS_DELETED).'
      type: str
      returned: always
    region_name: {description: Region of the cluster that it leads to., type: str, returned: always}
    cloud_provider: {description: 'V(GCP), V(AWS) or V(AZURE).', type: str, returned: always}
    endpoint_service_id: {description: Id of the service that the endpoint belongs to., type: str, returned: always}
    service_name: {description: Name of that service., type: str, returned: always}
    external_owner_id: {description: 'Account of the endpoint, on AWS.', type: str, returned: always}
  sample:
    - {endpoint_id: vpce-0123456789abcdef0, status: STATUS_AVAILABLE, region_name: us-east-1, cloud_provider: AWS}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.network import PRIVATE_ENDPOINT_CONNECTION

MODULE = noun_info(PRIVATE_ENDPOINT_CONNECTION)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
