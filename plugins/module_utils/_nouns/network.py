# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a cluster is reached without the public network."""

from __future__ import annotations

from .declared import OPERATORS
from .field import Field
from .lifecycle import Lifecycle
from .noun import Noun

PRIVATE_ENDPOINT_CONNECTION = Noun(
    "private_endpoint_connection",
    "clusters/{cluster}/networking/private-endpoint-connections/{endpoint_id}",
    """
    Connects a private endpoint of your cloud account with a Standard or Advanced cluster, or takes it away.
    The endpoint is made at the cloud provider first, for the service that the cluster has in the endpoint's region.
    Waits until the connection can be used, which mostly takes less than a minute.
    A connection that was rejected counts as absent, so O(state=present) asks for it again. One that is stale, because its endpoint is gone at the provider, or
      that failed or expired, makes the task fail; O(state=absent) removes it.
    endpoint_id: Id of the endpoint at the provider: of the VPC endpoint on AWS, such as V(vpce-0123456789abcdef0), of the PSC connection on GCP, which is a
      number, the resource id of the private endpoint on Azure.
    | Write a number in quotes.
    = region_name (str): Region of the cluster that it leads to.
    = cloud_provider (str): V(GCP), V(AWS) or V(AZURE).
    = endpoint_service_id (str): Id of the service that the endpoint belongs to.
    = service_name (str): Name of that service.
    = external_owner_id (str): Account of the endpoint, on AWS.
    """,
    rows="connections",
    key=(Field("endpoint_id", required=True),),
    updates="",
    lifecycle=Lifecycle(
        "status",
        prefix="STATUS_",
        making=("PENDING", "PENDING_ACCEPTANCE"),
        settled=("AVAILABLE",),
        failed=("FAILED", "EXPIRED", "STALE"),
        leaving=("DELETING",),
        gone=("REJECTED", "DELETED"),
        slowest=5.0,
    ),
    requires={"plan": ("STANDARD", "ADVANCED")},
    since="2023-04-10",
    readers=OPERATORS,
    paged=False,
)
