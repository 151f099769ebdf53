# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters: the one noun that is irregular enough to translate its options itself. Pure, like all resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from .._base.errors import OptionError
from . import cluster_forecast as forecast
from . import cluster_rules as rules
from . import cluster_state as state
from . import cluster_versions as versions
from .cluster_checks import ROLES, check_limited, check_regions, check_version, refuse_protected
from .compare import differences
from .declared import NIL_ID, Scope
from .field import Field
from .folder import checked_folder
from .lifecycle import Lifecycle
from .limits import (
    SPEND_LIMIT_GONE,
    as_strings,
    cents_to_limits,
    check_cents,
    check_limits,
    misread_cents,
    small_limit,
)
from .noun import Desired, Noun, Reader, Row
from .plan import CREATE, DELETE, UPDATE, Plan, Step

since_2024 = partial(Field, since="2024-09-16")
NEW_CLUSTER = "Create a new cluster and move the data, or take the option out"

# What older versions of the API call a plan, and what providers call themselves.
PLANS = {"SERVERLESS": "BASIC", "DEDICATED": "ADVANCED", "CUSTOM": "ADVANCED"}
PROVIDERS = {"GOOGLE": "GCP", "AMAZON": "AWS", "MICROSOFT": "AZURE"}

LIMITS = (
    Field("request_unit_limit", type="int", text="Request units a month (Basic)."),
    Field("storage_mib_limit", type="int", text="Storage in MiB (Basic)."),
    since_2024("provisioned_virtual_cpus", type="int", text="Provisioned vCPUs (Standard)."),
)
HARDWARE = (
    Field("num_virtual_cpus", type="int", text="vCPUs of a node. Exclusive with O(hardware.machine_type)."),
    Field("machine_type", text="Machine type by the provider's name."),
    Field(
        "storage_gib",
        type="int",
        text="Storage of a node in GiB. V(0) means the smallest for the machine. It can only grow.",
    ),
    Field(
        "disk_iops",
        type="int",
        text="Disk operations a second of a node. AWS only. V(0) means the provider's default.",
    ),
)

KEYS = (
    Field("region", required=True, text="The region."),
    Field("type", choices=("AWS_KMS", "GCP_CLOUD_KMS", "AZURE_KEY_VAULT"), text="Where the key is kept."),
    Field("uri", required=True, text="Address of the key."),
    Field("auth_principal", text="What the key is reached as."),
)
ACCOUNTS = (
    Field(
        "aws",
        type="dict",
        options=(Field("arn", required=True, text="ARN of the role to be taken on."),),
        text="On AWS.",
    ),
    Field(
        "gcp",
        type="dict",
        options=(Field("service_account_email", required=True, text="E-mail address of the service account."),),
        text="On GCP.",
    ),
    Field(
        "azure",
        type="dict",
        options=(
            Field("subscription_id", required=True, text="Id of the subscription."),
            Field("tenant_id", required=True, text="Id of the tenant."),
        ),
        text="On Azure.",
    ),
)


class ClusterLifecycle(Lifecycle):
    """A cluster is settled when nothing runs on it: its state alone does not say that."""

    def status(self, row: Row) -> str:
        return state.status(row)

    def is_settled(self, row: Row) -> bool:
        return state.is_settled(row)

    def is_young(self, row: Row) -> bool:
        return row.get("state") == state.CREATING

    def is_gone(self, row: Row | None) -> bool:
        return state.is_gone(row)

    def failure(self, row: Row) -> str:
        return state.failure(row)

    def patience(self, row: Row) -> float:
        return state.patience(row)


