# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a Terraform state: its forms, its names and secrets, and what can be wrong with it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._export.document import dump
from ansible_collections.crdb.cloud.plugins.module_utils._export.terraform import Takeover, take_over
from ansible_collections.crdb.cloud.plugins.module_utils._export.terraform_file import Resource, State, read_state
from ansible_collections.crdb.cloud.plugins.module_utils._export.terraform_types import DOMAIN_NAMES, TYPES

CLUSTER, OTHER, FOLDER, ACCOUNT, PERSON = (f"{number}f69fdd2-600a-4cfc-a9ba-16995df0d77d" for number in range(1, 6))
OURS = 'provider["registry.terraform.io/cockroachdb/cockroach"]'
ROLE = {"role_name": "ORG_ADMIN", "resource_type": "ORGANIZATION", "resource_id": None}
KEY = {"type": "GCP_CLOUD_KMS", "uri": "projects/acme/one", "auth_principal": "kms@example.com", "status": "ENABLED"}
ADVANCED = {
    "machine_type": "n2-standard-4",
    "num_virtual_cpus": 4,
    "storage_gib": 60,
    "memory_gib": 16.0,
    "disk_iops": 450,
    "private_network_visibility": False,
    "cidr_range": "172.28.0.0/14",
    "supports_cluster_virtualization": None,
}
BASE = {
    "id": CLUSTER,
    "name": "orders-prod",
    "cloud_provider": "GCP",
    "plan": "ADVANCED",
    "parent_id": "root",
    "labels": {"team": "orders"},
    "delete_protection": True,
    "cockroach_version": "v25.2",
    "regions": [{"name": "us-east1", "node_count": 3, "primary": False, "sql_dns": "x"}],
    "backup_config": {"enabled": True, "frequency_minutes": 60, "retention_days": 30},
    "dedicated": ADVANCED,
    "serverless": None,
}
BASIC = {
    **BASE,
    "plan": "BASIC",
    "dedicated": None,
    "serverless": {"usage_limits": None, "spend_limit": None, "upgrade_type": "AUTOMATIC", "routing_id": "r"},
    "regions": [{"name": "us-east1", "node_count": 0, "primary": True}, {"name": "us-west2", "primary": False}],
}
BELOW = {"cluster_id": CLUSTER}
# What they are as variables of a fleet.
EXPECTED = """\
---
folders:
  - path: /platform
    labels:
      team: orders

jwt_issuers:
  - issuer_url: https://example.com
    audience: acme
    claim: sub
    jwks: !unsafe "{}"
    identity_map:
      - token_identity: a
        cc_identity: b

scim_users:
  - user_name: alice@example.com
    emails:
      - value: alice@example.com
        primary: true
    display_name: Alice
    given_name: Alice
    active: true

service_accounts:
  - name: deploy
    description: pipelines

api_keys:
  - service_account: deploy
    name: ci

role_grants:
  - user: alice@example.com
    state: exactly
    roles:
      - role: ORG_ADMIN

  - service_account: deploy
    roles:
      - role: ORG_ADMIN

clusters:
  - name: orders-prod
    plan: ADVANCED
    provider: GCP
    region_nodes:
      us-east1: 3
    hardware:
      num_virtual_cpus: 4
      storage_gib: 60
    cockroach_version: v25.2
    labels:
      team: orders
    delete_protection: ENABLED
    databases:
      - name: bank
    sql_users:
      - name: app
        password: "{{ vault_orders_prod_app | default(omit) }}"
    allowlist:
      - cidr: 203.0.113.0/24
        ui: true
        sql: false
        name: office
    maintenance_window:
      day: tuesday
      start: "02:00"
      duration: 6h
    backup_configuration:
      enabled: true
      frequency_minutes: 60
      retention_days: 30
    version_deferral:
      policy: FIXED_DEFERRAL
    blackout_windows:
      - start_time: "2030-01-01T00:00:00Z"
        end_time: "2030-01-02T00:00:00Z"
    log_export:
      type: GCP_CLOUD_LOGGING
      log_name: orders
      auth_principal: logs@example.com
      redact: true
      omitted_channels: [HEALTH]
      groups:
        - log_name: security
          channels: [PRIVILEGES]
          redact: false
    metric_exports:
      - sink: cloudwatch
        role_arn: arn:x
        log_group_name: g
      - sink: datadog
        site: EU1
        datadog_api_key: "{{ vault_orders_prod_datadog_api_key | default(omit) }}"
      - sink: prometheus
    client_ca_cert:
      x509_pem_cert: |
        -----BEGIN CERTIFICATE-----
    cmek:
      regions:
        - region: us-east1
          type: GCP_CLOUD_KMS
          uri: projects/acme/one
          auth_principal: kms@example.com
    runtime_scanning:
      type: WIZ
    private_endpoint_services: {}
    private_endpoint_connections:
      - endpoint_id: vpce-1
    private_endpoint_trusted_owners:
      - external_owner_id: "012345678901"
        type: AWS_ACCOUNT_ID
    egress_private_endpoints:
      - region: us-east1
        target_service_identifier: kafka
        target_service_type: PRIVATE_SERVICE
        domain_names: ["*.example.com"]
    egress_rules:
      - name: kafka
        type: FQDN
        destination: kafka.example.com
        ports: [9093]
    egress_traffic_policy:
      allow_all: false
"""
# An object of each type.
SAMPLES: dict[str, dict[str, Any]] = {
    "folder": {"id": FOLDER, "name": "platform", "parent_id": "root", "labels": {"team": "orders"}},
    "jwt_issuer": {
        "id": OTHER,
        "issuer_url": "https://example.com",
        "audience": "acme",
        "claim": "sub",
        "jwks": "{}",
        "identity_map": [{"token_identity": "a", "cc_identity": "b"}],
    },
    "provisioned_user": {
        "id": PERSON,
        "user_name": "alice@example.com",
        "display_name": "Alice",
        "active": True,
        "emails": [{"value": "alice@example.com", "primary": True, "type": None, "display": None}],
        "name": {"given_name": "Alice", "family_name": None},
    },
    "service_account": {"id": ACCOUNT, "name": "deploy", "description": "pipelines"},
    "api_key": {"id": "CCDB1_x", "name": "ci", "service_account_id": ACCOUNT, "secret": "planted"},
    "user_role_grant": {"user_id": ACCOUNT, "role": ROLE},
    "user_role_grants": {"id": PERSON, "user_id": PERSON, "roles": [ROLE]},
    "cluster": BASE,
    "database": {**BELOW, "id": f"{CLUSTER}:bank", "name": "bank"},
    "sql_user": {**BELOW, "id": f"{CLUSTER}:app", "name": "app", "password": "planted"},
    "allow_list": {**BELOW, "cidr_ip": "203.0.113.0", "cidr_mask": 24, "ui": True, "sql": False, "name": "office"},
    "maintenance_window": {"id": CLUSTER, "offset_duration": 93600, "window_duration": 21600},
    "version_deferral": {"id": CLUSTER, "deferral_policy": "FIXED_DEFERRAL"},
    "blackout_window": {**BELOW, "id": OTHER, "start_time": "2030-01-01T00:00:00Z", "end_time": "2030-01-02T00:00:00Z"},
    "log_export_config": {
        "id": CLUSTER,
        "type": "GCP_CLOUD_LOGGING",
        "log_name": "orders",
        "auth_principal": "logs@example.com",
        "redact": True,
        "region": "",
        "omitted_channels": ["HEALTH"],
        "groups": [{"log_name": "security", "channels": ["PRIVILEGES"], "min_level": None, "redact": False}],
        "aws_external_id": None,
    },
    "metric_export_cloudwatch_config": {"id": CLUSTER, "role_arn": "arn:x", "target_region": "", "log_group_name": "g"},
    "metric_export_datadog_config": {"id": CLUSTER, "site": "EU1", "api_key": "planted"},
    "metric_export_prometheus_config": {"id": CLUSTER, "targets": {"us-east1": "https://example.com"}},
    "client_ca_cert": {"id": CLUSTER, "x509_pem_cert": "-----BEGIN CERTIFICATE-----\n"},
    "cmek": {"id": CLUSTER, "regions": [{"region": "us-east1", "key": KEY}], "additional_regions": None},
    "cluster_runtime_scanning": {**BELOW, "id": CLUSTER, "type": "WIZ"},
    "private_endpoint_services": {**BELOW, "id": CLUSTER, "services": [], "services_map": {}},
    "private_endpoint_connection": {**BELOW, "id": f"{CLUSTER}:vpce-1", "endpoint_id": "vpce-1"},
    "private_endpoint_trusted_owner": {
        **BELOW,
        "id": OTHER,
        "owner_id": OTHER,
        "type": "AWS_ACCOUNT_ID",
        "external_owner_id": "012345678901",
    },
    "egress_rule": {
        **BELOW,
        "id": OTHER,
        "name": "kafka",
        "type": "FQDN",
        "destination": "kafka.example.com",
        "ports": [9093],
        "description": "",
        "crl_managed": False,
    },
    "egress_private_endpoint": {
        **BELOW,
        "id": OTHER,
        "region": "us-east1",
        "target_service_identifier": "kafka",
        "target_service_type": "PRIVATE_SERVICE",
    },
    DOMAIN_NAMES: {**BELOW, "endpoint_id": OTHER, "domain_names": ["*.example.com"]},
    "egress_traffic_policy": {"id": CLUSTER, "allow_all": False},
    "restore": {"id": OTHER},
    "physical_replication_stream": {"id": OTHER},
    "finalize_version_upgrade": {"id": CLUSTER, "cockroach_version": "v25.2"},
    "sql_role": {"id": CLUSTER},
}
ALL = [Resource(f"cockroach_{kind}.it", kind, row) for kind, row in SAMPLES.items()]


