# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet's plan as Markdown, to be shown where a change is reviewed. Pure.

All that comes from elsewhere stands in fenced code, or as escaped text in HTML's ``code``: nothing in it is a link, an image, a mention or a
command there, neither on GitHub nor on GitLab.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from .._base.errors import printable
from . import money
from .plan_text import WORDS, clusters, planned_in_words, remarks, step_lines
from .rules import lines as findings_lines

Row = Mapping[str, Any]
# Bytes that a comment on a merge request may have everywhere, and characters of one line of a plan.
LONGEST = 60_000
LONGEST_LINE = 400
# Bytes that are left for what is said beside the steps.
BESIDE = 12_000


def markdown(content: Row) -> str:
    """*content* of a plan file as Markdown, at most LONGEST bytes; what has no room is counted at its end."""
    counts = content["counts"]
    fleet = "a fleet" if content["fleet"] is None else f"the fleet `{content['fleet']}`"
    unchanged = f"{clusters(counts['unchanged_clusters'])} unchanged"
    said = f"**{planned_in_words(counts)}**; {unchanged}" if content["drift"] else f"**No changes**; {unchanged}"
    parts = [f"### Plan of {fleet}\n\n{said}.\n"]
    notes = [f"! {remark}" for remark in remarks(content, content["open_to_everybody"])]
    notes += [f"! {line}" for line in findings_lines(content["findings"])] + [
        f"$ {line}" for line in money.lines(content["money"])
    ]
    if notes:
        parts.append(_fenced(_fitting(notes, BESIDE)[0]))
    room = LONGEST - sum(map(_size, parts)) - 200
    left = 0
    for steps in _groups(content["plan"]):
        head, lines = _head(steps), [[*step_lines(step)] for step in steps]
        shown, cut = _fitting_steps(lines, room - _size(head) - 100)
        left += cut
        if shown:
            parts.append(f"{head}\n\n{_fenced(shown)}\n</details>\n")
            room -= _size(parts[-1])
    if left:
        parts.append(
            f"There is no room here for {left} more of the {len(content['plan'])} requests: they are in the plan file.\n"
        )
    return "\n".join(parts)


def _groups(plan: Iterable[Row]) -> list[list[Row]]:
    """The steps by their cluster, those of the organization among themselves."""
    found: dict[Any, list[Row]] = {}
    for step in plan:
        found.setdefault(step.get("cluster"), []).append(step)
    return [*found.values()]


def _head(steps: Sequence[Row]) -> str:
    """What is seen of a cluster's steps before they are unfolded; deletions are never folded."""
    cluster = steps[0].get("cluster")
    counts = {word: sum(step["action"] == action for step in steps) for action, word in WORDS.items()}
    shown = ", ".join(f"{count} to {word}" for word, count in counts.items() if count)
    name = f"Cluster <code>{escape(_line(cluster))}</code>" if cluster else "Organization"
    return f"<details{' open' if counts['delete'] else ''}><summary>{name}: {shown}</summary>"


def _fitting_steps(steps: Iterable[Sequence[str]], room: int) -> tuple[list[str], int]:
    """The lines of those of *steps* that have *room*, in bytes, and how many steps have none."""
    shown, cut = list[str](), 0
    for lines in steps:
        fitting, rest = _fitting(lines, room)
        if cut or rest:
            cut += 1
        else:
            shown += fitting
            room -= sum(map(_size, fitting))
    return shown, cut


def _fitting(lines: Iterable[str], room: int) -> tuple[list[str], int]:
    """Those of *lines*, made printable, that have *room*, and how many have none."""
    shown, cut = list[str](), 0
    for line in map(_line, lines):
        room -= _size(line)
        if room < 0:
            cut += 1
        else:
            shown.append(line)
    return shown, cut


def _line(text: str) -> str:
    text = printable(text)
    return text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}..."


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace")) + 1


def _fenced(lines: Iterable[str]) -> str:
    """*lines* as a block of code; no run of backticks in it is as long as those around it."""
    text = "\n".join(lines)
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
    return f"{fence}diff\n{text}\n{fence}\n"
