#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: service_account
short_description: Create, describe, rename and delete service accounts
version_added: 1.0.0
description:
  - 'Manages one service account, which programs call the API as: makes it, describes it, renames it, deletes it.'
  - Its API keys are made by M(crdb.cloud.api_key), and end with it.
  - Names need not be unique. Where two accounts have the same one the task fails, and says their ids; O(id) is the way then.
  - Needs O(api_version=2023-04-10) or newer.
  - Needs the role C(ORG_ADMIN); one of C(CLUSTER_ADMIN) can make accounts, too.
options:
  id:
    description:
      - Id of an existing service account. If there is none, nothing is created.
    type: str
  name:
    description:
      - Name of the account.
    type: str
  renamed_from:
    description:
      - The name that the service account may still have. Where there is no service account O(name), this one is renamed; where there
        is neither, O(name) is created.
      - Where both exist, nothing is renamed. What refers to it by name has to use the new one from then on.
    type: str
  description:
    description:
      - What the account is for.
    type: str
  roles:
    description:
      - Roles that a new account gets, beside C(ORG_MEMBER), which all have. One that is there keeps what it has.
      - An entry without O(roles[].cluster) and O(roles[].folder) is for the organization.
    type: list
    elements: dict
    suboptions:
      role:
        description:
          - The role, such as V(CLUSTER_ADMIN), V(CLUSTER_OPERATOR_WRITER), V(CLUSTER_DEVELOPER), V(CLUSTER_DATA_ACCESSOR), V(CLUSTER_MONITOR)
            or V(METRICS_VIEWER).
          - 'Not on clusters: V(CLUSTER_CREATOR), V(FOLDER_ADMIN), V(FOLDER_MOVER). On the organization alone: V(ORG_ADMIN), V(ORG_MEMBER),
            V(BILLING_COORDINATOR), V(BILLING_VIEWER), V(AUDITOR).'
          - Names that are not known here are left to the service.
          - V(BILLING_VIEWER) needs O(api_version=2024-09-16) or newer.
          - V(CLUSTER_MONITOR) needs O(api_version=2024-09-16) or newer.
          - V(METRICS_VIEWER) needs O(api_version=2024-09-16) or newer.
          - V(AUDITOR) needs O(api_version=2026-09-15) or newer.
          - V(CLUSTER_DATA_ACCESSOR) needs O(api_version=2026-09-15) or newer.
        type: str
        required: true
      cluster:
        description:
          - The cluster that it holds on.
          - Name or id; an id saves the request that looks it up.
        type: str
      folder:
        description:
          - The folder that it holds on, and on all in it. V(root) is the organization.
          - Path or id; an id saves the request that looks it up.
        type: str
  force:
    description:
      - Whether O(state=absent) deletes even the account that the task itself uses a key of.
    type: bool
    default: false
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.service_account_info
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child.state
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: An account for a pipeline
  crdb.cloud.service_account:
    name: ci-orders
    description: Deploys the orders service
    roles:
      - {role: CLUSTER_DEVELOPER, cluster: orders-prod}
      - {role: CLUSTER_CREATOR, folder: /platform/dev}

- name: Another name, also on the second run
  crdb.cloud.service_account:
    name: ci-shop
    renamed_from: ci-orders

- name: No longer; its API keys end with it
  crdb.cloud.service_account:
    name: ci-shop
    state: absent
"""

RETURN = r"""
---
service_account:
  description: The service account; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id: {description: Id of the service account., type: str, returned: always}
    name: {description: Name of the account., type: str, returned: always}
    description: {description: What the account is for., type: str, returned: always}
    roles: {description: 'The roles that it has, each with C(name) and C(resource).', type: list, elements: dict, returned: always}
    group_roles: {description: The roles that it has from groups., type: list, elements: dict, returned: always}
    creator_name: {description: Who made it; V(null) where the service does not say so., type: str, returned: always}
    created_at: {description: When it was made., type: str, returned: always}
    api_keys:
      description: Its API keys, each with C(id), C(name), C(service_account_id) and C(created_at).
      type: list
      elements: dict
      returned: by M(crdb.cloud.service_account_info) with C(with_keys=true)

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.access import SERVICE_ACCOUNT

MODULE = noun_module(SERVICE_ACCOUNT)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
