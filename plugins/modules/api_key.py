#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: api_key
short_description: Create, rotate, rename and delete API keys
version_added: 1.0.0
description:
  - 'Manages one API key of a service account: makes it, replaces it when it is too old, renames it, deletes it.'
  - The API tells the secret of a key once. With O(secret_path) it is written to a file; without, it is returned, and the result is not
    printed.
  - Where the module does not run inside the Ansible process, it makes a key only with O(secret_path), or with C(no_log) on the task.
  - Of several keys of one account and name the newest is the key. The others are those that it replaced; O(state=absent) deletes all
    of them.
  - The key that the task itself uses is never deleted before its successor is in the file O(secret_path).
  - Needs O(api_version=2023-04-10) or newer.
  - Needs the role C(ORG_ADMIN).
options:
  id:
    description:
      - Id of an existing API key. If there is none, nothing is created.
    type: str
  service_account:
    description:
      - The account that the key is of.
      - Name or id; an id saves the request that looks it up.
    type: str
  name:
    description:
      - Name of the key.
    type: str
  renamed_from:
    description:
      - The name that the API key may still have. Where there is no API key O(name), this one is renamed; where there is neither, O(name)
        is created.
      - Where both exist, nothing is renamed. What refers to it by name has to use the new one from then on.
    type: str
  secret_path:
    description:
      - The file for the secret of a new key, for its owner alone (mode C(0600)). That it can be written is tried before the key is made.
      - Where the key is there and the file is not, a warning says so. A file with the secret of another key is an error, unless O(rotate=true).
    type: path
  rotate:
    description:
      - V(true) makes a new key of this name, on each run.
    type: bool
  max_age_days:
    description:
      - How old a key may become, in days. One that is older is replaced by a new one.
    type: float
  keep_old_for:
    description:
      - For how many seconds a key that was replaced still works. It is deleted by the first run after that, with V(0) by the run that
        replaces it, once the new secret is stored. If this is not set, it stays.
    type: float
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.api_key_info
  - module: crdb.cloud.service_account
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child.state
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: A key for a pipeline, made anew when it is 90 days old; the one before works for another day
  crdb.cloud.api_key:
    service_account: ci-orders
    name: github-actions
    secret_path: /run/secrets/crdb_key
    max_age_days: 90
    keep_old_for: 86400

- name: A key whose secret goes to another task, and to no file
  crdb.cloud.api_key:
    service_account: ci-orders
    name: vault
  register: made
  no_log: true

- name: A new one now, since the secret may have leaked
  crdb.cloud.api_key:
    service_account: ci-orders
    name: github-actions
    secret_path: /run/secrets/crdb_key
    rotate: true
    keep_old_for: 0

- name: No longer
  crdb.cloud.api_key:
    service_account: ci-orders
    name: vault
    state: absent
"""

RETURN = r"""
---
api_key:
  description: The API key; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id: {description: Id of the API key., type: str, returned: always}
    service_account_id: {description: Id of the service account., type: str, returned: always}
    name: {description: Name of the key., type: str, returned: always}
    created_at: {description: When it was made., type: str, returned: always}



secret:
  description: The secret of the API key. Told once, when it is made; V(null) otherwise.
  returned: success
  type: str

plan:
  description: The requests that were made, or in check mode would be made, in order. Empty when nothing differs.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: 'V(create), V(update) or V(delete).', type: str, returned: always}
    summary: {description: 'What it does, in words.', type: str, returned: always}
    changes: {description: 'The fields that change, each with C(before) and C(after). Secrets are hidden.', type: dict, returned: always}

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.keys import ensure_key
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import noun_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.api_key import API_KEY

MODULE = noun_module(API_KEY, ensure_key)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
