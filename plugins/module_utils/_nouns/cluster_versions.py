# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CockroachDB version of a cluster: upgrades, their end, and the way back. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .._base.errors import OptionError
from .._http.answers import TEXT, ListOf, Object
from . import cluster_state as state

VERSION = re.compile(r"v?(\d{2}\.\d+)")
OFFER = Object(
    {"version": TEXT},
    {"support_status": TEXT, "support_end": TEXT, "release_type": TEXT, "allowed_upgrades": ListOf(TEXT)},
)
UNSUPPORTED = "UNSUPPORTED"
REGULAR = "REGULAR"
PENDING, FINALIZED, AVAILABLE = "PENDING_FINALIZATION", "FINALIZED", "UPGRADE_AVAILABLE"
# What a version change is while it is carried out.
RUNNING, ROLLING_BACK = "MAJOR_UPGRADE_RUNNING", "ROLLBACK_RUNNING"


def misread(value: Any) -> str:
    """What is wrong with a version as YAML gives it: as a number it has lost what tells v25.1 from v25.10."""
    if not isinstance(value, float):
        return ""
    return f"must be quoted, as in 'v25.2': {value} is a number to YAML, to which 25.1 and 25.10 are the same"


def version(value: str) -> str:
    """The major version as the API spells it; OptionError where *value* is none."""
    match = VERSION.fullmatch(value.strip())
    if match is None:
        raise OptionError(
            f"cockroach_version must be a major version such as 'v25.2', got '{value}'; the service chooses the patch release"
        )
    return f"v{match.group(1)}"


def is_older(one: str, other: str) -> bool:
    return _number(one) < _number(other)


def _number(version_name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version_name))


Change = tuple[str, dict[str, str], dict[str, tuple[Any, Any]]]


def steps(row: Mapping[str, Any], found: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[Change]:
    """The version changes in order: (what is done, body, changes)."""
    label = f"Cluster '{row.get('name')}'"
    now, target, upgrade = found["cockroach_version"], wanted.get("cockroach_version"), found["upgrade_status"]
    finalizes = wanted.get("upgrade_status") == FINALIZED
    if wanted.get("upgrade_status") == ROLLING_BACK:
        if target and target != now:
            raise OptionError(
                f"{label}: upgrade_status {ROLLING_BACK} goes back to the version before, so cockroach_version can't be set"
            )
        return [_rolling_back()] if upgrade == PENDING else []
    if not target or target == now:
        return [_finalizing()] if finalizes and upgrade == PENDING else []
    _check_may_choose(label, row, found, wanted, now, target)
    if is_older(target, now):
        if upgrade != PENDING:
            raise OptionError(
                f"{label} runs {now} and can't go back to {target}: only an upgrade that is not finalized yet can be "
                f"rolled back (upgrade_status {PENDING}), and here upgrade_status is {upgrade}",
                f"Set cockroach_version: {now}, or take it out",
            )
        return [_changing("roll back to", now, target)]
    if upgrade == PENDING and not finalizes:
        raise OptionError(
            f"{label} has an upgrade to {now} that is not finalized, so it can't be upgraded to {target} yet",
            "Set upgrade_status: FINALIZED to finalize it first; it can't be rolled back after that",
        )
    before = [_finalizing()] if upgrade == PENDING else []
    return [*before, _changing("upgrade to", now, target), *([_finalizing()] if finalizes else [])]


def _changing(doing: str, now: str, target: str) -> Change:
    return f"{doing} {target} for", {"cockroach_version": target}, {"cockroach_version": (now, target)}


def _finalizing() -> Change:
    return "finalise the upgrade of", {"upgrade_status": FINALIZED}, {"upgrade_status": (PENDING, FINALIZED)}


def _rolling_back() -> Change:
    return "roll back the upgrade of", {"upgrade_status": ROLLING_BACK}, {"upgrade_status": (PENDING, AVAILABLE)}


def _check_may_choose(
    label: str, row: Mapping[str, Any], found: Mapping[str, Any], wanted: Mapping[str, Any], now: str, target: str
) -> None:
    if state.is_advanced(row):
        return
    plan = wanted.get("plan") or state.plan_of(row)
    if plan != "STANDARD":
        raise OptionError(
            f"{label} is {plan} and runs {now}: its version is chosen by the service, so it can't become {target}",
            "Take cockroach_version out: only STANDARD and ADVANCED clusters can be upgraded by a task",
        )
    if wanted.get("upgrade_type", found.get("upgrade_type")) != "MANUAL":
        raise OptionError(
            f"{label} runs {now} and is upgraded by the service, so it can't become {target}",
            "Set upgrade_type: MANUAL to choose the version yourself, or take cockroach_version out",
        )


def implied(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, str]:
    """The upgrade status that a change of the version leads to, where nothing is said about it."""
    if "cockroach_version" not in changes or "upgrade_status" in changes:
        return {}
    now, target = changes["cockroach_version"]
    return {"upgrade_status": AVAILABLE if is_older(target, now) else PENDING}


def has_to_be_offered(wanted: Mapping[str, Any], row: Mapping[str, Any] | None) -> bool:
    """Whether the service has to be asked for its versions before *wanted* is sent."""
    target = wanted.get("cockroach_version")
    return bool(target) and (row is None or target != state.major(row.get("cockroach_version")))


def check_offered(
    wanted: Mapping[str, Any], row: Mapping[str, Any] | None, plan: str, offered: Sequence[Mapping[str, Any]]
) -> None:
    """Refuse a version that the service does not have for this cluster; *offered* is its list of versions, newest first.

    A list that says nothing of upgrades, or nothing at all, refuses nothing.
    """
    target = str(wanted["cockroach_version"])
    known = {state.major(entry.get("version")): entry for entry in offered}
    supported = [name for name, entry in known.items() if entry.get("support_status") != UNSUPPORTED]
    if row is None:
        if plan == "ADVANCED":
            if supported and target not in supported:
                raise OptionError(
                    f"There is no cockroach_version {target} for a new cluster", f"There are {', '.join(supported)}"
                )
            return
        newest = next((name for name in supported if known[name].get("release_type") == REGULAR), "")
        if newest and target != newest:
            raise OptionError(
                f"A new {plan} cluster begins with the newest Regular release, which is {newest}, and not with {target}",
                f"Set cockroach_version: {newest}, or take it out",
            )
        return
    now = state.major(row.get("cockroach_version"))
    if is_older(target, now):
        onward = known.get(target, {}).get("allowed_upgrades")
        if onward and now not in onward:
            raise OptionError(
                f"Cluster '{row.get('name')}' was not upgraded from {target} to {now}, so that is no way back",
                "An upgrade is rolled back to the version before it",
            )
        return
    onward = known.get(now, {}).get("allowed_upgrades")
    if onward is None:
        return
    if not state.is_advanced(row):
        onward = [name for name in onward if known.get(name, {}).get("release_type", REGULAR) == REGULAR]
    if target not in onward:
        raise OptionError(
            f"Cluster '{row.get('name')}' runs {now}, from which there is no upgrade to {target}",
            f"It can be upgraded to {' or '.join(onward)}" if onward else "There is none from there at present",
        )
