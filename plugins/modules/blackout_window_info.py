#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: blackout_window_info
short_description: List when the service must not touch a cluster
version_added: 1.0.0
description:
  - Lists the blackout windows of a cluster.
  - Needs O(api_version=2024-09-16) or newer.
  - Only for clusters with the plan V(ADVANCED).
  - The service offers it to organizations that it has enrolled (Limited Access).
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  id:
    description:
      - Only the blackout window with this id.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.blackout_window
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: When is it left alone?
  crdb.cloud.blackout_window_info:
    cluster: orders-prod
  register: result
"""

RETURN = r"""
---
blackout_windows:
  description: The blackout windows.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the blackout window., type: str, returned: always}
    start_time: {description: 'When it begins, an RFC 3339 timestamp in any zone.', type: raw, returned: always}
    end_time: {description: 'When it ends, an RFC 3339 timestamp in any zone.', type: raw, returned: always}
    cluster_id: {description: Id of the cluster., type: str, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.blackout_window import BLACKOUT_WINDOW

MODULE = noun_info(BLACKOUT_WINDOW, by=("id",))


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
