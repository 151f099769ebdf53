#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: backup_configuration
short_description: Set how often a cluster is backed up, and for how long
version_added: 1.0.0
description:
  - Says whether and how often the service backs a cluster up, and how long it keeps that. What is not set stays as it is.
  - Each cluster has one, so there is nothing to create or delete. That of a Basic cluster can't be changed.
  - A change begins a full backup, which costs the cluster some CPU.
  - Needs O(api_version=2024-09-16) or newer.
  - Only for clusters with the plan V(STANDARD) or V(ADVANCED).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  enabled:
    description:
      - Whether there are backups. V(false) is sent in a request of its own, behind that for the other options.
    type: bool
  frequency_minutes:
    description:
      - How many minutes lie between two backups. A new cluster has 60, a Basic one 1440.
    type: int
    choices: [5, 10, 15, 30, 60, 240, 1440]
  retention_days:
    description:
      - How many days backups are kept. A new cluster has 30.
      - It can be changed once, also while backups are disabled. The task warns of that, in check mode, too, and refuses a second change.
    type: int
    choices: [2, 7, 30, 90, 365]
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.backup_configuration_info
  - module: crdb.cloud.backup_info
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: A backup every half hour
  crdb.cloud.backup_configuration:
    cluster: orders-prod
    frequency_minutes: 30

- name: Kept for three months, which can be said once
  crdb.cloud.backup_configuration:
    cluster: orders-prod
    retention_days: 90

- name: No backups of a cluster that is thrown away tomorrow
  crdb.cloud.backup_configuration:
    cluster: orders-drill
    enabled: false
"""

RETURN = r"""
---
backup_configuration:
  description: The backup configuration.
  returned: success
  type: dict
  contains:
    enabled: {description: Whether there are backups., type: bool, returned: always}
    frequency_minutes: {description: How many minutes lie between two backups., type: int, returned: always}
    retention_days: {description: How many days backups are kept., type: int, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.backup_configuration import BACKUP_CONFIGURATION

MODULE = noun_module(BACKUP_CONFIGURATION)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
