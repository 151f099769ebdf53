# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs, inventory updates and job slices as AWX runs them, with ansible-runner."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.awx import Awx, slices
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.secrets import API_KEY, hits

from ansible_collections.crdb.cloud.plugins.module_utils._base.untrusted import EXECUTES_TEXT

PASSWORDS = {"CRDB_APP_PASSWORD": "planted-app-password", "CRDB_REPORTING_PASSWORD": "planted-reporting-password"}


@pytest.fixture
def awx_on(tmp_path_factory: pytest.TempPathFactory, bare_environment: None) -> Callable[[Emulator], Awx]:
    """``awx_on(emulator)``: jobs against that emulator."""
    return lambda emulator: Awx(tmp_path_factory.mktemp("awx"), emulator)


@pytest.fixture
def awx(awx_on: Callable[[Emulator], Awx], emulator: Emulator) -> Awx:
    """Jobs against the emulator that the tests of one worker share."""
    return awx_on(emulator)


def play(*tasks: dict[str, Any], hosts: str = "all") -> list[dict[str, Any]]:
    return [{"name": "Play", "hosts": hosts, "gather_facts": False, "tasks": list(tasks)}]


@pytest.mark.smoke
def test_credential_and_survey_make_a_job(awx: Awx, emulator: Emulator) -> None:
    answers = {"quickstart_cluster": "orders", "quickstart_spend_limit": "1500", "quickstart_state": "present"}

    def launch(**more: Any) -> Any:
        return awx.job(
            [{"name": "Quickstart", "import_playbook": "crdb.cloud.quickstart"}],
            variables=answers,
            env=PASSWORDS,
            secrets=PASSWORDS.values(),
            **more,
        )

    planned = launch(arguments=["--check", "--diff"])
    assert planned.status == "successful" and emulator.writes() == []
    made = launch()
    assert made.status == "successful", made.said
    assert emulator.cluster("orders")["config"]["serverless"]["usage_limits"]["request_unit_limit"] == "60000000"
    writes = len(emulator.writes())
    again = launch()
    assert again.status == "successful" and len(emulator.writes()) == writes
    assert "changed=0" in again.said
    # AWX keeps the command with the environment in a file of its own, which it does not show; that is why no test looks there.
    assert hits({API_KEY}, {"command": (made.artifacts / "command").read_text()})


def test_progress_arrives_while_the_job_runs(awx_on: Callable[[Emulator], Awx], launch: Launch) -> None:
    emulator = launch("--api-key", API_KEY, "--rate-limit", "0", "--create-seconds", "3", fast=False)
    wanted = {"name": "orders", "provider": "GCP", "regions": ["us-central1"], "wait_interval": 0.2}
    job = awx_on(emulator).job(play({"name": "create", "crdb.cloud.cluster": wanted}))
    assert job.status == "successful", job.said
    (end,) = job.of_kind("runner_on_ok")
    lines = {event["stdout"]: event["arrived"] for event in job.of_kind("verbose")}
    assert list(lines) == ["orders: CREATING, 0s", "orders: CREATED, 3s"]
    assert end["arrived"] - lines["orders: CREATING, 0s"] > 2.0
    assert 0 <= end["arrived"] - lines["orders: CREATED, 3s"] < 1.0


