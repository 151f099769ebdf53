# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups and restores: which backup is taken, that it is taken once, and what is refused before anything is overwritten."""

from __future__ import annotations

from typing import Any

import pytest
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.in_process import execute
from integration.helpers.runner import Runner

NIL_ID = "00000000-0000-0000-0000-000000000000"
IDS = [f"{number}0000000-0000-4000-8000-000000000000" for number in range(1, 4)]
# Newest last. The service takes as many digits as it likes.
TIMES = ["2025-01-20T01:00:00Z", "2025-01-20T02:00:00Z", "2025-01-20T03:00:00.000000210Z"]
BEFORE = "2025-01-20T02:30:00Z"
ADVANCED = {
    "dedicated": {
        "region_nodes": {"us-central1": 3},
        "hardware": {"machine_spec": {"num_virtual_cpus": 4}, "storage_gib": 15},
    }
}
DATABASE = {"type": "DATABASE", "databases": ["orders"]}


def restore(emulator: Emulator, *, check: bool = False, **more: Any) -> dict[str, Any]:
    where = {"cluster": "target", "source_cluster": "source", "wait_timeout": 30.0, "wait_interval": 0.05}
    when = {} if {"backup_id", "force"} & more.keys() else {"backup_before": BEFORE}
    arguments = {**where, **when, **DATABASE, **more}
    return execute(
        "restore",
        {name: value for name, value in arguments.items() if value not in ("", None, [])},
        emulator,
        check=check,
    )


def backups(emulator: Emulator, **more: Any) -> list[str]:
    return [row["as_of_time"] for row in execute("backup_info", {"cluster": "source", **more}, emulator)["backups"]]


def restores(emulator: Emulator) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = execute("restore_info", {"cluster": "target"}, emulator)["restores"]
    return found


def give_backups(emulator: Emulator, cluster: str) -> None:
    rows = {id_: {"as_of_time": time} for id_, time in zip(IDS, TIMES, strict=True)}
    emulator.patch(objects={f"backups/{cluster}": rows})


@pytest.fixture
def clusters(emulator: Emulator) -> dict[str, str]:
    """The ids of two Advanced clusters, of which one has backups."""
    ids = {name: str(emulator.add_cluster(name, **ADVANCED)["id"]) for name in ("source", "target")}
    give_backups(emulator, ids["source"])
    return ids


# --- backups ---------------------------------------------------------------------------------------------------------


def test_which_backups_are_listed(emulator: Emulator, clusters: dict[str, str]) -> None:
    for asked, found in (
        ({}, TIMES[::-1]),
        ({"latest": True}, TIMES[2:]),
        ({"before": BEFORE}, TIMES[1:2]),
        # A moment is in itself, to the last digit, in whichever zone.
        ({"before": TIMES[2]}, TIMES[2:]),
        ({"before": "2025-01-20T03:00:00.000000209Z"}, TIMES[1:2]),
        ({"before": "2025-01-20 03:00:00+01:00"}, TIMES[1:2]),
        ({"before": "2025-01-19T00:00:00Z"}, []),
        ({"start_time": TIMES[0], "end_time": TIMES[1]}, TIMES[:1]),
        ({"id": IDS[1]}, TIMES[1:2]),
    ):
        assert backups(emulator, **asked) == found, asked


def test_the_newest_is_not_looked_for_among_thousands(
    launch: Launch,
) -> None:
    emulator = launch("--page-size", "1")
    give_backups(emulator, emulator.add_cluster("source")["id"])
    assert backups(emulator, before=BEFORE) == TIMES[1:2]
    assert len([each for each in emulator.requests() if each["path"].endswith("/backups")]) == 1


def test_a_moment_that_is_none_is_refused(emulator: Emulator, clusters: dict[str, str]) -> None:
    for name, arguments in (("backup_info", {"before": "yesterday"}), ("restore", {"backup_before": "2025-13-01"})):
        more = {**DATABASE, "source_cluster": "source"} if name == "restore" else {}
        result = execute(name, {"cluster": "source", **more, **arguments}, emulator)
        assert "' is no moment. Write it as 2026-11-20T03:00:00Z" in result["msg"]


