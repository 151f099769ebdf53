# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours in a prepared text of differences. Ansible colours those that it makes itself, and prints this as it is."""

from __future__ import annotations

from typing import Any

from ansible import constants as C
from ansible.utils.color import stringc

from ._callback import writes_lines


def colour_differences(result: dict[str, Any]) -> None:
    """Colour the plan in a task's *result* where Ansible would colour differences, and will show these."""
    differences = result.get("diff")
    if not isinstance(differences, dict) or not differences.get("prepared") or not result.get("changed"):
        return
    # Whoever reads data wants no control characters in it.
    if not writes_lines():
        return
    colours = {"+": C.COLOR_DIFF_ADD, "-": C.COLOR_DIFF_REMOVE, "~": C.COLOR_CHANGED, "!": C.COLOR_WARN}
    lines = str(differences["prepared"]).splitlines()
    shown = [stringc(line, colours[line[0]]) if line[:1] in colours else line for line in lines]
    result["diff"] = {**differences, "prepared": "".join(f"{line}\n" for line in shown)}
