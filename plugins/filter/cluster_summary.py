# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: cluster_summary
short_description: Say in a few sentences what a cluster is
version_added: 1.0.0
description:
  - Makes what the role P(crdb.cloud.cluster#role) prints at its end from the fact C(crdb_cluster_result).
options:
  _input:
    description: What the filter P(crdb.cloud.cluster_result#filter) makes.
    type: dict
    required: true
  wish:
    description: What the filter P(crdb.cloud.cluster_wish#filter) makes. C(present), C(reduced) and C(grants) of it are enough.
    type: dict
    required: true
  ready:
    description: Whether the networks and SQL users of the cluster have been looked after.
    type: bool
    required: true
author:
  - crdb.cloud contributors (@crdb-cloud)
"""

EXAMPLES = r"""
---
- name: Say what there is
  ansible.builtin.debug:
    msg: "{{ crdb_cluster_result | crdb.cloud.cluster_summary({'present': ['app'], 'reduced': [], 'grants': []}, true) }}"
"""

RETURN = r"""
---
_value:
  description: The sentences.
  type: list
  elements: str
"""

from ..plugin_utils._cluster_result import summary_of


class FilterModule:
    def filters(self):
        return {"cluster_summary": summary_of}
