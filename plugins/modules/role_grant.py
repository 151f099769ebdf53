#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: role_grant
short_description: Give and take roles of people, service accounts and groups
version_added: 1.0.0
description:
  - Gives roles of the organization, of folders and of clusters to a person, a service account or a group, and takes them away.
  - They say what somebody may do in the Cloud Console and with this API. Privileges in databases are granted by M(crdb.cloud.cluster_api_grant).
  - What somebody has from a group is shown, does not count as given, and can't be taken away here.
  - Roles are neither taken from the account whose key the task uses, nor from the last one with C(ORG_ADMIN) on the organization.
  - Needs O(api_version=2022-09-20) or newer.
  - Needs the role C(ORG_ADMIN), on folders C(FOLDER_ADMIN), on clusters C(CLUSTER_ADMIN).
options:
  roles:
    description:
      - The roles. One without O(roles[].cluster) and O(roles[].folder) is for the organization.
    type: list
    elements: dict
    required: true
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
          - Needs O(api_version=2023-04-10) or newer.
        type: str
  user:
    description:
      - The person, by the e-mail address.
      - Email or id; an id saves the request that looks it up.
      - Needs O(api_version=2023-04-10) or newer.
    type: str
  service_account:
    description:
      - The service account.
      - Name or id; an id saves the request that looks it up.
      - Needs O(api_version=2023-04-10) or newer.
    type: str
  group:
    description:
      - The group of SCIM. Its members have its roles.
      - Name or id; an id saves the request that looks it up.
      - Needs O(api_version=2023-04-10) or newer.
    type: str
  user_id:
    description:
      - The id of any of them.
    type: str
  state:
    description:
      - With V(present) the roles of O(roles) that are lacking are given, with V(absent) those that are there are taken away.
      - With V(exactly) all others are taken away, too, except C(ORG_MEMBER), which everybody has.
    type: str
    choices: [present, absent, exactly]
    default: present
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.role_grant_info
  - module: crdb.cloud.person_info
  - module: crdb.cloud.cluster_api_grant
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Who is on call operates one cluster, and sees all in a folder
  crdb.cloud.role_grant:
    user: alice@example.com
    roles:
      - {role: CLUSTER_OPERATOR_WRITER, cluster: orders-prod}
      - {role: CLUSTER_MONITOR, folder: /platform}

- name: A pipeline has these roles and no others
  crdb.cloud.role_grant:
    service_account: ci-orders
    roles:
      - {role: CLUSTER_CREATOR, folder: /platform/dev}
      - {role: CLUSTER_DEVELOPER, cluster: orders-prod}
    state: exactly

- name: The members of a group see no bills any more
  crdb.cloud.role_grant:
    group: developers
    roles:
      - role: BILLING_VIEWER
    state: absent
"""

RETURN = r"""
---
role_grant:
  description: The roles as they are then; V(null) where there was nobody to take roles from.
  returned: success
  type: dict
  contains:
    roles:
      description: 'What was given, each with C(role), and C(cluster) or C(folder): a name or path, or the id where the key can''t see
        it.'
      type: list
      elements: dict
      returned: always
    user_id: {description: 'Id of the person, service account or group.', type: str, returned: always}
    group_roles:
      description: What comes from groups, in the same form, and the names of these C(groups).
      type: list
      elements: dict
      returned: always
  sample: {user_id: 3f0d2c8e-5c11-4a5c-9d7e-0c4c1c0a3f5b, roles: [{role: CLUSTER_OPERATOR_WRITER, cluster: orders-prod}, {role: ORG_MEMBER}],
    group_roles: [{role: FOLDER_ADMIN, folder: /platform, groups: [platform]}]}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.role_grant import ROLE_GRANT

MODULE = noun_module(ROLE_GRANT)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
