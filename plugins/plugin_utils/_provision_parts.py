# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's part of the outcome of a task that has worked for all: what became of its cluster, and of what is in it.

Both are results of tasks. Neither holds a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..module_utils._base.errors import CrdbError
from ..module_utils._base.masking import mask
from ..module_utils._fleet.apart import Outcome
from ..module_utils._nouns.cluster_state import CREATED
from ..module_utils._nouns.declared import NIL_ID
from ..module_utils._nouns.plan import Step
from ._cluster_result import result_of, summary_of

# What the tasks that follow for a host need of its wish.
HANDED_ON = ("present", "reduced", "grants", "wait")
NOTHING: dict[str, Any] = {"changed": False, "done": [], "plan": [], "left_out": []}

Part = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Wanted:
    """What a host wants: its *wish* as read from the variables of the role, and with which *user* and *database* its result connects."""

    wish: Mapping[str, Any]
    user: str = ""
    database: str = ""


def part_of(wanted: Wanted, outcome: Outcome, secrets: Iterable[Any], *, check_mode: bool) -> Part:
    """The part of a host in the *outcome* of all."""
    wish, row = wanted.wish, outcome.cluster or {}
    result = result_of(row, wish["present"], wanted.user, wanted.database)
    # A run would wait for it, so check mode looks at the rest, too.
    ready = row.get("state") == CREATED or (check_mode and wish["wait"])
    cluster = {
        **_stage(outcome, outcome.own),
        "cluster": outcome.cluster,
        "wish": {name: wish[name] for name in HANDED_ON},
        "warnings": outcome.warnings,
    }
    contents = {
        **_stage(outcome, outcome.below),
        "by_itself": False,
        "result": result,
        "summary": summary_of(result, wish, ready),
        "grants": bool(wish["grants"]) and _is_running(outcome.cluster),
    }
    if outcome.error:
        stage = contents if outcome.inside else cluster
        stage.pop("cluster", None)
        changed = stage["changed"] or outcome.touched
        stage.update(_told(outcome.error, secrets), changed=changed)
    return {"cluster": cluster, "contents": contents}


def failed(result: Mapping[str, Any]) -> Part:
    """The part of a host for which nothing was done, since *result* says what is wrong."""
    return {"cluster": {**NOTHING, **result}, "contents": dict(NOTHING)}


def left_alone() -> Part:
    """The part of a host for which nothing was tried, since another one's mistake ends the play."""
    return {"cluster": dict(NOTHING), "contents": dict(NOTHING)}


def left_to_the_role() -> Part:
    """The part of a host for which the role does everything, task by task."""
    return {"cluster": dict(NOTHING), "contents": {**NOTHING, "by_itself": True, "grants": False}}


def _is_running(cluster: Mapping[str, Any] | None) -> bool:
    """Whether the cluster's own API can be asked: not where it is only predicted."""
    row = cluster or {}
    return row.get("state") == CREATED and row.get("id") != NIL_ID


def _stage(outcome: Outcome, steps: Sequence[Step]) -> dict[str, Any]:
    done = outcome.did(steps)
    return {
        "changed": bool(done),
        "done": done,
        "plan": [step.describe() for step in steps],
        "left_out": [step.doing for step in steps if step.doing in outcome.skipped],
    }


def _told(error: CrdbError, secrets: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = mask(error.as_result(), secrets) if error.extra.get("error") else error.as_result()
    return found
