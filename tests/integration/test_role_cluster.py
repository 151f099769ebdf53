# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role cluster: the whole wanted state of one cluster, from whatever people can type into an inventory or a survey."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from integration.helpers.emulator import Emulator
from integration.helpers.results import Run
from integration.helpers.runner import LOCAL, Runner
from integration.helpers.running import PASSWORDS, Cluster

NIL_ID = "00000000-0000-0000-0000-000000000000"
SHOW = {"name": "show", "ansible.builtin.debug": {"msg": "{{ crdb_cluster_result }}"}}
ROLE = [{"name": "role", "ansible.builtin.import_role": {"name": "crdb.cloud.cluster"}}]
SECRETS = {"app": "planted-app-password", "app-ro": "planted-ro:[password]", "third": "planted-third-password"}
BRACES = "planted-{{ password }}-{% raw %}"
RESULT = {
    *("id", "name", "state", "plan", "provider", "regions", "version", "delete_protection", "labels", "limits"),
    *("sql_dns", "connection_string", "users"),
}
# The same wish as a survey or an INI line gives it, and as YAML.
TEXT = {
    "cluster_provider": "GCP",
    "cluster_regions": "us-central1\nus-east1,",
    "cluster_primary_region": "us-east1",
    "cluster_plan": "",
    "cluster_spend_limit": "1000",
    "cluster_labels": "env=prod, team=payments",
    "cluster_delete_protection": "ENABLED",
    "cluster_parent_id": "",
    "cluster_usage_limits": "",
    "cluster_hardware": "",
    "cluster_allowlist": "203.0.113.0/24 the office\n198.51.100.7",
    "cluster_sql_users": "app, App-RO",
    "cluster_wait": "",
    "cluster_wait_timeout": "600",
    "cluster_connection_user": "app",
}
YAML = {
    **TEXT,
    "cluster_regions": ["us-east1", "us-central1"],
    "cluster_spend_limit": 1000,
    "cluster_labels": '{"env": "prod", "team": "payments"}',
    "cluster_hardware": None,
    "cluster_allowlist": [{"cidr": "203.0.113.0/24", "name": "the office", "ui": "yes"}, "198.51.100.7/32"],
    "cluster_sql_users": '[{"name": "app"}, "app-ro"]',
    "cluster_wait": True,
    "cluster_wait_timeout": 600.0,
}
STEPS = ["Create or change the cluster", "Let the networks in", "Create the SQL users"]