def taken(*resources: Resource) -> Takeover:
    found = take_over(State([*resources]))
    # Whatever came of it can be written.
    dump(found.variables)
    return found


def of(kind: str, address: str = "", /, *, data: bool = False, hidden: tuple[str, ...] = (), **more: Any) -> Resource:
    return Resource(address or f"cockroach_{kind}.it", kind, {**SAMPLES[kind], **more}, frozenset(hidden), data=data)


def cluster(**more: Any) -> dict[str, Any]:
    found: dict[str, Any] = taken(of("cluster", **more)).variables["clusters"][0]
    return found


def reasons(found: Takeover) -> dict[str, str]:
    return {each["address"]: each["reason"] for each in found.not_taken_over}


def test_there_is_a_sample_of_every_type() -> None:
    assert {*SAMPLES} == {*TYPES, DOMAIN_NAMES}


def test_every_type() -> None:
    found = taken(*ALL)
    assert {each.split(".")[0].removeprefix("cockroach_") for each in reasons(found)} == {
        *("restore", "physical_replication_stream", "finalize_version_upgrade", "sql_role")
    }
    assert len(found.counts) == len(ALL) - 4
    assert found.secrets == ["vault_orders_prod_app", "vault_orders_prod_datadog_api_key"]
    text = dump(found.variables)
    assert "planted" not in text
    assert text == EXPECTED


