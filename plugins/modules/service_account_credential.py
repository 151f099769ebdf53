#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: service_account_credential
short_description: Let service accounts sign in with keys of their own
version_added: 1.0.0
description:
  - 'Manages one credential of a service account: the public half of a key, by which the service knows who gets short-lived tokens.'
  - The private half never leaves the program that signs with it, so there is no secret to be stolen on the way, unlike with M(crdb.cloud.api_key).
  - A credential can't be changed. To replace one, make another with another name, let the program sign with the new key, and delete the
    old one.
  - Needs O(api_version=2026-09-15) or newer.
  - Needs the role C(ORG_ADMIN).
options:
  id:
    description:
      - Id of an existing credential. If there is none, nothing is created.
    type: str
  name:
    description:
      - Name of the credential.
    type: str
  algorithm:
    description:
      - The algorithm that the program signs with. Needed to make one.
      - Can't be changed.
    type: str
    choices: [RS256, PS256, ES256, ES384]
  public_key:
    description:
      - The public key in PEM. Needed to make one. The API never returns it, so an existing credential is not compared with it.
      - It is not shown, so that a private key that gets here by mistake is not, either.
    type: str
  expires_at:
    description:
      - When it ends to be accepted, an RFC 3339 timestamp in the future. Needed to make one.
      - Can't be changed.
    type: str
  description:
    description:
      - What it is for.
      - Can't be changed.
    type: str
  service_account:
    description:
      - The account that the credential is of.
      - Name or id; an id saves the request that looks it up.
    type: str
    required: true
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.service_account_credential_info
  - module: crdb.cloud.service_account
  - module: crdb.cloud.api_key
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child.state
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: The pipeline signs in with its own key
  crdb.cloud.service_account_credential:
    service_account: deploy
    name: pipeline-2027
    algorithm: ES256
    public_key: "{{ lookup('ansible.builtin.file', 'pipeline-2027.pub.pem') }}"
    expires_at: "2027-12-31T00:00:00Z"
    api_version: "2026-09-15"

- name: Nobody signs with the old one any more
  crdb.cloud.service_account_credential:
    service_account: deploy
    name: pipeline-2026
    state: absent
    api_version: "2026-09-15"
"""

RETURN = r"""
---
service_account_credential:
  description: The credential; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    id: {description: Id of the credential., type: str, returned: always}
    name: {description: Name of the credential., type: str, returned: always}
    algorithm: {description: The algorithm that the program signs with., type: str, returned: always}
    expires_at: {description: 'When it ends to be accepted, an RFC 3339 timestamp in the future.', type: str, returned: always}
    description: {description: What it is for., type: str, returned: always}
    client_id: {description: What a signed assertion must have as C(iss) and C(sub)., type: str, returned: always}
    credential_type: {description: How it is used; V(JWT_BEARER)., type: str, returned: always}
    service_account_id: {description: Id of the account., type: str, returned: always}
    created_at: {description: When it was made., type: str, returned: always}
    disabled_at: {description: When it was disabled; V(null) where it was not., type: str, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.credential import SERVICE_ACCOUNT_CREDENTIAL

MODULE = noun_module(SERVICE_ACCOUNT_CREDENTIAL)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
