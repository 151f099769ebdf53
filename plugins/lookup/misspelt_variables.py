# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: misspelt_variables
short_description: Find variables whose names are misspelt
version_added: 1.0.0
description:
  - Ansible ignores a variable that nobody reads. Where C(cluster_spendlimit) stands for C(cluster_spend_limit), a cluster has no limit.
  - Finds variables of this host whose name must have been meant as one of the known ones. That is a name with the prefix that is none of them, and
    equals one but for C(_) and case, or is within two edits of one. An edit puts a letter in, leaves one out, replaces one, or swaps two neighbours.
  - Other variables with the prefix are people's own, and not mentioned.
  - Only names are looked at, wherever they come from. Values are not evaluated, and there is no request.
  - The roles and playbooks of the collection use it before anything else.
options:
  _terms:
    description: Names of the variables that there are.
    type: list
    elements: str
  prefix:
    description: What the names begin with, such as V(shop_). Needed unless O(role) is given.
    type: str
  role:
    description: Short name of a role of this collection, such as V(cluster). Its variables are known, and its name is the prefix.
    type: str
  ignore:
    description: Variables of one's own that look as if they were misspelt, as a list, or separated by lines or commas.
    type: raw
    vars:
      - name: crdb_ignore_variables
author:
  - crdb.cloud contributors (@crdb-cloud)
"""

EXAMPLES = r"""
---
- name: Check how the variables of a playbook are spelt
  ansible.builtin.assert:
    that: misspelt | length == 0
    fail_msg: "{{ misspelt | join('. ') }}"
  vars:
    misspelt: "{{ query('crdb.cloud.misspelt_variables', 'shop_cluster', 'shop_spend_limit', prefix='shop_') }}"
"""

RETURN = r"""
---
_raw:
  description: A sentence for each misspelt variable, with the name that must have been meant.
  type: list
  elements: str
  sample: ["There is no variable shop_spendlimit, did you mean shop_spend_limit? If it is one of your own, list it in crdb_ignore_variables"]
"""

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import CrdbError, OptionError
from ansible_collections.crdb.cloud.plugins.plugin_utils._misspelt import IGNORED, misspelt, role_options
from ansible_collections.crdb.cloud.plugins.plugin_utils._options import plain
from ansible_collections.crdb.cloud.plugins.plugin_utils._survey import as_list


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        self.set_options(var_options=variables, direct=kwargs)
        role, prefix = self.get_option("role"), self.get_option("prefix")
        try:
            if not (role or prefix):
                raise OptionError("One of role and prefix is needed")
            ignored = as_list(IGNORED, plain(self._templar.template(self.get_option("ignore"))))
            options = [*terms, *(role_options(role) if role else ())]
            return misspelt(variables or (), options, prefix or f"{role}_", ignored)
        except CrdbError as error:
            message = str(error)
        raise AnsibleLookupError(message)