def spoilt(value: Any) -> Iterator[Any]:
    """*value* with one thing in it, at whatever depth, of another type."""
    yield from (None, True, 7, "x", [], {}, [1], {"a": 1}, [[]], [None], {"{{ x }}": 1}, 10**30)
    if isinstance(value, dict):
        for name, inner in value.items():
            yield {key: each for key, each in value.items() if key != name}
            yield from ({**value, name: other} for other in spoilt(inner))
    if isinstance(value, list):
        yield from ([*value[:-1], other] for inner in value[-1:] for other in spoilt(inner))


@pytest.mark.parametrize("kind", SAMPLES)
def test_attributes_of_a_wrong_type_are_named_and_nothing_worse(kind: str) -> None:
    other, plural = ("cluster", "clusters") if kind == "folder" else ("folder", "folders")
    for row in filter(lambda each: isinstance(each, dict), spoilt(SAMPLES[kind])):
        found = taken(of(other), Resource("cockroach_it.spoilt", kind, row))
        # All else is as it was.
        assert {each["address"] for each in found.not_taken_over} <= {"cockroach_it.spoilt"}
        assert len(found.variables[plural]) == 1


def test_nested_attributes_of_an_advanced_cluster() -> None:
    found = cluster()
    assert found["hardware"] == {"num_virtual_cpus": 4, "storage_gib": 60}
    assert found["region_nodes"] == {"us-east1": 3}
    assert found["cockroach_version"] == "v25.2"
    assert found["delete_protection"] == "ENABLED"
    assert found["backup_configuration"] == {"enabled": True, "frequency_minutes": 60, "retention_days": 30}
    assert not {"network_visibility", "cidr_range", "folder", "regions", "usage_limits"} & {*found}
    private = {**ADVANCED, "private_network_visibility": True, "cidr_range": "10.0.0.0/16", "num_virtual_cpus": None}
    account = {"aws": {"arn": "arn:aws:iam::1:role/x"}, "gcp": None, "azure": None}
    found = cluster(dedicated={**private, "support_physical_cluster_replication": True}, customer_cloud_account=account)
    assert found["network_visibility"] == "PRIVATE"
    assert found["cidr_range"] == "10.0.0.0/16"
    assert found["hardware"] == {"machine_type": "n2-standard-4", "storage_gib": 60}
    assert found["supports_cluster_virtualization"] is True
    assert found["customer_cloud_account"] == {"aws": {"arn": "arn:aws:iam::1:role/x"}}
    assert cluster(cloud_provider="AWS")["hardware"]["disk_iops"] == 450


