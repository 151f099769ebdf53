# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts, and the keys that programs call the API with: each secret is told once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import execute
from integration.helpers.runner import BOTH_WAYS, Runner
from integration.helpers.secrets import API_KEY, hits

from ansible_collections.crdb.cloud.plugins.module_utils._nouns.declared import NIL_ID

LOST = {"api_timeout": 2.0}


def account(emulator: Emulator, name: str | None = "ci-orders", *, check: bool = False, **more: Any) -> dict[str, Any]:
    return execute("service_account", {"name": name, **more}, emulator, check=check)


def names(emulator: Emulator) -> list[str]:
    rows = execute("service_account_info", {}, emulator)["service_accounts"]
    return [row["name"] for row in rows if row["creator_name"] != "sandbox"]


def test_an_account_is_made_described_renamed_and_deleted(emulator: Emulator) -> None:
    orders = emulator.add_cluster("orders")["id"]
    roles = [{"role": "CLUSTER_DEVELOPER", "cluster": "orders"}, {"role": "CLUSTER_CREATOR"}]
    predicted = account(emulator, roles=roles, check=True)
    assert predicted["service_account"]["description"] == "" and emulator.writes() == []
    made = account(emulator, roles=roles)
    assert predicted["plan"] == made["plan"] and predicted["diff"] == made["diff"] and made["warnings"] == []
    granted = [(row["name"], row["resource"]) for row in made["service_account"]["roles"]]
    assert granted == [
        ("ORG_MEMBER", {"type": "ORGANIZATION", "id": ""}),
        ("CLUSTER_DEVELOPER", {"type": "CLUSTER", "id": orders}),
        ("CLUSTER_CREATOR", {"type": "ORGANIZATION", "id": ""}),
    ]
    # The roles that an account has are nothing that this module changes.
    for same in ({}, {"roles": roles}, {"roles": []}, {"description": ""}, {"renamed_from": "nobody"}):
        again = account(emulator, **same)
        assert not again["changed"] and again["service_account"] == made["service_account"], same
    for wanted, changes in (
        ({"description": "Deploys"}, {"description": {"before": "", "after": "Deploys"}}),
        ({"name": "ci", "renamed_from": "ci-orders"}, {"name": {"before": "ci-orders", "after": "ci"}}),
        ({"name": "ci-shop", "id": made["service_account"]["id"]}, {"name": {"before": "ci", "after": "ci-shop"}}),
    ):
        predicted, changed = account(emulator, **wanted, check=True), account(emulator, **wanted)
        assert changed["plan"][0]["changes"] == changes and predicted["plan"] == changed["plan"]
        assert predicted["service_account"] == changed["service_account"]
        assert not account(emulator, **wanted)["changed"]
    assert changed["service_account"]["description"] == "Deploys" and names(emulator) == ["ci-shop"]
    assert account(emulator, "ci-shop", state="absent")["service_account"] is None
    assert not account(emulator, "ci-shop", state="absent")["changed"]
    assert [entry["method"] for entry in emulator.writes()] == ["POST", "PATCH", "PATCH", "PATCH", "DELETE"]


def test_two_accounts_of_one_name_are_refused_with_their_ids(emulator: Emulator) -> None:
    rows = [emulator.api("POST", "/service-accounts", {"name": "ci", "description": "", "roles": []}) for _each in "ab"]
    ids = sorted(row["id"] for row in rows)
    for more in ({}, {"state": "absent"}):
        message = account(emulator, "ci", **more)["msg"]
        assert (
            f"There are 2 service accounts named 'ci'. Give the id of the one that is meant: {', '.join(ids)}"
            in message
        )
    assert account(emulator, None, id=ids[0], state="absent")["changed"] and names(emulator) == ["ci"]


def test_a_lost_answer_makes_no_two_accounts(emulator: Emulator) -> None:
    emulator.fault("drop_after", "POST", "/service-accounts$")
    result = account(emulator, **LOST)
    assert result["changed"] and "nothing was created twice" in result["warnings"][0]
    assert names(emulator) == ["ci-orders"]


