# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the connection to the Cloud API for plugins, which take their environment variables from ``env``.

The options are CONNECTION_OPTIONS of module_utils/_cloud_api.py, as in the fragment of the modules.
"""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_key:
    description:
      - Secret key of a service account. Make one in the Cloud Console under Access Management, Service Accounts.
      - Give either this or O(api_jwt). It may be a template or a vaulted value.
    type: str
    env:
      - name: COCKROACH_API_KEY
  api_jwt:
    description:
      - JSON Web Token of an issuer that is registered with your organization, instead of O(api_key). Needs O(vanity_name).
      - It may be a template or a vaulted value.
    type: str
    env:
      - name: COCKROACH_API_JWT
  vanity_name:
    description: Label of the organization that O(api_jwt) is for. It may be a template.
    type: str
    env:
      - name: COCKROACH_VANITY_NAME
  username:
    description:
      - User or service account that O(api_jwt) shall act as, where the issuer maps a token to several. It may be a template.
    type: str
    env:
      - name: COCKROACH_USERNAME
  api_url:
    description:
      - Address of the Cloud API. Plain HTTP is only accepted for loopback addresses, such as those of the sandbox.
      - It may be a template.
    type: str
    default: https://cockroachlabs.cloud
    env:
      - name: COCKROACH_SERVER
  api_version:
    description: Version of the Cloud API to speak. It is sent with every request.
    type: str
    choices:
      - "2022-03-31"
      - "2022-09-20"
      - "2023-04-10"
      - "2024-09-16"
    default: "2024-09-16"
    env:
      - name: CRDB_API_VERSION
  api_timeout:
    description: Seconds that one request may take in whole.
    type: float
    default: 60
    env:
      - name: CRDB_API_TIMEOUT
  api_retries:
    description: How often a request is sent again after a passing fault.
    type: int
    default: 5
    env:
      - name: CRDB_API_RETRIES
  api_rate_limit:
    description:
      - Requests a second that all tasks and plugins of this user together send with one key. V(0) switches the pacing off.
      - The service allows 10.
    type: float
    default: 9.9
    env:
      - name: CRDB_API_RATE_LIMIT
  rate_limit_timeout:
    description: Seconds that one request may wait because the service says that there are too many.
    type: float
    default: 600
    env:
      - name: CRDB_RATE_LIMIT_TIMEOUT
  validate_certs:
    description:
      - Whether the certificate of the server is checked. Leave it at V(true); use O(ca_path) for a CA of your own.
    type: bool
    default: true
    env:
      - name: CRDB_VALIDATE_CERTS
  ca_path:
    description: PEM file with CA certificates that are trusted besides those of the system.
    type: path
    env:
      - name: CRDB_CA_PATH
requirements:
  - requests
notes:
  - An environment variable that is set but empty counts as not set.
  - Proxies are taken from the environment (E(HTTPS_PROXY), E(NO_PROXY)).
"""
