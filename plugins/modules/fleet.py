#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: fleet
short_description: Bring an organization, its clusters and all that is in them to one state, with one plan
version_added: 1.0.0
description:
  - Compares any number of clusters, all that is in them, and folders, accounts, groups, keys, roles and others of the organization with what is
    wanted, and sends only the requests that differ. For each object it does what the module of its own would do.
  - Each list is read in one request, and only the lists that are mentioned are read.
  - Whatever needs something else comes after it, also where both are made by the same task - a cluster in a new folder, a key of a new account,
    roles of a new group on a new cluster. One listing at a time serves all that have to be waited for, and what is below a cluster follows as soon
    as it is ready. What does not need each other is worked on side by side, all within the one request rate of the API.
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
  - Deletes clusters only with O(name), O(purge) and O(purge_confirm) together, and objects of the organization only where O(purge_lists) names them,
    or their entry says that they shall be absent.
options:
  name:
    description:
      - Name of the fleet; up to 63 lower-case letters, digits, underscores and dashes.
      - If not set, the fleet marks no cluster as its own, and can't O(purge).
    type: str
  clusters:
    description:
      - The clusters. Only the options that are set are compared, as in M(crdb.cloud.cluster).
      - If O(clusters[].with_empty_ip_allowlist) is not set, a new Basic or Standard cluster starts with an
        empty IP allowlist where O(clusters[].allowlist) lists something, or O(clusters[].purge_children)
        says that it is complete.
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
          - If not set, a new cluster is V(ADVANCED) when O(clusters[].region_nodes) or O(clusters[].hardware)
            is set, V(STANDARD) when O(clusters[].usage_limits.provisioned_virtual_cpus) is set, and V(BASIC)
            otherwise.
          - Needs O(api_version=2024-09-16) or newer.
        type: str
        choices: [BASIC, STANDARD, ADVANCED]
      edition:
        description:
          - Edition of the cluster, in organizations that have editions instead of plans. Exclusive with O(clusters[].plan).
          - V(STANDARD) takes the options of Basic and Standard clusters, V(MISSION_CRITICAL) those of Advanced
            ones.
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
          - What a Basic (serverless) cluster may cost a month at most, in whole US cents. Less than 100 of
            them get a warning.
          - With O(api_version=2024-09-16) it is converted to O(clusters[].usage_limits) as the service does
            it, with 80 % of the amount for request units and 20 % for storage.
          - V(0) means the free tier in the versions of 2022; from V(2023-04-10) on it is refused, since it
            would lift the limit.
        type: int
      usage_limits:
        description:
          - Limits of a Basic cluster, or size of a Standard one. A member that is left out is no limit; V({})
            lifts all limits.
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
          - Whether a new Basic or Standard cluster starts with an empty IP allowlist, and so is unreachable
            until there are entries. Otherwise it starts open to V(0.0.0.0/0).
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
          - 'Machines of single regions of an Advanced cluster, such as V({us-east1: {num_virtual_cpus: 8}}),
            each with one of C(num_virtual_cpus) and C(machine_type). It takes the place of a machine in O(clusters[].hardware).'
          - A new cluster needs one for each of its O(clusters[].region_nodes). Regions that are left out
            later keep theirs.
          - Needs O(api_version=2024-09-16) or newer.
        type: dict
      cmek_region_specs:
        description:
          - Keys for regions that O(clusters[].region_nodes) adds to a cluster with customer-managed encryption
            keys.
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
          - Whether a new Advanced cluster can be replicated physically. The service gives it to enrolled
            organizations only.
          - Only used when the cluster is created.
          - Needs O(api_version=2024-09-16) or newer.
        type: bool
      customer_cloud_account:
        description:
          - Your own account at the provider that a new Advanced cluster is to run in, with exactly the member
            of the provider.
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
          - A later one than that of the cluster starts an upgrade. Until that is finalized, the previous
            one rolls it back.
          - Advanced clusters, and Standard ones with O(clusters[].upgrade_type=MANUAL). The service chooses
            the version of all others, and that of a new Standard cluster, which is the newest Regular release
            - a new one with another version is refused.
          - Needs O(api_version=2024-09-16) or newer.
        type: str
      upgrade_status:
        description:
          - V(FINALIZED) finalizes an upgrade, also one that an earlier task has begun. It can't be rolled
            back after that. Without it the service finalizes after 72 hours.
          - V(ROLLBACK_RUNNING) rolls an upgrade back that is not finalized. Where there is none, nothing
            is done.
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
          - The folder that the cluster is in, such as V(/platform/prod), instead of O(clusters[].parent_id).
            V(root) for none.
          - In check mode a folder that does not exist yet is taken for one that will; otherwise the task
            fails.
          - Path or id; an id saves the request that looks it up.
          - Needs O(api_version=2023-04-10) or newer.
        type: str
      delete_protection:
        description:
          - V(ENABLED) keeps the cluster from being deleted, by anybody.
          - Needs O(api_version=2023-04-10) or newer.
        type: str
        choices: [ENABLED, DISABLED]
      restores:
        description:
          - The restores of the cluster, as M(crdb.cloud.restore) manages them. Those that are not listed
            stay.
          - Needs O(api_version=2024-09-16) or newer.
        type: list
        elements: dict
        suboptions:
          type:
            description:
              - What is restored. For V(CLUSTER), which is everything, the cluster must be empty. The others
                are for Advanced clusters alone.
            type: str
            required: true
            choices: [CLUSTER, DATABASE, TABLE]
          backup_id:
            description:
              - Id of the backup, as M(crdb.cloud.backup_info) returns it.
            type: str
          databases:
            description:
              - The databases to restore, with O(clusters[].restores[].type=DATABASE).
            type: list
            elements: str
          tables:
            description:
              - The tables to restore, with O(clusters[].restores[].type=TABLE), such as V(shop.public.orders).
                V(shop.orders) is the same.
            type: list
            elements: str
          restore_opts:
            description:
              - How it is restored.
            type: dict
            suboptions:
              new_db_name:
                description:
                  - The new name of the one database that is restored.
                type: str
              into_db:
                description:
                  - The database to restore tables into, where it is not the one that they were in.
                type: str
              schema_only:
                description:
                  - Whether to restore no rows.
                type: bool
              skip_localities_check:
                description:
                  - Whether the cluster may lack regions of the data.
                type: bool
              skip_missing_foreign_keys:
                description:
                  - Whether to leave out foreign keys to what is missing.
                type: bool
              skip_missing_sequences:
                description:
                  - Whether to leave out defaults of sequences that are missing.
                type: bool
              skip_missing_views:
                description:
                  - Whether to leave out views of what is missing.
                type: bool
          source_cluster:
            description:
              - Name or id of the cluster that the backup is of. O(clusters[].restores[].backup_id) alone
                will do, but then less is checked before.
            type: str
          backup_before:
            description:
              - Takes the newest backup that is not later than this moment, an RFC 3339 timestamp.
            type: str
          force:
            description:
              - Whether to restore again. Without O(clusters[].restores[].backup_id) and O(clusters[].restores[].backup_before)
                it takes the newest backup.
            type: bool
            default: false
      databases:
        description:
          - The databases of the cluster, as M(crdb.cloud.database) manages them. Those that are not listed
            stay.
          - Needs O(api_version=2022-09-20) or newer.
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
              - The name that the database may still have. Where there is no database O(clusters[].databases[].name),
                this one is renamed; where there is neither, O(clusters[].databases[].name) is created.
              - Where both exist, nothing is renamed. What refers to it by name has to use the new one from
                then on.
            type: str
          delete_tables:
            description:
              - Whether O(clusters[].databases[].state=absent) may delete a database that has tables, with
                everything in them. Without it such a database is left alone, and the task fails.
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
          - The SQL users of the cluster, as M(crdb.cloud.sql_user) manages them. Those that are not listed
            stay, unless O(clusters[].purge_children) says otherwise.
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - Name of the user. CockroachDB folds names to lower case, so V(App) and V(app) are the same
                user.
            type: str
            required: true
          password:
            description:
              - Password of the user. Needed to create one.
            type: str
          update_password:
            description:
              - The API never returns a password, so nobody can tell whether O(clusters[].sql_users[].password)
                differs from the one that is set.
              - With V(on_create) the password is only set when the user is created. An existing user is never
                reported as changed.
              - With V(always) the password is set on every run, and the task always reports C(changed), whether
                or not it is another password.
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
          - The allowlist entries of the cluster, as M(crdb.cloud.allowlist_entry) manages them. Those that
            are not listed stay, unless O(clusters[].purge_children) says otherwise.
        type: list
        elements: dict
        suboptions:
          cidr:
            description:
              - The IPv4 network, such as V(203.0.113.0/24), or one address such as V(203.0.113.7), which
                is V(203.0.113.7/32). IPv6 is not supported by the service.
              - A mask that does not fit the address, as in V(203.0.113.7/24), is refused, and so is V(0.0.0.0)
                without a mask.
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
      maintenance_window:
        description:
          - The maintenance window of the cluster, as M(crdb.cloud.maintenance_window) manages that.
          - Needs O(api_version=2023-04-10) or newer.
        type: dict
        suboptions:
          offset_duration:
            description:
              - 'From Monday 00:00 UTC to the beginning of the window, less than a week: seconds such as V(93600)
                or V(93600s), or V(1d2h). It can be given instead of O(clusters[].maintenance_window.day)
                and O(clusters[].maintenance_window.start).'
            type: str
          window_duration:
            description:
              - How long the window is, at least six hours and less than a week, written as O(clusters[].maintenance_window.offset_duration).
                It can be given instead of O(clusters[].maintenance_window.duration).
            type: str
          day:
            description:
              - The day on which the window begins, in UTC.
            type: str
            choices: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]
          start:
            description:
              - When the window begins on O(clusters[].maintenance_window.day), in UTC, in quotes, such as
                V(02:00).
            type: str
          duration:
            description:
              - How long the window is, such as V(6h), which is the least.
            type: str
          state:
            description:
              - Whether it shall exist.
            type: str
            choices: [present, absent]
            default: present
      backup_configuration:
        description:
          - The backup configuration of the cluster, as M(crdb.cloud.backup_configuration) manages that.
          - Needs O(api_version=2024-09-16) or newer.
        type: dict
        suboptions:
          enabled:
            description:
              - Whether there are backups. V(false) is sent in a request of its own, behind that for the other
                options.
            type: bool
          frequency_minutes:
            description:
              - How many minutes lie between two backups. A new cluster has 60, a Basic one 1440.
            type: int
            choices: [5, 10, 15, 30, 60, 240, 1440]
          retention_days:
            description:
              - How many days backups are kept. A new cluster has 30.
              - It can be changed once, also while backups are disabled. The task warns of that, in check
                mode, too, and refuses a second change.
            type: int
            choices: [2, 7, 30, 90, 365]
      version_deferral:
        description:
          - The version deferral of the cluster, as M(crdb.cloud.version_deferral) manages that.
          - Needs O(api_version=2023-04-10) or newer.
        type: dict
        suboptions:
          policy:
            description:
              - The policy in the words of the API. V(FIXED_DEFERRAL) means 60 days, and V(NOT_DEFERRED) the
                same as O(clusters[].version_deferral.state=absent).
              - V(DEFERRAL_30_DAYS) needs O(api_version=2024-09-16) or newer.
              - V(DEFERRAL_90_DAYS) needs O(api_version=2024-09-16) or newer.
            type: str
            choices: [NOT_DEFERRED, FIXED_DEFERRAL, DEFERRAL_30_DAYS, DEFERRAL_60_DAYS, DEFERRAL_90_DAYS]
          days:
            description:
              - How many days it waits, instead of O(clusters[].version_deferral.policy).
              - V(30) needs O(api_version=2024-09-16) or newer.
              - V(90) needs O(api_version=2024-09-16) or newer.
            type: int
            choices: [30, 60, 90]
          state:
            description:
              - Whether it shall exist.
            type: str
            choices: [present, absent]
            default: present
      blackout_windows:
        description:
          - The blackout windows of the cluster, as M(crdb.cloud.blackout_window) manages them. Those that
            are not listed stay, unless O(clusters[].purge_children) says otherwise.
          - Needs O(api_version=2024-09-16) or newer.
        type: list
        elements: dict
        suboptions:
          id:
            description:
              - Id of an existing blackout window. If there is none, nothing is created.
            type: str
          start_time:
            description:
              - When it begins, an RFC 3339 timestamp in any zone.
            type: str
            required: true
          end_time:
            description:
              - When it ends, an RFC 3339 timestamp in any zone.
            type: str
            required: true
          state:
            description:
              - Whether it shall exist.
            type: str
            choices: [present, absent]
            default: present
      cluster_disruption:
        description:
          - The cluster disruption of the cluster, as M(crdb.cloud.cluster_disruption) manages that.
          - Needs O(api_version=2024-09-16) or newer.
        type: dict
        suboptions:
          regions:
            description:
              - What is disrupted, and nothing else. V([]) is the same as O(clusters[].cluster_disruption.state=absent).
            type: list
            elements: dict
            suboptions:
              region:
                description:
                  - A region of the cluster. All of it is disrupted where no more is said.
                type: str
                required: true
              azs:
                description:
                  - Availability zones of the region, without the name of the provider in front, such as V(us-east1-a).
                type: list
                elements: str
              pods:
                description:
                  - Single nodes, by the names that M(crdb.cloud.cluster_node_info) returns.
                type: list
                elements: str
          duration:
            description:
              - How long, such as V(10m). The task takes that long, and is a change each time.
            type: str
          state:
            description:
              - Whether it shall exist.
            type: str
            choices: [present, absent]
            default: present
      log_export:
        description:
          - The log export of the cluster, as M(crdb.cloud.log_export) manages that.
          - Needs O(api_version=2022-09-20) or newer.
        type: dict
        suboptions:
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
              - What the logs are called at the sink, such as a log group of CloudWatch, a log id of GCP or
                a prefix of tables on Azure. A new export needs it.
            type: str
          auth_principal:
            description:
              - Who may write there. On AWS the ARN of a role, on GCP a project id (Advanced) or the e-mail
                of a service account (Standard), on Azure the id of a workspace.
            type: str
          azure_shared_key:
            description:
              - Key of the workspace, for O(clusters[].log_export.type=AZURE_LOG_ANALYTICS). Each change of
                the export sends it again.
              - Needs O(api_version=2023-04-10) or newer.
            type: str
          azure_tenant_id:
            description:
              - Tenant of the app registration that writes to O(clusters[].log_export.type=AZURE_LOG_ANALYTICS_V2),
                which needs this and the six options after it.
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
              - The URL that takes logs by OTLP over HTTP, for O(clusters[].log_export.type=OTLP_HTTP).
              - Needs O(api_version=2026-09-15) or newer.
            type: str
          azure_client_secret:
            description:
              - Its client secret. Each change of the export sends it again.
              - Needs O(api_version=2026-09-15) or newer.
            type: str
          otlp_headers:
            description:
              - Headers with which they are sent there, by name. They are set where other names are, or with
                O(clusters[].log_export.update_secret=always), and kept where this is not given or V({}).
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
              - The region that all logs go to. Without it, or with V(""), each is sent to the region that
                it comes from.
            type: str
          omitted_channels:
            description:
              - Log channels that are not exported, in any order. All others that are in no group go to O(clusters[].log_export.log_name).
              - Needs O(api_version=2023-04-10) or newer.
            type: list
            elements: str
          groups:
            description:
              - Channels that are exported under a name of their own, in any order. The list says all groups
                that there are.
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
                  - Whether the group is redacted. Without it, it is as O(clusters[].log_export.groups[].redact)
                    says for all.
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
          state:
            description:
              - Whether it shall exist.
            type: str
            choices: [present, absent]
            default: present
      metric_exports:
        description:
          - The metric exports of the cluster, as M(crdb.cloud.metric_export) manages them. Those that are
            not listed stay.
          - Needs O(api_version=2022-09-20) or newer.
        type: list
        elements: dict
        suboptions:
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
              - The site of Datadog. A new export there needs it, and O(clusters[].metric_exports[].datadog_api_key).
            type: str
            choices: [US1, US3, US5, US1_GOV, EU1]
          datadog_api_key:
            description:
              - The key of Datadog. Each change of the export sends it again.
              - The service shows its last four characters, and where they differ, the key is set. Another
                key with the same ones needs O(clusters[].metric_exports[].update_secret=always).
            type: str
          update_secret:
            description:
              - Secrets can't be read back, so nobody can tell whether another one is set.
              - With V(on_create) a secret is sent with a new export, and with whatever else changes.
              - With V(always) it is sent in every run, which then always reports C(changed).
            type: str
            choices: [on_create, always]
            default: on_create
          state:
            description:
              - Whether it shall exist.
            type: str
            choices: [present, absent]
            default: present
      client_ca_cert:
        description:
          - The client CA certificate of the cluster, as M(crdb.cloud.client_ca_cert) manages that.
          - Needs O(api_version=2022-09-20) or newer.
        type: dict
        suboptions:
          x509_pem_cert:
            description:
              - One certificate in PEM or several, in any order.
            type: str
          update_mode:
            description:
              - With V(REPLACE), which is the default, there are no others. With V(APPEND) those that are
                there stay.
              - Needs O(api_version=2026-09-15) or newer.
            type: str
            choices: [REPLACE, APPEND]
          state:
            description:
              - Whether it shall exist.
            type: str
            choices: [present, absent]
            default: present
      cmek:
        description:
          - The customer-managed keys of the cluster, as M(crdb.cloud.cmek) manages that.
          - Needs O(api_version=2022-09-20) or newer.
        type: dict
        suboptions:
          regions:
            description:
              - The key of each region of the cluster, in any order.
              - A region that is added to the cluster gets its key from O(crdb.cloud.cluster#module:cmek_region_specs),
                and has to be listed here from then on.
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
          rotate:
            description:
              - V(true) sends the keys although none differs, so that new versions of the same keys are taken.
                The task then reports C(changed) in every run.
            type: bool
          state:
            description:
              - With V(revoked) the cluster loses the keys, and with them access to its data. Only Cockroach
                Labs Support can undo that.
              - V(absent) is refused, since the service can't do it.
            type: str
            choices: [present, revoked, absent]
            default: present
          confirm_revoke:
            description:
              - The name of the cluster, for O(clusters[].cmek.state=revoked).
            type: str
      runtime_scanning:
        description:
          - The runtime scanning of the cluster, as M(crdb.cloud.runtime_scanning) manages that.
          - Needs O(api_version=2026-09-15) or newer.
        type: dict
        suboptions:
          type:
            description:
              - Who scans. Nobody does with O(clusters[].runtime_scanning.state=absent).
            type: str
            choices: [WIZ]
          state:
            description:
              - Whether it shall exist.
            type: str
            choices: [present, absent]
            default: present
      migration_assistant:
        description:
          - The migration assistant of the cluster, as M(crdb.cloud.migration_assistant) manages that.
          - Its secret is not stored by a fleet, but by O(crdb.cloud.migration_assistant#module:secret_path).
          - Needs O(api_version=2026-09-15) or newer.
        type: dict
        suboptions:
          region:
            description:
              - Region of the cluster that it runs in. If not set, it is the first one.
            type: str
          state:
            description:
              - Whether it shall exist.
            type: str
            choices: [present, absent]
            default: present
      migration_assistant_ca_cert:
        description:
          - The source CA certificate of the cluster, as M(crdb.cloud.migration_assistant_ca_cert) manages
            that.
          - Needs O(api_version=2026-09-15) or newer.
        type: dict
        suboptions:
          x509_pem_cert:
            description:
              - One or more certificates in PEM. They are compared as such, so line ends and comments don't
                matter.
            type: str
          state:
            description:
              - Whether it shall exist.
            type: str
            choices: [present, absent]
            default: present
      private_endpoint_services:
        description:
          - The private endpoint services of the cluster, as M(crdb.cloud.private_endpoint_services) manages
            that.
          - Needs O(api_version=2022-09-20) or newer.
        type: dict
        suboptions:
          state:
            description:
              - 'V(absent) is refused: the services go when the cluster is deleted.'
            type: str
            choices: [present, absent]
            default: present
      private_endpoint_connections:
        description:
          - The private endpoint connections of the cluster, as M(crdb.cloud.private_endpoint_connection)
            manages them. Those that are not listed stay, unless O(clusters[].purge_children) says otherwise.
          - Needs O(api_version=2023-04-10) or newer.
        type: list
        elements: dict
        suboptions:
          endpoint_id:
            description:
              - 'Id of the endpoint at the provider: of the VPC endpoint on AWS, such as V(vpce-0123456789abcdef0),
                of the PSC connection on GCP, which is a number, the resource id of the private endpoint on
                Azure.'
              - Write a number in quotes.
            type: str
            required: true
          state:
            description:
              - Whether it shall exist.
            type: str
            choices: [present, absent]
            default: present
      private_endpoint_trusted_owners:
        description:
          - The private endpoint trusted owners of the cluster, as M(crdb.cloud.private_endpoint_trusted_owner)
            manages them. Those that are not listed stay, unless O(clusters[].purge_children) says otherwise.
          - Needs O(api_version=2023-04-10) or newer.
        type: list
        elements: dict
        suboptions:
          id:
            description:
              - Id of an existing private endpoint trusted owner. If there is none, nothing is created.
            type: str
          external_owner_id:
            description:
              - The account, 12 digits in quotes, such as V("012345678901"), or V("*"), which lets every account
                in.
            type: str
            required: true
          type:
            description:
              - What O(clusters[].private_endpoint_trusted_owners[].external_owner_id) is.
            type: str
            choices: [AWS_ACCOUNT_ID]
          state:
            description:
              - Whether it shall exist.
            type: str
            choices: [present, absent]
            default: present
      aws_endpoint_connections:
        description:
          - The AWS endpoint connections of the cluster, as M(crdb.cloud.aws_endpoint_connection) manages
            them. Those that are not listed stay.
          - Needs O(api_version=2022-09-20) or newer.
        type: list
        elements: dict
        suboptions:
          endpoint_id:
            description:
              - Id of the VPC endpoint, such as V(vpce-0123456789abcdef0).
            type: str
            required: true
          state:
            description:
              - Whether the endpoint may reach the cluster.
            type: str
            choices: [accepted, rejected]
            default: accepted
      egress_private_endpoints:
        description:
          - The egress private endpoints of the cluster, as M(crdb.cloud.egress_private_endpoint) manages
            them. Those that are not listed stay, unless O(clusters[].purge_children) says otherwise.
          - Needs O(api_version=2024-09-16) or newer.
        type: list
        elements: dict
        suboptions:
          id:
            description:
              - Id of an existing egress private endpoint. If there is none, nothing is created.
            type: str
          region:
            description:
              - The region of the cluster that it is in.
            type: str
            required: true
          target_service_identifier:
            description:
              - 'What it leads to: the name of an endpoint service on AWS, such as V(com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0),
                the ARN of an MSK cluster, the service attachment on GCP, the resource id or alias of a private
                link service on Azure, in the same region.'
            type: str
            required: true
          target_service_type:
            description:
              - What O(clusters[].egress_private_endpoints[].target_service_identifier) is. All but V(PRIVATE_SERVICE)
                are ways to log in to MSK, on AWS alone.
              - Can't be changed.
            type: str
            choices: [PRIVATE_SERVICE, MSK_SASL_SCRAM, MSK_SASL_IAM, MSK_TLS]
          domain_names:
            description:
              - All names by which the cluster reaches the service, such as V(*.us-east-1.aws.private.example.com),
                in any order; V([]) takes all away.
              - They can be set only once the endpoint can be used, so with them the task waits for that,
                as with O(clusters[].egress_private_endpoints[].wait_for=available). Where the other side
                has to accept it first, leave them to a later task.
            type: list
            elements: str
          wait_for:
            description:
              - What is waited for. V(created) is when the provider has made it, so that the other side can
                accept it, V(available) when it can be used.
            type: str
            choices: [created, available]
            default: created
          state:
            description:
              - Whether it shall exist.
            type: str
            choices: [present, absent]
            default: present
      egress_rules:
        description:
          - The egress rules of the cluster, as M(crdb.cloud.egress_rule) manages them. Those that are not
            listed stay, unless O(clusters[].purge_children) says otherwise.
          - Needs O(api_version=2022-09-20) or newer.
        type: list
        elements: dict
        suboptions:
          id:
            description:
              - Id of an existing egress rule. If there is none, nothing is created.
            type: str
          name:
            description:
              - Name of the rule. It can't be changed.
            type: str
            required: true
          type:
            description:
              - What O(clusters[].egress_rules[].destination) is. Needed to create.
            type: str
            choices: [FQDN, CIDR]
          destination:
            description:
              - A domain name such as V(storage.example.com), or a network such as V(203.0.113.0/24). Needed
                to create.
            type: str
          ports:
            description:
              - All ports of O(clusters[].egress_rules[].destination) that are allowed, in any order; others
                are taken out. With none, V([]), all are.
              - From some ports to all there is no way but to make the rule anew, see O(clusters[].egress_rules[].recreate).
            type: list
            elements: int
          description:
            description:
              - What the rule is for. An empty string removes the text.
            type: str
          recreate:
            description:
              - Whether a rule may be deleted and made anew where the API can't change it. What needs it can't
                connect meanwhile.
            type: bool
            default: false
          state:
            description:
              - Whether it shall exist.
            type: str
            choices: [present, absent]
            default: present
      egress_traffic_policy:
        description:
          - The egress traffic policy of the cluster, as M(crdb.cloud.egress_traffic_policy) manages that.
          - Needs O(api_version=2022-09-20) or newer.
        type: dict
        suboptions:
          allow_all:
            description:
              - V(true) lets it connect to everything, as a new cluster may. With V(false) only what M(crdb.cloud.egress_rule)
                names, and what the service needs itself.
              - Make the rules first, or connections that are needed break until they are there.
            type: bool
            required: true
      purge_children:
        description:
          - Lists of this cluster that are complete. What is there and not listed is deleted.
        type: list
        elements: str
        choices: [sql_users, allowlist, blackout_windows, private_endpoint_connections, private_endpoint_trusted_owners,
          egress_private_endpoints, egress_rules]
      protected:
        description:
          - 'Names of what is never deleted, whatever O(clusters[].purge_children) says: of SQL users, databases
            and others by name, of allowlist entries by network.'
        type: list
        elements: str
  folders:
    description:
      - The folders, as M(crdb.cloud.folder) manages them. Those that are not listed stay, unless O(purge_lists)
        says otherwise.
      - Needs O(api_version=2023-04-10) or newer.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - Id of an existing folder. If there is none, nothing is created.
        type: str
      path:
        description:
          - Names of the folders from the outermost on, such as V(/platform/prod).
        type: str
      labels:
        description:
          - All labels of it; others are removed, V({}) removes all. A key begins with a letter; both have
            up to 63 characters of a-z, 0-9, _ and -.
          - Needs O(api_version=2024-09-16) or newer.
        type: dict
      name:
        description:
          - 'Name of the folder, instead of O(folders[].path): 3 to 40 characters, letters and digits, inside
            also blanks, C(-), C(_) and C('').'
        type: str
      parent:
        description:
          - Path or id of the folder that O(folders[].name) lies in. V(root), the default, stands for the
            organization.
        type: str
      renamed_from:
        description:
          - The path that the folder may still have, or only its name where that alone changes. Where there
            is no folder O(folders[].path), this one is renamed or moved; where there is neither, O(folders[].path)
            is created. Where both exist, nothing is renamed.
        type: str
      parents:
        description:
          - Whether to make the folders above, too, where they do not exist yet. One request is sent for each.
        type: bool
        default: false
      state:
        description:
          - Whether it shall exist.
        type: str
        choices: [present, absent]
        default: present
  jwt_issuers:
    description:
      - The JWT issuers, as M(crdb.cloud.jwt_issuer) manages them. Those that are not listed stay, unless
        O(purge_lists) says otherwise.
      - Needs O(api_version=2023-04-10) or newer.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - Id of an existing JWT issuer. If there is none, nothing is created.
        type: str
      issuer_url:
        description:
          - The URL of the provider, as tokens have it in the claim C(iss).
        type: str
        required: true
      audience:
        description:
          - The claim C(aud) that a token must have.
        type: str
        required: true
      claim:
        description:
          - The claim that says who the caller is. Where it is not set, or V(""), it is C(sub).
        type: str
      jwks:
        description:
          - The keys of the provider, a JSON Web Key Set. Without it, or with V(""), they are fetched from
            O(jwt_issuers[].issuer_url).
        type: json
      identity_map:
        description:
          - Who a token stands for, the first entry that fits. V([]) takes all entries away.
          - Without entries a token stands for the account whose name or id is in the claim.
        type: list
        elements: dict
        suboptions:
          token_identity:
            description:
              - What the claim must be. With a slash in front it is a regular expression (RE2), since O(api_version=2024-09-16).
            type: str
            required: true
          cc_identity:
            description:
              - The e-mail of a person or the id of a service account. C(\1) is the first group of a regular
                expression.
            type: str
            required: true
      state:
        description:
          - Whether it shall exist.
        type: str
        choices: [present, absent]
        default: present
  scim_users:
    description:
      - The SCIM users, as M(crdb.cloud.scim_user) manages them. Those that are not listed stay, unless O(purge_lists)
        says otherwise.
      - Needs O(api_version=2023-04-10) or newer.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - Id of an existing SCIM user. If there is none, nothing is created.
        type: str
      user_name:
        description:
          - What the person signs in as, usually the e-mail address. Case does not count.
        type: str
      renamed_from:
        description:
          - The name that the SCIM user may still have. Where there is no SCIM user O(scim_users[].user_name),
            this one is renamed; where there is neither, O(scim_users[].user_name) is created.
          - Where both exist, nothing is renamed. What refers to it by name has to use the new one from then
            on.
        type: str
      emails:
        description:
          - All e-mail addresses. A new person has that of O(scim_users[].user_name) if this is not set.
        type: list
        elements: dict
        suboptions:
          value:
            description:
              - The address.
            type: str
            required: true
          primary:
            description:
              - Whether it is the first choice. If none is, the first one is.
            type: bool
          type:
            description:
              - What it is for, such as V(work).
            type: str
      display_name:
        description:
          - The name that is shown. A new person has O(scim_users[].user_name) if this is not set.
        type: str
      given_name:
        description:
          - The first name.
        type: str
      family_name:
        description:
          - The last name.
        type: str
      external_id:
        description:
          - What the identity provider calls the person.
        type: str
      active:
        description:
          - Whether the person may sign in. A new one may if this is not set.
          - 'Who is not active stays so without it, even with O(scim_users[].state=present): the identity
            provider will have its reasons.'
        type: bool
      state:
        description:
          - V(absent) deactivates the person, who keeps roles and groups. Who is not there is left so.
          - V(deleted) removes the person from the organization, with all roles.
        type: str
        choices: [present, absent, deleted]
        default: present
  virtual_cluster_workspaces:
    description:
      - The virtual cluster workspaces, as M(crdb.cloud.virtual_cluster_workspace) manages them. Those that
        are not listed stay.
      - Needs O(api_version=2026-09-15) or newer.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - Id of an existing virtual cluster workspace. If there is none, nothing is created.
        type: str
      name:
        description:
          - Name of the workspace.
        type: str
        required: true
      renamed_from:
        description:
          - The name that the virtual cluster workspace may still have. Where there is no virtual cluster
            workspace O(virtual_cluster_workspaces[].name), this one is renamed; where there is neither, O(virtual_cluster_workspaces[].name)
            is created.
          - Where both exist, nothing is renamed. What refers to it by name has to use the new one from then
            on.
        type: str
      default_virtual_cpu_burst_limit:
        description:
          - How many vCPUs a virtual cluster may use at once that is made without a limit of its own. Those
            that are there keep theirs.
        type: int
  scim_groups:
    description:
      - The groups, as M(crdb.cloud.scim_group) manages them. Those that are not listed stay, unless O(purge_lists)
        says otherwise.
      - Needs O(api_version=2023-04-10) or newer.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - Id of an existing group. If there is none, nothing is created.
        type: str
      name:
        description:
          - Name of the group.
        type: str
      renamed_from:
        description:
          - The name that the group may still have. Where there is no group O(scim_groups[].name), this one
            is renamed; where there is neither, O(scim_groups[].name) is created.
          - Where both exist, nothing is renamed. What refers to it by name has to use the new one from then
            on.
        type: str
      external_id:
        description:
          - What the identity provider calls the group.
        type: str
      members:
        description:
          - People who shall be in the group.
          - Names or ids; an id saves the request that looks it up.
        type: list
        elements: str
      exactly:
        description:
          - Whether all others, who are not in O(scim_groups[].members), are taken out of the group.
        type: bool
        default: false
      state:
        description:
          - Whether it shall exist.
        type: str
        choices: [present, absent]
        default: present
  virtual_clusters:
    description:
      - The virtual clusters, as M(crdb.cloud.virtual_cluster) manages them. Those that are not listed stay,
        unless O(purge_lists) says otherwise.
      - Needs O(api_version=2026-09-15) or newer.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - Id of an existing virtual cluster. If there is none, nothing is created.
        type: str
      workspace:
        description:
          - Name or id of the workspace.
          - Name or id; an id saves the request that looks it up.
        type: str
        required: true
      name:
        description:
          - Name of the cluster; 6 to 20 lower-case letters, digits and dashes, without a dash at either end.
        type: str
        required: true
      virtual_cpu_burst_limit:
        description:
          - How many vCPUs it may use at once. If not set, a new one gets the limit of the workspace. Setting
            it needs a role on its host.
        type: int
      regions:
        description:
          - Regions of the workspace that it is in. If not set, a new one is in all of them.
        type: list
        elements: str
      primary_region:
        description:
          - Which of the regions is the primary one. Needed when there are several.
        type: str
      labels:
        description:
          - All labels of the cluster. Others are removed, V({}) removes all.
        type: dict
      folder:
        description:
          - The folder that the cluster is in, such as V(/platform/prod), or its id. V(root) for none.
          - Path or id; an id saves the request that looks it up.
        type: str
      delete_protection:
        description:
          - V(ENABLED) keeps the cluster from being deleted, by anybody.
        type: str
        choices: [ENABLED, DISABLED]
      state:
        description:
          - Whether it shall exist.
        type: str
        choices: [present, absent]
        default: present
  service_accounts:
    description:
      - The service accounts, as M(crdb.cloud.service_account) manages them. Those that are not listed stay,
        unless O(purge_lists) says otherwise.
      - Needs O(api_version=2023-04-10) or newer.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - Id of an existing service account. If there is none, nothing is created.
        type: str
      name:
        description:
          - Name of the account.
        type: str
      renamed_from:
        description:
          - The name that the service account may still have. Where there is no service account O(service_accounts[].name),
            this one is renamed; where there is neither, O(service_accounts[].name) is created.
          - Where both exist, nothing is renamed. What refers to it by name has to use the new one from then
            on.
        type: str
      description:
        description:
          - What the account is for.
        type: str
      roles:
        description:
          - Roles that a new account gets, beside C(ORG_MEMBER), which all have. One that is there keeps what
            it has.
          - An entry without O(service_accounts[].roles[].cluster) and O(service_accounts[].roles[].folder)
            is for the organization.
        type: list
        elements: dict
        suboptions:
          role:
            description:
              - The role, such as V(CLUSTER_ADMIN), V(CLUSTER_OPERATOR_WRITER), V(CLUSTER_DEVELOPER), V(CLUSTER_DATA_ACCESSOR),
                V(CLUSTER_MONITOR) or V(METRICS_VIEWER).
              - 'Not on clusters: V(CLUSTER_CREATOR), V(FOLDER_ADMIN), V(FOLDER_MOVER). On the organization
                alone: V(ORG_ADMIN), V(ORG_MEMBER), V(BILLING_COORDINATOR), V(BILLING_VIEWER), V(AUDITOR).'
              - Names that are not known here are left to the service.
              - V(BILLING_VIEWER) needs O(api_version=2024-09-16) or newer.
              - V(CLUSTER_MONITOR) needs O(api_version=2024-09-16) or newer.
              - V(METRICS_VIEWER) needs O(api_version=2024-09-16) or newer.
              - V(AUDITOR) needs O(api_version=2026-09-15) or newer.
              - V(CLUSTER_DATA_ACCESSOR) needs O(api_version=2026-09-15) or newer.
            type: str
            required: true
          cluster:
            description:
              - The cluster that it holds on.
              - Name or id; an id saves the request that looks it up.
            type: str
          folder:
            description:
              - The folder that it holds on, and on all in it. V(root) is the organization.
              - Path or id; an id saves the request that looks it up.
              - Needs O(api_version=2023-04-10) or newer.
            type: str
      force:
        description:
          - Whether O(service_accounts[].state=absent) deletes even the account that the task itself uses
            a key of.
        type: bool
        default: false
      state:
        description:
          - Whether it shall exist.
        type: str
        choices: [present, absent]
        default: present
  physical_replication_streams:
    description:
      - The physical replication streams, as M(crdb.cloud.physical_replication_stream) manages them. Those
        that are not listed stay.
      - Needs O(api_version=2024-09-16) or newer.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - Id of an existing physical replication stream. If there is none, nothing is created.
        type: str
      primary:
        description:
          - Name or id of the cluster that is copied.
          - Name or id; an id saves the request that looks it up.
        type: str
        required: true
      standby:
        description:
          - Name or id of the cluster that is the copy.
          - Name or id; an id saves the request that looks it up.
        type: str
        required: true
      state:
        description:
          - What the stream shall be.
        type: str
        choices: [present, failed_over, canceled]
        default: present
      erase_standby:
        description:
          - Whether a new stream may erase what is in O(physical_replication_streams[].standby). Without it
            none is begun.
        type: bool
        default: false
      failover_at:
        description:
          - The moment that the standby has the data of when it fails over, an RFC 3339 timestamp, up to an
            hour from now. Without it it is the newest one.
        type: str
  api_keys:
    description:
      - The API keys, as M(crdb.cloud.api_key) manages them. Those that are not listed stay, unless O(purge_lists)
        says otherwise.
      - 'An entry needs O(api_keys[].secret_path), unless its key is there: a fleet returns no secret.'
      - Needs O(api_version=2023-04-10) or newer.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - Id of an existing API key. If there is none, nothing is created.
        type: str
      service_account:
        description:
          - The account that the key is of.
          - Name or id; an id saves the request that looks it up.
        type: str
      name:
        description:
          - Name of the key.
        type: str
      renamed_from:
        description:
          - The name that the API key may still have. Where there is no API key O(api_keys[].name), this one
            is renamed; where there is neither, O(api_keys[].name) is created.
          - Where both exist, nothing is renamed. What refers to it by name has to use the new one from then
            on.
        type: str
      secret_path:
        description:
          - The file for the secret of a new key, for its owner alone (mode C(0600)). That it can be written
            is tried before the key is made.
          - Where the key is there and the file is not, a warning says so. A file with the secret of another
            key is an error, unless O(api_keys[].rotate=true).
        type: path
      rotate:
        description:
          - V(true) makes a new key of this name, on each run.
        type: bool
      max_age_days:
        description:
          - How old a key may become, in days. One that is older is replaced by a new one.
        type: float
      keep_old_for:
        description:
          - For how many seconds a key that was replaced still works. It is deleted by the first run after
            that, with V(0) by the run that replaces it, once the new secret is stored. If this is not set,
            it stays.
        type: float
      state:
        description:
          - Whether it shall exist.
        type: str
        choices: [present, absent]
        default: present
  role_grants:
    description:
      - The role grants, as M(crdb.cloud.role_grant) manages them. Those that are not listed stay.
      - Needs O(api_version=2022-09-20) or newer.
    type: list
    elements: dict
    suboptions:
      roles:
        description:
          - The roles. One without O(role_grants[].roles[].cluster) and O(role_grants[].roles[].folder) is
            for the organization.
        type: list
        elements: dict
        required: true
        suboptions:
          role:
            description:
              - The role, such as V(CLUSTER_ADMIN), V(CLUSTER_OPERATOR_WRITER), V(CLUSTER_DEVELOPER), V(CLUSTER_DATA_ACCESSOR),
                V(CLUSTER_MONITOR) or V(METRICS_VIEWER).
              - 'Not on clusters: V(CLUSTER_CREATOR), V(FOLDER_ADMIN), V(FOLDER_MOVER). On the organization
                alone: V(ORG_ADMIN), V(ORG_MEMBER), V(BILLING_COORDINATOR), V(BILLING_VIEWER), V(AUDITOR).'
              - Names that are not known here are left to the service.
              - V(BILLING_VIEWER) needs O(api_version=2024-09-16) or newer.
              - V(CLUSTER_MONITOR) needs O(api_version=2024-09-16) or newer.
              - V(METRICS_VIEWER) needs O(api_version=2024-09-16) or newer.
              - V(AUDITOR) needs O(api_version=2026-09-15) or newer.
              - V(CLUSTER_DATA_ACCESSOR) needs O(api_version=2026-09-15) or newer.
            type: str
            required: true
          cluster:
            description:
              - The cluster that it holds on.
              - Name or id; an id saves the request that looks it up.
            type: str
          folder:
            description:
              - The folder that it holds on, and on all in it. V(root) is the organization.
              - Path or id; an id saves the request that looks it up.
              - Needs O(api_version=2023-04-10) or newer.
            type: str
      user:
        description:
          - The person, by the e-mail address.
          - Email or id; an id saves the request that looks it up.
          - Needs O(api_version=2023-04-10) or newer.
        type: str
      service_account:
        description:
          - The service account.
          - Name or id; an id saves the request that looks it up.
          - Needs O(api_version=2023-04-10) or newer.
        type: str
      group:
        description:
          - The group of SCIM. Its members have its roles.
          - Name or id; an id saves the request that looks it up.
          - Needs O(api_version=2023-04-10) or newer.
        type: str
      user_id:
        description:
          - The id of any of them.
        type: str
      state:
        description:
          - With V(present) the roles of O(role_grants[].roles) that are lacking are given, with V(absent)
            those that are there are taken away.
          - With V(exactly) all others are taken away, too, except C(ORG_MEMBER), which everybody has.
        type: str
        choices: [present, absent, exactly]
        default: present
  service_account_credentials:
    description:
      - The credentials, as M(crdb.cloud.service_account_credential) manages them. Those that are not listed
        stay.
      - Needs O(api_version=2026-09-15) or newer.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - Id of an existing credential. If there is none, nothing is created.
        type: str
      name:
        description:
          - Name of the credential.
        type: str
      algorithm:
        description:
          - The algorithm that the program signs with. Needed to make one.
          - Can't be changed.
        type: str
        choices: [RS256, PS256, ES256, ES384]
      public_key:
        description:
          - The public key in PEM. Needed to make one. The API never returns it, so an existing credential
            is not compared with it.
          - It is not shown, so that a private key that gets here by mistake is not, either.
        type: str
      expires_at:
        description:
          - When it ends to be accepted, an RFC 3339 timestamp in the future. Needed to make one.
          - Can't be changed.
        type: str
      description:
        description:
          - What it is for.
          - Can't be changed.
        type: str
      service_account:
        description:
          - The account that the credential is of.
          - Name or id; an id saves the request that looks it up.
        type: str
        required: true
      state:
        description:
          - Whether it shall exist.
        type: str
        choices: [present, absent]
        default: present
  purge:
    description:
      - Whether clusters are deleted that carry the label of the fleet and are not in O(clusters). Each has
        to be named in O(purge_confirm), too.
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
  purge_lists:
    description:
      - The exact names of objects of the organization that are deleted, for each list. Nothing else is ever
        deleted from these lists.
      - A name that is listed as well is an error; one that nothing has is done.
      - An API key is named C(account/name), a folder by its path, a JWT issuer C(issuer_url/audience).
      - Neither the key that the task uses nor the account that it is of is deleted, and delete protection
        is honoured.
    type: dict
    suboptions:
      folders:
        description:
          - Names of folders to delete.
        type: list
        elements: str
      jwt_issuers:
        description:
          - Names of JWT issuers to delete.
        type: list
        elements: str
      scim_users:
        description:
          - Names of SCIM users to delete.
        type: list
        elements: str
      scim_groups:
        description:
          - Names of groups to delete.
        type: list
        elements: str
      virtual_clusters:
        description:
          - Names of virtual clusters to delete.
        type: list
        elements: str
      service_accounts:
        description:
          - Names of service accounts to delete.
        type: list
        elements: str
      api_keys:
        description:
          - Names of API keys to delete.
        type: list
        elements: str
  report_unlisted:
    description:
      - Whether the plan and RV(unlisted) name the clusters of the organization that are not in O(clusters).
        Those that carry the label of the fleet are always named, in RV(marked_unlisted).
    type: bool
    default: false
  parallel:
    description:
      - How many clusters are worked on at the same time, from 1 to 32. The request rate of the API (O(api_rate_limit))
        holds for all of them together.
    type: int
    default: 8
  plan_out:
    description:
      - A file for the plan as JSON, in check mode, too. Only its owner can read it (mode 0600). It holds
        no secrets.
      - It is written before the first change, on the machine where the module runs. That of an earlier run
        is removed before anything else is done.
      - It says what O(wait=true) would do, whatever O(wait) is. What is in it is described by C(docs/schemas/fleet-plan-1.json)
        of the collection.
      - One request more reads which organization it is made for.
    type: path
  plan_in:
    description:
      - A file that O(plan_out) has written, and somebody has reviewed. What would be done now has to be what
        is in it, or the rest of that, where an earlier run was interrupted. Otherwise the task fails before
        anything is changed, and says what differs, and whether that is because the world has changed or the
        description.
      - The other options are given as when the plan was made. Another password makes no difference.
      - A plan of another organization, O(name) or O(api_version), or a file that was changed, is refused.
      - In check mode the task says whether the plan could be carried out.
    type: path
  plan_markdown:
    description:
      - A file for the plan as Markdown, in check mode, too, to be shown in a merge request on GitHub or GitLab.
        Only its owner can read it (mode 0600). It holds no secrets, and nothing that others have named is
        more than text there.
      - It has 60000 bytes at most; the requests that have no room are counted at its end.
      - That of an earlier run is removed before anything else is done.
    type: path
  fail_on_change:
    description:
      - Whether the task fails in check mode when anything differs from what is wanted, with RV(plan), RV(counts)
        and RV(drift) in its result. Refused outside check mode.
    type: bool
    default: false
  report_objects:
    description:
      - Whether the result has RV(objects), all objects of the plan with their fields.
    type: bool
    default: false
  rules:
    description:
      - 'Guard rails: rules that the listed objects have to keep as they are after the plan. What was found
        is in RV(findings).'
      - A rule with O(rules[].severity=error) that is broken refuses the plan before anything is changed,
        in check mode, too.
      - What a rule can't tell is a warning. The allowlists, versions and folders that rules need are read.
    type: list
    elements: dict
    suboptions:
      rule:
        description:
          - The rule.
          - V(no_open_allowlist) - No cluster lets everybody in with C(0.0.0.0/0).
          - V(no_wide_networks) - No network of an allowlist is wider than O(rules[].min_mask).
          - V(private_only) - Every cluster is an Advanced one without public addresses.
          - V(delete_protection) - Every cluster has delete protection.
          - V(required_labels) - Every cluster has all O(rules[].labels).
          - V(allowed_regions) - Clusters are in the regions O(rules[].allowed) alone.
          - V(allowed_providers) - Clusters are at the providers O(rules[].allowed).
          - V(allowed_plans) - Clusters have one of the plans O(rules[].allowed).
          - V(budget) - What the limits of Basic clusters come to in a month is within O(rules[].dollars),
            that of each within O(rules[].per_cluster). A Basic cluster without a limit breaks it; what others
            cost is not known.
          - V(limit_required) - Every Basic cluster has a spend limit.
          - V(version_support) - The version of every Standard and Advanced cluster is supported for another
            O(rules[].days) days, as the service says.
          - V(max_deletes) - At most O(rules[].max) objects are deleted.
          - V(max_changes) - At most O(rules[].max) objects are created, changed or deleted.
          - 'V(no_admin_sql_users) - No SQL user is created, but for those in O(rules[].allowed): the Cloud
            API makes each an admin.'
          - V(name_pattern) - The names of clusters, or of what O(rules[].when.nouns) says, match O(rules[].pattern)
            as a whole.
          - V(no_roles) - Nobody who is listed has one of O(rules[].roles).
          - V(key_age) - No API key that is listed is older than O(rules[].days) days when the plan is done.
        type: str
        required: true
        choices: [no_open_allowlist, no_wide_networks, private_only, delete_protection, required_labels, allowed_regions,
          allowed_providers, allowed_plans, budget, limit_required, version_support, max_deletes, max_changes,
          no_admin_sql_users, name_pattern, no_roles, key_age]
      severity:
        description:
          - Whether what breaks the rule refuses the plan, or is a warning.
        type: str
        choices: [error, warning]
        default: error
      when:
        description:
          - 'The objects that the rule is for: those that all members fit. Words are patterns, in which V(*)
            is any text.'
          - What is in a cluster has the labels, the folder, the plan and the provider of the cluster.
        type: dict
        suboptions:
          nouns:
            description:
              - Kinds of objects, such as V(cluster) or V(sql_user).
            type: list
            elements: str
          names:
            description:
              - Names of objects.
            type: list
            elements: str
          clusters:
            description:
              - Names of the clusters that objects are, or are in.
            type: list
            elements: str
          labels:
            description:
              - Labels, each with a value or a list of values.
            type: dict
          folders:
            description:
              - Paths of folders, such as V(/platform). What is below them counts.
            type: list
            elements: str
          plans:
            description:
              - Plans of clusters.
            type: list
            elements: str
          providers:
            description:
              - Providers of clusters.
            type: list
            elements: str
          actions:
            description:
              - 'What the plan does: V(create), V(change), V(delete), V(unchanged).'
            type: list
            elements: str
      allowed:
        description:
          - What is allowed, as patterns.
        type: list
        elements: str
      labels:
        description:
          - The labels, each with the values that are allowed, or nothing where all are.
        type: dict
      dollars:
        description:
          - US dollars a month for all clusters together.
        type: float
      per_cluster:
        description:
          - US dollars a month for each cluster.
        type: float
      days:
        description:
          - Days.
        type: int
      max:
        description:
          - How many objects at most.
        type: int
      min_mask:
        description:
          - The shortest mask that is allowed, 0 to 32.
        type: int
      pattern:
        description:
          - A regular expression of Python.
        type: str
      roles:
        description:
          - Roles, as patterns.
        type: list
        elements: str
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
    plan_markdown: shop-plan.md

- name: Refuse what breaks the rules of the company, before anything is changed
  crdb.cloud.fleet:
    name: shop
    clusters: "{{ shop_clusters }}"
    rules:
      - {rule: no_open_allowlist}
      - {rule: delete_protection, when: {labels: {env: prod}}}
      - {rule: budget, dollars: 500, per_cluster: 100}
      - {rule: version_support, days: 90, severity: warning}

- name: Carry out what was reviewed, and nothing else
  crdb.cloud.fleet:
    name: shop
    clusters: "{{ shop_clusters }}"
    plan_in: shop-plan.json

- name: Fail when somebody has changed something by hand, in a playbook that runs with --check
  crdb.cloud.fleet:
    name: shop
    clusters: "{{ shop_clusters }}"
    fail_on_change: true

- name: A folder with a cluster, and an account that may work on it
  crdb.cloud.fleet:
    folders:
      - {path: /shop/prod, parents: true}
    clusters:
      - {name: stock-prod, provider: GCP, regions: [us-central1], spend_limit: 2500, folder: /shop/prod}
    service_accounts:
      - name: deploy
    api_keys:
      - {service_account: deploy, name: pipeline, secret_path: pipeline.key}
    role_grants:
      - service_account: deploy
        roles: [{role: CLUSTER_ADMIN, folder: /shop/prod}]

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

folders:
  description:
    - The folders that O(folders) lists,
      as M(crdb.cloud.folder) returns them, in check mode as predicted.
  returned: success, when O(folders) is given
  type: list
  elements: dict

jwt_issuers:
  description:
    - The JWT issuers that O(jwt_issuers) lists,
      as M(crdb.cloud.jwt_issuer) returns them, in check mode as predicted.
  returned: success, when O(jwt_issuers) is given
  type: list
  elements: dict

scim_users:
  description:
    - The SCIM users that O(scim_users) lists,
      as M(crdb.cloud.scim_user) returns them, in check mode as predicted.
  returned: success, when O(scim_users) is given
  type: list
  elements: dict

virtual_cluster_workspaces:
  description:
    - The virtual cluster workspaces that O(virtual_cluster_workspaces) lists,
      as M(crdb.cloud.virtual_cluster_workspace) returns them, in check mode as predicted.
  returned: success, when O(virtual_cluster_workspaces) is given
  type: list
  elements: dict

scim_groups:
  description:
    - The groups that O(scim_groups) lists,
      as M(crdb.cloud.scim_group) returns them, in check mode as predicted.
  returned: success, when O(scim_groups) is given
  type: list
  elements: dict

virtual_clusters:
  description:
    - The virtual clusters that O(virtual_clusters) lists,
      as M(crdb.cloud.virtual_cluster) returns them, in check mode as predicted.
  returned: success, when O(virtual_clusters) is given
  type: list
  elements: dict

service_accounts:
  description:
    - The service accounts that O(service_accounts) lists,
      as M(crdb.cloud.service_account) returns them, in check mode as predicted.
  returned: success, when O(service_accounts) is given
  type: list
  elements: dict

physical_replication_streams:
  description:
    - The physical replication streams that O(physical_replication_streams) lists,
      as M(crdb.cloud.physical_replication_stream) returns them, in check mode as predicted.
  returned: success, when O(physical_replication_streams) is given
  type: list
  elements: dict

api_keys:
  description:
    - The API keys that O(api_keys) lists,
      as M(crdb.cloud.api_key) returns them, in check mode as predicted.
  returned: success, when O(api_keys) is given
  type: list
  elements: dict

role_grants:
  description:
    - The role grants that O(role_grants) lists,
      as M(crdb.cloud.role_grant) returns them, in check mode as predicted.
  returned: success, when O(role_grants) is given
  type: list
  elements: dict

service_account_credentials:
  description:
    - The credentials that O(service_account_credentials) lists,
      as M(crdb.cloud.service_account_credential) returns them, in check mode as predicted.
  returned: success, when O(service_account_credentials) is given
  type: list
  elements: dict

results:
  description:
    - What became of each cluster with all that is in it, those of O(clusters) in their order, then those that O(purge) deletes; and of each
      object of the organization, before what needs it.
    - When the task failed, only the clusters that failed or where something was left out.
  returned: success, and when single clusters failed
  type: list
  elements: dict
  contains:
    noun: {description: 'What it is, such as C(cluster) or C(folder).', type: str, returned: always}
    name: {description: 'Its name.', type: str, returned: always}
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

fleet:
  description: The name of the fleet; V(null) for one without.
  returned: success, and when single clusters failed
  type: str
  sample: shop

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
    networks:
      description: The networks that can reach the cluster when the plan is carried out; V(null) where they are not known.
      type: list
      elements: str
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

findings:
  description: What O(rules) find fault with, by object.
  returned: success, and when rules refuse the plan
  type: list
  elements: dict
  contains:
    rule: {description: 'The rule.', type: str, returned: always}
    severity: {description: 'V(error), or V(warning), which also is what a rule can not tell.', type: str, returned: always}
    noun: {description: 'What it is about, such as V(cluster); V(fleet) for the plan as a whole.', type: str, returned: always}
    name: {description: 'What that is called.', type: str, returned: always}
    cluster: {description: 'The cluster that it is, or is in; V(null) for none.', type: str, returned: always}
    msg: {description: 'What is wrong with it.', type: str, returned: always}
  sample:
    - {rule: delete_protection, severity: error, noun: cluster, name: orders-prod, cluster: orders-prod, msg: it has no delete protection}

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
  returned: success, and when O(fail_on_change) made the task fail
  type: list
  elements: dict
  contains:
    noun: {description: 'What it is about, such as V(cluster) or V(sql_user).', type: str, returned: always}
    name: {description: What that is called; the name of the cluster for what is there once., type: str, returned: always}
    id: {description: 'What the API calls it by; V(null) where it is made, or is there once.', type: str, returned: always}
    cluster: {description: 'The cluster that it is about, or that it is in.', type: str, returned: always}
    action: {description: 'V(create), V(update) or V(delete).', type: str, returned: always}
    summary: {description: 'What it does, in words.', type: str, returned: always}
    changes: {description: 'The fields that change, each with C(before) and C(after). Secrets are hidden.', type: dict, returned: always}
  sample:
    - {noun: cluster, name: orders, id: 35c4abb2-bb66-46d7-afed-25ebef5ed2aa, cluster: orders, action: update, summary: update cluster
        'orders', changes: {delete_protection: {before: DISABLED, after: ENABLED}}}

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.fleets import CHILD_OPTIONS, LIST_OPTIONS, PURGE_LISTS
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import Module
from ansible_collections.crdb.cloud.plugins.module_utils._fleet.fleet import ensure_fleet, forget_plan
from ansible_collections.crdb.cloud.plugins.module_utils._fleet.rules import RULES_OPTION
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.cluster import CLUSTER
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = Module(
    name="fleet",
    options=(
        Option("name"),
        Option(
            "clusters",
            type="list",
            elements="dict",
            options=(*CLUSTER.options, *CHILD_OPTIONS),
            rules=CLUSTER.rules,
        ),
        *LIST_OPTIONS,
        Option("purge", type="bool", default=False),
        Option("purge_confirm", type="list", elements="str", default=[]),
        PURGE_LISTS,
        Option("report_unlisted", type="bool", default=False),
        Option("parallel", type="int", default=8),
        Option("plan_out", type="path"),
        Option("plan_in", type="path"),
        Option("plan_markdown", type="path"),
        Option("fail_on_change", type="bool", default=False),
        Option("report_objects", type="bool", default=False),
        RULES_OPTION,
    ),
    run=ensure_fleet,
    prepare=forget_plan,
    waits=True,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
