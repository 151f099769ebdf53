# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every noun through a fleet: it does what the noun's own module does, in the organization and below a cluster."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.conformance import Scene
from integration.helpers.emulator import FAST, Emulator
from integration.helpers.in_process import Clock, execute
from integration.samples import PARENTS, PUBLIC_KEY, SAMPLES, SPECS, VERSIONS

from ansible_collections.crdb.cloud.plugins.module_utils._edge import module as edge
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.registry import CHILDREN, LISTS, list_name
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.wait import Waiter

TIMES = ("--create-seconds", "0.02", "--operation-seconds", "0.02")
PARTS = ("action", "summary", "changes")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path_factory.mktemp("emulator"), *FAST, *TIMES)
    yield emulator
    emulator.stop()


class Stage(Scene):
    """A scene on which a fleet does what the sample's own module would do."""

    def fleet(self, args: Mapping[str, Any], *, check: bool = False) -> dict[str, Any]:
        noun, entry = self.noun, {name: value for name, value in args.items() if name not in self.parents}
        listed = [entry] if noun.plural else entry
        inside = {"clusters": [{"name": PARENTS["cluster"], list_name(noun): listed}]}
        wanted = inside if noun in CHILDREN else {list_name(noun): listed}
        self.emulator.reset("requests")
        args = {"api_version": self.version, **wanted, "report_objects": True}
        result = execute("fleet", args, self.emulator, check=check, clock=self.clock)
        writes = [request for request in self.emulator.requests() if request["method"] != "GET"]
        writes = [request for request in writes if not request["path"].endswith(".search")]
        assert not check or not writes, writes
        for secret in (*self.secrets, self.emulator.key):
            assert secret not in json.dumps(result, ensure_ascii=False)
        return {**result, "writes": len(writes)}

    def module(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """What the noun's own module would do."""
        return self.task({**self.parents, **args}, check=True).result

    def brought(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """A fleet with *args*: as the module predicts it, as it predicts it itself, and once."""
        alone = self.module(args)
        predicted, real = self.fleet(args, check=True), self.fleet(args)
        assert not real.get("failed"), real
        for result in (predicted, real):
            assert [{part: step[part] for part in PARTS} for step in result["plan"]] == alone["plan"]
            assert result["changed"] == alone["changed"] == bool(alone["plan"])
        for part in ("plan", "counts", "objects", "warnings"):
            assert predicted[part] == real[part], part
        assert real["writes"] == len(real["plan"])
        again = self.fleet({**args, **self.sample.again})
        assert not again.get("failed") and not again["changed"] and again["plan"] == [], again
        assert again["writes"] == 0
        return real


@pytest.fixture
def stage(request: pytest.FixtureRequest, world: Emulator, monkeypatch: pytest.MonkeyPatch) -> Stage:
    found = Stage(request.param, world, monkeypatch)
    found.set()
    return found


PLAYED = [sample for sample in SAMPLES if sample.declared in (*CHILDREN, *LISTS)]
every = pytest.mark.parametrize(
    "stage", [pytest.param(sample, id=f"{sample.noun}-{number}") for number, sample in enumerate(PLAYED)], indirect=True
)


@every
def test_made_changed_and_deleted_as_by_its_own_module(stage: Stage, tmp_path: Any) -> None:
    kept = {"secret_path": str(tmp_path / "secret")} if stage.noun.reveals else {}
    real = stage.brought({**stage.sample.make, **kept})
    (own,) = [each for each in real["objects"] if each["noun"] == stage.noun.name]
    assert own["action"] == ("create" if stage.noun.creates else "change")
    for change in stage.sample.changes:
        stage.brought({**stage.named, **change})
    if stage.noun.deletes:
        stage.brought({**stage.named, "state": stage.sample.deleted})
        assert stage.count() == 0


living = pytest.mark.parametrize(
    "stage",
    [
        pytest.param(next(sample for sample in PLAYED if sample.noun == noun.name), id=noun.name)
        for noun in (*CHILDREN, *LISTS)
        if noun.lifecycle and noun.lifecycle.making and not noun.part
    ],
    indirect=True,
)


@living
def test_what_is_on_its_way_is_waited_for_and_planned_anew(stage: Stage) -> None:
    life = stage.noun.lifecycle
    assert life
    assert not stage.fleet(stage.sample.make).get("failed")
    settled = life.status(stage.own())
    stage.patch_state(life.making[0])
    slept, stage.clock.meanwhile = stage.clock.slept, partial(stage.patch_state, settled)
    result = stage.fleet({**stage.sample.make, **stage.sample.again})
    assert not result.get("failed") and not result["changed"] and stage.clock.slept > slept, result


@living
def test_what_has_failed_is_told_as_by_its_own_module(stage: Stage) -> None:
    assert not stage.fleet(stage.sample.make).get("failed")
    failed, said = stage.failed
    stage.patch_own(failed)
    alone = stage.module(stage.sample.make)
    for check in (True, False):
        result = stage.fleet(stage.sample.make, check=check)
        assert bool(result.get("failed")) == bool(alone.get("failed")), (alone, result)
        if alone.get("failed"):
            assert all(part in result["msg"] for part in said), result["msg"]
        else:
            assert [step["summary"] for step in result["plan"]] == [step["summary"] for step in alone["plan"]]


# --- what one plan refers to and makes itself ------------------------------------------------------------------------

KEY = {"algorithm": "ES256", "public_key": PUBLIC_KEY, "expires_at": "2099-01-01T00:00:00Z"}
CLUSTER = {"name": "orders-prod", "provider": "GCP", "regions": ["us-central1"], "spend_limit": 5000}


def organization(tmp_path: Path) -> dict[str, Any]:
    """Things of many kinds that are there for each other, the least of them first named by what needs it."""
    return {
        "role_grants": [
            {"service_account": "deploy", "roles": [{"role": "CLUSTER_ADMIN", "cluster": "orders-prod"}]},
            {"group": "dba", "roles": [{"role": "CLUSTER_DEVELOPER", "folder": "/platform/prod"}]},
            {"user": "alice@example.com", "roles": [{"role": "CLUSTER_MONITOR", "cluster": "orders-prod"}]},
        ],
        "api_keys": [{"service_account": "deploy", "name": "pipeline", "secret_path": str(tmp_path / "key")}],
        "service_account_credentials": [{"service_account": "deploy", "name": "signer", **KEY}],
        "service_accounts": [
            {"name": "deploy", "roles": [{"role": "CLUSTER_CREATOR", "folder": "/platform/prod"}]},
            {"name": "watch"},
        ],
        "scim_groups": [{"name": "dba", "members": ["alice@example.com"]}],
        "scim_users": [{"user_name": "alice@example.com"}],
        "clusters": [
            {
                **CLUSTER,
                "folder": "/platform/prod",
                "databases": [{"name": "shop"}],
                "sql_users": [{"name": "app", "password": "planted-password"}],
                "allowlist": [{"cidr": "203.0.113.0/24"}],
            }
        ],
        "folders": [{"path": "/platform/prod", "parents": True}, {"path": "/platform", "labels": {"team": "a"}}],
        "jwt_issuers": [{"issuer_url": "https://token.example.com", "audience": "crdb"}],
    }


@pytest.fixture
def fleet(world: Emulator, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    world.reset()
    clock = Clock()
    monkeypatch.setattr(edge, "Waiter", partial(Waiter, clock=clock, sleep=clock.sleep))

    def run(args: Mapping[str, Any], **how: Any) -> dict[str, Any]:
        world.reset("requests")
        # Nothing is shared between the entries, as in a task.
        args = json.loads(json.dumps({"api_version": VERSIONS[-1], **args}))
        result = execute("fleet", args, world, clock=clock, **how)
        return {**result, "requests": world.requests()}

    return run


def test_what_the_same_plan_makes_can_be_referred_to(fleet: Any, tmp_path: Path) -> None:
    wanted = organization(tmp_path)
    predicted, real = fleet(wanted, check=True), fleet(wanted)
    assert predicted["warnings"] == [] and not real.get("failed"), (predicted["warnings"], real)
    assert predicted["plan"] == real["plan"] and predicted["counts"] == real["counts"]
    assert real["counts"]["create"] == 13 and real["counts"]["change"] == 3
    assert (tmp_path / "key").read_text().startswith("CCDB1_")
    assert (tmp_path / "key").read_text() not in json.dumps(real)
    again = fleet(wanted)
    assert not again["changed"] and again["plan"] == [] and again["warnings"] == []
    (cluster,) = again["clusters"]
    folders = {row["path"]: row["resource_id"] for row in again["folders"]}
    assert cluster["parent_id"] == folders["/platform/prod"]
    assert {row["name"]: row["service_account_id"] for row in again["api_keys"]} == {
        "pipeline": next(row["id"] for row in again["service_accounts"] if row["name"] == "deploy")
    }


def test_a_reviewed_plan_of_what_is_there_for_each_other_is_carried_out(fleet: Any, tmp_path: Path) -> None:
    """What is planned again, once it is there what it refers to, is what was reviewed."""
    wanted, plan = organization(tmp_path), str(tmp_path / "plan.json")
    assert not fleet({**wanted, "plan_out": plan}, check=True).get("failed")
    for changed in (True, False):
        result = fleet({**wanted, "plan_in": plan})
        assert not result.get("failed") and result["changed"] == changed, result


def test_a_new_cluster_with_everything_in_it_is_as_predicted(fleet: Any) -> None:
    cluster = {
        "name": "ledger-prod",
        "provider": "GCP",
        "region_nodes": {"us-east1": 3},
        "hardware": {"num_virtual_cpus": 4, "storage_gib": 150},
        "network_visibility": "PRIVATE",
    }
    inside = ("maintenance_window", "backup_configuration", "version_deferral", "log_export", "client_ca_cert", "cmek")
    inside += ("metric_export", "private_endpoint_services", "egress_rule", "egress_traffic_policy", "sql_user")
    for sample in (
        next(each for each in reversed(PLAYED) if each.noun == name and each.provider == "GCP") for name in inside
    ):
        noun, entry = sample.declared, {name: value for name, value in sample.make.items() if name not in PARENTS}
        cluster[list_name(noun)] = [entry] if noun.plural else entry
    predicted, real = fleet({"clusters": [cluster]}, check=True), fleet({"clusters": [cluster]})
    assert not real.get("failed") and predicted["plan"] == real["plan"], real
    assert predicted["warnings"] == real["warnings"] and len(real["plan"]) == 1 + len(inside)
    again = fleet(
        {"clusters": [{**cluster, "sql_users": [{**cluster["sql_users"][0], "update_password": "on_create"}]}]}
    )
    assert not again["changed"] and again["plan"] == []


def test_what_gets_another_name_is_referred_to_by_that(fleet: Any) -> None:
    fleet({"service_accounts": [{"name": "ci"}], "folders": [{"path": "/alpha"}]})
    wanted = {
        "service_accounts": [{"name": "deploy", "renamed_from": "ci"}],
        "role_grants": [{"service_account": "deploy", "roles": [{"role": "CLUSTER_CREATOR", "folder": "/beta"}]}],
        "folders": [{"path": "/beta", "renamed_from": "/alpha"}, {"path": "/beta/prod"}],
    }
    predicted, real = fleet(wanted, check=True), fleet(wanted)
    assert predicted["plan"] == real["plan"] and not real.get("failed"), real
    assert [step["summary"] for step in real["plan"]] == [
        "update folder '/beta'",
        "create folder '/beta/prod'",
        "update service account 'deploy'",
        "give CLUSTER_CREATOR on folder '/beta' to service account 'deploy'",
    ]
    assert not fleet(wanted)["changed"]


def test_a_list_that_is_not_given_is_not_read(fleet: Any) -> None:
    result = fleet({"service_accounts": [{"name": "deploy"}]}, check=True)
    assert [request["path"] for request in result["requests"]] == ["/api/v1/service-accounts"]
    assert "folders" not in result and result["service_accounts"][0]["name"] == "deploy"


def test_lost_answers_make_nothing_twice(fleet: Any, world: Emulator, tmp_path: Path) -> None:
    """The answer to the first request that makes something of each kind is lost; the secret that it told is replaced."""
    wanted = organization(tmp_path)
    inside, around = ("databases", "sql-users", "allowlist"), ("folders", "clusters", "service-accounts", "api-keys")
    kinds = (*inside, *around, "Users", "Groups", "jwt-issuers")
    for kind in kinds:
        world.fault("drop_after", "POST", f"/{kind}$")
    result = fleet({**wanted, "api_retries": 1})
    assert not result.get("failed"), result["msg"]
    made = [request["path"] for request in result["requests"] if request["method"] == "POST"]
    lost = [warning for warning in result["warnings"] if "was lost" in warning]
    assert len(lost) == len(kinds) and sum(path.endswith("/api-keys") for path in made) == 2
    again = fleet(wanted)
    assert not again["changed"] and again["plan"] == [] and again["warnings"] == []
    (key,) = again["api_keys"]
    assert key["id"] in (tmp_path / "key").read_text()
    for name, count in (
        ("folders", 2),
        ("clusters", 1),
        ("service_accounts", 2),
        ("scim_users", 1),
        ("scim_groups", 1),
    ):
        assert len(again[name]) == count, name


def test_what_needs_something_that_fails_is_left_out(fleet: Any, world: Emulator, tmp_path: Path) -> None:
    refusal = {"status": 400, "body": {"code": 9, "message": "planted refusal", "details": []}}
    world.fault("status", "POST", r"/service-accounts$", **refusal)
    accounts = {"service_accounts": [{"name": "deploy"}], "folders": [{"path": "/platform"}]}
    keys = [{"service_account": "deploy", "name": "pipeline", "secret_path": str(tmp_path / "key")}]
    result = fleet({**accounts, "api_keys": keys})
    assert result["failed"] and "planted refusal" in result["msg"]
    found = {entry["name"]: entry for entry in result["results"]}
    assert found["deploy"]["status"] == "failed" and found["deploy/pipeline"]["status"] == "skipped"
    assert "/platform" not in found and not (tmp_path / "key").exists()


def test_a_key_needs_a_place_for_its_secret(fleet: Any) -> None:
    wanted = {"service_accounts": [{"name": "deploy"}], "api_keys": [{"service_account": "deploy", "name": "pipeline"}]}
    result = fleet(wanted)
    assert result["failed"] and "api_keys[0]: " in result["msg"] and "Give secret_path" in result["msg"]
    assert not any(request["method"] == "POST" for request in result["requests"])


def test_all_mistakes_come_at_once_each_with_its_place(fleet: Any) -> None:
    wanted = {
        "folders": [{"path": "platform"}, {"path": "/a-b"}, {"path": "/a-b/"}],
        "jwt_issuers": [{"issuer_url": "https://a.example.com", "audience": "a"}] * 2,
        "api_keys": [{"service_account": "a", "name": name, "secret_path": "/tmp/one"} for name in "ab"],
        "role_grants": [{"service_account": "a", "roles": [{"role": "clusteradmn"}]}],
        "clusters": [{**CLUSTER, "maintenance_window": {"day": "monday", "start": "01:00", "duration": "1h"}}],
    }
    result = fleet(wanted)
    for part in (
        "; folders[0]: 'platform' is not the path of a folder",
        "folders: folder '/a-b' is listed twice",
        "jwt_issuers: JWT issuer 'https://a.example.com/a' is listed twice",
        "api_keys[1]: secret_path: '/tmp/one' is the file of another one",
        "role_grants[0]: roles[0]: there is no role 'clusteradmn', did you mean CLUSTER_ADMIN?",
        "'orders-prod', clusters[0].maintenance_window: duration must be at least 6h",
    ):
        assert part.removeprefix("; ") in result["msg"], result["msg"]
    assert result["requests"] == []


# --- what is deleted -------------------------------------------------------------------------------------------------


def test_purge_lists_deletes_what_it_names_and_nothing_else(fleet: Any, tmp_path: Path) -> None:
    fleet(organization(tmp_path))
    purge = {
        "purge_lists": {
            "service_accounts": ["watch", "nobody"],
            "api_keys": ["deploy/pipeline"],
            "jwt_issuers": ["https://token.example.com/crdb"],
            "scim_groups": ["dba"],
            "scim_users": ["alice@example.com"],
        }
    }
    predicted, real = fleet(purge, check=True), fleet(purge)
    assert predicted["plan"] == real["plan"] and not real.get("failed"), real
    assert sorted((step["noun"], step["name"], step["action"]) for step in real["plan"]) == [
        ("api_key", "deploy/pipeline", "delete"),
        ("jwt_issuer", "https://token.example.com/crdb", "delete"),
        ("scim_group", "dba", "delete"),
        ("scim_user", "alice@example.com", "delete"),
        ("service_account", "watch", "delete"),
    ]
    again = fleet(purge)
    assert not again["changed"] and again["plan"] == []


def test_folders_are_deleted_with_what_is_in_them_from_the_inside_out(fleet: Any, tmp_path: Path) -> None:
    wanted = {**organization(tmp_path), "name": "shop"}
    fleet(wanted)
    purge = {
        "name": "shop",
        "purge": True,
        "purge_confirm": ["orders-prod"],
        "purge_lists": {"folders": ["/platform", "/platform/prod"]},
    }
    result = fleet(purge)
    assert not result.get("failed"), result
    gone = [request["path"].split("/")[3] for request in result["requests"] if request["method"] == "DELETE"]
    assert gone == ["clusters", "folders", "folders"]
    result = fleet({"folders": [{"path": "/platform"}], "purge_lists": {"folders": ["/platform"]}})
    assert "purge_lists.folders: it names the folder '/platform', which is listed in folders" in result["msg"]


def test_a_folder_with_something_in_it_is_refused(fleet: Any, tmp_path: Path) -> None:
    fleet(organization(tmp_path))
    result = fleet({"purge_lists": {"folders": ["/platform/prod"]}})
    assert result["failed"] and "is not empty; nothing was deleted. In it: cluster 'orders-prod'" in result["msg"]
    assert not any(request["method"] == "DELETE" for request in result["requests"])


def test_neither_our_own_key_nor_its_account_is_deleted(fleet: Any, world: Emulator) -> None:
    (own,) = world.api("GET", "/service-accounts", version=VERSIONS[-1])["service_accounts"]
    (key,) = world.api("GET", "/api-keys", version=VERSIONS[-1])["api_keys"]
    called = f"{own['name']}/{key['name']}"
    for wanted, message in (
        ({"purge_lists": {"service_accounts": [own["name"]]}}, "The task uses a key of service account"),
        ({"purge_lists": {"api_keys": [called]}}, "The task itself uses API key"),
        ({"service_accounts": [{"name": own["name"], "state": "absent"}]}, "The task uses a key of service account"),
        ({"api_keys": [{"id": key["id"], "state": "absent"}]}, "The task itself uses API key"),
        (
            {"role_grants": [{"service_account": own["name"], "roles": [{"role": "AUDITOR"}], "state": "absent"}]},
            "takes no roles from its own account",
        ),
    ):
        for check in (True, False):
            result = fleet(wanted, check=check)
            assert result["failed"] and message in result["msg"], result
            assert world.writes() == []


def test_two_administrators_do_not_lose_it_in_one_plan(fleet: Any, world: Emulator) -> None:
    (own,) = world.api("GET", "/service-accounts", version=VERSIONS[-1])["service_accounts"]
    made = fleet({"service_accounts": [{"name": "one"}, {"name": "two"}]})["service_accounts"]
    admin = {"name": "ORG_ADMIN", "resource": {"type": "ORGANIZATION", "id": ""}}
    rest = {**admin, "name": "CLUSTER_ADMIN"}
    grants = {row["id"]: {"roles": [admin]} for row in made}
    world.patch(objects={"grants": {**grants, own["id"]: {"roles": [rest]}}})
    taken = [{"service_account": name, "roles": [{"role": "ORG_ADMIN"}], "state": "absent"} for name in ("one", "two")]
    result = fleet({"role_grants": taken})
    assert result["failed"] and "service account 'two' is the last one with ORG_ADMIN" in result["msg"]
    assert world.writes() == []
    assert fleet({"role_grants": taken[:1]}, check=True)["changed"]


def test_lists_below_a_cluster_are_complete_where_that_is_said(fleet: Any, world: Emulator) -> None:
    world.api("POST", "/clusters", {"name": "orders", "provider": "GCP", "spec": SPECS["ADVANCED"]})
    world.patch(clusters={"orders": {"state": "CREATED"}})
    rules = [{"name": name, "type": "CIDR", "destination": "203.0.113.9/32"} for name in ("kafka", "logs", "old")]
    endpoint = {"region": "us-east1", "target_service_identifier": "projects/acme/serviceAttachments/kafka"}
    fleet({"clusters": [{"name": "orders", "egress_rules": rules, "egress_private_endpoints": [endpoint]}]})
    purge = ["egress_rules", "egress_private_endpoints", "blackout_windows", "private_endpoint_connections"]
    wanted = {
        "clusters": [{"name": "orders", "egress_rules": rules[:1], "purge_children": purge, "protected": ["logs"]}]
    }
    predicted, real = fleet(wanted, check=True), fleet(wanted)
    assert predicted["plan"] == real["plan"] and not real.get("failed"), real
    assert sorted(step["summary"] for step in real["plan"]) == [
        f"delete egress private endpoint 'us-east1/{endpoint['target_service_identifier']}' from cluster 'orders'",
        "delete egress rule 'old' from cluster 'orders'",
    ]
    assert not fleet(wanted)["changed"]


# --- requests --------------------------------------------------------------------------------------------------------


def test_one_request_for_each_list_and_one_for_what_is_there_once(fleet: Any, world: Emulator) -> None:
    """The least that tells what is there: a listing of clusters, and below each one request for each kind."""
    spec = SPECS["ADVANCED"]
    names = [f"orders-{number}" for number in range(4)]
    for name in names:
        world.api("POST", "/clusters", {"name": name, "provider": "GCP", "spec": spec})
        world.patch(clusters={name: {"state": "CREATED"}})
    below = {
        "sql_users": [{"name": f"app{number}", "password": "planted-password"} for number in range(5)],
        "allowlist": [{"cidr": f"203.0.113.{number}/32"} for number in range(5)],
        "egress_rules": [{"name": "kafka", "type": "CIDR", "destination": "203.0.113.9/32", "ports": [9093]}],
        "databases": [{"name": "shop"}, {"name": "stock"}],
        "maintenance_window": {"day": "sunday", "start": "01:00", "duration": "8h"},
        "egress_traffic_policy": {"allow_all": False},
        "metric_exports": [{"sink": "prometheus"}],
    }
    wanted = {"clusters": [{"name": name, **below} for name in names]}
    made = fleet(wanted)
    assert not made.get("failed"), made
    # Some come while a cluster is busy, and are sent again.
    writes = [request for request in made["requests"] if request["method"] != "GET" and request["status"] < 300]
    assert len(writes) == len(made["plan"]) == 4 * 16
    again = fleet(wanted)
    assert not again["changed"] and again["plan"] == []
    assert len(again["requests"]) == 1 + 4 * 6
    grants = [{"service_account": f"a{number}", "roles": [{"role": "AUDITOR"}]} for number in range(3)]
    accounts = [{"name": f"a{number}"} for number in range(3)]
    fleet({"service_accounts": accounts, "role_grants": grants})
    again = fleet({"service_accounts": accounts, "role_grants": grants})
    assert not again["changed"] and len(again["requests"]) == 1 + 3
