# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lookups as playbooks use them: what they return, in all versions, what they cost, and how they fail."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.runner import ANSIBLE_PLAYBOOK, COLLECTIONS, LOCAL, Runner
from integration.helpers.secrets import API_KEY, JWT

from crdb_emulator.certificate import CLUSTER_CA

pytestmark = pytest.mark.smoke

VERSIONS = ("2022-03-31", "2022-09-20", "2023-04-10", "2024-09-16", "2026-09-15")
LOOKUPS = (
    "available_regions",
    "cluster",
    "cluster_ca_cert",
    "connection_string",
    "folder",
    "person",
    "service_account",
)
UNKNOWN_ID = "11111111-1111-4111-8111-111111111111"
PASSWORD = 'planted "p@ss\'word":/?#&=%41+'
ADVANCED = {
    "dedicated": {
        "region_nodes": {"us-east1": 3, "us-west2": 3},
        "hardware": {"machine_spec": {"num_virtual_cpus": 4}},
    }
}


def show(name: str, expression: str, **more: Any) -> dict[str, Any]:
    """A task that shows what an expression is."""
    return {"name": name, "ansible.builtin.debug": {"msg": "{{ " + expression + " }}"}, **more}


def attempt(name: str, expression: str, **more: Any) -> dict[str, Any]:
    return show(name, expression, ignore_errors=True, **more)


def asked(requests: list[dict[str, Any]]) -> list[str]:
    return [entry["path"].removeprefix("/api/v1") for entry in requests]


@pytest.mark.parametrize("version", VERSIONS)
def test_values_in_every_version(
    launch: Launch, playbook_on: Callable[[Emulator], Runner], tmp_path: Path, version: str
) -> None:
    emulator = launch("--page-size", "7", "--seed-clusters", "20")
    row = emulator.add_cluster("orders")
    big = emulator.add_cluster("big-one", **ADVANCED)
    run = playbook_on(emulator)(
        [
            show("name", "lookup('crdb.cloud.cluster', 'orders')"),
            show("id", f"lookup('crdb.cloud.cluster', '{row['id']}')"),
            show("two", "query('crdb.cloud.cluster', ['orders', 'big-one'], field='id')"),
            show("joined", "lookup('crdb.cloud.cluster', 'orders', 'big-one', field='name')"),
            show("nested", "lookup('crdb.cloud.cluster', 'orders', field='regions.0.name')"),
            {
                "name": "loop",
                "with_crdb.cloud.cluster": ["orders", "big-one"],
                "ansible.builtin.debug": {"msg": "{{ item.id }}"},
            },
            show("bare", "lookup('crdb.cloud.connection_string', 'orders')"),
            show("user", "lookup('crdb.cloud.connection_string', 'orders', user='a b', database='d-b')"),
            show(
                "own", "lookup('crdb.cloud.connection_string', 'big-one', sslmode='require', sslrootcert='/etc/ca.crt')"
            ),
            show("linux", "lookup('crdb.cloud.connection_string', 'big-one', user='app', os='LINUX')"),
            show("by id", f"lookup('crdb.cloud.connection_string', '{row['id']}')"),
            show(
                "password",
                "lookup('crdb.cloud.connection_string', 'orders', user='app', password=planted)",
                no_log=True,
            ),
            {
                "name": "file",
                "ansible.builtin.copy": {
                    "dest": str(tmp_path / "ca.crt"),
                    "mode": "0644",
                    "content": "{{ lookup('crdb.cloud.cluster_ca_cert', 'orders') }}",
                },
            },
            show("certificates", f"query('crdb.cloud.cluster_ca_cert', 'orders', '{big['id']}')"),
            show("regions", "query('crdb.cloud.available_regions')"),
            show("serverless", "query('crdb.cloud.available_regions', 'GCP', 'AWS', serverless=true)"),
            {
                "name": "whole",
                "ansible.builtin.assert": {
                    "that": "lookup('crdb.cloud.connection_string', 'orders', user='app', password=planted)"
                    " == 'postgresql://app:' ~ escaped ~ '@' ~ host ~ ':26257/defaultdb?sslmode=verify-full'"
                },
                "vars": {
                    "escaped": quote(PASSWORD, safe=""),
                    "host": "{{ lookup('crdb.cloud.cluster', 'orders', field='regions.0.sql_dns') }}",
                },
                "no_log": True,
            },
        ],
        env={"CRDB_API_VERSION": version},
        variables={"planted": PASSWORD},
        secrets=[PASSWORD],
    )
    seen = emulator.api("GET", f"/clusters/{row['id']}", version=version)
    assert run["name"]["msg"] == run["id"]["msg"] == seen
    assert run["two"]["msg"] == [row["id"], big["id"]]
    assert run["joined"]["msg"] == "orders,big-one"
    assert run["nested"]["msg"] == "us-central1"
    assert [item["msg"] for item in run["loop"].items] == [row["id"], big["id"]]
    host, other = (seen["regions"][0]["sql_dns"], big["regions"][0]["sql_dns"])
    assert run["bare"]["msg"] == run["by id"]["msg"] == f"postgresql://{host}:26257/defaultdb?sslmode=verify-full"
    assert run["user"]["msg"] == f"postgresql://a%20b@{host}:26257/d-b?sslmode=verify-full"
    assert run["own"]["msg"] == f"postgresql://{other}:26257/defaultdb?sslmode=require&sslrootcert=/etc/ca.crt"
    start, _path, name = run["linux"]["msg"].partition("$HOME/")
    assert start == f"postgresql://app@{other}:26257/defaultdb?sslmode=verify-full&sslrootcert="
    assert name.endswith("/big-one-ca.crt")
    assert (tmp_path / "ca.crt").read_text() == CLUSTER_CA
    assert run["certificates"]["msg"] == [CLUSTER_CA, CLUSTER_CA]
    providers = {region["provider"] for region in run["regions"]["msg"]}
    assert providers == ({"GCP", "AWS", "AZURE"} if version >= "2023-04-10" else {"GCP", "AWS"})
    serverless = run["serverless"]["msg"]
    assert {(region["provider"], region["serverless"]) for region in serverless} == {("GCP", True), ("AWS", True)}
    endpoints = [path for path in asked(emulator.requests()) if path.endswith("/connection-string")]
    assert bool(endpoints) is (version >= "2022-09-20")
    assert emulator.writes() == []


