#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_api_query
short_description: Run SQL statements through the Cluster API
version_added: 1.0.0
description:
  - Runs SQL statements over HTTP, with no database driver, as one transaction. Needs CockroachDB 23.1 or newer.
  - In check mode the statements are parsed by the server, not run.
options:
  query:
    description: One statement. Give either this or O(statements).
    type: str
  arguments:
    description: Values for the placeholders V($1), V($2) and so on of O(query). They are never shown, also not in RV(rows)
      that hold the same text.
    type: list
    elements: raw
  statements:
    description: Several statements, run in one transaction.
    type: list
    elements: dict
    suboptions:
      sql:
        description: The statement.
        type: str
        required: true
      arguments:
        description: Values for its placeholders. They are never shown.
        type: list
        elements: raw
  read_only:
    description:
      - With V(true) a statement that may change something is refused before it is sent. It is told from its words; what a function does
        inside can't be seen, so give the SQL user no more privileges than it needs.
    type: bool
    default: true
  database:
    description: Database that names are looked up in. The server takes C(system) if it is not set.
    type: str
  timeout:
    description: Seconds after which the server gives up. It takes 5 if not set.
    type: float
  max_result_size:
    description: Size in bytes beyond which the server refuses to send a result. It takes 10000 if not set.
    type: int
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cluster_api
  - crdb.cloud.cluster_api
"""

EXAMPLES = r"""
---
- name: Count the accounts of an owner
  crdb.cloud.cluster_api_query:
    cluster_api_url: https://node1.example.com:8080
    cluster_api_session: "{{ session.session }}"
    database: bank
    query: SELECT count(*) AS accounts FROM public.accounts WHERE owner = $1
    arguments: [Amir]
  register: result

- name: Create a database
  crdb.cloud.cluster_api_query:
    cluster_api_url: https://node1.example.com:8080
    cluster_api_session: "{{ session.session }}"
    query: CREATE DATABASE IF NOT EXISTS reports
    read_only: false
"""

RETURN = r"""
---
rows:
  description: The rows of the last statement.
  returned: success
  type: list
  elements: dict
  sample: [{accounts: 42}]
results:
  description: What each statement gave. Empty in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    tag: {description: "What it was, such as V(SELECT).", type: str, returned: always}
    columns: {description: 'Names of the columns.', type: list, elements: str, returned: always}
    rows: {description: 'The rows.', type: list, elements: dict, returned: always}
    rows_affected: {description: 'Number of rows that it changed.', type: int, returned: always}

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

from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.sql import query
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API, Module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

ARGUMENTS = Option("arguments", type="list", elements="raw", secret=True)

MODULE = Module(
    name="cluster_api_query",
    options=(
        Option("query"),
        ARGUMENTS,
        Option("statements", type="list", elements="dict", options=(Option("sql", required=True), ARGUMENTS)),
        Option("read_only", type="bool", default=True),
        Option("database"),
        Option("timeout", type="float"),
        Option("max_result_size", type="int"),
    ),
    run=query,
    connection=CLUSTER_API,
    rules={
        "required_one_of": [("query", "statements")],
        "mutually_exclusive": [("query", "statements"), ("arguments", "statements")],
    },
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
