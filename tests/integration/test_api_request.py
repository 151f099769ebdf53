# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any request to either API: what is sent, when it is not, what is shown of the answer, and what a DELETE has to know."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.in_process import execute
from integration.helpers.runner import BOTH_WAYS, Runner
from integration.helpers.running import Cluster, task
from integration.helpers.secrets import hits

from ansible_collections.crdb.cloud.plugins.module_utils._base.disk import Replacement
from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import CrdbError

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
REPORTS = {"path": "/folders", "where": {"name": "reports", "parent_id": "root"}}


def ask(emulator: Emulator, path: str, method: str = "GET", *, check: bool = False, **more: Any) -> dict[str, Any]:
    return execute("api_request", {"method": method, "path": path, **more}, emulator, check=check)


def both(emulator: Emulator, path: str, method: str, **more: Any) -> dict[str, Any]:
    """The result of a run of which check mode has said the same before, and has sent no write."""
    before = emulator.writes()
    predicted = ask(emulator, path, method, check=True, **more)
    assert emulator.writes() == before
    done = ask(emulator, path, method, **more)
    for name in ("changed", "diff", "found", "failed", "msg"):
        assert predicted.get(name) == done.get(name), name
    return done


def folder(emulator: Emulator, **more: Any) -> dict[str, Any]:
    return both(emulator, "/folders", "POST", body={"name": "reports", "parent_id": "root"}, **more)


def test_it_is_made_once_and_deleted_once(emulator: Emulator) -> None:
    made = folder(emulator, unless=REPORTS)
    row = made["json"]
    assert made["changed"] and made["status"] == 200 and row["name"] == "reports" and made["found"] is None
    again = folder(emulator, unless=REPORTS)
    assert not again["changed"] and again["status"] is None and again["found"]["resource_id"] == row["resource_id"]
    assert len(emulator.writes()) == 1
    path = f"/folders/{row['resource_id']}"
    read = ask(emulator, path)
    assert not read["changed"] and read["json"]["name"] == "reports"
    refused = both(emulator, path, "DELETE", confirm="report")
    assert f"would be deleted is called 'reports' or '{row['resource_id']}'" in refused["msg"]
    assert not refused.get("changed") and len(emulator.writes()) == 1
    gone = both(emulator, path, "DELETE", confirm="reports")
    assert gone["changed"] and gone["diff"]["before"]["name"] == "reports" and gone["diff"]["after"] == {}
    absent = both(emulator, path, "DELETE", confirm="reports")
    assert not absent["changed"] and absent["status"] is None
    assert [entry["method"] for entry in emulator.writes()] == ["POST", "DELETE"]


def test_all_pages_and_rows_beyond_the_first(launch: Launch) -> None:
    emulator = launch("--page-size", "2")
    for number in range(5):
        emulator.api("POST", "/folders", {"name": f"folder-{number}", "parent_id": "root"})
    one, all_ = (ask(emulator, "/folders", pages=pages)["json"] for pages in (False, True))
    assert len(one["folders"]) == 2 and one["pagination"]
    assert [row["name"] for row in all_["folders"]] == [f"folder-{number}" for number in range(5)]
    assert set(all_) == {"folders"}
    unless = {"path": "/folders", "where": {"name": "folder-4"}}
    assert not folder(emulator, unless=unless)["changed"]
    assert "is no listing" in ask(emulator, "/organization", pages=True)["msg"]


