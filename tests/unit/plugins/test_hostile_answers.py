# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module against answers of the wrong shape: one sentence, no traceback, no creation from an unusable listing,
and ``changed`` where a write went out.

The emulator answers, and one value of one of its answers is replaced by something else, or left out.
"""

from __future__ import annotations

import json
import os
import random
import uuid
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from certificates import CA_ONE, CA_TWO
from hostile import (  # pylint: disable=unused-import
    GONE,
    REPLACEMENTS,
    World,
    changed,
    declared,
    network,  # noqa: F401
    params_of,
    places,
    run_module,
)

from ansible_collections.crdb.cloud.plugins.lookup import available_regions, connection_string
from ansible_collections.crdb.cloud.plugins.lookup import cluster as cluster_lookup
from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import CrdbError
from ansible_collections.crdb.cloud.plugins.module_utils._cloud_api.client import CloudApi, key_id
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import NONE, ModuleRun, Session
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.sql_user import SQL_USER
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.listings import Listings
from ansible_collections.crdb.cloud.plugins.plugin_utils import _inventory
from crdb_emulator.settings import DEFAULT_API_KEY, fingerprint

MODULES = sorted(path.stem for path in (Path(__file__).parents[3] / "plugins" / "modules").glob("*.py"))
# Values of each answer that are changed, of those further inside; CRDB_HOSTILE_SAMPLE=100000 takes all.
SAMPLE = int(os.environ.get("CRDB_HOSTILE_SAMPLE", "6"))
BASIC = {
    "serverless": {
        "regions": ["us-central1"],
        "usage_limits": {"request_unit_limit": "1000", "storage_mib_limit": "10"},
    }
}
HARDWARE = {"machine_spec": {"num_virtual_cpus": 4}, "storage_gib": 35}
ADVANCED = {"dedicated": {"region_nodes": {"us-central1": 3}, "hardware": HARDWARE, "cockroach_version": "v25.4"}}
ORDERS = ("POST", "clusters", {"name": "orders", "provider": "GCP", "spec": BASIC})
BIG = ("POST", "clusters", {"name": "orders", "provider": "GCP", "spec": ADVANCED})
USER = ("POST", "clusters/{id}/sql-users", {"name": "app", "password": "app-password"})
BANK = ("POST", "clusters/{id}/databases", {"name": "bank"})
OFFICE = {"cidr_ip": "203.0.113.0", "cidr_mask": 24, "ui": True, "sql": True, "name": "office"}
ENTRY = ("POST", "clusters/{id}/networking/allowlist", OFFICE)
OTHER = {"path": "/folders", "where": {"name": "other"}}
FOLDER = ("POST", "folders", {"name": "platform", "parent_id": "root"})
ISSUER = {"issuer_url": "https://id.example.com", "audience": "crdb"}
# Of the emulator, in every run.
ALICE, ALL = (str(uuid.uuid5(uuid.NAMESPACE_URL, name)) for name in ("mailto:alice@example.com", "group:all"))
ADMIN, CREATOR = {"role": "ORG_ADMIN"}, "ORGANIZATION//CLUSTER_CREATOR"
BOSS = ("POST", f"roles/{ALICE}/ORGANIZATION//ORG_ADMIN", None)
ACCOUNT = {"name": "deployer", "description": "", "roles": []}
KEY = {"service_account": "deployer", "name": "pipeline"}
# The account that the emulator begins with.
OWN_KEY = {"service_account": f"sandbox-{fingerprint(DEFAULT_API_KEY)[:6]}", "name": "sandbox"}
WINDOW = {"offset_duration": "93600s", "window_duration": "21600s"}
NIGHT = ("PUT", "clusters/{id}/maintenance-window", WINDOW)
STANDARD = {"serverless": {"regions": ["us-central1"], "usage_limits": {"provisioned_virtual_cpus": "2"}}}
SHOP = ("POST", "clusters", {"name": "orders", "provider": "GCP", "plan": "STANDARD", "spec": STANDARD})
ENDPOINT = {"endpoint_id": "vpce-1"}
CONNECTION = ("POST", "clusters/{id}/networking/private-endpoint-connections", ENDPOINT)
LOGS = {"log_name": "orders", "auth_principal": "acme", "groups": [{"log_name": "ops", "channels": ["OPS"]}]}
CLOSED = {"dedicated": {**ADVANCED["dedicated"], "network_visibility": "PRIVATE"}}
PRIVATE = ("POST", "clusters", {"name": "orders", "provider": "GCP", "spec": CLOSED})
KEY_OF_REGION = {"region": "us-central1", "uri": "one"}
KEY_SPEC = {"type": "GCP_CLOUD_KMS", "uri": "one", "auth_principal": "acme"}
ENCRYPTED = ("POST", "clusters/{id}/cmek", {"region_specs": [{"region": "us-central1", "key_spec": KEY_SPEC}]})
CLIENTS = ("POST", "clusters/{id}/client-ca-cert", {"x509_pem_cert": CA_ONE})
DATADOG = {"site": "EU1", "api_key": "planted-datadog-key"}
METRICS = ("POST", "clusters/{id}/metricexport/datadog", DATADOG)
EXPORT = ("POST", "clusters/{id}/logexport", {"type": "GCP_CLOUD_LOGGING", **LOGS})
ON_AWS = {"dedicated": {**ADVANCED["dedicated"], "region_nodes": {"us-east-1": 3}}}
AWS = ("POST", "clusters", {"name": "orders", "provider": "AWS", "spec": ON_AWS})
WAITING = (
    "STATE",
    "aws-endpoint-connections/{id}",
    {
        "vpce-1": {
            "region_name": "us-east-1",
            "cloud_provider": "AWS",
            "service_id": "vpce-svc-1",
            "status": "PENDING_ACCEPTANCE",
        }
    },
)
RULE = {"name": "kafka", "type": "CIDR", "destination": "203.0.113.9/32", "ports": [9093]}
KAFKA = ("POST", "clusters/{id}/networking/egress-rules", {**RULE, "description": ""})
TARGET = {"region": "us-central1", "target_service_identifier": "projects/acme/serviceAttachments/kafka"}
BROKERS = (
    "POST",
    "clusters/{id}/networking/egress-private-endpoints",
    {**TARGET, "target_service_type": "PRIVATE_SERVICE"},
)
OWNER = {"external_owner_id": "012345678901"}
TRUSTED = ("POST", "clusters/{id}/networking/private-endpoint-trusted-owners", {**OWNER, "type": "AWS_ACCOUNT_ID"})
RESTORE = ("POST", "clusters/{id}/restores", {"type": "CLUSTER", "source_cluster_id": "{id}"})
DEFERRAL = ("PUT", "clusters/{id}/version-deferral", {"deferral_policy": "DEFERRAL_60_DAYS"})
DAY = datetime.now(timezone.utc) + timedelta(days=20)
SOON = {"start_time": f"{DAY:%Y-%m-%dT00:00:00Z}", "end_time": f"{DAY:%Y-%m-%dT08:00:00Z}"}
BLACKOUT = ("POST", "clusters/{id}/blackout-windows", SOON)
REGION = {"region_code": "us-central1", "is_whole_region": False, "pods": ["cockroachdb-0"]}
DISRUPTION = ("PUT", "clusters/{id}/disrupt", {"regional_disruptor_specifications": [REGION]})
PAIR = {"primary": "orders", "standby": "orders-dr"}
STANDBY = ("POST", "clusters", {"name": "orders-dr", "provider": "GCP", "spec": ADVANCED})
STREAM = ("POST", "physical-replication-streams", {"primary_cluster_id": "{id}", "standby_cluster_id": "{last}"})
NEWER = {"api_version": "2026-09-15"}
SPACES = (
    "STATE",
    "virtual-cluster-workspaces",
    {
        ALL: {
            "name": "analytics",
            "cloud_provider": "GCP",
            "regions": ["us-central1"],
            "default_virtual_cpu_burst_limit": 4,
        }
    },
)
ASSISTED = ("STATE", "migration-assistant/{id}", {"": {"status": "RUNNING"}})
SIGNER = {
    "service_account": "deployer",
    "name": "pipeline",
    "algorithm": "ES256",
    "public_key": "-----BEGIN PUBLIC KEY-----\nplanted/public/keyplanted/public/keyplanted/public/keyplanted/public/key\n-----END PUBLIC KEY-----\n",
    "expires_at": "2099-01-01T00:00:00Z",
}
SCIM_USER = {"user_name": "carol@example.com", "given_name": "Carol"}
SCIM_GROUP = {"name": "dba"}
BELOW = {"cluster": "orders"}
NEW = {"name": "orders", "provider": "GCP", "regions": ["us-central1"], "spend_limit": 1000, "labels": {"env": "prod"}}
APP = {"name": "app", "password": "app-password"}

# (module, options, requests that make what has to be there)
SCENARIOS: list[tuple[str, dict[str, Any], tuple[Any, ...]]] = [
    ("cluster", NEW, ()),
    (
        "cluster",
        {**NEW, "spend_limit": 2000, "regions": ["us-central1", "us-east1"], "primary_region": "us-east1"},
        (ORDERS,),
    ),
    ("cluster", {"name": "orders", "hardware": {"storage_gib": 60}, "cockroach_version": "v26.1"}, (BIG,)),
    ("cluster", {"name": "orders", "state": "absent"}, (ORDERS,)),
    ("cluster_info", {"labels": {"env": "prod"}}, (ORDERS,)),
    ("cluster_info", BELOW, (BIG,)),
    ("cluster_node_info", BELOW, (BIG,)),
    ("cluster_version_info", {}, ()),
    ("organization_export", {"include": ["clusters"], "names": ["orders"], "return_variables": True}, (ORDERS,)),
    ("fleet", {"name": "shop", "clusters": [{**NEW, "sql_users": [APP], "databases": [{"name": "bank"}]}]}, ()),
    (
        "fleet",
        {
            "name": "shop",
            "clusters": [
                {
                    **NEW,
                    "allowlist": [{"cidr": "198.51.100.0/24"}],
                    "sql_users": [{**APP, "update_password": "always"}],
                    "purge_children": ["allowlist"],
                }
            ],
        },
        (ORDERS, USER, ENTRY),
    ),
    ("sql_user", {**BELOW, **APP}, (ORDERS,)),
    ("sql_user", {**BELOW, **APP, "update_password": "always"}, (ORDERS, USER)),
    ("sql_user", {**BELOW, "name": "app", "state": "absent"}, (ORDERS, USER)),
    (
        "sql_users",
        {**BELOW, "users": [APP, {"name": "ops", "password": "ops-password"}], "purge": True},
        (ORDERS, USER),
    ),
    ("sql_user_info", BELOW, (ORDERS, USER)),
    ("allowlist_entry", {**BELOW, "cidr": "203.0.113.0/24", "name": "office"}, (ORDERS,)),
    ("allowlist_entry", {**BELOW, "cidr": "203.0.113.0/24", "ui": False}, (ORDERS, ENTRY)),
    ("allowlist_entry", {**BELOW, "cidr": "203.0.113.0/24", "state": "absent"}, (ORDERS, ENTRY)),
    ("allowlist_info", BELOW, (ORDERS, ENTRY)),
    ("database", {**BELOW, "name": "bank"}, (ORDERS,)),
    ("database", {**BELOW, "name": "accounts", "renamed_from": "bank"}, (ORDERS, BANK)),
    ("database", {**BELOW, "name": "bank", "state": "absent"}, (ORDERS, BANK)),
    ("database_info", BELOW, (ORDERS, BANK)),
    ("spend_limit", {**BELOW, "spend_limit": 5000}, (ORDERS,)),
    ("spend_limit", {**BELOW, "spend_limit": 5000, "api_version": "2022-03-31"}, (ORDERS,)),
    ("spend_limit_info", {"limits": {"orders": 500}, "label": "env"}, (ORDERS,)),
    ("folder", {"path": "/platform/prod", "parents": True}, ()),
    ("folder", {"path": "/shop", "renamed_from": "platform", "labels": {"env": "prod"}}, (FOLDER,)),
    ("folder", {"path": "/platform", "state": "absent"}, (FOLDER,)),
    ("folder_info", {"path": "/platform", "contents": True}, (FOLDER,)),
    ("cluster", {**NEW, "folder": "/platform"}, (FOLDER,)),
    ("service_account", ACCOUNT, ()),
    ("service_account", {**ACCOUNT, "description": "of the pipeline"}, (("POST", "service-accounts", ACCOUNT),)),
    ("service_account", {"name": "deployer", "state": "absent"}, (("POST", "service-accounts", ACCOUNT),)),
    ("service_account_info", {}, (("POST", "service-accounts", ACCOUNT),)),
    ("api_key", {**KEY, "secret_path": "{tmp}/key"}, (("POST", "service-accounts", ACCOUNT),)),
    ("api_key", {**OWN_KEY, "rotate": True, "max_age_days": 1, "keep_old_for": 0}, ()),
    ("api_key", {**OWN_KEY, "name": "other", "renamed_from": "sandbox"}, ()),
    ("api_key_info", {"older_than_days": 1}, ()),
    (
        "role_grant",
        {
            "user": "alice@example.com",
            "roles": [{"role": "CLUSTER_ADMIN", "cluster": "orders"}, {"role": "FOLDER_ADMIN", "folder": "/platform"}],
        },
        (ORDERS, FOLDER),
    ),
    ("role_grant", {"group": "all", "roles": [], "state": "exactly"}, (("POST", f"roles/{ALL}/{CREATOR}", None),)),
    ("role_grant", {"user_id": ALICE, "roles": [ADMIN], "state": "absent"}, (BOSS,)),
    ("role_grant_info", {}, (BOSS,)),
    ("role_grant_info", {"user": "alice@example.com"}, (BOSS,)),
    ("person_info", {"email": "alice@example.com"}, ()),
    ("jwt_issuer", ISSUER, ()),
    ("jwt_issuer", {**ISSUER, "claim": "email"}, (("POST", "jwt-issuers", ISSUER),)),
    ("jwt_issuer", {**ISSUER, "state": "absent"}, (("POST", "jwt-issuers", ISSUER),)),
    ("jwt_issuer_info", {}, (("POST", "jwt-issuers", ISSUER),)),
    ("maintenance_window", {**BELOW, "day": "tuesday", "start": "02:00", "duration": "6h"}, (BIG,)),
    ("maintenance_window", {**BELOW, "window_duration": "8h"}, (BIG, NIGHT)),
    ("maintenance_window", {**BELOW, "state": "absent"}, (BIG, NIGHT)),
    ("maintenance_window_info", BELOW, (BIG, NIGHT)),
    ("private_endpoint_services", BELOW, (BIG,)),
    ("private_endpoint_services_info", BELOW, (SHOP,)),
    ("version_deferral", {**BELOW, "days": 60}, (BIG,)),
    ("version_deferral", {**BELOW, "state": "absent"}, (BIG, DEFERRAL)),
    ("version_deferral_info", BELOW, (BIG, DEFERRAL)),
    ("cluster_disruption", {**BELOW, "regions": [{"region": "us-central1"}], "duration": "5m"}, (BIG,)),
    ("cluster_disruption", {**BELOW, "state": "absent"}, (BIG, DISRUPTION)),
    ("cluster_disruption_info", BELOW, (BIG, DISRUPTION)),
    ("blackout_window", {**BELOW, **SOON}, (BIG,)),
    ("blackout_window", {**BELOW, **SOON, "end_time": SOON["start_time"].replace("T00", "T09")}, (BIG, BLACKOUT)),
    ("blackout_window", {**BELOW, **SOON, "state": "absent"}, (BIG, BLACKOUT)),
    ("blackout_window_info", BELOW, (BIG, BLACKOUT)),
    ("blackout_windows", {**BELOW, "windows": [], "purge": True}, (BIG, BLACKOUT)),
    ("private_endpoint_trusted_owner", {**BELOW, **OWNER}, (AWS,)),
    ("private_endpoint_trusted_owner", {**BELOW, **OWNER, "state": "absent"}, (AWS, TRUSTED)),
    ("private_endpoint_trusted_owner_info", BELOW, (AWS, TRUSTED)),
    ("egress_traffic_policy", {**BELOW, "allow_all": False}, (BIG,)),
    ("egress_traffic_policy_info", BELOW, (BIG,)),
    ("egress_rule", {**BELOW, **RULE}, (BIG,)),
    ("egress_rule", {**BELOW, **RULE, "ports": [], "recreate": True}, (BIG, KAFKA)),
    ("egress_rule", {**BELOW, "name": "kafka", "state": "absent"}, (BIG, KAFKA)),
    ("egress_rule_info", {**BELOW, "crl_managed": True}, (BIG, KAFKA)),
    ("egress_rules", {**BELOW, "rules": [{**RULE, "name": "other"}], "purge": True}, (BIG, KAFKA)),
    ("egress_private_endpoint", {**BELOW, **TARGET, "domain_names": ["*.example.com"]}, (BIG,)),
    ("egress_private_endpoint", {**BELOW, **TARGET, "state": "absent"}, (BIG, BROKERS)),
    ("egress_private_endpoint_info", BELOW, (BIG, BROKERS)),
    ("aws_endpoint_connection", {**BELOW, **ENDPOINT}, (AWS, WAITING)),
    ("aws_endpoint_connection_info", BELOW, (AWS, WAITING)),
    ("private_endpoint_connection", {**BELOW, **ENDPOINT}, (SHOP,)),
    ("private_endpoint_connection", {**BELOW, **ENDPOINT, "state": "absent"}, (SHOP, CONNECTION)),
    ("private_endpoint_connection_info", BELOW, (SHOP, CONNECTION)),
    ("restore", {**BELOW, "source_cluster": "orders", "type": "CLUSTER", "force": True}, (ORDERS,)),
    ("restore_info", BELOW, (ORDERS, RESTORE)),
    ("backup_info", {**BELOW, "latest": True}, (ORDERS,)),
    ("physical_replication_stream", {**PAIR, "erase_standby": True}, (BIG, STANDBY)),
    ("physical_replication_stream", {**PAIR, "state": "failed_over"}, (BIG, STANDBY, STREAM)),
    ("physical_replication_stream", {**PAIR, "state": "canceled"}, (BIG, STANDBY, STREAM)),
    ("physical_replication_stream_info", PAIR, (BIG, STANDBY, STREAM)),
    ("backup_configuration", {**BELOW, "frequency_minutes": 5, "enabled": False}, (BIG,)),
    ("backup_configuration_info", BELOW, (BIG,)),
    ("log_export", {**BELOW, **LOGS}, (SHOP,)),
    ("log_export", {**BELOW, "redact": True}, (SHOP, EXPORT)),
    ("log_export", {**BELOW, "state": "absent"}, (SHOP, EXPORT)),
    ("log_export_info", BELOW, (SHOP, EXPORT)),
    ("metric_export", {**BELOW, "sink": "prometheus"}, (SHOP,)),
    ("metric_export", {**BELOW, "sink": "datadog", "site": "US1", "datadog_api_key": "another-key"}, (SHOP, METRICS)),
    ("metric_export", {**BELOW, "sink": "datadog", "state": "absent"}, (SHOP, METRICS)),
    ("metric_export_info", BELOW, (SHOP, METRICS)),
    ("cmek", {**BELOW, "regions": [KEY_OF_REGION]}, (PRIVATE,)),
    ("cmek", {**BELOW, "regions": [{**KEY_OF_REGION, "uri": "two"}]}, (PRIVATE, ENCRYPTED)),
    ("cmek", {**BELOW, "state": "revoked", "confirm_revoke": "orders"}, (PRIVATE, ENCRYPTED)),
    ("cmek_info", BELOW, (PRIVATE, ENCRYPTED)),
    ("client_ca_cert", {**BELOW, "x509_pem_cert": CA_ONE}, (BIG,)),
    ("client_ca_cert", {**BELOW, "x509_pem_cert": CA_TWO}, (BIG, CLIENTS)),
    ("client_ca_cert", {**BELOW, "state": "absent"}, (BIG, CLIENTS)),
    ("client_ca_cert_info", BELOW, (BIG, CLIENTS)),
    ("service_account_credential", {**NEWER, **SIGNER}, (("POST", "service-accounts", ACCOUNT),)),
    (
        "service_account_credential_info",
        {**NEWER, "service_account": "deployer"},
        (("POST", "service-accounts", ACCOUNT),),
    ),
    ("scim_user", SCIM_USER, ()),
    ("scim_user_info", {}, ()),
    ("scim_group", SCIM_GROUP, ()),
    ("scim_group_info", {}, ()),
    ("scim_service_info", {}, ()),
    ("invoice_info", {}, (ORDERS,)),
    ("runtime_scanning", {**BELOW, **NEWER, "type": "WIZ"}, (BIG,)),
    ("runtime_scanning_info", {**BELOW, **NEWER}, (BIG,)),
    ("migration_assistant", {**BELOW, **NEWER}, (BIG,)),
    ("migration_assistant_info", {**BELOW, **NEWER}, (BIG, ASSISTED)),
    ("migration_assistant_ca_cert", {**BELOW, **NEWER, "x509_pem_cert": CA_ONE}, (BIG, ASSISTED)),
    ("migration_assistant_ca_cert_info", {**BELOW, **NEWER}, (BIG, ASSISTED)),
    ("virtual_cluster_workspace", {**NEWER, "name": "analytics", "default_virtual_cpu_burst_limit": 8}, (SPACES,)),
    ("virtual_cluster_workspace_info", NEWER, (SPACES,)),
    (
        "virtual_cluster",
        {**NEWER, "workspace": "analytics", "name": "reports", "regions": ["us-central1"]},
        (SPACES,),
    ),
    ("virtual_cluster_info", {**NEWER, "workspace": "analytics"}, (SPACES,)),
    ("organization_info", {}, ()),
    ("region_info", {"provider": "GCP"}, ()),
    ("audit_log_info", {}, (ORDERS, USER)),
    ("audit_log_export", {"dest": "{tmp}/audit.jsonl"}, (ORDERS, USER)),
    ("api_request", {"path": "/service-accounts", "pages": True}, ()),
    (
        "api_request",
        {"method": "POST", "path": "/folders", "body": {"name": "new", "parent_id": "root"}, "unless": OTHER},
        (FOLDER,),
    ),
    ("api_request", {"method": "DELETE", "path": f"/api-keys/{key_id(DEFAULT_API_KEY)}", "confirm": "sandbox"}, ()),
    ("cluster_api_request", {"path": "/sessions", "pages": True}, ()),
    ("cluster_api_session", {}, ()),
    ("cluster_api_query", {"query": "SELECT 1 AS one"}, ()),
    ("cluster_api_query", {"query": "CREATE DATABASE shop", "read_only": False}, ()),
    ("cluster_api_grant", {"user": "bob", "database": "defaultdb", "privileges": ["CONNECT"]}, ()),
    ("cluster_api_grant", {"user": "bob", "roles": ["admin"]}, ()),
    ("cluster_api_grant", {"user": "ann", "roles": ["admin"], "state": "absent"}, ()),
    ("cluster_api_health_info", {"ready": True}, ()),
    ("cluster_api_node_info", {"metrics": True}, ()),
    ("cluster_api_node_range_info", {"node_id": "1"}, ()),
    ("cluster_api_range_info", {"range_id": 1}, ()),
    ("cluster_api_hot_range_info", {}, ()),
    ("cluster_api_database_info", {"name": "defaultdb", "grants": True, "tables": True}, ()),
    ("cluster_api_database_info", {"details": True}, ()),
    ("cluster_api_database_grant_info", {"database": "defaultdb"}, ()),
    ("cluster_api_table_info", {"database": "system"}, ()),
    ("cluster_api_table_info", {"database": "system", "table": "users"}, ()),
    ("cluster_api_event_info", {}, ()),
    ("cluster_api_sql_session_info", {}, ()),
    ("cluster_api_user_info", {}, ()),
    ("cluster_api_rule_info", {}, ()),
    ("cluster_api_restart_safety_info", {}, ()),
]
LISTS = {"clusters", "users", "databases", "allowlist", "regions", "nodes", "versions", "entries"}


def run(world: World, scenario: Any, at: int, mutate: Any, tmp_path: Path) -> dict[str, Any]:
    name, args, before = scenario
    world.again()
    world.prepare(*before)
    world.at, world.mutate = at, mutate
    for path in tmp_path.iterdir():
        path.unlink()
    args = {
        key: value.replace("{tmp}", str(tmp_path)) if key in ("dest", "secret_path") else value
        for key, value in args.items()
    }
    module = declared(name)
    return run_module(world, module, params_of(module, args))


def judge(world: World, result: dict[str, Any], what: str) -> None:
    text = json.dumps(result, ensure_ascii=False)
    text.encode()
    assert "Bug in crdb.cloud" not in text and "exception" not in result, f"{what}: {text}"
    carried_out = [seen for seen in world.written if 200 <= seen.status < 300]
    if result.get("failed"):
        assert "\n" not in result["msg"] and len(result["msg"]) < 1200, f"{what}: {result['msg']}"
        assert bool(result.get("changed")) or not carried_out, f"{what}: {text}"
    elif world.written:
        assert result["changed"], what


def unusable(at: tuple[Any, ...], replacement: Any) -> bool:
    """Whether a listing of the Cloud API says nothing any more about what is there."""
    if at and at[-1] == "pagination" and len(at) == 1:
        return replacement not in (None, {}, GONE) and not isinstance(replacement, dict)
    if not at:
        return True
    return len(at) == 1 and at[0] in LISTS and replacement != []


def test_every_module_is_tried() -> None:
    # provision_hosts sends what fleet sends, and reads what to send in the variables of hosts.
    silent = {name for name in MODULES if declared(name).connection == NONE}
    assert {name for name, _args, _before in SCENARIOS} == set(MODULES) - {"provision_hosts"} - silent


def test_an_answer_that_makes_a_write_unreadable_is_a_change(network: Any, tmp_path: Path) -> None:  # noqa: F811
    """What has been set can't be read back: it has been set all the same."""
    world = World()
    network(world)
    scenario = next(item for item in SCENARIOS if item[0] == "spend_limit")
    result = run(world, scenario, -1, bytes, tmp_path)
    (write,) = [at for at, seen in enumerate(world.seen) if seen.writes]
    result = run(world, scenario, write, lambda body: b"[]", tmp_path)
    assert result["changed"] and world.written


