#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: sql_users
short_description: Create, change and delete many SQL users of one cluster
version_added: 1.0.0
description:
  - Manages any number of SQL users of one cluster in one task, with one listing and only the requests that differ.
  - Passwords are in one option that is never shown. With M(crdb.cloud.sql_user) in a loop they are easily printed, as labels of the items.
  - When the request for one user fails, the others are tried all the same. The task fails at its end and names each that failed; the next run
    does what is left.
  - The service makes every SQL user that is created this way a member of the SQL role C(admin), with all privileges on all databases.
    Take that away by SQL where the user shall have less.
  - Waits for a cluster that is still being created.
options:
  users:
    description: The users. Each name may be listed once.
    type: list
    elements: dict
    suboptions:
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
          - As the option of this name outside of the list, for this one alone.
        type: str
        choices: [on_create, always]
      state:
        description:
          - Whether the user shall exist.
        type: str
        choices: [present, absent]
        default: present
  update_password:
    description:
      - The API never returns a password, so nobody can tell whether O(users[].password) differs from the one that is set.
      - With V(on_create) the password is only set when the user is created. An existing user is never reported as changed.
      - With V(always) the password is set on every run, and the task always reports C(changed), whether or not it is another password.
    type: str
    choices: [on_create, always]
    default: on_create
  generate:
    description:
      - Makes passwords up for the users of O(users) that have none and need one, and keeps them in a file where the module runs.
      - A user needs one that is created, or with V(always) in O(update_password).
      - A password is in the file, and on the disk, before it is sent, and I(pending) there until it is known to be set. A pending one
        is sent again by the next run, whatever O(update_password) says. So the password that a user has is in the file, wherever a run
        ends.
      - Runs that use the same file go one after the other. One that comes while another is at work waits for it, with O(wait=true) for
        up to O(wait_timeout) seconds.
    type: dict
    suboptions:
      file:
        description:
          - Absolute path of the file, one for each cluster. It is JSON with the dictionaries C(passwords), C(pending), C(previous) and
            C(rotations), each by name of the user, and only its owner can read it.
          - Its directory is made where it is not there, and closed to others. C(.lock) behind the path is the lock, which stays there.
        type: path
        required: true
      length:
        description: How long the passwords are, from 12 to 500 letters and digits.
        type: int
        default: 32
      rotation:
        description: A name for this rotation. A user whose password was set in it keeps it, with V(always) in O(update_password), too.
        type: str
        default: ''
  purge:
    description:
      - Whether to delete the users of the cluster that O(users) does not list.
    type: bool
    default: false
  protected:
    description:
      - Names of users that are never deleted, whatever O(purge) says.
      - A user that is listed here and with O(users[].state=absent) is an error.
    type: list
    elements: str
    default: []
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.sql_user
  - module: crdb.cloud.sql_user_info
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Two users whose passwords come from the vault
  crdb.cloud.sql_users:
    cluster: orders-prod
    users:
      - name: app
        password: "{{ vault_app_password }}"
      - name: reporting
        password: "{{ vault_reporting_password }}"

- name: Rotate the passwords of all listed users
  crdb.cloud.sql_users:
    cluster: orders-prod
    update_password: always
    users: "{{ vault_users }}"

- name: Rotate generated passwords, each once in December
  crdb.cloud.sql_users:
    cluster: orders-prod
    update_password: always
    users: [{name: app}, {name: reporting}]
    generate:
      file: /var/lib/passwords/orders-prod.json
      rotation: 2026-12

- name: Have these users and nobody else, but for the one of the migration tool
  crdb.cloud.sql_users:
    cluster: orders-prod
    users: "{{ vault_users }}"
    purge: true
    protected: [migrator]
"""

RETURN = r"""
---
sql_users:
  description: All SQL users of the cluster after the run, in check mode as predicted.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: 'The name as the server spells it.', type: str, returned: always}
  sample: [{name: app}, {name: reporting}]

results:
  description: What became of each user, those of O(users) in their order, then those that O(purge) deletes.
  returned: success, and when single users failed
  type: list
  elements: dict
  contains:
    name: {description: 'The name as the server spells it.', type: str, returned: always}
    action:
      description:
        - V(created), V(updated), V(deleted), V(unchanged), V(failed), or V(skipped) where nothing could succeed any more after an earlier failure.
      type: str
      returned: always
    changed: {description: 'Whether a request changed something.', type: bool, returned: always}
    msg: {description: 'Why it failed or was skipped.', type: str, returned: when it failed or was skipped}
  sample:
    - {name: app, action: created, changed: true}
    - {name: reporting, action: unchanged, changed: false}

generated:
  description: What became of the passwords in the file, in check mode as predicted.
  returned: with O(generate), when the users could be listed
  type: dict
  contains:
    file: {description: 'The file.', type: str, returned: always}
    set: {description: 'Names of the users whose password was set.', type: list, elements: str, returned: always}
    pending: {description: 'Names of the users whose password is not known to be set.', type: list, elements: str, returned: always}
  sample: {file: /var/lib/passwords/orders-prod.json, set: [app, reporting], pending: []}

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.generated import GENERATE, sql_users
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import collection_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.sql_user import SQL_USER

MODULE = collection_module(
    "sql_users", SQL_USER, sql_users, entries="users", shared=("update_password",), more=(GENERATE,)
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