def test_what_it_costs(launch: Launch, playbook_on: Callable[[Emulator], Runner]) -> None:
    emulator = launch("--page-size", "7", "--seed-clusters", "20")
    row = emulator.add_cluster("orders")
    path = f"/clusters/{row['id']}"
    several = [emulator.state()["clusters"][number]["name"] for number in range(5)]
    run = playbook_on(emulator)(
        [
            show("names", f"query('crdb.cloud.cluster', {several}, 'orders', field='id')"),
            show("again", "lookup('crdb.cloud.cluster', 'orders', field='id')"),
            show("id", f"query('crdb.cloud.cluster', '{row['id']}', '{row['id']}', field='name')"),
            show(
                "everything",
                "[lookup('crdb.cloud.cluster', 'orders'), lookup('crdb.cloud.cluster_ca_cert', 'orders'),"
                " lookup('crdb.cloud.connection_string', 'orders'), lookup('crdb.cloud.connection_string', 'orders'),"
                " lookup('crdb.cloud.cluster_ca_cert', 'orders', 'orders')]",
            ),
            show("loop", "lookup('crdb.cloud.cluster', item, field='id')", loop=several),
            show("by id", f"lookup('crdb.cloud.connection_string', '{row['id']}')"),
            show("certificate", f"lookup('crdb.cloud.cluster_ca_cert', '{row['id']}')"),
            show("providers", "query('crdb.cloud.available_regions', 'AZURE', 'AZURE')"),
            show("nothing", "query('crdb.cloud.cluster', [])"),
        ],
        check=True,
    )
    pages = ["/clusters"] * 3
    assert asked(run["names"].requests) == pages and len(run["names"]["msg"]) == 6
    # Each task has a process of its own, in which nothing is known yet.
    assert asked(run["again"].requests) == pages
    assert asked(run["id"].requests) == [path]
    assert asked(run["everything"].requests) == [*pages, f"{path}/cert", f"{path}/connection-string"]
    assert asked(run["loop"].requests) == pages
    assert asked(run["by id"].requests) == [f"{path}/connection-string"]
    assert asked(run["certificate"].requests) == [f"{path}/cert"]
    assert set(asked(run["providers"].requests)) == {"/clusters/available-regions"}
    assert asked(run["nothing"].requests) == [] and run["nothing"]["msg"] == []
    assert emulator.writes() == []


