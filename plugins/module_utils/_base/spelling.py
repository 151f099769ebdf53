# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody meant who has misspelt a name. Pure; the one place that measures how far two names are apart."""

from __future__ import annotations

from collections.abc import Iterable

SEPARATORS = str.maketrans("", "", "_-. ")


def squeezed(text: str) -> str:
    """*text* without what people forget first: case, and the characters that part words."""
    return text.lower().translate(SEPARATORS)


def distance(one: str, other: str) -> int:
    """How many edits make *other* of *one*: a character put in, taken out or replaced, or two neighbours swapped."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, char in enumerate(one, 1):
        current = [row]
        for column, opposite in enumerate(other, 1):
            best = min(last[column] + 1, current[-1] + 1, last[column - 1] + (char != opposite))
            swapped = row > 1 and column > 1 and (one[row - 2], char) == (opposite, other[column - 2])
            current.append(min(best, before[column - 2] + 1) if swapped else best)
        before, last = last, current
    return last[-1]


def nearest(word: str, known: Iterable[str], most: int | None = None) -> list[str]:
    """Those of *known* that *word* can stand for, the nearest first, whatever their case and separators.

    They are at most *most* edits away; without it a third of the word's characters, so that short words fit few.
    """
    text = squeezed(word)
    limit = len(text) // 3 if most is None else most
    near = []
    for name in known:
        other = squeezed(name)
        if abs(len(other) - len(text)) <= limit and (edits := distance(text, other)) <= limit:
            near.append((edits, name))
    return [name for _edits, name in sorted(near)]