def test_a_bug_after_a_write_is_a_change(network: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    world = World()
    network(world)
    scenario = next(item for item in SCENARIOS if item[0] == "sql_user")

    def broken(self: Any, row: Any) -> Any:
        if world.written:
            raise KeyError("name")
        return dict(row)

    monkeypatch.setattr(type(SQL_USER), "shown", broken)
    result = run(world, scenario, -1, bytes, tmp_path)
    assert result["failed"] and result["changed"] and result["msg"].startswith("Bug in crdb.cloud: KeyError")


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(SCENARIOS)), ids=lambda number: f"{number}-{SCENARIOS[number][0]}")
def test_no_answer_makes_a_module_crash(number: int, network: Any, tmp_path: Path) -> None:  # noqa: F811
    scenario = SCENARIOS[number]
    world = World()
    network(world)
    result = run(world, scenario, -1, bytes, tmp_path)
    assert not result.get("failed"), result
    flow = world.seen
    assert flow
    alike: Counter[Any] = Counter()
    for at, seen in enumerate(flow):
        try:
            value = json.loads(seen.body)
        except ValueError:
            continue
        # Polls, and what is read of one thing after the other, look alike.
        kind = (seen.method, tuple(value) if isinstance(value, dict) else value)
        alike[kind] += 1
        if alike[kind] > 2:
            continue
        every = [(place, one) for place in places(value) for one in REPLACEMENTS if place or one is not GONE]
        lists = seen.method == "GET" and isinstance(value, dict) and bool({"pagination", "entries"} & set(value))
        # An export goes on, and says what it could not read.
        lists = lists and scenario[0] != "organization_export"
        near = [case for case in every if len(case[0]) < 1 + lists]
        far = [case for case in every if len(case[0]) >= 1 + lists]
        chosen = random.Random(f"{number} {at}").sample(far, min(len(far), SAMPLE))
        for place, one in near + chosen:
            result = run(world, scenario, at, lambda body: changed(body, place, one), tmp_path)  # noqa: B023
            what = f"answer {at} ({seen.method} {seen.path}): {place} -> {one!r}"
            judge(world, result, what)
            if lists and not any(item.writes for item in flow[:at]) and unusable(place, one):
                assert result.get("failed"), what
                assert not world.written, what


