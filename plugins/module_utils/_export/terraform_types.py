# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource types of the official Terraform provider, and what their attributes are as options of our nouns. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .._base.errors import CrdbError
from .._http.answers import ANY_OBJECT, TEXT, TRUTH, WHOLE, ListOf, Object, told
from .._nouns.folder import ROOT
from .._nouns.upkeep import MAINTENANCE_WINDOW
from .terraform_file import Resource

PLANS = {"SERVERLESS": "BASIC", "DEDICATED": "ADVANCED", "CUSTOM": "ADVANCED"}
PROTECTION = {True: "ENABLED", False: "DISABLED"}
# What the service gives where nothing else is said.
CIDR_RANGE = "172.28.0.0/14"
DOMAIN_NAMES = "egress_private_endpoint_domain_names"
ON_THE_WHOLE = "ORGANIZATION"


class NotTaken(CrdbError):
    """Why a resource is not taken over."""


class Attributes:
    """The attributes of *resource*; NotTaken where somebody reads one that the state says is sensitive."""

    def __init__(self, resource: Resource) -> None:
        self._resource = resource

    def __call__(self, path: str) -> Any:
        """The value at *path*, as ``serverless.upgrade_type``; None where there is none."""
        value: Any = self._resource.attributes
        if path.partition(".")[0] in self._resource.hidden:
            raise NotTaken(f"the state says that its attribute {path.partition('.')[0]} is sensitive")
        for step in path.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        return value


class Names:
    """What objects of the state are called, by their ids, and what else is said of one resource in another one."""

    def __init__(self, resources: list[Resource]) -> None:
        self._of: dict[str, dict[str, str]] = {}
        self._folders: dict[str, tuple[str, str]] = {}
        self.domain_names: dict[str, list[str]] = {}
        self.more_regions: dict[str, list[dict[str, Any]]] = {}
        for resource in resources:
            row = resource.attributes
            own, name = identifier(row.get("id")), row.get(NAMED.get(resource.type, ""))
            if own and isinstance(name, str) and name and not resource.hidden & {"id", NAMED[resource.type]}:
                self._of.setdefault(resource.type, {})[own] = name
                if resource.type == "folder":
                    self._folders[own] = (name, identifier(row.get("parent_id")))
                    if resource.data and isinstance(row.get("path"), str):
                        # That is what it was looked up by.
                        self._folders[own] = (row["path"].strip("/"), ROOT)
            if resource.type == DOMAIN_NAMES and DOMAINS.flaw(row) == "":
                self.domain_names[identifier(row["endpoint_id"])] = row["domain_names"]
            if resource.type == "cmek" and CMEK.flaw(row) == "":
                self.more_regions[own] = row.get("additional_regions") or []
        self._counts = Counter((kind, name) for kind, called in self._of.items() for name in called.values())

    def of(self, kind: str, own: Any) -> str:
        """The name of the object of the resource type *kind* with the id *own*, or the id; both may be wanting."""
        name = self._of.get(kind, {}).get(identifier(own), "")
        return name if self._counts[kind, name] == 1 else str(own or "")

    def is_known(self, kind: str, own: Any) -> bool:
        return identifier(own) in self._of.get(kind, {})

    def path(self, own: Any) -> str:
        """The path of the folder with this id; the id where the state has not all folders above it."""
        names: list[str] = []
        here = identifier(own)
        while here in self._folders and len(names) < len(self._folders):
            name, here = self._folders[here]
            names.insert(0, name)
            if here in ("", ROOT):
                return "/" + "/".join(names)
        return str(own)

    def holder(self, own: Any) -> dict[str, str]:
        """The option that says whose roles are meant."""
        for option, kinds in HOLDERS.items():
            for kind in kinds:
                if self.is_known(kind, own):
                    return {option: self.of(kind, own)}
        return {"user_id": str(own)}


# The attribute that people call objects by, of types whose ids occur in others.
NAMED = {
    **dict.fromkeys(("cluster", "folder", "service_account"), "name"),
    "person_user": "email",
    "provisioned_user": "user_name",
}
HOLDERS = {"service_account": ("service_account",), "user": ("person_user", "provisioned_user")}
DOMAINS = Object({"endpoint_id": TEXT, "domain_names": ListOf(TEXT)})
REGION = Object({"name": TEXT}, {"node_count": WHOLE, "primary": TRUTH})
CLUSTER = Object(
    {"id": TEXT, "regions": ListOf(REGION)},
    {
        **dict.fromkeys(("cloud_provider", "plan", "cockroach_version", "parent_id"), TEXT),
        "dedicated": Object(
            known={
                **dict.fromkeys(("machine_type", "cidr_range"), TEXT),
                **dict.fromkeys(("num_virtual_cpus", "storage_gib", "disk_iops"), WHOLE),
                "private_network_visibility": TRUTH,
            }
        ),
        "serverless": Object(known={"spend_limit": WHOLE, "upgrade_type": TEXT, "usage_limits": ANY_OBJECT}),
        "delete_protection": TRUTH,
    },
)
CMEK = Object(
    {
        "id": TEXT,
        "regions": ListOf(
            Object({"region": TEXT, "key": Object({"uri": TEXT}, {"type": TEXT, "auth_principal": TEXT})})
        ),
    },
    {"additional_regions": ListOf(REGION)},
)
ROLE = Object({"role_name": TEXT, "resource_type": TEXT}, {"resource_id": TEXT})


