#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: allowlist_entry
short_description: Manage the IP allowlist of a cluster
version_added: 1.0.0
description:
  - Manages one entry of the networks that may reach a cluster.
  - Basic and Standard clusters start open to V(0.0.0.0/0), unless they are created with O(crdb.cloud.cluster#module:with_empty_ip_allowlist).
    Delete that entry to close them.
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  cidr:
    description:
      - The IPv4 network, such as V(203.0.113.0/24), or one address such as V(203.0.113.7), which is V(203.0.113.7/32). IPv6 is not supported
        by the service.
      - A mask that does not fit the address, as in V(203.0.113.7/24), is refused, and so is V(0.0.0.0) without a mask.
      - Give either this or O(cidr_ip).
    type: str
  cidr_ip:
    description:
      - The address of the network, in the API's own words.
    type: str
  cidr_mask:
    description:
      - The length of the network's prefix, 0 to 32. V(32) if not set.
    type: int
  ui:
    description:
      - Whether the network may reach the DB Console. A new entry may if this is not set.
    type: bool
  sql:
    description:
      - Whether the network may reach the SQL port. A new entry may if this is not set.
    type: bool
  name:
    description:
      - What the entry is for. An empty string removes the text.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.allowlist_info
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
- name: The office may reach the SQL port, not the DB Console
  crdb.cloud.allowlist_entry:
    cluster: orders-prod
    cidr: 203.0.113.0/24
    sql: true
    ui: false
    name: office

- name: Close the cluster to everybody else
  crdb.cloud.allowlist_entry:
    cluster: orders-prod
    cidr: 0.0.0.0/0
    state: absent
"""

RETURN = r"""
---
allowlist_entry:
  description: The entry; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    cidr_ip: {description: 'The address of the network, in the API''s own words.', type: str, returned: always}
    cidr_mask: {description: 'The length of the network''s prefix, 0 to 32.', type: int, returned: always}
    ui: {description: Whether the network may reach the DB Console., type: bool, returned: always}
    sql: {description: Whether the network may reach the SQL port., type: bool, returned: always}
    name: {description: What the entry is for., type: str, returned: always}
  sample: {cidr_ip: 203.0.113.0, cidr_mask: 24, ui: false, sql: true, name: office}

plan:
  description: The requests that were made, or in check mode would be made, in order. Empty when nothing differs.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: 'V(create), V(update) or V(delete).', type: str, returned: always}
    summary: {description: 'What it does, in words.', type: str, returned: always}
    changes: {description: 'The fields that change, each with C(before) and C(after). Secrets are hidden.', type: dict, returned: always}
  sample:
    - {action: update, summary: update cluster 'orders', changes: {delete_protection: {before: DISABLED, after: ENABLED}}}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.allowlist_entry import ALLOWLIST_ENTRY

MODULE = noun_module(ALLOWLIST_ENTRY)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
