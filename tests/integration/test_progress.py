# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where progress lines go: beside what people read line by line, never into what a callback draws or writes as data."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from integration.helpers.emulator import Launch
from integration.helpers.runner import ANSIBLE_PLAYBOOK, COLLECTIONS, measuring

# Neither collection is a requirement of the tests, and both callbacks write to stdout what nothing may come between.
STAND_IN = """
DOCUMENTATION = '''
name: {name}
type: stdout
short_description: one JSON document at the end
description: one JSON document at the end
'''
import json
from ansible.plugins.callback import CallbackBase

class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "{name}"

    def v2_playbook_on_stats(self, stats):
        self._display.display(json.dumps({{host: stats.summarize(host) for host in stats.processed}}))
"""
PLAY = """
- hosts: localhost
  gather_facts: false
  tasks:
    - crdb.cloud.cluster: {name: %s, plan: BASIC, provider: GCP, regions: [us-central1], wait_interval: 0.1}
"""
LINE = ": CREATING"


def run(directory: Path, callback: str, address: str, key: str, name: str, *, terminal: bool) -> tuple[str, str]:
    """What a run with *callback* wrote to stdout and stderr; with *terminal* both are one, and the second is empty."""
    namespace, collection, short = callback.split(".")
    plugin = directory / "ansible_collections" / namespace / collection / "plugins" / "callback" / f"{short}.py"
    if namespace != "ansible" or collection != "builtin":
        plugin.parent.mkdir(parents=True, exist_ok=True)
        plugin.write_text(STAND_IN.format(name=short))
    (directory / "play.yml").write_text(PLAY % name)
    env = {
        **{key: value for key, value in measuring().items() if value is not None},
        "PATH": f"{ANSIBLE_PLAYBOOK.parent}:/usr/bin:/bin",
        "HOME": str(directory),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": f"{COLLECTIONS}:{directory}",
        "ANSIBLE_STDOUT_CALLBACK": callback,
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
        "COCKROACH_SERVER": address,
        "COCKROACH_API_KEY": key,
    }
    command = [str(ANSIBLE_PLAYBOOK), str(directory / "play.yml")]
    if not terminal:
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=True)
        return done.stdout, done.stderr
    ours, theirs = os.openpty()
    with subprocess.Popen(command, env=env, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        written = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux says so at the end of a terminal.
                break
            if not part:
                break
            written += part
    os.close(ours)
    assert process.returncode == 0, written.decode()
    return written.decode(), ""


def test_callbacks_that_write_data_or_draw_stay_intact(launch: Launch, tmp_path: Path) -> None:
    emulator = launch("--create-seconds", "0.6")
    for number, callback in enumerate(("ansible.posix.json", "community.general.dense")):
        drawn, _nothing = run(tmp_path, callback, emulator.url, emulator.key, f"orders-{number}", terminal=True)
        assert json.loads(drawn)["localhost"]["changed"] == 1, callback
    stdout, stderr = run(tmp_path, "ansible.posix.json", emulator.url, emulator.key, "orders-x", terminal=False)
    assert json.loads(stdout)["localhost"]["changed"] == 1
    assert f"orders-x{LINE}" in stderr


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "pipes"])
def test_lines_stand_between_lines(launch: Launch, tmp_path: Path, terminal: bool) -> None:
    emulator = launch("--create-seconds", "0.6")
    stdout, stderr = run(tmp_path, "ansible.builtin.default", emulator.url, emulator.key, "orders", terminal=terminal)
    assert f"orders{LINE}" in stdout and LINE not in stderr
