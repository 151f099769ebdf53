# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: cluster_wish
short_description: Read the variables of the role cluster
version_added: 1.0.0
positional: option
description:
  - Reads what the variables of the role P(crdb.cloud.cluster#role) ask for, and checks it, without a request. The role uses it before anything else.
  - Lists can be text with lines or commas, dictionaries pairs such as V(env=prod,team=payments), and both can be JSON. Empty text is as good as nothing.
options:
  _input:
    description: The variables of the role by name, without the prefix C(cluster_).
    type: dict
    required: true
  option:
    description: An option of the module M(crdb.cloud.cluster). If it is set, only the variable of that name is read, and only C(options) of the result counts.
    type: str
    default: ""
author:
  - crdb.cloud contributors (@crdb-cloud)
"""

EXAMPLES = r"""
---
- name: Check what a survey said about a cluster
  ansible.builtin.assert:
    that: wish.problem == ""
    fail_msg: "{{ wish.problem }}"
  vars:
    wish: "{{ {'name': 'orders', 'provider': 'GCP', 'regions': survey_regions} | crdb.cloud.cluster_wish }}"
"""

RETURN = r"""
---
_value:
  description:
    - C(problem), one sentence, or empty where all is well.
    - C(name), C(options) of the module M(crdb.cloud.cluster), C(allowlist), C(networks), C(users) with their passwords, C(present) (names of the users that
      shall be there), C(lacking) (those of them without a password), C(needs) (the sentence about these), C(grants), C(reduced) (users that lose the role
      admin), C(wait), C(allowlist_purge) and C(sql_users_purge).
  type: dict
"""

from ..plugin_utils._cluster_wish import read_wish


class FilterModule:
    def filters(self):
        return {"cluster_wish": read_wish}
