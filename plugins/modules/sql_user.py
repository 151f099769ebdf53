#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: sql_user
short_description: Create SQL users, set their passwords, delete them
version_added: 1.0.0
description:
  - Manages one SQL user of a cluster.
  - The service makes every SQL user that is created this way a member of the SQL role C(admin), with all privileges on all databases.
    Take that away by SQL where the user shall have less.
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN).
options:
  name:
    description:
      - Name of the user. CockroachDB folds names to lower case, so V(App) and V(app) are the same user.
    type: str
    required: true
  password:
    description:
      - Password of the user. Needed to create one.
    type: str
  update_password:
    description:
      - The API never returns a password, so nobody can tell whether O(password) differs from the one that is set.
      - With V(on_create) the password is only set when the user is created. An existing user is never reported as changed.
      - With V(always) the password is set on every run, and the task always reports C(changed), whether or not it is another password.
    type: str
    choices: [on_create, always]
    default: on_create
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.sql_user_info
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
- name: A SQL user whose password comes from the vault
  crdb.cloud.sql_user:
    cluster: orders-prod
    name: app
    password: "{{ vault_app_password }}"

- name: Rotate the password
  crdb.cloud.sql_user:
    cluster: orders-prod
    name: app
    password: "{{ vault_new_app_password }}"
    update_password: always

- name: Remove a user
  crdb.cloud.sql_user:
    cluster: orders-prod
    name: app
    state: absent
"""

RETURN = r"""
---
sql_user:
  description: The SQL user; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    name: {description: Name of the user., type: str, returned: always}
  sample: {name: app}

name:
  description: The name of the SQL user that was deleted, as the server spells it; in check mode of the one that would be.
  returned: when the SQL user is deleted
  type: str
  sample: app

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.sql_user import SQL_USER

MODULE = noun_module(SQL_USER)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
