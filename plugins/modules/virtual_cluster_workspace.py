#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: virtual_cluster_workspace
short_description: Change a workspace of virtual clusters
version_added: 1.0.0
description:
  - Changes a workspace, the infrastructure that virtual clusters run on. The service makes and deletes workspaces; no module can.
  - Needs O(api_version=2026-09-15) or newer.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  id:
    description:
      - Id of an existing virtual cluster workspace. If there is none, nothing is created.
    type: str
  name:
    description:
      - Name of the workspace.
    type: str
    required: true
  renamed_from:
    description:
      - The name that the virtual cluster workspace may still have. Where there is no virtual cluster workspace O(name), this one is renamed;
        where there is neither, O(name) is created.
      - Where both exist, nothing is renamed. What refers to it by name has to use the new one from then on.
    type: str
  default_virtual_cpu_burst_limit:
    description:
      - How many vCPUs a virtual cluster may use at once that is made without a limit of its own. Those that are there keep theirs.
    type: int
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Let new virtual clusters use 8 vCPUs
  crdb.cloud.virtual_cluster_workspace:
    api_version: "2026-09-15"
    name: analytics
    default_virtual_cpu_burst_limit: 8
"""

RETURN = r"""
---
virtual_cluster_workspace:
  description: The virtual cluster workspace.
  returned: success
  type: dict
  contains:
    id: {description: Id of the virtual cluster workspace., type: str, returned: always}
    name: {description: Name of the workspace., type: str, returned: always}
    default_virtual_cpu_burst_limit:
      description: How many vCPUs a virtual cluster may use at once that is made without a limit of its own.
      type: int
      returned: always
    cloud_provider: {description: 'V(GCP), V(AWS) or V(AZURE).', type: str, returned: always}
    regions: {description: The regions that its virtual clusters can be in., type: list, elements: str, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.virtual_cluster import VIRTUAL_CLUSTER_WORKSPACE

MODULE = noun_module(VIRTUAL_CLUSTER_WORKSPACE)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
