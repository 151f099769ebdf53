# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports of logs and metrics: what a change leaves alone, states that are no success, and what is refused before a write."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.in_process import Clock, execute
from integration.helpers.runner import LOCAL, Runner
from integration.samples import SPECS, VERSIONS

LOGS = {"log_name": "orders", "auth_principal": "logs@acme.example.com"}
SECURITY = {"log_name": "security", "channels": ["PRIVILEGES", "USER_ADMIN"]}
QUEUED = {"log_name": "queued", "channels": ["OPS"], "min_level": "ERROR"}
REFUSED = {"status": "CREDENTIALS_ERROR", "user_message": "The role can't be assumed."}


@pytest.fixture(autouse=True)
def cluster(emulator: Emulator) -> None:
    emulator.add_cluster("orders", **SPECS["STANDARD"])


def logs(emulator: Emulator, *, check: bool = False, **more: Any) -> dict[str, Any]:
    return execute("log_export", {"cluster": "orders", **more}, emulator, check=check, clock=Clock())


def metrics(emulator: Emulator, sink: str, *, check: bool = False, **more: Any) -> dict[str, Any]:
    return execute("metric_export", {"cluster": "orders", "sink": sink, **more}, emulator, check=check, clock=Clock())


# --- logs ------------------------------------------------------------------------------------------------------------


def test_a_change_sends_what_stays_as_well(emulator: Emulator) -> None:
    made = logs(emulator, **LOGS, omitted_channels=["SQL_PERF", "HEALTH"], groups=[SECURITY, QUEUED])
    assert made["log_export"]["spec"]["type"] == "GCP_CLOUD_LOGGING", "the sink of the cluster's cloud"
    groups = [QUEUED, {**SECURITY, "channels": ["USER_ADMIN", "PRIVILEGES"], "min_level": "UNSPECIFIED"}]
    for same in ({}, {"omitted_channels": ["HEALTH", "SQL_PERF"]}, {"groups": groups}, {"region": ""}):
        assert not logs(emulator, **same)["changed"], same
    # What is not set is not the same as false: the group follows the export.
    changed = logs(emulator, groups=[{**SECURITY, "redact": False}])
    assert changed["plan"][0]["changes"].keys() == {"groups"}
    kept = {**LOGS, "type": "GCP_CLOUD_LOGGING", "omitted_channels": ["SQL_PERF", "HEALTH"]}
    assert kept.items() <= changed["log_export"]["spec"].items()
    spec = logs(emulator, groups=[], omitted_channels=[])["log_export"]["spec"]
    assert spec["groups"] == spec["omitted_channels"] == [] and LOGS.items() <= spec.items()


@pytest.mark.parametrize("version", VERSIONS[1:])
def test_no_level_is_no_level_in_every_version(emulator: Emulator, version: str) -> None:
    group = {**SECURITY, "min_level": "UNSPECIFIED"}
    made = logs(emulator, **LOGS, groups=[group], api_version=version)
    level = made["log_export"]["spec"]["groups"][0]["min_level"]
    assert level == ("LOG_LEVEL_UNSPECIFIED" if version == "2022-09-20" else "UNSPECIFIED")
    assert not logs(emulator, groups=[SECURITY], api_version=version)["changed"]
    assert logs(emulator, redact=True, api_version=version)["log_export"]["spec"]["groups"][0]["min_level"] == level


def test_credentials_that_are_refused_are_no_success(emulator: Emulator) -> None:
    """Not as in the provider, which takes CREDENTIALS_ERROR for success. When they are mended, the same task tries again."""
    emulator.patch(outcomes={"logexport": REFUSED})
    failed = logs(emulator, **LOGS)
    assert failed["failed"] and failed["changed"], failed
    assert "CREDENTIALS_ERROR (The role can't be assumed.)" in failed["msg"]
    assert failed["log_export"]["status"] == "CREDENTIALS_ERROR"
    predicted, mended = (logs(emulator, **LOGS, check=check) for check in (True, False))
    assert mended["plan"] == predicted["plan"] and mended["plan"][0]["changes"] == {
        "status": {"before": "CREDENTIALS_ERROR", "after": "ENABLED"}
    }
    assert mended["log_export"]["status"] == "ENABLED" and not logs(emulator, **LOGS)["changed"]


def test_a_bad_request_is_told_at_once(emulator: Emulator) -> None:
    """Not as in the provider, which repeats each 400 for ten minutes."""
    body = {"code": 3, "message": "log group not found", "details": []}
    emulator.fault("status", "POST", "/logexport$", status=400, body=body, times=9)
    emulator.reset("requests")
    assert "log group not found" in logs(emulator, **LOGS)["msg"]
    assert len(emulator.writes()) == 1


