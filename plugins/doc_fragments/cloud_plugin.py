# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of lookup and inventory plugins: their connection to the Cloud API, where Ansible itself reads the
environment variables, and what lookups share.

The options are CONNECTION_OPTIONS of module_utils/_cloud_api.py, as in the fragment of the modules.
"""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_key:
    description:
      - Secret key of a service account. Make one in the Cloud Console under Access Management, Service Accounts.
      - Give either this or O(api_jwt).
    type: str
    env:
      - name: COCKROACH_API_KEY
  api_jwt:
    description: JSON Web Token of an issuer that is registered with your organization, instead of O(api_key). Needs O(vanity_name).
    type: str
    env:
      - name: COCKROACH_API_JWT
  vanity_name:
    description: Label of the organization that O(api_jwt) is for.
    type: str
    env:
      - name: COCKROACH_VANITY_NAME
  username:
    description: User or service account that O(api_jwt) shall act as, where the issuer maps a token to several.
    type: str
    env:
      - name: COCKROACH_USERNAME
  expected_organization:
    description:
      - Id, label or name of the organization that the key has to be of, as M(crdb.cloud.organization_info) returns them. With a key of
        another one nothing is read but that.
      - Costs one more request. Needs O(api_version=2022-09-20) or newer.
    type: str
    env:
      - name: CRDB_EXPECTED_ORGANIZATION
  api_url:
    description:
      - Address of the Cloud API. Plain HTTP is only accepted for loopback addresses, such as those of the sandbox.
      - C(/api/v1) at its end is cut off.
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
      - "2026-09-15"
    default: "2024-09-16"
    env:
      - name: CRDB_API_VERSION
  api_timeout:
    description:
      - Seconds that one request may take in whole, from connecting to the last byte of the answer. A request that is sent again
        has as many seconds again.
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
    description: Whether the certificate of the server is checked. Leave it at V(true); use O(ca_path) for a CA of your own.
    type: bool
    default: true
    env:
      - name: CRDB_VALIDATE_CERTS
  ca_path:
    description: PEM file with CA certificates that are trusted besides those of the system when the API is called.
    type: path
    env:
      - name: CRDB_CA_PATH
requirements:
  - requests
notes:
  - An environment variable that is set but empty counts as not set.
  - Proxies are taken from the environment (E(HTTPS_PROXY), E(NO_PROXY)).
"""

    LOOKUP = r"""
options:
  on_missing:
    description:
      - What happens where a term names something that is not there. V(error) fails, V(warn) leaves it out of the result with a
        warning, V(skip) leaves it out in silence.
      - Several clusters of one name are always an error, which lists their ids.
    type: str
    choices: [error, warn, skip]
    default: error
notes:
  - A lookup runs anew for each reference, on each host, in each task. What it has read is used again by other terms and other
    lookups in the same process, for 10 seconds; but each task of each host has a process of its own. Five hosts in three tasks are 15
    calls, and a variable that holds a lookup is one more for each place that uses it. Where that counts, read once, with an
    info module or with M(ansible.builtin.set_fact) and C(run_once), and refer to the result.
  - Lookups run where ansible runs, whatever the host of the task. They know neither its C(environment) nor C(module_defaults).
    Hand the key over in the environment of C(ansible-playbook), or as an option from a vaulted variable.
  - Lookups only read, in check mode as well.
"""
