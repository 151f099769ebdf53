#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_user_info
short_description: List the people of the organization by SCIM
version_added: 1.0.0
description:
  - Lists the SCIM users.
  - Needs O(api_version=2023-04-10) or newer.
  - Needs the role C(ORG_ADMIN).
options:
  id:
    description:
      - Only the SCIM user with this id.
    type: str
  user_name:
    description:
      - Only the SCIM user with this user name.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.scim_user
  - module: crdb.cloud.person_info
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Who is in the organization?
  crdb.cloud.scim_user_info:
  register: everybody

- name: Who of them may sign in?
  ansible.builtin.debug:
    msg: "{{ everybody.scim_users | selectattr('active') | map(attribute='userName') | list }}"
"""

RETURN = r"""
---
scim_users:
  description: The SCIM users.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the SCIM user., type: str, returned: always}
    userName: {description: 'What the person signs in as, usually the e-mail address.', type: str, returned: always}
    emails:
      description: All e-mail addresses, each with C(value) and C(primary), and C(type) where it has one.
      type: list
      elements: dict
      returned: always
    displayName: {description: The name that is shown., type: str, returned: always}
    name:
      description: The name.
      type: dict
      returned: always
      contains:
        givenName: {description: The first name., type: str, returned: always}
        familyName: {description: The last name., type: str, returned: always}
    externalId: {description: What the identity provider calls the person., type: str, returned: always}
    active: {description: Whether the person may sign in., type: bool, returned: always}
    groups:
      description: The groups that the person is in, each with C(value), which is the id, and C(display).
      type: list
      elements: dict
      returned: by the service

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.scim import SCIM_USER, searched

MODULE = noun_info(SCIM_USER, query=lambda params: searched(SCIM_USER, params))


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
