# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role sql_users and the playbook rotate_passwords: no password shows, and none is lost."""

from __future__ import annotations

import hashlib
import json
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.results import Run
from integration.helpers.runner import CHECKOUT, LOCAL, Runner
from integration.helpers.secrets import hits

ROLE = {"name": "role", "ansible.builtin.include_role": {"name": "crdb.cloud.sql_users"}}
SET = "Bring the SQL users to the wanted state"
GIVEN = {"app": "planted-app-password", "reporting": "planted-reporting-password"}
NEW = {"app": "planted-new-app-password", "reporting": "planted-new-reporting-password"}


def role(playbook: Runner, variables: Mapping[str, Any], **more: Any) -> Run:
    playbook.emulator.reset("requests")
    everything = {"sql_users_cluster": "orders", **variables} if "hosts" not in more else variables
    return playbook([ROLE], variables=everything, **{"secrets": [*GIVEN.values(), *NEW.values()], **more})


def print_of(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()[:16]


def marks(emulator: Emulator, cluster: str = "orders") -> dict[str, str]:
    """What the emulator knows of the passwords of a cluster's users."""
    found: dict[str, str] = emulator.state()["sql_user_fingerprints"].get(emulator.cluster(cluster)["id"], {})
    return found


def prints(passwords: Mapping[str, str]) -> dict[str, str]:
    return {name: print_of(text) for name, text in passwords.items()}


def shows_none(run: Run, passwords: Mapping[str, str]) -> None:
    """The generated *passwords*, which nobody knew before the run, are nowhere in it."""
    results = json.dumps([[outcome.result, outcome.items] for outcome in run.outcomes])
    texts = {"stdout": run.stdout, "stderr": run.stderr, "log": run.log, "results": results}
    assert passwords
    assert not hits(passwords.values(), texts), hits(passwords.values(), texts)


def counts(emulator: Emulator) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in emulator.requests():
        found[entry["method"]] = found.get(entry["method"], 0) + 1
    return found


def test_users_with_given_passwords(playbook: Runner, emulator: Emulator) -> None:
    row = emulator.add_cluster("orders")
    emulator.add_users(row["id"], ["former", "robot", "stranger"])
    users: list[Any] = ["App", {"name": "reporting"}, {"name": "former", "state": "absent"}]
    wanted = {"sql_users_users": users, "sql_users_passwords": GIVEN}

    assert role(playbook, wanted, check=True, diff=True)[SET].changed
    assert emulator.writes() == []
    made = role(playbook, wanted)
    assert len(made[SET].writes) == 3
    assert marks(emulator).items() >= prints(GIVEN).items()
    assert counts(emulator) == {"GET": 2, "POST": 2, "DELETE": 1}
    again = role(playbook, wanted)
    assert not any(outcome.changed for outcome in again.outcomes)

    # As a survey gives it; the passwords from the environment.
    survey = {
        "sql_users_users": "app\nreporting\n",
        "sql_users_passwords": "",
        "sql_users_rotate": "true",
        "sql_users_purge": "yes",
        "sql_users_protected": "robot, root",
        "sql_users_directory": "",
        "sql_users_rotation": "",
    }
    env = {f"CRDB_{name.upper()}_PASSWORD": text for name, text in NEW.items()}
    rotated = role(playbook, survey, env=env)
    assert [entry["action"] for entry in rotated[SET]["results"]] == ["updated", "updated", "deleted"]
    assert marks(emulator) == prints(NEW) | {"robot": print_of("set-by-the-test-robot")}


@pytest.mark.slow
def test_fifty_passwords_over_ten_clusters(playbook: Runner, emulator: Emulator) -> None:
    clusters = [f"cluster-{number}" for number in range(10)]
    users = [f"user-{number}" for number in range(5)]
    passwords = {cluster: {user: f"planted-{cluster}-{user}-password" for user in users} for cluster in clusters}
    hosts = {}
    for cluster in clusters:
        row = emulator.add_cluster(cluster)
        emulator.add_users(row["id"], users)
        hosts[cluster] = {**LOCAL, "crdb_id": row["id"], "sql_users_passwords": passwords[cluster]}
    secrets = [text for found in passwords.values() for text in found.values()]
    wanted = {"sql_users_users": users, "sql_users_rotate": True}

    check = role(playbook, wanted, hosts=hosts, secrets=secrets, check=True, diff=True)
    assert sum(outcome.changed for outcome in check.outcomes if outcome.name == SET) == 10
    assert counts(emulator) == {"GET": 10}

    # The fixture looks for all fifty in what is printed at -vvvv, in the log and in the results.
    role(playbook, wanted, hosts=hosts, secrets=secrets, diff=True)
    assert counts(emulator) == {"GET": 10, "PUT": 50}
    for cluster in clusters:
        assert marks(emulator, cluster) == prints(passwords[cluster])


def generated(directory: Path, **more: Any) -> dict[str, Any]:
    return {
        "sql_users_users": ["app", "reporting", "batch"],
        "sql_users_generate": True,
        "sql_users_directory": str(directory),
        **more,
    }


def stored(directory: Path, cluster: str = "orders") -> dict[str, Any]:
    path = directory / f"{cluster}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_generated_passwords(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    row = emulator.add_cluster("orders")
    emulator.add_users(row["id"], ["batch"])
    directory = tmp_path / "passwords"

    assert role(playbook, generated(directory), check=True, diff=True)[SET].changed
    assert emulator.writes() == [] and not directory.exists()

    made = role(playbook, generated(directory), diff=True)
    first = stored(directory)
    assert first["pending"] == {} and set(first["passwords"]) == {"app", "reporting"}
    assert all(len(text) == 32 and text.isalnum() for text in first["passwords"].values())
    assert marks(emulator) == prints(first["passwords"]) | {"batch": print_of("set-by-the-test-batch")}
    shows_none(made, first["passwords"])
    assert f"The passwords are in {directory}/orders.json" in made.stdout

    again = role(playbook, generated(directory), diff=True)
    assert not any(outcome.changed for outcome in again.outcomes)
    assert stored(directory) == first

    rotation = generated(directory, sql_users_rotate=True, sql_users_rotation="2026-12")
    preview = role(playbook, rotation, check=True, diff=True)
    assert preview[SET].changed and stored(directory) == first and emulator.writes() == []
    rotated = role(playbook, rotation, diff=True)
    second = stored(directory)
    assert second["rotations"] == dict.fromkeys(second["passwords"], "2026-12") and len(second["passwords"]) == 3
    assert all(second["passwords"][name] != text for name, text in first["passwords"].items())
    assert marks(emulator) == prints(second["passwords"])
    shows_none(rotated, second["passwords"])
    # No look at the users beforehand: a cluster by name is one listing of clusters, and one of its users.
    assert counts(emulator) == {"GET": 2, "PUT": 3}

    done = role(playbook, rotation, diff=True)
    assert not any(outcome.changed for outcome in done.outcomes) and stored(directory) == second
    role(playbook, {**rotation, "sql_users_rotation": "2027-01", "sql_users_users": "app"})
    third = stored(directory)
    assert third["passwords"]["app"] != second["passwords"]["app"]
    assert third["passwords"]["batch"] == second["passwords"]["batch"]

    # Who is deleted is forgotten; who is created again gets another password.
    gone = generated(directory, sql_users_users=[{"name": "app", "state": "absent"}])
    role(playbook, gone)
    assert "app" not in stored(directory)["passwords"]
    role(playbook, generated(directory, sql_users_users="app"))
    assert stored(directory)["passwords"]["app"] not in (third["passwords"]["app"], second["passwords"]["app"])


@pytest.mark.parametrize("action", ["refused", "lost"])
def test_what_failed_is_done_by_the_next_run(playbook: Runner, emulator: Emulator, tmp_path: Path, action: str) -> None:
    """One user's request fails, and it may have been carried out: its password stays pending, and is sent again."""
    row = emulator.add_cluster("orders")
    emulator.add_users(row["id"], ["app", "reporting", "batch"])
    rotation = generated(tmp_path, sql_users_rotate=True, sql_users_rotation="2026-12")
    tmp_path.chmod(0o700)
    if action == "lost":
        emulator.fault("drop_after", "PUT", "/reporting/password$", times=50)
    else:
        emulator.fault("status", "PUT", "/reporting/password$", status=403, body={"code": 7, "message": "no"})
    failed = role(playbook, rotation, fails=True, env={"CRDB_API_RETRIES": "0"})
    failed[SET].fails_with("reporting")
    failed.no_traceback()
    between = stored(tmp_path)
    assert set(between["pending"]) == {"reporting"} and set(between["passwords"]) == {"app", "batch"}
    shows_none(failed, {**between["pending"], **between["passwords"]})
    assert "Run this again to set the passwords that are pending" in failed.stdout
    known = {**between["passwords"], "reporting": "set-by-the-test-reporting"}
    assert marks(emulator) == prints(known if action == "refused" else {**known, **between["pending"]})

    emulator.reset("faults")
    finished = role(playbook, rotation)
    after = stored(tmp_path)
    assert after["pending"] == {} and after["passwords"] == {**between["passwords"], **between["pending"]}
    assert marks(emulator) == prints(after["passwords"])
    assert [entry["action"] for entry in finished[SET]["results"]] == ["unchanged", "updated", "unchanged"]
    assert counts(emulator)["PUT"] == 1


def test_a_killed_rotation_loses_no_password(
    launch: Launch, playbook_on: Callable[[Emulator], Runner], tmp_path: Path
) -> None:
    """Killed when the second of three passwords is set and the third is on its way: the next run sends the same three."""
    # An emulator of its own: what it was slow to answer when the run was killed is still under way afterwards.
    emulator = launch()
    playbook = playbook_on(emulator)
    row = emulator.add_cluster("orders")
    emulator.add_users(row["id"], ["app", "batch", "reporting"])
    directory = tmp_path / "passwords-of-the-killed"
    rotation = generated(directory, sql_users_rotate=True, sql_users_rotation="2026-12")
    emulator.fault("delay", "PUT", "/batch/password$", delay_ms=3000)

    def third_is_under_way() -> bool:
        return any("/reporting/password" in entry["path"] for entry in emulator.requests())

    dead = role(playbook, rotation, fails=None, kill_when=third_is_under_way)
    assert dead.rc != 0
    between = stored(directory)
    assert between["passwords"] == {} and set(between["pending"]) == {"app", "batch", "reporting"}
    set_by_now = marks(emulator)
    assert set_by_now["app"] == print_of(between["pending"]["app"])

    emulator.reset("faults")
    finished = role(playbook, rotation)
    assert stored(directory)["passwords"] == between["pending"]
    assert marks(emulator) == prints(between["pending"])
    shows_none(finished, between["pending"])


REFUSALS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no cluster": ({"sql_users_cluster": "", "sql_users_users": "app"}, ["sql_users_cluster must say which cluster"]),
    "localhost": ({"sql_users_cluster": "localhost"}, ["sql_users_cluster must say which cluster"]),
    "a user twice": ({"sql_users_users": "app, APP"}, ["sql_users_users has the user 'app' twice"]),
    "no user": ({"sql_users_users": "..,app"}, ["sql_users_users: name: '..' can't be a SQL user"]),
    "JSON that is none": ({"sql_users_users": "[app"}, ["sql_users_users looks like JSON and is not valid"]),
    "an unknown key": ({"sql_users_users": [{"nam": "app"}]}, ["sql_users_users", "there is no nam"]),
    "no boolean": ({"sql_users_users": "app", "sql_users_rotate": "maybe"}, ["sql_users_rotate", "maybe"]),
    "no choice": (
        {"sql_users_users": "app", "sql_users_missing": "ignore"},
        ["sql_users_missing", "create, fail, skip"],
    ),
    "nobody to rotate": ({"sql_users_rotate": True}, ["sql_users_users must name the SQL users"]),
    "everybody purged": ({"sql_users_purge": True}, ["would delete every SQL user"]),
    "a new password that is nowhere": (
        {"sql_users_users": "app", "sql_users_rotate": True},
        ["The SQL user 'app' needs a password to be rotated", "sql_users_passwords", "CRDB_APP_PASSWORD"],
    ),
    "passwords in a list": (
        {"sql_users_users": "app", "sql_users_passwords": [GIVEN["app"]]},
        ["sql_users_passwords must be a dictionary"],
    ),
    "a password in the wrong place": (
        {"sql_users_users": [{"name": "app", "password": GIVEN["app"], "state": GIVEN["app"]}]},
        ["sql_users_users, 'app'", "present, absent"],
    ),
    "no directory": ({"sql_users_users": "app", "sql_users_generate": True}, ["sql_users_directory must say where"]),
    "short passwords": (
        {"sql_users_users": "app", "sql_users_generate": True, "sql_users_password_length": 5},
        ["sql_users_password_length must be from 12 to 500, got 5"],
    ),
    "a file elsewhere": (
        {
            "sql_users_users": "app",
            "sql_users_generate": True,
            "sql_users_directory": "x",
            "sql_users_file_name": "../y",
        },
        ["sql_users_file_name: '../y' can't be the name"],
    ),
}


