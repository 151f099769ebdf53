# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state that the official Terraform provider, version 1.22.0, has of what is in an emulator: every attribute of every type."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.error import HTTPError

from .emulator import Emulator

PROVIDER = "registry.terraform.io/cockroachdb/cockroach"
NEWEST = "2026-09-15"
PASSWORD, KEY_SECRET, DATADOG = (
    "planted-tf-password",
    "CCDB1_0123456789012345678901_planted-tf-secret",
    "planted-tf-datadog",
)
# What Terraform has in a state because the schema says that it is sensitive.
SENSITIVE = {"sql_user": "password", "api_key": "secret", "metric_export_datadog_config": "api_key"}
SERVICE = ("region_name", "cloud_provider", "status", "name", "endpoint_service_id", "availability_zone_ids", "aws")
Found = Iterator[tuple[str, dict[str, Any]]]


def only(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: row.get(name) for name in names}


def whole(value: Any) -> int | None:
    return None if value is None else int(value)


class Provider:
    """What the provider reads of an *emulator*, as types (without ``cockroach_``) and attributes."""

    def __init__(self, emulator: Emulator, seed: int = 0) -> None:
        self._emulator = emulator
        self._rng = random.Random(seed)

    def read(self) -> Found:
        for folder in self._get("/folders", "folders"):
            parent = folder.get("parent_id") or "root"
            yield "folder", {"id": folder["resource_id"], **only(folder, "name", "labels"), "parent_id": parent}
        for issuer in self._get("/jwt-issuers", "jwt_issuers"):
            yield "jwt_issuer", only(issuer, "id", "issuer_url", "audience", "jwks", "claim", "identity_map")
        # Nobody has the roles of the key in use among what it manages.
        (own,) = self._get(f"/api-keys/{self._emulator.key.rpartition('_')[0]}")
        holders = []
        for account in self._get("/service-accounts", "service_accounts"):
            holders += [account["id"]] if account["id"] != own["service_account_id"] else []
            yield "service_account", {**only(account, "id", "name", "description", "created_at"), "creator_name": None}
        for key in self._get("/api-keys", "api_keys"):
            yield "api_key", {**only(key, "id", "name", "service_account_id", "created_at"), "secret": KEY_SECRET}
        for person in self._get("/api/scim/v2/Users", "Resources"):
            holders.append(person["id"])
            if self._rng.random() < 0.5:
                yield "data.person_user", {"id": person["id"], "email": person["userName"]}
        for holder in holders:
            yield from self._roles(holder)
        for cluster in self._get("/clusters", "clusters"):
            yield from self._cluster(cluster)
        for stream in self._get("/physical-replication-streams", "physical_replication_streams"):
            yield "physical_replication_stream", {"failover_immediately": None, **stream}

    def _get(self, path: str, rows: str = "", version: str = "2024-09-16") -> list[Any]:
        try:
            answer = self._emulator.api("GET", path, version=version)
        except HTTPError:
            return []
        return list(answer.get(rows) or ()) if rows else [answer]

    def _roles(self, holder: str) -> Found:
        (answer,) = self._get(f"/roles/{holder}")
        roles = [
            {
                "role_name": each["name"],
                "resource_type": each["resource"]["type"],
                "resource_id": each["resource"].get("id") or None,
            }
            for each in answer["roles"]
        ]
        if self._rng.random() < 0.5:
            yield "user_role_grants", {"id": holder, "user_id": holder, "roles": roles}
        else:
            for role in roles:
                yield "user_role_grant", {"user_id": holder, "role": role}

    def _cluster(self, row: Mapping[str, Any]) -> Found:
        own, at = row["id"], f"/clusters/{row['id']}"
        config, regions = row["config"], []
        for region in row["regions"]:
            dns = {name: region.get(name, "") for name in ("sql_dns", "ui_dns", "internal_dns", "private_endpoint_dns")}
            regions.append(
                {
                    "name": region["name"],
                    **dns,
                    "node_count": region.get("node_count", 0),
                    "primary": bool(region.get("primary")),
                    "s3_vpc_endpoint_id": None,
                }
            )
        cmek = next(iter(self._get(f"{at}/cmek")), {})
        keyed = [self._keyed(info) for info in cmek.get("region_infos") or ()]
        # Regions that came after the keys are an attribute of those.
        added = regions[1:] if len(regions) > 1 and keyed else []
        kept = [each for each in regions if each not in added]
        (backups,) = self._get(f"{at}/backups-config")
        yield (
            "cluster",
            {
                **only(row, "id", "name", "cloud_provider", "account_id", "plan", "state"),
                "cockroach_version": ".".join(row["cockroach_version"].split(".")[:2]),
                "full_version": row["cockroach_version"],
                **only(row, "creator_id", "operation_status", "upgrade_status", "parent_id", "labels"),
                "customer_cloud_account": row.get("customer_cloud_account")
                and {cloud: row["customer_cloud_account"].get(cloud) for cloud in ("aws", "gcp", "azure")},
                "dedicated": self._dedicated(row) if config.get("dedicated") else None,
                "serverless": self._serverless(config["serverless"]) if config.get("serverless") else None,
                "regions": kept,
                "delete_protection": row.get("delete_protection") == "ENABLED",
                "backup_config": only(backups, "enabled", "frequency_minutes", "retention_days"),
            },
        )
        if keyed:
            yield "cmek", {"id": own, "status": cmek["status"], "regions": keyed, "additional_regions": added}
        if config.get("dedicated"):
            yield "finalize_version_upgrade", {"id": own, "cockroach_version": row["cockroach_version"]}
            allow = row.get("egress_traffic_policy") == "ALLOW_ALL"
            yield "egress_traffic_policy", {"id": own, "allow_all": allow}
        yield from self._inside(own, at)
        yield from self._once(own, at, dedicated=bool(config.get("dedicated")))

    @staticmethod
    def _keyed(info: Mapping[str, Any]) -> dict[str, Any]:
        key = info["key_infos"][0]
        told = only(key, "status", "user_message", "created_at", "updated_at")
        return {**only(info, "region", "status"), "key": {**told, **only(key["spec"], "type", "uri", "auth_principal")}}

    @staticmethod
    def _dedicated(row: Mapping[str, Any]) -> dict[str, Any]:
        found = row["config"]["dedicated"]
        return {
            **only(found, "machine_type", "num_virtual_cpus", "storage_gib", "memory_gib", "disk_iops"),
            "private_network_visibility": row.get("network_visibility") == "PRIVATE",
            "cidr_range": row.get("cidr_range") or None,
            "supports_cluster_virtualization": None,
        }

    @staticmethod
    def _serverless(found: Mapping[str, Any]) -> dict[str, Any]:
        limits = found.get("usage_limits")
        names = ("request_unit_limit", "storage_mib_limit", "provisioned_virtual_cpus")
        return {
            "spend_limit": None,
            **only(found, "routing_id", "upgrade_type"),
            "usage_limits": limits and {name: whole(limits.get(name)) for name in names},
            "with_empty_ip_allowlist": None,
        }

    def _inside(self, own: str, at: str) -> Found:
        """What there can be several of in a cluster."""
        for user in self._get(f"{at}/sql-users", "users"):
            name = user["name"]
            yield "sql_user", {"id": f"{own}:{name}", "cluster_id": own, "name": name, "password": PASSWORD}
        for database in self._get(f"{at}/databases", "databases"):
            name = database["name"]
            yield "database", {"id": f"{own}:{name}", "cluster_id": own, "name": name, "table_count": 0}
        for entry in self._get(f"{at}/networking/allowlist", "allowlist"):
            network = f"{entry['cidr_ip']}/{entry['cidr_mask']}"
            shown = only(entry, "cidr_ip", "cidr_mask", "ui", "sql", "name")
            yield "allow_list", {"id": f"{own}:{network}", "cluster_id": own, **shown}
        for window in self._get(f"{at}/blackout-windows", "blackout_windows"):
            yield "blackout_window", {"cluster_id": own, **only(window, "id", "start_time", "end_time")}
        for job in self._get(f"{at}/restores", "restores"):
            yield "restore", {"destination_cluster_id": own, "source_cluster_id": None, **job}
        for connection in self._get(f"{at}/networking/private-endpoint-connections", "connections"):
            endpoint = connection["endpoint_id"]
            shown = only(connection, "region_name", "cloud_provider")
            service = connection.get("endpoint_service_id")
            yield (
                "private_endpoint_connection",
                {"id": f"{own}:{endpoint}", "cluster_id": own, "endpoint_id": endpoint, "service_id": service, **shown},
            )
        for owner in self._get(f"{at}/networking/private-endpoint-trusted-owners", "trusted_owners"):
            shown = {"id": owner["id"], "owner_id": owner["id"], **only(owner, "type", "external_owner_id")}
            yield "private_endpoint_trusted_owner", {"cluster_id": own, **shown}
        for rule in self._get(f"{at}/networking/egress-rules", "rules"):
            names = ("id", "name", "description", "type", "destination", "state", "crl_managed", "created_at")
            yield "egress_rule", {"cluster_id": own, **only(rule, *names), "ports": rule.get("ports") or None}
        for endpoint in self._get(f"{at}/networking/egress-private-endpoints", "egress_private_endpoints"):
            names = ("id", "endpoint_connection_id", "region", "target_service_identifier", "target_service_type")
            shown = only(endpoint, *names, "endpoint_address", "state")
            yield "egress_private_endpoint", {"cluster_id": own, **shown}
            domains = endpoint.get("domain_names") or []
            if domains:
                yield (
                    "egress_private_endpoint_domain_names",
                    {"endpoint_id": endpoint["id"], "cluster_id": own, "domain_names": domains},
                )

    def _once(self, own: str, at: str, *, dedicated: bool) -> Found:
        """What is there once."""
        for window in self._get(f"{at}/maintenance-window"):
            seconds = {name: int(window[name].removesuffix("s")) for name in ("offset_duration", "window_duration")}
            yield "maintenance_window", {"id": own, **seconds}
        for deferral in self._get(f"{at}/version-deferral") if dedicated else ():
            yield "version_deferral", {"id": own, **only(deferral, "deferral_policy", "deferred_until")}
        for export in self._get(f"{at}/logexport"):
            spec = export["spec"]
            if export["status"] != "ENABLED" or spec["type"] not in ("AWS_CLOUDWATCH", "GCP_CLOUD_LOGGING"):
                # It can be given no secret of Azure.
                continue
            texts = only(spec, "auth_principal", "log_name", "type", "redact", "region", "aws_external_id")
            groups = [only(group, "log_name", "channels", "min_level", "redact") for group in spec.get("groups") or ()]
            queues = any(group.get("enable_sending_queue") for group in spec.get("groups") or ())
            if not queues:
                omitted = spec.get("omitted_channels") or None
                told = only(export, "status", "user_message", "created_at", "updated_at")
                yield (
                    "log_export_config",
                    {"id": own, **texts, "groups": groups or None, "omitted_channels": omitted, **told},
                )
        for sink, names in (
            ("cloudwatch", ("target_region", "log_group_name", "role_arn", "external_id")),
            ("datadog", ("site",)),
            ("prometheus", ("targets",)),
        ):
            for export in self._get(f"{at}/metricexport/{sink}"):
                if export["status"] == "ENABLED":
                    secret = {"api_key": DATADOG} if sink == "datadog" else {}
                    told = only(export, "status") if sink == "prometheus" else only(export, "status", "user_message")
                    yield f"metric_export_{sink}_config", {"id": own, **only(export, *names), **secret, **told}
        for certificate in self._get(f"{at}/client-ca-cert"):
            if certificate["status"] == "IS_SET":
                yield "client_ca_cert", {"id": own, **only(certificate, "x509_pem_cert", "status")}
        for scanning in self._get(f"{at}/runtime-scanning", version=NEWEST):
            if scanning.get("type") == "WIZ":
                yield "cluster_runtime_scanning", {"id": own, "cluster_id": own, "type": "WIZ"}
        services = self._get(f"{at}/networking/private-endpoint-services", "services")
        if services:
            shown = [only(each, *SERVICE) for each in services]
            by_region = {each["region_name"]: each for each in shown}
            told = {"services": shown, "services_map": by_region}
            yield "private_endpoint_services", {"id": own, "cluster_id": own, **told}


