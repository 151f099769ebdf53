#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: service_account_credential_info
short_description: List the credentials of a service account
version_added: 1.0.0
description:
  - Lists the credentials.
  - Needs O(api_version=2026-09-15) or newer.
  - Needs the role C(CLUSTER_ADMIN) or C(ORG_ADMIN), or AUDITOR.
options:
  id:
    description:
      - Only the credential with this id.
    type: str
  name:
    description:
      - Only the credential with this name.
    type: str
  service_account:
    description:
      - The account whose credentials are listed.
      - Name or id; an id saves the request that looks it up.
    type: str
    required: true
  status:
    description:
      - Only credentials that work, or only those that do not.
    type: str
    choices: [ACTIVE, DISABLED]
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.service_account_credential
  - module: crdb.cloud.service_account_info
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Which credentials does the account have, that still work?
  crdb.cloud.service_account_credential_info:
    service_account: deploy
    status: ACTIVE
    api_version: "2026-09-15"
  register: result
"""

RETURN = r"""
---
service_account_credentials:
  description: The credentials.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the credential., type: str, returned: always}
    name: {description: Name of the credential., type: str, returned: always}
    algorithm: {description: The algorithm that the program signs with., type: str, returned: always}
    expires_at: {description: 'When it ends to be accepted, an RFC 3339 timestamp in the future.', type: str, returned: always}
    description: {description: What it is for., type: str, returned: always}
    client_id: {description: What a signed assertion must have as C(iss) and C(sub)., type: str, returned: always}
    credential_type: {description: How it is used; V(JWT_BEARER)., type: str, returned: always}
    service_account_id: {description: Id of the account., type: str, returned: always}
    created_at: {description: When it was made., type: str, returned: always}
    disabled_at: {description: When it was disabled; V(null) where it was not., type: str, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.credential import SERVICE_ACCOUNT_CREDENTIAL
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.field import Field

MODULE = noun_info(
    SERVICE_ACCOUNT_CREDENTIAL,
    Field("service_account", ref="service_account", required=True, text="The account whose credentials are listed."),
    Field("status", choices=("ACTIVE", "DISABLED"), text="Only credentials that work, or only those that do not."),
    query=lambda params: {"status_filter": params["status"]} if params["status"] else {},
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
