#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: allowlist_info
short_description: List the IP allowlist of a cluster
version_added: 1.0.0
description:
  - Lists the networks that may reach a cluster.
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
- name: Is the cluster open to the world?
  crdb.cloud.allowlist_info:
    cluster: orders-prod
  register: result
  failed_when: result.allowlist | selectattr("cidr_mask", "eq", 0) | length > 0
"""

RETURN = r"""
---
allowlist:
  description: The entries.
  returned: success
  type: list
  elements: dict
  contains:
    cidr_ip: {description: 'The address of the network, in the API''s own words.', type: str, returned: always}
    cidr_mask: {description: 'The length of the network''s prefix, 0 to 32.', type: int, returned: always}
    ui: {description: Whether the network may reach the DB Console., type: bool, returned: always}
    sql: {description: Whether the network may reach the SQL port., type: bool, returned: always}
    name: {description: What the entry is for., type: str, returned: always}
  sample:
    - {cidr_ip: 203.0.113.0, cidr_mask: 24, ui: false, sql: true, name: office}
propagating:
  description: Whether a change is still being rolled out.
  returned: success
  type: bool
  sample: false

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.allowlist_entry import ALLOWLIST_ENTRY

MODULE = noun_info(ALLOWLIST_ENTRY, name="allowlist_info", by=())


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
