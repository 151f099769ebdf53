# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: sql_users_wish
short_description: Read the variables of the role sql_users
version_added: 1.0.0
description:
  - Reads what the variables of the role P(crdb.cloud.sql_users#role) ask for, and checks it, without a request. The role uses it before anything else.
  - Users can be a list, text with lines or commas, or JSON. Empty text is as good as nothing.
  - Where passwords are generated, it looks whether the file in which they are kept can be read. It returns nothing of it.
options:
  _input:
    description:
      - The variables of the role by name, without the prefix C(sql_users_).
      - And C(existing), the names of the SQL users on the cluster where they are known.
    type: dict
    required: true
author:
  - crdb.cloud contributors (@crdb-cloud)
"""

EXAMPLES = r"""
---
- name: Check what a survey said about SQL users
  ansible.builtin.assert:
    that: wish.problem == ""
    fail_msg: "{{ wish.problem }}"
  vars:
    wish: "{{ {'cluster': 'orders', 'users': survey_users} | crdb.cloud.sql_users_wish }}"
"""

RETURN = r"""
---
_value:
  description:
    - C(problem), one sentence, or empty where all is well.
    - C(cluster), C(users) with the passwords that are given, C(protected), C(purge), C(rotate), C(generate), C(missing), C(password_length), C(wait),
      C(wait_timeout), C(looks) (whether the users of the cluster have to be listed first), C(missing_users), and C(generated), the option C(generate) of the
      module M(crdb.cloud.sql_users).
  type: dict
"""

from ..plugin_utils._sql_users_wish import read_wish


class FilterModule:
    def filters(self):
        return {"sql_users_wish": read_wish}