def test_nested_attributes_of_a_serverless_cluster() -> None:
    found = cluster(**BASIC)
    assert (found["regions"], found["primary_region"]) == (["us-east1", "us-west2"], "us-east1")
    assert not {"cockroach_version", "backup_configuration", "upgrade_type", "spend_limit", "usage_limits"} & {*found}
    limits = {"provisioned_virtual_cpus": 4, "request_unit_limit": None}
    manual = {"usage_limits": limits, "spend_limit": 700, "upgrade_type": "MANUAL", "with_empty_ip_allowlist": True}
    found = cluster(**{**BASIC, "plan": "STANDARD", "serverless": manual, "delete_protection": None})
    assert found["usage_limits"] == {"provisioned_virtual_cpus": 4}
    assert found["with_empty_ip_allowlist"] is True
    assert (found["upgrade_type"], found["cockroach_version"]) == ("MANUAL", "v25.2")
    assert not {"spend_limit", "delete_protection"} & {*found}


def test_deprecated_attributes_are_understood() -> None:
    old = cluster(**{**BASIC, "plan": "SERVERLESS", "serverless": {"spend_limit": 700, "routing_id": "r"}})
    assert (old["plan"], old["spend_limit"]) == ("BASIC", 700)
    assert cluster(plan="DEDICATED")["plan"] == "ADVANCED"


def test_regions_that_came_with_their_keys_are_the_cluster_s() -> None:
    more = [{"name": "us-west2", "node_count": 4}]
    found = taken(of("cluster"), of("cmek", additional_regions=more)).variables["clusters"][0]
    assert found["region_nodes"] == {"us-east1": 3, "us-west2": 4}


