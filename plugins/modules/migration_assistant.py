#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: migration_assistant
short_description: Run the migration assistant of a cluster
version_added: 1.0.0
description:
  - Runs the migration assistant of an Advanced cluster, which moves data from another database into it, or takes it down.
  - Waits until one can sign in to it. The password is in no result; O(secret_path) has it in a file.
  - Needs O(api_version=2026-09-15) or newer.
  - Only for clusters with the plan V(ADVANCED).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(ORG_ADMIN).
options:
  region:
    description:
      - Region of the cluster that it runs in. If not set, it is the first one.
    type: str
  secret_path:
    description:
      - The file for the password, for its owner alone (mode C(0600)). It is written by each run that finds another one in it.
    type: path
author:
  - crdb.cloud contributors (@crdb-cloud)
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
- name: Run the assistant, and keep its password in a file
  crdb.cloud.migration_assistant:
    api_version: "2026-09-15"
    cluster: orders-prod
    secret_path: "{{ ansible_user_dir }}/assistant.password"
  register: result

- name: Take it down when the data is there
  crdb.cloud.migration_assistant:
    api_version: "2026-09-15"
    cluster: orders-prod
    state: absent
"""

RETURN = r"""
---
migration_assistant:
  description: The migration assistant; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    deployed_region: {description: Region of the cluster that it runs in., type: str, returned: always}
    status: {description: 'Its state: V(PENDING), V(RUNNING), V(FAILED), V(DELETING).', type: str, returned: always}
    health: {description: Such as V(HEALTHY)., type: str, returned: always}
    url: {description: Where one signs in., type: str, returned: while it is running}
    username: {description: As whom one signs in., type: str, returned: while it is running}
    bucket_grantee: {description: The identity at the cloud provider that buckets have to let in., type: str, returned: while it is running}
    last_error: {description: What went wrong., type: str, returned: when it failed}

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.continuum import ensure_assistant
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import noun_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.continuum import MIGRATION_ASSISTANT

MODULE = noun_module(MIGRATION_ASSISTANT, ensure_assistant)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
