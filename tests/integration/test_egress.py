# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a cluster may connect to by itself: its policy, rules one by one and all at once, and private endpoints of its own."""

from __future__ import annotations

from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import execute

ADVANCED = {
    "dedicated": {
        "region_nodes": {"us-east1": 3},
        "hardware": {"machine_spec": {"num_virtual_cpus": 4}, "storage_gib": 15},
    }
}
KAFKA = {"name": "kafka", "type": "CIDR", "destination": "203.0.113.9/32", "ports": [9093]}
BACKUPS = {"name": "backups", "type": "FQDN", "destination": "storage.example.com", "ports": [443, 80]}
LOCKED = {"status": 503, "body": {"code": 14, "message": "couldn't lock cluster", "details": []}}
FAILED = ["CREATION_FAILED", "DELETION_FAILED", "INCONSISTENT"]


def run(module: str, emulator: Emulator, /, *, check: bool = False, **more: Any) -> dict[str, Any]:
    return execute(
        module, {"cluster": "orders", "wait_timeout": 30.0, "wait_interval": 0.05, **more}, emulator, check=check
    )


def rules(emulator: Emulator, **more: Any) -> list[dict[str, Any]]:
    found = execute("egress_rule_info", {"cluster": "orders", **more}, emulator)["egress_rules"]
    return [dict(row) for row in found]


def methods(emulator: Emulator) -> list[str]:
    return [entry["method"] for entry in emulator.writes()]


def policy(emulator: Emulator, cluster: str) -> str:
    return str(emulator.api("GET", f"/clusters/{cluster}")["egress_traffic_policy"])


@pytest.fixture
def orders(emulator: Emulator) -> str:
    """The id of an Advanced cluster."""
    return str(emulator.add_cluster("orders", **ADVANCED)["id"])


# --- the policy --------------------------------------------------------------------------------------------------


def test_the_policy_is_set_once_and_waited_for(emulator: Emulator, orders: str) -> None:
    for allow, word in ((False, "DEFAULT_DENY"), (True, "ALLOW_ALL")):
        predicted = run("egress_traffic_policy", emulator, allow_all=allow, check=True)
        done = run("egress_traffic_policy", emulator, allow_all=allow)
        assert predicted == done and done["egress_traffic_policy"]["egress_traffic_policy"] == word
        assert not run("egress_traffic_policy", emulator, allow_all=allow)["changed"]
    at_once = run("egress_traffic_policy", emulator, allow_all=False, wait=False)
    assert at_once["egress_traffic_policy"]["egress_traffic_policy"] == "UPDATING"
    # Who comes meanwhile waits, and has nothing to do.
    assert not run("egress_traffic_policy", emulator, allow_all=False)["changed"]
    assert methods(emulator) == ["POST"] * 3
    found = execute("egress_traffic_policy_info", {"cluster": "orders"}, emulator)["egress_traffic_policy"]
    assert found["allow_all"] is False


def test_a_policy_that_fails_ends_the_wait_and_is_set_anew(emulator: Emulator, orders: str) -> None:
    emulator.patch(outcomes={"egress-traffic-policy": {"state": "ERROR"}})
    assert "it is ERROR" in run("egress_traffic_policy", emulator, allow_all=False)["msg"]
    assert run("egress_traffic_policy", emulator, allow_all=False)["egress_traffic_policy"]["allow_all"] is False
    emulator.add_cluster("stocks")
    refused = run("egress_traffic_policy", emulator, cluster="stocks", allow_all=False)
    assert "has the plan BASIC, and the egress traffic policy needs ADVANCED" in refused["msg"]


# --- rules -------------------------------------------------------------------------------------------------------


def test_a_rule_never_flips_the_policy_but_says_that_it_does_nothing(emulator: Emulator, orders: str) -> None:
    """Not as in the provider: making a rule there forbids everything else by the way."""
    made = run("egress_rule", emulator, **KAFKA)
    assert made["changed"] and "may connect to everything, so egress rules do nothing" in made["warnings"][0]
    assert policy(emulator, orders) == "ALLOW_ALL"
    assert not run("egress_rule", emulator, **KAFKA)["warnings"]
    run("egress_traffic_policy", emulator, allow_all=False)
    assert not run("egress_rule", emulator, **BACKUPS)["warnings"]
    assert policy(emulator, orders) == "DEFAULT_DENY"


