#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: runtime_scanning_info
short_description: Show who scans the nodes of a cluster
version_added: 1.0.0
description:
  - Lists the runtime scannings of a cluster.
  - Needs O(api_version=2026-09-15) or newer.
  - The service offers it to organizations that it has enrolled (Limited Access).
  - Needs the role C(CLUSTER_DEVELOPER), C(CLUSTER_OPERATOR_WRITER) or C(CLUSTER_ADMIN).
options: {}
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Is it scanned
  crdb.cloud.runtime_scanning_info:
    api_version: "2026-09-15"
    cluster: orders-prod
  register: result
"""

RETURN = r"""
---
runtime_scanning:
  description: The runtime scanning; V(null) where there is none.
  returned: success
  type: dict
  contains:
    type: {description: Who scans., type: str, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.continuum import RUNTIME_SCANNING

MODULE = noun_info(RUNTIME_SCANNING)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
