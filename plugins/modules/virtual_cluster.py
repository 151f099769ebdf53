#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: virtual_cluster
short_description: Manage a virtual cluster
version_added: 1.0.0
description:
  - Makes, changes and deletes a virtual cluster, which runs in a workspace. What is in it is managed as in any cluster.
  - Needs O(api_version=2026-09-15) or newer.
  - Needs the role C(CLUSTER_ADMIN) (C(CLUSTER_CREATOR) suffices to create, C(CLUSTER_OPERATOR_WRITER) to change).
options:
  id:
    description:
      - Id of an existing virtual cluster. If there is none, nothing is created.
    type: str
  workspace:
    description:
      - Name or id of the workspace.
      - Name or id; an id saves the request that looks it up.
    type: str
    required: true
  name:
    description:
      - Name of the cluster; 6 to 20 lower-case letters, digits and dashes, without a dash at either end.
    type: str
    required: true
  virtual_cpu_burst_limit:
    description:
      - How many vCPUs it may use at once. If not set, a new one gets the limit of the workspace. Setting it needs a role on its host.
    type: int
  regions:
    description:
      - Regions of the workspace that it is in. If not set, a new one is in all of them.
    type: list
    elements: str
  primary_region:
    description:
      - Which of the regions is the primary one. Needed when there are several.
    type: str
  labels:
    description:
      - All labels of the cluster. Others are removed, V({}) removes all.
    type: dict
  folder:
    description:
      - The folder that the cluster is in, such as V(/platform/prod), or its id. V(root) for none.
      - Path or id; an id saves the request that looks it up.
    type: str
  delete_protection:
    description:
      - V(ENABLED) keeps the cluster from being deleted, by anybody.
    type: str
    choices: [ENABLED, DISABLED]
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child.state
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: A virtual cluster for the reports
  crdb.cloud.virtual_cluster:
    api_version: "2026-09-15"
    workspace: analytics
    name: reports
    virtual_cpu_burst_limit: 4
    labels: {team: analytics}
"""

RETURN = r"""
---
virtual_cluster:
  description: The virtual cluster; V(null) when it is absent.
  returned: success
  type: dict
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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.virtual_cluster import VIRTUAL_CLUSTER

MODULE = noun_module(VIRTUAL_CLUSTER)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
