# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns that are rows of the emulator's table: what all have in common, then what is special about each."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from crdb_emulator.cli import parser, settings_of
from crdb_emulator.errors import ApiError
from crdb_emulator.jsonin import Message
from crdb_emulator.kinds import KINDS, NOUNS
from crdb_emulator.settings import DEFAULT_API_KEY, Settings
from crdb_emulator.surface import Surface

NOBODY = "11111111-2222-4333-8444-555555555555"
ISSUER = {"issuer_url": "https://issuer.example.com", "audience": "crdb"}
# A body that makes one, by the path below a cluster ({c}) or the organization, and a change.
SAMPLES: dict[str, tuple[str, Any, Any]] = {
    "folders": ("folders", {"name": "platform"}, {"name": "platform-two", "labels": {"team": "orders"}}),
    "service-accounts": (
        "service-accounts",
        {"name": "ci", "description": "", "roles": []},
        {"name": "ci-two", "description": "new"},
    ),
    "api-keys": ("api-keys", {"name": "deploy", "service_account_id": "{account}"}, {"name": "deploy-two"}),
    "jwt-issuers": ("jwt-issuers", ISSUER, {"claim": "email"}),
    "private-endpoint-connections": ("{c}/networking/private-endpoint-connections", {"endpoint_id": "vpce-1/x"}, None),
}
DATE = {"created_at": "2026-01-15T12:00:05.000000Z"}


class Maker:
    """Makes one of a noun, in an emulator that has what it needs."""

    def __init__(self, api: Any) -> None:
        self.api = api
        self.cluster = api.advanced(provider="AWS", nodes={"us-east-1": 3})["id"]
        self.account = api.ok("POST", "service-accounts", {"name": "owner", "description": "", "roles": []})["id"]

    def path(self, noun: str) -> str:
        return SAMPLES[noun][0].replace("{c}", f"clusters/{self.cluster}")

    def body(self, noun: str) -> Any:
        return json.loads(json.dumps(SAMPLES[noun][1]).replace("{account}", self.account))

    def make(self, noun: str) -> Any:
        made = self.api.ok("POST", self.path(noun), self.body(noun))
        return made.get("api_key", made)

    def key(self, noun: str, row: Any) -> str:
        kind = next(kind for kind in KINDS if kind.name == noun)
        return str(row[kind.id]).replace("/", "%2F")

    def rows(self, noun: str) -> Any:
        kind = next(kind for kind in KINDS if kind.name == noun)
        return self.api.ok("GET", self.path(noun))[kind.rows]


@pytest.fixture
def maker(api: Any) -> Maker:
    return Maker(api)


@pytest.mark.parametrize("noun", SAMPLES)
def test_made_listed_changed_and_deleted(api: Any, maker: Maker, noun: str) -> None:
    row = maker.make(noun)
    path = f"{maker.path(noun)}/{maker.key(noun, row)}"
    assert row in maker.rows(noun)
    if noun != "private-endpoint-connections":
        assert api.ok("GET", path) == row
        assert api.error("GET", f"{maker.path(noun)}/{NOBODY}")[:2] == (404, 5)
        change = SAMPLES[noun][2]
        changed = api.ok("PATCH", path, change)
        assert changed == {**row, **change} == api.ok("GET", path)
        assert api.ok("PATCH", path, {}) == changed
    api.clock.advance(5)
    gone = api.ok("DELETE", path)
    assert gone == ({} if noun in ("folders", "private-endpoint-connections") else changed)
    api.clock.advance(5)
    if noun != "private-endpoint-connections":
        assert api.error("DELETE", path)[:2] == (404, 5)
        assert row["name" if "name" in row else "id"] not in json.dumps(maker.rows(noun))


@pytest.mark.parametrize("noun", SAMPLES)
def test_what_is_required_and_of_which_type(api: Any, maker: Maker, noun: str) -> None:
    body = maker.body(noun)
    missing = dict(body)
    first = next(iter(missing))
    del missing[first]
    assert api.error("POST", maker.path(noun), missing) == (400, 3, f"invalid argument: {first} is required")
    assert api.error("POST", maker.path(noun), {**body, first: 7})[:2] == (400, 3)
    api.ok("POST", maker.path(noun), {**body, "color": "red"})
    assert "color" not in json.dumps(maker.rows(noun))


