#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: metric_export_info
short_description: Read where the metrics of a cluster go
version_added: 1.0.0
description:
  - Lists the metric exports of a cluster.
  - Needs O(api_version=2022-09-20) or newer.
  - Only for clusters with the plan V(STANDARD) or V(ADVANCED).
  - Needs the role C(METRICS_VIEWER), C(CLUSTER_OPERATOR_WRITER) or C(CLUSTER_ADMIN).
options:
  sink:
    description:
      - Only the metric export with this sink.
    type: str
    choices: [cloudwatch, datadog, prometheus]
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.metric_export
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: What each sink says
  crdb.cloud.metric_export_info:
    cluster: orders-prod
  register: metrics

- ansible.builtin.debug:
    msg: "{{ metrics.metric_exports.datadog.user_message | default('There is no export to Datadog.') }}"
"""

RETURN = r"""
---
metric_exports:
  description: The metric exports by C(sink), V(null) where there is none.
  returned: success
  type: dict
  contains:
    cloudwatch:
      description: The one of this sink.
      type: dict
      returned: always
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
    datadog: {description: The one of this sink., type: dict, returned: always}
    prometheus: {description: The one of this sink., type: dict, returned: always}

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.infos import noun_info
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.metric_export import METRIC_EXPORT

MODULE = noun_info(METRIC_EXPORT)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
