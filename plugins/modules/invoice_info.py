#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: invoice_info
short_description: Read invoices, and add up what clusters, folders and labels cost
version_added: 1.0.0
description:
  - Reads the invoices of the organization, one for each month, and adds up what they say.
  - The invoice of the month that is not over yet is a draft, whose amounts still grow. It is among them unless O(status) says otherwise.
  - Amounts are text with an exact decimal number, such as V("12.30"). They are added up as such, never as binary floating-point numbers, one sum
    for each currency, and rounded to cents at the end alone. So sums can differ by a cent from those of rounded amounts.
  - Needs O(api_version) V(2022-09-20) or newer.
  - Needs the role C(BILLING_COORDINATOR), C(BILLING_VIEWER) or C(CLUSTER_ADMIN) on the organization.
options:
  id:
    description: Only the invoice with this id.
    type: str
  month:
    description: Only the invoice of this month, such as V(2026-11), or with V(2026) those of the year.
    type: str
  status:
    description:
      - Only invoices that are final, or only the draft of the month that is not over yet.
      - Needs O(api_version=2024-09-16) or newer.
    type: str
    choices: [FINALIZED, DRAFT]
  cluster:
    description: Only what the cluster with this name or id costs. One that is deleted is still in the invoices of its time.
    type: str
  folder:
    description: Only what clusters in the folder with this path or id cost, and in those below it.
    type: str
  labels:
    description: Only what clusters with all of these labels cost.
    type: dict
  label:
    description: Key of a label. The sums by its values are returned as RV(by_label).
    type: str
  summary:
    description: Whether RV(invoices) come without their items, which are many.
    type: bool
    default: false
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.spend_limit_info
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: What did each team cost in October?
  crdb.cloud.invoice_info:
    month: 2026-10
    label: team
    summary: true
  register: october

- name: One line for each cluster, as finance wants it
  ansible.builtin.copy:
    dest: /tmp/october.csv
    mode: "0600"
    content: |
      cluster,folder,currency,amount
      {% for row in october.costs %}
      {{ row.cluster or row.adjustment }},{{ row.folder or '' }},{{ row.currency }},{{ row.amount }}
      {% endfor %}

- name: What have the production clusters cost so far this month?
  crdb.cloud.invoice_info:
    status: DRAFT
    folder: /platform/prod
    summary: true
  register: result
"""

RETURN = r"""
---
invoices:
  description:
    - The invoices as the API has them, oldest first, with amounts, quantities and costs of a unit as decimal text.
    - Where O(cluster), O(folder) or O(labels) ask for some clusters, C(invoice_items) has these alone; all else is about the whole organization.
  returned: success
  type: list
  elements: dict
  contains:
    invoice_id: {description: Id of the invoice., type: str, returned: always}
    period_start: {description: 'The moment at which the month begins, in UTC.', type: str, returned: always}
    period_end: {description: 'The moment at which it ends, in UTC.', type: str, returned: always}
    status: {description: V(FINALIZED) or V(DRAFT)., type: str, returned: with O(api_version=2024-09-16) or newer}
    totals: {description: 'What it comes to, by currency.', type: list, elements: dict, returned: without O(summary)}
    balances: {description: 'What is left of each currency.', type: list, elements: dict, returned: without O(summary)}
    adjustments: {description: 'Credits and costs that belong to no cluster.', type: list, elements: dict, returned: without O(summary)}
    invoice_items: {description: 'What each cluster costs, line by line.', type: list, elements: dict, returned: without O(summary)}
    folder_resources: {description: 'Where each cluster lies.', type: list, elements: dict, returned: without O(summary)}
costs:
  description: What each cluster costs in each invoice, and what is set off or added, in the order of the invoices.
  returned: success
  type: list
  elements: dict
  contains:
    invoice_id: {description: Id of the invoice., type: str, returned: always}
    month: {description: Its month., type: str, returned: always}
    status: {description: 'Its status; V(null) where the API does not say it.', type: str, returned: always}
    cluster: {description: 'Name of the cluster; V(null) for an adjustment.', type: str, returned: always}
    cluster_id: {description: Its id., type: str, returned: always}
    folder:
      description: Path of the folder that it lies in, V(root) in none. It is the id of the folder where the invoice does not say its path.
      type: str
      returned: always
    labels: {description: Labels of the cluster., type: dict, returned: always}
    adjustment: {description: 'What is set off or added, where it belongs to no cluster; V(null) for a cluster.', type: str, returned: always}
    currency: {description: 'The currency, such as V(USD).', type: str, returned: always}
    amount: {description: 'The amount, rounded to cents.', type: str, returned: always}
  sample:
    - {invoice_id: 3f0d2c8e-5c11-4a5c-9d7e-0c4c1c0a3f5b, month: 2026-10, status: FINALIZED, cluster: orders,
       cluster_id: 7a2b6f0e-1111-4222-8333-944455556666, folder: /platform/prod, labels: {team: payments}, adjustment: null, currency: USD,
       amount: "812.40"}
totals:
  description: The sums of RV(costs), one for each currency.
  returned: success
  type: list
  elements: dict
  contains: &sum
    currency: {description: The currency., type: str, returned: always}
    amount: {description: 'The sum, rounded to cents.', type: str, returned: always}
  sample:
    - {currency: USD, amount: "812.40"}
by_cluster:
  description: The same by cluster, with C(cluster) and C(cluster_id). Both are V(null) for what belongs to none.
  returned: success
  type: list
  elements: dict
  contains: *sum
by_folder:
  description: The same by the C(folder) that clusters lie in, in that alone and not in those above.
  returned: success
  type: list
  elements: dict
  contains: *sum
by_label:
  description: The same by the C(value) of the label O(label), which is empty for those without it.
  returned: with O(label)
  type: list
  elements: dict
  contains: *sum
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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.invoices import OPTIONS, RULES, read_invoices
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import info_module

MODULE = info_module("invoice_info", "", read_invoices, OPTIONS, since="2022-09-20", **RULES)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