@pytest.mark.parametrize("noun", [noun for noun in SAMPLES if noun != "private-endpoint-connections"])
def test_pages(api: Any, maker: Maker, noun: str) -> None:
    for number in range(3):
        body = maker.body(noun)
        field = "name" if "name" in body else "issuer_url"
        api.ok("POST", maker.path(noun), {**body, field: f"{body[field]}{number}"})
    first = api.ok("GET", f"{maker.path(noun)}?pagination.limit=2")
    rows = next(value for value in first.values() if isinstance(value, list))
    assert len(rows) == 2
    second = api.ok("GET", f"{maker.path(noun)}?pagination.limit=2&pagination.page={first['pagination']['next_page']}")
    assert len(next(value for value in second.values() if isinstance(value, list))) >= 1


@pytest.mark.parametrize(
    ("noun", "status"),
    [
        ("folders", 409),
        ("jwt-issuers", 409),
        ("service-accounts", 200),
        ("api-keys", 200),
        ("private-endpoint-connections", 200),
    ],
)
def test_two_alike(make_api: Callable[..., Any], noun: str, status: int) -> None:
    """What is guessed, and the other way."""
    for unique, expected in (((), 200), (("folders", "jwt-issuers"), status), ((noun,), 409)):
        maker = Maker(make_api(unique=unique))
        maker.make(noun)
        maker.api.clock.advance(5)
        assert maker.api.send("POST", f"/api/v1/{maker.path(noun)}", maker.body(noun)).status_code == expected
        twins = 1 if noun == "private-endpoint-connections" or expected == 409 else 2
        assert len([row for row in maker.rows(noun) if row.get("name") != "owner"]) >= twins


@pytest.mark.parametrize("noun", SAMPLES)
def test_roles_and_audit_log(make_api: Callable[..., Any], noun: str) -> None:
    member = "CCDB1_membermembermembermembe_0123456789012345678901234567890123456789"
    api = make_api(api_keys=(DEFAULT_API_KEY, member), roles={member: frozenset({"ORG_MEMBER"})})
    maker = Maker(api)
    assert api.error("GET", maker.path(noun), key=member)[:2] == (403, 7)
    assert api.error("POST", maker.path(noun), maker.body(noun), key=member)[:2] == (403, 7)
    maker.make(noun)
    api.clock.advance(1)
    entry = api.ok("GET", "auditlogevents?sort_order=DESC")["entries"][0]
    assert entry["error"] == ""
    kind = next(kind for kind in KINDS if kind.name == noun)
    assert entry["action"] == f"AUDIT_LOG_ACTION_{kind.audit['POST']}"


def test_no_noun_before_its_version(api: Any) -> None:
    assert api.error("GET", "folders", version="2022-09-20")[:2] == (404, 5)
    api.ok("POST", "folders", {"name": "platform", "labels": {"a": "b"}})
    assert "labels" not in api.ok("GET", "folders", version="2023-04-10")["folders"][0]


# --- folders -----------------------------------------------------------------------------------------------------


def folder(api: Any, name: str, parent: str = "") -> str:
    return str(api.ok("POST", "folders", {"name": name, "parent_id": parent})["resource_id"])


def test_folders_form_a_tree(api: Any) -> None:
    top = folder(api, "platform")
    below = folder(api, "prod", top)
    row = api.ok("GET", f"folders/{below}")
    assert row["path"] == [{"id": top, "name": "platform"}]
    assert (row["parent_id"], row["resource_type"], row["labels"]) == (top, "FOLDER", {})
    assert row["organization_id"] == api.ok("GET", "organization")["id"]
    for path in ("/platform/prod", "platform/prod/", "%2Fplatform%2Fprod"):
        assert [each["resource_id"] for each in api.ok("GET", f"folders?path={path}")["folders"]] == [below]
    assert api.ok("GET", "folders?path=/platform/dev")["folders"] == []
    third = folder(api, "eu1", below)
    assert api.error("POST", "folders", {"name": "four", "parent_id": third})[:2] == (400, 3)
    for inside in (top, below, third):
        assert "into itself" in api.error("PATCH", f"folders/{top}", {"parent_id": inside})[2]
    other = folder(api, "other")
    assert "levels deep" in api.error("PATCH", f"folders/{top}", {"parent_id": other})[2]
    assert api.error("POST", "folders", {"name": "lost", "parent_id": NOBODY})[2].endswith("the parent must exist")
    moved = api.ok("PATCH", f"folders/{third}", {"parent_id": "", "name": "eu2"})
    assert (moved["parent_id"], moved["path"], moved["name"]) == ("root", [], "eu2")