def test_names_take_the_place_of_ids() -> None:
    inner, deep = FOLDER.replace("3", "a"), FOLDER.replace("3", "b")
    role = {"role_name": "CLUSTER_ADMIN", "resource_type": "CLUSTER", "resource_id": CLUSTER}
    on_folder = {"role_name": "FOLDER_ADMIN", "resource_type": "FOLDER", "resource_id": inner}
    found = taken(
        of("folder"),
        of("folder", "cockroach_folder.inner", id=inner, name="prod", parent_id=FOLDER),
        of("folder", "cockroach_folder.lost", id=deep, name="lost", parent_id=OTHER),
        of("cluster", parent_id=inner),
        of("service_account"),
        of("api_key"),
        of("user_role_grant", role=role),
        of("user_role_grants", roles=[role, on_folder]),
        Resource(
            "data.cockroach_person_user.alice", "person_user", {"id": PERSON, "email": "a@example.com"}, data=True
        ),
    ).variables
    labels = {"labels": {"team": "orders"}}
    assert found["folders"] == [
        {"path": "/platform", **labels},
        {"path": "/platform/prod", **labels},
        {"name": "lost", "parent": OTHER, **labels},
    ]
    assert found["clusters"][0]["folder"] == "/platform/prod"
    assert found["api_keys"] == [{"service_account": "deploy", "name": "ci"}]
    on_cluster = {"role": "CLUSTER_ADMIN", "cluster": "orders-prod"}
    assert found["role_grants"] == [
        {
            "user": "a@example.com",
            "state": "exactly",
            "roles": [on_cluster, {"role": "FOLDER_ADMIN", "folder": "/platform/prod"}],
        },
        {"service_account": "deploy", "roles": [on_cluster]},
    ]


def test_an_id_stays_where_the_state_does_not_say_whose_it_is() -> None:
    found = taken(of("sql_user"), of("api_key"), of("user_role_grants")).variables
    assert found["clusters"][0]["id"] == CLUSTER
    assert found["api_keys"] == [{"service_account": ACCOUNT, "name": "ci"}]
    assert found["role_grants"][0]["user_id"] == PERSON
    known = taken(of("sql_user"), of("cluster", data=True)).variables["clusters"][0]
    assert [*known] == ["name", "sql_users"]
    assert cluster(parent_id=FOLDER)["parent_id"] == FOLDER


def test_data_sources_tell_paths() -> None:
    above = of("folder", data=True, path="/acme/platform/")
    found = taken(above, of("cluster", parent_id=FOLDER)).variables
    assert [*found] == ["clusters"]
    assert found["clusters"][0]["folder"] == "/acme/platform"


def test_what_has_the_same_name_carries_its_id() -> None:
    found = taken(
        of("service_account"),
        of("service_account", "cockroach_service_account.other", id=OTHER),
        of("api_key"),
        of("cluster"),
        of("cluster", "cockroach_cluster.other", id=OTHER),
        of("sql_user"),
        of("sql_user", "cockroach_sql_user.other", cluster_id=OTHER),
    ).variables
    assert {each["id"] for each in found["service_accounts"]} == {ACCOUNT, OTHER}
    assert found["api_keys"][0]["service_account"] == ACCOUNT
    assert [(each["id"], each["sql_users"][0]["name"]) for each in found["clusters"]] == [
        (CLUSTER, "app"),
        (OTHER, "app"),
    ]
    assert not [each for each in found["clusters"] if "name" in each]


def test_folders_that_lie_in_each_other_are_no_end_of_work() -> None:
    found = taken(of("folder", parent_id=OTHER), of("folder", "cockroach_folder.b", id=OTHER, parent_id=FOLDER))
    assert {each["parent"] for each in found.variables["folders"]} == {FOLDER, OTHER}


def test_secrets_become_variables_and_their_resources_are_named() -> None:
    found = taken(of("cluster"), of("sql_user"), of("sql_user", "cockroach_sql_user.b", name="App!"), of("api_key"))
    users = found.variables["clusters"][0]["sql_users"]
    assert [str(each["password"]) for each in users] == [
        "{{ vault_orders_prod_app | default(omit) }}",
        "{{ vault_orders_prod_app_2 | default(omit) }}",
    ]
    assert len(found.warnings) == 1
    assert (
        "cockroach_sql_user.it, cockroach_sql_user.b, cockroach_api_key.it. None of them was copied"
        in found.warnings[0]
    )
    assert "password" not in taken(of("sql_user", password=None)).variables["clusters"][0]["sql_users"][0]


