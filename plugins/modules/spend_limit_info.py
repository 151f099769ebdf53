#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: spend_limit_info
short_description: Add up what all clusters may cost
version_added: 1.0.0
description:
  - Reads the limits of all clusters with one listing, and returns what each may cost a month at most, and the total, in US cents.
  - With O(limits) it also says what the total would be, and checks the limits as the module M(crdb.cloud.spend_limit) would.
  - With O(api_version=2024-09-16) limits are request units and storage. They are converted to cents with the prices that a spend limit is
    converted to limits with, 5,000,000 request units a dollar and 2048 MiB of storage a dollar, and rounded up to whole cents for each cluster.
    A limit that was set in cents comes back as the same cents.
  - A cluster that lacks a limit, or one half of it, may cost anything. It is named in RV(unlimited) and adds nothing to RV(total).
  - What clusters of the plans Standard and Advanced cost follows from their size. They are named in RV(determined_by_size) and add nothing.
  - The versions of 2022 show a cluster without a limit, which later versions can make, like one that may cost nothing.
options:
  limits:
    description:
      - Limits that somebody is about to set, by name or id of the cluster. All other clusters keep theirs.
      - A limit is an amount in whole US cents, V(unlimited), or a dictionary with C(request_unit_limit) and C(storage_mib_limit), or one of
        C(spend_limit), C(usage_limits) and C(unlimited) as the module M(crdb.cloud.spend_limit) has them. Empty or V(null) means that it
        stays as it is.
      - A dictionary, a list of dictionaries with C(cluster) and one of these, JSON, or lines such as V(orders=2500).
    type: raw
  budget:
    description:
      - US cents a month that all limits together may come to. If it is set, RV(within_budget) and RV(objections) say whether they do.
      - A cluster without a limit is an objection as well.
    type: int
  accept_unlimited:
    description: Names or ids of clusters that may be without a limit all the same.
    type: list
    elements: str
  label:
    description: Key of a label. The sums by its values are returned as RV(by_label).
    type: str
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.spend_limit
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: What may all clusters cost together?
  crdb.cloud.spend_limit_info:
    label: team
  register: result

- name: Would these limits fit into 500 dollars a month?
  crdb.cloud.spend_limit_info:
    limits:
      orders-prod: 20000
      orders-test: 1000
    budget: 50000
    accept_unlimited: [billing-prod]
  register: plan

- name: Stop where they would not
  ansible.builtin.assert:
    that: plan.within_budget
    fail_msg: "{{ plan.objections | join('. ') }}"
"""

RETURN = r"""
---
spend_limits:
  description: What each cluster may cost now, sorted by name.
  returned: success
  type: list
  elements: dict
  contains:
    cluster_id: {description: 'Id of the cluster.', type: str, returned: always}
    cluster_name: {description: 'Name of the cluster.', type: str, returned: always}
    plan: {description: 'Its plan.', type: str, returned: always}
    cloud_provider: {description: 'Its cloud provider.', type: str, returned: always}
    labels: {description: 'Its labels.', type: dict, returned: always}
    cents: {description: 'What it may cost a month at most; V(null) where no limit says.', type: int, returned: always}
    usage_limits: {description: 'Its usage limits, empty where there is none.', type: dict, returned: always}
    determined_by:
      description: V(limit), V(none) where there is no limit, or V(size) for the plans Standard and Advanced.
      type: str
      returned: always
  sample:
    - {cluster_id: 35c4abb2-bb66-46d7-afed-25ebef5ed2aa, cluster_name: orders-prod, plan: BASIC, cloud_provider: GCP, labels: {team: payments},
       cents: 2500, usage_limits: {request_unit_limit: 100000000, storage_mib_limit: 10240}, determined_by: limit}
planned:
  description: The limits in O(limits), reductions first, with the options that the module M(crdb.cloud.spend_limit) takes.
  returned: success
  type: list
  elements: dict
  contains:
    cluster: {description: 'Name or id, as it was given.', type: str, returned: always}
    cluster_id: {description: 'Its id; V(null) for a cluster that is not there yet, in check mode.', type: str, returned: always}
    cluster_name: {description: 'Name of the cluster.', type: str, returned: always}
    spend_limit: {description: 'Option of the module; V(null) if not set.', type: int, returned: always}
    usage_limits: {description: 'Option of the module; V(null) if not set.', type: dict, returned: always}
    unlimited: {description: 'Option of the module; V(null) if not set.', type: bool, returned: always}
    differs: {description: 'Whether it is another limit than the present one.', type: bool, returned: always}
    cents_before: {description: 'What the cluster may cost now; V(null) where no limit says.', type: int, returned: always}
    cents: {description: 'What it could cost then; V(null) for no limit.', type: int, returned: always}
  sample: []
total:
  description: US cents a month that all limits come to, with O(limits) set.
  returned: success
  type: int
  sample: 61000
present_total:
  description: The same as things are now.
  returned: success
  type: int
  sample: 59500
unlimited:
  description: Names of the clusters without a limit, with O(limits) set. Where several clusters share a name the id is added.
  returned: success
  type: list
  elements: str
  sample: [billing-prod]
determined_by_size:
  description: Names of the clusters whose cost follows from their size.
  returned: success
  type: list
  elements: str
  sample: [warehouse]
by_provider:
  description: The total by cloud provider.
  returned: success
  type: dict
  sample: {AWS: 20000, GCP: 41000}
by_label:
  description: The total by value of the label O(label). Clusters without it are under the empty string.
  returned: when O(label) is set
  type: dict
  sample: {payments: 41000, "": 20000}
objections:
  description: What speaks against O(budget), one sentence each. Empty without a budget.
  returned: success
  type: list
  elements: str
  sample: [The spend limits would come to USD 610.00 a month, USD 110.00 more than the budget of USD 500.00]
within_budget:
  description: Whether there is no objection; V(null) without a budget.
  returned: success
  type: bool
  sample: false

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import info_module
from ansible_collections.crdb.cloud.plugins.module_utils._edge.spend import read_spend_limits
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = info_module(
    "spend_limit_info",
    "",
    read_spend_limits,
    (
        Option("limits", type="raw"),
        Option("budget", type="int"),
        Option("accept_unlimited", type="list", elements="str"),
        Option("label"),
    ),
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