@pytest.mark.parametrize("name", ["ab", "-abc", "abc ", "a/b/c", "x" * 41, "ümlaut"])
def test_names_of_folders(api: Any, name: str) -> None:
    assert api.error("POST", "folders", {"name": name})[:2] == (400, 3)


def test_as_many_folders_as_there_may_be(api: Any) -> None:
    for number in range(65):
        folder(api, f"folder {number}")
    assert "65 folders" in api.error("POST", "folders", {"name": "one more"})[2]


@pytest.mark.parametrize("status", [400, 409])
def test_contents_of_folders(make_api: Callable[..., Any], status: int) -> None:
    api = make_api(refusal_status=status)
    top = folder(api, "platform")
    for name in ("zulu", "alpha"):
        folder(api, name, top)
    made = api.create({"serverless": {"regions": ["us-central1"]}, "parent_id": top, "labels": {"a": "b"}})
    api.create(name="elsewhere")
    rows = api.ok("GET", f"folders/{top}/contents")["resources"]
    assert [(row["name"], row["resource_type"]) for row in rows] == [
        ("alpha", "FOLDER"), ("zulu", "FOLDER"), ("orders-test", "CLUSTER"),
    ]  # fmt: skip
    assert (rows[2]["resource_id"], rows[2]["labels"]) == (made["id"], {"a": "b"})
    assert rows[2]["path"] == [{"id": top, "name": "platform"}]
    root = api.ok("GET", "folders/root/contents?pagination.limit=1")
    assert [row["name"] for row in root["resources"]] == ["platform"]
    assert api.error("GET", f"folders/{NOBODY}/contents")[0] == 404
    assert api.error("DELETE", f"folders/{top}")[0] == status
    api.ok("PATCH", f"clusters/{made['id']}", {"parent_id": "root"})
    for row in rows[:2]:
        assert api.ok("DELETE", f"folders/{row['resource_id']}") == {}
    assert api.ok("DELETE", f"folders/{top}") == {}


def test_folders_of_the_command_line(make_api: Callable[..., Any]) -> None:
    api = make_api(folders=frozenset({NOBODY, "/platform/prod"}))
    rows = api.ok("GET", "folders")["folders"]
    assert {row["name"] for row in rows} == {"folder-11111111", "platform", "prod"}
    api.control("POST", "reset")
    assert api.ok("GET", "folders")["folders"] == rows


# --- accounts and keys -------------------------------------------------------------------------------------------


def account(api: Any, name: str = "ci", roles: tuple[Any, ...] = ()) -> str:
    body = {"name": name, "description": "", "roles": list(roles)}
    return str(api.ok("POST", "service-accounts", body)["id"])


def key(api: Any, account_id: str, name: str = "deploy") -> Any:
    return api.ok("POST", "api-keys", {"name": name, "service_account_id": account_id})


def role(name: str, kind: str = "ORGANIZATION", place: str = "") -> Any:
    return {"name": name, "resource": {"type": kind, "id": place}}


def test_an_account_has_its_roles(api: Any) -> None:
    body = {"name": "ci", "description": "", "roles": [role("CLUSTER_CREATOR")]}
    made = api.ok("POST", "service-accounts", body)
    assert made["roles"] == [role("ORG_MEMBER"), role("CLUSTER_CREATOR")]
    assert (made["group_roles"], made["creator_name"][:8]) == ([], "sandbox-")
    assert api.ok("GET", f"service-accounts/{made['id']}") == made
    bad = {**body, "roles": [role("ORG_ADMIN", "FOLDER", NOBODY)]}
    assert api.error("POST", "service-accounts", bad)[:2] == (400, 3)
    assert api.error("GET", "service-accounts/ci")[2] == "invalid argument: invalid serviceAccountId"


