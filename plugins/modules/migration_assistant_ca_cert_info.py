#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: migration_assistant_ca_cert_info
short_description: Show whom the migration assistant of a cluster trusts
version_added: 1.0.0
description:
  - Lists the source CA certificates of a cluster.
  - Needs O(api_version=2026-09-15) or newer.
  - Needs the role C(CLUSTER_ADMIN) or C(ORG_ADMIN), or C(CLUSTER_OPERATOR_WRITER).
options: {}
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Whom it trusts
  crdb.cloud.migration_assistant_ca_cert_info:
    api_version: "2026-09-15"
    cluster: orders-prod
  register: result
"""

RETURN = r"""
---
migration_assistant_ca_cert:
  description: The source CA certificate; V(null) where there is none.
  returned: success
  type: dict
  contains:
    x509_pem_cert: {description: One or more certificates in PEM., type: str, returned: always}

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.infos import noun_info
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.continuum import MIGRATION_ASSISTANT_CA_CERT

MODULE = noun_info(MIGRATION_ASSISTANT_CA_CERT)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
