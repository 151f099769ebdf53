#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_api_grant
short_description: Grant and revoke privileges and roles of SQL users
version_added: 1.0.0
description:
  - Gives a SQL user privileges on a database, a schema or tables, or membership of roles, and takes them away. Needs CockroachDB 23.1 or newer.
  - SQL users that are created through the Cloud API are members of the role C(admin) and can do everything. Grant what the user needs, then
    take C(admin) away.
  - Compares with C(SHOW GRANTS) and changes all that differs in one transaction.
options:
  user:
    description: SQL user or role that shall hold the privileges.
    type: str
    required: true
  roles:
    description: Roles that the user shall be a member of.
    type: list
    elements: str
  privileges:
    description: Privileges by name, such as V(SELECT) or V(CONNECT). V(ALL) stands for all of them.
    type: list
    elements: str
  database:
    description: Database that O(privileges) are on, or that the schema or the tables are in.
    type: str
  schema:
    description: Schema that O(privileges) are on; with O(tables) the schema that they are in, V(public) if not set.
    type: str
  tables:
    description: Tables that O(privileges) are on. V(*) stands for all tables that the schema has now.
    type: list
    elements: str
  grant_option:
    description:
      - Whether the user may pass the privileges on, or the membership of the roles. Not compared if not set.
    type: bool
  exclusive:
    description: Whether to revoke all other O(privileges) that the user holds on the same objects. Only with O(state=present).
    type: bool
    default: false
  state:
    description: V(present) grants, V(absent) revokes.
    type: str
    choices: [present, absent]
    default: present
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cluster_api
  - crdb.cloud.cluster_api
"""

EXAMPLES = r"""
---
- name: Reduce a SQL user from admin to reading one database
  module_defaults:
    group/crdb.cloud.cluster_api:
      cluster_api_url: https://node1.example.com:8080
      cluster_api_username: owner
      cluster_api_password: "{{ vault_owner_password }}"
  block:
    - name: Let it connect
      crdb.cloud.cluster_api_grant: {user: app, database: bank, privileges: [CONNECT]}
    - name: Let it read all tables
      crdb.cloud.cluster_api_grant: {user: app, database: bank, tables: ["*"], privileges: [SELECT], exclusive: true}
    - name: Take everything else away
      crdb.cloud.cluster_api_grant: {user: app, roles: [admin], state: absent}
"""

RETURN = r"""
---
grant:
  description: What the user holds now; in check mode as it is predicted.
  returned: success
  type: dict
  contains:
    user: {description: 'The user.', type: str, returned: always}
    roles: {description: 'All roles that it is a member of.', type: list, elements: str, returned: with O(roles)}
    object_type: {description: "V(database), V(schema) or V(table).", type: str, returned: with O(privileges)}
    privileges: {description: 'Its privileges by object.', type: dict, returned: with O(privileges)}
  sample: {user: app, object_type: table, privileges: {bank.public.accounts: [SELECT]}}

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
    - {action: update, summary: update cluster 'orders', changes: {delete_protection: {before: DISABLED, after: ENABLED}}}

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

from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.grants import ensure_grant
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API, STATE, Module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = Module(
    name="cluster_api_grant",
    options=(
        Option("user", required=True),
        Option("roles", type="list", elements="str"),
        Option("privileges", type="list", elements="str"),
        Option("database"),
        Option("schema"),
        Option("tables", type="list", elements="str"),
        Option("grant_option", type="bool"),
        Option("exclusive", type="bool", default=False),
        STATE,
    ),
    run=ensure_grant,
    connection=CLUSTER_API,
    rules={
        "required_one_of": [("roles", "privileges")],
        "mutually_exclusive": [("roles", "privileges")],
        "required_by": {"privileges": ("database",), "schema": ("database",), "tables": ("database",)},
    },
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
