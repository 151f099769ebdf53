#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: log_export_info
short_description: Read where the logs of a cluster go
version_added: 1.0.0
description:
  - Lists the log exports of a cluster.
  - Needs O(api_version=2022-09-20) or newer.
  - Only for clusters with the plan V(STANDARD) or V(ADVANCED).
  - Needs the role C(METRICS_VIEWER), C(CLUSTER_OPERATOR_WRITER) or C(CLUSTER_ADMIN).
options: {}
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.log_export
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Does the export work?
  crdb.cloud.log_export_info:
    cluster: orders-prod
  register: logs

- ansible.builtin.assert:
    that: logs.log_export.status == "ENABLED"
    fail_msg: "{{ logs.log_export.user_message }}"
"""

RETURN = r"""
---
log_export:
  description: The log export; V(null) where there is none.
  returned: success
  type: dict
  contains:
    spec:
      description: The spec.
      type: dict
      returned: always
      contains:
        type: {description: What the logs are sent to., type: str, returned: always}
        log_name:
          description: What the logs are called at the sink, such as a log group of CloudWatch, a log id of GCP or a prefix of tables
            on Azure.
          type: str
          returned: always
        auth_principal: {description: Who may write there., type: str, returned: always}
        azure_tenant_id:
          description: Tenant of the app registration that writes to C(type=AZURE_LOG_ANALYTICS_V2), which needs this and the six options
            after it.
          type: str
          returned: always
        azure_client_id: {description: Client id of that app registration., type: str, returned: always}
        azure_dce_endpoint: {description: Endpoint of the data collection endpoint that takes logs in., type: str, returned: always}
        azure_dcr_immutable_id: {description: 'Immutable id of the data collection rule, such as V(dcr-0123).', type: str, returned: always}
        azure_dcr_resource_id: {description: Resource id of that rule., type: str, returned: always}
        azure_workspace_resource_id: {description: Resource id of the workspace., type: str, returned: always}
        otlp_endpoint: {description: 'The URL that takes logs by OTLP over HTTP, for C(type=OTLP_HTTP).', type: str, returned: always}
        aws_external_id:
          description: The external id with which the role is assumed, for Advanced clusters on AWS.
          type: str
          returned: always
        redact: {description: Whether logs are redacted where a group says nothing else., type: bool, returned: always}
        region: {description: The region that all logs go to., type: str, returned: always}
        omitted_channels: {description: 'Log channels that are not exported, in any order.', type: list, elements: str, returned: always}
        groups:
          description: Channels that are exported under a name of their own, in any order.
          type: list
          elements: dict
          returned: always
          contains:
            log_name: {description: What the group is called at the sink., type: str, returned: always}
            channels:
              description: The log channels that go into it, such as V(SQL_EXEC), in any order.
              type: list
              elements: str
              returned: always
            min_level: {description: The lowest level that is exported., type: str, returned: always}
            redact: {description: Whether the group is redacted., type: bool, returned: always}
            enable_sending_queue: {description: Whether its logs are queued before they are sent., type: bool, returned: always}
        otlp_header_names: {description: The names of the headers for V(OTLP_HTTP)., type: list, elements: str, returned: always}
    status:
      description: 'Its state: V(ENABLING), V(ENABLED), V(ENABLE_FAILED), V(CREDENTIALS_ERROR), V(DISABLE_FAILED), V(DISABLING), V(DISABLED).'
      type: str
      returned: always
    delivery_status:
      description: Whether logs arrive, V(DELIVERY_HEALTHY) or V(DELIVERY_UNHEALTHY), where the service says it.
      type: str
      returned: always
    delivery_status_message: {description: Why they do not., type: str, returned: always}
    cluster_id: {description: Id of the cluster., type: str, returned: always}
    user_message: {description: What the service says of the state., type: str, returned: always}
    created_at: {description: When the export was made., type: str, returned: always}
    updated_at: {description: When it was changed last., type: str, returned: always}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.log_export import LOG_EXPORT

MODULE = noun_info(LOG_EXPORT)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