def test_the_account_of_the_task_itself_is_not_deleted(emulator: Emulator) -> None:
    (own,) = execute("service_account_info", {}, emulator)["service_accounts"]
    for check in (True, False):
        message = account(emulator, own["name"], state="absent", check=check)["msg"]
        assert f"The task uses a key of service account '{own['name']}', which would end with it" in message
    # The last administrator is not deleted either; the service says so.
    assert "HTTP 4" in account(emulator, own["name"], state="absent", force=True)["msg"]
    made = account(emulator)["service_account"]["id"]
    emulator.api("POST", "/api-keys", {"name": "a", "service_account_id": made})
    for check in (True, False):
        warned = account(emulator, state="absent", check=check)["warnings"]
        assert warned == ["With service account 'ci-orders' 1 API key of it will no longer be accepted"]
    assert API_KEY not in str(execute("service_account_info", {}, emulator))


# --- keys ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def ci(emulator: Emulator) -> str:
    """The id of an account."""
    made: str = emulator.api("POST", "/service-accounts", {"name": "ci", "description": "", "roles": []})["id"]
    emulator.reset("requests")
    return made


def key(emulator: Emulator, *, check: bool = False, **more: Any) -> dict[str, Any]:
    return execute("api_key", {"service_account": "ci", "name": "pipeline", **LOST, **more}, emulator, check=check)


def both(emulator: Emulator, **more: Any) -> dict[str, Any]:
    """The result of a run that does what check mode has said before, and before which nothing is written."""
    before = len(emulator.writes())
    predicted = key(emulator, check=True, **more)
    assert len(emulator.writes()) == before and predicted.get("secret") is None
    made = key(emulator, **more)
    for name in ("changed", "plan", "diff", "failed", "msg"):
        assert predicted.get(name) == made.get(name), name
    assert predicted["warnings"] == made["warnings"]
    return made


