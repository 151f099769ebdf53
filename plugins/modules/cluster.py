#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cluster
short_description: Create, change, upgrade and delete clusters
version_added: 1.0.0
description:
  - Manages one cluster of CockroachDB Cloud of the plans Basic, Standard and Advanced.
  - With O(api_version) below V(2024-09-16) it manages serverless clusters (created with a spend limit); dedicated clusters are only read
    and deleted there.
  - Only the options that are set are compared. Everything that differs is sent in one request; a change of the CockroachDB version is
    a request of its own, since the API demands that.
  - A key with the role C(CLUSTER_CREATOR) alone, which can't list clusters before it has made one, creates by O(name), with a warning
    that there may be a cluster of this name which it can't see. O(id) and O(state=absent) are refused then.
  - In check mode the C(id) in RV(cluster) of a cluster that would be created is V(00000000-0000-0000-0000-000000000000). Other modules
    of this collection understand it.
  - Needs the role C(CLUSTER_ADMIN) (C(CLUSTER_CREATOR) suffices to create, C(CLUSTER_OPERATOR_WRITER) to change).
options:
  id:
    description:
      - Id of an existing cluster. If there is none, nothing is created.
    type: str
  name:
    description:
      - Name of the cluster; 6 to 20 lower-case letters, digits and dashes, without a dash at either end.
      - If several clusters have this name, the task fails; give the O(id) then.
    type: str
  plan:
    description:
      - Plan of the cluster. V(BASIC) and V(STANDARD) can be changed into each other.
      - If not set, a new cluster is V(ADVANCED) when O(region_nodes) or O(hardware) is set, V(STANDARD) when O(usage_limits.provisioned_virtual_cpus)
        is set, and V(BASIC) otherwise.
      - Needs O(api_version=2024-09-16) or newer.
    type: str
    choices: [BASIC, STANDARD, ADVANCED]
  edition:
    description:
      - Edition of the cluster, in organizations that have editions instead of plans. Exclusive with O(plan).
      - V(STANDARD) takes the options of Basic and Standard clusters, V(MISSION_CRITICAL) those of Advanced ones.
      - Can't be changed.
      - Needs O(api_version=2026-09-15) or newer.
    type: str
    choices: [STANDARD, MISSION_CRITICAL]
  provider:
    description:
      - Cloud provider. Needed to create.
      - Can't be changed.
      - V(AZURE) needs O(api_version=2023-04-10) or newer.
    type: str
    choices: [GCP, AWS, AZURE]
  regions:
    description:
      - Regions of a Basic or Standard cluster, by the provider's names. Needed to create one.
      - Regions can be added (from O(api_version) V(2023-04-10) on), but not removed.
    type: list
    elements: str
  primary_region:
    description:
      - Which of the O(regions) is the primary one. Needed when there are several.
      - Needs O(api_version=2022-09-20) or newer.
    type: str
  spend_limit:
    description:
      - What a Basic (serverless) cluster may cost a month at most, in whole US cents. Less than 100 of them get a warning.
      - With O(api_version=2024-09-16) it is converted to O(usage_limits) as the service does it, with 80 % of the amount for request
        units and 20 % for storage.
      - V(0) means the free tier in the versions of 2022; from V(2023-04-10) on it is refused, since it would lift the limit.
    type: int
  usage_limits:
    description:
      - Limits of a Basic cluster, or size of a Standard one. A member that is left out is no limit; V({}) lifts all limits.
      - Exclusive with O(spend_limit).
      - Needs O(api_version=2023-04-10) or newer.
    type: dict
    suboptions:
      request_unit_limit:
        description:
          - Request units a month (Basic).
        type: int
      storage_mib_limit:
        description:
          - Storage in MiB (Basic).
        type: int
      provisioned_virtual_cpus:
        description:
          - Provisioned vCPUs (Standard).
          - Needs O(api_version=2024-09-16) or newer.
        type: int
  with_empty_ip_allowlist:
    description:
      - Whether a new Basic or Standard cluster starts with an empty IP allowlist, and so is unreachable until there are entries. Otherwise
        it starts open to V(0.0.0.0/0).
      - Only used when the cluster is created.
      - Needs O(api_version=2023-04-10) or newer.
    type: bool
  upgrade_type:
    description:
      - Who starts upgrades of the CockroachDB version. V(MANUAL) needs the plan V(STANDARD).
      - Needs O(api_version=2024-09-16) or newer.
    type: str
    choices: [AUTOMATIC, MANUAL]
  region_nodes:
    description:
      - Regions of an Advanced cluster, each with its number of nodes. A region that is left out is removed.
      - Needs O(api_version=2024-09-16) or newer.
    type: dict
  hardware:
    description:
      - Machines of an Advanced cluster. Needed to create one.
      - Needs O(api_version=2024-09-16) or newer.
    type: dict
    suboptions:
      num_virtual_cpus:
        description:
          - vCPUs of a node. Exclusive with O(hardware.machine_type).
        type: int
      machine_type:
        description:
          - Machine type by the provider's name.
        type: str
      storage_gib:
        description:
          - Storage of a node in GiB. V(0) means the smallest for the machine. It can only grow.
        type: int
      disk_iops:
        description:
          - Disk operations a second of a node. AWS only. V(0) means the provider's default.
        type: int
  region_machine_specs:
    description:
      - 'Machines of single regions of an Advanced cluster, such as V({us-east1: {num_virtual_cpus: 8}}), each with one of C(num_virtual_cpus)
        and C(machine_type). It takes the place of a machine in O(hardware).'
      - A new cluster needs one for each of its O(region_nodes). Regions that are left out later keep theirs.
      - Needs O(api_version=2024-09-16) or newer.
    type: dict
  cmek_region_specs:
    description:
      - Keys for regions that O(region_nodes) adds to a cluster with customer-managed encryption keys.
      - Those for regions that the cluster has already are left out.
      - Needs O(api_version=2024-09-16) or newer.
    type: list
    elements: dict
    suboptions:
      region:
        description:
          - The region.
        type: str
        required: true
      type:
        description:
          - Where the key is kept.
        type: str
        choices: [AWS_KMS, GCP_CLOUD_KMS, AZURE_KEY_VAULT]
      uri:
        description:
          - Address of the key.
        type: str
        required: true
      auth_principal:
        description:
          - What the key is reached as.
        type: str
  restrict_egress_traffic:
    description:
      - Whether nodes of a new Advanced cluster may reach nothing outside that no rule allows.
      - Only used when the cluster is created.
      - Needs O(api_version=2024-09-16) or newer.
    type: bool
  supports_cluster_virtualization:
    description:
      - Whether a new Advanced cluster can be replicated physically. The service gives it to enrolled organizations only.
      - Only used when the cluster is created.
      - Needs O(api_version=2024-09-16) or newer.
    type: bool
  customer_cloud_account:
    description:
      - Your own account at the provider that a new Advanced cluster is to run in, with exactly the member of the provider.
      - Can't be changed.
      - Needs O(api_version=2024-09-16) or newer.
    type: dict
    suboptions:
      aws:
        description:
          - On AWS.
        type: dict
        suboptions:
          arn:
            description:
              - ARN of the role to be taken on.
            type: str
            required: true
      gcp:
        description:
          - On GCP.
        type: dict
        suboptions:
          service_account_email:
            description:
              - E-mail address of the service account.
            type: str
            required: true
      azure:
        description:
          - On Azure.
        type: dict
        suboptions:
          subscription_id:
            description:
              - Id of the subscription.
            type: str
            required: true
          tenant_id:
            description:
              - Id of the tenant.
            type: str
            required: true
  cockroach_version:
    description:
      - Major version, such as V(v25.2). Quote it in YAML, a number is refused.
      - A later one than that of the cluster starts an upgrade. Until that is finalized, the previous one rolls it back.
      - Advanced clusters, and Standard ones with O(upgrade_type=MANUAL). The service chooses the version of all others, and that of a
        new Standard cluster, which is the newest Regular release - a new one with another version is refused.
      - Needs O(api_version=2024-09-16) or newer.
    type: str
  upgrade_status:
    description:
      - V(FINALIZED) finalizes an upgrade, also one that an earlier task has begun. It can't be rolled back after that. Without it the
        service finalizes after 72 hours.
      - V(ROLLBACK_RUNNING) rolls an upgrade back that is not finalized. Where there is none, nothing is done.
      - Needs O(api_version=2024-09-16) or newer.
    type: str
    choices: [FINALIZED, ROLLBACK_RUNNING]
  network_visibility:
    description:
      - Whether an Advanced cluster has public addresses.
      - Can't be changed.
      - Needs O(api_version=2024-09-16) or newer.
    type: str
    choices: [PUBLIC, PRIVATE]
  cidr_range:
    description:
      - Address range of an Advanced cluster on GCP.
      - Can't be changed.
      - Needs O(api_version=2024-09-16) or newer.
    type: str
  labels:
    description:
      - All labels of the cluster. Others are removed, V({}) removes all.
      - Needs O(api_version=2024-09-16) or newer.
    type: dict
  parent_id:
    description:
      - Id of the folder that the cluster is in; V(root) or an empty string for none.
      - Needs O(api_version=2023-04-10) or newer.
    type: str
  folder:
    description:
      - The folder that the cluster is in, such as V(/platform/prod), instead of O(parent_id). V(root) for none.
      - In check mode a folder that does not exist yet is taken for one that will; otherwise the task fails.
      - Path or id; an id saves the request that looks it up.
      - Needs O(api_version=2023-04-10) or newer.
    type: str
  delete_protection:
    description:
      - V(ENABLED) keeps the cluster from being deleted, by anybody.
      - Needs O(api_version=2023-04-10) or newer.
    type: str
    choices: [ENABLED, DISABLED]
  state:
    description:
      - V(absent) deletes the cluster with all its data. A protected cluster is never deleted.
    type: str
    choices: [present, absent]
    default: present
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.cluster_info
  - module: crdb.cloud.spend_limit
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: A Basic cluster that may cost 10 dollars a month
  crdb.cloud.cluster:
    name: orders-prod
    provider: GCP
    regions: [us-central1]
    spend_limit: 1000
    delete_protection: ENABLED
    labels:
      team: payments

