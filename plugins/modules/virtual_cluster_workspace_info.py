#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: virtual_cluster_workspace_info
short_description: List the workspaces of virtual clusters
version_added: 1.0.0
description:
  - Lists the virtual cluster workspaces.
  - Needs O(api_version=2026-09-15) or newer.
  - Needs the role C(CLUSTER_DEVELOPER), C(CLUSTER_OPERATOR_WRITER), C(CLUSTER_CREATOR) or C(CLUSTER_ADMIN).
options:
  id:
    description:
      - Only the virtual cluster workspace with this id.
    type: str
  name:
    description:
      - Only the virtual cluster workspace with this name.
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
- name: All workspaces
  crdb.cloud.virtual_cluster_workspace_info:
    api_version: "2026-09-15"
  register: result
"""

RETURN = r"""
---
virtual_cluster_workspaces:
  description: The virtual cluster workspaces.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the virtual cluster workspace., type: str, returned: always}
    name: {description: Name of the workspace., type: str, returned: always}
    default_virtual_cpu_burst_limit:
      description: How many vCPUs a virtual cluster may use at once that is made without a limit of its own.
      type: int
      returned: always
    cloud_provider: {description: 'V(GCP), V(AWS) or V(AZURE).', type: str, returned: always}
    regions: {description: The regions that its virtual clusters can be in., type: list, elements: str, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.virtual_cluster import VIRTUAL_CLUSTER_WORKSPACE

MODULE = noun_info(VIRTUAL_CLUSTER_WORKSPACE)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
