# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin through the real ansible-inventory and in plays."""

from __future__ import annotations

import fnmatch
import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.emulator import FAST, Emulator, Launch
from integration.helpers.inventory import AWX, PLUGIN, InventoryRunner, shown
from integration.helpers.runner import ANSIBLE_PLAYBOOK, LOCAL
from integration.helpers.secrets import API_KEY, JWT

pytestmark = [pytest.mark.smoke, pytest.mark.measured]

MANY = 1000
PAGE = 100
OTHER_KEY = "CCDB1_plantedplantedplanted2_integrationintegrationintegration7654321"
GROUPS = {
    "keyed_groups": [
        {"key": "crdb_plan | lower", "prefix": "plan"},
        {"key": "crdb_regions", "prefix": "region"},
        {"key": "crdb_labels", "prefix": "label"},
    ],
    "groups": {"production": "crdb_labels.env == 'prod'"},
    "compose": {"endpoint": "crdb_sql_dns ~ ':26257'"},
}


@pytest.fixture(scope="module")
def _many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    options = (*FAST, "--api-key", OTHER_KEY, "--seed-clusters", str(MANY), "--page-size", str(PAGE))
    emulator = Emulator(tmp_path_factory.mktemp("emulator"), *options)
    yield emulator
    emulator.stop()


@pytest.fixture
def many(_many: Emulator, tmp_path_factory: pytest.TempPathFactory) -> InventoryRunner:
    """An inventory over an organization of 1,000 clusters."""
    _many.reset("requests", "faults")
    return InventoryRunner(tmp_path_factory.mktemp("run"), _many)


