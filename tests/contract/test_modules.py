# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules send held against the specifications: real plays through a recorder, in every version."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from contract.conftest import Play, Record
from contract.helpers.judge import Judge
from contract.helpers.plays import FOLDER, GROUP, PASSWORDS, PERSON, USER, VPC_ENDPOINT, tasks
from contract.helpers.recorder import Record as Exchange
from contract.helpers.specs import CHECKOUT, VERSIONS, specifications
from contract.helpers.surface import body, properties, sent_properties
from contract.helpers.uncovered import is_excepted, reason
from integration.helpers.declared import declared
from integration.helpers.results import UUID
from integration.helpers.secrets import API_KEY
from integration.samples import WORKSPACES

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import CLOUD

specifications()

CLUSTER_ITEM = re.compile(rf"/api/v1/clusters/{UUID.pattern}")
# What changes nothing.
READERS = ("_info", "organization_export")
# The first version that has a module, where that is not the first of all.
SINCE = {
    path.stem: declared(path.stem).since
    for path in (CHECKOUT / "plugins" / "modules").glob("*.py")
    if declared(path.stem).since
}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_module(judge: Judge, record: Record, playbook_on: Play, version: str) -> None:
    """A page is three rows long, so every listing has several; no play fails, and all that was sent is declared."""
    there = ("--folder", FOLDER, "--person", PERSON, "--group", GROUP)
    emulator, recorder = record("--page-size", "3", "--backup-seconds", "0.5", *there)
    emulator.patch(objects=WORKSPACES)
    hardware = {"machine_spec": {"num_virtual_cpus": 4}, "storage_gib": 60}
    if "2022-09-20" <= version < "2024-09-16":
        private = {"region_nodes": {"us-central1": 3}, "hardware": hardware, "network_visibility": "PRIVATE"}
        emulator.add_cluster("advanced", dedicated=private)
        emulator.add_cluster("aws-advanced", "AWS", dedicated={"region_nodes": {"us-east-1": 3}, "hardware": hardware})
    if version >= "2022-09-20":
        emulator.add_cluster("on-aws", "AWS", dedicated={"region_nodes": {"us-east-1": 3}, "hardware": hardware})
        names = {"region_name": "us-east-1", "cloud_provider": "AWS", "service_id": "vpce-svc-1"}
        endpoints = {VPC_ENDPOINT: {**names, "status": "PENDING_ACCEPTANCE"}}
        emulator.patch(objects={"aws-endpoint-connections/on-aws": endpoints})
    play = tasks(version)
    warns = (
        ["no limit on what it may cost", "can be changed once", "is lost, as physical"]
        if version >= "2024-09-16"
        else []
    )
    if version < "2023-04-10":
        # There a cluster can't be told to start closed.
        warns.append("Open to everybody, beside what their allowlist says")
    if version >= "2022-09-20":
        warns.append("loses access to its data")
    if version == "2022-09-20":
        # There nobody says whose a key is.
        warns.append("It can't be told whether the task calls the API as")
    run = playbook_on(emulator)(
        play,
        variables=PASSWORDS,
        secrets=PASSWORDS.values(),
        env={"COCKROACH_SERVER": recorder.url},
        warns=warns,
        fails=False,
    )
    assert [outcome.name for outcome in run.outcomes] == [task["name"] for task in play]
    for outcome in run.outcomes:
        assert outcome.changed is not outcome.name.endswith(READERS), f"{outcome.name}: {outcome.result}"

    verdict = judge.verdict(recorder.records)
    assert verdict.violations == [], verdict.report()
    used = {operation for operation in judge.operations(version) if not reason(operation, version)}
    assert verdict.operations == used, "what is used, and what helpers/uncovered.py leaves out, is not the whole API"
    every_property_is_sent(judge, recorder.records, version)
    check_headers(recorder.records, version)
    put = [sent for sent in recorder.records if sent.path.endswith("/spend-limit")]
    assert bool(put) is (version == "2022-03-31")
    assert "PUT spend-limit" in verdict.defects or version > "2022-03-31"
    # The tokens of further pages were used, and a name of any characters arrived as one segment of the path.
    assert any("pagination.start_key=" in sent.query or "pagination.page=" in sent.query for sent in recorder.records)
    assert {sent.method for sent in recorder.records if f"/sql-users/{quote(USER, safe='')}" in sent.path} == {
        "PUT",
        "DELETE",
    }


