# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders: people say a path, and the module makes, moves and deletes what it stands for."""

from __future__ import annotations

from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import execute
from integration.helpers.runner import Runner

NIL_ID = "00000000-0000-0000-0000-000000000000"
LOST = {"api_retries": 1, "api_timeout": 5.0}


def folder(emulator: Emulator, path: str = "", *, check: bool = False, **more: Any) -> dict[str, Any]:
    return execute("folder", {**({"path": path} if path else {}), **more}, emulator, check=check)


def paths(emulator: Emulator) -> list[str]:
    found = execute("folder_info", {}, emulator)["folders"]
    return [row["path"] for row in found]


def summaries(result: dict[str, Any]) -> list[str]:
    return [step["summary"] for step in result["plan"]]


def put(emulator: Emulator, key: str, **row: Any) -> str:
    """A folder as somebody else has made it, whatever its name."""
    id_ = f"{key * 8}-0000-4000-8000-000000000000"
    emulator.patch(objects={"folders": {id_: {"resource_id": id_, "labels": {}, **row}}})
    return id_


def test_a_chain_is_made_in_one_plan_and_predicted(emulator: Emulator) -> None:
    labels = {"environment": "production"}
    predicted = folder(emulator, "/platform/shop/prod", parents=True, labels=labels, check=True)
    assert predicted["warnings"] == [] and emulator.writes() == []
    made = folder(emulator, "/platform/shop/prod", parents=True, labels=labels)
    assert predicted["plan"] == made["plan"] and predicted["diff"] == made["diff"]
    assert summaries(made) == [
        "create folder '/platform'",
        "create folder '/platform/shop'",
        "create folder '/platform/shop/prod'",
    ]
    ids = dict.fromkeys(("resource_id", "parent_id"), NIL_ID)
    assert predicted["folder"] == {"name": "prod", "path": "/platform/shop/prod", "labels": labels, **ids}
    assert {name: made["folder"][name] for name in ("name", "path", "labels")} == {
        "name": "prod",
        "path": "/platform/shop/prod",
        "labels": labels,
    }
    assert paths(emulator) == ["/platform", "/platform/shop", "/platform/shop/prod"]
    before = len(emulator.requests())
    again = folder(emulator, "/platform/shop/prod", parents=True, labels=labels)
    assert not again["changed"] and again["folder"] == made["folder"]
    assert [entry["path"] for entry in emulator.requests()[before:]] == ["/api/v1/folders"]
    # The same by name, in a folder that is given by path and by id.
    for parent in ("/platform/shop", made["folder"]["parent_id"]):
        assert not folder(emulator, name="prod", parent=parent)["changed"]
    assert folder(emulator, "/platform/shop/prod", labels={})["folder"]["labels"] == {}


def test_a_chain_that_breaks_says_what_is_done(emulator: Emulator) -> None:
    # The first one passes.
    emulator.fault("delay", "POST", "/folders$", delay_ms=1)
    emulator.fault("status", "POST", "/folders$", status=400, body={"code": 3, "message": "no more folders"})
    result = folder(emulator, "/platform/shop/prod", parents=True)
    assert result["failed"] and result["changed"] is True
    assert result["msg"].startswith("Failed to create folder '/platform/shop': no more folders (HTTP 400, code 3).")
    assert "Done: create folder '/platform'. Not done: create folder '/platform/shop/prod'." in result["msg"]
    result = folder(emulator, "/platform/shop/prod", parents=True)
    assert len(result["plan"]) == 2 and len(paths(emulator)) == 3


