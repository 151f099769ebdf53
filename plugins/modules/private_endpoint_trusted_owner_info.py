#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: private_endpoint_trusted_owner_info
short_description: List the accounts whose private endpoints reach a cluster
version_added: 1.0.0
description:
  - Lists the private endpoint trusted owners of a cluster.
  - Needs O(api_version=2023-04-10) or newer.
  - Only for clusters with the plan V(ADVANCED) and the provider V(AWS).
  - The service offers it to organizations that it has enrolled (Limited Access).
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  id:
    description:
      - Only the private endpoint trusted owner with this id.
    type: str
  external_owner_id:
    description:
      - Only the private endpoint trusted owner with this external owner id.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.private_endpoint_trusted_owner
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Who is let in without being asked?
  crdb.cloud.private_endpoint_trusted_owner_info:
    cluster: orders-prod
  register: result
"""

RETURN = r"""
---
private_endpoint_trusted_owners:
  description: The private endpoint trusted owners.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the private endpoint trusted owner., type: str, returned: always}
    external_owner_id:
      description: The account, 12 digits in quotes, such as V("012345678901"), or V("*"), which lets every account in.
      type: str
      returned: always
    type: {description: What C(external_owner_id) is., type: str, returned: always}
    cluster_id: {description: Id of the cluster., type: str, returned: always}
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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.endpoint_access import PRIVATE_ENDPOINT_TRUSTED_OWNER

MODULE = noun_info(PRIVATE_ENDPOINT_TRUSTED_OWNER)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
