# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clusters of all hosts of a play in one plan: what that costs, and that the hosts have nothing else in common."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.results import Run
from integration.helpers.runner import LOCAL, Runner
from integration.helpers.running import PASSWORDS, Cluster

SECRETS = {"CRDB_APP_PASSWORD": "planted-app-password", "CRDB_REPORTING_PASSWORD": "planted-reporting-password"}
WANTED = {
    "cluster_provider": "GCP",
    "cluster_regions": "us-central1",
    "cluster_spend_limit": 1000,
    "cluster_sql_users": "app, reporting",
    "cluster_allowlist": "203.0.113.0/24 office",
}
TOGETHER = "Bring all clusters to the wanted state"
CLUSTER, CONTENTS = "Create or change the cluster", "Set up what is in the cluster"
ROLE = {"name": "role", "ansible.builtin.import_role": {"name": "crdb.cloud.cluster", "tasks_from": "hosts"}}
SHOW = {"name": "show", "ansible.builtin.debug": {"msg": "{{ crdb_cluster_result }}"}}


class Provision:
    """``provision({host: variables})``: the playbook over these hosts of crdb_clusters, all of which want WANTED."""

    def __init__(self, playbook: Runner, emulator: Emulator, directory: Path) -> None:
        self.playbook = playbook
        self.emulator = emulator
        self._inventory = directory / "inventory.json"

    def __call__(self, hosts: Mapping[str, Mapping[str, Any]], *arguments: str, **call: Any) -> Run:
        self.emulator.reset("requests")
        group = {"hosts": {name: dict(said) for name, said in hosts.items()}, "vars": WANTED}
        self._inventory.write_text(json.dumps({"all": {"children": {"crdb_clusters": group}}}))
        call = {"direct": None, "env": SECRETS, "secrets": SECRETS.values(), **call}
        return self.playbook(
            playbook="crdb.cloud.provision", arguments=["-i", str(self._inventory), *arguments], **call
        )


@pytest.fixture
def provision(playbook: Runner, emulator: Emulator, tmp_path: Path) -> Provision:
    return Provision(playbook, emulator, tmp_path)


def asked(emulator: Emulator) -> Counter[str]:
    """The requests by method and the end of their path."""
    return Counter(f"{entry['method']} {entry['path'].rsplit('/', 1)[-1]}" for entry in emulator.requests())


def failures(run: Run) -> dict[str, str]:
    run.no_traceback()
    return {outcome.host: outcome.msg for outcome in run.outcomes if outcome.failed}


def changed(run: Run) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for outcome in run.outcomes:
        if outcome.changed or any(item.get("changed") for item in outcome.items):
            found.setdefault(outcome.host, []).append(outcome.name)
    return found


UNCHANGED = {"GET clusters": 1, "GET allowlist": 3, "GET sql-users": 3}


