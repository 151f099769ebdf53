#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: fleet
short_description: Bring many clusters with all that is below them to one state, with one plan
version_added: 1.0.0
description:
  - Compares any number of clusters, their databases, SQL users and allowlists with what is wanted, and sends only the requests that differ.
    For each cluster it does what M(crdb.cloud.cluster), M(crdb.cloud.database), M(crdb.cloud.sql_user) and M(crdb.cloud.allowlist_entry) would do.
  - Reads the clusters in one listing, and below each only the lists that are mentioned.
  - Clusters are created first, then one listing at a time serves all that have to be waited for, and what is below a cluster follows as soon as it
    is ready. Different clusters are worked on side by side, all within the one request rate of the API.
  - In check mode with C(--diff) it prints the plan for review - C(+) creates, C(~) changes, C(-) deletes, C(!) is worth knowing.
  - A new Basic or Standard cluster with O(clusters[].allowlist) starts closed to all others (from O(api_version) V(2023-04-10) on). The plan names the clusters
    that are open to everybody when it has been carried out, as far as their allowlists are read for it.
  - A cluster that fails does not keep the others from going on. The task fails at its end and RV(results) says what was done, what failed
    and what was left out. A second run does the rest, also after the first one was killed.
  - A key with the role C(CLUSTER_CREATOR) alone, which can't list clusters before it has made one, creates all of them, with a warning that there may be
    clusters of these names which it can't see. O(clusters[].id) and O(purge) are refused then.
  - All mistakes come in one message, each with its place, such as C(clusters[3].sql_users[1]).
  - With O(name), every listed cluster gets the label C(crdb-cloud-fleet) with the name of the fleet (from O(api_version) V(2024-09-16) on), and a cluster
    with the label of another fleet is refused. Without it the fleet owns nothing, and that label is neither set nor compared, removed or refused.
    Leave O(name) out where another tool, such as Terraform, keeps the labels of the same clusters.
  - Deletes clusters only with O(name), O(purge) and O(purge_confirm) together.
