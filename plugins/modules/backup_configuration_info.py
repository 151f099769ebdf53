#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: backup_configuration_info
short_description: Read how often a cluster is backed up, and for how long
version_added: 1.0.0
description:
  - Says how often the service backs a cluster up, and how long it keeps that.
  - Needs O(api_version=2024-09-16) or newer.
  - Only for clusters with the plan V(STANDARD) or V(ADVANCED).
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options: {}
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.backup_configuration
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: How much can be lost?
  crdb.cloud.backup_configuration_info:
    cluster: orders-prod
  register: result
"""

RETURN = r"""
---
backup_configuration:
  description: The backup configuration; V(null) where there is none.
  returned: success
  type: dict
  contains:
    enabled: {description: Whether there are backups., type: bool, returned: always}
    frequency_minutes: {description: How many minutes lie between two backups., type: int, returned: always}
    retention_days: {description: How many days backups are kept., type: int, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.backup_configuration import BACKUP_CONFIGURATION

MODULE = noun_info(BACKUP_CONFIGURATION)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
