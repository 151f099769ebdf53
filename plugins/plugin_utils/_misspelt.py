# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that nobody reads, since their names are misspelt: a limit that was meant and is not there.

Names alone are looked at. What a variable holds is never evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ansible.module_utils.common.yaml import yaml_load

from ..module_utils._base.errors import OptionError
from ..module_utils._base.spelling import distance, squeezed

ROLES = Path(__file__).resolve().parents[2] / "roles"
MOST = 2
IGNORED = "crdb_ignore_variables"


def misspelt(names: Iterable[str], options: Iterable[str], prefix: str, ignored: Iterable[str] = ()) -> list[str]:
    """One sentence for each of *names* that must have been meant as one of *options*, with the nearest of them.

    That is a variable of *prefix* (such as ``cluster_``) that is no option, not *ignored*, and equals an option but for
    ``_`` and case or is within two edits of one. Others with the prefix are people's own. Options are full names.
    """
    known = set(options)
    found = []
    for name in sorted({str(name) for name in names} - known - set(ignored)):
        if squeezed(name).startswith(squeezed(prefix)):
            near = _nearest(name, known, prefix)
            if near:
                found.append(
                    f"There is no variable {name}, did you mean {near}? If it is one of your own, list it in {IGNORED}"
                )
    return found


def _nearest(name: str, options: Iterable[str], prefix: str) -> str:
    """The option that *name* must stand for; '' where it is a name of its own."""
    found = []
    for option in options:
        rest = option.removeprefix(prefix)
        if squeezed(name) == squeezed(option):
            found.append((0, option))
        elif abs(len(name) - len(option)) <= MOST:
            far = distance(name.lower().removeprefix(prefix), rest)
            # Two other letters are no misspelling of "id".
            if far <= MOST and far < len(rest):
                found.append((far, option))
    return min(found)[1] if found else ""


def role_options(role: str) -> list[str]:
    """The variables of a role of the collection, by its short name."""
    try:
        text = (ROLES / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    except OSError:
        raise OptionError(f"There is no role crdb.cloud.{role}") from None
    return list(yaml_load(text)["argument_specs"]["main"]["options"])