options:
  name:
    description:
      - Name of the fleet; up to 63 lower-case letters, digits, underscores and dashes.
      - If not set, the fleet marks no cluster as its own, and can't O(purge).
    type: str
  clusters:
    description:
      - The clusters. Only the options that are set are compared, as in M(crdb.cloud.cluster).
      - If O(clusters[].with_empty_ip_allowlist) is not set, a new Basic or Standard cluster starts with an empty IP allowlist where O(clusters[].allowlist)
        lists something, or O(clusters[].purge_children) says that it is complete.
      - The label C(crdb-cloud-fleet) is set by O(name) alone, whatever O(clusters[].labels) says.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - Id of an existing cluster. If there is none, nothing is created.
        type: str
      name:
        description:
          - Name of the cluster; 6 to 20 lower-case letters, digits and dashes, without a dash at either end.
          - If several clusters have this name, the task fails; give the O(clusters[].id) then.
        type: str
      plan:
        description:
          - Plan of the cluster. V(BASIC) and V(STANDARD) can be changed into each other.
          - If not set, a new cluster is V(ADVANCED) when O(clusters[].region_nodes) or O(clusters[].hardware) is set, V(STANDARD) when
            O(clusters[].usage_limits.provisioned_virtual_cpus) is set, and V(BASIC) otherwise.
          - Needs O(api_version=2024-09-16) or newer.
        type: str
        choices: [BASIC, STANDARD, ADVANCED]
      edition:
        description:
          - Edition of the cluster, in organizations that have editions instead of plans. Exclusive with O(clusters[].plan).
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
          - Which of the O(clusters[].regions) is the primary one. Needed when there are several.
          - Needs O(api_version=2022-09-20) or newer.
        type: str
      spend_limit:
        description:
          - What a Basic (serverless) cluster may cost a month at most, in whole US cents. Less than 100 of them get a warning.
          - With O(api_version=2024-09-16) it is converted to O(clusters[].usage_limits) as the service does it, with 80 % of the amount
            for request units and 20 % for storage.
          - V(0) means the free tier in the versions of 2022; from V(2023-04-10) on it is refused, since it would lift the limit.
        type: int
      usage_limits:
        description:
          - Limits of a Basic cluster, or size of a Standard one. A member that is left out is no limit; V({}) lifts all limits.
          - Exclusive with O(clusters[].spend_limit).
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
          - Whether a new Basic or Standard cluster starts with an empty IP allowlist, and so is unreachable until there are entries.
            Otherwise it starts open to V(0.0.0.0/0).
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
              - vCPUs of a node. Exclusive with O(clusters[].hardware.machine_type).
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
            and C(machine_type). It takes the place of a machine in O(clusters[].hardware).'
          - A new cluster needs one for each of its O(clusters[].region_nodes). Regions that are left out later keep theirs.
          - Needs O(api_version=2024-09-16) or newer.
        type: dict
      cmek_region_specs:
        description:
          - Keys for regions that O(clusters[].region_nodes) adds to a cluster with customer-managed encryption keys.
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
          - Advanced clusters, and Standard ones with O(clusters[].upgrade_type=MANUAL). The service chooses the version of all others,
            and that of a new Standard cluster, which is the newest Regular release - a new one with another version is refused.
          - Needs O(api_version=2024-09-16) or newer.
        type: str
      upgrade_status:
        description:
          - V(FINALIZED) finalizes an upgrade, also one that an earlier task has begun. It can't be rolled back after that. Without it
            the service finalizes after 72 hours.
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
          - The folder that the cluster is in, such as V(/platform/prod), instead of O(clusters[].parent_id). V(root) for none.
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
      databases:
        description:
          - Databases of the cluster. Those that are not listed always stay.
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - Name of the database, in exactly this spelling.
            type: str
            required: true
          renamed_from:
            description:
              - The name that the database may still have. Where there is no database O(clusters[].databases[].name), this one is renamed;
                where there is neither, O(clusters[].databases[].name) is created.
              - Where both exist, nothing is renamed. What refers to it by name has to use the new one from then on.
            type: str
          delete_tables:
            description:
              - Whether O(clusters[].databases[].state=absent) may delete a database that has tables, with everything in them. Without
                it such a database is left alone, and the task fails.
            type: bool
            default: false
          state:
            description:
              - Whether the database shall exist.
            type: str
            choices: [present, absent]
            default: present
      sql_users:
        description:
          - SQL users of the cluster. Those that are not listed stay, unless O(clusters[].purge_children) says otherwise.
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - Name of the user. CockroachDB folds names to lower case, so V(App) and V(app) are the same user.
            type: str
            required: true
          password:
            description:
              - Password of the user. Needed to create one.
            type: str
          update_password:
            description:
              - The API never returns a password, so nobody can tell whether O(clusters[].sql_users[].password) differs from the one that
                is set.
              - With V(on_create) the password is only set when the user is created. An existing user is never reported as changed.
              - With V(always) the password is set on every run, and the task always reports C(changed), whether or not it is another
                password.
            type: str
            choices: [on_create, always]
            default: on_create
          state:
            description:
              - Whether the user shall exist.
            type: str
            choices: [present, absent]
            default: present
      allowlist:
        description:
          - Entries of the IP allowlist. Those that are not listed stay, unless O(clusters[].purge_children) says otherwise.
        type: list
        elements: dict
        suboptions:
          cidr:
            description:
              - The IPv4 network, such as V(203.0.113.0/24), or one address such as V(203.0.113.7), which is V(203.0.113.7/32). IPv6 is
                not supported by the service.
              - A mask that does not fit the address, as in V(203.0.113.7/24), is refused, and so is V(0.0.0.0) without a mask.
              - Give either this or O(clusters[].allowlist[].cidr_ip).
            type: str
          cidr_ip:
            description:
              - The address of the network, in the API's own words.
            type: str
          cidr_mask:
            description:
              - The length of the network's prefix, 0 to 32. V(32) if not set.
            type: int
          ui:
            description:
              - Whether the network may reach the DB Console. A new entry may if this is not set.
            type: bool
          sql:
            description:
              - Whether the network may reach the SQL port. A new entry may if this is not set.
            type: bool
          name:
            description:
              - What the entry is for. An empty string removes the text.
            type: str
          state:
            description:
              - Whether the entry shall exist.
            type: str
            choices: [present, absent]
            default: present
      purge_children:
        description:
          - Lists of this cluster that are complete. What is there and not listed is deleted.
        type: list
        elements: str
        choices: [sql_users, allowlist]
      protected:
        description:
          - SQL users and databases (by name) and allowlist entries (by network) that are never deleted, whatever O(clusters[].purge_children)
            says.
        type: list
        elements: str
  purge:
    description:
      - Whether clusters are deleted that carry the label of the fleet and are not in O(clusters). Each has to be named in O(purge_confirm),
        too.
      - A cluster with delete protection is refused.
      - Needs O(name).
    type: bool
    default: false
  purge_confirm:
    description:
      - The exact names of the clusters that O(purge) may delete.
    type: list
    elements: str
    default: []
  report_unlisted:
    description:
      - Whether the plan and RV(unlisted) name the clusters of the organization that are not in O(clusters). Those that carry the label
        of the fleet are always named, in RV(marked_unlisted).
    type: bool
    default: false
  parallel:
    description:
      - How many clusters are worked on at the same time, from 1 to 32. The request rate of the API (O(api_rate_limit)) holds for all
        of them together.
    type: int
    default: 8
  plan_out:
    description:
      - A file for the plan as JSON, in check mode, too. Only its owner can read it (mode 0600). It holds no secrets.
      - It is written before the first change, on the machine where the module runs. That of an earlier run is removed before anything
        else is done.
    type: path
  report_objects:
    description:
      - Whether the result has RV(objects), all objects of the plan with their fields.
    type: bool
    default: false
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.cluster
  - module: crdb.cloud.sql_users
  - module: crdb.cloud.allowlist_entry
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Two clusters with their users
  crdb.cloud.fleet:
    name: shop
    clusters:
      - name: orders-prod
        provider: GCP
        regions: [us-central1]
        spend_limit: 5000
        labels: {team: orders}
        sql_users:
          - name: app
            password: "{{ vault_orders_app_password }}"
        allowlist:
          - {cidr: 203.0.113.0/24, name: office}
        purge_children: [allowlist]
      - name: billing-prod
        provider: AWS
        regions: [us-east-1]
        spend_limit: 2500

