# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the clusters of an organization may cost together: as they are limited now, and as somebody wants to limit them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from .._base.errors import CrdbError, OptionError, explained
from .._nouns import cluster_state as state
from .._nouns.cluster import CLUSTER
from .._nouns.cluster_checks import check_limited
from .._nouns.declared import NIL_ID, UUID, Scope
from .._nouns.limits import HALVES, LIMIT, NO_LIMIT, SIZE, cost, cost_of, in_dollars, lacking, misread_cents
from .._nouns.noun import Desired
from .._nouns.options import check_versions
from .._nouns.spend_limit import SPEND_LIMIT
from .._reconcile.outcome import Run, not_there_yet
from .._reconcile.reconciler import Reconciler

READERS = "CLUSTER_DEVELOPER, CLUSTER_OPERATOR_WRITER or CLUSTER_ADMIN"
UNLIMITED = "unlimited"
FORMS = (
    "write cents, usage limits or 'unlimited' for each cluster, as in orders=2500, stock=unlimited, or as a dictionary"
)


def read_spend_limits(run: Run) -> dict[str, Any]:
    """The result of the module spend_limit_info, from one listing of the clusters."""
    params, engine = run.params, Reconciler(run)
    budget = params.get("budget")
    if budget is not None and budget < 0:
        raise OptionError(f"budget must not be negative, got {budget}")
    asked = [(cluster, arguments(cluster, value)) for cluster, value in parse(params.get("limits")).items()]
    try:
        rows = [row for row in engine.listed(CLUSTER, Scope()) if row.get("state") != state.CREATION_FAILED]
    except CrdbError as error:
        raise explained(error, "list the clusters", READERS) from None
    entries = {row["id"]: entry(row, run.api.version) for row in sorted(rows, key=lambda row: str(row.get("name")))}
    planned = _planned(run, engine, [(cluster, wanted) for cluster, wanted in asked if wanted], entries)
    after = {**entries, **{item["cluster_id"] or item["cluster"]: item.pop("entry") for item in planned}}
    return {
        "spend_limits": list(entries.values()),
        "planned": planned,
        **_sums(run, list(entries.values()), list(after.values()), bool(planned)),
    }


def entry(row: Mapping[str, Any], version: str) -> dict[str, Any]:
    """What is to be known of one cluster's cost."""
    cents, kind = cost_of(row, version)
    return {
        "cluster_id": row.get("id"),
        "cluster_name": row.get("name"),
        "plan": row.get("plan"),
        "cloud_provider": row.get("cloud_provider"),
        "labels": row.get("labels") or {},
        "cents": cents,
        "usage_limits": {} if kind == SIZE else state.limits(row),
        "determined_by": kind,
    }


def parse(given: Any) -> dict[str, Any]:
    """Limits by cluster, from a dictionary, a list of dictionaries, JSON, or lines and commas as people type them in a survey."""
    if isinstance(given, str):
        text = given.strip()
        if text[:1] in ("{", "["):
            try:
                return parse(json.loads(text))
            except ValueError:
                raise OptionError("limits looks like JSON, and is not", FORMS.capitalize()) from None
        given = [dict([_pair(part)]) for part in re.split(r"[,\n]", text) if part.strip()]
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return {str(cluster): value for cluster, value in given.items()}
    found: dict[str, Any] = {}
    for item in given if isinstance(given, list) else [given]:
        if isinstance(item, str):
            item = dict([_pair(item)])
        if not isinstance(item, Mapping):
            raise OptionError(f"limits can't be {item!r}", FORMS.capitalize())
        if "cluster" in item:
            item = {item["cluster"]: {name: value for name, value in item.items() if name != "cluster"}}
        for cluster, value in item.items():
            if str(cluster) in found:
                raise OptionError(f"limits names cluster '{cluster}' twice", "Name it once")
            found[str(cluster)] = value
    return found


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = re.sub(r"\s*[=:]\s*", "=", text.strip(), count=1).partition("=")
    if not mark or not name:
        raise OptionError(f"limits: '{text.strip()}' is no limit of a cluster", FORMS.capitalize())
    return name, value


def arguments(cluster: str, value: Any) -> dict[str, Any] | None:
    """The options of the module spend_limit that *value* stands for; None where it is unset."""
    if value is None or value == "":
        return None
    if isinstance(value, Mapping):
        found = {name: item for name, item in value.items() if item not in (None, "")}
        if "limit" in found and len(found) == 1:
            return arguments(cluster, found["limit"])
        if set(found) and set(found) <= set(HALVES):
            return {"usage_limits": {name: _whole(cluster, item) for name, item in found.items()}}
        if set(found) == {"usage_limits"} and isinstance(found["usage_limits"], Mapping):
            return arguments(cluster, found["usage_limits"])
        if set(found) == {"spend_limit"}:
            return {"spend_limit": _whole(cluster, found["spend_limit"])}
        if set(found) == {UNLIMITED} and str(found[UNLIMITED]).lower() in ("true", "yes"):
            return {UNLIMITED: True}
        if not found:
            return None
        raise OptionError(
            f"The limit of cluster '{cluster}' can't have {', '.join(map(str, value))}",
            f"Give one of spend_limit, unlimited: true, or usage_limits with {' and '.join(HALVES)}",
        )
    if isinstance(value, str) and value.strip().lower() == UNLIMITED:
        return {UNLIMITED: True}
    return {"spend_limit": _whole(cluster, value)}


def _whole(cluster: str, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,20}\s*", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        reason = misread_cents(value)
        raise OptionError(
            f"The limit of cluster '{cluster}' can't be {value!r}",
            f"It {reason}" if reason else "Write whole US cents (2500 for 25 dollars), usage limits, or unlimited",
        )
    return value


