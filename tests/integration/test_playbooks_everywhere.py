# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every playbook and every role in check mode on an empty organization: nothing undefined, nothing written, and the
exit code that it is designed to have. The tables are held against what is on disk, so that none can be forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.emulator import FAST, Emulator
from integration.helpers.results import Run
from integration.helpers.runner import CHECKOUT, Runner
from integration.helpers.running import PASSWORDS, USERS

NOT_DEFINED = re.compile(r"undefined|NOT DEFINED|has no attribute|has no element|Unexpected templating", re.IGNORECASE)
CLUSTER_API = {"CRDB_CLUSTER_API_USERNAME": "monitor", "CRDB_CLUSTER_API_PASSWORD": PASSWORDS["monitor"]}
SQL_PASSWORDS = {"CRDB_APP_PASSWORD": "planted-app-password", "CRDB_REPORTING_PASSWORD": "planted-reporting-password"}
CLUSTERS = ("orders-test", "billing-test")


@dataclass(frozen=True)
class Case:
    """One call. *says* is in what it prints; with *fails* it ends with an error, and *says* is in that error's sentence.

    *env* is for the connection to the Cluster API and for passwords, which may never show up. *clusters* are hosts of the
    group crdb_clusters.
    """

    name: str
    says: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    clusters: Sequence[str] = ()
    warns: Sequence[str] = ()
    fails: bool = False
    cluster_api: bool = False