- name: What would change? Run the playbook with --check --diff, and keep the plan
  crdb.cloud.fleet:
    name: shop
    clusters: "{{ shop_clusters }}"
    plan_out: shop-plan.json

- name: Delete a cluster that is no longer listed
  crdb.cloud.fleet:
    name: shop
    clusters: "{{ shop_clusters }}"
    purge: true
    purge_confirm: [orders-old]
"""

RETURN = r"""
---
clusters:
  description: The listed clusters as the API returns them, in check mode as predicted.
  returned: success
  type: list
  elements: dict
  sample: [{id: 35c4abb2-bb66-46d7-afed-25ebef5ed2aa, name: orders-prod, plan: BASIC, state: CREATED}]

results:
  description:
    - What became of each cluster, those of O(clusters) in their order, then those that O(purge) deletes.
    - When the task failed, only the clusters that failed or where something was left out.
  returned: success, and when single clusters failed
  type: list
  elements: dict
  contains:
    name: {description: 'The name of the cluster.', type: str, returned: always}
    id: {description: 'Its id; V(null) where it does not exist.', type: str, returned: always}
    status:
      description: V(ok), V(failed), or V(skipped) where something was left out without a failure, for instance with O(wait=false).
      type: str
      returned: always
    changed: {description: 'Whether a request changed something.', type: bool, returned: always}
    open_to_everybody:
      description: Whether its allowlist lets everybody in; V(null) where the allowlist was not read, or the cluster does not exist.
      type: bool
      returned: always
    done: {description: 'What was done, in check mode what would be.', type: list, elements: str, returned: always}
    failed:
      description: What failed.
      type: list
      elements: dict
      returned: always
      contains:
        summary: {description: 'What was tried.', type: str, returned: always}
        msg: {description: 'Why it failed.', type: str, returned: always}
    skipped: {description: 'What was left out.', type: list, elements: str, returned: always}
  sample:
    - name: orders-prod
      id: 35c4abb2-bb66-46d7-afed-25ebef5ed2aa
      status: ok
      changed: true
      open_to_everybody: true
      done: ["create cluster 'orders-prod'", "create SQL user 'app' on cluster 'orders-prod'"]
      failed: []
      skipped: []

