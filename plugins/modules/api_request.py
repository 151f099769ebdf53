#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: api_request
short_description: Send any request to the Cloud API
version_added: 1.0.0
description:
  - Sends one request to the Cloud API, for operations that no other module of this collection has. Authentication, pacing, retries and
    errors are those of the other modules, and so is what is hidden.
  - Where there is a module for something, it does more; it waits for what takes a while, and knows what a change means.
options:
  path:
    description:
      - The path below C(/api/v1), such as V(/folders), or the whole path from C(/api/) on, such as V(/api/scim/v2/Users). It has no host.
      - Names in it are URL-encoded, as with the filter C(urlencode).
    type: str
    required: true
  wait:
    description:
      - Whether to send a change again as long as the service says that the cluster is locked, which means that nothing was done.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds after which it is not sent again, and the task fails.
    type: float
    default: 7200
  wait_interval:
    description:
      - Seconds between two tries. If not set, it is V(5).
    type: float
attributes:
  idempotent:
    description: When run twice in a row with the same arguments, the second run reports no change.
    support: partial
    details:
      - With O(unless), and with O(method=GET), V(HEAD) and V(DELETE).
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.cluster_api_request
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.request
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Read something that no module reads
  crdb.cloud.api_request:
    path: /clusters/{{ cluster_id }}/version-deferral
  register: result

- name: Read all pages of a listing
  crdb.cloud.api_request:
    path: /service-accounts
    pages: true
  register: result

- name: Make a folder, once
  crdb.cloud.api_request:
    method: POST
    path: /folders
    body:
      name: reports
    unless:
      path: /folders
      where:
        name: reports
        parent_id: root

- name: Make an API key, whose secret goes to a file
  crdb.cloud.api_request:
    method: POST
    path: /api-keys
    body:
      name: reports
      service_account_id: "{{ service_account_id }}"
    unless:
      path: /api-keys
      where:
        name: reports
        service_account_id: "{{ service_account_id }}"
    secret_path: /run/secrets/crdb_reports_key

- name: Delete a folder
  crdb.cloud.api_request:
    method: DELETE
    path: /folders/{{ folder_id }}
    confirm: reports
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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.request import request_module

MODULE = request_module("api_request")


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
