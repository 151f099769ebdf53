# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: folder
short_description: Look up the ids of folders, or their paths
version_added: 1.0.0
description:
  - Returns the id of each folder that is named by its path, and the path of each that is named by its id.
  - Needs O(api_version=2023-04-10) or newer, and the role C(CLUSTER_DEVELOPER), C(CLUSTER_OPERATOR_WRITER), C(CLUSTER_ADMIN),
    C(FOLDER_ADMIN) or C(FOLDER_MOVER).
options:
  _terms:
    description: Paths of folders, such as V(/platform/prod), or their ids, or lists of them.
    type: list
    elements: str
    required: true
notes:
  - Paths cost one listing of all folders, one request for each 500 of them, however many paths there are. An id costs one request.
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.cloud_plugin
  - crdb.cloud.cloud_plugin.lookup
seealso:
  - plugin: crdb.cloud.folder_info
    plugin_type: module
"""

EXAMPLES = r"""
---
- name: Show what is in a folder
  crdb.cloud.api_request:
    path: /folders/{{ lookup('crdb.cloud.folder', '/platform/prod') }}/contents

- name: Say where a cluster lies
  ansible.builtin.debug:
    msg: "{{ lookup('crdb.cloud.folder', result.cluster.parent_id) }}"
"""

RETURN = r"""
---
_raw:
  description: An id or a path for each folder, in the order of the terms, without those that are not there.
  type: list
  elements: str
"""

from ansible_collections.crdb.cloud.plugins.module_utils._nouns.declared import UUID
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.folder import path_of
from ansible_collections.crdb.cloud.plugins.plugin_utils._lookup import NamedLookup, object_of


class LookupModule(NamedLookup):
    noun = "folder"
    called = "the path or the id"

    def find_in(self, run, parent):
        row = object_of(run, parent)
        return path_of(row) if UUID.fullmatch(parent.given) else row["resource_id"]