counts:
  description: How many requests of the plan create, change and delete something, and how many clusters and objects stay as they are.
  returned: success, and when single clusters failed
  type: dict
  contains:
    create: {description: 'Objects to create.', type: int, returned: always}
    change: {description: 'Objects to change.', type: int, returned: always}
    delete: {description: 'Objects to delete.', type: int, returned: always}
    unchanged_clusters: {description: 'Clusters with nothing to do, in them neither.', type: int, returned: always}
    unchanged: {description: 'Objects that are listed and stay as they are, clusters among them.', type: int, returned: always}
  sample: {create: 2, change: 0, delete: 0, unchanged_clusters: 1, unchanged: 7}

drift:
  description: Whether anything differs from what is wanted, so that the plan has a request.
  returned: success, and when single clusters failed
  type: bool
  sample: true

objects:
  description: Every object that is listed or deleted, changed or not. What shall be absent and is, is none of them.
  returned: when O(report_objects=true)
  type: list
  elements: dict
  contains:
    noun: {description: 'What it is, such as V(cluster) or V(sql_user).', type: str, returned: always}
    name: {description: 'What it is called; the name of the cluster for what is there once.', type: str, returned: always}
    id: {description: 'What the API calls it by; V(null) where it does not exist, or is there once.', type: str, returned: always}
    cluster: {description: 'The cluster that it is or is in.', type: str, returned: always}
    folder:
      description: The path of the folder that the cluster is in, empty for none; V(null) where no folder was looked up.
      type: str
      returned: always
    action: {description: 'V(create), V(change), V(delete) or V(unchanged).', type: str, returned: always}
    before: {description: 'Its fields as they are, without secrets; V(null) where it does not exist.', type: dict, returned: always}
    after: {description: 'Its fields as they will be; V(null) where it is deleted.', type: dict, returned: always}
    open_to_everybody:
      description: Whether the allowlist of the cluster lets everybody in when the plan is carried out; V(null) where that is not known.
      type: bool
      returned: for clusters
  sample:
    - noun: sql_user
      name: app
      id: app
      cluster: orders-prod
      folder: /shop
      action: unchanged
      before: {name: app}
      after: {name: app}

money:
  description:
    - What the limits of Basic clusters let these cost a month, in US dollars as text such as V(50.00), before and after the plan.
    - The sums leave out what is not known. That is a Basic cluster without a limit, and any other, which costs what its size costs.
  returned: success
  type: dict
  contains:
    before: {description: 'The sum before the plan.', type: str, returned: always}
    after: {description: 'The sum after it.', type: str, returned: always}
    unknown: {description: 'Names of the clusters that a sum leaves out.', type: list, elements: str, returned: always}
    clusters:
      description: The clusters of the plan.
      type: list
      elements: dict
      returned: always
      contains:
        name: {description: 'The name of the cluster.', type: str, returned: always}
        plan: {description: 'The plan that it has, or will have.', type: str, returned: always}
        before: {description: 'What it may cost before the plan; V(null) where that is not known.', type: str, returned: always}
        after: {description: 'What it may cost after the plan; V(null) where that is not known.', type: str, returned: always}
        note: {description: 'Why something is not known; empty where all is.', type: str, returned: always}
  sample:
    before: "50.00"
    after: "75.00"
    unknown: [stock-prod]
    clusters:
      - {name: orders-prod, plan: BASIC, before: "50.00", after: "75.00", note: ""}
      - {name: stock-prod, plan: BASIC, before: null, after: null, note: 'no spend limit, so it may cost anything'}

