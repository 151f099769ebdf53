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
        Option("labels", type="dict"),
    ),
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
