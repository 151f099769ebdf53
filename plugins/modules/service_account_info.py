#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: service_account_info
short_description: List service accounts
version_added: 1.0.0
description:
  - Lists the service accounts.
  - Needs O(api_version=2023-04-10) or newer.
  - Needs the role C(CLUSTER_ADMIN) or C(ORG_ADMIN).
options:
  id:
    description:
      - Only the service account with this id.
    type: str
  name:
    description:
      - Name of the account.
    type: str
  with_keys:
    description:
      - Whether to list the API keys of each account, with one more request.
    type: bool
    default: false
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.service_account
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: All service accounts, with their roles and keys
  crdb.cloud.service_account_info:
    with_keys: true
  register: result

- name: One of them
  crdb.cloud.service_account_info:
    name: ci-orders
  register: result
"""

RETURN = r"""
---
service_accounts:
  description: The service accounts.
  returned: success
  type: list
  elements: dict
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
from ansible_collections.crdb.cloud.plugins.module_utils._edge.keys import with_keys
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.access import SERVICE_ACCOUNT
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.field import Field

MODULE = noun_info(
    SERVICE_ACCOUNT,
    Field(
        "with_keys",
        type="bool",
        default=False,
        text="Whether to list the API keys of each account, with one more request.",
    ),
    complete=with_keys,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