def fingerprint(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()[:16]


def host(**variables: Any) -> dict[str, Any]:
    return {**LOCAL, **variables}


def changed(run: Run) -> list[str]:
    found = [
        outcome for outcome in run.outcomes if outcome.changed or any(item.get("changed") for item in outcome.items)
    ]
    return [outcome.name for outcome in found]


def problem(run: Run, *parts: str) -> None:
    failed = [outcome for outcome in run.outcomes if outcome.failed]
    assert len(failed) == 1, run.output[-3000:]
    failed[0].fails_with(*parts)
    run.no_traceback()


def test_the_whole_state(playbook: Runner, emulator: Emulator) -> None:
    """Predicted on an empty organization, made, and found unchanged; text and YAML say the same."""
    passwords = {"CRDB_APP_PASSWORD": SECRETS["app"], "CRDB_APP_RO_PASSWORD": BRACES}

    def run(said: Mapping[str, Any], *, check: bool = False, env: Mapping[str, str] | None = None) -> Run:
        emulator.reset("requests")
        return playbook(
            [*ROLE, SHOW],
            hosts={"orders-prod": host(**said)},
            check=check,
            diff=True,
            env=passwords if env is None else env,
            secrets=[*SECRETS.values(), BRACES],
            warns=["There is no cluster 'orders-prod' yet", "its SQL users"] if check else (),
        )

    planned = run(TEXT, check=True)
    assert changed(planned) == STEPS and emulator.writes() == []
    predicted = planned["show"]["msg"]
    assert set(predicted) == RESULT and predicted["id"] == NIL_ID
    assert predicted["sql_dns"] == predicted["connection_string"] == ""

    done = run(TEXT)
    assert changed(done) == STEPS
    assert done["Create or change the cluster"]["plan"] == planned["Create or change the cluster"]["plan"]
    made = done["show"]["msg"]
    own = {"id", "sql_dns", "connection_string", "version"}
    assert {name: made[name] for name in RESULT - own} == {name: predicted[name] for name in RESULT - own}
    assert made["users"] == ["app", "app-ro"] and made["labels"] == {"env": "prod", "team": "payments"}
    assert made["limits"] == {"request_unit_limit": 40000000, "storage_mib_limit": 4096}
    assert made["connection_string"] == f"postgresql://app@{made['sql_dns']}:26257/defaultdb?sslmode=verify-full"

    row, state = emulator.cluster("orders-prod"), emulator.state()
    assert made["id"] == row["id"] and made["sql_dns"] == row["sql_dns"]
    assert row["delete_protection"] == "ENABLED"
    prints = {"app": SECRETS["app"], "app-ro": BRACES}
    assert state["sql_user_fingerprints"][row["id"]] == {name: fingerprint(text) for name, text in prints.items()}
    entries = {entry["cidr_ip"]: entry for entry in state["allowlists"][row["id"]]}
    assert set(entries) == {"203.0.113.0", "198.51.100.7"}, "the world is not let in"
    assert entries["203.0.113.0"]["name"] == "the office" and entries["198.51.100.7"]["cidr_mask"] == 32

    # Users that are there need no password.
    for said in (YAML, {**TEXT, "cluster_allowlist_purge": "true", "cluster_sql_users_purge": "yes"}):
        again = run(said, env={})
        assert changed(again) == [] and emulator.writes() == []
        assert again["show"]["msg"] == made
    assert "planted" not in json.dumps(made)


def test_requests_are_few(playbook: Runner, emulator: Emulator) -> None:
    """A cluster that is as it shall be costs one listing each of clusters, networks and users."""
    said = {**TEXT, "cluster_sql_passwords": SECRETS}
    hosts = {"orders-prod": host(**said)}
    playbook(ROLE, hosts=hosts, secrets=SECRETS.values())
    emulator.reset("requests")
    playbook(ROLE, hosts=hosts, secrets=SECRETS.values())
    assert [entry["path"].rsplit("/", 1)[-1] for entry in emulator.requests()] == ["clusters", "allowlist", "sql-users"]


def test_passwords(playbook: Runner, emulator: Emulator) -> None:
    """Each of the three ways, their order, and the sentence where there is none."""

    def run(*users: Any, fails: bool = False, env: Mapping[str, str] | None = None, **more: Any) -> Run:
        emulator.reset("requests")
        said = {**TEXT, "cluster_sql_users": list(users), **more}
        return playbook(ROLE, hosts={"orders-prod": host(**said)}, env=env, fails=fails, secrets=SECRETS.values())

    def prints() -> dict[str, str]:
        found: dict[str, str] = emulator.state()["sql_user_fingerprints"][emulator.cluster("orders-prod")["id"]]
        return found

    for users, names in ((["app", "app-ro"], ("'app'", "'app-ro'")), (["app-ro"], ("'app-ro'",))):
        sentence = run(*users, fails=True)
        problem(sentence, *names, "cluster_sql_users", "cluster_sql_passwords", "CRDB_APP_RO_PASSWORD")
        assert emulator.writes() == [] and emulator.clusters("orders-prod") == []

    ways = [{"name": "app", "password": SECRETS["app"]}, "app-ro", "third"]
    environment = {"CRDB_APP_PASSWORD": "planted-elsewhere", "CRDB_THIRD_PASSWORD": SECRETS["third"]}
    run(*ways, env=environment, cluster_sql_passwords={"app": "planted-nowhere", "app-ro": SECRETS["app-ro"]})
    first = prints()
    assert len(set(first.values())) == 3

    # A new user needs one although the others do not; a rotation needs them all.
    problem(run("app", "app-ro", "fourth", fails=True), "'fourth'", "CRDB_FOURTH_PASSWORD")
    assert emulator.writes() == []
    problem(run("app", fails=True, cluster_update_password="always"), "to be rotated", "CRDB_APP_PASSWORD")
    assert emulator.requests() == []

    run({"name": "app", "update_password": "always"}, "app-ro", env={"CRDB_APP_PASSWORD": "planted-elsewhere"})
    then = prints()
    assert then["app"] != first["app"] and {**then, "app": ""} == {**first, "app": ""}
    run({"name": "app", "update_password": "always"}, env={"CRDB_APP_PASSWORD": SECRETS["app"]})
    assert prints() == first, "what is set is what was given"

    removed = run({"name": "third", "state": "absent"}, "app")
    assert changed(removed) == ["Create the SQL users"] and set(prints()) == {"app", "app-ro"}
    purged = run("app", cluster_sql_users_purge=True, cluster_sql_users_protected="app-ro")
    assert changed(purged) == []
    assert changed(run("app", cluster_sql_users_purge=True)) == ["Create the SQL users"] and set(prints()) == {"app"}


WRONG: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "localhost": ({}, ("cluster_name must say which cluster",)),
    "w-plan": ({"cluster_plan": "SMALL"}, ("cluster_plan", "BASIC, STANDARD, ADVANCED", "SMALL")),
    "w-limit": ({"cluster_spend_limit": "ten"}, ("cluster_spend_limit must be a whole number", "'ten'")),
    "w-limits": ({"cluster_usage_limits": "storage"}, ("cluster_usage_limits must be a dictionary", "one=1,two=2")),
    "w-member": ({"cluster_usage_limits": "storage=1"}, ("cluster_usage_limits", "storage")),
    "w-both": ({"cluster_usage_limits": "storage_mib_limit=1"}, ("cluster_spend_limit and cluster_usage_limits",)),
    "w-labels": ({"cluster_labels": '{"env": '}, ("cluster_labels looks like JSON and is not valid",)),
    "w-label": ({"cluster_labels": "env=Prod Uction"}, ("labels", "Prod Uction")),
    "w-network": ({"cluster_allowlist": "203.0.113.0/33"}, ("cluster_allowlist", "'203.0.113.0/33'", "IPv4")),
    "w-twice": ({"cluster_allowlist": "203.0.113.0/24, 203.0.113.0/24"}, ("203.0.113.0/24 twice",)),
    "w-entry": ({"cluster_allowlist": [{"cird": "203.0.113.0/24"}]}, ("cluster_allowlist", "cird")),
    "w-user": ({"cluster_sql_users": [{"name": "app", "pasword": SECRETS["app"]}]}, ("no pasword", "update_password")),
    "w-user-2": ({"cluster_sql_users": ["app", "APP"]}, ("the user 'app' twice",)),
    "w-user-3": ({"cluster_sql_users": [{"password": SECRETS["app"]}]}, ("cluster_sql_users", "name")),
    "w-user-4": ({"cluster_sql_users": ".."}, ("cluster_sql_users", "'..' can't be a SQL user")),
    "w-user-5": ({"cluster_sql_users": f'[{{"name": "{SECRETS["app"]}'}, ("cluster_sql_users looks like JSON",)),
    "w-passwords": ({"cluster_sql_passwords": SECRETS["app"]}, ("cluster_sql_passwords must be a dictionary",)),
    "w-update": ({"cluster_update_password": "sometimes"}, ("cluster_update_password", "on_create, always")),
    "w-wait": ({"cluster_wait": "perhaps"}, ("cluster_wait must be true or false", "'perhaps'")),
    "w-timeout": ({"cluster_wait_timeout": "long"}, ("cluster_wait_timeout must be a number", "'long'")),
    "w-grant": (
        {"cluster_grants": "SELECT FROM shop", "cluster_cluster_api_url": "http://127.0.0.1:1"},
        ("cluster_grants", "'SELECT FROM shop' can't be read"),
    ),
    "w-grant-2": (
        {"cluster_grants": [{"user": "app"}], "cluster_cluster_api_url": "http://127.0.0.1:1"},
        ("cluster_grants, entry 1", "roles, privileges"),
    ),
    "w-grant-3": ({"cluster_grants": "SELECT ON shop.* TO app"}, ("Cluster API", "cluster_cluster_api_url")),
    "w-grant-4": (
        {
            "cluster_grants": "SELECT ON shop.* TO owner",
            "cluster_cluster_api_url": "http://127.0.0.1:1",
            "cluster_cluster_api_username": "Owner",
        },
        ("would take the role admin from 'Owner'",),
    ),
    "w-no-id": ({"cluster_id": "orders"}, ("'orders'",)),
    "w-regions": ({"cluster_regions": "us-central7, us-east1"}, ("no region 'us-central7'", "us-central1")),
    "w-provider": ({"cluster_provider": ""}, ("provider must be set to create it",)),
    "w-name": ({"cluster_name": "Orders_Prod"}, ("'Orders_Prod' can't be the name of a cluster",)),
}


