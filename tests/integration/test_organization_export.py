# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""organization_export: what it writes is what is there, in words that change nothing of it, and without what nobody may read.

More random organizations in short by hand: ``EXPORT_SEEDS=0-200``; whole ones are in test_worlds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.exported import given, loaded
from integration.helpers.in_process import execute
from integration.helpers.runner import Runner
from integration.helpers.worlds import NEWEST, SETTLED, World

FIRST, LAST = (int(text) for text in os.environ.get("EXPORT_SEEDS", "0-5").split("-"))


VERSIONS = ("2022-03-31", "2022-09-20", "2023-04-10", "2024-09-16", NEWEST)


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path_factory.mktemp("emulator"), *SETTLED)
    yield emulator
    emulator.stop()


def export(emulator: Emulator, path: Path, **options: Any) -> dict[str, Any]:
    return execute("organization_export", {"api_version": NEWEST, "dest": str(path), **options}, emulator, check=True)


@pytest.mark.parametrize("seed", range(FIRST, LAST))
def test_what_is_exported_in_short_changes_nothing(settled: Emulator, tmp_path: Path, seed: int) -> None:
    version = VERSIONS[seed % len(VERSIONS)]
    World(settled, seed, version=max(version, "2024-09-16"), twins=bool(seed % 2))
    path, whole = tmp_path / "organization.yml", tmp_path / "whole.yml"
    result = export(settled, path, defaults=False, api_version=version)
    text = path.read_text()
    found = execute("fleet", {"api_version": version, **given(loaded(path))}, settled, check=True)
    assert (found.get("failed"), found.get("msg"), found["plan"]) == (None, None, [])
    assert settled.writes() == []
    assert [*dict.fromkeys(result["secrets"])] == result["secrets"]
    assert all(f"{{{{ {name} | default(omit) }}}}" in text for name in result["secrets"])
    export(settled, whole, api_version=version)
    assert len(text) < len(whole.read_text())


def test_roles_alone_where_there_is_no_group(settled: Emulator, tmp_path: Path) -> None:
    """Who holds roles is looked for in listings that are paged as each wants it, and a group's is left out where it is empty."""
    settled.reset()
    settled.reset("requests")
    result = export(settled, tmp_path / "roles.yml", include=["role_grants"])
    assert not [each for each in result["not_exported"] if "unknown: " in each["reason"]], result["not_exported"]
    (asked,) = [each["query"] for each in settled.requests() if each["path"] == "/api/scim/v2/Groups"]
    assert asked.startswith("count=")


def test_nothing_is_made_without_its_secret(settled: Emulator, tmp_path: Path) -> None:
    World(settled, 2)
    export(settled, tmp_path / "organization.yml", include=["clusters", "databases", "sql_users"])
    settled.reset()
    found = execute("fleet", given(loaded(tmp_path / "organization.yml")), settled)
    assert found["failed"] and settled.writes() == []
    assert "sql_users[0]: " in found["msg"] and "password is needed" in found["msg"]


def test_what_a_key_may_not_read_is_unknown(emulator: Emulator, tmp_path: Path) -> None:
    emulator.add_cluster("orders-1")
    for path in ("/folders$", "/clusters/[^/]*/sql-users$"):
        emulator.fault("status", "GET", path, times=9, status=403, body={"code": 7, "message": "no {{ role }}"})
    result = export(emulator, tmp_path / "organization.yml")
    unknown = {(each["list"], each["cluster"]) for each in result["not_exported"] if "unknown: " in each["reason"]}
    assert unknown == {("folders", None), ("sql_users", "orders-1")}
    (entry,) = loaded(tmp_path / "organization.yml")["clusters"]
    assert "sql_users" not in entry and entry["name"] == "orders-1"
    # What an older version does not have is not taken for nothing.
    old = export(emulator, tmp_path / "old.yml", api_version="2022-09-20")
    reasons = {each["list"]: each["reason"] for each in old["not_exported"]}
    assert reasons["folders"] == "unknown, since api_version 2022-09-20 does not have it"


def organization(emulator: Emulator) -> None:
    """Three clusters, in two folders, with a user each, one of a fleet."""
    ids = {"": "root"}
    for path in ("/prod", "/prod/europe", "/test"):
        up, _slash, name = path.rpartition("/")
        ids[path] = emulator.api("POST", "/folders", {"name": name, "parent_id": ids[up]}, NEWEST)["resource_id"]
    for name, folder, labels in (
        ("orders", "/prod/europe", {"env": "prod", "crdb-cloud-fleet": "main"}),
        ("billing", "/prod", {"env": "prod"}),
        ("trials", "/test", {}),
    ):
        spec = {"plan": "BASIC", "parent_id": ids[folder], "labels": labels, "serverless": {"regions": ["us-central1"]}}
        row = emulator.api("POST", "/clusters", {"name": name, "provider": "GCP", "spec": spec}, NEWEST)
        emulator.api(
            "POST", f"/clusters/{row['id']}/sql-users", {"name": "app", "password": "planted-password"}, NEWEST
        )