def test_moved_and_renamed_in_one_request(emulator: Emulator) -> None:
    folder(emulator, "/legacy/old", parents=True)
    folder(emulator, "/legacy/old/part")
    folder(emulator, "/platform")
    emulator.reset("requests")
    wanted = {"renamed_from": "/legacy/old", "labels": {"team": "shop"}}
    predicted = folder(emulator, "/platform/archive", **wanted, check=True)
    moved = folder(emulator, "/platform/archive", **wanted)
    assert [entry["method"] for entry in emulator.writes()] == ["PATCH"]
    assert predicted["plan"] == moved["plan"] and predicted["folder"] == moved["folder"] | {}
    assert moved["plan"][0]["changes"]["path"] == {"before": "/legacy/old", "after": "/platform/archive"}
    assert moved["warnings"] == predicted["warnings"] != []
    assert not folder(emulator, "/platform/archive", **wanted)["changed"]
    # Its name alone, beside where it is.
    renamed = folder(emulator, "/platform/store", renamed_from="archive")
    assert renamed["changed"] and renamed["warnings"] == []
    assert paths(emulator) == ["/legacy", "/platform", "/platform/store", "/platform/store/part"]
    by_id = folder(emulator, id=renamed["folder"]["resource_id"], labels={})
    assert by_id["changed"] and by_id["folder"]["path"] == "/platform/store"


def test_deleted_only_when_nothing_is_in_it(emulator: Emulator) -> None:
    made = folder(emulator, "/platform/prod", parents=True)["folder"]
    orders = emulator.add_cluster("orders", serverless={"regions": ["us-central1"]}, parent_id=made["resource_id"])
    for path, inside in (("/platform", "folder 'prod'"), ("/platform/prod", "cluster 'orders'")):
        for check in (True, False):
            result = folder(emulator, path, state="absent", check=check)
            assert f"folder '{path}' is not empty; nothing was deleted. In it: {inside}" in result["msg"]
    assert emulator.writes() == []
    (found,) = execute("folder_info", {"path": "/platform/prod", "contents": True}, emulator)["folders"]
    assert [(row["resource_type"], row["path"]) for row in found["contents"]] == [("CLUSTER", "/platform/prod/orders")]
    emulator.api("DELETE", f"/clusters/{orders['id']}")
    emulator.until(lambda: not emulator.clusters("orders"))
    for path in ("/platform/prod", "/platform"):
        assert folder(emulator, path, state="absent")["folder"] is None
        assert not folder(emulator, path, state="absent")["changed"]
    # What would lie in a folder that is not there is not there.
    assert not folder(emulator, "/platform/prod", state="absent")["changed"]


def test_two_of_one_path_are_refused_with_their_ids(emulator: Emulator) -> None:
    first, second = (put(emulator, key, name="prod") for key in "ab")
    for more in ({}, {"state": "absent"}):
        result = folder(emulator, "/prod", **more)
        assert (
            f"There are 2 folders named '/prod'. Give the id of the one that is meant: {first}, {second}"
            in result["msg"]
        )
    assert "There are 2 folders named '/prod'" in folder(emulator, "/prod/eu-west")["msg"]
    assert folder(emulator, id=first, state="absent")["changed"] and paths(emulator) == ["/prod"]


def test_a_lost_answer_makes_no_two(emulator: Emulator) -> None:
    emulator.fault("drop_after", "POST", "/folders$")
    result = folder(emulator, "/platform", labels={"team": "shop"}, **LOST)
    assert result["changed"] and "nothing was created twice" in result["warnings"][0]
    assert [row["labels"] for row in execute("folder_info", {}, emulator)["folders"]] == [{"team": "shop"}]


