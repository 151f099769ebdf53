# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every failure is one sentence that a person can act on. Each module says its first one as a plain module, too."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.results import Run
from integration.helpers.runner import BOTH_WAYS, Runner
from integration.helpers.secrets import API_KEY, JWT

INT32 = 2**31
GCP = {"name": "orders", "provider": "GCP", "regions": ["us-central1"]}
Cases = Mapping[str, tuple[str, Mapping[str, Any], tuple[str, ...]]]


# What ansible-core refuses before any code of ours runs, which a plain module does by other means.
ARGUMENTS = ("unknown option", "no cluster", "neither", "both limits", "boolean", "word", "version as a number")


def check_cases(cases: Cases, runner: Runner, **options: Any) -> Run:
    """Every case fails with one sentence that holds its parts; the first of each module, and ARGUMENTS, with the same one both ways."""
    # By variables: Ansible shows the lines of the playbook around a task that failed.
    variables = {"planted_key": API_KEY, "planted_jwt": JWT}
    first = {module: name for name, (module, _args, _parts) in reversed(cases.items())}
    both = {*first.values(), *ARGUMENTS}
    tasks = [
        {
            "name": name,
            f"crdb.cloud.{module}": dict(args),
            "ignore_errors": True,
            "when": name in both or "inventory_hostname == 'in-process'",
        }
        for name, (module, args, _parts) in cases.items()
    ]
    run = runner(tasks, direct=None, hosts=BOTH_WAYS, variables=variables, **options)
    for name, (_module, _args, parts) in cases.items():
        direct = run[name, "in-process"]
        direct.fails_with(*parts)
        if name in both:
            plain = run[name, "plain"]
            plain.fails_with(*parts)
            assert direct.msg == plain.msg
            assert direct.get("error") == plain.get("error")
    run.no_traceback()
    return run


def limit(amount: Any, version: str, **more: Any) -> dict[str, Any]:
    return {"cluster": "orders", "spend_limit": amount, "api_version": version, **more}


