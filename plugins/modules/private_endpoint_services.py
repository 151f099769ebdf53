#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: private_endpoint_services
short_description: Make the services that private endpoints of clusters need
version_added: 1.0.0
description:
  - Makes a private endpoint service in each region of an Advanced cluster, and waits until all of them are available.
  - A Standard cluster has its services by itself; they are waited for, and returned.
  - Endpoints that you make in your own cloud account, for the service of their region, then reach the cluster.
  - 'When a region was added to the cluster, run the task again: it makes what is missing. Services can''t be deleted.'
  - Needs O(api_version=2022-09-20) or newer.
  - Only for clusters with the plan V(STANDARD) or V(ADVANCED).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  state:
    description:
      - 'V(absent) is refused: the services go when the cluster is deleted.'
    type: str
    choices: [present, absent]
    default: present
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.private_endpoint_services_info
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
- name: One service in each region
  crdb.cloud.private_endpoint_services:
    cluster: orders-prod
  register: services

- name: The service of an endpoint in your own account, on AWS the option service of amazon.aws.ec2_vpc_endpoint
  ansible.builtin.debug:
    msg: "{{ services.services_by_region['us-east-1'].name }}"

- name: Let that endpoint reach the cluster
  crdb.cloud.private_endpoint_connection:
    cluster: orders-prod
    endpoint_id: vpce-0123456789abcdef0
"""

RETURN = r"""
---
private_endpoint_services:
  description: The private endpoint services.
  returned: success
  type: dict
  contains:
    services:
      description: The services, each with C(region_name), C(cloud_provider), C(status), C(name), C(endpoint_service_id) and more.
      type: list
      elements: dict
      returned: always
    services_by_region: {description: 'The same services, each under the name of its region.', type: dict, returned: always}

services:
  description: The services in the order of their regions.
  returned: success
  type: list
  elements: dict
  contains:
    region_name: {description: The region of the cluster that it is in., type: str, returned: always}
    cloud_provider: {description: 'V(AWS), V(GCP) or V(AZURE).', type: str, returned: always}
    status:
      description: 'V(CREATING), V(AVAILABLE), V(CREATE_FAILED), V(DELETING) or V(DELETE_FAILED).'
      type: str
      returned: always
    name:
      description:
        - What an endpoint is made for. On AWS it is the C(service) of a VPC endpoint, on GCP the service attachment, on Azure the alias.
        - In check mode it is V(00000000-0000-0000-0000-000000000000) where the service is still to be made.
      type: str
      returned: always
    endpoint_service_id: {description: Id of the service at the provider., type: str, returned: always}
    availability_zone_ids: {description: Ids of the zones that an endpoint can be in., type: list, elements: str, returned: on AWS}
  sample:
    - region_name: us-east-1
      cloud_provider: AWS
      status: AVAILABLE
      name: com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0
      endpoint_service_id: vpce-svc-0123456789abcdef0
      availability_zone_ids: [use1-az1, use1-az2, use1-az4]

services_by_region:
  description: The same, each under the name of its region.
  returned: success
  type: dict

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.endpoint_services import PRIVATE_ENDPOINT_SERVICES

MODULE = noun_module(PRIVATE_ENDPOINT_SERVICES)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