@pytest.fixture
def inventory(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> InventoryRunner:
    """An inventory over the organization of the emulator that the tests of one worker share."""
    return InventoryRunner(tmp_path_factory.mktemp("run"), emulator)


def cached(directory: Path) -> dict[str, Any]:
    return {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(directory / "store")}


def listings(requests: list[dict[str, Any]]) -> list[str]:
    return [entry["path"] for entry in requests if entry["path"] == "/api/v1/clusters"]


def test_a_thousand_clusters(many: InventoryRunner) -> None:
    found = many.list(GROUPS)
    rows = {row["name"]: row for row in many.emulator.state()["clusters"]}
    assert len(found.requests) == len(listings(found.requests)) == MANY // PAGE
    assert set(found.hosts) == found.group("crdb_clusters") == set(rows)
    assert "__ansible_unsafe" not in found.stdout
    for plan in ("BASIC", "STANDARD", "ADVANCED"):
        assert found.group(f"plan_{plan.lower()}") == {name for name, row in rows.items() if row["plan"] == plan}
    regions = Counter(region["name"] for row in rows.values() for region in row["regions"])
    for region, count in regions.items():
        assert len(found.group(f"region_{region.replace('-', '_')}")) == count
    production = {name for name, row in rows.items() if row["labels"]["env"] == "prod"}
    assert found.group("production") == found.group("label_env_prod") == production
    for name, values in found.hosts.items():
        row = rows[name]
        assert values["crdb_id"] == row["id"] and values["crdb_labels"] == row["labels"]
        assert values["crdb_regions"] == [region["name"] for region in row["regions"]]
        assert values["endpoint"] == f"{row['sql_dns']}:26257"
        assert values["ansible_connection"] == "local"
        assert values["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"
    assert len({tuple(values) for values in found.hosts.values()}) == 1, "all hosts have the same names"


def test_graph_and_list(many: InventoryRunner) -> None:
    graph = many.list({"plan": ["STANDARD"]}, action=["--graph"])
    names = {row["name"] for row in many.emulator.state()["clusters"] if row["plan"] == "STANDARD"}
    assert {line.strip(" |-") for line in graph.stdout.splitlines() if "-" in line and "@" not in line} == names
    assert "@crdb_clusters:" in graph.stdout
    plain = many.list({"plan": ["STANDARD"]}, action=["--list"])
    assert set(plain.hosts) == names and "__ansible_unsafe" not in plain.stdout
    whole = many.list(GROUPS, action=["--graph"])
    lines = [line.strip(" |-") for line in whole.stdout.splitlines()]
    rows = many.emulator.state()["clusters"]
    assert len(whole.requests) == MANY // PAGE and {row["name"] for row in rows} <= set(lines)
    assert {"@crdb_clusters:", "@plan_basic:", "@production:", "@label_env_prod:"} <= set(lines)


def test_the_second_call_is_answered_by_the_cache(many: InventoryRunner, tmp_path: Path) -> None:
    options = {**GROUPS, **cached(tmp_path)}
    first = many.list(options)
    second = many.list(options)
    assert len(first.requests) == MANY // PAGE and second.requests == []
    assert second.data == first.data, "groups and all"
    # Other filters and groups need nothing new of the API; another key, version or question does.
    narrow = many.list({**cached(tmp_path), "plan": "BASIC", "labels": {"env": "prod"}})
    assert narrow.requests == [] and 0 < len(narrow.hosts) < MANY
    for change in (
        {"api_key": OTHER_KEY},
        {"api_version": "2023-04-10"},
        {"state": ["CREATED", "DELETED"]},
        {"api_url": many.emulator.url.replace("127.0.0.1", "localhost")},
    ):
        assert len(many.list({**cached(tmp_path), **change}, secrets=[OTHER_KEY]).requests) == MANY // PAGE, change
    stored = [path.read_text() + path.name for path in (tmp_path / "store").iterdir()]
    assert len(stored) == 5
    assert not any(key in text for key in (API_KEY, OTHER_KEY, "__ansible", "crdb_id") for text in stored)


def test_a_broken_cache_is_read_anew(inventory: InventoryRunner, emulator: Emulator, tmp_path: Path) -> None:
    emulator.add_cluster("orders")
    assert set(inventory.list(cached(tmp_path)).hosts) == {"orders"}
    (store,) = (tmp_path / "store").iterdir()
    store.write_text(json.dumps({"clusters": "none", "nodes": []}))
    again = inventory.list(cached(tmp_path))
    assert set(again.hosts) == {"orders"} and len(again.requests) == 1


def test_refresh_inventory_reads_anew(inventory: InventoryRunner, emulator: Emulator, tmp_path: Path) -> None:
    emulator.add_cluster("orders")
    source = inventory.file(cached(tmp_path))
    new = {"name": "ledger", "provider": "GCP", "regions": ["us-central1"], "wait_interval": 0.1}
    run = inventory(
        [
            {"name": "before", "ansible.builtin.debug": {"msg": "{{ groups.crdb_clusters | sort }}"}},
            {"name": "create", "crdb.cloud.cluster": new},
            {"name": "still", "ansible.builtin.debug": {"msg": "{{ groups.crdb_clusters | sort }}"}},
            {"name": "refresh", "ansible.builtin.meta": "refresh_inventory"},
            {"name": "after", "ansible.builtin.debug": {"msg": "{{ groups.crdb_clusters | sort }}"}},
            {"name": "spec", "ansible.builtin.debug": {"msg": "{{ hostvars.ledger.crdb_state }}"}},
        ],
        play={"hosts": "localhost"},
        arguments=["-i", str(source)],
    )
    assert run["before"]["msg"] == run["still"]["msg"] == ["orders"]
    assert run["after"]["msg"] == ["ledger", "orders"] and run["spec"]["msg"] == "CREATED"
    later = inventory.list(cached(tmp_path))
    assert set(later.hosts) == {"ledger", "orders"} and later.requests == []
    emulator.reset("requests")
    inventory(play={"hosts": "localhost"}, arguments=["-i", str(source)])
    assert emulator.requests() == []
    inventory(play={"hosts": "localhost"}, arguments=["-i", str(source), "--flush-cache"])
    assert len(emulator.requests()) == 1


def test_hosts_are_worked_on_from_here(inventory: InventoryRunner, emulator: Emulator) -> None:
    for name in ("orders", "ledger", "search"):
        emulator.add_cluster(name)
    run = inventory(
        [
            {"name": "ping", "ansible.builtin.ping": {}},
            {"name": "look", "crdb.cloud.cluster_info": {"cluster": "{{ crdb_id }}"}},
            {"name": "python", "ansible.builtin.debug": {"msg": "{{ ansible_python_interpreter }}"}},
        ],
        play={"hosts": "crdb_clusters"},
        arguments=["-i", str(inventory.file()), "--limit", "orders,ledger"],
    )
    assert sorted(outcome.host for outcome in run.outcomes if outcome.name == "look") == ["ledger", "orders"]
    assert {outcome.status for outcome in run.outcomes} == {"ok"}
    pythons = {outcome.result["msg"] for outcome in run.outcomes if outcome.name == "python"}
    assert len(pythons) == 1 and "ansible_playbook_python" not in pythons.pop()


@pytest.mark.every_core
def test_hostile_labels_are_never_executed(inventory: InventoryRunner, emulator: Emulator, tmp_path: Path) -> None:
    row = emulator.add_cluster("orders")
    marker = tmp_path / "executed"
    call = f"lookup('pipe', 'touch {marker}')"
    override = f"#jinja2: variable_start_string:'[[', variable_end_string:']]'\n[[ {call} ]]"
    labels = {
        "plain": "harmless",
        "braces": f"{{{{ {call} }}}}",
        "statement": f"{{% set x = {call} %}}",
        "override": override,
        "half": "[[ " + call + " ]]",
    }
    emulator.patch(clusters={row["id"]: {"labels": labels}})
    options = {
        "strict": True,
        "keyed_groups": [{"key": "crdb_labels", "prefix": "label"}, {"key": "crdb_labels.braces"}],
        "groups": {"touched": "'touch' in crdb_labels.braces"},
        "compose": {
            "again": "crdb_labels.braces",
            "joined": "'{' ~ '{ ' ~ \"" + call.replace("'", "\\'") + "\" ~ ' }' ~ '}'",
            "built": '\'#jinja2: variable_start_string:"[[", variable_end_string:"]]"\\n\' ~ crdb_labels.half',
            "nested": "{'list': [crdb_labels.braces, crdb_labels.plain]}",
            "ansible_host": "crdb_sql_dns",
        },
    }
    listed = inventory.list(options)
    inventory.list(options, action=["--list"])
    inventory.list(options, action=["--graph"])
    inventory.list(options, action=["--host", "orders"])
    values = listed.hosts["orders"]
    assert values["crdb_labels"]["plain"] == "harmless" and values["ansible_host"] == row["sql_dns"]
    assert values["crdb_labels"]["braces"] == {"__ansible_unsafe": shown(labels["braces"])}
    assert values["nested"]["list"][1] == "harmless"
    assert listed.group("touched") == {"orders"}
    names = ["crdb_labels", "again", "joined", "built", "nested", "ansible_host"]
    run = inventory(
        [{"name": name, "ansible.builtin.debug": {"msg": f"{{{{ {name} }}}}"}} for name in names]
        + [{"name": "all of it", "ansible.builtin.debug": {"msg": "{{ hostvars.orders }} {{ group_names }}"}}],
        play={"hosts": "crdb_clusters", "connection": "local"},
        arguments=["-i", str(inventory.file(options))],
    )
    assert run["crdb_labels"]["msg"] == {name: shown(text) for name, text in labels.items()}
    assert run["again"]["msg"] == shown(labels["braces"])
    assert not marker.exists()


def test_as_awx_updates_an_inventory(inventory: InventoryRunner, emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    emulator.add_cluster("ledger")
    emulator.patch(clusters={emulator.cluster("ledger")["id"]: {"labels": {"env": "prod", "team": "x"}}})
    # Fields that were left blank arrive as empty variables.
    blank = {"COCKROACH_API_JWT": "", "COCKROACH_VANITY_NAME": "", "CRDB_API_RETRIES": "", "CRDB_API_VERSION": ""}
    everything = inventory.list(env={**AWX, **blank})
    assert set(everything.hosts) == {"orders", "ledger"} and "__ansible_unsafe" not in everything.stdout
    found = inventory.list(
        "",
        "--playbook-dir",
        str(inventory.file().parent),
        env={
            **AWX,
            "CRDB_INVENTORY_STATE": "CREATED,LOCKED",
            "CRDB_INVENTORY_PLAN": "BASIC",
            "CRDB_INVENTORY_PROVIDER": "GCP",
            "CRDB_INVENTORY_FOLDER": "root",
            "CRDB_INVENTORY_LABELS": "env=prod, team=x",
            "CRDB_INVENTORY_NAME_PATTERN": "led*,x*",
            "CRDB_INVENTORY_NODES": "true",
            "CRDB_INVENTORY_LOCAL": "false",
            "CRDB_INVENTORY_HOSTVARS_PREFIX": "db_",
            "CRDB_INVENTORY_STRICT": "true",
            "CRDB_INVENTORY_COMPOSE": '{"twice": "db_name ~ db_name"}',
            "CRDB_INVENTORY_GROUPS": '{"leds": "db_name is match(\'led\')"}',
            "CRDB_INVENTORY_KEYED_GROUPS": '[{"key": "db_plan | lower"}]',
            "CRDB_INVENTORY_LEADING_SEPARATOR": "false",
        },
    )
    assert set(found.hosts) == found.group("crdb_clusters") == found.group("leds") == found.group("basic") == {"ledger"}
    values = found.hosts["ledger"]
    assert values["twice"] == "ledgerledger" and values["db_labels"] == {"env": "prod", "team": "x"}
    assert not [name for name in values if name.startswith(("crdb_", "ansible_"))]
    as_json = inventory.list(env={**AWX, "CRDB_INVENTORY_LABELS": '{"env": ["dev", "prod"]}'})
    assert set(as_json.hosts) == {"ledger"}
    refused = inventory.list(env={**AWX, "COCKROACH_API_KEY": ""}, fails=True)
    assert "No API key: set the option api_key or the environment variable COCKROACH_API_KEY" in refused.said


def test_keys_from_templates_and_vault(inventory: InventoryRunner, emulator: Emulator, tmp_path: Path) -> None:
    emulator.add_cluster("orders")
    nothing = {"COCKROACH_API_KEY": None, "COCKROACH_SERVER": None}
    templates = {"api_key": "{{ lookup('env', 'KEY_OF_MINE') }}", "api_url": "{{ address }}"}
    extra = ("-e", f"address={emulator.url}")
    found = inventory.list(templates, *extra, env={**nothing, "KEY_OF_MINE": API_KEY})
    assert set(found.hosts) == {"orders"}
    password = tmp_path / "password"
    password.write_text("planted-vault-password")
    vaulted = subprocess.run(
        [
            str(ANSIBLE_PLAYBOOK.parent / "ansible-vault"),
            *("encrypt_string", "--vault-password-file", str(password), "--name", "api_key", API_KEY),
        ],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"},
    ).stdout
    text = f"plugin: {PLUGIN}\napi_url: {emulator.url}\n{vaulted}\n"
    found = inventory.list(text, "--vault-password-file", str(password), env=nothing, verbosity=4, warns=True)
    assert set(found.hosts) == {"orders"}
    # A key in the file beats a JWT that only the environment brought along, and the other way round.
    found = inventory.list({"api_key": API_KEY}, env={"COCKROACH_API_KEY": None, "COCKROACH_API_JWT": JWT})
    assert set(found.hosts) == {"orders"}


def test_filters(many: InventoryRunner) -> None:
    rows = many.emulator.state()["clusters"]
    for options, keeps in (
        ({"provider": ["AWS", "AZURE"]}, lambda row: row["cloud_provider"] in ("AWS", "AZURE")),
        ({"name_pattern": "amber-*"}, lambda row: row["name"].startswith("amber-")),
        (
            {"name_pattern": ["*-moose-*", "*-000[1-3]"]},
            lambda row: "moose" in row["name"] or fnmatch.fnmatchcase(row["name"], "*-000[1-3]"),
        ),
        ({"labels": {"env": ["dev", "prod"], "team": "search"}}, lambda row: row["labels"] in SEARCH),
        ({"state": "LOCKED"}, lambda row: False),
        ({"folder": "root", "plan": ["BASIC"]}, lambda row: row["plan"] == "BASIC"),
    ):
        found = many.list(options)
        assert set(found.hosts if "_meta" in found.data else {}) == {row["name"] for row in rows if keeps(row)}, options
        assert "crdb_clusters" in many.list(options, action=["--graph"]).stdout


SEARCH = [{"env": env, "team": "search"} for env in ("dev", "prod")]


def test_an_empty_organization_has_the_group(inventory: InventoryRunner) -> None:
    assert "@crdb_clusters:" in inventory.list(action=["--graph"]).stdout
    run = inventory(
        [{"name": "none", "ansible.builtin.debug": {"msg": "{{ groups.crdb_clusters }}"}}],
        play={"hosts": "localhost"},
        hosts={"localhost": LOCAL},
        arguments=["-i", str(inventory.file())],
    )
    assert run["none"]["msg"] == []


def test_nodes(launch: Launch, tmp_path: Path) -> None:
    emulator = launch("--seed-clusters", "30", "--page-size", "20")
    inventory = InventoryRunner(tmp_path, emulator)
    advanced = {row["name"]: row for row in emulator.state()["clusters"] if row["plan"] == "ADVANCED"}
    wanted = {name: row for name, row in advanced.items() if row["cloud_provider"] == "GCP"}
    assert 0 < len(wanted) < len(advanced)
    options = {
        "nodes": True,
        "provider": "GCP",
        "strict": True,
        "keyed_groups": [{"key": "crdb_node_region | default('none', true)", "prefix": "nodes"}],
        **cached(tmp_path),
    }
    found = inventory.list(options)
    nodes = found.group("crdb_nodes")
    assert len(nodes) == sum(region["node_count"] for row in wanted.values() for region in row["regions"])
    assert len(listings(found.requests)) == 2 and len(found.requests) == 2 + len(wanted)
    for host in nodes:
        values = found.hosts[host]
        assert host == f"{values['crdb_cluster_host']}.{values['crdb_node_name']}"
        assert values["crdb_id"] == wanted[values["crdb_name"]]["id"] and values["crdb_node_status"] == "LIVE"
        assert values["crdb_node_region"] in values["crdb_regions"]
    assert not nodes & found.group("crdb_clusters")
    assert inventory.list(options).requests == []
    # More clusters match: only their nodes are asked for.
    more = inventory.list({**options, "provider": ["GCP", "AWS", "AZURE"]})
    assert len(more.requests) == len(advanced) - len(wanted)
    assert inventory.list({**options, "nodes": False}).group("crdb_nodes") == set()


def test_two_clusters_of_one_name(inventory: InventoryRunner, emulator: Emulator) -> None:
    first = emulator.add_cluster("orders")
    emulator.api("DELETE", f"/clusters/{first['id']}")
    emulator.until(lambda: not emulator.clusters("orders"))
    second = emulator.add_cluster("orders")
    assert set(inventory.list().hosts) == {"orders"}
    both = inventory.list({"state": ["CREATED", "DELETED"]}, warns=True)
    hosts = {f"orders-{row['id'][:8]}" for row in (first, second)}
    assert set(both.hosts) == hosts
    assert any(
        "There are 2 clusters named 'orders'" in text and all(h in text for h in hosts) for text in both.warnings
    )


@pytest.mark.parametrize("version", ["2022-03-31", "2022-09-20", "2023-04-10"])
def test_older_versions(many: InventoryRunner, version: str) -> None:
    found = many.list({"api_version": version, "keyed_groups": [{"key": "crdb_plan | lower"}]})
    assert len(found.requests) == MANY // PAGE and len(found.hosts) == MANY
    assert found.group("_dedicated") | found.group("_serverless") == set(found.hosts)
    assert "__ansible_unsafe" not in found.stdout
    assert all(values["crdb_sql_dns"] for values in found.hosts.values())


def test_the_first_documentation(launch: Launch, tmp_path: Path) -> None:
    emulator = launch("--profile", "seed", "--seed-clusters", "25", "--page-size", "10")
    found = InventoryRunner(tmp_path, emulator).list({"api_version": "2022-03-31"})
    assert len(found.hosts) == 25 and len(found.requests) == 3


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"api_key": "CCDB1_wrongwrongwrong"},
            r"Failed to list the clusters: .* \(HTTP 401.* The key was not accepted",
        ),
        ({"expected_organization": "acme-prod"}, r"The key is of the organization 'Sandbox' .*, not of 'acme-prod'"),
        ({"api_key": "two words"}, "api_key holds characters that no key has"),
        ({"keyed_group": []}, "There is no option keyed_group. The options are api_jwt, "),
        ({"plan": "PREMIUM"}, "PREMIUM"),
        ({"api_timeout": "CCDB1_inthewrongplace"}, "api_timeout"),
        ({"api_version": "2023-04-10", "labels": {"env": "prod"}}, "Clusters have no labels in api_version 2023-04-10"),
        ({"api_version": "2022-03-31", "plan": "BASIC"}, "The plan BASIC does not exist in api_version 2022-03-31"),
        ({"labels": "prod"}, "labels must be a dictionary, JSON of one, or text such as env=prod,team=payments"),
        ({"keyed_groups": {"key": "crdb_plan"}}, "keyed_groups must be a list, got dict"),
        ({"compose": ["x"]}, "compose must be a dictionary, got list"),
        ({"compose": {"x": "no_such_thing"}, "strict": True}, "Could not set x for host orders"),
        ({"groups": {"x": "no_such_thing"}, "strict": True}, "Could not add host orders to group x"),
        ({"hostvars_prefix": "my-"}, "hostvars_prefix must be the start of a variable name .* got 'my-'"),
        ({"api_url": "http://192.0.2.1"}, "api_url"),
        ({"api_key": "{{ no_such_variable }}"}, "no_such_variable"),
        ({"api_jwt": JWT, "api_key": API_KEY, "vanity_name": "x"}, "Both an API key .* and a JWT .* are given"),
    ],
)
def test_one_sentence(inventory: InventoryRunner, emulator: Emulator, options: dict[str, Any], sentence: str) -> None:
    emulator.add_cluster("orders")
    secrets = ["CCDB1_wrongwrongwrong", "CCDB1_inthewrongplace", "two words"]
    env = {**AWX, "COCKROACH_API_KEY": None} if "api_key" in options else AWX
    found = inventory.list(options, fails=True, env=env, secrets=secrets)
    ours = [text for text in found.warnings if re.search("with '?auto'? plugin:", text)]
    assert len(ours) == 1, found.stderr
    assert re.search(sentence, ours[0]), ours[0]
    assert "Bug in" not in found.said