BEFORE_ANY_REQUEST: Cases = {
    "wrong version": (
        "cluster_info",
        {"api_version": "2025-01-01"},
        ("api_version", "2022-03-31, 2022-09-20, 2023-04-10, 2024-09-16, 2026-09-15", "2025-01-01"),
    ),
    "key with a line break": ("cluster_info", {"api_key": "{{ planted_key }}\n# prod"}, ("api_key holds characters",)),
    "key and token": (
        "cluster_info",
        {"api_key": "one-key-here", "api_jwt": "{{ planted_jwt }}"},
        ("api_key", "api_jwt", "give one"),
    ),
    "token alone": ("cluster_info", {"api_jwt": "{{ planted_jwt }}"}, ("vanity_name", "COCKROACH_VANITY_NAME")),
    "users as one dictionary": (
        "sql_users",
        {"cluster": "orders", "users": {"name": "app", "password": "{{ planted_key }}"}},
        ("users must be a list of dictionaries, got a dictionary",),
    ),
    "a list for a user": (
        "sql_users",
        {"cluster": "orders", "users": [{"name": "etl"}, ["app", "{{ planted_key }}"]]},
        ("users[1] must be a dictionary, got a list",),
    ),
    "an empty entry of a fleet": (
        "fleet",
        {"name": "shop", "clusters": [{"name": "orders", "sql_users": [None]}]},
        ("clusters[0].sql_users[0] must be a dictionary, got nothing",),
    ),
    "plain http": ("cluster_info", {"api_url": "http://crdb.example.com"}, ("http://crdb.example.com", "https://")),
    "no url": ("cluster_info", {"api_url": "crdb.example.com"}, ("api_url must be a URL",)),
    "no ca": ("cluster_info", {"ca_path": "/nowhere/ca.pem"}, ("ca_path: there is no file '/nowhere/ca.pem'",)),
    "timeout": ("cluster_info", {"api_timeout": 0}, ("api_timeout must be above 0",)),
    "wait timeout": ("cluster", {**GCP, "wait_timeout": -1}, ("wait_timeout must not be negative",)),
    "unknown option": (
        "cluster_info",
        {"cloister": "{{ planted_key }}"},
        ("crdb.cloud.cluster_info: unknown option cloister, did you mean cluster",),
    ),
    "unknown options of a fleet": (
        "fleet",
        {"name": "shop", "clusters": [{"nme": "orders"}, {"name": "stock", "sql_users": [{}, {"nam": "app"}]}]},
        (
            "clusters[0]: unknown option nme, did you mean name",
            "clusters[1].sql_users[1]: unknown option nam, did you mean name",
        ),
    ),
    "old name of a plan": (
        "cluster",
        {**GCP, "plan": "serverless", "provider": "gcp"},
        ("plan can't be 'serverless', write BASIC", "provider can't be 'gcp', write GCP"),
    ),
    "version as a number": (
        "cluster",
        {"name": "orders-1", "cockroach_version": 25.10},
        ("cockroach_version must be quoted, as in 'v25.2'", "25.1 and 25.10"),
    ),
    "no cluster": ("sql_user_info", {}, ("missing required arguments: cluster",)),
    "neither": ("cluster", {"plan": "BASIC"}, ("one of the following is required: name, id",)),
    "both limits": (
        "cluster",
        {**GCP, "spend_limit": 1, "usage_limits": {"storage_mib_limit": 1}},
        ("mutually exclusive: spend_limit|usage_limits",),
    ),
    "zero in 2023": ("spend_limit", limit(0, "2023-04-10"), ("spend_limit: 0 would lift the limit", "unlimited: true")),
    "zero in 2024": ("spend_limit", limit(0, "2024-09-16"), ("spend_limit: 0", "unlimited: true")),
    "unlimited in 2022": (
        "spend_limit",
        {"cluster": "orders", "unlimited": True, "api_version": "2022-09-20"},
        ("unlimited", "api_version 2022-09-20", "2023-04-10"),
    ),
    "overflow": ("spend_limit", limit(INT32, "2022-03-31"), (f"between 0 and {INT32 - 1}", str(INT32))),
    "negative": ("spend_limit", limit(-1, "2022-03-31"), ("between 0 and", "-1")),
    "fractional": (
        "spend_limit",
        limit(10.5, "2022-03-31"),
        ("spend_limit must be whole US cents, got 10.5: write 1050 for 10.50 dollars",),
    ),
    "fractional text": (
        "spend_limit",
        limit("10.50", "2022-03-31"),
        ("spend_limit must be whole US cents, got 10.50: write 1050 for 10.50 dollars",),
    ),
    "fraction of a cent": ("spend_limit", limit(0.125, "2022-03-31"), ("spend_limit must be whole US cents",)),
    "boolean": ("spend_limit", limit(True, "2022-03-31"), ("spend_limit", "True")),
    "word": ("spend_limit", limit("plenty", "2022-03-31"), ("spend_limit", "to int")),
    "negative limit": (
        "spend_limit",
        {"cluster": "orders", "usage_limits": {"request_unit_limit": -5}},
        ("usage_limits.request_unit_limit", "-5"),
    ),
    "zero limit": (
        "spend_limit",
        {"cluster": "orders", "usage_limits": {"storage_mib_limit": 0}},
        ("usage_limits.storage_mib_limit", "leave it out"),
    ),
    "no limit": (
        "spend_limit",
        {"cluster": "orders", "usage_limits": {}},
        ("usage_limits is empty", "unlimited: true"),
    ),
    "zero for a cluster": ("cluster", {**GCP, "spend_limit": 0}, ("spend_limit: 0", "module spend_limit")),
    "user of dots": (
        "sql_user",
        {"cluster": "orders", "name": "..", "password": "x"},
        ("name: '..' can't be a SQL user",),
    ),
    "no network": ("allowlist_entry", {"cluster": "orders", "cidr": "office"}, ("'office' is not an IPv4 network",)),
    "IPv6": ("allowlist_entry", {"cluster": "orders", "cidr": "2001:db8::/32"}, ("IPv4 only",)),
    "label": ("cluster", {**GCP, "labels": {"Team": "x"}}, ("labels: 'Team' can't be a key",)),
    "a date for a key": ("cluster", {**GCP, "labels": {date(2026, 1, 20): "x"}}, ("a key that is no text", "quotes")),
}


@pytest.mark.smoke
def test_what_is_wrong_in_itself_is_refused_before_any_request(playbook: Runner, emulator: Emulator) -> None:
    check_cases(BEFORE_ANY_REQUEST, playbook)
    assert emulator.requests() == []