def test_what_the_state_says_is_sensitive_is_not_copied() -> None:
    found = taken(of("cluster", hidden=("labels",)), of("database", hidden=("name",)), of("cmek", hidden=("regions",)))
    assert str(found.variables["clusters"][0]["labels"]) == "{{ vault_orders_prod_labels | default(omit) }}"
    assert reasons(found) == {
        "cockroach_cmek.it": "the state says that its attribute regions is sensitive",
        "cockroach_database.it": "the state says that its attribute name is sensitive",
    }


def test_resources_about_the_same_are_put_together() -> None:
    other = {"role_name": "AUDITOR", "resource_type": "ORGANIZATION", "resource_id": ""}
    several = of("user_role_grants", user_id=ACCOUNT)
    found = taken(of("user_role_grant", "cockroach_user_role_grant.b", role=other), of("user_role_grant"), several)
    (grant,) = found.variables["role_grants"]
    assert grant["state"] == "exactly"
    assert [each["role"] for each in grant["roles"]] == ["AUDITOR", "ORG_ADMIN"]
    assert "both say what roles" in found.warnings[0]
    twice = taken(of("cluster"), of("database"), of("database", "module.a.cockroach_database.it[0]"))
    assert len(twice.variables["clusters"][0]["databases"]) == 1
    again = taken(of("cluster"), of("cluster", "module.a.cockroach_cluster.it"))
    assert (len(again.variables["clusters"]), len(again.not_taken_over), again.counts) == (
        1,
        1,
        {"cockroach_cluster": 1},
    )
    assert reasons(twice) == {"module.a.cockroach_database.it[0]": "it is the same object as cockroach_database.it"}


def test_what_is_not_taken_over() -> None:
    found = taken(
        Resource("cockroach_new.it", "new", {}),
        of("egress_rule", crl_managed=True),
        of(DOMAIN_NAMES),
        of("sql_user", cluster_id=None),
        of("allow_list", cidr_ip="203.0.113.7"),
        of("metric_export_datadog_config", site="MARS"),
        Resource("cockroach_database.it (deposed)", "database", SAMPLES["database"], leaving=True),
    )
    assert reasons(found) == {
        "cockroach_new.it": "this version of crdb.cloud does not know the type",
        "cockroach_egress_rule.it": "the service manages it for itself",
        f"cockroach_{DOMAIN_NAMES}.it": "the state does not have the egress private endpoint that it is about",
        "cockroach_sql_user.it": "its attribute cluster_id does not say which cluster it is of",
        "cockroach_allow_list.it": (
            "'203.0.113.7/24' has the address of a host and the mask of a network: write 203.0.113.0/24 for the network, or "
            "203.0.113.7 for the host"
        ),
        "cockroach_metric_export_datadog_config.it": "its site can't be used: it must be one of US1, US3, US5, US1_GOV, EU1",
        "cockroach_database.it (deposed)": "Terraform has replaced it, and has yet to delete it",
    }
    assert found.variables == {}
    assert found.counts == {}


def file(*rows: Any, **more: Any) -> bytes:
    return json.dumps({"version": 4, "resources": rows, **more}).encode()


def row(kind: str = "cockroach_folder", **more: Any) -> dict[str, Any]:
    instance = {"attributes": SAMPLES["folder"], "schema_version": 0}
    return {"mode": "managed", "type": kind, "name": "it", "provider": OURS, "instances": [instance], **more}