def test_what_can_not_be(playbook: Runner, emulator: Emulator) -> None:
    """One host for each mistake: one sentence, and nothing is written."""
    fine = {**TEXT, "cluster_sql_users": "", "cluster_labels": ""}
    hosts = {
        # What is wrong is the only thing that this host is given.
        name: host(**(said if name == "localhost" else {**fine, **said}))
        for name, (said, _parts) in WRONG.items()
    }
    run = playbook(ROLE, hosts=hosts, direct=None, fails=True, secrets=SECRETS.values())
    for name, (_said, parts) in WRONG.items():
        (failed,) = [outcome for outcome in run.outcomes if outcome.host == name and outcome.failed] or [None]
        assert failed, f"{name} did not fail"
        failed.fails_with(*parts)
    run.no_traceback()
    assert emulator.writes() == [] and emulator.state()["clusters"] == []
    asked = {entry["path"] for entry in emulator.requests()}
    assert asked <= {"/api/v1/clusters", "/api/v1/clusters/available-regions", "/api/v1/clusters/orders"}


def test_a_forbidden_key(playbook: Runner, emulator: Emulator) -> None:
    forbidden = {"status": 403, "body": {"code": 7, "message": "permission denied"}}
    emulator.fault("status", "POST", "/clusters$", **forbidden)
    said = {**TEXT, "cluster_sql_passwords": SECRETS}
    run = playbook(ROLE, hosts={"orders-prod": host(**said)}, fails=True, secrets=SECRETS.values())
    problem(run, "Failed to create cluster 'orders-prod'", "permission denied", "HTTP 403", "CLUSTER_CREATOR")
    assert emulator.state()["clusters"] == []


