#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: migration_assistant_ca_cert
short_description: Say whom the migration assistant of a cluster trusts
version_added: 1.0.0
description:
  - Says which certification authorities the migration assistant of a cluster trusts when it connects to its source database.
  - With O(state=absent) it trusts those of its operating system.
  - Needs O(api_version=2026-09-15) or newer.
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(ORG_ADMIN).
options:
  x509_pem_cert:
    description:
      - One or more certificates in PEM. They are compared as such, so line ends and comments don't matter.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.child.state
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Trust the authority of the old database
  crdb.cloud.migration_assistant_ca_cert:
    api_version: "2026-09-15"
    cluster: orders-prod
    x509_pem_cert: "{{ lookup('ansible.builtin.file', 'old-ca.crt') }}"
"""

RETURN = r"""
---
migration_assistant_ca_cert:
  description: The source CA certificate; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    x509_pem_cert: {description: One or more certificates in PEM., type: str, returned: always}

plan:
  description: The requests that were made, or in check mode would be made, in order. Empty when nothing differs.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: 'V(create), V(update) or V(delete).', type: str, returned: always}
    summary: {description: 'What it does, in words.', type: str, returned: always}
    changes: {description: 'The fields that change, each with C(before) and C(after). Secrets are hidden.', type: dict, returned: always}

error:
  description: What the API answered, when the task failed because of that.
  returned: when the API refused a request
  type: dict
  contains:
    status: {description: HTTP status., type: int, returned: always}
    code: {description: The code of the API (a gRPC code); V(null) if the answer had none., type: int, returned: always}
    message: {description: The message of the API., type: str, returned: always}
    details: {description: Further details of the API., type: list, elements: raw, returned: always}
    method: {description: The method of the request., type: str, returned: always}
    path: {description: The path of the request., type: str, returned: always}
"""

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import noun_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.continuum import MIGRATION_ASSISTANT_CA_CERT

MODULE = noun_module(MIGRATION_ASSISTANT_CA_CERT)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
