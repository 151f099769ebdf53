#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: api_key_info
short_description: List API keys, without their secrets
version_added: 1.0.0
description:
  - Lists the API keys.
  - Needs O(api_version=2023-04-10) or newer.
  - Needs the role C(CLUSTER_ADMIN) or C(ORG_ADMIN).
options:
  id:
    description:
      - Only the API key with this id.
    type: str
  service_account:
    description:
      - The account that the key is of.
      - Name or id; an id saves the request that looks it up.
    type: str
  name:
    description:
      - Name of the key.
    type: str
  older_than_days:
    description:
      - Only keys that were made more than so many days ago.
    type: float
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.api_key
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Which keys are older than 90 days?
  crdb.cloud.api_key_info:
    older_than_days: 90
  register: result

- name: The keys of one account
  crdb.cloud.api_key_info:
    service_account: ci-orders
  register: result
"""

RETURN = r"""
---
api_keys:
  description: The API keys.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the API key., type: str, returned: always}
    service_account_id: {description: Id of the service account., type: str, returned: always}
    name: {description: Name of the key., type: str, returned: always}
    created_at: {description: When it was made., type: str, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._edge.keys import old_enough
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.api_key import API_KEY
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.field import Field

MODULE = noun_info(
    API_KEY,
    Field("older_than_days", type="float", text="Only keys that were made more than so many days ago."),
    complete=old_enough,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
