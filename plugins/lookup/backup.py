# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: backup
short_description: Look up the newest backups of clusters
version_added: 1.0.0
description:
  - Returns the id of the newest backup of each cluster, or of the newest one that is not later than a moment.
  - Needs O(api_version=2024-09-16) or newer, and the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  _terms:
    description: Names or ids of clusters, or lists of them.
    type: list
    elements: str
    required: true
  before:
    description: The moment that the backup is not to be later than, an RFC 3339 timestamp. It is the one that has the data of that moment.
    type: str
notes:
  - Each cluster costs one request. Names cost one listing of all clusters besides, one request for each 500 of them, however many names there are.
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.cloud_plugin
  - crdb.cloud.cloud_plugin.lookup
seealso:
  - plugin: crdb.cloud.backup_info
    plugin_type: module
  - plugin: crdb.cloud.restore
    plugin_type: module
"""

EXAMPLES = r"""
---
- name: Which backup has the data of three in the morning
  ansible.builtin.debug:
    msg: "{{ lookup('crdb.cloud.backup', 'orders-prod', before='2026-11-20T03:00:00Z') }}"

- name: Wait for the first backup of a new cluster
  ansible.builtin.debug:
    msg: There is one.
  until: query('crdb.cloud.backup', 'orders-prod', on_missing='skip') | length > 0
  retries: 60
  delay: 15
"""

RETURN = r"""
---
_raw:
  description: One id for each cluster, in the order of the terms, without those that are not there or have no such backup.
  type: list
  elements: str
"""

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.backup import BACKUP, asked
from ansible_collections.crdb.cloud.plugins.plugin_utils._lookup import ClusterLookup, MissingError, read_of


class LookupModule(ClusterLookup):
    def find_in(self, run, parent):
        before = run.params["before"]
        if run.api.version < BACKUP.since:
            raise OptionError(
                f"The lookup backup does not work with api_version {run.api.version}", f"Use {BACKUP.since}"
            )
        query, path = asked({"before": before, "latest": True}), BACKUP.collection({"cluster": parent.id})

        def read():
            return run.api.rows(path, BACKUP.rows, query, shape=BACKUP.shape)

        rows = read_of(run, parent, "the backups", f"{path}?{sorted(query.items())}", read, roles=BACKUP.readers)
        if not rows:
            which = f" of {before} or earlier" if before else " yet"
            raise MissingError(
                f"{parent.label} has no backup{which}", "Correct before, or set on_missing to warn or skip"
            )
        return rows[0]["id"]
