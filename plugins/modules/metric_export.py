#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: metric_export
short_description: Send the metrics of a cluster to your own sink
version_added: 1.0.0
description:
  - Sends the metrics of a Standard or Advanced cluster to a sink, or ends that. A cluster can have all of them at once.
  - For V(prometheus) nothing is sent. The result has in C(targets) the addresses to scrape, with the key of a service account that has
    the role C(METRICS_VIEWER).
  - Waits until the export works, and fails with the reason of the service where it does not. When that is mended, the next run tries
    again.
  - Needs O(api_version=2022-09-20) or newer.
  - Only for clusters with the plan V(STANDARD) or V(ADVANCED).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  sink:
    description:
      - Where they go. V(cloudwatch) is for clusters on AWS.
      - V(prometheus) needs O(api_version=2023-04-10) or newer.
    type: str
    required: true
    choices: [cloudwatch, datadog, prometheus]
  role_arn:
    description:
      - The role with which they are written to CloudWatch. A new export there needs it.
    type: str
  target_region:
    description:
      - Region of CloudWatch. Without it, or with V(""), it is that of the cluster.
    type: str
  log_group_name:
    description:
      - The log group of CloudWatch. Without it, or with V(""), the service has a name for it.
    type: str
  external_id:
    description:
      - The external id with which the role is assumed, for Advanced clusters.
      - Needs O(api_version=2024-09-16) or newer.
    type: str
  site:
    description:
      - The site of Datadog. A new export there needs it, and O(datadog_api_key).
    type: str
    choices: [US1, US3, US5, US1_GOV, EU1]
  datadog_api_key:
    description:
      - The key of Datadog. Each change of the export sends it again.
      - The service shows its last four characters, and where they differ, the key is set. Another key with the same ones needs O(update_secret=always).
    type: str
  update_secret:
    description:
      - Secrets can't be read back, so nobody can tell whether another one is set.
      - With V(on_create) a secret is sent with a new export, and with whatever else changes.
      - With V(always) it is sent in every run, which then always reports C(changed).
    type: str
    choices: [on_create, always]
    default: on_create
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.metric_export_info
  - module: crdb.cloud.log_export
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.child.state
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Metrics to Datadog
  crdb.cloud.metric_export:
    cluster: orders-prod
    sink: datadog
    site: EU1
    datadog_api_key: "{{ vault_datadog_key }}"

- name: And to Prometheus, which fetches them itself
  crdb.cloud.metric_export:
    cluster: orders-prod
    sink: prometheus
  register: metrics

- name: Where it finds them
  ansible.builtin.debug:
    msg: "{{ metrics.metric_export.targets.values() }}"

- name: No longer to CloudWatch
  crdb.cloud.metric_export:
    cluster: orders-prod
    sink: cloudwatch
    state: absent
"""

RETURN = r"""
---
metric_export:
  description: The metric export; V(null) when it is absent.
  returned: success
  type: dict
  contains:
    sink: {description: Where they go., type: str, returned: always}
    role_arn: {description: The role with which they are written to CloudWatch., type: str, returned: always}
    target_region: {description: Region of CloudWatch., type: str, returned: always}
    log_group_name: {description: The log group of CloudWatch., type: str, returned: always}
    external_id: {description: 'The external id with which the role is assumed, for Advanced clusters.', type: str, returned: always}
    site: {description: The site of Datadog., type: str, returned: always}
    status: {description: 'Its state: V(ENABLING), V(ENABLED), V(ERROR), V(DISABLING), V(NOT_DEPLOYED).', type: str, returned: always}
    cluster_id: {description: Id of the cluster., type: str, returned: always}
    targets: {description: 'The address to scrape for each region, of V(prometheus) alone.', type: dict, returned: always}
    user_message: {description: What the service says of the state., type: str, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.metric_export import METRIC_EXPORT

MODULE = noun_module(METRIC_EXPORT)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