def keys(emulator: Emulator, **more: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = execute("api_key_info", {"service_account": "ci", **more}, emulator)["api_keys"]
    return rows


def ids(emulator: Emulator, **more: Any) -> list[str]:
    return [row["id"] for row in keys(emulator, **more)]


def put(emulator: Emulator, account: str, number: int, created: str = "2026-01-01T00:00:00Z", **more: Any) -> str:
    """A key that is there, and its id."""
    id_ = f"CCDB1_{number:022}"
    row = {"id": id_, "name": "pipeline", "service_account_id": account, "created_at": created, **more}
    emulator.patch(objects={"api-keys": {id_: row}})
    return id_


def summaries(result: dict[str, Any]) -> list[str]:
    return [step["summary"] for step in result["plan"]]


def accepted(emulator: Emulator, secret: str) -> bool:
    return not execute("region_info", {"api_key": secret}, emulator).get("failed")


def test_a_key_is_made_once_and_its_secret_returned_once(emulator: Emulator, ci: str) -> None:
    made = both(emulator)
    assert summaries(made) == ["create API key 'ci/pipeline'"] and made["_ansible_no_log"] is True
    assert made["api_key"]["service_account_id"] == ci and accepted(emulator, made["secret"])
    for account in ("ci", ci):
        again = both(emulator, service_account=account)
        assert not again["changed"] and again["secret"] is None and again["api_key"] == made["api_key"]
        assert "_ansible_no_log" not in again
    renamed = both(emulator, name="deploy", renamed_from="pipeline")
    assert renamed["api_key"] == {**made["api_key"], "name": "deploy"}
    other = emulator.api("POST", "/service-accounts", {"name": "other", "description": "", "roles": []})["id"]
    message = both(emulator, id=renamed["api_key"]["id"], service_account="other", name=None)["msg"]
    assert f"is of another service account ({ci})" in message
    # Whoever gives an id need not say all of the rest, but what is said has to be so.
    by_id = {"id": renamed["api_key"]["id"], "service_account": None, "state": "absent"}
    assert "is named" in both(emulator, **by_id, name="pipeline")["msg"]
    assert key(emulator, **by_id, name="deploy", check=True)["changed"]
    # Of an account that is not there, none is there either.
    for account in ("ci", "ci", "nobody"):
        gone = both(emulator, service_account=account, name="deploy", state="absent")
        assert gone["api_key"] is None
    assert not gone["changed"] and gone["warnings"] == [
        "There is no service account 'nobody', so what refers to it is taken as absent"
    ]
    assert not accepted(emulator, made["secret"])
    assert [entry["method"] for entry in emulator.writes()] == ["POST", "PATCH", "POST", "DELETE"] and other


def test_an_account_that_is_not_there_yet(emulator: Emulator) -> None:
    predicted = key(emulator, check=True)
    assert predicted["api_key"] == {"id": NIL_ID, "service_account_id": NIL_ID, "name": "pipeline"}
    assert len(predicted["warnings"]) == 1 and "There is no service account 'ci' yet" in predicted["warnings"][0]
    assert "There is no service account 'ci'. Create it first with the module service_account" in key(emulator)["msg"]
    for _each in "ab":
        emulator.api("POST", "/service-accounts", {"name": "ci", "description": "", "roles": []})
    assert "There are 2 service accounts named 'ci'. Give the id of the one" in both(emulator)["msg"]


def test_the_secret_is_written_to_a_file_and_found_there(emulator: Emulator, ci: str, tmp_path: Path) -> None:
    path = tmp_path / "key"
    made = both(emulator, secret_path=str(path))
    assert made["secret"] is None and "_ansible_no_log" not in made
    assert accepted(emulator, path.read_text()) and path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().startswith(f"{made['api_key']['id']}_") and [*tmp_path.iterdir()] == [path]
    again = both(emulator, secret_path=str(path))
    assert not again["changed"] and again["warnings"] == []
    # A runner that begins with empty disks.
    elsewhere = both(emulator, secret_path=str(tmp_path / "missing"))
    assert not elsewhere["changed"] and "is there, and its secret is not in" in elsewhere["warnings"][0]
    other = both(emulator, name="other", secret_path=str(path))
    assert f"has the secret of the key {made['api_key']['id']}" in other["msg"] and "rotate: true" in other["msg"]
    key(emulator, name="other")
    other = both(emulator, name="other", secret_path=str(path))
    assert f"has the secret of the key {made['api_key']['id']}, and not of CCDB1_" in other["msg"]
    before = path.read_text()
    rotated = both(emulator, secret_path=str(path), rotate=True)
    assert rotated["changed"] and path.read_text() != before and accepted(emulator, before)
    path.write_text("something else")
    for more in ({}, {"rotate": True}):
        assert (
            "has something else than the secret of an API key" in both(emulator, secret_path=str(path), **more)["msg"]
        )


def test_what_can_not_be_written_is_known_before_a_key_is_made(emulator: Emulator, ci: str, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    for name, message in (
        ("missing/key", f"There is no directory '{tmp_path}/missing'"),
        ("", "is not a regular file"),
        ("link", "it is a symbolic link"),
    ):
        assert message in key(emulator, secret_path=str(tmp_path / name))["msg"]
    assert emulator.writes() == []
    emulator.fault("status", "POST", "/api-keys$", status=400, body={"code": 3, "message": "too many keys"})
    assert "too many keys" in key(emulator, secret_path=str(tmp_path / "key"))["msg"]
    assert [path.name for path in tmp_path.iterdir()] == ["link"] and ids(emulator) == []


def test_a_secret_that_can_not_be_stored_leaves_no_key(emulator: Emulator, ci: str, tmp_path: Path) -> None:
    path = tmp_path / "key"
    emulator.fault("delay", "POST", "/api-keys$", delay_ms=700)

    def in_the_way() -> bool:
        if emulator.fired() == [1] and not path.exists():
            path.mkdir()
            (path / "inside").touch()
        return path.exists()

    result = meanwhile(
        lambda: key(emulator, secret_path=str(path), api_timeout=10.0), lambda: emulator.until(in_the_way)
    )
    assert "Failed to replace" in result["msg"] and "What was made is deleted again" in result["msg"]
    assert result["changed"] is True and ids(emulator) == []
    assert [each.name for each in tmp_path.iterdir()] == ["key"]


def meanwhile(run: Callable[[], dict[str, Any]], happens: Callable[[], object]) -> dict[str, Any]:
    """The result of *run*, during which something *happens*."""
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(run)
        happens()
        return found.result()


@pytest.mark.parametrize(
    ("more", "anew"),
    [
        ({"rotate": True}, True),
        ({"max_age_days": 30}, True),
        ({"max_age_days": 36500}, False),
        ({"rotate": False}, False),
    ],
)
def test_a_key_is_made_anew(emulator: Emulator, ci: str, more: dict[str, Any], anew: bool) -> None:
    old = put(emulator, ci, 1)
    result = both(emulator, **more)
    assert summaries(result) == (["make API key 'ci/pipeline' anew"] if anew else [])
    assert (result["api_key"]["id"] != old) is anew and bool(result["secret"]) is anew
    # Two live keys of one name are no question: the newest is the key. By default the old one stays.
    assert old in ids(emulator) and len(ids(emulator)) == 1 + anew
    assert not both(emulator, max_age_days=36500)["changed"]
    assert both(emulator, state="absent")["changed"] and ids(emulator) == []


def test_old_keys_go_when_their_time_is_over(emulator: Emulator, ci: str) -> None:
    first, second = (put(emulator, ci, number, f"2026-0{number}-01T00:00:00.123456789Z") for number in (1, 2))
    third = emulator.api("POST", "/api-keys", {"name": "pipeline", "service_account_id": ci})["api_key"]["id"]
    # The time of each ends when the next one is made.
    result = both(emulator, keep_old_for=3600)
    assert summaries(result) == [f"delete API key '{first}'"] and result["api_key"]["id"] == third
    assert result["diff"]["before"]["api_keys"] == [first] and ids(emulator) == [second, third]
    assert not both(emulator, keep_old_for=3600)["changed"]
    assert ids(emulator, older_than_days=1) == [second]
    result = both(emulator, keep_old_for=3600, rotate=True)
    assert summaries(result) == ["make API key 'ci/pipeline' anew"] and len(ids(emulator)) == 3
    # What was told once is worth more than that the rest succeeds.
    emulator.fault("status", "DELETE", "/api-keys/", status=400, body={"code": 3, "message": "not now"})
    result = key(emulator, rotate=True, keep_old_for=0)
    assert result["secret"] and len(summaries(result)) == 4
    assert result["warnings"][0].startswith(f"Failed to delete API key '{second}': not now (HTTP 400, code 3)")
    assert ids(emulator) == [second, result["api_key"]["id"]]


def test_the_key_in_use_stays_until_its_successor_is_stored(emulator: Emulator, tmp_path: Path) -> None:
    (own,) = execute("api_key_info", {}, emulator)["api_keys"]
    whose = {"service_account": own["service_account_id"], "name": own["name"]}
    assert (
        f"The task itself uses API key '{own['service_account_id']}/sandbox' ({own['id']})"
        in both(emulator, **whose, state="absent")["msg"]
    )
    result = both(emulator, **whose, rotate=True, keep_old_for=0)
    assert result["secret"] and f"{own['id']} stays, since the task itself uses it" in result["warnings"][0]
    # A later run does not know where that went either.
    result = both(emulator, **whose, keep_old_for=0)
    assert not result["changed"] and "stays" in result["warnings"][0]
    path = tmp_path / "key"
    result = both(emulator, **whose, rotate=True, keep_old_for=0, secret_path=str(path))
    assert summaries(result)[-1] == f"delete API key '{own['id']}'" and result["warnings"] == []
    assert not accepted(emulator, API_KEY) and accepted(emulator, path.read_text())


def test_no_output_has_a_secret(playbook: Runner, emulator: Emulator, ci: str, tmp_path: Path) -> None:
    """Both ways side by side, with all that Ansible can show."""

    def task(name: str, **more: Any) -> dict[str, Any]:
        options = {"service_account": ci, "name": f"{name}-{{{{ inventory_hostname }}}}"}
        return {"name": name, "crdb.cloud.api_key": {**options, **more.pop("options", {})}, "register": name, **more}

    def copied(name: str) -> dict[str, Any]:
        to = {"content": f"{{{{ {name}.secret }}}}", "dest": f"{tmp_path}/{name}-{{{{ inventory_hostname }}}}"}
        return {"name": f"copy {name}", "ansible.builtin.copy": to, "no_log": True, "when": f"{name} is success"}

    path = f"{tmp_path}/file-{{{{ inventory_hostname }}}}"
    tasks = [
        task("file", options={"secret_path": path}),
        task("again", options={"name": "file-{{ inventory_hostname }}", "secret_path": path}),
        *(task("hidden", no_log=True), copied("hidden")),
        *(task("shown", ignore_errors=True), copied("shown")),
    ]
    run = playbook(tasks, hosts=BOTH_WAYS, direct=None, diff=True, warns=None)
    secrets = {each.name: each.read_text() for each in tmp_path.iterdir()}
    # What is run as a plain module can't hide its result by itself.
    assert sorted(secrets) == ["file-in-process", "file-plain", "hidden-in-process", "hidden-plain", "shown-in-process"]
    run["shown", "plain"].fails_with("The secret of the key would be printed", "Set secret_path, or add no_log: true")
    assert all(accepted(emulator, secret) for secret in secrets.values()) and len(ids(emulator)) == len(secrets)
    texts = {"stdout": run.stdout, "stderr": run.stderr, "log": run.log, "results": str(run.outcomes)}
    # All but the first part, which is the id of the key.
    assert hits([secret.rpartition("_")[2] for secret in secrets.values()], texts) == []
    assert all(not run["again", host].changed for host in BOTH_WAYS)


# --- the answer that tells the secret --------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["drop_after", "garbage"])
@pytest.mark.parametrize("rotate", [None, True])
def test_a_key_whose_secret_got_lost_is_made_again(
    emulator: Emulator, ci: str, tmp_path: Path, action: str, rotate: bool | None
) -> None:
    old = [put(emulator, ci, 1)] if rotate else []
    emulator.fault(action, "POST", "/api-keys$")
    result = key(emulator, secret_path=str(tmp_path / "key"), rotate=rotate)
    assert result["changed"] and len(result["warnings"]) == 1 and "is deleted, and made again" in result["warnings"][0]
    assert ids(emulator) == [*old, result["api_key"]["id"]] and accepted(emulator, (tmp_path / "key").read_text())
    assert [entry["method"] for entry in emulator.writes()] == ["POST", "DELETE", "POST"]


def test_an_answer_without_a_secret_is_as_good_as_lost(emulator: Emulator, ci: str) -> None:
    row = {
        "id": put(emulator, ci, 1),
        "service_account_id": ci,
        "name": "pipeline",
        "created_at": "2026-01-01T00:00:00Z",
    }
    emulator.patch(objects={"api-keys": {row["id"]: None}})
    for body in ({}, {"api_key": row}):
        emulator.fault("status", "POST", "/api-keys$", status=200, body=json.dumps(body))
        put(emulator, ci, 9, name="other")
        assert "the outcome is unknown" in quick(emulator)["msg"]
    assert accepted(emulator, key(emulator)["secret"])


def quick(emulator: Emulator) -> dict[str, Any]:
    """A run that does not look for long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ansible_collections.crdb.cloud.plugins.module_utils._reconcile.apply.LOOK_FOR", 1.0)
        return key(emulator)


def test_of_two_new_keys_none_is_deleted(emulator: Emulator, ci: str) -> None:
    """Somebody else makes one at the same moment."""
    emulator.fault("drop_after", "POST", "/api-keys$", delay_ms=700)

    def another() -> None:
        emulator.until(lambda: emulator.fired() == [1])
        emulator.api("POST", "/api-keys", {"name": "pipeline", "service_account_id": ci})

    result = meanwhile(lambda: key(emulator), another)
    assert "the outcome is unknown. There are 2 API keys named 'ci/pipeline' now, and none was deleted" in result["msg"]
    found = ids(emulator)
    assert len(found) == 2 and all(id_ in result["msg"] for id_ in found)
    assert [entry["method"] for entry in emulator.writes()] == ["POST", "POST"]


def test_a_client_that_calls_all_the_while_is_never_refused(emulator: Emulator, ci: str, tmp_path: Path) -> None:
    """The key is replaced again and again, the old ones are deleted, and whoever reads the file before each call sees no 401."""
    path, ended = tmp_path / "key", Event()
    key: dict[str, Any] = {"service_account": ci, "name": "pipeline", "secret_path": str(path)}
    execute("api_key", key, emulator)
    seen: list[str] = []
    refused: list[int] = []

    def call() -> None:
        while not ended.is_set():
            secret = path.read_text().strip()
            # Time passes between reading and calling, too.
            time.sleep(0.05)
            request = Request(f"{emulator.url}/api/v1/organization", headers={"Authorization": f"Bearer {secret}"})
            try:
                with urlopen(request, timeout=30) as answer:
                    answer.read()
            except HTTPError as error:
                refused.append(error.code)
            seen.append(secret)

    with ThreadPoolExecutor() as pool:
        calls = [pool.submit(call) for _each in range(2)]
        try:
            for _round in range(3):
                assert execute("api_key", {**key, "rotate": True, "keep_old_for": 1.0}, emulator)["changed"]
                time.sleep(1.1)
                # It deletes the one before.
                assert execute("api_key", {**key, "keep_old_for": 1.0}, emulator)["changed"]
        finally:
            ended.set()
        for each in calls:
            each.result()
    assert refused == []
    assert len(set(seen)) >= 3 and len(execute("api_key_info", {"service_account": ci}, emulator)["api_keys"]) == 1
