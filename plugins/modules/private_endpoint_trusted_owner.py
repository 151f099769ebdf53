#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: private_endpoint_trusted_owner
short_description: Let all private endpoints of an account reach a cluster
version_added: 1.0.0
description:
  - Lets an account of AWS connect its private endpoints with a cluster without being asked for each, or takes that from it.
  - Needs O(api_version=2023-04-10) or newer.
  - Only for clusters with the plan V(ADVANCED) and the provider V(AWS).
  - The service offers it to organizations that it has enrolled (Limited Access).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN).
options:
  id:
    description:
      - Id of an existing private endpoint trusted owner. If there is none, nothing is created.
    type: str
  external_owner_id:
    description:
      - The account, 12 digits in quotes, such as V("012345678901"), or V("*"), which lets every account in.
    type: str
    required: true
  type:
    description:
      - What O(external_owner_id) is.
    type: str
    choices: [AWS_ACCOUNT_ID]
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.private_endpoint_trusted_owner_info
  - module: crdb.cloud.private_endpoint_connection
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.child.state
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Endpoints of the account of the shop need nobody's consent
  crdb.cloud.private_endpoint_trusted_owner:
    cluster: orders-prod
    external_owner_id: "012345678901"

- name: From now on each is asked for again
  crdb.cloud.private_endpoint_trusted_owner:
    cluster: orders-prod
    external_owner_id: "012345678901"
    state: absent
"""

RETURN = r"""
---
private_endpoint_trusted_owner:
  description: The private endpoint trusted owner; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id: {description: Id of the private endpoint trusted owner., type: str, returned: always}
    external_owner_id:
      description: The account, 12 digits in quotes, such as V("012345678901"), or V("*"), which lets every account in.
      type: str
      returned: always
    type: {description: What C(external_owner_id) is., type: str, returned: always}
    cluster_id: {description: Id of the cluster., type: str, returned: always}
    created_at: {description: When it was made., type: str, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.endpoint_access import PRIVATE_ENDPOINT_TRUSTED_OWNER

MODULE = noun_module(PRIVATE_ENDPOINT_TRUSTED_OWNER)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