@pytest.mark.parametrize("key", [None, "", "  "], ids=["unset", "empty", "blank"])
def test_a_missing_key(playbook: Runner, emulator: Emulator, key: str | None) -> None:
    cases = {
        "key": ("cluster_info", {}, ("api_key", "COCKROACH_API_KEY", "Service Accounts", "https://cockroachlabs.cloud"))
    }
    check_cases(cases, playbook, env={"COCKROACH_API_KEY": key})
    assert emulator.requests() == []


MACHINE = {"hardware": {"machine_spec": {"num_virtual_cpus": 4}, "storage_gib": 100}}
THERE: Cases = {
    "name": ("cluster", {**GCP, "name": "Orders_1"}, ("'Orders_1' can't be the name of a cluster", "6 to 20")),
    "short name": (
        "cluster",
        {**GCP, "name": "abc"},
        ("'abc' can't be the name", "6 to 20 lower-case letters, digits and dashes"),
    ),
    "long name": ("cluster", {**GCP, "name": "a" * 21}, ("6 to 20",)),
    "region": (
        "cluster",
        {**GCP, "name": "new-one", "regions": ["us-central-1"]},
        ("There is no region 'us-central-1'", "GCP", "Did you mean us-central1"),
    ),
    "no serverless region": (
        "cluster",
        {**GCP, "name": "new-one", "regions": ["us-west1"]},
        ("There is no region 'us-west1' for serverless clusters on GCP",),
    ),
    "needs": ("cluster", {"name": "new-one"}, ("'new-one' does not exist yet", "provider and regions must be set")),
    "needs a machine": (
        "cluster",
        {"name": "new-one", "provider": "GCP", "region_nodes": {"us-east1": 3}, "hardware": {"storage_gib": 50}},
        ("exactly one of num_virtual_cpus and machine_type",),
    ),
    "two regions": (
        "cluster",
        {**GCP, "name": "new-one", "regions": ["us-central1", "us-east1"]},
        ("primary_region must be set",),
    ),
    "provider": (
        "cluster",
        {"name": "basic-one", "provider": "AWS"},
        ("provider", "'GCP'", "can't become 'AWS'", "new cluster"),
    ),
    "to ADVANCED": (
        "cluster",
        {"name": "basic-one", "plan": "ADVANCED"},
        ("BASIC", "can't become ADVANCED", "new cluster"),
    ),
    "from ADVANCED": (
        "cluster",
        {"name": "advanced-one", "plan": "BASIC"},
        ("ADVANCED", "can't become BASIC", "new cluster"),
    ),
    "wrong option": (
        "cluster",
        {"name": "advanced-one", "regions": ["us-east1"]},
        ("regions can't be set on the plan ADVANCED", "region_nodes"),
    ),
    "removed region": (
        "cluster",
        {"name": "basic-one", "regions": ["us-east1"]},
        ("added but not removed", "us-central1"),
    ),
    "shrink": (
        "cluster",
        {"name": "advanced-one", "hardware": {"storage_gib": 50}},
        ("can grow but not shrink to 50",),
    ),
    "version": ("cluster", {"name": "basic-one", "cockroach_version": "v25.4.1"}, ("major version such as 'v25.2'",)),
    "version of BASIC": ("cluster", {"name": "basic-one", "cockroach_version": "v26.1"}, ("chosen by the service",)),
    "downgrade": ("cluster", {"name": "advanced-one", "cockroach_version": "v24.3"}, ("rolled back",)),
    "protected": (
        "cluster",
        {"name": "protected-one", "state": "absent"},
        ("delete protection", "delete_protection: DISABLED"),
    ),
    "unknown id": (
        "cluster",
        {"id": "11111111-1111-4111-8111-111111111111", "plan": "BASIC"},
        ("no cluster with the id", "never created"),
    ),
    "ambiguous": (
        "cluster",
        {"name": "twin-one", "labels": {"a": "b"}},
        ("2 clusters named 'twin-one'", "TWIN-A", "TWIN-B"),
    ),
    "ambiguous delete": (
        "cluster",
        {"name": "twin-one", "state": "absent"},
        ("2 clusters named 'twin-one'", "TWIN-A", "TWIN-B"),
    ),
    "ambiguous parent": ("sql_user_info", {"cluster": "twin-one"}, ("2 clusters named 'twin-one'", "TWIN-A", "TWIN-B")),
    "unknown parent": (
        "sql_user",
        {"cluster": "nowhere", "name": "app", "password": "long-enough-pw"},
        ("There is no cluster 'nowhere'", "module cluster"),
    ),
    "unknown parent of a limit": (
        "spend_limit",
        {"cluster": "nowhere", "spend_limit": 5},
        ("There is no cluster 'nowhere'",),
    ),
    "unknown cluster to read": ("cluster_node_info", {"cluster": "nowhere"}, ("There is no cluster 'nowhere'",)),
    "no password": (
        "sql_user",
        {"cluster": "basic-one", "name": "app"},
        ("'app' does not exist", "password is needed"),
    ),
    "always without": (
        "sql_user",
        {"cluster": "basic-one", "name": "there", "update_password": "always"},
        ("update_password: always needs the password",),
    ),
    "reserved user": (
        "sql_user",
        {"cluster": "basic-one", "name": "root", "password": "long-enough-pw"},
        ("Failed to create SQL user 'root' on cluster 'basic-one'", "reserved", "(HTTP 400, code 3)"),
    ),
    "limit of STANDARD": (
        "spend_limit",
        limit(5, "2024-09-16", cluster="standard-one"),
        ("STANDARD", "provisioned_virtual_cpus"),
    ),
    "limit of ADVANCED": ("spend_limit", limit(5, "2024-09-16", cluster="advanced-one"), ("ADVANCED", "hardware")),
    "limit of DEDICATED": ("spend_limit", limit(5, "2022-09-20", cluster="advanced-one"), ("DEDICATED", "hardware")),
    "dedicated in 2023": (
        "cluster",
        {"name": "advanced-one", "delete_protection": "ENABLED", "api_version": "2023-04-10"},
        ("only read and deleted", "api_version 2024-09-16"),
    ),
}


