#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: role_grant_info
short_description: Read who has which roles
version_added: 1.0.0
description:
  - Reads the roles of one person, service account or group, or of all that the service lists.
  - In organizations with a hundred users and more, the service has left some out of the list of all. Ask for one to be sure about it.
  - Privileges in databases are read by M(crdb.cloud.cluster_api_database_grant_info).
  - Needs O(api_version=2022-09-20) or newer.
  - Needs the role C(ORG_ADMIN), C(CLUSTER_ADMIN) or C(FOLDER_ADMIN).
options:
  user:
    description:
      - Only the person with this e-mail address.
      - Email or id; an id saves the request that looks it up.
      - Needs O(api_version=2023-04-10) or newer.
    type: str
  service_account:
    description:
      - Only this service account.
      - Name or id; an id saves the request that looks it up.
      - Needs O(api_version=2023-04-10) or newer.
    type: str
  group:
    description:
      - Only this group of SCIM.
      - Name or id; an id saves the request that looks it up.
      - Needs O(api_version=2023-04-10) or newer.
    type: str
  user_id:
    description:
      - Only the one with this id.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.role_grant
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: What may she do?
  crdb.cloud.role_grant_info:
    user: alice@example.com
  register: result

- name: Who has which roles?
  crdb.cloud.role_grant_info:
  register: everybody
"""

RETURN = r"""
---
role_grants:
  description: The roles of each.
  returned: success
  type: list
  elements: dict
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
  sample:
    - {user_id: 3f0d2c8e-5c11-4a5c-9d7e-0c4c1c0a3f5b, roles: [{role: CLUSTER_OPERATOR_WRITER, cluster: orders-prod}, {role: ORG_MEMBER}],
      group_roles: [{role: FOLDER_ADMIN, folder: /platform, groups: [platform]}]}
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
from ansible_collections.crdb.cloud.plugins.module_utils._edge.role_grants import chosen
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.field import Field
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.role_grant import HOLDERS, ROLE_GRANT

MODULE = noun_info(
    ROLE_GRANT,
    Field("user", ref="person", since="2023-04-10", text="Only the person with this e-mail address."),
    Field("service_account", ref="service_account", since="2023-04-10", text="Only this service account."),
    Field("group", ref="scim_group", since="2023-04-10", text="Only this group of SCIM."),
    Field("user_id", text="Only the one with this id."),
    complete=chosen,
    mutually_exclusive=[tuple(HOLDERS)],
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
