#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: version_deferral_info
short_description: Read how long a cluster waits with new patches
version_added: 1.0.0
description:
  - Says how long a cluster waits with new patches, and how long one that was released has to wait.
  - Needs O(api_version=2023-04-10) or newer.
  - Only for clusters with the plan V(ADVANCED).
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options: {}
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.version_deferral
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: When does the next patch come?
  crdb.cloud.version_deferral_info:
    cluster: orders-prod
  register: result
"""

RETURN = r"""
---
version_deferral:
  description: The version deferral; V(null) where there is none.
  returned: success
  type: dict
  contains:
    deferral_policy: {description: 'The policy, such as V(DEFERRAL_60_DAYS).', type: str, returned: always}
    deferred_until: {description: When the patch that waits may come., type: str, returned: when one waits}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.version_deferral import VERSION_DEFERRAL

MODULE = noun_info(VERSION_DEFERRAL)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
