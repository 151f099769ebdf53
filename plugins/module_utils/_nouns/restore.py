# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restores: jobs that write what is in a backup of one cluster into another, or the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._base.errors import OptionError
from .._base.moments import checked_moment, moment
from .._http.answers import TEXT, Object
from . import cluster_state as state
from .backup import BACKUP, asked
from .cluster_versions import is_older
from .compare import differences
from .database import DATABASE
from .declared import OPERATORS, Scope
from .field import Field
from .lifecycle import Lifecycle
from .noun import Desired, Noun, Reader, Row
from .plan import Plan

NAMED = {"DATABASE": "databases", "TABLE": "tables"}
PARTS = ("database", "schema", "table")


def table(name: str) -> str:
    """*name* with its schema, as in ``shop.public.orders``; OptionError where it is none of a table."""
    parts = str(name).split(".")
    if len(parts) not in (2, 3) or not all(parts):
        raise OptionError(
            f"tables: '{name}' does not name a table",
            "Write database.table, or database.schema.table where it is not in public",
        )
    return ".".join([parts[0], *(["public"] if len(parts) == 2 else []), *parts[1:]])


def meant(options: Any) -> dict[str, Any]:
    """*options* without those that say what holds anyway."""
    return {name: value for name, value in (options or {}).items() if value}


