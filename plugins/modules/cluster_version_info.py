#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_version_info
short_description: List the CockroachDB versions that clusters can have
version_added: 1.0.0
description:
  - Lists the major versions with their support status and the upgrades that each allows.
  - Needs O(api_version) V(2022-09-20) or newer.
options: {}
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Which versions are supported, and what can they be upgraded to?
  crdb.cloud.cluster_version_info:
  register: result
"""

RETURN = r"""
---
versions:
  description: The versions, the newest first.
  returned: success
  type: list
  elements: dict
  sample:
    - {version: v25.2, support_status: SUPPORTED, support_end: "2026-05-12T00:00:00Z", release_type: REGULAR, allowed_upgrades: [v25.3, v25.4]}

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import info_module
from ansible_collections.crdb.cloud.plugins.module_utils._edge.reads import cluster_versions

MODULE = info_module("cluster_version_info", "versions", cluster_versions, since="2022-09-20")


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
