# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key by which the service knows a request of egress that it gets again: the same for each repetition, another for each wish."""

from __future__ import annotations

from uuid import UUID

import pytest
from plugin_fakes import FakeApi, FakeRun, advanced, refusal

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import LostAnswerError
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.egress import EGRESS_RULE, EGRESS_TRAFFIC_POLICY
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.reconciler import Reconciler

KAFKA = {"name": "kafka", "type": "CIDR", "destination": "203.0.113.9/32", "ports": [9093], "description": None}
POLICY = "/egress-traffic-policy$"


class EgressApi(FakeApi):
    def __init__(self):
        super().__init__(advanced(name="orders", egress_traffic_policy="ALLOW_ALL"))
        self.rules = []

    def _answer(self, method, path, body):
        if path.endswith("/egress-traffic-policy"):
            (row,) = self.clusters.values()
            row["egress_traffic_policy"] = "ALLOW_ALL" if body["allow_all"] else "DEFAULT_DENY"
            return {}
        if "/egress-rules" not in path:
            return super()._answer(method, path, body)
        if method == "POST":
            self.rules.append({**body, "id": f"rule-{len(self.rules)}", "state": "ACTIVE"})
        if method == "PATCH":
            self.rules[0].update(body)
        return {"rules": self.rules} if method == "GET" else {"rule": None, "Rule": self.rules[-1]}


def ensure(api, noun, **params):
    return Reconciler(FakeRun(api, {"cluster": "orders", "recreate": False, **params})).ensure(noun)


def keys(api):
    """Those of the requests that were sent, in order."""
    return [str(UUID(body["idempotency_key"])) for _method, _path, body in api.writes]


def test_a_rule_that_is_asked_for_again_has_the_same_key():
    api = EgressApi()
    api.faults.append(("POST", "/egress-rules$", refusal(503, "couldn't lock cluster", busy=True)))
    assert ensure(api, EGRESS_RULE, **KAFKA)["changed"]
    assert ensure(api, EGRESS_RULE, **{**KAFKA, "ports": [443]})["changed"]
    first, again, change = keys(api)
    assert first == again != change and len(api.rules) == 1


@pytest.mark.parametrize("lost", ["faults", "after"])
def test_a_policy_whose_answer_is_lost_is_asked_for_with_the_same_key(lost):
    api = EgressApi()
    getattr(api, lost).append(("POST", POLICY, LostAnswerError("the connection was cut")))
    result = ensure(api, EGRESS_TRAFFIC_POLICY, allow_all=False)
    assert result["egress_traffic_policy"]["allow_all"] is False
    # Where it is seen that it was carried out, it is not sent again.
    assert len(set(keys(api))) == 1 and len(api.writes) == (2 if lost == "faults" else 1)
    ensure(api, EGRESS_TRAFFIC_POLICY, allow_all=True)
    assert len(set(keys(api))) == 2
