# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the logs of a cluster go. Each write replaces the whole configuration, and secrets of it can't be read back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .._base.errors import OptionError
from .._http.answers import TEXT, TRUTH, ListOf, Object
from .declared import Scope
from .export import UPDATE_SECRET, Export
from .field import Field, put
from .lifecycle import Lifecycle
from .noun import Desired, Reader, Row
from .plan import Plan

# The sink of each cloud.
TYPES = {"AWS": "AWS_CLOUDWATCH", "GCP": "GCP_CLOUD_LOGGING", "AZURE": "AZURE_LOG_ANALYTICS"}
V2, OTLP, NEWEST = "AZURE_LOG_ANALYTICS_V2", "OTLP_HTTP", "2026-09-15"
UNSPECIFIED = "UNSPECIFIED"
# What can be a table of Log Analytics.
TABLE = re.compile(r"[A-Za-z]\w*", re.ASCII)


def by_name(groups: Iterable[Row] | None) -> dict[str, Any]:
    """*groups* as they are compared: their order counts as little as that of their channels, and what is not set is none."""
    return {
        str(group.get("log_name")): (
            sorted(group.get("channels") or ()),
            str(group.get("min_level") or UNSPECIFIED).removeprefix("LOG_LEVEL_"),
            group.get("redact"),
            bool(group.get("enable_sending_queue")),
        )
        for group in groups or ()
    }


def told(groups: Iterable[Row]) -> list[dict[str, Any]]:
    """*groups* as a body has them: older versions have another word for no level."""
    unset = (None, UNSPECIFIED, f"LOG_LEVEL_{UNSPECIFIED}")
    return [{name: value for name, value in group.items() if value not in unset} for group in groups]


class LogExport(Export):
    def values(self, params: Row, version: str) -> dict[str, Any]:
        found = super().values(params, version)
        names = [group["log_name"] for group in found.get("groups", ())]
        if len(by_name(found.get("groups"))) < len(names):
            raise OptionError(f"groups: a log_name is there twice ({', '.join(names)})", "Put its channels together")
        return found

    def exported(self, row: Row) -> dict[str, Any]:
        found = super().exported(row)
        groups = [
            {**group, "channels": channels, "min_level": None if level == UNSPECIFIED else level}
            for group, (channels, level, _redact, _queue) in zip(
                found.get("groups") or (), by_name(found.get("groups")).values(), strict=True
            )
        ]
        return {**found, "groups": groups}

    def needed_secrets(self, row: Row) -> tuple[str, ...]:
        headers = (row.get("spec") or {}).get("otlp_header_names")
        return tuple(name for name in super().needed_secrets(row) if headers or name != "otlp_headers")

    def informed(self, reader: Reader, desired: Desired) -> Desired:
        """*desired* with the type of sink that the cluster's cloud has."""
        row = reader.parent_row(reader.parent("cluster", reader.params["cluster"]))
        sink = TYPES.get(str((row or {}).get("cloud_provider")))
        return replace(desired, values={"type": sink, **desired.values}) if sink else desired

    def body(self, values: Row) -> dict[str, Any]:
        """All of it at the top: what is empty is left out, as is what belongs to another type of sink."""
        foreign = self.foreign(values.get("type"))
        kept = {name: value for name, value in values.items() if name not in foreign and value not in ("", [], {})}
        return dict(super().body(kept).get("spec", {}))

    def renews(self, desired: Desired, row: Row) -> bool:
        headers, found = desired.values.get("otlp_headers"), row.get("spec", {}).get("otlp_header_names")
        return super().renews(desired, row) or bool(headers and {*headers} != {*(found or ())})

    def predict(self, row: Row, desired: Desired, after: Row) -> dict[str, Any]:
        found = super().predict(row, desired, after)
        if headers := desired.values.get("otlp_headers"):
            put(found, ("spec", "otlp_header_names"), sorted(headers))
        return found

    def check(self, reader: Reader, scope: Scope, desired: Desired, row: dict[str, Any] | None, plan: Plan) -> None:
        super().check(reader, scope, desired, row, plan)
        wanted = {**(self.view(row) if row else {}), **desired.values}
        names = [wanted.get("log_name"), *by_name(wanted.get("groups"))] if plan.steps else []
        bad = [name for name in names if wanted.get("type") == V2 and not TABLE.fullmatch(str(name))]
        if bad and not desired.absent:
            raise OptionError(
                f"log_name: '{bad[0]}' can't be a table of Log Analytics: a letter is allowed, and after it letters, digits and _"
            )


