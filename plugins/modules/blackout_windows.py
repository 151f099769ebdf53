#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: blackout_windows
short_description: Manage all times when the service must not touch a cluster
version_added: 1.0.0
description:
  - Manages any number of blackout windows of an Advanced cluster in one task, with one listing and only the requests that differ.
  - A window is known by its two ends. One that has one of them, is not over, and is not asked for itself, gets the other one.
  - A window that is over is neither made, nor changed, nor deleted.
  - When the request for one window fails, the others are tried all the same. The task fails at its end and names each that failed; the next run
    does what is left.
  - Needs O(api_version=2024-09-16) or newer.
  - Waits for a cluster that is still being created.
options:
  windows:
    description: The windows. Each may be listed once.
    type: list
    elements: dict
    suboptions:
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
      state:
        description:
          - Whether it shall exist.
        type: str
        choices: [present, absent]
        default: present
  purge:
    description:
      - Whether to delete the windows of the cluster that O(windows) does not list, so that there are exactly these.
    type: bool
    default: false
  protected:
    description:
      - Windows that are never deleted, whatever O(purge) says, each as its two ends with a slash in between.
      - A window that is listed here and with O(windows[].state=absent) is an error.
    type: list
    elements: str
    default: []
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.blackout_window
  - module: crdb.cloud.blackout_window_info
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Exactly these, and no others
  crdb.cloud.blackout_windows:
    cluster: orders-prod
    purge: true
    windows:
      - start_time: "2026-11-25T00:00:00Z"
        end_time: "2026-12-01T00:00:00Z"
      - start_time: "2026-12-18T00:00:00Z"
        end_time: "2026-12-31T00:00:00Z"
"""

RETURN = r"""
---
blackout_windows:
  description: All blackout windows of the cluster, also those that are over.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the window., type: str, returned: always}
    start_time: {description: 'When it begins, in UTC.', type: str, returned: always}
    end_time: {description: 'When it ends, in UTC.', type: str, returned: always}
    cluster_id: {description: Id of the cluster., type: str, returned: always}

results:
  description: What became of each window, those of O(windows) in their order, then those that O(purge) deletes.
  returned: success, and when single windows failed
  type: list
  elements: dict
  contains:
    start_time: {description: 'When it begins, in UTC.', type: str, returned: always}
    end_time: {description: 'When it ends, in UTC.', type: str, returned: always}
    action:
      description:
        - V(created), V(updated), V(deleted), V(unchanged), V(failed), or V(skipped) where nothing could succeed any more after an earlier failure.
      type: str
      returned: always
    changed: {description: 'Whether a request changed something.', type: bool, returned: always}
    msg: {description: 'Why it failed or was skipped.', type: str, returned: when it failed or was skipped}
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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import collection_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.blackout_window import BLACKOUT_WINDOW
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.reconciler import Reconciler

MODULE = collection_module(
    "blackout_windows",
    BLACKOUT_WINDOW,
    lambda run, entries: Reconciler(run).ensure_all(BLACKOUT_WINDOW, entries),
    entries="windows",
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
