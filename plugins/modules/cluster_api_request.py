#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_api_request
short_description: Send any request to the Cluster API
version_added: 1.0.0
description:
  - Sends one request to the Cluster API v2 of a running cluster, for operations that no other module of this collection has. Authentication, retries
    and errors are those of the other modules, and so is what is hidden.
options:
  path:
    description:
      - The path below C(/api/v2), such as V(/nodes), or the whole path from C(/api/) on. It has no host.
      - Names in it are URL-encoded, as with the filter C(urlencode).
    type: str
    required: true
attributes:
  idempotent:
    description: When run twice in a row with the same arguments, the second run reports no change.
    support: partial
    details:
      - With O(unless), and with O(method=GET), V(HEAD) and V(DELETE).
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.api_request
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cluster_api
  - crdb.cloud.request
  - crdb.cloud.cluster_api
"""

EXAMPLES = r"""
---
- name: Read something that no module reads
  crdb.cloud.cluster_api_request:
    cluster_api_url: https://node1.example.com:8080
    cluster_api_session: "{{ session.session }}"
    path: /users
    pages: true
  register: result
"""

RETURN = r"""
---
status:
  description: The HTTP status of the answer; V(null) where nothing was sent.
  returned: success
  type: int
  sample: 200
json:
  description:
    - What the answer holds, without its secrets; V(null) where it is empty, or nothing was sent.
  returned: success
  type: raw
found:
  description: The object or the row that O(unless) has found; V(null) where it found nothing, or was not set.
  returned: success
  type: raw
hidden:
  description: The dotted names of the secrets that RV(json) does not show.
  returned: success
  type: list
  elements: str
  sample: [secret]

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API
from ansible_collections.crdb.cloud.plugins.module_utils._edge.request import request_module

MODULE = request_module("cluster_api_request", CLUSTER_API)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
