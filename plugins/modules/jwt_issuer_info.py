#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: jwt_issuer_info
short_description: List the issuers whose tokens may call the API
version_added: 1.0.0
description:
  - Lists the JWT issuers.
  - Needs O(api_version=2023-04-10) or newer.
  - The service offers it to organizations that it has enrolled (Limited Access).
  - Needs the role C(ORG_ADMIN).
options:
  id:
    description:
      - Only the JWT issuer with this id.
    type: str
  issuer_url:
    description:
      - Only the JWT issuer with this issuer url.
    type: str
  audience:
    description:
      - Only the JWT issuer with this audience.
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.jwt_issuer
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Whose tokens are taken?
  crdb.cloud.jwt_issuer_info:
  register: result
"""

RETURN = r"""
---
jwt_issuers:
  description: The JWT issuers.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the JWT issuer., type: str, returned: always}
    issuer_url: {description: 'The URL of the provider, as tokens have it in the claim C(iss).', type: str, returned: always}
    audience: {description: The claim C(aud) that a token must have., type: str, returned: always}
    claim: {description: The claim that says who the caller is., type: str, returned: always}
    jwks: {description: 'The keys of the provider, a JSON Web Key Set.', type: str, returned: always}
    identity_map:
      description: Who a token stands for, the first entry that fits.
      type: list
      elements: dict
      returned: always
      contains:
        token_identity: {description: What the claim must be., type: str, returned: always}
        cc_identity: {description: The e-mail of a person or the id of a service account., type: str, returned: always}
  sample:
    - {id: 5f2f0d67-52a4-4d80-a2fd-5d3c8b1f7a10, issuer_url: 'https://token.actions.example.com', audience: crdb-cloud}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.jwt_issuer import JWT_ISSUER

MODULE = noun_info(JWT_ISSUER)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
