#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: blackout_window
short_description: Keep the service from touching a cluster for some days
version_added: 1.0.0
description:
  - Keeps the service from work on an Advanced cluster that restarts nodes or may be felt, from one moment to another.
  - It has to begin 7 days ahead or later, may last 14 days, and ends within three months. A window that is there as it is asked for is
    left as it is, however near it is.
  - A window is known by its two ends. One that has one of them, and is not over, gets the other one.
  - A window that is over is neither made, nor changed, nor deleted.
  - Needs O(api_version=2024-09-16) or newer.
  - Only for clusters with the plan V(ADVANCED).
  - The service offers it to organizations that it has enrolled (Limited Access).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  id:
    description:
      - Id of an existing blackout window. If there is none, nothing is created.
    type: str
  start_time:
    description:
      - When it begins, an RFC 3339 timestamp in any zone.
    type: str
    required: true
  end_time:
    description:
      - When it ends, an RFC 3339 timestamp in any zone.
    type: str
    required: true
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.blackout_windows
  - module: crdb.cloud.blackout_window_info
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
- name: Nothing is restarted while everybody shops
  crdb.cloud.blackout_window:
    cluster: orders-prod
    start_time: "2026-12-18T00:00:00Z"
    end_time: "2026-12-31T00:00:00Z"

- name: Until the sixth of January, as it turns out
  crdb.cloud.blackout_window:
    cluster: orders-prod
    start_time: "2026-12-24T00:00:00+01:00"
    end_time: "2027-01-06T00:00:00+01:00"

- name: Not at all
  crdb.cloud.blackout_window:
    cluster: orders-prod
    start_time: "2026-12-18T00:00:00Z"
    end_time: "2026-12-31T00:00:00Z"
    state: absent
"""

RETURN = r"""
---
blackout_window:
  description: The blackout window; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id: {description: Id of the blackout window., type: str, returned: always}
    start_time: {description: 'When it begins, an RFC 3339 timestamp in any zone.', type: raw, returned: always}
    end_time: {description: 'When it ends, an RFC 3339 timestamp in any zone.', type: raw, returned: always}
    cluster_id: {description: Id of the cluster., type: str, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.blackout_window import BLACKOUT_WINDOW

MODULE = noun_module(BLACKOUT_WINDOW)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
