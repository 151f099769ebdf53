#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: log_export
short_description: Send the logs of a cluster to your own sink
version_added: 1.0.0
description:
  - Sends the logs of a Standard or Advanced cluster to a sink of yours, or ends that.
  - What is not said stays as it is. V([]) and V("") take away what is there.
  - Waits until the export works, which takes minutes, and fails with the reason of the service where it does not, as when the sink refuses
    the credentials. When that is mended, the next run tries again.
  - Needs O(api_version=2022-09-20) or newer.
  - Only for clusters with the plan V(STANDARD) or V(ADVANCED).
  - Waits for a cluster that is still being created.
  - Needs the role C(CLUSTER_ADMIN) or C(CLUSTER_OPERATOR_WRITER).
options:
  type:
    description:
      - What the logs are sent to. A new export takes the sink of the cluster's cloud.
      - V(AZURE_LOG_ANALYTICS) needs O(api_version=2023-04-10) or newer.
      - V(AZURE_LOG_ANALYTICS_V2) needs O(api_version=2026-09-15) or newer.
      - V(OTLP_HTTP) needs O(api_version=2026-09-15) or newer.
    type: str
    choices: [AWS_CLOUDWATCH, GCP_CLOUD_LOGGING, AZURE_LOG_ANALYTICS, AZURE_LOG_ANALYTICS_V2, OTLP_HTTP]
  log_name:
    description:
      - What the logs are called at the sink, such as a log group of CloudWatch, a log id of GCP or a prefix of tables on Azure. A new
        export needs it.
    type: str
  auth_principal:
    description:
      - Who may write there. On AWS the ARN of a role, on GCP a project id (Advanced) or the e-mail of a service account (Standard), on
        Azure the id of a workspace.
    type: str
  azure_shared_key:
    description:
      - Key of the workspace, for O(type=AZURE_LOG_ANALYTICS). Each change of the export sends it again.
      - Needs O(api_version=2023-04-10) or newer.
    type: str
  azure_tenant_id:
    description:
      - Tenant of the app registration that writes to O(type=AZURE_LOG_ANALYTICS_V2), which needs this and the six options after it.
      - Needs O(api_version=2026-09-15) or newer.
    type: str
  azure_client_id:
    description:
      - Client id of that app registration.
      - Needs O(api_version=2026-09-15) or newer.
    type: str
  azure_dce_endpoint:
    description:
      - Endpoint of the data collection endpoint that takes logs in.
      - Needs O(api_version=2026-09-15) or newer.
    type: str
  azure_dcr_immutable_id:
    description:
      - Immutable id of the data collection rule, such as V(dcr-0123).
      - Needs O(api_version=2026-09-15) or newer.
    type: str
  azure_dcr_resource_id:
    description:
      - Resource id of that rule. The service adds streams to it.
      - Needs O(api_version=2026-09-15) or newer.
    type: str
  azure_workspace_resource_id:
    description:
      - Resource id of the workspace. The service makes tables in it.
      - Needs O(api_version=2026-09-15) or newer.
    type: str
  otlp_endpoint:
    description:
      - The URL that takes logs by OTLP over HTTP, for O(type=OTLP_HTTP).
      - Needs O(api_version=2026-09-15) or newer.
    type: str
  azure_client_secret:
    description:
      - Its client secret. Each change of the export sends it again.
      - Needs O(api_version=2026-09-15) or newer.
    type: str
  otlp_headers:
    description:
      - Headers with which they are sent there, by name. They are set where other names are, or with O(update_secret=always), and kept
        where this is not given or V({}).
      - Needs O(api_version=2026-09-15) or newer.
    type: dict
  aws_external_id:
    description:
      - The external id with which the role is assumed, for Advanced clusters on AWS.
      - Needs O(api_version=2024-09-16) or newer.
    type: str
  redact:
    description:
      - Whether logs are redacted where a group says nothing else.
    type: bool
  region:
    description:
      - The region that all logs go to. Without it, or with V(""), each is sent to the region that it comes from.
    type: str
  omitted_channels:
    description:
      - Log channels that are not exported, in any order. All others that are in no group go to O(log_name).
      - Needs O(api_version=2023-04-10) or newer.
    type: list
    elements: str
  groups:
    description:
      - Channels that are exported under a name of their own, in any order. The list says all groups that there are.
    type: list
    elements: dict
    suboptions:
      log_name:
        description:
          - What the group is called at the sink. It tells the group from the others.
        type: str
        required: true
      channels:
        description:
          - The log channels that go into it, such as V(SQL_EXEC), in any order.
        type: list
        elements: str
        required: true
      min_level:
        description:
          - The lowest level that is exported. Without it, it is all of them.
        type: str
        choices: [UNSPECIFIED, WARNING, ERROR, FATAL]
      redact:
        description:
          - Whether the group is redacted. Without it, it is as O(groups[].redact) says for all.
        type: bool
      enable_sending_queue:
        description:
          - Whether its logs are queued before they are sent. One group alone may have that.
          - Needs O(api_version=2024-09-16) or newer.
        type: bool
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
  - module: crdb.cloud.log_export_info
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
- name: Logs to CloudWatch, and what matters for audits into a group of its own
  crdb.cloud.log_export:
    cluster: orders-prod
    log_name: crdb-orders
    auth_principal: arn:aws:iam::123456789012:role/crdb-logs
    redact: true
    omitted_channels: [SQL_PERF]
    groups:
      - log_name: security
        channels: [USER_ADMIN, PRIVILEGES, SENSITIVE_ACCESS]

- name: The new key of the workspace on Azure
  crdb.cloud.log_export:
    cluster: ledger-prod
    azure_shared_key: "{{ vault_workspace_key }}"
    update_secret: always

- name: No export any more
  crdb.cloud.log_export:
    cluster: orders-prod
    state: absent
"""

RETURN = r"""
---
log_export:
  description: The log export; V(null) when it is absent.
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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.log_export import LOG_EXPORT

MODULE = noun_module(LOG_EXPORT)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