- name: A Standard cluster over two regions
  crdb.cloud.cluster:
    name: billing-prod
    plan: STANDARD
    provider: AWS
    regions: [us-east-1, us-west-2]
    primary_region: us-east-1
    usage_limits:
      provisioned_virtual_cpus: 4

- name: An Advanced cluster, not waited for
  crdb.cloud.cluster:
    name: ledger-prod
    plan: ADVANCED
    provider: GCP
    region_nodes:
      us-east1: 3
    hardware:
      num_virtual_cpus: 4
      storage_gib: 150
    wait: false

- name: Upgrade it, and finalize the upgrade
  crdb.cloud.cluster:
    name: ledger-prod
    cockroach_version: "v25.4"
    upgrade_status: FINALIZED

- name: Delete a cluster
  crdb.cloud.cluster:
    name: orders-old
    state: absent
"""

RETURN = r"""
---
cluster:
  description:
    - The cluster as the API returns it, 64-bit numbers as integers. V(null) when it is absent.
    - In check mode the object as it is predicted. What only the service knows is left out of that, such as C(updated_at) and, after an
      upgrade, the patch release in C(cockroach_version). With O(wait=false) it is the object right after the request.
  returned: success
  type: dict
  contains:
    plan: {description: 'The plan, V(BASIC), V(STANDARD) or V(ADVANCED).', type: str, returned: unless it has an edition}
    edition: {description: 'The edition, V(STANDARD) or V(MISSION_CRITICAL).', type: str, returned: in organizations that have editions}
    state: {description: 'V(CREATING), V(CREATED), V(CREATION_FAILED), V(LOCKED) or V(DELETED).', type: str, returned: always}
    account_id: {description: 'The account, project or subscription at the provider that an Advanced cluster runs in.
      Keys for encryption and targets of exports let it in.', type: str, returned: always}
    azure_cluster_identity_client_id: {description: The client id of an Advanced cluster on Azure., type: str, returned: since 2024-09-16}
    customer_cloud_account: {description: 'Your own account that it runs in; V(null) for none.', type: dict, returned: since 2024-09-16}
    egress_traffic_policy: {description: What its nodes may reach outside., type: str, returned: since 2022-09-20}
    config: {description: 'What it is made of, in the member C(serverless), C(dedicated), C(host) or C(virtual).', type: dict, returned: always}
    regions:
      description: Its regions, sorted by name.
      type: list
      elements: dict
      returned: always
      contains:
        name: {description: Name of the region., type: str, returned: always}
        node_count: {description: 'Number of nodes, V(0) for a Basic or Standard cluster.', type: int, returned: always}
        sql_dns: {description: Where clients on its IP allowlist connect to., type: str, returned: always}
        ui_dns: {description: Where the DB Console is., type: str, returned: always}
        internal_dns: {description: 'Where clients connect to by AWS PrivateLink, Azure Private Link or VPC peering.', type: str,
          returned: since 2022-09-20}
        private_endpoint_dns: {description: Where clients connect to by GCP Private Service Connect., type: str, returned: since 2023-04-10}
        s3_vpc_endpoint_id: {description: 'The gateway to S3 of an Advanced cluster on AWS, for policies of buckets.', type: str,
          returned: since 2024-09-16}
        machine_type: {description: Machine type of the nodes of an Advanced cluster., type: str, returned: where the service tells it}
        num_virtual_cpus: {description: vCPUs of a node of an Advanced cluster., type: int, returned: where the service tells it}
  sample: {id: 35c4abb2-bb66-46d7-afed-25ebef5ed2aa, name: orders-prod, plan: BASIC, cloud_provider: GCP, state: CREATED,
    cockroach_version: v25.2.3, operation_status: UNSPECIFIED, upgrade_status: FINALIZED, delete_protection: ENABLED,
    labels: {team: payments}, parent_id: root, sql_dns: orders-prod-1234.5xj.gcp-us-central1.cockroachlabs.cloud,
    regions: [{name: us-central1, sql_dns: orders-prod-1234.5xj.gcp-us-central1.cockroachlabs.cloud, node_count: 0}],
    config: {serverless: {routing_id: orders-prod-1234, usage_limits: {request_unit_limit: 40000000, storage_mib_limit: 4096}}}}

plan:
  description: The requests that were made, or in check mode would be made, in order. Empty when nothing differs.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: 'V(create), V(update) or V(delete).', type: str, returned: always}
    summary: {description: 'What it does, in words.', type: str, returned: always}
    changes: {description: 'The fields that change, each with C(before) and C(after). Secrets are hidden.', type: dict, returned: always}
  sample:
    - {action: update, summary: update cluster 'orders', changes: {delete_protection: {before: DISABLED, after: ENABLED}}}

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
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.cluster import CLUSTER

MODULE = noun_module(CLUSTER)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
