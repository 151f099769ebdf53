#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_api_table_info
short_description: List the tables of a database, or look into one
version_added: 1.0.0
description:
  - Lists the tables of a database, or returns one with its columns, indexes, grants, size and zone configuration.
options:
  database:
    description: Name of the database.
    type: str
    required: true
  table:
    description: Only this table, with all its details. C(schema.table), or a table of the schema C(public).
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cluster_api
  - crdb.cloud.cluster_api
"""

EXAMPLES = r"""
---
- name: The columns of a table
  crdb.cloud.cluster_api_table_info:
    cluster_api_url: https://node1.example.com:8080
    cluster_api_session: "{{ session.session }}"
    database: bank
    table: public.accounts
  register: result
"""

RETURN = r"""
---
tables:
  description: The tables. Details are only there with O(table).
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: 'Name of the table with its schema.', type: str, returned: always}
    columns: {description: 'The columns.', type: list, elements: dict, returned: with O(table)}
    indexes: {description: 'The indexes, one entry a column of each.', type: list, elements: dict, returned: with O(table)}
    grants: {description: 'Privileges by user.', type: list, elements: dict, returned: with O(table)}
    range_count: {description: 'Number of ranges.', type: int, returned: with O(table)}
    create_table_statement: {description: 'The statement that would create it.', type: str, returned: with O(table)}
    zone_config: {description: 'The zone configuration in force.', type: dict, returned: with O(table)}
    zone_config_level_name: {description: "Where that comes from: V(CLUSTER), V(DATABASE) or V(TABLE).", type: str, returned: with O(table)}

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

from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.reads import tables
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API, info_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = info_module(
    "cluster_api_table_info",
    "tables",
    tables,
    (Option("database", required=True), Option("table")),
    connection=CLUSTER_API,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