def every_property_is_sent(judge: Judge, records: list[Exchange], version: str) -> None:
    """Some task sets each property of each body; those that no module has are listed with the reason."""
    spec = judge.specs[version][-1]
    missing, needless = {}, {}
    for operation, names in sent_properties(judge, records).items():
        method, template = operation.split(" ")
        definition = spec.paths.get(template, {}).get(method.lower(), {})
        declared_there = {name for name, _schema in properties(spec, body(definition))}
        excepted = {name for name in declared_there if is_excepted(operation, name, version)}
        missing[operation] = declared_there - names - excepted
        needless[operation] = names & excepted
    assert {operation: names for operation, names in missing.items() if names} == {}
    assert version < VERSIONS[-1] or not any(needless.values()), needless


def check_headers(records: list[Exchange], version: str) -> None:
    for sent in records:
        # Older versions show a STANDARD cluster as a SERVERLESS one, so its plan is read in the first that does not.
        plan = sent.method == "GET" and CLUSTER_ITEM.fullmatch(sent.path)
        assert sent.sent_headers["cc-version"] in ({version, "2024-09-16"} if plan else {version}), sent
        assert re.match(r"crdb\.cloud/\d+\.\d+\.\d+ ansible/\d+\.", sent.sent_headers["user-agent"])
        assert sent.sent_headers["authorization"] == f"Bearer {API_KEY}"


def test_plain_modules_send_the_same(judge: Judge, record: Record, playbook_on: Play) -> None:
    """Outside of the Ansible process: the first task of each module that writes."""
    emulator, recorder = record()
    version = VERSIONS[-1]
    wanted = ["cluster", "spend_limit", "sql_user", "allowlist_entry"]
    play = [next(task for task in tasks(version) if f"crdb.cloud.{module}" in task) for module in wanted]
    sent: list[list[tuple[str, str, bytes]]] = []
    for direct in (True, False):
        emulator.reset()
        recorder.records.clear()
        playbook_on(emulator)(
            play,
            direct=direct,
            variables=PASSWORDS,
            secrets=PASSWORDS.values(),
            env={"COCKROACH_SERVER": recorder.url},
            fails=False,
        )
        check_headers(recorder.records, version)
        verdict = judge.verdict(recorder.records)
        assert verdict.violations == [], verdict.report()
        writes = [it for it in recorder.records if it.method != "GET"]
        sent.append([(it.method, UUID.sub("<id>", it.path), it.sent) for it in writes])
    assert sent[0] == sent[1]
    assert len(sent[0]) == len(wanted)


@pytest.mark.parametrize("version", VERSIONS)
def test_no_module_is_left_out(version: str) -> None:
    used = {key.removeprefix("crdb.cloud.") for task in tasks(version) for key in task if key.startswith("crdb.cloud.")}
    there = {path.stem for path in (CHECKOUT / "plugins" / "modules").glob("*.py")}
    # The modules of the other API have specifications of their own, and some modules send no request.
    ours = {name for name in there if not name.startswith("_") and declared(name).connection == CLOUD}
    # The one reads its options in variables of hosts, and sends what the module fleet sends; the other sends whatever a task says.
    ours -= {"provision_hosts", "api_request"}
    assert used == {name for name in ours if SINCE.get(name, VERSIONS[0]) <= version}


def test_without_the_old_address_of_the_spend_limit(judge: Judge, record: Record, playbook_on: Play) -> None:
    """A server that knows the specification only is asked by PATCH, and nothing but its first refusal is undeclared."""
    emulator, recorder = record("--no-spend-limit-put")
    emulator.add_cluster("orders")
    task = {"cluster": "orders", "spend_limit": 2500, "api_version": "2022-03-31"}
    playbook_on(emulator)(
        [{"name": "limit", "crdb.cloud.spend_limit": task}],
        env={"COCKROACH_SERVER": recorder.url},
        warns=[".*PATCH.*"],
        fails=False,
    )
    assert [(sent.method, sent.status) for sent in recorder.records if sent.method != "GET"] == [
        ("PUT", 404),
        ("PATCH", 200),
    ]
    verdict = judge.verdict(recorder.records)
    assert verdict.violations == [], verdict.report()
    assert recorder.records[-1].json()["config"]["serverless"]["spend_limit"] == 2500
