#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: terraform_state
short_description: Take over what Terraform manages, as variables of a fleet
version_added: 1.0.0
description:
  - Reads a state of Terraform or OpenTofu, and writes what the provider C(cockroachdb/cockroach) manages in it to a file, as the options of
    M(crdb.cloud.fleet). In check mode, a fleet with these variables shows whether anything differs from what is there.
  - All resource types of the provider up to version 1.22.0 are known, and C(cockroach_cluster_runtime_scanning). What can't be taken over is
    named in RV(not_taken_over), such as a restore, which is something that was done.
  - No request is sent, and neither the state nor what it describes is changed.
  - No secret is copied. Where the state has one there is a variable instead, and RV(secrets) has their names.
    C("{{ vault_orders_app | default(omit) }}") means the variable C(vault_orders_app), and nothing where that is not set.
  - Ids become names where the state says what they are the ids of, from data sources, too. What is not known by name keeps its id.
  - What the provider has only read, such as addresses and states, is left out, and so is what is not set.
  - Text of the state that looks like a template is written as C(!unsafe), and is never executed.
options:
  src:
    description:
      - File with the state, as C(terraform.tfstate) (version 4) or C(terraform state pull) has it, or what C(terraform show -json) writes.
      - It is read on the host of the task, as O(dest) is written there.
    type: path
    required: true
  dest:
    description:
      - File for the variables, for its owner alone. Its directory must exist. In check mode, it is written, too.
      - It is replaced as a whole, with what somebody may have changed in it. One that this module has not written is only replaced
        with O(force=true).
    type: path
    required: true
  force:
    description: Whether to replace O(dest) even where this module has not written it.
    type: bool
    default: false
notes:
  - A state holds the passwords of SQL users and the secrets of API keys for anybody to read. A warning names the resources.
  - Needs the Python library C(PyYAML) on the host of the task.
  - The file is loaded with M(ansible.builtin.include_vars), as the examples show.
seealso:
  - module: crdb.cloud.fleet
  - module: crdb.cloud.organization_export
    description: The same from what is there, without Terraform.
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes
attributes:
  check_mode:
    details:
      - O(dest) is written in check mode, too.
  diff_mode:
    support: none
"""

EXAMPLES = r"""
---
- name: Take over what Terraform manages
  crdb.cloud.terraform_state:
    src: terraform.tfstate
    dest: organization.yml
  register: state

- name: Show what has to be done by hand
  ansible.builtin.debug:
    msg: "{{ state.not_taken_over }}"
"""

RETURN = r"""
---
files:
  description: Path of the file with the variables, as a list of one.
  returned: success
  type: list
  elements: str
  sample: [/srv/crdb/organization.yml]
counts:
  description: How many resources were taken over, by type.
  returned: success
  type: dict
  sample: {cockroach_cluster: 2, cockroach_sql_user: 5}
secrets:
  description: The variables that stand where the state has secrets.
  returned: success
  type: list
  elements: str
  sample: [vault_orders_app]
not_taken_over:
  description: What was not taken over.
  returned: success
  type: list
  elements: dict
  contains:
    address: {description: The address of the resource., type: str, returned: always, sample: module.data.cockroach_restore.drill}
    type: {description: Its type., type: str, returned: always, sample: cockroach_restore}
    reason: {description: Why it was not., type: str, returned: always}
others:
  description: How many resources of other providers the state has, by provider.
  returned: success
  type: dict
  sample: {registry.terraform.io/hashicorp/aws: 12}
"""

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import NONE, Module
from ansible_collections.crdb.cloud.plugins.module_utils._export.terraform_state import terraform_state
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = Module(
    "terraform_state",
    (
        Option("src", type="path", required=True),
        Option("dest", type="path", required=True),
        Option("force", type="bool", default=False),
    ),
    terraform_state,
    connection=NONE,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
