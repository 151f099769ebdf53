#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: provision_hosts
short_description: Bring the clusters of all hosts of a play to their wanted state
version_added: 1.0.0
description:
  - What the playbook C(crdb.cloud.provision) and the tasks C(hosts) of the role P(crdb.cloud.cluster#role) are made of. Use those rather than the module;
    it reads the variables of the role.
  - With C(run_once) it works for all hosts of the play at once. Hosts with the same connection become one plan, as in M(crdb.cloud.fleet) without a name,
    with one listing of the clusters and one loop that waits. Hosts with another key or server, from C(module_defaults) or C(environment) of the play
    or of a block, get a plan of their own.
  - It does not fail when the cluster of a host does. What became of each host is handed over to it by further tasks of this module, with
    O(registered), which fail for that host alone.
  - A host with a connection that is not V(local), with C(become), or with C(crdb_direct) V(false), is left to tasks of its own
    (RV(by_itself)). So are hosts whose key may not list clusters.
  - Works on as many clusters at the same time as Ansible has forks, at most 32. With C(any_errors_fatal), nothing is sent as long as one host's variables are
    wrong.
  - With C(--diff) it prints each plan for review.
  - It always runs in the controller.
options:
  registered:
    description:
      - Name of the variable that the task with C(run_once) has registered. The result is then the part of this host, and nothing is sent.
      - If not set, the task works for all hosts.
    type: str
  part:
    description:
      - With O(registered), whether to hand over what became of the cluster itself, or of the networks and SQL users in it.
    type: str
    choices: [cluster, contents]
    default: cluster
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.fleet
  - module: crdb.cloud.cluster
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Bring the clusters of all hosts to the wanted state, as the playbook crdb.cloud.provision does
  ansible.builtin.import_role:
    name: crdb.cloud.cluster
    tasks_from: hosts

- name: The same for hosts of two organizations, each with a key of its own
  module_defaults:
    group/crdb.cloud.cloud:
      api_key: "{{ organization_api_key }}"
  block:
    - name: Bring all clusters to the wanted state
      ansible.builtin.import_role:
        name: crdb.cloud.cluster
        tasks_from: hosts

- name: What these tasks of the role begin with
  block:
    - name: Work on all clusters
      crdb.cloud.provision_hosts:
      run_once: true
      register: outcomes
    - name: Say what became of the cluster
      crdb.cloud.provision_hosts:
        registered: outcomes
    - name: Say what became of its networks and SQL users
      crdb.cloud.provision_hosts:
        registered: outcomes
        part: contents
"""

RETURN = r"""
---
hosts:
  description: The results of the tasks with O(registered), by host, each with C(cluster) and C(contents).
  returned: without O(registered)
  type: dict
plans:
  description: How many plans there were, which is how many different connections the hosts have.
  returned: without O(registered)
  type: int
  sample: 1
counts:
  description: How many requests of all plans create, change and delete something, and how many clusters and objects stay as they are.
  returned: without O(registered)
  type: dict
  sample: {create: 2, change: 0, delete: 0, unchanged_clusters: 39, unchanged: 164}

cluster:
  description: The cluster of this host as the API returns it, in check mode as predicted. V(null) where it does not exist.
  returned: with O(registered) and O(part=cluster), when the host did not fail
  type: dict
  sample: {id: 35c4abb2-bb66-46d7-afed-25ebef5ed2aa, name: orders-prod, plan: BASIC, state: CREATED}
by_itself:
  description: Whether nothing was done for the host, since it needs tasks of its own.
  returned: with O(part=contents)
  type: bool
  sample: false
grants:
  description: Whether SQL users of the cluster, which is running, are to be granted something.
  returned: with O(part=contents)
  type: bool
  sample: false
result:
  description: The fact C(crdb_cluster_result) of the role P(crdb.cloud.cluster#role).
  returned: with O(part=contents), when the host did not fail
  type: dict
  sample: {name: orders-prod, plan: BASIC, state: CREATED}
summary:
  description: The same in a few sentences, which the task prints.
  returned: with O(part=contents), when the host did not fail
  type: list
  elements: str
  sample: ["orders-prod is CREATED: BASIC on GCP, us-central1, limits none"]
wish:
  description: What the tasks that follow need of what the host's variables say. Nothing secret.
  returned: with O(registered) and O(part=cluster), when the variables are right
  type: dict
  sample: {present: [app], reduced: [], grants: [], wait: true}
done:
  description: What was done, in check mode what would be.
  returned: with O(registered)
  type: list
  elements: str
  sample: ["create cluster 'orders-prod'"]
left_out:
  description: What was left out, for instance because the host does not wait for its cluster.
  returned: with O(registered)
  type: list
  elements: str
  sample: []
plan:
  description: The requests for this host that were planned, in order. Empty when nothing differs.
  returned: with O(registered)
  type: list
  elements: dict
  contains:
    action: {description: 'V(create), V(update) or V(delete).', type: str, returned: always}
    summary: {description: 'What it does, in words.', type: str, returned: always}
    changes: {description: 'The fields that change, each with C(before) and C(after). Secrets are hidden.', type: dict, returned: always}
  sample:
    - {action: update, summary: update cluster 'orders', changes: {delete_protection: {before: DISABLED, after: ENABLED}}}

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import Module, in_the_controller_alone
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = Module(
    name="provision_hosts",
    options=(
        Option("registered"),
        Option("part", choices=("cluster", "contents"), default="cluster"),
    ),
    run=in_the_controller_alone("provision_hosts"),
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