def test_each_reference_costs_and_set_fact_does_not(playbook: Runner, emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    hosts = {f"host{number}": LOCAL for number in range(3)}
    playbook(
        [show("first", "orders_id"), show("second", "orders_id")],
        hosts=hosts,
        variables={"orders_id": "{{ lookup('crdb.cloud.cluster', 'orders', field='id') }}"},
    )
    assert asked(emulator.requests()) == ["/clusters"] * 6
    emulator.reset("requests")
    playbook(
        [
            {
                "name": "once",
                "run_once": True,
                "ansible.builtin.set_fact": {"orders_id": "{{ lookup('crdb.cloud.cluster', 'orders', field='id') }}"},
            },
            show("first", "orders_id"),
            show("second", "orders_id"),
        ],
        hosts=hosts,
    )
    assert asked(emulator.requests()) == ["/clusters"]


def test_until_sees_a_change(playbook: Runner, emulator: Emulator) -> None:
    """What is remembered is forgotten early enough for a task that waits."""
    emulator.add_cluster("orders")
    protection = "lookup('crdb.cloud.cluster', 'orders', field='delete_protection')"
    # The arguments look at the cluster before the task changes it, so that there is something old to remember.
    change = {"labels": {"was": "{{ " + protection + " | lower }}"}, "delete_protection": "ENABLED"}
    run = playbook(
        [
            {
                "name": "wait",
                "ansible.builtin.uri": {
                    "url": f"{emulator.url}/_emulator/state",
                    "method": "POST",
                    "body_format": "json",
                    "body": {"clusters": {"orders": change}},
                    "use_proxy": False,
                },
                "until": f"{protection} == 'ENABLED'",
                "retries": 8,
                "delay": 3,
            }
        ]
    )
    assert 2 <= run["wait"]["attempts"] <= 6


@pytest.mark.parametrize("version", [VERSIONS[0], VERSIONS[-1]])
def test_what_is_not_there(playbook: Runner, emulator: Emulator, version: str) -> None:
    gone = emulator.add_cluster("long-gone")
    emulator.api("DELETE", f"/clusters/{gone['id']}")
    emulator.until(lambda: not emulator.clusters("long-gone"))
    row = emulator.add_cluster("orders")
    emulator.reset("requests")
    terms = {"name": "nowhere", "gone": "long-gone", "gone id": gone["id"], "id": UNKNOWN_ID}
    names = ("cluster", "connection_string")
    tasks = [
        attempt(f"{name} {kind}", f"lookup('crdb.cloud.{name}', '{term}')")
        for name in names
        for kind, term in terms.items()
    ]
    tasks += [
        attempt("certificate", "lookup('crdb.cloud.cluster_ca_cert', 'nowhere')"),
        attempt("certificate id", f"lookup('crdb.cloud.cluster_ca_cert', '{UNKNOWN_ID}')"),
        show("skip", "query('crdb.cloud.cluster', 'nowhere', 'orders', 'long-gone', field='id', on_missing='skip')"),
        show("warn", "query('crdb.cloud.cluster', 'nowhere-near', 'orders', field='id', on_missing='warn')"),
        show("none", "query('crdb.cloud.cluster', 'nowhere', on_missing='skip') | length"),
        show("default", "lookup('crdb.cloud.cluster', 'nowhere', on_missing='skip') | default('none', true)"),
        show("ignored", "query('crdb.cloud.cluster', 'nowhere', errors='ignore')"),
        show("no address", f"query('crdb.cloud.connection_string', '{UNKNOWN_ID}', on_missing='skip')"),
        show("no certificate", f"query('crdb.cloud.cluster_ca_cert', '{UNKNOWN_ID}', on_missing='skip')"),
    ]
    run = playbook(tasks, env={"CRDB_API_VERSION": version}, warns=["^There is no cluster 'nowhere-near'$"])
    for name in names:
        for kind, term in terms.items():
            run[f"{name} {kind}"].fails_with(f"There is no cluster '{term}'. Correct the term")
    run["certificate"].fails_with("There is no cluster 'nowhere'")
    run["certificate id"].fails_with(f"There is no cluster '{UNKNOWN_ID}'")
    assert run["skip"]["msg"] == run["warn"]["msg"] == [row["id"]]
    assert run["none"]["msg"] in (0, "0")
    assert run["default"]["msg"] == "none"
    assert run["ignored"]["msg"] == run["no address"]["msg"] == run["no certificate"]["msg"] == []
    run.no_traceback()


def test_errors_are_one_sentence(launch: Launch, playbook_on: Callable[[Emulator], Runner]) -> None:
    emulator = launch("--allow-duplicate-names")
    body = {"name": "twin-one", "provider": "GCP", "spec": {"serverless": {"regions": ["us-central1"]}}}
    twins = sorted(emulator.api("POST", "/clusters", body)["id"] for _twin in range(2))
    emulator.add_cluster("orders")
    emulator.add_cluster("big-one", **ADVANCED)
    url = f"'{emulator.url}'"
    cases = {
        "ambiguous": ("cluster', 'twin-one', on_missing='skip'", ("2 clusters named 'twin-one'", *twins)),
        "key": ("cluster', 'orders', api_key='CCDB1_wrong'", ("Failed to list the clusters", "HTTP 401", "api_key")),
        "jwt": ("cluster', 'orders', api_jwt='a.b.c'", ("api_jwt needs vanity_name",)),
        "field": ("cluster', 'orders', field='feild'", ("has no field 'feild'", "cloud_provider")),
        "option": ("cluster', 'orders', feild='id'", ("no option 'feild'", "on_missing")),
        "choice": ("cluster', 'orders', on_missing='Skip'", ("on_missing", "Skip")),
        "type": ("cluster', 'orders', api_retries='many'", ("api_retries", "many")),
        "range": ("cluster', 'orders', api_timeout=0", ("api_timeout must be above 0",)),
        "term": ("cluster', {'name': 'orders'}", ("name or the id of a cluster", "dict")),
        "url": ("cluster', 'orders', api_url='http://example.com'", ("never sent unencrypted",)),
        "refused": ("cluster', 'orders', api_url='http://127.0.0.1:1', api_retries=0", ("Could not connect",)),
        "certificate refused": (
            f"cluster_ca_cert', '{twins[0]}', api_url='http://127.0.0.1:1', api_retries=0",
            ("Failed to read the CA certificate", "Could not connect"),
        ),
        "os": ("connection_string', 'big-one'", ("os is required", "Give the option os, LINUX, MAC or WINDOWS")),
        "old os": ("connection_string', 'big-one', api_version='2022-03-31'", ("Give the option os, LINUX",)),
        "no user": ("connection_string', 'orders', password=planted", ("password needs the option user",)),
        "empty": ("connection_string', 'orders', user='app', password=''", ("password is empty",)),
        "provider": ("available_regions', 'gcp'", ("one of GCP, AWS, AZURE, got 'gcp'",)),
        "azure": ("available_regions', 'AZURE', api_version='2022-09-20'", ("api_version 2023-04-10 is the first",)),
        "version": (f"cluster', 'orders', api_version='2021-01-01', api_url={url}", ("api_version", "2021-01-01")),
        "undefined": ("cluster', 'orders', field=nobody_defined_it", ("'nobody_defined_it' is undefined",)),
        "undefined term": ("cluster', nobody_defined_it", ("'nobody_defined_it' is undefined",)),
    }
    tasks = [attempt(name, f"lookup('crdb.cloud.{call})") for name, (call, _parts) in cases.items()]
    run = playbook_on(emulator)(tasks, variables={"planted": PASSWORD}, secrets=[PASSWORD])
    for name, (_call, parts) in cases.items():
        outcome = run[name]
        # What is undefined never reaches the lookup; ansible-core words that itself.
        assert outcome.failed and ("\n" not in outcome.msg or name.startswith("undefined")), outcome
        assert "Bug in crdb.cloud" not in outcome.msg and "Traceback" not in outcome.msg, outcome.msg
        assert "unhandled exception" not in outcome.msg.lower() or name.startswith("undefined"), outcome.msg
        for part in parts:
            assert part in outcome.msg, (name, part, outcome.msg)
    run.no_traceback()


@pytest.mark.parametrize("key", [None, ""], ids=["unset", "empty"])
def test_no_key(playbook: Runner, key: str | None) -> None:
    run = playbook([attempt("key", "lookup('crdb.cloud.cluster', 'orders')")], env={"COCKROACH_API_KEY": key})
    run["key"].fails_with("No API key: set the option api_key or the environment variable COCKROACH_API_KEY")


def test_empty_environment_variables_are_unset(playbook: Runner, emulator: Emulator) -> None:
    """AWX injects a variable for each field of a credential, empty or not."""
    emulator.add_cluster("orders")
    names = ("CRDB_API_VERSION", "CRDB_API_TIMEOUT", "CRDB_API_RETRIES", "CRDB_VALIDATE_CERTS", "CRDB_CA_PATH")
    names += ("COCKROACH_API_JWT", "COCKROACH_VANITY_NAME", "COCKROACH_USERNAME", "CRDB_RATE_LIMIT_TIMEOUT")
    run = playbook([show("name", "lookup('crdb.cloud.cluster', 'orders', field='name')")], env=dict.fromkeys(names, ""))
    assert run["name"]["msg"] == "orders"


def test_options_beat_the_environment(playbook: Runner, emulator: Emulator) -> None:
    emulator.add_cluster("orders")
    run = playbook(
        [
            show(
                "name",
                "lookup('crdb.cloud.cluster', 'orders', field='name', api_key=planted_key, api_url=url, api_version='2022-09-20')",
            )
        ],
        env={
            "COCKROACH_API_KEY": "CCDB1_other",
            "COCKROACH_SERVER": "http://127.0.0.1:1",
            "CRDB_API_VERSION": "2023-04-10",
        },
        variables={"planted_key": API_KEY, "url": emulator.url},
    )
    assert run["name"]["msg"] == "orders"


def test_a_token_instead_of_a_key(launch: Launch, playbook_on: Callable[[Emulator], Runner]) -> None:
    emulator = launch("--jwt", JWT)
    emulator.add_cluster("orders")
    run = playbook_on(emulator)(
        [
            show("environment", "lookup('crdb.cloud.cluster', 'orders', field='name')"),
            show("option", "lookup('crdb.cloud.cluster', 'orders', field='name', api_jwt=planted, vanity_name='acme')"),
        ],
        env={"COCKROACH_API_KEY": None, "COCKROACH_API_JWT": JWT, "COCKROACH_VANITY_NAME": "acme"},
        variables={"planted": JWT},
    )
    assert run["environment"]["msg"] == run["option"]["msg"] == "orders"


def test_the_certificate_needs_no_key(playbook: Runner, emulator: Emulator) -> None:
    row = emulator.add_cluster("orders")
    expression = f"lookup('crdb.cloud.cluster_ca_cert', '{row['id']}')"
    run = playbook(
        [
            show("key", expression),
            show("wrong key", f"lookup('crdb.cloud.cluster_ca_cert', '{row['id']}', api_key='CCDB1_wrong')"),
        ]
    )
    assert run["key"]["msg"] == run["wrong key"]["msg"] == CLUSTER_CA
    assert [(entry["path"], entry["key"]) for entry in emulator.requests()] == [
        (f"/clusters/{row['id']}/cert", None)
    ] * 2


def test_what_is_no_certificate(playbook: Runner, emulator: Emulator) -> None:
    row = emulator.add_cluster("orders")
    bodies = {
        "page": "<html>please sign in</html>",
        "key": CLUSTER_CA.replace("CERTIFICATE", "PRIVATE KEY"),
        "damaged": CLUSTER_CA.replace("MIIB", "AAAA"),
        "empty": "",
    }
    for body in bodies.values():
        emulator.fault("status", "GET", "/cert$", status=200, body=body)
    emulator.fault("status", "GET", "/cert$", status=302, headers={"Location": "https://example.com/"})
    run = playbook(
        [attempt(name, f"lookup('crdb.cloud.cluster_ca_cert', '{row['id']}')") for name in (*bodies, "redirect")]
    )
    for name in bodies:
        run[name].fails_with("Failed to read the CA certificate of cluster", "PEM certificate")
    run["redirect"].fails_with("redirect")


@pytest.mark.every_core
def test_planted_secrets_are_nowhere(playbook: Runner, emulator: Emulator) -> None:
    """The fixture searches everything that came out at -vvvv."""
    row = emulator.add_cluster("orders")
    echo = {"code": 3, "message": f"bad {API_KEY} and {PASSWORD}", "details": [API_KEY]}
    expression = f"lookup('crdb.cloud.connection_string', '{row['id']}', user='app', password=planted"
    emulator.fault("status", "GET", "connection-string", status=400, body=echo)
    emulator.fault("status", "GET", "connection-string", status=500, body=f"<pre>{API_KEY} {PASSWORD}</pre>")
    emulator.fault(
        "status", "GET", "connection-string", status=200, body={"connection_string": f"odd {PASSWORD} {API_KEY}"}
    )
    emulator.fault("status", "GET", "connection-string", status=200, body=[PASSWORD, API_KEY])
    emulator.fault("status", "GET", "/cert$", status=403, body={"code": 7, "message": f"no {API_KEY}"})
    url = {"connection_string": f"postgresql://app:{quote(PASSWORD, safe='')}@h:26257/d?sslmode=verify-full"}
    tasks = [attempt(name, f"{expression}, api_retries=0)") for name in ("400", "500", "200", "list")]
    tasks += [
        attempt("certificate", f"lookup('crdb.cloud.cluster_ca_cert', '{row['id']}')"),
        attempt("choice", f"{expression}, sslmode=planted)"),
        attempt(
            "key as version", "lookup('crdb.cloud.cluster', 'orders', api_version=planted_key, api_key=planted_key)"
        ),
        attempt(
            "key from the environment as version", "lookup('crdb.cloud.cluster', 'orders', api_version=planted_key)"
        ),
        attempt("key as term", "lookup('crdb.cloud.cluster', planted_key)"),
        attempt("blank in key", "lookup('crdb.cloud.cluster', 'orders', api_key=planted)"),
        show("used", f"{expression})", no_log=True),
    ]
    run = playbook(tasks, variables={"planted": PASSWORD, "planted_key": API_KEY}, secrets=[PASSWORD])
    assert emulator.fired() == [1] * 5
    run["400"].fails_with("Failed to read the connection string of cluster", "bad ******** and ********", "HTTP 400")
    run["500"].fails_with("HTTP 500", "********")
    run["200"].fails_with("the answer holds no connection string")
    run["list"].fails_with("can't be used: it must be an object, and is a list")
    run["certificate"].fails_with("no ******** (HTTP 403, code 7)")
    run["choice"].fails_with("sslmode")
    run["key as version"].fails_with("api_version")
    run["key from the environment as version"].fails_with("api_version")
    run["key as term"].fails_with("There is no cluster '********'")
    run["blank in key"].fails_with("api_key holds characters")
    assert not run["used"].failed

    emulator.reset("faults")
    emulator.fault("status", "GET", "connection-string", status=200, body=url)
    run = playbook(
        [show("leak", f"lookup('crdb.cloud.connection_string', '{row['id']}')")],
        secrets=[PASSWORD],
    )
    assert run["leak"]["msg"] == "postgresql://app@h:26257/d?sslmode=verify-full"


@pytest.mark.every_core
def test_what_the_api_says_is_never_executed(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    row = emulator.add_cluster("orders")
    trap = tmp_path / "executed"
    hostile = "{{ lookup('pipe', 'touch " + str(trap) + "') }}"
    row["labels"] = {"note": hostile}
    body = {"clusters": [row], "pagination": None}
    emulator.fault("status", "GET", "/clusters$", times=10, status=200, body=body)
    run = playbook(
        [
            {
                "name": "keep",
                "ansible.builtin.set_fact": {"kept": "{{ lookup('crdb.cloud.cluster', 'orders') }}"},
            },
            show("label", "lookup('crdb.cloud.cluster', 'orders', field='labels.note')"),
            show("fact", "kept.labels.note"),
            show("url", "lookup('crdb.cloud.cluster', 'orders').labels['note'] ~ '!'"),
        ]
    )
    assert run["label"]["msg"] == run["fact"]["msg"] == hostile
    assert run["url"]["msg"] == f"{hostile}!"
    assert not trap.exists()


def test_ids_of_the_organization(emulator: Emulator, playbook: Runner) -> None:
    platform = emulator.api("POST", "/folders", {"name": "platform", "parent_id": "root"})["resource_id"]
    prod = emulator.api("POST", "/folders", {"name": "prod", "parent_id": platform})["resource_id"]
    ci = emulator.api("POST", "/service-accounts", {"name": "ci", "description": "", "roles": []})["id"]
    emulator.patch(objects={"persons": {UNKNOWN_ID: {"id": UNKNOWN_ID, "email": "alice@example.com"}}})
    emulator.reset("requests")
    several = "query('crdb.cloud.service_account', 'ci', 'gone', 'ci', on_missing='skip')"
    run = playbook(
        [
            show("folders", f"query('crdb.cloud.folder', '/platform/prod', '/platform', '{prod}')"),
            show("account", several),
            show("person", "lookup('crdb.cloud.person', 'alice@example.com')"),
            attempt("nobody", "lookup('crdb.cloud.person', 'nobody@example.com')"),
        ]
    )
    assert run["folders"]["msg"] == [prod, platform, "/platform/prod"]
    assert run["account"]["msg"] == [ci, ci]
    assert run["person"]["msg"] == UNKNOWN_ID
    run["nobody"].fails_with("There is no person 'nobody@example.com'")
    assert len(asked(run["folders"].requests)) == 2 and asked(run["account"].requests) == ["/service-accounts"]


@pytest.mark.parametrize("name", LOOKUPS)
def test_ansible_doc_shows_it(name: str, tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
    }
    command = [str(ANSIBLE_PLAYBOOK.parent / "ansible-doc"), "-t", "lookup", f"crdb.cloud.{name}"]
    for arguments in ([], ["--json"]):
        done = subprocess.run(
            [*command, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0 and "[WARNING]" not in done.stderr and "[ERROR]" not in done.stderr, done.stderr
    documented = json.loads(done.stdout)[f"crdb.cloud.{name}"]
    assert documented["doc"]["options"]["api_key"]["env"] == [{"name": "COCKROACH_API_KEY"}]
    assert documented["doc"]["options"]["on_missing"]["choices"] == ["error", "warn", "skip"]
    assert documented["examples"] and documented["return"]
