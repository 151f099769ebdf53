#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: runtime_scanning
short_description: Have the nodes of a cluster scanned
version_added: 1.0.0
description:
  - Has the nodes of a cluster scanned while they run, or no longer. The service begins and ends with it in its own time.
  - Needs O(api_version=2026-09-15) or newer.
  - The service offers it to organizations that it has enrolled (Limited Access).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  type:
    description:
      - Who scans. Nobody does with O(state=absent).
    type: str
    choices: [WIZ]
author:
  - crdb.cloud contributors (@crdb-cloud)
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
- name: Have the nodes scanned
  crdb.cloud.runtime_scanning:
    api_version: "2026-09-15"
    cluster: orders-prod

- name: No longer
  crdb.cloud.runtime_scanning:
    api_version: "2026-09-15"
    cluster: orders-prod
    state: absent
"""

RETURN = r"""
---
runtime_scanning:
  description: The runtime scanning; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    type: {description: Who scans., type: str, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.continuum import RUNTIME_SCANNING

MODULE = noun_module(RUNTIME_SCANNING)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
