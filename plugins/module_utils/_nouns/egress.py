# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an Advanced cluster may connect to by itself: its policy, and the rules that make exceptions from it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from .._base.errors import OptionError
from .._http.answers import TEXT, TRUTH, WHOLE, ListOf, Object
from . import cluster_state as state
from .declared import OPERATORS, Scope
from .field import Field
from .lifecycle import Lifecycle
from .noun import Desired, Noun, Reader, Row
from .plan import UPDATE, Plan, Step

ADVANCED = {"plan": ("ADVANCED",)}
POLICY = "egress_traffic_policy"
PREFIX = "POLICY_"
ALLOW_ALL, DEFAULT_DENY = "ALLOW_ALL", "DEFAULT_DENY"


def said_once() -> dict[str, str]:
    """The member of a body by which the service knows a request that it gets again."""
    return {"idempotency_key": str(uuid.uuid4())}


def policy_of(cluster: Row) -> str:
    return str(cluster.get(POLICY) or "UNSPECIFIED").removeprefix(PREFIX)


class EgressTrafficPolicy(Noun):
    """A field of the cluster, which is set by a request of its own."""

    def watched(self, desired: Desired, *, asked: bool) -> Lifecycle | None:
        """What failed before is set anew, and no reason to give up."""
        if asked or self.lifecycle is None:
            return self.lifecycle
        life = self.lifecycle
        return replace(life, settled=(*life.settled, *life.failed, "UNSPECIFIED", "None"), failed=())

    def initial(self, parent: Row) -> list[dict[str, Any]]:
        return [{POLICY: DEFAULT_DENY if parent.get("restrict_egress_traffic") else ALLOW_ALL}]

    def view(self, row: Row) -> dict[str, Any]:
        return {"allow_all": {ALLOW_ALL: True, DEFAULT_DENY: False}.get(policy_of(row))}

    def shown(self, row: Row) -> dict[str, Any]:
        names = {"cluster_id": row.get("id"), "cluster_name": row.get("name")}
        return {**names, **self.view(row), POLICY: policy_of(row)}

    def create(self, scope: Scope, desired: Desired) -> Plan:
        """The prediction for a cluster that does not exist yet; a real run never gets here."""
        return self.update(scope, desired, {})

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        wanted, found = {"allow_all": desired.values["allow_all"]}, self.view(row)
        if wanted == found:
            return Plan([], found, found, self.shown(row))
        step = Step(
            UPDATE,
            f"set the {self.words}{scope.behind('of')}",
            "POST",
            f"{self.collection(scope.ids)}/networking/egress-rules/egress-traffic-policy",
            {**wanted, **said_once()},
            changes={"allow_all": (found["allow_all"], wanted["allow_all"])},
            wait=True,
        )
        predicted = self.shown({**row, POLICY: ALLOW_ALL if wanted["allow_all"] else DEFAULT_DENY})
        unsettled = [self.shown({**row, POLICY: "UPDATING"})]
        return Plan([step], found, wanted, predicted, unsettled=unsettled)


EGRESS_TRAFFIC_POLICY = EgressTrafficPolicy(
    "egress_traffic_policy",
    "clusters/{cluster}",
    """
    Says whether an Advanced cluster may connect to everything by itself, or only to what rules allow, and waits until that is so.
    What needs such connections are changefeeds, backups to your own storage, exports of logs and metrics, and identity providers.
    allow_all: V(true) lets it connect to everything, as a new cluster may. With V(false) only what M(crdb.cloud.egress_rule) names, and what the service
      needs itself.
    | Make the rules first, or connections that are needed break until they are there.
    = cluster_id (str): Id of the cluster.
    = cluster_name (str): Name of the cluster.
    = allow_all (bool): Whether it may connect to everything; V(null) while that changes.
    = egress_traffic_policy (str): V(ALLOW_ALL), V(DEFAULT_DENY), V(UPDATING) or V(ERROR).
    """,
    fields=(Field("allow_all", type="bool", required=True),),
    shape=state.SHAPE,
    part=True,
    creates="",
    deletes="",
    lifecycle=Lifecycle(
        POLICY, prefix=PREFIX, making=("UPDATING",), settled=(ALLOW_ALL, DEFAULT_DENY), failed=("ERROR",)
    ),
    requires=ADVANCED,
    since="2022-09-20",
)


class RuleLifecycle(Lifecycle):
    def failure(self, row: Row) -> str:
        found = super().failure(row)
        lost = self.status(row) in self.failed
        return f"{found}; the service asks to contact its support, and not to try again" if lost else found


