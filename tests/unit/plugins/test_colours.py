# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours in the plan of a fleet: where Ansible colours differences, and nowhere else."""

from __future__ import annotations

import pytest
from ansible import constants as C
from ansible.utils import color

from ansible_collections.crdb.cloud.plugins.plugin_utils._colours import colour_differences

TEXT = (
    "Fleet\n+ create cluster 'a'\n    plan: BASIC\n~ change cluster 'b'\n- delete cluster 'c'\n! d is open\nPlan: 1\n"
)


@pytest.mark.parametrize(
    ("colours", "callback", "changed", "coloured"),
    [
        (True, "default", True, True),
        (False, "default", True, False),
        (True, "ansible.posix.json", True, False),
        (True, "default", False, False),
    ],
)
def test_a_plan_is_coloured(monkeypatch, colours, callback, changed, coloured):
    monkeypatch.setattr(color, "ANSIBLE_COLOR", colours)
    monkeypatch.setattr(C, "DEFAULT_STDOUT_CALLBACK", callback)
    result = {"changed": changed, "diff": {"prepared": TEXT}}
    colour_differences(result)
    lines = result["diff"]["prepared"].splitlines()
    assert [line.startswith("\x1b[") for line in lines] == [
        coloured and line[0] in "+~-!" for line in TEXT.splitlines()
    ]
    assert all(line.endswith("\x1b[0m") for line in lines if line.startswith("\x1b["))


@pytest.mark.parametrize("result", [{"changed": True}, {"changed": True, "diff": {"before": {}, "after": {}}}])
def test_nothing_else_is_touched(result):
    before = dict(result)
    colour_differences(result)
    assert result == before
