# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is forked from a process with Ansible in it is the run that a process of its own would have been."""

from __future__ import annotations

from pathlib import Path

import pytest
from integration.helpers import processes
from integration.helpers.runner import Runner

NAMES = ("ANSIBLE_HOME", "CONFIG_FILE", "DEFAULT_LOG_PATH", "DEFAULT_ACTION_PLUGIN_PATH")
SETTINGS = {name: f"{{{{ lookup('config', '{name}') }}}}" for name in (*NAMES, "DEFAULT_FORCE_HANDLERS")}
SHOW = {
    "name": "show",
    "debug": {"msg": {**SETTINGS, "HOME": "{{ lookup('env', 'HOME') }}", "cwd": "{{ lookup('pipe', 'pwd') }}"}},
}


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> list[processes.ForkServer]:
    """The fork servers of this test, which begins with none."""
    idle: list[processes.ForkServer] = []
    monkeypatch.setattr(processes, "_idle", idle)
    monkeypatch.setattr(processes, "_seen", set())
    return idle


@pytest.mark.every_core
def test_it_has_settings_output_and_log_of_its_own(playbook: Runner, servers: list[processes.ForkServer]) -> None:
    started = []
    shown = []
    for _again in range(3):
        run = playbook([SHOW])
        started.append(len(servers))
        home = Path(run["show"]["msg"]["CONFIG_FILE"]).parent
        assert "TASK [show]" in run.log and run.log.count("TASK [show]") == 1
        # What is temporary is cleaned up when a process ends.
        assert not list((home / "home/.ansible/tmp").iterdir())
        shown.append({name: str(value).replace(str(home), "home") for name, value in run["show"]["msg"].items()})
    assert started == [0, 1, 1]
    assert shown[0]["HOME"] == "home/home" and shown[0]["cwd"] == "home"
    assert shown[0] == shown[1] == shown[2]


def test_other_settings_are_not_those_of_a_fork_server(playbook: Runner, servers: list[processes.ForkServer]) -> None:
    found = [
        playbook([SHOW], env={"ANSIBLE_FORCE_HANDLERS": value})["show"]["msg"]["DEFAULT_FORCE_HANDLERS"]
        for value in (None, None, "true", "true", None, "true")
    ]
    assert found == [False, False, True, True, False, True]
    assert len(servers) == 2


def test_it_is_killed_with_all_its_processes(playbook: Runner, servers: list[processes.ForkServer]) -> None:
    sleeper = {"name": "sleep", "command": "sleep 200"}
    for _again in range(2):
        run = playbook([sleeper], fails=None, kill_when=lambda: True)
        assert run.rc == -9 and run.seconds < 100
    assert len(servers) == 1
    assert not playbook([SHOW])["show"].failed