def identifier(value: Any) -> str:
    """An id as it is compared: ids of clusters' objects come with that of the cluster in some versions of the provider."""
    return value.rpartition(":")[2].lower() if isinstance(value, str) else ""


def cluster(row: Attributes, names: Names) -> dict[str, Any]:
    """The fields of a cluster, whose attributes are grouped by what is behind the plan."""
    regions = {each["name"]: each for each in (*names.more_regions.get(identifier(row("id")), ()), *row("regions"))}
    plan = PLANS.get(row("plan"), row("plan"))
    found = {"provider": row("cloud_provider"), **({} if row("edition") else {"plan": plan})}
    parent = row("parent_id")
    if parent not in (None, "", ROOT):
        path = names.path(parent)
        found["folder" if path.startswith("/") else "parent_id"] = path
    if row("dedicated") is not None:
        found |= _advanced(row, regions)
    else:
        found["regions"] = [*regions]
        primary = [name for name, each in regions.items() if each.get("primary")]
        if len(regions) > 1 and primary:
            found["primary_region"] = primary[0]
        limits = row("serverless.usage_limits")
        # The older attribute is kept beside the newer one, which the service answers with.
        found["spend_limit" if limits is None else "usage_limits"] = (
            row("serverless.spend_limit") if limits is None else limits
        )
        if plan != "BASIC":
            found["upgrade_type"] = row("serverless.upgrade_type")
        if row("serverless.with_empty_ip_allowlist"):
            found["with_empty_ip_allowlist"] = True
    if row("dedicated") is not None or found.get("upgrade_type") == "MANUAL":
        found["cockroach_version"] = row("cockroach_version")
    return {**found, "delete_protection": PROTECTION.get(row("delete_protection"))}


