# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a line for people can go without spoiling what the stdout callback writes."""

from __future__ import annotations

import os

from ansible import constants as C
from ansible.utils.display import Display

# The callbacks that write lines of text to stdout, and nothing else. Others write data, or move the cursor.
LINE_BY_LINE = {
    "actionable",
    "awx_display",
    "counter_enabled",
    "debug",
    "default",
    "default_without_diff",
    "diy",
    "full_skip",
    "minimal",
    "oneline",
    "skippy",
    "stderr",
    "tasks_only",
    "timestamp",
    "tree",
    "unixy",
    "yaml",
}

display = Display()


def writes_lines() -> bool:
    """Whether the stdout callback writes for people, line by line."""
    return str(C.DEFAULT_STDOUT_CALLBACK).rpartition(".")[2] in LINE_BY_LINE


def show_line(line: str) -> None:
    """Show *line* on stdout, or where that must stay as the callback writes it on stderr, unless both are one."""
    if writes_lines():
        display.display(line)
    elif _HAS_STDERR:
        display.display(line, stderr=True)


def _has_stderr() -> bool:
    try:
        return not os.path.samestat(os.fstat(1), os.fstat(2))
    except OSError:
        return False


# Ansible imports action plugins before it starts the worker processes, which may have neither.
_HAS_STDERR = _has_stderr()