def test_the_id_of_a_backup_is_looked_up(playbook: Runner, clusters: dict[str, str]) -> None:
    found = {
        "newest": "lookup('crdb.cloud.backup', 'source')",
        "before": f"lookup('crdb.cloud.backup', '{clusters['source']}', before='{BEFORE}')",
        "none": "query('crdb.cloud.backup', ['target', 'source'], on_missing='skip')",
        "too_late": "lookup('crdb.cloud.backup', 'source', before='2025-01-01T00:00:00Z', on_missing='skip')",
        "missing": "lookup('crdb.cloud.backup', 'target')",
    }
    tasks: list[dict[str, Any]] = [
        {"name": name, "ansible.builtin.debug": {"msg": f"{{{{ {text} }}}}"}, "ignore_errors": True}
        for name, text in found.items()
    ]
    outcomes = playbook(tasks)
    shown = {name: outcomes[name]["msg"] for name in found}
    assert (shown["newest"], shown["before"], shown["none"]) == (IDS[2], IDS[1], [IDS[2]])
    assert not shown["too_late"] and "cluster 'target' has no backup yet" in shown["missing"]


# --- how often they are made -----------------------------------------------------------------------------------------


def configured(emulator: Emulator, *, check: bool = False, **more: Any) -> dict[str, Any]:
    return execute("backup_configuration", {"cluster": "source", **more}, emulator, check=check)


def test_retention_changes_once_and_that_is_said_before(emulator: Emulator, clusters: dict[str, str]) -> None:
    assert not configured(emulator, enabled=True, frequency_minutes=60, retention_days=30)["changed"]
    predicted, made = (configured(emulator, retention_days=90, check=check) for check in (True, False))
    assert predicted == made and "can be changed once" in made["warnings"][0]
    assert not configured(emulator, retention_days=90)["warnings"]
    for days in (30, 365):
        for check in (True, False):
            refused = configured(emulator, retention_days=days, frequency_minutes=5, check=check)
            assert "retention_days of cluster 'source' is 90" in refused["msg"] and "support ticket" in refused["msg"]
    assert len(emulator.writes()) == 1


def test_disabling_is_sent_alone(emulator: Emulator, clusters: dict[str, str]) -> None:
    wanted = {"enabled": False, "frequency_minutes": 5, "retention_days": 7}
    predicted, made = (configured(emulator, **wanted, check=check) for check in (True, False))
    assert predicted == made and made["backup_configuration"] == wanted
    assert [list(step["changes"]) for step in made["plan"]] == [["frequency_minutes", "retention_days"], ["enabled"]]
    assert not configured(emulator, **wanted)["changed"] and len(emulator.writes()) == 2
    assert len(configured(emulator, enabled=True, frequency_minutes=30)["plan"]) == 1


def test_that_of_a_basic_cluster_is_what_it_is(emulator: Emulator) -> None:
    emulator.add_cluster("source")
    as_it_is = {"enabled": True, "frequency_minutes": 1440, "retention_days": 30}
    assert configured(emulator, **as_it_is)["backup_configuration"] == as_it_is
    for check in (True, False):
        refused = configured(emulator, frequency_minutes=60, check=check)
        assert "the plan BASIC, and the backup configuration needs STANDARD or ADVANCED" in refused["msg"]
    assert emulator.writes() == []
    assert configured(emulator, cluster="new", retention_days=7, check=True)["backup_configuration"] == {
        **as_it_is,
        "frequency_minutes": 60,
        "retention_days": 7,
    }


# --- restores --------------------------------------------------------------------------------------------------------


def test_databases_tables_and_clusters_are_restored_once(playbook: Runner, clusters: dict[str, str]) -> None:
    where = {"cluster": "target", "source_cluster": "source", "backup_before": BEFORE, "wait_interval": 0.05}
    wanted = {
        "cluster": {"type": "CLUSTER"},
        "database": {**DATABASE, "restore_opts": {"new_db_name": "rehearsal", "schema_only": False}},
        "tables": {"type": "TABLE", "tables": ["shop.a", "shop.app.b"], "restore_opts": {"into_db": "rescued"}},
    }
    tasks = [{"name": name, "crdb.cloud.restore": {**where, **more}} for name, more in wanted.items()]
    predicted = playbook(tasks, check=True)
    assert playbook.emulator.writes() == []
    made, again = playbook(tasks), playbook(tasks)
    summaries = {
        "cluster": "everything of source as of 2025-01-20T02:00:00Z to cluster 'target'",
        "database": "database orders of source as of 2025-01-20T02:00:00Z to cluster 'target' as rehearsal",
        "tables": "tables shop.public.a, shop.app.b of source as of 2025-01-20T02:00:00Z to cluster 'target' "
        "into the database rescued",
    }
    for name in wanted:
        before, after = predicted[name], made[name]
        assert before.changed and after.changed and not again[name].changed
        assert before["plan"] == after["plan"] and after["plan"][0]["summary"] == f"restore {summaries[name]}"
        assert before["restore"] == {key: after["restore"][key] for key in before["restore"]} | {"id": NIL_ID}
        assert after["restore"]["status"] == "SUCCESS" and again[name]["restore"] == after["restore"]
    assert made["tables"]["restore"]["objects"] == [
        {"database": "shop", "schema": "public", "table": "a"},
        {"database": "shop", "schema": "app", "table": "b"},
    ]
    assert made["database"]["restore"]["restore_opts"] == {"new_db_name": "rehearsal"}
    assert len(restores(playbook.emulator)) == len(playbook.emulator.writes()) == 3


