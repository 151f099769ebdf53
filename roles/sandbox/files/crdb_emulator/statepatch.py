# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The merge patch of ``POST /_emulator/state``: puts the emulator into a state that a test needs.

``{"objects": {"folders": {"<id>": {field: value}}, "restores/<cluster>": {"<id>": null}}}`` puts rows there, changes
fields of them (``null`` removes a field) or removes them; what each cluster has one of has the id ``""``. A row that is
given here stays as it is: what was under way is forgotten. ``{"outcomes": {"restores": {"status": "FAILED"}}}`` says
how the next object that is made of a noun shall end.

``{"clusters": {"<id or name>": {"state", "operation_status", "upgrade_status", "cockroach_version",
"delete_protection", "parent_id", "labels", "account_id", "databases": {name: tables}}}, "audit_entries": [{"id", "created_at", "action", ...}],
"fail_next_create": true, "cluster_api": {...}}``; ``cluster_api/patch.py`` has what the last one may be. A ``state``
or ``operation_status`` given here stays until it is patched again: what was under way is forgotten. Labels are
merged, ``null`` removes one. Nothing is applied unless everything is valid.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from typing import Any

from crdb_emulator.audit import PREFIX, AuditEntry
from crdb_emulator.catalog import BY_NAME
from crdb_emulator.cluster_api.patch import plan
from crdb_emulator.context import Emulator
from crdb_emulator.fields import DELETE_PROTECTION
from crdb_emulator.kinds import NOUNS
from crdb_emulator.model import DELETED, OPERATION_STATUSES, STATES, UPGRADE_STATUSES, Cluster
from crdb_emulator.store import Store
from crdb_emulator.times import parse_ns

_CHOICES: dict[str, frozenset[str]] = {
    "state": frozenset(STATES),
    "operation_status": OPERATION_STATUSES,
    "upgrade_status": frozenset(UPGRADE_STATUSES),
    "delete_protection": frozenset(DELETE_PROTECTION),
}
_TEXTS = frozenset({"parent_id", "account_id"})
_ENTRY_TEXTS = frozenset(field.name for field in fields(AuditEntry)) - {"created", "payload"}


class PatchError(ValueError):
    """What is wrong with a patch, in one sentence."""


def apply_patch(emulator: Emulator, patch: Any) -> None:
    """Apply a patch; raises ``PatchError``."""
    if not isinstance(patch, dict):
        raise PatchError("the patch must be a JSON object")
    unknown = sorted(
        set(patch) - {"clusters", "objects", "outcomes", "audit_entries", "fail_next_create", "cluster_api"}
    )
    if unknown:
        raise PatchError(f"unknown key of a patch: {', '.join(unknown)}")
    todo: list[Callable[[], None]] = []
    for name, change in _mapping(patch.get("clusters"), "clusters").items():
        cluster = emulator.store.find(name)
        if cluster is None:
            raise PatchError(f"there is no cluster '{name}'")
        todo.append(_cluster_change(emulator.store, cluster, _mapping(change, name)))
    todo += _objects(emulator.store, _mapping(patch.get("objects"), "objects"))
    outcomes = _mapping(patch.get("outcomes"), "outcomes")
    for name, outcome in outcomes.items():
        if name not in NOUNS:
            raise PatchError(f"there is no noun '{name}', only {', '.join(sorted(NOUNS))}")
        _mapping(outcome, name)
    todo.append(lambda: emulator.store.objects.outcomes.update(outcomes))
    entries = patch.get("audit_entries", [])
    if not isinstance(entries, list):
        raise PatchError("audit_entries must be a list")
    read = [_entry(emulator, given) for given in entries]
    if "fail_next_create" in patch and not isinstance(patch["fail_next_create"], bool):
        raise PatchError("fail_next_create must be true or false")
    if "cluster_api" in patch:
        todo.append(plan(emulator.running, patch["cluster_api"], PatchError))
    for change_now in todo:
        change_now()
    for entry in read:
        emulator.audit.add(entry)
    emulator.store.fail_next_create = patch.get("fail_next_create", emulator.store.fail_next_create)


def _mapping(value: Any, name: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise PatchError(f"{name} must be a JSON object")
    return value


def _objects(store: Store, given: dict[str, Any]) -> list[Callable[[], None]]:
    todo: list[Callable[[], None]] = []
    for where, rows in given.items():
        noun, _slash, named = where.partition("/")
        field, below = NOUNS.get(noun, ("", None))
        if below is not bool(named):
            some = ", ".join(f"{name}/<cluster>" if each else name for name, (_field, each) in sorted(NOUNS.items()))
            raise PatchError(f"there is no collection '{where}', only {some}")
        cluster = store.find(named) if named else None
        if named and cluster is None:
            raise PatchError(f"there is no cluster '{named}'")
        parent = cluster.id if cluster else ""
        for key, row in _mapping(rows, where).items():
            change = None if row is None else {**({field: key} if field else {}), **_mapping(row, key)}
            todo.append(partial(store.objects.patch, noun, parent, key, change))
    return todo


def _cluster_change(store: Store, cluster: Cluster, change: dict[str, Any]) -> Callable[[], None]:
    for name, value in change.items():
        if name in _CHOICES:
            if not isinstance(value, str) or value not in _CHOICES[name]:
                raise PatchError(f"{name} of '{cluster.name}' must be one of {', '.join(sorted(_CHOICES[name]))}")
        elif name == "cockroach_version":
            if not isinstance(value, str) or not re.fullmatch(r"v\d+\.\d+(\.\d+)?", value):
                raise PatchError("cockroach_version must look like v25.2 or v25.2.3")
        elif name in ("labels", "databases"):
            _mapping(value, name)
        elif name not in _TEXTS:
            raise PatchError(f"'{name}' of a cluster cannot be patched")
        elif not isinstance(value, str):
            raise PatchError(f"{name} must be a string")
    return lambda: _apply(store, cluster, change)


def _apply(store: Store, cluster: Cluster, change: dict[str, Any]) -> None:
    if "state" in change or "operation_status" in change:
        cluster.pending = None
    if "cockroach_version" in change:
        version = change["cockroach_version"]
        cluster.version = BY_NAME[version].full if version in BY_NAME else version
        cluster.refresh_upgrade_status()
    for name, value in change.items():
        if name == "labels":
            merged = {**cluster.labels, **(value or {})}
            cluster.labels = {key: str(text) for key, text in merged.items() if text is not None}
        elif name == "state" and value == DELETED:
            store.mark_deleted(cluster, store.now)
        elif name != "cockroach_version":
            setattr(cluster, name, value)
    if cluster.state != DELETED:
        cluster.deleted = None
    cluster.touch(store.now)
    store.relist()


def _entry(emulator: Emulator, given: Any) -> AuditEntry:
    values = dict(_mapping(given, "an audit entry"))
    payload = values.pop("payload", {})
    created = values.pop("created_at", None)
    for name, value in values.items():
        if name not in _ENTRY_TEXTS or not isinstance(value, str):
            raise PatchError(f"'{name}' is no text field of an audit entry")
    try:
        moment = emulator.store.now if created is None else parse_ns(created)
    except (ValueError, TypeError, AttributeError):
        raise PatchError("created_at must be an RFC 3339 timestamp") from None
    defaults = {"id": str(uuid.uuid4()), "action": f"{PREFIX}UPDATE_CLUSTER"}
    return AuditEntry(created=moment, payload=payload, **{**defaults, **values})
