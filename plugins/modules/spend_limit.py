#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: spend_limit
short_description: Set what a Basic cluster may cost
version_added: 1.0.0
description:
  - Sets the spend limit of an existing Basic (serverless) cluster, or its usage limits.
  - With O(api_version=2022-03-31) the request is C(PUT /v1/clusters/{cluster_id}/spend-limit); a server that does not know it is asked
    by C(PATCH), and a warning says so. Later versions use C(PATCH).
  - Clusters of the plans Standard and Advanced have no spend limit and are refused.
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  spend_limit:
    description:
      - What the cluster may cost a month at most, in whole US cents. Less than 100 of them get a warning.
      - With O(api_version=2024-09-16) it is converted to usage limits as the service does it, with 80 % of the amount for request units
        (5,000,000 a dollar) and 20 % for storage (2048 MiB a dollar).
      - V(0) means the free tier with the versions of 2022. From V(2023-04-10) on it is refused - there it would lift the limit, or is
        no valid limit.
    type: int
  usage_limits:
    description:
      - Explicit limits instead of O(spend_limit). A member that is left out is no limit.
      - Needs O(api_version=2023-04-10) or newer.
    type: dict
    suboptions:
      request_unit_limit:
        description:
          - Request units a month (Basic).
        type: int
      storage_mib_limit:
        description:
          - Storage in MiB (Basic).
        type: int
  unlimited:
    description:
      - V(true) lifts the limit. The cluster may then cost anything.
      - Needs O(api_version=2023-04-10) or newer.
    type: bool
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.cluster
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: At most 25 dollars a month
  crdb.cloud.spend_limit:
    cluster: orders-prod
    spend_limit: 2500

- name: Explicit limits
  crdb.cloud.spend_limit:
    cluster: orders-prod
    usage_limits:
      request_unit_limit: 50000000
      storage_mib_limit: 10240

- name: No limit, on purpose
  crdb.cloud.spend_limit:
    cluster: orders-prod
    unlimited: true
"""

RETURN = r"""
---
spend_limit:
  description: What limits the cluster now. In check mode as it is predicted.
  returned: success
  type: dict
  contains:
    cluster_id: {description: 'Id of the cluster.', type: str, returned: always}
    cluster_name: {description: 'Name of the cluster.', type: str, returned: always}
    spend_limit:
      description: The limit in US cents; V(null) where the API version has none, and in check mode where the service will derive it from usage limits.
      type: int
      returned: always
    usage_limits: {description: 'The usage limits, empty where there is none.', type: dict, returned: always}
  sample:
    cluster_id: 35c4abb2-bb66-46d7-afed-25ebef5ed2aa
    cluster_name: orders-prod
    spend_limit: null
    usage_limits: {request_unit_limit: 100000000, storage_mib_limit: 10240}

plan:
  description: The requests that were made, or in check mode would be made, in order. Empty when nothing differs.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: 'V(create), V(update) or V(delete).', type: str, returned: always}
    summary: {description: 'What it does, in words.', type: str, returned: always}
    changes: {description: 'The fields that change, each with C(before) and C(after). Secrets are hidden.', type: dict, returned: always}
  sample:
    - {action: update, summary: update cluster 'orders', changes: {delete_protection: {before: DISABLED, after: ENABLED}}}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.spend_limit import SPEND_LIMIT

MODULE = noun_module(SPEND_LIMIT)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
