# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private endpoints of a cluster's own, through which it reaches services of other accounts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .._http.answers import TEXT, ListOf, Object
from .declared import OPERATORS
from .field import Field
from .lifecycle import Lifecycle
from .noun import Desired, Noun, Row
from .plan import Plan

ANEW = "Delete it and create another one"
NAMES = "domain_names"
LOST = f"{NAMES} FAILED"
THERE = ("endpoint_connection_id", "endpoint_address")


@dataclass(frozen=True)
class EgressLifecycle(Lifecycle):
    """It is there *early*, once the provider has made it, whether or not the other side has accepted it yet."""

    early: bool = False

    def status(self, row: Row) -> str:
        """The state; of an endpoint that can be used, also that of its names."""
        found, names = super().status(row), str(row.get(f"{NAMES}_state"))
        return f"{NAMES} {names}" if found == "AVAILABLE" and names in ("PENDING", "FAILED") else found

    def failure(self, row: Row) -> str:
        return f"its {NAMES} are FAILED" if self.status(row) == LOST else super().failure(row)

    def is_settled(self, row: Row) -> bool:
        made = self.early and all(row.get(name) for name in THERE) and self.status(row) in self.making
        return made or super().is_settled(row)


class EgressPrivateEndpoint(Noun):
    def watched(self, desired: Desired, *, asked: bool) -> Lifecycle | None:
        """Names can only be given to an endpoint that can be used, and anew where that failed."""
        life, named = self.lifecycle, NAMES in desired.values
        if not isinstance(life, EgressLifecycle):
            return life
        early = desired.values.get("wait_for") == "created" and not named
        return replace(life, early=early, settled=(*life.settled, LOST) if named and not asked else life.settled)

    def view(self, row: Row) -> dict[str, Any]:
        lost = row.get(f"{NAMES}_state") == "FAILED"
        return {**super().view(row), **({NAMES: None} if lost else {})}

    def predict(self, row: Row, desired: Desired, after: Row) -> dict[str, Any]:
        names = {f"{NAMES}_state": "AVAILABLE" if after[NAMES] else "EMPTY"} if after.get(NAMES) is not None else {}
        return {**super().predict(row or {NAMES: []}, desired, after), **names}

    def ending(self, plan: Plan, row: Row | None = None) -> Plan:
        found = super().ending(plan, row)
        if row is not None:
            found.unsettled = [{**each, f"{NAMES}_state": "PENDING"} for each in found.unsettled]
        return found


EGRESS_PRIVATE_ENDPOINT = EgressPrivateEndpoint(
    "egress_private_endpoint",
    "clusters/{cluster}/networking/egress-private-endpoints/{id}",
    """
    Makes a private endpoint through which an Advanced cluster reaches a service of another account, such as Kafka, or deletes it.
    The other side may have to accept it. Its id for that is C(endpoint_connection_id) in the result.
    One that was rejected, that failed or that expired makes the task fail at once; O(state=absent) removes it.
    region: The region of the cluster that it is in.
    target_service_identifier: What it leads to: the name of an endpoint service on AWS, such as V(com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0),
      the ARN of an MSK cluster, the service attachment on GCP, the resource id or alias of a private link service on Azure, in the same region.
    target_service_type: What O(target_service_identifier) is. All but V(PRIVATE_SERVICE) are ways to log in to MSK, on AWS alone.
    domain_names: All names by which the cluster reaches the service, such as V(*.us-east-1.aws.private.example.com), in any order; V([]) takes all away.
    | They can be set only once the endpoint can be used, so with them the task waits for that, as with O(wait_for=available). Where the other side has to
      accept it first, leave them to a later task.
    wait_for: What is waited for. V(created) is when the provider has made it, so that the other side can accept it, V(available) when it can be used.
    = endpoint_connection_id (str): Id of the endpoint at the provider; empty until it is made.
    = endpoint_address (str): Its address; empty until it is made.
    = domain_names_state (str): V(EMPTY), V(PENDING), V(AVAILABLE) or V(FAILED).
    """,
    rows="egress_private_endpoints",
    shape=Object(
        {"id": TEXT, "region": TEXT, "target_service_identifier": TEXT, "state": TEXT},
        {"target_service_type": TEXT, NAMES: ListOf(TEXT), **dict.fromkeys(THERE, TEXT)},
    ),
    key=(Field("region", required=True), Field("target_service_identifier", required=True)),
    fields=(
        Field(
            "target_service_type",
            choices=("PRIVATE_SERVICE", "MSK_SASL_SCRAM", "MSK_SASL_IAM", "MSK_TLS"),
            create_default="PRIVATE_SERVICE",
            immutable=ANEW,
        ),
        Field(NAMES, type="list", elements="str", compare="set", later=True),
    ),
    how=(Field("wait_for", choices=("created", "available"), default="created"),),
    lifecycle=EgressLifecycle(
        making=("PENDING", "PENDING_ACCEPTANCE"),
        settled=("AVAILABLE",),
        failed=("REJECTED", "FAILED", "EXPIRED"),
        leaving=("DELETING",),
        gone=("DELETED",),
    ),
    requires={"plan": ("ADVANCED",)},
    since="2024-09-16",
    readers=OPERATORS,
    limited=True,
)