def test_not_waited_for(launch: Callable[..., Emulator], playbook_on: Callable[[Emulator], Runner]) -> None:
    """Nothing is asked of a cluster that is not ready; the next run goes on."""
    emulator = launch("--create-seconds", "3600")
    said = {**TEXT, "cluster_sql_passwords": SECRETS, "cluster_wait": "no"}
    run = playbook_on(emulator)([*ROLE, SHOW], hosts={"orders-prod": host(**said)}, secrets=SECRETS.values())
    assert changed(run) == ["Create or change the cluster"]
    assert run["show"]["msg"]["state"] == "CREATING" and "run this again" in run.stdout
    assert [entry["method"] for entry in emulator.writes()] == ["POST"]
    emulator.reset("requests")
    # A run that waits would go on, and check mode says so.
    planned = playbook_on(emulator)(
        ROLE,
        hosts={"orders-prod": host(**{**said, "cluster_wait": "yes"})},
        check=True,
        secrets=SECRETS.values(),
        warns=["is still CREATING"],
    )
    assert changed(planned) == STEPS[1:] and emulator.writes() == []


def test_other_names_for_the_result(playbook: Runner, emulator: Emulator) -> None:
    """Several clusters on one host, each with a result of its own; an existing one needs nothing but its name."""
    emulator.add_cluster("orders-1")
    emulator.add_cluster("orders-2")
    tasks = [
        {
            "name": f"role {number}",
            "ansible.builtin.include_role": {"name": "crdb.cloud.cluster"},
            "vars": {"cluster_name": f"orders-{number}", "cluster_result_fact": f"result_{number}"},
        }
        for number in (1, 2)
    ]
    show = {"name": "show", "ansible.builtin.debug": {"msg": "{{ [result_1.name, result_2.name] }}"}}
    run = playbook([*tasks, show])
    assert run["show"]["msg"] == ["orders-1", "orders-2"] and changed(run) == []


