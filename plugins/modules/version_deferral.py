#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: version_deferral
short_description: Set how long a cluster waits with new patches
version_added: 1.0.0
description:
  - Says how long an Advanced cluster waits with a new patch of its CockroachDB version, which it gets in its maintenance window.
  - V(absent) lets it have patches as soon as they are released. Major versions never come by themselves.
  - Needs O(api_version=2023-04-10) or newer.
  - Only for clusters with the plan V(ADVANCED).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  policy:
    description:
      - The policy in the words of the API. V(FIXED_DEFERRAL) means 60 days, and V(NOT_DEFERRED) the same as O(state=absent).
      - V(DEFERRAL_30_DAYS) needs O(api_version=2024-09-16) or newer.
      - V(DEFERRAL_90_DAYS) needs O(api_version=2024-09-16) or newer.
    type: str
    choices: [NOT_DEFERRED, FIXED_DEFERRAL, DEFERRAL_30_DAYS, DEFERRAL_60_DAYS, DEFERRAL_90_DAYS]
  days:
    description:
      - How many days it waits, instead of O(policy).
      - V(30) needs O(api_version=2024-09-16) or newer.
      - V(90) needs O(api_version=2024-09-16) or newer.
    type: int
    choices: [30, 60, 90]
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.version_deferral_info
  - module: crdb.cloud.maintenance_window
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
- name: New patches two months after their release, when the other clusters have them
  crdb.cloud.version_deferral:
    cluster: orders-prod
    days: 60

- name: New patches as soon as they are released
  crdb.cloud.version_deferral:
    cluster: orders-prod
    state: absent
"""

RETURN = r"""
---
version_deferral:
  description: The version deferral; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    deferral_policy: {description: 'The policy, such as V(DEFERRAL_60_DAYS).', type: str, returned: always}
    deferred_until: {description: When the patch that waits may come., type: str, returned: when one waits}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.version_deferral import VERSION_DEFERRAL

MODULE = noun_module(VERSION_DEFERRAL)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
