#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: egress_traffic_policy
short_description: Set where a cluster may connect to by itself
version_added: 1.0.0
description:
  - Says whether an Advanced cluster may connect to everything by itself, or only to what rules allow, and waits until that is so.
  - What needs such connections are changefeeds, backups to your own storage, exports of logs and metrics, and identity providers.
  - Needs O(api_version=2022-09-20) or newer.
  - Only for clusters with the plan V(ADVANCED).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  allow_all:
    description:
      - V(true) lets it connect to everything, as a new cluster may. With V(false) only what M(crdb.cloud.egress_rule) names, and what
        the service needs itself.
      - Make the rules first, or connections that are needed break until they are there.
    type: bool
    required: true
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.egress_traffic_policy_info
  - module: crdb.cloud.egress_rule
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Only where egress rules allow it
  crdb.cloud.egress_traffic_policy:
    cluster: payments-prod
    allow_all: false

- name: To everything again
  crdb.cloud.egress_traffic_policy:
    cluster: payments-prod
    allow_all: true
"""

RETURN = r"""
---
egress_traffic_policy:
  description: The egress traffic policy.
  returned: success
  type: dict
  contains:
    allow_all: {description: Whether it may connect to everything; V(null) while that changes., type: bool, returned: always}
    egress_traffic_policy: {description: 'V(ALLOW_ALL), V(DEFAULT_DENY), V(UPDATING) or V(ERROR).', type: str, returned: always}
    cluster_id: {description: Id of the cluster., type: str, returned: always}
    cluster_name: {description: Name of the cluster., type: str, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.egress import EGRESS_TRAFFIC_POLICY

MODULE = noun_module(EGRESS_TRAFFIC_POLICY)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