def inventory(api: CloudApi, _world: World) -> Any:
    rows = _inventory.read_clusters(api, _inventory.Filters())
    names = _inventory.host_names(rows, lambda text: None)
    hosts = {names[row["id"]]: _inventory.cluster_vars(row) for row in rows if _inventory.Filters().match(row)}
    for row in rows:
        for node in _inventory.read_nodes(api, row) if _inventory.has_nodes(row) else []:
            hosts[_inventory.node_host(node, names[row["id"]])] = _inventory.node_vars(node, names[row["id"]])
    return hosts


def lookup(plugin: Any, term: str) -> Any:
    names = ("user", "password", "sslmode", "sslrootcert", "database", "field", "serverless")
    params = {**dict.fromkeys((*names, "region")), "os": "LINUX", "on_missing": "error", "network": "public"}

    def read(api: CloudApi, world: World) -> Any:
        session = Session(api, Listings(world.clock))
        quiet = {"warn": lambda text: None, "notify": lambda line: None}
        return plugin.LookupModule().find(
            ModuleRun(params, check_mode=False, diff=False, session=session, **quiet), term
        )

    return read


@pytest.mark.parametrize(
    "read",
    [
        inventory,
        lookup(cluster_lookup, "orders"),
        lookup(connection_string, "orders"),
        lookup(available_regions, "GCP"),
    ],
    ids=["inventory", "cluster", "connection_string", "available_regions"],
)
def test_no_answer_makes_the_inventory_or_a_lookup_crash(read: Any, network: Any) -> None:  # noqa: F811
    world = World()
    network(world)
    settings = params_of(declared("cluster_info"), {})

    def found(at: int = -1, mutate: Any = bytes) -> Any:
        world.again()
        world.prepare(BIG)
        world.at, world.mutate = at, mutate
        return read(CloudApi(settings, read_only=True, clock=world.clock, sleep=world.clock.sleep), world)

    assert found()
    for at, seen in enumerate(list(world.seen)):
        value = json.loads(seen.body)
        cases = [(place, one) for place in places(value) for one in REPLACEMENTS if place or one is not GONE]
        for place, one in random.Random(str(at)).sample(cases, min(len(cases), 10 * SAMPLE)):
            try:
                result = found(at, lambda body: changed(body, place, one))  # noqa: B023
            except CrdbError as error:
                assert "\n" not in str(error), str(error)
                str(error).encode()
            else:
                json.dumps(result, ensure_ascii=False).encode()
