#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster_api_session
short_description: Log in to a cluster, and out again
version_added: 1.0.0
description:
  - Logs in with a SQL user and its password and returns a session token, for O(cluster_api_session) of the other modules; or logs
    out, which makes a token worthless.
  - The other modules can also log in by themselves with O(cluster_api_username) and O(cluster_api_password), once a task, and log out
    at its end. A session of your own saves that for many tasks.
  - The result of a login is not printed, but can be registered. Where the module does not run inside the Ansible process, it refuses to
    log in unless the task has C(no_log) set to V(true).
  - Nothing of the cluster is changed, so the task never reports C(changed), and check mode logs in and out, too.
options:
  state:
    description:
      - V(present) logs in. V(absent) logs out of O(cluster_api_session).
    type: str
    choices: [present, absent]
    default: present
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cluster_api
  - crdb.cloud.cluster_api
"""

EXAMPLES = r"""
---
- name: Log in
  crdb.cloud.cluster_api_session:
    cluster_api_url: https://node1.example.com:8080
    cluster_api_username: monitor
    cluster_api_password: "{{ vault_monitor_password }}"
  register: session
  no_log: true

- name: Use the session
  crdb.cloud.cluster_api_node_info:
    cluster_api_url: https://node1.example.com:8080
    cluster_api_session: "{{ session.session }}"

- name: Log out
  crdb.cloud.cluster_api_session:
    cluster_api_url: https://node1.example.com:8080
    cluster_api_session: "{{ session.session }}"
    state: absent
"""

RETURN = r"""
---
session:
  description: The session token; V(null) after logging out.
  returned: success
  type: str

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

from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api.sessions import ensure_session
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLUSTER_API, STATE, Module

MODULE = Module(
    name="cluster_api_session",
    options=(STATE,),
    run=ensure_session,
    connection=CLUSTER_API,
    rules={"required_if": [("state", "absent", ("cluster_api_session",))]},
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