@pytest.mark.measured
def test_one_plan(provision: Provision, emulator: Emulator) -> None:
    """Predicted, made in one plan with one loop that waits, and found unchanged; each host has its own result."""
    hosts = {f"orders-{number}": {"cluster_labels": f"number={number}"} for number in (1, 2, 3)}
    planned = provision(hosts, check=True, diff=True, warns=["There is no cluster 'orders-[123]' yet"])
    assert emulator.writes() == []
    assert planned.stdout.count("Plan: 12 to create, 0 to change, 0 to delete; 0 clusters unchanged") == 1

    done = provision(hosts)
    assert changed(done) == changed(planned) == {name: [CLUSTER, CONTENTS] for name in hosts}
    for name in hosts:
        assert done[CLUSTER, name]["plan"] == planned[CLUSTER, name]["plan"]
        assert done[CONTENTS, name]["done"] == planned[CONTENTS, name]["done"]
    # Which cluster is ready is seen in one listing for all that wait.
    once = asked(emulator)
    assert once["POST clusters"] == 3 and once["GET available-regions"] == 1
    assert not [entry for entry in emulator.requests() if entry["path"].rsplit("/", 1)[-1].count("-") == 4]
    facts = {
        outcome.host: outcome["ansible_facts"]["crdb_cluster_result"]
        for outcome in done.outcomes
        if outcome.name == "Keep the result"
    }
    for name, fact in facts.items():
        row = emulator.cluster(name)
        assert (
            fact["id"] == row["id"] and fact["labels"] == {"number": name[-1]} and fact["users"] == ["app", "reporting"]
        )
        assert f"{name}: {name} is CREATED: BASIC on GCP, us-central1" in done.stdout
        assert [entry["cidr_ip"] for entry in emulator.state()["allowlists"][row["id"]]] == ["203.0.113.0"]

    again = provision(hosts)
    assert changed(again) == {} and asked(emulator) == UNCHANGED


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_forty_hosts_cost(provision: Provision, playbook: Runner, emulator: Emulator) -> None:
    """An unchanged fleet costs no more than eight tasks that do nothing, and two requests a cluster."""
    hosts: dict[str, dict[str, Any]] = {f"orders-{number}": {} for number in range(40)}
    provision(hosts, verbosity=0)
    new = asked(emulator)
    assert (new["POST clusters"], new["POST sql-users"], new["POST allowlist"]) == (40, 80, 40)
    assert new["GET clusters"] < 15, "one loop waits for all"
    unchanged = provision(hosts, verbosity=0)
    assert asked(emulator) == {"GET clusters": 1, "GET allowlist": 40, "GET sql-users": 40}
    nothing = [{"name": f"task {number}", "ansible.builtin.debug": {"msg": "nothing"}} for number in range(8)]
    trivial = playbook(nothing, hosts=dict.fromkeys(hosts, LOCAL), verbosity=0)
    assert unchanged.cpu < trivial.cpu, f"{unchanged.cpu:.1f} s, eight tasks cost {trivial.cpu:.1f} s"


WRONG: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "w-plan": ({"cluster_plan": "SMALL"}, ("cluster_plan", "BASIC, STANDARD, ADVANCED")),
    "w-undefined": ({"cluster_regions": "{{ nowhere }}"}, ("cluster_regions can't be read", "nowhere")),
    "w-password": ({"cluster_sql_users": "app, third"}, ("'third'", "CRDB_THIRD_PASSWORD")),
    "w-region": ({"cluster_regions": "us-central7"}, ("no region 'us-central7'",)),
    "w-id": ({"cluster_id": "11111111-bb66-46d7-afed-25ebef5ed2aa"}, ("there is no cluster with this id",)),
    "w-limits": ({"cluster_usage_limits": "request_unit_limit=1"}, ("exclude each other",)),
    "w-misspelt": ({"cluster_spendlimit": 1}, ("cluster_spendlimit", "did you mean cluster_spend_limit")),
    "w-direct": ({"crdb_direct": "perhaps"}, ("crdb_direct", "must be a boolean")),
}


@pytest.mark.measured
def test_a_failure_is_of_one_host(provision: Provision, emulator: Emulator) -> None:
    """Mistakes, and what the API refuses: the others go on, and nothing is sent for whoever is wrong."""
    hosts = {name: said for name, (said, _parts) in WRONG.items()} | {"orders-1": {}, "w-users": {}, "w-cluster": {}}
    refused = {"status": 400, "body": {"code": 3, "message": "not this one"}}
    emulator.fault("status", "POST", "/sql-users$", times=2, **refused)
    said = {name: {**hosts[name], **({"cluster_sql_users": "app"} if name == "orders-1" else {})} for name in hosts}
    said["orders-1"] |= {"cluster_sql_users": ""}
    said["w-cluster"] |= {"cluster_labels": {"env": "{{ 'Prod!' }}"}}
    run = provision(said, fails=True)
    found = failures(run)
    assert found.keys() == WRONG.keys() | {"w-users", "w-cluster"}
    for name, (_said, parts) in WRONG.items():
        run[CLUSTER, name].fails_with(*parts)
    run[CONTENTS, "w-users"].fails_with("not this one", "'app'", "'reporting'")
    assert changed(run) == {"orders-1": [CLUSTER, CONTENTS], "w-users": [CLUSTER, CONTENTS]}
    assert {row["name"] for row in emulator.state()["clusters"]} == {"orders-1", "w-users"}
    assert run["Keep the result", "orders-1"].result["ansible_facts"]["crdb_cluster_result"]["name"] == "orders-1"


