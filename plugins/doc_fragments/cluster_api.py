# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the connection to the Cluster API; the options are those of module_utils/_cluster_api.py."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  cluster_api_url:
    description:
      - Address of the DB Console of a node, such as V(https://node1.example.com:8080), or a list of several nodes.
        When a node does not answer, the next one is asked; never for a statement that may have been run.
      - C(/api/v2) at the end of an address is cut off.
      - Plain HTTP is accepted for loopback addresses, and for insecure clusters, which take no credentials.
      - If not set, the environment variable E(CRDB_CLUSTER_API_URL) is used (several are separated by commas).
    type: list
    elements: str
  cluster_api_session:
    description:
      - Session token, from the module M(crdb.cloud.cluster_api_session) or the command C(cockroach auth-session login). The cookie
        that the latter prints, V(session=...; Path=/), can be given as a whole.
      - If not set, the environment variable E(CRDB_CLUSTER_API_SESSION) is used.
    type: str
  cluster_api_username:
    description:
      - SQL user to log in as, for this task alone. Needs O(cluster_api_password). Leave all three out on an insecure cluster.
      - If not set, the environment variable E(CRDB_CLUSTER_API_USERNAME) is used.
    type: str
  cluster_api_password:
    description:
      - Password of O(cluster_api_username).
      - If not set, the environment variable E(CRDB_CLUSTER_API_PASSWORD) is used.
    type: str
  api_timeout:
    description:
      - Seconds that one request to one node may take in whole, from connecting to the last byte of the answer. A request that is sent
        again, or to the next node, has as many seconds again.
      - If not set, the environment variable E(CRDB_API_TIMEOUT) is used.
    type: float
    default: 60
  api_retries:
    description:
      - How often the nodes are asked again when none of them answers, or only with HTTP 502, 503 or 504.
      - If not set, the environment variable E(CRDB_API_RETRIES) is used.
    type: int
    default: 5
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
  - Works with self-hosted clusters and with clusters of the plan Advanced.
"""