def test_trouble_on_the_way(inventory: InventoryRunner, emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    for action, more, sentence in (
        ("status", {"status": 403, "body": {"code": 7, "message": "no"}}, "lacks a role for it: CLUSTER_DEVELOPER"),
        ("garbage", {}, "Failed to list the clusters: "),
        ("status", {"status": 200, "body": {"clusters": [{"name": "x"}]}}, "clusters[0].id is missing"),
    ):
        emulator.reset("faults")
        emulator.fault(action, "GET", "/api/v1/clusters$", times=9, **more)
        assert sentence in inventory.list(fails=True, env={"CRDB_API_RETRIES": "0"}).said
    emulator.reset("faults")
    emulator.fault("status", "GET", "/api/v1/clusters$", times=2, status=503)
    assert set(inventory.list().hosts) == {"orders"}


def test_other_files_are_not_ours(inventory: InventoryRunner, emulator: Emulator, tmp_path: Path) -> None:
    emulator.add_cluster("orders")
    for name in ("a.crdb.yaml", "b.crdb.yml"):
        again = inventory(
            [{"name": "see", "ansible.builtin.debug": {"msg": "{{ groups.crdb_clusters }}"}}],
            play={"hosts": "localhost"},
            arguments=["-i", str(inventory.file(name=name))],
        )
        assert again["see"]["msg"] == ["orders"]
    other = tmp_path / "crdb.yml"
    other.write_text(f"plugin: {PLUGIN}\n")
    before = len(emulator.requests())
    refused = inventory.list("", "-i", str(other), fails=True, env={"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "True"})
    assert "could not be verified by inventory plugin" in refused.said
    assert len(emulator.requests()) - before <= 1


def test_folders(inventory: InventoryRunner, emulator: Emulator, tmp_path: Path) -> None:
    """Their paths cost one request, and only where somebody asks for them."""
    outer = emulator.api("POST", "/folders", {"name": "platform"})["resource_id"]
    inner = emulator.api("POST", "/folders", {"name": "prod one", "parent_id": outer})["resource_id"]
    for name, folder in (("orders-1", inner), ("orders-2", outer), ("orders-3", "root")):
        emulator.add_cluster(name, serverless={"regions": ["us-central1"]}, parent_id=folder)
    found = inventory.list({"folders": True, "folder_groups": True, **cached(tmp_path)})
    assert {name: values["crdb_folder"] for name, values in found.hosts.items()} == {
        "orders-1": "/platform/prod one",
        "orders-2": "/platform",
        "orders-3": "root",
    }
    assert found.data["folder_platform"]["children"] == ["folder_platform_prod_one"]
    assert found.group("folder_platform") == {"orders-2"} and found.group("folder_platform_prod_one") == {"orders-1"}
    assert [entry["path"] for entry in found.requests] == ["/api/v1/clusters", "/api/v1/folders"]
    narrow = inventory.list({"folder": ["/platform/prod one/", "root"], **cached(tmp_path)})
    assert set(narrow.hosts) == {"orders-1", "orders-3"} and narrow.requests == []
    plain = inventory.list()
    assert [entry["path"] for entry in plain.requests] == ["/api/v1/clusters"]
    assert "crdb_folder" not in plain.hosts["orders-1"] and "folder_platform" not in plain.data
    missing = inventory.list({"folder": "/nowhere"}, warns=True)
    assert "There is no folder '/nowhere', or the key can't see it" in missing.said and not missing.hosts
    wrong = inventory.list({"folder": "/"}, fails=True)
    assert "'/' is not the path of a folder" in wrong.said


def test_editions_and_the_end_of_support(inventory: InventoryRunner, emulator: Emulator, tmp_path: Path) -> None:
    spec = {"edition": "STANDARD", "serverless": {"regions": ["us-central1"]}}
    body = {"name": "orders-1", "provider": "GCP", "spec": spec}
    emulator.api("POST", "/clusters", body, version="2026-09-15")
    options = {"version_support": True, "api_version": "2026-09-15", **cached(tmp_path)}
    found = inventory.list(options)
    values = found.hosts["orders-1"]
    assert values["crdb_edition"] == "STANDARD" and values["crdb_plan"] is None
    versions = {row["version"]: row["support_end"] for row in emulator.api("GET", "/cluster-versions")["versions"]}
    assert values["crdb_version_support_end"] == versions[".".join(values["crdb_version"].split(".")[:2])]
    assert [entry["path"] for entry in found.requests] == ["/api/v1/clusters", "/api/v1/cluster-versions"]
    assert inventory.list(options).requests == []
    old = inventory.list({"version_support": True, "api_version": "2023-04-10"}, fails=True)
    assert "The ends of support are not told in api_version 2023-04-10" in old.said and old.requests == []


@pytest.mark.every_core
def test_names_of_folders_are_data(inventory: InventoryRunner, emulator: Emulator, tmp_path: Path) -> None:
    """What a hostile server calls folders is never executed, and makes no group that is not meant."""
    trap = tmp_path / "trap"
    call = f"lookup('pipe', 'touch {trap}')"
    names = [
        f"{{{{ {call} }}}}",
        f"{{% set x = {call} %}}",
        f"#jinja2: variable_start_string:'[['\n[[ {call} ]]",
        "all",
        "../..",
        call,
    ]
    rows = []
    for number, name in enumerate(names):
        folder = {
            "resource_id": f"{number}" * 8 + "-0000-4000-8000-000000000000",
            "name": name,
            "path": [{"id": "x", "name": name}],
        }
        rows.append(folder)
        emulator.add_cluster(f"orders-{number}")
    clusters = [
        {**row, "parent_id": rows[number]["resource_id"]}
        for number, row in enumerate(
            sorted(emulator.api("GET", "/clusters")["clusters"], key=lambda row: str(row["name"]))
        )
    ]
    for path, body in (("/clusters$", {"clusters": clusters}), ("/folders$", {"folders": rows})):
        emulator.fault("status", "GET", path, times=99, status=200, body={**body, "pagination": {}})
    show = {
        "ansible.builtin.debug": {
            "msg": "{{ crdb_folder }} {{ group_names }} {{ hostvars[inventory_hostname].crdb_folder }}"
        }
    }
    fact = {"ansible.builtin.set_fact": {"again": "{{ crdb_folder }}", "joined": "{{ group_names | join }}"}}
    read = {"ansible.builtin.debug": {"msg": "{{ again }} {{ joined }} {{ groups.keys() | join }}"}}
    info = {"name": "info", "crdb.cloud.folder_info": {}, "register": "found"}
    listed = {
        "ansible.builtin.debug": {
            "msg": "{{ found.folders | map(attribute='path') | list }} {{ found.folders[0].name }}"
        }
    }
    options = {"folders": True, "folder_groups": True, "keyed_groups": [{"key": "crdb_folder", "prefix": "kept"}]}
    run = inventory(
        [show, fact, read, info, listed],
        play={"hosts": "crdb_clusters", "connection": "local"},
        arguments=["-i", str(inventory.file(options))],
        warns=None,
    )
    assert not trap.exists() and not any(outcome.failed for outcome in run.outcomes)
    assert len(run.outcomes) == 5 * len(names)
