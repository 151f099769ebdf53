# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: cluster
short_description: Look up clusters
version_added: 1.0.0
description:
  - Returns each cluster as a dictionary, or one field of it.
options:
  _terms:
    description: Names or ids of clusters, or lists of them.
    type: list
    elements: str
    required: true
  field:
    description:
      - Return only this field. Dots lead into nested ones, and numbers into lists, as in V(config.serverless.routing_id) or V(regions.0.name).
      - A field that the cluster does not have is an error, whatever O(on_missing) says.
    type: str
notes:
  - Names cost one listing of all clusters, one request for each 500 of them, however many names there are. An id costs one request.
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.cloud_plugin
  - crdb.cloud.cloud_plugin.lookup
seealso:
  - plugin: crdb.cloud.cluster_info
    plugin_type: module
"""

EXAMPLES = r"""
---
- name: Show where a cluster runs
  ansible.builtin.debug:
    msg: "{{ lookup('crdb.cloud.cluster', 'orders-prod').regions | map(attribute='name') }}"

- name: Look an id up once, for all hosts and all tasks that follow
  ansible.builtin.set_fact:
    orders_id: "{{ lookup('crdb.cloud.cluster', 'orders-prod', field='id') }}"
  run_once: true

- name: Do something only if the cluster is there
  ansible.builtin.debug:
    msg: It is there.
  when: query('crdb.cloud.cluster', 'orders-prod', on_missing='skip') | length > 0
"""

RETURN = r"""
---
_raw:
  description:
    - One element for each cluster, in the order of the terms, without those that are not there.
    - A dictionary is the cluster as the API returns it, 64-bit numbers as integers. With O(field) it is that field's value.
  type: list
  elements: raw
"""

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._base.members import member
from ansible_collections.crdb.cloud.plugins.plugin_utils._lookup import ClusterLookup, object_of


class LookupModule(ClusterLookup):
    def find_in(self, run, parent):
        value, field = object_of(run, parent), run.params["field"]
        if field is None:
            return value
        try:
            return member(value, field)
        except LookupError as error:
            part, inside = error.args
            there = f"'{part}' is not one of {', '.join(sorted(inside))}" if isinstance(inside, dict) else ""
            raise OptionError(f"{parent.label} has no field '{field}'", there) from None