def test_a_deletion_waits_for_the_lock_and_for_its_end(launch: Launch) -> None:
    """Not as in the provider, whose deletion of an export neither waits nor knows the text of a lock."""
    emulator = launch("--operation-seconds", "0.3")
    emulator.add_cluster("orders", **SPECS["STANDARD"])
    made = logs(emulator, **LOGS, wait=False)
    assert not made.get("failed") and made["log_export"]["status"] == "ENABLING", made
    logs(emulator)
    emulator.until(lambda: emulator.cluster("orders")["state"] == "CREATED")
    predicted, changed = (logs(emulator, redact=True, wait=False, check=check) for check in (True, False))
    assert predicted["log_export"]["status"] == changed["log_export"]["status"] == "ENABLING"
    gone = logs(emulator, state="absent")
    assert gone["changed"] and gone["log_export"] is None, gone
    assert execute("log_export_info", {"cluster": "orders"}, emulator)["log_export"] is None
    statuses = [entry["status"] for entry in emulator.requests() if entry["method"] == "DELETE"]
    assert statuses == [503, 200], "it waits until the cluster is free"


def test_a_secret_that_is_not_given_again(emulator: Emulator) -> None:
    spec = json.loads(json.dumps(SPECS["ADVANCED"]).replace("us-east1", "eastus"))
    emulator.api("POST", "/clusters", {"name": "ledger", "provider": "AZURE", "spec": spec})
    ledger = partial(logs, emulator, cluster="ledger", **LOGS)
    assert "needs azure_shared_key with the type AZURE_LOG_ANALYTICS" in ledger()["msg"]
    key = {"azure_shared_key": "planted-shared-key"}
    assert ledger(**key)["changed"] and not ledger(**key)["changed"] and not ledger()["changed"]
    assert "a secret can't be read back" in ledger(redact=True)["msg"]
    for check in (True, False, False):
        again = ledger(**key, update_secret="always", check=check)
        assert again["changed"] and again["plan"][0]["changes"] == {
            "azure_shared_key": {"before": "(hidden)", "after": "(hidden)"}
        }
    assert "planted-shared-key" not in json.dumps(again)
    # Whether it was set can't be seen, so it is sent again.
    emulator.fault("drop_before", "POST", "/logexport$")
    emulator.reset("requests")
    assert ledger(**key, update_secret="always", api_retries=1)["changed"] and len(emulator.writes()) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"auth_principal": "acme"}, "The log export of cluster 'orders' needs log_name"),
        ({"log_name": "orders"}, "needs auth_principal with the type GCP_CLOUD_LOGGING"),
        ({**LOGS, "groups": [QUEUED, QUEUED]}, "groups: a log_name is there twice (queued, queued)"),
        ({**LOGS, "aws_external_id": "acme"}, "can't have aws_external_id with the type GCP_CLOUD_LOGGING"),
        ({**LOGS, "cluster": "basic-one"}, "has the plan BASIC, and the log export needs STANDARD or ADVANCED"),
    ],
)
def test_one_sentence_before_any_write(emulator: Emulator, options: dict[str, Any], message: str) -> None:
    emulator.add_cluster("basic-one")
    emulator.reset("requests")
    for check in (True, False):
        refused = logs(emulator, check=check, **options)
        assert refused["failed"] and message in refused["msg"], refused
    assert emulator.writes() == []


# --- metrics ---------------------------------------------------------------------------------------------------------

DATADOG = {"site": "EU1", "datadog_api_key": "planted-datadog-key-1234"}


def test_a_key_of_datadog_is_known_by_its_end(emulator: Emulator) -> None:
    """Not as in the provider, which does not see a key that was set elsewhere, and refuses Datadog on Standard (#279)."""
    made = metrics(emulator, "datadog", **DATADOG)
    assert made["changed"] and "1234" not in json.dumps(made)
    for same in (DATADOG, {}, {"datadog_api_key": "another-key-with-1234"}):
        assert not metrics(emulator, "datadog", **same)["changed"], same
    assert metrics(emulator, "datadog", datadog_api_key="another-key-with-1234", update_secret="always")["changed"]
    emulator.patch(objects={"datadog/orders": {"": {"api_key": "9876"}}})
    predicted, changed = (metrics(emulator, "datadog", **DATADOG, check=check) for check in (True, False))
    hidden = {"datadog_api_key": {"before": "(hidden)", "after": "(hidden)"}}
    assert predicted["plan"] == changed["plan"] and changed["plan"][0]["changes"] == hidden
    assert not metrics(emulator, "datadog", **DATADOG)["changed"]
    assert "needs datadog_api_key with the sink datadog" in metrics(emulator, "datadog", site="US1")["msg"]


