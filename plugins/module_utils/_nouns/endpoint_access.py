# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose private endpoints a cluster lets in: accounts that are trusted, and single endpoints on AWS."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from .._base.errors import OptionError
from .declared import OPERATORS, Scope
from .field import Field
from .lifecycle import Lifecycle
from .noun import Desired, Noun, Reader, Row
from .plan import UPDATE, Plan, Step

ACCOUNT = re.compile(r"\d{12}|\*")
PREFIX = "ENDPOINT_"
# What people say, and the status that it is to have.
ANSWERS = {"accepted": "AVAILABLE", "rejected": "REJECTED"}
STATES = {prefix + status: state for state, status in ANSWERS.items() for prefix in ("", PREFIX)}


def misread_account(value: Any) -> str:
    return 'must be in quotes, such as "012345678901": YAML reads it as a number' if isinstance(value, int) else ""


class TrustedOwner(Noun):
    def key_of(self, params: Row) -> dict[str, Any]:
        account = params.get("external_owner_id")
        if account is not None and not ACCOUNT.fullmatch(account):
            raise OptionError(
                f"external_owner_id: '{account}' is no account of AWS",
                'It has 12 digits, in quotes, or is "*", which is every account',
            )
        return super().key_of(params)


PRIVATE_ENDPOINT_TRUSTED_OWNER = TrustedOwner(
    "private_endpoint_trusted_owner",
    "clusters/{cluster}/networking/private-endpoint-trusted-owners/{id}",
    """
    Lets an account of AWS connect its private endpoints with a cluster without being asked for each, or takes that from it.
    external_owner_id: The account, 12 digits in quotes, such as V("012345678901"), or V("*"), which lets every account in.
    type: What O(external_owner_id) is.
    = cluster_id (str): Id of the cluster.
    = created_at (str): When it was made.
    """,
    rows="trusted_owners",
    wrapped="trusted_owner",
    key=(Field("external_owner_id", required=True, misread=misread_account),),
    fields=(Field("type", choices=("AWS_ACCOUNT_ID",), create_default="AWS_ACCOUNT_ID"),),
    updates="",
    requires={"plan": ("ADVANCED",), "provider": ("AWS",)},
    since="2023-04-10",
    roles="CLUSTER_ADMIN",
    readers=OPERATORS,
    limited=True,
    paged=False,
)


class AwsEndpointConnection(Noun):
    """An endpoint of somebody's account, which shows up by itself, and is then accepted or rejected."""

    def watched(self, desired: Desired, *, asked: bool) -> Lifecycle | None:
        """The answer to a request has the status from before, so that only the one that is asked for ends the wait."""
        if not asked or self.lifecycle is None:
            return self.lifecycle
        return replace(self.lifecycle, settled=(ANSWERS[desired.values["state"]],))

    def ending(self, plan: Plan, row: Row | None = None) -> Plan:
        plan.unsettled = [dict(row)] if row else []
        return plan

    def create(self, scope: Scope, desired: Desired) -> Plan:
        """The prediction for one that is not there yet; a real run never gets here."""
        row = self.predict({}, desired, desired.values)
        changes = {"state": (None, desired.values["state"])}
        step = Step(UPDATE, f"update {desired.label}{scope.behind('on')}", self.updates, "", changes=changes)
        return Plan([step], {}, {**desired.key, **desired.values}, row)

    def unexported(self, row: Row) -> str:
        return super().unexported(row) or ("" if self.view(row)["state"] else "nobody has accepted or rejected it yet")

    def check(self, reader: Reader, scope: Scope, desired: Desired, row: dict[str, Any] | None, plan: Plan) -> None:
        if row is None and reader.parent_row(reader.parent("cluster", reader.params["cluster"])):
            problem = f"There is no {desired.label}{scope.behind('on')}"
            if not reader.check_mode:
                raise OptionError(
                    problem, "It shows up when an endpoint is made for the service of the cluster in its region"
                )
            reader.warn(f"{problem} yet; the result is predicted as if it were there")


def _state(*, prefix: str = "") -> Field:
    return Field(
        "state",
        api="status",
        choices=tuple(ANSWERS),
        default="accepted",
        to_api=lambda state: prefix + ANSWERS[state],
        from_api=STATES.get,
        text="Whether the endpoint may reach the cluster.",
    )


AWS_ENDPOINT_CONNECTION = AwsEndpointConnection(
    "aws_endpoint_connection",
    "clusters/{cluster}/networking/aws-endpoint-connections/{endpoint_id}",
    """
    Accepts or rejects a VPC endpoint that was made for a cluster on AWS, and waits until that is so.
    This is the older way, which works on AWS alone. M(crdb.cloud.private_endpoint_connection) does the same on all providers.
    endpoint_id: Id of the VPC endpoint, such as V(vpce-0123456789abcdef0).
    = status (str): V(PENDING), V(PENDING_ACCEPTANCE), V(AVAILABLE), V(REJECTED), V(FAILED), V(EXPIRED), V(DELETING) or V(DELETED).
    = region_name (str): Region of the cluster that it leads to.
    = cloud_provider (str): V(AWS).
    = service_id (str): Id of the service that the endpoint belongs to.
    = external_owner_id (str, since 2023-04-10): Account of the endpoint.
    """,
    title="AWS endpoint connection",
    rows="connections",
    key=(Field("endpoint_id", required=True),),
    fields=(_state(),),
    before={"2023-04-10": (_state(prefix=PREFIX),)},
    creates="",
    deletes="",
    lifecycle=Lifecycle(
        "status",
        prefix=PREFIX,
        making=("PENDING",),
        settled=("PENDING_ACCEPTANCE", "AVAILABLE", "REJECTED"),
        failed=("FAILED", "EXPIRED"),
        leaving=("DELETING",),
        gone=("DELETED",),
        slowest=5.0,
    ),
    requires={"provider": ("AWS",)},
    since="2022-09-20",
    readers=OPERATORS,
    paged=False,
)
