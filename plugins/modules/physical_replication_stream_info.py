#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: physical_replication_stream_info
short_description: Read how far standbys are behind
version_added: 1.0.0
description:
  - Lists the physical replication streams.
  - Needs O(api_version=2024-09-16) or newer.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  id:
    description:
      - Only the physical replication stream with this id.
    type: str
  primary:
    description:
      - Only the physical replication stream with this primary.
    type: str
  standby:
    description:
      - Only the physical replication stream with this standby.
    type: str
  show_completed:
    description:
      - Whether to list those as well that have failed over or were canceled.
    type: bool
    default: false
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.physical_replication_stream
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Wait until the standby is close behind
  crdb.cloud.physical_replication_stream_info:
    primary: orders-prod
    standby: orders-dr
  register: result
  until: result.physical_replication_streams | map(attribute='replication_lag_seconds', default=1000) | select('lt', 30) | length > 0
  retries: 60
  delay: 10

- name: All that there have been
  crdb.cloud.physical_replication_stream_info:
    show_completed: true
  register: result
"""

RETURN = r"""
---
physical_replication_streams:
  description: The physical replication streams.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the physical replication stream., type: str, returned: always}
    primary_cluster_id: {description: Id of the cluster that is copied., type: str, returned: always}
    standby_cluster_id: {description: Id of the cluster that is the copy., type: str, returned: always}
    status: {description: 'Its state: V(STARTING), V(REPLICATING), V(COMPLETED), V(CANCELED).', type: str, returned: always}
    created_at: {description: When it was begun., type: str, returned: always}
    replicated_time: {description: The moment that the standby has the data of., type: str, returned: while it replicates}
    replication_lag_seconds: {description: How far the standby is behind., type: int, returned: while it replicates}
    retained_time: {description: The oldest moment that can be failed over to., type: str, returned: while it replicates}
    failover_at: {description: The moment that it fails over to., type: str, returned: when one was asked for}
    activated_at: {description: The moment that it has failed over to., type: str, returned: when it has failed over}
    canceled_at: {description: When it was canceled., type: str, returned: when it was canceled}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.replication import (
    PHYSICAL_REPLICATION_STREAM,
    SHOW_COMPLETED,
    shown,
)

MODULE = noun_info(PHYSICAL_REPLICATION_STREAM, SHOW_COMPLETED, query=shown)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