def test_a_key_opens_the_api(api: Any) -> None:
    own = account(api, roles=(role("CLUSTER_CREATOR"),))
    made = key(api, own)
    secret, row = made["secret"], made["api_key"]
    assert secret.startswith(f"{row['id']}_")
    assert (len(row["id"]), len(secret)) == (28, 69)
    assert api.ok("GET", f"api-keys/{row['id']}") == row
    assert api.error("GET", "service-accounts", key=secret)[:2] == (403, 7)
    cluster = api.create(key=secret)
    assert cluster["creator_id"] == own
    assert api.ok("GET", "clusters", key=secret)["clusters"][0]["id"] == cluster["id"]
    api.clock.advance(1)
    assert api.ok("GET", "auditlogevents?sort_order=DESC")["entries"][0]["service_account_name"] == "ci"
    assert api.send("GET", "/api/v1/organization", key=f"{row['id']}_{'0' * 40}").status_code == 401
    second = key(api, own)
    listed = api.ok("GET", f"api-keys?service_account_id={own}")["api_keys"]
    assert sorted(each["id"] for each in listed) == sorted([row["id"], second["api_key"]["id"]])
    api.ok("DELETE", f"api-keys/{row['id']}")
    assert api.error("GET", "clusters", key=secret)[:2] == (401, 16)
    assert secret not in json.dumps(api.control("GET", "state"))
    assert second["secret"] not in json.dumps(api.control("GET", "state"))
    api.ok("DELETE", f"service-accounts/{own}")
    assert api.error("GET", "clusters", key=second["secret"])[:2] == (401, 16)
    assert api.ok("GET", "api-keys?service_account_id=" + own)["api_keys"] == []
    assert api.error("POST", "api-keys", {"name": "x", "service_account_id": own})[:2] == (400, 3)


def test_who_am_i(api: Any) -> None:
    mine = api.ok("GET", f"api-keys/{DEFAULT_API_KEY[:28]}")["service_account_id"]
    assert api.create()["creator_id"] == mine
    api.ok("DELETE", f"api-keys/{DEFAULT_API_KEY[:28]}")
    assert api.error("GET", "clusters")[:2] == (401, 16)
    api.control("POST", "reset")
    assert api.ok("GET", "clusters")["clusters"] == []


def test_roles_on_folders_and_clusters(api: Any) -> None:
    top = folder(api, "platform")
    below = folder(api, "prod", top)
    folder(api, "elsewhere")
    inside = api.create({"serverless": {"regions": ["us-central1"]}, "parent_id": below})["id"]
    outside = api.create(name="other")["id"]
    admin = key(api, account(api, roles=(role("CLUSTER_ADMIN", "FOLDER", top), role("FOLDER_ADMIN", "FOLDER", top))))[
        "secret"
    ]
    assert [row["id"] for row in api.ok("GET", "clusters", key=admin)["clusters"]] == [inside]
    assert api.error("GET", f"clusters/{outside}", key=admin)[0] == 403
    api.ok("POST", f"clusters/{inside}/sql-users", {"name": "app", "password": "set-by-the-test"}, key=admin)
    spec = {"serverless": {"regions": ["us-central1"]}, "parent_id": below}
    api.create(spec, name="another", key=admin)
    assert (
        api.error(
            "POST", "clusters", {"name": "not-here", "provider": "GCP", "spec": {**spec, "parent_id": ""}}, key=admin
        )[0]
        == 403
    )
    assert [row["name"] for row in api.ok("GET", "folders", key=admin)["folders"]] == ["platform", "prod"]
    folder_two = api.ok("POST", "folders", {"name": "dev", "parent_id": top}, key=admin)["resource_id"]
    api.ok("DELETE", f"folders/{folder_two}", key=admin)
    assert api.error("POST", "folders", {"name": "dev"}, key=admin)[0] == 403
    monitor = key(api, account(api, "monitor", (role("CLUSTER_MONITOR", "CLUSTER", outside),)))["secret"]
    assert [row["id"] for row in api.ok("GET", "clusters", key=monitor)["clusters"]] == [outside]
    assert api.error("DELETE", f"clusters/{outside}", key=monitor)[0] == 403


# --- JWT issuers -------------------------------------------------------------------------------------------------


def test_issuers_say_what_was_said(api: Any) -> None:
    assert set(api.ok("POST", "jwt-issuers", ISSUER)) == {"id", "issuer_url", "audience"}
    entries = [{"token_identity": "z", "cc_identity": "1"}, {"token_identity": "/(a)", "cc_identity": r"\1"}]
    made = api.ok("POST", "jwt-issuers", {**ISSUER, "audience": "other", "identity_map": entries, "claim": "email"})
    assert (made["identity_map"], made["claim"]) == (entries, "email")
    assert api.error("PATCH", f"jwt-issuers/{made['id']}", {"audience": "crdb"})[0] == 409
    assert api.ok("PATCH", f"jwt-issuers/{made['id']}", {"identity_map": entries[:1]})["identity_map"] == entries[:1]
    old = [{**entries[0], "is_regex": True}]
    changed = api.ok("PATCH", f"jwt-issuers/{made['id']}", {"identity_map": old}, version="2023-04-10")
    assert changed["identity_map"] == old
    assert "is_regex" not in json.dumps(api.ok("GET", f"jwt-issuers/{made['id']}"))
    bad = {**ISSUER, "audience": "third", "identity_map": [{"token_identity": "z"}]}
    assert api.error("POST", "jwt-issuers", bad)[2].endswith("cc_identity is required")


