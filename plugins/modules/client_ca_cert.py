#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: client_ca_cert
short_description: Set whose client certificates open a cluster
version_added: 1.0.0
description:
  - Sets the certificates of the authorities whose clients may log in to an Advanced cluster with certificates of their own, or takes
    them away.
  - Certificates are compared, and not their text. Waits until the change is done, and before that for one that is pending.
  - With V(absent) the clients that they signed are locked out at once.
  - Needs O(api_version=2022-09-20) or newer.
  - Only for clusters with the plan V(ADVANCED).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  x509_pem_cert:
    description:
      - One certificate in PEM or several, in any order.
    type: str
  update_mode:
    description:
      - With V(REPLACE), which is the default, there are no others. With V(APPEND) those that are there stay.
      - Needs O(api_version=2026-09-15) or newer.
    type: str
    choices: [REPLACE, APPEND]
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.client_ca_cert_info
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
- name: Clients of our own authority
  crdb.cloud.client_ca_cert:
    cluster: orders-prod
    x509_pem_cert: "{{ lookup('ansible.builtin.file', 'client-ca.crt') }}"

- name: The next authority beside it, before the first one expires
  crdb.cloud.client_ca_cert:
    cluster: orders-prod
    api_version: "2026-09-15"
    x509_pem_cert: "{{ lookup('ansible.builtin.file', 'client-ca-2027.crt') }}"
    update_mode: APPEND

- name: No client certificates any more
  crdb.cloud.client_ca_cert:
    cluster: orders-prod
    state: absent
"""

RETURN = r"""
---
client_ca_cert:
  description: The client CA certificate; V(null) when it is absent.
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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.client_ca_cert import CLIENT_CA_CERT

MODULE = noun_module(CLIENT_CA_CERT)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
