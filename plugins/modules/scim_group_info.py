#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_group_info
short_description: List the groups of the organization by SCIM
version_added: 1.0.0
description:
  - Lists the groups.
  - Needs O(api_version=2023-04-10) or newer.
  - Needs the role C(ORG_ADMIN).
options:
  id:
    description:
      - Only the group with this id.
    type: str
  name:
    description:
      - Only the group with this name.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.scim_group
  - module: crdb.cloud.scim_user_info
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Who is in the group?
  crdb.cloud.scim_group_info:
    name: dba
  register: result
"""

RETURN = r"""
---
scim_groups:
  description: The groups.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the group., type: str, returned: always}
    displayName: {description: Name of the group., type: str, returned: always}
    externalId: {description: What the identity provider calls the group., type: str, returned: always}
    members: {description: 'Who is in it, each with C(value), which is the id.', type: list, elements: dict, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.scim import SCIM_GROUP, searched

MODULE = noun_info(SCIM_GROUP, query=lambda params: searched(SCIM_GROUP, params))


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
