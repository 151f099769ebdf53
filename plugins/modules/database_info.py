#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: database_info
short_description: List the databases of a cluster
version_added: 1.0.0
description:
  - Lists the databases of a cluster, with the number of their tables.
  - Needs O(api_version=2022-09-20) or newer.
  - Needs the role C(CLUSTER_DEVELOPER), C(CLUSTER_OPERATOR_WRITER) or C(CLUSTER_ADMIN).
options:
  name:
    description: Only the database of this name.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: What is on this cluster?
  crdb.cloud.database_info:
    cluster: orders-prod
  register: result
"""

RETURN = r"""
---
databases:
  description: The databases.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: 'Name of the database, in exactly this spelling.', type: str, returned: always}
    table_count: {description: Number of tables in it., type: int, returned: always}
  sample:
    - {name: bank, table_count: 3}
    - {name: defaultdb, table_count: 0}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.database import DATABASE

MODULE = noun_info(DATABASE)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
