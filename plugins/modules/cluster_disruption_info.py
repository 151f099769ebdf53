#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_disruption_info
short_description: Read what of a cluster is broken on purpose
version_added: 1.0.0
description:
  - Says what of a cluster is disrupted.
  - Needs O(api_version=2024-09-16) or newer.
  - Only for clusters with the plan V(ADVANCED).
  - The service offers it to organizations that it has enrolled (Limited Access).
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options: {}
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.cluster_disruption
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Did somebody forget to heal it?
  crdb.cloud.cluster_disruption_info:
    cluster: orders-drill
  register: result
  failed_when: result.cluster_disruption
"""

RETURN = r"""
---
cluster_disruption:
  description: The cluster disruption; V(null) where there is none.
  returned: success
  type: dict
  contains:
    regional_disruptor_specifications:
      description: What is disrupted, each with C(region_code), C(is_whole_region), C(azs) and C(pods).
      type: list
      elements: dict
      returned: always

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.cluster_disruption import CLUSTER_DISRUPTION

MODULE = noun_info(CLUSTER_DISRUPTION)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
