#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_disruption
short_description: Break a part of a cluster on purpose
version_added: 1.0.0
description:
  - Takes nodes of an Advanced cluster out of service until V(absent) heals it, or for some time. The cluster loses what it can't do without
    them.
  - With O(duration) the task disrupts, waits, and heals, also where it fails or is interrupted in between.
  - What a run that was killed leaves behind is healed at the end of the next one, or by V(absent).
  - Needs O(api_version=2024-09-16) or newer.
  - Only for clusters with the plan V(ADVANCED).
  - The service offers it to organizations that it has enrolled (Limited Access).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  regions:
    description:
      - What is disrupted, and nothing else. V([]) is the same as O(state=absent).
    type: list
    elements: dict
    suboptions:
      region:
        description:
          - A region of the cluster. All of it is disrupted where no more is said.
        type: str
        required: true
      azs:
        description:
          - Availability zones of the region, without the name of the provider in front, such as V(us-east1-a).
        type: list
        elements: str
      pods:
        description:
          - Single nodes, by the names that M(crdb.cloud.cluster_node_info) returns.
        type: list
        elements: str
  duration:
    description:
      - How long, such as V(10m). The task takes that long, and is a change each time.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.cluster_disruption_info
  - module: crdb.cloud.cluster_node_info
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
- name: Ten minutes without a zone
  crdb.cloud.cluster_disruption:
    cluster: orders-drill
    regions:
      - region: us-east1
        azs: [us-east1-b]
    duration: 10m

- name: A whole region is gone, until somebody heals it
  crdb.cloud.cluster_disruption:
    cluster: orders-drill
    regions:
      - region: us-east1

- name: Heal it, whoever has broken it
  crdb.cloud.cluster_disruption:
    cluster: orders-drill
    state: absent
"""

RETURN = r"""
---
cluster_disruption:
  description: The cluster disruption; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    regional_disruptor_specifications:
      description: What is disrupted, each with C(region_code), C(is_whole_region), C(azs) and C(pods).
      type: list
      elements: dict
      returned: always

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.cluster_disruption import CLUSTER_DISRUPTION

MODULE = noun_module(CLUSTER_DISRUPTION)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