def names(variables: dict[str, Any]) -> list[str]:
    return [entry["name"] for entry in variables.get("clusters", ())]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["billing", "orders", "trials"]),
        ({"folders": ["/prod"]}, ["billing", "orders"]),
        ({"folders": ["/prod/europe", "/test"]}, ["orders", "trials"]),
        ({"labels": {"env": "prod"}}, ["billing", "orders"]),
        ({"names": ["or*", "trials"]}, ["orders", "trials"]),
        ({"names": ["*s"], "labels": {"env": "prod"}, "folders": ["root"]}, ["orders"]),
        ({"exclude": ["clusters"]}, []),
    ],
)
def test_clusters_are_chosen(settled: Emulator, options: dict[str, Any], expected: list[str]) -> None:
    settled.reset()
    organization(settled)
    found = execute("organization_export", {"return_variables": True, **options}, settled)
    assert names(found["variables"]) == expected and not found["changed"]
    assert found["counts"].get("sql_users", 0) == len(expected)
    paths = {entry["path"] for entry in found["variables"]["folders"]}
    assert "folders" not in options or {*options["folders"]} - {"root"} <= paths
    assert ("/test" in paths) == (options.get("folders") not in (["/prod"],))
    assert all("crdb-cloud-fleet" not in entry["labels"] for entry in found["variables"].get("clusters", ()))


def test_files_are_split_and_those_of_others_stay(settled: Emulator, tmp_path: Path) -> None:
    settled.reset()
    organization(settled)
    directory = tmp_path / "all"
    directory.mkdir()
    (directory / "mine.yml").write_text("a: 1\n")
    found = export(settled, directory, split="folder", include=["clusters", "sql_users", "folders"])
    files = ["organization.yml", "clusters-prod.yml", "clusters-prod-europe.yml", "clusters-test.yml"]
    assert found["files"] == [str(directory / name) for name in files]
    assert names(loaded(directory / files[2])) == ["orders"]
    assert [entry["path"] for entry in loaded(directory / files[0])["folders"]] == ["/prod", "/prod/europe", "/test"]
    assert (directory / files[1]).read_text().splitlines()[:4] == [
        "# Written by crdb.cloud.organization_export: options of crdb.cloud.fleet.",
        "# No secret is in it. What is made anew needs these variables, which belong into a vaulted file:",
        "#   vault_billing_app",
        "---",
    ]
    assert not any("planted-password" in path.read_text() for path in directory.iterdir())
    before = (directory / files[1]).stat().st_mtime_ns
    found = export(settled, directory, split="folder", include=["clusters", "sql_users"], names=["billing"])
    assert [text for text in found["warnings"] if "clusters-test.yml" in text and "delete it" in text]
    assert (directory / files[1]).stat().st_mtime_ns == before
    found = execute("organization_export", {"dest": str(directory / "mine.yml")}, settled)
    assert "was not written by this module" in found["msg"]
    assert (directory / "mine.yml").read_text() == "a: 1\n"
    assert not export(settled, directory / "mine.yml", force=True).get("failed")
    assert names(loaded(directory / "mine.yml")) == ["billing", "orders", "trials"]
    lost = execute("organization_export", {"dest": str(tmp_path / "nowhere" / "a.yml")}, settled)
    assert "There is no directory" in lost["msg"]
    wrong = execute("organization_export", {"dest": str(tmp_path / "a.yml"), "exclude": ["sql_user"]}, settled)
    assert "Did you mean sql_users?" in wrong["msg"]


def test_an_inventory_is_provisioned_without_a_change(
    playbook_on: Callable[[Emulator], Runner], settled: Emulator, tmp_path: Path
) -> None:
    settled.reset()
    organization(settled)
    inventory = tmp_path / "clusters.yml"
    execute("organization_export", {"inventory_dest": str(inventory)}, settled)
    settled.reset("requests")
    run = playbook_on(settled)(playbook="crdb.cloud.provision", arguments=["-i", str(inventory)], check=True, hosts={})
    assert {
        outcome.host for outcome in run.outcomes if "crdb_cluster_result" in outcome.result.get("ansible_facts", {})
    } == {
        "billing",
        "orders",
        "trials",
    }
    assert not [outcome for outcome in run.outcomes if outcome.result.get("changed")], run.output
    assert settled.writes() == []