def test_one_sentence_for_each_mistake(playbook: Runner, emulator: Emulator) -> None:
    """All in one play, since they fail before the first request."""
    emulator.add_cluster("orders")
    hosts = {
        f"host-{number}": {**LOCAL, "sql_users_cluster": "orders", **variables}
        for number, (variables, _parts) in enumerate(REFUSALS.values())
    }
    run = role(playbook, {}, hosts=hosts, fails=True)
    for host, (_variables, parts) in zip(hosts, REFUSALS.values(), strict=True):
        run["Check what was asked for", host].fails_with(*parts)
    run.no_traceback()
    assert emulator.requests() == []


def test_a_file_that_is_no_store(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    emulator.add_cluster("orders")
    path = tmp_path / "orders.json"
    for text, said in (
        ("$ANSIBLE_VAULT;1.1;AES256\n3030", "it is no JSON"),
        ('["planted"]', "is no file of passwords"),
    ):
        path.write_text(text)
        run = role(playbook, generated(tmp_path), fails=True)
        run["Check what was asked for"].fails_with(str(path), said)
        assert path.read_text() == text
        assert emulator.requests() == []


def rotate(playbook: Runner, *arguments: str, variables: Mapping[str, Any] | None = None, **more: Any) -> Run:
    playbook.emulator.reset("requests")
    return playbook(
        playbook="crdb.cloud.rotate_passwords",
        arguments=arguments,
        variables=variables,
        secrets=[*GIVEN.values(), *NEW.values()],
        direct=None,
        **more,
    )


@pytest.fixture
def fleet(emulator: Emulator, tmp_path: Path) -> dict[str, Any]:
    """Three clusters with two users, and a third user on one of them; an inventory with a host for each."""
    for name in ("orders", "stock-prod", "laboratory"):
        row = emulator.add_cluster(name)
        emulator.add_users(row["id"], [*GIVEN, *(["batch"] if name == "orders" else [])])
    inventory = tmp_path / "clusters.ini"
    inventory.write_text("[crdb_clusters]\norders\nstock-prod\nlaboratory\n")
    return {"inventory": str(inventory), "directory": tmp_path / "passwords"}


def test_the_playbook(playbook: Runner, emulator: Emulator, fleet: dict[str, Any]) -> None:
    given = (
        "-i",
        fleet["inventory"],
        "-e",
        "sql_users_users=app,reporting",
        "-e",
        f"sql_users_directory={fleet['directory']}",
    )
    before = {name: marks(emulator, name) for name in ("orders", "stock-prod", "laboratory")}

    rotate(playbook, *given, check=True, diff=True)
    assert emulator.writes() == [] and not fleet["directory"].exists()

    rotate(playbook, *given, "--limit", "orders", diff=True)
    assert len(emulator.writes()) == 2
    assert marks(emulator, "stock-prod") == before["stock-prod"]
    first = stored(fleet["directory"])["passwords"]
    assert marks(emulator) == {**before["orders"], **prints(first)}

    # The rest; the first cluster is done for today.
    run = rotate(playbook, *given, diff=True)
    assert len(emulator.writes()) == 4
    assert stored(fleet["directory"])["passwords"] == first
    for name in ("stock-prod", "laboratory"):
        found = stored(fleet["directory"], name)["passwords"]
        assert marks(emulator, name) == prints(found)
        shows_none(run, found)
    # For each cluster by name: two listings of clusters, two of its users, since nobody may be created.
    assert counts(emulator)["GET"] == 12

    rotate(playbook, *given, "-e", "sql_users_rotation=leak")
    assert len(emulator.writes()) == 6
    assert stored(fleet["directory"])["passwords"] != first


def test_the_playbook_with_given_passwords(playbook: Runner, emulator: Emulator, fleet: dict[str, Any]) -> None:
    """Clusters that are named, without an inventory of them."""
    variables = {"sql_users_passwords": NEW, "sql_users_users": ["app", "reporting"]}
    rotate(playbook, "-e", "rotate_passwords_clusters=orders,laboratory", variables=variables)
    assert len(emulator.writes()) == 4
    assert marks(emulator, "laboratory") == prints(NEW)
    assert marks(emulator, "stock-prod") != prints(NEW)


def test_a_directory_where_the_playbook_is_called(
    playbook: Runner, emulator: Emulator, fleet: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A relative directory is not below the collection, where modules of its playbooks run."""
    answers = ("rotate_passwords_clusters=orders", "sql_users_users=app", "sql_users_directory=passwords")
    run = rotate(playbook, *(part for answer in answers for part in ("-e", answer)))
    (path,) = set(re.findall(r"The passwords are in (/\S+/passwords/orders[.]json)", run.stdout))
    assert Path(path).is_relative_to(tmp_path_factory.getbasetemp())
    assert marks(emulator).items() >= prints(stored(Path(path).parent)["passwords"]).items()
    assert not (CHECKOUT / "playbooks" / "passwords").exists()


def test_the_playbook_creates_nobody(playbook: Runner, emulator: Emulator, fleet: dict[str, Any]) -> None:
    variables = {"sql_users_passwords": {**NEW, "batch": NEW["app"]}, "sql_users_users": "app,batch"}
    run = rotate(playbook, "-i", fleet["inventory"], variables=variables, fails=True)
    for host in ("stock-prod", "laboratory"):
        run["Check that all of them are there", host].fails_with(
            f"There is no SQL user 'batch' on cluster '{host}': nothing was changed there", "sql_users_missing"
        )
    assert len(emulator.writes()) == 2

    run = rotate(playbook, "-i", fleet["inventory"], "-e", "sql_users_missing=skip", variables=variables)
    assert len(emulator.writes()) == 4
    assert "passed over: batch" in run.stdout
    assert "batch" not in marks(emulator, "laboratory")


def test_the_playbook_in_one_sentence(playbook: Runner, emulator: Emulator, fleet: dict[str, Any]) -> None:
    users = ("-e", "sql_users_users=app")
    rotate(playbook, *users, fails=True)["Check that there are clusters"].fails_with("There is no cluster to work on")

    unknown = rotate(
        playbook, *users, "-e", "rotate_passwords_clusters=nowhere", variables={"sql_users_passwords": NEW}, fails=True
    )
    unknown["Look who is there"].fails_with("There is no cluster 'nowhere'")

    emulator.fault("status", "GET", "/sql-users$", status=403, body={"code": 7, "message": "no"})
    forbidden = rotate(
        playbook, *users, "-e", "rotate_passwords_clusters=orders", variables={"sql_users_passwords": NEW}, fails=True
    )
    forbidden["Look who is there"].fails_with("Failed to list the SQL users of cluster 'orders': no (HTTP 403, code 7)")

    nobody = rotate(playbook, "-i", fleet["inventory"], "--limit", "orders", fails=True)
    nobody["Check what was asked for"].fails_with("sql_users_users must name the SQL users whose passwords are rotated")
    for run in (unknown, forbidden, nobody):
        run.no_traceback()
    assert emulator.writes() == []


def test_several_clusters_in_one_play(playbook: Runner, emulator: Emulator, tmp_path: Path) -> None:
    """In a loop over the role nothing is left over from the cluster before."""
    for name, users in (("orders", ["app"]), ("stock-prod", [])):
        emulator.add_users(emulator.add_cluster(name)["id"], list(users))
    emulator.reset("requests")
    task = {
        **ROLE,
        "loop": ["orders", "stock-prod"],
        "vars": {"sql_users_cluster": "{{ item }}", **generated(tmp_path, sql_users_users="app")},
    }
    playbook([task])
    assert [(entry["method"], entry["status"]) for entry in emulator.writes()] == [("POST", 200)]
    assert marks(emulator, "stock-prod") == prints(json.loads((tmp_path / "stock-prod.json").read_text())["passwords"])
    assert not (tmp_path / "orders.json").exists()
