# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays that use every module of the Cloud API, one for each version of it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

from certificates import CA_ONE, CA_TWO

WORKSPACE = "5c1de2ab-4c11-4a5c-9d7e-0c4c1c0a3f5b"
FOLDER = "00000000-0000-4000-8000-00000000f01d"
PERSON, GROUP = "alice@example.com", 'all "platform"'
PERSON_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{PERSON}"))
VPC_ENDPOINT = "vpce-0123456789abcdef0"
USER = "ops/münchen 50%?"
PUBLIC_KEY = f"-----BEGIN PUBLIC KEY-----\n{'MFkwEwYHKoZIzj0CAQ' * 3}\n-----END PUBLIC KEY-----\n"
PASSWORDS = {"first_password": "planted-contract-first", "second_password": "planted-contract-second"}

Tasks = list[dict[str, Any]]


class Play:
    """Collects *tasks*; ``play.sql_user(...)`` adds a task of the module sql_user."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.tasks: Tasks = []

    def lookup(self, plugin: str, term: str, **options: str) -> None:
        """A task that uses a lookup, named as a module that only reads."""
        given = "".join(f", {name}='{value}'" for name, value in {**options, "api_version": self.version}.items())
        name = f"{len(self.tasks) + 1} lookup_info"
        self.tasks.append(
            {"name": name, "ansible.builtin.debug": {"msg": f"{{{{ lookup('{plugin}', '{term}'{given}) }}}}"}}
        )

    def __getattr__(self, module: str) -> Any:
        def add(**options: Any) -> None:
            name = f"{len(self.tasks) + 1} {module}"
            options["api_version"] = self.version
            if not module.endswith(("_info", "_export")) or module in ("log_export", "metric_export"):
                options["wait_interval"] = 0.05
            self.tasks.append({"name": name, f"crdb.cloud.{module}": options})

        return add


def tasks(version: str) -> Tasks:
    """Everything that the modules can do in *version*: each task sends the request that it is there for."""
    play = Play(version)
    _organization(play)
    _basic(play)
    if version >= "2024-09-16":
        _standard(play)
        _advanced(play)
        _backups(play)
        _blackouts(play)
    if version >= "2022-09-20":
        _services(play)
    if version >= "2024-09-16":
        _own_account(play)
    if version >= "2026-09-15":
        _continuum(play)
    if version >= "2023-04-10":
        _networking(play)
        _folders(play)
        _issuers(play)
        _scim(play)
        _access(play)
    _spend_limit(play)
    _sql_users(play)
    _allowlist(play)
    if version >= "2022-09-20":
        _telemetry(play)
        _databases(play)
        _roles(play)
    _fleet(play)
    play.organization_export(dest="{{ playbook_dir }}/organization.yml")
    play.cluster_info()
    if version >= "2022-09-20":
        play.lookup("crdb.cloud.connection_string", "orders-prod", user="app")
    play.cluster_info(show_inactive=True)
    play.cluster_info(cluster="orders-prod")
    play.cluster_node_info(cluster="advanced" if version >= "2024-09-16" else "orders-prod")
    play.cluster_node_info(cluster="orders-prod", region_name="us-central1")
    for name in (
        "orders-prod",
        "minimal",
        *(
            ("standard", "advanced", "aws-advanced", "azure-advanced", "standby", "single")
            if version >= "2024-09-16"
            else ()
        ),
    ):
        play.cluster(name=name, state="absent")
    if version >= "2023-04-10":
        play.audit_log_export(dest="{{ playbook_dir }}/audit.jsonl", limit=2)
        play.audit_log_info(limit=2)
        play.audit_log_info(sort_order="DESC", max_entries=5, starting_from="2099-01-01T00:00:00Z")
    return play.tasks


def _folders(play: Play) -> None:
    labels = {"labels": {"team": "shop"}} if play.version >= "2024-09-16" else {}
    play.folder(path="/platform/prod", parents=True, **labels)
    play.folder(path="/platform/archive", renamed_from="prod")
    play.folder(id=FOLDER, path="/old", **labels)
    play.folder_info(path="/platform", recursive=True, contents=True)
    play.cluster(name="orders-prod", folder="/platform/archive")
    play.cluster(name="orders-prod", folder="root")
    for path in ("/platform/archive", "/platform"):
        play.folder(path=path, state="absent")


def _roles(play: Play) -> None:
    developer, admin = ({"role": role, "cluster": "orders-prod"} for role in ("CLUSTER_DEVELOPER", "CLUSTER_ADMIN"))
    creator = {"role": "CLUSTER_CREATOR"}
    play.role_grant(user_id=PERSON_ID, roles=[developer, creator])
    play.role_grant(user_id=PERSON_ID, roles=[developer, creator], state="absent")
    play.role_grant(user_id=PERSON_ID, roles=[admin], state="exactly")
    play.role_grant_info()
    if play.version >= "2023-04-10":
        play.person_info(email=PERSON)
        play.role_grant(user=PERSON, roles=[{"role": "FOLDER_ADMIN", "folder": FOLDER}])
        play.role_grant(group=GROUP, roles=[creator])
        play.role_grant_info(group=GROUP)


def _issuers(play: Play) -> None:
    issuer = {"issuer_url": "https://token.example.com", "audience": "crdb"}
    people = [{"token_identity": "a", "cc_identity": "a@example.com"}]
    play.jwt_issuer(**issuer, claim="email", jwks='{"keys": []}', identity_map=people)
    play.jwt_issuer(**issuer, claim="sub", jwks="", identity_map=[{**people[0], "token_identity": "b"}])
    play.tasks[-1]["register"] = "issuer"
    play.jwt_issuer(**issuer, id="{{ issuer.jwt_issuer.id }}", claim="email")
    play.jwt_issuer_info()
    play.jwt_issuer(**issuer, state="absent")


def _scim(play: Play) -> None:
    user, work = {"user_name": "bob@example.com"}, {"value": "bob@example.com", "type": "work"}
    play.scim_user(**user, given_name="Bob", family_name="Example", external_id="00u1", emails=[work])
    play.scim_user(**user, display_name="Bob E.", active=False)
    play.scim_user(id="{{ made.scim_user.id }}", active=True)
    play.tasks[-2]["register"] = "made"
    play.scim_group(name="operators", external_id="00g1", members=["bob@example.com"])
    play.tasks[-1]["register"] = "group"
    play.scim_group(id="{{ group.scim_group.id }}", members=[], exactly=True)
    play.scim_group(name="on call", renamed_from="operators")
    for wanted in ({}, user):
        play.scim_user_info(**wanted)
    for wanted in ({}, {"name": "on call"}):
        play.scim_group_info(**wanted)
    play.scim_service_info()
    play.scim_service_info(resource_type="User", schema="urn:ietf:params:scim:schemas:core:2.0:Group")
    play.scim_group(name="on call", state="absent")
    play.scim_user(**user, state="deleted")


def _access(play: Play) -> None:
    key = {"service_account": "ci", "name": "pipeline"}
    roles = [{"role": "CLUSTER_DEVELOPER", "cluster": "orders-prod"}, {"role": "CLUSTER_CREATOR"}]
    play.service_account(name="new", description="pipelines", roles=roles)
    play.tasks[-1]["register"] = "account"
    play.service_account(id="{{ account.service_account.id }}", description="of acme")
    play.service_account(name="ci", renamed_from="new", description="")
    play.service_account_info(with_keys=True)
    path = "{{ playbook_dir }}/key"
    play.api_key(**key, secret_path=path)
    play.api_key(**key, secret_path=path, rotate=True, keep_old_for=0)
    play.api_key(service_account="ci", name="deploy", renamed_from="pipeline")
    play.api_key_info(service_account="ci")
    play.api_key(service_account="ci", name="deploy", state="absent")
    if play.version >= "2026-09-15":
        of = {"service_account": "ci"}
        key = {"algorithm": "ES256", "public_key": PUBLIC_KEY, "expires_at": "2099-01-01T00:00:00Z"}
        play.service_account_credential(**of, name="own", description="signs", **key)
        play.service_account_credential_info(**of)
        play.service_account_credential(**of, name="own", state="absent")
    play.service_account(name="ci", state="absent")


def _services(play: Play) -> None:
    play.private_endpoint_services(cluster="on-aws")
    play.private_endpoint_services_info(cluster="on-aws")
    play.egress_traffic_policy(cluster="on-aws", allow_all=False)
    play.egress_traffic_policy_info(cluster="on-aws")
    rule = {"type": "CIDR", "destination": "203.0.113.9/32", "ports": [9093]}
    play.egress_rule(cluster="on-aws", name="kafka", **rule)
    play.egress_rule(cluster="on-aws", name="kafka", description="changefeeds")
    play.egress_rule_info(cluster="on-aws", crl_managed=True)
    play.egress_rules(cluster="on-aws", rules=[{"name": f"kafka-{number}", **rule} for number in range(3)], purge=True)
    if play.version >= "2024-09-16":
        kafka = {"region": "us-east-1", "target_service_identifier": "com.amazonaws.vpce.us-east-1.vpce-svc-1"}
        play.egress_private_endpoint(cluster="on-aws", **kafka, domain_names=["*.example.com"])
        play.egress_private_endpoint_info(cluster="on-aws")
        play.egress_private_endpoint(cluster="on-aws", **kafka, state="absent")
    play.aws_endpoint_connection_info(cluster="on-aws")
    play.aws_endpoint_connection(cluster="on-aws", endpoint_id=VPC_ENDPOINT)
    if play.version >= "2023-04-10":
        play.private_endpoint_trusted_owner(cluster="on-aws", external_owner_id="012345678901")
        play.private_endpoint_trusted_owner_info(cluster="on-aws")
        play.tasks[-2]["register"] = "owner"
        owner = {"id": "{{ owner.private_endpoint_trusted_owner.id }}", "external_owner_id": "012345678901"}
        play.private_endpoint_trusted_owner(cluster="on-aws", **owner, state="absent")


def _networking(play: Play) -> None:
    play.private_endpoint_connection(cluster="advanced", endpoint_id="44851023456789012")
    play.private_endpoint_connection_info(cluster="advanced")
    play.private_endpoint_connection(cluster="advanced", endpoint_id="44851023456789012", state="absent")
    play.maintenance_window(cluster="advanced", day="sunday", start="01:00", duration="8h")
    play.maintenance_window_info(cluster="advanced")
    play.maintenance_window(cluster="advanced", state="absent")
    play.version_deferral(cluster="advanced", days=60)
    play.version_deferral_info(cluster="advanced")
    play.version_deferral(cluster="advanced", state="absent")


def _telemetry(play: Play) -> None:
    group = {"log_name": "security", "channels": ["PRIVILEGES"], "min_level": "WARNING", "redact": True}
    logs = {"log_name": "orders", "auth_principal": "acme", "redact": True}
    play.log_export(cluster="advanced", **logs, region="us-east1", groups=[group])
    play.log_export_info(cluster="advanced")
    play.log_export(cluster="advanced", state="absent")
    datadog = {"cluster": "advanced", "sink": "datadog", "datadog_api_key": "{{ first_password }}"}
    play.metric_export(**datadog, site="EU1")
    play.metric_export(**datadog, site="US1_GOV")
    play.metric_export_info(cluster="advanced")
    play.metric_export(cluster="advanced", sink="datadog", state="absent")
    if play.version >= "2023-04-10":
        play.metric_export(cluster="advanced", sink="prometheus")
        play.metric_export(cluster="advanced", sink="prometheus", state="absent")
    role = {"role_arn": "role", "target_region": "us-east-1", "log_group_name": "orders"}
    if play.version >= "2024-09-16":
        role["external_id"] = "acme"
    play.metric_export(cluster="aws-advanced", sink="cloudwatch", **role)
    play.metric_export(cluster="aws-advanced", sink="cloudwatch", state="absent")
    play.client_ca_cert(cluster="advanced", x509_pem_cert=CA_ONE)
    append = {"update_mode": "APPEND"} if play.version >= "2026-09-15" else {}
    play.client_ca_cert(cluster="advanced", x509_pem_cert=CA_TWO, **append)
    play.client_ca_cert_info(cluster="advanced")
    play.client_ca_cert(cluster="advanced", state="absent")
    _keys(play, ("us-central1", "us-east1") if play.version >= "2024-09-16" else ("us-central1",))
    if play.version < "2024-09-16":
        return
    logs |= {"omitted_channels": ["SQL_PERF"], "groups": [{**group, "enable_sending_queue": True}]}
    play.log_export(cluster="aws-advanced", log_name="orders", auth_principal="role", aws_external_id="acme")
    size = {"num_virtual_cpus": 4, "storage_gib": 64}
    play.cluster(name="azure-advanced", provider="AZURE", region_nodes={"eastus": 3}, hardware=size)
    play.log_export(cluster="azure-advanced", **logs, azure_shared_key="{{ first_password }}")
    if play.version < "2026-09-15":
        return
    parts = ("tenant_id", "client_id", "dce_endpoint", "dcr_immutable_id", "dcr_resource_id", "workspace_resource_id")
    azure = {"azure_client_secret": "{{ first_password }}", **{f"azure_{part}": "acme" for part in parts}}
    play.log_export(cluster="azure-advanced", type="AZURE_LOG_ANALYTICS_V2", **azure)
    where = {"otlp_endpoint": "https://otlp.example.com", "otlp_headers": {"X-Token": "{{ first_password }}"}}
    play.log_export(cluster="azure-advanced", type="OTLP_HTTP", **where)


def _keys(play: Play, regions: tuple[str, ...]) -> None:
    for key in ("one", "two"):
        keys = [{"region": region, "uri": f"{region}/{key}", "auth_principal": "kms@example.com"} for region in regions]
        play.cmek(cluster="advanced", regions=keys)
    play.cmek_info(cluster="advanced")
    play.cmek(cluster="advanced", state="revoked", confirm_revoke="advanced")


def _backups(play: Play) -> None:
    """What was in a cluster is restored to the same one."""
    where = {"cluster": "advanced", "source_cluster": "advanced", "force": True}
    options = ("schema_only", "skip_localities_check", "skip_missing_foreign_keys")
    opts = dict.fromkeys((*options, "skip_missing_sequences", "skip_missing_views"), True)
    alike = {"provider": "GCP", "hardware": {"num_virtual_cpus": 4}, "supports_cluster_virtualization": True}
    play.cluster(name="standby", region_nodes={"us-west2": 3}, **alike)
    pair = {"primary": "single", "standby": "standby"}
    play.cluster(name="single", region_nodes={"us-east1": 3}, **alike)
    play.physical_replication_stream(**pair, erase_standby=True)
    play.physical_replication_stream(**pair, state="canceled")
    play.physical_replication_stream(**pair, erase_standby=True)
    play.physical_replication_stream(
        **pair,
        state="failed_over",
        failover_at="{{ '%Y-%m-%dT%H:%M:%SZ' | strftime(now().timestamp() + 2, utc=true) }}",
    )
    play.physical_replication_stream_info(**pair, show_completed=True)
    play.backup_configuration(cluster="advanced", frequency_minutes=30, retention_days=90)
    play.backup_configuration(cluster="advanced", enabled=False)
    play.backup_configuration_info(cluster="advanced")
    play.lookup("crdb.cloud.backup", "advanced")
    play.backup_info(cluster="advanced")
    play.backup_info(cluster="advanced", before="2099-01-01T00:00:00Z")
    play.restore(**where, type="DATABASE", databases=["shop"], restore_opts={"new_db_name": "rehearsal", **opts})
    play.restore(**where, type="TABLE", tables=["shop.app.orders"], restore_opts={"into_db": "rehearsal"})
    play.restore_info(cluster="advanced")


def _blackouts(play: Play) -> None:
    begins, moved, ends, later = (
        f"{datetime.now(timezone.utc) + timedelta(days=days):%Y-%m-%dT00:00:00Z}" for days in (20, 21, 25, 30)
    )
    pods = {"region": "us-central1", "azs": ["us-central1-a"], "pods": ["cockroachdb-0"]}
    play.cluster_disruption(cluster="advanced", regions=[pods])
    play.cluster_disruption_info(cluster="advanced")
    play.cluster_disruption(cluster="advanced", state="absent")
    play.blackout_window(cluster="advanced", start_time=begins, end_time=ends)
    play.tasks[-1]["register"] = "window"
    play.blackout_window(cluster="advanced", id="{{ window.blackout_window.id }}", start_time=moved, end_time=later)
    play.blackout_window_info(cluster="advanced")
    play.blackout_window(cluster="advanced", start_time=moved, end_time=later, state="absent")
    play.blackout_windows(cluster="advanced", windows=[{"start_time": begins, "end_time": ends}])
    play.blackout_windows(cluster="advanced", windows=[], purge=True)


def _organization(play: Play) -> None:
    play.region_info()
    play.region_info(provider="AWS", serverless=True)
    if play.version >= "2022-09-20":
        play.organization_info()
        play.cluster_version_info()
        play.invoice_info(month="2026", summary=True)
        play.invoice_info()
        play.tasks[-1]["register"] = "listed"
        play.invoice_info(id="{{ listed.invoices[0].invoice_id }}")


def _basic(play: Play) -> None:
    version = play.version
    more: dict[str, Any] = {"regions": ["us-central1"]}
    if version >= "2022-09-20":
        more = {"regions": ["us-east1", "us-central1"], "primary_region": "us-east1"}
    if version >= "2023-04-10":
        more |= {"with_empty_ip_allowlist": True, "delete_protection": "ENABLED", "parent_id": "root"}
        more["usage_limits"] = {"request_unit_limit": 40_000_000, "storage_mib_limit": 4096}
    else:
        more["spend_limit"] = 1000
    if version >= "2024-09-16":
        more |= {"plan": "BASIC", "upgrade_type": "AUTOMATIC", "labels": {"team": "payments", "tier": 1}}
    play.cluster(name="orders-prod", provider="GCP", **more)
    # Nothing said of money: the first versions want to be told 0 all the same.
    money = {"spend_limit": 500} if version == "2023-04-10" else {}
    play.cluster(name="minimal", provider="AWS", regions=["us-east-1"], **money)
    if version < "2024-09-16":
        play.cluster(name="orders-prod", spend_limit=2000)
    if version >= "2023-04-10":
        limits = {"request_unit_limit": 50_000_000, "storage_mib_limit": 5120}
        regions = ["us-east1", "us-central1", "us-west2"]
        play.cluster(name="orders-prod", usage_limits=limits, delete_protection="DISABLED")
        play.cluster(name="orders-prod", regions=regions, primary_region="us-west2")
        play.cluster(name="orders-prod", parent_id=FOLDER)
    if version >= "2024-09-16":
        play.cluster(name="orders-prod", labels={})
        play.cluster(name="orders-prod", usage_limits={})


def _standard(play: Play) -> None:
    size = {"usage_limits": {"provisioned_virtual_cpus": 2}}
    play.cluster(name="standard", provider="AWS", plan="STANDARD", regions=["us-east-1"], upgrade_type="MANUAL", **size)
    play.cluster(name="standard", upgrade_type="AUTOMATIC", usage_limits={"provisioned_virtual_cpus": 4})
    play.cluster(name="standard", plan="BASIC")
    play.cluster(name="standard", plan="STANDARD", **size)


def _advanced(play: Play) -> None:
    play.cluster(
        name="advanced",
        provider="GCP",
        region_nodes={"us-central1": 3},
        hardware={"num_virtual_cpus": 4},
        cockroach_version="v25.2",
        cidr_range="10.0.0.0/16",
        network_visibility="PRIVATE",
    )
    play.cluster(name="advanced", hardware={"num_virtual_cpus": 8, "storage_gib": 150})
    play.cluster(name="advanced", region_nodes={"us-central1": 3, "us-east1": 3}, labels={"team": "ledger"})
    play.cluster(name="advanced", cockroach_version="v25.4")
    play.cluster(name="advanced", cockroach_version="v25.2")
    play.cluster(name="advanced", cockroach_version="v25.4", upgrade_status="FINALIZED")
    hardware = {"machine_type": "m6i.xlarge", "storage_gib": 35, "disk_iops": 1000}
    play.cluster(name="aws-advanced", provider="AWS", region_nodes={"us-east-1": 1}, hardware=hardware)
    play.cluster(name="aws-advanced", hardware={"disk_iops": 2000})
    play.cluster(name="aws-advanced", hardware={"machine_type": "m6i.2xlarge"})


def _own_account(play: Play) -> None:
    """Only the newest version has editions, and of the one before only one revision the machines of single regions."""
    new = play.version >= "2026-09-15"
    account = {"gcp": {"service_account_email": "crdb@acme.example.com"}}
    machines = {"region_machine_specs": {"us-central1": {"num_virtual_cpus": 4}}, "edition": "MISSION_CRITICAL"}
    play.cluster(
        name="own-account",
        provider="GCP",
        region_nodes={"us-central1": 3},
        hardware={"storage_gib": 60, **({} if new else {"num_virtual_cpus": 4})},
        restrict_egress_traffic=True,
        supports_cluster_virtualization=True,
        customer_cloud_account=account,
        **(machines if new else {}),
    )
    key = {"region": "us-east1", "type": "GCP_CLOUD_KMS", "uri": "projects/key", "auth_principal": "key@example.com"}
    nodes = {"us-central1": 3, "us-east1": 3}
    more = {"region_machine_specs": {"us-east1": {"machine_type": "n2-standard-8"}}} if new else {}
    play.cluster(name="own-account", region_nodes=nodes, cmek_region_specs=[key], **more)
    play.cluster(name="own-account", state="absent")


def _continuum(play: Play) -> None:
    play.runtime_scanning(cluster="orders-prod", type="WIZ")
    play.runtime_scanning_info(cluster="orders-prod")
    play.runtime_scanning(cluster="orders-prod", state="absent")
    play.migration_assistant(cluster="advanced", region="us-central1")
    play.migration_assistant_info(cluster="advanced")
    pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    play.migration_assistant_ca_cert(cluster="advanced", x509_pem_cert=pem)
    play.migration_assistant_ca_cert_info(cluster="advanced")
    play.migration_assistant_ca_cert(cluster="advanced", state="absent")
    play.migration_assistant(cluster="advanced", state="absent")
    play.virtual_cluster_workspace(name="lab", renamed_from="analytics", default_virtual_cpu_burst_limit=8)
    play.virtual_cluster_workspace(id=WORKSPACE, name="lab", default_virtual_cpu_burst_limit=4)
    play.virtual_cluster_workspace_info()
    where = {"workspace": "lab", "name": "reports"}
    labels, options = {"labels": {"team": "a"}}, {"folder": FOLDER, "delete_protection": "DISABLED"}
    regions = {"regions": ["us-central1", "us-east1"], "primary_region": "us-east1"}
    play.virtual_cluster(**where, **regions, **labels, **options, virtual_cpu_burst_limit=2)
    changed = {"regions": ["us-central1"], "primary_region": "us-central1", "virtual_cpu_burst_limit": 3}
    play.virtual_cluster(**where, **changed, labels={}, folder="root", delete_protection="ENABLED")
    play.virtual_cluster(**where, delete_protection="DISABLED")
    play.virtual_cluster_info(workspace="lab")
    play.virtual_cluster(**where, state="absent")


def _spend_limit(play: Play) -> None:
    play.spend_limit_info(limits={"orders-prod": 2500}, budget=100_000)
    play.spend_limit(cluster="orders-prod", spend_limit=2500)
    if play.version < "2023-04-10":
        play.spend_limit(cluster="orders-prod", spend_limit=0)
    else:
        limits = {"request_unit_limit": 60_000_000, "storage_mib_limit": 6144}
        play.spend_limit(cluster="orders-prod", usage_limits=limits)
        play.spend_limit(cluster="orders-prod", unlimited=True)


def _sql_users(play: Play) -> None:
    on = {"cluster": "orders-prod"}
    for name in ("App", USER, "reader", "writer"):
        play.sql_user(**on, name=name, password="{{ first_password }}")
    for name in ("app", USER):
        play.sql_user(**on, name=name, password="{{ second_password }}", update_password="always")
    play.sql_user_info(**on)
    play.sql_user_info(**on, name=USER)
    play.sql_users(**on, users=[{"name": "batch", "password": "{{ first_password }}"}])
    for name in ("reader", USER):
        play.sql_user(**on, name=name, state="absent")


def _fleet(play: Play) -> None:
    users = [{"name": "fleet-app", "password": "{{ first_password }}"}]
    new = {"name": "fleet-new", "provider": "GCP", "regions": ["us-central1"], "sql_users": users}
    there = {"name": "orders-prod", "allowlist": [{"cidr": "192.0.2.0/28", "name": "fleet"}]}
    play.fleet(name="shop", clusters=[new, there])


def _databases(play: Play) -> None:
    on = {"cluster": "orders-prod"}
    play.database(**on, name="bank/é 50%?")
    play.database(**on, name="accounts", renamed_from="bank/é 50%?")
    play.database_info(**on)
    play.database(**on, name="accounts", state="absent")


def _allowlist(play: Play) -> None:
    on = {"cluster": "orders-prod"}
    for number in range(4):
        play.allowlist_entry(**on, cidr=f"203.0.{number}.0/24", name=f"office {number}", ui=False)
    play.allowlist_entry(**on, cidr_ip="198.51.100.7", cidr_mask=32)
    play.allowlist_entry(**on, cidr="203.0.1.0/24", name="", sql=False)
    play.allowlist_entry(**on, cidr="203.0.2.0/24", ui=True)
    play.allowlist_info(**on)
    play.allowlist_entry(**on, cidr="203.0.3.0/24", state="absent")
