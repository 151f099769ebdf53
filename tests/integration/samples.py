# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a person makes one object of each noun, and what they change of it. The conformance suite does the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from certificates import CA_ONE, CA_TWO

from ansible_collections.crdb.cloud.plugins.module_utils._nouns.noun import Noun
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.registry import NOUNS

VERSIONS = ("2022-03-31", "2022-09-20", "2023-04-10", "2024-09-16", "2026-09-15")
PARENTS = {"cluster": "orders"}
SPECS: dict[str, dict[str, Any]] = {
    "BASIC": {"serverless": {"regions": ["us-central1"]}},
    "STANDARD": {
        "plan": "STANDARD",
        "serverless": {"regions": ["us-central1"], "usage_limits": {"provisioned_virtual_cpus": "2"}},
    },
    "ADVANCED": {
        "plan": "ADVANCED",
        "dedicated": {
            "region_nodes": {"us-east1": 3},
            "hardware": {"machine_spec": {"num_virtual_cpus": 4}, "storage_gib": 60},
        },
    },
}
SPECS["PRIVATE"] = {
    **SPECS["ADVANCED"],
    "dedicated": {**SPECS["ADVANCED"]["dedicated"], "network_visibility": "PRIVATE"},
}
# A region of each cloud, in the place of those of GCP in SPECS.
REGIONS = {
    "GCP": {},
    "AWS": {"us-central1": "us-east-1", "us-east1": "us-east-1"},
    "AZURE": {"us-central1": "eastus", "us-east1": "eastus"},
}
BACKUP = {"backups/orders": {"0b5c2a4e-1111-4222-8333-944455556666": {"as_of_time": "2025-01-01T12:00:00Z"}}}
WORKSPACE = "5c1de2ab-4c11-4a5c-9d7e-0c4c1c0a3f5b"
WORKSPACES = {
    "virtual-cluster-workspaces": {
        WORKSPACE: {
            "name": "analytics",
            "cloud_provider": "GCP",
            "regions": ["us-central1", "us-east1"],
            "default_virtual_cpu_burst_limit": 4,
        }
    }
}
CERTIFICATE = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"
AWS_CONNECTION = {
    "region_name": "us-east-1",
    "cloud_provider": "AWS",
    "status": "PENDING_ACCEPTANCE",
    "service_id": "vpce-svc-0123456789abcdef0",
}
BASIC = {"name": "stock-prod", "provider": "GCP", "regions": ["us-central1"]}
SOON = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=20)
AZURE = (
    *("azure_tenant_id", "azure_client_id", "azure_dce_endpoint", "azure_dcr_immutable_id", "azure_dcr_resource_id"),
    "azure_workspace_resource_id",
)
PUBLIC_KEY = f"-----BEGIN PUBLIC KEY-----\n{'planted-public-key'.replace('-', '/') * 4}\n-----END PUBLIC KEY-----\n"
LIMITS = {"request_unit_limit": 1_000_000, "storage_mib_limit": 1024}


@dataclass(frozen=True)
class Sample:
    """*make* are the options for a new object of *noun*, *changes* those of the tasks that follow, each with what it changes alone.

    *again* are the options with which a repeated task changes nothing, where the same ones would. *before* names the nouns of which
    the first sample has to be there, *plan* and *provider* the cluster that has to. *versions* are those in which all of it makes sense,
    where not even the options say so. *info* is the module that shows it, where its name is another one. *failed* is what the
    emulator has to be told so that the object is in a failed state, where its lifecycle does not say that. *objects* are what
    has come by itself, as the emulator takes it, *clusters* the names of others with the same *plan*. *collection* is what the
    emulator calls its objects, where the path does not say it, *deleted* the state of one that shall be deleted. *warns* are the
    warnings of its life, as regular expressions.
    """

    noun: str
    make: Mapping[str, Any]
    changes: tuple[Mapping[str, Any], ...] = ()
    again: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    plan: str = "BASIC"
    provider: str = "GCP"
    versions: tuple[str, ...] = VERSIONS
    info: str = ""
    failed: Mapping[str, Any] = field(default_factory=dict)
    objects: Mapping[str, Any] = field(default_factory=dict)
    clusters: tuple[str, ...] = ()
    collection: str = ""
    deleted: str = "absent"
    warns: tuple[str, ...] = ()

    @property
    def declared(self) -> Noun:
        return NOUNS[self.noun]