def test_what_is_the_same_restore(emulator: Emulator, clusters: dict[str, str]) -> None:
    two = {"databases": ["orders", "stock"]}
    assert restore(emulator, **two)["changed"]
    ids = {"cluster": clusters["target"], "source_cluster": clusters["source"]}
    # Also by ids, in another order, by the backup that it took, by a moment in between, and without those that are gone.
    same = (
        {},
        {"databases": ["stock", "orders"]},
        ids,
        {"backup_id": IDS[1]},
        {"source_cluster": "", "backup_id": IDS[1]},
    )
    for more in (*same, {"backup_before": "2025-01-20T02:45:00Z"}, {"restore_opts": {"schema_only": False}}):
        assert not restore(emulator, **{**two, **more})["changed"], more
    emulator.patch(objects={f"backups/{clusters['source']}": {IDS[1]: None}})
    assert not restore(emulator, **two)["changed"]
    other = (
        {"databases": ["orders"]},
        {"restore_opts": {"schema_only": True}},
        {"type": "TABLE", "databases": [], "tables": ["orders.public.stock"]},
        {"backup_id": IDS[0]},
        {"source_cluster": "target", "backup_id": IDS[0]},
        # The one that is there has a later backup.
        {"backup_before": "2025-01-20T01:30:00Z"},
    )
    give_backups(emulator, clusters["target"])
    for more in other:
        assert restore(emulator, check=True, **{**two, **more})["changed"], more
    # It was begun before that moment, so it can't have the data of it.
    id_ = restores(emulator)[0]["id"]
    emulator.patch(objects={f"restores/{clusters['target']}": {id_: {"created_at": "2025-01-20T02:20:00Z"}}})
    assert restore(emulator, check=True, **two)["changed"]


def test_again_by_force_alone(emulator: Emulator, clusters: dict[str, str]) -> None:
    for more, taken in (({"backup_before": BEFORE}, IDS[1]), ({}, IDS[2]), ({}, IDS[2])):
        predicted = restore(emulator, force=True, check=True, **more)
        result = restore(emulator, force=True, **more)
        assert predicted["plan"] == result["plan"] and result["restore"]["backup_id"] == taken
    assert len({row["id"] for row in restores(emulator)}) == 3
    assert "force: true" in restore(emulator, backup_before=None)["msg"]


def test_not_waited_for(emulator: Emulator, clusters: dict[str, str]) -> None:
    predicted, made = restore(emulator, wait=False, check=True), restore(emulator, wait=False)
    assert predicted["restore"]["status"] == made["restore"]["status"] == "PENDING"
    # The one that runs is the one that is wanted: the next task waits for it.
    again = restore(emulator)
    assert not again["changed"] and (again["restore"]["status"], again["restore"]["id"]) == (
        "SUCCESS",
        made["restore"]["id"],
    )
    assert len(emulator.writes()) == 1


@pytest.mark.parametrize("lost", [False, True])
def test_one_that_fails_says_why_and_is_done_again(emulator: Emulator, clusters: dict[str, str], lost: bool) -> None:
    failure = {"status": "FAILED", "client_error_code": 3, "client_error_message": 'database "orders" exists'}
    emulator.patch(outcomes={"restores": failure})
    if lost:
        emulator.fault("drop_after", "POST", "/restores$")
    result = restore(emulator)
    assert result["failed"] and result["changed"]
    assert result["msg"] == (
        "Failed to restore database orders of source as of 2025-01-20T02:00:00Z to cluster 'target': "
        "restore 'database orders of source': it is FAILED (database \"orders\" exists)"
    )
    assert result["restore"]["client_error_code"] == 3
    assert restore(emulator)["restore"]["status"] == "SUCCESS" and len(emulator.writes()) == 2


@pytest.mark.parametrize("more", [{}, {"force": True}])
def test_a_lost_answer_makes_no_two(emulator: Emulator, clusters: dict[str, str], more: dict[str, Any]) -> None:
    restore(emulator, backup_id=IDS[2])
    emulator.fault("drop_after", "POST", "/restores$")
    result = restore(emulator, api_retries=1, **more)
    assert result["restore"]["status"] == "SUCCESS" and "nothing was created twice" in result["warnings"][0]
    assert len({row["id"] for row in restores(emulator)}) == len(emulator.writes()) == 2


