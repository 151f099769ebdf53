#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: person_info
short_description: Find a person of the organization by the e-mail address
version_added: 1.0.0
description:
  - Finds the person with an e-mail address, and the id that other modules take.
  - The service has no list of all people.
  - Needs O(api_version=2023-04-10) or newer.
  - Needs the role C(ORG_ADMIN), C(CLUSTER_ADMIN) or C(FOLDER_ADMIN).
options:
  email:
    description:
      - Only the person with this email.
    type: str
    required: true
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.role_grant
  - module: crdb.cloud.role_grant_info
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Is she in the organization?
  crdb.cloud.person_info:
    email: alice@example.com
  register: result
"""

RETURN = r"""
---
persons:
  description: The person; empty where nobody of the organization has this address.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the person., type: str, returned: always}
    email: {description: The e-mail address., type: str, returned: always}
  sample:
    - {id: 3f0d2c8e-5c11-4a5c-9d7e-0c4c1c0a3f5b, email: alice@example.com}
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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.people import PERSON

MODULE = noun_info(PERSON, by=("email",))


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
