#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: backup_info
short_description: List the backups of a cluster
version_added: 1.0.0
description:
  - Lists the backups of a cluster.
  - Needs O(api_version=2024-09-16) or newer.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  id:
    description:
      - Only the backup with this id.
    type: str
  latest:
    description:
      - Whether to list the newest backup alone.
    type: bool
    default: false
  before:
    description:
      - 'Only the newest backup that is not later than this moment, an RFC 3339 timestamp: the one that has the data of that moment.'
    type: str
  start_time:
    description:
      - Only backups of this moment or later, an RFC 3339 timestamp. Needs O(end_time).
    type: str
  end_time:
    description:
      - Only backups of before this moment, an RFC 3339 timestamp. Needs O(start_time).
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.restore
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: All backups of a day
  crdb.cloud.backup_info:
    cluster: orders-prod
    start_time: "2026-11-20T00:00:00Z"
    end_time: "2026-11-21T00:00:00Z"
  register: result

- name: The backup that has the data of a moment
  crdb.cloud.backup_info:
    cluster: orders-prod
    before: "2026-11-20T03:00:00Z"
  register: found
"""

RETURN = r"""
---
backups:
  description: The backups.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the backup., type: str, returned: always}
    as_of_time: {description: 'The moment, in UTC, as of which it has the data.', type: str, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.backup import BACKUP, RULES, WHICH, asked

MODULE = noun_info(BACKUP, *WHICH, query=asked, **RULES)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