def test_any_errors_fatal(provision: Provision, emulator: Emulator) -> None:
    """Then a mistake ends all before anything is sent, as it does where each host has tasks of its own."""
    for said in (WRONG["w-plan"][0], WRONG["w-password"][0]):
        run = provision({"orders-1": {}, "wrong": said}, env={**SECRETS, "ANSIBLE_ANY_ERRORS_FATAL": "1"}, fails=True)
        assert failures(run).keys() == {"wrong"} and emulator.writes() == []


def test_connections_of_their_own(
    playbook: Runner, emulator: Emulator, launch: Callable[..., Emulator], provision: Provision
) -> None:
    """Each server gets a plan of its own, with its own key, whether module_defaults or the environment says so."""
    other = launch("--api-key", "CCDB1_planted_other_key", fast=False, key="CCDB1_planted_other_key")
    reach = {
        "orders-1": {"url": emulator.url, "key": emulator.key},
        "orders-2": {"url": other.url, "key": other.key},
        "orders-3": {"url": emulator.url, "key": emulator.key},
    }
    hosts = {name: {**LOCAL, **WANTED, "cluster_sql_users": "", **said} for name, said in reach.items()}
    nowhere = {"COCKROACH_SERVER": "http://127.0.0.1:1", "COCKROACH_API_KEY": None}
    defaults = {"module_defaults": {"group/crdb.cloud.cloud": {"api_key": "{{ key }}", "api_url": "{{ url }}"}}}
    around = {"environment": {"COCKROACH_API_KEY": "{{ key }}", "COCKROACH_SERVER": "{{ url }}"}}
    for play, writes in ((defaults, True), (around, False)):
        for server in (emulator, other):
            server.reset("requests")
        run = playbook([ROLE], hosts=hosts, play=play, env=nowhere, secrets=[other.key], direct=None)
        assert run[TOGETHER]["plans"] == 2
        assert bool(changed(run)) is bool(emulator.writes()) is bool(other.writes()) is writes
    assert asked(emulator) == {"GET clusters": 1, "GET allowlist": 2}
    assert asked(other) == {"GET clusters": 1, "GET allowlist": 1}
    assert {row["name"] for row in emulator.state()["clusters"]} == {"orders-1", "orders-3"}
    assert {row["name"] for row in other.state()["clusters"]} == {"orders-2"}

    # What a task says of itself is read for the one host that it runs for.
    task = {"name": "all", "crdb.cloud.provision_hosts": {"api_key": "{{ key }}"}, "run_once": True}
    wrong = playbook([task], hosts=hosts, secrets=[other.key], direct=None, fails=True)
    wrong["all"].fails_with("api_key can't be set at a task that works for many hosts", "module_defaults")


@pytest.mark.measured
def test_hosts_that_need_tasks_of_their_own(provision: Provision, emulator: Emulator) -> None:
    """What can't run in the controller is done by the role as ever, with the same result."""
    hosts: dict[str, dict[str, Any]] = {"orders-1": {}, "orders-2": {"crdb_direct": False}}
    run = provision(hosts)
    results = {
        outcome.host: outcome["ansible_facts"]["crdb_cluster_result"]
        for outcome in run.outcomes
        if outcome.name == "Keep the result" and outcome.status == "ok"
    }
    own = {"id", "name", "sql_dns", "connection_string"}
    one, two = ({name: value for name, value in results[host].items() if name not in own} for host in hosts)
    assert one == two
    assert {row["name"] for row in emulator.state()["clusters"]} == set(hosts)
    assert changed(provision(hosts)) == {} and emulator.writes() == []


def test_a_key_that_may_not_list(provision: Provision, emulator: Emulator) -> None:
    """The role knows what can be done then: the whole of it is left to the tasks of each host."""
    emulator.fault("status", "GET", "/clusters$", times=1, status=403, body={"code": 7, "message": "permission denied"})
    assert set(changed(provision({"orders-1": {}}))) == {"orders-1"}
    assert emulator.clusters("orders-1")


