#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: virtual_cluster_info
short_description: List virtual clusters
version_added: 1.0.0
description:
  - Lists the virtual clusters.
  - Needs O(api_version=2026-09-15) or newer.
  - Needs the role C(CLUSTER_DEVELOPER), C(CLUSTER_OPERATOR_WRITER) or C(CLUSTER_ADMIN).
options:
  id:
    description:
      - Only the virtual cluster with this id.
    type: str
  workspace:
    description:
      - Only the virtual cluster with this workspace.
    type: str
  name:
    description:
      - Only the virtual cluster with this name.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: The virtual clusters of a workspace
  crdb.cloud.virtual_cluster_info:
    api_version: "2026-09-15"
    workspace: analytics
  register: result
"""

RETURN = r"""
---
virtual_clusters:
  description: The virtual clusters.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the virtual cluster., type: str, returned: always}
    config:
      description: The config.
      type: dict
      returned: always
      contains:
        virtual:
          description: The virtual.
          type: dict
          returned: always
          contains:
            workspace_id: {description: Id of the virtual cluster workspace., type: str, returned: always}
            virtual_cpu_burst_limit: {description: How many vCPUs it may use at once., type: int, returned: always}
    name:
      description: Name of the cluster; 6 to 20 lower-case letters, digits and dashes, without a dash at either end.
      type: str
      returned: always
    regions: {description: Regions of the workspace that it is in., type: list, elements: str, returned: always}
    primary_region: {description: Which of the regions is the primary one., type: str, returned: always}
    labels: {description: All labels of the cluster., type: dict, returned: always}
    parent_id: {description: Id of the folder., type: str, returned: always}
    delete_protection: {description: 'V(ENABLED) keeps the cluster from being deleted, by anybody.', type: str, returned: always}
    state: {description: 'Its state: V(CREATING), V(CREATED).', type: str, returned: always}

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.continuum import only_virtual
from ansible_collections.crdb.cloud.plugins.module_utils._edge.infos import noun_info
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.virtual_cluster import VIRTUAL_CLUSTER

MODULE = noun_info(VIRTUAL_CLUSTER, complete=only_virtual)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
