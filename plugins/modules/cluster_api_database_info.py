#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_api_database_info
short_description: List databases
version_added: 1.0.0
description:
  - Lists the databases of a running cluster, or reads one, with its id, grants and tables.
  - A name that the API can't address (such as C(my-db)) is listed, and a warning says that its details can't be read.
options:
  name:
    description: Only this database.
    type: str
  details:
    description: Whether to read the RV(databases[].descriptor_id) of each, at the cost of one request a database. Always done with O(name).
    type: bool
    default: false
  grants:
    description: Whether to read the grants on each, at the cost of a request a database.
    type: bool
    default: false
  tables:
    description: Whether to list the tables of each, at the cost of a request a database.
    type: bool
    default: false

  limit:
    description: How many to return at most.
    type: int
  page_size:
    description: How many to ask the server for in one request.
    type: int
    default: 1000
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cluster_api
  - crdb.cloud.cluster_api
"""

EXAMPLES = r"""
---
- name: One database with its tables and grants
  crdb.cloud.cluster_api_database_info:
    cluster_api_url: https://node1.example.com:8080
    cluster_api_session: "{{ session.session }}"
    name: bank
    tables: true
    grants: true
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
    name: {description: 'Name of the database.', type: str, returned: always}
    descriptor_id: {description: 'Id of the database.', type: int, returned: with O(name) or O(details)}
    grants: {description: 'Privileges by user.', type: list, elements: dict, returned: with O(grants)}
    tables: {description: 'Names of the tables with their schema.', type: list, elements: str, returned: with O(tables)}

error:
  description: What the server answered, when the task failed because of that.
  returned: when the server refused a request
  type: dict
  contains:
    status: {description: HTTP status., type: int, returned: when it is known}
    code: {description: SQLSTATE of a failed statement., type: raw, returned: when it is known}
    message: {description: The message of the server., type: str, returned: always}
    method: {description: The method of the request., type: str, returned: when it is known}
    path: {description: The path of the request., type: str, returned: when it is known}
"""

from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.reads import databases
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API, PAGING_OPTIONS, info_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = info_module(
    "cluster_api_database_info",
    "databases",
    databases,
    (
        Option("name"),
        Option("details", type="bool", default=False),
        Option("grants", type="bool", default=False),
        Option("tables", type="bool", default=False),
        *PAGING_OPTIONS,
    ),
    connection=CLUSTER_API,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
