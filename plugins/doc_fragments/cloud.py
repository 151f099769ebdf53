# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the connection to the Cloud API; the options are CONNECTION_OPTIONS of module_utils/_cloud_api.py."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_key:
    description:
      - Secret key of a service account. Make one in the Cloud Console under Access Management, Service Accounts.
      - If not set, the environment variable E(COCKROACH_API_KEY) is used.
      - Give either this or O(api_jwt).
    type: str
  api_jwt:
    description:
      - JSON Web Token of an issuer that is registered with your organization, instead of O(api_key). Needs O(vanity_name).
      - If not set, the environment variable E(COCKROACH_API_JWT) is used.
    type: str
  vanity_name:
    description:
      - Label of the organization that O(api_jwt) is for.
      - If not set, the environment variable E(COCKROACH_VANITY_NAME) is used.
    type: str
  username:
    description:
      - User or service account that O(api_jwt) shall act as, where the issuer maps a token to several.
      - If not set, the environment variable E(COCKROACH_USERNAME) is used.
    type: str
  expected_organization:
    description:
      - Id, label or name of the organization that the key has to be of, as M(crdb.cloud.organization_info) returns them.
      - Where it is of another one, the task fails before the first change, and also where check mode would predict one.
        A task that has nothing to change does not ask, and neither do the modules that only read.
        M(crdb.cloud.audit_log_export) always asks, since it keeps what it reads.
      - Costs one more request for a task, or for all items of its loop. Needs O(api_version=2022-09-20) or newer.
      - If not set, the environment variable E(CRDB_EXPECTED_ORGANIZATION) is used.
    type: str
  api_url:
    description:
      - Address of the Cloud API. Plain HTTP is only accepted for loopback addresses, such as those of the sandbox.
      - C(/api/v1) at its end is cut off.
      - If not set, the environment variable E(COCKROACH_SERVER) is used.
    type: str
    default: https://cockroachlabs.cloud
  api_version:
    description:
      - Version of the Cloud API to speak. It is sent with every request.
      - Options that a version does not have are refused before anything is sent.
      - If not set, the environment variable E(CRDB_API_VERSION) is used.
    type: str
    choices:
      - "2022-03-31"
      - "2022-09-20"
      - "2023-04-10"
      - "2024-09-16"
      - "2026-09-15"
    default: "2024-09-16"
  api_timeout:
    description:
      - Seconds that one request may take in whole, from connecting to the last byte of the answer. A request that is sent again
        has as many seconds again.
      - If not set, the environment variable E(CRDB_API_TIMEOUT) is used.
    type: float
    default: 60
  api_retries:
    description:
      - How often a request is sent again after a passing fault. A request that creates something is never sent again blindly.
      - If not set, the environment variable E(CRDB_API_RETRIES) is used.
    type: int
    default: 5
  api_rate_limit:
    description:
      - Requests a second that all tasks of this user together send with one key. V(0) switches the pacing off.
      - The service allows 10.
      - If not set, the environment variable E(CRDB_API_RATE_LIMIT) is used.
    type: float
    default: 9.9
  rate_limit_timeout:
    description:
      - Seconds that one request may wait because the service says that there are too many.
      - If not set, the environment variable E(CRDB_RATE_LIMIT_TIMEOUT) is used.
    type: float
    default: 600
  validate_certs:
    description:
      - Whether the certificate of the server is checked. Leave it at V(true); use O(ca_path) for a CA of your own.
      - If not set, the environment variable E(CRDB_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - PEM file with CA certificates that are trusted besides those of the system.
      - If not set, the environment variable E(CRDB_CA_PATH) is used.
    type: path
requirements:
  - requests
notes:
  - The module runs inside the Ansible process when the connection is V(local), without C(become) and C(async).
    The variable C(crdb_direct), or the environment variable E(CRDB_DIRECT), set to V(false) makes it run as a plain module.
    The result is the same, in a loop it just takes more time.
  - While it waits inside the Ansible process, a line is printed whenever the state changes. The variable C(crdb_progress), or the
    environment variable E(CRDB_PROGRESS), set to V(false) keeps it quiet. With a stdout callback that writes data or moves the cursor, such as
    C(ansible.posix.json) or C(community.general.dense), the line goes to stderr, and nowhere if that is the same terminal or file.
  - Proxies are taken from the environment (E(HTTPS_PROXY), E(NO_PROXY)).
  - Ansible itself prints the C(environment) of a task at high verbosity. Hand keys over in the environment of
    C(ansible-playbook), in a vaulted variable, or by C(module_defaults).
"""