class EgressRule(Noun):
    def pages(self, api: Any, path: str, query: Row | None) -> list[dict[str, Any]]:
        """Those of people alone: what the service manages for itself is never touched."""
        bodies = super().pages(api, path, query)
        return [{**body, self.rows: [row for row in body[self.rows] if not row.get("crl_managed")]} for body in bodies]

    def gathered(self, reader: Reader) -> list[tuple[Row, dict[str, Any]]]:
        return [({}, row) for row in every(reader)]

    def unexported(self, row: Row) -> str:
        return "the service manages it for itself" if row.get("crl_managed") else super().unexported(row)

    def values(self, params: Row, version: str) -> dict[str, Any]:
        found = super().values(params, version)
        return {**found, "ports": sorted(set(found["ports"]))} if "ports" in found else found

    def view(self, row: Row) -> dict[str, Any]:
        return super().view(self.shown(row))

    def shown(self, row: Row) -> dict[str, Any]:
        """The service lists ports in an order of its own."""
        return {**row, "ports": sorted(row.get("ports") or []), "description": row.get("description") or ""}

    def predict(self, row: Row, desired: Desired, after: Row) -> dict[str, Any]:
        return self.shown(super().predict(row, desired, after))

    def key_body(self, desired: Desired) -> dict[str, Any]:
        return {**super().key_body(desired), **said_once()}

    def update_body(self, desired: Desired, body: dict[str, Any], version: str) -> dict[str, Any]:
        return {**body, **said_once()}

    def create(self, scope: Scope, desired: Desired) -> Plan:
        missing = [name for name in ("type", "destination") if not desired.values.get(name)]
        if missing:
            raise OptionError(f"{desired.label} does not exist yet, and needs {' and '.join(missing)} to be created")
        return super().create(scope, desired)

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        plan, found = super().update(scope, desired, row), self.view(row)
        if desired.values.get("ports") != [] or not found["ports"]:
            return plan
        if not desired.values.get("recreate"):
            raise OptionError(
                f"The ports of {desired.label}{scope.behind('on')} can't be taken away, the API has no way to do that",
                "Set recreate: true, to delete the rule and make it anew; what needs it can't connect meanwhile",
            )
        anew = self.create(scope, replace(desired, values={**found, **desired.values}))
        gone = replace(self.delete(scope, desired, row).steps[0], locks=True)
        return replace(anew, steps=[gone, *anew.steps], before=plan.before, after=plan.after, unsettled=[])

    def check(self, reader: Reader, scope: Scope, desired: Desired, row: dict[str, Any] | None, plan: Plan) -> None:
        """Never touch what the service manages, and say where rules do nothing; the policy is nobody's side effect."""
        if row and row.get("crl_managed"):
            raise OptionError(f"{self.label(self.identity(row))} is managed by the service, and is never changed")
        changes = plan.steps and not desired.absent
        cluster = changes and reader.parent_row(reader.parent("cluster", reader.params["cluster"]))
        if cluster and policy_of(cluster) == ALLOW_ALL:
            plan.notes.append(
                f"{scope.label} may connect to everything, so egress rules do nothing there until egress_traffic_policy forbids that"
            )


EGRESS_RULE = EgressRule(
    "egress_rule",
    "clusters/{cluster}/networking/egress-rules/{id}",
    """
    Lets an Advanced cluster connect to one destination by itself, or takes that from it, and waits until that is in force.
    Rules work where M(crdb.cloud.egress_traffic_policy) forbids the rest; that is never changed by the way, but a warning says so.
    What the service manages for itself is neither shown nor changed.
    name: Name of the rule. It can't be changed.
    type: What O(destination) is. Needed to create.
    destination: A domain name such as V(storage.example.com), or a network such as V(203.0.113.0/24). Needed to create.
    ports: All ports of O(destination) that are allowed, in any order; others are taken out. With none, V([]), all are.
    | From some ports to all there is no way but to make the rule anew, see O(recreate).
    description: What the rule is for. An empty string removes the text.
    recreate: Whether a rule may be deleted and made anew where the API can't change it. What needs it can't connect meanwhile.
    = cluster_id (str): Id of the cluster.
    = crl_managed (bool): Whether the service manages it for itself.
    = created_at (str): When it was made.
    """,
    rows="rules",
    wrapped="rule",
    shape=Object(
        {"id": TEXT, "name": TEXT, "state": TEXT},
        {"type": TEXT, "destination": TEXT, "description": TEXT, "ports": ListOf(WHOLE), "crl_managed": TRUTH},
    ),
    key=(Field("name", required=True),),
    fields=(
        Field("type", choices=("FQDN", "CIDR")),
        Field("destination"),
        Field("ports", type="list", elements="int", compare="set", create_default=[]),
        Field("description", create_default=""),
    ),
    how=(Field("recreate", type="bool", default=False),),
    whole=True,
    lifecycle=RuleLifecycle(
        making=("PENDING_CREATION", "PENDING_UPDATE"),
        settled=("ACTIVE",),
        failed=("CREATION_FAILED", "DELETION_FAILED", "INCONSISTENT"),
        leaving=("PENDING_DELETION",),
        slowest=5.0,
    ),
    requires=ADVANCED,
    since="2022-09-20",
    readers=OPERATORS,
)
EVERY_RULE = Field(
    "crl_managed",
    type="bool",
    default=False,
    text="Whether to list the rules, too, that the service manages for itself.",
)


def every_rule(reader: Reader, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """*rows*, which are those of people, with those of the service where the options ask for them."""
    name = reader.params.get("name")
    return [row for row in every(reader) if name in (None, row["name"])] if reader.params["crl_managed"] else rows


def every(reader: Reader) -> list[dict[str, Any]]:
    """All rules of the cluster that the options name."""
    parent = reader.parent("cluster", reader.params["cluster"])
    if not parent.id:
        return []
    return reader.rows_at(
        EGRESS_RULE.collection({"cluster": parent.id}),
        EGRESS_RULE.rows,
        shape=EGRESS_RULE.shape,
        doing=f"list the {EGRESS_RULE.many} of {parent.label}",
        roles=OPERATORS,
    )
