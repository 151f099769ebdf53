#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: folder_info
short_description: List folders, and what is in them
version_added: 1.0.0
description:
  - Lists the folders.
  - Needs O(api_version=2023-04-10) or newer.
  - Needs the role C(CLUSTER_DEVELOPER), C(CLUSTER_OPERATOR_WRITER), C(CLUSTER_ADMIN), C(FOLDER_ADMIN) or C(FOLDER_MOVER).
options:
  path:
    description:
      - Only the folder with this path, such as V(/platform/prod).
    type: str
  id:
    description:
      - Only the folder with this id.
    type: str
  recursive:
    description:
      - Whether to list all folders below the one of O(path) or O(id), too.
    type: bool
    default: false
  contents:
    description:
      - Whether to list what is directly in each folder. One request is sent for each of them.
    type: bool
    default: false
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.folder
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: What lies in a folder and in all below it?
  crdb.cloud.folder_info:
    path: /platform
    recursive: true
    contents: true
  register: result

- name: All folders of the organization
  crdb.cloud.folder_info:
  register: result
"""

RETURN = r"""
---
folders:
  description: The folders.
  returned: success
  type: list
  elements: dict
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
  sample:
    - {resource_id: 3f0d2c8e-5c11-4a5c-9d7e-0c4c1c0a3f5b, name: prod, path: /platform/prod, parent_id: root, labels: {}}

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.folders import CHOOSING, chosen
from ansible_collections.crdb.cloud.plugins.module_utils._edge.infos import noun_info
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.folder import FOLDER

MODULE = noun_info(FOLDER, *CHOOSING, by=(), complete=chosen)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