def _advanced(row: Attributes, regions: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    # The state has both names of a machine, and one of them is to be said.
    machine = "machine_type" if row("dedicated.num_virtual_cpus") is None else "num_virtual_cpus"
    figures = (machine, "storage_gib", *(("disk_iops",) if row("cloud_provider") == "AWS" else ()))
    found: dict[str, Any] = {
        "region_nodes": {name: each.get("node_count") for name, each in regions.items()},
        "hardware": {name: row(f"dedicated.{name}") for name in figures},
    }
    if row("dedicated.private_network_visibility"):
        found["network_visibility"] = "PRIVATE"
    if row("cloud_provider") == "GCP" and row("dedicated.cidr_range") not in ("", CIDR_RANGE):
        found["cidr_range"] = row("dedicated.cidr_range")
    if row("dedicated.supports_cluster_virtualization") or row("dedicated.support_physical_cluster_replication"):
        found["supports_cluster_virtualization"] = True
    return found


def folder(row: Attributes, names: Names) -> dict[str, Any]:
    path = names.path(row("id"))
    if path.startswith("/"):
        return {"path": path}
    return {"name": row("name"), "parent": row("parent_id")}


def cmek(row: Attributes, names: Names) -> dict[str, Any]:
    of_key = ("type", "uri", "auth_principal")
    return {
        "regions": [
            {"region": each["region"], **{name: each["key"].get(name) for name in of_key}} for each in row("regions")
        ]
    }


def maintenance_window(row: Attributes, names: Names) -> dict[str, Any]:
    """The window as people say it."""
    durations = {name: f"{row(name)}s" for name in ("offset_duration", "window_duration")}
    said = {name: MAINTENANCE_WINDOW.shown(durations)[name] for name in ("day", "start", "duration")}
    return said if said["day"] else durations


def roles(row: Attributes, names: Names) -> dict[str, Any]:
    """The roles of somebody; those of one resource are all of them, those of the other one are one more."""
    several = row("roles") is not None
    found = [_role(each, names) for each in (row("roles") if several else [row("role")])]
    return {**names.holder(row("user_id")), "roles": found, **({"state": "exactly"} if several else {})}


def _role(grant: Mapping[str, Any], names: Names) -> dict[str, str]:
    kind, place = grant["resource_type"], grant.get("resource_id")
    role = {"role": grant["role_name"]}
    if kind == "CLUSTER":
        return {**role, "cluster": names.of("cluster", place)}
    if kind == "FOLDER":
        return {**role, "folder": ROOT if place == ROOT else names.path(place)}
    if kind != ON_THE_WHOLE:
        raise NotTaken("crdb.cloud does not know what one of its roles is on")
    return role


@dataclass(frozen=True)
class Kind:
    """Resources of a type are objects of *noun*. *given* names the options that are attributes, as ``option=attribute`` where that
    has another name, *made* makes others of attributes that have this *shape*, *fixed* are the same for all of them. *cluster* is
    the attribute with the id of the cluster that one is below. *reason* says why none of them is taken over.
    """

    noun: str = ""
    given: str = ""
    cluster: str = ""
    made: Callable[[Attributes, Names], dict[str, Any]] | None = None
    shape: Object = ANY_OBJECT
    fixed: tuple[tuple[str, str], ...] = ()
    reason: str = ""

    def attributes(self) -> dict[str, str]:
        """The attribute that each option comes from."""
        pairs = (each.partition("=") for each in self.given.split())
        return {option: attribute or option for option, _sign, attribute in pairs}

    def taken(self, row: Attributes, resource: Resource, names: Names) -> dict[str, Any]:
        """The options that are not simply attributes; NotTaken where they can't be made."""
        if flaw := self.shape.flaw(resource.attributes):
            raise NotTaken(f"its attribute {told(flaw)}")
        return {**dict(self.fixed), **(self.made(row, names) if self.made else {})}


def service_account_of(row: Attributes, names: Names) -> dict[str, Any]:
    return {"service_account": names.of("service_account", row("service_account_id"))}


def network(row: Attributes, names: Names) -> dict[str, Any]:
    return {"cidr": f"{row('cidr_ip')}/{row('cidr_mask')}"}


def domain_names(row: Attributes, names: Names) -> dict[str, Any]:
    return {"domain_names": names.domain_names.get(identifier(row("id")))}


def rule(row: Attributes, names: Names) -> dict[str, Any]:
    if row("crl_managed"):
        raise NotTaken("the service manages it for itself")
    return {}


def sink(name: str, given: str = "") -> Kind:
    return Kind("metric_export", given, "id", fixed=(("sink", name),))


ACTION = "it is something that is done once, as crdb.cloud.{} does it, and nothing that stays as it is"
JWT = "issuer_url audience claim jwks identity_map"
TYPES: dict[str, Kind] = {
    "folder": Kind("folder", "labels", made=folder, shape=Object({"id": TEXT, "name": TEXT}, {"parent_id": TEXT})),
    "jwt_issuer": Kind("jwt_issuer", JWT),
    "provisioned_user": Kind(
        "scim_user",
        "user_name display_name external_id active emails given_name=name.given_name family_name=name.family_name",
    ),
    "service_account": Kind("service_account", "name description"),
    "api_key": Kind("api_key", "name", made=service_account_of, shape=Object({"service_account_id": TEXT})),
    "user_role_grant": Kind("role_grant", made=roles, shape=Object({"user_id": TEXT, "role": ROLE})),
    "user_role_grants": Kind("role_grant", made=roles, shape=Object({"user_id": TEXT, "roles": ListOf(ROLE)})),
    "cluster": Kind("cluster", "name edition labels customer_cloud_account", made=cluster, shape=CLUSTER),
    "database": Kind("database", "name", "cluster_id"),
    "sql_user": Kind("sql_user", "name password", "cluster_id"),
    "allow_list": Kind(
        "allowlist_entry", "name ui sql", "cluster_id", network, Object({"cidr_ip": TEXT, "cidr_mask": WHOLE})
    ),
    "maintenance_window": Kind(
        "maintenance_window",
        cluster="id",
        made=maintenance_window,
        shape=Object({"offset_duration": WHOLE, "window_duration": WHOLE}),
    ),
    "version_deferral": Kind("version_deferral", "policy=deferral_policy", "id"),
    "blackout_window": Kind("blackout_window", "start_time end_time", "cluster_id"),
    "log_export_config": Kind(
        "log_export", "type log_name auth_principal region redact omitted_channels aws_external_id groups", "id"
    ),
    "metric_export_cloudwatch_config": sink("cloudwatch", "role_arn target_region log_group_name external_id"),
    "metric_export_datadog_config": sink("datadog", "site datadog_api_key=api_key"),
    "metric_export_prometheus_config": sink("prometheus"),
    "client_ca_cert": Kind("client_ca_cert", "x509_pem_cert", "id"),
    "cmek": Kind("cmek", cluster="id", made=cmek, shape=CMEK),
    "cluster_runtime_scanning": Kind("runtime_scanning", "type", "cluster_id"),
    "private_endpoint_services": Kind("private_endpoint_services", cluster="cluster_id"),
    "private_endpoint_connection": Kind("private_endpoint_connection", "endpoint_id", "cluster_id"),
    "private_endpoint_trusted_owner": Kind("private_endpoint_trusted_owner", "external_owner_id type", "cluster_id"),
    "egress_rule": Kind("egress_rule", "name type destination ports description", "cluster_id", rule),
    "egress_private_endpoint": Kind(
        "egress_private_endpoint",
        "region target_service_identifier target_service_type",
        "cluster_id",
        domain_names,
        Object({"id": TEXT}),
    ),
    "egress_traffic_policy": Kind("egress_traffic_policy", "allow_all", "id"),
    "restore": Kind(reason=ACTION.format("restore")),
    "physical_replication_stream": Kind(reason=ACTION.format("physical_replication_stream")),
    "finalize_version_upgrade": Kind(reason=ACTION.format("cluster")),
    "sql_role": Kind(reason="the Cloud API has no such objects; crdb.cloud.cluster_api_query can make them"),
}
