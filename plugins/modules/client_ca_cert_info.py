#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: client_ca_cert_info
short_description: Read whose client certificates open a cluster
version_added: 1.0.0
description:
  - Lists the client CA certificates of a cluster.
  - Needs O(api_version=2022-09-20) or newer.
  - Only for clusters with the plan V(ADVANCED).
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options: {}
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.client_ca_cert
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Until when do the authorities of clients hold?
  crdb.cloud.client_ca_cert_info:
    cluster: orders-prod
  register: clients

- ansible.builtin.debug:
    msg: "{{ clients.client_ca_cert.certificates | map(attribute='not_after') | sort | first }}"
"""

RETURN = r"""
---
client_ca_cert:
  description: The client CA certificate; V(null) where there is none.
  returned: success
  type: dict
  contains:
    x509_pem_cert: {description: 'One certificate in PEM or several, in any order.', type: str, returned: always}
    status: {description: 'Its state: V(PENDING), V(IS_SET), V(FAILED), V(NOT_SET).', type: str, returned: always}
    certificates:
      description: What is in C(x509_pem_cert), each with C(subject) and C(not_after).
      type: list
      elements: dict
      returned: always

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.client_ca_cert import CLIENT_CA_CERT

MODULE = noun_info(CLIENT_CA_CERT)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