def test_the_order_of_ports_means_nothing_and_a_change_sends_all(emulator: Emulator, orders: str) -> None:
    run("egress_rule", emulator, **BACKUPS)
    assert not run("egress_rule", emulator, **{**BACKUPS, "ports": [80, 443, 80]})["changed"]
    # Without type and destination the service refuses it.
    changed = run("egress_rule", emulator, name="backups", ports=[443])
    assert changed["egress_rule"]["ports"] == [443] and changed["egress_rule"]["destination"] == "storage.example.com"
    assert methods(emulator) == ["POST", "PATCH"]
    assert "needs type and destination" in run("egress_rule", emulator, name="other")["msg"]


def test_ports_that_can_not_be_cleared_need_a_word(emulator: Emulator, orders: str) -> None:
    run("egress_rule", emulator, **KAFKA)
    emulator.reset("requests")
    for check in (True, False):
        refused = run("egress_rule", emulator, name="kafka", ports=[], check=check)
        assert "can't be taken away" in refused["msg"] and "recreate: true" in refused["msg"]
    assert "Set wait: true" in run("egress_rule", emulator, name="kafka", ports=[], recreate=True, wait=False)["msg"]
    assert methods(emulator) == []
    predicted = run("egress_rule", emulator, name="kafka", ports=[], recreate=True, check=True)
    done = run("egress_rule", emulator, name="kafka", ports=[], recreate=True)
    assert predicted["plan"] == done["plan"] and methods(emulator) == ["DELETE", "POST"]
    (rule,) = rules(emulator)
    assert (rule["ports"], rule["destination"], rule["state"]) == ([], "203.0.113.9/32", "ACTIVE")
    assert not run("egress_rule", emulator, name="kafka", ports=[], recreate=True)["changed"]


@pytest.mark.parametrize("how", ["drop_after", "garbage"])
def test_a_lost_answer_makes_no_two_rules(emulator: Emulator, orders: str, how: str) -> None:
    """Not as in the provider: it sends the request again after any 5xx, and makes two."""
    emulator.fault("status", "POST", "/egress-rules$", **LOCKED)
    emulator.fault(how, "POST", "/egress-rules$")
    run("egress_rule", emulator, **KAFKA, wait_timeout=60.0)
    run("egress_rule", emulator, **KAFKA)
    assert len(rules(emulator)) == 1


@pytest.mark.parametrize("state", FAILED)
def test_a_failed_rule_ends_the_wait_at_once(emulator: Emulator, orders: str, state: str) -> None:
    """Not as in the provider: it does not know these states, and waits ten minutes."""
    emulator.patch(outcomes={"egress-rules": {"state": state}})
    for module, more in (("egress_rule", KAFKA), ("egress_rule", KAFKA), ("egress_rules", {"rules": [KAFKA]})):
        failed = run(module, emulator, **more)
        assert f"it is {state}; the service asks to contact its support" in failed["msg"]
    assert methods(emulator) == ["POST"]
    assert run("egress_rule", emulator, name="kafka", state="absent")["changed"] and rules(emulator) == []


def test_exactly_these_rules_and_never_those_of_the_service(emulator: Emulator, orders: str) -> None:
    run("egress_rule", emulator, **{**KAFKA, "name": "old"})
    emulator.reset("requests")
    args: dict[str, Any] = {"rules": [KAFKA, BACKUPS], "purge": True}
    predicted = run("egress_rules", emulator, **args, check=True)
    assert methods(emulator) == []
    done = run("egress_rules", emulator, **args)
    for key in ("plan", "diff", "warnings"):
        assert predicted[key] == done[key]
    assert [(each["name"], each["action"]) for each in done["results"]] == [
        ("kafka", "created"),
        ("backups", "created"),
        ("old", "deleted"),
    ]
    assert len(done["warnings"]) == 1 and methods(emulator) == ["POST", "POST", "DELETE"]
    assert (
        [row["name"] for row in done["egress_rules"]]
        == ["backups", "kafka"]
        == [row["name"] for row in rules(emulator)]
    )
    assert not run("egress_rules", emulator, **args)["changed"]
    every = rules(emulator, crl_managed=True)
    (managed,) = (row for row in every if row["crl_managed"])
    assert len(every) == 3
    for state in ("absent", "present"):
        options = {"id": managed["id"], "name": managed["name"], "state": state, "description": "mine"}
        assert "managed by the service" in run("egress_rule", emulator, **options)["msg"]
    anew = run("egress_rules", emulator, rules=[{"name": "kafka", "ports": [], "recreate": True}])
    assert [each["action"] for each in anew["results"]] == ["updated"] and len(rules(emulator)) == 2


