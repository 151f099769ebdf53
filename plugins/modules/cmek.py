#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cmek
short_description: Encrypt a cluster with keys of your own
version_added: 1.0.0
description:
  - Encrypts an Advanced cluster with keys of your own, one for each of its regions, changes them, or revokes them.
  - The cluster has to be private. Customer-managed keys can't be switched off any more. Waits until all is done, which takes minutes.
  - Needs O(api_version=2022-09-20) or newer.
  - Only for clusters with the plan V(ADVANCED) and the network visibility V(PRIVATE).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  regions:
    description:
      - The key of each region of the cluster, in any order.
      - A region that is added to the cluster gets its key from O(crdb.cloud.cluster#module:cmek_region_specs), and has to be listed here
        from then on.
    type: list
    elements: dict
    suboptions:
      region:
        description:
          - The region.
        type: str
        required: true
      type:
        description:
          - Where the key is kept.
        type: str
        choices: [AWS_KMS, GCP_CLOUD_KMS, AZURE_KEY_VAULT]
      uri:
        description:
          - Address of the key.
        type: str
        required: true
      auth_principal:
        description:
          - What the key is reached as.
        type: str
  rotate:
    description:
      - V(true) sends the keys although none differs, so that new versions of the same keys are taken. The task then reports C(changed)
        in every run.
    type: bool
  state:
    description:
      - With V(revoked) the cluster loses the keys, and with them access to its data. Only Cockroach Labs Support can undo that.
      - V(absent) is refused, since the service can't do it.
    type: str
    choices: [present, revoked, absent]
    default: present
  confirm_revoke:
    description:
      - The name of the cluster, for O(state=revoked).
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.cmek_info
  - module: crdb.cloud.cluster
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: A key for each region
  crdb.cloud.cmek:
    cluster: payments-prod
    regions:
      - region: us-east-1
        uri: arn:aws:kms:us-east-1:123456789012:key/0123abcd
        auth_principal: arn:aws:iam::123456789012:role/crdb-cmek
      - region: us-west-2
        uri: arn:aws:kms:us-west-2:123456789012:key/4567abcd
        auth_principal: arn:aws:iam::123456789012:role/crdb-cmek

- name: Take the new versions of the same keys
  crdb.cloud.cmek:
    cluster: payments-prod
    regions: "{{ keys_of_payments }}"
    rotate: true

- name: Nobody shall read this data any more
  crdb.cloud.cmek:
    cluster: payments-prod
    state: revoked
    confirm_revoke: payments-prod
"""

RETURN = r"""
---
cmek:
  description: The customer-managed keys.
  returned: success
  type: dict
  contains:
    region_infos:
      description: The key of each region of the cluster, in any order.
      type: raw
      returned: always
      contains:
        region: {description: The region., type: str, returned: always}
        type: {description: Where the key is kept., type: str, returned: always}
        uri: {description: Address of the key., type: str, returned: always}
        auth_principal: {description: What the key is reached as., type: str, returned: always}
    status:
      description: 'Its state: V(ENABLING), V(ENABLED), V(ENABLE_FAILED), V(ROTATE_FAILED), V(REVOKE_FAILED), V(DISABLE_FAILED), V(DISABLED).'
      type: str
      returned: always
    user_message: {description: 'What the service says of a key, where it does.', type: str, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.cmek import CMEK

MODULE = noun_module(CMEK)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