LEVELS = (UNSPECIFIED, "WARNING", "ERROR", "FATAL")
CHANNELS = Field("channels", type="list", elements="str", required=True)
GROUP = (
    *(Field("log_name", required=True), CHANNELS, Field("min_level", choices=LEVELS), Field("redact", type="bool")),
    Field("enable_sending_queue", type="bool", since="2024-09-16"),
)
GROUPS = ListOf(Object({"log_name": TEXT}, {"channels": ListOf(TEXT), "min_level": TEXT}))
AZURE = (
    *("azure_tenant_id", "azure_client_id", "azure_dce_endpoint", "azure_dcr_immutable_id", "azure_dcr_resource_id"),
    "azure_workspace_resource_id",
)
TEXTS = ("type", "log_name", "auth_principal", "region", "aws_external_id", "otlp_endpoint", *AZURE)
LOG_EXPORT = LogExport(
    "log_export",
    "clusters/{cluster}/logexport",
    """
    Sends the logs of a Standard or Advanced cluster to a sink of yours, or ends that.
    What is not said stays as it is. V([]) and V("") take away what is there.
    Waits until the export works, which takes minutes, and fails with the reason of the service where it does not, as when the sink
      refuses the credentials. When that is mended, the next run tries again.
    type: What the logs are sent to. A new export takes the sink of the cluster's cloud.
    log_name: What the logs are called at the sink, such as a log group of CloudWatch, a log id of GCP or a prefix of tables on Azure. A new export needs it.
    auth_principal: Who may write there. On AWS the ARN of a role, on GCP a project id (Advanced) or the e-mail of a service account (Standard), on Azure the
      id of a workspace.
    azure_shared_key: Key of the workspace, for O(type=AZURE_LOG_ANALYTICS). Each change of the export sends it again.
    azure_tenant_id: Tenant of the app registration that writes to O(type=AZURE_LOG_ANALYTICS_V2), which needs this and the six options after it.
    azure_client_id: Client id of that app registration.
    azure_client_secret: Its client secret. Each change of the export sends it again.
    azure_dce_endpoint: Endpoint of the data collection endpoint that takes logs in.
    azure_dcr_immutable_id: Immutable id of the data collection rule, such as V(dcr-0123).
    azure_dcr_resource_id: Resource id of that rule. The service adds streams to it.
    azure_workspace_resource_id: Resource id of the workspace. The service makes tables in it.
    otlp_endpoint: The URL that takes logs by OTLP over HTTP, for O(type=OTLP_HTTP).
    otlp_headers: Headers with which they are sent there, by name. They are set where other names are, or with O(update_secret=always), and
      kept where this is not given or V({}).
    aws_external_id: The external id with which the role is assumed, for Advanced clusters on AWS.
    redact: Whether logs are redacted where a group says nothing else.
    region: The region that all logs go to. Without it, or with V(""), each is sent to the region that it comes from.
    omitted_channels: Log channels that are not exported, in any order. All others that are in no group go to O(log_name).
    groups: Channels that are exported under a name of their own, in any order. The list says all groups that there are.
    groups.log_name: What the group is called at the sink. It tells the group from the others.
    groups.channels: The log channels that go into it, such as V(SQL_EXEC), in any order.
    groups.min_level: The lowest level that is exported. Without it, it is all of them.
    groups.redact: Whether the group is redacted. Without it, it is as O(redact) says for all.
    groups.enable_sending_queue: Whether its logs are queued before they are sent. One group alone may have that.
    = spec.otlp_header_names (list[str]): The names of the headers for V(OTLP_HTTP).
    = delivery_status (str): Whether logs arrive, V(DELIVERY_HEALTHY) or V(DELIVERY_UNHEALTHY), where the service says it.
    = delivery_status_message (str): Why they do not.
    = cluster_id (str): Id of the cluster.
    = user_message (str): What the service says of the state.
    = created_at (str): When the export was made.
    = updated_at (str): When it was changed last.
    """,
    shape=Object(
        {"status": TEXT},
        {
            "user_message": TEXT,
            "spec": Object(
                known={
                    **dict.fromkeys(TEXTS, TEXT),
                    "redact": TRUTH,
                    "omitted_channels": ListOf(TEXT),
                    "groups": GROUPS,
                }
            ),
        },
    ),
    fields=(
        Field(
            "type",
            api="spec.type",
            choices=(*TYPES.values(), V2, OTLP),
            choices_since={"AZURE_LOG_ANALYTICS": "2023-04-10", V2: NEWEST, OTLP: NEWEST},
        ),
        Field("log_name", api="spec.log_name"),
        Field("auth_principal", api="spec.auth_principal"),
        Field("azure_shared_key", api="spec.azure_shared_key", secret=True, since="2023-04-10"),
        *(Field(name, api=f"spec.{name}", since=NEWEST) for name in (*AZURE, "otlp_endpoint")),
        Field("azure_client_secret", api="spec.azure_client_secret", secret=True, since=NEWEST),
        Field("otlp_headers", type="dict", api="spec.otlp_headers", secret=True, since=NEWEST),
        Field("aws_external_id", api="spec.aws_external_id", since="2024-09-16", compare="text"),
        Field("redact", type="bool", api="spec.redact"),
        Field("region", api="spec.region", compare="text"),
        Field(
            "omitted_channels",
            type="list",
            elements="str",
            api="spec.omitted_channels",
            compare="set",
            since="2023-04-10",
        ),
        Field("groups", type="list", elements="dict", api="spec.groups", options=GROUP, compare=by_name, to_api=told),
    ),
    how=(UPDATE_SECRET,),
    kind="type",
    needs={
        "AWS_CLOUDWATCH": ("log_name", "auth_principal"),
        "GCP_CLOUD_LOGGING": ("log_name", "auth_principal"),
        "AZURE_LOG_ANALYTICS": ("log_name", "auth_principal", "azure_shared_key"),
        V2: ("log_name", *AZURE, "azure_client_secret"),
        OTLP: ("log_name", "otlp_endpoint"),
    },
    allows={"AWS_CLOUDWATCH": ("aws_external_id",), OTLP: ("otlp_headers",)},
    updates="POST",
    whole=True,
    lifecycle=Lifecycle(
        "status",
        making=("ENABLING",),
        settled=("ENABLED",),
        failed=("ENABLE_FAILED", "CREDENTIALS_ERROR", "DISABLE_FAILED"),
        leaving=("DISABLING",),
        gone=("DISABLED",),
        reason="user_message",
        mends=True,
    ),
    requires={"plan": ("STANDARD", "ADVANCED")},
    since="2022-09-20",
    readers="METRICS_VIEWER, CLUSTER_OPERATOR_WRITER or CLUSTER_ADMIN",
)