HEALTH = [
    Case("", "The cluster is fit: 3 of 3 nodes are live", cluster_api=True),
    Case("bare", "cluster_api_url", fails=True),
]
SANDBOX = [
    Case("", "Make the directory of the sandbox"),
    Case("stopped", "Stop the sandbox", variables={"sandbox_state": "stopped"}),
]
AUDIT_EXPORT = [
    Case("", "0 new entries would be appended to /tmp/", variables={"audit_export_dest": "/tmp/audit-of-nobody.jsonl"}),
    Case("bare", "Set audit_export_dest to the absolute path", fails=True),
    Case(
        "survey",
        "0 new entries would be appended to /no/where/audit.jsonl",
        variables={
            "audit_export_dest": "/no/where/audit.jsonl",
            "audit_export_cursor": "",
            "audit_export_rotated": "true",
            "audit_export_starting_from": "",
            "audit_export_limit": "",
            "audit_export_max_entries": "100",
        },
        warns=["^There is no directory '/no/where' yet"],
    ),
    Case(
        "number",
        "limit",
        variables={"audit_export_dest": "/tmp/audit-of-nobody.jsonl", "audit_export_limit": "many"},
        fails=True,
    ),
]
WANTED = {"cluster_provider": "GCP", "cluster_regions": "us-central1", "cluster_sql_users": "app"}
NO_CLUSTER = Case("bare", "There is no cluster to work on", fails=True)
PROVISION = Case(
    "",
    "would be CREATED: BASIC on GCP, us-central1",
    variables=WANTED,
    env=SQL_PASSWORDS,
    clusters=CLUSTERS,
    warns=["^There is no cluster '(orders|billing)-test' yet"],
)
NO_PASSWORD = Case("password", "CRDB_APP_PASSWORD", variables=WANTED, clusters=CLUSTERS, fails=True)
DECOMMISSION = [
    Case(
        "",
        "Look for the cluster",
        variables={"crdb_decommission_confirm": "orders-test, billing-test"},
        clusters=CLUSTERS,
    ),
    Case("unconfirmed", "crdb_decommission_confirm must hold the exact name", clusters=CLUSTERS, fails=True),
]
NO_FILES = Case("bare", "fleet_files must name the files", fails=True)
PLAYBOOKS = {
    "export": [
        Case("", "not_exported", variables={"export_dest": "/tmp/organization-of-nobody.yml", "export_labels": ""}),
        Case("bare", "export_dest must name the file", fails=True),
    ],
    "plan": [NO_FILES],
    "apply": [NO_FILES],
    "drift": [NO_FILES],
    "quickstart": [
        Case("", "Create the cluster", env=SQL_PASSWORDS, warns=["There is no cluster 'quickstart'"]),
        Case("bare", "set CRDB_APP_PASSWORD, or quickstart_passwords in a vaulted file", fails=True),
        Case("absent", "Delete the cluster", variables={"quickstart_state": "absent"}),
    ],
    "decommission": [*DECOMMISSION, NO_CLUSTER],
    "export_audit_logs": AUDIT_EXPORT,
    "provision": [PROVISION, NO_PASSWORD, NO_CLUSTER],
    "health": HEALTH,
    "sandbox": SANDBOX,
    "rotate_passwords": [
        Case(
            "",
            "There is no SQL user 'app' on cluster '",
            variables={"sql_users_users": "app"},
            env=SQL_PASSWORDS,
            clusters=CLUSTERS,
            warns=["There is no cluster '(orders|billing)-test' yet"],
            fails=True,
        ),
        NO_CLUSTER,
    ],
    "spend_report": [
        Case("", "TOTAL OF 0 LIMITS"),
        Case("budget", "TOTAL OF 0 LIMITS", variables={"spend_report_budget": "50000", "spend_report_label": "team"}),
        Case(
            "survey",
            "spend_report_budget must be whole US cents",
            variables={"spend_report_budget": "5 dollars"},
            fails=True,
        ),
    ],
}
ROLES = {
    "audit_export": AUDIT_EXPORT,
    "cluster": [
        PROVISION,
        NO_PASSWORD,
        Case("bare", "cluster_name", fails=True),
    ],
    "decommission": [
        *DECOMMISSION,
        Case("bare", "decommission_name or decommission_id must say which cluster is meant", fails=True),
    ],
    "guardrails": [
        Case("bare", "Set one of guardrails_fleet, the options of a fleet, and guardrails_plan", fails=True)
    ],
    "health": HEALTH,
    "sandbox": SANDBOX,
    "sql_users": [
        Case(
            "",
            "Bring the SQL users to the wanted state",
            variables={"sql_users_users": "app,reporting"},
            env=SQL_PASSWORDS,
            clusters=CLUSTERS,
            warns=["There is no cluster '(orders|billing)-test' yet"],
        ),
        Case("bare", "sql_users_cluster must say which cluster is meant", fails=True),
        Case(
            "generated",
            "Bring the SQL users to the wanted state",
            variables={"sql_users_users": "app", "sql_users_generate": True, "sql_users_directory": "passwords"},
            clusters=CLUSTERS,
            warns=["There is no cluster '(orders|billing)-test' yet"],
        ),
    ],
    "spend_limits": [
        Case("", "The limits of all clusters come to 0.00 dollars", variables={"spend_limits_budget": 3500}),
        Case("bare", "The limits of all clusters come to 0.00 dollars"),
        Case(
            "hosts",
            "The limits of all clusters come to 20.00 dollars",
            variables={"spend_limits_limit": 1000},
            clusters=CLUSTERS,
            warns=[
                "^There are no clusters 'orders-test', 'billing-test' yet",
                "^There is no cluster '(orders|billing)-test'",
            ],
        ),
        Case(
            "list",
            "The limits of all clusters come to 10.00 dollars",
            variables={"spend_limits_clusters": "orders-test=1000"},
            warns=["^There is no cluster 'orders-test' yet", "^There is no cluster 'orders-test'"],
        ),
    ],
}


def rows(table: Mapping[str, Sequence[Case]]) -> list[Any]:
    return [
        pytest.param(name, case, id=f"{name}-{case.name}".rstrip("-"))
        for name, cases in table.items()
        for case in cases
    ]


@pytest.fixture(scope="module")
def _empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path_factory.mktemp("emulator"), *FAST, *USERS)
    yield emulator
    emulator.stop()


