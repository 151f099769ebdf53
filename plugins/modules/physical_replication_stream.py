#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: physical_replication_stream
short_description: Replicate a cluster to a standby, and fail over to it
version_added: 1.0.0
description:
  - Keeps the cluster O(standby) as a copy of O(primary), fails over to it, or ends that.
  - Both are Advanced clusters in one region each, of one provider and version, made with C(supports_cluster_virtualization).
  - A new stream erases O(standby). Where there is one of this pair, it is left as it is, and waited for until it replicates.
  - V(failed_over) makes the standby a cluster of its own. Where the pair has failed over before, nothing is done.
  - To fail back is a new stream, the other way round.
  - V(canceled) ends the stream at work, so that the result has none. One that ends so while it is waited for makes the task fail.
  - Needs O(api_version=2024-09-16) or newer.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  id:
    description:
      - Id of an existing physical replication stream. If there is none, nothing is created.
    type: str
  primary:
    description:
      - Name or id of the cluster that is copied.
      - Name or id; an id saves the request that looks it up.
    type: str
    required: true
  standby:
    description:
      - Name or id of the cluster that is the copy.
      - Name or id; an id saves the request that looks it up.
    type: str
    required: true
  state:
    description:
      - What the stream shall be.
    type: str
    choices: [present, failed_over, canceled]
    default: present
  erase_standby:
    description:
      - Whether a new stream may erase what is in O(standby). Without it none is begun.
    type: bool
    default: false
  failover_at:
    description:
      - The moment that the standby has the data of when it fails over, an RFC 3339 timestamp, up to an hour from now. Without it it is
        the newest one.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.physical_replication_stream_info
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: A standby in another region
  crdb.cloud.physical_replication_stream:
    primary: orders-prod
    standby: orders-dr
    erase_standby: true

- name: The region is gone, so the standby takes over with what it has
  crdb.cloud.physical_replication_stream:
    primary: orders-prod
    standby: orders-dr
    state: failed_over

- name: To the moment before somebody dropped the wrong table
  crdb.cloud.physical_replication_stream:
    primary: orders-prod
    standby: orders-dr
    state: failed_over
    failover_at: "2026-11-20T03:00:00Z"

- name: No standby any more
  crdb.cloud.physical_replication_stream:
    primary: orders-prod
    standby: orders-dr
    state: canceled
"""

RETURN = r"""
---
physical_replication_stream:
  description: The physical replication stream.
  returned: success
  type: dict
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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.replication import PHYSICAL_REPLICATION_STREAM

MODULE = noun_module(PHYSICAL_REPLICATION_STREAM)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
