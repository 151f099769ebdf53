#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: restore
short_description: Restore a backup to a cluster
version_added: 1.0.0
description:
  - Restores a backup to O(cluster), which may be the one that it is of, and waits until that is done. What is restored is written into
    O(cluster).
  - 'A restore is done once: one that runs is waited for, one that went well is left as it is, one that failed is done again.'
  - It is the same where source, type, objects, options and O(backup_id) are the same.
  - With O(backup_before) it has to be begun after that moment, with a backup not later than that.
  - Both clusters have the same plan, and O(cluster) has no older major version of CockroachDB. The key needs its role on both.
  - Needs O(api_version=2024-09-16) or newer.
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  cluster:
    description:
      - Name or id of the cluster that gets the data. An id saves the request that looks up a name.
    type: str
    required: true
  type:
    description:
      - What is restored. For V(CLUSTER), which is everything, O(cluster) must be empty. The others are for Advanced clusters alone.
    type: str
    required: true
    choices: [CLUSTER, DATABASE, TABLE]
  backup_id:
    description:
      - Id of the backup, as M(crdb.cloud.backup_info) returns it.
    type: str
  databases:
    description:
      - The databases to restore, with O(type=DATABASE).
    type: list
    elements: str
  tables:
    description:
      - The tables to restore, with O(type=TABLE), such as V(shop.public.orders). V(shop.orders) is the same.
    type: list
    elements: str
  restore_opts:
    description:
      - How it is restored.
    type: dict
    suboptions:
      new_db_name:
        description:
          - The new name of the one database that is restored.
        type: str
      into_db:
        description:
          - The database to restore tables into, where it is not the one that they were in.
        type: str
      schema_only:
        description:
          - Whether to restore no rows.
        type: bool
      skip_localities_check:
        description:
          - Whether O(cluster) may lack regions of the data.
        type: bool
      skip_missing_foreign_keys:
        description:
          - Whether to leave out foreign keys to what is missing.
        type: bool
      skip_missing_sequences:
        description:
          - Whether to leave out defaults of sequences that are missing.
        type: bool
      skip_missing_views:
        description:
          - Whether to leave out views of what is missing.
        type: bool
  source_cluster:
    description:
      - Name or id of the cluster that the backup is of. O(backup_id) alone will do, but then less is checked before.
    type: str
  backup_before:
    description:
      - Takes the newest backup that is not later than this moment, an RFC 3339 timestamp.
    type: str
  force:
    description:
      - Whether to restore again. Without O(backup_id) and O(backup_before) it takes the newest backup.
    type: bool
    default: false
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.backup_info
  - module: crdb.cloud.restore_info
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Restore a database as of a moment to another cluster, under another name
  crdb.cloud.restore:
    cluster: orders-drill
    source_cluster: orders-prod
    backup_before: "2026-11-20T03:00:00Z"
    type: DATABASE
    databases: [orders]
    restore_opts:
      new_db_name: orders_drill

- name: Bring back one table, beside what is there
  crdb.cloud.restore:
    cluster: orders-prod
    source_cluster: orders-prod
    backup_before: "2026-11-20T03:00:00Z"
    type: TABLE
    tables: [shop.customers]
    restore_opts:
      into_db: rescued

- name: Restore the newest backup of everything to a new cluster, each time this runs
  crdb.cloud.restore:
    cluster: orders-copy
    source_cluster: orders-prod
    type: CLUSTER
    force: true
"""

RETURN = r"""
---
restore:
  description: The restore.
  returned: success
  type: dict
  contains:
    id: {description: Id of the restore., type: str, returned: always}
    type: {description: What is restored., type: str, returned: always}
    backup_id: {description: 'Id of the backup, as M(crdb.cloud.backup_info) returns it.', type: str, returned: always}
    objects:
      description: What is restored, each with C(database), C(schema) and C(table).
      type: list
      elements: dict
      returned: when listed
    restore_opts: {description: How it is restored., type: dict, returned: when something was said of that}
    status: {description: 'Its state: V(PENDING), V(SUCCESS), V(FAILED).', type: str, returned: always}
    backup_end_time: {description: 'The moment, in UTC, as of which the backup has the data.', type: str, returned: always}
    source_cluster_name: {description: Name of the cluster that the backup is of., type: str, returned: always}
    destination_cluster_name: {description: Name of the cluster that gets the data., type: str, returned: always}
    created_at: {description: When it was begun., type: str, returned: always}
    completed_at: {description: 'When it ended, which can be there a little later than the state.', type: str, returned: when it is over}
    completion_percent: {description: 'How much of it is done, from 0 to 1.', type: float, returned: always}
    crdb_job_id: {description: Id of the job in CockroachDB., type: str, returned: when it has begun}
    client_error_code: {description: Code of the reason why it failed., type: int, returned: when it failed}
    client_error_message: {description: The reason why it failed., type: str, returned: when it failed}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.restore import RESTORE

MODULE = noun_module(RESTORE)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
