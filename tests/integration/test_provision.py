# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an empty directory: build, install and provision, as somebody does who has nothing but the tarball and an inventory."""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.runner import ANSIBLE_PLAYBOOK, CHECKOUT
from integration.helpers.secrets import hits

# Four lines.
INVENTORY = """\
[crdb_clusters]
orders-[1:5] cluster_provider=GCP cluster_regions=us-central1 cluster_spend_limit=1000
[crdb_clusters:vars]
cluster_sql_users=app,reporting
"""
PASSWORDS = {"CRDB_APP_PASSWORD": "planted-app-password", "CRDB_REPORTING_PASSWORD": "planted-reporting-password"}
NAMES = {f"orders-{number}" for number in range(1, 6)}
RECAP = re.compile(r"^(orders-\d) .*?changed=(\d+) .*?failed=(\d+)", re.MULTILINE)


class Shell:
    """``shell("ansible-playbook", ...)`` in an empty directory, with nothing of the checkout on any path."""

    def __init__(self, directory: Path, emulator: Emulator) -> None:
        self.directory = directory
        self.environment = {
            "PATH": os.pathsep.join([str(ANSIBLE_PLAYBOOK.parent), os.environ["PATH"]]),
            "HOME": str(directory / "home"),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_COLLECTIONS_PATH": str(directory / "collections"),
            "COCKROACH_SERVER": emulator.url,
            "COCKROACH_API_KEY": emulator.key,
            "CRDB_API_RATE_LIMIT": "0",
            **PASSWORDS,
        }

    def __call__(self, tool: str, *arguments: str, cwd: Path | None = None) -> str:
        done = subprocess.run(
            [str(ANSIBLE_PLAYBOOK.parent / tool), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=cwd or self.directory,
            env=self.environment,
            text=True,
            timeout=240,
            check=False,
        )
        output = done.stdout + done.stderr
        assert done.returncode == 0, output[-4000:]
        assert not hits([self.environment["COCKROACH_API_KEY"], *PASSWORDS.values()], {tool: output})
        assert "[WARNING]" not in output and "[DEPRECATION" not in output, output[-4000:]
        return output


@pytest.mark.slow
def test_from_an_empty_directory(tmp_path: Path, emulator: Emulator) -> None:
    shell = Shell(tmp_path, emulator)
    (tmp_path / "home").mkdir()
    assert len(INVENTORY.splitlines()) == 4
    (tmp_path / "inventory").write_text(INVENTORY)
    shell("ansible-galaxy", "collection", "build", "--output-path", str(tmp_path), cwd=CHECKOUT)
    (tarball,) = tmp_path.glob("crdb-cloud-*.tar.gz")
    shell("ansible-galaxy", "collection", "install", "--offline", "-p", "collections", str(tarball))
    assert not list((tmp_path / "collections").rglob("tests/integration"))

    provision = ("ansible-playbook", "-i", "inventory", "crdb.cloud.provision")
    first = RECAP.findall(shell(*provision, "-vvvv"))
    assert {name for name, _changed, _failed in first} == NAMES
    assert {(changed, failed) for _name, changed, failed in first} == {("2", "0")}
    state = emulator.state()
    assert {row["name"] for row in state["clusters"]} == NAMES
    for row in state["clusters"]:
        limits = {"request_unit_limit": "40000000", "storage_mib_limit": "4096"}
        assert row["config"]["serverless"]["usage_limits"] == limits
        assert state["sql_users"][row["id"]] == ["app", "reporting"]
    assert Counter(entry["method"] for entry in emulator.writes()) == {"POST": 15}

    emulator.reset("requests")
    second = RECAP.findall(shell(*provision))
    assert {(changed, failed) for _name, changed, failed in second} == {("0", "0")}
    assert emulator.writes() == []
    # One listing of the clusters, and for each of them one of its users.
    asked = Counter(entry["path"].rsplit("/", 1)[-1] for entry in emulator.requests())
    assert asked == {"clusters": 1, "sql-users": 5}