def test_a_cluster_and_what_lies_in_it(emulator: Emulator) -> None:
    row = emulator.add_cluster("orders")
    path = f"/clusters/{row['id']}"
    emulator.add_users(row["id"], ["app"])
    emulator.api("PATCH", path, {"delete_protection": "ENABLED"})
    assert "cluster 'orders' has delete protection" in both(emulator, path, "DELETE", confirm="orders")["msg"]
    # As with the module sql_user, the protection is that of the cluster alone.
    user = f"{path}/sql-users/app"
    assert "is called 'app'" in both(emulator, user, "DELETE", confirm="orders")["msg"]
    assert both(emulator, user, "DELETE", confirm="app")["changed"]
    assert not both(emulator, user, "DELETE", confirm="app")["changed"]
    entry = {"cidr_ip": "203.0.113.0", "cidr_mask": 24, "name": "office", "sql": True, "ui": False}
    emulator.api("POST", f"{path}/networking/allowlist", entry)
    assert both(emulator, f"{path}/networking/allowlist/203.0.113.0/24", "DELETE", confirm="office")["changed"]
    emulator.api("PATCH", path, {"delete_protection": "DISABLED"})
    assert both(emulator, path, "DELETE", confirm=row["id"])["changed"]
    assert not both(emulator, path, "DELETE", confirm=row["id"])["changed"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"path": "https://evil.example.com/x"}, "path is no path of the API"),
        ({"path": "//evil.example.com/x"}, "'..' in it"),
        ({"path": "/clusters/../../x"}, "'..' in it"),
        ({"path": "/clusters", "body": {}}, "body makes no sense with GET"),
        ({"path": "/clusters", "unless": {"path": "/x"}}, "unless makes no sense with GET"),
        ({"path": "/clusters", "confirm": "x"}, "confirm is for DELETE alone"),
        ({"path": "/clusters", "method": "POST", "pages": True}, "pages is for GET alone"),
        ({"path": "/x", "method": "POST", "unless": {"path": "/../y"}}, "unless.path has an empty name"),
        ({"path": "/clusters", "query": {"a": {}}}, "query: 'a' can't be a dictionary"),
        ({"path": "/clusters", "pages": True, "secret_path": "x"}, "pages and secret_path"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_sent(
    emulator: Emulator, arguments: dict[str, Any], said: str
) -> None:
    emulator.reset("requests")
    assert said in ask(emulator, **arguments)["msg"] and emulator.requests() == []


def test_other_prefixes_and_errors(emulator: Emulator) -> None:
    assert ask(emulator, "/api/v1/organization")["json"] == ask(emulator, "/organization")["json"]
    assert ask(emulator, "/api/scim/v2/Groups", pages=True)["json"]["Resources"] == []
    failed = ask(emulator, "/clusters/no-such-cluster")
    assert "Failed to send GET /clusters/no-such-cluster" in failed["msg"] and failed["error"]["status"] >= 400


# --- what is lost, and what is secret --------------------------------------------------------------------------------


def test_a_lost_answer_is_an_unknown_outcome_and_nothing_is_sent_twice(emulator: Emulator) -> None:
    emulator.fault("drop_after", "POST", "/folders$")
    lost = ask(
        emulator, "/folders", "POST", body={"name": "reports", "parent_id": "root"}, api_retries=3, unless=REPORTS
    )
    assert "the outcome is unknown. Run the task again: it looks first" in lost["msg"]
    assert lost["failed"] and lost["changed"] and len(emulator.writes()) == 1
    assert not folder(emulator, unless=REPORTS)["changed"]
    made = ask(emulator, "/folders", pages=True)["json"]["folders"]
    assert len(made) == 1
    # A DELETE may be sent again: what is gone then is what shall be gone.
    emulator.fault("drop_after", "DELETE", "/folders/")
    path = f"/folders/{made[0]['resource_id']}"
    assert ask(emulator, path, "DELETE", confirm="reports", api_retries=3)["changed"]
    assert ask(emulator, "/folders")["json"]["folders"] == []


def test_a_cluster_that_is_locked_is_waited_for(emulator: Emulator) -> None:
    path, lock = f"/clusters/{emulator.add_cluster('orders')['id']}", {"message": "couldn't lock cluster"}
    body = {"labels": {"env": "prod"}}
    emulator.fault("status", "PATCH", "/clusters/", status=503, body=lock, times=2)
    emulator.reset("requests")
    assert "couldn't lock cluster" in ask(emulator, path, "PATCH", body=body, wait=False)["msg"]
    waited = ask(emulator, path, "PATCH", body=body, wait_interval=0.05)
    assert waited["changed"] and waited["json"]["labels"] == body["labels"] and len(emulator.writes()) == 3
    emulator.fault("status", "PATCH", "/clusters/", status=503, body=lock, times=9)
    assert ask(emulator, path, "PATCH", body=body, wait_interval=0.05, wait_timeout=0.1)["failed"]


@pytest.fixture
def account(emulator: Emulator) -> str:
    made: str = emulator.api("POST", "/service-accounts", {"name": "ci", "description": "", "roles": []})["id"]
    emulator.reset("requests")
    return made


def test_a_secret_goes_to_its_file_and_nowhere_else(emulator: Emulator, account: str, tmp_path: Path) -> None:
    body = {"name": "reports", "service_account_id": account}
    told = ask(emulator, "/api-keys", "POST", body=body)
    assert told["hidden"] == ["secret"] and told["json"]["secret"] == HIDDEN
    assert told["json"]["api_key"]["name"] == "reports"
    (warning,) = told["warnings"]
    assert "secrets, which are hidden and may be told only now: secret" in warning
    path = tmp_path / "key"
    predicted = ask(emulator, "/api-keys", "POST", body=body, secret_path=str(path), check=True)
    assert predicted["changed"] and list(tmp_path.iterdir()) == []
    kept = ask(emulator, "/api-keys", "POST", body=body, secret_path=str(path))
    assert kept["warnings"] == [] and path.read_text().startswith(kept["json"]["api_key"]["id"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and path.read_text() not in json.dumps(kept)
    # That it can be written is tried before.
    writes = len(emulator.writes())
    nowhere = ask(emulator, "/api-keys", "POST", body=body, secret_path=str(tmp_path / "no" / "key"))
    assert "There is no directory" in nowhere["msg"] and len(emulator.writes()) == writes


def test_a_secret_that_no_disk_takes_is_lost_and_that_is_said(
    emulator: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: object, data: bytes) -> None:
        raise CrdbError("Failed to write: No space left on device", "Nothing is lost")

    monkeypatch.setattr(Replacement, "fill", full)
    body, path = {"name": "reports", "service_account_id": account}, tmp_path / "key"
    result = ask(emulator, "/api-keys", "POST", body=body, secret_path=str(path))
    assert result["changed"] and "nobody has the secret that it told" in result["msg"] and "CCDB1" not in str(result)
    assert list(tmp_path.iterdir()) == []


PASSWORD = 'planted "p@ss/word"'


def test_a_play_in_process_and_as_plain_modules(
    emulator: Emulator, playbook: Runner, account: str, tmp_path: Path
) -> None:
    """No secret anywhere in what a run writes, and the values that a play goes on with."""
    users = f"/clusters/{emulator.add_cluster('orders')['id']}/sql-users"
    emulator.reset("requests")
    name, secrets = "{{ inventory_hostname }}", [PASSWORD]
    user = {
        "path": users,
        "body": {"name": name, "password": PASSWORD},
        "unless": {"path": users, "where": {"name": name}},
    }
    key = {"path": "/api-keys", "body": {"name": name, "service_account_id": account}}
    key["secret_path"] = f"{tmp_path}/{name}"
    tasks = [
        {"name": "user", "crdb.cloud.api_request": {"method": "POST", **user}},
        {"name": "key", "crdb.cloud.api_request": {"method": "POST", **key}},
        {"name": "refused", "crdb.cloud.api_request": {"method": "PATH", **user}, "ignore_errors": True},
        {"name": "no one", "crdb.cloud.api_request": {"method": "DELETE", "path": f"{users}/{name}"}},
    ]
    tasks[-1]["ignore_errors"] = True
    checked = playbook(tasks, hosts=BOTH_WAYS, direct=None, secrets=secrets, check=True, diff=True)
    assert emulator.writes() == [] and list(tmp_path.glob("plain*")) == []
    run = playbook(tasks, hosts=BOTH_WAYS, direct=None, secrets=secrets, diff=True)
    again = playbook(tasks[:1], hosts=BOTH_WAYS, direct=None, secrets=secrets)
    for host in BOTH_WAYS:
        assert checked["user", host].changed and checked["user", host]["json"] is None
        assert run["user", host]["json"]["name"] == host and run["user", host]["diff"] == checked["user", host]["diff"]
        assert not again["user", host].changed and again["user", host]["found"]["name"] == host
        assert run["key", host]["hidden"] == ["secret"]
        secret = (tmp_path / host).read_text()
        assert hits([secret], {"output": run.output, "log": run.log}) == []
        run["refused", host].fails_with("method")
        run["no one", host].fails_with("confirm")


def test_a_request_to_a_running_cluster(running: Callable[..., Cluster]) -> None:
    def request(name: str, path: str, **more: Any) -> dict[str, Any]:
        return task(name, "request", {"path": path, **more}, ignore_errors=True)

    run = running()(
        [
            request("nodes", "/nodes"),
            request("whole", "/api/v2/nodes/"),
            request("pages", "/sessions", pages=True, query={"limit": 1}),
            request("databases", "/databases", pages=True, query={"limit": 1}),
            request("write", "/no-such-thing", method="POST", body={}),
            request("away", "/../../_status/vars"),
        ],
        both=False,
    )
    assert run["nodes"]["json"]["nodes"] and run["nodes"]["status"] == 200 and not run["nodes"].changed
    assert len(run["whole"]["json"]["nodes"]) == len(run["nodes"]["json"]["nodes"])
    assert len(run["databases"]["json"]["databases"]) > 1 and set(run["databases"]["json"]) == {"databases"}
    assert "next" not in run["pages"]["json"]
    run["write"].fails_with("Failed to send POST /no-such-thing")
    run["away"].fails_with("path has an empty name")