SAMPLES = (
    Sample("folder", {"path": "/platform", "labels": {"team": "payments"}}, ({"labels": {}},)),
    Sample("folder", {"path": "/platform/prod"}, ({"labels": {"env": "prod"}},), before=("folder",)),
    Sample(
        "jwt_issuer",
        {"issuer_url": "https://token.example.com", "audience": "crdb-cloud"},
        (
            {"claim": "email"},
            {"jwks": '{"keys": []}', "identity_map": [{"token_identity": "a", "cc_identity": "b@example.com"}]},
            {"identity_map": []},
            {"jwks": ""},
        ),
    ),
    Sample(
        "service_account",
        {"name": "deploy", "description": "pipelines", "roles": [{"role": "CLUSTER_ADMIN"}]},
        ({"description": "pipelines of acme"},),
    ),
    Sample(
        "service_account",
        {"name": "deploy", "roles": [{"role": "FOLDER_MOVER", "folder": "/platform"}]},
        before=("folder",),
    ),
    Sample(
        "scim_user",
        {"user_name": "alice@example.com", "given_name": "Alice"},
        (
            {"family_name": "Example", "display_name": "Alice E.", "external_id": "00u1"},
            {"emails": [{"value": "a@example.com", "type": "work"}, {"value": "alice@example.com", "primary": True}]},
            {"external_id": "", "given_name": "", "active": False},
            {"active": True},
        ),
        collection="persons",
        deleted="deleted",
    ),
    Sample(
        "scim_group",
        {"name": "dba", "members": ["alice@example.com"]},
        ({"external_id": "00g1"}, {"members": [], "exactly": True}, {"members": ["alice@example.com"]}),
        before=("scim_user",),
        collection="groups",
    ),
    Sample(
        "role_grant",
        {"service_account": "deploy", "roles": [{"role": "CLUSTER_CREATOR", "folder": "/platform"}]},
        (
            {"service_account": "deploy", "roles": [{"role": "CLUSTER_DEVELOPER"}], "state": "exactly"},
            {"service_account": "deploy", "roles": [{"role": "CLUSTER_DEVELOPER"}], "state": "absent"},
        ),
        before=("folder", "service_account"),
    ),
    Sample(
        "api_key",
        {"service_account": "deploy", "name": "pipeline"},
        before=("service_account",),
    ),
    Sample(
        "service_account_credential",
        {
            "service_account": "deploy",
            "name": "pipeline",
            "algorithm": "ES256",
            "public_key": PUBLIC_KEY,
            "expires_at": "2099-01-01 00:00:00+01:00",
            "description": "signs",
        },
        before=("service_account",),
    ),
    Sample(
        "sql_user",
        {"name": "App", "password": "planted-old-password"},
        ({"password": "planted-new-password", "update_password": "always"},),
        again={"update_password": "on_create"},
    ),
    Sample(
        "allowlist_entry",
        {"cidr": "203.0.113.0/24", "name": "office", "ui": False},
        ({"name": "", "ui": True, "sql": False}, {"sql": True}),
        info="allowlist_info",
    ),
    Sample("database", {"name": "bank"}),
    Sample("spend_limit", {"spend_limit": 100}, ({"spend_limit": 2500}, {"spend_limit": 150})),
    # The free tier.
    Sample("spend_limit", {"spend_limit": 100}, ({"spend_limit": 0},), versions=VERSIONS[:2]),
    Sample(
        "spend_limit",
        {"usage_limits": {"request_unit_limit": 7_000_000, "storage_mib_limit": 700}},
        ({"unlimited": True}, {"spend_limit": 150}),
    ),
    Sample(
        "spend_limit", {"spend_limit": 150}, ({"usage_limits": {"storage_mib_limit": 2048}},), versions=VERSIONS[3:]
    ),
    Sample(
        "cluster",
        {**BASIC, "spend_limit": 500},
        ({"spend_limit": 1000},),
        failed={"state": "CREATION_FAILED"},
    ),
    # The free tier.
    Sample("cluster", {**BASIC, "spend_limit": 0}, ({"spend_limit": 500}, {"spend_limit": 0}), versions=VERSIONS[:2]),
    Sample(
        "cluster",
        {**BASIC, "usage_limits": LIMITS, "labels": {"team": "payments"}, "delete_protection": "DISABLED"},
        (
            {
                "regions": ["us-east1", "us-central1"],
                "primary_region": "us-central1",
                "usage_limits": {"request_unit_limit": 2_000_000},
                "labels": {"team": "orders", "env": "prod"},
                "delete_protection": "ENABLED",
            },
            {"labels": {}, "usage_limits": {}, "delete_protection": "DISABLED"},
            {"plan": "STANDARD", "usage_limits": {"provisioned_virtual_cpus": 4}},
            {"plan": "BASIC", "spend_limit": 1000},
        ),
    ),
    Sample(
        "cluster",
        {
            "name": "stock-prod",
            "provider": "AWS",
            "plan": "STANDARD",
            "regions": ["eu-central-1"],
            "usage_limits": {"provisioned_virtual_cpus": 2},
            "upgrade_type": "MANUAL",
            "with_empty_ip_allowlist": True,
        },
        ({"usage_limits": {"provisioned_virtual_cpus": 6}, "upgrade_type": "AUTOMATIC"},),
    ),
    Sample(
        "cluster",
        {
            "name": "stock-prod",
            "provider": "GCP",
            "region_nodes": {"us-east1": 3},
            "cockroach_version": "v25.2",
            "hardware": {"num_virtual_cpus": 4, "storage_gib": 60},
            "network_visibility": "PRIVATE",
            "cidr_range": "172.28.0.0/16",
        },
        (
            {
                "region_nodes": {"us-east1": 3, "us-west2": 3},
                "hardware": {"num_virtual_cpus": 8, "storage_gib": 150},
            },
            {"region_nodes": {"us-east1": 4}, "labels": {"tier": "1"}},
            {"cockroach_version": "v25.4", "upgrade_status": "FINALIZED"},
        ),
    ),
    Sample(
        "cluster",
        {**BASIC, "spend_limit": 100, "delete_protection": "ENABLED"},
        (
            {
                "regions": ["us-central1", "us-east1"],
                "primary_region": "us-east1",
                "usage_limits": {"request_unit_limit": 5_000_000, "storage_mib_limit": 500},
                "delete_protection": "DISABLED",
            },
        ),
    ),
    Sample(
        "cluster",
        {**BASIC, "spend_limit": 500, "folder": "/platform"},
        ({"parent_id": "root"}, {"folder": "/platform"}),
        before=("folder",),
    ),
    Sample(
        "cluster",
        {"name": "stock-prod", "provider": "GCP", "edition": "STANDARD", "regions": ["us-central1"]},
        ({"labels": {"env": "prod"}},),
    ),
    Sample(
        "cluster",
        {
            "name": "stock-prod",
            "provider": "AWS",
            "edition": "MISSION_CRITICAL",
            "region_nodes": {"us-east-1": 3},
            "hardware": {"storage_gib": 60},
            "region_machine_specs": {"us-east-1": {"num_virtual_cpus": 4}},
            "restrict_egress_traffic": True,
            "supports_cluster_virtualization": True,
            "customer_cloud_account": {"aws": {"arn": "arn:aws:iam::123456789012:role/crdb"}},
        },
        (
            {
                "region_nodes": {"us-east-1": 3, "us-west-2": 3},
                "region_machine_specs": {"us-west-2": {"machine_type": "m6i.2xlarge"}},
                "cmek_region_specs": [
                    {"region": "us-west-2", "type": "AWS_KMS", "uri": "arn:aws:kms:k", "auth_principal": "p"}
                ],
            },
            {"region_machine_specs": {"us-east-1": {"num_virtual_cpus": 8}}},
        ),
    ),
    Sample(
        "maintenance_window",
        {"day": "sunday", "start": "01:00", "duration": "8h"},
        (
            {"duration": "6h"},
            {"day": "monday", "start": "02:30"},
            {"window_duration": "7h"},
            {"offset_duration": "93600s"},
        ),
        plan="ADVANCED",
    ),
    Sample(
        "physical_replication_stream",
        {"primary": "orders", "standby": "orders-dr", "erase_standby": True},
        plan="ADVANCED",
        clusters=("orders-dr",),
    ),
    Sample(
        "backup_configuration",
        {"frequency_minutes": 30},
        (
            {"enabled": False},
            {"enabled": True, "frequency_minutes": 1440},
            {"enabled": False, "frequency_minutes": 5},
            {"retention_days": 90},
        ),
        plan="STANDARD",
    ),
    Sample(
        "restore",
        {"source_cluster": "orders", "backup_before": "2025-01-02T00:00:00Z", "type": "CLUSTER"},
        objects=BACKUP,
    ),
    Sample(
        "restore",
        {
            "source_cluster": "orders",
            "backup_id": "0b5c2a4e-1111-4222-8333-944455556666",
            "type": "DATABASE",
            "databases": ["bank"],
            "restore_opts": {"new_db_name": "rehearsal"},
        },
        plan="ADVANCED",
        objects=BACKUP,
    ),
    Sample(
        "restore",
        {
            "source_cluster": "orders",
            "backup_before": "2025-01-02T00:00:00Z",
            "type": "TABLE",
            "tables": ["bank.loans"],
        },
        plan="ADVANCED",
        objects=BACKUP,
    ),
    Sample(
        "blackout_window",
        {"start_time": SOON.isoformat(), "end_time": f"{SOON + timedelta(days=5):%Y-%m-%dT%H:%M:%SZ}"},
        plan="ADVANCED",
    ),
    Sample(
        "cluster_disruption",
        {"regions": [{"region": "us-east1"}]},
        ({"regions": [{"region": "us-east1", "pods": ["cockroachdb-1", "cockroachdb-0"]}]},),
        plan="ADVANCED",
    ),
    Sample("version_deferral", {"days": 60}, ({"policy": "DEFERRAL_30_DAYS"}, {"days": 90}), plan="ADVANCED"),
    Sample("private_endpoint_services", {}, plan="ADVANCED"),
    Sample(
        "cmek",
        {
            "regions": [
                {"region": "us-east1", "uri": "projects/acme/cryptoKeys/one", "auth_principal": "kms@acme.example.com"}
            ]
        },
        (
            {"regions": [{"region": "us-east1", "uri": "projects/acme/cryptoKeys/two"}]},
            {"regions": [{"region": "us-east1", "uri": "projects/acme/cryptoKeys/one"}]},
        ),
        plan="PRIVATE",
        failed={"status": "ENABLE_FAILED"},
    ),
    Sample(
        "client_ca_cert",
        {"x509_pem_cert": CA_ONE},
        ({"x509_pem_cert": CA_TWO}, {"x509_pem_cert": CA_ONE, "update_mode": "APPEND"}),
        plan="ADVANCED",
    ),
    Sample(
        "private_endpoint_trusted_owner",
        {"external_owner_id": "012345678901", "type": "AWS_ACCOUNT_ID"},
        plan="ADVANCED",
        provider="AWS",
    ),
    Sample(
        "aws_endpoint_connection",
        {"endpoint_id": "vpce-0123456789abcdef0"},
        ({"state": "rejected"}, {"state": "accepted"}),
        plan="ADVANCED",
        provider="AWS",
        objects={"aws-endpoint-connections/orders": {"vpce-0123456789abcdef0": AWS_CONNECTION}},
    ),
    Sample(
        "egress_traffic_policy",
        {"allow_all": False},
        ({"allow_all": True}, {"allow_all": False}),
        plan="ADVANCED",
    ),
    Sample(
        "egress_rule",
        {"name": "kafka", "type": "CIDR", "destination": "203.0.113.9/32", "ports": [9093]},
        (
            {"ports": [443, 9093], "description": "changefeeds"},
            {"type": "FQDN", "destination": "kafka.example.com", "description": ""},
        ),
        plan="ADVANCED",
        warns=("may connect to everything, so egress rules do nothing there",),
    ),
    Sample(
        "egress_private_endpoint",
        {
            "region": "us-east1",
            "target_service_identifier": "projects/acme/serviceAttachments/kafka",
            "target_service_type": "PRIVATE_SERVICE",
            "wait_for": "available",
        },
        again={"wait_for": "available"},
        plan="ADVANCED",
    ),
    Sample(
        "egress_private_endpoint",
        {"region": "us-east1", "target_service_identifier": "projects/acme/serviceAttachments/kafka"},
        ({"domain_names": ["*.kafka.example.com"]}, {"domain_names": []}),
        plan="ADVANCED",
    ),
    Sample("private_endpoint_connection", {"endpoint_id": "vpce-0123456789abcdef0"}, plan="STANDARD"),
    Sample(
        "metric_export",
        {"sink": "datadog", "site": "EU1", "datadog_api_key": "planted-old-datadog-key-1234"},
        (
            {"site": "US3", "datadog_api_key": "planted-old-datadog-key-1234"},
            {"datadog_api_key": "planted-new-datadog-key-5678"},
        ),
        plan="STANDARD",
    ),
    Sample("metric_export", {"sink": "prometheus"}, plan="ADVANCED"),
    Sample(
        "metric_export",
        {"sink": "cloudwatch", "role_arn": "arn:aws:iam::123456789012:role/metrics"},
        (
            {"target_region": "us-east-1", "log_group_name": "orders"},
            {"role_arn": "arn:aws:iam::123456789012:role/other", "external_id": "acme"},
            {"target_region": "", "log_group_name": "", "external_id": ""},
        ),
        plan="ADVANCED",
        provider="AWS",
    ),
    Sample(
        "log_export",
        {"log_name": "orders", "auth_principal": "logs@acme.example.com"},
        (
            {"redact": True},
            {
                "type": "GCP_CLOUD_LOGGING",
                "redact": False,
                "region": "us-east1",
                "omitted_channels": ["SQL_PERF", "HEALTH"],
            },
            {
                "groups": [
                    {
                        "log_name": "security",
                        "channels": ["PRIVILEGES", "USER_ADMIN"],
                        "min_level": "WARNING",
                        "redact": True,
                    }
                ]
            },
            {"groups": [{"log_name": "queued", "channels": ["OPS"], "enable_sending_queue": True}]},
            {"log_name": "shop", "auth_principal": "other@acme.example.com"},
            {"groups": [], "omitted_channels": [], "region": ""},
        ),
        plan="STANDARD",
    ),
    Sample(
        "log_export",
        {"log_name": "orders", "type": "OTLP_HTTP", "otlp_endpoint": "https://otlp.example.com"},
        (
            {"otlp_endpoint": "https://other.example.com", "otlp_headers": {"X-Token": "planted-old-token"}},
            {"otlp_headers": {"X-Token": "planted-new-token", "X-Tenant": "planted-tenant"}},
        ),
        plan="STANDARD",
    ),
    Sample(
        "log_export",
        {
            "log_name": "orders",
            "type": "AZURE_LOG_ANALYTICS_V2",
            **dict.fromkeys(AZURE, "planted"),
            "azure_client_secret": "planted-old-secret",
        },
        ({**dict.fromkeys(AZURE, "other"), "azure_client_secret": "planted-new-secret"},),
        plan="ADVANCED",
        provider="AZURE",
    ),
    Sample(
        "log_export",
        {"log_name": "orders", "auth_principal": "arn:aws:iam::123456789012:role/logs"},
        ({"aws_external_id": "planted-external"}, {"aws_external_id": ""}),
        plan="ADVANCED",
        provider="AWS",
    ),
    Sample(
        "log_export",
        {"log_name": "orders", "auth_principal": "workspace", "azure_shared_key": "planted-old-shared-key"},
        ({"redact": True, "azure_shared_key": "planted-new-shared-key"},),
        plan="ADVANCED",
        provider="AZURE",
    ),
    Sample("runtime_scanning", {"type": "WIZ"}),
    Sample("migration_assistant", {"region": "us-east1"}, plan="ADVANCED"),
    Sample("migration_assistant", {}, plan="ADVANCED"),
    Sample(
        "migration_assistant_ca_cert",
        {"x509_pem_cert": CERTIFICATE.format("AAAA")},
        ({"x509_pem_cert": CERTIFICATE.format("BBBB") + CERTIFICATE.format("CCCC")},),
        plan="ADVANCED",
        objects={"migration-assistant/orders": {"": {"status": "RUNNING"}}},
    ),
    Sample(
        "virtual_cluster_workspace",
        {"name": "analytics", "default_virtual_cpu_burst_limit": 8},
        ({"default_virtual_cpu_burst_limit": 16},),
        objects=WORKSPACES,
    ),
    Sample(
        "virtual_cluster",
        {"workspace": "analytics", "name": "reports", "regions": ["us-central1"], "folder": "/platform"},
        (
            {"virtual_cpu_burst_limit": 8, "labels": {"team": "analytics"}},
            {"regions": ["us-central1", "us-east1"], "primary_region": "us-east1"},
            {"delete_protection": "ENABLED", "folder": "root"},
            {"delete_protection": "DISABLED"},
        ),
        before=("folder",),
        failed={"state": "CREATION_FAILED"},
        objects=WORKSPACES,
    ),
)
