#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: database
short_description: Create, rename and delete databases
version_added: 1.0.0
description:
  - Manages one database of a cluster.
  - Needs O(api_version=2022-09-20) or newer.
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  name:
    description:
      - Name of the database, in exactly this spelling.
    type: str
    required: true
  renamed_from:
    description:
      - The name that the database may still have. Where there is no database O(name), this one is renamed; where there is neither, O(name)
        is created.
      - Where both exist, nothing is renamed. What refers to it by name has to use the new one from then on.
    type: str
  delete_tables:
    description:
      - Whether O(state=absent) may delete a database that has tables, with everything in them. Without it such a database is left alone,
        and the task fails.
    type: bool
    default: false
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.database_info
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
- name: A database
  crdb.cloud.database:
    cluster: orders-prod
    name: bank

- name: The same database under another name
  crdb.cloud.database:
    cluster: orders-prod
    name: accounts
    renamed_from: bank

- name: Delete it, with its tables
  crdb.cloud.database:
    cluster: orders-prod
    name: accounts
    state: absent
    delete_tables: true
"""

RETURN = r"""
---
database:
  description: The database; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    name: {description: 'Name of the database, in exactly this spelling.', type: str, returned: always}
    table_count: {description: Number of tables in it., type: int, returned: always}
  sample: {name: bank, table_count: 0}

plan:
  description: The requests that were made, or in check mode would be made, in order. Empty when nothing differs.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: 'V(create), V(update) or V(delete).', type: str, returned: always}
    summary: {description: 'What it does, in words.', type: str, returned: always}
    changes: {description: 'The fields that change, each with C(before) and C(after). Secrets are hidden.', type: dict, returned: always}
  sample:
    - {action: update, summary: rename database 'bank' to 'accounts' on cluster 'orders-prod', changes: {name: {before: bank, after: accounts}}}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.database import DATABASE

MODULE = noun_module(DATABASE)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