class Rehearsal:
    """``rehearse(case, ...)``: the call in check mode, with differences shown, held to what every call must keep."""

    def __init__(self, emulator: Emulator, directory: Path) -> None:
        emulator.reset()
        self.emulator = emulator
        self.directory = directory
        self.runner = Runner(directory, emulator)

    def __call__(self, case: Case, *arguments: str, **call: Any) -> Run:
        before = self.emulator.state()
        env = {**(CLUSTER_API if case.cluster_api else {}), **case.env}
        run = self.runner(
            arguments=[*self.inventory(case), *arguments],
            variables=case.variables,
            direct=None,
            check=True,
            diff=True,
            verbosity=1,
            env={**env, **({"CRDB_CLUSTER_API_URL": self.emulator.cluster_url} if case.cluster_api else {})},
            secrets=[value for name, value in env.items() if name.endswith("_PASSWORD")],
            warns=case.warns,
            fails=case.fails,
            **call,
        )
        run.no_traceback()
        assert not NOT_DEFINED.search(run.output), run.output[-3000:]
        assert self.emulator.writes() == []
        assert self.emulator.state()["clusters"] == before["clusters"] == []
        said = [outcome for outcome in run.outcomes if outcome.failed] if case.fails else []
        assert bool(said) is case.fails
        for outcome in said:
            messages = [str(found["msg"]) for found in (outcome.result, *outcome.items) if "msg" in found]
            assert all("\n" not in text for text in messages), messages
            assert any(case.says in text for text in messages), messages
        assert case.says in " ".join(run.output.split())
        return run

    def inventory(self, case: Case) -> list[str]:
        if not case.clusters:
            return []
        path = self.directory / "clusters.ini"
        path.write_text("\n".join(["[crdb_clusters]", *case.clusters, ""]))
        return ["-i", str(path)]


@pytest.fixture
def rehearse(_empty: Emulator, tmp_path: Path) -> Rehearsal:
    return Rehearsal(_empty, tmp_path)


def test_no_playbook_and_no_role_is_missing() -> None:
    assert PLAYBOOKS.keys() == {path.stem for path in (CHECKOUT / "playbooks").glob("*.yml")}
    assert ROLES.keys() == {path.name for path in (CHECKOUT / "roles").iterdir() if path.is_dir()}


@pytest.mark.parametrize(("name", "case"), rows(PLAYBOOKS))
def test_playbook(rehearse: Rehearsal, name: str, case: Case) -> None:
    rehearse(case, playbook=f"crdb.cloud.{name}")


@pytest.mark.parametrize(("name", "case"), rows({name: cases[:1] for name, cases in PLAYBOOKS.items()}))
def test_limit(rehearse: Rehearsal, name: str, case: Case) -> None:
    """With --limit to the first host there is nothing about another one."""
    host = case.clusters[0] if case.clusters else "localhost"
    run = rehearse(case, "--limit", host, playbook=f"crdb.cloud.{name}")
    assert {outcome.host for outcome in run.outcomes} == {host}


@pytest.mark.parametrize(("name", "case"), rows({name: cases[:1] for name, cases in PLAYBOOKS.items()}))
def test_syntax(rehearse: Rehearsal, name: str, case: Case) -> None:
    arguments = ["--syntax-check", *rehearse.inventory(case)]
    run = rehearse.runner(playbook=f"crdb.cloud.{name}", arguments=arguments, verbosity=0)
    assert "playbook: " in run.stdout
    assert rehearse.emulator.requests() == []


@pytest.mark.smoke
@pytest.mark.parametrize(("name", "case"), rows(ROLES))
def test_role(rehearse: Rehearsal, name: str, case: Case) -> None:
    hosts = "crdb_clusters" if case.clusters else "localhost"
    rehearse(case, play={"hosts": hosts, "connection": "local", "roles": [f"crdb.cloud.{name}"]})
