# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: connection_string
short_description: Look up how SQL clients connect to clusters
version_added: 1.0.0
description:
  - Returns the connection string of each cluster, a URL of the form C(postgresql://user@host:26257/database?sslmode=verify-full).
  - It comes from the service. API version V(2022-03-31) has none to give, so there it is put together from the cluster's address.
  - It holds no password, unless O(password) is given.
options:
  _terms:
    description: Names or ids of clusters, or lists of them.
    type: list
    elements: str
    required: true
  user:
    description: SQL user to connect as. Without it the connection string names no user.
    type: str
  password:
    description:
      - Password of O(user), to be put into the connection string, URL-escaped. It is not sent to the service.
      - Whoever uses the result has to keep it secret, with C(no_log) on the task. Better leave it out where
        the client can take the password from elsewhere, such as E(PGPASSWORD).
    type: str
  database:
    description: Database to connect to. If not set, it is V(defaultdb).
    type: str
  os:
    description:
      - Operating system of the machine that connects. For Advanced clusters the path of the CA certificate depends on it, so these need
        it, or O(sslrootcert).
    type: str
    choices: [LINUX, MAC, WINDOWS]
  sslmode:
    description: How the client checks the server. If not set, it is what the service recommends, V(verify-full).
    type: str
    choices: [require, verify-ca, verify-full]
  sslrootcert:
    description:
      - Path of the CA certificate on the machine that connects. See the lookup P(crdb.cloud.cluster_ca_cert#lookup) for how to get the file there.
      - V(system) makes clients of PostgreSQL 16 and newer use the CAs of the system, which is enough for Basic and Standard clusters.
    type: str
  network:
    description:
      - The network that the client comes from, on which the host depends.
      - With V(internal) it is the one for AWS PrivateLink, Azure Private Link and VPC peering on GCP, with V(private_endpoint) the one for Private
        Service Connect on GCP. V(internal) needs O(api_version=2022-09-20) or newer, V(private_endpoint) O(api_version=2023-04-10) or newer.
    type: str
    choices: [public, internal, private_endpoint]
    default: public
  region:
    description:
      - The region whose host is taken with O(network=internal) and O(network=private_endpoint). If not set, it is the primary region, or the first
        one where none is.
    type: str
notes:
  - Each cluster costs one request, and with another O(network) than V(public) and an id one more.
  - Names cost one listing of all clusters besides, one request for each 500 of them, however many names there are.
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.cloud_plugin
  - crdb.cloud.cloud_plugin.lookup
seealso:
  - plugin: crdb.cloud.cluster_ca_cert
    plugin_type: lookup
"""

EXAMPLES = r"""
---
- name: Show how to connect
  ansible.builtin.debug:
    msg: "{{ lookup('crdb.cloud.connection_string', 'orders-prod', user='app', database='orders', os='LINUX') }}"

- name: Connect through a private endpoint on AWS
  ansible.builtin.debug:
    msg: "{{ lookup('crdb.cloud.connection_string', 'orders-prod', user='app', os='LINUX', network='internal', region='us-east-1') }}"

- name: Configure an application, with the password in the connection string
  ansible.builtin.copy:
    dest: /etc/orders/database.env
    mode: "0600"
    content: |
      DATABASE_URL={{ lookup('crdb.cloud.connection_string', 'orders-prod', user='app', password=vault_app_password,
                             sslrootcert='/etc/orders/ca.crt') }}
  no_log: true
"""

RETURN = r"""
---
_raw:
  description: One connection string for each cluster, in the order of the terms, without those that are not there.
  type: list
  elements: str
"""

import re

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import ApiError, CrdbError, OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._nouns import connection
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.declared import segment
from ansible_collections.crdb.cloud.plugins.plugin_utils._lookup import ClusterLookup, object_of, read_of


class LookupModule(ClusterLookup):
    def find(self, run, term):
        if run.params["password"] == "":
            raise OptionError("The option password is empty", "Leave it out for a connection string without password")
        if run.params["password"] is not None and not run.params["user"]:
            raise OptionError("The option password needs the option user")
        return super().find(run, term)

    @staticmethod
    def _host(run, parent):
        network, region = run.params["network"], run.params["region"]
        if network == "public":
            if region:
                raise OptionError("The option region says nothing with network: public", "Leave it out")
            return ""
        if run.api.version < connection.HOSTS_SINCE[network]:
            raise OptionError(
                f"network: {network} does not work with api_version {run.api.version}",
                f"Use {connection.HOSTS_SINCE[network]} or newer",
            )
        return connection.private_host(object_of(run, parent), network, region)

    def find_in(self, run, parent):
        params = run.params
        own = {name: params[name] for name in ("user", "password", "sslmode", "sslrootcert")}
        own["host"] = self._host(run, parent)
        # With a path of one's own, that of an operating system is only asked for to be replaced.
        system = params["os"] or ("LINUX" if own["sslrootcert"] else None)
        if run.api.version < connection.ENDPOINT_SINCE:
            row = object_of(run, parent)
            return connection.finished(connection.built(row, database=params["database"], system=system), **own)

        path = f"/clusters/{segment(parent.id)}/connection-string"
        query = connection.query(run.api.version, user=own["user"], database=params["database"], system=system)

        def read():
            try:
                return run.api.get(path, query, shape=connection.ANSWER)
            except ApiError as error:
                if error.status == 400 and not system and re.search(r"\bos\b", error.message):
                    error.hint = connection.NEEDS_SYSTEM
                raise

        answer = read_of(run, parent, "the connection string", f"{path}?{sorted(query.items())}", read)
        try:
            return connection.finished(answer["connection_string"], **own)
        except CrdbError as error:
            raise error.during(f"read the connection string of {parent.label}") from None