def test_what_it_lies_in_is_not_there_yet(emulator: Emulator) -> None:
    predicted = folder(emulator, "/platform/prod", check=True)
    assert predicted["warnings"] == [
        "There is no folder '/platform' yet; the result for what refers to it is predicted as if it were there"
    ]
    assert predicted["folder"]["parent_id"] == NIL_ID
    # What check mode has predicted can be the parent of another one.
    inner = folder(emulator, name="prod", parent=predicted["folder"]["resource_id"], check=True)
    assert inner["changed"] and inner["folder"]["parent_id"] == NIL_ID
    assert (
        "There is no folder '/platform'. Create it first with the module folder"
        in folder(emulator, "/platform/prod")["msg"]
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": "platform"}, "'platform' is not the path of a folder. It begins with a slash"),
        ({"path": "/"}, "'/' is not the path of a folder"),
        ({"path": "//prod"}, "'//prod' is not the path of a folder"),
        ({"path": "/ab"}, "'ab' can't be the name of a folder: 3 to 40 characters"),
        ({"path": "/-abc"}, "'-abc' can't be the name of a folder"),
        ({"path": "/aaa/bbb/ccc/ddd", "parents": True}, "would lie 4 folders deep, and 3 below"),
        ({"name": "a/b"}, "name: 'a/b' has a slash"),
        (
            {"name": "abc", "parent": f"{'c' * 8}-0000-4000-8000-000000000000"},
            "There is no folder with the id 'cccccccc-",
        ),
        ({"path": "/abc", "labels": {"Team": "x"}}, "labels: 'Team' can't be a key"),
        ({"path": "/abc", "api_version": "2022-09-20"}, "The module folder does not work with api_version 2022-09-20"),
    ],
)
def test_one_sentence_for_what_is_wrong(emulator: Emulator, options: dict[str, Any], message: str) -> None:
    result = folder(emulator, **options)
    assert result["failed"] and message in result["msg"]
    assert emulator.writes() == []


def basic(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "provider": "GCP", "regions": ["us-central1"], **more}


def test_clusters_say_their_folder_by_path(playbook: Runner, emulator: Emulator) -> None:
    """The module, a fleet and the role; in check mode the folders are still to be made."""
    role = {"cluster_provider": "GCP", "cluster_regions": "us-central1", "cluster_folder": "/platform/prod"}
    tasks = [
        {"name": "folder", "crdb.cloud.folder": {"path": "/platform/prod", "parents": True}},
        {"name": "one", "crdb.cloud.cluster": basic("orders-1", folder="/platform/prod")},
        {
            "name": "fleet",
            "crdb.cloud.fleet": {
                "clusters": [
                    basic("orders-2", folder="/platform/prod"),
                    basic("orders-3", folder="/platform/prod"),
                    basic("orders-4", folder="root"),
                ]
            },
        },
        {
            "name": "role",
            "ansible.builtin.import_role": {"name": "crdb.cloud.cluster"},
            "vars": {**role, "cluster_name": "orders-5"},
        },
    ]
    yet = r"There is no folder '/platform/prod' yet; the result for what refers to it is predicted as if it were there"
    predicted = playbook(tasks, check=True, warns=[yet])
    assert emulator.writes() == [] and predicted["one"]["cluster"]["parent_id"] == NIL_ID
    made = playbook(tasks)
    id_ = made["folder"]["folder"]["resource_id"]
    assert predicted["fleet"]["counts"] == made["fleet"]["counts"]
    parents = {row["name"]: row["parent_id"] for row in emulator.state()["clusters"]}
    assert parents == {f"orders-{number}": "root" if number == 4 else id_ for number in range(1, 6)}
    # One listing of folders for all clusters of a fleet.
    assert [entry["path"] for entry in made["fleet"].requests].count("/api/v1/folders") == 1
    again = playbook(tasks)
    assert not any(outcome.changed for outcome in again.outcomes if outcome.name != "Keep the result")
    moved = execute("cluster", {"name": "orders-1", "folder": "root"}, emulator)
    assert moved["plan"][0]["changes"] == {"parent_id": {"before": id_, "after": "root"}}


def test_a_folder_that_is_not_there_ends_it_before_anything_is_made(emulator: Emulator) -> None:
    clusters = [basic("orders-1"), basic("orders-2", folder="/nowhere"), basic("orders-3", folder="nowhere")]
    result = execute("fleet", {"clusters": clusters}, emulator)
    assert "'orders-3', clusters[2]: 'nowhere' is not the path of a folder" in result["msg"]
    result = execute("fleet", {"clusters": clusters[:2]}, emulator)
    assert (
        "'orders-2', clusters[1]: There is no folder '/nowhere'. Create it first with the module folder"
        in result["msg"]
    )
    assert "There is no folder '/nowhere'" in execute("cluster", clusters[1], emulator)["msg"]
    assert emulator.writes() == []
    # Whoever deletes a cluster need not know where it was.
    assert not execute("cluster", {"name": "orders-2", "folder": "/nowhere", "state": "absent"}, emulator)["changed"]
