# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run hands to the reconciler, and what it gets back: the result of a plan, carried out or predicted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from .._base.errors import OptionError
from .._cloud_api.client import CloudApi
from .._nouns.declared import Declared
from .._nouns.plan import Plan
from .items import FAILED, SKIPPED
from .listings import Listings
from .wait import Waiter

# How many failures a message names before it points to the results.
NAMED = 5


class Surrounding(Protocol):
    """What check mode and diff mode need to know of a run."""

    check_mode: bool
    diff: bool
    warn: Callable[[str], None]

    def before_change(self) -> None:
        """To be called before anything is changed, or predicted to be."""


class Run(Surrounding, Protocol):
    """One run of one module: what the edge hands to the reconciler."""

    params: Mapping[str, Any]
    api: CloudApi
    listings: Listings
    waiter: Waiter


def conclude(
    run: Surrounding, name: str, plan: Plan, current: dict[str, Any] | None, apply: Callable[[], dict[str, Any] | None]
) -> dict[str, Any]:
    """The result of a module that changes one object."""
    return concluded(run, plan, {name: current}, {name: plan.predicted}, lambda: {name: apply()})


def concluded(
    run: Surrounding,
    plan: Plan,
    current: Mapping[str, Any],
    predicted: Mapping[str, Any],
    apply: Callable[[], dict[str, Any]],
    *,
    pending: bool = False,
) -> dict[str, Any]:
    """The result of a module that changes something. Only here is a plan applied, and check mode ends before it.

    *pending* says that there is something to do although the plan is empty. What forbids a change is said in check mode too.
    """
    if plan.changed or pending:
        run.before_change()
    for note in plan.notes if plan.changed else ():
        run.warn(note)
    result: dict[str, Any] = {"changed": plan.changed, "plan": plan.describe()}
    if run.diff:
        result["diff"] = {"prepared": plan.text} if plan.text else {"before": plan.before, "after": plan.after}
    if not plan.changed and not pending:
        return {**result, **current}
    return {**result, **(predicted if run.check_mode else apply())}


def unreached(
    results: Sequence[Mapping[str, Any]], what: str, called: Callable[[Mapping[str, Any]], str]
) -> dict[str, Any]:
    """What a task says of the objects that it could not bring to their state; nothing where there is none."""
    failed = [entry for entry in results if entry["action"] in (FAILED, SKIPPED)]
    if not failed:
        return {}
    shown = "; ".join(f"'{called(entry)}': {entry['msg']}" for entry in failed[:NAMED])
    more = f"; and {len(failed) - NAMED} more, see results" if len(failed) > NAMED else ""
    changed = any(entry["changed"] for entry in results)
    rest = "The others are as they shall be. " if len(failed) < len(results) else ""
    return {
        "failed": True,
        "changed": changed,
        "msg": f"{len(failed)} of {len(results)} {what} failed: {shown}{more}. {rest}Run the task again to go on",
    }


def unseen(noun: Declared, what: str) -> str:
    """The warning for a key that may create objects, but see none: *what* says which ones, with a verb."""
    return (
        f"The key has no role to list {noun.many}, so {what} taken as missing: there may be a {noun.words} of this name already, "
        "which the key can't see"
    )


def not_there_yet(run: Surrounding, problem: str, label: str, hint: str) -> None:
    """Something that an earlier task may be about to make: a warning in check mode, an error otherwise."""
    if not run.check_mode:
        raise OptionError(problem, hint)
    run.warn(f"{problem} yet; the result for {label} is predicted as if it were there")
