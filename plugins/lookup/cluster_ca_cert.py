# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: cluster_ca_cert
short_description: Look up the CA certificate of clusters
version_added: 1.0.0
description:
  - Returns the certificate of the CA that SQL clients need to check a cluster's certificate, as PEM.
  - What the service answers is checked to be valid PEM certificates. They are all that is returned.
  - The service gives the certificate to everybody, so neither key nor JWT is sent for it. Still one of them is needed, to find clusters by name.
options:
  _terms:
    description: Names or ids of clusters, or lists of them.
    type: list
    elements: str
    required: true
notes:
  - Each cluster costs one request. Names cost one listing of all clusters besides, one request for each 500 of them, however many names there are.
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.cloud_plugin
  - crdb.cloud.cloud_plugin.lookup
seealso:
  - plugin: crdb.cloud.connection_string
    plugin_type: lookup
"""

EXAMPLES = r"""
---
- name: Install the CA certificate where the application runs
  ansible.builtin.copy:
    dest: /etc/orders/ca.crt
    mode: "0644"
    content: "{{ lookup('crdb.cloud.cluster_ca_cert', 'orders-prod') }}"
"""

RETURN = r"""
---
_raw:
  description:
    - One text for each cluster, in the order of the terms, without those that are not there.
    - It holds one or more PEM certificates and ends with a line break.
  type: list
  elements: str
"""

from ansible_collections.crdb.cloud.plugins.module_utils._nouns.connection import certificates
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.declared import segment
from ansible_collections.crdb.cloud.plugins.plugin_utils._lookup import ClusterLookup, read_of


class LookupModule(ClusterLookup):
    def find_in(self, run, parent):
        path = f"/clusters/{segment(parent.id)}/cert"

        def read():
            return certificates(run.api.public_text(path))

        return read_of(run, parent, "the CA certificate", path, read, public=True)