class Restore(Noun):
    # --- what is wanted ------------------------------------------------------------------------------------------

    def spelled(self, reader: Reader, params: Row) -> Row:
        """*params* with the cluster that the data come from, since restores know it by its name alone."""
        return {**params, "source": _cluster(reader, params.get("source_cluster"))}

    def values(self, params: Row, version: str) -> dict[str, Any]:
        found = super().values(params, version)
        kind, options = found["type"], meant(found.pop("restore_opts", None))
        for name in NAMED.values():
            if (NAMED.get(kind) == name) != bool(found.get(name)):
                raise OptionError(
                    f"type: {kind} " + (f"needs {name}" if NAMED.get(kind) == name else f"takes no {name}")
                )
        if options.get("new_db_name") and len(found.get("databases", ())) != 1:
            raise OptionError("restore_opts.new_db_name needs type: DATABASE, and exactly one of databases")
        if options.get("into_db") and kind != "TABLE":
            raise OptionError("restore_opts.into_db needs type: TABLE")
        if not (found.get("backup_id") or found.get("backup_before") or found.get("force")):
            raise OptionError(
                "Without backup_id and backup_before each run would restore the newest backup again",
                "Give one of the two, or force: true if that is meant",
            )
        for name, spelled in (("databases", str), ("tables", table)):
            if found.get(name):
                found[name] = list(dict.fromkeys(map(spelled, found[name])))
        if found.get("backup_id"):
            found["backup_id"] = found["backup_id"].lower()
        if found.get("backup_before"):
            found["backup_before"] = checked_moment("backup_before", found["backup_before"])
        return {**found, **({"restore_opts": options} if options else {}), "source": params["source"]}

    def desired(self, params: Row, version: str, ids: Mapping[tuple[str, str], str] | None = None) -> Desired:
        found = super().desired(params, version, ids)
        said, origin = found.values, params.get("source_cluster") or f"backup {params.get('backup_id')}"
        several = said.get(NAMED.get(said["type"], ""))
        what = (
            f"{said['type'].lower()}{'s' if len(several) > 1 else ''} {', '.join(several)}" if several else "everything"
        )
        return replace(found, called=f"{what} of {origin}")

    def informed(self, reader: Reader, desired: Desired) -> Desired:
        """*desired* with the backup that is taken, and the clusters."""
        said = desired.values
        source = reader.object_of("cluster", said["source_cluster"]) if said.get("source_cluster") else None
        found = {**said, "source": source or {}, "target": _cluster(reader, reader.params["cluster"])}
        before = said.get("backup_before")
        if before and before > time.time_ns() and not said.get("force"):
            raise OptionError(
                f"backup_before: '{reader.params['backup_before']}' lies in the future, so each run would restore again",
                "Give a moment that has passed",
            )
        if source:
            found.update(_backup(reader, source, said.get("backup_id")))
        return replace(desired, values=found)

    # --- what is there -------------------------------------------------------------------------------------------

    def find(self, known: Mapping[tuple[Any, ...], list[dict[str, Any]]], desired: Desired) -> list[dict[str, Any]]:
        """The restores of the same, in the order in which they were begun."""
        rows = [row for some in known.values() for row in some if self._is_same(desired.values, row)]
        return sorted(rows, key=lambda row: moment(row.get("created_at")) or 0)

    def _is_same(self, said: Row, row: Row) -> bool:
        wanted = {"restore_opts": {}, **self._of_fields(said)}
        named = not said.get("source_cluster") or row.get("source_cluster_name") == said["source"].get("name")
        if not named or differences(self.fields, wanted, self.view(row)):
            return False
        before, taken, begun = (
            said.get("backup_before"),
            moment(row.get("backup_end_time")),
            moment(row.get("created_at")),
        )
        return before is None or (taken is not None and begun is not None and taken <= before < begun)

    def usable(self, desired: Desired, found: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
        if self.lifecycle is None:
            raise AssertionError("lifecycle is missing")
        return [] if desired.values.get("force") else [row for row in found if not self.lifecycle.failure(row)][-1:]

    # --- the plan ------------------------------------------------------------------------------------------------

    def create(self, scope: Scope, desired: Desired) -> Plan:
        """The plan, which says in one line what is restored from when into what."""
        plan, said = super().create(scope, desired), desired.values
        options = said.get("restore_opts", {})
        taken = f" as of {said['taken']}" if said.get("taken") else ""
        renamed = f" as {options['new_db_name']}" if options.get("new_db_name") else ""
        into = f" into the database {options['into_db']}" if options.get("into_db") else ""
        doing = f"restore {desired.called}{taken} to {scope.label}{renamed}{into}"
        plan.steps = [replace(plan.steps[0], doing=doing)]
        return plan

    def predict(self, row: Row, desired: Desired, after: Row) -> dict[str, Any]:
        said = desired.values
        known = {
            "backup_end_time": said.get("taken"),
            "source_cluster_name": said["source"].get("name"),
            "destination_cluster_name": said.get("target", {}).get("name"),
        }
        return {**super().predict(row, desired, after), **{name: value for name, value in known.items() if value}}

    def check(self, reader: Reader, scope: Scope, desired: Desired, row: dict[str, Any] | None, plan: Plan) -> None:
        """What the service demands of the two clusters. Of one that is not there yet nothing can be said."""
        if not plan.steps:
            return
        kind, source, target = desired.values["type"], desired.values["source"], desired.values["target"]
        if not target:
            return
        if kind in NAMED and not state.is_advanced(target):
            raise OptionError(
                f"{scope.label} has the plan {target.get('plan')}, to which only whole clusters can be restored",
                "Restore with type: CLUSTER to an empty cluster of this plan",
            )
        if source and source.get("plan") != target.get("plan"):
            raise OptionError(
                f"{scope.label} has the plan {target.get('plan')}, and cluster '{source['name']}' the plan {source.get('plan')}: "
                "data can be restored to a cluster of the same plan alone"
            )
        theirs, ours = (state.major(cluster.get("cockroach_version")) for cluster in (source, target))
        if theirs and ours and is_older(ours, theirs):
            raise OptionError(
                f"{scope.label} has CockroachDB {ours}, and cluster '{source['name']}' the newer {theirs}",
                "Upgrade the cluster that gets the data first",
            )
        if kind not in NAMED:
            _check_empty(reader, scope)


def _cluster(reader: Reader, given: str | None) -> dict[str, Any]:
    """The cluster of this name or id; empty where it is not there, or still being made."""
    if not given:
        return {}
    parent = reader.parent("cluster", given)
    row = reader.parent_row(parent)
    return dict(row) if row and not parent.noun.lifecycle.is_young(row) else {}


def _backup(reader: Reader, source: Row, wanted: str | None) -> dict[str, str]:
    """The backup of the cluster *source* that is to be taken: the one with the id *wanted*, or the newest that the options allow."""
    query = {} if wanted else asked({"before": reader.params.get("backup_before"), "latest": True})
    label = f"cluster '{source['name']}'"
    rows = reader.rows_at(
        BACKUP.collection({"cluster": source["id"]}),
        BACKUP.rows,
        query,
        shape=BACKUP.shape,
        doing=f"list the backups of {label}",
        roles=BACKUP.readers,
    )
    found = next((row for row in rows if wanted in (None, row["id"])), None)
    if found is None:
        before = reader.params.get("backup_before")
        which = f" with the id '{wanted}'" if wanted else f" of {before} or earlier" if before else " yet"
        raise OptionError(f"{label} has no backup{which}", "The module backup_info lists those that there are")
    return {"backup_id": found["id"], "taken": found["as_of_time"]}


def _check_empty(reader: Reader, scope: Scope) -> None:
    rows = reader.rows_at(
        DATABASE.collection(scope.ids),
        DATABASE.rows,
        shape=DATABASE.shape,
        doing=f"list the databases of {scope.label}",
        roles=DATABASE.readers,
    )
    usual = {row["name"] for row in DATABASE.initial({})}
    there = sorted(row["name"] for row in rows if row["name"] not in usual or DATABASE.shown(row)["table_count"])
    if there:
        raise OptionError(
            f"{scope.label} is not empty, and a whole cluster can be restored to an empty one alone: it has {', '.join(there)}",
            "Restore to a new cluster, or delete what is in this one",
        )


def _listed(name: str, text: str, to_api: Callable[[Any], Any], from_api: Callable[[Any], Any]) -> Field:
    """The option for what is restored of one type."""
    form = {"type": "list", "elements": "str", "api": "objects", "compare": "set"}
    return Field(name, text=text, to_api=to_api, from_api=from_api, **form)  # type: ignore[arg-type]


OPTS = (
    Field("new_db_name", text="The new name of the one database that is restored."),
    Field("into_db", text="The database to restore tables into, where it is not the one that they were in."),
    Field("schema_only", type="bool", text="Whether to restore no rows."),
    Field("skip_localities_check", type="bool", text="Whether O(cluster) may lack regions of the data."),
    Field("skip_missing_foreign_keys", type="bool", text="Whether to leave out foreign keys to what is missing."),
    Field("skip_missing_sequences", type="bool", text="Whether to leave out defaults of sequences that are missing."),
    Field("skip_missing_views", type="bool", text="Whether to leave out views of what is missing."),
)
RESTORE = Restore(
    "restore",
    "clusters/{cluster}/restores/{id}",
    """
    Restores a backup to O(cluster), which may be the one that it is of, and waits until that is done. What is restored is written into O(cluster).
    A restore is done once: one that runs is waited for, one that went well is left as it is, one that failed is done again.
    It is the same where source, type, objects, options and O(backup_id) are the same.
    With O(backup_before) it has to be begun after that moment, with a backup not later than that.
    Both clusters have the same plan, and O(cluster) has no older major version of CockroachDB. The key needs its role on both.
    type: What is restored. For V(CLUSTER), which is everything, O(cluster) must be empty. The others are for Advanced clusters alone.
    backup_id: Id of the backup, as M(crdb.cloud.backup_info) returns it.
    restore_opts: How it is restored.
    source_cluster: Name or id of the cluster that the backup is of. O(backup_id) alone will do, but then less is checked before.
    backup_before: Takes the newest backup that is not later than this moment, an RFC 3339 timestamp.
    force: Whether to restore again. Without O(backup_id) and O(backup_before) it takes the newest backup.
    = objects (list[dict], when listed): What is restored, each with C(database), C(schema) and C(table).
    = restore_opts (dict, when something was said of that): How it is restored.
    = backup_end_time (str): The moment, in UTC, as of which the backup has the data.
    = source_cluster_name (str): Name of the cluster that the backup is of.
    = destination_cluster_name (str): Name of the cluster that gets the data.
    = created_at (str): When it was begun.
    = completed_at (str, when it is over): When it ended, which can be there a little later than the state.
    = completion_percent (float): How much of it is done, from 0 to 1.
    = crdb_job_id (str, when it has begun): Id of the job in CockroachDB.
    = client_error_code (int, when it failed): Code of the reason why it failed.
    = client_error_message (str, when it failed): The reason why it failed.
    """,
    rows="restores",
    fields=(
        Field("type", required=True, choices=("CLUSTER", *NAMED)),
        Field("backup_id"),
        _listed(
            "databases",
            "The databases to restore, with O(type=DATABASE).",
            lambda names: [{"database": name} for name in names],
            lambda rows: [row.get("database") for row in rows or []],
        ),
        _listed(
            "tables",
            "The tables to restore, with O(type=TABLE), such as V(shop.public.orders). V(shop.orders) is the same.",
            lambda names: [dict(zip(PARTS, name.split("."), strict=True)) for name in names],
            lambda rows: [".".join(str(row.get(part)) for part in PARTS) for row in rows or []],
        ),
        Field("restore_opts", type="dict", from_api=meant, options=OPTS),
    ),
    how=(Field("source_cluster"), Field("backup_before"), Field("force", type="bool", default=False)),
    rules={
        "required_one_of": [("source_cluster", "backup_id")],
        "mutually_exclusive": [("backup_id", "backup_before")],
    },
    shape=Object({"id": TEXT, "status": TEXT}),
    lifecycle=Lifecycle("status", ("PENDING",), ("SUCCESS",), ("FAILED",), reason="client_error_message"),
    updates="",
    deletes="",
    since=BACKUP.since,
    roles=OPERATORS,
    readers=OPERATORS,
    passing="jobs, which are done once",
)