def test_prometheus_tells_where_it_is_fetched(emulator: Emulator) -> None:
    """Not as in the provider, which refuses it on Standard (#279)."""
    made = metrics(emulator, "prometheus")["metric_export"]
    assert made["sink"] == "prometheus" and [*made["targets"]] == ["us-central1"]
    read = execute("metric_export_info", {"cluster": "orders"}, emulator)["metric_exports"]
    assert read == {"cloudwatch": None, "datadog": None, "prometheus": made}
    only = execute("metric_export_info", {"cluster": "orders", "sink": "datadog"}, emulator)
    assert only["metric_exports"] == {"datadog": None}
    old = {"cluster": "orders", "api_version": "2022-09-20"}
    assert execute("metric_export_info", old, emulator)["metric_exports"]["prometheus"] is None


def test_one_that_is_not_deployed_afterwards_is_no_success(emulator: Emulator) -> None:
    """Not as in the provider, which takes NOT_DEPLOYED for success."""
    emulator.patch(outcomes={"prometheus": {"status": "NOT_DEPLOYED"}})
    failed = metrics(emulator, "prometheus")
    assert failed["failed"] and failed["changed"] and "prometheus" in failed["msg"], failed


@pytest.mark.parametrize("sink", ["datadog", "prometheus"])
def test_each_deletion_waits_for_its_end(launch: Launch, sink: str) -> None:
    """Not as in the provider, whose deletions of CloudWatch and Datadog do not wait."""
    emulator = launch("--operation-seconds", "0.3")
    emulator.add_cluster("orders", **SPECS["STANDARD"])
    metrics(emulator, sink, **(DATADOG if sink == "datadog" else {}))
    assert metrics(emulator, sink, state="absent")["changed"]
    assert emulator.requests()[-1]["status"] == 404, "it has looked until it was gone"
    again = metrics(emulator, sink, state="absent")
    assert not again["changed"] and not again.get("failed")


@pytest.mark.parametrize(
    ("sink", "options", "message"),
    [
        (
            "cloudwatch",
            {},
            "The metric export 'cloudwatch' of cluster 'orders' needs role_arn with the sink cloudwatch",
        ),
        ("prometheus", {"site": "EU1"}, "can't have site with the sink prometheus"),
        (
            "prometheus",
            {"cluster": "basic-one"},
            "has the plan BASIC, and the metric export 'prometheus' needs STANDARD or",
        ),
    ],
)
def test_metrics_refused_before_any_write(emulator: Emulator, sink: str, options: dict[str, Any], message: str) -> None:
    emulator.add_cluster("basic-one")
    refused = metrics(emulator, sink, **options)
    assert refused["failed"] and message in refused["msg"], refused
    assert emulator.writes() == []


# --- together --------------------------------------------------------------------------------------------------------


def test_three_sinks_at_once(launch: Launch, playbook_on: Callable[[Emulator], Runner]) -> None:
    """Each takes the lock of the cluster, so whoever comes second waits for its turn."""
    emulator = launch("--operation-seconds", "0.5")
    emulator.add_cluster("orders", **SPECS["STANDARD"])
    wanted = {
        "logs": {"crdb.cloud.log_export": {"cluster": "orders", **LOGS}},
        "datadog": {"crdb.cloud.metric_export": {"cluster": "orders", "sink": "datadog", **DATADOG}},
        "prometheus": {"crdb.cloud.metric_export": {"cluster": "orders", "sink": "prometheus"}},
    }
    tasks = [{"name": name, "when": f"inventory_hostname == '{name}'", **task} for name, task in wanted.items()]
    for check, changed in ((True, True), (False, True), (False, False)):
        play = {"strategy": "ansible.builtin.free"}
        secrets = [DATADOG["datadog_api_key"]]
        run = playbook_on(emulator)(tasks, hosts=dict.fromkeys(wanted, LOCAL), play=play, check=check, secrets=secrets)
        assert [run[name, name].changed for name in wanted] == [changed] * 3
    refused = [entry["path"].rpartition("/")[2] for entry in emulator.requests() if entry["status"] == 503]
    assert refused, "they ran one after the other, and nothing was tried"
    read = execute("metric_export_info", {"cluster": "orders"}, emulator)["metric_exports"]
    assert [sink for sink, row in read.items() if row and row["status"] == "ENABLED"] == ["datadog", "prometheus"]
