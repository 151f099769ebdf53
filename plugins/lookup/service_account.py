# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: service_account
short_description: Look up the ids of service accounts
version_added: 1.0.0
description:
  - Returns the id of each service account that is named.
  - Needs O(api_version=2023-04-10) or newer, and the role C(CLUSTER_ADMIN) or C(ORG_ADMIN).
options:
  _terms:
    description: Names or ids of service accounts, or lists of them.
    type: list
    elements: str
    required: true
notes:
  - Names cost one listing of all service accounts, one request for each 500 of them, however many names there are. An id costs one request.
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.cloud_plugin
  - crdb.cloud.cloud_plugin.lookup
seealso:
  - plugin: crdb.cloud.service_account_info
    plugin_type: module
"""

EXAMPLES = r"""
---
- name: Let the tokens of a pipeline act as an account
  crdb.cloud.jwt_issuer:
    issuer_url: https://token.actions.example.com
    audience: crdb
    identity_map:
      - token_identity: repo:acme/orders:ref:refs/heads/main
        cc_identity: "{{ lookup('crdb.cloud.service_account', 'ci-orders') }}"
"""

RETURN = r"""
---
_raw:
  description: One id for each account, in the order of the terms, without those that are not there.
  type: list
  elements: str
"""

from ansible_collections.crdb.cloud.plugins.plugin_utils._lookup import NamedLookup, object_of


class LookupModule(NamedLookup):
    noun = "service_account"

    def find_in(self, run, parent):
        return object_of(run, parent)["id"]
