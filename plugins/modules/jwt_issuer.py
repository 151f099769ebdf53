#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: jwt_issuer
short_description: Let tokens of an identity provider call the API
version_added: 1.0.0
description:
  - Lets tokens of an identity provider (JWT) call the Cloud API, so that pipelines need no API key.
  - An issuer is known by O(issuer_url) and O(audience) together.
  - The service gives this to enrolled organizations alone.
  - Needs O(api_version=2023-04-10) or newer.
  - The service offers it to organizations that it has enrolled (Limited Access).
  - Needs the role C(ORG_ADMIN).
options:
  id:
    description:
      - Id of an existing JWT issuer. If there is none, nothing is created.
    type: str
  issuer_url:
    description:
      - The URL of the provider, as tokens have it in the claim C(iss).
    type: str
    required: true
  audience:
    description:
      - The claim C(aud) that a token must have.
    type: str
    required: true
  claim:
    description:
      - The claim that says who the caller is. Where it is not set, or V(""), it is C(sub).
    type: str
  jwks:
    description:
      - The keys of the provider, a JSON Web Key Set. Without it, or with V(""), they are fetched from O(issuer_url).
    type: json
  identity_map:
    description:
      - Who a token stands for, the first entry that fits. V([]) takes all entries away.
      - Without entries a token stands for the account whose name or id is in the claim.
    type: list
    elements: dict
    suboptions:
      token_identity:
        description:
          - What the claim must be. With a slash in front it is a regular expression (RE2), since O(api_version=2024-09-16).
        type: str
        required: true
      cc_identity:
        description:
          - The e-mail of a person or the id of a service account. C(\1) is the first group of a regular expression.
        type: str
        required: true
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.jwt_issuer_info
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child.state
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Pipelines of one repository act as a service account
  crdb.cloud.jwt_issuer:
    issuer_url: https://token.actions.example.com
    audience: crdb-cloud
    identity_map:
      - token_identity: repo:acme/orders:ref:refs/heads/main
        cc_identity: 8a4bbd4e-5b3f-44a8-9a09-7f1f6d2f5d60

- name: No longer
  crdb.cloud.jwt_issuer:
    issuer_url: https://token.actions.example.com
    audience: crdb-cloud
    state: absent
"""

RETURN = r"""
---
jwt_issuer:
  description: The JWT issuer; V(null) when it is absent.
  returned: success
  type: dict
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
  sample: {id: 5f2f0d67-52a4-4d80-a2fd-5d3c8b1f7a10, issuer_url: 'https://token.actions.example.com', audience: crdb-cloud}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.jwt_issuer import JWT_ISSUER

MODULE = noun_module(JWT_ISSUER)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