# --- maintenance windows and private endpoints -------------------------------------------------------------------

WINDOW = {"offset_duration": "172800s", "window_duration": "21600s"}


def test_maintenance_windows(api: Any) -> None:
    path = f"clusters/{api.advanced()['id']}/maintenance-window"
    assert api.error("GET", path)[:2] == (404, 5)
    assert api.ok("PUT", path, WINDOW) == WINDOW == api.ok("GET", path)
    other = {"offset_duration": "1010s", "window_duration": "101010.5s"}
    assert api.ok("PUT", path, other) == other
    for bad in (
        {"offset_duration": "604800s"},
        {"window_duration": "21599s"},
        {"window_duration": "6h"},
        {"offset_duration": "-1s"},
    ):
        assert api.error("PUT", path, {**WINDOW, **bad})[:2] == (400, 3)
    assert api.ok("DELETE", path) == other
    assert api.error("DELETE", path)[:2] == (404, 5)
    basic = f"clusters/{api.create(name='basic')['id']}/maintenance-window"
    message = "invalid argument: maintenance windows are supported for advanced clusters only"
    assert api.error("PUT", basic, WINDOW) == (400, 3, message)


@pytest.mark.parametrize(("provider", "regions"), [("AWS", {"us-east-1": 3}), ("GCP", {"us-central1": 3})])
def test_endpoint_connections_take_time(api: Any, provider: str, regions: Any) -> None:
    cluster = api.advanced(regions, provider=provider)["id"]
    path = f"clusters/{cluster}/networking/private-endpoint-connections"

    def states() -> list[str]:
        return [row["status"] for row in api.ok("GET", path)["connections"]]

    made = api.ok("POST", path, {"endpoint_id": "vpce-1"})
    assert (made["status"], made["cloud_provider"], made["region_name"]) == (
        "STATUS_PENDING",
        provider,
        next(iter(regions)),
    )
    assert ("external_owner_id" in made) is True
    assert api.error("POST", path, {"endpoint_id": "vpce-2"}) == (503, 14, "couldn't lock cluster")
    api.clock.advance(2)
    assert states() == ["STATUS_AVAILABLE"]
    assert api.ok("DELETE", f"{path}/vpce-1") == {}
    assert states() == ["STATUS_DELETING"]
    api.clock.advance(2)
    assert states() == (["STATUS_REJECTED"] if provider == "AWS" else [])
    assert api.ok("POST", path, {"endpoint_id": "vpce-1"})["status"] == "STATUS_PENDING"
    assert (
        api.error(
            "POST",
            f"clusters/{api.create(name='basic')['id']}/networking/private-endpoint-connections",
            {"endpoint_id": "x"},
        )[0]
        == 400
    )


def test_nothing_is_below_a_cluster_that_is_being_created(api: Any) -> None:
    cluster = api.create(wait=False)["id"]
    for path in ("maintenance-window", "networking/private-endpoint-connections"):
        assert api.error("GET", f"clusters/{cluster}/{path}")[:2] == (404, 5)
    api.clock.advance(5)
    assert api.ok("GET", f"clusters/{cluster}/networking/private-endpoint-connections") == {"connections": []}
    api.control("POST", "state", {"objects": {f"backups/{cluster}": {NOBODY: {}}}})
    api.ok("DELETE", f"clusters/{cluster}")
    assert f"backups/{cluster}" not in api.control("GET", "state")["objects"]
    assert api.error("GET", f"clusters/{cluster}/networking/private-endpoint-connections")[0] == 404


# --- backups and restores ----------------------------------------------------------------------------------------


