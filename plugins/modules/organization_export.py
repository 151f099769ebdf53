#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: organization_export
short_description: Write an organization that exists as the variables of a fleet, and as an inventory
version_added: 1.0.0
description:
  - Reads all that the key may read of an organization, and writes it as options of M(crdb.cloud.fleet), in YAML as a person would write it.
    In check mode such a fleet changes nothing, and from then on it shows whatever somebody changes elsewhere.
  - Says names instead of ids, and folders by their paths. What shares its name with another one has its O(crdb.cloud.fleet#module:clusters[].id), too.
  - No secret is in the files. In its place stands a variable, such as C({{ vault_orders_app | default(omit) }}), which only what is made anew needs;
    RV(secrets) lists these variables. Without one of them the fleet fails before it sends anything, and names what needs it.
  - Left out, and named in RV(not_exported) with the reason, are jobs such as restores, disruptions, windows that are over, what the service manages
    for itself, roles that are held through groups, the label of a fleet, and what the key may not read or the API version does not have,
    of which nothing is known.
  - Text of the API that could be a template for Ansible is marked with C(!unsafe), keys and values. Loading a file never executes it, on any ansible-core.
  - Writes its files in check mode, too, and never reports C(changed). A file is replaced as a whole, or not at all.
options:
  dest:
    description:
      - The file that is written, or with O(split) the directory of the files.
      - A file that this module has not written is left alone, and the task fails, unless O(force=true).
    type: path
  split:
    description:
      - With V(folder) each folder's clusters have a file of their own, with V(cluster) each cluster. The rest is in C(organization.yml).
      - Each file has the options of a fleet of its own. If this is not set, all is in the file O(dest).
    type: str
    choices: [folder, cluster]
  inventory_dest:
    description:
      - The file for an inventory of the clusters, in the group C(crdb_clusters), with the variables of the role P(crdb.cloud.cluster#role).
      - These are the cluster itself, its allowlist and the names of its SQL users. The role knows nothing of the rest.
    type: path
  folders:
    description:
      - Paths of folders, such as V(/platform/prod), or V(root) for the whole organization. Only clusters in them or below are exported, and these folders with
        those that they lie in.
      - What is in no folder, such as service accounts, is chosen by O(include) and O(exclude) alone.
    type: list
    elements: str
  labels:
    description: Labels that a cluster must have, all of them, to be exported.
    type: dict
  names:
    description: Names of clusters, also as patterns such as V(orders-*). Only these are exported.
    type: list
    elements: str
  include:
    description: The lists to export, by the names of the options of M(crdb.cloud.fleet), also below clusters. If this is not set, all of them.
    type: list
    elements: str
  exclude:
    description: The lists that are not exported, and not read.
    type: list
    elements: str
  defaults:
    description:
      - Whether to say also what is as it would be by itself, such as a description that is empty. Then a fleet shows it when somebody changes that.
      - With V(false) the files are shorter, and such changes are not seen.
    type: bool
    default: true
  force:
    description: Whether to replace files that this module has not written.
    type: bool
    default: false
  return_variables:
    description: Whether to return RV(variables).
    type: bool
    default: false
  parallel:
    description: How many requests are made side by side at most, from 1 to 32. They keep to the one request rate of the API.
    type: int
    default: 8
seealso:
  - module: crdb.cloud.fleet
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Write the whole organization as variables of a fleet
  crdb.cloud.organization_export:
    dest: "{{ playbook_dir }}/organization.yml"

- name: See in check mode what differs from the file now
  block:
    - name: Load the file
      ansible.builtin.include_vars:
        file: organization.yml
        name: org

    - name: Compare the clusters
      crdb.cloud.fleet:
        clusters: "{{ org.clusters | default(omit) }}"
      check_mode: true

- name: Write the production clusters of the platform, one file for each, and an inventory
  crdb.cloud.organization_export:
    dest: "{{ playbook_dir }}/clusters"
    split: cluster
    inventory_dest: "{{ playbook_dir }}/inventory.yml"
    folders: [/platform]
    labels: {env: prod}
    exclude: [role_grants, scim_users]
"""

RETURN = r"""
---
files:
  description: Paths of the files.
  returned: success
  type: list
  elements: str
  sample: [/etc/crdb/organization.yml]
counts:
  description: How many entries the lists have, those below clusters in all of them together.
  returned: success
  type: dict
  sample: {folders: 2, clusters: 3, sql_users: 12}
secrets:
  description: Names of the variables that stand in the place of secrets.
  returned: success
  type: list
  elements: str
  sample: [vault_orders_app]
not_exported:
  description: What is not in the files.
  returned: success
  type: list
  elements: dict
  contains:
    list: {description: The option of the fleet that would have it., type: str, returned: always}
    cluster: {description: Name of the cluster that it is in; V(null) where it is in none., type: str, returned: always}
    name: {description: Its name; V(null) where it is not about a single object., type: str, returned: always}
    reason: {description: Why it is not there., type: str, returned: always}
variables:
  description: The variables themselves, without those for secrets.
  returned: when O(return_variables=true)
  type: dict
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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import Module
from ansible_collections.crdb.cloud.plugins.module_utils._export.files import organization_export
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = Module(
    "organization_export",
    (
        Option("dest", type="path"),
        Option("split", choices=("folder", "cluster")),
        Option("inventory_dest", type="path"),
        Option("folders", type="list", elements="str"),
        Option("labels", type="dict"),
        Option("names", type="list", elements="str"),
        Option("include", type="list", elements="str"),
        Option("exclude", type="list", elements="str"),
        Option("defaults", type="bool", default=True),
        Option("force", type="bool", default=False),
        Option("return_variables", type="bool", default=False),
        Option("parallel", type="int", default=8),
    ),
    organization_export,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
