#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_group
short_description: Create, fill and delete groups by SCIM
version_added: 1.0.0
description:
  - Manages one group of people by SCIM 2.0. Its members have the roles that M(crdb.cloud.role_grant) gives to it.
  - Where an identity provider keeps them by SCIM, too, it may undo what is changed here. This is for emergencies, and for organizations
    without one.
  - Needs O(api_version=2023-04-10) or newer.
  - Needs the role C(ORG_ADMIN).
options:
  id:
    description:
      - Id of an existing group. If there is none, nothing is created.
    type: str
  name:
    description:
      - Name of the group.
    type: str
  renamed_from:
    description:
      - The name that the group may still have. Where there is no group O(name), this one is renamed; where there is neither, O(name)
        is created.
      - Where both exist, nothing is renamed. What refers to it by name has to use the new one from then on.
    type: str
  external_id:
    description:
      - What the identity provider calls the group.
    type: str
  members:
    description:
      - People who shall be in the group.
      - Names or ids; an id saves the request that looks it up.
    type: list
    elements: str
  exactly:
    description:
      - Whether all others, who are not in O(members), are taken out of the group.
    type: bool
    default: false
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.scim_group_info
  - module: crdb.cloud.scim_user
  - module: crdb.cloud.role_grant
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child.state
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Alice and Bob are in the group, and others may be
  crdb.cloud.scim_group:
    name: dba
    members: [alice@example.com, bob@example.com]

- name: Only Alice is
  crdb.cloud.scim_group:
    name: dba
    members: [alice@example.com]
    exactly: true

- name: The group is not needed any more
  crdb.cloud.scim_group:
    name: dba
    state: absent
"""

RETURN = r"""
---
scim_group:
  description: The group; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id: {description: Id of the group., type: str, returned: always}
    displayName: {description: Name of the group., type: str, returned: always}
    externalId: {description: What the identity provider calls the group., type: str, returned: always}
    members: {description: 'Who is in it, each with C(value), which is the id.', type: list, elements: dict, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.scim import SCIM_GROUP

MODULE = noun_module(SCIM_GROUP)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
