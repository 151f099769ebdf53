#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: organization_info
short_description: Show the organization that the key belongs to
version_added: 1.0.0
description:
  - Returns the organization that the key belongs to.
  - Needs O(api_version) V(2022-09-20) or newer.
options: {}
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Which organization does this key belong to?
  crdb.cloud.organization_info:
  register: result
"""

RETURN = r"""
---
organization:
  description: The organization.
  returned: success
  type: dict
  sample: {id: 3b0d3c1e-8f0e-4c64-9f2b-7b0c2e5a9d11, label: acme, name: Acme, created_at: "2022-01-05T10:11:12.131415Z"}

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import info_module
from ansible_collections.crdb.cloud.plugins.module_utils._edge.reads import organization

MODULE = info_module("organization_info", "organization", organization, since="2022-09-20")


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
