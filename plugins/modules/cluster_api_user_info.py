#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_api_user_info
short_description: List the SQL users of a running cluster
version_added: 1.0.0
description:
  - Lists the SQL users, without roles. The user that asks must be a member of the role C(admin).
options: {}
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cluster_api
  - crdb.cloud.cluster_api
"""

EXAMPLES = r"""
---
- name: Who can log in?
  crdb.cloud.cluster_api_user_info:
    cluster_api_url: https://node1.example.com:8080
    cluster_api_session: "{{ session.session }}"
  register: result
"""

RETURN = r"""
---
users:
  description: The users.
  returned: success
  type: list
  elements: dict
  contains:
    username: {description: 'Name of the user.', type: str, returned: always}
  sample: [{username: app}, {username: root}]

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

from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.reads import users
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API, info_module

MODULE = info_module("cluster_api_user_info", "users", users, (), connection=CLUSTER_API)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
