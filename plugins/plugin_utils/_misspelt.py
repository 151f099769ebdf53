# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that nobody reads, since their names are misspelt: a limit that was meant and is not there.

Names alone are looked at. What a variable holds is never evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable

MOST = 2
IGNORED = "crdb_ignore_variables"


def misspelt(names: Iterable[str], options: Iterable[str], prefix: str, ignored: Iterable[str] = ()) -> list[str]:
    """One sentence for each of *names* that must have been meant as one of *options*, with the nearest of them.

    That is a variable of *prefix* (such as ``cluster_``) that is no option, not *ignored*, and equals an option but for
    ``_`` and case or is within two edits of one. Others with the prefix are people's own. Options are full names.
    """
    options = sorted(options)
    kept, beginning = {*options, *ignored}, _folded(prefix)
    found = []
    for name in sorted({str(name) for name in names} - kept):
        if _folded(name).startswith(beginning):
            near = _nearest(name, options, prefix)
            if near:
                found.append(
                    f"There is no variable {name}, did you mean {near}? If it is one of your own, list it in {IGNORED}"
                )
    return found


def _nearest(name: str, options: Iterable[str], prefix: str) -> str:
    """The option that *name* must stand for; '' where it is a name of its own."""
    found = {}
    for option in options:
        far = 0 if _folded(name) == _folded(option) else edits(name.lower(), option, MOST)
        # Two other letters are no misspelling of "id".
        if far <= MOST and far < len(option.removeprefix(prefix)):
            found[option] = far
    return min(found, key=found.__getitem__, default="")


def edits(one: str, other: str, most: int) -> int:
    """How many letters must be put in, left out, replaced or swapped with the next; *most* + 1 where that is not enough."""
    while one[:1] == other[:1] and one:
        one, other = one[1:], other[1:]
    if abs(len(one) - len(other)) > most:
        return most + 1
    if not one or not other:
        return len(one) + len(other)
    if most == 0:
        return 1
    ways = [(one[1:], other), (one, other[1:]), (one[1:], other[1:])]
    if one[:2] == other[1::-1]:
        ways.append((one[2:], other[2:]))
    return 1 + min(edits(*way, most - 1) for way in ways)


def _folded(name: str) -> str:
    return name.replace("_", "").lower()
