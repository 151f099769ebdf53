#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: restore_info
short_description: List what was restored to a cluster
version_added: 1.0.0
description:
  - Lists the restores of a cluster.
  - Needs O(api_version=2024-09-16) or newer.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  id:
    description:
      - Only the restore with this id.
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
- name: What has been restored to a cluster, newest first?
  crdb.cloud.restore_info:
    cluster: orders-drill
  register: result

- name: Those that failed, and why
  ansible.builtin.debug:
    msg: "{{ result.restores | selectattr('status', 'eq', 'FAILED') | map(attribute='client_error_message') }}"
"""

RETURN = r"""
---
restores:
  description: The restores.
  returned: success
  type: list
  elements: dict
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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.restore import RESTORE

MODULE = noun_info(RESTORE)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
