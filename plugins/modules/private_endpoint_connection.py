#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: private_endpoint_connection
short_description: Connect private endpoints with clusters
version_added: 1.0.0
description:
  - Connects a private endpoint of your cloud account with a Standard or Advanced cluster, or takes it away.
  - The endpoint is made at the cloud provider first, for the service that the cluster has in the endpoint's region.
  - Waits until the connection can be used, which mostly takes less than a minute.
  - A connection that was rejected counts as absent, so O(state=present) asks for it again. One that is stale, because its endpoint is
    gone at the provider, or that failed or expired, makes the task fail; O(state=absent) removes it.
  - Needs O(api_version=2023-04-10) or newer.
  - Only for clusters with the plan V(STANDARD) or V(ADVANCED).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  endpoint_id:
    description:
      - 'Id of the endpoint at the provider: of the VPC endpoint on AWS, such as V(vpce-0123456789abcdef0), of the PSC connection on GCP,
        which is a number, the resource id of the private endpoint on Azure.'
      - Write a number in quotes.
    type: str
    required: true
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.private_endpoint_connection_info
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
- name: A VPC endpoint that was made for the cluster's service
  crdb.cloud.private_endpoint_connection:
    cluster: orders-prod
    endpoint_id: vpce-0123456789abcdef0

- name: Take it away
  crdb.cloud.private_endpoint_connection:
    cluster: orders-prod
    endpoint_id: vpce-0123456789abcdef0
    state: absent
"""

RETURN = r"""
---
private_endpoint_connection:
  description: The private endpoint connection; V(null) when it is absent.
  returned: success
  type: dict
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
  sample: {endpoint_id: vpce-0123456789abcdef0, status: STATUS_AVAILABLE, region_name: us-east-1, cloud_provider: AWS}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.network import PRIVATE_ENDPOINT_CONNECTION

MODULE = noun_module(PRIVATE_ENDPOINT_CONNECTION)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