@pytest.mark.measured
def test_two_hosts_for_one_cluster(provision: Provision, emulator: Emulator) -> None:
    """One after the other, as it always was."""
    hosts = {
        "office": {"cluster_name": "orders-1"},
        "home": {"cluster_name": "orders-1", "cluster_allowlist": "198.51.100.7"},
    }
    # The first play looks at the inventory, which does no harm for each host.
    free = {"env": {**SECRETS, "ANSIBLE_STRATEGY": "free"}, "warns": ["Using run_once with the free strategy"]}
    run = provision(hosts, **free)
    assert changed(run) == {"office": [CLUSTER, CONTENTS], "home": [CONTENTS]}
    row = emulator.cluster("orders-1")
    entries = {entry["cidr_ip"] for entry in emulator.state()["allowlists"][row["id"]]}
    assert entries == {"203.0.113.0", "198.51.100.7"}
    by_id = provision({**hosts, "again": {"cluster_id": row["id"], "cluster_regions": "", "cluster_provider": ""}})
    assert changed(by_id) == {} and emulator.writes() == []


@pytest.mark.measured
def test_hosts_that_do_not_wait(
    launch: Callable[..., Emulator], playbook_on: Callable[[Emulator], Runner], tmp_path: Path
) -> None:
    """How long is waited is each host's own."""
    emulator = launch("--create-seconds", "4")
    provision = Provision(playbook_on(emulator), emulator, tmp_path)
    hosts = {
        "orders-1": {"cluster_wait": "no"},
        "orders-2": {"cluster_wait_timeout": "0.1"},
        "orders-3": {},
    }
    run = provision(hosts, fails=True)
    assert changed(run) == {"orders-1": [CLUSTER], "orders-2": [CLUSTER], "orders-3": [CLUSTER, CONTENTS]}
    assert failures(run).keys() == {"orders-2"} and "cluster 'orders-2' is still CREATING" in failures(run)["orders-2"]
    assert "Networks and SQL users come when it is ready: run this again" in run.stdout
    assert set(changed(provision({name: {} for name in hosts}))) == {"orders-1", "orders-2"}


@pytest.mark.measured
def test_grants_follow_for_each_host(running: Callable[..., Cluster], tmp_path: Path) -> None:
    cluster = running("--seed-cluster-api", "--cluster-user", "app:planted-app-password:admin")
    cluster.emulator.add_cluster("orders-1")
    provision = Provision(cluster.runner, cluster.emulator, tmp_path)
    said = {
        "cluster_sql_users": "owner, app",
        "cluster_cluster_api_url": cluster.emulator.cluster_url,
        "cluster_cluster_api_username": "owner",
        "cluster_cluster_api_password": "{{ owner_password }}",
        "owner_password": PASSWORDS["owner"],
        "cluster_sql_passwords": {"owner": PASSWORDS["owner"]},
        "cluster_grants": "CONNECT ON bank TO app",
    }
    hosts: dict[str, dict[str, Any]] = {"orders-1": said, "orders-2": {}}
    first = provision(hosts, secrets=[*SECRETS.values(), PASSWORDS["owner"]])
    steps = [CLUSTER, CONTENTS, "Grant what is needed", "Take the role admin away"]
    assert changed(first) == {"orders-1": steps, "orders-2": [CLUSTER, CONTENTS]}
    assert changed(provision(hosts)) == {}


def test_text_of_the_api_is_no_template(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    emulator.add_cluster("orders-1")
    row = emulator.api("GET", f"/clusters/{emulator.cluster('orders-1')['id']}")
    proof = tmp_path / "executed"
    hostile = f"{{{{ lookup('pipe', 'touch {proof}') }}}}"
    row.update(labels={"env": hostile, hostile: "env"}, sql_dns=hostile, cockroach_version=hostile, state="CREATED")
    emulator.fault("status", "GET", "/clusters$", status=200, body={"clusters": [row], "pagination": None})
    everything = {"name": "all", "ansible.builtin.debug": {"msg": "{{ cluster_outcomes }} {{ cluster_outcome }}"}}
    run = playbook([ROLE, SHOW, everything], hosts={"orders-1": LOCAL}, direct=None)
    assert "lookup" in str(run["show"]["msg"]) and not proof.exists()


def test_registered_must_be_what_it_says(playbook: Runner) -> None:
    task = {"name": "part", "crdb.cloud.provision_hosts": {"registered": "nothing"}}
    playbook([task], fails=True)["part"].fails_with("nothing says nothing of the host 'localhost'", "run_once")
    bare = {"name": "all", "crdb.cloud.provision_hosts": {}, "register": "outcomes"}
    run = playbook([bare, {**task, "crdb.cloud.provision_hosts": {"registered": "outcomes"}}], fails=True)
    run["part"].fails_with("tasks_from hosts")
