# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: person
short_description: Look up the ids of people
version_added: 1.0.0
description:
  - Returns the id of each person of the organization that is named by the e-mail address.
  - Needs O(api_version=2023-04-10) or newer, and the role C(ORG_ADMIN), C(CLUSTER_ADMIN) or C(FOLDER_ADMIN).
options:
  _terms:
    description: E-mail addresses, or lists of them.
    type: list
    elements: str
    required: true
notes:
  - Each address costs one request, since the service has no list of all people.
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.cloud_plugin
  - crdb.cloud.cloud_plugin.lookup
seealso:
  - plugin: crdb.cloud.person_info
    plugin_type: module
"""

EXAMPLES = r"""
---
- name: Is everybody who is on call in the organization?
  ansible.builtin.assert:
    that: query('crdb.cloud.person', on_call, on_missing='warn') | length == on_call | length
"""

RETURN = r"""
---
_raw:
  description: One id for each person, in the order of the terms, without those that are not there.
  type: list
  elements: str
"""

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.plugin_utils._lookup import NamedLookup, object_of


class LookupModule(NamedLookup):
    noun = "person"
    called = "the e-mail address"

    def find(self, run, term):
        if isinstance(term, str) and term.strip() and "@" not in term:
            raise OptionError(f"'{term}' is not an e-mail address")
        return super().find(run, term)

    def find_in(self, run, parent):
        return object_of(run, parent)["id"]