class Cluster(Noun):
    def label(self, key: Row) -> str:
        return f"{self.words} '{key.get('name') or key.get('id')}'"

    def desired(self, params: Row, version: str, ids: Mapping[tuple[str, str], str] | None = None) -> Desired:
        if not (params.get("name") or params.get("id")):
            raise OptionError("name must say which cluster is meant, or id; both are empty")
        if params.get("state") == "absent":
            # Nothing else is looked at.
            params = {name: params.get(name) for name in ("name", "id", "state")}
        desired = super().desired(params, version, ids)
        return replace(desired, values=self.placed(desired.values, str))

    @staticmethod
    def placed(values: Row, id_of: Callable[[str], str]) -> Row:
        """*values* with the id of the folder, which *id_of* tells."""
        rest = {name: value for name, value in values.items() if name != "folder"}
        return {**rest, "parent_id": id_of(values["folder"])} if "folder" in values else rest

    def values(self, params: Row, version: str) -> dict[str, Any]:
        """What the user set, normalised; a spend limit is translated where the version no longer has one."""
        wanted = super().values(params, version)
        if "spend_limit" in wanted:
            cents = check_cents(wanted["spend_limit"], version)
            if version >= SPEND_LIMIT_GONE:
                del wanted["spend_limit"]
                wanted["usage_limits"] = cents_to_limits(cents)
        elif "usage_limits" in wanted:
            wanted["usage_limits"] = check_limits(wanted["usage_limits"], version)
        if "regions" in wanted:
            wanted["regions"] = sorted(set(wanted["regions"]))
        if "labels" in wanted:
            wanted["labels"] = rules.labels(wanted["labels"])
        if "region_nodes" in wanted:
            wanted["region_nodes"] = rules.region_nodes(wanted["region_nodes"])
        if "cockroach_version" in wanted:
            wanted["cockroach_version"] = versions.version(wanted["cockroach_version"])
        if "parent_id" in wanted:
            wanted["parent_id"] = rules.parent_id(wanted["parent_id"])
        if "folder" in wanted:
            wanted["folder"] = checked_folder(wanted["folder"])
        return wanted

    def view(self, row: Row) -> dict[str, Any]:
        return state.view(row)

    def exported(self, row: Row) -> dict[str, Any]:
        """The fields in the form that people write them in, and without those that follow from others."""
        found = self.view(row)
        advanced, standard = state.is_advanced(row), state.plan_of(row) == "STANDARD"
        left_out = {
            "upgrade_status": True,
            "plan": bool(found["edition"]),
            "spend_limit": found.get("spend_limit") is None
            or "usage_limits" in (row["config"].get("serverless") or {}),
            "usage_limits": bool(self.omitted(row)),
            "primary_region": len(found.get("regions") or ()) < 2,
            "upgrade_type": not standard,
            "cockroach_version": not advanced,
            "network_visibility": found.get("network_visibility") != "PRIVATE",
            **{name: not found.get(name) for name in ("cidr_range", "customer_cloud_account")},
        }
        found = {name: value for name, value in found.items() if not left_out.get(name)}
        if "spend_limit" in found:
            found.pop("usage_limits", None)
        if advanced:
            found.update(self._machines(found))
        found["folder"] = found.pop("parent_id")
        return found

    def omitted(self, row: Row) -> str:
        limits = ((row.get("config") or {}).get("serverless") or {}).get("usage_limits") or {}
        halved = any(limits.values()) and not all(limits.values())
        return "usage_limits, of which the API version can't set one alone" if halved else ""

    @staticmethod
    def _machines(found: Row) -> dict[str, Any]:
        """What nodes are, by the type of machine where that is told, as vCPUs are not all of it; for each region where those differ."""
        hardware = {name: value for name, value in found["hardware"].items() if value}

        def machine(spec: Row) -> dict[str, Any]:
            return {name: spec[name] for name in ("machine_type", "num_virtual_cpus") if spec.get(name)}

        specs = {region: dict([*machine(spec).items()][:1]) for region, spec in found["region_machine_specs"].items()}
        usual = dict([*machine(hardware).items()][:1])
        same = all(spec in ({}, usual) for spec in specs.values())
        kept = ("storage_gib", "disk_iops") if found["provider"] == "AWS" else ("storage_gib",)
        sizes = {name: hardware[name] for name in kept if name in hardware}
        return {"hardware": {**(usual if same else {}), **sizes}, "region_machine_specs": None if same else specs}

    def create(self, scope: Scope, desired: Desired) -> Plan:
        key, wanted, version = desired.key, desired.values, scope.version
        plan = rules.check_new(key["name"], wanted, version)
        body: dict[str, Any] = {
            "name": key["name"],
            "provider": wanted["provider"],
            "spec": self._spec(wanted, plan, version),
        }
        managed = {
            **key,
            **wanted,
            **({"plan": plan} if version >= SPEND_LIMIT_GONE and "edition" not in wanted else {}),
        }
        managed.pop("upgrade_status", None)
        if plan != "ADVANCED":
            # What it must be to be allowed is what the service gives.
            managed.pop("cockroach_version", None)
        step = Step(
            CREATE,
            f"create {self.label(key)}",
            "POST",
            self.collection({}),
            body,
            changes={name: (None, value) for name, value in managed.items()},
            wait=True,
            locks=True,
        )
        ready = {"id": NIL_ID, **forecast.created(key, managed, plan, version)}
        return Plan([step], {}, managed, ready, small_limit(wanted), unsettled=[{**ready, "state": state.CREATING}])

    def _spec(self, wanted: Mapping[str, Any], plan: str, version: str) -> dict[str, Any]:
        spec = {
            name: wanted[name]
            for name in ("labels", "parent_id", "delete_protection", "customer_cloud_account")
            if name in wanted
        }
        if "edition" in wanted:
            spec["edition"] = wanted["edition"]
        elif version >= SPEND_LIMIT_GONE:
            # Said outright: the documentation and the service disagree on what is meant when it is left out.
            spec["plan"] = plan
        names: tuple[str, ...]
        if plan == "ADVANCED":
            names = (
                *("region_nodes", "region_machine_specs", "cockroach_version", "network_visibility", "cidr_range"),
                *("restrict_egress_traffic", "supports_cluster_virtualization"),
            )
            spec["dedicated"] = {name: wanted[name] for name in names if name in wanted}
            spec["dedicated"]["hardware"] = self._hardware(wanted["hardware"], new=True)
            return spec
        names = ("regions", "primary_region", "upgrade_type", "with_empty_ip_allowlist")
        serverless = {name: wanted[name] for name in names if name in wanted}
        if version < "2023-04-10":
            serverless["spend_limit"] = wanted.get("spend_limit", 0)
        elif "spend_limit" in wanted:
            serverless["spend_limit"] = wanted["spend_limit"]
        if wanted.get("usage_limits"):
            serverless["usage_limits"] = as_strings(wanted["usage_limits"])
        spec["serverless"] = serverless
        return spec

    @staticmethod
    def _hardware(wanted: Mapping[str, Any], *, new: bool) -> dict[str, Any]:
        body: dict[str, Any] = {name: wanted[name] for name in ("storage_gib", "disk_iops") if name in wanted}
        if new:
            body.setdefault("storage_gib", 0)
        machine = {name: wanted[name] for name in ("num_virtual_cpus", "machine_type") if name in wanted}
        if machine:
            body["machine_spec"] = machine
        return body

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        key, wanted, version = desired.key, desired.values, scope.version
        found = self.view(row)
        if key.get("name") and key["name"] != row.get("name"):
            raise OptionError(
                f"The cluster with id '{row.get('id')}' is named '{row.get('name')}', not '{key['name']}'; names can't be changed"
            )
        if state.is_advanced(row) and version < SPEND_LIMIT_GONE and wanted:
            raise OptionError(
                f"{self.label(row)} is a dedicated cluster; in api_version {version} such clusters are only read and deleted here",
                f"Use api_version {SPEND_LIMIT_GONE} to change it",
            )
        rules.check_change(row, found, wanted, version)
        asked, wanted = wanted, rules.complete_plan_change(found, wanted)
        changes = self._differences(wanted, found)
        self.check_immutable(scope, desired, changes)
        rules.check_changes(row, found, changes, version)
        item = self.item({}, row)
        steps = []
        plain = {
            name: change for name, change in changes.items() if name not in ("cockroach_version", "upgrade_status")
        }
        if plain:
            body = self._patch(row, wanted, found, plain, version)
            steps.append(self._step(f"update {self.label(row)}", item, body, plain))
        # The API refuses version changes together with anything else, so each is a request of its own.
        steps += [
            self._step(f"{doing} {self.label(row)}", item, body, change)
            for doing, body, change in versions.steps(row, found, wanted)
        ]
        changes.update({name: change for step in steps for name, change in step.changes.items()})
        managed = [name for name in wanted if name not in forecast.UNSEEN]
        before: dict[str, Any] = {name: found.get(name) for name in managed}
        after: dict[str, Any] = {name: changes[name][1] if name in changes else found.get(name) for name in managed}
        if "hardware" in managed:
            # Only the figures that were asked for are managed.
            before["hardware"] = {name: found["hardware"][name] for name in wanted["hardware"]}
            after["hardware"] = {**before["hardware"], **changes.get("hardware", ({}, {}))[1]}
        if "region_machine_specs" in managed:
            asked_of = wanted["region_machine_specs"]
            found_of = found["region_machine_specs"]
            before["region_machine_specs"] = {
                region: {name: found_of.get(region, {}).get(name) for name in spec} for region, spec in asked_of.items()
            }
            after["region_machine_specs"] = asked_of
        implied = versions.implied(changes)
        after.update({name: value for name, value in implied.items() if name in managed})
        plan = Plan(steps, {"name": row["name"], **before}, {"name": row["name"], **after}, dict(row))
        for step in steps:
            settled, fields = plan.predicted or {}, self._predicted(step.changes, wanted, found)
            plan.unsettled.append(forecast.at_once(settled, step.changes, fields, version))
            plan.predicted = forecast.changed(settled, fields, version)
        plan.notes = rules.notes_for_change(asked, changes)
        if {"spend_limit", "usage_limits"} & set(changes):
            plan.notes += small_limit(wanted)
        return plan

    @staticmethod
    def _step(doing: str, item: str, body: dict[str, Any], changes: dict[str, tuple[Any, Any]]) -> Step:
        locks = bool(forecast.LOCKING & set(changes))
        return Step(UPDATE, doing, "PATCH", item, body, changes=changes, wait=True, locks=locks)

    @staticmethod
    def _predicted(
        changes: Mapping[str, tuple[Any, Any]], wanted: Mapping[str, Any], found: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What a step changes of the object; with a second region one of them becomes the primary one."""
        predicted = {**{name: new for name, (_old, new) in changes.items()}, **versions.implied(changes)}
        if "regions" in predicted:
            predicted["primary_region"] = wanted.get("primary_region", found.get("primary_region"))
        return predicted

    def _differences(self, wanted: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        comparable = {
            name: value
            for name, value in wanted.items()
            if name not in ("cockroach_version", "upgrade_status", "hardware", "region_machine_specs")
        }
        changes = differences(self.fields, comparable, found)
        hardware = wanted.get("hardware") or {}
        current = found.get("hardware") or {}
        # Zero means "what the provider gives by default", which the API answers with the real figure.
        changed = {
            name: value
            for name, value in hardware.items()
            if value != current.get(name) and not (value == 0 and name in ("storage_gib", "disk_iops"))
        }
        if changed:
            changes["hardware"] = ({name: current.get(name) for name in changed}, changed)
        there = found.get("region_machine_specs") or {}
        resized = {
            region: spec
            for region, spec in wanted.get("region_machine_specs", {}).items()
            if any(value != there.get(region, {}).get(name) for name, value in spec.items())
        }
        if resized:
            changes["region_machine_specs"] = ({region: there.get(region) for region in resized}, resized)
        return changes

    def _patch(
        self, row: Row, wanted: Mapping[str, Any], found: Mapping[str, Any], changes: Mapping[str, Any], version: str
    ) -> dict[str, Any]:
        body: dict[str, Any] = {
            name: wanted[name] for name in ("plan", "labels", "parent_id", "delete_protection") if name in changes
        }
        serverless: dict[str, Any] = {
            name: wanted[name]
            for name in ("regions", "primary_region", "spend_limit", "upgrade_type")
            if name in changes
        }
        if {"regions", "primary_region"} & set(changes):
            # With several regions the API wants to be told both.
            serverless["regions"] = wanted.get("regions", found.get("regions"))
            primary = wanted.get("primary_region", found.get("primary_region"))
            if primary and len(serverless["regions"]) > 1:
                serverless["primary_region"] = primary
        if "usage_limits" in changes and not wanted["usage_limits"] and version < SPEND_LIMIT_GONE:
            # A spend limit of zero lifts them there, and usage_limits must not lack a member.
            serverless["spend_limit"] = 0
        elif "usage_limits" in changes:
            serverless["usage_limits"] = as_strings(wanted["usage_limits"])
        dedicated: dict[str, Any] = {}
        if "region_nodes" in changes:
            dedicated["region_nodes"] = wanted["region_nodes"]
            # The service refuses a key for a region that it has one for.
            added = set(wanted["region_nodes"]) - set(found["region_nodes"])
            keys = [entry for entry in wanted.get("cmek_region_specs", ()) if entry["region"] in added]
            if keys:
                dedicated["cmek_region_specs"] = [
                    {"region": entry["region"], "key_spec": {n: v for n, v in entry.items() if n != "region"}}
                    for entry in keys
                ]
        if "region_machine_specs" in changes:
            dedicated["region_machine_specs"] = changes["region_machine_specs"][1]
        if "hardware" in changes:
            dedicated["hardware"] = self._hardware(changes["hardware"][1], new=False)
        if serverless:
            body["serverless"] = serverless
        if dedicated:
            body["host" if (row.get("config") or {}).get("host") else "dedicated"] = dedicated
        return body

    def delete(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        refuse_protected(self.label(row), row)
        step = Step(DELETE, f"delete {self.label(row)}", "DELETE", self.item({}, row), wait=True)
        found = {name: value for name, value in self.view(row).items() if value not in (None, {}, [], "")}
        return Plan([step], found, {}, None)

    def is_ours(self, desired: Desired, row: Row) -> bool:
        found, wanted = self.view(row), desired.values
        return all(found.get(n) == wanted[n] for n in ("provider", "regions", "region_nodes") if n in wanted)

    def check(self, reader: Reader, scope: Scope, desired: Desired, row: dict[str, Any] | None, plan: Plan) -> None:
        """Refuse regions, versions and limits that the service does not have for this cluster, before they are sent."""
        if desired.absent:
            return
        check_regions(reader, desired.values, row)
        if row:
            check_limited(reader, self.label(row), row, plan)
        check_version(reader, desired.values, row)


CLUSTER = Cluster(
    "cluster",
    "clusters/{id}",
    """
    name: Name of the cluster; 6 to 20 lower-case letters, digits and dashes, without a dash at either end.
    | If several clusters have this name, the task fails; give the O(id) then.
    plan: Plan of the cluster. V(BASIC) and V(STANDARD) can be changed into each other.
    | If not set, a new cluster is V(ADVANCED) when O(region_nodes) or O(hardware) is set, V(STANDARD) when O(usage_limits.provisioned_virtual_cpus) is set, and
      V(BASIC) otherwise.
    edition: Edition of the cluster, in organizations that have editions instead of plans. Exclusive with O(plan).
    | V(STANDARD) takes the options of Basic and Standard clusters, V(MISSION_CRITICAL) those of Advanced ones.
    provider: Cloud provider. Needed to create.
    regions: Regions of a Basic or Standard cluster, by the provider's names. Needed to create one.
    | Regions can be added (from O(api_version) V(2023-04-10) on), but not removed.
    primary_region: Which of the O(regions) is the primary one. Needed when there are several.
    spend_limit: What a Basic (serverless) cluster may cost a month at most, in whole US cents. Less than 100 of them get a warning.
    | With O(api_version=2024-09-16) it is converted to O(usage_limits) as the service does it, with 80 % of the amount for request units and 20 % for storage.
    | V(0) means the free tier in the versions of 2022; from V(2023-04-10) on it is refused, since it would lift the limit.
    usage_limits: Limits of a Basic cluster, or size of a Standard one. A member that is left out is no limit; V({}) lifts all limits.
    | Exclusive with O(spend_limit).
    with_empty_ip_allowlist: Whether a new Basic or Standard cluster starts with an empty IP allowlist, and so is unreachable until there are entries. Otherwise
      it starts open to V(0.0.0.0/0).
    | Only used when the cluster is created.
    upgrade_type: Who starts upgrades of the CockroachDB version. V(MANUAL) needs the plan V(STANDARD).
    region_nodes: Regions of an Advanced cluster, each with its number of nodes. A region that is left out is removed.
    hardware: Machines of an Advanced cluster. Needed to create one.
    region_machine_specs: Machines of single regions of an Advanced cluster, such as V({us-east1: {num_virtual_cpus: 8}}), each with one of C(num_virtual_cpus)
      and C(machine_type). It takes the place of a machine in O(hardware).
    | A new cluster needs one for each of its O(region_nodes). Regions that are left out later keep theirs.
    cmek_region_specs: Keys for regions that O(region_nodes) adds to a cluster with customer-managed encryption keys.
    | Those for regions that the cluster has already are left out.
    restrict_egress_traffic: Whether nodes of a new Advanced cluster may reach nothing outside that no rule allows.
    | Only used when the cluster is created.
    supports_cluster_virtualization: Whether a new Advanced cluster can be replicated physically. The service gives it to enrolled organizations only.
    | Only used when the cluster is created.
    customer_cloud_account: Your own account at the provider that a new Advanced cluster is to run in, with exactly the member of the provider.
    cockroach_version: Major version, such as V(v25.2). Quote it in YAML, a number is refused.
    | A later one than that of the cluster starts an upgrade. Until that is finalized, the previous one rolls it back.
    | Advanced clusters, and Standard ones with O(upgrade_type=MANUAL). The service chooses the version of all others, and that of a new Standard cluster, which
      is the newest Regular release - a new one with another version is refused.
    upgrade_status: V(FINALIZED) finalizes an upgrade, also one that an earlier task has begun. It can't be rolled back after that. Without it the service
      finalizes after 72 hours.
    | V(ROLLBACK_RUNNING) rolls an upgrade back that is not finalized. Where there is none, nothing is done.
    network_visibility: Whether an Advanced cluster has public addresses.
    cidr_range: Address range of an Advanced cluster on GCP.
    labels: All labels of the cluster. Others are removed, V({}) removes all.
    parent_id: Id of the folder that the cluster is in; V(root) or an empty string for none.
    folder: The folder that the cluster is in, such as V(/platform/prod), instead of O(parent_id). V(root) for none.
    | In check mode a folder that does not exist yet is taken for one that will; otherwise the task fails.
    delete_protection: V(ENABLED) keeps the cluster from being deleted, by anybody.
    """,
    rows="clusters",
    shape=state.SHAPE,
    key=(Field("name"),),
    fields=(
        since_2024("plan", choices=("BASIC", "STANDARD", "ADVANCED"), other_names=PLANS),
        Field("edition", choices=tuple(state.EDITIONS), since="2026-09-15", immutable=NEW_CLUSTER),
        Field(
            "provider",
            choices=("GCP", "AWS", "AZURE"),
            choices_since={"AZURE": "2023-04-10"},
            other_names=PROVIDERS,
            immutable=NEW_CLUSTER,
        ),
        Field("regions", type="list", elements="str", compare="set"),
        Field("primary_region", since="2022-09-20"),
        Field("spend_limit", type="int", misread=misread_cents),
        Field("usage_limits", type="dict", options=LIMITS, since="2023-04-10"),
        Field("with_empty_ip_allowlist", type="bool", compare="ignore", since="2023-04-10"),
        since_2024("upgrade_type", choices=("AUTOMATIC", "MANUAL")),
        since_2024("region_nodes", in_api="2022-03-31", type="dict"),
        since_2024("hardware", in_api="2022-03-31", type="dict", options=HARDWARE),
        since_2024("region_machine_specs", type="dict"),
        since_2024("cmek_region_specs", type="list", elements="dict", options=KEYS, compare="ignore"),
        since_2024("restrict_egress_traffic", type="bool", compare="ignore"),
        since_2024("supports_cluster_virtualization", type="bool", compare="ignore"),
        since_2024(
            "customer_cloud_account",
            type="dict",
            options=ACCOUNTS,
            rules={"mutually_exclusive": [("aws", "gcp", "azure")]},
            immutable=NEW_CLUSTER,
        ),
        since_2024("cockroach_version", in_api="2022-03-31", misread=versions.misread),
        since_2024("upgrade_status", in_api="2022-09-20", choices=("FINALIZED", "ROLLBACK_RUNNING")),
        since_2024("network_visibility", in_api="2022-09-20", choices=("PUBLIC", "PRIVATE"), immutable=NEW_CLUSTER),
        since_2024("cidr_range", immutable=NEW_CLUSTER),
        since_2024("labels", type="dict"),
        Field("parent_id", since="2023-04-10"),
        Field("folder", since="2023-04-10", ref="folder"),
        Field("delete_protection", choices=("ENABLED", "DISABLED"), since="2023-04-10"),
    ),
    rules={
        "required_one_of": [("name", "id")],
        "mutually_exclusive": [("spend_limit", "usage_limits"), ("parent_id", "folder"), ("plan", "edition")],
    },
    lifecycle=ClusterLifecycle(making=(state.CREATING,), settled=(state.CREATED,)),
    shows=None,
    unique=True,
    roles=ROLES,
)