def test_what_does_not_fit_what_is_there(launch: Launch, playbook_on: Callable[[Emulator], Runner]) -> None:
    emulator = launch("--allow-duplicate-names")
    basic = emulator.add_cluster("basic-one")
    emulator.add_users(basic["id"], ["there"])
    limits = {"usage_limits": {"provisioned_virtual_cpus": "2"}}
    emulator.add_cluster("standard-one", serverless={"regions": ["us-central1"], **limits})
    emulator.add_cluster("advanced-one", dedicated={"region_nodes": {"us-east1": 3}, **MACHINE})
    emulator.add_cluster("protected-one", serverless={"regions": ["us-central1"]}, delete_protection="ENABLED")
    body = {"name": "twin-one", "provider": "GCP", "spec": {"serverless": {"regions": ["us-central1"]}}}
    twins = sorted(emulator.api("POST", "/clusters", body)["id"] for _twin in range(2))
    emulator.until(lambda: all(row["state"] == "CREATED" for row in emulator.state()["clusters"]))
    emulator.reset("requests")
    ids = dict(zip(("TWIN-A", "TWIN-B"), twins, strict=True))
    cases = {
        name: (module, args, tuple(ids.get(part, part) for part in parts))
        for name, (module, args, parts) in THERE.items()
    }
    before = emulator.state()["clusters"]
    check_cases(cases, playbook_on(emulator))
    # One request of each way went out, and was refused by the server.
    assert {(entry["method"], entry["status"]) for entry in emulator.writes()} == {("POST", 400)}
    assert emulator.state()["clusters"] == before


@pytest.mark.smoke
def test_answers_of_the_server(playbook: Runner, emulator: Emulator) -> None:
    """Faults armed for each way once; every module call here costs one request."""
    version = {"code": 3, "message": "invalid Cc-Version", "details": []}
    forbidden = {"code": 7, "message": "permission denied", "details": [{"role": "x"}]}
    for path, fault in {
        "/clusters$": {"status": 400, "body": version},
        "/cluster-versions$": {"status": 403, "body": forbidden},
        "/organization$": {"status": 301, "headers": {"Location": "https://elsewhere.example.com/api/v1/organization"}},
        "/available-regions$": {"status": 418, "body": "<h1>I am a\nteapot</h1>"},
        "/auditlogevents$": {"status": 200, "body": "[1, 2"},
    }.items():
        emulator.fault("status", "GET", path, times=2, **fault)
    cases: Cases = {
        "version": (
            "cluster_info",
            {},
            ("Failed to list the clusters", "invalid Cc-Version", "HTTP 400", "api_version 2024-09-16", "2022-03-31"),
        ),
        "forbidden": ("cluster_version_info", {}, ("permission denied (HTTP 403, code 7)", "role")),
        "redirect": (
            "organization_info",
            {},
            ("redirect (HTTP 301 to elsewhere.example.com)", "never followed", "api_url"),
        ),
        "teapot": ("region_info", {}, ("<h1>I am a teapot</h1> (HTTP 418)",)),
        "key": (
            "region_info",
            {"api_key": "CCDB1_not_known_here"},
            ("HTTP 401", "COCKROACH_API_KEY", "Service Accounts"),
        ),
        "half": ("audit_log_info", {"api_retries": 0}, ("not JSON",)),
    }
    run = check_cases(cases, playbook)
    assert emulator.fired() == [2] * 5
    assert run["forbidden", "plain"]["error"] == {
        "status": 403,
        "code": 7,
        "message": "permission denied",
        "details": [{"role": "x"}],
        "method": "GET",
        "path": "/api/v1/cluster-versions",
    }