def test_backups_come_by_themselves(make_api: Callable[..., Any]) -> None:
    api = make_api(backup_seconds=60)
    made = api.create()
    path = f"clusters/{made['id']}/backups"
    assert api.ok("GET", path) == {"backups": [], "pagination": None}
    api.clock.advance(300)
    rows = api.ok("GET", path)["backups"]
    assert [row["as_of_time"][11:16] for row in rows] == ["12:05", "12:04", "12:03", "12:02", "12:01"]
    some = api.ok("GET", f"{path}?start_time={rows[3]['as_of_time']}&end_time={rows[1]['as_of_time']}")["backups"]
    assert some == rows[2:4]
    assert api.ok("GET", f"{path}?pagination.limit=2")["backups"] == rows[:2]
    assert api.error("GET", f"{path}?start_time={rows[0]['as_of_time']}")[:2] == (400, 3)
    assert api.error("GET", f"{path}?start_time=yesterday&end_time=now")[:2] == (400, 3)
    api.clock.advance(60)
    assert api.ok("GET", path)["backups"][1:] == rows
    assert make_api(backup_seconds=0, seed_clusters=1).control("GET", "state")["objects"].get("backups") is None


@pytest.mark.parametrize(
    "outcome", [None, {"status": "FAILED", "client_error_code": 3, "client_error_message": "broken"}]
)
def test_restores_are_jobs(make_api: Callable[..., Any], outcome: Any) -> None:
    api = make_api(backup_seconds=60)
    source, target = api.advanced(), api.advanced(name="drill")
    api.clock.advance(180)
    backup = api.ok("GET", f"clusters/{source['id']}/backups")["backups"][1]
    path = f"clusters/{target['id']}/restores"
    if outcome:
        api.control("POST", "state", {"outcomes": {"restores": outcome}})
    body = {
        "type": "DATABASE",
        "backup_id": backup["id"],
        "objects": [{"database": "orders"}],
        "restore_opts": {"new_db_name": "drill"},
    }
    made = api.ok("POST", path, body)
    assert made == {
        "id": made["id"],
        "type": "DATABASE",
        "status": "PENDING",
        "backup_id": backup["id"],
        "backup_end_time": backup["as_of_time"],
        "created_at": made["created_at"],
        "completion_percent": 0.0,
        "source_cluster_name": source["name"],
        "destination_cluster_name": target["name"],
        "objects": [{"database": "orders"}],
        "restore_opts": {"new_db_name": "drill"},
    }
    assert api.ok("GET", f"clusters/{target['id']}")["state"] == "LOCKED"
    assert api.error("POST", path, body)[:2] == (503, 14)
    api.clock.advance(2)
    done = api.ok("GET", f"{path}/{made['id']}")
    assert (done["status"], "completed_at" in done) == (("FAILED", False) if outcome else ("SUCCESS", True))
    assert outcome is None or outcome.items() <= done.items()
    latest = api.ok("POST", path, {"type": "CLUSTER", "source_cluster_id": source["id"]})
    assert latest["backup_id"] == api.ok("GET", f"clusters/{source['id']}/backups")["backups"][0]["id"]
    assert api.ok("GET", f"clusters/{target['id']}")["operation_status"] == "DEDICATED_FULL_CLUSTER_RESTORE_RUNNING"
    assert [row["id"] for row in api.ok("GET", path)["restores"]] == [latest["id"], made["id"]]
    assert api.error("DELETE", f"{path}/{made['id']}")[0] == 501


def test_which_backups_can_be_taken(make_api: Callable[..., Any]) -> None:
    api = make_api(backup_seconds=0)
    source, target = api.create()["id"], api.create(name="drill")["id"]
    body = {"type": "CLUSTER", "source_cluster_id": source}
    for moment, status in (("2026-01-08T12:00:09Z", 400), ("2026-01-08T12:00:20Z", 200)):
        api.control("POST", "state", {"objects": {f"backups/{source}": {NOBODY: {"as_of_time": moment}}}})
        assert api.send("POST", f"/api/v1/clusters/{target}/restores", body).status_code == status
    api.clock.advance(5)
    own = role("CLUSTER_ADMIN", "CLUSTER", target)
    secret = key(api, account(api, roles=(own,)))["secret"]
    path = f"clusters/{target}/restores"
    assert api.error("POST", path, {"type": "CLUSTER", "backup_id": NOBODY}, key=secret)[:2] == (404, 5)
    assert api.ok("GET", path, key=secret)["restores"][0]["backup_id"] == NOBODY


