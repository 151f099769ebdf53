#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: maintenance_window_info
short_description: Read when a cluster may be maintained
version_added: 1.0.0
description:
  - Lists the maintenance windows of a cluster.
  - Needs O(api_version=2023-04-10) or newer.
  - Only for clusters with the plan V(ADVANCED).
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options: {}
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.maintenance_window
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: When is it maintained?
  crdb.cloud.maintenance_window_info:
    cluster: orders-prod
  register: result
"""

RETURN = r"""
---
maintenance_window:
  description: The maintenance window; V(null) where there is none.
  returned: success
  type: dict
  contains:
    offset_duration:
      description: From Monday 00:00 UTC to the beginning of the window, in seconds, such as V(93600s).
      type: str
      returned: always
    window_duration: {description: 'How long the window is, in seconds, such as V(21600s).', type: str, returned: always}
    day: {description: 'The day on which it begins, in UTC.', type: str, returned: always}
    start: {description: 'When it begins on that day, in UTC, such as V(02:00).', type: str, returned: always}
    duration: {description: 'How long it is, such as V(6h).', type: str, returned: always}
  sample: {offset_duration: 522000s, window_duration: 28800s, day: sunday, start: '01:00', duration: 8h}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.upkeep import MAINTENANCE_WINDOW

MODULE = noun_info(MAINTENANCE_WINDOW)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