def test_a_role_that_is_missing_is_named(launch: Launch, playbook_on: Callable[[Emulator], Runner]) -> None:
    emulator = launch("--role", f"{API_KEY}=CLUSTER_DEVELOPER")
    check_cases(
        {"create": ("cluster", GCP, ("Failed to create cluster 'orders'", "HTTP 403", "CLUSTER_CREATOR"))},
        playbook_on(emulator),
    )


def test_nobody_answers(playbook: Runner) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        args = {"api_url": url, "api_retries": 1}
        cases: Cases = {
            "refused": ("cluster_info", args, (f"Could not connect to {url}", "connection refused", "api_url")),
            "refused write": ("cluster", {**GCP, **args}, (f"Could not connect to {url}",)),
        }
        check_cases(cases, playbook)


def test_tls(launch: Launch, playbook_on: Callable[[Emulator], Runner], playbook: Runner) -> None:
    emulator = launch("--tls", "--create-seconds", "0")
    assert emulator.ca_path
    other = launch("--tls")
    cases: Cases = {
        "no ca": ("region_info", {"api_url": emulator.url}, ("certificate", "not trusted", "ca_path")),
        "wrong ca": ("region_info", {"api_url": emulator.url, "ca_path": other.ca_path}, ("not trusted", "ca_path")),
        "no TLS": (
            "region_info",
            {"api_url": playbook.emulator.url.replace("http:", "https:"), "api_retries": 0},
            ("TLS",),
        ),
        "no PEM": ("region_info", {"api_url": emulator.url, "ca_path": __file__}, ("can't be read as PEM",)),
    }
    check_cases(cases, playbook)
    run = playbook(
        [
            {"name": "right ca", "crdb.cloud.region_info": {"api_url": emulator.url, "ca_path": emulator.ca_path}},
            {"name": "unchecked", "crdb.cloud.region_info": {"api_url": emulator.url, "validate_certs": False}},
        ],
        direct=None,
        hosts=BOTH_WAYS,
        env={"REQUESTS_CA_BUNDLE": "/nowhere", "CURL_CA_BUNDLE": "/nowhere"},
    )
    for host in BOTH_WAYS:
        assert run["right ca", host]["regions"] == run["unchecked", host]["regions"] != []


@pytest.mark.parametrize("direct", [True, False], ids=["direct", "plain"])
def test_a_server_without_the_old_route_for_spend_limits(
    launch: Launch, playbook_on: Callable[[Emulator], Runner], direct: bool
) -> None:
    emulator = launch("--no-spend-limit-put")
    emulator.add_cluster("orders")
    args = limit(700, "2022-03-31", wait_interval=0.1)
    run = playbook_on(emulator)(
        [{"name": "set", "crdb.cloud.spend_limit": args}, {"name": "again", "crdb.cloud.spend_limit": args}],
        direct=direct,
        warns=["does not know PUT spend-limit .* PATCH was used instead"],
    )
    assert [entry["method"] for entry in emulator.writes()] == ["PUT", "PATCH"]
    assert run["set"].changed
    assert run["set"]["spend_limit"]["spend_limit"] == 700
    assert not run["again"].changed


def test_without_requests(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / "requests.py").write_text("raise ImportError('No module named requests')\n")
    run = playbook(
        [{"name": "info", "crdb.cloud.cluster_info": {}, "ignore_errors": True}],
        direct=None,
        hosts=BOTH_WAYS,
        env={"PYTHONPATH": str(tmp_path)},
    )
    for host in BOTH_WAYS:
        run["info", host].fails_with("Failed to import the required Python library (requests)")
    assert emulator.requests() == []