def test_text_of_the_api_is_no_template(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    """What a server says is kept as a fact, which ansible-core before 2.19 would execute as a template."""
    emulator.add_cluster("orders-1")
    row = emulator.api("GET", f"/clusters/{emulator.cluster('orders-1')['id']}")
    proof = tmp_path / "executed"
    hostile = f"{{{{ lookup('pipe', 'touch {proof}') }}}}"
    row.update(labels={"env": hostile}, sql_dns=hostile, cockroach_version=hostile, state="CREATED")
    row["regions"][0]["name"] = f"#jinja2:variable_start_string:'[['\n[[ lookup('pipe', 'touch {proof}') ]]"
    emulator.fault("status", "GET", "/clusters$", status=200, body={"clusters": [row], "pagination": None})
    run = playbook(
        [
            *ROLE,
            {"name": "copy", "ansible.builtin.set_fact": {"copied": "{{ crdb_cluster_result }}"}},
            {
                "name": "show",
                "ansible.builtin.debug": {"msg": "{{ copied }} {{ copied.labels.env }} {{ copied.regions }}"},
            },
        ],
        hosts={"orders-1": host()},
    )
    assert "lookup" in str(run["show"]["msg"]) and not proof.exists()


def test_with_the_inventory_plugin(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    """A file with what is wanted beside the plugin with what is there: a host of both has both."""
    (tmp_path / "1-wanted.ini").write_text(
        "[crdb_clusters]\norders-1 cluster_spend_limit=2500\norders-2 cluster_spend_limit=500\n"
        "[crdb_clusters:vars]\ncluster_provider=GCP\ncluster_regions=us-central1\n"
    )
    (tmp_path / "2-there.crdb.yml").write_text("plugin: crdb.cloud.clusters\n")
    for name in ("orders-1", "ledger-1"):
        emulator.add_cluster(name)
    sources = [part for file in sorted(tmp_path.iterdir()) for part in ("-i", str(file))]

    def run(*more: str, check: bool = False) -> Run:
        emulator.reset("requests")
        arguments = [*sources, *more]
        return playbook(playbook="crdb.cloud.provision", arguments=arguments, direct=None, check=check, diff=check)

    limited = run("--limit", "orders-2", check=True)
    assert {outcome.host for outcome in limited.outcomes} == {"orders-2"}
    assert changed(limited) == ["Create or change the cluster"] and emulator.writes() == []
    first = run()
    made = {outcome.host for outcome in first.outcomes if outcome.changed}
    assert made == {"orders-1", "orders-2"} and emulator.clusters("ledger-1")
    assert {outcome.host for outcome in first.outcomes} - {"localhost"} == {"orders-1", "orders-2", "ledger-1"}
    assert changed(run()) == [] and emulator.writes() == []


def test_a_standard_and_an_advanced_cluster(playbook: Runner, emulator: Emulator) -> None:
    hosts = {
        "billing-1": host(
            cluster_provider="AWS", cluster_regions="us-east-1", cluster_usage_limits="provisioned_virtual_cpus=4"
        ),
        "ledger-1": host(
            cluster_provider="GCP",
            cluster_region_nodes="us-east1=3",
            cluster_hardware="num_virtual_cpus=4, storage_gib=150",
            cluster_allowlist="203.0.113.0/24",
        ),
    }
    first = playbook([*ROLE, SHOW], hosts=hosts, direct=None)
    results = {outcome.host: outcome["msg"] for outcome in first.outcomes if outcome.name == "show"}
    assert results["billing-1"]["plan"] == "STANDARD" and results["ledger-1"]["plan"] == "ADVANCED"
    assert results["billing-1"]["limits"] == {"provisioned_virtual_cpus": 4}
    assert results["ledger-1"]["limits"]["region_nodes"] == {"us-east1": 3}
    assert "sslrootcert=" in results["ledger-1"]["connection_string"]
    emulator.reset("requests")
    assert changed(playbook(ROLE, hosts=hosts, direct=None)) == [] and emulator.writes() == []


def test_least_privilege(running: Callable[..., Cluster], tmp_path: Path) -> None:
    """From admin to what is granted, in one run; the next one changes nothing."""
    cluster = running("--seed-cluster-api", "--cluster-user", "app:planted-app-password:admin")
    cluster.emulator.add_cluster("orders-1")
    said = {
        "cluster_sql_users": "owner, app, reader",
        "cluster_cluster_api_url": cluster.emulator.cluster_url,
        "cluster_cluster_api_username": "owner",
        "cluster_cluster_api_password": "{{ passwords.owner }}",
        "cluster_grants": "CONNECT ON bank TO app;\nSELECT, INSERT ON bank.* TO app\n\nSELECT ON bank.public.accounts TO reader",
        "cluster_sql_passwords": {
            "owner": PASSWORDS["owner"],
            "app": "planted-app-password",
            "reader": PASSWORDS["reader"],
        },
    }

    def run(check: bool = False) -> Run:
        return cluster(
            [*ROLE, SHOW],
            both=False,
            user=None,
            hosts={"orders-1": host(**said)},
            check=check,
            diff=True,
            env={"CRDB_CLUSTER_API_URL": "http://127.0.0.1:1"},
            secrets=["planted-app-password"],
        )

    steps = ["Create the SQL users", "Grant what is needed", "Take the role admin away"]
    assert changed(run(check=True)) == steps and cluster.writes() == []
    done = run()
    assert changed(done) == steps
    assert "cluster_grants would reduce owner" in done.stdout
    assert changed(run()) == [] and cluster.writes() == []
    again = cluster(
        [{"name": "users", "crdb.cloud.cluster_api_grant": {"user": "app", "roles": ["admin"], "state": "absent"}}],
        both=False,
    )
    assert not again["users"].changed and again["users"]["grant"]["roles"] == []


def test_grants_wait_for_the_cluster(playbook: Runner, emulator: Emulator) -> None:
    """In check mode nothing can be asked of a cluster that is not there."""
    said = {**TEXT, "cluster_grants": "SELECT ON shop.* TO app", "cluster_cluster_api_url": "http://127.0.0.1:1"}
    run = playbook(
        [*ROLE, SHOW],
        hosts={"orders-prod": host(**said, cluster_sql_passwords=SECRETS)},
        check=True,
        secrets=SECRETS.values(),
        warns=["There is no cluster 'orders-prod' yet"],
    )
    assert changed(run) == STEPS and "when the cluster is there" in run.stdout
