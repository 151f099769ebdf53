#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cmek_info
short_description: Read the keys that encrypt a cluster
version_added: 1.0.0
description:
  - Lists the customer-managed keys of a cluster.
  - Needs O(api_version=2022-09-20) or newer.
  - Only for clusters with the plan V(ADVANCED) and the network visibility V(PRIVATE).
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options: {}
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.cmek
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Which keys does it have?
  crdb.cloud.cmek_info:
    cluster: payments-prod
  register: keys

- ansible.builtin.debug:
    msg: "{{ keys.cmek.status | default('These are keys of the service.') }}"
"""

RETURN = r"""
---
cmek:
  description: The customer-managed keys; V(null) where there is none.
  returned: success
  type: dict
  contains:
    region_infos:
      description: The key of each region of the cluster, in any order.
      type: raw
      returned: always
      contains:
        region: {description: The region., type: str, returned: always}
        type: {description: Where the key is kept., type: str, returned: always}
        uri: {description: Address of the key., type: str, returned: always}
        auth_principal: {description: What the key is reached as., type: str, returned: always}
    status:
      description: 'Its state: V(ENABLING), V(ENABLED), V(ENABLE_FAILED), V(ROTATE_FAILED), V(REVOKE_FAILED), V(DISABLE_FAILED), V(DISABLED).'
      type: str
      returned: always
    user_message: {description: 'What the service says of a key, where it does.', type: str, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.cmek import CMEK

MODULE = noun_info(CMEK)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
