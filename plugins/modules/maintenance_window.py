#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: maintenance_window
short_description: Set when a cluster may be maintained
version_added: 1.0.0
description:
  - Says when the service may work on an Advanced cluster, each week at the same time.
  - V(absent) gives it back the schedule that it has by itself.
  - Needs O(api_version=2023-04-10) or newer.
  - Only for clusters with the plan V(ADVANCED).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  offset_duration:
    description:
      - 'From Monday 00:00 UTC to the beginning of the window, less than a week: seconds such as V(93600) or V(93600s), or V(1d2h). It
        can be given instead of O(day) and O(start).'
    type: str
  window_duration:
    description:
      - How long the window is, at least six hours and less than a week, written as O(offset_duration). It can be given instead of O(duration).
    type: str
  day:
    description:
      - The day on which the window begins, in UTC.
    type: str
    choices: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]
  start:
    description:
      - When the window begins on O(day), in UTC, in quotes, such as V(02:00).
    type: str
  duration:
    description:
      - How long the window is, such as V(6h), which is the least.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.maintenance_window_info
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
- name: Sunday from one to nine in the morning (UTC)
  crdb.cloud.maintenance_window:
    cluster: orders-prod
    day: sunday
    start: "01:00"
    duration: 8h

- name: The same in the words of the API
  crdb.cloud.maintenance_window:
    cluster: orders-prod
    offset_duration: 522000s
    window_duration: 28800s

- name: Back to the schedule of the service
  crdb.cloud.maintenance_window:
    cluster: orders-prod
    state: absent
"""

RETURN = r"""
---
maintenance_window:
  description: The maintenance window; V(null) when it is absent.
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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.upkeep import MAINTENANCE_WINDOW

MODULE = noun_module(MAINTENANCE_WINDOW)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
