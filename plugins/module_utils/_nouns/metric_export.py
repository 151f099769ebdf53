# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the metrics of a cluster go: to each sink, or not."""

from __future__ import annotations

from typing import Any

from .._http.answers import TEXT, MapOf, Object
from .export import UPDATE_SECRET, Export
from .field import Field
from .lifecycle import Lifecycle
from .noun import Desired, Row

# As much of a key as the service shows.
SHOWN = 4


class MetricExport(Export):
    def renews(self, desired: Desired, row: Row) -> bool:
        key = desired.values.get("datadog_api_key")
        return super().renews(desired, row) or bool(key and key[-SHOWN:] != row.get("api_key"))

    def predict(self, row: Row, desired: Desired, after: Row) -> dict[str, Any]:
        return self.shown(super().predict(row, desired, after))


METRIC_EXPORT = MetricExport(
    "metric_export",
    "clusters/{cluster}/metricexport/{sink}",
    """
    Sends the metrics of a Standard or Advanced cluster to a sink, or ends that. A cluster can have all of them at once.
    For V(prometheus) nothing is sent. The result has in C(targets) the addresses to scrape, with the key of a service account that has the role
      C(METRICS_VIEWER).
    Waits until the export works, and fails with the reason of the service where it does not. When that is mended, the next run tries again.
    sink: Where they go. V(cloudwatch) is for clusters on AWS.
    role_arn: The role with which they are written to CloudWatch. A new export there needs it.
    target_region: Region of CloudWatch. Without it, or with V(""), it is that of the cluster.
    log_group_name: The log group of CloudWatch. Without it, or with V(""), the service has a name for it.
    external_id: The external id with which the role is assumed, for Advanced clusters.
    site: The site of Datadog. A new export there needs it, and O(datadog_api_key).
    datadog_api_key: The key of Datadog. Each change of the export sends it again.
    | The service shows its last four characters, and where they differ, the key is set. Another key with the same ones needs O(update_secret=always).
    = cluster_id (str): Id of the cluster.
    = targets (dict): The address to scrape for each region, of V(prometheus) alone.
    = user_message (str): What the service says of the state.
    """,
    plural="metric_exports",
    shape=Object(
        {"status": TEXT},
        {
            **dict.fromkeys(("user_message", "role_arn", "target_region", "site", "api_key"), TEXT),
            "targets": MapOf(TEXT),
        },
    ),
    key=(
        Field(
            "sink",
            required=True,
            choices=("cloudwatch", "datadog", "prometheus"),
            choices_since={"prometheus": "2023-04-10"},
        ),
    ),
    fields=(
        Field("role_arn"),
        Field("target_region", compare="text"),
        Field("log_group_name", compare="text"),
        Field("external_id", since="2024-09-16", compare="text"),
        Field("site", choices=("US1", "US3", "US5", "US1_GOV", "EU1")),
        Field("datadog_api_key", api="api_key", secret=True),
    ),
    how=(UPDATE_SECRET,),
    kind="sink",
    needs={"cloudwatch": ("role_arn",), "datadog": ("site", "datadog_api_key"), "prometheus": ()},
    allows={"cloudwatch": ("target_region", "log_group_name", "external_id")},
    updates="POST",
    whole=True,
    lifecycle=Lifecycle(
        "status",
        making=("ENABLING",),
        settled=("ENABLED",),
        failed=("ERROR",),
        leaving=("DISABLING",),
        gone=("NOT_DEPLOYED",),
        reason="user_message",
        slowest=5.0,
        mends=True,
    ),
    requires={"plan": ("STANDARD", "ADVANCED")},
    since="2022-09-20",
    readers="METRICS_VIEWER, CLUSTER_OPERATOR_WRITER or CLUSTER_ADMIN",
)