def _planned(
    run: Run, engine: Reconciler, asked: list[tuple[str, dict[str, Any]]], entries: Mapping[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    """What is asked for, held against what is there: reductions first, so that a run that dies half-way costs nothing more."""
    rows = {row["id"]: row for row in engine.listed(CLUSTER, Scope())}
    places = {given: _row(engine, rows, given) for given, _wanted in asked}
    missing = [given for given, row in places.items() if row is None]
    if missing:
        names = ", ".join(f"'{name}'" for name in missing)
        several = len(missing) > 1
        not_there_yet(
            run,
            f"There {'are no clusters' if several else 'is no cluster'} {names}",
            "what it may cost",
            "Create it first with the module cluster, or correct its name: nothing was changed",
        )
    found: dict[str, dict[str, Any]] = {}
    for given, wanted in asked:
        item = _plan(engine, given, wanted, places[given], entries)
        key = item["cluster_id"] or given
        if key in found:
            raise OptionError(f"limits names cluster '{given}' twice, by name and by id", "Name it once")
        found[key] = item
    return sorted(found.values(), key=_growth)


def _row(engine: Reconciler, rows: Mapping[str, dict[str, Any]], given: str) -> dict[str, Any] | None:
    return rows.get(given.lower()) if UUID.fullmatch(given) else engine.named(CLUSTER, given)


def _plan(
    engine: Reconciler,
    given: str,
    wanted: dict[str, Any],
    row: dict[str, Any] | None,
    entries: Mapping[str, dict[str, Any]],
) -> dict[str, Any]:
    version, where = engine.api.version, f"cluster '{given}'"
    try:
        check_versions(SPEND_LIMIT.fields, wanted, version)
        desired = Desired(SPEND_LIMIT, {}, SPEND_LIMIT.values(wanted, version))
        scope = Scope({"cluster": row["id"] if row else NIL_ID}, where, version)
        if row is None:
            plan = SPEND_LIMIT.create(scope, desired)
        else:
            plan = SPEND_LIMIT.update(scope, desired, row)
            check_limited(engine, where, row, plan)
    except OptionError as error:
        if where in error.message:
            raise
        raise OptionError(f"The limit of {where} is refused: {error.message}", error.hint) from None
    before = entries.get(row["id"]) if row else None
    predicted = plan.predicted or {}
    cents = cost(predicted.get("spend_limit"), predicted.get("usage_limits") or {}, version)
    base = before or {"cluster_id": None, "cluster_name": given, "plan": None, "cloud_provider": None, "labels": {}}
    return {
        "cluster": given,
        "cluster_id": base["cluster_id"],
        "cluster_name": base["cluster_name"],
        **{name: wanted.get(name) for name in ("spend_limit", "usage_limits", UNLIMITED)},
        "differs": plan.changed,
        "cents_before": before["cents"] if before else None,
        "cents": cents,
        "entry": {
            **base,
            "cents": cents,
            "usage_limits": predicted.get("usage_limits") or {},
            "determined_by": NO_LIMIT if cents is None else LIMIT,
        },
    }


def _growth(item: Mapping[str, Any]) -> tuple[bool, int]:
    endless = item["cents"] is None
    return endless, 0 if endless or item["cents_before"] is None else item["cents"] - item["cents_before"]


def _sums(run: Run, present: list[dict[str, Any]], after: list[dict[str, Any]], planned: bool) -> dict[str, Any]:
    params = run.params
    names = _names(after)
    total = _total(after)
    unlimited = [names[id(item)] for item in after if item["determined_by"] == NO_LIMIT]
    found: dict[str, Any] = {
        "total": total,
        "present_total": _total(present),
        "unlimited": unlimited,
        "determined_by_size": [names[id(item)] for item in after if item["determined_by"] == SIZE],
        "by_provider": _grouped(after, lambda item: item["cloud_provider"] or ""),
    }
    label = params.get("label")
    if label:
        found["by_label"] = _grouped(after, lambda item: item["labels"].get(label, ""))
    objections = []
    if params.get("budget") is not None:
        accepted = {name.strip() for text in params.get("accept_unlimited") or () for name in re.split(r"[,\n]", text)}
        open_ended = [
            item
            for item in after
            if item["determined_by"] == NO_LIMIT and not accepted & {item["cluster_name"], item["cluster_id"]}
        ]
        objections = [_objection(item, names[id(item)], item not in present) for item in open_ended]
        if total > params["budget"]:
            objections.append(
                f"The spend limits {'would ' if planned else ''}come to {dollars(total)} a month, {dollars(total - params['budget'])} "
                f"more than the budget of {dollars(params['budget'])}"
            )
    found["objections"] = objections
    found["within_budget"] = None if params.get("budget") is None else not objections
    return found


def _objection(item: Mapping[str, Any], name: str, would: bool) -> str:
    return (
        f"Cluster '{name}' {'would have' if would else 'has'} {lacking(item['usage_limits'])}, so it may cost anything"
    )


def _names(items: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """What to call each of *items*: its name, with the id where several have one name."""
    everyone = list(items)
    called = [item["cluster_name"] for item in everyone]
    return {
        id(item): str(name) if called.count(name) == 1 else f"{name} ({item['cluster_id']})"
        for item, name in zip(everyone, called, strict=True)
    }


def _total(items: Iterable[Mapping[str, Any]]) -> int:
    return sum(item["cents"] or 0 for item in items)


def _grouped(items: Iterable[Mapping[str, Any]], of: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in items:
        found[of(item)] = found.get(of(item), 0) + (item["cents"] or 0)
    return dict(sorted(found.items()))


def dollars(cents: int) -> str:
    return f"USD {in_dollars(cents)}"