def resources(emulator: Emulator, seed: int = 0) -> list[dict[str, Any]]:
    """A resource of a state for each, in modules, counted and named ones among them."""
    rng, found, numbers = random.Random(seed), [], {"": 0}
    for kind, attributes in Provider(emulator, seed).read():
        data, type_ = kind.startswith("data."), kind.removeprefix("data.")
        numbers[kind] = number = numbers.get(kind, -1) + 1
        hidden = [[{"type": "get_attr", "value": SENSITIVE[type_]}]] if type_ in SENSITIVE else []
        instance = {"schema_version": 0, "attributes": attributes, "sensitive_attributes": hidden}
        if index := rng.choice(({}, {"index_key": number}, {"index_key": f'a "{number}"'})):
            instance |= index
        row = {
            "mode": "data" if data else "managed",
            "type": f"cockroach_{type_}",
            "name": f"it{number}",
            "provider": f'provider["{PROVIDER}"]',
            "instances": [instance],
        }
        found.append(row | rng.choice(({}, {"module": "module.platform"}, {"module": 'module.a["b"].module.c'})))
    return found


def state(rows: list[dict[str, Any]]) -> bytes:
    """The file of a state with these resources, and two of another provider."""
    other = {
        "mode": "managed",
        "type": "random_password",
        "name": "db",
        "provider": 'provider["registry.terraform.io/hashicorp/random"]',
    }
    other["instances"] = [{"attributes": {"result": PASSWORD}, "index_key": number} for number in range(2)]
    facts = {
        "version": 4,
        "terraform_version": "1.9.8",
        "serial": 7,
        "lineage": "0",
        "outputs": {"p": {"value": PASSWORD}},
    }
    return json.dumps({**facts, "resources": [*rows, other], "check_results": None}).encode()


def shown(rows: list[dict[str, Any]]) -> bytes:
    """The same as ``terraform show -json`` has it."""
    modules: dict[str, Any] = {"": {"resources": []}}
    for row in rows:
        for instance in row["instances"]:
            at, index = row.get("module", ""), instance.get("index_key")
            base = ".".join(filter(None, (at, "data" if row["mode"] == "data" else "", row["type"], row["name"])))
            hidden = {path[0]["value"]: True for path in instance["sensitive_attributes"]}
            inner = modules.setdefault(at, {"address": at, "resources": []})
            inner["resources"].append(
                {
                    "address": base if index is None else f"{base}[{json.dumps(index)}]",
                    **{name: row[name] for name in ("mode", "type", "name")},
                    **({} if index is None else {"index": index}),
                    "provider_name": PROVIDER,
                    "schema_version": 0,
                    "values": instance["attributes"],
                    "sensitive_values": {"regions": [{}], **hidden},
                }
            )
    root = {**modules.pop(""), "child_modules": [*modules.values()]}
    return json.dumps({"format_version": "1.0", "terraform_version": "1.9.8", "values": {"root_module": root}}).encode()