marked_unlisted:
  description:
    - Clusters that carry the label of the fleet, are not in O(clusters), and are not deleted by this run. Empty without O(name).
  returned: success, and when single clusters failed
  type: list
  elements: dict
  contains:
    name: {description: 'The name of the cluster.', type: str, returned: always}
    id: {description: 'Its id.', type: str, returned: always}
    parent_id: {description: 'The folder that it is in; V(root) for none.', type: str, returned: always}
  sample: [{name: orders-old, id: 35c4abb2-bb66-46d7-afed-25ebef5ed2aa, parent_id: root}]

unlisted:
  description:
    - All clusters of the organization that are not in O(clusters) and are not deleted by this run.
  returned: when O(report_unlisted=true)
  type: list
  elements: dict
  contains:
    name: {description: 'The name of the cluster.', type: str, returned: always}
    id: {description: 'Its id.', type: str, returned: always}
    parent_id: {description: 'The folder that it is in; V(root) for none.', type: str, returned: always}
  sample: [{name: orders-old, id: 35c4abb2-bb66-46d7-afed-25ebef5ed2aa, parent_id: root}]

plan:
  description: The requests that were made, or in check mode would be made, in order. Empty when nothing differs.
  returned: success
  type: list
  elements: dict
  contains:
    noun: {description: 'What it is about, such as V(cluster) or V(sql_user).', type: str, returned: always}
    name: {description: 'What that is called; the name of the cluster for what is there once.', type: str, returned: always}
    id: {description: 'What the API calls it by; V(null) where it is made, or is there once.', type: str, returned: always}
    cluster: {description: 'The cluster that it is about, or that it is in.', type: str, returned: always}
    action: {description: 'V(create), V(update) or V(delete).', type: str, returned: always}
    summary: {description: 'What it does, in words.', type: str, returned: always}
    changes: {description: 'The fields that change, each with C(before) and C(after). Secrets are hidden.', type: dict, returned: always}
  sample:
    - noun: cluster
      name: orders
      id: 35c4abb2-bb66-46d7-afed-25ebef5ed2aa
      cluster: orders
      action: update
      summary: update cluster 'orders'
      changes: {delete_protection: {before: DISABLED, after: ENABLED}}

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import Module, entries_option
from ansible_collections.crdb.cloud.plugins.module_utils._fleet.fleet import ensure_fleet, forget_plan
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.cluster import CLUSTER
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.registry import CHILDREN, PURGEABLE

CLUSTER_OPTIONS = (
    *CLUSTER.options,
    *(entries_option(noun.plural, noun) for noun in CHILDREN),
    Option("purge_children", type="list", elements="str", choices=PURGEABLE),
    Option("protected", type="list", elements="str"),
)
MODULE = Module(
    name="fleet",
    options=(
        Option("name"),
        Option(
            "clusters",
            type="list",
            elements="dict",
            options=CLUSTER_OPTIONS,
            rules=CLUSTER.rules,
        ),
        Option("purge", type="bool", default=False),
        Option("purge_confirm", type="list", elements="str", default=[]),
        Option("report_unlisted", type="bool", default=False),
        Option("parallel", type="int", default=8),
        Option("plan_out", type="path"),
        Option("report_objects", type="bool", default=False),
    ),
    run=ensure_fleet,
    prepare=forget_plan,
    waits=True,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