def test_both_forms_of_a_state() -> None:
    instances = [
        {"attributes": {"id": "a"}, "index_key": 0, "sensitive_attributes": [[{"type": "get_attr", "value": "name"}]]},
        {"attributes": {"id": "b"}, "index_key": 'x"y', "status": "tainted", "deposed": "0f"},
    ]
    kept = read_state(
        file(
            row(module='module.a["b"]', instances=instances),
            row(mode="data"),
            row(
                "aws_vpc", provider='provider["registry.terraform.io/hashicorp/aws"]', instances=[{}, {"index_key": []}]
            ),
            row(provider=f"{OURS}.eu"),
        )
    )
    assert [(each.address, each.data, each.leaving, each.tainted, {*each.hidden}) for each in kept.resources] == [
        ('module.a["b"].cockroach_folder.it[0]', False, False, False, {"name"}),
        ('module.a["b"].cockroach_folder.it["x\\"y"]', False, True, True, set()),
        ("data.cockroach_folder.it", True, False, False, set()),
        ("cockroach_folder.it", False, False, False, set()),
    ]
    assert dict(kept.others) == {"registry.terraform.io/hashicorp/aws": 2}
    assert "2 configurations" in take_over(kept).warnings[-1]
    facts = {"mode": "managed", "type": "cockroach_folder", "name": "it"}
    facts |= {"provider_name": "registry.opentofu.org/cockroachdb/cockroach", "values": {"id": "a", "labels": {}}}
    root = {
        "resources": [{**facts, "address": "cockroach_folder.it", "sensitive_values": {"labels": {}, "id": True}}],
        "child_modules": [{"resources": [{**facts, "address": "module.a.cockroach_folder.it", "deposed_key": "0f"}]}],
    }
    told = read_state(json.dumps({"format_version": "1.0", "values": {"root_module": root}}).encode())
    assert [(each.address, each.leaving, {*each.hidden}) for each in told.resources] == [
        ("cockroach_folder.it", False, {"id"}),
        ("module.a.cockroach_folder.it", True, set()),
    ]
    for empty in (b'{"format_version": "1.0"}', b'{"version": 4}', file(), file().decode().encode("utf-16")):
        assert read_state(empty).resources == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(file(), mtime=0), "it is compressed (gzip). Unpack it first"),
        (b"", "it is not JSON that can be read"),
        (b"resource cockroach_cluster a {}", "it is not JSON that can be read"),
        (b'{"version": ' + b"9" * 5000 + b"}", "it is not JSON that can be read"),
        (b"\xff\xfe\x00", "it is not JSON that can be read"),
        (b"[]", "it is JSON, but no state of Terraform"),
        (b"{}", "it is JSON, but no state of Terraform"),
        (b'{"version": "4"}', "it is JSON, but no state of Terraform"),
        (b'{"version": 3, "backend": {}}', "it is a state of version 3, and 4 is needed"),
        (b'{"version": 5}', "it is a state of version 5, and 4 is needed. Update crdb.cloud"),
        (b'{"meta": {}, "encrypted_data": "x", "encryption_version": "v0"}', "it is encrypted by OpenTofu"),
        (b'{"format_version": "1.2", "planned_values": {}}', "it is a plan, which has what is not there yet"),
        (b'{"version": 4, "resources": {}}', "it can't be used: resources must be a list, and is an object"),
        (file(7), "it can't be used: resources[0] must be an object, and is a number"),
        (file(row(type=None)), "it can't be used: resources[0].type is null"),
        (file(row(instances=[{}])), "it can't be used: resources[0].instances[0].attributes is missing"),
        (file(row(instances=[{"attributes": {}, "index_key": [[]]}])), ".index_key must be a number, and is a list"),
        (file(row(instances=[{"attributes": {}, "sensitive_attributes": [{}]}])), "must be a list, and is an object"),
        (b'{"format_version": "1.0", "values": []}', "it can't be used: values must be an object, and is a list"),
        (
            b'{"format_version": "1.0", "values": {"root_module": {"child_modules": [{"resources": [{}]}]}}}',
            "it can't be used: values.*.resources[*].address is missing",
        ),
    ],
    ids=count(),
)
def test_what_is_no_state_is_said_in_a_sentence(content: bytes, reason: str) -> None:
    with pytest.raises(OptionError) as refused:
        read_state(content)
    assert reason in str(refused.value)
