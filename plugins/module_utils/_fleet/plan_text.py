# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet's plan for people: text to review, and counts. Never with a secret in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .._base.errors import printable
from .._nouns.plan import CREATE, DELETE, UPDATE, Step

SIGNS = {CREATE: "+", UPDATE: "~", DELETE: "-"}
# How a step describes a secret.
HIDDEN = {"before": "(hidden)", "after": "(hidden)"}
WORDS = {CREATE: "create", UPDATE: "change", DELETE: "delete"}


def counted(steps: Iterable[Step], unchanged_clusters: int = 0, unchanged: int = 0) -> dict[str, int]:
    """How many steps create, change and delete something, how many clusters stay as they are, and how many objects do."""
    found = dict.fromkeys(WORDS.values(), 0)
    for step in steps:
        found[WORDS[step.action]] += 1
    return {**found, "unchanged_clusters": unchanged_clusters, "unchanged": unchanged}


def planned_in_words(counts: Mapping[str, int]) -> str:
    return f"Plan: {counts['create']} to create, {counts['change']} to change, {counts['delete']} to delete"


def applied_in_words(steps: Iterable[Step], seconds: float, failed: int) -> str:
    """What was done, in how many *seconds*, and how many clusters *failed*."""
    counts = counted(steps)
    done = f"{counts['create']} created, {counts['change']} changed, {counts['delete']} deleted in {seconds:.0f} s"
    return f"Applied: {done}{f'; {clusters(failed)} failed' if failed else ''}"


def remarks(unlisted: Mapping[str, Sequence[Mapping[str, Any]]], is_open: Iterable[str]) -> list[str]:
    """What a plan has to say beside its steps: clusters that everybody can reach (their names), and *unlisted* ones."""
    found = [f"cluster '{name}' is open to everybody: its allowlist has 0.0.0.0/0" for name in is_open]
    marked = unlisted["marked_unlisted"]
    found += [f"cluster '{row['name']}' carries the label of this fleet and is not listed; it stays" for row in marked]
    ids = {row["id"] for row in marked}
    others = [row for row in unlisted.get("unlisted", ()) if row["id"] not in ids]
    return found + [f"cluster '{row['name']}' is not listed (id {row['id']}, in {row['parent_id']})" for row in others]


def text(
    fleet: str | None,
    steps: Sequence[Step],
    counts: Mapping[str, int],
    remarked: Iterable[str] = (),
    costs: Iterable[str] = (),
    *,
    pending: bool = True,
) -> str:
    """The plan as a person reviews it: one line for each request, below it the fields with old and new value, then remarks() and *costs*.

    *pending* says whether there is anything to do.
    """
    lines = ["Fleet" if fleet is None else f"Fleet '{fleet}'"]
    lines += [line for step in steps for line in step_lines(step.describe())]
    lines += [f"! {remark}" for remark in remarked]
    lines += [f"$ {line}" for line in costs]
    unchanged = clusters(counts["unchanged_clusters"])
    lines.append(
        f"{planned_in_words(counts)}; {unchanged} unchanged" if pending else f"No changes: {unchanged} unchanged"
    )
    return "".join(f"{printable(line)}\n" for line in lines)


def clusters(count: int) -> str:
    """How many clusters, in words."""
    return f"{count} cluster{'' if count == 1 else 's'}"


def step_lines(step: Mapping[str, Any]) -> Iterator[str]:
    """A step, as it describes itself, for people: what it does, then a line for each field."""
    doing, action = step["summary"], step["action"]
    if doing.startswith("update "):
        doing = f"change {doing.removeprefix('update ')}"
    yield f"{SIGNS[action]} {doing}"
    for name, change in step["changes"].items():
        before, after = change["before"], change["after"]
        if change == HIDDEN:
            yield f"    {name}: (hidden)"
        elif f"'{after}'" not in step["summary"]:  # its name, which the line above says
            for field, old, new in fields(name, before, after):
                was = "" if action == CREATE else f"{shown(old)} -> "
                yield f"    {field}: {was}{shown(new)}"


def fields(name: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """The members of a dictionary that differ, each as a field of its own; anything else as it is."""
    if not isinstance(after, dict) or not isinstance(before, (dict, type(None))):
        yield name, before, after
        return
    old = before or {}
    differing = [key for key in {**old, **after} if old.get(key) != after.get(key)]
    if not differing:
        yield name, before, after
    for key in sorted(differing):
        yield f"{name}.{key}", old.get(key), after.get(key)


def shown(value: Any) -> str:
    """The value of a field in words."""
    if value is None:
        return "(none)"
    return value if isinstance(value, str) and value and value.isprintable() else json.dumps(value, sort_keys=True)
