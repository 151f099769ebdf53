#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: folder
short_description: Create, label, move and delete folders
version_added: 1.0.0
description:
  - 'Manages one folder of the organization: makes it, labels it, renames and moves it, deletes it.'
  - Roles that somebody has on a folder hold for all that is in it, so moving a folder changes who may do what.
  - A folder is deleted only when nothing is in it. Otherwise the task fails, and says what is.
  - Needs O(api_version=2023-04-10) or newer.
  - Needs the role C(FOLDER_ADMIN), where one is only moved or renamed C(FOLDER_MOVER).
options:
  id:
    description:
      - Id of an existing folder. If there is none, nothing is created.
    type: str
  path:
    description:
      - Names of the folders from the outermost on, such as V(/platform/prod).
    type: str
  labels:
    description:
      - All labels of it; others are removed, V({}) removes all. A key begins with a letter; both have up to 63 characters of a-z, 0-9,
        _ and -.
      - Needs O(api_version=2024-09-16) or newer.
    type: dict
  name:
    description:
      - 'Name of the folder, instead of O(path): 3 to 40 characters, letters and digits, inside also blanks, C(-), C(_) and C('').'
    type: str
  parent:
    description:
      - Path or id of the folder that O(name) lies in. V(root), the default, stands for the organization.
    type: str
  renamed_from:
    description:
      - The path that the folder may still have, or only its name where that alone changes. Where there is no folder O(path), this one
        is renamed or moved; where there is neither, O(path) is created. Where both exist, nothing is renamed.
    type: str
  parents:
    description:
      - Whether to make the folders above, too, where they do not exist yet. One request is sent for each.
    type: bool
    default: false
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.folder_info
  - module: crdb.cloud.cluster
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child.state
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: A folder, and the one above where it does not exist yet
  crdb.cloud.folder:
    path: /platform/prod
    parents: true
    labels: {environment: production}

- name: The same, by name and where it lies
  crdb.cloud.folder:
    name: prod
    parent: /platform

- name: Another name, and another place
  crdb.cloud.folder:
    path: /platform/archive
    renamed_from: /legacy/old

- name: Delete it, once nothing is in it
  crdb.cloud.folder:
    path: /platform/archive
    state: absent
"""

RETURN = r"""
---
folder:
  description: The folder; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    resource_id: {description: Id of the folder., type: str, returned: always}
    path: {description: 'Names of the folders from the outermost on, such as V(/platform/prod).', type: str, returned: always}
    labels: {description: 'All labels of it; others are removed, V({}) removes all.', type: dict, returned: always}
    name: {description: Name of the folder., type: str, returned: always}
    contents:
      description: 'What is in it: C(resource_type), C(resource_id), C(name), C(path), C(labels).'
      type: list
      elements: dict
      returned: by M(crdb.cloud.folder_info) with C(contents=true)
    parent_id: {description: Id of the folder that it lies in; V(root) where that is the organization., type: str, returned: always}
  sample: {resource_id: 3f0d2c8e-5c11-4a5c-9d7e-0c4c1c0a3f5b, name: prod, path: /platform/prod, parent_id: 0b9b6a0e-8f43-4d0a-9d0e-6d1b1d3a2c11,
    labels: {environment: production}}

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import noun_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.folder import FOLDER

MODULE = noun_module(FOLDER)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