@pytest.mark.parametrize("locks", [True, False])
def test_a_restore_may_lock_its_cluster(make_api: Callable[..., Any], locks: bool) -> None:
    api = make_api(backup_seconds=1, restore_locks=locks)
    cluster = api.create()["id"]
    body = {"type": "CLUSTER", "source_cluster_id": cluster}
    assert api.ok("POST", f"clusters/{cluster}/restores", body)["status"] == "PENDING"
    assert (api.ok("GET", f"clusters/{cluster}")["operation_status"] == "TENANT_RESTORE_RUNNING") is locks
    assert api.send("POST", f"/api/v1/clusters/{cluster}/restores", body).status_code == (503 if locks else 200)
    api.control("POST", "state", {"clusters": {cluster: {"state": "LOCKED"}}})
    assert api.error("POST", f"clusters/{cluster}/restores", body)[0] == 503


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, "type is required")),
        ({"type": "EVERYTHING"}, (400, 'invalid value for enum type: "EVERYTHING"')),
        ({"type": "CLUSTER", "backup_id": ""}, (400, "backup_id or source_cluster_id is required")),
        ({"type": "CLUSTER", "backup_id": NOBODY}, (404, "not found")),
        ({"type": "CLUSTER", "backup_id": "", "source_cluster_id": NOBODY}, (404, "not found")),
        ({"type": "TABLE", "objects": [{"database": "a"}]}, (400, "objects with database, schema, table")),
        ({"type": "DATABASE", "objects": []}, (400, "objects with database are required")),
        ({"type": "DATABASE", "objects": [{"database": "a"}, {"database": "b"}], "restore_opts": {"new_db_name": "c"}}, (400, "exactly one")),
        ({"type": "DATABASE", "objects": [{"database": "a"}], "restore_opts": {"into_db": "c"}}, (400, "tables only")),
    ],
)  # fmt: skip
def test_what_cannot_be_restored(make_api: Callable[..., Any], body: Any, expected: tuple[int, str]) -> None:
    api = make_api(backup_seconds=60)
    cluster = api.advanced()["id"]
    api.clock.advance(60)
    backup = api.ok("GET", f"clusters/{cluster}/backups")["backups"][0]["id"]
    status, _code, message = api.error(
        "POST", f"clusters/{cluster}/restores", {"backup_id": backup, **body} if body else {}
    )
    assert (status, expected[1] in message) == (expected[0], True), message
    basic = api.create(name="basic")["id"]
    assert "BASIC" in api.error("POST", f"clusters/{basic}/restores", {"type": "CLUSTER", "backup_id": backup})[2]
    api.clock.advance(60)
    own = api.ok("GET", f"clusters/{basic}/backups")["backups"][0]["id"]
    assert (
        "advanced clusters only"
        in api.error("POST", f"clusters/{basic}/restores", {"type": "DATABASE", "backup_id": own})[2]
    )
    api.ok("POST", f"clusters/{basic}/databases", {"name": "bank"})
    assert "not empty" in api.error("POST", f"clusters/{basic}/restores", {"type": "CLUSTER", "backup_id": own})[2]


# --- the control plane -------------------------------------------------------------------------------------------


def test_rows_are_put_there_and_stay(api: Any) -> None:
    cluster = api.advanced()
    path = f"clusters/{cluster['id']}/networking/private-endpoint-connections"
    api.ok("POST", path, {"endpoint_id": "vpce-1"})
    where = f"private-endpoint-connections/{cluster['name']}"
    state = api.control("POST", "state", {"objects": {where: {"vpce-1": {"status": "STATUS_FAILED"}}}})
    assert state["objects"][f"private-endpoint-connections/{cluster['id']}"]["vpce-1"]["status"] == "STATUS_FAILED"
    api.clock.advance(3600)
    assert api.ok("GET", path)["connections"][0]["status"] == "STATUS_FAILED"
    row = {"status": "STATUS_STALE", "cloud_provider": "AWS"}
    api.control("POST", "state", {"objects": {where: {"vpce-1": None, "vpce-2": row}}})
    assert [(each["endpoint_id"], each["status"]) for each in api.ok("GET", path)["connections"]] == [
        ("vpce-2", "STATUS_STALE")
    ]
    api.ok("DELETE", f"{path}/vpce-2")
    api.clock.advance(5)
    assert api.ok("GET", path)["connections"] == []
    api.control("POST", "state", {"objects": {"folders": {NOBODY: {"name": "seed"}}}})
    assert api.ok("GET", "folders?path=seed")["folders"][0] == api.ok("GET", f"folders/{NOBODY}")
    assert [row["name"] for row in api.ok("GET", "folders/root/contents")["resources"]] == ["seed", cluster["name"]]
    api.control("POST", "state", {"objects": {f"maintenance-window/{cluster['id']}": {"": WINDOW}}})
    assert api.ok("GET", f"clusters/{cluster['id']}/maintenance-window") == WINDOW


