#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_info
short_description: List clusters, or show one
version_added: 1.0.0
description:
  - Returns one cluster by name or id, or all clusters that the filters let through.
  - Where nothing is found the list is empty; that is no error.
options:
  cluster:
    description: Name or id of one cluster.
    type: str
    aliases: [name, id]
  show_inactive:
    description: Whether to return clusters that are deleted or failed to be created, too.
    type: bool
    default: false
  state:
    description: Only clusters in this state.
    type: str
    choices: [CREATING, CREATED, CREATION_FAILED, DELETED, LOCKED]
  plan:
    description:
      - Only clusters of this plan.
      - V(SERVERLESS), V(DEDICATED) and V(CUSTOM) are the plans of O(api_version) before V(2024-09-16), the others those since.
    type: str
    choices: [BASIC, STANDARD, ADVANCED, SERVERLESS, DEDICATED, CUSTOM]
  provider:
    description: Only clusters at this cloud provider.
    type: str
    choices: [GCP, AWS, AZURE]
  sort_by:
    description: What the clusters are sorted by. V(DELETED_AT) sorts those that are not deleted by the time of their creation.
    type: str
    choices: [NAME, CREATED_AT, DELETED_AT]
  labels:
    description: Only clusters that have all of these labels.
    type: dict
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: All production clusters
  crdb.cloud.cluster_info:
    labels:
      env: production
  register: result

- name: One cluster
  crdb.cloud.cluster_info:
    cluster: orders-prod
  register: orders
"""

RETURN = r"""
---
clusters:
  description: The clusters as the API returns them, 64-bit numbers as integers.
  returned: success
  type: list
  elements: dict
  contains:
    plan: {description: 'The plan, V(BASIC), V(STANDARD) or V(ADVANCED).', type: str, returned: unless it has an edition}
    edition: {description: 'The edition, V(STANDARD) or V(MISSION_CRITICAL).', type: str, returned: in organizations that have editions}
    state: {description: 'V(CREATING), V(CREATED), V(CREATION_FAILED), V(LOCKED) or V(DELETED).', type: str, returned: always}
    account_id: {description: 'The account, project or subscription at the provider that an Advanced cluster runs in.
      Keys for encryption and targets of exports let it in.', type: str, returned: always}
    azure_cluster_identity_client_id: {description: The client id of an Advanced cluster on Azure., type: str, returned: since 2024-09-16}
    customer_cloud_account: {description: 'Your own account that it runs in; V(null) for none.', type: dict, returned: since 2024-09-16}
    egress_traffic_policy: {description: What its nodes may reach outside., type: str, returned: since 2022-09-20}
    config: {description: 'What it is made of, in the member C(serverless), C(dedicated), C(host) or C(virtual).', type: dict, returned: always}
    regions:
      description: Its regions, sorted by name.
      type: list
      elements: dict
      returned: always
      contains:
        name: {description: Name of the region., type: str, returned: always}
        node_count: {description: 'Number of nodes, V(0) for a Basic or Standard cluster.', type: int, returned: always}
        sql_dns: {description: Where clients on its IP allowlist connect to., type: str, returned: always}
        ui_dns: {description: Where the DB Console is., type: str, returned: always}
        internal_dns: {description: 'Where clients connect to by AWS PrivateLink, Azure Private Link or VPC peering.', type: str,
          returned: since 2022-09-20}
        private_endpoint_dns: {description: Where clients connect to by GCP Private Service Connect., type: str, returned: since 2023-04-10}
        s3_vpc_endpoint_id: {description: 'The gateway to S3 of an Advanced cluster on AWS, for policies of buckets.', type: str,
          returned: since 2024-09-16}
        machine_type: {description: Machine type of the nodes of an Advanced cluster., type: str, returned: where the service tells it}
        num_virtual_cpus: {description: vCPUs of a node of an Advanced cluster., type: int, returned: where the service tells it}
  sample: [{id: 35c4abb2-bb66-46d7-afed-25ebef5ed2aa, name: orders-prod, plan: BASIC, cloud_provider: GCP, state: CREATED,
    cockroach_version: v25.2.3, operation_status: UNSPECIFIED, upgrade_status: FINALIZED, delete_protection: ENABLED,
    labels: {team: payments}, parent_id: root, sql_dns: orders-prod-1234.5xj.gcp-us-central1.cockroachlabs.cloud,
    regions: [{name: us-central1, sql_dns: orders-prod-1234.5xj.gcp-us-central1.cockroachlabs.cloud, node_count: 0}],
    config: {serverless: {routing_id: orders-prod-1234, usage_limits: {request_unit_limit: 40000000, storage_mib_limit: 4096}}}}]

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import info_module
from ansible_collections.crdb.cloud.plugins.module_utils._edge.reads import clusters
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = info_module(
    "cluster_info",
    "clusters",
    clusters,
    (
        Option("cluster", aliases=("name", "id")),
        Option("show_inactive", type="bool", default=False),
        Option("state", choices=("CREATING", "CREATED", "CREATION_FAILED", "DELETED", "LOCKED")),
        Option("plan", choices=("BASIC", "STANDARD", "ADVANCED", "SERVERLESS", "DEDICATED", "CUSTOM")),
        Option("provider", choices=("GCP", "AWS", "AZURE")),
        Option("sort_by", choices=("NAME", "CREATED_AT", "DELETED_AT"), since="2024-09-16"),
        Option("labels", type="dict"),
    ),
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