# --- private endpoints of its own --------------------------------------------------------------------------------

BROKERS = {"region": "us-east1", "target_service_identifier": "projects/acme/serviceAttachments/kafka"}
THERE = {"endpoint_connection_id": "psc-1", "endpoint_address": "10.0.0.1"}


def endpoint(emulator: Emulator, **more: Any) -> dict[str, Any]:
    return run("egress_private_endpoint", emulator, **{**BROKERS, **more})


def test_one_that_has_to_be_accepted_is_there_once_it_has_ids(emulator: Emulator, orders: str) -> None:
    emulator.patch(outcomes={"egress-private-endpoints": {"state": "PENDING_ACCEPTANCE", **THERE}})
    made = endpoint(emulator)
    found = made["egress_private_endpoint"]
    assert (found["state"], found["endpoint_connection_id"]) == ("PENDING_ACCEPTANCE", "psc-1")
    assert not endpoint(emulator)["changed"]
    for more in ({"wait_for": "available"}, {"domain_names": ["*.example.com"]}):
        assert "is still PENDING_ACCEPTANCE" in endpoint(emulator, **more, wait_timeout=0.5)["msg"]
    emulator.patch(objects={f"egress-private-endpoints/{orders}": {found["id"]: {"state": "AVAILABLE"}}})
    assert not endpoint(emulator, wait_for="available")["changed"]
    named = endpoint(emulator, domain_names=["*.example.com"])
    assert named["egress_private_endpoint"]["domain_names_state"] == "AVAILABLE"
    assert methods(emulator) == ["POST", "PATCH"]
    assert "Delete it and create another one" in endpoint(emulator, target_service_type="MSK_TLS")["msg"]


@pytest.mark.parametrize("state", ["REJECTED", "FAILED", "EXPIRED"])
def test_an_endpoint_that_nobody_will_accept_ends_the_wait_at_once(emulator: Emulator, orders: str, state: str) -> None:
    """Not as in the provider: it knows none of these states, and waits ten minutes."""
    emulator.patch(outcomes={"egress-private-endpoints": {"state": state}})
    for _each in range(2):
        assert f"it is {state}" in endpoint(emulator)["msg"]
    assert endpoint(emulator, state="absent")["changed"] and methods(emulator) == ["POST", "DELETE"]


def test_names_are_given_with_it_and_anew_where_that_failed(emulator: Emulator, orders: str) -> None:
    names = ["*.b.example.com", "*.a.example.com"]
    made = endpoint(emulator, domain_names=names)
    assert [step["action"] for step in made["plan"]] == ["create", "update"]
    assert (
        "Set wait: true"
        in endpoint(emulator, **{**BROKERS, "region": "us-west2"}, domain_names=names, wait=False)["msg"]
    )
    assert not endpoint(emulator, domain_names=names[::-1])["changed"]
    emulator.patch(outcomes={"egress-private-endpoints": {"domain_names_state": "FAILED"}})
    assert "its domain_names are FAILED" in endpoint(emulator, domain_names=["*.c.example.com"])["msg"]
    assert "its domain_names are FAILED" in endpoint(emulator)["msg"]
    assert endpoint(emulator, domain_names=["*.c.example.com"])["changed"]
    assert endpoint(emulator, domain_names=[])["egress_private_endpoint"]["domain_names_state"] == "EMPTY"