def test_a_cluster_that_is_busy_is_waited_for(emulator: Emulator, clusters: dict[str, str]) -> None:
    restore(emulator, wait=False)
    emulator.patch(outcomes={})
    assert restore(emulator, type="CLUSTER", databases=[])["restore"]["status"] == "SUCCESS"
    assert [row["status"] for row in restores(emulator)] == ["SUCCESS", "SUCCESS"]


def test_a_drill(playbook: Runner, clusters: dict[str, str]) -> None:
    """One database, as of last night, in a cluster that is there for that alone: as a team would write it, run twice."""
    tasks: list[dict[str, Any]] = [
        {
            "name": "cluster",
            "crdb.cloud.cluster": {
                "name": "orders-drill",
                "provider": "GCP",
                "region_nodes": {"us-central1": 1},
                "hardware": {"num_virtual_cpus": 4, "storage_gib": 15},
                "wait_interval": 0.05,
            },
        },
        {
            "name": "restore",
            "crdb.cloud.restore": {
                "cluster": "orders-drill",
                "source_cluster": "source",
                "backup_id": f"{{{{ lookup('crdb.cloud.backup', 'source', before='{BEFORE}') }}}}",
                **DATABASE,
                "restore_opts": {"new_db_name": "orders_drill"},
                "wait_interval": 0.05,
            },
            "register": "drill",
        },
        {"name": "said", "ansible.builtin.debug": {"msg": "{{ drill.restore.backup_end_time }}"}},
    ]
    predicted = playbook(tasks, check=True, warns=["There is no cluster 'orders-drill' yet"])
    assert playbook.emulator.writes() == []
    done, again = playbook(tasks), playbook(tasks)
    for run in (predicted, done, again):
        assert run["said"]["msg"] == TIMES[1]
        assert (run["cluster"].changed, run["restore"].changed) == (run is not again, run is not again)
    assert predicted["restore"]["plan"] == done["restore"]["plan"]
    assert playbook(tasks, check=True)["restore"]["restore"] == done["restore"]["restore"]
    assert [each["path"].rsplit("/", 1)[1] for each in playbook.emulator.writes()] == ["clusters", "restores"]


# --- what is refused before ------------------------------------------------------------------------------------------


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"databases": []}, "type: DATABASE needs databases"),
    ({"type": "CLUSTER"}, "type: CLUSTER takes no databases"),
    ({"type": "TABLE", "databases": [], "tables": ["orders"]}, "tables: 'orders' does not name a table"),
    ({"databases": ["a", "b"], "restore_opts": {"new_db_name": "c"}}, "exactly one of databases"),
    ({"restore_opts": {"into_db": "c"}}, "restore_opts.into_db needs type: TABLE"),
    ({"backup_before": "2999-01-01T00:00:00Z"}, "lies in the future"),
    (
        {"backup_before": "2025-01-01T00:00:00Z"},
        "cluster 'source' has no backup of 2025-01-01T00:00:00Z or earlier",
    ),
    ({"backup_id": NIL_ID}, f"cluster 'source' has no backup with the id '{NIL_ID}'"),
    ({"source_cluster": "basic-one"}, "and cluster 'basic-one' the plan BASIC"),
    ({"cluster": "basic-one"}, "to which only whole clusters can be restored"),
    ({"cluster": "older-one"}, "cluster 'older-one' has CockroachDB v24.3, and cluster 'source' the newer v"),
    ({"cluster": "source", "type": "CLUSTER", "databases": []}, "cluster 'source' is not empty"),
)


def test_refused_before_anything_is_written(emulator: Emulator, clusters: dict[str, str]) -> None:
    emulator.add_cluster("older-one", **ADVANCED)
    give_backups(emulator, emulator.add_cluster("basic-one")["id"])
    older = {"cockroach_version": "v24.3.1"}
    emulator.patch(clusters={"older-one": older, "source": {"databases": {"orders": 3}}})
    for more, problem in REFUSED:
        for check in (True, False):
            result = restore(emulator, check=check, **more)
            assert result.get("failed") and problem in result["msg"], (more, result)
    assert emulator.writes() == []


@pytest.mark.parametrize(
    ("option", "missing"), [("cluster", "newer"), ("source_cluster", "newer"), ("source_cluster", IDS[0])]
)
def test_a_cluster_that_is_not_there_yet(
    emulator: Emulator, clusters: dict[str, str], option: str, missing: str
) -> None:
    predicted = restore(emulator, check=True, **{option: missing})
    assert predicted["changed"] and len(predicted["warnings"]) == 1
    assert f"There is no cluster '{missing}' yet" in predicted["warnings"][0]
    result = restore(emulator, **{option: missing})
    assert f"There is no cluster '{missing}'" in result["msg"] and emulator.writes() == []
