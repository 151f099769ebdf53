#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_user
short_description: Create, deactivate and delete people by SCIM
version_added: 1.0.0
description:
  - 'Manages one person of the organization by SCIM 2.0: makes, changes, deactivates, deletes.'
  - Where an identity provider keeps them by SCIM, too, it may undo what is changed here. This is for emergencies, and for organizations
    without one.
  - Needs O(api_version=2023-04-10) or newer.
  - Needs the role C(ORG_ADMIN).
options:
  id:
    description:
      - Id of an existing SCIM user. If there is none, nothing is created.
    type: str
  user_name:
    description:
      - What the person signs in as, usually the e-mail address. Case does not count.
    type: str
  renamed_from:
    description:
      - The name that the SCIM user may still have. Where there is no SCIM user O(user_name), this one is renamed; where there is neither,
        O(user_name) is created.
      - Where both exist, nothing is renamed. What refers to it by name has to use the new one from then on.
    type: str
  emails:
    description:
      - All e-mail addresses. A new person has that of O(user_name) if this is not set.
    type: list
    elements: dict
    suboptions:
      value:
        description:
          - The address.
        type: str
        required: true
      primary:
        description:
          - Whether it is the first choice. If none is, the first one is.
        type: bool
      type:
        description:
          - What it is for, such as V(work).
        type: str
  display_name:
    description:
      - The name that is shown. A new person has O(user_name) if this is not set.
    type: str
  given_name:
    description:
      - The first name.
    type: str
  family_name:
    description:
      - The last name.
    type: str
  external_id:
    description:
      - What the identity provider calls the person.
    type: str
  active:
    description:
      - Whether the person may sign in. A new one may if this is not set.
      - 'Who is not active stays so without it, even with O(state=present): the identity provider will have its reasons.'
    type: bool
  state:
    description:
      - V(absent) deactivates the person, who keeps roles and groups. Who is not there is left so.
      - V(deleted) removes the person from the organization, with all roles.
    type: str
    choices: [present, absent, deleted]
    default: present
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.scim_user_info
  - module: crdb.cloud.scim_group
  - module: crdb.cloud.person_info
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: A person of the organization
  crdb.cloud.scim_user:
    user_name: alice@example.com
    given_name: Alice
    family_name: Example

- name: She can't sign in any more, and keeps her roles
  crdb.cloud.scim_user:
    user_name: alice@example.com
    state: absent

- name: She leaves the organization, with all roles
  crdb.cloud.scim_user:
    user_name: alice@example.com
    state: deleted
"""

RETURN = r"""
---
scim_user:
  description: The SCIM user; V(null) when it is absent.
  returned: success
  type: dict
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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.scim import SCIM_USER

MODULE = noun_module(SCIM_USER)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