@pytest.mark.smoke
def test_an_inventory_update(awx: Awx, emulator: Emulator, tmp_path: Path) -> None:
    row = emulator.add_cluster("orders")
    marker = tmp_path / "executed"
    labels = {"env": "prod", "evil": f"{{{{ lookup('pipe', 'touch {marker}') }}}}"}
    emulator.patch(clusters={row["id"]: {"labels": labels}})
    keyed = '[{"key": "crdb_labels.env", "prefix": "env"}]'
    listed, _stderr = awx.update_inventory(env={"CRDB_INVENTORY_KEYED_GROUPS": keyed})
    assert listed["crdb_clusters"]["hosts"] == listed["env_prod"]["hosts"] == ["orders"]
    values = listed["_meta"]["hostvars"]["orders"]
    # Where text is executed, no mark is enough: a template is spelt so that it is none.
    evil = labels["evil"].replace("{", "%7B").replace("(", "%28") if EXECUTES_TEXT else labels["evil"]
    assert values["crdb_labels"] == {"env": "prod", "evil": {"__ansible_unsafe": evil}}
    # AWX keeps what was listed and gives it to the job.
    shown = {"name": "show", "ansible.builtin.debug": {"msg": "{{ crdb_labels.evil }}"}}
    info = {"name": "look", "crdb.cloud.cluster_info": {"cluster": "{{ crdb_id }}"}}
    job = awx.job(play(shown, info, hosts="crdb_clusters"), inventory=listed)
    assert job.status == "successful", job.said
    assert job.result("show")["msg"] == evil
    assert job.result("look")["clusters"][0]["labels"] == labels
    assert not marker.exists()


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"COCKROACH_API_KEY": ""}, "No API key: set the option api_key or the environment variable COCKROACH_API_KEY"),
        ({"COCKROACH_API_KEY": "CCDB1_wrongwrongwrong"}, "Failed to list the clusters: "),
        ({"CRDB_INVENTORY_PLAN": "PREMIUM"}, "PREMIUM"),
        ({"CRDB_INVENTORY_KEYED_GROUPS": "[{'key': 'crdb_plan'}]"}, "keyed_groups"),
    ],
)
def test_an_inventory_update_that_fails(awx: Awx, emulator: Emulator, env: dict[str, str], sentence: str) -> None:
    emulator.add_cluster("orders")
    listed, stderr = awx.update_inventory(env={"ANSIBLE_INVENTORY_ENABLED": "auto", **env})
    said = " ".join(stderr.split())
    assert not listed and sentence in said, stderr
    # What the plugin says, that the source could not be parsed, and that this is why the update failed.
    assert said.count("[WARNING]") == 2 and said.count("[ERROR]") + said.count("ERROR!") == 1, stderr
    assert "Traceback" not in stderr


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("shared", [True, False], ids=["one-cache", "separate-caches"])
def test_job_slices(awx_on: Callable[[Emulator], Awx], launch: Launch, tmp_path: Path, shared: bool) -> None:
    """Four jobs side by side over 200 clusters, at the real rate limit."""
    emulator = launch("--api-key", API_KEY, "--rate-limit", "10", "--seed-clusters", "200", fast=False)
    awx = awx_on(emulator)
    listed, _stderr = awx.update_inventory()
    assert len(listed["crdb_clusters"]["hosts"]) == 200
    emulator.reset("requests")
    user = {"cluster": "{{ crdb_id }}", "name": "auditor", "password": "{{ password }}"}
    password = "planted-slice-password"
    jobs = awx.side_by_side(
        play({"name": "write", "crdb.cloud.sql_user": user}, hosts="crdb_clusters"),
        slices(listed, 4),
        env={"XDG_CACHE_HOME": str(tmp_path / "cache")} if shared else {},
        rate_limit=None,
        variables={"password": password},
        secrets=[password],
    )
    assert [job.status for job in jobs] == ["successful"] * 4, [job.said[-500:] for job in jobs]
    done = Counter(event["event_data"]["host"] for job in jobs for event in job.of_kind("runner_on_ok"))
    assert done == dict.fromkeys(listed["crdb_clusters"]["hosts"], 1)
    requests = emulator.requests()
    accepted = [entry["path"] for entry in requests if entry["effect"] == "write" and entry["status"] < 300]
    assert len(accepted) == len(set(accepted)) == 200
    answers = Counter(entry["status"] for entry in requests)
    print(f"answers: {dict(answers)}")
    # Containers on several hosts know nothing of each other: what is too much is refused, and sent again.
    assert answers[429] <= 0.05 * len(requests) if shared else answers[429] > 0, answers


@pytest.mark.parametrize("generated", [False, True], ids=["given", "generated"])
def test_fifty_passwords_over_ten_clusters(awx: Awx, emulator: Emulator, tmp_path: Path, generated: bool) -> None:
    """Neither passwords from variables nor generated ones are in what AWX stores of the job, at -vvvv."""
    users = [f"user-{number}" for number in range(5)]
    given = {f"cluster-{number}": {user: f"planted-{number}-{user}-password" for user in users} for number in range(10)}
    hostvars: dict[str, Any] = {}
    for name, passwords in given.items():
        row = emulator.add_cluster(name)
        emulator.add_users(row["id"], users)
        hostvars[name] = {"ansible_connection": "local", "crdb_id": row["id"]}
        hostvars[name].update({} if generated else {"sql_users_passwords": passwords})
    job = awx.job(
        [{"name": "Rotate", "import_playbook": "crdb.cloud.rotate_passwords"}],
        inventory={"crdb_clusters": {"hosts": list(given)}, "_meta": {"hostvars": hostvars}},
        variables={
            "sql_users_users": ",".join(users),
            "sql_users_directory": str(tmp_path / "passwords") if generated else "",
            "rotate_passwords_clusters": "",
        },
        secrets=[text for passwords in given.values() for text in passwords.values()],
        verbosity=4,
        cmdline="--diff",
    )
    assert job.status == "successful", job.said[-3000:]
    # By id, one look at the users of each cluster, since nobody may be created; then one listing and the writes.
    assert Counter(entry["method"] for entry in emulator.requests()) == {"GET": 20, "PUT": 50}
    if generated:
        given = {
            path.stem: json.loads(path.read_text())["passwords"] for path in (tmp_path / "passwords").glob("*.json")
        }
        made = {text for passwords in given.values() for text in passwords.values()}
        assert len(made) == 50 and not hits(made, job.texts())
    marks = emulator.state()["sql_user_fingerprints"]
    for name, passwords in given.items():
        expected = {user: hashlib.sha256(text.encode()).hexdigest()[:16] for user, text in passwords.items()}
        assert marks[hostvars[name]["crdb_id"]] == expected
