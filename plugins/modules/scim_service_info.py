#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_service_info
short_description: Show what the SCIM service can do
version_added: 1.0.0
description:
  - Shows what of SCIM 2.0 the service can do, which resources it has, and which attributes they have.
  - It is what the one who connects an identity provider wants to know, and what shows that SCIM is set up at all.
  - Needs O(api_version) V(2023-04-10) or newer.
  - Needs any role of the organization.
options:
  resource_type:
    description: Only the resource type with this id, such as V(User).
    type: str
  schema:
    description: Only the schema with this id, such as V(urn:ietf:params:scim:schemas:core:2.0:User).
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.scim_user
  - module: crdb.cloud.scim_group
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Does the service take changes of single attributes?
  crdb.cloud.scim_service_info:
  register: result
"""

RETURN = r"""
---
service_provider_config:
  description: What the service can do, as RFC 7643 has it in section 5.
  returned: success
  type: dict
  sample: {bulk: {supported: false}, filter: {supported: true, maxResults: 100}}
resource_types:
  description: The resources that there are.
  returned: success
  type: list
  elements: dict
  sample:
    - {id: User, name: User, endpoint: /Users, schema: "urn:ietf:params:scim:schemas:core:2.0:User"}
schemas:
  description: The schemas of the resources, with all attributes.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the schema., type: str, returned: always}
    name: {description: Its name., type: str, returned: always}
    attributes: {description: 'The attributes, as RFC 7643 has them in section 7.', type: list, elements: dict, returned: always}
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
from ansible_collections.crdb.cloud.plugins.module_utils._edge.reads import scim_service
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = info_module(
    "scim_service_info", "", scim_service, (Option("resource_type"), Option("schema")), since="2023-04-10"
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
