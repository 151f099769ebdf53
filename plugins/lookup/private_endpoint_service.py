# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: private_endpoint_service
short_description: Look up what private endpoints of clusters are made for
version_added: 1.0.0
description:
  - Returns the private endpoint service of each cluster in one region.
  - Needs O(api_version=2022-09-20) or newer, and the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  _terms:
    description: Names or ids of clusters, or lists of them.
    type: list
    elements: str
    required: true
  region:
    description: The region of the cluster that the service is in. It can be left out where a cluster has one service alone.
    type: str
notes:
  - Each cluster costs one request. Names cost one listing of all clusters besides, one request for each 500 of them, however many names there are.
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.cloud_plugin
  - crdb.cloud.cloud_plugin.lookup
seealso:
  - plugin: crdb.cloud.private_endpoint_services
    plugin_type: module
  - plugin: crdb.cloud.private_endpoint_services_info
    plugin_type: module
"""

EXAMPLES = r"""
---
- name: What is a VPC endpoint made for?
  ansible.builtin.debug:
    msg: "{{ lookup('crdb.cloud.private_endpoint_service', 'orders-prod', region='us-east-1').name }}"

- name: Do something only if the service is there
  ansible.builtin.debug:
    msg: It is there.
  when: query('crdb.cloud.private_endpoint_service', 'orders-prod', region='us-east-1', on_missing='skip') | length > 0
"""

RETURN = r"""
---
_raw:
  description:
    - One service for each cluster, in the order of the terms, without those that are not there or have no such service.
    - Each has C(name), which is what an endpoint is made for, C(endpoint_service_id), C(region_name), C(cloud_provider), C(status)
      and, on AWS, C(availability_zone_ids).
  type: list
  elements: dict
"""

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.endpoint_services import PRIVATE_ENDPOINT_SERVICES
from ansible_collections.crdb.cloud.plugins.plugin_utils._lookup import ClusterLookup, MissingError, read_of


class LookupModule(ClusterLookup):
    def find_in(self, run, parent):
        noun, region = PRIVATE_ENDPOINT_SERVICES, run.params["region"]
        if run.api.version < noun.since:
            raise OptionError(
                f"The lookup private_endpoint_service does not work with api_version {run.api.version}",
                f"Use {noun.since} or newer",
            )
        path = noun.collection({"cluster": parent.id})
        row = read_of(
            run, parent, f"the {noun.words}", path, lambda: run.api.get(path, shape=noun.shape), roles=noun.readers
        )
        found = noun.shown(row)["services_by_region"]
        if region is None and len(found) > 1:
            raise OptionError(f"{parent.label} has services in {', '.join(found)}", "Say which one in region")
        if not found or region not in (None, *found):
            where = f" in {region}" if region else ""
            hint = "Make it with the module private_endpoint_services, or set on_missing to warn or skip"
            raise MissingError(f"{parent.label} has no private endpoint service{where}", hint)
        return found[region or next(iter(found))]