def test_how_the_next_one_ends(api: Any) -> None:
    cluster = api.advanced()["id"]
    path = f"clusters/{cluster}/networking/private-endpoint-connections"
    api.control("POST", "state", {"outcomes": {"private-endpoint-connections": {"status": "STATUS_FAILED"}}})
    for endpoint, end in (("vpce-1", "STATUS_FAILED"), ("vpce-2", "STATUS_AVAILABLE")):
        api.ok("POST", path, {"endpoint_id": endpoint})
        api.clock.advance(5)
        assert api.ok("GET", path)["connections"][-1]["status"] == end


@pytest.mark.parametrize(
    "patch",
    [
        {"objects": []},
        {"objects": {"nothing": {}}},
        {"objects": {"folders/orders": {}}},
        {"objects": {"maintenance-window": {}}},
        {"objects": {"maintenance-window/nowhere": {}}},
        {"objects": {"folders": {"x": 7}}},
        {"outcomes": {"nothing": {}}},
        {"outcomes": {"folders": 7}},
    ],
)
def test_bad_patches_change_nothing(api: Any, patch: Any) -> None:
    before = api.control("GET", "state")
    answer = api.client.post("/_emulator/state", json={"objects": {"folders": {"x": {"name": "x"}}}, **patch})
    assert (answer.status_code, set(answer.json())) == (400, {"error"})
    assert api.control("GET", "state") == before


def test_every_noun_can_be_seen(api: Any) -> None:
    assert {"service-accounts", "api-keys", "grants"} == set(api.control("GET", "state")["objects"])
    assert {"folders", "persons", "groups"} < set(NOUNS)


def test_options_of_the_command_line() -> None:
    defaults = Settings()
    assert settings_of(parser().parse_args([])) == defaults
    lines = {
        "--folder /a/b": {"folders": frozenset({"/a/b"})},
        "--person a@example.com": {"people": ("a@example.com",)},
        "--group dba": {"groups": ("dba",)},
        "--backup-seconds 5": {"backup_seconds": 5.0},
        "--unique none": {"unique": ("none",)},
        "--unique folders --unique api-keys": {"unique": ("folders", "api-keys")},
        "--refusal-status 409": {"refusal_status": 409},
        "--unknown-user-status 404": {"unknown_user_status": 404},
        "--org-member-required": {"org_member_required": True},
        "--organization-id-in-roles": {"organization_id_in_roles": True},
        "--exact-email": {"exact_email": True},
        "--no-restore-lock": {"restore_locks": False},
    }
    for line, expected in lines.items():
        assert settings_of(parser().parse_args(line.split())) == dataclasses.replace(defaults, **expected), line


def test_types_of_the_surface() -> None:
    """What a body may be, of types that the kinds of today do not have, too."""
    facts = Surface({}, {"Way": ["IN", "OUT"], "Inner": {"id*": "string"}, "Body": {
        "ways": "[Way]", "way": "Way", "rows": "[Inner]", "one": "Inner", "many": "[string]", "count": "integer int32", "on": "boolean",
    }})  # fmt: skip
    body = {
        "ways": ["IN"], "way": "OUT", "rows": [{"id": "a"}], "one": {"id": "b"}, "many": ["c"], "count": "7", "on": True,
    }  # fmt: skip
    assert facts.read("Body", Message(body)) == {**body, "count": 7}
    for name, value in (
        ("ways", ["UP"]),
        ("way", "UP"),
        ("rows", [{}]),
        ("one", {}),
        ("many", [1]),
        ("count", "x"),
        ("on", 1),
    ):
        with pytest.raises(ApiError):
            facts.read("Body", Message({**body, name: value}))
    assert facts.shaped("Body", {"way": "IN"}, sparse=True) == {"way": "IN"}
    blank = {"ways": [], "way": "IN", "rows": [], "one": None, "many": [], "count": 0, "on": False}
    assert facts.shaped("Body", {}) == blank
