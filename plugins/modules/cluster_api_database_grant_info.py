#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_api_database_grant_info
short_description: List the grants on a database
version_added: 1.0.0
description:
  - Lists who holds which privileges on a database, one entry a user in all CockroachDB versions.
options:
  database:
    description: Name of the database.
    type: str
    required: true
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cluster_api
  - crdb.cloud.cluster_api
"""

EXAMPLES = r"""
---
- name: Who may do what with the database bank?
  crdb.cloud.cluster_api_database_grant_info:
    cluster_api_url: https://node1.example.com:8080
    cluster_api_session: "{{ session.session }}"
    database: bank
  register: result
"""

RETURN = r"""
---
grants:
  description: The grants.
  returned: success
  type: list
  elements: dict
  contains:
    user: {description: 'The user or role.', type: str, returned: always}
    privileges: {description: 'Its privileges.', type: list, elements: str, returned: always}
  sample: [{user: admin, privileges: [ALL]}]

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

from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.reads import database_grants
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API, info_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = info_module(
    "cluster_api_database_grant_info",
    "grants",
    database_grants,
    (Option("database", required=True),),
    connection=CLUSTER_API,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
