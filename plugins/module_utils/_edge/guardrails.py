# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judging a plan that is there already: a fleet's result or its plan file, by built-in rules and by people's own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._base.errors import OptionError, printable
from .._fleet.plan_file import read
from .._fleet.rules import PARAMETERS, RULES_OPTION, World, by_object, called, checked_rules, judged, refusal
from .._http.answers import ANY_OBJECT, TEXT, ListOf, MapOf, Object, told
from .._nouns import cluster_state as state
from .._nouns.field import Field
from .module import ModuleRun

Row = Mapping[str, Any]
# What an own rule says of one object of the plan, of which it may see all: why it does not hold, None where it does.
Own = Callable[[int, Row, Row, Sequence[Row]], "str | None"]

FIELDS = Object(known={"labels": MapOf(TEXT), "regions": ListOf(TEXT), "roles": ListOf(ANY_OBJECT)})
OBJECT = Object(
    {"noun": TEXT, "name": TEXT, "action": TEXT},
    {"cluster": TEXT, "folder": TEXT, "after": FIELDS, "before": FIELDS, "networks": ListOf(TEXT)},
)
COST = Object({"name": TEXT, "plan": TEXT}, dict.fromkeys(("before", "after", "note"), TEXT))
FINDING = Object(dict.fromkeys(("rule", "severity", "noun", "name", "msg"), TEXT), {"cluster": TEXT})
PLAN = Object({"objects": ListOf(OBJECT), "money": Object({"clusters": ListOf(COST)})}, {"findings": ListOf(FINDING)})
# What a plan may leave out where there is nothing to tell.
UNTOLD = dict.fromkeys(("id", "cluster", "folder", "before", "after", "open_to_everybody", "networks"))
RULE, *REST = RULES_OPTION.options
OWN_RULES_OPTION = replace(
    RULES_OPTION,
    required=True,
    text=("The rules, built-in ones and your own. What a rule can't tell is a warning.",),
    options=(
        replace(RULE, required=False),
        Field("name", text="The name of a rule of your own, for what it finds."),
        Field(
            "that",
            type="raw",
            text=(
                "What has to hold of each object, an expression or a list of them as in M(ansible.builtin.assert), without braces.",
                "The variable C(object) is one of RV(crdb.cloud.fleet#module:objects), C(plan) has all of them.",
                "Members that not every object has need a default.",
                "Deleted objects, whose C(object.after) is V(null), are judged where O(rules[].when.actions) has V(delete).",
            ),
        ),
        Field("msg", text="What to say where O(rules[].that) does not hold."),
        *REST,
    ),
    rules={
        "required_one_of": [("rule", "that")],
        "mutually_exclusive": [("rule", "that"), ("rule", "name"), ("rule", "msg")],
        "required_by": {"that": ["name"]},
    },
)


def judge(run: ModuleRun, own: Own) -> dict[str, Any]:
    """The result of the module guardrails; *own* judges the rules that are expressions."""
    params = run.params
    plan = _plan(params["plan"])
    rules = checked_rules(params["rules"])
    for number, rule in enumerate(rules):
        taken = [option.name for option in PARAMETERS if "that" in rule and option.name in rule]
        if taken:
            raise OptionError(f"rules[{number}]: a rule with that has no parameter {taken[0]}")
    offered = params["versions"]
    versions = None if offered is None else {state.major(row.get("version")): row for row in offered}
    objects = plan["objects"]
    world = World(objects, plan["money"], time.time_ns(), versions, plan.get("fleet"))
    new = judged(rules, world, lambda number, rule, row: own(number, rule, row, objects))
    before = [row for row in plan["findings"] if row not in new]
    findings = by_object([*before, *new])
    result = {"changed": False, "findings": findings, "table": table(findings), "judged": len(objects)}
    refused = refusal(findings)
    return {**result, "failed": True, "msg": refused} if refused else result


def _plan(given: Any) -> Row:
    """What is to be judged: the content of a plan file, or the result of a fleet."""
    found = read(os.path.expanduser(given), "plan") if isinstance(given, str) else given
    if not isinstance(found, Mapping):
        raise OptionError("plan must be the path of a plan file or the result of the module fleet")
    if found.get("failed") and "objects" not in found:
        raise OptionError(f"plan: the fleet has no plan, since it failed: {found.get('msg')}")
    if "objects" not in found:
        raise OptionError("plan has no objects to judge", "Run the module fleet with report_objects: true")
    if flaw := PLAN.flaw(found):
        raise OptionError(f"plan: that is no plan of a fleet: {told(flaw)}")
    return {
        **found,
        "objects": [{**UNTOLD, **row} for row in found["objects"]],
        "findings": [{"cluster": None, **row} for row in found.get("findings") or ()],
    }


def table(findings: Sequence[Row]) -> list[str]:
    """The *findings* as lines with columns."""
    rows = [(row["severity"], row["rule"], called(row), row["msg"]) for row in findings]
    widths = [max((len(printable(row[column])) for row in rows), default=0) for column in range(3)]
    return [
        "  ".join(
            [*(printable(text).ljust(width) for text, width in zip(row, widths, strict=False)), printable(row[3])]
        )
        for row in rows
    ]
